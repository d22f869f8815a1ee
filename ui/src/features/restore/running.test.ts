import { expect, test } from "vitest";
import type { Job, PhaseRun } from "../../api/bindings";
import { elapsed, happenings, headline } from "../../lib/run";
import { cancelOffer } from "./running";

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

test("what happened is told from the job's own times", () => {
  expect(happenings(job()).map((each) => each.text)).toEqual(["Asked for by anna", "Check", "Write"]);
  expect(headline(job())).toBe("Write");
  expect(headline(job({ state: "queued" }))).toBe("Waiting for its turn");
  expect(elapsed(job(), NOW)).toBe(18_000);
  expect(elapsed(job({ finished_at: at(20) }), NOW)).toBe(15_000);
});

test("cancel is offered until the first phase from which the job finishes", () => {
  expect(cancelOffer(job())).toMatchObject({ label: "Cancel restore", reason: null });
  const entered = job({ phases: [phase("Check", 5, 6), phase("Write", 12, 13), phase("Enter", 13, null, false)] });
  expect(cancelOffer(entered).reason).toMatch(/point of return.*Undo/);
  expect(cancelOffer(job({ state: "cancelling" })).reason).toMatch(/asked to stop/);
});
