//! What the tests of collectors share.

use std::{sync::Arc, time::Duration};

use quarterdeck_model::{Clock, JobCtx};
use quarterdeck_testkit::FixedClock;

use super::Visit;
use crate::gathered::Gathered;

/// A visit that has all the time in the world.
pub fn visit() -> Visit {
    let clock = Arc::new(FixedClock::default());
    Visit { at: clock.now(), clock, limit: Duration::from_secs(60), ctx: JobCtx::detached(), shared: Arc::default() }
}

/// What was gathered, as `name{label="value"} 1`.
pub fn found(gathered: &Gathered) -> Vec<String> {
    gathered.readings.iter().map(|reading| format!("{} {}", reading.labels, reading.value)).collect()
}
