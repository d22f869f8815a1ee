import { describe, expect, it } from "vitest";

import { bytes, bytesOf } from "./bytes";
import { count, counted } from "./count";
import { duration, estimate } from "./duration";
import { NBSP } from "./quantity";
import { ago, clock, clockOrDay, second, when } from "./when";

/** Figures are joined to their units by a space that does not break; the tables below write a plain one. */
const plain = (text: string): string => text.replaceAll(NBSP, " ");

describe("sizes read as the engine writes them", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [9_994, "9.99 kB"],
    [9_996, "10.0 kB"],
    [999_600, "1.00 MB"],
    [2_410_000_000, "2.41 GB"],
    ["9007199254740993", "9.01 PB"],
  ])("%s is %s", (size, text) => expect(plain(bytes(size))).toBe(text));

  it("names the unit once where one amount is part of another", () => {
    expect(plain(bytesOf(1_420_000_000, 2_410_000_000))).toBe("1.42 of 2.41 GB");
    expect(plain(bytesOf(0, 12_300_000))).toBe("0.0 of 12.3 MB");
  });
});

describe("numbers", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [11_204, "11,204"],
    ["9007199254740993", "9,007,199,254,740,993"],
  ])("%s is %s", (number, text) => expect(count(number)).toBe(text));

  it("agree with their noun", () => {
    expect([counted(0, "row"), counted(1, "row"), counted(2, "query", "queries")]).toEqual(["0 rows", "1 row", "2 queries"]);
  });
});

describe("durations read as the engine writes them", () => {
  it.each([
    [85, "85 ms"],
    [1_900, "1.9 s"],
    [53_400, "53 s"],
    [99_999, "99 s"],
    [100_000, "1 min"],
    [720_000, "12 min"],
    [3_600_000, "1 h"],
    [3_900_000, "1 h 5 min"],
    [86_460_000, "1 d"],
    [144_000_000, "1 d 16 h"],
  ])("%s ms is %s", (millis, text) => expect(plain(duration(millis))).toBe(text));

  it("are rounded up where they are guesses", () => {
    expect(plain(estimate(7_200))).toBe("8 s");
    expect(plain(estimate(10))).toBe("1 s");
  });
});

describe("moments", () => {
  const now = new Date(2026, 10, 22, 14, 2, 0).getTime();
  const at = (...parts: [number, number, number, number?, number?, number?]): number => new Date(...parts).getTime();

  it("are absolute, with the year only where it is another one", () => {
    expect(plain(when(at(2026, 10, 22, 13, 40), now))).toBe("22 Nov 13:40");
    expect(plain(when(at(2025, 0, 3, 9, 5), now))).toBe("3 Jan 2025 09:05");
    expect(clock(at(2026, 10, 22, 9, 5))).toBe("09:05");
    expect(second(at(2026, 10, 22, 14, 3, 5))).toBe("14:03:05");
  });

  it("leave the day away where it is today", () => {
    expect(clockOrDay(at(2026, 10, 22, 13, 40), now)).toBe("13:40");
    expect(plain(clockOrDay(at(2026, 10, 20, 22, 0), now))).toBe("20 Nov 22:00");
  });

  it.each([
    [0, "just now"],
    [12_000, "12 s ago"],
    [4_400, "4 s ago"],
    [1_320_000, "22 min ago"],
    [144_000_000, "1 d 16 h ago"],
    [-2_592_000_000, "in 30 d"],
  ])("%s ms before now is %s", (elapsed, text) => expect(plain(ago(now - elapsed, now))).toBe(text));
});
