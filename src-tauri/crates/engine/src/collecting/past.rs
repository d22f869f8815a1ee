//! A past that was not measured here: taken over before anything is.

use std::sync::Arc;

use quarterdeck_model::{Count, Fault, Outcome};
use quarterdeck_monitor::{
    gathered::{Density, Nature, Reading},
    labels::Labels,
    sample::Sample,
    series::{Policy, Writer},
};
use quarterdeck_store::series::notes::{self, NoticeRow};

use super::beat::COLLECTOR;
use crate::{
    Engine,
    schedule::{Post, Seat, Turn},
};

/// One series of a past.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// The collector that goes on with it: `SYSTEM/KIND/NAME`.
    pub plan: String,
    /// Whose it is, as that collector labels it; `__name__` among them.
    pub labels: Vec<(String, String)>,
    /// True for a counter.
    pub counter: bool,
    /// Milliseconds since 1970, ascending, and values.
    pub samples: Vec<(i64, f64)>,
}

/// Takes the past over into a home that has measured nothing yet, and says `notice` wherever its measurements are looked at. None, and nothing
/// is written, where something was measured before.
///
/// Refuses with `somebody-measures` where an agent or a window does.
pub fn take_over(engine: &Arc<Engine>, notice: &str, past: impl FnOnce() -> Outcome<Vec<Past>>) -> Outcome<Option<Count>> {
    let mut seat = Seat::new(COLLECTOR, Post::Window);
    if matches!(seat.sit(engine)?, Turn::Others | Turn::Left) {
        return Err(Fault::refused("somebody-measures", "An agent or an open window measures in this home: its past can no longer be changed.")
            .hint("End it, then try again."));
    }
    if !engine.series().snapshot()?.series(&[]).is_empty() {
        return Ok(None);
    }
    let clock = engine.shared_clock();
    let mut writer = Writer::open(&engine.home().series(), Policy::default(), Arc::clone(&clock))?;
    let mut taken = 0;
    for Past { plan, labels, counter, samples } in past()? {
        let nature = if counter { Nature::Counter } else { Nature::Gauge };
        let reading = Reading { labels: Labels::new(labels), value: 0.0, nature, density: Density::Dense };
        let samples: Vec<Sample> = samples.iter().map(|(at, value)| Sample { at: *at, value: *value }).collect();
        writer.backfill(&reading, &plan, &samples)?;
        taken += samples.len() as u64;
    }
    let row = NoticeRow { at: clock.now().timestamp_millis(), tone: "attention".to_owned(), sentence: notice.to_owned() };
    writer.file().write(|tx| notes::add_notice(tx, &row))?;
    Ok(Some(Count(taken)))
}
