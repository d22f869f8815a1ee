import { expect, test } from "vitest";
import type { Progress } from "../api/bindings";
import { measure, observe, percent, type Pace } from "./pace";

const bytes = (done: number, total: number | null = 2_410_000_000): Progress => ({ done, total, unit: "bytes" });

function run(...looks: [at: number, done: number][]): Pace | null {
  return looks.reduce<Pace | null>((pace, [at, done]) => observe(pace, "Write", bytes(done), at), null);
}

test("rate and time left come from what was seen in the last ten seconds", () => {
  const pace = run([0, 0], [5_000, 500_000_000], [11_000, 1_100_000_000], [12_000, 1_210_000_000]);
  expect(measure(pace, bytes(1_210_000_000), 12_000)).toEqual({
    share: 1_210 / 2_410,
    amount: "1.21 of 2.41\u00a0GB",
    rate: "101\u00a0MB/s",
    left: "12\u00a0s left in this phase",
  });
});

test("nothing is promised before there is a second of it, without a total, or after it stopped", () => {
  expect(measure(run([0, 0], [500, 9]), bytes(9), 500)).toMatchObject({ rate: null, left: null });
  expect(measure(run([0, 0], [2_000, 4_000]), bytes(4_000, null), 2_000)).toMatchObject({ share: null, left: null, amount: "4.00\u00a0kB" });
  expect(measure(run([0, 0], [2_000, 4_000]), bytes(4_000), 20_000)).toMatchObject({ rate: null, left: null });
});

test("another phase begins anew", () => {
  const pace = observe(run([0, 0], [5_000, 500]), "Verify", bytes(10), 6_000);
  expect(pace).toEqual({ phase: "Verify", samples: [{ at: 6_000, done: 10 }] });
});

test("a share never says 100 % before the end", () => {
  expect(percent(0.9999)).toBe("99\u00a0%");
  expect(percent(1)).toBe("100\u00a0%");
});
