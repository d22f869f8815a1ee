use std::path::Path;

use super::*;
use crate::{
    labels::Labels,
    notify::{config, why},
};

const FILE: &str = "
route:
  receiver: mailbox
  group_by: [system, alertname]
  routes:
  - {receiver: archive, group_by: ['...'], group_wait: 0s, continue: true}
  - matchers: [severity=critical]
    receiver: pager
    routes:
    - {matchers: [system=ledger], mute_time_intervals: [nights], repeat_interval: 90m}
  - matchers: [severity=low]
    group_by: []
    active_time_intervals: [office]
receivers: [{name: mailbox}, {name: archive}, {name: pager}]
inhibit_rules:
- {source_matchers: [severity=critical], target_matchers: ['severity=~warning|low'], equal: [system, alertname]}
- {name: all, source_match: {alertname: Down}}
time_intervals:
- {name: nights, time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}]}, {times: [{start_time: '00:00', end_time: '06:00'}]}]}
- {name: office, time_intervals: [{weekdays: ['monday:friday']}]}
";

/// 2026-11-23 is a Monday; this is its first minute.
const MONDAY: Moment = 1_795_392_000_000;

fn config() -> Config {
    let (config, findings) = config::read(Path::new("notify.yml"), FILE);
    config.unwrap_or_else(|| panic!("{findings:?}"))
}

#[test]
fn the_tree_is_shown_with_what_holds_at_each_branch() {
    let tree = tree(&config());
    assert_eq!((tree.path.as_str(), tree.grouping.as_str(), tree.matchers.len()), ("", "by alertname, system", 0));
    let archive = &tree.routes[0];
    assert_eq!((archive.path.as_str(), archive.grouping.as_str(), archive.goes_on), ("0", "each alert by itself", true));
    let ledger = &tree.routes[1].routes[0];
    assert_eq!((ledger.path.as_str(), ledger.receiver.as_str(), ledger.repeat_interval), ("1.0", "pager", Millis(5_400_000)));
    assert_eq!(
        (ledger.matchers.as_slice(), ledger.mute.as_slice()),
        ([r#"system="ledger""#.to_owned()].as_slice(), ["nights".to_owned()].as_slice())
    );
    assert_eq!(tree.routes[2].grouping, "all together");
}

#[test]
fn rules_and_intervals_have_words() {
    assert_eq!(
        inhibitions(&config()),
        [r#"{severity="critical"} -> {severity=~"warning|low"}, equal: system, alertname"#, r#"all: {alertname="Down"} -> everything"#]
    );
    let rows = intervals(&config(), MONDAY);
    let shown: Vec<(&str, &str, bool)> = rows.iter().map(|row| (row.name.as_str(), row.sentence.as_str(), row.now)).collect();
    assert_eq!(
        shown,
        [("nights", "daily, 22:00 to 24:00, UTC; daily, 00:00 to 06:00, UTC", true), ("office", "Mondays to Fridays, UTC", true)]
    );
}

#[test]
fn a_test_of_routes_says_who_when_and_why() {
    let labels = Labels::new([("alertname", "Down"), ("severity", "critical"), ("system", "ledger"), ("host", "h1")]);
    let told = why::told(&config(), &labels, MONDAY);
    assert_eq!(told.len(), 2);
    assert_eq!((told[0].receiver.as_str(), told[0].path.as_slice()), ("archive", ["".to_owned(), "0".to_owned()].as_slice()));
    assert_eq!(told[0].sentence, "at once, changes every 5 min, again every 4 h");
    assert_eq!(told[0].group, r#"{alertname="Down", host="h1", severity="critical", system="ledger"}"#);
    let pager = &told[1];
    assert_eq!((pager.path.join("/"), pager.group.as_str()), ("/1/1.0".to_owned(), r#"{alertname="Down", system="ledger"}"#));
    assert_eq!((pager.sentence.as_str(), pager.muted.as_deref()), {
        ("after 30 s, changes every 5 min, again every 1 h 30 min", Some("mute during nights"))
    });
    assert_eq!(
        pager.why,
        [
            "The root takes every alert; its receiver is mailbox.",
            r#"Route 2 on line 7 takes it: {severity="critical"} holds. 1 route before it took it and went on (continue)."#,
            r#"Route 1 on line 10 takes it: {system="ledger"} holds."#,
            "Nothing is below it, so pager is told."
        ]
    );
    let sunday = why::told(&config(), &Labels::new([("severity", "low")]), MONDAY - 1);
    assert_eq!(sunday[1].muted.as_deref(), Some("mute outside of office"));
    let none = why::told(&config(), &Labels::default(), MONDAY);
    assert_eq!(none.iter().map(|one| one.receiver.as_str()).collect::<Vec<_>>(), ["archive"]);
}
