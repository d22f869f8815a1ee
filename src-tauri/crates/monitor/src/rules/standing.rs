//! A rule with what it remembers from one evaluation to the next.

use std::{
    sync::Arc,
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::{Fault, JobCtx, Outcome};

use super::{
    alerts::{Alerts, Ground, Written},
    group::{Append, RuleOutcome, Settings, millis, stale},
    instance::{Instance, Transition},
    lacking::Reason,
    layer::Layer,
    records::Records,
    rule::{Kind, Rule, Words},
    words::{self, Occasion},
};
use crate::{
    alert::machine::Now,
    gathered::{Density, Nature, Reading},
    labels::Labels,
    promql::{self, Options, Query, Steps, Value},
    sample::{Moment, Sample, is_stale},
};

/// How a rule is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Health {
    /// It was not evaluated yet, or nobody can tell yet whether it has data.
    #[default]
    Waiting,
    /// It was evaluated.
    Ok,
    /// It was evaluated and cannot have had anything: what it looks at is not there.
    NoData(Reason),
    /// It cannot be evaluated: a sentence.
    Error(String),
}

/// A rule and how it is.
#[derive(Debug)]
pub struct Standing {
    /// `ORIGIN/FILE/GROUP/NAME`, `#2` behind the second of a name.
    pub key: String,
    /// The rule.
    pub rule: Rule,
    /// How it is.
    pub health: Health,
    /// When it was evaluated last, whether that failed or not.
    pub evaluated: Option<Moment>,
    /// How long that took.
    pub took: Duration,
    /// How many series came out.
    pub series: usize,
    /// The value of the first of them.
    pub value: Option<f64>,
    /// Its query with the scope of the group in it; none where there is none.
    scoped: Option<Query>,
    kept: Kept,
    /// Why it has no data, as far as anybody looked.
    lacking: Option<Reason>,
}

#[derive(Debug)]
enum Kept {
    Alerts(Alerts),
    Records(Records),
}

/// One evaluation of a group.
pub(super) struct Round<'r> {
    pub now: Now,
    /// The moment that is looked at.
    pub looks_at: Moment,
    pub limit: usize,
    pub settings: &'r Settings,
    pub layer: &'r Layer<'r>,
    /// When it has to be over.
    pub until: Option<Timer>,
    pub ctx: &'r JobCtx,
}

impl Standing {
    pub(super) fn new(rule: Rule, key: String, scope: Option<&str>) -> Self {
        let scoped = scope.and_then(|system| promql::scope::scoped(&rule.query, system).ok());
        let kept = match rule.kind {
            Kind::Alerting(_) => Kept::Alerts(Alerts::default()),
            Kind::Recording => Kept::Records(Records::default()),
        };
        let (health, took) = (Health::Waiting, Duration::ZERO);
        Self { key, rule, health, evaluated: None, took, series: 0, value: None, scoped, kept, lacking: None }
    }

    /// Its alerts; none of a recording rule.
    pub fn instances(&self) -> &[Instance] {
        match &self.kept {
            Kept::Alerts(alerts) => &alerts.instances,
            Kept::Records(_) => &[],
        }
    }

    pub(super) fn evaluate(&mut self, round: &Round<'_>, append: &mut Append<'_>) -> (RuleOutcome, Vec<Transition>) {
        let began = Timer::now();
        let (health, changes) = match self.appended(round, append) {
            Ok(changes) => (self.lacking.clone().filter(|_| self.series == 0).map_or(Health::Ok, Health::NoData), changes),
            // Nobody waits for it any more: that says nothing about the rule.
            Err((fault, changes)) if round.ctx.checkpoint().is_err() && fault.is("cancelled") => (self.health.clone(), changes),
            Err((fault, changes)) => (Health::Error(fault.message), changes),
        };
        if self.series > 0 {
            self.lacking = None;
        }
        (self.health, self.evaluated, self.took) = (health, Some(round.now.at), began.elapsed());
        (RuleOutcome { key: self.key.clone(), health: self.health.clone(), series: self.series, took: self.took }, changes)
    }

    /// Evaluates and hands on. Some changes may have to be told even where that fails.
    fn appended(&mut self, round: &Round<'_>, append: &mut Append<'_>) -> Result<Vec<Transition>, (Fault, Vec<Transition>)> {
        let written = self.written(round).map_err(|fault| (fault, Vec::new()))?;
        let nature = if self.rule.alerting().is_some() { Nature::Gauge } else { Nature::Unknown };
        let mut readings = Vec::with_capacity(written.samples.len() + written.gone.len());
        for (labels, value) in written.samples {
            round.layer.add(&labels, Sample { at: round.looks_at, value });
            readings.push(Reading { labels, value, nature, density: Density::Dense });
        }
        for labels in written.gone {
            let reading = stale(labels);
            round.layer.add(&reading.labels, Sample { at: round.looks_at, value: reading.value });
            readings.push(reading);
        }
        let appended = if readings.is_empty() { Ok(()) } else { append(round.looks_at, readings) };
        match written.fault.map_or(appended, Err) {
            Ok(()) => Ok(written.changes),
            Err(fault) => Err((fault, written.changes)),
        }
    }

    fn written(&mut self, round: &Round<'_>) -> Outcome<Written> {
        let options = round.options();
        let found = match &self.scoped {
            Some(query) => at(query, round.looks_at, round, &Options { scope: None, ..options.clone() }),
            None => at(&self.rule.query, round.looks_at, round, &options),
        }?;
        (self.series, self.value) = (found.len(), found.first().map(|(_, value)| *value));
        match (&mut self.kept, &self.rule.kind) {
            (Kept::Alerts(alerts), Kind::Alerting(alerting)) => {
                let ask = |text: &str| found_by(text, round, &options);
                let expand = |words: &Words, labels: &Labels, value: f64| {
                    let Settings { external, external_url, .. } = round.settings;
                    words::expand(words, &Occasion { labels, value, external, external_url, at: round.now.at, ask: &ask })
                };
                let expand: &dyn Fn(&Words, &Labels, f64) -> Arc<str> = &expand;
                let (added, limit, now) = (&round.settings.added, round.limit, round.now);
                alerts.take(&found, &Ground { key: &self.key, rule: &self.rule, alerting, added, limit, now, expand })
            }
            (Kept::Records(records), _) => {
                let (samples, gone) = records.take(&self.rule, &found, round.limit)?;
                Ok(Written { samples, gone, ..Written::default() })
            }
            (Kept::Alerts(_), Kind::Recording) => Ok(Written::default()),
        }
    }

    /// True where the newest evaluation had no series.
    pub(super) fn is_empty(&self) -> bool {
        self.evaluated.is_some() && self.series == 0
    }

    /// Nobody can tell yet whether it has data.
    pub(super) fn wait(&mut self) {
        if matches!(self.health, Health::Ok) {
            self.health = Health::Waiting;
        }
    }

    /// Somebody looked whether it has data.
    pub(super) fn lacks(&mut self, reason: Option<Reason>) {
        if matches!(self.health, Health::Waiting | Health::Ok | Health::NoData(_)) {
            self.health = reason.clone().map_or(Health::Ok, Health::NoData);
        }
        self.lacking = reason;
    }

    /// True where both alert, or both record: one can go on as the other.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        self.rule.alerting().is_some() == other.rule.alerting().is_some()
    }

    /// Takes an alert that was saved.
    pub(super) fn adopt(&mut self, instance: Instance) {
        if let Kept::Alerts(alerts) = &mut self.kept {
            alerts.instances.push(instance);
        }
    }

    /// Goes on as the rule it stands for.
    pub(super) fn inherit(&mut self, before: Self) {
        // Words may have changed: what was seen is looked at anew.
        self.kept = match before.kept {
            Kept::Alerts(alerts) => Kept::Alerts(alerts.afresh()),
            Kept::Records(records) => Kept::Records(records.afresh()),
        };
        (self.evaluated, self.lacking) = (before.evaluated, before.lacking);
    }

    /// The series that were written last.
    pub(super) fn into_series(self) -> Vec<Labels> {
        match self.kept {
            Kept::Alerts(alerts) => alerts.into_series(),
            Kept::Records(records) => records.into_series(),
        }
    }
}

impl Round<'_> {
    fn options(&self) -> Options {
        let left = self.until.map_or(Duration::MAX, |until| until.saturating_duration_since(Timer::now()));
        let (scope, default_step) = (self.settings.scope.clone(), millis(self.settings.step));
        Options { limit: left.min(Options::default().limit), scope, default_step, ..Options::default() }
    }
}

/// What a template's query answers: templates look at the moment of the evaluation.
fn found_by(text: &str, round: &Round<'_>, options: &Options) -> Outcome<Vec<(Labels, f64)>> {
    at(&promql::parse(text)?, round.now.at, round, options)
}

/// What a query answers at a moment, in the order of the labels.
fn at(query: &Query, moment: Moment, round: &Round<'_>, options: &Options) -> Outcome<Vec<(Labels, f64)>> {
    let answer = promql::evaluate(query, round.layer, Steps { from: moment, until: moment, step: 0 }, options, round.ctx)?;
    match answer.value {
        Value::Vector(columns) => {
            let mut found: Vec<(Labels, f64)> = columns
                .into_iter()
                .filter_map(|column| column.values.first().filter(|value| !is_stale(**value)).map(|value| (column.labels.clone(), *value)))
                .collect();
            if answer.ordered {
                found.sort_by(|one, other| one.0.cmp(&other.0));
            }
            Ok(found)
        }
        Value::Scalar(values) => Ok(values.first().map(|value| (Labels::default(), *value)).into_iter().collect()),
        Value::Text(_) | Value::Matrix(_) => {
            let message = "The expression of a rule must give a number or series with one value each.";
            Err(Fault::refused("rule-failed", message).hint("Put a function around a range, such as rate or max_over_time."))
        }
    }
}
