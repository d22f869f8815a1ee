//! Row counts of a live database, for a plan that says what would change.

use std::{collections::BTreeMap, path::Path};

use quarterdeck_model::{Count, JobCtx, Outcome, inspection::TableFacts, job::Unit};

use crate::{
    held::open_beside,
    open::{self, Live},
};

/// Rows by table, all as of one moment: ordinary tables, without SQLite's own and without virtual tables, as in an image's check.
///
/// Reads the whole database: progress in tables, and cancellable. Writers of a rollback-journal database wait meanwhile, so it is not
/// meant for large ones of that kind. A table that cannot be read is left out.
pub fn count(path: &Path, ctx: &JobCtx) -> Outcome<BTreeMap<String, Count>> {
    count_on(open_beside(path)?, ctx)
}

/// The same for an image of ours, beside which nobody else works.
pub fn count_image(path: &Path, ctx: &JobCtx) -> Outcome<BTreeMap<String, Count>> {
    count_on(open::image(path)?, ctx)
}

fn count_on(mut live: Live, ctx: &JobCtx) -> Outcome<BTreeMap<String, Count>> {
    live.attend(&JobCtx::new(std::sync::Arc::new(Quiet), ctx.cancel_token().clone()))?;
    let read = || -> rusqlite::Result<BTreeMap<String, Count>> {
        live.execute_batch("BEGIN")?;
        let tables = tables(&live)?;
        let mut rows = BTreeMap::new();
        for (done, table) in tables.iter().enumerate() {
            ctx.progress(done as u64, Some(tables.len() as u64), Unit::Tables);
            let sql = format!("SELECT count(*) FROM \"{}\"", table.name.replace('"', "\"\""));
            match live.query_row(&sql, [], |row| row.get::<_, i64>(0)) {
                Ok(count) => {
                    rows.insert(table.name.clone(), Count(count.unsigned_abs()));
                }
                Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) => return Err(error),
                Err(_) => {} // damaged, or in need of the application: the inspection says which
            }
        }
        live.execute_batch("COMMIT")?;
        Ok(rows)
    };
    read().map_err(|error| live.fault(error))
}

fn tables(live: &rusqlite::Connection) -> rusqlite::Result<Vec<TableFacts>> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
               AND coalesce(sql, '') NOT LIKE 'CREATE VIRTUAL TABLE%' ORDER BY name";
    let mut statement = live.prepare(sql)?;
    statement.query_map([], |row| Ok(TableFacts { name: row.get(0)?, kind: "table".to_owned(), rows: None }))?.collect()
}

struct Quiet;

impl quarterdeck_model::job::Listener for Quiet {
    fn phase(&self, _: &str) {}
    fn progress(&self, _: quarterdeck_model::job::Progress) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_model::CancelToken;
    use quarterdeck_testkit::{Scratch, shop};

    #[test]
    fn rows_are_counted_and_nothing_is_left_beside_the_file() {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 20, "wal");
        let rows = count(&path, &JobCtx::detached()).unwrap();
        assert_eq!(rows.get("orders").map(|count| count.0 > 0), Some(true));
        assert!(!path.with_extension("db-wal").exists());
        let cancel = CancelToken::default();
        cancel.cancel();
        // A database this small may be counted before SQLite asks; whichever it is, nothing is wrong.
        let result = count(&path, &JobCtx::new(std::sync::Arc::new(Quiet), cancel));
        assert!(result.is_ok_and(|again| again == rows) || !path.with_extension("db-wal").exists());
    }
}
