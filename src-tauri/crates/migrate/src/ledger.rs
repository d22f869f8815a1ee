//! Our memory in the target itself: a table to which rows are only ever added. The newest row of a version says what has become of it.
//!
//! The table is plain SQL that every SQLite since 3.6 can parse, because the application's own library must go on reading the schema. Its
//! name begins with `quarterdeck_`, which keeps it out of every schema fingerprint (see `sqlite::fingerprint`).

mod row;

use std::path::Path;

use quarterdeck_model::{
    Fault, Instant, Outcome,
    migration::{ConnectionSettings, LedgerKind, LedgerLine},
    plan::hex,
};
use quarterdeck_sqlite::{
    fingerprint::LEDGER_PREFIX,
    open::{self, Live},
};
use quarterdeck_store::failpoint;
use rusqlite::{Connection, OptionalExtension};

/// A way down larger than this is not kept in the ledger: it stays in its file only.
pub const LONGEST_DOWN: usize = 1 << 20;

/// The reason that such a row gives.
pub const DOWN_TOO_LONG: &str = "down is larger than 1 MiB; only in its file";

/// The table of one database that remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    name: String,
}

/// A row to add.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What it says.
    pub line: LedgerLine,
    /// The files of the migration, up before down.
    pub files: Vec<String>,
    /// What the connection was set to; absent where nothing ran.
    pub settings: Option<ConnectionSettings>,
}

/// By whom and when something is written, and under which run.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// When.
    pub at: Instant,
    /// Who.
    pub who: &'a str,
    /// The same for every row of one apply or adoption: see [`new_run`].
    pub run: &'a str,
    /// Which program, with its version.
    pub program: &'a str,
}

/// A name for one run: 16 random bytes as hexadecimal digits.
pub fn new_run() -> Outcome<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| Fault::bug(format!("The operating system gives no random bytes: {error}.")))?;
    Ok(hex(&random))
}

/// Adds rows to the ledger of a database, which is created where there is none, in one transaction that waits for other writers as
/// [`open::PATIENCE`] says. Other tools' tables are never written.
///
/// `unchanged` is asked under the write lock, before anything is written.
pub fn append_all(
    path: &Path,
    ledger: &Ledger,
    records: &[Record],
    program: &str,
    unchanged: &mut dyn FnMut(&Live) -> Outcome<()>,
) -> Outcome<()> {
    let log_was_there = quarterdeck_store::files::with_suffix(path, "-wal").exists();
    let live = open::write(path)?;
    if !log_was_there {
        open::checkpoint_on_close(&live)?;
    }
    live.execute_batch("BEGIN IMMEDIATE").map_err(|error| live.fault(error))?;
    let mut append = || -> Outcome<()> {
        unchanged(&live)?;
        ledger.create(&live)?;
        records.iter().try_for_each(|record| ledger.append(&live, record, program))?;
        failpoint::reach("migrate.adopt")?;
        live.execute_batch("COMMIT").map_err(|error| live.fault(error))
    };
    let appended = append();
    if !live.is_autocommit() {
        live.execute_batch("ROLLBACK").map_err(|error| live.fault(error))?;
    }
    appended
}

impl Ledger {
    /// The name that it has where nobody has set another.
    pub const USUAL_NAME: &str = "quarterdeck_migrations";

    /// A ledger of this name: `quarterdeck_` and one to fifty of `a`–`z`, `0`–`9` and `_`, else `bad-ledger-name`.
    pub fn new(name: &str) -> Outcome<Self> {
        let rest = name.strip_prefix(LEDGER_PREFIX).unwrap_or_default();
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if rest.is_empty() || rest.len() > 50 || !rest.bytes().all(fits) {
            return Err(Fault::refused("bad-ledger-name", format!("{name} cannot be the name of a ledger."))
                .hint("Name it quarterdeck_ and up to 50 small letters, digits and underscores, e.g. quarterdeck_migrations."));
        }
        Ok(Self { name: name.to_owned() })
    }

    /// The name of the table.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// True where the database has it. Fault `ledger-unreadable` where something else has its name.
    pub fn exists(&self, connection: &Connection) -> Outcome<bool> {
        let sql = "SELECT type FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
        let kind: Option<String> =
            connection.query_row(sql, [&self.name], |row| row.get(0)).optional().map_err(|error| fault(connection, error))?;
        match kind.as_deref() {
            None => Ok(false),
            Some("table") => Ok(true),
            Some(kind) => Err(self.unreadable(connection, &format!("it is of the kind {kind}"))),
        }
    }

    /// Creates it where there is none. Part of the caller's transaction.
    pub fn create(&self, connection: &Connection) -> Outcome<()> {
        if self.exists(connection)? {
            return Ok(());
        }
        connection.execute_batch(&row::table(&self.name)).map_err(|error| fault(connection, error))
    }

    /// Adds a row. Part of the caller's transaction.
    pub fn append(&self, connection: &Connection, record: &Record, program: &str) -> Outcome<()> {
        row::insert(connection, &self.name, record, program).map_err(|error| fault(connection, error))
    }

    /// Every row, oldest first; none where there is no ledger. Columns that we do not know are passed over; `ledger-unreadable` where one
    /// of ours is missing, or a row says something that no version of ours writes.
    pub fn read(&self, connection: &Connection) -> Outcome<Vec<LedgerLine>> {
        if !self.exists(connection)? {
            return Ok(Vec::new());
        }
        let missing = row::missing_columns(connection, &self.name).map_err(|error| fault(connection, error))?;
        if !missing.is_empty() {
            return Err(self.unreadable(connection, &format!("it has no column {}", missing.join(", "))));
        }
        match row::read(connection, &self.name) {
            Ok(lines) => Ok(lines),
            Err(row::Unread::Sqlite(error)) => Err(fault(connection, error)),
            Err(row::Unread::Word(id, column, word)) => {
                Err(self.unreadable(connection, &format!("row {id} has {word} in the column {column}")))
            }
        }
    }

    /// The rows of one run, oldest first.
    pub fn of_run(&self, connection: &Connection, run: &str) -> Outcome<Vec<LedgerLine>> {
        Ok(self.read(connection)?.into_iter().filter(|line| line.run == run).collect())
    }

    /// Changes how far a migration has come that runs outside a transaction: the one thing in a ledger that is ever changed.
    pub(crate) fn advance(&self, connection: &Connection, run: &str, version: &str, done: usize, prefix: &str) -> Outcome<()> {
        row::advance(connection, &self.name, run, version, done, prefix).map_err(|error| fault(connection, error))
    }

    fn unreadable(&self, connection: &Connection, why: &str) -> Fault {
        let path = connection.path().unwrap_or_default();
        Fault::refused("ledger-unreadable", format!("{} in {path} is not a ledger that can be read: {why}.", self.name))
            .hint("Set another name for the ledger, or restore the table from a snapshot.")
            .fact("ledger", self.name.as_str())
    }
}

/// The newest row of each version, in the order in which the versions first appear. A version whose newest row is
/// [`LedgerKind::Reverted`] is left out: it is as if it had never been applied.
pub fn newest(lines: &[LedgerLine]) -> Vec<&LedgerLine> {
    let mut places = std::collections::HashMap::new();
    let mut newest: Vec<&LedgerLine> = Vec::new();
    for line in lines {
        match places.entry(line.version.as_str()) {
            std::collections::hash_map::Entry::Occupied(place) => newest[*place.get()] = line,
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(newest.len());
                newest.push(line);
            }
        }
    }
    newest.retain(|line| line.kind != LedgerKind::Reverted);
    newest
}

fn fault(connection: &Connection, error: rusqlite::Error) -> Fault {
    open::fault(Path::new(connection.path().unwrap_or(":memory:")), error)
}
