import type { DatabaseStatus, Inspection, Loss, Objective, Proof, RepositoryFacts, SystemDetail, TableFacts, Tone, Verdict } from "../../api/bindings";
import { bytes } from "../../lib/bytes";
import { count, counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { number } from "../../lib/quantity";
import { worst } from "../../lib/tone";

/** A promise beside what was measured. */
export interface ObjectiveRow {
  scenario: string;
  promised: string;
  measured: string;
  tone: Tone;
  word: string;
}

/** Tables of a kind, largest first. */
export interface TableGroup {
  kind: string;
  title: string;
  tables: TableFacts[];
}

/** Each promise beside the slowest proven restore and the largest gap of the system's databases. */
export function objectiveRows(detail: SystemDetail): ObjectiveRow[] {
  const took = everyOne(detail.databases, (database) => database.last_proof?.took);
  const gap = everyOne(detail.databases, (database) => database.loss?.largest);
  return detail.system.objectives.flatMap((objective) => [
    row(`${objective.scenario}: time to be back`, objective.rto, took, "no restore of each database was proved"),
    row(`${objective.scenario}: data loss`, objective.rpo, gap, "not each database has a snapshot"),
  ]);
}

/** The largest gap in words; `null` without snapshots. */
export function lossWords(loss: Loss | null): string {
  if (loss === null) return "everything: there is no snapshot";
  const largest = duration(loss.largest);
  if (loss.open) return `${largest}, since the newest snapshot`;
  return `${largest} between two of ${counted(loss.snapshots, "snapshot")} in seven days`;
}

/** The newest proof in words. */
export function proofWords(proof: Proof | null): string {
  return proof === null ? "never restored" : `in ${duration(proof.took)}`;
}

/** Where the repository stands: its tone, and a sentence. */
export function repositoryWords(repository: RepositoryFacts, hasSnapshots: boolean): { tone: Tone; text: string } {
  const free = repository.free === null ? "Free space is not known." : `${bytes(repository.free)} free on its disk.`;
  if (repository.exists) return { tone: "ok", text: free };
  if (hasSnapshots) return { tone: "critical", text: "The folder is gone. Bring it back, or restore it from where it was copied to." };
  return { tone: "unknown", text: `Not there yet: the first backup makes it. ${free}` };
}

/** The tone and word of a verdict. */
export function verdictLook(verdict: Verdict): { tone: Tone; word: string } {
  return VERDICTS[verdict];
}

/** The tone of a whole inspection: no better than its worst finding. */
export function inspectionTone(inspection: Inspection): Tone {
  return worst([verdictLook(inspection.verdict).tone, ...inspection.findings.map((finding) => finding.tone)]);
}

/** The pragmas that the header's lines do not say already. */
export function ownPragmas(inspection: Inspection): [name: string, value: string][] {
  const said = inspection.header === null ? ["journal_mode"] : [...HEADER_PRAGMAS, "journal_mode"];
  return Object.entries(inspection.pragmas).filter(([name]) => !said.includes(name));
}

/** Tables, virtual tables and views apart, most rows first, uncounted last. */
export function tableGroups(tables: readonly TableFacts[]): TableGroup[] {
  const titles: Record<string, string> = { table: "Tables", virtual: "Virtual tables", view: "Views" };
  const kinds = [...new Set([...Object.keys(titles), ...tables.map((table) => table.kind)])];
  return kinds
    .map((kind) => ({ kind, title: titles[kind] ?? kind, tables: tables.filter((table) => table.kind === kind).toSorted(byRows) }))
    .filter((group) => group.tables.length > 0);
}

/** Rows of a table as they are shown. */
export function rowsText(table: TableFacts): string {
  return table.rows === null ? "not counted" : count(table.rows);
}

const HEADER_PRAGMAS = ["application_id", "user_version", "encoding", "page_size", "page_count", "freelist_count", "schema_version"];

const VERDICTS: Record<Verdict, { tone: Tone; word: string }> = {
  healthy: { tone: "ok", word: "Healthy" },
  damaged: { tone: "critical", word: "Damaged" },
  "not-a-database": { tone: "critical", word: "Not a database" },
  empty: { tone: "attention", word: "Empty" },
  encrypted: { tone: "critical", word: "Encrypted" },
  locked: { tone: "attention", word: "Locked" },
  unreadable: { tone: "critical", word: "Unreadable" },
};

function byRows(a: TableFacts, b: TableFacts): number {
  const rows = (table: TableFacts): number => (table.rows === null ? -1 : number(table.rows));
  return rows(b) - rows(a) || a.name.localeCompare(b.name);
}

/** The largest value over all databases; `null` where one of them has none, because then nothing is proved for the whole. */
function everyOne(databases: readonly DatabaseStatus[], read: (database: DatabaseStatus) => number | string | undefined): number | null {
  const values = databases.map(read);
  if (values.length === 0 || values.some((value) => value === undefined)) return null;
  return Math.max(...values.map((value) => number(value ?? 0)));
}

function row(scenario: string, promised: Objective["rto"], measured: number | null, without: string): ObjectiveRow {
  const base = { scenario, promised: duration(promised) };
  if (measured === null) return { ...base, measured: without, tone: "unknown", word: "Not known" };
  const kept = measured <= number(promised);
  return { ...base, measured: duration(measured), tone: kept ? "ok" : "critical", word: kept ? "Kept" : "Not kept" };
}
