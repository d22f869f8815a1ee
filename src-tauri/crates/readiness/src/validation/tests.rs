use std::path::Path;

use chrono::TimeDelta;
use quarterdeck_document::findings::Findings;
use quarterdeck_model::{
    Fault, Instant, Millis,
    monitor::{Float, PanelUnit},
    readiness::{RowVerdict, ValidationRow},
};

use super::*;

const GOOD: &str = "
title: First two days
for: 48 h
rows:
  - {name: Uptime, promql: avg(probe_success), over: average, unit: ratio, expect: {min: 99.9 %}}
  - {name: Slowest, promql: p99, over: most, unit: s, expect: {below: 100 ms}}
  - {name: Size, promql: sqlite_file_bytes, over: growth, expect: {below: 10 %}}
  - {name: Queries, promql: 'sum(increase(q[$window]))', over: window, expect: {min: 1}}
  - {name: Backups, record: backups, expect: {is: 100 %}}
";

fn read(text: &str) -> (Option<Plan>, Vec<String>) {
    let mut findings = Findings::new(Path::new("validation.yml"));
    let understood = |query: &str| if query.contains("broken") { Err(Fault::usage("bad-query", "no such thing")) } else { Ok(()) };
    let plan = Plan::read(text, &mut findings, &understood);
    (plan, findings.in_order().into_iter().map(|found| format!("{}:{}: {}", found.line, found.column, found.message)).collect())
}

fn moment(minutes: i64) -> Instant {
    Instant::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

/// The row of a file, judged over values of successive minutes.
fn judged(row: usize, values: &[f64], share: f64) -> ValidationRow {
    let plan = read(GOOD).0.unwrap();
    let row = &plan.rows[row];
    let mut tally = Tally::default();
    (1..).zip(values).for_each(|(minute, value)| tally.add(moment(minute), &[*value], &row.expect));
    judge(row, &Measured { tally, share, ..Measured::default() }, moment(60), None)
}

#[test]
fn a_file_says_what_is_watched() {
    let plan = read(GOOD).0.unwrap();
    assert_eq!((plan.title.as_str(), plan.length), ("First two days", Millis(172_800_000)));
    let units: Vec<PanelUnit> = plan.rows.iter().map(|row| row.unit).collect();
    assert_eq!(units, [PanelUnit::Ratio, PanelUnit::Seconds, PanelUnit::Ratio, PanelUnit::Number, PanelUnit::Ratio]);
    assert_eq!(plan.rows[4].measure, Measure::Record(Record::Backups));
    assert_eq!(
        read("rows: [{name: a, record: alerts, expect: {is: 0}}]").0.unwrap().length,
        Millis(48 * 3_600_000),
        "two days unless said"
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "
for: 30 d
rows:
  - {name: A, promql: broken, over: average, expect: {min: 1}}
  - {name: A, promql: x, over: avrage, expect: {min: 1}}
  - {name: B, promql: x, record: alerts, over: last, expect: {min: 1}}
  - {name: C, record: alerts, over: last, expect: {min: 1 s}}
  - {name: D}
  - {name: E, promql: 'sum(increase(q[$window]))', over: average, expect: {min: 1}}
";
    let (plan, findings) = read(text);
    assert!(plan.is_none());
    for (line, words) in [
        (2, "for is not between 10 minutes and 15 days"),
        (4, "rows[1].promql cannot be read: no such thing"),
        (5, "\"avrage\""),
        (6, "rows[3] has both promql and record"),
        (7, "rows[4].over is for queries only"),
        (7, "rows[4].expect is"),
        (8, "rows[5] has neither promql nor record"),
        (8, "rows[5].expect is missing"),
        (9, "rows[6].promql has $window, but is not evaluated over the window"),
    ] {
        assert!(findings.iter().any(|found| found.starts_with(&format!("{line}:")) && found.contains(words)), "{words}: {findings:#?}");
    }
}

#[test]
fn a_mean_over_too_little_says_nothing_and_a_largest_value_that_is_too_large_says_enough() {
    assert_eq!(judged(0, &[1.0, 1.0], 1.0).verdict, RowVerdict::Holds);
    let failed = judged(0, &[1.0, 0.0], 0.9);
    assert_eq!((failed.verdict, failed.actual, failed.worst), (RowVerdict::Fails, Some(Float(0.5)), Some(moment(2))));
    assert_eq!(failed.sentence, "50 %, at least 99.9 % expected; worst at 1 Jan, 00:02 UTC");
    for values in [[1.0, 0.0], [1.0, 1.0]] {
        let little = judged(0, &values, 0.89);
        assert_eq!(little.verdict, RowVerdict::Unknown);
        assert!(little.sentence.starts_with("Measured for 89 % of the window; in it "), "{}", little.sentence);
    }
    assert_eq!(judged(1, &[0.01, 0.2, 0.05], 0.1).verdict, RowVerdict::Fails, "whatever was not seen, it was too slow once");
    assert_eq!(judged(1, &[0.01, 0.02], 0.5).verdict, RowVerdict::Unknown);
    assert!(judged(1, &[0.01], 0.899_97).sentence.starts_with("Measured for 89.9 % of the window"), "rounded down");
    let slowest = judged(1, &[0.01, 0.09, 0.05], 1.0);
    assert_eq!((slowest.verdict, slowest.shown.as_str(), slowest.worst), (RowVerdict::Holds, "90 ms", Some(moment(2))));
}

#[test]
fn nothing_measured_is_never_kept() {
    for row in 0..5 {
        let judged = judged(row, &[], 1.0);
        assert_eq!((judged.verdict, judged.actual, judged.shown.as_str()), (RowVerdict::Unknown, None, "not measured"), "{}", judged.name);
    }
}

#[test]
fn growth_compares_the_newest_with_the_oldest() {
    assert_eq!(judged(2, &[100.0, 300.0, 109.0], 1.0).verdict, RowVerdict::Holds);
    assert_eq!(judged(2, &[100.0, 111.0], 1.0).verdict, RowVerdict::Fails);
    assert_eq!(judged(2, &[0.0, 111.0], 1.0).verdict, RowVerdict::Unknown, "nothing to compare with");
}

#[test]
fn one_failed_row_fails_the_watch_and_one_unknown_row_keeps_it_open() {
    let (holds, fails, unknown) = (judged(0, &[1.0], 1.0), judged(0, &[0.0], 1.0), judged(0, &[], 1.0));
    let verdict = |rows: &[&ValidationRow]| overall(&rows.iter().map(|row| (*row).clone()).collect::<Vec<_>>());
    assert_eq!(verdict(&[&holds, &holds]), RowVerdict::Holds);
    assert_eq!(verdict(&[&holds, &unknown]), RowVerdict::Unknown);
    assert_eq!(verdict(&[&unknown, &fails, &holds]), RowVerdict::Fails);
    assert_eq!(verdict(&[]), RowVerdict::Unknown);
}
