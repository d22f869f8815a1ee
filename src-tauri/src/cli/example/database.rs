//! Opens the example's database and brings its schema up to date.

use std::{path::Path, time::Duration};

use quarterdeck_model::{Fault, Outcome};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::files::{APPLIED, MIGRATIONS};

/// "REPU": what the first migration writes into the header.
pub(super) const APPLICATION_ID: i32 = 0x5245_5055;

const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Opens the database with the schema that is loaded, or a later one, in WAL mode; makes it where there is none.
///
/// Refuses with `example-not-ours` another application's database, and with `example-newer` one that a later version made.
pub(super) fn open_or_create(path: &Path) -> Outcome<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        prepare(&connection)?;
        Ok(connection)
    };
    let mut connection = open().map_err(|error| fault(path, &error))?;
    let (application, version, tables) = header(&connection).map_err(|error| fault(path, &error))?;
    if application != APPLICATION_ID && (application != 0 || tables > 0) {
        return Err(Fault::refused(
            "example-not-ours",
            format!("{} is not the database of the example; it was left as it is.", path.display()),
        )
        .hint("Move it away, then load the example again."));
    }
    if version > MIGRATIONS.len() {
        return Err(Fault::refused("example-newer", format!("{} was made by a later version; it was left as it is.", path.display()))
            .hint("Use the later version of quarterdeck, or move the file away."));
    }
    migrate(&mut connection, version).map_err(|error| fault(path, &error))?;
    Ok(connection)
}

/// Opens the database that is there, as the application does: never makes one.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    prepare(&connection)?;
    Ok(connection)
}

/// What an error of SQLite means for the example.
pub(super) fn fault(path: &Path, error: &rusqlite::Error) -> Fault {
    let name = path.display();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Fault::failed("example-busy", format!("{name} was locked by somebody else for {} s.", LOCK_WAIT.as_secs()))
                .hint("End whoever holds it, then load the example again.")
                .may_retry()
        }
        Some(ErrorCode::DiskFull) => Fault::failed("disk-full", format!("There is no room for {name}; the rows that fitted are kept."))
            .hint("Free some space on that disk, then load the example again."),
        _ => Fault::failed("example-database", format!("{name} cannot be used: {error}."))
            .hint("Look at it with quarterdeck inspect, or move it away and load the example again."),
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(LOCK_WAIT)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection
        .execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;")
}

fn header(connection: &Connection) -> rusqlite::Result<(i32, usize, i64)> {
    let application = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok((application, version as usize, tables))
}

/// Applies those of the first [`APPLIED`] migrations that are not `done`, each in a transaction of its own.
fn migrate(connection: &mut Connection, done: usize) -> rusqlite::Result<()> {
    if done == 0 {
        connection.pragma_update(None, "journal_mode", "wal")?;
    }
    for (_, sql) in MIGRATIONS.iter().take(APPLIED).skip(done) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.commit()?;
    }
    Ok(())
}
