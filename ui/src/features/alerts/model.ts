import type { AlertList, AlertRow, AlertSeverity, AlertState, Environment, Name } from "../../api/bindings";
import type { Column } from "../../kit/table";
import { ALERT_STATES, SEVERITIES, unjudged } from "../../lib/alert";
import { counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { oneLine } from "../../lib/plain";
import { clockOrDay, day, type Moment } from "../../lib/when";

/** The groups of states by which the list is filtered. */
export type Group = "all" | "firing" | "held" | "unknown";

/** What is shown of the list. */
export interface Filter {
  text: string;
  group: Group;
  severity: AlertSeverity | "";
  /** A system's name; empty for all. */
  system: Name;
}

const GROUPS: Record<Exclude<Group, "all">, readonly AlertState[]> = {
  firing: ["firing"],
  held: ["acknowledged", "silenced", "inhibited", "muted"],
  unknown: ["no-data", "error", "stale"],
};

/** Rules are looked at each minute or more often; after so long something is wrong with whoever does it, in milliseconds. */
const LATE = 180_000;

const letters = new Intl.Collator("en", { numeric: true });

/** The rows that a filter lets through, in the order in which they came. */
export function shownAlerts(rows: readonly AlertRow[], { text, group, severity, system }: Filter): readonly AlertRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && group === "all" && severity === "" && system === "") return rows;
  const states = group === "all" ? undefined : GROUPS[group];
  return rows.filter((row) => (!states || states.includes(row.state)) && (severity === "" || row.severity === severity) && (system === "" || row.system === system) && words.every((word) => haystack(row).includes(word)));
}

/** How many there are of each group, whatever group is shown. */
export function groupCounts(rows: readonly AlertRow[], filter: Filter): Record<Group, number> {
  const counts = { all: 0, firing: 0, held: 0, unknown: 0 };
  for (const row of shownAlerts(rows, { ...filter, group: "all" })) {
    counts.all += 1;
    if (row.state === "firing") counts.firing += 1;
    else if (GROUPS.held.includes(row.state)) counts.held += 1;
    else if (GROUPS.unknown.includes(row.state)) counts.unknown += 1;
  }
  return counts;
}

/** Systems that have rows, by name. */
export function systemsIn(rows: readonly AlertRow[]): Name[] {
  return [...new Set(rows.flatMap(({ system }) => (system === null ? [] : [system])))].sort(letters.compare);
}

const haystacks = new WeakMap<AlertRow, string>();

/** Everything of a row that is searched, in small letters; of 10,000 rows it is put together once. */
function haystack(row: AlertRow): string {
  const known = haystacks.get(row);
  if (known !== undefined) return known;
  const made = [row.name, row.summary, row.target, row.owner, row.system, row.detail, ...Object.values(row.labels)].map((text) => oneLine(text ?? "", 500)).join("\n").toLowerCase();
  haystacks.set(row, made);
  return made;
}

const bySeverity = (a: AlertRow, b: AlertRow): number => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
const byState = (a: AlertRow, b: AlertRow): number => ALERT_STATES.indexOf(a.state) - ALERT_STATES.indexOf(b.state);
/** The oldest first. */
const bySince = (a: AlertRow, b: AlertRow): number => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0);
const byText = (of: (row: AlertRow) => string | null) => (a: AlertRow, b: AlertRow): number => letters.compare(of(a) ?? "\uffff", of(b) ?? "\uffff");

/** By weight, then who wants somebody, then age. */
export function worstFirst(a: AlertRow, b: AlertRow): number {
  return bySeverity(a, b) || byState(a, b) || bySince(a, b);
}

/** The columns, with the width of the list below which each leaves. Name and state never do. */
export const COLUMNS: readonly Column<AlertRow>[] = [
  { key: "select", width: 36, head: "Selected", bare: true, leaves: 480 },
  { key: "severity", width: 88, head: "Severity", order: worstFirst, leaves: 701 },
  { key: "bars", width: 28, head: "Severity", bare: true, only: 700 },
  { key: "name", head: "Alert", wide: true, order: (a, b) => byText((row) => row.name)(a, b) || worstFirst(a, b) },
  { key: "target", width: 144, head: "Target", order: (a, b) => byText((row) => row.target)(a, b) || worstFirst(a, b), leaves: 820 },
  { key: "state", width: (table) => (table <= 560 ? 122 : 152), head: "State", order: (a, b) => byState(a, b) || worstFirst(a, b) },
  { key: "since", width: (table) => (table <= 560 ? 92 : 96), head: "Since", order: (a, b) => -bySince(a, b) || worstFirst(a, b), leaves: 420 },
  { key: "owner", width: 96, head: "Owner", order: (a, b) => byText((row) => row.owner)(a, b) || worstFirst(a, b), leaves: 900 },
  { key: "told", width: 160, head: "Told", order: (a, b) => Number(b.untold) - Number(a.untold) || byText((row) => row.told)(a, b), leaves: 1_240 },
  { key: "next", width: 136, head: "Next", order: (a, b) => byText((row) => row.next_at)(a, b) || worstFirst(a, b), leaves: 960 },
  { key: "as-of", width: 92, head: "As of", number: true, order: (a, b) => (a.as_of < b.as_of ? -1 : 1), leaves: 1_100 },
];

/** Since when, in two lines: `13:44` and `18 min`; of what is over, when it ended. How long it was stands beside its state. */
export function sinceWords(row: AlertRow, now: number): { at: string; age: string } {
  // After two days the minute says nothing.
  const at = now - Date.parse(row.since) > 172_800_000 ? day(row.since, now) : clockOrDay(row.since, now);
  return { at, age: whole(now - Date.parse(row.since)) };
}

/** A duration without tenths of seconds, which jump about in a list. */
function whole(millis: number): string {
  const elapsed = Math.max(0, millis);
  return elapsed < 1_000 ? duration(1_000).replace("1.0", "0") : duration(elapsed).replace(/\.\d(?=\u00a0s)/, "");
}

/** The oldest moment at which a rule was looked at. */
export function oldestReading(rows: readonly AlertRow[]): string | undefined {
  let oldest: string | undefined;
  for (const { as_of } of rows) if (oldest === undefined || as_of < oldest) oldest = as_of;
  return oldest;
}

/** True for a reading that is older than it should be. */
export function isOld(reading: string, asOf: Moment): boolean {
  return new Date(asOf).getTime() - Date.parse(reading) > LATE;
}

/** True where nobody evaluates rules: what the list says is what was true then. */
export function notEvaluated({ evaluated, as_of }: Pick<AlertList, "evaluated" | "as_of">): boolean {
  return evaluated === undefined || isOld(evaluated, as_of);
}

/** Why an alert cannot be taken; absent where it can. */
export function takeObstacle({ state }: Pick<AlertRow, "state">): string | undefined {
  if (unjudged(state)) return "Its rule cannot be judged: mend the rule.";
  if (state === "resolved") return "It is over.";
  return state === "pending" ? "It does not fire yet." : undefined;
}

/** Why an alert cannot be silenced; absent where it can. */
export function silenceObstacle({ state }: Pick<AlertRow, "state">): string | undefined {
  return unjudged(state) ? "It tells nobody anything." : undefined;
}

/** What is said to readers after another reading, where something began or ended; empty where nothing did. */
export function announcement(before: readonly AlertRow[] | undefined, after: readonly AlertRow[]): string {
  if (before === undefined) return "";
  const firing = (rows: readonly AlertRow[]): Map<string, AlertRow> => new Map(rows.filter(({ state }) => state === "firing").map((row) => [row.id, row]));
  const [old, fresh] = [firing(before), firing(after)];
  const begun = [...fresh.values()].filter(({ id }) => !old.has(id)).toSorted(worstFirst);
  const ended = [...old.keys()].filter((id) => !fresh.has(id)).length;
  if (begun.length === 0 && ended === 0) return "";
  const names = begun.slice(0, 3).map(({ name }) => oneLine(name, 60)).join(", ");
  const begins = begun.length === 0 ? "" : `${names}${begun.length > 3 ? ` and ${begun.length - 3} more` : ""} ${begun.length === 1 ? "fires" : "fire"}. `;
  return `${begins}${ended > 0 ? `${counted(ended, "alert")} ${ended === 1 ? "is" : "are"} no longer firing. ` : ""}${counted(fresh.size, "alert")} ${fresh.size === 1 ? "fires" : "fire"} with nobody on it.`;
}

/** The environment of some rows where it is the same for all of them. */
export function commonEnvironment(rows: readonly Pick<AlertRow, "environment">[]): Environment | undefined {
  const [first] = rows;
  return first && rows.every(({ environment }) => environment === first.environment) ? (first.environment ?? undefined) : undefined;
}

/** The labels that all rows have with the same value. */
export function commonLabels(rows: readonly Pick<AlertRow, "labels">[]): Record<string, string> {
  const [first, ...others] = rows;
  const all = Object.entries(first?.labels ?? {}).flatMap(([name, value]): [string, string][] => (value !== undefined && others.every(({ labels }) => labels[name] === value) ? [[name, value]] : []));
  return Object.fromEntries(all);
}
