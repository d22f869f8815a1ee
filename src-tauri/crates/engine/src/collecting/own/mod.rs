//! Collectors of what Quarterdeck itself knows: they implement [`quarterdeck_monitor::collectors::Blocking`] over the engine, and are joined here.

mod backup;
mod checks;
mod migration;
mod schedule;

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_monitor::collectors::{Blocking, Collector};

use super::{AfterTick, plan::Of, plan::Wanted};
use crate::{Engine, alerting::Evaluation};

/// How often snapshots, migrations and schedules are looked at.
const SELDOM: Duration = Duration::from_secs(300);

/// The same in milliseconds: their series are sparse.
const APART: i64 = 300_000;

/// How often all checks are made, so that it is known since when each is as it is.
const CHECKED: Duration = Duration::from_secs(60);

/// A visit of a repository or of all databases may take so long.
const LIMIT: Duration = Duration::from_secs(20);

/// The key of the collector that makes all checks.
pub(super) const CHECKS: &str = "quarterdeck/checks";

/// What is wanted of each system beside what its definition says.
pub(super) fn of_system(engine: &Arc<Engine>, of: &Of<'_>) -> Vec<Wanted> {
    let name = of.system.name.clone();
    let backup = backup::Backups::new(Arc::downgrade(engine), name.clone());
    let about = of.system.repository.to_string();
    let mut wanted = vec![of.wanted("backup", "repository", about, String::new(), move |_| blocking(backup)).timed(SELDOM, LIMIT)];
    if of.system.databases().next().is_some() {
        let migration = migration::Ledgers::new(Arc::downgrade(engine), name);
        let about = "migrations of its databases".to_owned();
        wanted.push(of.wanted("migration", "ledger", about, String::new(), move |_| blocking(migration)).timed(SELDOM, LIMIT));
    }
    wanted
}

/// What is wanted of this home as a whole.
pub(super) fn of_home(engine: &Arc<Engine>) -> Vec<Wanted> {
    let schedules = schedule::Schedules::new(Arc::downgrade(engine));
    let checks = checks::Checks::new(Arc::downgrade(engine));
    vec![
        Wanted::of_home("quarterdeck/schedules", "schedules, jobs and series", move |_| blocking(schedules))
            .with("instance", "schedules")
            .timed(SELDOM, LIMIT),
        Wanted::of_home(CHECKS, "all checks of Health", move |_| blocking(checks)).with("instance", "checks").timed(CHECKED, LIMIT),
    ]
}

/// What is called after each tick, from the start.
pub(super) fn after_tick(engine: &Arc<Engine>) -> Outcome<Vec<Box<dyn AfterTick>>> {
    Ok(vec![Box::new(Evaluation::new(engine).telling(engine)?)])
}

fn blocking(collector: impl Blocking + 'static) -> Outcome<Collector> {
    Ok(Collector::Blocking(Box::new(collector)))
}

/// The engine, while it is there.
fn living(engine: &Weak<Engine>) -> Outcome<Arc<Engine>> {
    engine.upgrade().ok_or_else(|| Fault::cancelled("Quarterdeck is about to end."))
}

/// True and false as a series has them.
fn flag(truth: bool) -> f64 {
    f64::from(u8::from(truth))
}

#[cfg(test)]
mod tests;
