//! The truth about a file that may be a database.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Bytes, Count, Instant, Millis, WirePath};

/// What a file is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Verdict {
    /// Everything that was checked is as SQLite wants it.
    Healthy,
    /// SQLite finds faults in it.
    Damaged,
    /// A file of another kind, or a directory.
    NotADatabase,
    /// Nothing in it: zero bytes, or a database without any table.
    Empty,
    /// No header that anybody without the key could read, and bytes that look like noise.
    Encrypted,
    /// Another process holds it exclusively; nothing can be said now.
    Locked,
    /// The operating system does not let us read it.
    Unreadable,
}

/// How far an inspection goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Depth {
    /// Header, schema and pragmas: milliseconds, whatever the size.
    Glance,
    /// Also `integrity_check`, `foreign_key_check` and row counts: reads the whole database.
    #[default]
    Full,
}

/// The truth about a file, as of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Inspection {
    /// The file, as it was asked for.
    pub path: WirePath,
    /// One word.
    pub verdict: Verdict,
    /// One sentence for people.
    pub sentence: String,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// Size of the main file.
    pub size: Bytes,
    /// The 100 bytes at the start, where they are those of a database.
    pub header: Option<Header>,
    /// As SQLite says it: `wal`, `delete`, …
    pub journal_mode: Option<String>,
    /// Settings that are stored in the file, by pragma.
    pub pragmas: BTreeMap<String, String>,
    /// Tables, views, and virtual tables, by name.
    pub tables: Vec<TableFacts>,
    /// Rows whose foreign keys point nowhere, by table.
    pub foreign_key_violations: Vec<ForeignKeyViolation>,
    /// What cannot be checked here, and why (unknown collations, functions, modules).
    pub unchecked: Vec<String>,
    /// Files beside it that belong to it.
    pub sidecars: Vec<Sidecar>,
    /// How far this inspection went.
    pub depth: Depth,
    /// SHA-256 over the schema (see `sqlite::fingerprint`).
    pub schema_fingerprint: Option<crate::Digest>,
    /// When it was looked at.
    pub as_of: Instant,
    /// How long the look took.
    pub took: Millis,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Finding {
    /// How it is now.
    pub tone: Tone,
    /// What, in plain words, naming tables and pages.
    pub what: String,
    /// What to do next, in the imperative; empty where there is nothing to do.
    pub next: String,
}

/// How it is now. The word behind every mark in every face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Tone {
    /// Somebody must act.
    Critical,
    /// Somebody should look.
    Attention,
    /// Nobody knows.
    Unknown,
    /// Something is under way.
    Working,
    /// As it should be.
    Ok,
}

/// The database header. Source: <https://www.sqlite.org/fileformat2.html#the_database_header>.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Header {
    /// Bytes a page, 512 to 65,536.
    pub page_size: u32,
    /// Pages, as the header says (0 where written by a version before 3.7.0).
    pub page_count: u32,
    /// Unused pages.
    pub freelist_count: u32,
    /// Bytes at the end of each page that SQLite leaves to extensions.
    pub reserved_bytes: u8,
    /// `utf-8`, `utf-16le` or `utf-16be`.
    pub encoding: String,
    /// Whose file it is (`PRAGMA application_id`).
    pub application_id: i32,
    /// The application's own version of its schema.
    pub user_version: i32,
    /// Counts schema changes.
    pub schema_cookie: u32,
    /// Counts transactions (not in WAL mode).
    pub change_counter: u32,
    /// The SQLite that wrote it last, e.g. `3.46.1`.
    pub written_by: String,
}

/// One table, view or virtual table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct TableFacts {
    /// Its name.
    pub name: String,
    /// `table`, `view` or `virtual`.
    pub kind: String,
    /// Its rows; absent where not counted (a glance, a view, a damaged table).
    pub rows: Option<Count>,
}

/// Rows of one table whose parent does not exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ForeignKeyViolation {
    /// The table with the orphaned rows.
    pub table: String,
    /// The table they point to.
    pub parent: String,
    /// How many rows.
    pub rows: Count,
}

/// A file beside the database that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Sidecar {
    /// `-wal`, `-shm` or `-journal`.
    pub suffix: String,
    /// Its size.
    pub size: Bytes,
    /// What it means, in a sentence.
    pub meaning: String,
}
