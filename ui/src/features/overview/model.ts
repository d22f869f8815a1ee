import type { DatabaseStatus, Environment, Finding, Health, JobId, SystemHealth, Tone } from "../../api/bindings";
import { duration } from "../../lib/duration";
import type { Frame } from "../../lib/frame";
import { href } from "../../lib/href";
import { fileName } from "../../lib/path";
import { number } from "../../lib/quantity";
import { TONES } from "../../lib/tone";

/** The one act that a row offers. */
export type Cure = { act: "back-up"; label: string } | { act: "go"; label: string; href: string };

/** One database as the table shows it. */
export interface Row {
  key: string;
  /** The file's name. */
  name: string;
  /** `SYSTEM`, or `SYSTEM/COMPONENT` where the two differ. */
  target: string;
  status: DatabaseStatus;
  /** The worst finding; absent for what is well, which takes one line. */
  finding: Finding | null;
  /** How many further findings the system's page lists. */
  more: number;
  cure: Cure | null;
}

/** What the table is narrowed to. */
export interface Filter {
  tone: Tone | "all";
  environment: Environment | "all";
}

/** A figure at the head of the page. */
export interface Figure {
  name: string;
  /** What was measured; a dash never stands for a number. */
  value: string;
  /** `of 14`, or nothing. */
  of: string;
  note: string;
}

/** Stands where a figure would, so that nothing looks like one. */
export const NOT_MEASURED = "not measured";

/** Rows, worst first; within a tone in the engine's order. */
export function rows(databases: readonly DatabaseStatus[]): Row[] {
  return databases.map(row).sort((a, b) => TONES.indexOf(a.status.tone) - TONES.indexOf(b.status.tone));
}

/** The rows that a filter leaves. */
export function narrowed(all: readonly Row[], filter: Filter): Row[] {
  return all.filter(
    ({ status }) =>
      (filter.tone === "all" || status.tone === filter.tone) &&
      (filter.environment === "all" || status.environment === filter.environment),
  );
}

/** Tones that occur, worst first, with how often. A filter that would show nothing is not offered. */
export function toneCounts(all: readonly Row[]): { tone: Tone; count: number }[] {
  return TONES.map((tone) => ({ tone, count: all.filter((row) => row.status.tone === tone).length })).filter(({ count }) => count > 0);
}

/** Environments that occur. */
export function environments(all: readonly Row[]): Environment[] {
  const order: Environment[] = ["production", "staging", "development"];
  return order.filter((environment) => all.some((row) => row.status.environment === environment));
}

/** How fast each database answers: the query behind the small lines. */
export const LATENCY = "histogram_quantile(0.95, sum by (system, component, le) (rate(sqlite_probe_seconds_bucket[10m])))";

/** Systems whose health asks for somebody, worst first. One that nothing was measured of is no news. */
export function ailing(health: Health | undefined): SystemHealth[] {
  const systems = (health?.systems ?? []).filter(({ tone, checks }) => tone !== "ok" && tone !== "working" && checks.length > 0);
  return systems.sort((a, b) => TONES.indexOf(a.tone) - TONES.indexOf(b.tone));
}

/** The health of a database's system; absent where it is not measured. */
export function healthOf(health: Health | undefined, system: string): SystemHealth | undefined {
  return health?.systems.find((each) => each.system === system && each.checks.length > 0);
}

/** The small lines by `SYSTEM/COMPONENT`. */
export function latencies(frame: Frame | undefined): Map<string, Frame["series"][number]["values"]> {
  return new Map((frame?.series ?? []).map((each) => [`${each.labels["system"] ?? ""}/${each.labels["component"] ?? ""}`, each.values]));
}

/** The four figures: only what can be measured. */
export function figures(databases: readonly DatabaseStatus[]): Figure[] {
  const of = `of ${databases.length}`;
  const proved = databases.filter((database) => database.last_proof !== null).length;
  const covered = databases.filter((database) => database.last_snapshot !== null).length;
  return [
    { name: "Proved restorable", value: String(proved), of, note: missing(databases.length - proved, "never proved") },
    { name: "With a snapshot", value: String(covered), of, note: missing(databases.length - covered, "never backed up") },
    largestLoss(databases),
    slowestRestore(databases),
  ];
}

function row(status: DatabaseStatus): Row {
  const well = status.tone === "ok";
  return {
    key: `${status.system}/${status.component}`,
    name: fileName(status.path),
    target: status.component === status.system ? status.system : `${status.system}/${status.component}`,
    status,
    finding: well ? null : (status.findings[0] ?? null),
    more: well ? 0 : Math.max(0, status.findings.length - 1),
    cure: well ? null : cure(status),
  };
}

function cure(status: DatabaseStatus): Cure {
  const see: Cure = { act: "go", label: "See", href: href.system(status.system) };
  const restore: Cure = { act: "go", label: "Restore…", href: href.restore(status.system, { component: status.component }) };
  const drill: Cure = { act: "go", label: "Drill…", href: href.drills(status.system) };
  const backUp: Cure = { act: "back-up", label: "Back up" };
  if (status.job !== null) return { act: "go", label: "See job", href: href.job(status.job satisfies JobId) };
  if (status.verdict === "locked") return see;
  if (status.verdict !== "healthy") return status.last_snapshot === null || status.verdict === "empty" ? see : restore;
  if (status.last_snapshot === null) return backUp;
  if (status.last_proof === null) return status.kind === "directory" ? restore : drill;
  return status.loss?.open === true && status.findings.length <= 1 ? backUp : see;
}

function largestLoss(databases: readonly DatabaseStatus[]): Figure {
  const name = "Largest possible loss";
  const never = databases.filter((database) => database.last_snapshot === null);
  if (never[0]) return { name, value: "everything", of: "", note: listed(never, "has no snapshot", "have no snapshot") };
  const losses = databases.flatMap((database) => (database.loss === null ? [] : [{ database, largest: number(database.loss.largest) }]));
  const worst = losses.sort((a, b) => b.largest - a.largest)[0];
  if (!worst) return { name, value: NOT_MEASURED, of: "", note: "" };
  const since = worst.database.loss?.open === true ? "since its newest snapshot" : "between two snapshots";
  return { name, value: duration(worst.largest), of: "", note: `${fileName(worst.database.path)}, ${since}` };
}

function slowestRestore(databases: readonly DatabaseStatus[]): Figure {
  const name = "Slowest proven restore";
  const proofs = databases.flatMap((database) => (database.last_proof === null ? [] : [{ database, took: number(database.last_proof.took) }]));
  const slowest = proofs.sort((a, b) => b.took - a.took)[0];
  if (!slowest) return { name, value: NOT_MEASURED, of: "", note: "nothing was restored yet" };
  return { name, value: duration(slowest.took), of: "", note: fileName(slowest.database.path) };
}

function listed(databases: readonly DatabaseStatus[], one: string, several: string): string {
  const [first] = databases;
  if (!first) return "";
  return databases.length === 1 ? `${fileName(first.path)} ${one}` : `${databases.length} ${several}`;
}

function missing(count: number, what: string): string {
  return count === 0 ? "all of them" : `${count} ${what}`;
}
