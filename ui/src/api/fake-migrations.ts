import type { AdoptionPlan, DatabaseStats, LedgerLine, LintMark, MigrationLine, MigrationList, MigrationPlan, MigrationReport, MigrationText, MigrationWish, Phase, Rehearsal, StatementFailure, Validation } from "./bindings";
import { before, digest, NOW } from "./fake-answers";

/** Migrations of the made-up world. `look` chooses a situation: `histories`, `unknown`, `broken`, `unrehearsed`, `stale-rehearsal`, `no-folder`, `no-files`, `clean`. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const SQL_009 = `-- +goose Up
CREATE TABLE appeal_classes (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  weight      REAL NOT NULL DEFAULT 1.0
) STRICT;
ALTER TABLE appeals ADD COLUMN class_id INTEGER;
ALTER TABLE reputation_history ADD COLUMN class_id INTEGER;
UPDATE reputation_history SET class_id = (
  SELECT c.id FROM appeal_classes c WHERE c.name = reason_class
);
CREATE INDEX idx_history_class ON reputation_history(class_id, created_at);
DROP VIEW old_appeals; -- quarterdeck:allow QD-L15 nobody reads it since 3.1
-- +goose Down
DROP INDEX idx_history_class;
ALTER TABLE appeals DROP COLUMN class_id;
DROP TABLE appeal_classes;
`;

const mark = (code: string, severity: LintMark["severity"], line: number, what: string, why: string, instead: string, waived: string | null = null): LintMark => ({
  code, severity, version: "009", at: { file: "009_appeal_classification.sql", line, column: 1 }, end_line: line + 2, what, why, instead, waived,
});

const MARKS: LintMark[] = [
  mark("QD-L12", "warning", 9, "Long lock on reputation_history.", "One statement rewrites all 1,204,331 rows; writers waited 5.8 s in rehearsal.", "Write in batches of 10,000 rows, or waive it with a reason."),
  mark("QD-L15", "warning", 13, "The view old_appeals is dropped and not made again.", "Whatever reads it fails.", "Make it again in the same file.", "nobody reads it since 3.1"),
  mark("QD-L31", "note", 16, "The way down does not go back.", "After it, reputation_history.class_id is still there; seen in rehearsal, not only read in the text.", "Add ALTER TABLE reputation_history DROP COLUMN class_id."),
];

const DROPPED = mark("QD-L10", "error", 17, "The table appeal_classes is dropped with 48 rows.", "Its rows are gone; only the safety snapshot has them.", "Rename it, wait a release, then drop it.");

function line(version: string, name: string, more: Partial<MigrationLine> = {}): MigrationLine {
  const days: Record<string, number> = { "001": 80, "002": 41, "003": 20, "004": 8, "005": 8, "006": 8, "007": 8 };
  const at = days[version];
  return {
    version, name, files: [`${version}_${name}.sql`], repeatable: false, state: at === undefined ? "pending" : "applied", tone: "ok", sentence: at === undefined ? "pending" : "applied", bytes_changed: false,
    applied_at: at === undefined ? null : before(at * DAY), who: at === undefined ? null : "ada", took: at === undefined ? null : 800 + Number(version) * 400, tool: null, statements: 8, bytes_sha256: digest(Number(version) || 40), statements_sha256: digest(Number(version) + 50 || 41), has_down: true, transaction: null, marks: [], ...more,
  };
}

function lines(look: string): MigrationLine[] {
  const applied = [
    line("001", "reputation_core", { tool: "golang-migrate", took: null }),
    line("002", "appeals_and_analytics"),
    line("003", "notifications_history_peers"),
    line("004", "bulk_operations", { bytes_changed: true, sentence: "applied; a comment has changed since, the statements are the same" }),
    line("005", "negotiation_messages"),
    line("006", "predictions"),
    line("007", "auto_appeal_suggestions"),
  ];
  const views = line("urgent_views", "urgent_views", { version: "urgent_views", repeatable: true, state: "applied", applied_at: before(8 * DAY), files: ["R__urgent_views.sql"] });
  const waiting = [line("008", "message_thread_index", { statements: 2 }), line("009", "appeal_classification", { marks: MARKS })];
  if (look === "clean") return applied;
  if (look === "unknown") return [...applied, ...waiting].map((each) => ({ ...each, state: "unknown", tone: "unknown", applied_at: null, took: null, tool: null }));
  if (look === "histories") return [...applied.map((each): MigrationLine => ({ ...each, tool: "goose", took: null })), ...waiting];
  if (look !== "broken") return [...applied, ...waiting];
  const odd: Record<string, Partial<MigrationLine>> = {
    "003": { state: "modified", tone: "attention", sentence: "applied; its statements are others now" },
    "004": { state: "missing", tone: "attention", files: [], bytes_sha256: null, statements_sha256: null, sentence: "applied; its file is gone" },
    "005": { state: "out-of-order", tone: "attention", applied_at: null, took: null, sentence: "not applied, but later ones are" },
    "006": { state: "failed", tone: "critical", sentence: "stopped after 3 of 8 statements", transaction: "outside a transaction: VACUUM on line 3" },
    "002": { state: "baseline", sentence: "counts as applied" },
  };
  const future = line("012", "written_by_a_newer_release", { state: "future", tone: "unknown", files: [], applied_at: before(2 * DAY), sentence: "applied by a newer release" });
  return [...applied.map((each) => ({ ...each, ...odd[each.version] })), ...waiting, future, views];
}

export function list(system: string, look: string): MigrationList {
  const all = look === "no-files" ? [] : lines(look);
  const known = look !== "unknown" && look !== "no-files";
  return {
    target: system,
    database: `/srv/${system}/${system}.db`,
    folder: `/srv/${system}/migrations`,
    layout: "goose",
    layout_reason: "9 of 9 files have -- +goose Up",
    ledger: "quarterdeck_migrations",
    has_ledger: look !== "histories" && known,
    histories: look === "histories" ? [{ tool: "goose", table: "goose_db_version", applied: 7, latest: "007", checked: null, remarks: [], adopted: false }, { tool: "alembic", table: "alembic_version", applied: 1, latest: "ae1027a6acf", checked: null, remarks: ["Only the last one is in it."], adopted: false }] : [],
    settings: settings(),
    sentence: { clean: "7 applied, nothing pending; the live database is at 007.", unknown: "Nobody knows what was applied: the database has 25 tables and no history.", "no-files": "The folder holds no migration.", histories: "7 applied by goose, 2 pending; no ledger of ours yet.", broken: "6 applied, 2 pending; 4 need somebody." }[look] ?? "7 applied, 2 pending; the live database is at 007.",
    tone: { clean: "ok", unknown: "unknown", "no-files": "unknown", broken: "critical", histories: "attention" }[look] as MigrationList["tone"] | undefined ?? "attention",
    current: known ? "007" : null,
    lines: all,
    unused: [{ file: "notes_draft.sql", reason: "has no version in its name" }, ...(look === "broken" ? [{ file: "archive/001_old.sql", reason: "is in a subfolder; this layout reads one level" }] : [])],
    problems: look === "broken" ? [{ code: "two-files-one-version", at: { file: "008_other.sql", line: 1, column: 1 }, message: "008_message_thread_index.sql and 008_other.sql have one version", hint: "Give one of them another number." }] : [],
    rehearsal: look === "unrehearsed" || look === "clean" || !known ? null : { rehearsal: rehearsal(system), stale: look === "stale-rehearsal" ? ["009 has changed since", "the live schema is another one"] : [] },
    busy: look === "busy" ? "A restore by grace works on it for 12 s." : null,
    as_of: new Date().toISOString(),
  };
}

const settings = (): MigrationList["settings"] => ({ foreign_keys: false, recursive_triggers: false, double_quoted_strings: true, reason: "as goose has them" });

export function text(version: string): MigrationText {
  const entry = (more: Partial<LedgerLine>): LedgerLine => ({ version, name: "", kind: "applied", at: before(8 * DAY), took: 812, who: "ada", statements: 8, done: 8, bytes_sha256: digest(4), statements_sha256: digest(5), down_sql: null, tool: null, reason: null, run: digest(6), ...more });
  const other = `-- +goose Up\nCREATE INDEX idx_messages_thread ON appeal_negotiation_messages(thread_id, created_at);\nANALYZE;\n-- +goose Down\nDROP INDEX idx_messages_thread;\n`;
  const gone = ["012"].includes(version);
  return {
    version,
    files: gone ? [] : [{ file: version === "009" ? "009_appeal_classification.sql" : `${version}_file.sql`, text: version === "009" ? SQL_009 : other, size: 812, cut: false }],
    entries: ["008", "009"].includes(version) ? [] : [entry({ kind: version === "001" ? "adopted" : "applied", tool: version === "001" ? "golang-migrate" : null, down_sql: "DROP INDEX idx_messages_thread;" }), ...(version === "004" ? [entry({ kind: "reblessed", at: before(2 * DAY), took: null, reason: "only a comment was mended" })] : [])],
  };
}

const COLUMN = { kind: "table", name: "reputation_history", what: "The column class_id of reputation_history is new.", expected: null, found: "class_id INTEGER", cure: null };

export function rehearsal(system: string): Rehearsal {
  return {
    job: 4120,
    target: system,
    at: new Date(NOW - 91 * MINUTE).toISOString(),
    snapshot: digest(3),
    cut_at: new Date(NOW - 92 * MINUTE).toISOString(),
    sentence: "Both run in 7.3 s; the way down of 009 does not go back.",
    tone: "attention",
    steps: [
      { version: "008", took: 900, pages_written: 1_204, rows_changed: 0, down: { kind: "back", took: 310, rows: [] } },
      { version: "009", took: 6_400, pages_written: 88_410, rows_changed: 1_204_331, down: { kind: "not-back", differences: [COLUMN] } },
    ],
    failure: null,
    writers_wait: 5_800,
    pages_written: 89_614,
    disk: 310_000_000,
    integrity: [],
    foreign_keys: [],
    rows: [],
    tables_equal: 25,
    schema: [{ kind: "table", name: "appeal_classes", what: "The table appeal_classes is new.", expected: null, found: "CREATE TABLE appeal_classes (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL UNIQUE\n) STRICT", cure: null }, COLUMN, { kind: "index", name: "idx_history_class", what: "The index idx_history_class on reputation_history is new.", expected: null, found: "CREATE INDEX idx_history_class ON reputation_history(class_id, created_at)", cure: null }],
    basis: digest(8),
  };
}

const PHASES: Phase[] = [
  { name: "Check the files and the database", note: "", cancellable: true },
  { name: "Take the write lock and copy the safety image", note: "writers wait from here", cancellable: true },
  { name: "Run the migrations", note: "", cancellable: true },
  { name: "Commit", note: "", cancellable: false },
  { name: "Keep the way back", note: "", cancellable: false },
  { name: "Check afterwards", note: "", cancellable: false },
];

export const REHEARSAL_PHASES: Phase[] = ["Copy the database", "Run the migrations on the copy", "Run their ways down", "Compare and check"].map((name) => ({ name, note: "", cancellable: true }));

export function plan(system: string, look: string, wish: MigrationWish, each: boolean, accept: readonly string[], environment: MigrationPlan["environment"]): MigrationPlan {
  const down = wish.kind === "down";
  const versions = down ? ["007"] : wish.kind === "one" ? [wish.version] : look === "clean" ? [] : ["008", "009"];
  const erring = look === "lint" && !accept.includes(DROPPED.code);
  const together = `Both or nothing: a failure or a kill leaves ${system} as it is now.`;
  return {
    digest: digest(60 + versions.length + (each ? 1 : 0) + accept.length),
    target: system,
    environment,
    database: `/srv/${system}/${system}.db`,
    direction: down ? "down" : "up",
    batches: versions.length === 0 ? [] : each ? versions.map((version) => ({ versions: [version], atomic: true, sentence: `A failure leaves ${system} as it was before ${version}.` })) : [{ versions, atomic: look !== "alone", sentence: look === "alone" ? "VACUUM on line 3 runs outside a transaction: what ran before a failure stays." : together }],
    steps: versions.length === 0 ? [] : ["Check that files and schema are still those of this plan, and hold the lease.", "Take the write lock. Writers wait from here; readers go on.", "Copy the safety image, 2.42 GB. It is the way back, kept until 22 Dec 14:02.", `Run ${down ? "the way down of 007, from the ledger: 3 statements" : "008 and 009: 10 statements"}, and write the ledger in the same transaction.`, "Commit, let writers go on, and check schema and foreign keys."],
    phases: PHASES,
    settings: settings(),
    marks: down ? [] : look === "lint" ? [...MARKS, DROPPED] : MARKS,
    writers_wait: look === "unrehearsed" ? null : 32_000,
    safety_wait: 26_200,
    wait_needs_consent: true,
    disk: 2_730_000_000,
    rehearsal: look === "unrehearsed" ? null : { rehearsal: rehearsal(system), stale: look === "stale-rehearsal" ? ["009 has changed since"] : [] },
    holders: [{ pid: 4127, command: "reputation-api", does: "writing", then: "waits, then goes on with the new schema", tone: "ok" }],
    obstacles: erring ? ["QD-L10 in 009_appeal_classification.sql:17:1: the table appeal_classes is dropped with 48 rows."] : look === "histories" ? ["goose has applied 7 migrations here, and nobody has adopted its history."] : [],
    confirm: environment === "production" ? system : null,
    as_of: new Date().toISOString(),
  };
}

export function report(job: number, system: string, down: boolean, environment: MigrationReport["environment"]): MigrationReport {
  return {
    sentence: down ? `${system} is back at 006` : `${system} is at 009`,
    target: system,
    environment,
    path: `/srv/${system}/${system}.db`,
    direction: down ? "down" : "up",
    ran: down ? [{ version: "007", name: "auto_appeal_suggestions", statements: 3, took: 120, rows_changed: 0 }] : [{ version: "008", name: "message_thread_index", statements: 2, took: 870, rows_changed: 0 }, { version: "009", name: "appeal_classification", statements: 8, took: 6_100, rows_changed: 1_204_331 }],
    from: "007",
    to: down ? "006" : "009",
    checks: [["Schema", "as the files give it, no drift"], ["Foreign keys", "no row without its parent"], ["Ledger", "2 rows, in the same transaction"]].map(([what = "", result = ""]) => ({ what, result, tone: "ok", at: new Date().toISOString() })),
    lock_held: 33_100,
    safety_took: 25_900,
    took: 36_400,
    phases: PHASES.map(({ name }, i) => ({ name, took: [300, 25_900, 6_970, 180, 2_600, 450][i] ?? 0 })),
    others_committed: false,
    accepted_lint: [],
    schema_fingerprint: digest(70),
    undo: { job, state_of: new Date().toISOString(), snapshot: digest(71), until: new Date(NOW + 30 * DAY).toISOString(), used: false },
    evidence: digest(72),
  };
}

export const phases = PHASES;

export const failure: StatementFailure = {
  version: "009",
  at: { file: "009_appeal_classification.sql", line: 9, column: 32 },
  statement: 4,
  of: 8,
  snippet: SQL_009.split("\n").slice(7, 11).join("\n"),
  message: "no such column: clas_id",
  code: 1,
  committed: [],
  left: ["008", "009"],
  now: "The live database is as it was before: schema, rows and ledger. Version 007.",
};

export function validation(look: string): Validation {
  const clean = look === "clean";
  return {
    sentence: clean ? "The live schema is what the files give." : "The live schema differs in one index from what the files give.",
    tone: clean ? "ok" : "attention",
    drift: clean ? [] : [{ kind: "index", name: "idx_users_email_tmp", what: "The index idx_users_email_tmp on users is made by no file.", expected: null, found: "CREATE INDEX idx_users_email_tmp ON users(email)", cure: "DROP INDEX idx_users_email_tmp" }],
    drift_unknown: look === "histories" ? "001 was adopted and its file is gone, so there is nothing to compare with." : null,
    foreign_keys: clean ? [] : [{ table: "appeals", parent: "users", rows: 4_118 }],
    integrity: null,
    queries: [
      { name: "open-appeals", tone: "ok", what: "uses idx_appeals_open.", plan: ["SEARCH appeals USING INDEX idx_appeals_open (resolved_at=?)"], index: null },
      { name: "history-of-user", tone: "attention", what: "reads all 1,204,331 rows of reputation_history.", plan: ["SCAN reputation_history", "USE TEMP B-TREE FOR ORDER BY"], index: "CREATE INDEX idx_reputation_history_user ON reputation_history(user_id, created_at)" },
    ],
    problems: [],
    as_of: new Date().toISOString(),
  };
}

export function adoption(system: string, look: string, baseline: string | undefined): AdoptionPlan {
  const entries = lines("histories").filter((each) => each.state === "applied" && (baseline === undefined || each.version <= baseline));
  return {
    digest: digest(80),
    sentence: baseline === undefined ? "7 entries of goose become rows of our ledger." : `${entries.length} migrations count as applied; none of them is run.`,
    tool: baseline === undefined ? "goose" : null,
    histories: list(system, look).histories,
    rows: entries.map((each) => ({ version: each.version, name: each.name, kind: baseline === undefined ? "adopted" : "baseline", at: each.applied_at ?? new Date().toISOString(), took: null, who: "goose", statements: 8, done: 8, bytes_sha256: each.bytes_sha256, statements_sha256: each.statements_sha256, down_sql: null, tool: baseline === undefined ? "goose" : null, reason: null, run: digest(81) })),
    disagreements: baseline === undefined ? ["005: its file is newer than goose's entry, and goose keeps no checksum."] : [],
    needs_reason: baseline === undefined,
    steps: ["Make the ledger quarterdeck_migrations.", `Write ${entries.length} rows into it, in one transaction.`, ...(baseline === undefined ? ["Leave goose_db_version as it is."] : [])],
    obstacles: [],
  };
}

export const stats = (): DatabaseStats => ({ tables: [{ table: "reputation_history", rows: 1_204_331, bytes: 190_000_000, index_bytes: 44_000_000, indexes: ["idx_history_user"] }], views: 17, triggers: 3, size: 2_410_000_000, free: 0, as_of: new Date().toISOString() });
