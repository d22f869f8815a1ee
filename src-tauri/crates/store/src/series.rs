//! Rows of a home's series: ticks, chunks and names. What they mean is the crate `monitor`'s business.

use std::{
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Fault, Instant, Outcome};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::{failpoint, files};

pub mod chunks;
pub mod notes;

const SCHEMA: &str = include_str!("series/schema.sql");

/// `PRAGMA user_version` of a file of this form.
const FORMAT: i64 = 1;

/// How long a write waits for another process's.
const PATIENCE: Duration = Duration::from_secs(5);

/// A file of series. One process at a time opens it to write.
pub struct File {
    path: PathBuf,
    connection: Connection,
    identity: Identity,
}

/// Which file lies at a path: device and inode.
pub type Identity = (u64, u64);

/// One series, as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesRow {
    /// Its number.
    pub id: i64,
    /// Its labels, in the one form that is unique.
    pub labels: Vec<u8>,
    /// How it behaves, a number of the writer's.
    pub nature: i64,
    /// Milliseconds between two samples where these are rare, else 0.
    pub apart: i64,
    /// True where its samples go to the class of sparse series.
    pub sparse: bool,
    /// The plan that brings it.
    pub plan: String,
}

/// What was measured at one time, as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TickRow {
    /// Its number; later ones are larger.
    pub n: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// All samples.
    pub body: Vec<u8>,
}

impl File {
    /// Opens a file to write, or begins one.
    ///
    /// Faults: `series-newer`; `series-damaged` where the file is no database, is damaged, or is somebody else's.
    pub fn open(path: &Path) -> Outcome<Self> {
        if !path.exists() {
            // SQLite would make it readable for others; its sidecars take the mode of the file.
            match files::create_new(path) {
                Err(fault) if !fault.is("file-exists") => return Err(fault),
                _ => {}
            }
        }
        let mut connection = Connection::open(path).map_err(fault)?;
        connection.busy_timeout(PATIENCE).map_err(fault)?;
        connection
            .execute_batch(
                "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 400;",
            )
            .map_err(fault)?;
        begin(path, &mut connection)?;
        Ok(Self { path: path.to_owned(), connection, identity: identity(path)? })
    }

    /// Opens a file to read; none where there is none yet.
    pub fn read(path: &Path) -> Outcome<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let connection =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(fault)?;
        connection.busy_timeout(PATIENCE).map_err(fault)?;
        connection.pragma_update(None, "query_only", true).map_err(fault)?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fault)?;
        match version {
            // The process that begins it has not committed yet.
            0 => Ok(None),
            FORMAT => Ok(Some(Self { path: path.to_owned(), connection, identity: identity(path)? })),
            _ => Err(newer(path)),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Which file it is.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// True while this file lies at its path: another process may have set it aside.
    pub fn is_current(&self) -> bool {
        identity(&self.path).is_ok_and(|now| now == self.identity)
    }

    /// Reads, in one transaction: everything seen belongs together.
    pub fn look<T>(&mut self, look: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        let tx = self.connection.transaction().map_err(fault)?;
        look(&tx)
    }

    /// Writes, in one transaction, synced: all of it or, on a fault, nothing.
    pub fn write<T>(&mut self, write: impl FnOnce(&Transaction<'_>) -> Outcome<T>) -> Outcome<T> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
        let result = write(&tx)?;
        tx.commit().map_err(fault)?;
        Ok(result)
    }

    /// Adds ticks (when, and all samples) together with the series that are new in them, synced.
    pub fn append<'t>(&mut self, ticks: impl IntoIterator<Item = &'t (i64, Vec<u8>)>, new: &[SeriesRow]) -> Outcome<()> {
        self.write(|tx| {
            add_series(tx, new)?;
            let mut insert = tx.prepare_cached("INSERT INTO ticks (at, body) VALUES (?1, ?2)").map_err(fault)?;
            for (at, body) in ticks {
                insert.execute(params![at, body]).map_err(fault)?;
            }
            failpoint::reach("series.appended")
        })
    }

    /// Begins a look that lasts until [`File::let_go`]: everything in [`File::rows`] belongs together from here on.
    pub fn hold(&mut self) -> Outcome<()> {
        // A transaction begins with its first look.
        self.connection.execute_batch("BEGIN; SELECT 1 FROM facts LIMIT 1;").map_err(fault)
    }

    /// Ends such a look; the next one sees what was written meanwhile.
    pub fn let_go(&mut self) -> Outcome<()> {
        self.connection.execute_batch("COMMIT").map_err(fault)
    }

    /// What is read from in a look that lasts.
    pub fn rows(&self) -> &Connection {
        &self.connection
    }

    /// Refuses to grow beyond so many pages (of [`File::bytes`]'s file), as a full disk would; fewer than there are means no growth.
    pub fn limit_pages(&self, pages: i64) -> Outcome<()> {
        self.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).map_err(fault)
    }

    /// What SQLite says about the file's soundness: `ok`, or the first thing that is wrong.
    pub fn integrity(&self) -> Outcome<String> {
        self.connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(fault)
    }

    /// Bytes of the file that are in use, without the pages that are free to be used again.
    pub fn bytes(&mut self) -> Outcome<u64> {
        self.look(|connection| {
            let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0)).map_err(fault);
            Ok((pragma("page_count")? - pragma("freelist_count")?).unsigned_abs() * pragma("page_size")?.unsigned_abs())
        })
    }
}

/// Puts a damaged file and its sidecars aside, under a name that tells when; where it lies now.
pub fn set_aside(path: &Path, now: Instant) -> Outcome<PathBuf> {
    let stamp = now.format("%Y%m%dT%H%M%S");
    let free = |n: u32| {
        let name = if n == 0 { format!("series-damaged-{stamp}.db") } else { format!("series-damaged-{stamp}-{n}.db") };
        path.with_file_name(name)
    };
    let aside = (0..).map(free).find(|path| !path.exists()).unwrap_or_else(|| free(0));
    // The log first: beside a new file it would be taken for that one's.
    for suffix in ["-wal", "-shm", ""] {
        let part = files::with_suffix(path, suffix);
        if part.exists() {
            files::rename(&part, &files::with_suffix(&aside, suffix))?;
        }
    }
    Ok(aside)
}

/// Adds rows of series.
pub fn add_series(tx: &Transaction<'_>, new: &[SeriesRow]) -> Outcome<()> {
    let sql = "INSERT INTO series (id, labels, nature, apart, sparse, plan) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    for row in new {
        let insert = |mut insert: rusqlite::CachedStatement<'_>| {
            insert.execute(params![row.id, row.labels, row.nature, row.apart, row.sparse, row.plan])
        };
        tx.prepare_cached(sql).and_then(insert).map_err(fault)?;
    }
    Ok(())
}

/// Series with a higher number than `after`, in the order of their numbers.
pub fn series_after(connection: &Connection, after: i64) -> Outcome<Vec<SeriesRow>> {
    let sql = "SELECT id, labels, nature, apart, sparse, plan FROM series WHERE id > ?1 ORDER BY id";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    let read = rows.query_map([after], |row| {
        Ok(SeriesRow {
            id: row.get(0)?,
            labels: row.get(1)?,
            nature: row.get(2)?,
            apart: row.get(3)?,
            sparse: row.get(4)?,
            plan: row.get(5)?,
        })
    });
    read.and_then(Iterator::collect).map_err(fault)
}

/// When the oldest tick was; none where there is none.
pub fn oldest_tick(connection: &Connection) -> Outcome<Option<i64>> {
    connection.query_row("SELECT at FROM ticks ORDER BY n LIMIT 1", [], |row| row.get(0)).optional().map_err(fault)
}

/// When the newest tick was, also where it is closed by now; none where there never was one.
pub fn newest_moment(connection: &Connection) -> Outcome<Option<i64>> {
    let open = connection.query_row("SELECT at FROM ticks ORDER BY n DESC LIMIT 1", [], |row| row.get(0)).optional().map_err(fault)?;
    open.map_or_else(|| fact(connection, "newest"), |at| Ok(Some(at)))
}

/// Sets how far apart the samples of a series are.
pub fn set_apart(tx: &Transaction<'_>, id: i64, apart: i64) -> Outcome<()> {
    let sql = "UPDATE series SET apart = ?2 WHERE id = ?1";
    tx.prepare_cached(sql).and_then(|mut update| update.execute([id, apart])).map(|_| ()).map_err(fault)
}

/// Number and time of the newest tick; none where there is none.
pub fn newest_tick(connection: &Connection) -> Outcome<Option<(i64, i64)>> {
    let sql = "SELECT n, at FROM ticks ORDER BY n DESC LIMIT 1";
    connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(fault)
}

/// Takes a series out of the list.
pub fn drop_series(tx: &Transaction<'_>, id: i64) -> Outcome<()> {
    tx.prepare_cached("DELETE FROM series WHERE id = ?1").and_then(|mut delete| delete.execute([id])).map(|_| ()).map_err(fault)
}

/// Ticks behind a number, the oldest first, handed over one by one: number, time, body.
pub fn each_tick_after(connection: &Connection, n: i64, mut each: impl FnMut(i64, i64, &[u8])) -> Outcome<()> {
    let mut statement = connection.prepare_cached("SELECT n, at, body FROM ticks WHERE n > ?1 ORDER BY n").map_err(fault)?;
    let mut rows = statement.query([n]).map_err(fault)?;
    while let Some(row) = rows.next().map_err(fault)? {
        let body = row.get_ref(2).and_then(|body| body.as_blob().map_err(Into::into)).map_err(fault)?;
        each(row.get(0).map_err(fault)?, row.get(1).map_err(fault)?, body);
    }
    Ok(())
}

/// Ticks behind a number, the oldest first.
pub fn ticks_after(connection: &Connection, n: i64) -> Outcome<Vec<TickRow>> {
    let mut rows = connection.prepare_cached("SELECT n, at, body FROM ticks WHERE n > ?1 ORDER BY n").map_err(fault)?;
    let read = rows.query_map([n], |row| Ok(TickRow { n: row.get(0)?, at: row.get(1)?, body: row.get(2)? }));
    read.and_then(Iterator::collect).map_err(fault)
}

/// Takes ticks away up to a time, without it; how many there were.
pub fn drop_ticks_before(tx: &Transaction<'_>, at: i64) -> Outcome<usize> {
    tx.execute("DELETE FROM ticks WHERE at < ?1", [at]).map_err(fault)
}

/// Takes ticks away that are later than a time; how many there were.
pub fn drop_ticks_behind(tx: &Transaction<'_>, at: i64) -> Outcome<usize> {
    tx.execute("DELETE FROM ticks WHERE at > ?1", [at]).map_err(fault)
}

/// A number kept under a name; none where it was never set.
pub fn fact(connection: &Connection, key: &str) -> Outcome<Option<i64>> {
    connection.query_row("SELECT value FROM facts WHERE key = ?1", [key], |row| row.get(0)).optional().map_err(fault)
}

/// Keeps a number under a name.
pub fn set_fact(tx: &Transaction<'_>, key: &str, value: i64) -> Outcome<()> {
    let sql = "INSERT INTO facts (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.execute(sql, params![key, value]).map(|_| ()).map_err(fault)
}

/// Adds one to a number kept under a name; it begins at zero.
pub fn raise(tx: &Transaction<'_>, key: &str) -> Outcome<()> {
    set_fact(tx, key, fact(tx, key)?.unwrap_or(0) + 1)
}

fn begin(path: &Path, connection: &mut Connection) -> Outcome<()> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
    let number = |sql: &str| tx.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(fault);
    match number("PRAGMA user_version")? {
        FORMAT if number("SELECT count(*) FROM sqlite_schema WHERE name IN ('series', 'ticks', 'chunks')")? == 3 => {}
        0 if number("SELECT count(*) FROM sqlite_schema")? == 0 => {
            tx.execute_batch(SCHEMA).map_err(fault)?;
            tx.pragma_update(None, "user_version", FORMAT).map_err(fault)?;
        }
        version if version > FORMAT => return Err(newer(path)),
        _ => return Err(damaged("it is another program's database")),
    }
    tx.commit().map_err(fault)
}

fn identity(path: &Path) -> Outcome<Identity> {
    let metadata = std::fs::metadata(path).map_err(|error| files::fault("look at", path, &error))?;
    Ok((metadata.dev(), metadata.ino()))
}

fn newer(path: &Path) -> Fault {
    Fault::refused("series-newer", format!("The series {} were written by a newer Quarterdeck.", path.display()))
        .hint("Install that version, or move the file away to begin anew.")
}

fn damaged(reason: &str) -> Fault {
    Fault::failed("series-damaged", format!("The file of the series is damaged: {reason}."))
        .hint("Look at the notices of Health: a new file is begun.")
}

/// What an error of the series' file means.
pub fn fault(error: rusqlite::Error) -> Fault {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            Fault::failed("disk-full", "The disk that holds the series is full; what is measured is kept in memory for a while.")
                .hint("Free some space.")
                .may_retry()
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Fault::failed("series-busy", "Another process kept the series busy for too long.").hint("Try again.").may_retry()
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => damaged(&error.to_string()),
        _ => Fault::failed("series-error", format!("The file of the series did not do its part: {error}."))
            .hint("Check the disk and the permissions of its folder.")
            .may_retry(),
    }
}

#[cfg(test)]
mod tests;
