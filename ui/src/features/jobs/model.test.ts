import { describe, expect, it } from "vitest";

import type { Job, JobState } from "../../api/bindings";
import { byState, choices, hasPage, proved, shown } from "./model";

function job(id: number, state: JobState, more: Partial<Job> = {}): Job {
  return {
    id,
    operation: "backup_system",
    title: `Back up shop ${id}`,
    target: "shop",
    environment: "development",
    state,
    phases: [],
    progress: null,
    who: "ada",
    face: "cli",
    created_at: "2026-11-22T14:00:00Z",
    finished_at: null,
    report: null,
    fault: null,
    recovery: null,
    ...more,
  };
}

const jobs = [job(4, "running"), job(3, "failed"), job(2, "interrupted"), job(1, "succeeded", { who: "root" })];

describe("the list of jobs", () => {
  it("offers only filters that show something", () => {
    expect(choices(jobs).map(({ filter, count }) => [filter, count])).toEqual([["all", 4], ["under-way", 1], ["not-well", 2], ["succeeded", 1]]);
    expect(choices([]).map(({ filter }) => filter)).toEqual(["all"]);
  });

  it.each([
    ["all", "", [4, 3, 2, 1]],
    ["not-well", "", [3, 2]],
    ["all", "ROOT", [1]],
    ["all", "failed", [3]],
    ["succeeded", "shop 4", []],
  ] as const)("%s with %j shows %j", (filter, query, ids) => expect(shown(jobs, filter, query).map(({ id }) => id)).toEqual(ids));

  it("sorts by state, worst first", () => expect([...jobs].sort(byState).map(({ state }) => state)).toEqual(["failed", "interrupted", "running", "succeeded"]));

  it("reads how far a backup was proved", () => {
    const levels = [{ level: "present" }, { level: "integrity-ok" }, { level: "read" }];
    expect(proved(job(1, "succeeded", { report: { snapshot: { levels } } }))).toBe("integrity-ok");
    expect(proved(job(1, "succeeded", { report: { snapshot: "7f3a" } }))).toBeNull();
    expect(proved(job(1, "running"))).toBeNull();
  });

  it("has pages for restores and their undos", () => {
    expect([hasPage(job(1, "running")), hasPage(job(1, "running", { operation: "undo_restore" }))]).toEqual([false, true]);
  });
});
