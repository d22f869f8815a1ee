//! Runs batches on a copy that is ours, and measures what they do: time, pages, rows, schema, and what each way down is worth.
//!
//! Each migration commits by itself, so that its pages can be counted. Its way down is tried at once, in a transaction that is then rolled
//! back: so each is judged against exactly the state before its own way up, and one that does not go back hides no other.

mod files;
mod measure;
mod way_down;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use quarterdeck_model::{
    Bytes, Clock, Count, JobCtx, Millis, Outcome,
    inspection::ForeignKeyViolation,
    migration::{ConnectionSettings, RehearsedStep, SchemaDifference, StatementFailure, WayDown},
    restore::TableChange,
};
use rusqlite::ErrorCode;

use crate::{
    apply::{
        failure::Failed,
        orphans::{self, Orphans},
        record,
    },
    collection::{Collection, StatementKind, Transaction},
    condition, difference, history,
    ledger::{Ledger, Stamp},
    session::{Session, Stopped, statements},
    steps::{Batch, Item},
};
use measure::State;

/// Everything that a rehearsal needs to know.
pub struct Trial<'a> {
    /// The copy: a database of ours, that nobody else has open, and that is of no use afterwards.
    pub copy: &'a Path,
    /// True where the live database is in WAL mode; for the disk that an apply needs.
    pub wal: bool,
    /// Its ledger.
    pub ledger: &'a Ledger,
    /// The files.
    pub collection: &'a Collection,
    /// What to run.
    pub batches: &'a [Batch],
    /// What the connection is set to.
    pub settings: &'a ConnectionSettings,
}

/// What a rehearsal has shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// One for each migration, in order; ends with the one that failed.
    pub steps: Vec<RehearsedStep>,
    /// The statement that failed on the way up.
    pub failure: Option<StatementFailure>,
    /// How long writers would wait, without the safety image.
    pub writers_wait: Millis,
    /// Pages that were written in all.
    pub pages_written: Count,
    /// Disk that an apply needs: the log or journal, and growth.
    pub disk: Bytes,
    /// What `integrity_check` found afterwards.
    pub integrity: Vec<String>,
    /// Orphans afterwards that were none before.
    pub foreign_keys: Vec<ForeignKeyViolation>,
    /// Tables whose rows differ: `snapshot` before, `live` after.
    pub rows: Vec<TableChange>,
    /// Tables whose rows are the same.
    pub tables_equal: Count,
    /// From before to after.
    pub schema: Vec<SchemaDifference>,
}

/// Rehearses. A migration that fails is no fault: it is a finding. Faults: `cancelled`, `files-changed` where a file of a migration is no
/// longer what was read, and those of a disk.
pub fn rehearse(trial: &Trial<'_>, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<Figures> {
    let session = open(trial, ctx)?;
    session.expect(trial.batches.iter().map(|batch| batch.statements(trial.collection)).sum());
    let before = State::read(session.live())?;
    let orphans_before = orphans::count(session.live())?;
    let tools = history::tables(&history::find(session.live())?);
    measure::take_frames(session.live())?;
    let now = before.clone();
    let mut rehearsal = Rehearsal { trial, clock, session, now, figures: Figures::default(), waited: Duration::ZERO, most_pages: 0 };
    rehearsal.run(ctx)?;
    let Rehearsal { session, now, mut figures, waited, most_pages, .. } = rehearsal;
    figures.integrity = condition::integrity(session.live())?;
    figures.foreign_keys = orphans::worse(&orphans_before, &orphans::count(session.live())?);
    (figures.rows, figures.tables_equal) = before.rows_against(&now);
    figures.schema = difference::changes(&before.schema, &now.schema, &tools);
    figures.writers_wait = Millis::from(waited);
    figures.disk = disk(trial, &figures, most_pages, &before, &now);
    files::ensure_unchanged(trial)?;
    Ok(figures)
}

/// A log that is never cut by SQLite itself: its frames are the pages that were written.
fn open(trial: &Trial<'_>, ctx: &JobCtx) -> Outcome<Session> {
    let session = Session::open(trial.copy, trial.settings, trial.ledger, ctx)?;
    measure::prepare(session.live())?;
    Ok(session)
}

/// The log of a database in WAL mode holds every page that was written; a rollback journal those of one transaction, as they were before.
fn disk(trial: &Trial<'_>, figures: &Figures, most_pages: u64, before: &State, now: &State) -> Bytes {
    const FRAME_HEADER: u64 = 24;
    const JOURNAL_HEADER: u64 = 8;
    let growth = now.pages.saturating_sub(before.pages) * now.page_size;
    let log = match trial.wal {
        true => figures.pages_written.0 * (now.page_size + FRAME_HEADER),
        false => most_pages * (now.page_size + JOURNAL_HEADER),
    };
    let vacuums = |item: &Item| statements(item.scripts(trial.collection)).any(|(_, _, statement)| statement.kind == StatementKind::Vacuum);
    let vacuum = trial.batches.iter().flat_map(|batch| &batch.items).any(vacuums);
    Bytes(log + growth + if vacuum { before.pages * before.page_size } else { 0 })
}

struct Rehearsal<'a> {
    trial: &'a Trial<'a>,
    clock: &'a dyn Clock,
    session: Session,
    /// Schema and rows after the last migration.
    now: State,
    figures: Figures,
    waited: Duration,
    /// Pages of the largest batch.
    most_pages: u64,
}

impl Rehearsal<'_> {
    fn run(&mut self, ctx: &JobCtx) -> Outcome<()> {
        for (number, batch) in self.trial.batches.iter().enumerate() {
            let pages = self.figures.pages_written.0;
            for (at, item) in batch.items.iter().enumerate() {
                let last = at + 1 == batch.items.len();
                if !self.item(number, batch, item, last)? {
                    return Ok(());
                }
            }
            self.most_pages = self.most_pages.max(self.figures.pages_written.0 - pages);
            // Pragmas of one batch do not reach the next, as in an apply.
            self.session = self.session.again(self.trial.copy, self.trial.settings)?;
            measure::prepare(self.session.live())?;
            ctx.checkpoint()?;
        }
        Ok(())
    }

    /// One migration up, measured, and its way down. False where it failed.
    fn item(&mut self, number: usize, batch: &Batch, item: &Item, last: bool) -> Outcome<bool> {
        let before = self.now.clone();
        let since = Instant::now();
        let ran = self.up(batch, item, last)?;
        let took = since.elapsed();
        self.waited += took;
        let rows_changed = match ran {
            Ok(rows) => rows,
            Err(stopped) => {
                self.session.roll_back()?;
                self.fail(number, item, &stopped, Millis::from(took))?;
                return Ok(false);
            }
        };
        let pages = measure::take_frames(self.session.live())?;
        let written = self.session.take_written();
        self.now = before.after(self.session.live(), &written)?;
        let committed = self.session.live().is_autocommit();
        let down = if committed { way_down::judge(&self.session, self.trial, item, &before, &self.now)? } else { WayDown::NotTried };
        self.figures.pages_written.0 += pages;
        self.figures.steps.push(RehearsedStep {
            version: item.version.clone(),
            took: Millis::from(took),
            pages_written: Count(pages),
            rows_changed: Count(rows_changed),
            down,
        });
        Ok(true)
    }

    fn up(&mut self, batch: &Batch, item: &Item, last: bool) -> Outcome<Result<u64, Stopped>> {
        let collection = self.trial.collection;
        if matches!(item.transaction, Transaction::Alone { .. }) {
            let ran = self.session.run_alone(item, collection);
            self.session.roll_back()?;
            if ran.is_ok() {
                statements(item.scripts(collection)).skip(item.done).for_each(|_| self.session.count());
                self.session.begin(Duration::ZERO, &JobCtx::detached())?;
                self.remember(item)?;
                self.session.commit(Duration::ZERO)?.map_err(|error| self.session.live().fault(error))?;
            }
            return Ok(ran);
        }
        let looks = batch.foreign_keys == Some(false) && self.trial.settings.foreign_keys;
        let orphans_before = if looks { orphans::count(self.session.live())? } else { Orphans::new() };
        if self.session.live().is_autocommit() {
            self.session.set_foreign_keys(batch.foreign_keys.unwrap_or(self.trial.settings.foreign_keys))?;
            self.session.begin(Duration::ZERO, &JobCtx::detached())?;
        }
        let session = &self.session;
        let ran = session.run(item, collection, &mut |_| {
            session.count();
            Ok(())
        })?;
        let Ok(rows) = ran else { return Ok(ran) };
        if looks && !orphans::worse(&orphans_before, &orphans::count(self.session.live())?).is_empty() {
            return Ok(Err(self.orphaned(item, "foreign keys point nowhere once they are on again")));
        }
        self.remember(item)?;
        match self.session.commit(Duration::ZERO)? {
            Ok(()) => Ok(Ok(rows)),
            // What is deferred may be made good by the next migration of the same batch.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) && !last => Ok(Ok(rows)),
            Err(error) => Ok(Err(Stopped { error, ..self.orphaned(item, "foreign keys point nowhere at the commit") })),
        }
    }

    /// The row of the ledger, which an apply writes, too.
    fn remember(&self, item: &Item) -> Outcome<()> {
        let stamp = Stamp { at: self.clock.now(), who: "rehearsal", run: "rehearsal", program: "rehearsal" };
        self.trial.ledger.create(self.session.live())?;
        for record in record::of_item(item, self.trial.collection, self.trial.settings, None, stamp) {
            self.trial.ledger.append(self.session.live(), &record, stamp.program)?;
        }
        Ok(())
    }

    fn orphaned(&self, item: &Item, why: &str) -> Stopped {
        let last = statements(item.scripts(self.trial.collection)).count().saturating_sub(1);
        Stopped { statement: last, error: rusqlite::Error::InvalidQuery, refused: Some(why.to_owned()) }
    }

    /// What an apply would have said. A stop that was asked for and a disk that fails are no findings.
    fn fail(&mut self, number: usize, item: &Item, stopped: &Stopped, took: Millis) -> Outcome<()> {
        let versions =
            |batches: &[Batch]| -> Vec<String> { batches.iter().flat_map(|batch| &batch.items).map(|item| item.version.clone()).collect() };
        let (before, rest) = self.trial.batches.split_at(number);
        let committed = versions(before);
        let now = "The copy was changed, the live database was not.".to_owned();
        let failed =
            Failed { path: self.trial.copy, collection: self.trial.collection, item, left: versions(rest), committed: &committed, now };
        let fault = failed.statement(stopped);
        if !fault.is("migration-failed") {
            return Err(fault);
        }
        self.figures.failure = Some(failed.of_statement(stopped));
        self.figures.steps.push(RehearsedStep {
            version: item.version.clone(),
            took,
            pages_written: Count(0),
            rows_changed: Count(0),
            down: WayDown::NotTried,
        });
        self.now = State::read(self.session.live())?;
        Ok(())
    }
}
