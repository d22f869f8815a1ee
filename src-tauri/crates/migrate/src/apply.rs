//! Runs batches of migrations on a live database: each batch is committed together with its rows in the ledger, or leaves nothing.
//!
//! A batch without a transaction (VACUUM, `-- +goose NO TRANSACTION`, a file with transactions of its own) writes a row `started` first,
//! and counts in it what is done in the same transaction as the statement itself, so that a second attempt goes on exactly there.

use std::{path::Path, time::Duration};

use quarterdeck_model::{
    Clock, Digest, Fault, JobCtx, Millis, Outcome,
    migration::{ConnectionSettings, LedgerLine, MigrationRan},
};
use quarterdeck_sqlite::fingerprint::schema_fingerprint;
use rusqlite::Connection;
use serde::Serialize;

use crate::{collection::Collection, history, ledger::Ledger, steps::Batch};

/// How long the write lock is waited for.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Everything that one apply needs to know.
pub struct Run<'a> {
    /// The database.
    pub path: &'a Path,
    /// Its ledger.
    pub ledger: &'a Ledger,
    /// The files.
    pub collection: &'a Collection,
    /// What to run.
    pub batches: &'a [Batch],
    /// What the connection is set to.
    pub settings: &'a ConnectionSettings,
    /// By whom.
    pub who: &'a str,
    /// Which program, with its version.
    pub program: &'a str,
    /// The name of this run: see [`crate::ledger::new_run`].
    pub run: &'a str,
    /// How long to wait for the write lock, and for readers at the commit: usually [`PATIENCE`].
    pub patience: Duration,
    /// What the plan was made for.
    pub basis: &'a Basis,
}

/// The state of a database that a plan was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// See [`schema_fingerprint`].
    pub schema: Digest,
    /// Over the rows of the ledger.
    pub ledger: Digest,
    /// Over what other tools' histories say.
    pub histories: Digest,
}

/// What happens between the steps of an apply, on the caller's side.
pub trait Moments {
    /// The write lock is held and nothing is written; once, before the first batch. The safety image is taken here.
    fn locked(&mut self, live: &Path) -> Outcome<()>;
    /// Everything of this batch is written, nothing committed. A fault rolls the batch back.
    fn before_commit(&mut self, batch: usize) -> Outcome<()>;
    /// The batch is committed. A fault ends the apply after it.
    fn committed(&mut self, batch: usize) -> Outcome<()>;
}

/// What an apply did.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// What ran, in order.
    pub ran: Vec<MigrationRan>,
    /// How long writers waited in all.
    pub lock_held: Millis,
    /// True where others committed between two batches.
    pub others_committed: bool,
}

impl Basis {
    /// The state of a database now.
    pub fn of(connection: &Connection, ledger: &Ledger) -> Outcome<Self> {
        let path = Path::new(connection.path().unwrap_or_default());
        let schema = schema_fingerprint(connection).map_err(|error| quarterdeck_sqlite::open::fault(path, error))?;
        let lines = ledger.read(connection)?;
        let histories = history::find(connection)?;
        let found: Vec<_> = histories.iter().map(|history| (history.tool, &history.table, history.digest())).collect();
        Ok(Self { schema, ledger: Digest::over(&lines), histories: Digest::over(&found) })
    }
}

/// Runs the batches.
///
/// Faults: `locked` (with `holders`), `plan-stale` (the database is another one than `basis` says), `cancelled`, `foreign-keys-broken`,
/// `disk-full`, and `migration-failed`. Each that comes from a statement has the fact `failure`, a
/// [`quarterdeck_model::migration::StatementFailure`]. Every fault has the fact `committed`, the versions that were committed before, and
/// `changed`, true where anything at all was: then the way back has to be kept.
pub fn apply(run: &Run<'_>, moments: &mut dyn Moments, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<Ran> {
    let _ = (run, moments, clock, ctx);
    Err(Fault::bug("Nothing can be applied yet."))
}

/// The rows that a run has left in the ledger, for recovery after a kill. Opening the file lets SQLite roll back what was not committed.
pub fn settled(path: &Path, ledger: &Ledger, run: &str) -> Outcome<Vec<LedgerLine>> {
    let live = quarterdeck_sqlite::open::read(path)?;
    ledger.of_run(&live, run)
}
