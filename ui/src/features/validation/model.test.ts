import { describe, expect, it } from "vitest";

import type { ValidationRow } from "../../api/bindings";
import { lengthOf, measuredWords, placeOf, share, stretches } from "./model";

const WATCH = { from: "2026-11-20T00:00:00Z", until: "2026-11-22T00:00:00Z", stopped: null, state: "watching" as const };
const row = (from: string, until: string): Pick<ValidationRow, "gaps"> => ({ gaps: [{ from, until }] as ValidationRow["gaps"] });

describe("a watch", () => {
  it("is so far over", () => {
    expect(share(WATCH, Date.parse("2026-11-21T00:00:00Z"))).toBe(0.5);
    expect(share(WATCH, Date.parse("2026-11-25T00:00:00Z"))).toBe(1);
    expect(share({ ...WATCH, stopped: "2026-11-20T12:00:00Z", state: "stopped" }, Date.parse("2026-11-25T00:00:00Z"))).toBe(0.25);
  });
  it("has its gaps where they were, and none outside of it", () => {
    expect(stretches(row("2026-11-20T12:00:00Z", "2026-11-21T00:00:00Z"), WATCH)).toEqual([{ from: 0.25, length: 0.25 }]);
    expect(stretches(row("2026-11-19T00:00:00Z", "2026-11-20T12:00:00Z"), WATCH)).toEqual([{ from: 0, length: 0.25 }]);
    expect(stretches(row("2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"), WATCH)).toEqual([]);
  });
  it("marks the worst moment inside of it", () => {
    expect(placeOf("2026-11-21T00:00:00Z", WATCH)).toBe(0.5);
    expect(placeOf("2026-11-29T00:00:00Z", WATCH)).toBeUndefined();
    expect(placeOf(null, WATCH)).toBeUndefined();
  });
  it("says how much was measured, and never rounds a gap away", () => {
    expect(measuredWords({ measured: 1 })).toBe("");
    expect(measuredWords({ measured: 0.8 })).toBe("80\u00a0% measured");
    expect(measuredWords({ measured: 0.9994 })).toBe("99.9\u00a0% measured");
  });
  it.each([
    ["48", 172_800_000],
    ["0.5", 1_800_000],
    ["", undefined],
    ["-1", undefined],
    ["two", undefined],
    ["1000", undefined],
  ])("takes %s hours", (hours, length) => expect(lengthOf(hours)).toBe(length));
});
