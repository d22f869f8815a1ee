import { describe, expect, test } from "vitest";

import { between, lately, lengthOf, moment, past, presetOf, readSpan, spanWords, written } from "./span";

const NOW = new Date(2026, 10, 22, 14, 2, 30).getTime();
const HOUR = 3_600_000;
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("a moment that is written", () => {
  test.each<[string, number]>([
    ["now", NOW],
    ["now-6h", NOW - 6 * HOUR],
    ["now-1d12h", NOW - 36 * HOUR],
    ["now-90m", NOW - 1.5 * HOUR],
    ["13:40", new Date(2026, 10, 22, 13, 40).getTime()],
    ["22 Nov 13:40", new Date(2026, 10, 22, 13, 40).getTime()],
    ["22 november 2025 13:40:05", new Date(2025, 10, 22, 13, 40, 5).getTime()],
    ["2026-11-20", new Date(2026, 10, 20).getTime()],
    ["2026-11-20 08:00", new Date(2026, 10, 20, 8).getTime()],
    ["2026-11-22T13:40:00Z", Date.UTC(2026, 10, 22, 13, 40)],
    ["1795345080000", 1_795_345_080_000],
  ])("%s", (text, at) => {
    expect(moment(text, NOW)).toBe(at);
  });

  test.each(["", " ", "now+1h", "now-6", "yesterday", "31 Feb 10:00", "25:00", "2026-13-01", "13:61", "22 Foo 10:00"])("%s is none", (text) => {
    expect(moment(text, NOW)).toBeUndefined();
  });

  test("in UTC is that of the clock in UTC", () => {
    expect(moment("2026-11-22 13:40", NOW, true)).toBe(Date.UTC(2026, 10, 22, 13, 40));
    expect(moment(written(Date.UTC(2026, 10, 22, 13, 40, 5), NOW, true), NOW, true)).toBe(Date.UTC(2026, 10, 22, 13, 40, 5));
  });

  test("is read again as it was shown", () => {
    for (const at of [NOW, NOW - 26 * HOUR, NOW - 400 * 24 * HOUR]) expect(moment(written(at, NOW), NOW)).toBe(at);
  });
});

describe("a stretch", () => {
  test("that is none says why", () => {
    expect(readSpan({ from: "soon", until: "now" }, NOW).fault).toContain("“soon” is no moment");
    expect(readSpan({ from: "now-1h", until: "" }, NOW).fault).toContain("An empty field is no moment");
    expect(readSpan({ from: "now", until: "now-1h" }, NOW).fault).toBe("The end lies before the beginning.");
    expect(readSpan({ from: "now-2s", until: "now" }, NOW).fault).toBe("At least 10 s are needed.");
  });

  test("is named, or told by its ends", () => {
    expect(plain(spanWords(lately("6h"), NOW))).toBe("last 6 h");
    expect(plain(spanWords(lately("30m"), NOW))).toBe("last 30 min");
    expect(plain(spanWords(between(new Date(2026, 10, 22, 8, 2).getTime(), new Date(2026, 10, 22, 14, 2).getTime()), NOW))).toBe("08:02 to 14:02");
    expect(plain(spanWords(between(new Date(2026, 10, 21, 22).getTime(), new Date(2026, 10, 22, 3).getTime()), NOW))).toBe("21 Nov 22:00 to 22 Nov 03:00");
    expect(plain(spanWords(between(new Date(2026, 10, 22, 8, 2, 5).getTime(), new Date(2026, 10, 22, 8, 3).getTime()), NOW))).toBe("08:02:05 to 08:03:00");
  });

  test("has the length that a dashboard asks for", () => {
    expect([HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR, 90 * 60_000, 1].map(lengthOf)).toEqual(["1h", "6h", "24h", "7d", "90m", "1m"]);
  });

  test("that goes on is looked at up to now", () => {
    expect(past({ from: NOW - HOUR, to: NOW + HOUR }, NOW)).toEqual({ from: NOW - HOUR, to: NOW });
    expect(past({ from: NOW - HOUR, to: NOW - 1 }, NOW).to).toBe(NOW - 1);
    expect(past({ from: NOW + 1, to: NOW + HOUR }, NOW).to).toBe(NOW + HOUR);
  });

  test("is one of those in the head, or none of them", () => {
    expect(presetOf(lately("24h"))).toBe("24h");
    expect(presetOf(lately("5h"))).toBe("");
    expect(presetOf({ from: "now-6h", until: "now-1h" })).toBe("");
  });
});
