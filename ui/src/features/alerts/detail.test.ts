import { describe, expect, it } from "vitest";

import type { AlertDetail, AlertEvent, Rung } from "../../api/bindings";
import type { Frame } from "../../lib/frame";
import { chartSpan, clockWords, factsOf, ownSeries, stepsOf, timesWords } from "./detail";

const NOW = Date.parse("2026-11-22T14:00:00Z");
const rung = (level: number, minutes: number, more: Partial<Rung> = {}): Rung => ({ level, who: `level ${level}`, at: new Date(NOW + minutes * 60_000).toISOString(), told: null, outcome: null, ...more });

describe("the ladder", () => {
  it("has one level that the clock runs for", () => {
    const steps = stepsOf([rung(3, 22), rung(1, -18, { told: "2026-11-22T13:42:00Z", outcome: "sent" }), rung(2, 2)]);
    expect(steps.map(({ look }) => look)).toEqual(["done", "next", "later"]);
    expect(clockWords(steps, NOW + 8_000)).toBe("level 2 in 1\u00a0min 52\u00a0s");
    expect(clockWords(steps, NOW + 240_000)).toBe("level 2 now");
  });

  it("stands still once somebody has it", () => {
    const steps = stepsOf([rung(1, -18, { told: "2026-11-22T13:42:00Z", outcome: "failed: refused" }), rung(2, 2, { outcome: "stopped: acknowledged" })]);
    expect(steps.map(({ look }) => look)).toEqual(["failed", "stopped"]);
    expect(clockWords(steps, NOW)).toBeUndefined();
  });
});

describe("the chart", () => {
  it("begins before it began, an hour at least and two days at most", () => {
    const from = (active: string): number => (NOW - chartSpan({ since: active, active }, NOW).from) / 3_600_000;
    expect([from("2026-11-22T13:50:00Z"), from("2026-11-22T11:00:00Z"), from("2026-10-22T11:00:00Z")]).toEqual([1, 6, 48]);
  });

  it("shows the alert's own series where it can tell", () => {
    const frame = { series: [{ labels: { __name__: "up", job: "a" } }, { labels: { job: "b" } }] } as unknown as Frame;
    expect(ownSeries(frame, { alertname: "x", job: "b" }).series).toHaveLength(1);
    expect(ownSeries(frame, { alertname: "x" }).series).toHaveLength(2);
  });
});

describe("words", () => {
  it("say value, limit and duration", () => {
    const detail = { row: { value: 0.068 }, measured: "a / b", limit: { sign: ">", value: 0.05 }, hold: 120_000 } as unknown as AlertDetail;
    expect(factsOf(detail).map(({ name, value }) => `${name} ${value}`)).toEqual(["value 0.068", "limit > 0.05", "for 2\u00a0min"]);
  });

  it("say how often", () => {
    const fired = (at: string): AlertEvent => ({ at, kind: "firing" }) as AlertEvent;
    expect(timesWords([fired("2026-11-22T13:00:00Z"), fired("2026-11-02T14:00:00Z")], NOW)).toBe("2 times in 20\u00a0d");
    expect(timesWords([], NOW)).toBe("");
  });
});
