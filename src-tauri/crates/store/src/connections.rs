//! A database of our own: one connection writes, another reads beside it.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use quarterdeck_model::{Fault, Outcome};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::files;

/// The two connections to a file.
pub struct Connections {
    path: PathBuf,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    fault: fn(rusqlite::Error) -> Fault,
}

/// What one kind of file has of its own.
pub(crate) struct Kind {
    /// Opens a connection to a file that is there.
    pub connect: fn(&Path) -> Outcome<Connection>,
    /// Makes what a new file holds, or brings an older one up to date.
    pub begin: fn(&Path, &mut Connection) -> Outcome<()>,
    /// What an error of SQLite means for whoever asked.
    pub fault: fn(rusqlite::Error) -> Fault,
}

impl Connections {
    /// Opens a file, making it where there is none; its folder is there.
    pub(crate) fn open(path: &Path, kind: &Kind) -> Outcome<Self> {
        if !path.exists() {
            // SQLite would make it readable for others; its sidecars take the mode of the file.
            match files::create_new(path) {
                Err(fault) if !fault.is("file-exists") => return Err(fault),
                _ => {}
            }
        }
        let mut writer = (kind.connect)(path)?;
        (kind.begin)(path, &mut writer)?;
        let reader = (kind.connect)(path)?;
        reader.pragma_update(None, "query_only", true).map_err(kind.fault)?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), reader: Mutex::new(reader), fault: kind.fault })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads, in one transaction: everything seen belongs together.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        let mut reader = lock(&self.reader);
        let tx = reader.transaction().map_err(self.fault)?;
        read(&tx)
    }

    /// Writes, in one transaction, synced: all of it or, on a fault, nothing.
    pub fn write<T>(&self, write: impl FnOnce(&Transaction<'_>) -> Outcome<T>) -> Outcome<T> {
        self.written(&mut lock(&self.writer), write)
    }

    /// [`Self::write`] for what may be lost with the power: others see it at once, and nobody waits until it is on the disk. It is there
    /// once anything later is.
    pub fn jot<T>(&self, write: impl FnOnce(&Transaction<'_>) -> Outcome<T>) -> Outcome<T> {
        let mut writer = lock(&self.writer);
        writer.pragma_update(None, "synchronous", "NORMAL").map_err(self.fault)?;
        let written = self.written(&mut writer, write);
        writer.pragma_update(None, "synchronous", "FULL").map_err(self.fault)?;
        written
    }

    /// A number that changes whenever another process commits, and not when this one does (`PRAGMA data_version` of the one connection
    /// that writes).
    pub fn foreign_version(&self) -> Outcome<i64> {
        lock(&self.writer).query_row("PRAGMA data_version", [], |row| row.get(0)).map_err(self.fault)
    }

    fn written<T>(&self, writer: &mut Connection, write: impl FnOnce(&Transaction<'_>) -> Outcome<T>) -> Outcome<T> {
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(self.fault)?;
        let result = write(&tx)?;
        tx.commit().map_err(self.fault)?;
        Ok(result)
    }
}

fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    // A panic while a transaction was open rolled it back; the connection is sound.
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
