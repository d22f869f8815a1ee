import { describe, expect, it } from "vitest";

import type { SmokeCase, SmokeOutcome, SmokeSuite } from "../../api/bindings";
import { groupsOf, latency, latencyWords, strip, stripWords, summary } from "./model";

function smokeCase(id: string, category: string, outcome: SmokeOutcome | null, more: Partial<SmokeCase> = {}): SmokeCase {
  const newest = outcome === null ? null : { suite: "s", case: id, title: id, category, at: "", outcome, sentence: "", asked: 1, latency: { count: 50, min: 1, p50: 2, p95: 3, p99: 6_400, max: 5 }, detail: null, definition: "" };
  return { id, title: id, category, kind: "sql", asks: "", expected: "", budget: null, newest, history: [], since: null, ...more };
}

const suite = (name: string, ...cases: SmokeCase[]): SmokeSuite => ({ system: "shop", name, title: name, file: "", findings: [], cases });

describe("smoke tests", () => {
  const suites = [suite("a", smokeCase("1", "core", "passed"), smokeCase("2", "data", "slow")), suite("b", smokeCase("3", "core", "failed"), smokeCase("4", "core", null))];
  it("stand by category over all suites", () => expect(groupsOf(suites).map(({ category, rows, passed }) => [category, rows.map(({ key }) => key), passed])).toEqual([["core", ["a/1", "b/3", "b/4"], 1], ["data", ["a/2"], 0]]));
  it("are summed up, worst first; what never ran is no success", () => {
    expect(summary(suites)).toEqual({ tone: "critical", words: "1 of 4 cases passed, 1 failed, 1 too slow, 1 never run." });
    expect(summary([suite("a", smokeCase("1", "core", null))]).tone).toBe("unknown");
    expect(summary([suite("a", smokeCase("1", "core", "passed"))]).tone).toBe("ok");
  });
});

describe("latencies", () => {
  it.each([
    [840, "840\u00a0µs"],
    [6_400, "6.4\u00a0ms"],
    [31_000, "31\u00a0ms"],
    [214_300, "214\u00a0ms"],
    [1_200_000, "1.2\u00a0s"],
  ])("%i µs", (micros, words) => expect(latency(micros)).toBe(words));
  it("stand beside their budget", () => expect(latencyWords(smokeCase("1", "core", "passed", { budget: 10 }))).toBe("6.4\u00a0ms of 10\u00a0ms"));
  it("keep the budget's line in the strip", () => {
    const drawn = strip([{ at: "", outcome: "passed", micros: 5_000 }, { at: "", outcome: "skipped", micros: null }], 10);
    expect(drawn.line).toBeCloseTo(0.8);
    expect(drawn.marks[0]?.height).toBeCloseTo(0.4);
    expect(drawn.marks[1]?.height).toBeLessThan(0.1);
    expect(strip([{ at: "", outcome: "slow", micros: 50_000 }], 10).line).toBeCloseTo(0.2);
    expect(strip([], null)).toEqual({ marks: [], line: undefined });
  });
  it("are said to readers", () => expect(stripWords(smokeCase("1", "core", "passed", { budget: 10, history: [{ at: "", outcome: "failed", micros: 1 }] }))).toBe("0 of the newest 1 run passed, p99 at most 10\u00a0ms"));
});
