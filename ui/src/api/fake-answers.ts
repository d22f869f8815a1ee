import type { AuditLine, DatabaseStatus, Environment, Grant, Inspection, Job, Level, PhaseRun, Session, Snapshot, SystemDetail, TableChange, Tone } from "./bindings";

/** Data for looking at pages without an engine. Never bundled: only api/fake.ts imports it. */

/** The moment at which the made-up world was made. */
export const NOW = Date.now();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** ISO text of a moment so long before the present one. */
export const before = (millis: number): string => new Date(NOW - millis).toISOString();

/** A digest that looks like one, from a small number. */
export const digest = (seed: number): string =>
  Array.from({ length: 8 }, (_, i) => (Math.imul(seed * 8 + i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0")).join("");

export const session: Session = {
  who: "ada",
  roles: ["operator", "approver"],
  face: "desktop",
  host: "db-prod-1",
  home: "/srv/quarterdeck",
  version: "0.2.0",
  recovered: ["Backup of shop (job 18) was interrupted: its half-written snapshot was removed."],
};

interface Seed {
  system: string;
  component: string;
  environment: Environment;
  tone: Tone;
  truth: string;
  findings?: [Tone, string, string][];
  size: number | null;
  snapshot?: [number, Level];
  proof?: [number, number];
  loss?: [number, boolean, number];
  verdict?: DatabaseStatus["verdict"];
}

const SEEDS: Seed[] = [
  { system: "reputation", component: "main", environment: "production", tone: "critical", truth: "Restored 20 Nov 02:14 in 41 s, data matches; losing at most 5 min", findings: [["critical", "Table appeals has 4,118 rows whose parent is missing", "Look at the newest snapshot before 13:41 and restore."]], size: 2_410_000_000, snapshot: [2 * MINUTE, "integrity-ok"], proof: [2 * DAY, 41_000], loss: [5 * MINUTE, false, 288] },
  { system: "memory", component: "main", environment: "production", tone: "attention", truth: "Restored 1 Nov 03:10 in 72 s, data matches; losing now 1 d 16 h", findings: [["attention", "Newest snapshot is older than the promised 1 h", "Back up memory."]], size: 5_120_000_000, snapshot: [40 * HOUR, "opens"], proof: [21 * DAY, 72_000], loss: [40 * HOUR, true, 3] },
  { system: "shop", component: "orders", environment: "staging", tone: "attention", truth: "Never proved: 212 snapshots, none was ever restored", findings: [["attention", "No restore was ever tried", "Restore the newest snapshot to a new file."]], size: 184_000_000, snapshot: [12 * HOUR, "data-matches"], loss: [24 * HOUR, false, 212] },
  { system: "shop", component: "customers", environment: "staging", tone: "ok", truth: "Restored 21 Nov 03:02 in 12 s, data matches; losing at most 1 d", size: 36_000_000, snapshot: [12 * HOUR, "data-matches"], proof: [35 * HOUR, 12_000], loss: [24 * HOUR, false, 212] },
  { system: "helpdesk", component: "helpdesk", environment: "development", tone: "unknown", truth: "Never backed up: everything would be lost", findings: [["unknown", "No snapshot yet", "Back up helpdesk."]], size: 1_240_000 },
  { system: "archive", component: "archive", environment: "production", tone: "critical", truth: "Restored 19 Nov 02:20 in 6 s, data matches; losing at most 1 h", findings: [["critical", "The file is missing", "Restore archive from its newest snapshot."]], size: null, snapshot: [62 * MINUTE, "read"], proof: [3 * DAY, 6_000], loss: [HOUR, true, 24], verdict: "unreadable" },
];

export const databases: DatabaseStatus[] = SEEDS.map((seed, i) => ({
  system: seed.system,
  component: seed.component,
  environment: seed.environment,
  kind: "sqlite",
  files: null,
  path: `/srv/${seed.system}/${seed.component}.db`,
  tone: seed.tone,
  truth: seed.truth,
  findings: (seed.findings ?? []).map(([tone, what, next]) => ({ tone, what, next })),
  verdict: seed.verdict ?? "healthy",
  size: seed.size,
  journal_mode: seed.size === null ? null : "wal",
  tables: seed.size === null ? null : 25 - i,
  last_snapshot: seed.snapshot ? { id: digest(40 + i), cut_at: before(seed.snapshot[0]), level: seed.snapshot[1] } : null,
  last_proof: seed.proof ? { at: before(seed.proof[0]), took: seed.proof[1], level: "data-matches", snapshot: digest(60 + i), job: 9 + i } : null,
  loss: seed.loss ? { largest: seed.loss[0], open: seed.loss[1], snapshots: seed.loss[2] } : null,
  job: null,
  lease: seed.system === "memory" ? { what: "Restore of memory to /srv/memory/look.db", who: "grace", pid: 991, since: before(12 * MINUTE) } : null,
}));

export function detail(system: string): SystemDetail | undefined {
  const own = databases.filter((database) => database.system === system);
  const [first] = own;
  if (!first) return undefined;
  return {
    system: {
      name: system,
      environment: first.environment,
      owner: first.environment === "production" ? "Platform team" : null,
      folder: first.environment === "development" ? null : `/etc/quarterdeck/${system}`,
      components: own.map((database, i) => ({ id: digest(i + 80).slice(0, 16), name: database.component, path: database.path, kind: database.kind })),
      objectives: first.environment === "production" ? [{ scenario: "database corruption", rto: HOUR, rpo: 5 * MINUTE }] : [],
      repository: `/srv/quarterdeck/repository/${system}`,
      password: null,
      added_at: before(90 * DAY),
    },
    databases: own,
    repository: {
      path: `/srv/quarterdeck/repository/${system}`,
      exists: first.last_snapshot !== null,
      password_file: `/srv/quarterdeck/secrets/${system}.key`,
      free: 182_000_000_000,
      kit_at: system === "reputation" ? before(60 * DAY) : null,
    },
    definition: [],
    as_of: new Date(NOW).toISOString(),
  };
}

const ORDER: Level[] = ["present", "read", "opens", "integrity-ok", "data-matches", "drilled"];

export function snapshots(system: string, many = 26): Snapshot[] {
  const own = databases.filter((database) => database.system === system && database.last_snapshot);
  if (own.length === 0) return [];
  const newest = Date.parse(own[0]?.last_snapshot?.cut_at ?? before(0));
  return Array.from({ length: many }, (_, i): Snapshot => {
    const cut = new Date(newest - (many > 26 ? i * 5 * MINUTE + (i > 200 ? 11 * HOUR : 0) : i * (i < 12 ? 5 * MINUTE : 2 * HOUR))).toISOString();
    const reached = ORDER.slice(0, i === 8 ? 6 : i === 3 ? 5 : i === 14 ? 2 : 4);
    return {
      id: i === 0 ? (own[0]?.last_snapshot?.id ?? digest(40)) : digest(200 + i + system.length * 40),
      manifest: {
        format: 1,
        tool: "quarterdeck 0.2.0",
        system,
        host: "db-prod-1",
        who: i % 5 === 0 ? "ada" : "agent",
        reason: i === 6 ? "safety" : i === 4 ? "before-change" : i % 5 === 0 ? "manual" : "scheduled",
        label: i === 4 ? "before the restructure of appeals" : null,
        directories:
          system === "reputation"
            ? [{ id: digest(83).slice(0, 16), name: "search-index", path: "/srv/reputation/index", cut_at: cut, files: 412, size: 184_000_000, consistent: i !== 2, moved: i === 2 ? ["segments_4f", "_2k.cfs"] : [], left_out: [], databases: [] }]
            : [],
        audit_head: digest(300 + i),
        cut_at: cut,
        skew: 0,
        components: own.map((database) => ({
          id: digest(80).slice(0, 16),
          name: database.component,
          file: `${database.component}.db`,
          cut_at: cut,
          size: database.size ?? 1_000_000,
          page_size: 4096,
          page_count: Math.round(Number(database.size ?? 1_000_000) / 4096),
          application_id: 0,
          user_version: 7,
          journal_mode: "wal",
          schema_fingerprint: digest(500),
          sha256: digest(600 + i),
          base: { number: Math.max(1, 26 - i - ((26 - i) % 6)), page_count: 588_379, size: database.size ?? 1_000_000, sha256: digest(640) },
          deltas: (26 - i) % 6 === 0 ? [] : [{ tier: 0, first: 26 - i, last: 26 - i, pages: 1_402 + i, size: 3_100_000 + i * 9_000, sha256: digest(660 + i), before: digest(661 + i), after: digest(600 + i) }],
          rows: { appeals: 48_174 - i * 12, messages: 201_443 - i * 40, reputation_history: 1_204_118 - i * 200 },
          rows_at: cut,
        })),
      },
      levels: reached.map((level) => ({ level, at: cut })),
      added: 3_400_000 + i * 120_000,
      pinned_until: i === 6 ? new Date(NOW + 24 * DAY).toISOString() : null,
      pin: i === 9 ? { reason: "the state that the auditors asked for", until: null, who: "ada", at: before(5 * DAY) } : null,
    };
  });
}

export const changes: TableChange[] = [
  { table: "appeals", live: 44_056, snapshot: 48_174 },
  { table: "messages", live: 201_480, snapshot: 201_443 },
  { table: "drafts", live: 12, snapshot: null },
];

export const RESTORE_PHASES: Omit<PhaseRun, "started_at" | "finished_at">[] = [
  { name: "Check the target", note: "plan unchanged, lease taken", cancellable: true },
  { name: "Write the image beside the target", note: "2.41 GB", cancellable: true },
  { name: "Verify the image", note: "integrity, foreign keys, rows of 25 tables", cancellable: true },
  { name: "Copy the safety image", note: "2.42 GB, no lock held", cancellable: true },
  { name: "Take the write lock and enter", note: "safety image brought up to date, differing pages written; writers wait", cancellable: false },
  { name: "Verify the live database", note: "integrity and rows", cancellable: false },
];

export const BACKUP_PHASES: Omit<PhaseRun, "started_at" | "finished_at">[] = [
  { name: "Hold one moment", note: "writers go on", cancellable: true },
  { name: "Write the snapshot", note: "only pages that are new to the repository", cancellable: true },
  { name: "Read it again", note: "every byte that was written", cancellable: true },
];

export const DRILL_PHASES: Omit<PhaseRun, "started_at" | "finished_at">[] = [
  { name: "Restore to scratch", note: "2.41 GB", cancellable: true },
  { name: "Check it whole", note: "integrity, schema, rows", cancellable: true },
  { name: "Ask the definition's checks", note: "2 checks", cancellable: true },
];

export function phases(list: Omit<PhaseRun, "started_at" | "finished_at">[], done: number, running = false, start = NOW): PhaseRun[] {
  return list.map((phase, i) => ({
    ...phase,
    started_at: i < done || (i === done && running) ? new Date(start + i * 7_000).toISOString() : null,
    finished_at: i < done ? new Date(start + (i + 1) * 7_000 - 600).toISOString() : null,
  }));
}

const job = (id: number, more: Partial<Job>): Job => ({
  id,
  operation: "backup_system",
  title: "Back up reputation",
  target: "reputation",
  environment: "production",
  state: "succeeded",
  phases: phases(BACKUP_PHASES, 3, false, NOW - 3 * MINUTE),
  progress: null,
  who: "ada",
  face: "cli",
  created_at: before(3 * MINUTE),
  finished_at: before(3 * MINUTE - 5_900),
  report: { sentence: "Snapshot 22 Nov 14:00 of reputation taken and read again in 5.9 s", snapshot: snapshots("reputation")[0], took: 5_900, stall: null, findings: [] },
  fault: null,
  recovery: null,
  ...more,
});

export const finished: Job[] = [
  job(21, {}),
  job(20, { title: "Back up memory", target: "memory", state: "failed", created_at: before(2 * HOUR), finished_at: before(2 * HOUR - 4_000), phases: phases(BACKUP_PHASES, 1, true, NOW - 2 * HOUR), report: null, fault: { code: "disk-full", message: "Backup of memory failed: the disk of /srv/backup is full", hint: "Free 2.5 GB, or move the repository.", class: "failed", retry: false } }),
  job(19, { operation: "restore_component", title: "Restore shop/orders in place", target: "shop/orders", environment: "staging", face: "desktop", created_at: before(5 * HOUR), finished_at: before(5 * HOUR - 41_000), phases: phases(RESTORE_PHASES, 6, false, NOW - 5 * HOUR), report: { sentence: "shop/orders is back at 22 Nov 08:40, in 41 s, 212 of 44,921 pages written", undo: { job: 19, state_of: before(5 * HOUR), snapshot: digest(77), until: new Date(NOW + 30 * DAY).toISOString(), used: false } } }),
  job(18, { title: "Back up shop", target: "shop", environment: "staging", state: "interrupted", created_at: before(9 * HOUR), finished_at: before(9 * HOUR - 2_000), phases: phases(BACKUP_PHASES, 1, true, NOW - 9 * HOUR), report: null, recovery: "the half-written snapshot was removed; the repository holds the 212 snapshots from before" }),
  job(17, { operation: "restore_component", title: "Restore helpdesk to /tmp/helpdesk-copy.db", target: "helpdesk", environment: "development", state: "cancelled", face: "desktop", created_at: before(26 * HOUR), finished_at: before(26 * HOUR - 3_000), phases: phases(RESTORE_PHASES, 1, true, NOW - 26 * HOUR), report: null, fault: { code: "cancelled", message: "Restore of helpdesk was cancelled", hint: "Nothing was changed; start it again when it suits.", class: "cancelled", retry: true } }),
];

export const grants: Grant[] = [
  { who: "ada", role: "operator", granted_by: "ada", at: before(90 * DAY) },
  { who: "ada", role: "approver", granted_by: "ada", at: before(90 * DAY) },
  { who: "grace", role: "operator", granted_by: "ada", at: before(12 * DAY) },
];

const DONE: [string, string, string, string][] = [
  ["backup_system", "reputation", "succeeded", "snapshot 3fa0c2d1, integrity ok"],
  ["restore_component", "shop/orders", "succeeded", "in place from snapshot 7f3a11c9, Undo kept"],
  ["restore_component", "shop/orders", "plan-stale", "the schema changed since the plan was shown"],
  ["backup_system", "memory", "disk-full", "the disk of /srv/backup is full"],
  ["grant_role", "", "succeeded", "operator to grace"],
  ["cancel_job", "", "succeeded", "job 17"],
  ["backup_system", "shop", "interrupted", "the half-written snapshot was removed"],
  ["add_system", "helpdesk", "succeeded", "/srv/helpdesk/helpdesk.db"],
];

export const audit: AuditLine[] = Array.from({ length: 64 }, (_, i): AuditLine => {
  const [operation, target, outcome, text] = DONE[i % DONE.length] ?? ["add_system", "shop", "succeeded", ""];
  const number = 64 - i;
  return { number, at: before(3 * MINUTE + i * 97 * MINUTE), who: i % 3 ? "ada" : "agent", face: i % 3 ? "desktop" : "cli", operation, target, outcome, detail: text, previous: digest(number - 1), digest: digest(number) };
});

export function inspection(path: string): Inspection {
  return {
    path,
    verdict: "healthy",
    sentence: "A healthy database with 3 tables, last written by SQLite 3.46.1",
    findings: [],
    size: 1_240_000,
    header: { page_size: 4096, page_count: 303, freelist_count: 0, reserved_bytes: 0, encoding: "utf-8", application_id: 0, user_version: 7, schema_cookie: 12, change_counter: 4118, written_by: "3.46.1" },
    journal_mode: "wal",
    pragmas: { application_id: "0", user_version: "7", auto_vacuum: "none" },
    tables: [{ name: "tickets", kind: "table", rows: 48_174 }, { name: "messages", kind: "table", rows: 201_443 }, { name: "open_tickets", kind: "view", rows: null }],
    foreign_key_violations: [],
    unchecked: [],
    sidecars: [{ suffix: "-wal", size: 32_992, meaning: "commits that are not yet in the main file" }],
    depth: "full",
    schema_fingerprint: digest(500),
    as_of: new Date(NOW).toISOString(),
    took: 38,
  };
}
