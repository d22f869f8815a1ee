//! What a trial on a copy, and a look at the live schema, have shown.

use serde::{Deserialize, Serialize};

use super::{Problem, StatementFailure};
use crate::{
    Bytes, Count, Digest, Instant, JobId, Millis,
    inspection::{ForeignKeyViolation, Tone},
    restore::TableChange,
    snapshot::SnapshotId,
    system::{Name, Target},
};

/// One difference between two schemas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SchemaDifference {
    /// `table`, `index`, `view` or `trigger`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// In words, e.g. `The index idx_x on orders is missing.`
    pub what: String,
    /// What the first of the two declares.
    pub expected: Option<String>,
    /// What the second declares.
    pub found: Option<String>,
    /// The SQL that would make the second like the first, where one statement can.
    pub cure: Option<String>,
}

/// How a copy was rehearsed on, and what it showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Rehearsal {
    /// The job that made it.
    pub job: JobId,
    /// The target.
    pub target: Target,
    /// When.
    pub at: Instant,
    /// The snapshot; absent where the live database was copied.
    pub snapshot: Option<SnapshotId>,
    /// The moment of the copy.
    pub cut_at: Instant,
    /// One sentence.
    pub sentence: String,
    /// How it ended.
    pub tone: Tone,
    /// One entry for each migration, in order; ends with the one that failed.
    pub steps: Vec<RehearsedStep>,
    /// Statement that failed on the way up.
    pub failure: Option<StatementFailure>,
    /// How long writers would wait for the migrations, without the safety image.
    pub writers_wait: Millis,
    /// Pages that were written in all.
    pub pages_written: Count,
    /// Disk that an apply needs: the log, and growth.
    pub disk: Bytes,
    /// What `integrity_check` found afterwards.
    pub integrity: Vec<String>,
    /// Orphans afterwards that were none before.
    pub foreign_keys: Vec<ForeignKeyViolation>,
    /// Tables whose rows differ: `snapshot` before, `live` after.
    pub rows: Vec<TableChange>,
    /// Tables whose rows are the same.
    pub tables_equal: Count,
    /// What the migrations do to the schema: from before to after.
    pub schema: Vec<SchemaDifference>,
    /// Digest over schema, ledger, files and settings that it was made with; another one now makes it stale.
    pub basis: Digest,
}

/// One migration in a rehearsal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RehearsedStep {
    /// Its version.
    pub version: String,
    /// How long it took.
    pub took: Millis,
    /// Pages that it wrote.
    pub pages_written: Count,
    /// Rows that it changed.
    pub rows_changed: Count,
    /// The way down.
    pub down: WayDown,
}

/// What the way down of a migration is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum WayDown {
    /// Up and down again: the schema is the same.
    Back {
        /// How long it took.
        took: Millis,
        /// Tables whose rows are not what they were.
        rows: Vec<TableChange>,
    },
    /// It ran, and the schema is another one.
    NotBack {
        /// From before to after.
        differences: Vec<SchemaDifference>,
    },
    /// It failed.
    Failed {
        /// Where.
        failure: Box<StatementFailure>,
    },
    /// There is none.
    None,
    /// It was not tried, because of what came before.
    NotTried,
}

/// The newest rehearsal, and whether it still holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RehearsalStanding {
    /// The rehearsal.
    pub rehearsal: Rehearsal,
    /// Why it holds no more, e.g. `009 has changed since`; empty where it holds.
    pub stale: Vec<String>,
}

/// What validation found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Validation {
    /// One sentence.
    pub sentence: String,
    /// How it is.
    pub tone: Tone,
    /// Live schema against what the applied files give from nothing.
    pub drift: Vec<SchemaDifference>,
    /// Why there is nothing to compare with; absent where there is.
    pub drift_unknown: Option<String>,
    /// Orphans.
    pub foreign_keys: Vec<ForeignKeyViolation>,
    /// What `integrity_check` found; absent where it was not asked.
    pub integrity: Option<Vec<String>>,
    /// Declared queries.
    pub queries: Vec<QueryVerdict>,
    /// What stands in the way in the files.
    pub problems: Vec<Problem>,
    /// When the live database was read.
    pub as_of: Instant,
}

/// A query that a definition declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DeclaredQuery {
    /// Its name.
    pub name: Name,
    /// The component; absent where there is only one database.
    pub component: Option<Name>,
    /// One statement that reads.
    pub sql: String,
}

/// How SQLite would answer a declared query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct QueryVerdict {
    /// Which.
    pub name: Name,
    /// How it is.
    pub tone: Tone,
    /// One sentence.
    pub what: String,
    /// SQLite's plan, line by line.
    pub plan: Vec<String>,
    /// The index that would help.
    pub index: Option<String>,
}

/// Rows and room of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct TableStats {
    /// The table.
    pub table: String,
    /// Its rows; absent where it cannot be counted.
    pub rows: Option<Count>,
    /// Bytes of its own pages.
    pub bytes: Bytes,
    /// Bytes of its indexes.
    pub index_bytes: Bytes,
    /// Its indexes.
    pub indexes: Vec<String>,
}

/// What is in a database, by table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DatabaseStats {
    /// Largest first.
    pub tables: Vec<TableStats>,
    /// Views.
    pub views: Count,
    /// Triggers.
    pub triggers: Count,
    /// Size of the file.
    pub size: Bytes,
    /// Unused bytes in it.
    pub free: Bytes,
    /// When it was read.
    pub as_of: Instant,
}
