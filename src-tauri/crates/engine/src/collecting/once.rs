//! One look at everything, now, in memory: for somebody who waits for it. Nothing is written.

use std::{sync::Arc, time::Duration};

use quarterdeck_model::{Outcome, monitor::CollectorStatus, system::Name};
use quarterdeck_monitor::{
    collectors::{Shared, round::Round},
    sample::Sample,
    source::Memory,
};
use quarterdeck_sqlite::holders;

use super::{own, places::Places, plan::Means, status, systems::Systems};
use crate::Engine;

/// What a look brought.
pub struct Look {
    /// All that was measured.
    pub measured: Memory,
    /// How each collector is.
    pub collectors: Vec<CollectorStatus>,
}

/// Visits each collector of a system and of the machine, or of all systems, once, for at most so long in all; `each` hears of each as it is
/// back. One that cannot be made is among the collectors, with its fault.
pub fn look(engine: &Arc<Engine>, only: Option<&Name>, most: Duration, each: &mut dyn FnMut(&CollectorStatus)) -> Outcome<Look> {
    let mut systems = Systems::default();
    systems.look(engine)?;
    if let Some(only) = only {
        systems.only(only);
    }
    let mut round = Round::new(engine.network()?, engine.shared_clock()).hurried();
    let mut places = Places::default();
    // Whoever looks makes the checks himself, and theirs are written down.
    for wanted in systems.wanted(engine).into_iter().filter(|wanted| wanted.key != own::CHECKS) {
        // What cannot be made is said by whoever measures, and found by `check`.
        if let Ok(plan) = wanted.plan(Means { places: &mut places, writer: None }) {
            round.put(plan);
        }
    }
    let paths = systems.databases();
    let paths: Vec<_> = paths.iter().map(|path| &**path).collect();
    let shared = Arc::new(Shared { logs_in_use: holders::logs_in_use(&paths) });
    let now = engine.clock().now();
    let tick = round.tick_all(now, &shared, most, &mut |slot| each(&status::of(slot)));
    let mut measured = Memory::default();
    for reading in tick.brought.into_iter().flat_map(|brought| brought.readings) {
        measured.extend(reading.labels, [Sample { at: now.timestamp_millis(), value: reading.value }]);
    }
    Ok(Look { measured, collectors: round.slots().map(status::of).collect() })
}
