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
        return Err(Fault::refused(
            "somebody-measures",
            "An agent or an open window measures in this home: its past can no longer be changed.",
        )
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

#[cfg(test)]
mod tests {
    use quarterdeck_model::Clock;
    use quarterdeck_testkit::{FixedClock, Scratch};

    use super::*;
    use crate::Home;

    fn engine(scratch: &Scratch) -> Arc<Engine> {
        let home = Home::find(Some(&scratch.file("home"))).unwrap();
        Engine::open(home, Arc::new(FixedClock::default())).unwrap()
    }

    fn one(engine: &Engine) -> Vec<Past> {
        let now = engine.clock().now().timestamp_millis();
        let labels = vec![("__name__".to_owned(), "up".to_owned()), ("system".to_owned(), "shop".to_owned())];
        vec![Past { plan: "shop/scrape/service".to_owned(), labels, counter: false, samples: vec![(now - 60_000, 1.0), (now, 0.0)] }]
    }

    #[test]
    fn a_past_is_taken_over_once_and_says_what_it_is() {
        let scratch = Scratch::new();
        let engine = engine(&scratch);
        assert_eq!(take_over(&engine, "It was made up.", || Ok(one(&engine))).unwrap(), Some(Count(2)));
        let snapshot = engine.series().snapshot().unwrap();
        assert_eq!(snapshot.series(&[]).len(), 1);
        assert_eq!(snapshot.notices().unwrap()[0].sentence, "It was made up.");
        assert_eq!(take_over(&engine, "Again.", || panic!("is not asked for")).unwrap(), None);
    }

    #[test]
    fn whoever_measures_is_not_disturbed() {
        let scratch = Scratch::new();
        let (engine, other) = (engine(&scratch), engine(&scratch));
        let mut seat = Seat::new(COLLECTOR, Post::Window);
        seat.sit(&other).unwrap();
        let refused = take_over(&engine, "", || panic!("is not asked for")).unwrap_err();
        assert!(refused.is("somebody-measures"), "{refused:?}");
    }
}
