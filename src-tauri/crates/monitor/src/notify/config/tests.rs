use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::notify::route::GroupBy;

fn findings(text: &str) -> Vec<String> {
    let (config, findings) = read(Path::new("notify.yml"), text);
    assert_eq!(config.is_none(), !findings.is_empty());
    findings.into_iter().map(|finding| format!("{}:{} {}", finding.line, finding.column, finding.message)).collect()
}

fn config(text: &str) -> Config {
    let (config, findings) = read(Path::new("home/notify.yml"), text);
    config.unwrap_or_else(|| panic!("{findings:?}"))
}

const TREE: &str = "
global: {}
route:
  receiver: all
  group_by: [alertname, system]
  routes:
  - match: {severity: page}
    receiver: pager
    group_wait: 10s
    continue: yes
  - matchers: ['team=~\"db|web\"', 'env!=dev']
    group_by: ['...']
    repeat_interval: 1d12h
    mute_time_intervals: [nights]
    routes:
    - match_re: {alertname: Disk.*}
      group_by: []
      labels: {owner: storage}
receivers:
- name: all
- name: pager
  webhook_configs: [{url: 'http://localhost/'}]
time_intervals:
- name: nights
  time_intervals:
  - times: [{start_time: '22:00', end_time: '24:00'}, {start_time: '00:00', end_time: '06:00'}]
    weekdays: ['monday:friday', Sunday]
    days_of_month: ['1:7', -1]
    months: ['june:august', 12]
    years: ['2026:2028']
    location: Europe/Berlin
templates: ['*.tmpl']
";

#[test]
fn routes_have_what_they_do_not_say_from_above() {
    let config = config(TREE);
    let all = config.route.all();
    assert_eq!(
        all.iter().map(|route| (route.number, route.receiver.as_str())).collect::<Vec<_>>(),
        [(0, "all"), (1, "pager"), (2, "all"), (3, "all")]
    );
    assert_eq!(all[0].group_wait, Duration::from_secs(30));
    assert_eq!((all[1].group_wait, all[1].goes_on, all[1].group_interval), (Duration::from_secs(10), true, Duration::from_secs(300)));
    assert_eq!(all[1].group_by, GroupBy::Labels(vec!["alertname".to_owned(), "system".to_owned()]));
    assert_eq!((&all[2].group_by, all[2].repeat_interval), (&GroupBy::Everything, Duration::from_secs(36 * 3600)));
    assert_eq!(all[3].group_by, GroupBy::Labels(Vec::new()));
    assert_eq!(all[3].repeat_interval, all[2].repeat_interval);
    assert!(all[3].mute.is_empty(), "time intervals are not inherited");
    assert_eq!(all[3].key, r#"{}/{env!="dev",team=~"db|web"}/{alertname=~"Disk.*"}"#);
    assert_eq!(config.templates, [Path::new("home/*.tmpl")]);
}

#[test]
fn what_alertmanager_refuses_is_found_with_its_place() {
    let receivers = "receivers: [{name: a}, {name: b}]\n";
    let cases: &[(&str, &[&str])] = &[
        ("", &["1:1 The file is empty."]),
        ("receivers: []\n", &["1:1 route is missing."]),
        ("route: {}\n", &["1:8 route.receiver is missing."]),
        ("route: {receiver: c}\n", &["1:19 No receiver is named c."]),
        ("route: {receiver: a, receiver: b}\n", &["1:22 route.receiver is there twice, first on line 1."]),
        ("route: {receiver: a, group: [b]}\n", &["1:22 route.group is not a known key."]),
        ("route: {receiver: a, match: {x: y}}\n", &["1:29 The root route has match: it gets what no other route takes."]),
        ("route: {receiver: a, matchers: [x=y]}\n", &["1:32 The root route has matchers: it gets what no other route takes."]),
        ("route: {receiver: a, continue: true}\n", &["1:32 The root route has continue: it gets what no other route takes."]),
        ("route: {receiver: a, group_by: [x, y, x]}\n", &["1:39 route.group_by has x twice."]),
        ("route: {receiver: a, group_by: [x, '...']}\n", &["1:36 route.group_by has ... and other labels."]),
        ("route: {receiver: a, group_wait: 5}\n", &["1:34 route.group_wait is no duration: \"5\"."]),
        ("route: {receiver: a, group_wait: 1s1m}\n", &["1:34 route.group_wait is no duration: \"1s1m\"."]),
        ("route: {receiver: a, group_interval: 0s}\n", &["1:38 route.group_interval is zero."]),
        ("route: {receiver: a, repeat_interval: 0}\n", &["1:39 route.repeat_interval is zero."]),
        ("route: {receiver: a, group_by: x}\n", &["1:32 route.group_by must be a list, not text."]),
        ("route: {receiver: a, routes: [{match: {a-b: c}}]}\n", &["1:40 route.routes[0].match names no label: \"a-b\"."]),
        (
            "route: {receiver: a, routes: [{match_re: {b: '('}}]}\n",
            &["1:46 route.routes[0].match_re: the expression ( cannot be read: unclosed group."],
        ),
        (
            "route: {receiver: a, routes: [{matchers: ['a=b', 'c']}]}\n",
            &["1:52 route.routes[0].matchers[1]: behind c one of =, !=, =~ and !~ is wanted."],
        ),
        ("route: {receiver: a, routes: [{mute_time_intervals: [x]}]}\n", &["1:54 No time interval is named x."]),
        ("route: {receiver: a, routes: [{active_time_intervals: [x]}]}\n", &["1:56 No time interval is named x."]),
        (
            "route: {receiver: a}\ninhibit_rules: [{source_matchers: [a], equals: [b]}]\n",
            &[
                "2:37 inhibit_rules[0].source_matchers[0]: behind a one of =, !=, =~ and !~ is wanted.",
                "2:40 inhibit_rules[0].equals is not a known key.",
            ],
        ),
        ("route: {receiver: a}\nglobals: {}\n", &["2:1 globals is not a known key."]),
    ];
    for (text, expected) in cases {
        let whole = if text.starts_with("route") { format!("{text}{receivers}") } else { (*text).to_owned() };
        assert_eq!(findings(&whole), *expected, "{text}");
    }
    let twice = "route: {receiver: a}\nreceivers: [{name: a}, {name: a}, {}]\n";
    assert_eq!(findings(twice), ["2:24 The receiver a is there twice, first on line 2.", "2:35 receivers[2].name is missing."]);
}

#[test]
fn time_intervals_are_refused_as_alertmanager_refuses_them() {
    let cases = [
        ("times: [{start_time: '9:00', end_time: '10:00'}]", "is no time of day: 9:00"),
        ("times: [{start_time: '09:00', end_time: '24:01'}]", "is no time of day: 24:01"),
        ("times: [{start_time: '09:00'}]", "end_time is missing"),
        ("times: [{start_time: '09:00', end_time: '09:00'}]", "ends before it begins"),
        ("weekdays: ['friday:monday']", "friday:monday ends before it begins"),
        ("weekdays: [mon]", "mon is no day of the week"),
        ("days_of_month: [0]", "0 is no day of a month"),
        ("days_of_month: ['32']", "32 is no day of a month"),
        ("days_of_month: ['-3:3']", "begins from the month's end"),
        ("days_of_month: ['20:-15']", "20:-15 ends before it begins"),
        ("months: ['may:april']", "may:april ends before it begins"),
        ("months: [juno]", "juno is no month"),
        ("years: ['2028:2026']", "2028:2026 ends before it begins"),
        ("years: ['1:2:3']", "1:2:3 has more than one colon"),
        ("location: Europe/Bonn", "names no time zone: Europe/Bonn"),
        ("time: []", "is not a known key"),
    ];
    for (interval, expected) in cases {
        let text =
            format!("route: {{receiver: a}}\nreceivers: [{{name: a}}]\ntime_intervals: [{{name: x, time_intervals: [{{{interval}}}]}}]\n");
        let found = findings(&text);
        assert!(found.len() == 1 && found[0].contains(expected), "{interval}: {found:?}");
    }
    let named = "route: {receiver: a}\nreceivers: [{name: a}]\nmute_time_intervals: [{name: x}]\ntime_intervals: [{name: x}, {}]\n";
    assert_eq!(findings(named), ["4:25 The time interval x is there twice.", "4:29 time_intervals[1].name is missing."]);
}

#[test]
fn values_are_taken_as_go_takes_them() {
    let text = "
route:
  receiver: 1
  group_by: [true]
  routes:
  - &first
    match: {code: 500, gone: null}
    receiver: 1
    continue: on
  - <<: *first
    receiver: 2
    routes:
inhibit_rules:
receivers: [{name: 1}, {name: 2}]
tracing: {endpoint: x}
";
    let config = config(text);
    let all = config.route.all();
    assert_eq!(all[0].group_by, GroupBy::Labels(vec!["true".to_owned()]));
    assert_eq!((all[1].matchers.to_string().as_str(), all[1].goes_on), (r#"{code="500",gone=""}"#, true));
    assert_eq!((all[2].receiver.as_str(), &all[2].matchers, all[2].goes_on), ("2", &all[1].matchers, true));
}

#[test]
fn durations_are_prometheus_s() {
    let millis = |text: &str| value::parse_duration(text).map(|duration| duration.as_millis());
    assert_eq!(millis("1h30m"), Some(5_400_000));
    assert_eq!(millis("1y2w3d4h5m6s7ms"), Some(31_536_000_000 + 1_209_600_000 + 259_200_000 + 14_706_007));
    assert_eq!((millis("0"), millis("0s"), millis("15m0s")), (Some(0), Some(0), Some(900_000)));
    for wrong in ["", "5", "1m1h", "1m1m", "-1m", "1.5h", "1 m", "m", "300y", "99999999999999999999s"] {
        assert_eq!(millis(wrong), None, "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_is_read_or_refused(at in 0..TREE.len(), length in 0..40_usize, put in "[ -~\n]{0,6}") {
        let until = (at + length).min(TREE.len());
        let (config, findings) = read(Path::new("notify.yml"), &format!("{}{put}{}", &TREE[..at], &TREE[until..]));
        prop_assert_eq!(config.is_none(), !findings.is_empty());
    }
}
