//! Rhythms: words, moments around changes of the clock, mistakes with their places.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use quarterdeck_model::{Instant, schedule::Rhythm};

fn at(text: &str) -> Instant {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().into()
}

fn next(cron: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let moments = Rhythm::parse(cron, zone).unwrap().next(at(after), count);
    moments.iter().map(|moment| moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)).collect()
}

#[test]
fn a_rhythm_is_said_in_plain_words() {
    for (cron, words) in [
        ("0 2 * * *", "Every day at 02:00, Europe/Berlin"),
        ("@daily", "Every day at 00:00, Europe/Berlin"),
        ("30 2,14 * * *", "Every day at 02:30 and 14:30, Europe/Berlin"),
        ("*/5 * * * *", "Every 5 minutes, Europe/Berlin"),
        ("* * * * *", "Every minute, Europe/Berlin"),
        ("0 * * * *", "Every hour, Europe/Berlin"),
        ("15 * * * *", "Every hour, 15 min past, Europe/Berlin"),
        ("0 */6 * * *", "Every 6 hours, Europe/Berlin"),
        ("0 2 * * 1-5", "Monday to Friday at 02:00, Europe/Berlin"),
        ("0 2 * * sun", "Every Sunday at 02:00, Europe/Berlin"),
        ("0 2 * * 1,4", "Every Monday and Thursday at 02:00, Europe/Berlin"),
        ("0 3 1 * *", "On day 1 of each month at 03:00, Europe/Berlin"),
        ("0 3 L * *", "On the last day of each month at 03:00, Europe/Berlin"),
    ] {
        assert_eq!(Rhythm::parse(cron, "Europe/Berlin").unwrap().words(), words, "{cron}");
    }
    let odd = Rhythm::parse("7-20/3 4 * 2,6 *", "UTC").unwrap().words();
    assert!(odd.ends_with(", UTC") && odd.len() > 20, "{odd}");
}

#[test]
fn a_fixed_time_in_the_gap_runs_right_behind_it() {
    // 2027-03-28 02:00 → 03:00 in Berlin.
    assert_eq!(
        next("30 2 * * *", "Europe/Berlin", "2027-03-26T12:00:00Z", 4),
        ["2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z", "2027-03-30T00:30:00Z"]
    );
}

#[test]
fn a_fixed_time_that_comes_twice_runs_once() {
    // 2026-10-25 03:00 → 02:00 in Berlin.
    assert_eq!(
        next("30 2 * * *", "Europe/Berlin", "2026-10-23T12:00:00Z", 4),
        ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z"]
    );
}

#[test]
fn a_rhythm_of_minutes_goes_on_through_both_changes() {
    for (from, until) in [("2026-10-24T22:00:00Z", "2026-10-25T04:00:00Z"), ("2027-03-27T22:00:00Z", "2027-03-28T04:00:00Z")] {
        let rhythm = Rhythm::parse("*/15 * * * *", "Europe/Berlin").unwrap();
        assert_eq!(rhythm.passed(at(from), at(until)), Some((at(until), 24)), "{from}");
    }
}

#[test]
fn what_passed_is_counted_and_the_newest_named() {
    let daily = Rhythm::parse("0 2 * * *", "UTC").unwrap();
    assert_eq!(daily.passed(at("2026-11-19T02:00:00Z"), at("2026-11-22T01:59:59Z")), Some((at("2026-11-21T02:00:00Z"), 2)));
    assert_eq!(daily.passed(at("2026-11-22T02:00:00Z"), at("2026-11-22T20:00:00Z")), None);
    assert_eq!(daily.passed(at("2026-11-22T02:00:00Z"), at("2026-11-20T20:00:00Z")), None, "the clock went back");
    let minutes = Rhythm::parse("* * * * *", "UTC").unwrap();
    let (newest, count) = minutes.passed(at("2020-01-01T00:00:00Z"), at("2026-11-22T13:40:30Z")).unwrap();
    assert_eq!((newest, count), (at("2026-11-22T13:40:00Z"), 10_000));
}

#[test]
fn a_mistake_has_a_place() {
    for (cron, position, part) in [
        ("0 25 * * *", 3, "hour"),
        ("61 2 * * *", 1, "minute"),
        ("0 2,4,26 * * *", 7, "hour"),
        ("0 2 32 * *", 5, "day of the month"),
        ("0 2 * FOO *", 7, "month"),
        ("0 2 * * MON,FUN", 13, "day of the week"),
        ("MON 2 * * *", 1, "minute"),
        ("0 2 * * 9", 9, "day of the week"),
        ("0 2 * *", 8, "five fields"),
        ("0 0 2 * * *", 11, "five fields"),
        ("", 1, "five fields"),
        ("  @often", 3, "short form"),
        ("0 2 é * *", 5, "day of the month"),
        ("5-1 * * * *", 1, "minute"),
        ("*/0 * * * *", 1, "minute"),
        ("0 2 30 2 *", 5, "never comes"),
    ] {
        let fault = Rhythm::parse(cron, "UTC").unwrap_err();
        assert!(fault.is("bad-schedule"), "{cron}: {fault}");
        assert_eq!(fault.facts["position"], position, "{cron:?}: {fault}");
        assert!(fault.message.contains(part) && !fault.hint.is_empty(), "{cron:?}: {fault}");
    }
    for zone in ["Europe/Nowhere", "", "CEST"] {
        assert!(Rhythm::parse("@daily", zone).unwrap_err().is("unknown-zone"), "{zone}");
    }
}

proptest! {
    #[test]
    fn time_only_goes_forward(
        cron in prop::sample::select(vec!["* * * * *", "*/7 * * * *", "30 2 * * *", "0 */6 * * *", "0 2 * * 0", "15 1-3 * * *", "0 0 L * *"]),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
        begin in 1_790_000_000_i64..1_830_000_000,
    ) {
        let rhythm = Rhythm::parse(cron, zone).unwrap();
        let after = chrono::DateTime::from_timestamp(begin, 0).unwrap();
        let moments = rhythm.next(after, 30);
        prop_assert_eq!(moments.len(), 30);
        prop_assert!(moments[0] > after && moments.windows(2).all(|pair| pair[0] < pair[1]));
        // Asked from any moment between two, the next is the same.
        for pair in moments.windows(2) {
            let between = pair[0] + (pair[1] - pair[0]) / 2;
            prop_assert_eq!(rhythm.next_after(between), Some(pair[1]));
        }
    }

    #[test]
    fn no_text_is_too_odd_to_be_refused(cron in "\\PC{0,30}", zone in "\\PC{0,12}") {
        let _ = Rhythm::parse(&cron, &zone);
        let _ = Rhythm::parse(&cron, "UTC");
    }
}
