//! Migrations that commit together.
//!
//! No savepoint parts them: whatever fails, all of them go back, and SQLite would have to keep the pages of a savepoint a second time.

use std::{collections::HashMap, time::Instant};

use quarterdeck_model::{
    Count, Fault, Millis, Outcome,
    migration::{Direction, MigrationRan},
};
use quarterdeck_store::failpoint;
use rusqlite::ErrorCode;

use super::{Work, failure, orphans, record};
use crate::{
    ledger::Stamp,
    session::Stopped,
    steps::{Batch, Item},
};

/// Which statement of which item has written a table last.
type LastWrites = HashMap<String, (usize, usize)>;

impl Work<'_> {
    /// Runs a batch inside one transaction. Whatever goes wrong, nothing of it is left.
    pub(super) fn batch(&mut self, number: usize, batch: &Batch) -> Outcome<()> {
        let since = self.lock(batch);
        let done = since.and_then(|since| Ok((since, self.under_lock(number, batch)?)));
        self.session.roll_back()?;
        let (since, ran) = done?;
        self.lock_held += since.elapsed();
        self.changed = true;
        self.committed.extend(batch.items.iter().map(|item| item.version.clone()));
        self.ran.extend(ran);
        failpoint::reach("migrate.committed")?;
        self.moments.committed(number)
    }

    fn under_lock(&mut self, number: usize, batch: &Batch) -> Outcome<Vec<MigrationRan>> {
        let looks = batch.foreign_keys == Some(false) && self.run.settings.foreign_keys;
        let orphans_before = if looks { orphans::count(self.session.live())? } else { orphans::Orphans::new() };
        self.ensure_ledger()?;
        let mut last_writes = LastWrites::new();
        let mut ran = Vec::new();
        for (at, item) in batch.items.iter().enumerate() {
            ran.push(self.item(number, at, item, &mut last_writes)?);
            self.worn |= has_pragmas(item, self.run.collection);
        }
        if looks {
            let worse = orphans::worse(&orphans_before, &orphans::count(self.session.live())?);
            if let Some(orphan) = worse.first() {
                let (at, statement) = last_writes.get(&orphan.table).copied().unwrap_or((batch.items.len() - 1, 0));
                return Err(self.failed(number, at).foreign_keys(statement, &worse, false));
            }
        }
        match self.commit(number)? {
            Ok(()) => Ok(ran),
            Err(error) => Err(self.commit_failed(number, &last_writes, error)),
        }
    }

    fn item(&mut self, number: usize, at: usize, item: &Item, last_writes: &mut LastWrites) -> Outcome<MigrationRan> {
        let since = Instant::now();
        let session = &self.session;
        let mut after = |statement: usize| {
            session.count();
            for table in session.take_written() {
                last_writes.insert(table, (at, statement));
            }
            failpoint::reach("migrate.statement")
        };
        let changed = match session.run(item, self.run.collection, &mut after)? {
            Ok(changed) => changed,
            Err(stopped) => return Err(self.failed(number, at).statement(&stopped)),
        };
        let took = Millis::from(since.elapsed());
        let stamp = Stamp { at: self.clock.now(), who: self.run.who, run: self.run.run, program: self.run.program };
        for record in record::of_item(item, self.run.collection, self.run.settings, Some(took), stamp) {
            self.run.ledger.append(self.session.live(), &record, stamp.program)?;
        }
        failpoint::reach("migrate.item")?;
        let statements = Count(statements(item, self.run.collection));
        Ok(MigrationRan { version: item.version.clone(), name: item.name.clone(), statements, took, rows_changed: Count(changed) })
    }

    /// Deferred foreign keys are looked at by COMMIT itself, which then leaves the transaction open
    /// (<https://www.sqlite.org/foreignkeys.html#fk_deferred>).
    fn commit_failed(&self, number: usize, last_writes: &LastWrites, error: rusqlite::Error) -> Fault {
        let items = &self.run.batches[number].items;
        let last = items.len() - 1;
        if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) && !self.session.live().is_autocommit() {
            let orphans = match orphans::count(self.session.live()) {
                Ok(orphans) => orphans::worse(&orphans::Orphans::new(), &orphans),
                Err(fault) => return fault,
            };
            let writer = orphans.iter().find_map(|orphan| last_writes.get(&orphan.table));
            let (at, statement) = writer.copied().unwrap_or((last, 0));
            return self.failed(number, at).foreign_keys(statement, &orphans, true);
        }
        let statement = items.get(last).map_or(0, |item| statements(item, self.run.collection).saturating_sub(1));
        let statement = usize::try_from(statement).unwrap_or_default();
        self.failed(number, last).statement(&Stopped { statement, error, refused: None })
    }

    /// Words for what has failed in one item of a batch.
    pub(super) fn failed(&self, number: usize, at: usize) -> failure::Failed<'_> {
        let item = &self.run.batches[number].items[at];
        let left = self.run.batches.iter().skip(number).flat_map(|batch| &batch.items).map(|item| item.version.clone());
        failure::Failed {
            path: self.run.path,
            collection: self.run.collection,
            item,
            left: left.collect(),
            committed: &self.committed,
            now: failure::now(&self.committed, item.direction == Direction::Down),
        }
    }
}

/// Statements of an item.
pub(super) fn statements(item: &Item, collection: &crate::collection::Collection) -> u64 {
    item.scripts(collection).iter().map(|script| script.statements.len() as u64).sum()
}

/// True where something may be set on the connection when the item is done.
fn has_pragmas(item: &Item, collection: &crate::collection::Collection) -> bool {
    use crate::collection::StatementKind::Pragma;
    crate::session::statements(item.scripts(collection))
        .any(|(number, _, statement)| statement.kind == Pragma && !crate::session::is_skipped(&item.transaction, number))
}
