use std::path::Path;

use super::*;
use crate::notify::config;

fn at(text: &str) -> Moment {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

/// Whether the interval holds at each of these moments.
fn holds(interval: &str, moments: &[&str]) -> Vec<bool> {
    let text =
        format!("route: {{receiver: a}}\nreceivers: [{{name: a}}]\ntime_intervals: [{{name: x, time_intervals: [{{{interval}}}]}}]\n");
    let (config, findings) = config::read(Path::new("notify.yml"), &text);
    let config = config.unwrap_or_else(|| panic!("{findings:?}"));
    moments.iter().map(|moment| config.intervals["x"][0].contains(at(moment))).collect()
}

#[test]
fn times_end_before_their_last_minute() {
    let held = holds(
        "times: [{start_time: '09:00', end_time: '17:00'}]",
        &["2026-11-23T08:59:59Z", "2026-11-23T09:00:00Z", "2026-11-23T16:59:59Z", "2026-11-23T17:00:00Z"],
    );
    assert_eq!(held, [false, true, true, false]);
    assert_eq!(holds("times: [{start_time: '00:00', end_time: '24:00'}]", &["2026-11-23T23:59:59Z"]), [true]);
    assert_eq!(holds("times: []", &["2026-11-23T12:00:00Z"]), [false], "a list without items holds never");
    assert_eq!(holds("", &["2026-11-23T12:00:00Z"]), [true]);
}

#[test]
fn days_are_those_of_the_zone() {
    // 23:30 UTC on a Sunday is Monday in Berlin.
    let sunday = ["2026-11-22T22:30:00Z", "2026-11-22T23:30:00Z"];
    assert_eq!(holds("weekdays: [monday], location: Europe/Berlin", &sunday), [false, true]);
    assert_eq!(holds("weekdays: [monday]", &sunday), [false, false]);
    assert_eq!(holds("weekdays: ['sunday:tuesday']", &["2026-11-21T12:00:00Z", "2026-11-24T12:00:00Z"]), [false, true]);
}

#[test]
fn days_of_a_month_count_from_both_ends() {
    let days = ["2026-02-01T12:00:00Z", "2026-02-26T12:00:00Z", "2026-02-28T12:00:00Z", "2028-02-28T12:00:00Z", "2028-02-29T12:00:00Z"];
    assert_eq!(holds("days_of_month: [-1]", &days), [false, false, true, false, true]);
    assert_eq!(holds("days_of_month: ['-3:-1']", &days), [false, true, true, true, true]);
    assert_eq!(holds("days_of_month: ['1:31']", &days), [true; 5]);
    assert_eq!(holds("days_of_month: ['30:31']", &days), [false; 5], "what begins behind the month's end is not in it");
    assert_eq!(holds("days_of_month: ['1:-1']", &["2026-04-01T12:00:00Z"]), [true]);
}

#[test]
fn an_interval_has_words() {
    let said = |interval: &str| {
        let text =
            format!("route: {{receiver: a}}\nreceivers: [{{name: a}}]\ntime_intervals: [{{name: x, time_intervals: [{{{interval}}}]}}]\n");
        words::sentence(&config::read(Path::new("notify.yml"), &text).0.unwrap().intervals["x"][0])
    };
    assert_eq!(said("times: [{start_time: '22:00', end_time: '24:00'}], weekdays: ['monday:friday'], location: Europe/Berlin"), {
        "Mondays to Fridays, 22:00 to 24:00, Europe/Berlin"
    });
    assert_eq!(said("days_of_month: [1, '-3:-1'], months: [march, 'june:july'], years: [2026]"), {
        "day 1 and the last day but 2 to the last day of a month, in March and June to July, 2026, UTC"
    });
    assert_eq!(
        (said("weekdays: [tuesday], days_of_month: ['8:14'], location: Local"), said("months: []")),
        ("Tuesdays that are day 8 to day 14 of a month, the machine's own time".to_owned(), "never".to_owned())
    );
}

#[test]
fn everything_that_is_given_must_hold() {
    let interval = "months: ['march:april', 12], years: [2026], weekdays: [friday], times: [{start_time: '10:00', end_time: '11:00'}]";
    let moments = ["2026-03-06T10:30:00Z", "2026-12-04T10:30:00Z", "2027-03-05T10:30:00Z", "2026-05-01T10:30:00Z", "2026-03-06T11:30:00Z"];
    assert_eq!(holds(interval, &moments), [true, true, false, false, false]);
}

#[test]
fn a_zone_keeps_its_clock_over_both_changes() {
    let noon = "times: [{start_time: '12:00', end_time: '13:00'}], location: Europe/Berlin";
    assert_eq!(
        holds(noon, &["2026-03-28T11:30:00Z", "2026-03-29T11:30:00Z", "2026-03-29T10:30:00Z", "2026-10-25T11:30:00Z"]),
        [true, false, true, true]
    );
}
