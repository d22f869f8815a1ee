//! Expectations as files write them, and what they say of things found.

use std::path::Path;

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use quarterdeck_document::{findings::Findings, yaml};
use quarterdeck_model::{Instant, readiness::EvidenceVerdict::*};

use super::*;

fn read(text: &str) -> Result<Expectation, Vec<String>> {
    let mut findings = Findings::new(Path::new("a.yml"));
    let node = yaml::read(text, yaml::DEFINITION, &mut findings);
    let read = node.and_then(|node| Expectation::read(&node, "expect", &mut findings));
    read.ok_or_else(|| findings.in_order().into_iter().map(|finding| format!("{} {}", finding.message, finding.hint)).collect())
}

fn expecting(text: &str) -> Expectation {
    read(text).unwrap()
}

fn now() -> Instant {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn judged(expectation: &str, found: Found) -> (quarterdeck_model::readiness::EvidenceVerdict, String) {
    let Judgement { verdict, sentence } = expecting(expectation).judge(&found, now());
    (verdict, sentence)
}

#[test]
fn each_condition_is_told_in_words() {
    for (text, words) in [
        ("{below: 1 %}", "below 1 %"),
        ("{max: 3}", "at most 3"),
        ("{min: 1200}", "at least 1,200"),
        ("{above: 99.95 %}", "above 99.95 %"),
        ("{below: 10 ms}", "below 10 ms"),
        ("{below: 1 h 30 min}", "below 1 h 30 min"),
        ("{below: 1234567.5}", "below 1234567.5"),
        ("{below: 1234567}", "below 1,234,567"),
        ("{below: 1 d 1 h 1 min}", "below 90060 s"),
        ("{max: 100 MB}", "at most 100 MB"),
        ("{between: [1 %, 5 %]}", "at least 1 %, at most 5 %"),
        ("{rows: none}", "no rows"),
        ("{rows: some}", "at least 1 row"),
        ("{rows: 3}", "3 rows"),
        ("{is: ok}", "ok"),
        ("{is: 0}", "0"),
        ("{is: true}", "yes"),
        ("{not: degraded}", "not degraded"),
        ("{exists: true, contains: Roll back}", "present, \"Roll back\" in it"),
        ("{lacks: error}", "no \"error\" in it"),
        ("{matches: '^v\\d+'}", "a match of /^v\\d+/"),
        ("{newer_than: 31 d}", "newer than 31 d"),
    ] {
        assert_eq!(expecting(text).words(), words, "{text}");
    }
}

#[test]
fn what_cannot_be_expected_is_refused_with_a_hint() {
    for (text, finding) in [
        ("{}", "expect expects nothing."),
        ("[]", "expect must be a mapping"),
        ("{belo: 1}", "expect.belo is not a known key. Write below instead."),
        ("{below: 1 parsec}", "unknown unit"),
        ("{below: many}", "expect.below is no number: \"many\"."),
        ("{below: .nan}", "no finite number"),
        ("{below: .inf}", "no finite number"),
        ("{below: 1e999}", "no finite number"),
        ("{below: nan %}", "no number"),
        ("{below: inf %}", "no number"),
        ("{below: []}", "must be text, not a list"),
        ("{between: 3}", "must be a list"),
        ("{between: [3]}", "has 1 bounds"),
        ("{between: [5, 1]}", "cannot hold"),
        ("{above: 1, below: 1}", "cannot hold"),
        ("{rows: few}", "no number of rows"),
        ("{rows: -1}", "no number of rows"),
        ("{rows: none, below: 3}", "expects rows and a number of one thing"),
        ("{is: ok, min: 3}", "expects text and a number"),
        ("{matches: '('}", "no regular expression: unclosed group."),
        ("{matches: '(?=a)'}", "look-around"),
        ("{contains: ''}", "expect.contains is empty"),
        ("{exists: yes}", "must be true or false"),
        ("{newer_than: 0 d}", "no time at all"),
        ("{newer_than: 31}", "must be text"),
        ("{is: ok, is: bad}", "is there twice"),
    ] {
        let findings = read(text).unwrap_err();
        assert!(findings.iter().any(|found| found.contains(finding)), "{text}: {findings:?}");
    }
    assert_eq!(read("{below: 1 parsec, matches: '(', rows: few}").unwrap_err().len(), 3);
}

#[test]
fn found_beside_expected() {
    use Found::*;
    let day = |days: i64| At(now() - TimeDelta::days(days));
    let words = |text: &str| Text(text.to_owned());
    for (expectation, found, verdict, sentence) in [
        ("{below: 1 %}", Number(0.068, Unit::Ratio), Fails, "6.8 %, below 1 % expected"),
        ("{below: 1 %}", Number(0.01, Unit::Ratio), Fails, "1 %, below 1 % expected"),
        ("{max: 1 %}", Number(0.010_000_1, Unit::Ratio), Fails, "1.00001 %, at most 1 % expected"),
        ("{max: 1 %}", Number(0.01, Unit::Ratio), Holds, "1 %, at most 1 % expected"),
        ("{below: 10 ms}", Number(0.009_9, Unit::Seconds), Holds, "9.9 ms, below 10 ms expected"),
        ("{below: 31 d}", Number(38.0 * 86_400.0, Unit::Seconds), Fails, "38 d, below 31 d expected"),
        ("{below: 2 min}", Number(125.0, Unit::Seconds), Fails, "125 s, below 2 min expected"),
        ("{below: 5}", Number(4.0, Unit::Seconds), Holds, "4 s, below 5 expected"),
        ("{below: 5 s}", Number(4.0, Unit::Plain), Unknown, "4 is not a time; below 5 s expected"),
        ("{max: 0 s}", Number(0.0, Unit::Plain), Holds, "0, at most 0 s expected"),
        ("{min: 1}", Number(f64::NAN, Unit::Plain), Unknown, "no number was found; at least 1 expected"),
        ("{min: 1}", Number(f64::INFINITY, Unit::Plain), Holds, "infinite, at least 1 expected"),
        ("{is: 0.3}", Number(0.1 + 0.2, Unit::Plain), Holds, "0.3, 0.3 expected"),
        ("{is: 3}", Number(f64::INFINITY, Unit::Plain), Fails, "infinite, 3 expected"),
        ("{between: [1, 5]}", Number(7.0, Unit::Plain), Fails, "7, at most 5 expected"),
        ("{between: [1, 5]}", Number(5.0, Unit::Plain), Holds, "5, at least 1, at most 5 expected"),
        ("{min: 80}", words("80"), Unknown, "80 is not a number; at least 80 expected"),
        ("{min: 80}", Missing, Unknown, "nothing was found; at least 80 expected"),
        ("{rows: none}", Rows(2, Some("17, lost".to_owned())), Fails, "2 rows, first 17, lost, no rows expected"),
        ("{rows: none}", Rows(0, None), Holds, "no rows, no rows expected"),
        ("{rows: some}", Number(1.0, Unit::Plain), Unknown, "1 is not a number of rows; at least 1 row expected"),
        ("{rows: none}", Missing, Unknown, "nothing was found; no rows expected"),
        ("{is: ok}", words("degraded\n"), Fails, "degraded, ok expected"),
        ("{is: ok}", words("ok\n"), Holds, "ok, ok expected"),
        ("{not: ok}", Missing, Unknown, "nothing was found; not ok expected"),
        ("{is: true}", Flag(false), Fails, "no, yes expected"),
        ("{is: true}", words("true"), Unknown, "true is not yes or no; yes expected"),
        ("{contains: ready}", words("not yet\nready"), Holds, "not yet…, \"ready\" in it expected"),
        ("{contains: ready}", Missing, Fails, "absent, \"ready\" in it expected"),
        ("{lacks: error}", Missing, Unknown, "nothing was found; no \"error\" in it expected"),
        ("{lacks: error}", words("error"), Fails, "error, no \"error\" in it expected"),
        ("{matches: '^v\\d+$'}", words("v31"), Holds, "v31, a match of /^v\\d+$/ expected"),
        ("{exists: true}", Missing, Fails, "absent, present expected"),
        ("{exists: false}", words("x"), Fails, "x, absent expected"),
        ("{newer_than: 31 d}", day(38), Fails, "38 d old, newer than 31 d expected"),
        ("{newer_than: 31 d}", day(31), Fails, "31 d old, newer than 31 d expected"),
        ("{newer_than: 31 d}", day(2), Holds, "2 d old, newer than 31 d expected"),
        ("{newer_than: 31 d}", At(now() + TimeDelta::seconds(60)), Holds, "new, newer than 31 d expected"),
        ("{newer_than: 31 d}", day(-1), Unknown, "2024-10-05 00:00 UTC is still to come: a clock is wrong; newer than 31 d expected"),
        ("{newer_than: 31 d}", words("2024-10-03T00:00:00Z"), Holds, "2024-10-03T00:00:00Z, newer than 31 d expected"),
        ("{newer_than: 31 d}", words("yesterday"), Unknown, "yesterday is not a moment; newer than 31 d expected"),
        ("{newer_than: 31 d}", Missing, Fails, "absent, newer than 31 d expected"),
        ("{newer_than: 31 d, exists: true, contains: a}", words("b"), Fails, "b, \"a\" in it expected"),
    ] {
        assert_eq!(judged(expectation, found.clone()), (verdict, sentence.to_owned()), "{expectation} of {found:?}");
    }
}

#[test]
fn nothing_expected_is_not_known() {
    assert_eq!(Expectation::default().judge(&Found::Flag(true), now()).verdict, Unknown);
}

#[test]
fn the_worst_of_many_is_the_one_that_is_shown() {
    for (expectation, values, worst) in [
        ("{below: 1}", vec![0.2, 7.0, 0.1], 7.0),
        ("{min: 80}", vec![99.0, 81.0, 90.0], 81.0),
        ("{is: 1}", vec![1.0, 0.0, 1.0], 0.0),
        ("{between: [0, 10]}", vec![1.0, 9.5, 5.0], 9.5),
    ] {
        assert_eq!(expecting(expectation).worst(values), Some(worst), "{expectation}");
    }
    assert!(expecting("{below: 1}").worst([0.1, f64::NAN, 7.0]).is_some_and(f64::is_nan));
    assert_eq!(expecting("{below: 1}").worst([]), None);
}

#[test]
fn bounds_take_the_unit_of_what_is_measured() {
    let ratio = expecting("{below: 0.01}").in_unit(Unit::Ratio, "expect").unwrap();
    assert_eq!(ratio.words(), "below 1 %");
    let wrong = expecting("{below: 1 %}").in_unit(Unit::Plain, "expect").unwrap_err();
    assert_eq!(wrong.message, "expect is a share, but what is measured is a plain number.");
    assert_eq!(wrong.hint, "Write unit: ratio, or another number.");
    assert_eq!(expecting("{max: 0 s}").in_unit(Unit::Bytes, "expect").unwrap().words(), "at most 0 B");
}

fn anything() -> impl Strategy<Value = Found> {
    let unit = prop_oneof![Just(Unit::Plain), Just(Unit::Seconds), Just(Unit::Bytes), Just(Unit::Ratio)];
    prop_oneof![
        (any::<f64>(), unit).prop_map(|(value, unit)| Found::Number(value, unit)),
        ".*".prop_map(Found::Text),
        (any::<u64>(), proptest::option::of(".*")).prop_map(|(count, first)| Found::Rows(count, first)),
        any::<bool>().prop_map(Found::Flag),
        (-1_000_000_000_000_i64..1_000_000_000_000).prop_map(|at| Found::At(DateTime::from_timestamp(at, 0).unwrap())),
        Just(Found::Missing),
    ]
}

proptest! {
    #[test]
    fn any_file_is_read_and_anything_found_is_judged(text in "\\{(below|is|between|matches|newer_than|rows|contains): [-\\[(a-z0-9 %,.\\])*]{0,12}\\}", found in anything()) {
        if let Ok(expectation) = read(&text) {
            let judged = expectation.judge(&found, now());
            prop_assert!(judged.sentence.ends_with(" expected"));
        }
        found.value();
    }

    #[test]
    fn a_bound_and_its_opposite_never_both_hold(value: f64, bound in -1e12..1e12) {
        let found = Found::Number(value, Unit::Plain);
        let below = Expectation { conditions: vec![Condition::AtMost(bound, Unit::Plain, true)] }.judge(&found, now()).verdict;
        let least = Expectation { conditions: vec![Condition::AtLeast(bound, Unit::Plain, false)] }.judge(&found, now()).verdict;
        prop_assert_eq!(below == Holds, least == Fails);
        prop_assert_eq!(below == Unknown, least == Unknown);
    }
}
