//! A migration that cannot run inside one transaction.
//!
//! Its row `started` is committed first. Each statement that can is committed together with the count of statements that are done; in a
//! transaction of the file's own, the count is written just before its COMMIT. So after a failure or a kill the count is exact, except for
//! statements that SQLite runs outside any transaction (VACUUM, PRAGMA journal_mode), which may run a second time and do no harm by it.

use std::time::Instant;

use quarterdeck_model::{
    Count, Digest, Millis, Outcome,
    migration::{LedgerKind, MigrationRan},
};
use quarterdeck_store::failpoint;

use super::{Work, batch, record};
use crate::{
    collection::{Script, Statement, StatementKind},
    ledger::{Record, Stamp},
    session::{Stopped, statements},
    steps::{Batch, Item, Prefix},
};

impl Work<'_> {
    /// Runs a batch of one, outside a transaction of ours.
    pub(super) fn alone(&mut self, number: usize, batch: &Batch) -> Outcome<()> {
        let Some(item) = batch.items.first() else { return Ok(()) };
        let begun = self.start(batch, item);
        self.session.roll_back()?;
        begun?;
        self.worn = true;
        failpoint::reach("migrate.started")?;
        let since = Instant::now();
        let mut prefix = Prefix::of(item.scripts(self.run.collection), item.done);
        let mut done = item.done;
        let ran = self.statements(item, &mut prefix, &mut done);
        self.session.roll_back()?;
        self.lock_held += since.elapsed();
        let rows_changed = match ran? {
            Ok(rows) => Count(rows),
            Err(stopped) => return Err(self.stopped(number, item, done, prefix.digest(), &stopped)?),
        };
        let ended = self.end(number, item, Millis::from(since.elapsed()), rows_changed);
        self.session.roll_back()?;
        ended?;
        failpoint::reach("migrate.committed")?;
        self.moments.committed(number)
    }

    /// The row that says that it has begun.
    fn start(&mut self, batch: &Batch, item: &Item) -> Outcome<()> {
        self.lock(batch)?;
        self.ensure_ledger()?;
        let prefix = Prefix::of(item.scripts(self.run.collection), item.done).digest();
        self.write(item, LedgerKind::Started, item.done, prefix, None)?;
        self.data_version = Some(self.session.data_version()?);
        self.session.commit(self.run.patience)?.map_err(|error| self.session.live().fault(error))?;
        self.changed = true;
        Ok(())
    }

    fn statements(&self, item: &Item, prefix: &mut Prefix, done: &mut usize) -> Outcome<Result<u64, Stopped>> {
        let mut changed = 0;
        let mut open = prefix.clone();
        for (number, script, statement) in statements(item.scripts(self.run.collection)).skip(item.done) {
            failpoint::reach("migrate.statement")?;
            let text = script.text(statement);
            open.add(text);
            match self.one(item, number, script, statement, &open)? {
                Ok(rows) => changed += rows,
                Err(stopped) => return Ok(Err(stopped)),
            }
            self.session.count();
            if self.session.live().is_autocommit() {
                *prefix = open.clone();
                *done = number + 1;
            }
        }
        if self.session.live().is_autocommit() {
            return Ok(Ok(changed));
        }
        let statement = usize::try_from(batch::statements(item, self.run.collection)).unwrap_or(1).saturating_sub(1);
        Ok(Err(Stopped::open(statement)))
    }

    /// One statement, and the count with it.
    fn one(&self, item: &Item, number: usize, script: &Script, statement: &Statement, done: &Prefix) -> Outcome<Result<u64, Stopped>> {
        use StatementKind::{Commit, Data, Other, Schema};
        let session = &self.session;
        let text = script.text(statement);
        let advance = || self.run.ledger.advance(session.live(), self.run.run, &item.version, number + 1, &done.digest().0);
        match (session.live().is_autocommit(), statement.kind) {
            (true, Data | Schema | Other) => {
                session.begin(self.run.patience, self.ctx)?;
                let rows = match session.step(number, text, true) {
                    Ok(rows) => rows,
                    stopped => {
                        session.roll_back()?;
                        return Ok(stopped);
                    }
                };
                advance()?;
                let committed = session.commit(self.run.patience)?;
                Ok(committed.map(|()| rows).map_err(|error| Stopped { statement: number, error, refused: None }))
            }
            (false, Commit) => {
                advance()?;
                Ok(session.step(number, text, false))
            }
            _ => {
                let stepped = session.step(number, text, false);
                if stepped.is_ok() && session.live().is_autocommit() {
                    advance()?;
                }
                Ok(stepped)
            }
        }
    }

    /// The row that says that it has ended.
    fn end(&mut self, number: usize, item: &Item, took: Millis, rows_changed: Count) -> Outcome<()> {
        self.session.begin(self.run.patience, self.ctx)?;
        self.others_committed |= self.data_version != Some(self.session.data_version()?);
        let stamp = self.stamp();
        for record in record::of_item(item, self.run.collection, self.run.settings, Some(took), stamp) {
            self.run.ledger.append(self.session.live(), &record, stamp.program)?;
        }
        failpoint::reach("migrate.item")?;
        self.commit(number)?.map_err(|error| self.session.live().fault(error))?;
        let statements = Count(batch::statements(item, self.run.collection));
        self.ran.push(MigrationRan { version: item.version.clone(), name: item.name.clone(), statements, took, rows_changed });
        self.committed.push(item.version.clone());
        Ok(())
    }

    /// Writes how far it came, and says so.
    fn stopped(&self, number: usize, item: &Item, done: usize, prefix: Digest, stopped: &Stopped) -> Outcome<quarterdeck_model::Fault> {
        let mut failed = self.failed(number, 0);
        let of = batch::statements(item, self.run.collection);
        failed.now = match done {
            0 => "None of its statements has had an effect.".to_owned(),
            done => format!("{} of its {} are done and stay; the next apply goes on after them.", done, Count(of).of("statement")),
        };
        let fault = failed.statement(stopped);
        self.session.begin(self.run.patience, &self.ctx.past_return())?;
        self.write(item, LedgerKind::Failed, done, prefix, Some(fault.message.clone()))?;
        self.session.commit(self.run.patience)?.map_err(|error| self.session.live().fault(error))?;
        Ok(fault)
    }

    fn write(&self, item: &Item, kind: LedgerKind, done: usize, prefix: Digest, reason: Option<String>) -> Outcome<()> {
        let stamp = self.stamp();
        let records = record::of_item(item, self.run.collection, self.run.settings, None, stamp);
        let Some(Record { mut line, files, settings }) = records.into_iter().next_back() else { return Ok(()) };
        line.kind = kind;
        line.done = Count(done as u64);
        line.statements_sha256 = Some(prefix);
        line.reason = reason;
        self.run.ledger.append(self.session.live(), &Record { line, files, settings }, stamp.program)
    }

    fn stamp(&self) -> Stamp<'_> {
        Stamp { at: self.clock.now(), who: self.run.who, run: self.run.run, program: self.run.program }
    }
}
