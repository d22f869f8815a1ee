//! Unit tests of rules: what passes, what fails and how that is said; with promtool beside, where `PROMTOOL` names one of version 3.
#![allow(clippy::print_stdout, reason = "a comparison that was left out is said")]
#![allow(clippy::unwrap_used)]

use std::{path::Path, process::Command};

use quarterdeck_model::JobCtx;
use quarterdeck_monitor::ruletest::{Report, run};
use regex::Regex;

const RULES: &str = r#"
groups:
- name: second
  rules:
  - alert: Busy
    expr: job:load:sum > 10
    for: 2m
    labels: {severity: page}
    annotations:
      summary: '{{ $labels.job }} has {{ $value }} on {{ $externalLabels.site }}'
      empty: '{{ if gt $value 1000.0 }}much{{ end }}'
- name: first
  interval: 10s
  rules:
  - {record: 'job:load:sum', expr: sum by (job) (load)}
"#;

const TEST: &str = r#"
rule_files: [rules.yml]
evaluation_interval: 1m
group_eval_order: [first, second]
tests:
- name: load
  interval: 1m
  external_labels: {site: north}
  input_series:
  - series: load{job="a", instance="1"}
    values: 4+1x10
  - series: 'load{job="a",instance="2"}'
    values: 4 5 6 _ _ stale
  alert_rule_test:
  - eval_time: 3m
    alertname: Busy
  - eval_time: 4m30s
    alertname: Busy
    exp_alerts:
    - exp_labels: {job: a, severity: page}
      exp_annotations: {summary: a has 14 on north, empty: ''}
  promql_expr_test:
  - expr: job:load:sum
    eval_time: 2m
    exp_samples:
    - {labels: 'job:load:sum{job="a"}', value: 12}
  - expr: count by (alertname, alertstate) (ALERTS)
    eval_time: 4m
    exp_samples:
    - {labels: '{alertname="Busy", alertstate="firing"}', value: 1}
  - {expr: 1 + 1, eval_time: 0, exp_samples: [{value: 2}]}
  - {expr: nothing, eval_time: 1m}
"#;

/// The report on a test with its rules, and that promtool's verdict is the same where one is there.
fn report(rules: &str, test: &str, only: Option<&str>) -> Report {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.yml"), rules).unwrap();
    let path = folder.path().join("test.yml");
    std::fs::write(&path, test).unwrap();
    let only = only.map(|only| Regex::new(only).unwrap());
    let report = run(&path, only.as_ref(), &JobCtx::detached()).unwrap();
    if only.is_none() {
        compare(&path, &report);
    }
    report
}

fn compare(path: &Path, report: &Report) {
    let Some(promtool) = std::env::var_os("PROMTOOL") else {
        println!("skipped: PROMTOOL names no promtool to compare with");
        return;
    };
    let theirs = Command::new(promtool).args(["test", "rules"]).arg(path).output().unwrap();
    assert_eq!(theirs.status.success(), report.passes(), "{report:?}\n{}", String::from_utf8_lossy(&theirs.stderr));
}

/// Lines and what was said, without the folder.
fn failures(report: &Report) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    report.failures.iter().map(|failure| format!("{}:{} {}", name(&failure.file), failure.line, failure.message)).collect()
}

#[test]
fn what_is_as_expected_passes() {
    let report = report(RULES, TEST, None);
    assert_eq!(failures(&report), [""; 0]);
    assert_eq!((report.cases, report.passed, report.rules.len()), (6, 6, 1));
}

#[test]
fn what_is_not_as_expected_is_said_with_its_line() {
    let wrong = TEST
        .replace("14 on north", "15 on north")
        .replace("value: 12", "value: 13")
        .replace("alertname: Busy\n  -", "alertname: Busy\n    exp_alerts: [{}]\n  -");
    let report = report(RULES, &wrong, None);
    assert_eq!(
        failures(&report),
        [
            "test.yml:15 Busy after 3m: 1 expected, 0 firing\n  expected {alertname=\"Busy\"} {}",
            "test.yml:18 Busy after 4m30s: 1 expected, 1 firing\n  expected {alertname=\"Busy\", job=\"a\", severity=\"page\"} {empty=\"\", summary=\"a has 15 on north\"}\n  \
             firing   {alertname=\"Busy\", job=\"a\", severity=\"page\"} {empty=\"\", summary=\"a has 14 on north\"}",
            "test.yml:24 job:load:sum after 2m: 1 series expected, 1 came\n  expected job:load:sum{job=\"a\"} 13\n  came     job:load:sum{job=\"a\"} 12",
        ]
    );
    assert_eq!((report.cases, report.passed), (6, 3));
}

#[test]
fn only_tests_of_a_name_can_be_run() {
    let two = format!("{TEST}- name: other\n  alert_rule_test: [{{eval_time: 1m, alertname: Busy, exp_alerts: [{{}}]}}]\n");
    assert!(!report(RULES, &two, None).passes());
    assert!(report(RULES, &two, Some("^load$")).passes());
    assert_eq!(report(RULES, &two, Some("^none$")).cases, 0);
}

#[test]
fn the_beginning_may_be_any_moment() {
    let test = "
tests:
- start_timestamp: 2024-01-01T00:00:00Z
  interval: 1m
  input_series: [{series: up, values: 1 2 3}]
  promql_expr_test:
  - {expr: time(), eval_time: 5m, exp_samples: [{value: 1704067500}]}
  - {expr: up, eval_time: 1m, exp_samples: [{labels: up, value: 2}]}
- start_timestamp: 1704067200
  promql_expr_test: [{expr: time(), eval_time: 0, exp_samples: [{value: 1704067200}]}]
";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("test.yml"), test).unwrap();
    // New in promtool 3.
    assert_eq!(failures(&run(&folder.path().join("test.yml"), None, &JobCtx::detached()).unwrap()), [""; 0]);
}

#[test]
fn numbers_are_compared_exactly_or_almost() {
    let test = |fuzzy: &str, value: &str| {
        let test = format!(
            "{fuzzy}\ntests:\n- input_series: [{{series: a, values: 2.9999999999999996}}]\n  promql_expr_test:\n  - {{expr: a, eval_time: 0, exp_samples: [{{labels: a, value: {value}}}]}}\n"
        );
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("test.yml"), test).unwrap();
        run(&folder.path().join("test.yml"), None, &JobCtx::detached()).unwrap().passes()
    };
    assert!(test("", "2.9999999999999996") && !test("", "3") && test("fuzzy_compare: true", "3"));
    assert!(!test("fuzzy_compare: true", "3.0000000000000013"));
    // No number equals nothing.
    assert!(!test("", ".nan"));
}

#[test]
fn what_cannot_be_run_is_a_failure_with_its_place() {
    let cases = [
        ("groups: [{name: a, rules: [{alert: A, expr: 'up =='}]}]", TEST, "rules.yml:1 groups[0].rules[0].expr cannot be read"),
        (RULES, "tests: [{interval: x}]", "test.yml:1 tests[0].interval is not a duration"),
        (RULES, "test: []", "test.yml:1 test is not a known key"),
        (RULES, "group_eval_order: [a, a]", "test.yml:1 group_eval_order names \"a\" twice"),
        (RULES, "tests:\n- input_series: [{series: 'up{a=\"b\"', values: 1}]", "test.yml:2 This is not a series with values"),
        (RULES, "tests:\n- input_series: [{series: up, values: 1 + 1}]", "test.yml:2 This is not a series with values"),
        (RULES, "tests:\n- alert_rule_test: [{eval_time: 1m}]", "test.yml:2 alertname is missing"),
        (RULES, "tests:\n- promql_expr_test: [{eval_time: 1m, expr: 'up =='}]", "test.yml:2 up == after 1m: The query cannot be read"),
        (RULES, "tests:\n- promql_expr_test: [{eval_time: 1m, expr: 'up[5m]'}]", "test.yml:2 up[5m] after 1m: the answer is neither"),
        (
            RULES,
            "tests:\n- promql_expr_test: [{eval_time: 1m, expr: up, exp_samples: [{labels: 'up{'}]}]",
            "test.yml:2 up after 1m: these are no labels",
        ),
        (
            "groups: [{name: a, limit: 1, rules: [{record: a, expr: up}]}]",
            "rule_files: [rules.yml]\ntests:\n- input_series: [{series: 'up{a=\"1\"}', values: 1}, {series: 'up{a=\"2\"}', values: 1}]\n  promql_expr_test: [{expr: a, eval_time: 0}]",
            "test.yml:3 the rule a fails after 0s: The rule has 2 series, at most 1 are allowed.",
        ),
    ];
    for (rules, test, said) in cases {
        let report = report(rules, test, None);
        assert!(failures(&report).iter().any(|failure| failure.starts_with(said)), "{said}: {:?}", failures(&report));
    }
    let none = run(Path::new("/nowhere/test.yml"), None, &JobCtx::detached()).unwrap();
    assert!(!none.passes() && none.failures[0].message.contains("cannot be read"));
    let remarked = report(RULES, "rule_files: ['no*.yml']\ntests: []", None);
    assert!(remarked.passes() && remarked.remarks == ["No file is named no*.yml."]);
}

#[test]
fn a_series_that_is_made_up_and_recorded_otherwise_is_a_failure() {
    let test = |values: &str| {
        format!(
            "rule_files: [rules.yml]\ntests:\n- input_series:\n  - {{series: 'load{{job=\"a\"}}', values: 1x5}}\n  - {{series: 'job:load:sum{{job=\"a\"}}', values: {values}}}\n  promql_expr_test: [{{expr: 1, eval_time: 2m, exp_samples: [{{value: 1}}]}}]\n"
        )
    };
    assert!(report(RULES, &test("1x5"), None).passes());
    assert!(!report(RULES, &test("2x5"), None).passes());
}

#[test]
fn cancelling_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.yml"), RULES).unwrap();
    std::fs::write(folder.path().join("test.yml"), TEST).unwrap();
    let ctx = JobCtx::detached();
    ctx.cancel_token().cancel();
    assert!(run(&folder.path().join("test.yml"), None, &ctx).unwrap_err().is("cancelled"));
}
