import type { Name, RuleGroup, RuleHealth, RuleRow, Tone } from "../../api/bindings";
import type { Column } from "../../kit/table";
import { SEVERITIES } from "../../lib/alert";
import { duration } from "../../lib/duration";
import { fileName } from "../../lib/path";
import { oneLine } from "../../lib/plain";
import { number } from "../../lib/quantity";

/** A rule with the group that it stands in. */
export interface Line {
  rule: RuleRow;
  group: RuleGroup;
}

/** What is shown of the rules. */
export interface Filter {
  text: string;
  /** Only those that cannot fire, those that record, or those that are switched off somewhere. */
  kind: "all" | "defect" | "records" | "off";
  /** `quarterdeck`, `home`, a system's name; empty for all. */
  origin: string;
}

/** Worst first; what has nothing to look at last. */
const HEALTHS: readonly RuleHealth[] = ["error", "no-data", "stale", "waiting", "ok", "idle"];
export const HEALTH_WORDS: Record<RuleHealth, string> = { error: "Error", "no-data": "No data", stale: "Stale", waiting: "Waiting", ok: "Well", idle: "Idle" };
/** The tones; what waits or is idle has none. */
export const HEALTH_TONES: Record<Exclude<RuleHealth, "waiting" | "idle">, Tone> = { error: "unknown", "no-data": "unknown", stale: "unknown", ok: "ok" };

const letters = new Intl.Collator("en", { numeric: true });

/** All rules, in the order of their files. */
export function linesOf(groups: readonly RuleGroup[]): Line[] {
  return groups.flatMap((group) => group.rules.map((rule) => ({ rule, group })));
}

/** True for a rule that could not fire whatever happens. */
export function isDefect({ rule }: Line): boolean {
  return rule.health === "error" || rule.health === "no-data" || rule.health === "stale";
}

/** Rules that cannot fire, the heaviest first. */
export function defectsOf(lines: readonly Line[]): Line[] {
  return lines.filter(isDefect).toSorted((a, b) => healthAt(a) - healthAt(b) || severityAt(a) - severityAt(b) || letters.compare(a.rule.name, b.rule.name));
}

/** What to do about a rule that cannot fire. */
export function cureOf({ rule, group }: Line): string {
  const place = group.file === null ? "" : ` in ${placeOf({ rule, group })}`;
  if (rule.health === "error") return group.file === null ? "It ships with Quarterdeck: switch it off, and tell us." : `Mend the expression${place}.`;
  if (rule.health === "no-data") return group.file === null ? "Have it measured, or switch the rule off in quarterdeck.yaml." : `Have it measured, correct the name${place}, or take the rule away.`;
  return "See that the agent runs.";
}

/** Where a rule is written: `appeals.yml:12`; of those that ship, the group. */
export function placeOf({ rule, group }: Line): string {
  return group.file === null ? `group ${oneLine(group.name, 60)}` : `${fileName(group.file)}:${rule.line}`;
}

/** Where rules are from. */
export function originsOf(groups: readonly RuleGroup[]): { value: string; label: string }[] {
  return [...new Set(groups.map(({ origin }) => origin))].sort(letters.compare).map((value) => ({ value, label: originWord(value) }));
}

/** What an origin is called. */
export function originWord(origin: string): string {
  return origin === "quarterdeck" ? "ships with Quarterdeck" : origin === "home" ? "this machine" : origin;
}

/** The rules that a filter lets through. */
export function shownRules(lines: readonly Line[], { text, kind, origin }: Filter): Line[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    const { rule, group } = line;
    if (kind === "defect" && !isDefect(line)) return false;
    if (kind === "records" && !rule.records) return false;
    if (kind === "off" && rule.off.length === 0) return false;
    if (origin !== "" && group.origin !== origin) return false;
    const heap = `${rule.name} ${group.name} ${group.file ?? ""} ${rule.sentence} ${rule.expression}`.toLowerCase();
    return words.every((word) => heap.includes(word));
  });
}

/** `6 ms`, `1.2 s`; less than one is said; empty where it was never evaluated. */
export function tookWords(took: RuleRow["took"]): string {
  if (took === null) return "";
  return number(took) === 0 ? "< 1\u00a0ms" : duration(took);
}

/** A length as it is written in rules: `2 min`, without tenths; `at once` for none. */
export function lengthWords(millis: RuleRow["hold"]): string {
  return number(millis) === 0 ? "at once" : duration(millis).replace(/\.0(?=\u00a0s)/, "");
}

/** The systems that switched a rule off, in words; empty where none did. */
export function offWords(off: readonly Name[]): string {
  return off.length === 0 ? "" : `switched off by ${off.slice(0, 4).join(", ")}${off.length > 4 ? ` and ${off.length - 4} more` : ""}`;
}

const healthAt = ({ rule }: Line): number => HEALTHS.indexOf(rule.health);
const severityAt = ({ rule }: Line): number => (rule.severity === null ? 9 : SEVERITIES.indexOf(rule.severity));

/** The columns of the list of rules. */
export const COLUMNS: readonly Column<Line>[] = [
  { key: "health", head: "State", width: 108, order: (a, b) => healthAt(a) - healthAt(b) || severityAt(a) - severityAt(b) },
  { key: "name", head: "Rule", wide: true, order: (a, b) => letters.compare(a.rule.name, b.rule.name) },
  { key: "severity", head: "Severity", width: 92, order: (a, b) => severityAt(a) - severityAt(b), leaves: 620 },
  { key: "place", head: "From", width: 168, order: (a, b) => letters.compare(a.group.key, b.group.key) || a.rule.line - b.rule.line, leaves: 760 },
  { key: "hold", head: "For", width: 84, order: (a, b) => number(a.rule.hold) - number(b.rule.hold), leaves: 1_000 },
  { key: "series", head: "Series", number: true, width: 72, order: (a, b) => number(b.rule.series) - number(a.rule.series), leaves: 900 },
  { key: "took", head: "Took", number: true, width: 84, order: (a, b) => number(b.rule.took ?? -1) - number(a.rule.took ?? -1), leaves: 860 },
];

/** The columns of the list of groups. */
export const GROUP_COLUMNS: readonly Column<RuleGroup>[] = [
  { key: "group", head: "Group", wide: true, order: (a, b) => letters.compare(a.name, b.name) },
  { key: "rules", head: "Rules", number: true, width: 72, order: (a, b) => b.rules.length - a.rules.length },
  { key: "every", head: "Every", number: true, width: 84, order: (a, b) => number(a.every) - number(b.every), leaves: 620 },
  { key: "evaluated", head: "Evaluated", number: true, width: 136, order: (a, b) => (a.evaluated ?? "").localeCompare(b.evaluated ?? "") },
  { key: "took", head: "Took", number: true, width: 96, order: (a, b) => number(b.took ?? -1) - number(a.took ?? -1) },
  { key: "missed", head: "Missed", number: true, width: 84, order: (a, b) => number(b.missed) - number(a.missed), leaves: 700 },
];

/** True where a group takes so much of its interval that it will miss evaluations soon. */
export function isSlow({ took, every }: Pick<RuleGroup, "took" | "every">): boolean {
  return took !== null && number(took) > number(every) / 2;
}
