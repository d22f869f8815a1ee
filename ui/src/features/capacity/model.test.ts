import { describe, expect, it } from "vitest";

import type { CapacityLine, CapacityTable } from "../../api/bindings";
import { drawingOf, fullOf, growing, growthOf, planOf, verdictOf } from "./model";

const NOW = new Date(2026, 10, 22, 14, 0).getTime();
const DAY = 86_400_000;
const plain = (text: string | undefined): string | undefined => text?.replace(/\u00a0/g, " ");

function line(over: Partial<CapacityLine> = {}): CapacityLine {
  const trend = Array.from({ length: 30 }, (_, i): [number, number] => [NOW - (29 - i) * DAY, 2e9 + i * 12e6]);
  return { what: "main", kind: "database", now: 2.36e9, limit: 3e9, growth: 12e6, least: 9e6, most: 15e6, full: 53 * DAY, full_least: 42 * DAY, full_most: 71 * DAY, plan: [], trend, tone: "ok", sentence: "Grows.", method: "", ...over };
}

const table = (...lines: CapacityLine[]): CapacityTable => ({ system: "shop", lines, as_of: "" });
const said = (all: { words: string; interval: string | undefined }) => [plain(all.words), plain(all.interval)];

describe("growth", () => {
  it("stands with its interval", () => expect(said(growthOf(line()))).toEqual(["12.0 MB a day", "9.00 MB to 15.0 MB"]));

  it.each([
    ["nothing can be said of too few points", { growth: null, least: null, most: null }, "unknown", ["not enough to say", undefined]],
    ["an interval that holds zero is none", { growth: 1e6, least: -2e6, most: 3e6 }, "level", ["none to be told", "−2.00 MB to 3.00 MB"]],
    ["less is said as less", { growth: -4e6, least: -5e6, most: -3e6 }, "shrinks", ["−4.00 MB a day", "−5.00 MB to −3.00 MB"]],
  ] as const)("%s", (_, over, way, words) => {
    expect(growing(line(over))).toBe(way);
    expect(said(growthOf(line(over)))).toEqual(words);
  });
});

describe("when it is full", () => {
  it.each([
    ["in days with their interval", {}, ["53 d", "42 d to 71 d"]],
    ["in hours where it is near", { full: 30 * 3_600_000, full_least: 20 * 3_600_000, full_most: 40 * 3_600_000 }, ["1 d 6 h", "20 h to 1 d 16 h"]],
    ["without an end where its slow end does not grow", { full_most: null }, ["53 d", "42 d or later"]],
    ["in years where they are many", { full: 1_000 * DAY, full_least: 900 * DAY, full_most: 80_000 * DAY }, ["2.7 years", "2.5 years to over 100 years"]],
    ["not, where too little was measured", { growth: null, least: null, most: null, full: null }, ["not enough to say", undefined]],
    ["not, where growth cannot be told from none", { least: -1, full: null }, ["cannot be told", "no growth that can be told from none"]],
    ["not, where it shrinks", { growth: -4, least: -5, most: -3, full: null }, ["never at this pace", "it shrinks"]],
    ["not, where nobody knows its room", { full: null, limit: null }, ["not known", "its room is not known"]],
  ] as const)("%s", (_, over, words) => expect(said(fullOf(line(over)))).toEqual(words));
});

describe("the plan", () => {
  const plan = [
    { word: "initial", planned: 2e9, at: new Date(NOW - 30 * DAY).toISOString(), expected: null },
    { word: "1 year", planned: 5e9, at: new Date(NOW + 335 * DAY).toISOString(), expected: 6.4e9 },
    { word: "3 years", planned: 40e9, at: new Date(NOW + 1065 * DAY).toISOString(), expected: 15.2e9 },
  ];

  it("stands beside what the trend expects", () => {
    expect(planOf(line({ plan }), NOW).map((row) => [row.word, plain(row.expected), plain(row.beside), row.tone])).toEqual([
      ["initial", "is past", undefined, undefined],
      ["1 year", "6.40 GB", "1.3 times the plan", "attention"],
      ["3 years", "15.2 GB", "38 % of the plan", "ok"],
    ]);
  });

  it("says what cannot be expected yet", () => expect(planOf(line({ plan: plan.map((point) => ({ ...point, expected: null })) }), NOW)[1]?.expected).toBe("not enough to say"));

  it("that is outgrown is told above the table", () => expect(plain(verdictOf(table(line({ plan }))).rest)).toBe("main outgrows its plan."));
});

describe("the sentence", () => {
  it("names what is full first", () => {
    const disk = line({ what: "/srv", kind: "disk", full: 20 * DAY, full_least: 18 * DAY, full_most: 24 * DAY, tone: "attention" });
    expect(plain(verdictOf(table(line(), disk)).begins)).toBe("Disk /srv is full first, in 20 d (18 d to 24 d).");
    expect(verdictOf(table(line(), disk)).tone).toBe("attention");
  });

  it("says that not enough was measured", () => {
    const none = line({ growth: null, least: null, most: null, full: null });
    expect(verdictOf(table(none))).toMatchObject({ begins: "Not enough was measured to say." });
    expect(verdictOf(table(none, line())).rest).toBe("Too little was measured of 1 of 2.");
  });
});

describe("the chart", () => {
  it("goes on at the pace, within its interval, from the last point", () => {
    const { series, moments, span } = drawingOf(line(), NOW);
    expect(series.map(({ name }) => name)).toEqual(["Measured", "At this pace", "Slow end", "Fast end"]);
    for (const { values } of series) expect(values).toHaveLength(moments.length);
    const last = (i: number) => series[i]?.values.at(-1) ?? 0;
    expect(last(1)).toBeCloseTo(2e9 + 29 * 12e6 + 29 * 12e6, -3);
    expect(last(2)).toBeLessThan(last(1));
    expect(last(3)).toBeGreaterThan(last(1));
    expect(span.to).toBe(NOW + 29 * DAY);
  });

  it("draws what was measured alone where nothing can be said", () => {
    const { series, moments } = drawingOf(line({ growth: null, least: null, most: null }), NOW);
    expect(series).toHaveLength(1);
    expect(moments).toHaveLength(30);
  });

  it("names the limit where it comes near, and leaves it away where it is far", () => {
    expect(drawingOf(line(), NOW).thresholds.map(({ name }) => plain(name))).toEqual(["Full at 3.00 GB"]);
    expect(drawingOf(line({ limit: 500e9 }), NOW).thresholds).toEqual([]);
  });

  it("stands on nothing where nothing was measured", () => {
    const { moments, bounds } = drawingOf(line({ trend: [], growth: null }), NOW);
    expect(moments).toEqual([]);
    expect(bounds[1]).toBeGreaterThan(bounds[0]);
  });
});
