import type { KeepRules, RetentionPreview, RuleSource, SnapshotVerdict } from "../../api/bindings";
import { count, counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { number } from "../../lib/quantity";
import { showPath } from "../../lib/path";
import { when } from "../../lib/when";

/** A field of the rules. */
export interface RuleField {
  key: keyof KeepRules;
  label: string;
  /** `time` is written as `7 d` or `36 h`. */
  kind: "count" | "time";
  unit: string;
}

/** What keeps a snapshot: any of these is enough. */
export const KEEPS: readonly RuleField[] = [
  { key: "last", label: "The newest", kind: "count", unit: "snapshots" },
  { key: "hourly", label: "One an hour, for", kind: "count", unit: "hours" },
  { key: "daily", label: "One a day, for", kind: "count", unit: "days" },
  { key: "weekly", label: "One a week, for", kind: "count", unit: "weeks" },
  { key: "monthly", label: "One a month, for", kind: "count", unit: "months" },
  { key: "yearly", label: "One a year, for", kind: "count", unit: "years" },
  { key: "within", label: "All of the last", kind: "time", unit: "such as 2 d" },
  { key: "before_change", label: "Before a change, the newest", kind: "count", unit: "counted apart" },
];

/** What limits the kept ones. */
export const CAPS: readonly RuleField[] = [
  { key: "at_most", label: "At most", kind: "count", unit: "in all" },
  { key: "no_older_than", label: "Nothing older than", kind: "time", unit: "such as 90 d" },
];

const FIELDS = [...KEEPS, ...CAPS];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The rules as they are written in the form; an empty text is no rule. */
export type Written = Record<keyof KeepRules, string>;

/** Rules as texts. */
export function written(rules: KeepRules): Written {
  return Object.fromEntries(FIELDS.map((field) => [field.key, text(field, rules[field.key])])) as Written;
}

/** The rules that a form says; faults by field where a text is none. */
export function rulesOf(form: Written): { rules: KeepRules; wrong: Partial<Record<keyof KeepRules, string>> } {
  const rules: KeepRules = {};
  const wrong: Partial<Record<keyof KeepRules, string>> = {};
  for (const field of FIELDS) {
    const said = form[field.key].trim();
    if (said === "") continue;
    const value = field.kind === "count" ? counts(said) : times(said);
    if (value === null) wrong[field.key] = field.kind === "count" ? "Write a number of 1 or more, or nothing." : "Write days or hours, such as 7 d or 36 h, or nothing.";
    else Object.assign(rules, { [field.key]: value });
  }
  return { rules, wrong };
}

/** True where two sets of rules say the same. */
export function sameRules(a: KeepRules, b: KeepRules): boolean {
  const clean = (rules: KeepRules): string => JSON.stringify(FIELDS.map(({ key }) => (rules[key] === undefined || rules[key] === null ? null : number(rules[key]))));
  return clean(a) === clean(b);
}

/** Where the rules come from, in a sentence. */
export function sourceWords(source: RuleSource, now: number): string {
  switch (source.kind) {
    case "definition":
      return `${showPath(source.file)} decides`;
    case "store":
      return `set by ${source.who}, ${when(source.at, now)}`;
    case "environment":
      return "BACKUP_MAX_BACKUPS or BACKUP_RETENTION_DAYS in the environment decides";
    case "request":
      return "tried out, not kept yet";
    case "nothing":
      return "nobody set rules: every snapshot is kept";
  }
}

/** Why rules cannot be set here; `undefined` where they can. Trying them out is always possible. */
export function setObstacle(source: RuleSource | undefined): string | undefined {
  if (source?.kind === "definition") return "quarterdeck.yaml decides: change keep there.";
  return undefined;
}

/** Why nothing can be forgotten; `undefined` where something can. */
export function forgetObstacle(preview: RetentionPreview | undefined, trying: boolean): string | undefined {
  if (!preview) return "Wait for the preview.";
  if (trying) return "Keep the rules first.";
  if (preview.obstacles[0] !== undefined) return preview.obstacles[0];
  return number(preview.forgotten) === 0 ? "Nothing goes." : undefined;
}

/** The button that forgets. */
export function forgetWords(preview: RetentionPreview): string {
  return `Forget ${counted(preview.forgotten, "snapshot")}`;
}

/** The verdicts that a filter and its counts show. */
export function shown(verdicts: readonly SnapshotVerdict[], filter: "all" | "goes" | "stays" | "pinned"): SnapshotVerdict[] {
  return verdicts.filter((verdict) => filter === "all" || (filter === "pinned" ? verdict.pin !== null : verdict.keep === (filter === "stays")));
}

function text(field: RuleField, value: KeepRules[keyof KeepRules]): string {
  if (value === undefined || value === null) return "";
  if (field.kind === "count") return count(value).replaceAll(",", "");
  const millis = number(value);
  if (millis % DAY === 0) return `${millis / DAY} d`;
  return millis % HOUR === 0 ? `${millis / HOUR} h` : duration(millis);
}

function counts(said: string): number | null {
  return /^\d{1,6}$/.test(said) && Number(said) > 0 ? Number(said) : null;
}

function times(said: string): number | null {
  const parts = /^(\d{1,6})\s*(d|days?|h|hours?)?$/i.exec(said.replaceAll("\u00a0", " "));
  if (!parts || Number(parts[1]) === 0) return null;
  return Number(parts[1]) * (parts[2]?.toLowerCase().startsWith("h") ? HOUR : DAY);
}
