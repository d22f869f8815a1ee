import { describe, expect, test } from "vitest";

import type { PanelUnit } from "../api/bindings";
import { boundsOf, measured, valueTicks } from "./units";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("a value in its unit", () => {
  test.each<[number, PanelUnit, string]>([
    [0.031, "seconds", "31 ms"],
    [0.00042, "seconds", "420 µs"],
    [4.1, "seconds", "4.1 s"],
    [5_400, "seconds", "1 h 30 min"],
    [0, "seconds", "0 s"],
    [-0.25, "seconds", "-250 ms"],
    [0.068, "ratio", "6.8 %"],
    [1, "ratio", "100 %"],
    [2_410_000_000, "bytes", "2.41 GB"],
    [-2_000, "bytes", "-2 kB"],
    [1_500_000, "bytes-per-second", "1.50 MB/s"],
    [26, "per-minute", "26 /min"],
    [0.5, "per-second", "0.5 /s"],
    [48_174, "number", "48,174"],
    [12.345, "number", "12.3"],
    [2_500_000, "number", "2.5 M"],
    [0.000_012, "number", "1.2e-5"],
    [Number.NaN, "bytes", "NaN"],
    [Infinity, "seconds", "+Inf"],
    [-Infinity, "ratio", "-Inf"],
  ])("%f %s is %s", (value, unit, text) => {
    expect(plain(measured(value, unit))).toBe(text);
  });
});

describe("an axis", () => {
  test("has round steps in one unit", () => {
    expect(valueTicks([0, 0.04], "seconds").map(({ text }) => plain(text))).toEqual(["0", "10 ms", "20 ms", "30 ms", "40 ms"]);
    expect(valueTicks([0, 160e6], "bytes").map(({ text }) => plain(text))).toEqual(["0", "50 MB", "100 MB", "150 MB"]);
    expect(valueTicks([0, 0.1], "ratio", 2).map(({ text }) => plain(text))).toEqual(["0", "5 %", "10 %"]);
    expect(valueTicks([-1, 1], "number").map(({ text }) => text)).toEqual(["-1.0", "-0.5", "0", "0.5", "1.0"]);
  });

  test("of values that are all the same still has room", () => {
    const [from, to] = boundsOf({ least: 0, most: 0 }, { least: null, most: null }, "number");
    expect([from, to]).toEqual([0, 1]);
    expect(valueTicks([from, to], "number").length).toBeGreaterThan(1);
  });

  test("begins at zero, unless something is below it or the panel says where", () => {
    expect(boundsOf({ least: 5, most: 38 }, { least: null, most: null }, "number")[0]).toBe(0);
    expect(boundsOf({ least: -3, most: 38 }, { least: null, most: null }, "number")[0]).toBeLessThanOrEqual(-3);
    expect(boundsOf({ least: 5, most: 12 }, { least: 2, most: 20 }, "number")).toEqual([2, 20]);
  });

  test("holds its values", () => {
    for (const most of [1e-7, 0.034, 0.9, 1, 7, 99, 101, 4.2e9]) {
      const [from, to] = boundsOf({ least: 0, most }, { least: null, most: null }, "seconds");
      expect(from).toBe(0);
      expect(to).toBeGreaterThan(most);
      expect(to).toBeLessThan(most * 2.1);
    }
  });
});
