import { expect, test } from "vitest";
import type { Job, PhaseRun } from "../../api/bindings";
import { cancelOffer, elapsed, headline, rail, threshold } from "./running";

const NOW = new Date("2026-11-22T14:03:23Z").getTime();
const at = (second: number) => `2026-11-22T14:03:${String(second).padStart(2, "0")}Z`;

function phase(name: string, started: number | null, finished: number | null, cancellable = true): PhaseRun {
  return { name, note: "", cancellable, started_at: started === null ? null : at(started), finished_at: finished === null ? null : at(finished) };
}

function job(over: Partial<Job> = {}): Job {
  return {
    id: 7,
    operation: "restore_component",
    title: "Restore shop in place",
    target: "shop",
    environment: "production",
    state: "running",
    phases: [phase("Check", 5, 6), phase("Write", 12, null), phase("Enter", null, null, false), phase("Report", null, null, false)],
    progress: null,
    who: "anna",
    face: "desktop",
    created_at: at(5),
    finished_at: null,
    report: null,
    fault: null,
    recovery: null,
    ...over,
  };
}

test("phases are done, running or to do, with their time", () => {
  expect(rail(job(), NOW).map((each) => [each.state, each.time])).toEqual([
    ["done", "1.0\u00a0s"],
    ["running", "11\u00a0s"],
    ["todo", ""],
    ["todo", ""],
  ]);
  expect(headline(job())).toBe("Write");
  expect(elapsed(job(), NOW)).toBe(18_000);
});

test("a job that failed stopped in its last phase", () => {
  const failed = job({ state: "failed", finished_at: at(20) });
  expect(rail(failed, NOW)[1]).toMatchObject({ state: "stopped", time: "8.0\u00a0s" });
});

test("cancel is offered until the first phase from which the job finishes", () => {
  expect(threshold(job())).toBe(2);
  expect(cancelOffer(job())).toMatchObject({ label: "Cancel restore", reason: null });
  const entered = job({ phases: [phase("Check", 5, 6), phase("Write", 12, 13), phase("Enter", 13, null, false)] });
  expect(cancelOffer(entered).reason).toMatch(/point of return.*Undo/);
  expect(cancelOffer(job({ state: "cancelling" })).reason).toMatch(/asked to stop/);
});
