//! What a copy holds, and what was written to it.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_model::{Count, Outcome, restore::TableChange};
use quarterdeck_sqlite::{
    open::Live,
    schema::{self, Schema},
};

/// Schema, rows and size at one moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    pub(super) schema: Schema,
    /// Rows of each ordinary table, our ledgers left out.
    pub(super) rows: BTreeMap<String, u64>,
    pub(super) pages: u64,
    pub(super) page_size: u64,
}

impl State {
    /// Counts every table.
    pub(super) fn read(live: &Live) -> Outcome<Self> {
        Self::counting(live, |_| None)
    }

    /// The state after something was done that has written these tables: the rows of all others are what they were. With foreign keys,
    /// deleting in one table may delete in those that point to it, whoever they are, so all that point anywhere are counted again.
    pub(super) fn after(&self, live: &Live, written: &[String]) -> Outcome<Self> {
        let referring = referring(live).map_err(|error| live.fault(error))?;
        let touched = |table: &str| referring.contains(table) || written.iter().any(|name| name.eq_ignore_ascii_case(table));
        Self::counting(live, |table| self.rows.get(table).copied().filter(|_| !touched(table)))
    }

    fn counting(live: &Live, known: impl Fn(&str) -> Option<u64>) -> Outcome<Self> {
        let read = || -> rusqlite::Result<Self> {
            let schema = schema::read(live)?;
            let mut rows = BTreeMap::new();
            for table in schema.tables().filter(|table| !table.to_lowercase().starts_with("quarterdeck_")) {
                let count = match known(table) {
                    Some(count) => count,
                    None => count(live, table)?,
                };
                rows.insert(table.to_owned(), count);
            }
            let pragma = |name: &str| live.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map(i64::unsigned_abs);
            Ok(Self { schema, rows, pages: pragma("page_count")?, page_size: pragma("page_size")? })
        };
        read().map_err(|error| live.fault(error))
    }

    /// Tables whose rows differ, `snapshot` being this state and `live` the other, and how many are the same.
    pub(super) fn rows_against(&self, other: &Self) -> (Vec<TableChange>, Count) {
        let names: BTreeSet<&String> = self.rows.keys().chain(other.rows.keys()).collect();
        let all = names.len();
        let changes: Vec<TableChange> = names
            .into_iter()
            .map(|table| TableChange {
                table: table.clone(),
                live: other.rows.get(table).copied().map(Count),
                snapshot: self.rows.get(table).copied().map(Count),
            })
            .filter(|change| change.live != change.snapshot)
            .collect();
        let equal = all - changes.len();
        (changes, Count(equal as u64))
    }
}

/// Sets a copy up for being measured.
pub(super) fn prepare(live: &Live) -> Outcome<()> {
    let set = || -> rusqlite::Result<()> {
        live.query_row("PRAGMA journal_mode = wal", [], |_| Ok(()))?;
        live.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
        live.pragma_update(None, "synchronous", "full")
    };
    set().map_err(|error| live.fault(error))
}

/// Pages in the log since this was asked last. Once they are all in the database, the next transaction begins the log anew
/// (<https://www.sqlite.org/pragma.html#pragma_wal_checkpoint>: the second column is the number of frames).
pub(super) fn take_frames(live: &Live) -> Outcome<u64> {
    if !live.is_autocommit() {
        return Ok(0);
    }
    let frames: i64 = live.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1)).map_err(|error| live.fault(error))?;
    Ok(u64::try_from(frames).unwrap_or_default())
}

fn count(live: &Live, table: &str) -> rusqlite::Result<u64> {
    let sql = format!("SELECT count(*) FROM \"{}\"", table.replace('"', "\"\""));
    live.query_row(&sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

fn referring(live: &Live) -> rusqlite::Result<BTreeSet<String>> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(name))";
    live.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}
