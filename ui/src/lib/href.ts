import type { JobId, Name, SnapshotId } from "../api/bindings";

/** The addresses of the pages. One function for each route that others link to. */
export const href = {
  overview: () => "#/overview",
  system: (system: Name) => `#/system/${system}`,
  snapshots: (system: Name, at?: SnapshotId | undefined) => `#/snapshots/${system}${query({ at })}`,
  migrations: (system: Name, at: { version?: string | undefined; component?: Name | undefined } = {}) => `#/migrations/${system}${query(at)}`,
  applyMigrations: (system: Name, wish: Record<string, string | undefined> = {}) => `#/apply/${system}${query(wish)}`,
  drills: (system: Name) => `#/drills/${system}`,
  schedules: (system: Name) => `#/schedules/${system}`,
  retention: (system: Name) => `#/retention/${system}`,
  /** All systems; or one, with its dashboard, a panel of it and a span, or another of its tabs. */
  health: (system?: Name | undefined, at: Record<string, string | undefined> = {}) => `#/health${system === undefined ? "" : `/${system}`}${query(at)}`,
  explore: (at: Record<string, string | undefined> = {}) => `#/explore${query(at)}`,
  promises: (system: Name) => `#/promises/${system}`,
  capacity: (system: Name) => `#/capacity/${system}`,
  logs: (system: Name, log?: string | undefined) => `#/logs/${system}${log === undefined ? "" : `/${encodeURIComponent(log)}`}`,
  /** An address that the engine names, e.g. `dashboards/shop/orders?panel=2`. */
  named: (address: string) => `#/${address.replace(/^#?\/?/, "")}`,
  /** All alerts, or those in which words occur; or with one opened: its id, or the key of a rule. */
  alerts: (open?: string | undefined, at: { system?: Name | undefined; text?: string | undefined } = {}) => `#/alerts${open === undefined ? "" : `/${encodeURIComponent(open)}`}${query(at)}`,
  /** All rules; or one found by its key. */
  rules: (at: { rule?: string | undefined } = {}) => `#/rules${query(at)}`,
  routes: () => "#/routes",
  silences: () => "#/silences",
  /** What happened to alerts; or who was told. */
  history: (at: { tab?: "notices" | undefined; text?: string | undefined; from?: string | undefined; until?: string | undefined } = {}) => `#/history${query(at)}`,
  runbook: (name: string, system?: Name | undefined) => `#/runbook/${encodeURIComponent(name)}${query({ system })}`,
  /** The newest copy of a system, or the one that is named by its id; perhaps with an item opened. */
  readiness: (systemOrCopy: string, at: { copy?: string | undefined; item?: string | undefined } = {}) => `#/readiness/${systemOrCopy}${query(at)}`,
  poll: (copy: string) => `#/poll/${copy}`,
  smoke: (system: Name, at: { suite?: string | undefined; case?: string | undefined } = {}) => `#/smoke/${system}${query(at)}`,
  validation: (system: Name, at: { watch?: string | undefined } = {}) => `#/validation/${system}${query(at)}`,
  reports: (system: Name, at: { kind?: string | undefined; subject?: string | undefined } = {}) => `#/reports/${system}${query(at)}`,
  settings: () => "#/settings",
  repository: (system: Name) => `#/repository/${system}`,
  restore: (system: Name, choice: { component?: Name | undefined; snapshot?: SnapshotId | undefined } = {}) => `#/restore/${system}${query(choice)}`,
  job: (job: JobId) => `#/job/${job}`,
  undo: (job: JobId) => `#/undo/${job}`,
};

/** Goes to an address. */
export function go(address: string): void {
  window.location.hash = address;
}

function query(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}
