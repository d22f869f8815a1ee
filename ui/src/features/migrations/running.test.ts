import { describe, expect, it } from "vitest";

import type { Job, MigrationReport, PhaseRun, StatementFailure } from "../../api/bindings";
import { cancelOffer, failureOf, migrationReport, outcome, ranWords, reportText, snippetOf, undoAfterFailure } from "./running";

const NOW = Date.parse("2026-11-22T14:10:00Z");
const AT = "2026-11-22T14:03:05Z";
const phase = (name: string, cancellable: boolean, started: boolean): PhaseRun => ({ name, note: "", cancellable, started_at: started ? AT : null, finished_at: null });

const report: MigrationReport = { sentence: "shop is at 009", target: "shop", environment: "production", path: "/srv/shop.db", direction: "up", ran: [{ version: "009", name: "classes", statements: 8, took: 6_100, rows_changed: 1_204_331 }], from: "008", to: "009", checks: [{ what: "Foreign keys", result: "ok", tone: "ok", at: AT }], lock_held: 33_100, safety_took: 25_900, took: 36_400, phases: [{ name: "Commit", took: 180 }], others_committed: false, accepted_lint: [], schema_fingerprint: "f".repeat(64), undo: { job: 7, state_of: AT, snapshot: null, until: "2026-12-22T14:03:00Z", used: false }, evidence: "b2d07e51" };

const failure: StatementFailure = { version: "009", at: { file: "009_classes.sql", line: 9, column: 14 }, statement: 4, of: 8, snippet: "a\nb\nc\nd", message: "no such column: clas_id", code: 1, committed: ["007"], left: ["008", "009"], now: "The live database is at 007." };

function job(more: Partial<Job> = {}): Job {
  return { id: 7, operation: "apply_migrations", title: "Apply 009 of shop", target: "shop", environment: "production", state: "succeeded", phases: [phase("Run the migrations", true, true), phase("Commit", false, false)], progress: null, who: "ada", face: "desktop", created_at: AT, finished_at: AT, report, fault: null, recovery: null, ...more };
}
const failed = (facts: Record<string, unknown>): Job => job({ state: "failed", report: null, fault: { code: "migration-failed", message: "009 failed", hint: "Mend it.", facts, class: "failed", retry: false } });

describe("the outcome", () => {
  it("is the report's sentence, and no greener than its worst check", () => {
    expect(outcome(job())).toEqual({ tone: "ok", title: "shop is at 009", detail: "" });
    const checks = [{ what: "Schema", result: "drifted", tone: "attention" as const, at: AT }];
    expect(outcome(job({ report: { ...report, checks } })).tone).toBe("attention");
  });

  it("of a failed statement names file, line and column, and what the database is now", () => {
    expect(outcome(failed({ failure }))).toEqual({ tone: "critical", title: "009 failed at 009_classes.sql:9:14", detail: "The live database is at 007." });
    expect(ranWords(failure)).toEqual(["It failed in statement 4 of 8 of 009.", "Committed before: 007.", "Not applied: 008, 009."]);
    expect(snippetOf(failure)).toEqual({ text: "a\nb\nc\nd", first: 8 });
  });

  it("of another fault says what was left as it was", () => {
    expect(outcome(failed({}))).toMatchObject({ title: "The migration failed", detail: "Left as it was: the live database. It stopped at: Run the migrations." });
    expect(failureOf(failed({ failure: "text" }))).toBeNull();
  });

  it("of a failure after a commit offers the way back", () => {
    expect(undoAfterFailure(failed({ undo: 7 }))).toBe(7);
    expect(undoAfterFailure(failed({}))).toBeNull();
  });
});

it("a report of another shape is not drawn", () => expect(migrationReport(job({ report: { sentence: "from a later version" } }))).toBeNull());

it("cancel rolls back until the commit", () => {
  expect(cancelOffer(job({ state: "running" }))).toMatchObject({ label: "Cancel migrations", reason: null });
  expect(cancelOffer(job({ state: "running", phases: [phase("Commit", false, true)] })).reason).toMatch(/point of return.*Undo/);
  expect(cancelOffer(job({ operation: "rehearse_migrations", state: "running" })).effect).toMatch(/Nothing live/);
});

it("the text carries everything that a ticket needs", () => {
  const text = reportText(job(), NOW);
  for (const part of ["shop is at 009", "009 classes: 8 statements, 1,204,331 rows changed, 6.1 s", "Writers waited 33 s", "Foreign keys: ok", "quarterdeck undo 7", "b2d07e51"]) expect(text).toContain(part);
  expect(reportText(failed({ failure }), NOW)).toContain("009_classes.sql:9:14: no such column: clas_id");
});
