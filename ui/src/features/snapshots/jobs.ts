import type { Job } from "../../api/bindings";
import { ended } from "../../lib/job";

/** Jobs that have not ended. */
export function unfinished(jobs: readonly Job[]): Job[] {
  return jobs.filter((job) => !ended(job));
}

/** The newest backup, where it failed and no snapshot was taken since; absent while one runs. */
export function showsFailure(jobs: readonly Job[], newest: number | null): Job | null {
  const backups = jobs.filter((job) => job.operation === "backup_system");
  const last = backups[0];
  if (!last || (last.state !== "failed" && last.state !== "interrupted")) return null;
  return newest !== null && newest > new Date(last.created_at).getTime() ? null : last;
}
