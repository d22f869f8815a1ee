import { expect, test } from "vitest";
import type { Job, JobState } from "../../api/bindings";
import { showsFailure } from "./jobs";

function job(state: JobState, at: string, operation = "backup_system"): Job {
  return {
    id: 1,
    operation,
    title: "",
    target: "shop",
    environment: null,
    state,
    phases: [],
    progress: null,
    who: "",
    face: "cli",
    created_at: at,
    finished_at: null,
    report: null,
    fault: null,
    recovery: null,
  };
}

test("a failed backup is shown until a snapshot is taken or another backup runs", () => {
  const failed = job("failed", "2026-11-22T13:00:00Z");
  expect(showsFailure([failed], null)).toBe(failed);
  expect(showsFailure([failed], new Date("2026-11-22T12:00:00Z").getTime())).toBe(failed);
  expect(showsFailure([failed], new Date("2026-11-22T13:30:00Z").getTime())).toBeNull();
  expect(showsFailure([job("running", "2026-11-22T14:00:00Z"), failed], null)).toBeNull();
  expect(showsFailure([job("failed", "2026-11-22T14:00:00Z", "restore_component")], null)).toBeNull();
});
