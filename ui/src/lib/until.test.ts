import { describe, expect, it } from "vitest";

import { untilObstacle, untilOf } from "./until";

const NOW = new Date(2026, 10, 22, 14, 0).getTime();
const HOUR = 3_600_000;

describe("a moment until which something is agreed", () => {
  it.each([
    ["4h", NOW + 4 * HOUR],
    ["1d12h", NOW + 36 * HOUR],
    ["30 min", NOW + HOUR / 2],
    ["14:30", NOW + HOUR / 2],
    ["08:00", new Date(2026, 10, 23, 8, 0).getTime()],
    ["23 Nov 08:00", new Date(2026, 10, 23, 8, 0).getTime()],
  ])("%s", (text, at) => expect(untilOf(text, NOW)).toBe(at));

  it.each([
    ["", /Write/],
    ["soon", /Write/],
    ["21 Nov 08:00", /over/],
  ])("%s is none", (text, words) => expect(untilObstacle(text, NOW)).toMatch(words));
});
