//! Our own SQLite: opened, brought up to date, read and written in transactions.

use std::{ops::Deref, path::Path, time::Duration};

use quarterdeck_model::{Fault, Instant, Outcome};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, TransactionBehavior, types::Type};
use serde::{Serialize, de::DeserializeOwned};

use crate::connections::{Connections, Kind};

/// Each entry brings the schema from its index to the next version (`PRAGMA user_version`). Entries are never edited, only added.
const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
    include_str!("schema/0009.sql"),
    include_str!("schema/0010.sql"),
];

/// How long a write waits for another process's.
const PATIENCE: Duration = Duration::from_secs(10);

/// The engine's own database.
pub struct Store(Connections);

impl Store {
    /// Opens the store, making or upgrading it. Refuses one that a newer Quarterdeck wrote.
    pub fn open(path: &Path) -> Outcome<Self> {
        Connections::open(path, &Kind { connect, begin: upgrade, fault }).map(Self)
    }
}

impl Deref for Store {
    type Target = Connections;

    fn deref(&self) -> &Connections {
        &self.0
    }
}

fn connect(path: &Path) -> Outcome<Connection> {
    let connection = Connection::open(path).map_err(|error| {
        Fault::failed("store-error", format!("The store {} cannot be opened: {error}.", path.display()))
            .hint("Check the folder's permissions and its disk, or set QUARTERDECK_HOME to another folder.")
    })?;
    connection.busy_timeout(PATIENCE).map_err(fault)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;").map_err(|error| {
        let reason = error.to_string();
        let fault = fault(error);
        match fault.is("store-damaged") {
            true => Fault { message: format!("The store {} is damaged: {reason}.", path.display()), ..fault },
            false => fault,
        }
    })?;
    Ok(connection)
}

fn upgrade(path: &Path, connection: &mut Connection) -> Outcome<()> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
    let version: u32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fault)?;
    if version > newest() {
        return Err(Fault::refused("store-newer", format!("The store {} was written by a newer Quarterdeck.", path.display()))
            .hint("Install that version, or set QUARTERDECK_HOME to another folder."));
    }
    for sql in MIGRATIONS.iter().skip(version as usize) {
        tx.execute_batch(sql).map_err(fault)?;
    }
    tx.pragma_update(None, "user_version", newest()).map_err(fault)?;
    tx.commit().map_err(fault)
}

#[allow(clippy::cast_possible_truncation)] // a handful
fn newest() -> u32 {
    MIGRATIONS.len() as u32
}

/// What an error of our own database means.
pub(crate) fn fault(error: rusqlite::Error) -> Fault {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Fault::failed("disk-full", "The disk that holds the store is full; nothing was recorded.")
            .hint("Free some space, then try again.")
            .may_retry(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Fault::failed("store-busy", "Another Quarterdeck kept the store busy for too long.").hint("Try again.").may_retry()
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            Fault::failed("store-damaged", format!("The store is damaged: {error}."))
                .hint("Move it aside and add the systems again: snapshots and their keys are not in it.")
        }
        _ => Fault::failed("store-error", format!("The store did not do its part: {error}."))
            .hint("Check the disk and the permissions of its folder."),
    }
}

/// `Some` row, or none.
pub(crate) fn optional<T>(result: rusqlite::Result<T>) -> Outcome<Option<T>> {
    result.optional().map_err(fault)
}

/// An instant as it stands in a column: RFC 3339 with milliseconds, so that text order is time order.
pub(crate) fn at(instant: Instant) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A column of text that parses.
pub(crate) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: T::Err| conversion(&error.to_string()))
}

/// A column of text that parses, or is absent.
pub(crate) fn parsed_option<T: std::str::FromStr<Err: std::fmt::Display>>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|error: T::Err| conversion(&error.to_string()))).transpose()
}

/// A column of JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| conversion(&error.to_string()))
}

/// A column of JSON that may be absent.
pub(crate) fn json_option<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| conversion(&error.to_string()))).transpose()
}

/// A value as JSON text, for a column.
pub(crate) fn to_json(value: &impl Serialize) -> Outcome<String> {
    serde_json::to_string(value).map_err(|error| Fault::bug(format!("A value could not be written as JSON: {error}.")))
}

/// An enumeration's kebab-case word, for a column.
pub(crate) fn word(value: &impl Serialize) -> Outcome<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(Fault::bug(format!("A word was expected, not {other:?}."))),
    }
}

/// A column that holds an enumeration's kebab-case word.
pub(crate) fn from_word<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let word: String = row.get(column)?;
    serde_json::from_value(serde_json::Value::String(word)).map_err(|error| conversion(&error.to_string()))
}

/// A column that holds an enumeration's kebab-case word, or is absent.
pub(crate) fn from_word_option<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let word: Option<String> = row.get(column)?;
    word.map(|_| from_word(row, column)).transpose()
}

fn conversion(reason: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, reason.to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jotting_is_seen_by_others_at_once_and_what_is_written_after_it_is_synced_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db")).unwrap();
        let other = Store::open(&folder.path().join("store.db")).unwrap();
        let level = || store.write(|tx| tx.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0)).map_err(fault)).unwrap();
        let version = other.foreign_version().unwrap();
        store.jot(|tx| tx.execute_batch("CREATE TABLE jotted (x)").map_err(fault)).unwrap();
        assert_ne!(other.foreign_version().unwrap(), version);
        assert_eq!(level(), 2);
        let jotted = store.jot(|tx| tx.execute_batch("INSERT INTO nowhere VALUES (1)").map_err(fault));
        assert!(jotted.is_err());
        assert_eq!(level(), 2);
    }

    #[test]
    fn a_fault_inside_a_write_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db")).unwrap();
        let result: Outcome<()> = store.write(|tx| {
            tx.execute("INSERT INTO kits (system, made_at) VALUES ('shop', 'x')", []).map_err(fault)?;
            Err(Fault::refused("test", "no"))
        });
        assert!(result.is_err());
        let rows: i64 = store.read(|c| c.query_row("SELECT count(*) FROM kits", [], |row| row.get(0)).map_err(fault)).unwrap();
        assert_eq!(rows, 0);
    }

    #[test]
    fn a_store_is_for_its_user_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db")).unwrap();
        store.write(|tx| tx.execute_batch("DELETE FROM kits").map_err(fault)).unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_store_from_the_future_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        drop(Store::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", newest() + 1).unwrap();
        assert!(Store::open(&path).err().unwrap().is("store-newer"));
    }
}
