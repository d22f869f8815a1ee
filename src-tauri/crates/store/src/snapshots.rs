//! What was measured of snapshots after they were taken, and which are pinned. The snapshots themselves live in their repositories.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Bytes, Count, Digest, Instant, JobId, Outcome,
    snapshot::{LevelReached, Manifest, Snapshot, SnapshotId},
    system::Name,
};
use rusqlite::{Connection, params};

use crate::{
    database::{at, fault, from_word, json, optional, parsed, to_json, word},
    keep,
};

/// Remembers the manifest of a snapshot, and what it added to its repository.
pub fn remember(connection: &Connection, snapshot: &SnapshotId, manifest: &Manifest, added: Bytes) -> Outcome<()> {
    let added = i64::try_from(added.0).unwrap_or(i64::MAX);
    let sql = "INSERT INTO manifests (snapshot, system, manifest, added) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    connection.execute(sql, params![snapshot.0, manifest.system.as_str(), to_json(manifest)?, added]).map_err(fault)?;
    Ok(())
}

/// Everything that is known of a snapshot; none where its manifest was not read yet.
pub fn find(connection: &Connection, snapshot: &SnapshotId) -> Outcome<Option<Snapshot>> {
    let sql = "SELECT manifest, added FROM manifests WHERE snapshot = ?";
    let found =
        optional(connection.query_row(sql, [&snapshot.0], |row| Ok((json::<Manifest>(row, "manifest")?, row.get::<_, i64>("added")?))))?;
    let Some((mut manifest, added)) = found else { return Ok(None) };
    for component in &mut manifest.components {
        if let Some((rows, at)) = rows(connection, snapshot, &component.name)? {
            (component.rows, component.rows_at) = (Some(rows), Some(at));
        }
    }
    Ok(Some(Snapshot {
        id: snapshot.clone(),
        manifest,
        levels: levels(connection, snapshot)?,
        added: Bytes(added.unsigned_abs()),
        pinned_until: pinned_until(connection, snapshot)?,
        affected: crate::care::affected(connection, snapshot)?,
        pin: keep::pin(connection, snapshot)?,
    }))
}

/// True where snapshots of the system were taken or seen before.
pub fn any_of(connection: &Connection, system: &Name) -> Outcome<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM manifests WHERE system = ?)", [system.as_str()], |row| row.get(0)).map_err(fault)
}

/// Heads of the audit chain that snapshots of this store carry, with the snapshot. Snapshots that another store took carry its heads.
pub fn audit_heads(connection: &Connection) -> Outcome<Vec<(SnapshotId, Digest)>> {
    let mut statement = connection.prepare("SELECT snapshot, manifest FROM manifests").map_err(fault)?;
    let rows = statement.query_map([], |row| Ok((SnapshotId(row.get("snapshot")?), json::<Manifest>(row, "manifest")?))).map_err(fault)?;
    let mut ours = connection.prepare("SELECT EXISTS (SELECT 1 FROM components WHERE id = ?)").map_err(fault)?;
    let mut heads = Vec::new();
    for row in rows {
        let (id, manifest) = row.map_err(fault)?;
        let Some(head) = manifest.audit_head else { continue };
        for component in &manifest.components {
            if ours.query_row([&component.id], |row| row.get(0)).map_err(fault)? {
                heads.push((id, head));
                break;
            }
        }
    }
    Ok(heads)
}

/// Drops everything that is known of a snapshot, its pins included: it is off the list of its repository.
pub fn drop_all_of(connection: &Connection, snapshot: &SnapshotId) -> Outcome<()> {
    for table in ["manifests", "levels", "row_counts", "pins", "people_pins"] {
        connection.execute(&format!("DELETE FROM {table} WHERE snapshot = ?"), [&snapshot.0]).map_err(fault)?;
    }
    Ok(())
}

/// Records levels; a level that was reached before gets the later date.
pub fn reach(connection: &Connection, snapshot: &SnapshotId, levels: &[LevelReached]) -> Outcome<()> {
    for reached in levels {
        let sql = "INSERT INTO levels (snapshot, level, reached_at) VALUES (?, ?, ?)
                   ON CONFLICT DO UPDATE SET reached_at = max(reached_at, excluded.reached_at)";
        connection.execute(sql, params![snapshot.0, word(&reached.level)?, at(reached.at)]).map_err(fault)?;
    }
    Ok(())
}

/// Levels reached by a snapshot, weakest first.
pub fn levels(connection: &Connection, snapshot: &SnapshotId) -> Outcome<Vec<LevelReached>> {
    let mut statement = connection.prepare_cached("SELECT * FROM levels WHERE snapshot = ?").map_err(fault)?;
    let rows =
        statement.query_map([&snapshot.0], |row| Ok(LevelReached { level: from_word(row, "level")?, at: parsed(row, "reached_at")? }));
    let mut levels: Vec<LevelReached> = rows.map_err(fault)?.collect::<Result<_, _>>().map_err(fault)?;
    levels.sort_by_key(|reached| reached.level);
    Ok(levels)
}

/// Rows by table.
pub type RowCounts = BTreeMap<String, Count>;

/// Records the row counts of one component.
pub fn count_rows(connection: &Connection, snapshot: &SnapshotId, component: &Name, rows: &RowCounts, now: Instant) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO row_counts (snapshot, component, counted, counted_at) VALUES (?, ?, ?, ?)";
    connection.execute(sql, params![snapshot.0, component.as_str(), to_json(rows)?, at(now)]).map_err(fault)?;
    Ok(())
}

/// The row counts of one component, and when they were measured.
pub fn rows(connection: &Connection, snapshot: &SnapshotId, component: &Name) -> Outcome<Option<(RowCounts, Instant)>> {
    let sql = "SELECT * FROM row_counts WHERE snapshot = ? AND component = ?";
    optional(
        connection.query_row(sql, params![snapshot.0, component.as_str()], |row| Ok((json(row, "counted")?, parsed(row, "counted_at")?))),
    )
}

/// Keeps a snapshot until a moment, on behalf of a job.
pub fn pin(connection: &Connection, snapshot: &SnapshotId, until: Instant, job: JobId) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO pins (snapshot, until, job) VALUES (?, ?, ?)";
    connection.execute(sql, params![snapshot.0, at(until), job.0]).map_err(fault)?;
    Ok(())
}

/// Until when a snapshot is kept whatever happens.
pub fn pinned_until(connection: &Connection, snapshot: &SnapshotId) -> Outcome<Option<Instant>> {
    optional(connection.query_row("SELECT until FROM pins WHERE snapshot = ?", [&snapshot.0], |row| parsed(row, "until")))
}

/// The snapshot that a job pinned, with its end: the way back from that job.
pub fn pinned_by(connection: &Connection, job: JobId) -> Outcome<Option<(SnapshotId, Instant)>> {
    let row = |row: &rusqlite::Row<'_>| Ok((SnapshotId(row.get("snapshot")?), parsed(row, "until")?));
    optional(connection.query_row("SELECT * FROM pins WHERE job = ?", [job.0], row))
}

/// Records that a recovery kit was made.
pub fn kit_made(connection: &Connection, system: &Name, now: Instant) -> Outcome<()> {
    connection.execute("INSERT INTO kits (system, made_at) VALUES (?, ?)", params![system.as_str(), at(now)]).map_err(fault)?;
    Ok(())
}

/// When the newest recovery kit was made.
pub fn kit_at(connection: &Connection, system: &Name) -> Outcome<Option<Instant>> {
    optional(connection.query_row("SELECT made_at FROM kits WHERE system = ? ORDER BY made_at DESC LIMIT 1", [system.as_str()], |row| {
        parsed(row, "made_at")
    }))
}
