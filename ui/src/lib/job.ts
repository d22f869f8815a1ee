import type { DrillOutcome, Job, JobState, PhaseRun, Tone, UndoOffer } from "../api/bindings";
import { href } from "./href";

/** The word of a job's state. */
export const STATE_WORDS: Record<JobState, string> = {
  queued: "Queued",
  running: "Running",
  cancelling: "Cancelling",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Cancelled",
  interrupted: "Interrupted",
};

/** How a state looks. Cancelled is nothing to be alarmed about, but it is no success. */
export const STATE_TONES: Record<JobState, Tone> = {
  queued: "working",
  running: "working",
  cancelling: "working",
  succeeded: "ok",
  failed: "critical",
  cancelled: "unknown",
  interrupted: "attention",
};

/** True for the states that nothing follows. */
export function ended(job: { state: JobState }): boolean {
  return ["succeeded", "failed", "cancelled", "interrupted"].includes(job.state);
}

/** The phase that runs; absent before the first and after the last. */
export function presentPhase(job: { phases: readonly PhaseRun[] }): PhaseRun | undefined {
  return job.phases.find((phase) => phase.started_at !== null && phase.finished_at === null);
}

/** Why Cancel is not available; absent where it is. */
export function cancelObstacle(job: { state: JobState; phases: readonly PhaseRun[] }): string | undefined {
  if (job.state === "cancelling") return "It was asked to stop already.";
  if (presentPhase(job)?.cancellable === false) return "From this phase on it finishes.";
  return undefined;
}

/** How long a job took, or has taken so far, in milliseconds. */
export function took(job: { created_at: string; finished_at: string | null }, now: number): number {
  return (job.finished_at === null ? now : Date.parse(job.finished_at)) - Date.parse(job.created_at);
}

/** The way back that a job's report offers; absent where it has none. */
export function undoOf(job: Job): UndoOffer | undefined {
  const undo = field(job.report, "undo");
  if (typeof undo !== "object" || undo === null || !("job" in undo && "until" in undo && "used" in undo)) return undefined;
  return undo as UndoOffer;
}

/** The sentence of a job's report; absent where it has none. */
export function sentenceOf(job: Job): string | undefined {
  const sentence = field(job.report, "sentence");
  return typeof sentence === "string" ? sentence : undefined;
}

/** The page that shows what a job of this kind left behind. */
export function placeOf(job: { operation: string; target: string | null }): { href: string; label: string } | undefined {
  const system = systemOf(job);
  if (system === undefined) return undefined;
  if (isMigration(job)) return { href: href.migrations(system), label: "Show migrations" };
  if (job.operation === "drill_system") return { href: href.drills(system), label: "Show drills" };
  if (["repair_repository", "reread_repository", "maintain_system", "prune_repository"].includes(job.operation)) return { href: href.repository(system), label: "Show repository" };
  return job.operation === "forget_snapshots" ? { href: href.retention(system), label: "Show retention" } : { href: href.snapshots(system), label: "Show snapshots" };
}

/** True for a job that runs migrations, or rehearses them. */
export function isMigration(job: { operation: string }): boolean {
  return ["apply_migrations", "rehearse_migrations"].includes(job.operation);
}

/** What is undone, in the words of the button: `restore`, `the undo`, `migrations`. */
export function undoneBy(job: { operation: string }): string {
  if (job.operation === "undo_restore") return "the undo";
  return isMigration(job) ? "migrations" : "restore";
}

/** How well a job that succeeded went, as far as its report says: a drill that found a fault was done, but is nothing to be glad of. */
export function reportTone(report: unknown): Tone {
  const outcome = field(report, "outcome") as DrillOutcome | undefined;
  if (outcome !== undefined) return DRILL_TONES[outcome] ?? "unknown";
  const tone = field(report, "tone") ?? field(field(report, "check"), "tone");
  if (typeof tone === "string") return tone as Tone;
  return typeof field(report, "sentence") === "string" ? "ok" : "unknown";
}

const DRILL_TONES: Record<DrillOutcome, Tone> = { running: "working", passed: "ok", partial: "attention", failed: "critical", unfinished: "unknown" };

/** The system that a job works on. */
export function systemOf(job: { target: string | null }): string | undefined {
  return job.target?.split("/")[0];
}

function field(report: unknown, name: string): unknown {
  return typeof report === "object" && report !== null ? (report as Record<string, unknown>)[name] : undefined;
}
