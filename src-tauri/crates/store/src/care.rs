//! What was found when repositories were looked after: packs that were read again, results of checks, snapshots that are damaged.

use std::collections::BTreeSet;

use quarterdeck_model::{
    Instant, Outcome, WirePath,
    snapshot::{Affected, SnapshotId},
};
use rusqlite::{Connection, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::database::{at, fault, json, optional, parsed, to_json};

/// Results that are kept of each repository.
const KEPT: u32 = 400;

/// The last reading of one pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRead {
    /// The pack's name.
    pub pack: String,
    /// When.
    pub at: Instant,
    /// False where its content was no longer what its name says.
    pub ok: bool,
    /// The names of the pieces that could not be read.
    pub broken: BTreeSet<String>,
}

/// The last readings of a repository's packs.
pub fn reads(connection: &Connection, repository: &WirePath) -> Outcome<Vec<PackRead>> {
    let mut statement = connection.prepare_cached("SELECT * FROM pack_reads WHERE repository = ?").map_err(fault)?;
    let rows = statement.query_map([repository.encode()], |row| {
        Ok(PackRead { pack: row.get("pack")?, at: parsed(row, "read_at")?, ok: row.get("ok")?, broken: json(row, "broken")? })
    });
    rows.map_err(fault)?.collect::<Result<_, _>>().map_err(fault)
}

/// Records readings.
pub fn record_reads(connection: &Connection, repository: &WirePath, reads: &[PackRead]) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO pack_reads (repository, pack, read_at, ok, broken) VALUES (?, ?, ?, ?, ?)";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    for read in reads {
        statement.execute(params![repository.encode(), read.pack, at(read.at), read.ok, to_json(&read.broken)?]).map_err(fault)?;
    }
    Ok(())
}

/// Forgets the readings of packs that are no longer there.
pub fn forget_reads(connection: &Connection, repository: &WirePath, packs: &[String]) -> Outcome<()> {
    let mut statement = connection.prepare_cached("DELETE FROM pack_reads WHERE repository = ? AND pack = ?").map_err(fault)?;
    for pack in packs {
        statement.execute(params![repository.encode(), pack]).map_err(fault)?;
    }
    Ok(())
}

/// Records the result of a check; only the newest ones are kept.
pub fn record_check(connection: &Connection, repository: &WirePath, checked_at: Instant, result: &impl Serialize) -> Outcome<()> {
    let sql = "INSERT INTO repository_checks (repository, checked_at, result) VALUES (?, ?, ?)";
    connection.execute(sql, params![repository.encode(), at(checked_at), to_json(result)?]).map_err(fault)?;
    let sql = "DELETE FROM repository_checks WHERE repository = ?1 AND id <= coalesce(
                   (SELECT id FROM repository_checks WHERE repository = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2), 0)";
    connection.execute(sql, params![repository.encode(), KEPT]).map_err(fault)?;
    Ok(())
}

/// The result of the newest check.
pub fn last_check<T: DeserializeOwned>(connection: &Connection, repository: &WirePath) -> Outcome<Option<T>> {
    let sql = "SELECT result FROM repository_checks WHERE repository = ? ORDER BY id DESC LIMIT 1";
    optional(connection.query_row(sql, [repository.encode()], |row| json(row, "result")))
}

/// Marks the snapshots of a repository that are damaged, and no others of it.
pub fn mark_affected(connection: &Connection, repository: &WirePath, affected: &[(SnapshotId, Affected)]) -> Outcome<()> {
    connection.execute("DELETE FROM affected WHERE repository = ?", [repository.encode()]).map_err(fault)?;
    let sql = "INSERT OR REPLACE INTO affected (snapshot, repository, affected) VALUES (?, ?, ?)";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    for (snapshot, affected) in affected {
        statement.execute(params![snapshot.0, repository.encode(), to_json(affected)?]).map_err(fault)?;
    }
    Ok(())
}

/// The mark of a damaged snapshot.
pub fn affected(connection: &Connection, snapshot: &SnapshotId) -> Outcome<Option<Affected>> {
    optional(connection.query_row("SELECT affected FROM affected WHERE snapshot = ?", [&snapshot.0], |row| json(row, "affected")))
}
