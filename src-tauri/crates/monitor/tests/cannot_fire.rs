//! Rules that cannot fire, and why.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, path::Path};

use quarterdeck_model::JobCtx;
use quarterdeck_monitor::{
    labels::{Labels, NAME},
    promql::{complete::Names, parse},
    rules::{
        Evaluator, Health, Settings,
        lacking::{Reason, Why, why},
        read,
    },
    sample::{Moment, STALE, Sample},
    source::{Matcher, Memory},
};

const MINUTE: Moment = 60_000;
const NOW: Moment = 100_000 * MINUTE;

/// Series and since how many minutes they have no more samples.
struct Store {
    memory: Memory,
    all: Vec<Labels>,
}

impl Store {
    fn new() -> Self {
        let mut store = Self { memory: Memory::default(), all: Vec::new() };
        store.add(&[(NAME, "up"), ("job", "api"), ("system", "shop")], 0);
        store.add(&[(NAME, "up"), ("job", "db"), ("system", "bank")], 0);
        store.add(&[(NAME, "build_seconds"), ("system", "shop"), ("kind", "a")], 40);
        store.add(&[(NAME, "build_seconds"), ("system", "bank"), ("kind", "b")], 3 * 24 * 60);
        store.add(&[(NAME, "ancient")], 60 * 24 * 60);
        store
    }

    fn add(&mut self, labels: &[(&str, &str)], ago: i64) {
        let labels = Labels::new(labels.iter().copied());
        let at = NOW - ago * MINUTE;
        self.memory.extend(labels.clone(), (0..3).rev().map(|minute| Sample { at: at - minute * MINUTE, value: 1.0 }));
        self.all.push(labels);
    }
}

impl Names for Store {
    fn labels(&self, _: &[Matcher]) -> Vec<String> {
        Vec::new()
    }

    fn values(&self, label: &str, among: &[Matcher]) -> Vec<String> {
        let found = self.all.iter().filter(|labels| among.iter().all(|matcher| matcher.holds(labels)));
        let values: BTreeSet<String> = found.map(|labels| labels.get(label).to_owned()).filter(|value| !value.is_empty()).collect();
        values.into_iter().collect()
    }
}

fn reason(query: &str, scope: Option<&str>) -> Option<Reason> {
    let store = Store::new();
    why(&parse(query).unwrap(), NOW, scope, &store.memory, &store, &JobCtx::detached())
}

#[test]
fn what_is_there_is_no_reason() {
    for query in [
        "up == 0",
        "rate(up[5m]) > 1",
        "sum by (job) (up) < 1",
        "absent(nothing)",
        "absent_over_time(nothing[5m]) == 1",
        "nothing or vector(0)",
        "sum(nothing) > 1 or up == 0",
        "up unless nothing",
        "vector(1)",
        "1 > bool 0",
        "time() - 5 > bool 1",
        "ALERTS{alertname=\"Nobody\"}",
        "max_over_time(build_seconds[1h]) > 5",
        // It was not measured yet then.
        "up > 2 * (up offset 1d)",
        "max_over_time((build_seconds > 1)[1h:1m]) > 5",
        "build_seconds offset 40m > 5",
    ] {
        assert_eq!(reason(query, None), None, "{query}");
    }
}

#[test]
fn each_reason_is_said() {
    let gone = |minutes: i64| Why::Gone { last: Some(NOW - minutes * MINUTE) };
    for (query, selector, why) in [
        ("rate(nothing{a=\"b\"}[5m]) > 1", "nothing{a=\"b\"}", Why::NeverSeen("nothing".to_owned())),
        ("up > 1 and nothing", "nothing", Why::NeverSeen("nothing".to_owned())),
        ("up + on(job) nothing > 1", "nothing", Why::NeverSeen("nothing".to_owned())),
        ("nothing > 1 or never > 2", "nothing", Why::NeverSeen("nothing".to_owned())),
        ("nothing unless up", "nothing", Why::NeverSeen("nothing".to_owned())),
        ("up > scalar(nothing)", "nothing", Why::NeverSeen("nothing".to_owned())),
        ("build_seconds", "build_seconds", gone(40)),
        ("build_seconds{kind=\"b\"}", "build_seconds{kind=\"b\"}", gone(3 * 24 * 60)),
        ("ancient > 1", "ancient", Why::Gone { last: None }),
        ("up{job=\"api\", system=\"bank\"}", "up{job=\"api\", system=\"bank\"}", Why::Together),
    ] {
        assert_eq!(reason(query, None), Some(Reason { selector: selector.to_owned(), why }), "{query}");
    }
}

#[test]
fn a_value_that_nobody_has_is_said_with_those_that_are_known() {
    let no_value = |asked: &str| {
        let known = vec!["api".to_owned(), "db".to_owned()];
        Some(Why::NoValue { label: "job".to_owned(), asked: asked.to_owned(), known, more: 0 })
    };
    assert_eq!(reason("up{job=\"web\"} == 0", None).map(|reason| reason.why), no_value("=\"web\""));
    assert_eq!(reason("up{job=~\"web|www\"} == 0", None).map(|reason| reason.why), no_value("=~\"web|www\""));
    let said = reason("up{job=\"web\"} == 0", None).unwrap().to_string();
    assert_eq!(said, "no series has job=\"web\", known: api, db: up{job=\"web\"}");
    let said = reason("up{zone=\"x\"} == 0", None).unwrap().to_string();
    assert_eq!(said, "no series has the label zone: up{zone=\"x\"}");
}

#[test]
fn a_rule_of_a_system_sees_that_system() {
    assert_eq!(reason("up == 0", Some("shop")), None);
    assert_eq!(reason("up{system=\"bank\"} == 0", Some("shop")), None);
    let why = reason("up == 0", Some("farm")).map(|reason| reason.why);
    let known = vec!["bank".to_owned(), "shop".to_owned()];
    assert_eq!(why, Some(Why::NoValue { label: "system".to_owned(), asked: "=\"farm\"".to_owned(), known, more: 0 }));
}

#[test]
fn a_series_that_ended_is_not_there() {
    let mut store = Store::new();
    let labels = store.all[0].clone();
    store.memory.extend(labels, [Sample { at: NOW, value: STALE }]);
    let lacks = |query: &str| why(&parse(query).unwrap(), NOW, None, &store.memory, &store, &JobCtx::detached());
    assert_eq!(lacks("up{job=\"api\"}").map(|reason| reason.why), Some(Why::Gone { last: Some(NOW) }));
    assert_eq!(lacks("rate(up{job=\"api\"}[10m])"), None);
}

#[test]
fn a_rule_says_that_it_has_no_data_until_it_has() {
    let file = read(Path::new("a.yml"), "groups: [{name: a, rules: [{alert: A, expr: nothing > 1}, {alert: B, expr: up > 5}]}]");
    let mut group = Evaluator::new(file.groups[0].clone(), "home/a.yml/a".to_owned(), Settings::default());
    let (mut store, ctx) = (Store::new(), JobCtx::detached());
    let health = |group: &Evaluator| group.rules().iter().map(|rule| matches!(rule.health, Health::NoData(_))).collect::<Vec<_>>();
    group.evaluate(NOW, &store.memory, &mut |_, _| Ok(()), &ctx);
    assert_eq!(health(&group), [false, false]);
    group.look_for_data(NOW, &store.memory, &store, &ctx);
    assert_eq!(health(&group), [true, false]);
    let outcome = group.evaluate(NOW, &store.memory, &mut |_, _| Ok(()), &ctx).rules;
    assert!(matches!(&outcome[0].health, Health::NoData(reason) if reason.to_string() == "never seen: nothing"));
    store.memory.extend(Labels::new([(NAME, "nothing")]), [Sample { at: NOW, value: 2.0 }]);
    group.evaluate(NOW, &store.memory, &mut |_, _| Ok(()), &ctx);
    assert_eq!(health(&group), [false, false]);
}
