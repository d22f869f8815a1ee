//! What a database holds, asked of SQLite itself: is it whole, and how many rows are in it.

use std::collections::BTreeMap;

use quarterdeck_model::{Count, Outcome};
use quarterdeck_sqlite::{open::Live, schema::Schema};

/// What `integrity_check` finds; nothing where all is well. Reads the whole database.
pub fn integrity(live: &Live) -> Outcome<Vec<String>> {
    let check = || -> rusqlite::Result<Vec<String>> {
        let mut statement = live.prepare("PRAGMA integrity_check")?;
        let found = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    };
    check().map_err(|error| live.fault(error))
}

/// Rows of each ordinary table. With a rollback journal a count keeps writers waiting: then only as far as it takes to know that a table
/// has as many as `large`.
pub fn rows(live: &Live, schema: &Schema, large: u64) -> Outcome<BTreeMap<String, Count>> {
    let count = || -> rusqlite::Result<BTreeMap<String, Count>> {
        let mode: String = live.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        let limit = if mode == "wal" { String::new() } else { format!(" LIMIT {large}") };
        let of = |table: &str| {
            let sql = format!("SELECT count(*) FROM (SELECT 1 FROM \"{}\"{limit})", table.replace('"', "\"\""));
            let rows: i64 = live.query_row(&sql, [], |row| row.get(0))?;
            Ok((table.to_owned(), Count(rows.unsigned_abs())))
        };
        schema.tables().map(of).collect()
    };
    count().map_err(|error| live.fault(error))
}
