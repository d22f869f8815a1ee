import { expect, test } from "vitest";
import { durationBounds, durationTicks, sizeTicks, timeTicks } from "./axis";

const HOUR = 3_600_000;

test("a time axis has round hours, or days where it is long", () => {
  const noon = new Date(2026, 10, 22, 12, 0).getTime();
  expect(timeTicks({ from: noon - 6 * HOUR, to: noon }).map((tick) => tick.text)).toEqual(["06:00", "07:00", "08:00", "09:00", "10:00", "11:00"]);
  const days = timeTicks({ from: noon - 720 * HOUR, to: noon }).map((tick) => tick.text);
  expect(days.length).toBeLessThanOrEqual(8);
  expect(days[0]).toMatch(/^\d+\u00a0(Oct|Nov)$/);
});

test("ticks of days stay at midnight where the clocks are changed", () => {
  const from = new Date(2026, 1, 10, 9, 30).getTime();
  const ticks = timeTicks({ from, to: new Date(2026, 10, 22, 14, 0).getTime() });
  expect(ticks.length).toBeGreaterThan(3);
  expect(ticks.every(({ at }) => new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0)).toBe(true);
});

test("an axis of years says which year it is", () => {
  const now = new Date(2026, 10, 22, 14, 0).getTime();
  const texts = (days: number): string[] => timeTicks({ from: now - days * 24 * HOUR, to: now }, 6).map((tick) => tick.text);
  expect(texts(5 * 365)).toEqual(["2022", "2023", "2024", "2025", "2026"]);
  expect(texts(400)).toEqual(["Jan\u00a02026", "Apr\u00a02026", "Jul\u00a02026", "Oct\u00a02026"]);
  expect(texts(20 * 365).length).toBeLessThanOrEqual(6);
});

test("an axis of durations holds what was measured and what was promised", () => {
  const [from, to] = durationBounds([41_000, HOUR]);
  expect(from).toBeLessThan(41_000);
  expect(durationTicks(from, to).map((tick) => tick.text.replace("\u00a0", " "))).toEqual(["60 s", "10 min", "1 h"]);
  expect(durationBounds([0])).toEqual([1000, 60_000]);
});

test("an axis of sizes begins at zero and stays round", () => {
  expect(sizeTicks(2_410_000_000).map((tick) => tick.text.replace("\u00a0", " "))).toEqual(["0 B", "1 GB", "2 GB"]);
  expect(sizeTicks(0)).toHaveLength(1);
});
