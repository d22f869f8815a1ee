import { expect, test } from "vitest";
import { levelWord, steps, strongest } from "./level";

test("levels count from the weakest", () => {
  expect(steps(null)).toBe(0);
  expect(steps("integrity-ok")).toBe(4);
  expect(levelWord("data-matches")).toBe("data matches");
});

test("the strongest level wins, whatever the order", () => {
  expect(strongest([{ level: "opens" }, { level: "data-matches" }, { level: "read" }])).toBe("data-matches");
  expect(strongest([])).toBeNull();
});
