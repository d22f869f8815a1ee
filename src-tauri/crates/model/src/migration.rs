//! Migrations: what the files say, what the database remembers, and what both come to.

mod trial;

use serde::{Deserialize, Serialize};

pub use self::trial::*;
use crate::{
    Bytes, Count, Digest, Instant, Millis, WirePath,
    inspection::Tone,
    job::Phase,
    readiness::GateNotice,
    restore::{Check, Holder, PhaseTime, UndoOffer},
    system::{Environment, Name, Target},
};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Position {
    /// Its path from the folder of migrations.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

/// How files of migrations are named and parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Layout {
    /// `001_name.sql`, and nothing more.
    Plain,
    /// `00001_name.sql` with `-- +goose Up`.
    Goose,
    /// `20151129054053_name.sql` with `-- migrate:up`.
    Dbmate,
    /// `000001_name.up.sql` and `.down.sql`, or `_up.sql` and `_down.sql`.
    GolangMigrate,
    /// `V1__name.sql`, `U1__`, `R__`, `B1__`.
    Flyway,
    /// `V1__name.sql` or `U1__name.sql`, both upward; no way down.
    Refinery,
    /// `20210101120000_name.sql`, or `.up.sql` and `.down.sql`.
    Sqlx,
    /// `2018-01-14-171611_name/up.sql` and `down.sql`.
    Diesel,
}

/// Whose history a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Tool {
    /// `goose_db_version`.
    Goose,
    /// `schema_migrations(version)`, text.
    Dbmate,
    /// `schema_migrations(version, dirty)`.
    GolangMigrate,
    /// `flyway_schema_history`.
    Flyway,
    /// `refinery_schema_history`.
    Refinery,
    /// `_sqlx_migrations`.
    Sqlx,
    /// `__diesel_schema_migrations`.
    Diesel,
    /// `DATABASECHANGELOG`.
    Liquibase,
    /// `atlas_schema_revisions`.
    Atlas,
    /// `alembic_version`.
    Alembic,
    /// `schema_migrations(version)` beside `ar_internal_metadata`.
    Rails,
    /// `django_migrations`.
    Django,
    /// `_prisma_migrations`.
    Prisma,
    /// `knex_migrations`.
    Knex,
    /// `__drizzle_migrations`.
    Drizzle,
    /// `PRAGMA user_version`, the number of migrations that were applied, as rusqlite_migration keeps it.
    UserVersion,
}

/// What a connection is set to before a migration begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ConnectionSettings {
    /// `PRAGMA foreign_keys`.
    pub foreign_keys: bool,
    /// `PRAGMA recursive_triggers`.
    pub recursive_triggers: bool,
    /// Whether `"text"` may stand for a string where no column has that name.
    pub double_quoted_strings: bool,
    /// Why, e.g. `as goose has them`, `set in quarterdeck.yaml`.
    pub reason: String,
}

/// What has become of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum MigrationState {
    /// It was applied, here or by another tool.
    Applied,
    /// It is covered by a baseline; nobody ran it here.
    Baseline,
    /// It will be applied next.
    Pending,
    /// It is not applied, but a later one is.
    OutOfOrder,
    /// It was applied, and its file is gone.
    Missing,
    /// It was applied, and its statements are others now.
    Modified,
    /// It was applied, its file is gone, and its version is later than that of every file: a newer release wrote it.
    Future,
    /// It stopped half-way, outside a transaction.
    Failed,
    /// Nobody knows: the database has tables, and no history that can be read.
    Unknown,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationLine {
    /// As the file, or else the history, writes it.
    pub version: String,
    /// Without version and endings.
    pub name: String,
    /// Its files, up before down; empty where they are gone.
    pub files: Vec<String>,
    /// True for one that runs again whenever it changes.
    pub repeatable: bool,
    /// What has become of it.
    pub state: MigrationState,
    /// How that is.
    pub tone: Tone,
    /// State, moment and remarks in one line, e.g. `applied; a comment has changed since, the statements are the same`.
    pub sentence: String,
    /// True where the bytes differ from those that were applied and the statements do not.
    pub bytes_changed: bool,
    /// When it was applied.
    pub applied_at: Option<Instant>,
    /// By whom.
    pub who: Option<String>,
    /// How long it took.
    pub took: Option<Millis>,
    /// The tool whose history says so; absent for our own ledger.
    pub tool: Option<Tool>,
    /// Statements of the way up.
    pub statements: Count,
    /// Over the bytes of its files.
    pub bytes_sha256: Option<Digest>,
    /// Over its statements.
    pub statements_sha256: Option<Digest>,
    /// True where there is a way down, in the file or in the ledger.
    pub has_down: bool,
    /// How it runs, where that is not inside a transaction of ours as it is.
    pub transaction: Option<String>,
    /// What lint says of it, waived marks included.
    pub marks: Vec<LintMark>,
}

/// A file that is not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct UnusedFile {
    /// Its path from the folder.
    pub file: String,
    /// Why not, e.g. `no version in the name`.
    pub reason: String,
}

/// Something that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Problem {
    /// Stable kebab-case name, e.g. `two-files-one-version`.
    pub code: String,
    /// Where; absent where it is about the folder.
    pub at: Option<Position>,
    /// One sentence.
    pub message: String,
    /// One imperative sentence.
    pub hint: String,
}

/// How grave a lint mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Severity {
    /// It will fail, or lose something: a plan is refused until it is waived.
    Error,
    /// Somebody should look.
    Warning,
    /// Good to know.
    Note,
}

/// One finding of lint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LintMark {
    /// Stable, e.g. `QD-L12`.
    pub code: String,
    /// How grave.
    pub severity: Severity,
    /// The version of its migration.
    pub version: String,
    /// Where it begins.
    pub at: Position,
    /// The last line of the statement.
    pub end_line: u32,
    /// What was found, naming tables and columns.
    pub what: String,
    /// Why that matters.
    pub why: String,
    /// How to write it.
    pub instead: String,
    /// The reason of its waiver.
    pub waived: Option<String>,
}

/// A history that another tool has left in the database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct FoundHistory {
    /// Whose.
    pub tool: Tool,
    /// In which table.
    pub table: String,
    /// Entries that count as applied.
    pub applied: Count,
    /// The latest version in it.
    pub latest: Option<String>,
    /// Entries whose checksum was compared and agrees; absent where the tool keeps none that can be computed.
    pub checked: Option<Count>,
    /// What is worth knowing, e.g. `dirty at 7`.
    pub remarks: Vec<String>,
    /// True where our ledger has taken it over.
    pub adopted: bool,
}

/// The timeline of a database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationList {
    /// Absent for a file that is not registered.
    pub target: Option<Target>,
    /// The database.
    pub database: WirePath,
    /// The folder.
    pub folder: WirePath,
    /// Its layout.
    pub layout: Layout,
    /// Why that one.
    pub layout_reason: String,
    /// The name of our ledger.
    pub ledger: String,
    /// True where the database has one.
    pub has_ledger: bool,
    /// What other tools have left.
    pub histories: Vec<FoundHistory>,
    /// What a connection will be set to.
    pub settings: ConnectionSettings,
    /// One sentence, e.g. `7 applied, 2 pending; the live database is at 007.`
    pub sentence: String,
    /// How it is.
    pub tone: Tone,
    /// The latest applied version.
    pub current: Option<String>,
    /// In the order of the files; what has none stands where its version belongs.
    pub lines: Vec<MigrationLine>,
    /// Files that are not used.
    pub unused: Vec<UnusedFile>,
    /// What stands in the way.
    pub problems: Vec<Problem>,
    /// The newest rehearsal, and whether it still holds.
    pub rehearsal: Option<RehearsalStanding>,
    /// The lease of somebody who works on it now, in words with its age.
    pub busy: Option<String>,
    /// When it was read.
    pub as_of: Instant,
}

/// The text of one migration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationText {
    /// Its version.
    pub version: String,
    /// Its files with their texts, at most a megabyte each.
    pub files: Vec<MigrationFile>,
    /// What the ledger says of this version, oldest first.
    pub entries: Vec<LedgerLine>,
}

/// A file and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationFile {
    /// Its path from the folder.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Its size, in bytes of the file.
    pub size: Bytes,
    /// True where only the beginning is here.
    pub cut: bool,
}

/// What kind of thing the ledger records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum LedgerKind {
    /// Its statements ran.
    Applied,
    /// Its way down ran.
    Reverted,
    /// It counts as applied without having run.
    Baseline,
    /// Another tool's history says that it was applied.
    Adopted,
    /// Its file as it is now is declared to be what was applied.
    Reblessed,
    /// It runs outside a transaction, or did when its process ended.
    Started,
    /// It stopped half-way, outside a transaction.
    Failed,
}

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LedgerLine {
    /// The version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// What happened.
    pub kind: LedgerKind,
    /// When.
    pub at: Instant,
    /// How long it took.
    pub took: Option<Millis>,
    /// Who.
    pub who: String,
    /// Statements in all, and how many were done.
    pub statements: Count,
    /// See `statements`.
    pub done: Count,
    /// Over the bytes.
    pub bytes_sha256: Option<Digest>,
    /// Over the statements.
    pub statements_sha256: Option<Digest>,
    /// The way down as it was then.
    pub down_sql: Option<String>,
    /// Whose history it was taken from.
    pub tool: Option<Tool>,
    /// Why, where a person gave a reason.
    pub reason: Option<String>,
    /// The same for every row of one apply.
    pub run: String,
}

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Direction {
    /// Applies.
    Up,
    /// Takes back by the down scripts.
    Down,
}

/// What is wanted of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum MigrationWish {
    /// Everything that is pending.
    All,
    /// Up to this version, itself included.
    To {
        /// Which.
        version: String,
    },
    /// This one alone.
    One {
        /// Which.
        version: String,
    },
    /// Back by this many, or to a version, which stays.
    Down {
        /// How many; 1 where neither is given.
        #[serde(default)]
        #[cfg_attr(feature = "bindings", ts(optional))]
        steps: Option<u32>,
        /// The version that stays.
        #[serde(default)]
        #[cfg_attr(feature = "bindings", ts(optional))]
        to: Option<String>,
    },
}

/// Migrations that commit together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationBatch {
    /// Their versions, in running order.
    pub versions: Vec<String>,
    /// False for a batch of one that runs without a transaction.
    pub atomic: bool,
    /// What a kill or a failure inside it leaves.
    pub sentence: String,
}

/// What applying would do. Nothing in it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationPlan {
    /// Over identity, schema, ledger and histories, files with both hashes, settings, batches, journal mode and the verdict on space.
    pub digest: Digest,
    /// Absent for a file that is not registered: then it can be looked at only.
    pub target: Option<Target>,
    /// Which instance that is.
    pub environment: Environment,
    /// The database.
    pub database: WirePath,
    /// Up or down.
    pub direction: Direction,
    /// What commits together, in order.
    pub batches: Vec<MigrationBatch>,
    /// What will happen, in order.
    pub steps: Vec<String>,
    /// The phases of the job.
    pub phases: Vec<Phase>,
    /// What the connection is set to.
    pub settings: ConnectionSettings,
    /// What lint says of these migrations.
    pub marks: Vec<LintMark>,
    /// How long writers may wait: reading the safety image, and the migrations as rehearsed; absent where nobody rehearsed them.
    pub writers_wait: Option<Millis>,
    /// Of that, reading the safety image.
    pub safety_wait: Millis,
    /// True where `safety_wait` needs the caller's consent.
    pub wait_needs_consent: bool,
    /// Disk that is needed: safety image and log.
    pub disk: Bytes,
    /// The newest rehearsal of exactly these migrations, else of others, and why it does not hold for these.
    pub rehearsal: Option<RehearsalStanding>,
    /// Who has the file open, as of `as_of`.
    pub holders: Vec<Holder>,
    /// Reasons why applying would be refused; empty where it can be applied.
    pub obstacles: Vec<String>,
    /// The word that has to be typed.
    pub confirm: Option<Name>,
    /// What the gate says that protects it, as of `as_of`; absent where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub gate: Option<GateNotice>,
    /// When the figures that are not in the digest were read.
    pub as_of: Instant,
}

/// One migration that ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationRan {
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// Statements that ran.
    pub statements: Count,
    /// How long they took, without the commit.
    pub took: Millis,
    /// Rows that were inserted, changed and deleted.
    pub rows_changed: Count,
}

/// A statement that failed. It is the fact `failure` of the fault `migration-failed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct StatementFailure {
    /// Whose.
    pub version: String,
    /// Where SQLite points, or else where the statement begins.
    pub at: Position,
    /// Its number in the migration, from 1.
    pub statement: Count,
    /// Of how many.
    pub of: Count,
    /// The line, with the one before and the two after.
    pub snippet: String,
    /// SQLite's own words.
    pub message: String,
    /// SQLite's extended result code.
    pub code: i32,
    /// Versions that had been committed before.
    pub committed: Vec<String>,
    /// Versions that were not begun, or went back with this one.
    pub left: Vec<String>,
    /// What the database is now, in one sentence.
    pub now: String,
}

/// What an apply, or a way down, did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationReport {
    /// One sentence.
    pub sentence: String,
    /// The target.
    pub target: Target,
    /// Which instance that is.
    pub environment: Environment,
    /// The database that was changed.
    pub path: WirePath,
    /// Up or down.
    pub direction: Direction,
    /// What ran, in order.
    pub ran: Vec<MigrationRan>,
    /// Before and after.
    pub from: Option<String>,
    /// See `from`.
    pub to: Option<String>,
    /// What was verified afterwards.
    pub checks: Vec<Check>,
    /// How long writers waited in all, and how much of it for the safety image.
    pub lock_held: Millis,
    /// See `lock_held`.
    pub safety_took: Millis,
    /// From the start of the job to its end.
    pub took: Millis,
    /// Where the time went.
    pub phases: Vec<PhaseTime>,
    /// True where others committed between two batches.
    pub others_committed: bool,
    /// Codes of lint errors that were accepted for this run.
    pub accepted_lint: Vec<String>,
    /// The schema afterwards.
    pub schema_fingerprint: Digest,
    /// The way back.
    pub undo: Option<UndoOffer>,
    /// Digest of everything above, as it was when the job ended.
    pub evidence: Digest,
}
