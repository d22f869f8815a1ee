import type { DefinitionFinding, Latency, SmokeCase, SmokeList, SmokeMark, SmokeOutcome, SmokeSuite, Tone } from "../../api/bindings";
import { counted } from "../../lib/count";
import { NBSP, number } from "../../lib/quantity";

/** Outcomes, worst first. */
export const OUTCOMES: readonly SmokeOutcome[] = ["failed", "error", "slow", "skipped", "passed"];

/** The word of each. */
export const OUTCOME_WORDS: Record<SmokeOutcome, string> = { passed: "Passed", slow: "Too slow", failed: "Failed", error: "Not asked", skipped: "Skipped" };

/** How each looks. What was not asked is not known. */
export const OUTCOME_TONES: Record<SmokeOutcome, Tone> = { passed: "ok", slow: "attention", failed: "critical", error: "unknown", skipped: "unknown" };

/** One case with its suite. */
export interface CaseRow {
  key: string;
  suite: string;
  case: SmokeCase;
}

/** The cases of one category. */
export interface CategoryGroup {
  category: string;
  rows: CaseRow[];
  passed: number;
}

/** The cases of suites by category, in the order of the files. */
export function groupsOf(suites: readonly SmokeSuite[]): CategoryGroup[] {
  const rows = suites.flatMap((suite) => suite.cases.map((each): CaseRow => ({ key: `${suite.name}/${each.id}`, suite: suite.name, case: each })));
  const categories = [...new Set(rows.map((row) => row.case.category))];
  return categories.map((category) => {
    const own = rows.filter((row) => row.case.category === category);
    return { category, rows: own, passed: own.filter((row) => row.case.newest?.outcome === "passed").length };
  });
}

/** How all cases stand, in a sentence. */
export function summary(suites: readonly SmokeSuite[]): { tone: Tone; words: string } {
  const cases = suites.flatMap((suite) => suite.cases);
  const of = (outcome: SmokeOutcome): number => cases.filter(({ newest }) => newest?.outcome === outcome).length;
  const never = cases.filter(({ newest }) => newest === null).length;
  const bad = OUTCOMES.filter((outcome) => outcome !== "passed" && of(outcome) > 0);
  const parts = [`${of("passed")} of ${counted(cases.length, "case")} passed`, ...bad.map((outcome) => `${of(outcome)} ${OUTCOME_WORDS[outcome].toLowerCase()}`), ...(never > 0 ? [`${never} never run`] : [])];
  const first = bad[0];
  return { tone: first ? OUTCOME_TONES[first] : never > 0 ? "unknown" : "ok", words: `${parts.join(", ")}.` };
}

/** Everything that is wrong with files of smoke tests. */
export function findingsOf({ suites }: Pick<SmokeList, "suites">): DefinitionFinding[] {
  return suites.flatMap(({ findings }) => findings);
}

/** A latency in microseconds, with three figures at most: `840 µs`, `6.4 ms`, `1.2 s`. */
export function latency(micros: number): string {
  if (micros < 1_000) return `${Math.round(micros)}${NBSP}µs`;
  if (micros < 1_000_000) return `${figures(micros / 1_000)}${NBSP}ms`;
  return `${figures(micros / 1_000_000)}${NBSP}s`;
}

/** p99 beside its budget: `6.4 ms of 10 ms`. */
export function latencyWords({ newest, budget }: SmokeCase): string {
  const measured = newest?.latency?.p99;
  if (measured === undefined) return "";
  return budget === null ? latency(measured) : `${latency(measured)} of ${latency(number(budget) * 1_000)}`;
}

/** One earlier run in a strip: how it went, and how high its latency stands, 0 to 1. */
export interface StripMark {
  mark: SmokeMark;
  height: number;
}

/** The marks of a strip: the highest is the larger of budget and worst latency, so that the budget's line is always in it. */
export function strip(history: readonly SmokeMark[], budget: SmokeCase["budget"]): { marks: StripMark[]; line: number | undefined } {
  const limit = budget === null ? undefined : number(budget) * 1_000;
  const top = Math.max(1, limit === undefined ? 0 : limit * 1.25, ...history.map(({ micros }) => micros ?? 0));
  return { marks: history.map((mark) => ({ mark, height: mark.micros === null ? 0.08 : Math.max(0.08, mark.micros / top) })), line: limit === undefined ? undefined : limit / top };
}

/** What the strip says to readers. */
export function stripWords({ history, budget }: SmokeCase): string {
  const passed = history.filter(({ outcome }) => outcome === "passed").length;
  return `${passed} of the newest ${counted(history.length, "run")} passed${budget === null ? "" : `, p99 at most ${latency(number(budget) * 1_000)}`}`;
}

/** All figures of a latency. */
export function latencyFacts(each: Latency): { name: string; value: string }[] {
  return [
    { name: "asked", value: counted(each.count, "time") },
    { name: "shortest", value: latency(each.min) },
    { name: "p50", value: latency(each.p50) },
    { name: "p95", value: latency(each.p95) },
    { name: "p99", value: latency(each.p99) },
    { name: "longest", value: latency(each.max) },
  ];
}

function figures(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value >= 10 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(2).replace(/\.?0+$/, "");
}
