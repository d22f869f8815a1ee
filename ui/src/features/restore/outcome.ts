import type { BackupReport, Fault, Job, Millis, RestoreReport, Tone } from "../../api/bindings";
import { bytes } from "../../lib/bytes";
import { count } from "../../lib/count";
import { duration } from "../../lib/duration";
import { presentPhase, reportTone, sentenceOf, STATE_TONES } from "../../lib/job";
import { levelWord, strongest } from "../../lib/level";
import { showPath } from "../../lib/path";
import { number } from "../../lib/quantity";
import { second, when } from "../../lib/when";
import { backupReport, nounOf, pastReturn, restoreReport } from "./running";

/** The sentence at the head of a job that has ended. */
export interface Outcome {
  tone: Tone;
  title: string;
  /** What it means for the database; empty where the report below says it. */
  detail: string;
}

/** A measured duration beside its promise. */
export interface Kept {
  name: string;
  /** `null` where it was not measured. */
  measured: Millis | null;
  promised: Millis | null;
}

/** One slice of the bar that shows where the time went. */
export interface Slice {
  name: string;
  took: string;
  weight: number;
}

/** How the job ended, in one sentence, and what that leaves behind. */
export function outcome(job: Job): Outcome {
  const report = restoreReport(job) ?? backupReport(job);
  const noun = nounOf(job);
  switch (job.state) {
    case "succeeded":
      return { tone: report === null ? reportTone(job.report) : checkedTone(report), title: sentenceOf(job) ?? `${job.title}: done`, detail: "" };
    case "cancelled":
      return { tone: STATE_TONES.cancelled, title: `The ${noun} was cancelled`, detail: leftAs(job) };
    case "interrupted":
      return { tone: STATE_TONES.interrupted, title: `The ${noun} was interrupted`, detail: leftAs(job) };
    default:
      return { tone: "critical", title: `The ${noun} failed`, detail: leftAs(job) };
  }
}

/** What a job that did not finish left as it was. Only what follows from its phases is said. */
export function leftAs(job: Job): string {
  if (job.recovery !== null) return `${job.recovery.charAt(0).toUpperCase()}${job.recovery.slice(1)}`;
  if (job.state === "interrupted") return "Its process ended. It is not known yet what recovery did: look again in a moment.";
  if (pastReturn(job)) return "It had begun to change the target. Inspect the database before anything else.";
  const phase = job.phases.findLast((each) => each.started_at !== null)?.name;
  const where = phase === undefined ? "" : ` It stopped at: ${phase}.`;
  return `Left as it was: the live database${nounOf(job) === "backup" ? " and all earlier snapshots" : ""}.${where}`;
}

/** The fault to show, with the hint that it brings; absent where the job was cancelled or did well. */
export function shownFault(job: Job): Fault | null {
  return job.state === "failed" || (job.state === "interrupted" && job.fault !== null) ? job.fault : null;
}

/** Time and loss beside what was promised. Loss only where a live database was changed. */
export function promises(report: RestoreReport): Kept[] {
  const time = { name: "Time to restore", measured: report.took, promised: report.rto };
  return report.destination.kind === "in-place" ? [time, { name: "Data loss", measured: report.loss, promised: report.rpo }] : [time];
}

/** Where the time went. Phases under a thousandth of the whole are not drawn, but are named in the report's text. */
export function slices(report: RestoreReport): Slice[] {
  const whole = report.phases.reduce((sum, phase) => sum + number(phase.took), 0);
  return report.phases
    .map((phase) => ({ name: phase.name, took: duration(phase.took), weight: number(phase.took) }))
    .filter((slice) => slice.weight > 0 && slice.weight >= whole / 1000);
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
