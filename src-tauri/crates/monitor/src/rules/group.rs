//! Evaluates a group: its rules one after the other at one moment, each seeing what the ones before it recorded.
//!
//! ```text
//! let mut group = Evaluator::new(group, "home/web.yml/web".into(), Settings::default());
//! group.restore(saved);                                            // what Evaluator::save gave the last process
//! let evaluated = group.evaluate(at, &snapshot, &mut |at, readings| writer.append(at, readings), &ctx);
//! for instance in group.active() { … }                             // the list; instance.alert(…) is what routing takes
//! ```
//!
//! Nothing here reads a clock: `at` is when the group was due. Whether it is due: [`Evaluator::slot`].

use std::{
    collections::HashMap,
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::{JobCtx, Outcome};

use super::{
    instance::{Instance, Saved, Transition},
    layer::{Asked, Layer},
    rule::Group,
    standing::{Health, Round, Standing},
};
use crate::{
    alert::machine::{Now, Watch},
    gathered::{Density, Nature, Reading},
    labels::Labels,
    sample::{Moment, STALE},
    source::Source,
};

/// An interval that nobody said anything about; Prometheus's default.
pub const INTERVAL: Duration = Duration::from_secs(60);

/// How groups are evaluated.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Selectors that name no system see only the series of this one and of none.
    pub scope: Option<String>,
    /// Labels that an alert gets where it has none of these names: `system`, `environment`.
    pub added: Labels,
    /// `$externalLabels` of templates.
    pub external: Labels,
    /// `$externalURL` of templates.
    pub external_url: String,
    /// Of groups that name none.
    pub interval: Duration,
    /// So much counts at most from one evaluation to the next for `for` and its like; none for three intervals.
    pub most_at_once: Option<Duration>,
    /// Step of a subquery that names none.
    pub step: Duration,
    /// An evaluation takes no longer than this; none for its interval.
    pub patience: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        let (added, external) = (Labels::default(), Labels::default());
        let step = Duration::from_secs(60);
        Self { scope: None, added, external, external_url: String::new(), interval: INTERVAL, most_at_once: None, step, patience: None }
    }
}

/// A group and everything it remembers from one evaluation to the next.
pub struct Evaluator {
    /// `ORIGIN/FILE/GROUP`.
    key: String,
    group: Group,
    settings: Settings,
    watch: Watch,
    rules: Vec<Standing>,
    /// What they ask for.
    asked: Asked,
    /// Series of rules that are gone, to be marked stale.
    orphans: Vec<Labels>,
    /// Alerts of rules that are gone, to be told of.
    farewells: Vec<Transition>,
}

/// What became of an evaluation.
#[derive(Debug, Default)]
pub struct Evaluated {
    /// One for each rule, in their order; fewer where it was cancelled.
    pub rules: Vec<RuleOutcome>,
    /// Alerts whose state changed.
    pub changes: Vec<Transition>,
    /// How long it took.
    pub took: Duration,
}

/// What became of a rule.
#[derive(Debug, Clone)]
pub struct RuleOutcome {
    /// `ORIGIN/FILE/GROUP/NAME`, `#2` behind the second of a name.
    pub key: String,
    /// How it is.
    pub health: Health,
    /// How many series came out.
    pub series: usize,
    /// How long it took.
    pub took: Duration,
}

/// Hands on what was recorded, with the moment it is of.
pub type Append<'a> = dyn FnMut(Moment, Vec<Reading>) -> Outcome<()> + 'a;

/// What is saved of a group.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SavedGroup {
    /// Time that counted.
    pub watch: Watch,
    /// Its alerts.
    pub alerts: Vec<Saved>,
}

impl Evaluator {
    /// A group that was never evaluated. `key` is `ORIGIN/FILE/GROUP`.
    pub fn new(mut group: Group, key: String, settings: Settings) -> Self {
        let asked = Asked::by(&group.rules);
        let mut named: HashMap<String, usize> = HashMap::new();
        let rules = std::mem::take(&mut group.rules).into_iter().map(|rule| {
            let count = named.entry(rule.name.clone()).or_default();
            *count += 1;
            let key = if *count > 1 { format!("{key}/{}#{count}", rule.name) } else { format!("{key}/{}", rule.name) };
            Standing::new(rule, key, settings.scope.as_deref())
        });
        let rules = rules.collect();
        Self { key, group, settings, watch: Watch::default(), rules, asked, orphans: Vec::new(), farewells: Vec::new() }
    }

    /// `ORIGIN/FILE/GROUP`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The group; its rules are in [`Self::rules`].
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// How often it is evaluated.
    pub fn interval(&self) -> Duration {
        self.group.interval.unwrap_or(self.settings.interval).max(Duration::from_millis(1))
    }

    /// Which evaluation belongs to a moment: the group is due when this moved. Groups are spread over their interval by their key.
    pub fn slot(&self, at: Moment) -> i64 {
        let interval = millis(self.interval());
        let spread = self.key.bytes().fold(0_i64, |sum, byte| (sum.wrapping_mul(31) + i64::from(byte)) & 0xffff_ffff) % interval;
        (at - spread).div_euclid(interval)
    }

    /// Its rules with how they are.
    pub fn rules(&self) -> &[Standing] {
        &self.rules
    }

    /// All alerts that are pending, firing, flapping or resolved lately, each with its rule.
    pub fn active(&self) -> impl Iterator<Item = (&Standing, &Instance)> {
        self.rules.iter().flat_map(|standing| standing.instances().iter().map(move |instance| (standing, instance)))
    }

    /// The moment of the newest evaluation, by both times; what [`crate::alert::machine::Course::held_for`] asks for.
    pub fn now(&self) -> Now {
        Now { at: self.watch.last.unwrap_or(0), passed: self.watch.passed }
    }

    /// What has to outlive the process.
    pub fn save(&self) -> SavedGroup {
        let alerts = self.active().map(|(standing, instance)| instance.saved(&standing.key)).collect();
        SavedGroup { watch: self.watch, alerts }
    }

    /// Takes what the last process saved. Alerts of rules that are there no longer are told of at the next evaluation.
    pub fn restore(&mut self, saved: SavedGroup) {
        self.watch = saved.watch;
        for alert in saved.alerts {
            let rule = alert.rule.clone();
            let instance = Instance::restored(alert);
            match self.rules.iter_mut().find(|standing| standing.key == rule && standing.rule.alerting().is_some()) {
                Some(standing) => standing.adopt(instance),
                None => {
                    self.part(&rule, &instance);
                    self.orphans.extend(instance.written());
                }
            }
        }
    }

    /// Takes over from the group it stands for, after its file changed.
    pub fn inherit(&mut self, old: Self) {
        self.watch = old.watch;
        self.orphans.extend(old.orphans);
        self.farewells.extend(old.farewells);
        for before in old.rules {
            let same = |standing: &&mut Standing| standing.key == before.key && standing.is_alike(&before);
            match self.rules.iter_mut().find(same) {
                Some(standing) => standing.inherit(before),
                None => {
                    before.instances().iter().for_each(|instance| self.part(&before.key, instance));
                    self.orphans.extend(before.into_series());
                }
            }
        }
    }

    /// The group is gone for good: its series to be marked stale now, and its alerts to be told of.
    pub fn retire(mut self, at: Moment) -> (Vec<Reading>, Vec<Transition>) {
        for standing in std::mem::take(&mut self.rules) {
            standing.instances().iter().for_each(|instance| self.part(&standing.key, instance));
            self.orphans.extend(standing.into_series());
        }
        self.farewells.iter_mut().for_each(|change| change.at = at);
        (self.orphans.into_iter().map(stale).collect(), self.farewells)
    }

    fn part(&mut self, rule: &str, instance: &Instance) {
        let state = instance.course.state;
        if instance.under().is_some() {
            self.farewells.push(instance.moved(rule, state, crate::alert::machine::State::Inactive, self.watch.last.unwrap_or(0)));
        }
    }

    /// Evaluates all rules for a moment. `source` need not show what is appended: later rules see it anyway.
    ///
    /// What fails is the health of its rule; alerts of such a rule stay as they were.
    pub fn evaluate(&mut self, at: Moment, source: &dyn Source, append: &mut Append<'_>, ctx: &JobCtx) -> Evaluated {
        let began = Timer::now();
        let interval = self.interval();
        self.watch.go(at, millis(self.settings.most_at_once.unwrap_or(interval * 3)));
        let offset = self.group.query_offset.map_or(0, millis);
        let layer = Layer::new(source, &self.asked);
        let round = Round {
            now: self.now(),
            looks_at: at - offset,
            limit: self.group.limit,
            settings: &self.settings,
            layer: &layer,
            until: began.checked_add(self.settings.patience.unwrap_or(interval)),
            ctx,
        };
        let mut evaluated = Evaluated { changes: std::mem::take(&mut self.farewells), ..Evaluated::default() };
        evaluated.changes.iter_mut().for_each(|change| change.at = at);
        for standing in &mut self.rules {
            if ctx.checkpoint().is_err() {
                break;
            }
            let (outcome, changes) = standing.evaluate(&round, append);
            evaluated.rules.push(outcome);
            evaluated.changes.extend(changes);
        }
        if !self.orphans.is_empty() && append(at - offset, self.orphans.iter().cloned().map(stale).collect()).is_ok() {
            self.orphans.clear();
        }
        evaluated.took = began.elapsed();
        evaluated
    }

    /// Says of each rule without any series that nobody can tell yet whether it could have some.
    pub fn wait_for_data(&mut self) {
        self.rules.iter_mut().filter(|standing| standing.is_empty()).for_each(Standing::wait);
    }

    /// Asks for each rule without any series whether it could have had some; to be called now and then, as it looks far back.
    pub fn look_for_data(&mut self, at: Moment, source: &dyn Source, names: &dyn crate::promql::complete::Names, ctx: &JobCtx) {
        let offset = self.group.query_offset.map_or(0, millis);
        for standing in &mut self.rules {
            let reason = standing
                .is_empty()
                .then(|| super::lacking::why(&standing.rule.query, at - offset, self.settings.scope.as_deref(), source, names, ctx));
            standing.lacks(reason.flatten());
        }
    }
}

/// Where a series ends.
pub(super) fn stale(labels: Labels) -> Reading {
    Reading { labels, value: STALE, nature: Nature::Gauge, density: Density::Dense }
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
