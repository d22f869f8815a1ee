import { describe, expect, test } from "vitest";
import type { Job, RestoreReport } from "../../api/bindings";
import { slices } from "../../lib/run";
import { enteredWords, outcome, promises, reportText } from "./outcome";

const NOW = new Date("2026-11-22T14:10:00Z").getTime();

function report(over: Partial<RestoreReport> = {}): RestoreReport {
  return {
    sentence: "shop is back at 13:40",
    target: "shop",
    environment: "production",
    snapshot: "4f1c9a20".repeat(8),
    cut_at: "2026-11-22T13:40:00Z",
    destination: { kind: "in-place" },
    path: "/srv/shop.db",
    checks: [{ what: "Integrity", result: "ok", tone: "ok", at: "2026-11-22T14:03:45Z" }],
    took: 53_000,
    phases: [
      { name: "Write", took: 50_000 },
      { name: "Check", took: 10 },
    ],
    pages_written: 11_204,
    pages: 590_112,
    lock_held: 1_900,
    size: 2_410_000_000,
    loss: 1_380_000,
    rto: 3_600_000,
    rpo: 600_000,
    undo: { job: 7, state_of: "2026-11-22T14:03:06Z", snapshot: null, until: "2026-12-22T14:03:00Z", used: false },
    evidence: "b2d07e51",
    ...over,
  };
}

function job(over: Partial<Job> = {}): Job {
  return {
    id: 7,
    operation: "restore_component",
    title: "Restore shop in place",
    target: "shop",
    environment: "production",
    state: "succeeded",
    phases: [{ name: "Write", note: "", cancellable: true, started_at: "2026-11-22T14:03:05Z", finished_at: null }],
    progress: null,
    who: "anna",
    face: "desktop",
    created_at: "2026-11-22T14:03:05Z",
    finished_at: "2026-11-22T14:03:58Z",
    report: report(),
    fault: null,
    recovery: null,
    ...over,
  };
}

describe("the outcome", () => {
  test("is the report's own sentence, and no greener than its worst check", () => {
    expect(outcome(job())).toEqual({ tone: "ok", title: "shop is back at 13:40", detail: "" });
    const doubtful = report({ checks: [{ what: "Holders", result: "one is orphaned", tone: "attention", at: "" }] });
    expect(outcome(job({ report: doubtful })).tone).toBe("attention");
  });

  test("of a failure says what was left as it was", () => {
    const failed = job({ state: "failed", report: null });
    expect(outcome(failed)).toMatchObject({ tone: "critical", title: "The restore failed" });
    expect(outcome(failed).detail).toBe("Left as it was: the live database. It stopped at: Write.");
    const late = job({ state: "failed", phases: [{ name: "Enter", note: "", cancellable: false, started_at: "2026-11-22T14:03:05Z", finished_at: null }] });
    expect(outcome(late).detail).toMatch(/Inspect the database/);
  });

  test("of an interruption is what recovery did", () => {
    const dead = job({ state: "interrupted", report: null, recovery: "The live database is as it was before the restore." });
    expect(outcome(dead)).toMatchObject({ tone: "attention", detail: "The live database is as it was before the restore." });
  });
});

describe("measures", () => {
  test("stand beside their promise", () => {
    expect(promises(report()).map((each) => each.name)).toEqual(["Time to restore", "Data loss"]);
    expect(promises(report({ destination: { kind: "new-file", path: "/x" } }))).toEqual([{ name: "Time to restore", measured: 53_000, promised: 3_600_000 }]);
    expect(reportText(job({ report: report({ loss: null, rto: null }) }), NOW)).toMatch(/53 s \(nothing was promised\)\nData loss: not measured \(of 10 min promised\)/);
  });

  test("of what was entered say how long writers waited", () => {
    expect(enteredWords(report())).toBe("11,204 of 590,112 pages written. Writers waited 1.9\u00a0s.");
    expect(enteredWords(report({ pages_written: null }))).toBeNull();
  });

  test("leave slices too small to be seen to the text", () => {
    expect(slices(report().phases).map((slice) => slice.name)).toEqual(["Write"]);
    expect(reportText(job(), NOW)).toContain("Check: 10 ms");
  });
});

test("the text carries everything that a ticket needs", () => {
  const text = reportText(job(), NOW);
  for (const part of ["shop is back at 13:40", "Job 7", "/srv/shop.db", "Data loss: 23 min (of 10 min promised)", "Integrity: ok", "quarterdeck undo 7", "b2d07e51"]) {
    expect(text).toContain(part);
  }
  const fault = { code: "disk-full", message: "The disk is full.", hint: "Free 2.5 GB.", class: "failed" as const, retry: false };
  expect(reportText(job({ state: "failed", report: null, fault }), NOW)).toContain("Free 2.5 GB.");
});
