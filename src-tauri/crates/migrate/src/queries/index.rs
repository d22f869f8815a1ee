//! The index that would help, proved on a copy of the schema.

use quarterdeck_model::Outcome;
use quarterdeck_sqlite::{
    open::{self, Live},
    schema,
};
use rusqlite::Connection;

use super::{
    names::{Names, Uses},
    plan, scanned,
};
use crate::difference::quoted;

/// The statement that creates it; `None` where none of those that come to mind keeps the table from being read whole.
pub(super) fn that_helps(live: &Live, sql: &str, table: &str, names: &Names) -> Outcome<Option<String>> {
    let found = || -> rusqlite::Result<Option<String>> {
        let schema = schema::read(live)?;
        let columns: Vec<String> =
            schema.get("table", table).map(|table| table.columns.iter().map(|column| column.name.clone()).collect()).unwrap_or_default();
        for columns in candidates(&names.uses(table, &columns)) {
            let index = statement(&schema, table, &columns);
            if proves(live, &schema, sql, &index, table, names) {
                return Ok(Some(index));
            }
        }
        Ok(None)
    };
    found().map_err(|error| live.fault(error))
}

/// Columns of indexes to try, the most promising first.
fn candidates(uses: &Uses) -> Vec<Vec<String>> {
    let with = |more: &[String]| {
        let mut columns = uses.equal.clone();
        columns.extend(more.iter().filter(|column| !uses.equal.contains(column)).cloned());
        columns
    };
    let first = |columns: &[String]| columns.iter().take(1).cloned().collect::<Vec<_>>();
    let mut candidates = vec![with(&uses.order), with(&first(&uses.range)), uses.equal.clone()];
    candidates.extend(uses.equal.iter().chain(&uses.range).map(|column| vec![column.clone()]));
    candidates.retain(|columns| !columns.is_empty());
    candidates.dedup();
    candidates
}

fn statement(schema: &schema::Schema, table: &str, columns: &[String]) -> String {
    let plain = |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect::<String>();
    let base = format!("idx_{}_{}", plain(table), columns.iter().map(|column| plain(column)).collect::<Vec<_>>().join("_"));
    let is_free = |name: &String| schema.objects.iter().all(|object| !object.name.eq_ignore_ascii_case(name));
    let name = (1..).map(|number| if number == 1 { base.clone() } else { format!("{base}_{number}") }).find(is_free).unwrap_or(base);
    let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    format!("CREATE INDEX {name} ON {}({});", quoted(table), columns.join(", "))
}

/// True where, with the index, the table is no longer read whole. What cannot be made in memory (modules and functions of the application)
/// proves nothing.
fn proves(live: &Live, schema: &schema::Schema, sql: &str, index: &str, table: &str, names: &Names) -> bool {
    let Ok(copy) = open::memory() else { return false };
    let made = made_in(&copy, live, schema).and_then(|()| copy.execute_batch(index)).and_then(|()| plan(&copy, sql));
    made.is_ok_and(|plan| {
        let whole = scanned(&plan).any(|name| names.table(name) == Some(table));
        let name = index.split_whitespace().nth(2).unwrap_or_default();
        !whole && plan.iter().any(|line| line.contains("SEARCH") && line.contains(name))
    })
}

/// The schema without its rows, and the live statistics, by which SQLite chooses.
fn made_in(copy: &Connection, live: &Live, schema: &schema::Schema) -> rusqlite::Result<()> {
    for kind in ["table", "index", "view"] {
        for sql in schema.objects.iter().filter(|object| object.kind == kind).filter_map(|object| object.sql.as_deref()) {
            copy.execute_batch(sql)?;
        }
    }
    let has_statistics = live.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'")?.exists([])?;
    if has_statistics {
        copy.execute_batch("ANALYZE")?;
        let mut read = live.prepare("SELECT tbl, idx, stat FROM sqlite_stat1")?;
        let mut rows = read.query([])?;
        while let Some(row) = rows.next()? {
            let values = [row.get(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?];
            copy.execute("INSERT INTO sqlite_stat1 VALUES (?1, ?2, ?3)", rusqlite::params_from_iter(values))?;
        }
        copy.execute_batch("ANALYZE sqlite_schema")?;
    }
    Ok(())
}
