import type { LedgerKind, LintMark, MigrationLine, MigrationList, MigrationSource, MigrationState, Name, Position, RehearsalStanding, Severity, Tool, Tone } from "../../api/bindings";
import type { Remark } from "../../kit/code";
import { counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { clockOrDay, day, when } from "../../lib/when";

/** How a line of the timeline is marked: a status, the quiet mark of what is done, or the ring of what is to come. */
export type Mark = { kind: "status"; tone: Tone } | { kind: "done" } | { kind: "to-come" };

/** One row beside the detail. */
export type Row = { kind: "migration"; line: MigrationLine; mark: Mark; words: string } | { kind: "here"; words: string } | { kind: "group"; words: string };

/** Something that is said above the migration, with the way to mend it. */
export interface Notice {
  key: string;
  class: "refused" | "failed";
  code: string;
  message: string;
  hint: string;
  /** What the button does. */
  cure: { act: "adopt" | "baseline" | "rebless" | "resume"; version?: string } | null;
}

/** States in which a migration is in the database. */
const APPLIED: readonly MigrationState[] = ["applied", "baseline", "missing", "modified", "future"];

/** The tools as they write their names. */
export const TOOL_NAMES: Record<Tool, string> = {
  goose: "goose",
  dbmate: "dbmate",
  "golang-migrate": "golang-migrate",
  flyway: "Flyway",
  refinery: "refinery",
  sqlx: "sqlx",
  diesel: "Diesel",
  liquibase: "Liquibase",
  atlas: "Atlas",
  alembic: "Alembic",
  rails: "Rails",
  django: "Django",
  prisma: "Prisma",
  knex: "Knex",
  drizzle: "Drizzle",
  "user-version": "PRAGMA user_version",
};

/** The database that a page is about. */
export function sourceOf(system: Name, component: Name | undefined): MigrationSource & { target: string } {
  return { target: component === undefined ? system : `${system}/${component}` };
}

/** The timeline, newest first, with the line where the live database is; what runs whenever it changes stands apart. */
export function timeline(list: MigrationList, now: number): Row[] {
  const row = (line: MigrationLine): Row => ({ kind: "migration", line, mark: markOf(line), words: lineWords(line, list.rehearsal, now) });
  const versioned = list.lines.filter((line) => !line.repeatable).toReversed();
  const repeatable = list.lines.filter((line) => line.repeatable);
  const at = versioned.findIndex((line) => (list.current === null ? APPLIED.includes(line.state) : line.version === list.current));
  const split = at < 0 ? versioned.length : at;
  const here: Row = { kind: "here", words: list.current === null ? "Live database is here, nothing applied" : `Live database is here, version ${list.current}` };
  const rows = [...versioned.slice(0, split).map(row), ...(list.lines.length > 0 ? [here] : []), ...versioned.slice(split).map(row)];
  return repeatable.length === 0 ? rows : [...rows, { kind: "group", words: "Run again when they change" }, ...repeatable.map(row)];
}

/** What is not applied and would be next. */
export function pending(list: MigrationList): MigrationLine[] {
  return list.lines.filter((line) => line.state === "pending");
}

/** The line to open first: the next one, else one that needs somebody, else the newest. */
export function firstLine(list: MigrationList): MigrationLine | undefined {
  const worrying = list.lines.find((line) => ["failed", "modified", "missing", "out-of-order"].includes(line.state));
  return pending(list).find((line) => openMarks(line).length > 0) ?? pending(list)[0] ?? worrying ?? list.lines.findLast((line) => !line.repeatable) ?? list.lines[0];
}

/** Marks that nobody has waived. */
export function openMarks(line: { marks: readonly LintMark[] }): LintMark[] {
  return line.marks.filter((mark) => mark.waived === null);
}

/** How grave marks look. */
export const SEVERITY_TONES: Record<Severity, Tone> = { error: "critical", warning: "attention", note: "unknown" };

/** The mark of a line. */
export function markOf(line: MigrationLine): Mark {
  if ((line.state === "applied" || line.state === "baseline") && line.tone === "ok") return { kind: "done" };
  if (line.state !== "pending") return { kind: "status", tone: line.tone === "ok" ? "unknown" : line.tone };
  const severity = (["error", "warning"] as const).find((each) => openMarks(line).some((mark) => mark.severity === each));
  return severity === undefined ? { kind: "to-come" } : { kind: "status", tone: SEVERITY_TONES[severity] };
}

/** What has become of a migration, in a few words. */
export function lineWords(line: MigrationLine, rehearsal: RehearsalStanding | null, now: number): string {
  const at = line.applied_at === null ? [] : [when(line.applied_at, now)];
  const on = line.applied_at === null ? "" : ` ${day(line.applied_at, now)}`;
  switch (line.state) {
    case "applied":
      if (line.tone !== "ok") return line.sentence;
      if (line.tool !== null) return `applied by ${TOOL_NAMES[line.tool]}${on === "" ? "" : `,${on}`}`;
      if (line.bytes_changed) return "applied, comment changed since; statements the same";
      if (line.sentence.startsWith("applied;")) return line.sentence;
      return ["applied", ...at, ...(line.took === null ? [] : [duration(line.took)])].join(", ");
    case "baseline":
      return `counts as applied, baseline${on}`;
    case "pending":
      return [line.sentence.startsWith("pending again") ? "pending again" : "pending", ...marksWords(line), ...rehearsedWords(line, rehearsal, now)].join(", ");
    case "out-of-order":
      return ["not applied, later ones are", ...marksWords(line)].join(", ");
    case "missing":
      return `applied${on}, its file is gone`;
    case "modified":
      return `applied${on}, changed since`;
    case "future":
      return `applied${on} by a newer release`;
    case "failed":
      return `stopped half-way${on}`;
    default:
      return "not known whether it was applied";
  }
}

function marksWords(line: MigrationLine): string[] {
  const open = openMarks(line).length;
  return open === 0 ? [] : [counted(open, "lint mark")];
}

function rehearsedWords(line: MigrationLine, standing: RehearsalStanding | null, now: number): string[] {
  if (standing === null || !standing.rehearsal.steps.some((step) => step.version === line.version)) return [];
  return [standing.stale.length > 0 ? "rehearsed before it changed" : `rehearsed ${clockOrDay(standing.rehearsal.at, now)}`];
}

/** What more is to be said of a line than its state; absent where there is nothing. */
export function remarkOf(line: MigrationLine): { tone: Tone; words: string } | undefined {
  if (line.sentence === "applied" || line.sentence === "pending") return undefined;
  return { tone: line.tone === "ok" && line.state === "pending" ? "attention" : line.tone, words: `${line.sentence.charAt(0).toUpperCase()}${line.sentence.slice(1)}.` };
}

/** What stands in the way, or should be known, before anything is applied; each with its cure. */
export function notices(list: MigrationList): Notice[] {
  const found: Notice[] = list.problems.map((problem, i) => ({ key: `problem ${i}`, class: "refused", code: problem.code, message: problem.at === null ? problem.message : `${placeWords(problem.at)}: ${problem.message}`, hint: problem.hint, cure: null }));
  for (const line of list.lines.filter((each) => each.state === "failed")) {
    found.push({ key: `failed ${line.version}`, class: "failed", code: "failed-before", message: `${line.version} stopped half-way, outside a transaction`, hint: "Read what had run, mend the file or the database, then apply it again: it goes on where it stopped.", cure: { act: "resume", version: line.version } });
  }
  found.push(...histories(list));
  for (const line of list.lines.filter((each) => each.state === "modified" || each.state === "missing")) {
    const gone = line.state === "missing";
    found.push({
      key: `${line.state} ${line.version}`,
      class: "refused",
      code: gone ? "history-missing" : "history-modified",
      message: gone ? `Apply is refused: the file of ${line.version} is gone, and it was applied` : `Apply is refused: ${line.version} has other statements now than those that were applied`,
      hint: gone ? "Bring the file back, or declare with a reason that it is gone for good." : "Put back what was applied, or declare with a reason that the file as it is now is right.",
      cure: { act: "rebless", version: line.version },
    });
  }
  return found;
}

function histories(list: MigrationList): Notice[] {
  const open = list.histories.filter((history) => !history.adopted);
  if (open.length === 0 && list.lines.some((line) => line.state === "unknown")) {
    return [{ key: "unknown", class: "refused", code: "unknown-history", message: "Apply is refused: the database has tables, and nobody knows which migrations made them", hint: "Say up to which version it counts as applied.", cure: { act: "baseline" } }];
  }
  return open.map((history) => ({
    key: `history ${history.table}`,
    class: "refused",
    code: "history-found",
    message: `${TOOL_NAMES[history.tool]} has applied ${counted(history.applied, "migration")} here${history.latest === null ? "" : `, up to ${history.latest}`}`,
    hint: [`Its table ${history.table} is only read.`, ...history.remarks, "Take its history over, and both are one timeline."].join(" "),
    cure: { act: "adopt" },
  }));
}

/** The buttons of the head: what can be applied, or why nothing can. */
export function applyOffer(list: MigrationList): { label: string; reason: string | undefined } {
  const next = pending(list).length;
  const label = next === 0 ? "Apply migrations…" : `Apply ${counted(next, "migration")}…`;
  if (list.busy !== null) return { label, reason: list.busy };
  if (list.problems.length > 0) return { label, reason: "A problem in the files stands in the way." };
  if (list.lines.some((line) => line.state === "unknown")) return { label, reason: "Not known what was applied." };
  return { label, reason: next === 0 ? "Nothing is pending." : undefined };
}

/** `009_appeals.sql:9:1`. */
export function placeWords({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

/** Marks as remarks below the lines of one file. */
export function remarksOf(marks: readonly LintMark[], file: string): Remark[] {
  return marks
    .filter((mark) => mark.at.file === file)
    .map((mark) => ({ line: mark.at.line, tone: SEVERITY_TONES[mark.severity], code: mark.code, what: mark.what, why: mark.why, instead: mark.instead, waived: mark.waived }));
}

/** Versions as they are listed in a title: `008 and 009`, `001 to 009`. */
export function versionsWords(versions: readonly string[]): string {
  const [first = "", ...rest] = versions;
  const last = rest.at(-1);
  if (last === undefined) return first;
  return versions.length === 2 ? `${first} and ${last}` : `${first} to ${last}`;
}

/** What a row of the ledger records. */
export function ledgerWords(kind: LedgerKind): string {
  return LEDGER_WORDS[kind];
}

const LEDGER_WORDS: Record<LedgerKind, string> = {
  applied: "Applied",
  reverted: "Taken back by its way down",
  baseline: "Counted as applied, by a baseline",
  adopted: "Adopted",
  reblessed: "Re-blessed",
  started: "Started, outside a transaction",
  failed: "Stopped half-way, outside a transaction",
};

/** What the wizard is opened for; see `wishOf`. */
export interface Ask {
  to?: string;
  one?: string;
  down?: string;
}

/** What can be done with one migration alone; absent where nothing can. */
export function singleAct(list: MigrationList, line: MigrationLine): { label: string; ask: Ask } | undefined {
  if (line.state === "out-of-order") return { label: "Apply this one…", ask: { one: line.version } };
  if (line.state === "failed") return { label: "Apply it again…", ask: { one: line.version } };
  if (line.state === "pending" && line !== pending(list).at(-1) && !line.repeatable) return { label: "Apply up to this one…", ask: { to: line.version } };
  if (line.state === "applied" && line.version === list.current && line.has_down) return { label: "Take it back…", ask: { down: "1" } };
  return undefined;
}
