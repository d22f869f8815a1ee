import { describe, expect, test } from "vitest";

import type { RangeAnswer } from "../api/bindings";
import inlined from "./fixtures/frame.bin?url&inline";
import { float, frameOf, frameOfAnswer, joined, type Frame } from "./frame";

// What a test of the engine writes.
const fixture = await (await fetch(inlined)).arrayBuffer();

function frame(moments: number[], values: (number | null)[], legend: string): Frame {
  return { span: { from: "", until: "" }, step: 10, moments, series: [{ labels: {}, legend, values }], found: 1, thinned: false, gaps: [], notes: [], as_of: "2026-11-22T14:00:00Z" };
}

describe("the raw form", () => {
  test("that the engine writes is read, each series with a value for each moment", () => {
    const read = frameOf(fixture);
    expect(read.moments).toEqual([0, 1, 2, 3, 4, 5].map((minute) => Date.UTC(2026, 10, 22, 10, 58 + minute)));
    expect(read.series.map(({ legend }) => legend)).toEqual(["desk é", "shop é"]);
    expect(read.series.map(({ values }) => values)).toEqual([[1.25, 1.25, null, null, null, null], [Infinity, Infinity, null, null, null, null]]);
    expect(read.gaps).toHaveLength(1);
  });

  test("cut off or of another kind is no answer", () => {
    expect(() => frameOf(fixture.slice(0, fixture.byteLength - 3))).toThrow("cut off");
    expect(() => frameOf(new TextEncoder().encode("{\"span\":{}}").buffer)).toThrow("not in the raw form");
    expect(() => frameOf(new ArrayBuffer(2))).toThrow("not in the raw form");
  });
});

test("floats of the wire are numbers", () => {
  expect([1.5, "NaN", "+Inf", "-Inf"].map(float)).toEqual([1.5, Number.NaN, Infinity, -Infinity]);
  const answer: RangeAnswer = { ...frame([1], [], ""), series: [{ labels: {}, legend: "a", values: [null] }, { labels: {}, legend: "b", values: ["+Inf"] }] };
  expect(frameOfAnswer(answer).series.map(({ values }) => values)).toEqual([[null], [Infinity]]);
});

describe("answers that are joined", () => {
  test("have the moments of all, and tell not measured from not asked", () => {
    const both = joined([frame([10, 20, 30], [1, null, 3], "a"), frame([10, 25, 30], [4, 5, 6], "b")]);
    expect(both?.moments).toEqual([10, 20, 25, 30]);
    expect(both?.series.map(({ values }) => values)).toEqual([[1, null, undefined, 3], [4, undefined, 5, 6]]);
    expect(both?.found).toBe(2);
  });

  test("of one answer are that answer", () => {
    const one = frame([10], [1], "a");
    expect(joined([one])).toBe(one);
    expect(joined([])).toBeUndefined();
  });

  test("of equal moments are not copied", () => {
    const a = frame([10, 20], [1, 2], "a");
    expect(joined([a, frame([10, 20], [3, 4], "b")])?.series[0]).toBe(a.series[0]);
  });
});
