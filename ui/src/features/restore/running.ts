import type { BackupReport, Job, RestoreReport } from "../../api/bindings";
import { cancelOf, has, type CancelOffer } from "../../lib/run";

/** What a job does, as far as this page treats it differently. */
export type Kind = "restore" | "undo" | "backup" | "drill" | "other";

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

/** What is true from the first phase on that cannot be cancelled. */
export function fromWords(job: Job): string {
  return {
    restore: "From here the restore finishes, and Undo is the way back.",
    undo: "From here the undo finishes, and can be undone in turn.",
    backup: "From here the backup finishes.",
    drill: "From here the drill finishes.",
    other: "From here it finishes.",
  }[kindOf(job)];
}

/** What Cancel would do at this moment. */
export function cancelOffer(job: Job): CancelOffer {
  const live = "Live database not yet touched. Cancel leaves it as it is and removes what was written beside it.";
  const effects: Record<Kind, string> = {
    restore: live,
    undo: live,
    backup: "Cancel leaves the database and all earlier snapshots as they are.",
    drill: "Nothing live is touched. Cancel removes the scratch folder; the drill then has no result.",
    other: "Cancel stops it at the next safe point.",
  };
  const kind = kindOf(job);
  return cancelOf(job, { noun: nounOf(job), effect: effects[kind], wayBack: kind === "restore" || kind === "undo" ? "Undo is the way back." : "" });
}
