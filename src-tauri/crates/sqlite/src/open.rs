//! The ways to open a target, and what SQLite's errors mean in words.

use std::{
    ops::{Deref, DerefMut},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Fault, JobCtx, Outcome, job::Unit};
use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use crate::gate::LivePass;

/// How long a statement waits for somebody else's lock before it fails as busy.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to a target that others may use at the same time. Never checkpoints by closing.
pub struct Live {
    // Dropped before the pass is given back.
    connection: Connection,
    path: PathBuf,
    _pass: Option<LivePass>,
}

impl Deref for Live {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Live {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Live {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What an SQLite error of this connection means.
    pub fn fault(&self, error: rusqlite::Error) -> Fault {
        fault(&self.path, error)
    }

    /// From now on statements report how many steps they took, and end as `cancelled` once the caller asks for a stop.
    pub fn attend(&mut self, ctx: &JobCtx) -> Outcome<()> {
        const EVERY: i32 = 20_000;
        let (ctx, mut steps) = (ctx.clone(), 0_u64);
        let handler = move || {
            steps += u64::from(EVERY.unsigned_abs());
            ctx.progress(steps, None, Unit::Steps);
            ctx.cancel_token().is_cancelled()
        };
        self.connection.progress_handler(EVERY, Some(handler)).map_err(|error| fault(&self.path, error))
    }
}

/// A connection that reads beside others and cannot write (`query_only`). It is opened for writing all the same, because only then
/// SQLite can recover a journal that a crash left behind and use an existing write-ahead log.
pub fn read(path: &Path) -> Outcome<Live> {
    let live = write(path)?;
    live.pragma_update(None, "query_only", true).map_err(|error| live.fault(error))?;
    Ok(live)
}

/// [`read`], for somebody who cannot wait until this process has read the bytes: `busy-here` after `patience`.
pub(crate) fn read_within(path: &Path, patience: Duration) -> Outcome<Live> {
    let live = open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE, pass_within(path, patience)?)?;
    live.pragma_update(None, "query_only", true).map_err(|error| live.fault(error))?;
    Ok(live)
}

/// [`beside`], with the same patience.
pub(crate) fn beside_within(path: &Path, patience: Duration) -> Outcome<Live> {
    open_with(path, OpenFlags::SQLITE_OPEN_READ_ONLY, pass_within(path, patience)?)
}

/// A connection that may write.
pub fn write(path: &Path) -> Outcome<Live> {
    open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE, LivePass::take(path).map_err(|error| missing(path, &error))?)
}

/// A connection that reads beside another process that has the file open now, and writes nothing. Without such a process, a database in
/// WAL mode would be left with new sidecars.
pub fn beside(path: &Path) -> Outcome<Live> {
    open_with(path, OpenFlags::SQLITE_OPEN_READ_ONLY, LivePass::take(path).map_err(|error| missing(path, &error))?)
}

/// A connection to an image of ours, that nobody else has open and that has no sidecars. Writes nothing, creates nothing.
pub fn image(path: &Path) -> Outcome<Live> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(uri(path, "immutable=1"), flags).map_err(|error| fault(path, error))?;
    prepare(path, &mut connection)?;
    Ok(Live { connection, path: path.to_owned(), _pass: None })
}

/// A database in memory, empty and nobody else's: for asking SQLite what some statements come to.
pub fn memory() -> Outcome<Live> {
    let path = Path::new(":memory:");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_MEMORY;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|error| fault(path, error))?;
    prepare(path, &mut connection)?;
    Ok(Live { connection, path: path.to_owned(), _pass: None })
}

/// Lets this connection take a write-ahead log away with it when it is the last one to close, as SQLite does by default. For logs that
/// this connection itself brought into being, never for one that was there before.
pub fn checkpoint_on_close(live: &Live) -> Outcome<()> {
    live.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map(|_| ()).map_err(|error| live.fault(error))
}

/// `file:` form of a path, whatever its bytes (<https://www.sqlite.org/uri.html>).
pub fn uri(path: &Path, query: &str) -> PathBuf {
    let mut text = String::from("file:");
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    PathBuf::from(format!("{text}?{query}"))
}

/// Asks for a lock again after a millisecond, for [`PATIENCE`] in all. Under a rollback journal a writer that never rests leaves only moments
/// between its commits; SQLite's own waiting, whose pauses grow to 100 ms, can miss them all.
fn try_again(tried: i32) -> bool {
    std::thread::sleep(Duration::from_millis(1));
    u128::from(tried.unsigned_abs()) < PATIENCE.as_millis()
}

fn open_with(path: &Path, mode: OpenFlags, pass: LivePass) -> Outcome<Live> {
    let mut connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(|error| fault(path, error))?;
    prepare(path, &mut connection)?;
    Ok(Live { connection, path: path.to_owned(), _pass: Some(pass) })
}

fn pass_within(path: &Path, patience: Duration) -> Outcome<LivePass> {
    LivePass::try_take(path, patience).map_err(|error| missing(path, &error))?.ok_or_else(|| {
        Fault::failed("busy-here", format!("Quarterdeck itself reads the bytes of {} now.", path.display()))
            .hint("Wait for its inspection to end.")
            .may_retry()
    })
}

fn prepare(path: &Path, connection: &mut Connection) -> Outcome<()> {
    let mut set = || -> rusqlite::Result<()> {
        connection.busy_handler(Some(try_again))?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        Ok(())
    };
    set().map_err(|error| fault(path, error))
}

fn missing(path: &Path, error: &std::io::Error) -> Fault {
    let name = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Fault::refused("file-missing", format!("There is no file {name}.")).hint("Check the path, or the disk that it was on.")
        }
        std::io::ErrorKind::PermissionDenied => Fault::refused("unreadable", format!("{name} cannot be read: permission denied."))
            .hint("Give this user permission to read the file and enter its folder."),
        _ => Fault::failed("file-error", format!("{name} cannot be reached: {error}.")).hint("Check the disk."),
    }
    .fact("path", name.to_string())
}

/// Somebody else's lock did not go away while we waited for `patience`.
pub fn locked(path: &Path, patience: Duration) -> Fault {
    let waited = quarterdeck_model::Millis::from(patience);
    Fault::failed("locked", format!("Another process holds a lock on {} and did not let go in {waited}.", path.display()))
        .hint("End that process's transaction, then try again.")
        .fact("path", path.display().to_string())
        .may_retry()
}

/// What an SQLite error about `path` means, in words that name the file.
pub fn fault(path: &Path, error: rusqlite::Error) -> Fault {
    let name = path.display();
    let code = error.sqlite_error_code();
    let fault = match code {
        Some(ErrorCode::NotADatabase) => Fault::refused("not-a-database", format!("{name} is not an SQLite database, or it is encrypted."))
            .hint("Run inspect on it: it says what the file is."),
        Some(ErrorCode::DatabaseCorrupt) => Fault::refused("damaged", format!("SQLite finds {name} damaged: {error}."))
            .hint("Run inspect on it, then restore the newest snapshot."),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => locked(path, PATIENCE),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            Fault::refused("read-only", format!("{name} cannot be written: it, its folder or its file system is read-only."))
                .hint("Give this user permission to write the file and its folder.")
        }
        Some(ErrorCode::DiskFull) => Fault::failed("disk-full", format!("The disk of {name} is full; the database is as it was."))
            .hint("Free some space, then try again.")
            .may_retry(),
        Some(ErrorCode::CannotOpen) => match std::fs::metadata(path) {
            Err(io) => missing(path, &io),
            Ok(_) => Fault::refused("unreadable", format!("{name} cannot be opened."))
                .hint("Give this user permission to read the file, to write its folder, and check that it is no directory."),
        },
        Some(ErrorCode::OperationInterrupted) => Fault::cancelled(format!("Reading {name} was cancelled; it is as it was.")),
        Some(ErrorCode::SystemIoFailure) => Fault::failed("disk-error", format!("The disk failed while {name} was used: {error}."))
            .hint("Check the disk and the system's log."),
        _ => Fault::failed("sqlite-error", format!("SQLite refused to go on with {name}: {error}.")).hint("Run inspect on it."),
    };
    fault.fact("path", name.to_string())
}
