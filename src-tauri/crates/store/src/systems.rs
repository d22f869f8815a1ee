//! What is administered, as registered.

use quarterdeck_model::{
    Fault, Millis, Outcome, WirePath,
    system::{Component, Name, Objective, System},
};
use rusqlite::{Connection, Row, params};

use crate::database::{at, fault, from_word, optional, parsed, word};

/// Registers a system; its name must be free.
pub fn insert(connection: &Connection, system: &System) -> Outcome<()> {
    if find(connection, &system.name)?.is_some() {
        return Err(Fault::refused("name-taken", format!("There is a system {} already.", system.name)).hint("Give this one another name."));
    }
    connection
        .execute(
            "INSERT INTO systems (name, environment, owner, folder, repository, password, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            params![
                system.name.as_str(),
                word(&system.environment)?,
                system.owner,
                system.folder.as_ref().map(WirePath::encode),
                system.repository.encode(),
                system.password,
                at(system.added_at)
            ],
        )
        .map_err(fault)?;
    for (position, component) in (0_u32..).zip(&system.components) {
        let sql = "INSERT INTO components (id, system, position, name, path, kind) VALUES (?, ?, ?, ?, ?, ?)";
        let (name, path, kind) = (component.name.as_str(), component.path.encode(), word(&component.kind)?);
        let values = params![component.id, system.name.as_str(), position, name, path, kind];
        connection.execute(sql, values).map_err(fault)?;
    }
    for (position, objective) in (0_u32..).zip(&system.objectives) {
        let sql = "INSERT INTO objectives (system, position, scenario, rto_ms, rpo_ms) VALUES (?, ?, ?, ?, ?)";
        let (rto, rpo) = (milliseconds(objective.rto), milliseconds(objective.rpo));
        connection.execute(sql, params![system.name.as_str(), position, objective.scenario, rto, rpo]).map_err(fault)?;
    }
    Ok(())
}

/// All systems, by name.
pub fn list(connection: &Connection) -> Outcome<Vec<System>> {
    let mut statement = connection.prepare("SELECT * FROM systems ORDER BY name").map_err(fault)?;
    let rows = statement.query_map([], system).map_err(fault)?;
    rows.map(|row| complete(connection, row.map_err(fault)?)).collect()
}

/// The system of that name, where there is one.
pub fn find(connection: &Connection, name: &Name) -> Outcome<Option<System>> {
    let found = optional(connection.query_row("SELECT * FROM systems WHERE name = ?", [name.as_str()], system))?;
    found.map(|system| complete(connection, system)).transpose()
}

/// The system of that name.
pub fn get(connection: &Connection, name: &Name) -> Outcome<System> {
    find(connection, name)?.ok_or_else(|| {
        Fault::refused("system-missing", format!("There is no system {name} in this store.")).hint("Run: quarterdeck systems")
    })
}

/// The name of the system that has this file as a component, where there is one.
pub fn owner_of(connection: &Connection, path: &WirePath) -> Outcome<Option<Name>> {
    optional(connection.query_row("SELECT system FROM components WHERE path = ? LIMIT 1", [path.encode()], |row| parsed(row, "system")))
}

/// Takes a system off the list.
pub fn remove(connection: &Connection, name: &Name) -> Outcome<()> {
    connection.execute("DELETE FROM systems WHERE name = ?", [name.as_str()]).map_err(fault)?;
    Ok(())
}

fn complete(connection: &Connection, mut system: System) -> Outcome<System> {
    let mut statement = connection.prepare_cached("SELECT * FROM components WHERE system = ? ORDER BY position").map_err(fault)?;
    let components = statement.query_map([system.name.as_str()], |row| {
        Ok(Component { id: row.get("id")?, name: parsed(row, "name")?, path: path(row, "path")?, kind: from_word(row, "kind")? })
    });
    system.components = components.map_err(fault)?.collect::<Result<_, _>>().map_err(fault)?;
    let mut statement = connection.prepare_cached("SELECT * FROM objectives WHERE system = ? ORDER BY position").map_err(fault)?;
    let objectives = statement.query_map([system.name.as_str()], |row| {
        Ok(Objective {
            scenario: row.get("scenario")?,
            rto: Millis(row.get::<_, i64>("rto_ms")?.unsigned_abs()),
            rpo: Millis(row.get::<_, i64>("rpo_ms")?.unsigned_abs()),
        })
    });
    system.objectives = objectives.map_err(fault)?.collect::<Result<_, _>>().map_err(fault)?;
    Ok(system)
}

fn system(row: &Row<'_>) -> rusqlite::Result<System> {
    Ok(System {
        name: parsed(row, "name")?,
        environment: from_word(row, "environment")?,
        owner: row.get("owner")?,
        folder: row.get::<_, Option<String>>("folder")?.and_then(|text| WirePath::decode(&text)),
        components: Vec::new(),
        objectives: Vec::new(),
        repository: path(row, "repository")?,
        password: row.get("password")?,
        added_at: parsed(row, "added_at")?,
    })
}

pub(crate) fn path(row: &Row<'_>, column: &str) -> rusqlite::Result<WirePath> {
    let text: String = row.get(column)?;
    WirePath::decode(&text).ok_or(rusqlite::Error::InvalidQuery)
}

fn milliseconds(duration: Millis) -> i64 {
    i64::try_from(duration.0).unwrap_or(i64::MAX)
}
