//! What is in a database, by table.

use std::{collections::BTreeMap, path::Path};

use quarterdeck_model::{
    Bytes, Clock, Count, JobCtx, Outcome,
    job::Unit,
    migration::{DatabaseStats, TableStats},
};
use quarterdeck_sqlite::{
    held,
    open::Live,
    schema::{self, Schema},
};
use rusqlite::ErrorCode;

/// Steps of SQLite's virtual machine between two looks whether somebody asked for a stop.
const LOOK_EVERY: i32 = 100_000;

/// Rows, bytes and indexes of each table, as of one moment. Reads the whole database; progress in tables, and can be cancelled.
///
/// Writers of a database in a rollback-journal mode wait meanwhile. A table that cannot be read here has no rows in the answer.
pub fn read(path: &Path, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<DatabaseStats> {
    let mut live = held::open_beside(path)?;
    let cancel = ctx.cancel_token().clone();
    let as_of = clock.now();
    let hooked = live.progress_handler(LOOK_EVERY, Some(move || cancel.is_cancelled()));
    let read = hooked.and_then(|()| live.execute_batch("BEGIN")).and_then(|()| {
        let schema = schema::read(&live)?;
        let bytes = bytes(&live)?;
        let pragma = |name: &str| live.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map(i64::unsigned_abs);
        let page_size = pragma("page_size")?;
        let count = |kind: &str| Count(schema.objects.iter().filter(|object| object.kind == kind).count() as u64);
        Ok(DatabaseStats {
            tables: tables(&live, &schema, &bytes, ctx)?,
            views: count("view"),
            triggers: count("trigger"),
            size: Bytes(pragma("page_count")? * page_size),
            free: Bytes(pragma("freelist_count")? * page_size),
            as_of,
        })
    });
    read.map_err(|error| live.fault(error))
}

fn tables(live: &Live, schema: &Schema, bytes: &BTreeMap<String, u64>, ctx: &JobCtx) -> rusqlite::Result<Vec<TableStats>> {
    let all: Vec<_> = schema.objects.iter().filter(|object| object.kind == "table").collect();
    let of = |name: &str| bytes.get(name).copied().unwrap_or_default();
    let mut tables = Vec::new();
    for (done, table) in all.iter().enumerate() {
        ctx.progress(done as u64, Some(all.len() as u64), Unit::Tables);
        let indexes = indexes(live, &table.name)?;
        let index_bytes = indexes.iter().map(|index| of(index)).sum();
        tables.push(TableStats {
            table: table.name.clone(),
            rows: rows(live, &table.name)?.map(Count),
            bytes: Bytes(of(&table.name)),
            index_bytes: Bytes(index_bytes),
            indexes,
        });
    }
    tables.sort_by(|a, b| (b.bytes.0 + b.index_bytes.0).cmp(&(a.bytes.0 + a.index_bytes.0)).then_with(|| a.table.cmp(&b.table)));
    Ok(tables)
}

/// `None` where a table is damaged, or needs a module of the application.
fn rows(live: &Live, table: &str) -> rusqlite::Result<Option<u64>> {
    let sql = format!("SELECT count(*) FROM \"{}\"", table.replace('"', "\"\""));
    match live.query_row(&sql, [], |row| row.get::<_, i64>(0)) {
        Ok(count) => Ok(Some(count.unsigned_abs())),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Those of constraints included.
fn indexes(live: &Live, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement =
        live.prepare_cached("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 COLLATE NOCASE ORDER BY name")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

/// Bytes of the pages of each table and index (<https://www.sqlite.org/dbstat.html>).
fn bytes(live: &Live) -> rusqlite::Result<BTreeMap<String, u64>> {
    let mut statement = live.prepare("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?.collect()
}
