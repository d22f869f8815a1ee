//! A connection on which migrations run: set as their tool would have it, watched, and kept away from the ledger and from other files.

mod guard;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use quarterdeck_model::{Fault, JobCtx, Outcome, migration::ConnectionSettings};
use quarterdeck_sqlite::{
    holders,
    open::{self, Live},
};
use quarterdeck_store::files;
use rusqlite::{ErrorCode, config::DbConfig};

use crate::{
    collection::{Collection, Script, Statement, Transaction},
    ledger::Ledger,
    steps::Item,
};
use guard::Watch;

/// Steps of SQLite's virtual machine between two looks whether somebody asked for a stop: a few milliseconds.
const LOOK_EVERY: i32 = 100_000;

/// Pages that are kept in memory while they are written, in KiB; beyond, they go to the file before the commit, and from then on nobody
/// else can read.
const CACHE_KIB: i32 = 64 * 1024;

/// The same with a write-ahead log, where pages that go early are in nobody's way: the disk has less to do at the commit.
const CACHE_BESIDE_LOG_KIB: i32 = 16 * 1024;

/// After this a lock is asked for again: a writer that never rests leaves only moments between its commits.
const AGAIN: Duration = Duration::from_millis(1);

/// The connection.
pub struct Session {
    live: Live,
    watch: Arc<Watch>,
    /// The write-ahead log came with this connection, or with one before it, and goes away with the last of them.
    takes_log: bool,
}

/// A statement that did not run to its end.
#[derive(Debug)]
pub struct Stopped {
    /// Its number over all scripts of the migration, from 0.
    pub statement: usize,
    /// What SQLite says.
    pub error: rusqlite::Error,
    /// Why it was not let through; absent where that was not the reason.
    pub refused: Option<String>,
}

impl Stopped {
    /// A migration whose last statement leaves a transaction of its own open.
    pub fn open(statement: usize) -> Self {
        let refused = Some("it leaves a transaction open, whose work would be lost".to_owned());
        Self { statement, error: rusqlite::Error::InvalidQuery, refused }
    }
}

impl Session {
    /// A connection to a database that others may use at the same time. The settings are read back. A write-ahead log that this connection
    /// brings into being goes away with it.
    pub fn open(path: &Path, settings: &ConnectionSettings, ledger: &Ledger, ctx: &JobCtx) -> Outcome<Self> {
        let takes_log = !files::with_suffix(path, "-wal").exists();
        Self::on(open::write(path)?, settings, Arc::new(Watch::new(ledger.name(), ctx)), takes_log)
    }

    /// A connection to an empty database in memory.
    pub fn in_memory(settings: &ConnectionSettings, ledger: &Ledger, ctx: &JobCtx) -> Outcome<Self> {
        Self::on(open::memory()?, settings, Arc::new(Watch::new(ledger.name(), ctx)), false)
    }

    fn on(mut live: Live, settings: &ConnectionSettings, watch: Arc<Watch>, takes_log: bool) -> Outcome<Self> {
        if takes_log {
            open::checkpoint_on_close(&live)?;
        }
        let set = || -> rusqlite::Result<()> {
            let mode: String = live.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            live.pragma_update(None, "cache_size", -if mode == "wal" { CACHE_BESIDE_LOG_KIB } else { CACHE_KIB })?;
            live.pragma_update(None, "recursive_triggers", settings.recursive_triggers)?;
            live.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, settings.double_quoted_strings)?;
            live.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, settings.double_quoted_strings)?;
            // The application's own default: without it, virtual tables and functions in its triggers would not do what they do there.
            live.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, true)?;
            Ok(())
        };
        set().map_err(|error| live.fault(error))?;
        let (guard, handler) = (Arc::clone(&watch), Arc::clone(&watch));
        let hook = move |context: rusqlite::hooks::AuthContext<'_>| guard.judge(&context);
        let hooked = live.authorizer(Some(hook)).and_then(|()| live.progress_handler(LOOK_EVERY, Some(move || handler.look())));
        hooked.map_err(|error| live.fault(error))?;
        let session = Self { live, watch, takes_log };
        session.set_foreign_keys(settings.foreign_keys)?;
        Ok(session)
    }

    /// Another connection of the same kind, that goes on counting where this one is.
    pub fn again(&self, path: &Path, settings: &ConnectionSettings) -> Outcome<Self> {
        Self::on(open::write(path)?, settings, Arc::clone(&self.watch), self.takes_log)
    }

    /// A number that changes when somebody else has committed, and not when this connection has
    /// (<https://www.sqlite.org/pragma.html#pragma_data_version>).
    pub fn data_version(&self) -> Outcome<i64> {
        let asked = self.live.prepare_cached("PRAGMA data_version").and_then(|mut statement| statement.query_row([], |row| row.get(0)));
        asked.map_err(|error| self.live.fault(error))
    }

    /// Turns foreign keys on or off, and looks whether that was done: inside a transaction SQLite would pass over it.
    pub fn set_foreign_keys(&self, on: bool) -> Outcome<()> {
        let fault = |error| self.live.fault(error);
        let ask = || {
            self.live.prepare_cached("PRAGMA foreign_keys").and_then(|mut statement| statement.query_row([], |row| row.get::<_, bool>(0)))
        };
        if ask().map_err(fault)? == on {
            return Ok(());
        }
        self.live.pragma_update(None, "foreign_keys", on).map_err(fault)?;
        if ask().map_err(fault)? == on {
            Ok(())
        } else {
            Err(Fault::bug(format!("Foreign keys could not be set on {}.", self.live.path().display())))
        }
    }

    /// Takes the write lock, for which it asks a thousand times a second. Fault `locked` with the fact `holders`; can be cancelled.
    ///
    /// Inside the transaction nothing is waited for: the lock is ours, and where a reader keeps changed pages from being written early, SQLite
    /// keeps them in memory. With patience it would ask that reader again and again.
    pub fn begin(&self, patience: Duration, ctx: &JobCtx) -> Outcome<()> {
        self.insist("BEGIN IMMEDIATE", patience, &mut || ctx.checkpoint())?.map_err(|error| self.live.fault(error))
    }

    /// Commits. Under a rollback journal it waits for readers to end. The inner error leaves the transaction as SQLite left it. Statements that
    /// follow wait for locks as long as this.
    pub fn commit(&self, patience: Duration) -> Outcome<rusqlite::Result<()>> {
        let committed = self.insist("COMMIT", patience, &mut || Ok(()))?;
        self.live.busy_timeout(patience).map_err(|error| self.live.fault(error))?;
        Ok(committed)
    }

    /// Rolls back what is not committed; nothing where SQLite has done that itself.
    pub fn roll_back(&self) -> Outcome<()> {
        if self.live.is_autocommit() {
            return Ok(());
        }
        self.live.execute_batch("ROLLBACK").map_err(|error| self.live.fault(error))
    }

    /// Runs what is left of a migration inside the transaction that is open, and returns how many rows it changed.
    pub fn run(&self, item: &Item, collection: &Collection, after: &mut dyn FnMut(usize) -> Outcome<()>) -> Outcome<Result<u64, Stopped>> {
        let mut changed = 0;
        for (number, script, statement) in statements(item.scripts(collection)).skip(item.done) {
            if !is_skipped(&item.transaction, number) {
                match self.step(number, script.text(statement), true) {
                    Ok(rows) => changed += rows,
                    Err(stopped) => return Ok(Err(stopped)),
                }
            }
            after(number)?;
        }
        Ok(Ok(changed))
    }

    /// Runs a migration on a database of ours: in one transaction where that can hold it, else as it is.
    pub fn run_freely(&self, item: &Item, collection: &Collection) -> Outcome<Result<u64, Stopped>> {
        if matches!(item.transaction, Transaction::Alone { .. }) {
            return Ok(self.run_alone(item, collection));
        }
        self.begin(Duration::ZERO, &JobCtx::detached())?;
        let ran = self.run(item, collection, &mut |_| Ok(()))?;
        if let Ok(changed) = ran {
            let last = statements(item.scripts(collection)).count().saturating_sub(1);
            let committed = self.commit(Duration::ZERO)?;
            return Ok(committed.map(|()| changed).map_err(|error| Stopped { statement: last, error, refused: None }));
        }
        Ok(ran)
    }

    /// Runs a migration statement by statement, outside a transaction of ours.
    pub fn run_alone(&self, item: &Item, collection: &Collection) -> Result<u64, Stopped> {
        let mut changed = 0;
        let mut last = 0;
        for (number, script, statement) in statements(item.scripts(collection)).skip(item.done) {
            changed += self.step(number, script.text(statement), false)?;
            last = number;
        }
        if self.live.is_autocommit() { Ok(changed) } else { Err(Stopped::open(last)) }
    }

    /// Runs one statement of a migration to its end, and returns how many rows it changed. `inside` is true where it must not end or begin a
    /// transaction.
    pub fn step(&self, number: usize, sql: &str, inside: bool) -> Result<u64, Stopped> {
        if self.watch.is_cancelled() {
            let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT), None);
            return Err(Stopped { statement: number, error, refused: None });
        }
        let before = self.live.total_changes();
        self.watch.guard(inside);
        let stepped = step_through(&self.live, sql);
        let refused = self.watch.release();
        stepped.map_err(|error| Stopped { statement: number, error, refused })?;
        Ok(self.live.total_changes() - before)
    }

    /// Tables that statements of migrations have written since this was asked last.
    pub fn take_written(&self) -> Vec<String> {
        self.watch.take_written()
    }

    /// Says how many statements there will be; each call of [`Session::count`] is one of them.
    pub fn expect(&self, statements: u64) {
        self.watch.expect(statements);
    }

    /// One statement more is done.
    pub fn count(&self) {
        self.watch.count();
    }

    /// The connection itself.
    pub fn live(&self) -> &Live {
        &self.live
    }

    fn insist(&self, sql: &str, patience: Duration, asked: &mut dyn FnMut() -> Outcome<()>) -> Outcome<rusqlite::Result<()>> {
        let until = Instant::now() + patience;
        self.live.busy_timeout(Duration::ZERO).map_err(|error| self.live.fault(error))?;
        loop {
            match self.live.prepare_cached(sql).and_then(|mut statement| statement.raw_execute()) {
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                    asked()?;
                    if Instant::now() >= until {
                        return Err(self.locked(patience));
                    }
                    std::thread::park_timeout(AGAIN);
                }
                other => return Ok(other.map(|_| ())),
            }
        }
    }

    fn locked(&self, patience: Duration) -> Fault {
        let holders = holders::holders(self.live.path()).unwrap_or_default();
        let holders = serde_json::to_value(&holders).unwrap_or_default();
        open::locked(self.live.path(), patience).fact("holders", holders)
    }
}

/// Every statement with its script and its number over all of them.
pub(crate) fn statements(scripts: &[Script]) -> impl Iterator<Item = (usize, &Script, &Statement)> {
    let pairs = scripts.iter().flat_map(|script| script.statements.iter().map(move |statement| (script, statement)));
    pairs.enumerate().map(|(number, (script, statement))| (number, script, statement))
}

/// True for a statement that the session stands in for.
pub(crate) fn is_skipped(transaction: &Transaction, number: usize) -> bool {
    matches!(transaction, Transaction::TakenOver { skipped, .. } if skipped.binary_search(&number).is_ok())
}

/// Parameters stay NULL, as in the shell; rows that come back are passed over.
fn step_through(live: &Live, sql: &str) -> rusqlite::Result<()> {
    let mut statement = live.prepare(sql)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}
