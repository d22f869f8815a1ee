//! What is due: a pure function of the rhythm, of what ran, and of the clock.

use chrono::TimeDelta;
use quarterdeck_model::{Instant, schedule::Rhythm};
use quarterdeck_store::schedules::Due;

/// A run that cannot start is tried again for so long at most.
const LONGEST_WINDOW: TimeDelta = TimeDelta::hours(1);

/// And for so long at least, however fast the rhythm is.
const SHORTEST_WINDOW: TimeDelta = TimeDelta::minutes(1);

/// Between two attempts.
const PAUSE: TimeDelta = TimeDelta::seconds(30);

/// What is due now: the newest moment that passed since the last one that had its run, standing for all before it.
///
/// `since` is when the schedule became what it is; `last` the newest moment up to `now` that has its run. A machine that slept, or was off,
/// over several moments so makes up for them once. A clock that was put back finds the moments it passes again done already; one that was
/// ahead when the schedule was first seen begins anew.
pub(super) fn due(rhythm: &Rhythm, since: Instant, last: Option<Instant>, now: Instant) -> Option<Due> {
    let floor = last.unwrap_or(since).max(since);
    let (at, count) = rhythm.passed(floor, now)?;
    Some(Due { at, missed: count - 1 })
}

/// Until when a run is tried again: for one round of its rhythm, between a minute and an hour.
pub(super) fn window(rhythm: &Rhythm, due: Instant, claimed: Instant) -> Instant {
    let round = rhythm.next_after(due).map_or(LONGEST_WINDOW, |next| next - due);
    claimed + round.clamp(SHORTEST_WINDOW, LONGEST_WINDOW)
}

/// True where it is time for another attempt. A clock that was put back makes no one wait.
pub(super) fn may_try(attempted: Option<Instant>, now: Instant) -> bool {
    attempted.is_none_or(|attempted| now >= attempted + PAUSE || now < attempted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn at(text: &str) -> Instant {
        chrono::DateTime::parse_from_rfc3339(&format!("2026-11-{text}:00Z")).unwrap().into()
    }

    fn daily() -> Rhythm {
        Rhythm::parse("0 2 * * *", "UTC").unwrap()
    }

    #[test]
    fn what_is_due_and_what_it_stands_for() {
        let since = at("01T12:00");
        for (last, now, expected) in [
            (None, "01T13:00", None),
            (None, "02T01:59", None),
            (None, "02T02:00", Some(("02T02:00", 0))),
            (Some("02T02:00"), "02T02:01", None),
            (Some("02T02:00"), "03T02:00", Some(("03T02:00", 0))),
            // Asleep over three.
            (Some("02T02:00"), "05T09:30", Some(("05T02:00", 2))),
            (Some("05T02:00"), "05T09:31", None),
            // Never ran, switched on late.
            (None, "04T09:30", Some(("04T02:00", 2))),
        ] {
            let found = due(&daily(), since, last.map(at), at(now));
            assert_eq!(found, expected.map(|(text, missed)| Due { at: at(text), missed }), "{last:?} {now}");
        }
    }

    #[test]
    fn nothing_that_was_due_before_the_schedule_was_set_is_made_up_for() {
        assert_eq!(due(&daily(), at("05T12:00"), Some(at("02T02:00")), at("06T01:00")), None);
        assert_eq!(due(&daily(), at("09T12:00"), None, at("06T03:00")), None, "seen first while the clock was ahead");
    }

    #[test]
    fn a_window_is_one_round_within_bounds() {
        let minutes = |cron: &str| {
            let claimed = at("02T09:00");
            (window(&Rhythm::parse(cron, "UTC").unwrap(), at("02T02:00"), claimed) - claimed).num_minutes()
        };
        assert_eq!((minutes("0 2 * * *"), minutes("*/5 * * * *"), minutes("* * * * *")), (60, 5, 1));
        assert!(may_try(None, at("02T02:00")) && !may_try(Some(at("02T02:00")), at("02T02:00")));
        assert!(may_try(Some(at("02T02:00")), at("02T02:01")) && may_try(Some(at("02T02:00")), at("02T01:00")));
    }

    proptest! {
        /// A machine that sleeps, and whose clock is put forward and back, as the scheduler sees it.
        #[test]
        fn no_moment_runs_twice_and_a_wake_makes_up_for_once(
            cron in prop::sample::select(vec!["*/5 * * * *", "0 * * * *", "0 2 * * *", "30 2 * * 1"]),
            steps in prop::collection::vec(prop_oneof![8 => 1_i64..400, 2 => 400_i64..40_000, 1 => -20_000_i64..0], 1..60),
        ) {
            let rhythm = Rhythm::parse(cron, "Europe/Berlin").unwrap();
            let since = at("01T12:00");
            let mut now = since;
            let mut ran = BTreeSet::new();
            for minutes in steps {
                now += TimeDelta::minutes(minutes);
                let last = ran.range(..=now).next_back().copied();
                let Some(found) = due(&rhythm, since, last, now) else {
                    let floor = last.unwrap_or(since).max(since);
                    prop_assert!(rhythm.next_after(floor).is_none_or(|next| next > now), "nothing that passed is forgotten");
                    continue;
                };
                prop_assert!(found.at <= now && found.at > since);
                prop_assert!(ran.insert(found.at), "{} ran twice", found.at);
                let last = ran.range(..=now).next_back().copied();
                prop_assert_eq!(due(&rhythm, since, last, now), None, "one catch-up, not one for each missed moment");
            }
        }
    }
}
