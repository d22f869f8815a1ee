import type { BackupReport, Job, PhaseRun, RestoreReport } from "../../api/bindings";
import { presentPhase } from "../../lib/job";

/** What a job does, as far as this page treats it differently. */
export type Kind = "restore" | "undo" | "backup" | "drill" | "other";

/** What the button for stopping says. */
export interface CancelOffer {
  label: string;
  /** Why it cannot be pressed; absent where it can. */
  reason: string | null;
  /** What would be true after it. */
  effect: string;
}

const KINDS: Record<string, Kind> = { restore_component: "restore", undo_restore: "undo", backup_system: "backup", drill_system: "drill" };
const NOUNS: Record<Kind, string> = { restore: "restore", undo: "undo", backup: "backup", drill: "drill", other: "job" };

/** What kind of job it is. */
export function kindOf(job: Job): Kind {
  return KINDS[job.operation] ?? "other";
}

/** The job's noun: `restore`, `undo`, `backup`. */
export function nounOf(job: Job): string {
  return NOUNS[kindOf(job)];
}

/** The report of a restore or an undo that succeeded; `null` too for a report of another shape, e.g. of a later version. */
export function restoreReport(job: Job): RestoreReport | null {
  const kind = kindOf(job);
  const fits = job.state === "succeeded" && (kind === "restore" || kind === "undo") && has(job.report, "checks", "phases", "evidence");
  return fits ? (job.report as RestoreReport) : null;
}

/** The report of a backup that succeeded; `null` too for a report of another shape. */
export function backupReport(job: Job): BackupReport | null {
  const fits = job.state === "succeeded" && kindOf(job) === "backup" && has(job.report, "snapshot", "findings", "took");
  return fits ? (job.report as BackupReport) : null;
}

/** The two halves of the sentence at the threshold. */
export function thresholdWords(job: Job): { until: string; from: string } {
  const from = {
    restore: "From here the restore finishes, and Undo is the way back.",
    undo: "From here the undo finishes, and can be undone in turn.",
    backup: "From here the backup finishes.",
    drill: "From here the drill finishes.",
    other: "From here it finishes.",
  }[kindOf(job)];
  return { until: "Until here Cancel changes nothing.", from };
}

/** True where the job has passed the point from which it finishes. */
export function pastReturn(job: Job): boolean {
  return job.phases.some((phase) => !phase.cancellable && phase.started_at !== null);
}

/** What Cancel would do at this moment. */
export function cancelOffer(job: Job): CancelOffer {
  const label = `Cancel ${nounOf(job)}`;
  if (job.state === "cancelling") return { label, reason: "It was asked to stop and is tidying up.", effect: "" };
  if (pastReturn(job)) {
    const way = kindOf(job) === "restore" || kindOf(job) === "undo" ? " Undo is the way back." : "";
    return { label, reason: `It has passed the point of return and finishes.${way}`, effect: "" };
  }
  const effects: Record<Kind, string> = {
    restore: "Live database not yet touched. Cancel leaves it as it is and removes what was written beside it.",
    undo: "Live database not yet touched. Cancel leaves it as it is and removes what was written beside it.",
    backup: "Cancel leaves the database and all earlier snapshots as they are.",
    drill: "Nothing live is touched. Cancel removes the scratch folder; the drill then has no result.",
    other: "Cancel stops it at the next safe point.",
  };
  return { label, reason: null, effect: effects[kindOf(job)] };
}

/** How long the job has run, or took. */
export function elapsed(job: Job, now: number): number {
  const started = job.phases.find((phase) => phase.started_at !== null)?.started_at ?? job.created_at;
  const end = job.finished_at === null ? now : new Date(job.finished_at).getTime();
  return Math.max(0, end - new Date(started).getTime());
}

/** What the head line says while the job is under way. */
export function headline(job: Job): string {
  if (job.state === "queued") return "Waiting for its turn";
  if (job.state === "cancelling") return "Stopping, and tidying up";
  return presentPhase(job)?.name ?? "Starting";
}

/** One thing that happened, oldest first. */
export interface Happening {
  at: string;
  text: string;
}

/** What happened so far, from the job's own times. */
export function happenings(job: Job): Happening[] {
  const begun = job.phases.filter((phase): phase is PhaseRun & { started_at: string } => phase.started_at !== null);
  return [{ at: job.created_at, text: `Asked for by ${job.who}` }, ...begun.map((phase) => ({ at: phase.started_at, text: phase.name }))];
}

function has(report: unknown, ...fields: string[]): boolean {
  return typeof report === "object" && report !== null && fields.every((field) => field in report);
}
