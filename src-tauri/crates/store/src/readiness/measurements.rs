//! The newest measurement of each evidence, and since when it has said the same.

use std::collections::BTreeMap;

use quarterdeck_model::{Digest, Instant, Outcome};
use rusqlite::{Connection, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::database::{at, fault, json, optional, parsed, to_json};

/// Stretches that are kept of each evidence.
const KEPT: u32 = 200;

/// What is kept of a measurement beside itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Digest over what it says.
    pub outcome: Digest,
    /// Since when it has said the same.
    pub since: Instant,
    /// When it was measured.
    pub measured: Instant,
}

/// What is kept of an evidence.
pub fn kept(connection: &Connection, copy: &str, key: &str) -> Outcome<Option<Kept>> {
    let sql = "SELECT outcome, since, measured FROM measurements WHERE copy = ? AND key = ?";
    optional(connection.prepare_cached(sql).map_err(fault)?.query_row([copy, key], |row| {
        Ok(Kept { outcome: Digest(row.get("outcome")?), since: parsed(row, "since")?, measured: parsed(row, "measured")? })
    }))
}

/// Keeps a measurement as the newest one; where it begins a stretch, in the history as well.
pub fn keep(connection: &Connection, copy: &str, key: &str, kept: &Kept, measurement: &impl Serialize, begins: bool) -> Outcome<()> {
    let body = to_json(measurement)?;
    let sql = "INSERT OR REPLACE INTO measurements (copy, key, outcome, since, measured, measurement) VALUES (?, ?, ?, ?, ?, ?)";
    let row = params![copy, key, kept.outcome.0, at(kept.since), at(kept.measured), body];
    connection.prepare_cached(sql).map_err(fault)?.execute(row).map_err(fault)?;
    if begins {
        let sql = "INSERT OR REPLACE INTO measurement_changes (copy, key, since, measurement) VALUES (?, ?, ?, ?)";
        connection.prepare_cached(sql).map_err(fault)?.execute(params![copy, key, at(kept.since), body]).map_err(fault)?;
        let sql = "DELETE FROM measurement_changes WHERE copy = ?1 AND key = ?2 AND since <= (SELECT since FROM measurement_changes
                       WHERE copy = ?1 AND key = ?2 ORDER BY since DESC LIMIT 1 OFFSET ?3)";
        connection.prepare_cached(sql).map_err(fault)?.execute(params![copy, key, KEPT]).map_err(fault)?;
    }
    Ok(())
}

/// The newest measurement of one evidence.
pub fn newest_of<T: DeserializeOwned>(connection: &Connection, copy: &str, key: &str) -> Outcome<Option<T>> {
    let sql = "SELECT measurement FROM measurements WHERE copy = ? AND key = ?";
    optional(connection.prepare_cached(sql).map_err(fault)?.query_row([copy, key], |row| json(row, "measurement")))
}

/// The newest measurement of each evidence of a copy, by its key.
pub fn newest<T: DeserializeOwned>(connection: &Connection, copy: &str) -> Outcome<BTreeMap<String, T>> {
    let mut rows = connection.prepare_cached("SELECT key, measurement FROM measurements WHERE copy = ?").map_err(fault)?;
    rows.query_map([copy], |row| Ok((row.get(0)?, json(row, "measurement")?))).and_then(Iterator::collect).map_err(fault)
}

/// Over everything that is measured for a copy, byte for byte; the figures of a closed copy hold it.
pub fn digest(connection: &Connection, copy: &str) -> Outcome<Digest> {
    let sql = "SELECT key, outcome, since, measured, measurement FROM measurements WHERE copy = ? ORDER BY key";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    let text = |row: &rusqlite::Row<'_>, at: usize| row.get::<_, String>(at);
    let rows = rows.query_map([copy], |row| Ok((text(row, 0)?, text(row, 1)?, text(row, 2)?, text(row, 3)?, text(row, 4)?)));
    Ok(Digest::over(&rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(fault)?))
}

/// The first measurement of each stretch in which an evidence said the same, oldest first.
pub fn changes<T: DeserializeOwned>(connection: &Connection, copy: &str, key: &str) -> Outcome<Vec<T>> {
    let sql = "SELECT measurement FROM measurement_changes WHERE copy = ? AND key = ? ORDER BY since";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map([copy, key], |row| json(row, "measurement")).and_then(Iterator::collect).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readiness::copies::tests::with_copies;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn the_newest_stands_and_the_beginning_of_each_stretch_stays() {
        let (_folder, store) = with_copies(&["aa"]);
        let moment = |minute: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let kept_at = |minute: i64, since: i64, says: &str| Kept {
            outcome: Digest::of(says.as_bytes()),
            since: moment(since),
            measured: moment(minute),
        };
        let said = [(0, 0, "holds"), (1, 0, "holds"), (2, 2, "fails"), (3, 3, "holds")];
        for (minute, since, says) in said {
            let row = kept_at(minute, since, says);
            store.write(|tx| keep(tx, "aa", "a/1", &row, &(minute, says), minute == since)).unwrap();
        }
        assert_eq!(store.read(|c| kept(c, "aa", "a/1")).unwrap(), Some(kept_at(3, 3, "holds")));
        assert_eq!(store.read(|c| kept(c, "aa", "a/2")).unwrap(), None);
        let newest: BTreeMap<String, (i64, String)> = store.read(|c| newest(c, "aa")).unwrap();
        assert_eq!(newest, [("a/1".to_owned(), (3, "holds".to_owned()))].into());
        let stretches: Vec<(i64, String)> = store.read(|c| changes(c, "aa", "a/1")).unwrap();
        assert_eq!(stretches.iter().map(|one| one.0).collect::<Vec<_>>(), [0, 2, 3]);
        for minute in 10..i64::from(KEPT) + 20 {
            store.write(|tx| keep(tx, "aa", "a/1", &kept_at(minute, minute, "x"), &(minute, "x"), true)).unwrap();
        }
        let stretches: Vec<(i64, String)> = store.read(|c| changes(c, "aa", "a/1")).unwrap();
        assert_eq!((stretches.len(), stretches[0].0), (KEPT as usize, 20));
    }
}
