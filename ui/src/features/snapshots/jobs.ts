import type { Job } from "../../api/bindings";

/** The newest backup, where it failed and no snapshot was taken since; absent while one runs. */
export function showsFailure(jobs: readonly Job[], newest: number | null): Job | null {
  const backups = jobs.filter((job) => job.operation === "backup_system");
  const last = backups[0];
  if (!last || (last.state !== "failed" && last.state !== "interrupted")) return null;
  return newest !== null && newest > new Date(last.created_at).getTime() ? null : last;
}
