//! How many rows each table has, and how many bytes: counted, each within a limit.

use std::time::Duration;

use quarterdeck_model::{JobCtx, Outcome};
use rusqlite::{ErrorCode, OptionalExtension};

use crate::{open::Live, question};

/// What a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Rows.
    pub rows: u64,
    /// Bytes of its pages, and of those of its indexes.
    pub bytes: u64,
}

/// The tables that an application made, at most `most`, by name; no virtual ones, and none of SQLite's own.
pub fn names(live: &Live, most: usize) -> Outcome<Vec<String>> {
    let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        ORDER BY name LIMIT ?1";
    let mut statement = live.prepare(sql).map_err(|error| live.fault(error))?;
    let names = statement.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| row.get(0));
    names.and_then(Iterator::collect).map_err(|error| live.fault(error))
}

/// Counts one; none where that takes longer than `limit`, or the table is gone.
pub fn extent(live: &mut Live, table: &str, limit: Duration, ctx: &JobCtx) -> Outcome<Option<Extent>> {
    question::watch(live, limit, ctx).map_err(|error| live.fault(error))?;
    match count(live, table) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => ctx.checkpoint().map(|()| None),
        extent => extent.map_err(|error| live.fault(error)),
    }
}

/// `count(*)` and the aggregate form of dbstat each run through in one step of SQLite's machine, which no limit stops.
fn count(live: &Live, table: &str) -> rusqlite::Result<Option<Extent>> {
    let there = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    if live.query_row(there, [table], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    let rows = format!("SELECT count(1) FROM \"{}\"", table.replace('"', "\"\""));
    let bytes = "SELECT coalesce(sum(pgsize), 0) FROM sqlite_schema AS s CROSS JOIN dbstat AS d ON d.name = s.name WHERE s.tbl_name = ?1";
    let number = |value: i64| value.unsigned_abs();
    Ok(Some(Extent {
        rows: live.query_row(&rows, [], |row| row.get(0)).map(number)?,
        bytes: live.query_row(bytes, [table], |row| row.get(0)).map(number)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_testkit::{Scratch, shop};

    #[test]
    fn rows_and_bytes_add_up_to_the_file_and_a_limit_stops_the_count() {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        shop(&path, 3_000, "delete");
        rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE \"odd \"\"one\" (x); CREATE VIEW v AS SELECT 1;").unwrap();
        let mut live = crate::open::beside(&path).unwrap();
        let ctx = JobCtx::detached();
        assert_eq!(names(&live, 10).unwrap(), ["customers", "odd \"one", "orders"]);
        assert_eq!(names(&live, 1).unwrap(), ["customers"]);
        let long = Duration::from_secs(60);
        let all: Vec<Extent> =
            ["customers", "odd \"one", "orders"].iter().map(|table| extent(&mut live, table, long, &ctx).unwrap().unwrap()).collect();
        assert_eq!(all.iter().map(|extent| extent.rows).collect::<Vec<_>>(), [300, 0, 3_000]);
        let file = std::fs::metadata(&path).unwrap().len();
        assert_eq!(all.iter().map(|extent| extent.bytes).sum::<u64>() + 4096, file, "all but the page of the schema");
        assert_eq!(extent(&mut live, "orders", Duration::ZERO, &ctx).unwrap(), None);
        assert_eq!(extent(&mut live, "gone", long, &ctx).unwrap(), None);
    }
}
