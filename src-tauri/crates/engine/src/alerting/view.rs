//! How everything about alerts stands, as any process of the home sees it: rows of the file, and what people said.

use std::collections::{BTreeMap, HashMap};

use quarterdeck_model::{
    Instant, Outcome,
    alert::{Acknowledgement, AlertNotice, RuleGroup, RuleHealth, RuleRow},
};
use quarterdeck_monitor::{
    alert::{
        Alert,
        machine::{Now, State, Watch},
    },
    labels::Labels,
    notify::inhibit::Sources,
    rules::Saved,
};
use quarterdeck_store::alerts::{notices, rungs, states};

use super::{
    keeping,
    overlay::Overlays,
    routing::{RouterFile, Routers},
    words,
};
use crate::Engine;

/// A group that was not evaluated for so many intervals is stale.
const STALE: i64 = 3;

/// Everything, at one moment.
pub(super) struct View {
    /// When it was read.
    pub now: Instant,
    /// Groups as they were evaluated last.
    pub groups: Vec<RuleGroup>,
    /// Alerts that are pending, fire, or did lately.
    pub alerts: Vec<Known>,
    /// What people agreed.
    pub overlays: Overlays,
    /// Who is told.
    pub routers: Routers,
    /// The newest notices that told of alerts, by number.
    pub told: HashMap<i64, AlertNotice>,
    /// Levels of ladders that were told, by alert.
    pub climbed: HashMap<String, Vec<rungs::RungRow>>,
    /// What fires and explains other alerts, by configuration.
    sources: BTreeMap<String, Sources>,
}

/// An alert as it was kept.
pub(super) struct Known {
    /// Where it stands.
    pub saved: Saved,
    /// The newest notice that told of it.
    pub told: Option<i64>,
    /// When its rule was looked at last, by both times.
    pub looked: Now,
    group: usize,
    rule: usize,
}

impl View {
    /// As it is now.
    pub(super) fn read(engine: &Engine) -> Outcome<Self> {
        let now = engine.clock().now();
        let overlays = Overlays::read(engine, now)?;
        let routers = engine.alerting().routers(engine)?;
        let (groups, alerts) = (Vec::new(), Vec::new());
        let mut view =
            Self { now, groups, alerts, overlays, routers, told: HashMap::new(), climbed: HashMap::new(), sources: BTreeMap::new() };
        let Some(file) = engine.alerting().known(engine)? else { return Ok(view) };
        let (rows, kept, climbed) = file.read(|c| Ok((states::groups(c)?, states::all(c)?, rungs::all(c)?)))?;
        for (alert, rung) in climbed {
            view.climbed.entry(alert).or_default().push(rung);
        }
        view.take(rows, kept);
        let mut numbers: Vec<i64> = view.alerts.iter().filter_map(|known| known.told).collect();
        numbers.sort_unstable();
        numbers.dedup();
        view.told = file.read(|c| {
            let found = numbers.iter().map(|n| Ok(notices::get(c, *n)?.map(|notice| (*n, notice))));
            found.filter_map(Outcome::transpose).collect()
        })?;
        view.explain();
        Ok(view)
    }

    fn take(&mut self, rows: Vec<states::GroupRow>, kept: Vec<states::AlertRow>) {
        let mut places: HashMap<String, (usize, Now)> = HashMap::new();
        for row in rows {
            // What a later version wrote says nothing here.
            let Ok(mut group) = serde_json::from_str::<RuleGroup>(&row.body) else { continue };
            age(&mut group, self.now);
            let watch: Watch = serde_json::from_str(&row.saved).unwrap_or_default();
            places.insert(row.key, (self.groups.len(), Now { at: watch.last.unwrap_or(0), passed: watch.passed }));
            self.groups.push(group);
        }
        let mut rules: HashMap<&str, usize> = HashMap::new();
        for group in &self.groups {
            rules.extend(group.rules.iter().enumerate().map(|(at, rule)| (rule.key.as_str(), at)));
        }
        let known = |row: states::AlertRow| {
            let saved = keeping::saved_alert(&row)?;
            let (group, looked) = *places.get(&row.group)?;
            let rule = *rules.get(saved.rule.as_str())?;
            Some(Known { saved, told: row.told, looked, group, rule })
        };
        self.alerts = kept.into_iter().filter_map(known).collect();
    }

    /// Finds out what explains what.
    fn explain(&mut self) {
        let mut sources: BTreeMap<String, Sources> = BTreeMap::new();
        for known in self.alerts.iter().filter(|known| known.fires()) {
            let labels = known.labels();
            let Some((router, config)) = self.router(&labels).and_then(|router| Some((router, router.config.as_ref()?))) else { continue };
            if !config.inhibit_rules.is_empty() {
                let of = sources.entry(router.key.clone()).or_insert_with(|| Sources::new(&config.inhibit_rules));
                of.take(&config.inhibit_rules, &known.saved.id, &labels, true);
            }
        }
        self.sources = sources;
    }

    /// The configuration that an alert with such labels goes to.
    pub(super) fn router(&self, labels: &Labels) -> Option<&RouterFile> {
        self.routers.of(labels)
    }

    /// The alert that keeps one with such labels quiet, because it explains it.
    pub(super) fn inhibited_by(&self, labels: &Labels) -> Option<&Known> {
        let router = self.router(labels)?;
        let (_, id) = self.sources.get(&router.key)?.explain(&router.config.as_ref()?.inhibit_rules, labels)?;
        self.alert(id)
    }

    /// The group and the rule of an alert.
    pub(super) fn rule_of(&self, known: &Known) -> (&RuleGroup, &RuleRow) {
        let group = &self.groups[known.group];
        (group, &group.rules[known.rule])
    }

    /// The alert of an id.
    pub(super) fn alert(&self, id: &str) -> Option<&Known> {
        self.alerts.iter().find(|known| known.saved.id == id)
    }

    /// The rule of a key, with its group.
    pub(super) fn rule(&self, key: &str) -> Option<(&RuleGroup, &RuleRow)> {
        self.groups.iter().find_map(|group| group.rules.iter().find(|rule| rule.key == key).map(|rule| (group, rule)))
    }

    /// When rules were evaluated last.
    pub(super) fn evaluated(&self) -> Option<Instant> {
        self.groups.iter().filter_map(|group| group.evaluated).max()
    }

    /// Who has an alert now.
    pub(super) fn acknowledgement(&self, id: &str) -> Option<&Acknowledgement> {
        self.overlays.acknowledgement(id, self.now.timestamp_millis())
    }
}

impl Known {
    /// True while it fires, or flaps: then it is told as firing.
    pub(super) fn fires(&self) -> bool {
        self.saved.course.state == State::Firing || self.saved.course.flapping.times().is_some()
    }

    /// The value of its expression when it was looked at last.
    pub(super) fn value(&self) -> f64 {
        f64::from_bits(self.saved.value)
    }

    /// Its labels as matchers see them.
    pub(super) fn labels(&self) -> Labels {
        Labels::new(self.saved.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// As routing sees it.
    pub(super) fn alert(&self, expression: &str) -> Alert {
        let course = &self.saved.course;
        let annotations = self.saved.annotations.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Alert {
            id: self.saved.id.clone(),
            labels: self.labels(),
            annotations: Labels::new(annotations),
            starts: course.fired.unwrap_or(course.active),
            ends: if self.fires() { None } else { course.ended },
            value: self.value(),
            expression: expression.to_owned(),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        self.saved.labels.get("alertname").map(String::as_str).unwrap_or_default()
    }
}

/// Rules of a group that was not evaluated for too long are stale.
fn age(group: &mut RuleGroup, now: Instant) {
    let Some(evaluated) = group.evaluated else { return };
    let every = i64::try_from(group.every.0).unwrap_or(i64::MAX / 8);
    if (now - evaluated).num_milliseconds() <= every.saturating_mul(STALE) {
        return;
    }
    for rule in &mut group.rules {
        rule.health = RuleHealth::Stale;
        rule.sentence = format!("not evaluated since {}", crate::health::words::when(evaluated, now));
        rule.since = Some(evaluated);
    }
}

/// The moment of a course.
pub(super) fn moment(at: i64) -> Instant {
    words::instant(at)
}
