// Generated from src-tauri/crates/engine/src/ops; `make bindings` writes it anew.
/* eslint-disable */

/**
 * Adds a database file, or a folder with `quarterdeck.yaml`.
 */
export type AddSystem = { 
/**
 * The file or folder.
 */
path: WirePath, 
/**
 * The system's name; absent for that of the file or definition.
 */
name?: Name, 
/**
 * Which instance it is; absent for the definition's, or development for a lone file.
 */
environment?: Environment, };

/**
 * One line of the trail. No row contents and no secrets, at any level.
 */
export type AuditLine = { 
/**
 * Counted from 1, without gaps.
 */
number: number, 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
who: string, 
/**
 * Through which door.
 */
face: Face, 
/**
 * The operation.
 */
operation: string, 
/**
 * On what; empty where it concerns the store itself.
 */
target: string, 
/**
 * How it ended: `started`, `succeeded`, `cancelled`, `interrupted`, or the fault's code.
 */
outcome: string, 
/**
 * A short sentence, e.g. the snapshot that was restored.
 */
detail: string, 
/**
 * Digest of the line before; that of the empty text for the first line.
 */
previous: Digest, 
/**
 * Digest over all of the above.
 */
digest: Digest, };

/**
 * Whether the chain holds.
 */
export type AuditVerdict = { 
/**
 * Lines in the trail.
 */
lines: Count, 
/**
 * Digest of the newest line; absent while there is none.
 */
head: Digest | null, 
/**
 * What does not fit, in words; empty where the chain holds.
 */
findings: Array<string>, };

/**
 * What a backup will do, in sentences. Nothing in it was written.
 */
export type BackupPlan = { 
/**
 * Over the databases' identities, journal modes and page sizes, and the verdict on space.
 */
digest: Digest, 
/**
 * The system.
 */
system: Name, 
/**
 * Which instance.
 */
environment: Environment, 
/**
 * What will happen, in order.
 */
steps: Array<string>, 
/**
 * The phases of the job, in order.
 */
phases: Array<Phase>, 
/**
 * Bytes that will be read.
 */
size: Bytes, 
/**
 * How long commits of rollback-journal databases wait, at most; absent where nobody waits.
 */
stall: Millis | null, 
/**
 * True where the stall is above the limit and has to be accepted.
 */
stall_needs_consent: boolean, 
/**
 * Reasons why it would be refused; empty where it can run.
 */
obstacles: Array<string>, 
/**
 * When the figures were read.
 */
as_of: string, };

/**
 * What a backup did.
 */
export type BackupReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * The snapshot, with the levels that it reached.
 */
snapshot: Snapshot, 
/**
 * Time in all.
 */
took: Millis, 
/**
 * How long commits waited; absent where nobody waits.
 */
stall: Millis | null, 
/**
 * What was found while the copy was proved; empty where all is well.
 */
findings: Array<Finding>, };

/**
 * Takes a snapshot of every database of a system and proves it.
 */
export type BackupSystem = { 
/**
 * The system.
 */
system: Name, 
/**
 * The caller's own words, shown in every list.
 */
label?: string, 
/**
 * The plan that was shown; absent to plan and run in one go.
 */
plan?: Digest, 
/**
 * True to accept a stall above the limit.
 */
accept_stall?: boolean, };

/**
 * A size, in bytes.
 */
export type Bytes = number | string;

/**
 * Asks a job to stop, whichever process runs it.
 */
export type CancelJob = { 
/**
 * Its number.
 */
job: JobId, };

/**
 * Stops a query that the same caller numbered.
 */
export type CancelQuery = { 
/**
 * The number.
 */
ticket: number, };

/**
 * One thing that was verified.
 */
export type Check = { 
/**
 * What, e.g. `Integrity`.
 */
what: string, 
/**
 * With which result.
 */
result: string, 
/**
 * How it is.
 */
tone: Tone, 
/**
 * When.
 */
at: string, };

/**
 * Reads a definition and lists everything that is wrong with it.
 */
export type CheckDefinition = { 
/**
 * The folder with `quarterdeck.yaml`.
 */
folder: WirePath, };

/**
 * The three classes of fault.
 */
export type Class = "usage" | "refused" | "failed" | "cancelled" | "bug";

/**
 * One property of the snapshot and of the target.
 */
export type Comparison = { 
/**
 * What is compared, e.g. `Schema`.
 */
what: string, 
/**
 * In the snapshot.
 */
snapshot: string, 
/**
 * In the target.
 */
target: string, 
/**
 * The result in words, e.g. `same`.
 */
result: string, 
/**
 * How it is.
 */
tone: Tone, };

/**
 * One database of a system.
 */
export type Component = { 
/**
 * Ours, never reused: sixteen hexadecimal figures.
 */
id: string, 
/**
 * Its name, unique in the system.
 */
name: Name, 
/**
 * The database file, absolute, symbolic links resolved.
 */
path: WirePath, };

/**
 * A number of things.
 */
export type Count = number | string;

/**
 * Adds a second key to the repository and writes it, with instructions, to a file to print or file away.
 */
export type CreateRecoveryKit = { 
/**
 * The system.
 */
system: Name, 
/**
 * Where to write it; the file must not exist yet.
 */
file: WirePath, };

/**
 * What is true now of one database.
 */
export type DatabaseStatus = { 
/**
 * The system.
 */
system: Name, 
/**
 * The component.
 */
component: Name, 
/**
 * Which instance.
 */
environment: Environment, 
/**
 * The file.
 */
path: WirePath, 
/**
 * The worst of what follows.
 */
tone: Tone, 
/**
 * The measured sentence: proof, time, loss.
 */
truth: string, 
/**
 * What is wrong or missing, worst first.
 */
findings: Array<Finding>, 
/**
 * What a glance at the file says.
 */
verdict: Verdict, 
/**
 * Size of the file; absent where it is missing.
 */
size: Bytes | null, 
/**
 * As SQLite says it.
 */
journal_mode: string | null, 
/**
 * Tables, views not counted.
 */
tables: Count | null, 
/**
 * The newest snapshot that holds it.
 */
last_snapshot: SnapshotBrief | null, 
/**
 * The newest restore that ended with image hash and integrity ok.
 */
last_proof: Proof | null, 
/**
 * Largest gap between the cuts of snapshots in the last seven days, the open one included; absent without snapshots.
 */
loss: Loss | null, 
/**
 * A job that works on it now.
 */
job: JobId | null, };

/**
 * One thing that is wrong in a definition.
 */
export type DefinitionFinding = { 
/**
 * The file.
 */
file: WirePath, 
/**
 * Line, counted from 1.
 */
line: number, 
/**
 * Column, counted from 1, in characters.
 */
column: number, 
/**
 * What, naming the key.
 */
message: string, 
/**
 * What to do, in the imperative.
 */
hint: string, };

/**
 * What `check` found.
 */
export type DefinitionReport = { 
/**
 * The file that was read.
 */
file: WirePath, 
/**
 * The system's name, where it could be read.
 */
name: Name | null, 
/**
 * Everything that is wrong, in the order of the file.
 */
findings: Array<DefinitionFinding>, };

/**
 * How far an inspection goes.
 */
export type Depth = "glance" | "full";

/**
 * Where a restored image goes.
 */
export type Destination = { "kind": "new-file", 
/**
 * Where.
 */
path: WirePath, } | { "kind": "in-place" };

/**
 * SHA-256 in lowercase hexadecimal.
 */
export type Digest = string;

/**
 * An instance of a system.
 */
export type Environment = "development" | "staging" | "production";

/**
 * Something changed; whoever shows it should fetch it again.
 */
export type Event = { "kind": "job", 
/**
 * Which.
 */
id: JobId, } | { "kind": "store" } | { "kind": "query", 
/**
 * The number that the caller gave it.
 */
ticket: number, 
/**
 * How far it is.
 */
progress: Progress, };

/**
 * The doors to the engine.
 */
export type Face = "desktop" | "cli" | "stdio";

/**
 * Why something did not happen, in words that name the thing.
 *
 * `code` is stable and is what programs match on; `message` is one sentence; `hint` is one imperative sentence.
 */
export type Fault = { 
/**
 * Stable kebab-case name of this kind of fault, e.g. `plan-stale`.
 */
code: string, 
/**
 * One sentence that names the thing.
 */
message: string, 
/**
 * One imperative sentence: what to do next.
 */
hint: string, 
/**
 * Named values behind the sentence (paths, counts, owners).
 */
facts?: Record<string, unknown>, 
/**
 * Who has to change something for it to work.
 */
class: Class, 
/**
 * True where the same call may succeed later without anybody changing anything.
 */
retry: boolean, };

/**
 * One thing that was found.
 */
export type Finding = { 
/**
 * How it is now.
 */
tone: Tone, 
/**
 * What, in plain words, naming tables and pages.
 */
what: string, 
/**
 * What to do next, in the imperative; empty where there is nothing to do.
 */
next: string, };

/**
 * Rows of one table whose parent does not exist.
 */
export type ForeignKeyViolation = { 
/**
 * The table with the orphaned rows.
 */
table: string, 
/**
 * The table they point to.
 */
parent: string, 
/**
 * How many rows.
 */
rows: Count, };

/**
 * Takes a system off the list. Its database and its snapshots stay where they are.
 */
export type ForgetSystem = { 
/**
 * Its name.
 */
system: Name, };

/**
 * One job.
 */
export type GetJob = { 
/**
 * Its number.
 */
job: JobId, };

/**
 * Every database on one page.
 */
export type GetOverview = Record<symbol, never>;

/**
 * Who asks, with which roles, on which host.
 */
export type GetSession = Record<symbol, never>;

/**
 * One system.
 */
export type GetSystem = { 
/**
 * Its name.
 */
system: Name, };

/**
 * One grant.
 */
export type Grant = { 
/**
 * The operating system's user.
 */
who: string, 
/**
 * The role.
 */
role: Role, 
/**
 * Who granted it.
 */
granted_by: string, 
/**
 * When.
 */
at: string, };

/**
 * Grants a role.
 */
export type GrantRole = { 
/**
 * The operating system's user.
 */
who: string, 
/**
 * The role.
 */
role: Role, };

/**
 * The database header. Source: <https://www.sqlite.org/fileformat2.html#the_database_header>.
 */
export type Header = { 
/**
 * Bytes a page, 512 to 65,536.
 */
page_size: number, 
/**
 * Pages, as the header says (0 where written by a version before 3.7.0).
 */
page_count: number, 
/**
 * Unused pages.
 */
freelist_count: number, 
/**
 * Bytes at the end of each page that SQLite leaves to extensions.
 */
reserved_bytes: number, 
/**
 * `utf-8`, `utf-16le` or `utf-16be`.
 */
encoding: string, 
/**
 * Whose file it is (`PRAGMA application_id`).
 */
application_id: number, 
/**
 * The application's own version of its schema.
 */
user_version: number, 
/**
 * Counts schema changes.
 */
schema_cookie: number, 
/**
 * Counts transactions (not in WAL mode).
 */
change_counter: number, 
/**
 * The SQLite that wrote it last, e.g. `3.46.1`.
 */
written_by: string, };

/**
 * A process that has the file open.
 */
export type Holder = { 
/**
 * Its id.
 */
pid: number, 
/**
 * Its name.
 */
command: string, 
/**
 * What it does with the file, in words: `open`, `reading`, `writing`, `exclusive`.
 */
does: string, 
/**
 * What happens to it, in words.
 */
then: string, 
/**
 * How it is.
 */
tone: Tone, };

/**
 * Looks at any file and says what it is. Writes nothing and leaves nothing behind.
 */
export type InspectFile = { 
/**
 * The file.
 */
path: WirePath, 
/**
 * How far to go.
 */
depth?: Depth, };

/**
 * The truth about a file, as of one moment.
 */
export type Inspection = { 
/**
 * The file, as it was asked for.
 */
path: WirePath, 
/**
 * One word.
 */
verdict: Verdict, 
/**
 * One sentence for people.
 */
sentence: string, 
/**
 * What was found, worst first.
 */
findings: Array<Finding>, 
/**
 * Size of the main file.
 */
size: Bytes, 
/**
 * The 100 bytes at the start, where they are those of a database.
 */
header: Header | null, 
/**
 * As SQLite says it: `wal`, `delete`, …
 */
journal_mode: string | null, 
/**
 * Settings that are stored in the file, by pragma.
 */
pragmas: { [key in string]: string }, 
/**
 * Tables, views, and virtual tables, by name.
 */
tables: Array<TableFacts>, 
/**
 * Rows whose foreign keys point nowhere, by table.
 */
foreign_key_violations: Array<ForeignKeyViolation>, 
/**
 * What cannot be checked here, and why (unknown collations, functions, modules).
 */
unchecked: Array<string>, 
/**
 * Files beside it that belong to it.
 */
sidecars: Array<Sidecar>, 
/**
 * How far this inspection went.
 */
depth: Depth, 
/**
 * SHA-256 over the schema (see `sqlite::fingerprint`).
 */
schema_fingerprint: Digest | null, 
/**
 * When it was looked at.
 */
as_of: string, 
/**
 * How long the look took.
 */
took: Millis, };

/**
 * A job, as the store knows it.
 */
export type Job = { 
/**
 * Its number.
 */
id: JobId, 
/**
 * The operation, e.g. `restore_component`.
 */
operation: string, 
/**
 * What it does, for people, e.g. `Restore reputation/main in place`.
 */
title: string, 
/**
 * What it works on.
 */
target: Target | null, 
/**
 * Which instance that is.
 */
environment: Environment | null, 
/**
 * Where it stands.
 */
state: JobState, 
/**
 * Its phases, in order.
 */
phases: Array<PhaseRun>, 
/**
 * How far the present phase is.
 */
progress: Progress | null, 
/**
 * Who asked.
 */
who: string, 
/**
 * Through which door.
 */
face: Face, 
/**
 * When it was accepted.
 */
created_at: string, 
/**
 * When it ended.
 */
finished_at: string | null, 
/**
 * What it returned, once it succeeded; its shape is that of the operation.
 */
report: unknown, 
/**
 * Why it did not succeed.
 */
fault: Fault | null, 
/**
 * What recovery did for it after its process had ended.
 */
recovery: string | null, };

/**
 * A job's number in its store, counted from 1.
 */
export type JobId = number;

/**
 * queued → running → (cancelling) → succeeded | failed | cancelled | interrupted.
 */
export type JobState = "queued" | "running" | "cancelling" | "succeeded" | "failed" | "cancelled" | "interrupted";

/**
 * The answer to a request for a job.
 */
export type JobTicket = { 
/**
 * The job's number.
 */
job: JobId, };

/**
 * How strongly a snapshot is known to be good, weakest first.
 */
export type Level = "present" | "read" | "opens" | "integrity-ok" | "data-matches" | "drilled";

/**
 * A level, and when it was reached.
 */
export type LevelReached = { 
/**
 * The level.
 */
level: Level, 
/**
 * When it was last reached.
 */
at: string, };

/**
 * Lists lines of the audit trail, newest first.
 */
export type ListAudit = { 
/**
 * Only lines with a smaller number; absent for the newest.
 */
before?: number, 
/**
 * At most so many lines (1 to 1,000; 200 where absent).
 */
limit?: number, };

/**
 * Lists jobs, newest first.
 */
export type ListJobs = { 
/**
 * Only those of one system.
 */
system?: Name, 
/**
 * Only those that have not ended.
 */
unfinished?: boolean, 
/**
 * At most so many (1 to 1,000; 100 where absent).
 */
limit?: number, };

/**
 * Lists who was granted what.
 */
export type ListRoles = Record<symbol, never>;

/**
 * Lists the snapshots of a system.
 */
export type ListSnapshots = { 
/**
 * The system.
 */
system: Name, };

/**
 * How much of the past could be lost.
 */
export type Loss = { 
/**
 * The largest gap.
 */
largest: Millis, 
/**
 * True where the largest is the one from the newest snapshot until now.
 */
open: boolean, 
/**
 * Snapshots that were considered; one says nothing about a rhythm.
 */
snapshots: Count, };

/**
 * `manifest.json` of a snapshot.
 */
export type Manifest = { 
/**
 * Version of this format: 1.
 */
format: number, 
/**
 * The Quarterdeck that wrote it.
 */
tool: string, 
/**
 * The system.
 */
system: Name, 
/**
 * The host's name.
 */
host: string, 
/**
 * Who asked.
 */
who: string, 
/**
 * Why.
 */
reason: Reason, 
/**
 * The caller's own words.
 */
label: string | null, 
/**
 * Head of the audit chain when the snapshot was taken, so that a rewritten chain shows.
 */
audit_head: Digest | null, 
/**
 * The moment whose state it holds.
 */
cut_at: string, 
/**
 * Largest distance between the cuts of two components, in milliseconds; zero with the barrier, or with one component.
 */
skew: Millis, 
/**
 * What it holds.
 */
components: Array<ManifestComponent>, };

/**
 * One image in a snapshot.
 */
export type ManifestComponent = { 
/**
 * The component's id in the store that took it.
 */
id: string, 
/**
 * The component's name.
 */
name: Name, 
/**
 * The file's name when it was taken.
 */
file: string, 
/**
 * When this component was cut.
 */
cut_at: string, 
/**
 * Size of the image.
 */
size: Bytes, 
/**
 * Bytes a page.
 */
page_size: number, 
/**
 * Pages.
 */
page_count: Count, 
/**
 * `PRAGMA application_id`.
 */
application_id: number, 
/**
 * `PRAGMA user_version`.
 */
user_version: number, 
/**
 * Journal mode of the live file: `wal`, `delete`, …
 */
journal_mode: string, 
/**
 * SHA-256 over the schema (see `sqlite::fingerprint`).
 */
schema_fingerprint: Digest, 
/**
 * SHA-256 over the image, byte for byte.
 */
sha256: Digest, 
/**
 * Rows by table, measured from the copy; absent until measured.
 */
rows: { [key in string]: Count } | null, 
/**
 * When the rows were counted.
 */
rows_at: string | null, };

/**
 * A duration, in milliseconds.
 */
export type Millis = number | string;

/**
 * The name of a system or component: 1 to 63 characters, lowercase letters, digits, `.`, `_` and `-`, beginning with a letter or digit.
 */
export type Name = string;

/**
 * What was promised for a scenario.
 */
export type Objective = { 
/**
 * The scenario, e.g. `database corruption`.
 */
scenario: string, 
/**
 * Recovery time objective: how long it may take to be back.
 */
rto: Millis, 
/**
 * Recovery point objective: how much of the past may be lost.
 */
rpo: Millis, };

/**
 * Every database, worst first.
 */
export type Overview = { 
/**
 * One line for each database.
 */
databases: Array<DatabaseStatus>, 
/**
 * When they were looked at.
 */
as_of: string, };

/**
 * One part of a job, announced by its plan.
 */
export type Phase = { 
/**
 * Short name, e.g. `Write the image beside the target`.
 */
name: string, 
/**
 * What happens in it, one line.
 */
note: string, 
/**
 * False from the point on where Cancel no longer stops the job.
 */
cancellable: boolean, };

/**
 * A phase of a job that runs or ran.
 */
export type PhaseRun = { 
/**
 * When it began.
 */
started_at: string | null, 
/**
 * When it ended.
 */
finished_at: string | null, 
/**
 * Short name, e.g. `Write the image beside the target`.
 */
name: string, 
/**
 * What happens in it, one line.
 */
note: string, 
/**
 * False from the point on where Cancel no longer stops the job.
 */
cancellable: boolean, };

/**
 * A phase, and how long it took.
 */
export type PhaseTime = { 
/**
 * The phase's name.
 */
name: string, 
/**
 * How long it took.
 */
took: Millis, };

/**
 * What a backup would do.
 */
export type PlanBackup = { 
/**
 * The system.
 */
system: Name, };

/**
 * What a restore would do.
 */
export type PlanRestore = { 
/**
 * The system, and the component where it has several.
 */
target: Target, 
/**
 * A snapshot's identifier, its first figures, or `latest`.
 */
snapshot: string, 
/**
 * Where to.
 */
destination: Destination, };

/**
 * What undoing a restore would do, and which later commits it would lose.
 */
export type PlanUndo = { 
/**
 * The restore, or the undo, to take back.
 */
job: JobId, };

/**
 * How far the present phase is.
 */
export type Progress = { 
/**
 * Done so far, in `unit`.
 */
done: Count, 
/**
 * In all; absent where it is not known.
 */
total: Count | null, 
/**
 * What is counted.
 */
unit: Unit, };

/**
 * A restore that proved a snapshot.
 */
export type Proof = { 
/**
 * When.
 */
at: string, 
/**
 * How long it took.
 */
took: Millis, 
/**
 * The level that it reached.
 */
level: Level, 
/**
 * The snapshot.
 */
snapshot: SnapshotId, 
/**
 * The job whose report shows it.
 */
job: JobId, };

/**
 * Why a snapshot was taken.
 */
export type Reason = "manual" | "safety";

/**
 * Where the kit is.
 */
export type RecoveryKit = { 
/**
 * The file, readable by this user only.
 */
file: WirePath, 
/**
 * When it was made.
 */
made_at: string, };

/**
 * Where copies live.
 */
export type RepositoryFacts = { 
/**
 * The folder.
 */
path: WirePath, 
/**
 * False until the first backup, and when it was removed.
 */
exists: boolean, 
/**
 * The file that holds its password; the value never leaves the engine.
 */
password_file: WirePath, 
/**
 * Free space on its disk.
 */
free: Bytes | null, 
/**
 * When a recovery kit was last made.
 */
kit_at: string | null, };

/**
 * Restores one component from a snapshot, to a new file or into the live one.
 */
export type RestoreComponent = { 
/**
 * The system, and the component where it has several.
 */
target: Target, 
/**
 * A snapshot's identifier, its first figures, or `latest`.
 */
snapshot: string, 
/**
 * Where to.
 */
destination: Destination, 
/**
 * The digest of the plan that was shown.
 */
plan: Digest, 
/**
 * The word that was typed, where the plan asks for one.
 */
confirm?: string, };

/**
 * What a restore will do, in sentences and figures. Nothing in it was written.
 */
export type RestorePlan = { 
/**
 * Over identity, snapshot, manifest, schema, page size, journal mode and the verdict on space.
 */
digest: Digest, 
/**
 * The target.
 */
target: Target, 
/**
 * Which instance that is.
 */
environment: Environment, 
/**
 * The snapshot.
 */
snapshot: SnapshotId, 
/**
 * The moment that comes back.
 */
cut_at: string, 
/**
 * Where to.
 */
destination: Destination, 
/**
 * The file that will be written.
 */
path: WirePath, 
/**
 * What will happen, in order.
 */
steps: Array<string>, 
/**
 * The phases of the job, in order.
 */
phases: Array<Phase>, 
/**
 * Snapshot and target, side by side.
 */
comparison: Array<Comparison>, 
/**
 * Tables whose row counts differ, as of `as_of`.
 */
changes: Array<TableChange>, 
/**
 * Who has the live file open, as of `as_of`.
 */
holders: Array<Holder>, 
/**
 * Time between the cut and now: what is lost in place.
 */
loss: Millis | null, 
/**
 * Reasons why applying this plan would be refused; empty where it can be applied.
 */
obstacles: Array<string>, 
/**
 * The word that has to be typed; absent where none is asked for.
 */
confirm: Name | null, 
/**
 * Recovery time and point that were promised, where a definition promises them.
 */
rto: Millis | null, 
/**
 * See `rto`.
 */
rpo: Millis | null, 
/**
 * When the figures that are not in the digest were read.
 */
as_of: string, };

/**
 * What a restore did. Everything in it was measured.
 */
export type RestoreReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * The target.
 */
target: Target, 
/**
 * Which instance that is.
 */
environment: Environment, 
/**
 * The snapshot.
 */
snapshot: SnapshotId, 
/**
 * The moment that came back.
 */
cut_at: string, 
/**
 * Where to.
 */
destination: Destination, 
/**
 * The file that was written.
 */
path: WirePath, 
/**
 * What was verified, in order.
 */
checks: Array<Check>, 
/**
 * Time from the start of the job to its end.
 */
took: Millis, 
/**
 * Where the time went.
 */
phases: Array<PhaseTime>, 
/**
 * Pages that differed and were written; in place only.
 */
pages_written: Count | null, 
/**
 * Pages of the image.
 */
pages: Count, 
/**
 * How long writers waited; in place only.
 */
lock_held: Millis | null, 
/**
 * Size of the image.
 */
size: Bytes, 
/**
 * Time between the cut and the entry; in place only.
 */
loss: Millis | null, 
/**
 * What was promised.
 */
rto: Millis | null, 
/**
 * What was promised.
 */
rpo: Millis | null, 
/**
 * The way back; in place only.
 */
undo: UndoOffer | null, 
/**
 * Digest of everything above, as it was when the job ended: with Undo not used yet.
 */
evidence: Digest, };

/**
 * Takes a role away.
 */
export type RevokeRole = { 
/**
 * The operating system's user.
 */
who: string, 
/**
 * The role.
 */
role: Role, };

/**
 * What a person may do. Granted in the store, checked in the engine.
 */
export type Role = "viewer" | "operator" | "approver";

/**
 * The caller as the engine sees it.
 */
export type Session = { 
/**
 * The operating system's user.
 */
who: string, 
/**
 * What the store grants.
 */
roles: Array<Role>, 
/**
 * Through which door.
 */
face: Face, 
/**
 * This host's name.
 */
host: string, 
/**
 * Where the engine keeps its own things.
 */
home: WirePath, 
/**
 * The program's version.
 */
version: string, 
/**
 * What recovery did when the engine started, one sentence for each interrupted job.
 */
recovered: Array<string>, };

/**
 * A file beside the database that belongs to it.
 */
export type Sidecar = { 
/**
 * `-wal`, `-shm` or `-journal`.
 */
suffix: string, 
/**
 * Its size.
 */
size: Bytes, 
/**
 * What it means, in a sentence.
 */
meaning: string, };

/**
 * One verified copy of a system.
 */
export type Snapshot = { 
/**
 * Its identifier.
 */
id: SnapshotId, 
/**
 * The manifest inside it.
 */
manifest: Manifest, 
/**
 * Levels reached so far, weakest first.
 */
levels: Array<LevelReached>, 
/**
 * What it added to the repository, compressed and encrypted.
 */
added: Bytes, 
/**
 * Never forgotten before this moment.
 */
pinned_until: string | null, };

/**
 * A snapshot in one line.
 */
export type SnapshotBrief = { 
/**
 * Its identifier.
 */
id: SnapshotId, 
/**
 * The moment whose state it holds.
 */
cut_at: string, 
/**
 * The strongest level that it reached.
 */
level: Level, };

/**
 * The repository's identifier: 64 hexadecimal figures. People may name a snapshot by its first eight.
 */
export type SnapshotId = string;

/**
 * The snapshots of a system, newest first.
 */
export type SnapshotList = { 
/**
 * Newest first.
 */
snapshots: Array<Snapshot>, 
/**
 * When the repository was read.
 */
as_of: string, };

/**
 * A system as registered in the store.
 */
export type System = { 
/**
 * Its name, unique in the store.
 */
name: Name, 
/**
 * Which instance this is.
 */
environment: Environment, 
/**
 * Who answers for it, where the definition says so.
 */
owner: string | null, 
/**
 * The folder with `quarterdeck.yaml`; absent for a lone file.
 */
folder: WirePath | null, 
/**
 * What it is made of, in the definition's order.
 */
components: Array<Component>, 
/**
 * What was promised.
 */
objectives: Array<Objective>, 
/**
 * Where its snapshots live (a folder).
 */
repository: WirePath, 
/**
 * Where the repository's password is found (`file:PATH` or `env:VARIABLE`); absent for a file that the engine keeps.
 */
password: string | null, 
/**
 * When it was added.
 */
added_at: string, };

/**
 * One system with everything that is known without reading its databases whole.
 */
export type SystemDetail = { 
/**
 * As registered.
 */
system: System, 
/**
 * Its databases.
 */
databases: Array<DatabaseStatus>, 
/**
 * Its repository.
 */
repository: RepositoryFacts, 
/**
 * Findings in its definition; empty for a lone file.
 */
definition: Array<DefinitionFinding>, 
/**
 * When it was looked at.
 */
as_of: string, };

/**
 * Row counts of one table.
 */
export type TableChange = { 
/**
 * The table.
 */
table: string, 
/**
 * Rows in the live database; absent where the table does not exist there.
 */
live: Count | null, 
/**
 * Rows in the snapshot; absent where the table does not exist there.
 */
snapshot: Count | null, };

/**
 * One table, view or virtual table.
 */
export type TableFacts = { 
/**
 * Its name.
 */
name: string, 
/**
 * `table`, `view` or `virtual`.
 */
kind: string, 
/**
 * Its rows; absent where not counted (a glance, a view, a damaged table).
 */
rows: Count | null, };

/**
 * `SYSTEM` or `SYSTEM/COMPONENT`, as people write it.
 */
export type Target = string;

/**
 * How it is now. The word behind every mark in every face.
 */
export type Tone = "critical" | "attention" | "unknown" | "working" | "ok";

/**
 * The way back from a restore in place.
 */
export type UndoOffer = { 
/**
 * The job to undo.
 */
job: JobId, 
/**
 * The state that would come back.
 */
state_of: string, 
/**
 * The safety snapshot; absent where the old files were moved aside because SQLite could not open them.
 */
snapshot: SnapshotId | null, 
/**
 * Until when it is kept.
 */
until: string, 
/**
 * True once it was used.
 */
used: boolean, };

/**
 * Brings back the state from before a restore in place.
 */
export type UndoRestore = { 
/**
 * The restore, or the undo, to take back.
 */
job: JobId, 
/**
 * The digest of the plan that was shown.
 */
plan: Digest, 
/**
 * The word that was typed, where the plan asks for one.
 */
confirm?: string, };

/**
 * What progress counts.
 */
export type Unit = "bytes" | "pages" | "tables" | "steps";

/**
 * What a file is, in one word.
 */
export type Verdict = "healthy" | "damaged" | "not-a-database" | "empty" | "encrypted" | "locked" | "unreadable";

/**
 * Recomputes every digest of the audit trail.
 */
export type VerifyAudit = Record<symbol, never>;

/**
 * A path that survives JSON whatever its bytes.
 */
export type WirePath = string;

/** Every operation of the engine. The response of a job is what it reports once it has succeeded; the call itself answers with a JobTicket. */
export interface Operations {
  /** Says who asks, with which roles, on which host, and what recovery did at the start. */
  get_session: { kind: "query"; request: GetSession; response: Session };
  /** Says what a file is: healthy, damaged, not a database, empty, encrypted, locked or unreadable, and why. */
  inspect_file: { kind: "query"; request: InspectFile; response: Inspection };
  /** Stops a query that is still reading; one that has ended is left alone. */
  cancel_query: { kind: "command"; request: CancelQuery; response: null };
  /** Registers a database file, or a folder with quarterdeck.yaml, as a system. Writes nothing to either. */
  add_system: { kind: "command"; request: AddSystem; response: System };
  /** Takes a system off the list; its database, snapshots and key stay where they are. */
  forget_system: { kind: "command"; request: ForgetSystem; response: null };
  /** Every database in one line, worst first: what is true now, newest snapshot, newest proof, findings. */
  get_overview: { kind: "query"; request: GetOverview; response: Overview };
  /** One system: its databases, objectives, repository and definition. */
  get_system: { kind: "query"; request: GetSystem; response: SystemDetail };
  /** Reads a definition strictly and lists everything that is wrong with it, with file, line and column. */
  check_definition: { kind: "query"; request: CheckDefinition; response: DefinitionReport };
  /** Says what a backup will do, how much it reads, and how long writers would wait. */
  plan_backup: { kind: "query"; request: PlanBackup; response: BackupPlan };
  /** Takes an encrypted snapshot of every database of a system while they go on working, and reads it back. */
  backup_system: { kind: "job"; request: BackupSystem; response: BackupReport };
  /** Lists the snapshots of a system, newest first, with the levels that each has reached. */
  list_snapshots: { kind: "query"; request: ListSnapshots; response: SnapshotList };
  /** Adds a second key to a repository and writes it, with instructions for plain restic, to a file to print. */
  create_recovery_kit: { kind: "command"; request: CreateRecoveryKit; response: RecoveryKit };
  /** Says what a restore will do, what would be lost, who has the file open, and what has to be typed. */
  plan_restore: { kind: "query"; request: PlanRestore; response: RestorePlan };
  /** Restores a component from a snapshot: to a new file, or into the live file with a way back. */
  restore_component: { kind: "job"; request: RestoreComponent; response: RestoreReport };
  /** Says what undoing a restore will do, and which later commits it would lose. */
  plan_undo: { kind: "query"; request: PlanUndo; response: RestorePlan };
  /** Brings back the state from before a restore in place; it can be undone in turn. */
  undo_restore: { kind: "job"; request: UndoRestore; response: RestoreReport };
  /** Lists jobs of every process on this store, newest first. */
  list_jobs: { kind: "query"; request: ListJobs; response: Array<Job> };
  /** One job: its phases, progress, report or fault. */
  get_job: { kind: "query"; request: GetJob; response: Job };
  /** Asks a job to stop. Refused once it has passed the point from which it finishes. */
  cancel_job: { kind: "command"; request: CancelJob; response: null };
  /** Lists who was granted which role, by whom and when. Whoever can open the store is a viewer. */
  list_roles: { kind: "query"; request: ListRoles; response: Array<Grant> };
  /** Grants a role to a user of this machine. */
  grant_role: { kind: "command"; request: GrantRole; response: null };
  /** Takes a role away. The last operator cannot be revoked: nobody could grant again. */
  revoke_role: { kind: "command"; request: RevokeRole; response: null };
  /** Lists the audit trail, newest first: who did what, through which door, to what, with which outcome. */
  list_audit: { kind: "query"; request: ListAudit; response: Array<AuditLine> };
  /** Recomputes the digest of every line and compares the chain with the heads that snapshots carry. */
  verify_audit: { kind: "query"; request: VerifyAudit; response: AuditVerdict };
}
