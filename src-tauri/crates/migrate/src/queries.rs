//! Declared queries: how SQLite would answer them now, and which index would help.

mod index;
mod names;

use std::collections::BTreeMap;

use quarterdeck_model::{
    Count, Outcome,
    inspection::Tone,
    migration::{DeclaredQuery, QueryVerdict},
};
use quarterdeck_sqlite::open::Live;
use rusqlite::Connection;

use names::Names;

/// Tables with as many rows are large.
pub const LARGE: u64 = 100_000;

/// One verdict for each query. `rows` says how many rows a table has, `large` from how many on reading all of them is worth a word.
///
/// Nothing is run: SQLite only says how it would (`EXPLAIN QUERY PLAN`). An index is named only if a copy of the schema with that index in
/// it, in memory and with the live statistics, is searched where the live table is read whole.
pub fn judge(live: &Live, queries: &[DeclaredQuery], rows: &BTreeMap<String, Count>, large: u64) -> Outcome<Vec<QueryVerdict>> {
    queries.iter().map(|query| verdict(live, query, rows, large)).collect()
}

fn verdict(live: &Live, query: &DeclaredQuery, rows: &BTreeMap<String, Count>, large: u64) -> Outcome<QueryVerdict> {
    let verdict = |tone, what: String, plan: Vec<String>, index| QueryVerdict { name: query.name.clone(), tone, what, plan, index };
    let plan = match reads_only(live, &query.sql).and_then(|reads| Ok((reads, plan(live, &query.sql)?))) {
        Ok((true, plan)) => plan,
        Ok((false, plan)) => {
            return Ok(verdict(Tone::Attention, "It writes: only queries that read can be judged.".to_owned(), plan, None));
        }
        Err(error) => return Ok(verdict(Tone::Critical, format!("SQLite cannot run it: {}.", words(&error)), Vec::new(), None)),
    };
    let names = Names::of(&query.sql, rows.keys().map(String::as_str));
    let whole: Vec<(&str, Count)> =
        scanned(&plan).filter_map(|name| names.table(name)).filter_map(|table| Some((table, *rows.get(table)?))).collect();
    let sorts = if plan.iter().any(|line| line.contains("USE TEMP B-TREE")) { " It sorts on its way." } else { "" };
    let Some((table, count)) = whole.iter().copied().filter(|(_, count)| count.0 >= large).max_by_key(|(_, count)| count.0) else {
        let what = match whole.iter().max_by_key(|(_, count)| count.0) {
            Some((table, count)) => format!("It reads all of {table}, which is small ({}).{sorts}", count.of("row")),
            None => format!("It reads what it needs, by an index.{sorts}"),
        };
        return Ok(verdict(Tone::Ok, what, plan, None));
    };
    let index = index::that_helps(live, &query.sql, table, &names)?;
    let what = format!("It reads all {} of {table}.{sorts}", count.of("row"));
    Ok(verdict(Tone::Attention, what, plan, index))
}

/// SQLite's plan, each line indented below the one that it is part of (<https://www.sqlite.org/eqp.html>).
fn plan(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let mut rows = statement.raw_query();
    let mut depths = BTreeMap::new();
    let mut plan = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, parent, detail): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
        let depth = depths.get(&parent).map_or(0, |depth| depth + 1);
        depths.insert(id, depth);
        plan.push(format!("{}{detail}", "  ".repeat(depth)));
    }
    Ok(plan)
}

/// Names of what is read whole: tables, or what the query calls them.
fn scanned(plan: &[String]) -> impl Iterator<Item = &str> {
    plan.iter().filter_map(|line| line.trim_start().strip_prefix("SCAN ")).filter(|rest| !rest.contains(" USING "))
}

fn reads_only(connection: &Connection, sql: &str) -> rusqlite::Result<bool> {
    connection.prepare(sql).map(|statement| statement.readonly())
}

fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } | rusqlite::Error::SqliteFailure(_, Some(msg)) => msg.clone(),
        other => other.to_string(),
    }
}
