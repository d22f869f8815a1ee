//! How groups and alerts are, as rows: what pages show, and what the next process needs to go on.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use quarterdeck_model::{
    Count, Fault, Millis, Outcome,
    alert::{RuleGroup, RuleHealth, RuleRow},
    monitor::Float,
};
use quarterdeck_monitor::{
    alert::machine::{State, Watch},
    rules::{Health, Saved, SavedGroup, Standing, Words},
    sample::Moment,
};
use quarterdeck_store::{
    Transaction,
    alerts::states::{self, AlertRow, GroupRow},
};

use super::{
    evaluation::Running,
    loading::{self, Loading, Origin},
    reasons, words,
};

/// Values of more alerts than this are not written at each evaluation.
const MANY: usize = 500;

/// But that often, in milliseconds.
const SELDOM: i64 = 60_000;

/// What the file knows of each alert: a digest of its row.
#[derive(Default)]
pub(super) struct Written {
    rows: HashMap<String, u64>,
    all: Moment,
}

impl Written {
    /// Nothing is known to be in the file.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// What is to be written of one group.
pub(super) struct Rows {
    group: GroupRow,
    alerts: Vec<AlertRow>,
    gone: Vec<String>,
}

impl Rows {
    /// Writes them.
    pub(super) fn write(&self, tx: &Transaction<'_>) -> Outcome<()> {
        states::put_group(tx, &self.group)?;
        self.gone.iter().try_for_each(|id| states::drop(tx, id))?;
        self.alerts.iter().try_for_each(|alert| states::put(tx, alert))
    }
}

/// The rows of a group that differ from what is in the file. Of many alerts only those whose state changed, unless it is time for all.
pub(super) fn rows(running: &mut Running, loading: &Loading, at: Moment, changed: bool) -> Outcome<Rows> {
    let SavedGroup { watch, alerts } = running.evaluator.save();
    let shipped = running.origin == Origin::Shipped;
    let off = |saved: &Saved| {
        let of = |name: &str| saved.labels.get(name).map(String::as_str).unwrap_or_default();
        shipped && loading.is_off(of("alertname"), of("system"))
    };
    let alerts: Vec<Saved> = alerts
        .into_iter()
        .filter(|saved| saved.course.state != State::Inactive || saved.course.flapping.times().is_some())
        .filter(|saved| !off(saved))
        .collect();
    let due = alerts.len() <= MANY || at - running.written.all >= SELDOM || changed && running.written.rows.is_empty();
    let mut rows = Vec::new();
    let mut known = std::mem::take(&mut running.written.rows);
    for saved in alerts {
        // Where not all is due, only what the state is counts.
        let digest = if due { digest(&saved) } else { short(&saved) };
        let kept = known.remove(&saved.id);
        let same = kept.is_some_and(|kept| if due { kept == digest } else { kept & 0xffff == digest & 0xffff });
        running.written.rows.insert(saved.id.clone(), if same { kept.unwrap_or(digest) } else { digest });
        if !same {
            rows.push(AlertRow { id: saved.id.clone(), group: running.evaluator.key().to_owned(), saved: json(&saved)?, told: None });
        }
    }
    if due {
        running.written.all = at;
    }
    let gone = known.into_keys().collect();
    let body = json(&group(running, loading))?;
    let place = i64::try_from(running.place).unwrap_or(i64::MAX);
    Ok(Rows { group: GroupRow { key: running.evaluator.key().to_owned(), place, body, saved: json(&watch)? }, alerts: rows, gone })
}

/// What a group's row gives back.
pub(super) fn saved_group(row: &GroupRow) -> (String, SavedGroup) {
    // What a later version wrote says nothing here: time begins anew.
    let watch: Watch = serde_json::from_str(&row.saved).unwrap_or_default();
    (row.key.clone(), SavedGroup { watch, alerts: Vec::new() })
}

/// What an alert's row gives back.
pub(super) fn saved_alert(row: &AlertRow) -> Option<Saved> {
    serde_json::from_str(&row.saved).ok()
}

/// A group as pages show it.
fn group(running: &Running, loading: &Loading) -> RuleGroup {
    let evaluator = &running.evaluator;
    let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
    for (standing, instance) in running.active(loading) {
        let count = counts.entry(standing.key.as_str()).or_default();
        match instance.course.state {
            State::Firing => count.0 += 1,
            State::Pending => count.1 += 1,
            State::Inactive | State::Resolved => {}
        }
    }
    let row = |standing: &Standing| {
        let (firing, pending) = counts.get(standing.key.as_str()).copied().unwrap_or_default();
        let mut row = rule(standing, &running.origin, loading);
        if row.health == RuleHealth::Ok && firing + pending > 0 {
            row.sentence = active(firing, pending);
        }
        row.since = running.since.get(&standing.key).map(|(_, since)| words::instant(*since));
        row
    };
    let evaluated = evaluator.rules().iter().filter_map(|standing| standing.evaluated).max();
    RuleGroup {
        key: evaluator.key().to_owned(),
        name: evaluator.group().name.clone(),
        origin: running.origin.word().to_owned(),
        system: running.origin.system().cloned(),
        file: loading::wire(running.path.as_ref()),
        every: evaluator.interval().into(),
        evaluated: evaluated.map(words::instant),
        took: evaluated.map(|_| running.took.into()),
        missed: Count(running.missed),
        rules: evaluator.rules().iter().map(row).collect(),
    }
}

fn active(firing: usize, pending: usize) -> String {
    match (firing, pending) {
        (firing, 0) => format!("{firing} firing"),
        (0, pending) => format!("{pending} pending"),
        (firing, pending) => format!("{firing} firing, {pending} pending"),
    }
}

/// A rule as pages show it, by itself.
pub(super) fn rule(standing: &Standing, origin: &Origin, loading: &Loading) -> RuleRow {
    let (rule, alerting) = (&standing.rule, standing.rule.alerting());
    let pairs =
        |words: &[(std::sync::Arc<str>, Words)]| words.iter().map(|(name, words)| (name.to_string(), words.text.to_string())).collect();
    let labels: std::collections::BTreeMap<String, String> = pairs(&rule.labels);
    let annotations: std::collections::BTreeMap<String, String> = alerting.map(|alerting| pairs(&alerting.annotations)).unwrap_or_default();
    let (health, sentence) = health(&standing.health, origin);
    RuleRow {
        key: standing.key.clone(),
        name: rule.name.clone(),
        records: alerting.is_none(),
        health,
        sentence,
        since: None,
        severity: alerting.map(|_| words::severity(labels.get("severity").map(String::as_str).unwrap_or_default())),
        expression: rule.expression.clone(),
        hold: alerting.map_or(Millis(0), |alerting| alerting.hold.into()),
        keep: alerting.map_or(Millis(0), |alerting| alerting.keep_firing_for.into()),
        runbook: super::links::runbook(&annotations),
        labels,
        annotations,
        line: rule.at.line,
        took: standing.evaluated.map(|_| standing.took.into()),
        series: Count(standing.series as u64),
        value: standing.value.filter(|_| standing.series == 1).map(Float),
        off: if *origin == Origin::Shipped { loading.off(&rule.name) } else { Vec::new() },
    }
}

/// How a rule is, in a word and a sentence. Rules that ship are about more than every home measures: without that they are idle.
pub(super) fn health(health: &Health, origin: &Origin) -> (RuleHealth, String) {
    match health {
        Health::Waiting => (RuleHealth::Waiting, "too early to tell".to_owned()),
        Health::Ok => (RuleHealth::Ok, String::new()),
        Health::NoData(reason) => {
            let is_idle = *origin == Origin::Shipped && !reasons::is_gone(reason);
            (if is_idle { RuleHealth::Idle } else { RuleHealth::NoData }, reasons::sentence(reason))
        }
        Health::Error(message) => (RuleHealth::Error, words::line(message)),
    }
}

fn digest(saved: &Saved) -> u64 {
    let mut hash = DefaultHasher::new();
    saved.value.hash(&mut hash);
    saved.annotations.hash(&mut hash);
    (hash.finish() & !0xffff) | short(saved)
}

/// Over what only a change of state moves; in the lowest sixteen bits.
fn short(saved: &Saved) -> u64 {
    let mut hash = DefaultHasher::new();
    // What lies in it is by the group's watch: it does not move while the state stays.
    format!("{:?}", saved.course).hash(&mut hash);
    hash.finish() & 0xffff
}

fn json(value: &impl serde::Serialize) -> Outcome<String> {
    serde_json::to_string(value).map_err(|error| Fault::bug(format!("A state could not be written as JSON: {error}.")))
}
