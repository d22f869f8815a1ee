import { expect, test } from "vitest";

import { sparkPath } from "./spark";

test("a small line has gaps where nothing was measured, and a dot for a lone value", () => {
  expect(sparkPath([], 88, 20)).toBe("");
  expect(sparkPath([null, Number.NaN], 88, 20)).toBe("");
  expect(sparkPath([1, 2, null, 3], 88, 20)).toBe("M2.0 18.0h.01L30.0 10.0M86.0 2.0h.01");
  expect(sparkPath([5, undefined, 5], 88, 20)).toBe("M2.0 10.0h.01L86.0 10.0");
});
