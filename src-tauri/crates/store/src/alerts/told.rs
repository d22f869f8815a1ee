//! What each group of alerts was told last: Alertmanager's notification log.

use quarterdeck_model::{Instant, Outcome};
use rusqlite::{Connection, Transaction, params};

use super::fault;

/// Keeps what a group was told last.
pub fn put(tx: &Transaction<'_>, router: &str, key: &str, at: Instant, body: &str) -> Outcome<()> {
    let sql = "INSERT INTO told (router, key, at, body) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (router, key) DO UPDATE SET at = excluded.at, body = excluded.body";
    let values = params![router, key, at.timestamp_millis(), body];
    tx.prepare_cached(sql).and_then(|mut put| put.execute(values)).map(|_| ()).map_err(fault)
}

/// What each group of a router was told last.
pub fn of(connection: &Connection, router: &str) -> Outcome<Vec<String>> {
    let mut rows = connection.prepare_cached("SELECT body FROM told WHERE router = ?1 ORDER BY key").map_err(fault)?;
    rows.query_map([router], |row| row.get(0)).and_then(Iterator::collect).map_err(fault)
}

/// Forgets what was told before a moment.
pub fn keep(tx: &Transaction<'_>, before: Instant) -> Outcome<()> {
    tx.execute("DELETE FROM told WHERE at < ?1", [before.timestamp_millis()]).map(|_| ()).map_err(fault)
}
