import type { Job, JobId, MigrationReport, Rehearsal, StatementFailure, Tone } from "../../api/bindings";
import { count, counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { showPath } from "../../lib/path";
import { cancelOf, has, outcomeOf, shownFault, type CancelOffer, type Outcome } from "../../lib/run";
import { worst } from "../../lib/tone";
import { second, when } from "../../lib/when";
import { placeWords } from "./model";
import { wayDownWords } from "./rehearsal";

/** True for a rehearsal; otherwise the job changes the live database. */
export function isRehearsal(job: Job): boolean {
  return job.operation === "rehearse_migrations";
}

/** The report of an apply, or of a way down; `null` too for a report of another shape, e.g. of a later version. */
export function migrationReport(job: Job): MigrationReport | null {
  const fits = job.state === "succeeded" && !isRehearsal(job) && has(job.report, "ran", "checks", "phases", "evidence");
  return fits ? (job.report as MigrationReport) : null;
}

/** What a rehearsal showed; `null` too for a report of another shape. */
export function rehearsalReport(job: Job): Rehearsal | null {
  const fits = job.state === "succeeded" && isRehearsal(job) && has(job.report, "steps", "schema", "rows", "writers_wait");
  return fits ? (job.report as Rehearsal) : null;
}

/** The statement that failed, where that ended the job. */
export function failureOf(job: Job): StatementFailure | null {
  const failure = job.fault?.facts?.["failure"];
  return has(failure, "at", "snippet", "message", "now") ? (failure as StatementFailure) : null;
}

/** The job whose way back is on offer although this one failed: some of its migrations were committed. */
export function undoAfterFailure(job: Job): JobId | null {
  const undo = job.fault?.facts?.["undo"];
  return typeof undo === "number" ? undo : null;
}

/** What is true from the first phase on that cannot be cancelled. */
export function fromWords(job: Job): string {
  return isRehearsal(job) ? "From here the rehearsal finishes." : "From here the migrations are committed, and Undo is the way back.";
}

/** What Cancel would do at this moment. */
export function cancelOffer(job: Job): CancelOffer {
  if (isRehearsal(job)) return cancelOf(job, { noun: "rehearsal", effect: "Nothing live is touched. Cancel removes the copy; the rehearsal then has no result.", wayBack: "" });
  return cancelOf(job, { noun: "migrations", effect: "Nothing is committed yet. Cancel rolls back: schema, rows and ledger stay as they are.", wayBack: "Undo is the way back." });
}

/** How the job ended, in one sentence, and what that leaves behind. */
export function outcome(job: Job): Outcome {
  const rehearsed = rehearsalReport(job);
  const ended = outcomeOf(job, isRehearsal(job) ? "rehearsal" : "migration", rehearsed?.tone ?? appliedTone(migrationReport(job)), "the live database");
  const failure = job.state === "failed" ? failureOf(job) : null;
  if (failure === null) return ended;
  return { tone: "critical", title: `${failure.version} failed at ${placeWords(failure.at)}`, detail: failure.now };
}

/** No greener than its worst check. */
function appliedTone(report: MigrationReport | null): Tone {
  return report === null ? "unknown" : worst(report.checks.map((check) => check.tone));
}

/** What had run when a statement failed, in sentences. */
export function ranWords(failure: StatementFailure): string[] {
  const list = (versions: readonly string[]): string => versions.join(", ");
  return [
    `It failed in statement ${count(failure.statement)} of ${count(failure.of)} of ${failure.version}.`,
    failure.committed.length === 0 ? "Nothing had been committed." : `Committed before: ${list(failure.committed)}.`,
    ...(failure.left.length === 0 ? [] : [`Not applied: ${list(failure.left)}.`]),
  ];
}

/** A snippet and the number of its first line: the line of the failure, with the one before and the two after. */
export function snippetOf(failure: StatementFailure): { text: string; first: number } {
  return { text: failure.snippet, first: Math.max(1, failure.at.line - 1) };
}

/** The report as plain text, for a ticket or a message. */
export function reportText(job: Job, now: number): string {
  const head = outcome(job);
  const lines = [head.title, ...(head.detail === "" ? [] : [head.detail]), "", `Job ${job.id}: ${job.title}`, `Asked by ${job.who}, ${when(job.created_at, now)}`];
  if (job.environment !== null) lines.push(`Environment: ${job.environment}`);
  if (job.finished_at !== null) lines.push(`Ended ${when(job.finished_at, now)} (${second(job.finished_at)})`);
  const applied = migrationReport(job);
  const rehearsed = rehearsalReport(job);
  if (applied !== null) lines.push(...appliedLines(applied, now));
  if (rehearsed !== null) lines.push(...rehearsedLines(rehearsed));
  const failure = failureOf(job);
  const fault = shownFault(job);
  if (failure !== null) lines.push("", `${placeWords(failure.at)}: ${failure.message}`, failure.snippet, "", ...ranWords(failure));
  else if (fault !== null) lines.push("", fault.message, fault.hint, `Code: ${fault.code}`);
  return `${lines.join("\n").replaceAll("\u00a0", " ")}\n`;
}

function appliedLines(report: MigrationReport, now: number): string[] {
  const lines = [`Target: ${report.target}`, `File: ${showPath(report.path)}`, `From ${report.from ?? "nothing applied"} to ${report.to ?? "nothing applied"}`, "", "What ran"];
  lines.push(...report.ran.map((ran) => `  ${ran.version} ${ran.name}: ${counted(ran.statements, "statement")}, ${counted(ran.rows_changed, "row")} changed, ${duration(ran.took)}`));
  lines.push(`Writers waited ${duration(report.lock_held)}, of that ${duration(report.safety_took)} for the safety image.`, "", "Verified");
  lines.push(...report.checks.map((check) => `  ${second(check.at)}  ${check.what}: ${check.result}`), "", "Where the time went");
  lines.push(...report.phases.map((phase) => `  ${phase.name}: ${duration(phase.took)}`));
  if (report.undo !== null) lines.push("", `Undo is on offer until ${when(report.undo.until, now)}: quarterdeck undo ${report.undo.job}`);
  return [...lines, "", `Evidence: ${report.evidence}`];
}

function rehearsedLines(rehearsal: Rehearsal): string[] {
  const steps = rehearsal.steps.map((step) => `  ${step.version}: ${duration(step.took)}, ${counted(step.pages_written, "page")} written, way down ${wayDownWords(step.down).words}`);
  return ["", "Steps", ...steps, `Writers would wait ${duration(rehearsal.writers_wait)}.`, "", "Schema", ...rehearsal.schema.map((change) => `  ${change.what}`)];
}
