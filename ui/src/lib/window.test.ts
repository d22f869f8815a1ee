import { expect, test } from "vitest";
import { part } from "./window";

test("of two thousand rows those in sight are drawn, and the others keep their room", () => {
  expect(part(2000, 32, 0, 640)).toEqual({ from: 0, to: 32, above: 0, below: 1968 * 32 });
  const middle = part(2000, 32, 32_000, 640);
  expect(middle).toEqual({ from: 988, to: 1032, above: 988 * 32, below: 968 * 32 });
  expect(part(2000, 32, 2000 * 32, 640).to).toBe(2000);
});

test("above the list and in a short list nothing is left out", () => {
  expect(part(5, 32, -400, 640)).toEqual({ from: 0, to: 5, above: 0, below: 0 });
  expect(part(0, 32, 0, 640)).toEqual({ from: 0, to: 0, above: 0, below: 0 });
});
