//! Rows about alerts of a home: what the machine found, and who was told. What they mean is the engine's business; what people said about
//! alerts (acknowledgements, silences) lies in the store.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Fault, Instant, Outcome};
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::{
    connections::{Connections, Kind},
    files,
};

pub mod events;
pub mod notices;
pub mod rungs;
pub mod states;
pub mod told;

const SCHEMA: &str = include_str!("alerts/schema.sql");

/// `PRAGMA user_version` of a file of this form.
const FORMAT: i64 = 1;

/// How long a write waits for another process's.
const PATIENCE: Duration = Duration::from_secs(5);

/// A file of alerts.
pub struct File(Connections);

impl File {
    /// Opens a file, or begins one in its folder; a damaged one is set aside first, and the sentence says so.
    ///
    /// Fault: `alerts-newer`.
    pub fn open(path: &Path, now: Instant) -> Outcome<(Self, Option<String>)> {
        match Self::try_open(path) {
            Err(fault) if fault.is("alerts-damaged") => {
                let aside = set_aside(path, now)?;
                let sentence = format!("{} It was set aside as {}, and a new one was begun.", fault.message, aside.display());
                Ok((Self::try_open(path)?, Some(sentence)))
            }
            opened => opened.map(|file| (file, None)),
        }
    }

    fn try_open(path: &Path) -> Outcome<Self> {
        if let Some(folder) = path.parent().filter(|_| !path.exists()) {
            files::make_folder(folder)?;
        }
        Connections::open(path, &Kind { connect, begin, fault }).map(Self)
    }
}

impl Deref for File {
    type Target = Connections;

    fn deref(&self) -> &Connections {
        &self.0
    }
}

fn connect(path: &Path) -> Outcome<Connection> {
    let connection = Connection::open(path).map_err(fault)?;
    connection.busy_timeout(PATIENCE).map_err(fault)?;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 400;")
        .map_err(fault)?;
    Ok(connection)
}

fn begin(path: &Path, connection: &mut Connection) -> Outcome<()> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
    let number = |sql: &str| tx.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(fault);
    match number("PRAGMA user_version")? {
        FORMAT if number("SELECT count(*) FROM sqlite_schema WHERE name IN ('alerts', 'events', 'notices')")? == 3 => {}
        0 if number("SELECT count(*) FROM sqlite_schema")? == 0 => {
            tx.execute_batch(SCHEMA).map_err(fault)?;
            tx.pragma_update(None, "user_version", FORMAT).map_err(fault)?;
        }
        version if version > FORMAT => {
            return Err(Fault::refused("alerts-newer", format!("The alerts {} were written by a newer Quarterdeck.", path.display()))
                .hint("Install that version, or move the file away to begin anew."));
        }
        _ => return Err(damaged("it is another program's database")),
    }
    tx.commit().map_err(fault)
}

/// Puts a damaged file and its sidecars aside, under a name that tells when; where it lies now.
fn set_aside(path: &Path, now: Instant) -> Outcome<PathBuf> {
    let stamp = now.format("%Y%m%dT%H%M%S");
    let named =
        |n: u32| path.with_file_name(if n == 0 { format!("alerts-damaged-{stamp}.db") } else { format!("alerts-damaged-{stamp}-{n}.db") });
    let aside = (0..).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(0));
    // The log first: beside a new file it would be taken for that one's.
    for suffix in ["-wal", "-shm", ""] {
        let part = files::with_suffix(path, suffix);
        if part.exists() {
            files::rename(&part, &files::with_suffix(&aside, suffix))?;
        }
    }
    Ok(aside)
}

fn damaged(reason: &str) -> Fault {
    Fault::failed("alerts-damaged", format!("The file of the alerts is damaged: {reason}."))
        .hint("It is set aside at the next start; alerts that fire are found again.")
}

/// What an error of the alerts' file means.
pub(crate) fn fault(error: rusqlite::Error) -> Fault {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            Fault::failed("disk-full", "The disk that holds the alerts is full; nothing about alerts is recorded.")
                .hint("Free some space.")
                .may_retry()
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Fault::failed("alerts-busy", "Another process kept the alerts busy for too long.").hint("Try again.").may_retry()
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => damaged(&error.to_string()),
        _ => Fault::failed("alerts-error", format!("The file of the alerts did not do its part: {error}."))
            .hint("Check the disk and the permissions of its folder.")
            .may_retry(),
    }
}

#[cfg(test)]
mod tests;
