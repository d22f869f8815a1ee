import { describe, expect, it } from "vitest";

import type { Job, PhaseRun } from "../api/bindings";
import { cancelObstacle, ended, presentPhase, sentenceOf, systemOf, took, undoOf } from "./job";

const phase = (name: string, cancellable: boolean, started: boolean, finished: boolean): PhaseRun => ({
  name,
  note: "",
  cancellable,
  started_at: started ? "2026-11-22T14:00:00Z" : null,
  finished_at: finished ? "2026-11-22T14:00:05Z" : null,
});

const job: Job = {
  id: 7,
  operation: "restore_component",
  title: "Restore reputation/main in place",
  target: "reputation/main",
  environment: "production",
  state: "running",
  phases: [phase("Check", true, true, true), phase("Write", true, true, false), phase("Enter", false, false, false)],
  progress: null,
  who: "root",
  face: "desktop",
  created_at: "2026-11-22T14:00:00Z",
  finished_at: null,
  report: null,
  fault: null,
  recovery: null,
};

describe("a job", () => {
  it("runs one phase at a time", () => expect(presentPhase(job)?.name).toBe("Write"));

  it.each([
    ["running", [phase("Write", true, true, false)], undefined],
    ["running", [phase("Enter", false, true, false)], "From this phase on it finishes."],
    ["cancelling", [phase("Write", true, true, false)], "It was asked to stop already."],
  ] as const)("that is %s can be cancelled or says why not", (state, phases, reason) => expect(cancelObstacle({ state, phases })).toBe(reason));

  it("counts until now, or until it ended", () => {
    const now = Date.parse("2026-11-22T14:01:00Z");
    expect(took(job, now)).toBe(60_000);
    expect(took({ ...job, finished_at: "2026-11-22T14:00:41Z" }, now)).toBe(41_000);
  });

  it("ends in four ways", () => expect(ended({ state: "interrupted" }) && !ended({ state: "cancelling" })).toBe(true));

  it("names its system", () => expect([systemOf(job), systemOf({ target: null })]).toEqual(["reputation", undefined]));

  it("has a way back only where its report offers one", () => {
    const undo = { job: 7, state_of: "2026-11-22T14:03:00Z", snapshot: null, until: "2026-12-22T14:03:00Z", used: false };
    expect(undoOf({ ...job, report: { sentence: "Restored.", undo } })).toEqual(undo);
    expect(undoOf({ ...job, report: { undo: null } })).toBeUndefined();
    expect(undoOf({ ...job, report: "text" })).toBeUndefined();
    expect(sentenceOf({ ...job, report: { sentence: "Restored." } })).toBe("Restored.");
    expect(sentenceOf(job)).toBeUndefined();
  });
});
