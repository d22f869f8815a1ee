//! How groups of rules and their alerts are: the newest only.

use quarterdeck_model::Outcome;
use rusqlite::{Connection, Row, Transaction, params};

use super::fault;

/// A group of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// Its key.
    pub key: String,
    /// Its place in the list.
    pub place: i64,
    /// How it is, as JSON.
    pub body: String,
    /// What the next process has to know to go on.
    pub saved: String,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// Which.
    pub id: String,
    /// The key of its group.
    pub group: String,
    /// How it is, as JSON: all that the next process has to know to go on.
    pub saved: String,
    /// The newest notice that told of it.
    pub told: Option<i64>,
}

/// Keeps how a group is.
pub fn put_group(tx: &Transaction<'_>, group: &GroupRow) -> Outcome<()> {
    let sql = "INSERT INTO rule_groups (key, place, body, saved) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (key) DO UPDATE SET place = excluded.place, body = excluded.body, saved = excluded.saved";
    let values = params![group.key, group.place, group.body, group.saved];
    tx.prepare_cached(sql).and_then(|mut put| put.execute(values)).map(|_| ()).map_err(fault)
}

/// Forgets a group and its alerts.
pub fn drop_group(tx: &Transaction<'_>, key: &str) -> Outcome<()> {
    tx.execute("DELETE FROM alerts WHERE rule_group = ?1", [key]).map_err(fault)?;
    tx.execute("DELETE FROM rule_groups WHERE key = ?1", [key]).map(|_| ()).map_err(fault)
}

/// All groups, in their order.
pub fn groups(connection: &Connection) -> Outcome<Vec<GroupRow>> {
    let mut rows = connection.prepare_cached("SELECT key, place, body, saved FROM rule_groups ORDER BY place, key").map_err(fault)?;
    let read = rows.query_map([], |row| Ok(GroupRow { key: row.get(0)?, place: row.get(1)?, body: row.get(2)?, saved: row.get(3)? }));
    read.and_then(Iterator::collect).map_err(fault)
}

/// Keeps how an alert is; who was told of it stays.
pub fn put(tx: &Transaction<'_>, alert: &AlertRow) -> Outcome<()> {
    let sql = "INSERT INTO alerts (id, rule_group, saved, told) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (id) DO UPDATE SET rule_group = excluded.rule_group, saved = excluded.saved";
    let values = params![alert.id, alert.group, alert.saved, alert.told];
    tx.prepare_cached(sql).and_then(|mut put| put.execute(values)).map(|_| ()).map_err(fault)
}

/// Forgets an alert.
pub fn drop(tx: &Transaction<'_>, id: &str) -> Outcome<()> {
    tx.prepare_cached("DELETE FROM alerts WHERE id = ?1").and_then(|mut drop| drop.execute([id])).map(|_| ()).map_err(fault)
}

/// Keeps which notice told of an alert last.
pub fn set_told(tx: &Transaction<'_>, id: &str, notice: i64) -> Outcome<()> {
    let sql = "UPDATE alerts SET told = ?2 WHERE id = ?1";
    tx.prepare_cached(sql).and_then(|mut update| update.execute(params![id, notice])).map(|_| ()).map_err(fault)
}

/// All alerts.
pub fn all(connection: &Connection) -> Outcome<Vec<AlertRow>> {
    let mut rows = connection.prepare_cached("SELECT id, rule_group, saved, told FROM alerts").map_err(fault)?;
    rows.query_map([], row).and_then(Iterator::collect).map_err(fault)
}

/// Alerts of one group.
pub fn of_group(connection: &Connection, key: &str) -> Outcome<Vec<AlertRow>> {
    let sql = "SELECT id, rule_group, saved, told FROM alerts WHERE rule_group = ?1";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map([key], row).and_then(Iterator::collect).map_err(fault)
}

/// A text kept under a name; none where it was never set.
pub fn fact(connection: &Connection, key: &str) -> Outcome<Option<String>> {
    let read = connection.query_row("SELECT value FROM facts WHERE key = ?1", [key], |row| row.get(0));
    rusqlite::OptionalExtension::optional(read).map_err(fault)
}

/// Keeps a text under a name.
pub fn set_fact(tx: &Transaction<'_>, key: &str, value: &str) -> Outcome<()> {
    let sql = "INSERT INTO facts (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.execute(sql, [key, value]).map(|_| ()).map_err(fault)
}

fn row(row: &Row<'_>) -> rusqlite::Result<AlertRow> {
    Ok(AlertRow { id: row.get(0)?, group: row.get(1)?, saved: row.get(2)?, told: row.get(3)? })
}
