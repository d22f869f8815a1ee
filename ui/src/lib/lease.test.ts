import { expect, test } from "vitest";
import { busySince, busyWords } from "./lease";

const NOW = Date.parse("2026-11-22T14:00:00Z");
const holder = { what: "Restore of shop in place", who: "ada", pid: 7, since: "2026-11-22T13:48:00Z" };

test("only who holds the lease is in the way, and is named with its age", () => {
  expect(busyWords([{ lease: null }, { lease: null }], NOW)).toBeUndefined();
  expect(busyWords([{ lease: null }, { lease: holder }], NOW)).toBe("Restore of shop in place has worked on it for 12\u00a0min.");
  expect(busySince([{ lease: holder }], NOW)).toBe("In use for 12\u00a0min.");
  expect(busySince([], NOW)).toBeUndefined();
  expect(busyWords([{ lease: holder }], Date.parse(holder.since) - 5_000)).toMatch(/for 1(\.0)?\u00a0s\.$/);
});
