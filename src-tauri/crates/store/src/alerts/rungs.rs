//! Levels of escalation ladders that were told.

use quarterdeck_model::{Instant, Outcome};
use rusqlite::{Connection, Row, Transaction, params};

use super::fault;

/// A level of a ladder that was told about an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RungRow {
    /// Counts from 1.
    pub level: u32,
    /// Since when the alert fires, in milliseconds.
    pub since: i64,
    /// When it was told, in milliseconds.
    pub at: i64,
    /// The notice that tells it.
    pub notice: Option<i64>,
}

/// Keeps that a level was told.
pub fn add(tx: &Transaction<'_>, alert: &str, rung: &RungRow) -> Outcome<()> {
    let sql = "INSERT OR IGNORE INTO rungs (alert, level, since, at, notice) VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.execute(sql, params![alert, rung.level, rung.since, rung.at, rung.notice]).map(|_| ()).map_err(fault)
}

/// Levels that were told about an alert, in the order of time.
pub fn of(connection: &Connection, alert: &str) -> Outcome<Vec<RungRow>> {
    let sql = "SELECT level, since, at, notice FROM rungs WHERE alert = ?1 ORDER BY at, level";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map([alert], |row| read(row, 0)).and_then(Iterator::collect).map_err(fault)
}

/// All levels that were told, each behind its alert.
pub fn all(connection: &Connection) -> Outcome<Vec<(String, RungRow)>> {
    let mut rows =
        connection.prepare_cached("SELECT alert, level, since, at, notice FROM rungs ORDER BY alert, at, level").map_err(fault)?;
    rows.query_map([], |row| Ok((row.get(0)?, read(row, 1)?))).and_then(Iterator::collect).map_err(fault)
}

/// Forgets what was told before a moment.
pub fn keep(tx: &Transaction<'_>, before: Instant) -> Outcome<()> {
    tx.execute("DELETE FROM rungs WHERE at < ?1", [before.timestamp_millis()]).map(|_| ()).map_err(fault)
}

fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<RungRow> {
    Ok(RungRow { level: row.get(at)?, since: row.get(at + 1)?, at: row.get(at + 2)?, notice: row.get(at + 3)? })
}
