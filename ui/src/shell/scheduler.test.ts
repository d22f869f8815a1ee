import { expect, test } from "vitest";
import { waitingWords } from "./scheduler";

test("schedules that nobody runs are counted, and their system is named where it is one", () => {
  expect(waitingWords([])).toBeNull();
  expect(waitingWords([{ system: "shop", schedules: 1 }])).toBe("1 schedule of shop waits for an agent or an open window.");
  expect(waitingWords([{ system: "shop", schedules: 1 }, { system: "mail", schedules: 2 }])).toBe("3 schedules of 2 systems wait for an agent or an open window.");
});
