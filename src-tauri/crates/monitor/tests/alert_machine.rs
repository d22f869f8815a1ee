//! The states of an alert: by tables, and beside a reference that is written otherwise.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use quarterdeck_monitor::alert::machine::{Course, Now, State, Terms, Watch};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

/// One letter for a state; a small one where `keep_firing_for` holds it, `~` behind one that flaps.
fn letter(course: &Course) -> String {
    let letter = match course.state {
        State::Inactive => "-",
        State::Pending => "p",
        State::Firing if course.is_kept() => "k",
        State::Firing => "F",
        State::Resolved => "r",
    };
    format!("{letter}{}", if course.flapping.times().is_some() { "~" } else { "" })
}

/// States after evaluations a minute apart; `x` where the condition holds, `.` where not.
fn run(holds: &str, hold: i64, keep: i64) -> String {
    let mut course = Course::default();
    let terms = Terms { hold: hold * MINUTE, keep: keep * MINUTE };
    let steps = holds.chars().enumerate().map(|(minute, holds)| {
        let at = minute as i64 * MINUTE;
        course.step(holds == 'x', terms, Now { at, passed: at });
        letter(&course)
    });
    steps.collect()
}

#[test]
fn each_course_is_the_one_of_the_table() {
    for (holds, hold, keep, states) in [
        // Without `for` it fires at once; with it, when it has held that long.
        ("xxx.", 0, 0, "FFFr"),
        ("xxxx", 2, 0, "ppFF"),
        ("xxxx", 1, 0, "pFFF"),
        ("x.xx.x", 1, 0, "p-pFrp"),
        (".x.", 5, 0, "-p-"),
        // A resolved one is listed for a quarter of an hour, and may begin again meanwhile.
        ("x.................x", 0, 0, "Frrrrrrrrrrrrrrrr-F"),
        ("x..x", 0, 0, "FrrF"),
        ("xx..xx", 1, 0, "pFrrpF"),
        ("xx..x.", 1, 0, "pFrrp-"),
        // It goes on firing where that is asked for, and anew after each time it held.
        ("x....", 0, 2, "Fkkrr"),
        ("x.x...", 0, 2, "FkFkkr"),
        ("xx.....", 1, 3, "pFkkkrr"),
        ("x..", 1, 3, "p--"),
        // To and fro: from the fifth change on it flaps, until nothing changed for ten minutes.
        ("x.x.x.x", 0, 0, "FrFrF~r~F~"),
        ("x.x.x..........", 0, 0, "FrFrF~r~r~r~r~r~r~r~r~r~r~"),
        ("x.x.x...........", 0, 0, "FrFrF~r~r~r~r~r~r~r~r~r~r~r"),
    ] {
        assert_eq!(run(holds, hold, keep), states, "{holds} for {hold} keep {keep}");
    }
}

#[test]
fn what_changed_is_told_once() {
    let mut course = Course::default();
    let terms = Terms { hold: MINUTE, keep: 0 };
    let mut step = |holds, minute: i64| course.step(holds, terms, Now { at: minute * MINUTE, passed: minute * MINUTE });
    assert_eq!(step(false, 0), None);
    assert_eq!(step(true, 1), Some((State::Inactive, State::Pending)));
    assert_eq!(step(true, 2), Some((State::Pending, State::Firing)));
    assert_eq!(step(true, 3), None);
    assert_eq!(step(false, 4), Some((State::Firing, State::Resolved)));
    assert_eq!(step(false, 5), None);
    assert_eq!(step(true, 6), Some((State::Resolved, State::Pending)));
    assert_eq!(step(false, 7), Some((State::Pending, State::Inactive)));
    assert_eq!((course.fired, course.ended), (Some(2 * MINUTE), Some(4 * MINUTE)));
    let mut at_once = Course::default();
    let change = at_once.step(true, Terms { hold: 0, keep: 0 }, Now { at: 0, passed: 0 });
    assert_eq!(change, Some((State::Inactive, State::Firing)));
}

#[test]
fn a_rule_that_demands_more_than_before_lets_it_wait_again() {
    let mut course = Course::default();
    let now = |minute: i64| Now { at: minute * MINUTE, passed: minute * MINUTE };
    course.step(true, Terms { hold: 0, keep: 0 }, now(0));
    assert_eq!(course.step(true, Terms { hold: 2 * MINUTE, keep: 0 }, now(1)), Some((State::Firing, State::Pending)));
    assert_eq!(course.step(true, Terms { hold: 2 * MINUTE, keep: 0 }, now(2)), Some((State::Pending, State::Firing)));
}

/// States after evaluations at moments of the clock, in seconds; the interval is a minute, `for` five.
fn clock(moments: &[i64]) -> (String, i64) {
    let (mut course, mut watch) = (Course::default(), Watch::default());
    let terms = Terms { hold: 5 * MINUTE, keep: 0 };
    let mut now = Now { at: 0, passed: 0 };
    let states = moments.iter().map(|at| {
        watch.go(at * SECOND, 3 * MINUTE);
        now = Now { at: at * SECOND, passed: watch.passed };
        course.step(true, terms, now);
        letter(&course)
    });
    (states.collect(), course.held_for(now) / SECOND)
}

#[test]
fn sleep_and_steps_of_the_clock_do_not_count() {
    assert_eq!(clock(&[0, 60, 120, 180, 240, 300]), ("pppppF".to_owned(), 300));
    // A night with the lid closed counts as three intervals.
    assert_eq!(clock(&[0, 60, 28_860]), ("ppp".to_owned(), 240));
    assert_eq!(clock(&[0, 60, 28_860, 28_920]), ("pppF".to_owned(), 300));
    // An hour back counts as nothing, and from there on it goes on.
    assert_eq!(clock(&[3_600, 3_660, 60, 120, 180]), ("ppppp".to_owned(), 180));
    // An hour forward, too, is no more than three intervals.
    assert_eq!(clock(&[0, 3_600]), ("pp".to_owned(), 180));
    // A late evaluation is late, not lost.
    assert_eq!(clock(&[0, 170, 300]), ("ppF".to_owned(), 300));
}

#[test]
fn a_clock_that_goes_back_leaves_no_beginning_in_the_future() {
    let (mut course, terms) = (Course::default(), Terms { hold: 0, keep: 0 });
    course.step(true, terms, Now { at: 3_600 * SECOND, passed: 0 });
    course.step(true, terms, Now { at: 0, passed: 0 });
    assert_eq!(course.active, 0);
}

#[test]
fn a_restart_keeps_what_was_held() {
    let terms = Terms { hold: 5 * MINUTE, keep: 0 };
    let (mut course, mut watch) = (Course::default(), Watch::default());
    for minute in 0..4 {
        watch.go(minute * MINUTE, 3 * MINUTE);
        course.step(true, terms, Now { at: minute * MINUTE, passed: watch.passed });
    }
    let text = serde_json::to_string(&(course, watch)).unwrap();
    let (mut course, mut watch): (Course, Watch) = serde_json::from_str(&text).unwrap();
    watch.go(5 * MINUTE, 3 * MINUTE);
    course.step(true, terms, Now { at: 5 * MINUTE, passed: watch.passed });
    assert_eq!(course.state, State::Firing);
}

#[test]
fn what_went_to_and_fro_is_remembered_while_it_may_do_so_again() {
    let states = run("x.x.x.x.", 0, 0);
    assert_eq!(states, "FrFrF~r~F~r~");
    let mut course = Course::default();
    let terms = Terms { hold: 0, keep: 0 };
    for minute in 0..8 {
        course.step(minute % 2 == 0, terms, Now { at: minute * MINUTE, passed: minute * MINUTE });
    }
    assert_eq!(course.flapping.times(), Some(8));
    let mut over = None;
    for minute in 8..60 {
        course.step(false, terms, Now { at: minute * MINUTE, passed: minute * MINUTE });
        over = over.or(course.is_over().then_some(minute));
    }
    // Steady after ten minutes, out of the list after fifteen.
    assert_eq!((course.flapping.times(), over), (None, Some(23)));
}

/// The states by their definition: looking back over all evaluations each time.
fn reference(holds: &[(i64, bool)], terms: Terms) -> State {
    let (at, _) = holds[holds.len() - 1];
    let mut fired_until: Option<i64> = None;
    let (mut since, mut firing, mut gone) = (None, false, None);
    for (moment, held) in holds {
        if *held {
            gone = None;
            let begin = *since.get_or_insert(*moment);
            firing = firing || moment - begin >= terms.hold;
        } else if firing && moment - *gone.get_or_insert(*moment) < terms.keep {
            continue;
        } else {
            if firing {
                fired_until = Some(*moment);
            }
            (since, firing, gone) = (None, false, None);
        }
    }
    match (since, firing) {
        (Some(_), true) => State::Firing,
        (Some(_), false) => State::Pending,
        (None, _) => {
            // A pending time in between ends the listing, as the alert began anew.
            let ended = fired_until.filter(|ended| holds.iter().all(|(moment, held)| !held || moment < ended));
            if ended.is_some_and(|ended| at - ended <= 15 * MINUTE) { State::Resolved } else { State::Inactive }
        }
    }
}

proptest! {
    #[test]
    fn the_machine_is_its_definition(
        holds in prop::collection::vec((1_i64..400, prop::bool::weighted(0.7)), 1..80),
        hold in 0_i64..600,
        keep in 0_i64..600,
    ) {
        let terms = Terms { hold: hold * SECOND, keep: keep * SECOND };
        let (mut course, mut watch, mut at) = (Course::default(), Watch::default(), 0);
        let mut passed = Vec::new();
        for (step, holds) in holds {
            at += step * SECOND;
            watch.go(at, 120 * SECOND);
            course.step(holds, terms, Now { at, passed: watch.passed });
            passed.push((watch.passed, holds));
            prop_assert_eq!(course.state, reference(&passed, terms), "{:?}", passed);
        }
    }

    #[test]
    fn a_steady_alert_never_flaps(steps in prop::collection::vec(11_i64..60, 1..60)) {
        let (mut course, mut at) = (Course::default(), 0);
        for (index, step) in steps.into_iter().enumerate() {
            at += step * MINUTE;
            course.step(index % 2 == 0, Terms { hold: 0, keep: 0 }, Now { at, passed: at });
            prop_assert!(course.flapping.times().is_none());
        }
    }
}
