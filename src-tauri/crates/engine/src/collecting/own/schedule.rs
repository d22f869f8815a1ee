//! Schedules, jobs and series of this home.

use std::sync::Weak;

use chrono::TimeDelta;
use quarterdeck_model::{JobState, Outcome};
use quarterdeck_monitor::{
    collectors::{Blocking, Visit},
    gathered::Gathered,
    series::writer,
};
use quarterdeck_store::{files, jobs, leases::Lease};

use super::{APART, flag, living};
use crate::{
    Engine, lookup,
    schedule::{self, AGENT},
};

/// Among so many of the newest jobs those that failed are counted.
const JOBS: u32 = 500;

/// Measures what this home does.
pub(super) struct Schedules(Weak<Engine>);

impl Schedules {
    /// Of that engine's home.
    pub(super) fn new(engine: Weak<Engine>) -> Self {
        Self(engine)
    }
}

impl Blocking for Schedules {
    #[allow(clippy::cast_precision_loss)] // a series has floats
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        let engine = living(&self.0)?;
        for system in lookup::systems(&engine)? {
            visit.ctx.checkpoint()?;
            let views = schedule::list(&engine, &system.name)?.schedules;
            let late = views.iter().filter(|view| view.overdue.is_some()).count();
            let environment = system.environment.to_string();
            let labels = [("system", system.name.as_str()), ("environment", environment.as_str())];
            into.sparse("quarterdeck_schedules", &labels, views.len() as f64, APART);
            into.sparse("quarterdeck_schedules_late", &labels, late as f64, APART);
        }
        let since = visit.at - TimeDelta::days(1);
        let newest = engine.store().read(|connection| jobs::list(connection, None, false, JOBS))?;
        let failed = newest.iter().filter(|job| job.created_at >= since && matches!(job.state, JobState::Failed | JobState::Interrupted));
        into.sparse("quarterdeck_jobs_failed_last_day", &[], failed.count() as f64, APART);
        into.sparse("quarterdeck_jobs_running", &[], engine.running().len() as f64, APART);
        into.sparse("quarterdeck_agent_up", &[], flag(Lease::is_held(&engine.home().leases(), AGENT)?), APART);
        let file = engine.home().series().join(writer::FILE);
        let size = |suffix: &str| files::with_suffix(&file, suffix).metadata().map_or(0, |metadata| metadata.len());
        into.sparse("quarterdeck_series_bytes", &[], (size("") + size("-wal")) as f64, APART);
        into.sparse("quarterdeck_series", &[], engine.series().snapshot()?.series(&[]).len() as f64, APART);
        Ok(())
    }
}
