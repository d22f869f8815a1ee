import { describe, expect, it } from "vitest";

import type { PromiseLine, PromiseTable } from "../../api/bindings";
import { bound, rowsOf, share, verdictOf, windowText } from "./model";

const NOW = new Date(2026, 10, 22, 14, 0).getTime();
const DAY = 86_400_000;
const SPACE = /\u00a0/g;

function line(over: Partial<PromiseLine> = {}): PromiseLine {
  return { name: "Appeal review", query: "review", target: "< 0.015", alert: "> 0.025", unit: "seconds", window: 30 * DAY, tone: "ok", sentence: "", now: 0.011, measured: 0.0123, kept: 0.9987, goal: 0.99, seen: 1, budget: 0.87, lasts_until: null, spark: [], ...over };
}

const table = (...lines: PromiseLine[]): PromiseTable => ({ system: "shop", lines, as_of: "" });
const row = (over: Partial<PromiseLine> = {}) => rowsOf(table(line(over)), NOW)[0];
const plain = (text: string | undefined): string | undefined => text?.replace(SPACE, " ");

describe("a share", () => {
  it.each([
    [0.99999, "99.999 %"],
    [0.9999999, "99.999 %"],
    [1, "100 %"],
    [0.99, "99 %"],
    [0.7071, "70.7 %"],
    [0.001, "0.1 %"],
  ])("of %d is cut, never rounded up: %s", (value, words) => expect(plain(share(value))).toBe(words));
});

describe("a bound", () => {
  it("is read in the unit of the promise", () => {
    expect(plain(bound("< 0.01", "seconds"))).toBe("< 10 ms");
    expect(plain(bound(">= 0.999", "ratio"))).toBe("≥ 99.9 %");
    expect(plain(bound("< 1e-3", "ratio"))).toBe("< 0.1 %");
  });

  it("stays as it is written where it cannot be read", () => expect(bound("between 1 and 2", "number")).toBe("between 1 and 2"));
});

describe("a row", () => {
  it("says what was promised and what was measured", () => {
    const shown = row();
    expect([shown?.target, shown?.alert, shown?.now, shown?.measured, shown?.kept, shown?.goal, shown?.window].map(plain)).toEqual(["< 15 ms", "> 25 ms", "11 ms", "12.3 ms", "99.87 %", "99 %", "30 d"]);
    expect(shown?.partial).toBeUndefined();
  });

  it("says how long the budget lasts", () => {
    expect(plain(row({ lasts_until: new Date(2026, 11, 2, 13, 40).toISOString() })?.budget?.pace)).toBe("lasts until 2 Dec 13:40");
    expect(row()?.budget).toMatchObject({ words: "87\u00a0%", spent: false });
  });

  it("never shows a broken promise as full", () => {
    expect(row({ budget: -0.4 })?.budget).toMatchObject({ share: 0, words: "spent", pace: "overspent by 40\u00a0%", spent: true });
    expect(row({ budget: 0.004 })?.budget?.words).toBe("1\u00a0%");
  });

  it("says what of the window was not measured", () => {
    expect(plain(row({ seen: 0.614 })?.partial)).toBe("only 61 % of it was measured");
    expect(plain(row({ seen: 0.0001 })?.partial)).toBe("less than 1 % of it was measured");
    expect(row({ kept: null, seen: 0, now: null })?.partial).toBe("nothing was measured");
    expect(row({ now: null })?.now).toBeUndefined();
  });

  it("leads to its query over its window", () => expect(row()?.to).toBe("#/explore?query=review&system=shop&from=now-30d&until=now"));
});

describe("the sentence", () => {
  it("names what is not kept and what nobody knows", () => {
    const said = verdictOf(table(line(), line({ name: "Error rate", kept: 0.9, tone: "critical" }), line({ name: "Availability", seen: 0.4, tone: "unknown" })));
    expect(said).toEqual({ tone: "critical", begins: "SLA of shop: 1 of 3 promises are kept.", rest: "Past its alert now: Error rate. Not kept over the window: Error rate. Too little was measured to say of Availability." });
  });

  it("does not call a promise broken that was kept on what was measured of it", () => {
    expect(verdictOf(table(line({ kept: 0.5, seen: 0.1, tone: "unknown" }))).rest).toBe("Too little was measured to say of Appeal review.");
  });

  it("counts nothing as broken where nothing was measured", () => {
    expect(verdictOf(table(line({ kept: null, seen: 0, tone: "unknown" })))).toMatchObject({ tone: "unknown", begins: "SLA of shop: not enough was measured yet." });
  });

  it("names two and counts the rest", () => {
    const broken = ["A", "B", "C", "D"].map((name) => line({ name, kept: 0.1 }));
    expect(verdictOf(table(...broken)).rest).toBe("Not kept over the window: A, B and 2 more.");
  });
});

it("writes windows as addresses do", () => expect([30 * DAY, 1.5 * DAY, 5_400_000].map(windowText)).toEqual(["30d", "36h", "90m"]));
