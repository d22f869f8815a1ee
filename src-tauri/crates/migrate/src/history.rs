//! What other tools remember in a database. Their tables are read, never written.

pub mod checksum;
mod known;
mod siphash;
pub mod versions;

use quarterdeck_model::{
    Count, Digest, Instant, Millis, Outcome,
    migration::{FoundHistory, Tool},
};
use quarterdeck_sqlite::{fingerprint::LEDGER_PREFIX, open, schema::Schema};
use rusqlite::Connection;

/// The history of one tool.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Whose.
    pub tool: Tool,
    /// In which table.
    pub table: String,
    /// What it says, in the order of the table.
    pub entries: Vec<Entry>,
    /// What is worth knowing, e.g. `dirty at 7`, or why it was not read.
    pub remarks: Vec<String>,
    /// True where one entry stands for every version up to its own.
    pub up_to: bool,
}

/// One version that a tool remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// As the table writes it; the name where the tool has no versions.
    pub version: String,
    /// Its name, where the table has one.
    pub name: Option<String>,
    /// When it was applied, where the table says so.
    pub at: Option<Instant>,
    /// False where it began and did not end.
    pub success: bool,
    /// True where it stands for what was there before the tool came.
    pub baseline: bool,
    /// As the table writes it; hexadecimal digits for bytes.
    pub checksum: Option<String>,
    /// How long it took.
    pub took: Option<Millis>,
    /// By whom.
    pub who: Option<String>,
}

/// Every history in a database, ordered by tool. A table that has the name of a tool's history and other columns is in the list, without
/// entries and with a remark.
pub fn find(connection: &Connection) -> Outcome<Vec<History>> {
    known::find(connection).map_err(|error| open::fault(std::path::Path::new(connection.path().unwrap_or_default()), error))
}

/// What the wire says of a history; `adopted` is true where the ledger has rows that were taken from it, `checked` is how many checksums
/// agree (see [`crate::adopt::of`]).
pub fn wire(history: &History, adopted: bool, checked: Option<u64>) -> FoundHistory {
    FoundHistory {
        tool: history.tool,
        table: history.table.clone(),
        applied: Count(history.entries.iter().filter(|entry| entry.success).count() as u64),
        latest: history.entries.iter().rev().find(|entry| entry.success).map(|entry| entry.version.clone()),
        checked: checked.map(Count),
        remarks: history.remarks.clone(),
        adopted,
    }
}

/// Tables that belong to the tools of these histories: the histories themselves, and locks and settings that stand beside them. They are
/// no part of the application's schema.
pub fn tables(histories: &[History]) -> Vec<String> {
    let beside = |tool: Tool| match tool {
        Tool::Rails => Some("ar_internal_metadata"),
        Tool::Knex => Some("knex_migrations_lock"),
        Tool::Liquibase => Some("databasechangeloglock"),
        _ => None,
    };
    histories.iter().flat_map(|history| [Some(history.table.as_str()), beside(history.tool)]).flatten().map(str::to_lowercase).collect()
}

/// True where a database declares anything beside our ledgers and the tables of these histories.
pub fn has_other_tables(schema: &Schema, histories: &[History]) -> bool {
    let theirs = tables(histories);
    let is_ours = |table: &str| table.starts_with(LEDGER_PREFIX) || theirs.iter().any(|name| name == table);
    schema.objects.iter().any(|object| !is_ours(&object.table.to_lowercase()))
}

impl History {
    /// Over everything that it says.
    pub fn digest(&self) -> Digest {
        Digest::of(format!("{self:?}").as_bytes())
    }
}
