//! Watches after a deployment: what was asked, from when until when, and what it came to.

use quarterdeck_model::{Instant, Outcome, readiness::Validation, system::Name};
use rusqlite::{Connection, Row, params};

use crate::database::{at, fault, json_option, parsed, parsed_option, to_json};

/// A watch as it was begun.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationRecord {
    /// Sixteen hexadecimal figures.
    pub id: String,
    /// Of which system.
    pub system: Name,
    /// Which release.
    pub release: Option<String>,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// When it was stopped before its end.
    pub stopped: Option<Instant>,
    /// By whom it was begun.
    pub started_by: String,
    /// validation.yml as it was then.
    pub file: String,
    /// What it came to, once it is over.
    pub figures: Option<Validation>,
}

/// Keeps a new watch.
pub fn add(connection: &Connection, record: &ValidationRecord) -> Outcome<()> {
    let sql = "INSERT INTO validations (id, system, release, begins, ends, started_by, file) VALUES (?, ?, ?, ?, ?, ?, ?)";
    let ValidationRecord { id, system, release, from, until, started_by, file, .. } = record;
    connection.execute(sql, params![id, system.as_str(), release, at(*from), at(*until), started_by, file]).map(|_| ()).map_err(fault)
}

/// Stops one that goes on; false where there is none, or where it is over.
pub fn stop(connection: &Connection, id: &str, now: Instant) -> Outcome<bool> {
    let sql = "UPDATE validations SET stopped = ?2 WHERE id = ?1 AND stopped IS NULL AND figures IS NULL AND ends > ?2";
    connection.execute(sql, params![id, at(now)]).map(|rows| rows > 0).map_err(fault)
}

/// Keeps what one came to; what was kept before stays.
pub fn conclude(connection: &Connection, id: &str, figures: &Validation) -> Outcome<()> {
    let sql = "UPDATE validations SET figures = ?2 WHERE id = ?1 AND figures IS NULL";
    connection.execute(sql, params![id, to_json(figures)?]).map(|_| ()).map_err(fault)
}

/// Watches, the newest first: of one system, or of all.
pub fn list(connection: &Connection, system: Option<&Name>, most: u32) -> Outcome<Vec<ValidationRecord>> {
    let sql = "SELECT * FROM validations WHERE ?1 IS NULL OR system = ?1 ORDER BY begins DESC, id LIMIT ?2";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map(params![system.map(Name::as_str), most], read).and_then(Iterator::collect).map_err(fault)
}

/// Watches whose identifier begins so, at most two.
pub fn find(connection: &Connection, id: &str) -> Outcome<Vec<ValidationRecord>> {
    let sql = "SELECT * FROM validations WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map([id], read).and_then(Iterator::collect).map_err(fault)
}

/// Watches that are over by this moment and whose figures are not kept yet.
pub fn over(connection: &Connection, now: Instant) -> Outcome<Vec<ValidationRecord>> {
    let sql = "SELECT * FROM validations WHERE figures IS NULL AND (ends <= ?1 OR stopped IS NOT NULL)";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map([at(now)], read).and_then(Iterator::collect).map_err(fault)
}

fn read(row: &Row<'_>) -> rusqlite::Result<ValidationRecord> {
    Ok(ValidationRecord {
        id: row.get("id")?,
        system: parsed(row, "system")?,
        release: row.get("release")?,
        from: parsed(row, "begins")?,
        until: parsed(row, "ends")?,
        stopped: parsed_option(row, "stopped")?,
        started_by: row.get("started_by")?,
        file: row.get("file")?,
        figures: json_option(row, "figures")?,
    })
}
