//! What the way down of a migration is worth: run right after its way up, compared with what was before, and rolled back.

use std::time::{Duration, Instant};

use quarterdeck_model::{
    JobCtx, Millis, Outcome,
    migration::{Direction, WayDown},
};

use super::{Trial, measure::State};
use crate::{
    apply::failure::Failed,
    collection::Transaction,
    difference,
    session::{Session, Stopped},
    steps::Item,
};

/// Judges the way down of a migration that has just been applied. One that no transaction can hold is not tried: it could not be taken
/// back for the migrations after it.
pub(super) fn judge(session: &Session, trial: &Trial<'_>, up: &Item, before: &State, after: &State) -> Outcome<WayDown> {
    if up.direction == Direction::Down {
        return Ok(WayDown::NotTried);
    }
    let migration = up.migration.and_then(|at| Some((at, trial.collection.migrations.get(at)?)));
    let Some(item) = migration.and_then(|(at, migration)| Item::down(at, migration)) else { return Ok(WayDown::None) };
    if matches!(item.transaction, Transaction::Alone { .. }) {
        return Ok(WayDown::NotTried);
    }
    session.set_foreign_keys(item.foreign_keys().unwrap_or(trial.settings.foreign_keys))?;
    session.begin(Duration::ZERO, &JobCtx::detached())?;
    let since = Instant::now();
    let ran = session.run(&item, trial.collection, &mut |_| Ok(()));
    let took = Millis::from(since.elapsed());
    let judged = ran.and_then(|ran| verdict(session, trial, &item, (before, after), took, ran));
    session.roll_back()?;
    session.take_written();
    judged
}

fn verdict(
    session: &Session,
    trial: &Trial<'_>,
    item: &Item,
    (before, after): (&State, &State),
    took: Millis,
    ran: Result<u64, Stopped>,
) -> Outcome<WayDown> {
    if let Err(stopped) = ran {
        let now = "It was tried on a copy; the live database was not changed.".to_owned();
        let failed = Failed { path: trial.copy, collection: trial.collection, item, left: Vec::new(), committed: &[], now };
        let fault = failed.statement(&stopped);
        return match fault.is("migration-failed") {
            true => Ok(WayDown::Failed { failure: Box::new(failed.of_statement(&stopped)) }),
            false => Err(fault),
        };
    }
    let written = session.take_written();
    let back = after.after(session.live(), &written)?;
    let differences = difference::changes(&before.schema, &back.schema, &[]);
    if differences.is_empty() {
        return Ok(WayDown::Back { took, rows: before.rows_against(&back).0 });
    }
    Ok(WayDown::NotBack { differences })
}
