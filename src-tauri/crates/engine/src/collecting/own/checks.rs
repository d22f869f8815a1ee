//! Every check as a number, so that it is known since when each is as it is; promises by day, once a day; and watches that are over.

use std::sync::Weak;

use quarterdeck_model::Outcome;
use quarterdeck_monitor::{
    collectors::{Blocking, Visit},
    gathered::Gathered,
};

use super::living;
use crate::{
    Engine,
    health::{self, since},
    lookup, promises, readiness,
};

/// Written when it changes, and each hour.
const APART: i64 = 3_600_000;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// Makes all checks.
pub(super) struct Checks {
    engine: Weak<Engine>,
    /// The day on which the days before it were kept.
    kept: Option<i64>,
    watches: readiness::Concluding,
}

impl Checks {
    /// Of that engine's home.
    pub(super) fn new(engine: Weak<Engine>) -> Self {
        Self { engine, kept: None, watches: readiness::Concluding::default() }
    }
}

impl Blocking for Checks {
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        let engine = living(&self.engine)?;
        let systems = lookup::systems(&engine)?;
        for check in health::snapshot(&engine, &visit.ctx)? {
            let name = check.system.as_ref().map_or("", |system| system.as_str());
            // Alerts are routed by it.
            let known = systems.iter().find(|system| Some(&system.name) == check.system.as_ref());
            let environment = known.map(|system| system.environment.to_string()).unwrap_or_default();
            let labels = [("system", name), ("environment", environment.as_str()), ("check", check.key.as_str())];
            into.sparse(since::METRIC, &labels, since::level(check.tone), APART);
        }
        let today = visit.at.timestamp_millis().div_euclid(DAY);
        if self.kept != Some(today) {
            for system in systems {
                promises::keep_days(&engine, &system, &promises::of(&system), &visit.ctx)?;
            }
            self.kept = Some(today);
        }
        self.watches.beat(&engine)
    }
}
