import { describe, expect, test } from "vitest";

import type { Change, Health, HealthCheck, Panel, SystemHealth, Tone } from "../../api/bindings";
import type { Frame } from "../../lib/frame";
import { changesOf, checksOf, parted, rowsOf, split, verdictOf } from "./model";
import { labelOf, newestOf, toneOf } from "./panels";

const AT = "2026-11-22T13:42:00Z";

function check(what: string, tone: Tone, since: string | null = null): HealthCheck {
  return { key: what, system: "shop", what, tone, sentence: "", since, as_of: AT, next: null, took: 1 };
}

function system(name: string, tone: Tone, over: Partial<SystemHealth> = {}): SystemHealth {
  return { system: name, environment: "production", tone, sentence: "", since: AT, passed: 1, checks: [check("a", tone)], changes: [], as_of: AT, ...over };
}

function health(systems: SystemHealth[], over: Partial<Health> = {}): Health {
  return { systems, machine: system("db-1", "ok"), collecting: { tone: "ok", sentence: "", by: null, last_tick: null, notices: [] }, as_of: AT, ...over };
}

describe("all systems", () => {
  test("stand worst first, the machine last", () => {
    const rows = rowsOf(health([system("a", "ok"), system("b", "critical"), system("c", "unknown", { checks: [] }), system("d", "attention")]));
    expect(rows.map(({ key }) => key)).toEqual(["b", "d", "c", "a", "machine"]);
    expect(rows.map(({ passed }) => passed)).toEqual(["1 of 1", "1 of 1", "none yet", "1 of 1", "1 of 1"]);
    expect(rows.at(-1)?.to).toBe("");
  });

  test.each<[string, Health, Tone, string]>([
    ["all well", health([system("a", "ok"), system("b", "ok")]), "ok", "All 2 systems are healthy."],
    ["one, well", health([system("a", "ok")]), "ok", "a is healthy."],
    ["one ill", health([system("a", "ok"), system("b", "critical")]), "critical", "b is not healthy."],
    ["several", health([system("a", "attention"), system("b", "attention")]), "attention", "a and b need attention."],
    ["the machine", health([system("a", "ok")], { machine: system("db-1", "attention", { sentence: "Disk /srv is full in 3 d." }) }), "attention", "The systems are well, the machine is not."],
    ["nobody measures", health([system("a", "ok")], { collecting: { tone: "unknown", sentence: "No agent runs.", by: null, last_tick: null, notices: [] } }), "unknown", "Nobody measures now."],
  ])("%s", (_, of, tone, begins) => {
    expect(verdictOf(of)).toMatchObject({ tone, begins });
  });

  test("what is not known is never said to be well", () => {
    expect(verdictOf(health([system("a", "ok"), system("b", "unknown")]))).toMatchObject({ tone: "unknown", begins: "b is not known." });
    expect(verdictOf(health([system("a", "critical"), system("b", "unknown")])).rest).toBe("b is not known.");
  });
});

test("a sentence's first clause is set apart", () => {
  expect(split("Not healthy since 13:42: appeal error rate is 6.8 %; and 2 more.")).toEqual({ begins: "Not healthy since 13:42.", rest: "Appeal error rate is 6.8 %; and 2 more." });
  expect(split("Healthy.")).toEqual({ begins: "", rest: "Healthy." });
});

test("changes are told once, newest first", () => {
  const change = (at: string, what: string): Change => ({ at, what, kind: "moved", next: null });
  const shared = change("2026-11-22T13:41:00Z", "gap");
  const lines = changesOf([system("a", "critical", { changes: [shared, change("2026-11-22T13:44:00Z", "errors")] }), system("b", "ok", { changes: [shared] })], system("db-1", "ok"));
  expect(lines.map(({ change: { what }, system: of }) => [what, of])).toEqual([["errors", "a"], ["gap", "a"]]);
});

test("checks stand worst first, the longest so before others", () => {
  const all = [check("a", "ok"), check("b", "attention", "2026-11-22T13:00:00Z"), check("c", "attention", "2026-11-22T12:00:00Z"), check("d", "critical"), check("e", "unknown")];
  expect(checksOf(all).map(({ what }) => what)).toEqual(["d", "c", "b", "e", "a"]);
  expect(parted(all).passing.map(({ what }) => what)).toEqual(["a"]);
});

describe("a panel's newest value", () => {
  const T = Date.parse(AT);
  const panel: Panel = { title: "Review", kind: "lines", unit: "seconds", queries: [], thresholds: [{ value: 0.025, tone: "attention", name: "25 ms", above: true }, { value: 0.05, tone: "critical", name: "50 ms", above: true }], least: null, most: null, wide: false, about: null };
  const frame = (series: [string, (number | null)[]][]): Frame => ({ span: { from: "", until: "" }, step: 15_000, moments: [T - 30_000, T - 15_000, T], series: series.map(([legend, values]) => ({ labels: {}, legend, values })), found: 1, thinned: false, gaps: [], notes: [], as_of: AT });

  test("is that of the worst line", () => {
    expect(newestOf(frame([["p50", [1, 1, 0.005]], ["p99", [0, 0, 0.031]]]), panel, T)).toEqual({ tone: "attention", figure: "31", unit: "ms p99" });
    expect(newestOf(frame([["p99", [0, 0, 0.003]]]), panel, T)).toEqual({ tone: "ok", figure: "3", unit: "ms" });
  });

  test("is not an old one", () => {
    expect(newestOf(frame([["p99", [0.003, null, null]]]), panel, T + 60_000)).toMatchObject({ tone: "unknown", figure: expect.stringContaining("no data since") as string });
    expect(newestOf(frame([]), panel, T)).toMatchObject({ tone: "unknown", figure: "no data" });
  });

  test("without limits has no tone", () => {
    expect(newestOf(frame([["a", [1, 1, 1]]]), { ...panel, thresholds: [] }, T).tone).toBeUndefined();
  });

  test("below a limit that counts downwards is beyond it", () => {
    const low = [{ value: 0.1, tone: "critical" as const, name: "10 %", above: false }];
    expect([0.05, 0.1, 0.4].map((value) => toneOf(value, low))).toEqual(["critical", "ok", "ok"]);
  });

  test("is read with its limits", () => {
    expect(labelOf(panel, { tone: "ok", figure: "3", unit: "ms" })).toBe("Review: 3 ms, limit 25 ms, limit 50 ms.");
    expect(labelOf(panel, undefined)).toContain("not measured");
  });
});
