import type { Job, JobState, Level, LevelReached, Tone } from "../../api/bindings";
import { ended, isMigration, STATE_TONES, STATE_WORDS } from "../../lib/job";
import { strongest } from "../../lib/level";

/** The filters above the list: all, and each way a job can stand. */
export type Filter = "all" | "under-way" | "not-well" | "succeeded";

/** One filter with how many jobs it shows. */
export interface Choice {
  filter: Filter;
  label: string;
  tone: Tone | undefined;
  count: number;
}

/** The filters that show something; "all" is always there. */
export function choices(jobs: readonly Job[]): Choice[] {
  const all: Omit<Choice, "count">[] = [
    { filter: "all", label: "All", tone: undefined },
    { filter: "under-way", label: "Under way", tone: "working" },
    { filter: "not-well", label: "Not done", tone: "critical" },
    { filter: "succeeded", label: "Succeeded", tone: "ok" },
  ];
  return all.map((choice) => ({ ...choice, count: shown(jobs, choice.filter, "").length })).filter(({ filter, count }) => filter === "all" || count > 0);
}

/** The jobs that a filter and a search leave. */
export function shown(jobs: readonly Job[], filter: Filter, query: string): Job[] {
  const wanted = query.trim().toLowerCase();
  return jobs.filter((job) => fits(job, filter) && `${job.title} ${job.target ?? ""} ${job.who} ${job.id} ${STATE_WORDS[job.state]}`.toLowerCase().includes(wanted));
}

/** Orders states worst first. */
export function byState(a: Job, b: Job): number {
  const order: JobState[] = ["failed", "interrupted", "cancelled", "cancelling", "running", "queued", "succeeded"];
  return order.indexOf(a.state) - order.indexOf(b.state);
}

/** The mark and word of a job. */
export function look(job: Job): { tone: Tone; word: string } {
  return { tone: STATE_TONES[job.state], word: STATE_WORDS[job.state] };
}

/** The strongest level that the snapshot of a backup's report reached; null where the report names none. */
export function proved(job: Job): Level | null {
  const levels = part(part(job.report, "snapshot"), "levels");
  return Array.isArray(levels) ? strongest(levels as LevelReached[]) : null;
}

/** True where the job has a page of its own: restores, undos and migrations, running or finished. */
export function hasPage(job: Job): boolean {
  return job.operation === "restore_component" || job.operation === "undo_restore" || isMigration(job);
}

function fits(job: Job, filter: Filter): boolean {
  if (filter === "under-way") return !ended(job);
  if (filter === "not-well") return ["failed", "cancelled", "interrupted"].includes(job.state);
  if (filter === "succeeded") return job.state === "succeeded";
  return true;
}

function part(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
