//! Rows of chunks: what series were in windows of time.

use rusqlite::{Connection, Transaction, params};

use super::fault;
use quarterdeck_model::Outcome;

/// One series in one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkRow {
    /// Where the window begins, in milliseconds since 1970.
    pub start: i64,
    /// Which series.
    pub series: i64,
    /// What it was.
    pub body: Vec<u8>,
}

/// Adds chunks, or replaces those that are there.
pub fn put<'r>(tx: &Transaction<'_>, class: i64, rows: impl IntoIterator<Item = &'r ChunkRow>) -> Outcome<()> {
    let sql = "INSERT INTO chunks (class, start, series, body) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (class, start, series) DO UPDATE SET body = excluded.body";
    let mut insert = tx.prepare_cached(sql).map_err(fault)?;
    for row in rows {
        insert.execute(params![class, row.start, row.series, row.body]).map_err(fault)?;
    }
    Ok(())
}

/// Hands over the bodies of one window for the series from a number up to another one, in their order.
pub fn scan_window(
    connection: &Connection,
    class: i64,
    start: i64,
    (first, last): (i64, i64),
    mut each: impl FnMut(i64, &[u8]) -> Outcome<()>,
) -> Outcome<()> {
    let sql = "SELECT series, body FROM chunks WHERE class = ?1 AND start = ?2 AND series >= ?3 AND series <= ?4 ORDER BY series";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let mut rows = statement.query(params![class, start, first, last]).map_err(fault)?;
    while let Some(row) = rows.next().map_err(fault)? {
        let body = row.get_ref(1).and_then(|body| body.as_blob().map_err(Into::into)).map_err(fault)?;
        each(row.get(0).map_err(fault)?, body)?;
    }
    Ok(())
}

/// The body of one series in one window, handed over where there is one.
pub fn one(connection: &Connection, class: i64, start: i64, series: i64, each: impl FnOnce(&[u8]) -> Outcome<()>) -> Outcome<()> {
    let mut statement =
        connection.prepare_cached("SELECT body FROM chunks WHERE class = ?1 AND start = ?2 AND series = ?3").map_err(fault)?;
    let mut rows = statement.query(params![class, start, series]).map_err(fault)?;
    match rows.next().map_err(fault)? {
        Some(row) => each(row.get_ref(0).and_then(|body| body.as_blob().map_err(Into::into)).map_err(fault)?),
        None => Ok(()),
    }
}

/// The beginnings of the windows of a class in a range (the end is not part of it), ascending. One step through the index each.
pub fn starts(connection: &Connection, class: i64, from: i64, until: i64) -> Outcome<Vec<i64>> {
    let (mut found, mut from) = (Vec::new(), from);
    while let Some(start) = first(connection, class, from, until)? {
        found.push(start);
        from = start + 1;
    }
    Ok(found)
}

/// The beginning of the first window of a class in a range (the end is not part of it).
pub fn first(connection: &Connection, class: i64, from: i64, until: i64) -> Outcome<Option<i64>> {
    let sql = "SELECT min(start) FROM chunks WHERE class = ?1 AND start >= ?2 AND start < ?3";
    let mut first = connection.prepare_cached(sql).map_err(fault)?;
    first.query_row(params![class, from, until], |row| row.get(0)).map_err(fault)
}

/// The series that have a chunk in a window of a class that begins before a time, each once.
pub fn series_before(connection: &Connection, class: i64, start: i64) -> Outcome<Vec<i64>> {
    let sql = "SELECT DISTINCT series FROM chunks WHERE class = ?1 AND start < ?2";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map([class, start], |row| row.get(0)).and_then(Iterator::collect).map_err(fault)
}

/// Takes away all windows of a class that begin before a time; how many rows there were.
pub fn cut_before(tx: &Transaction<'_>, class: i64, start: i64) -> Outcome<usize> {
    tx.execute("DELETE FROM chunks WHERE class = ?1 AND start < ?2", [class, start]).map_err(fault)
}

/// Takes away all windows, of all classes, that begin later than a time; how many rows there were.
pub fn cut_behind(tx: &Transaction<'_>, start: i64) -> Outcome<usize> {
    tx.execute("DELETE FROM chunks WHERE start > ?1", [start]).map_err(fault)
}

/// Takes away one chunk.
pub fn remove(tx: &Transaction<'_>, class: i64, start: i64, series: i64) -> Outcome<()> {
    tx.execute("DELETE FROM chunks WHERE class = ?1 AND start = ?2 AND series = ?3", params![class, start, series])
        .map(|_| ())
        .map_err(fault)
}
