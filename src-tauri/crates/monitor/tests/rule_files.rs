//! Rule files as people write them, right and wrong.
#![allow(clippy::unwrap_used)]

use std::{path::Path, time::Duration};

use quarterdeck_monitor::rules::{File, Kind, read};

fn file(text: &str) -> File {
    read(Path::new("web.yml"), text)
}

/// Line, column, message of each finding.
fn findings(text: &str) -> Vec<String> {
    let file = file(text);
    file.findings.iter().for_each(|finding| assert!(!finding.hint.is_empty() && finding.file.to_string().ends_with("web.yml")));
    file.findings.iter().map(|finding| format!("{}:{} {}", finding.line, finding.column, finding.message)).collect()
}

fn remarks(text: &str) -> Vec<String> {
    file(text).remarks.iter().map(|finding| format!("{}:{} {}", finding.line, finding.column, finding.message)).collect()
}

const WHOLE: &str = r#"
groups:
- name: web
  interval: 30s
  query_offset: 1m30s
  limit: 10
  labels: {team: web, severity: none}
  rules:
  - record: job:requests:rate5m
    expr: sum by (job) (rate(requests_total[5m]))
    labels:
      origin: 7
  - alert: SlowAnswers
    expr: |
      job:latency:p99 > 1
        and on (job) up
    for: 1w
    keep_firing_for: 1d12h
    labels:
      severity: page
    annotations:
      summary: "{{ $labels.job }} is slow"
  - alert: Always
    expr: 1
    for: 0
    labels:
      weight: 1
      empty:
"#;

#[test]
fn a_whole_file_is_read() {
    let file = file(WHOLE);
    assert_eq!((file.findings.len(), file.remarks.len()), (0, 0), "{:?}", file.findings);
    let group = &file.groups[0];
    assert_eq!((group.name.as_str(), group.limit), ("web", 10));
    assert_eq!((group.interval, group.query_offset), (Some(Duration::from_secs(30)), Some(Duration::from_secs(90))));
    let labels =
        |rule: usize| -> Vec<String> { group.rules[rule].labels.iter().map(|(name, words)| format!("{name}={}", words.text)).collect() };
    assert_eq!(labels(0), ["origin=7", "severity=none", "team=web"]);
    assert_eq!(labels(1), ["severity=page", "team=web"]);
    assert_eq!(labels(2), ["empty=", "severity=none", "team=web", "weight=1"]);
    assert!(matches!(group.rules[0].kind, Kind::Recording));
    let slow = group.rules[1].alerting().unwrap();
    assert_eq!((slow.hold.as_secs(), slow.keep_firing_for.as_secs()), (7 * 86_400, 36 * 3_600));
    assert_eq!(group.rules[1].at.line, 13);
    assert_eq!(group.rules[1].expr_at.map(|at| (at.line, at.column)), Some((15, 7)));
    assert_eq!((group.rules[2].expression.as_str(), group.rules[2].alerting().unwrap().hold), ("1", Duration::ZERO));
}

#[test]
fn a_prometheus_rule_is_unwrapped() {
    let indented: String = WHOLE.lines().map(|line| format!("  {line}\n")).collect();
    let text = format!("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: web\nspec:{indented}");
    assert_eq!(findings(&text), [""; 0]);
    assert_eq!(file(&text).groups[0].rules.len(), 3);
    assert_eq!(findings("kind: ConfigMap\nspec: {}\n"), ["1:7 kind must be PrometheusRule."]);
}

#[test]
fn nothing_at_all_is_no_mistake() {
    for text in ["", "\n", "# later\n---\n", "groups:\n", "groups: []\n", "{}\n"] {
        assert_eq!(findings(text), [""; 0], "{text:?}");
        assert!(file(text).groups.is_empty());
    }
}

#[test]
fn everything_that_is_wrong_is_found_at_once() {
    let text = r#"groups:
- name: a
  interval: 1x
  intervall: 5m
  limit: many
  rules:
  - alert: Both
    record: both
    expr: up
  - expr: up
  - alert: NoExpression
  - record: total:{x}
    expr: up
    for: 5m
    annotations: {a: b}
  - alert: Labels
    expr: up
    for: [1]
    labels:
      __name__: up
    annotations: text
- name: a
  rules: {}
- rules: []
- 7
"#;
    assert_eq!(
        findings(text),
        [
            "3:13 groups[0].interval is not a duration: \"1x\".",
            "4:3 groups[0].intervall is not a known key.",
            "5:10 limit must be a whole number.",
            "8:13 groups[0].rules[0] has both alert and record.",
            "10:5 groups[0].rules[1] has neither alert nor record.",
            "11:5 groups[0].rules[2] has no expr.",
            "12:13 The recorded series cannot have braces in its name: \"total:{x}\".",
            "14:10 groups[0].rules[3].for has no meaning in a recording rule.",
            "15:18 groups[0].rules[3].annotations has no meaning in a recording rule.",
            "18:10 groups[0].rules[4].for must be text, not a list.",
            "20:7 groups[0].rules[4].labels.__name__ is not a name that a label can have.",
            "21:18 groups[0].rules[4].annotations must be a mapping, not text.",
            "22:3 The group \"a\" is there twice, first on line 2.",
            "23:10 groups[1].rules must be a list, not a mapping.",
            "24:3 groups[2] has no name.",
            "25:3 groups[3] must be a mapping, not a number.",
        ]
    );
}

#[test]
fn a_wrong_expression_is_shown_where_it_is_wrong() {
    let rule = |expr: &str| findings(&format!("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: {expr}\n"));
    assert_eq!(rule("sum(up"), ["5:17 groups[0].rules[0].expr cannot be read: unexpected end of the query."]);
    let block = "|\n      up\n\n        == == 1";
    assert_eq!(rule(block), ["8:12 groups[0].rules[0].expr cannot be read: unexpected `==`."]);
    assert_eq!(rule(">-\n      up\n      == == 1"), ["7:10 groups[0].rules[0].expr cannot be read: unexpected `==`."]);
    assert_eq!(rule("'up{a=\"x\"} == == up'"), ["5:25 groups[0].rules[0].expr cannot be read: unexpected `==`."]);
    assert_eq!(rule("\"up{a=\\\"x\\\"} == == up\""), ["5:27 groups[0].rules[0].expr cannot be read: unexpected `==`."]);
    assert_eq!(rule("rate(up)").len(), 1);
    assert_eq!(rule("").len(), 1);
    assert_eq!(rule("''").len(), 1);
}

#[test]
fn what_is_probably_not_meant_is_remarked() {
    let text = "groups:
- name: a
  rules:
  - {alert: A, expr: up, labels: {s: x}}
  - {alert: A, expr: up, labels: {s: y}}
  - {alert: A, expr: up > 1, labels: {s: x}}
  - {record: a.b, expr: up, labels: {'a-b': x}}
";
    assert_eq!(findings(text), [""; 0]);
    assert_eq!(
        remarks(text),
        [
            "6:5 \"A\" has the same name and labels as the rule on line 4.",
            "7:14 The name \"a.b\" is not of the classic form.",
            "7:38 The name \"a-b\" is not of the classic form.",
        ]
    );
}

#[test]
fn what_is_no_yaml_is_no_panic() {
    for text in ["groups: [", "groups: *x", "- 1", "7", "groups: 7", "a: b: c", "groups:\n- &a [*a]", "groups:\n- name: x\n  rules:\n  -\n"]
    {
        assert!(!findings(text).is_empty(), "{text:?}");
    }
}

#[test]
fn a_template_that_cannot_be_read_is_shown_where_it_is_wrong() {
    let text = "groups:
- name: a
  rules:
  - alert: A
    expr: up
    labels: {job: '{{ $labels.job'}
    annotations:
      summary: |
        It is
        {{ nothing 5 }}
      plain: 100 % {full}
";
    let found = findings(text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("6:") && found[0].contains("labels.job cannot be read"), "{found:?}");
    assert!(found[1].starts_with("10:12") && found[1].contains("annotations.summary cannot be read"), "{found:?}");
}

#[test]
fn aliases_and_merged_keys_are_read() {
    let text = "groups:
- name: a
  rules:
  - alert: A
    expr: &up up == 0
    labels: &labels {severity: page}
  - alert: B
    expr: *up
    labels: {<<: *labels, team: web}
";
    assert_eq!(findings(text), [""; 0]);
    let rules = &file(text).groups[0].rules;
    assert_eq!((rules[1].expression.as_str(), rules[1].labels.len()), ("up == 0", 2));
}
