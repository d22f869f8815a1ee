import type { BackupReport, Job, Millis, RestoreReport, Tone } from "../../api/bindings";
import { bytes } from "../../lib/bytes";
import { count } from "../../lib/count";
import { duration } from "../../lib/duration";
import { presentPhase, reportTone } from "../../lib/job";
import { levelWord, strongest } from "../../lib/level";
import { showPath } from "../../lib/path";
import { outcomeOf, shownFault, type Outcome } from "../../lib/run";
import { second, when } from "../../lib/when";
import { backupReport, nounOf, restoreReport } from "./running";

/** A measured duration beside its promise. */
export interface Kept {
  name: string;
  /** `null` where it was not measured. */
  measured: Millis | null;
  promised: Millis | null;
}

/** How the job ended, in one sentence, and what that leaves behind. */
export function outcome(job: Job): Outcome {
  const report = restoreReport(job) ?? backupReport(job);
  const untouched = `the live database${nounOf(job) === "backup" ? " and all earlier snapshots" : ""}`;
  return outcomeOf(job, nounOf(job), report === null ? reportTone(job.report) : checkedTone(report), untouched);
}

/** Time and loss beside what was promised. Loss only where a live database was changed. */
export function promises(report: RestoreReport): Kept[] {
  const time = { name: "Time to restore", measured: report.took, promised: report.rto };
  return report.destination.kind === "in-place" ? [time, { name: "Data loss", measured: report.loss, promised: report.rpo }] : [time];
}

/** What was entered into the live file, in one sentence; absent for a new file. */
export function enteredWords(report: RestoreReport): string | null {
  if (report.pages_written === null) return null;
  const held = report.lock_held === null ? "How long writers waited was not measured." : `Writers waited ${duration(report.lock_held)}.`;
  return `${count(report.pages_written)} of ${count(report.pages)} pages written. ${held}`;
}

/** The report as plain text, for a ticket or a message. */
export function reportText(job: Job, now: number): string {
  const restore = restoreReport(job);
  const backup = backupReport(job);
  const head = outcome(job);
  const lines = [head.title, ...(head.detail === "" ? [] : [head.detail]), ""];
  lines.push(`Job ${job.id}: ${job.title}`, `Asked by ${job.who}, ${when(job.created_at, now)}`);
  if (job.environment !== null) lines.push(`Environment: ${job.environment}`);
  if (job.finished_at !== null) lines.push(`Ended ${when(job.finished_at, now)} (${second(job.finished_at)})`);
  if (restore !== null) lines.push(...restoreLines(restore, now));
  if (backup !== null) lines.push(...backupLines(backup, now));
  const fault = shownFault(job);
  if (fault !== null) lines.push("", fault.message, fault.hint, `Code: ${fault.code}`);
  const stopped = presentPhase(job);
  if (stopped && restore === null && backup === null) lines.push(`Last phase: ${stopped.name}`);
  return `${lines.join("\n").replaceAll("\u00a0", " ")}\n`;
}

function checkedTone(report: RestoreReport | BackupReport): Tone {
  const tones = "checks" in report ? report.checks.map((check) => check.tone) : report.findings.map((finding) => finding.tone);
  return (["critical", "attention", "unknown"] as const).find((tone) => tones.includes(tone)) ?? "ok";
}

function keptText({ name, measured, promised }: Kept): string {
  const figure = measured === null ? "not measured" : duration(measured);
  return `${name}: ${figure} (${promised === null ? "nothing was promised" : `of ${duration(promised)} promised`})`;
}

function restoreLines(report: RestoreReport, now: number): string[] {
  const lines = [`Target: ${report.target}`, `File: ${showPath(report.path)}`, `Snapshot: ${report.snapshot}, cut ${when(report.cut_at, now)}`, ""];
  lines.push(...promises(report).map(keptText));
  const entered = enteredWords(report);
  if (entered !== null) lines.push(entered);
  lines.push(`Image: ${bytes(report.size)}, ${count(report.pages)} pages`, "", "Verified");
  for (const check of report.checks) lines.push(`  ${second(check.at)}  ${check.what}: ${check.result}`);
  lines.push("", "Where the time went");
  for (const phase of report.phases) lines.push(`  ${phase.name}: ${duration(phase.took)}`);
  if (report.undo !== null) lines.push("", `Undo is on offer until ${when(report.undo.until, now)}: quarterdeck undo ${report.undo.job}`);
  lines.push("", `Evidence: ${report.evidence}`);
  return lines;
}

function backupLines(report: BackupReport, now: number): string[] {
  const level = strongest(report.snapshot.levels);
  const lines = [
    `Snapshot: ${report.snapshot.id}, cut ${when(report.snapshot.manifest.cut_at, now)}`,
    `Level: ${level === null ? "not verified" : levelWord(level)}`,
    `Added to the repository: ${bytes(report.snapshot.added)}`,
    `Time: ${duration(report.took)}`,
    report.stall === null ? "Commits did not wait." : `Commits waited ${duration(report.stall)}.`,
  ];
  return [...lines, ...report.findings.map((finding) => `Found: ${finding.what} ${finding.next}`.trimEnd())];
}
