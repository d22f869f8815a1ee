//! Groups that are evaluated: what they record, which alerts they have, and what happens where that is not possible.
#![allow(clippy::unwrap_used)]

use std::{path::Path, time::Duration};

use quarterdeck_model::JobCtx;
use quarterdeck_monitor::{
    alert::machine::State,
    gathered::Reading,
    labels::{Labels, NAME},
    rules::{Evaluated, Evaluator, Health, Settings, read},
    sample::{Moment, Sample, is_stale},
    source::Memory,
};

const MINUTE: Moment = 60_000;

/// A group and the series it lives on.
struct World {
    memory: Memory,
    group: Evaluator,
    /// What was appended last.
    appended: Vec<(Moment, Reading)>,
}

fn evaluator(rules: &str, settings: Settings) -> Evaluator {
    let file = read(Path::new("web.yml"), rules);
    assert!(file.findings.is_empty(), "{:?}", file.findings);
    Evaluator::new(file.groups[0].clone(), "home/web.yml/web".to_owned(), settings)
}

impl World {
    fn new(rules: &str) -> Self {
        Self { memory: Memory::default(), group: evaluator(rules, Settings::default()), appended: Vec::new() }
    }

    fn measure(&mut self, minute: i64, series: &[(&str, f64)]) {
        for (text, value) in series {
            let (name, job) = text.split_once('/').unwrap_or((text, ""));
            self.memory.extend(Labels::new([(NAME, name), ("job", job)]), [Sample { at: minute * MINUTE, value: *value }]);
        }
    }

    fn evaluate(&mut self, minute: i64) -> Evaluated {
        let mut appended = Vec::new();
        let evaluated = self.group.evaluate(
            minute * MINUTE,
            &self.memory,
            &mut |at, readings| {
                appended.extend(readings.into_iter().map(|reading| (at, reading)));
                Ok(())
            },
            &JobCtx::detached(),
        );
        for (at, Reading { labels, value, .. }) in &appended {
            self.memory.extend(labels.clone(), [Sample { at: *at, value: *value }]);
        }
        self.appended = appended;
        evaluated
    }

    /// What was appended last, without the series that end; these with a `-`.
    fn written(&self) -> Vec<String> {
        let line = |(_, reading): &(Moment, Reading)| {
            if is_stale(reading.value) { format!("-{}", reading.labels) } else { format!("{} {}", reading.labels, reading.value) }
        };
        self.appended.iter().map(line).collect()
    }

    fn states(&self) -> Vec<(String, State)> {
        self.group.active().map(|(_, instance)| (instance.labels.get("job").to_owned(), instance.course.state)).collect()
    }
}

const CHAIN: &str = r#"
groups:
- name: web
  labels: {team: web}
  rules:
  - record: job:load
    expr: sum by (job) (load)
    labels: {kind: sum}
  - alert: Loaded
    expr: job:load > 5
    for: 1m
    labels: {severity: page, kind: ""}
    annotations: {summary: too much}
"#;

#[test]
fn later_rules_see_what_earlier_ones_recorded() {
    let mut world = World::new(CHAIN);
    world.measure(0, &[("load/a", 7.0), ("load/b", 1.0)]);
    let evaluated = world.evaluate(0);
    assert_eq!(
        world.written(),
        [
            r#"job:load{job="a", kind="sum", team="web"} 7"#,
            r#"job:load{job="b", kind="sum", team="web"} 1"#,
            r#"ALERTS{alertname="Loaded", alertstate="pending", job="a", severity="page", team="web"} 1"#,
            r#"ALERTS_FOR_STATE{alertname="Loaded", job="a", severity="page", team="web"} 0"#,
        ]
    );
    let outcomes: Vec<_> = evaluated.rules.iter().map(|rule| (rule.key.as_str(), rule.health.clone(), rule.series)).collect();
    assert_eq!(outcomes, [("home/web.yml/web/job:load", Health::Ok, 2), ("home/web.yml/web/Loaded", Health::Ok, 1)]);
    world.measure(1, &[("load/a", 8.0), ("load/b", 1.0)]);
    let evaluated = world.evaluate(1);
    let change = &evaluated.changes[0];
    assert_eq!((change.from, change.to, change.at, change.value), (State::Pending, State::Firing, MINUTE, 8.0));
    assert_eq!((change.labels.get("alertname"), change.labels.get("kind"), change.annotations.get("summary")), ("Loaded", "", "too much"));
    assert!(
        world.written().contains(&r#"-ALERTS{alertname="Loaded", alertstate="pending", job="a", severity="page", team="web"}"#.to_owned())
    );
    assert!(
        world.written().contains(&r#"ALERTS{alertname="Loaded", alertstate="firing", job="a", severity="page", team="web"} 1"#.to_owned())
    );
}

#[test]
fn series_that_vanish_end() {
    let mut world = World::new(CHAIN);
    world.measure(0, &[("load/a", 7.0), ("load/b", 1.0)]);
    world.evaluate(0);
    world.measure(10, &[("load/b", 2.0)]);
    world.evaluate(10);
    let mut written = world.written();
    written.sort();
    assert_eq!(
        written,
        [
            r#"-ALERTS_FOR_STATE{alertname="Loaded", job="a", severity="page", team="web"}"#,
            r#"-ALERTS{alertname="Loaded", alertstate="pending", job="a", severity="page", team="web"}"#,
            r#"-job:load{job="a", kind="sum", team="web"}"#,
            r#"job:load{job="b", kind="sum", team="web"} 2"#,
        ]
    );
    world.evaluate(11);
    assert_eq!(world.written(), [r#"job:load{job="b", kind="sum", team="web"} 2"#]);
}

#[test]
fn an_alert_says_the_newest_value_and_knows_its_alert() {
    let mut world = World::new(CHAIN);
    for minute in 0..4 {
        world.measure(minute, &[("load/a", 10.0 + minute as f64)]);
        world.evaluate(minute);
    }
    let (standing, instance) = world.group.active().next().unwrap();
    assert_eq!((instance.value, standing.value, instance.course.held_for(world.group.now())), (13.0, Some(13.0), 3 * MINUTE));
    let alert = instance.alert(&standing.rule.expression).unwrap();
    assert_eq!((alert.starts, alert.ends, alert.value, alert.expression.as_str()), (MINUTE, None, 13.0, "job:load > 5"));
    assert!(alert.id.len() == 16 && alert.id.chars().all(|figure| figure.is_ascii_hexdigit()));
    world.measure(4, &[("load/a", 0.0)]);
    world.evaluate(4);
    let (standing, instance) = world.group.active().next().unwrap();
    let over = instance.alert(&standing.rule.expression).unwrap();
    assert_eq!((over.starts, over.ends, over.id), (MINUTE, Some(4 * MINUTE), alert.id));
}

#[test]
fn two_series_that_become_one_are_an_error_and_change_nothing() {
    let rules = "
groups:
- name: web
  rules:
  - {record: loads, expr: load, labels: {job: all}}
  - {alert: Loaded, expr: load, labels: {job: all}}
  - {alert: Fine, expr: vector(1)}
";
    let mut world = World::new(rules);
    world.measure(0, &[("load/a", 1.0)]);
    world.evaluate(0);
    assert_eq!(world.states().len(), 2);
    world.measure(1, &[("load/b", 1.0)]);
    let evaluated = world.evaluate(1);
    let errors: Vec<_> = evaluated.rules.iter().map(|rule| &rule.health).collect();
    assert!(matches!(errors[0], Health::Error(message) if message.contains("loads{job=\"all\"}")), "{errors:?}");
    assert!(matches!(errors[1], Health::Error(message) if message.contains("alertname=\"Loaded\"")), "{errors:?}");
    assert_eq!(*errors[2], Health::Ok);
    assert!(world.states().iter().all(|(_, state)| *state == State::Firing));
    assert_eq!(world.written().len(), 2);
}

#[test]
fn more_than_the_limit_is_an_error() {
    let rules = "
groups:
- name: web
  limit: 1
  rules:
  - {record: loads, expr: load}
  - {alert: Loaded, expr: load}
";
    let mut world = World::new(rules);
    world.measure(0, &[("load/a", 1.0)]);
    world.evaluate(0);
    assert_eq!(world.written().len(), 3);
    world.measure(1, &[("load/b", 1.0)]);
    let evaluated = world.evaluate(1);
    assert!(evaluated.rules.iter().all(|rule| matches!(&rule.health, Health::Error(message) if message.contains("at most 1 are allowed"))));
    assert_eq!(world.states(), []);
    assert_eq!((evaluated.changes.len(), evaluated.changes[0].to), (1, State::Inactive));
    assert!(world.written().is_empty());
    // Nobody is told again of what nobody saw; what was written ends when it can.
    assert!(world.evaluate(2).changes.is_empty());
    // Five minutes on only `b` is left: a new alert, and what was written for `a` ends.
    world.evaluate(5);
    assert_eq!(world.states(), [("b".to_owned(), State::Firing)]);
    assert_eq!(
        world.written().iter().filter(|line| line.starts_with('-') && line.contains("job=\"a\"")).count(),
        3,
        "{:?}",
        world.written()
    );
}

#[test]
fn the_moment_that_is_looked_at_may_lie_behind() {
    let rules = "
groups:
- name: web
  query_offset: 2m
  rules:
  - {record: loads, expr: load}
";
    let mut world = World::new(rules);
    (0..5).for_each(|minute| world.measure(minute, &[("load/a", minute as f64)]));
    world.evaluate(4);
    assert_eq!(world.appended[0].0, 2 * MINUTE);
    assert_eq!(world.written(), [r#"loads{job="a"} 2"#]);
}

#[test]
fn a_rule_that_fails_leaves_its_alerts_and_the_other_rules_alone() {
    let rules = "
groups:
- name: web
  rules:
  - {alert: Loaded, expr: load * on() one}
  - {alert: Text, expr: '\"x\"'}
  - {alert: Range, expr: 'load[5m]'}
  - {alert: Number, expr: 7}
";
    let mut world = World::new(rules);
    world.measure(0, &[("load/a", 1.0), ("one/x", 1.0)]);
    world.evaluate(0);
    world.measure(1, &[("load/a", 1.0), ("one/x", 1.0), ("one/y", 1.0)]);
    let evaluated = world.evaluate(1);
    let well: Vec<bool> = evaluated.rules.iter().map(|rule| rule.health == Health::Ok).collect();
    assert_eq!(well, [false, false, false, true]);
    assert_eq!(world.states().len(), 2);
    assert_eq!(world.written().len(), 2);
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let mut world = World::new(&CHAIN.replace("for: 1m", "for: 3m"));
    for minute in 0..3 {
        world.measure(minute, &[("load/a", 9.0)]);
        world.evaluate(minute);
    }
    let saved = serde_json::from_str(&serde_json::to_string(&world.group.save()).unwrap()).unwrap();
    world.group = evaluator(&CHAIN.replace("for: 1m", "for: 3m"), Settings::default());
    world.group.restore(saved);
    world.measure(3, &[("load/a", 9.0)]);
    let evaluated = world.evaluate(3);
    assert_eq!((evaluated.changes[0].from, evaluated.changes[0].to), (State::Pending, State::Firing));
    assert_eq!(world.group.active().next().unwrap().1.course.active, 0);
    assert!(world.written().iter().any(|line| line.starts_with("-ALERTS{") && line.contains("pending")));
}

#[test]
fn a_changed_file_keeps_the_alerts_of_rules_that_stay() {
    let mut world = World::new(CHAIN);
    for minute in 0..2 {
        world.measure(minute, &[("load/a", 9.0)]);
        world.evaluate(minute);
    }
    // The alert stays under other words; the record is gone.
    let changed = "
groups:
- name: web
  rules:
  - {alert: Loaded, expr: sum by (job) (load) > 5, for: 1m, labels: {team: web, severity: page}, annotations: {summary: still}}
";
    let old = std::mem::replace(&mut world.group, evaluator(changed, Settings::default()));
    world.group.inherit(old);
    world.measure(2, &[("load/a", 9.0)]);
    let evaluated = world.evaluate(2);
    assert!(evaluated.changes.is_empty(), "{:?}", evaluated.changes);
    let (_, instance) = world.group.active().next().unwrap();
    assert_eq!((instance.course.fired, instance.annotations.get("summary")), (Some(MINUTE), "still"));
    assert!(world.written().contains(&r#"-job:load{job="a", kind="sum", team="web"}"#.to_owned()), "{:?}", world.written());
    // Without any rule, the alert is told of as over.
    let old = std::mem::replace(&mut world.group, evaluator("groups: [{name: web}]", Settings::default()));
    world.group.inherit(old);
    let evaluated = world.evaluate(3);
    assert_eq!((evaluated.changes.len(), evaluated.changes[0].from, evaluated.changes[0].to), (1, State::Firing, State::Inactive));
    assert_eq!(world.written().len(), 2);
}

#[test]
fn labels_are_added_where_there_are_none() {
    let settings = Settings { added: Labels::new([("system", "shop"), ("job", "none")]), ..Settings::default() };
    let mut world = World::new("groups: [{name: web, rules: [{alert: Loaded, expr: load}]}]");
    world.group = evaluator("groups: [{name: web, rules: [{alert: Loaded, expr: load}]}]", settings);
    world.measure(0, &[("load/a", 1.0)]);
    world.evaluate(0);
    let (_, instance) = world.group.active().next().unwrap();
    assert_eq!(instance.labels.to_string(), r#"{alertname="Loaded", job="a", system="shop"}"#);
}

#[test]
fn a_rule_of_a_system_sees_it_and_the_machine() {
    let settings = Settings { scope: Some("shop".to_owned()), ..Settings::default() };
    let rules = "groups: [{name: web, rules: [{record: seen, expr: count(load)}, {record: named, expr: 'load{system=\"bank\"}'}, \
                 {alert: Asks, expr: vector(1), annotations: {all: '{{ with query \"count(load)\" }}{{ . | first | value }}{{ end }}'}}]}]";
    let mut world = World::new(rules);
    world.group = evaluator(rules, settings);
    for system in ["shop", "bank", ""] {
        world.memory.extend(Labels::new([(NAME, "load"), ("system", system)]), [Sample { at: 0, value: 1.0 }]);
    }
    world.evaluate(0);
    assert_eq!(world.written()[..2], ["seen 2", r#"named{system="bank"} 1"#]);
    let (_, instance) = world.group.active().next().unwrap();
    assert_eq!(instance.annotations.get("all"), "2");
}

#[test]
fn templates_say_labels_values_and_what_failed() {
    let rules = "
groups:
- name: web
  labels: {team: '{{ $labels.job }}-team'}
  rules:
  - alert: Loaded
    expr: load > 1
    labels: {level: '{{ if gt $value 5.0 }}high{{ else }}low{{ end }}'}
    annotations:
      summary: '{{ $labels.job }} at {{ $value | humanize }}'
      broken: '{{ query \"load +\" }}'
"
    .replace("\\\"", "\"");
    let mut world = World::new(&rules);
    world.measure(0, &[("load/a", 1500.0)]);
    world.evaluate(0);
    let (_, instance) = world.group.active().next().unwrap();
    assert_eq!(instance.labels.to_string(), r#"{alertname="Loaded", job="a", level="high", team="a-team"}"#);
    assert_eq!(instance.annotations.get("summary"), "a at 1.5k");
    assert!(instance.annotations.get("broken").starts_with("<error expanding template: "), "{}", instance.annotations);
    // Another value, other words; and where a label says it, another alert.
    world.measure(1, &[("load/a", 2000.0)]);
    world.evaluate(1);
    assert_eq!(world.group.active().next().unwrap().1.annotations.get("summary"), "a at 2k");
    world.measure(2, &[("load/a", 2.0)]);
    let changes = world.evaluate(2).changes;
    let told: Vec<_> = changes.iter().map(|change| (change.labels.get("level").to_owned(), change.to)).collect();
    assert_eq!(told, [("high".to_owned(), State::Resolved), ("low".to_owned(), State::Firing)]);
}

#[test]
fn groups_are_due_once_in_each_interval() {
    let mut group = evaluator("groups: [{name: web, interval: 30s}]", Settings::default());
    let slots: Vec<i64> = (0..120).map(|second| group.slot(second * 1_000)).collect();
    let moved = slots.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert_eq!((moved, slots[119] - slots[0]), (4, 4));
    assert_eq!(group.interval(), Duration::from_secs(30));
    assert!(group.evaluate(0, &Memory::default(), &mut |_, _| Ok(()), &JobCtx::detached()).rules.is_empty());
}

#[test]
fn what_is_cancelled_says_nothing_about_the_rules() {
    let mut world = World::new(CHAIN);
    world.measure(0, &[("load/a", 7.0)]);
    world.evaluate(0);
    let ctx = JobCtx::detached();
    ctx.cancel_token().cancel();
    let evaluated = world.group.evaluate(MINUTE, &world.memory, &mut |_, _| Ok(()), &ctx);
    assert!(evaluated.rules.is_empty() && evaluated.changes.is_empty());
    assert_eq!(world.group.rules()[0].health, Health::Ok);
}

#[test]
fn ten_thousand_alerts_at_once_are_as_many_alerts() {
    const MANY: usize = 10_000;
    let mut world = World::new(
        "groups: [{name: web, rules: [{alert: Loaded, expr: load > 1, annotations: {summary: '{{ $labels.job }} {{ $value }}'}}]}]",
    );
    let series: Vec<String> = (0..MANY).map(|job| format!("load/{job}")).collect();
    for minute in 0..3 {
        // In the third minute half of them are well.
        let value = |job: usize| if minute == 2 && job.is_multiple_of(2) { 0.0 } else { 5.0 };
        let measured: Vec<(&str, f64)> = series.iter().enumerate().map(|(job, series)| (series.as_str(), value(job))).collect();
        world.measure(minute, &measured);
        let changes = world.evaluate(minute).changes;
        assert_eq!(changes.len(), [MANY, 0, MANY / 2][minute as usize]);
    }
    let firing = world.states().iter().filter(|(_, state)| *state == State::Firing).count();
    assert_eq!((firing, world.states().len()), (MANY / 2, MANY));
    let ids: std::collections::HashSet<&str> = world.group.active().map(|(_, instance)| instance.id.as_str()).collect();
    assert_eq!(ids.len(), MANY);
}
