//! Runs batches of migrations on a live database: each batch is committed together with its rows in the ledger, or leaves nothing.
//!
//! A batch without a transaction (VACUUM, `-- +goose NO TRANSACTION`, a file with transactions of its own) writes a row `started` first,
//! and counts in it what is done in the same transaction as the statement itself, so that a second attempt goes on exactly there.

mod alone;
mod batch;
pub(crate) mod failure;
pub mod orphans;
pub mod record;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use quarterdeck_model::{
    Clock, Digest, Fault, JobCtx, Millis, Outcome,
    migration::{ConnectionSettings, LedgerLine, MigrationRan},
};
use quarterdeck_sqlite::{fingerprint::schema_fingerprint, held, open};
use quarterdeck_store::failpoint;
use rusqlite::Connection;
use serde::Serialize;

use crate::{collection::Collection, history, ledger::Ledger, session::Session, steps::Batch};

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
        let schema = schema_fingerprint(connection).map_err(|error| open::fault(path, error))?;
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
    let mut work = Work::begin(run, moments, clock, ctx)?;
    for (number, batch) in run.batches.iter().enumerate() {
        let done = if batch.atomic { work.batch(number, batch) } else { work.alone(number, batch) };
        done.map_err(|fault| work.tell(fault))?;
    }
    work.finish()
}

/// The rows that a run has left in the ledger, for recovery after a kill. Opening the file lets SQLite roll back what was not committed.
pub fn settled(path: &Path, ledger: &Ledger, run: &str) -> Outcome<Vec<LedgerLine>> {
    let live = held::open_beside(path)?;
    ledger.of_run(&live, run)
}

/// An apply under way.
struct Work<'a> {
    run: &'a Run<'a>,
    moments: &'a mut dyn Moments,
    clock: &'a dyn Clock,
    ctx: &'a JobCtx,
    session: Session,
    /// The connection of the batches before, where the present one has its own; it tells whether others have committed.
    witness: Option<Session>,
    /// What the connection says at the end of a batch; another number at the next one comes from somebody else's commit.
    data_version: Option<i64>,
    /// True where statements may have left settings behind on the connection.
    worn: bool,
    ran: Vec<MigrationRan>,
    committed: Vec<String>,
    changed: bool,
    lock_held: Duration,
    others_committed: bool,
}

impl<'a> Work<'a> {
    fn begin(run: &'a Run<'a>, moments: &'a mut dyn Moments, clock: &'a dyn Clock, ctx: &'a JobCtx) -> Outcome<Self> {
        let session = Session::open(run.path, run.settings, run.ledger, ctx)?;
        session.expect(run.batches.iter().map(|batch| batch.statements(run.collection)).sum());
        Ok(Self {
            run,
            moments,
            clock,
            ctx,
            session,
            witness: None,
            data_version: None,
            worn: false,
            ran: Vec::new(),
            committed: Vec::new(),
            changed: false,
            lock_held: Duration::ZERO,
            others_committed: false,
        })
    }

    /// Takes the write lock for a batch; the first time it is the lock under which the plan is compared and the safety image taken.
    fn lock(&mut self, batch: &Batch) -> Outcome<Instant> {
        if self.worn {
            let fresh = self.session.again(self.run.path, self.run.settings)?;
            self.witness = Some(std::mem::replace(&mut self.session, fresh));
            self.worn = false;
        }
        self.session.set_foreign_keys(batch.foreign_keys.unwrap_or(self.run.settings.foreign_keys))?;
        self.session.begin(self.run.patience, self.ctx)?;
        let since = Instant::now();
        match self.data_version {
            None => self.first()?,
            Some(before) => {
                let looks = self.witness.take();
                self.others_committed |= looks.as_ref().unwrap_or(&self.session).data_version()? != before;
            }
        }
        Ok(since)
    }

    fn first(&mut self) -> Outcome<()> {
        failpoint::reach("migrate.locked")?;
        let basis = Basis::of(self.session.live(), self.run.ledger)?;
        if basis != *self.run.basis {
            return Err(stale(self.run, &basis));
        }
        self.moments.locked(self.run.path)
    }

    /// Looks for the ledger once: with thousands of tables that is not free, and once it is there no migration can take it away.
    fn ensure_ledger(&self) -> Outcome<()> {
        if self.changed { Ok(()) } else { self.run.ledger.create(self.session.live()) }
    }

    /// Commits what is written. From here on no stop is heard.
    fn commit(&mut self, number: usize) -> Outcome<rusqlite::Result<()>> {
        self.ctx.checkpoint()?;
        self.moments.before_commit(number)?;
        failpoint::reach("migrate.before-commit")?;
        self.data_version = Some(self.session.data_version()?);
        self.session.commit(self.run.patience)
    }

    /// What every fault says of the batches before it.
    fn tell(&self, fault: Fault) -> Fault {
        fault.fact("committed", self.committed.clone()).fact("changed", self.changed)
    }

    fn finish(self) -> Outcome<Ran> {
        let live = self.session.live();
        let ask = || -> rusqlite::Result<()> {
            let mode: String = live.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            if mode == "wal" && self.changed {
                // What the next commit of the application would do otherwise; it never makes anybody wait.
                live.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
            }
            Ok(())
        };
        ask().map_err(|error| self.tell(live.fault(error)))?;
        Ok(Ran { ran: self.ran, lock_held: Millis::from(self.lock_held), others_committed: self.others_committed })
    }
}

fn stale(run: &Run<'_>, now: &Basis) -> Fault {
    let changed = match () {
        () if now.schema != run.basis.schema => "its schema has",
        () if now.ledger != run.basis.ledger => "its ledger has",
        () => "the history of another tool in it has",
    };
    Fault::refused("plan-stale", format!("{} is not as it was when the plan was made: {changed} changed.", run.path.display()))
        .hint("Make a new plan and look at it again.")
        .fact("path", run.path.display().to_string())
}
