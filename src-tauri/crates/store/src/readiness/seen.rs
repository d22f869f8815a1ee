//! What gates of checklists' files protected when somebody looked who may remember it.

use quarterdeck_model::{Outcome, readiness::GateAction, system::Name};
use rusqlite::{Connection, params};

use crate::database::{fault, json, to_json};

/// A gate of a file, which protects something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenGate {
    /// Whose.
    pub checklist: String,
    /// Its name.
    pub name: String,
    /// What goes through it.
    pub title: String,
    /// What it protects.
    pub protects: Vec<GateAction>,
}

/// Those of a system, by checklist and name.
pub fn of_system(connection: &Connection, system: &Name) -> Outcome<Vec<SeenGate>> {
    let sql = "SELECT * FROM gates_seen WHERE system = ? ORDER BY checklist, name";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let rows = statement.query_map([system.as_str()], |row| {
        Ok(SeenGate {
            checklist: row.get("checklist")?,
            name: row.get("name")?,
            title: row.get("title")?,
            protects: json(row, "protects")?,
        })
    });
    rows.map_err(fault)?.collect::<Result<_, _>>().map_err(fault)
}

/// Puts these in the place of all that were seen.
pub fn see(connection: &Connection, system: &Name, gates: &[SeenGate]) -> Outcome<()> {
    connection.execute("DELETE FROM gates_seen WHERE system = ?", [system.as_str()]).map_err(fault)?;
    for SeenGate { checklist, name, title, protects } in gates {
        let sql = "INSERT INTO gates_seen (system, checklist, name, title, protects) VALUES (?, ?, ?, ?, ?)";
        connection.execute(sql, params![system.as_str(), checklist, name, title, to_json(protects)?]).map_err(fault)?;
    }
    Ok(())
}

/// Forgets the gates of that name; true where there was one.
pub fn lose_sight(connection: &Connection, system: &Name, gate: &str) -> Outcome<bool> {
    let sql = "DELETE FROM gates_seen WHERE system = ? AND name = ?";
    Ok(connection.execute(sql, params![system.as_str(), gate]).map_err(fault)? > 0)
}
