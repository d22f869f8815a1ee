//! What a folder of migrations holds. Made by [`crate::read`], used by everything else; nothing here touches a file.

use std::{cmp::Ordering, fmt, ops::Range, path::PathBuf, sync::Arc};

use quarterdeck_model::{
    Digest,
    migration::{Layout, Problem, UnusedFile},
};

use crate::source::SourceFile;

/// Everything in a folder: migrations in the order of the layout, and every other file with the reason why it is not used.
#[derive(Debug, Clone)]
pub struct Collection {
    /// The folder.
    pub folder: PathBuf,
    /// How its files are named and parted.
    pub layout: Layout,
    /// Why that layout, e.g. `set in quarterdeck.yaml`, or `9 of 9 files have -- +goose Up`.
    pub layout_reason: String,
    /// Versioned migrations by version, then repeatable ones by name.
    pub migrations: Vec<Migration>,
    /// Files that are not used.
    pub unused: Vec<UnusedFile>,
    /// What stands in the way of applying anything: two files of one version, a file that cannot be read, …
    pub problems: Vec<Problem>,
}

/// One step of a schema.
#[derive(Debug, Clone)]
pub struct Migration {
    /// Its version, for a repeatable one its name.
    pub version: Version,
    /// Its name without version and endings, e.g. `appeal_classification`.
    pub name: String,
    /// What it is.
    pub kind: MigrationKind,
    /// What to run, in this order: several files under one number are several scripts of one migration.
    pub up: Vec<Script>,
    /// The way down, in running order; empty where the layout has none or none was written.
    pub down: Vec<Script>,
    /// How it runs.
    pub transaction: Transaction,
    /// Over the bytes of its files (of the up part, where one file has both).
    pub bytes_sha256: Digest,
    /// Over the statements of its up scripts: see [`crate::hash`].
    pub statements_sha256: Digest,
}

/// What a migration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationKind {
    /// Runs once.
    Versioned,
    /// Runs again whenever its statements change (Flyway `R__`); after all versioned ones.
    Repeatable,
    /// Stands for everything up to its version (Flyway `B`), for a database that has nothing yet.
    Baseline,
}

/// A version as it is written, and how it sorts.
#[derive(Debug, Clone)]
pub struct Version {
    /// As the files write it, e.g. `009`, `2.1`, `20260102150405`.
    pub text: String,
    /// What is compared.
    pub key: VersionKey,
}

/// How versions of a layout are compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersionKey {
    /// As numbers, part by part; trailing zeros do not count (`2` = `2.0`).
    Numbers(Vec<u128>),
    /// As text: dbmate, Diesel, names of repeatable migrations.
    Text(String),
}

/// A part of a file that runs as one piece.
#[derive(Debug, Clone)]
pub struct Script {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The part of its text that belongs to this script.
    pub range: Range<usize>,
    /// Its statements, in order, without empty ones.
    pub statements: Vec<Statement>,
}

/// One statement: the bytes that SQLite is given, without the semicolon at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Where it stands in the file's text, from its first token on.
    pub span: Range<usize>,
    /// What it does, as far as its first words tell.
    pub kind: StatementKind,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementKind {
    /// BEGIN, in any of its forms.
    Begin,
    /// COMMIT or END.
    Commit,
    /// ROLLBACK (not ROLLBACK TO).
    Rollback,
    /// SAVEPOINT, RELEASE, ROLLBACK TO.
    Savepoint,
    /// PRAGMA.
    Pragma,
    /// VACUUM.
    Vacuum,
    /// VACUUM INTO.
    VacuumInto,
    /// ATTACH.
    Attach,
    /// DETACH.
    Detach,
    /// INSERT, UPDATE, DELETE, REPLACE, WITH … of these.
    Data,
    /// CREATE, ALTER, DROP.
    Schema,
    /// ANALYZE, REINDEX, SELECT and the rest.
    Other,
}

/// How a migration runs. In a transaction of ours, statements in `skipped` (file order over all up scripts) are not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transaction {
    /// Inside ours, as it is.
    Ours,
    /// Inside ours; its own BEGIN and COMMIT, and the pragmas around them, are taken over by the session.
    TakenOver {
        /// Numbers of statements that are not run.
        skipped: Vec<usize>,
        /// What `PRAGMA foreign_keys` before its BEGIN asks for; absent where it does not.
        foreign_keys: Option<bool>,
    },
    /// Not inside one: it says so, or SQLite demands it.
    Alone {
        /// Why, for people, e.g. `-- +goose NO TRANSACTION`, `VACUUM on line 3`.
        reason: String,
    },
}

impl Migration {
    /// Statements of the way up, over all scripts.
    pub fn statements(&self) -> usize {
        self.up.iter().map(|script| script.statements.len()).sum()
    }

    /// `009_appeal_classification`, for titles and messages.
    pub fn title(&self) -> String {
        if self.name.is_empty() { self.version.text.clone() } else { format!("{}_{}", self.version, self.name) }
    }
}

impl Script {
    /// The text of a statement.
    pub fn text(&self, statement: &Statement) -> &str {
        self.file.slice(&statement.span)
    }
}

impl Version {
    /// A version that sorts as numbers where every part between `.` and `_` is one, and as text otherwise.
    pub fn numeric(text: &str) -> Self {
        let parts: Option<Vec<u128>> = text.split(['.', '_']).map(|part| part.parse().ok()).collect();
        let key = parts.map_or_else(
            || VersionKey::Text(text.to_owned()),
            |mut parts| {
                while parts.len() > 1 && parts.last() == Some(&0) {
                    parts.pop();
                }
                VersionKey::Numbers(parts)
            },
        );
        Self { text: text.to_owned(), key }
    }

    /// A version that sorts as text.
    pub fn textual(text: &str) -> Self {
        Self { text: text.to_owned(), key: VersionKey::Text(text.to_owned()) }
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
