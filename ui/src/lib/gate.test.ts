import { expect, it } from "vitest";

import { gateObstacle, passing } from "./gate";

const CLOSED = { gate: "go-live", open: false, sentence: "error rate 6.8 %", address: null };

it("a closed gate is in the way until somebody says why it is passed", () => {
  expect(gateObstacle(undefined, undefined)).toBeUndefined();
  expect(gateObstacle({ ...CLOSED, open: true }, undefined)).toBeUndefined();
  expect([gateObstacle(CLOSED, undefined), gateObstacle(CLOSED, " "), gateObstacle(CLOSED, "down")]).toEqual(["The gate is closed.", "Say why the gate is passed.", undefined]);
});

it("only what is closed is passed", () => {
  expect(passing(CLOSED, " down ")).toEqual({ without_gate: "down" });
  expect([passing(CLOSED, undefined), passing({ ...CLOSED, open: true }, "x"), passing(undefined, "x")]).toEqual([{}, {}, {}]);
});
