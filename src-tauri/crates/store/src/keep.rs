//! What people said about keeping: the rules of a system, and pins on single snapshots.

use quarterdeck_model::{
    Instant, Outcome,
    retention::{KeepRules, Pin},
    snapshot::SnapshotId,
    system::Name,
};
use rusqlite::{Connection, Row, params};

use crate::database::{at, fault, json, optional, parsed, parsed_option, to_json};

/// Rules that somebody set.
#[derive(Debug, Clone, PartialEq)]
pub struct SetRules {
    /// The rules.
    pub rules: KeepRules,
    /// Who set them.
    pub who: String,
    /// When.
    pub at: Instant,
}

/// Sets the rules of a system in place of those that were set before.
pub fn set_rules(connection: &Connection, system: &Name, set: &SetRules) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO keep_rules (system, rules, set_by, set_at) VALUES (?, ?, ?, ?)";
    connection.execute(sql, params![system.as_str(), to_json(&set.rules)?, set.who, at(set.at)]).map_err(fault)?;
    Ok(())
}

/// Takes the rules of a system away.
pub fn drop_rules(connection: &Connection, system: &Name) -> Outcome<()> {
    connection.execute("DELETE FROM keep_rules WHERE system = ?", [system.as_str()]).map_err(fault)?;
    Ok(())
}

/// The rules that somebody set for a system.
pub fn rules(connection: &Connection, system: &Name) -> Outcome<Option<SetRules>> {
    let set = |row: &Row<'_>| Ok(SetRules { rules: json(row, "rules")?, who: row.get("set_by")?, at: parsed(row, "set_at")? });
    optional(connection.query_row("SELECT * FROM keep_rules WHERE system = ?", [system.as_str()], set))
}

/// Pins a snapshot, in place of an earlier pin by people.
pub fn set_pin(connection: &Connection, snapshot: &SnapshotId, pin: &Pin) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO people_pins (snapshot, reason, until, pinned_by, pinned_at) VALUES (?, ?, ?, ?, ?)";
    connection.execute(sql, params![snapshot.0, pin.reason, pin.until.map(at), pin.who, at(pin.at)]).map_err(fault)?;
    Ok(())
}

/// Takes the pin by people away. The pin of a job stays.
pub fn drop_pin(connection: &Connection, snapshot: &SnapshotId) -> Outcome<()> {
    connection.execute("DELETE FROM people_pins WHERE snapshot = ?", [&snapshot.0]).map_err(fault)?;
    Ok(())
}

/// The pin by people on a snapshot, ended or not.
pub fn pin(connection: &Connection, snapshot: &SnapshotId) -> Outcome<Option<Pin>> {
    let pin = |row: &Row<'_>| {
        Ok(Pin {
            reason: row.get("reason")?,
            until: parsed_option(row, "until")?,
            who: row.get("pinned_by")?,
            at: parsed(row, "pinned_at")?,
        })
    };
    optional(connection.query_row("SELECT * FROM people_pins WHERE snapshot = ?", [&snapshot.0], pin))
}
