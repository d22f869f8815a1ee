import { describe, expect, test } from "vitest";

import type { Frame } from "../lib/frame";
import { lonely, nearest, ticksNear, valueAt } from "./time-drawing";
import { gapsOf, limitName, linesOf, timeDrawing, type Look } from "./time-of";

const T = Date.UTC(2026, 10, 22, 12);
const LOOK: Look = { kind: "lines", unit: "seconds", thresholds: [], least: null, most: null };

function frame(series: [string, (number | null | undefined)[]][], over: Partial<Frame> = {}): Frame {
  const length = series[0]?.[1].length ?? 0;
  return {
    span: { from: "", until: "" },
    step: 15_000,
    moments: Array.from({ length }, (_, i) => T + i * 15_000),
    series: series.map(([legend, values]) => ({ labels: {}, legend, values })),
    found: series.length,
    thinned: false,
    gaps: [],
    notes: [],
    as_of: new Date(T + (length - 1) * 15_000).toISOString(),
    ...over,
  };
}

const span = { from: T, to: T + 600_000 };

describe("gaps", () => {
  test("are those that the engine explains, and those that only the values show", () => {
    const values = [1, 1, null, null, null, null, 1, 1, null, null, 1];
    expect(gapsOf(frame([["a", values]]), span)).toEqual([{ from: T + 15_000, to: T + 90_000, reason: "" }]);
    const told = [{ span: { from: new Date(T + 20_000).toISOString(), until: new Date(T + 80_000).toISOString() }, reason: "the agent did not run" }];
    expect(gapsOf(frame([["a", values]], { gaps: told }), span).map(({ reason }) => reason)).toEqual(["the agent did not run"]);
  });

  test("are none where another line was measured, and go on to the present", () => {
    const holes = [1, null, null, null, null, null, null, 1];
    expect(gapsOf(frame([["a", holes], ["b", holes.map((value) => (value === null ? 2 : null))]]), span)).toEqual([]);
    const stopped = frame([["a", [1, 1]]], { as_of: new Date(T + 300_000).toISOString() });
    expect(gapsOf(stopped, span)).toEqual([{ from: T + 15_000, to: T + 300_000, reason: "" }]);
  });
});

describe("lines", () => {
  test("have names of their own, and from the fifth on strokes of their own", () => {
    const lines = linesOf(frame([["a", [1]], ["a", [2]], ["", [3]], ["c", [4]], ["d", [5]]]).series, LOOK);
    expect(lines.map(({ name }) => name)).toEqual(["a", "a (2)", "value", "c", "d"]);
    expect(lines[4]?.colour).toBe(lines[0]?.colour);
    expect(lines[4]?.dash).not.toEqual(lines[0]?.dash);
  });

  test("of a stack stand on each other, and keep their own values", () => {
    const [below, above] = linesOf(frame([["a", [1, 2, null]], ["b", [10, null, 30]]]).series, { kind: "stack" });
    expect(below?.drawn).toEqual([1, 2, null]);
    expect(above?.drawn).toEqual([11, null, 30]);
    expect(above?.values).toEqual([10, null, 30]);
  });
});

test("a limit is called by its name and its value, each once", () => {
  expect(limitName({ name: "25 ms", value: 0.025 }, "seconds")).toBe("25 ms");
  expect(limitName({ name: "target", value: 0.025 }, "seconds")).toBe("target 25\u00a0ms");
  expect(limitName({ name: "100 /min", value: 100 }, "per-minute")).toBe("100 /min");
});

describe("a drawing", () => {
  const limit = (value: number) => ({ value, tone: "attention" as const, name: String(value), above: true });

  test("holds what was measured and the limits near it, not those far above", () => {
    const near = timeDrawing(frame([["a", [10, 12]]]), { ...LOOK, thresholds: [limit(25)] }, span, []);
    expect(near.bounds[0]).toBe(0);
    expect(near.bounds[1]).toBeGreaterThan(25);
    const far = timeDrawing(frame([["a", [10, 12]]]), { ...LOOK, thresholds: [limit(2_500)] }, span, []);
    expect(far.bounds[1]).toBeLessThan(30);
  });

  test("of nothing has an axis and its limits", () => {
    const none = timeDrawing(undefined, { ...LOOK, thresholds: [limit(25)] }, span, []);
    expect(none.bounds[1]).toBeGreaterThan(25);
    expect(none.series).toEqual([]);
  });

  test("is not spoiled by values that are no numbers", () => {
    const odd = timeDrawing(frame([["a", [1, Number.NaN, Infinity, -Infinity, 2]]]), LOOK, span, []);
    expect(odd.bounds.every(Number.isFinite)).toBe(true);
  });
});

test("a readout finds the nearest moment, the value that was asked for it, and what happened about then", () => {
  const [line] = linesOf([{ labels: {}, legend: "a", values: [1, undefined, null, undefined, 5] }], LOOK);
  if (!line) throw new Error("no line");
  expect([0, 1, 2, 3, 4].map((i) => valueAt(line, i))).toEqual([1, 1, null, null, 5]);
  expect(nearest([10, 20, 30, 40], 26)).toBe(2);
  expect(nearest([10, 20, 30, 40], 99)).toBe(3);
  const ticks = [{ at: 100, kind: "backup", what: "a" }, { at: 130, kind: "backup", what: "b" }] as const;
  expect(ticksNear(ticks, 125, 20).map(({ what }) => what)).toEqual(["b"]);
  expect(lonely([1, null, 2, 3, undefined, 4, null, undefined, 5])).toEqual([0, 8]);
});
