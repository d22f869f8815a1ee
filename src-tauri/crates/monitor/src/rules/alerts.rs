//! Alerting rules: each series that comes out is an alert.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use quarterdeck_model::{Fault, Outcome};
use sha2::{Digest, Sha256};

use super::{
    instance::{Instance, Transition},
    records::aligned,
    rule::{Alerting, Nature, Rule, Words},
    words,
};
use crate::{
    alert::machine::{Now, State, Terms},
    labels::{Labels, NAME},
};

/// The alerts of a rule.
#[derive(Debug, Default)]
pub(super) struct Alerts {
    /// In no order.
    pub instances: Vec<Instance>,
    /// What came out last, in the order of its labels.
    seen: Vec<Seen>,
    /// Series that were written for alerts that were dropped since.
    orphans: Vec<Labels>,
}

/// A series that came out, and its alert.
#[derive(Debug)]
struct Seen {
    series: Labels,
    value: f64,
    instance: usize,
}

/// What one evaluation needs beside what came out.
pub(super) struct Ground<'g> {
    /// The rule's key.
    pub key: &'g str,
    /// The rule.
    pub rule: &'g Rule,
    /// What only an alerting rule has.
    pub alerting: &'g Alerting,
    /// Labels that an alert gets where it has none of these names.
    pub added: &'g Labels,
    /// More alerts are an error; zero for any number.
    pub limit: usize,
    /// When.
    pub now: Now,
    /// How a template is expanded for a series and a value.
    pub expand: &'g dyn Fn(&Words, &Labels, f64) -> Arc<str>,
}

/// What an evaluation writes and tells.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Series with their values; stale marks are among them.
    pub samples: Vec<(Labels, f64)>,
    /// Series that have no value from here on.
    pub gone: Vec<Labels>,
    /// What changed.
    pub changes: Vec<Transition>,
    /// Why there is nothing else.
    pub fault: Option<Fault>,
}

impl Alerts {
    /// Takes what came out, in the order of its labels. Faults: two series that become one alert, or more alerts than the limit.
    pub fn take(&mut self, found: &[(Labels, f64)], ground: &Ground<'_>) -> Outcome<Written> {
        let sorted = self.assign(found, ground)?;
        let mut holding = vec![false; self.instances.len()];
        for (seen, same) in &sorted {
            let instance = &mut self.instances[seen.instance];
            holding[seen.instance] = true;
            instance.value = seen.value;
            instance.series = seen.series.clone();
            if !same {
                instance.annotations = annotations(ground, &seen.series, seen.value);
            }
        }
        self.seen = sorted.into_iter().map(|(seen, _)| seen).collect();
        let terms = Terms { hold: millis(ground.alerting.hold), keep: millis(ground.alerting.keep_firing_for) };
        let mut written = Written::default();
        for (instance, holds) in self.instances.iter_mut().zip(holding) {
            let change = instance.course.step(holds, terms, ground.now);
            written.changes.extend(change.map(|(from, to)| instance.transition(from, to, ground)));
        }
        if let Some(fault) = self.over_limit(ground) {
            return Ok(self.dropped(ground, fault));
        }
        self.write(&mut written);
        self.forget();
        Ok(written)
    }

    /// Each series with its alert, and whether its words can be left as they are. Nothing changes but that new alerts are there, inactive.
    fn assign(&mut self, found: &[(Labels, f64)], ground: &Ground<'_>) -> Outcome<Vec<(Seen, bool)>> {
        let naming = words::nature(&ground.rule.labels);
        let telling = words::nature(&ground.alerting.annotations);
        let mut before = self.seen.iter().peekable();
        let mut sorted = Vec::with_capacity(found.len());
        let mut new = Vec::new();
        for (series, value) in found {
            let known = aligned(&mut before, series, |seen| &seen.series, |_| {});
            let same = |nature: Nature, known: &Seen| match nature {
                Nature::Plain => true,
                Nature::Steady => known.value.to_bits() == value.to_bits(),
                Nature::Asking => false,
            };
            let instance = match known.filter(|known| same(naming, known)) {
                Some(known) => known.instance,
                None => {
                    new.push(sorted.len());
                    usize::MAX
                }
            };
            let seen = Seen { series: series.clone(), value: *value, instance };
            sorted.push((seen, instance != usize::MAX && known.is_some_and(|known| same(telling, known))));
        }
        if !new.is_empty() {
            self.identify(&mut sorted, &new, ground)?;
        }
        Ok(sorted)
    }

    /// Finds or makes the alerts of series that are new.
    fn identify(&mut self, sorted: &mut [(Seen, bool)], new: &[usize], ground: &Ground<'_>) -> Outcome<()> {
        let names: Vec<Labels> = new.iter().map(|index| named(ground, &sorted[*index].0)).collect();
        let mut all: HashSet<&Labels> = HashSet::with_capacity(sorted.len());
        let old = sorted.iter().filter(|(seen, _)| seen.instance != usize::MAX).map(|(seen, _)| &self.instances[seen.instance].labels);
        if let Some(twice) = old.chain(&names).find(|labels| !all.insert(labels)) {
            let message = format!("Two series become one alert under the labels of the rule: {twice}.");
            return Err(Fault::refused("rule-duplicate", message).hint("Let the expression keep a label that tells them apart."));
        }
        let known: HashMap<Labels, usize> =
            self.instances.iter().enumerate().map(|(index, instance)| (instance.labels.clone(), index)).collect();
        for (index, labels) in new.iter().zip(names) {
            sorted[*index].0.instance = known.get(&labels).copied().unwrap_or_else(|| {
                self.instances.push(Instance::new(id(ground.key, &labels), labels));
                self.instances.len() - 1
            });
        }
        Ok(())
    }

    fn over_limit(&self, ground: &Ground<'_>) -> Option<Fault> {
        let active = self.instances.iter().filter(|instance| matches!(instance.course.state, State::Pending | State::Firing)).count();
        let message = format!("The rule has {active} alerts, at most {} are allowed.", ground.limit);
        let fault = Fault::refused("rule-limit", message).hint("Let the expression select less, or raise limit of the group.");
        (ground.limit > 0 && active > ground.limit).then_some(fault)
    }

    /// With more alerts than allowed there are none, as in Prometheus; those that somebody was told of are over.
    fn dropped(&mut self, ground: &Ground<'_>, fault: Fault) -> Written {
        let mut written = Written { fault: Some(fault), ..Written::default() };
        for instance in std::mem::take(&mut self.instances) {
            self.orphans.extend(instance.written());
            let told = instance.under();
            written.changes.extend(told.map(|from| instance.transition(from, State::Inactive, ground)));
        }
        self.seen.clear();
        written
    }

    /// `ALERTS` and `ALERTS_FOR_STATE`, and what of them ends.
    fn write(&mut self, written: &mut Written) {
        for instance in &mut self.instances {
            instance.write(&mut written.samples, &mut written.gone);
        }
        if !self.orphans.is_empty() {
            let current: HashSet<&Labels> = written.samples.iter().map(|(labels, _)| labels).collect();
            written.gone.extend(self.orphans.drain(..).filter(|labels| !current.contains(labels)));
        }
    }

    /// Those that are over leave the list.
    fn forget(&mut self) {
        if !self.instances.iter().any(|instance| instance.course.is_over()) {
            return;
        }
        let mut moved = vec![0; self.instances.len()];
        let (mut index, mut kept) = (0, 0);
        self.instances.retain(|instance| {
            moved[index] = kept;
            index += 1;
            let keeps = !instance.course.is_over();
            kept += usize::from(keeps);
            keeps
        });
        // What came out is active, and stays.
        self.seen.iter_mut().for_each(|seen| seen.instance = moved[seen.instance]);
    }

    /// What is known, for a rule that was changed: its words may be others.
    pub fn afresh(self) -> Self {
        Self { seen: Vec::new(), ..self }
    }

    /// The series that were written last.
    pub fn into_series(self) -> Vec<Labels> {
        self.instances.iter().flat_map(Instance::written).chain(self.orphans).collect()
    }
}

/// The labels of an alert: those of its series without the name, the rule's, `alertname`, and what is added where it lacks.
fn named(ground: &Ground<'_>, seen: &Seen) -> Labels {
    let set = ground.rule.labels.iter().map(|(name, words)| (Arc::clone(name), (ground.expand)(words, &seen.series, seen.value)));
    let fixed = [(NAME.into(), "".into()), ("alertname".into(), ground.rule.name.as_str().into())];
    let labels = seen.series.over(set.chain(fixed));
    let lacking: Vec<(Arc<str>, Arc<str>)> =
        ground.added.iter().filter(|(name, _)| labels.get(name).is_empty()).map(|(name, value)| (name.into(), value.into())).collect();
    if lacking.is_empty() { labels } else { labels.over(lacking) }
}

fn annotations(ground: &Ground<'_>, series: &Labels, value: f64) -> Labels {
    Labels::new(ground.alerting.annotations.iter().map(|(name, words)| (Arc::clone(name), (ground.expand)(words, series, value))))
}

/// Sixteen hexadecimal figures over the rule's key and the alert's labels.
fn id(key: &str, labels: &Labels) -> String {
    let mut hash = Sha256::new();
    hash.update((key.len() as u64).to_le_bytes());
    hash.update(key.as_bytes());
    hash.update(labels.canonical());
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
