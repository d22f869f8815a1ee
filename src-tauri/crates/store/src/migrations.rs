//! What is remembered of migrations of other databases: rehearsals, and folders that somebody set. (The store's own schema is brought up
//! to date in [`crate::database`].)

use quarterdeck_model::{Instant, Outcome, WirePath, migration::Layout, migration::Rehearsal};
use rusqlite::{Connection, Row, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::database::{at, fault, from_word_option, json, optional, parsed, to_json, word};
use crate::systems::path;

/// Rehearsals that are kept of a database.
const KEPT: u32 = 20;

/// A folder that somebody set for a database.
#[derive(Debug, Clone, PartialEq)]
pub struct SetFolder {
    /// The folder.
    pub folder: WirePath,
    /// The layout; absent where it is detected.
    pub layout: Option<Layout>,
    /// Who set it.
    pub who: String,
    /// When.
    pub at: Instant,
}

/// Remembers a rehearsal of the component with that identifier, with what it rested on, and drops those that are too old to matter.
pub fn remember(connection: &Connection, component: &str, rehearsal: &Rehearsal, basis: &impl Serialize) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO rehearsals (job, system, component_id, at, body, basis) VALUES (?, ?, ?, ?, ?, ?)";
    let system = rehearsal.target.system.as_str();
    let values = params![rehearsal.job.0, system, component, at(rehearsal.at), to_json(rehearsal)?, to_json(basis)?];
    connection.execute(sql, values).map_err(fault)?;
    let sql = "DELETE FROM rehearsals WHERE component_id = ?1
               AND job NOT IN (SELECT job FROM rehearsals WHERE component_id = ?1 ORDER BY job DESC LIMIT ?2)";
    connection.execute(sql, params![component, KEPT]).map_err(fault)?;
    Ok(())
}

/// Rehearsals of a component, newest first, each with what it rested on.
pub fn rehearsals<B: DeserializeOwned>(connection: &Connection, component: &str) -> Outcome<Vec<(Rehearsal, B)>> {
    let sql = "SELECT body, basis FROM rehearsals WHERE component_id = ? ORDER BY job DESC";
    let mut statement = connection.prepare(sql).map_err(fault)?;
    let rows = statement.query_map([component], |row| Ok((json(row, "body")?, json(row, "basis")?))).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// Sets the folder of a component, in place of the one that was set before.
pub fn set_folder(connection: &Connection, component: &str, set: &SetFolder) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO migration_folders (component, folder, layout, set_by, set_at) VALUES (?, ?, ?, ?, ?)";
    let layout = set.layout.map(|layout| word(&layout)).transpose()?;
    connection.execute(sql, params![component, set.folder.encode(), layout, set.who, at(set.at)]).map_err(fault)?;
    Ok(())
}

/// The folder that somebody set for a component.
pub fn folder(connection: &Connection, component: &str) -> Outcome<Option<SetFolder>> {
    let set = |row: &Row<'_>| {
        Ok(SetFolder {
            folder: path(row, "folder")?,
            layout: from_word_option(row, "layout")?,
            who: row.get("set_by")?,
            at: parsed(row, "set_at")?,
        })
    };
    optional(connection.query_row("SELECT * FROM migration_folders WHERE component = ?", [component], set))
}
