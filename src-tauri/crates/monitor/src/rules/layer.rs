//! What a group just recorded, over what was there before: later rules see it at once, whoever keeps it in the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use quarterdeck_model::{JobCtx, Outcome};

use super::rule::{Nature, Rule};
use crate::{
    labels::{Labels, NAME},
    promql::selectors,
    sample::{Moment, Sample},
    source::{LOOK_BACK, Matcher, Selected, Source, Test, Wanted},
};

/// Names of series that somebody may ask a layer for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    names: BTreeSet<String>,
    /// Somebody asks without a name.
    all: bool,
}

/// A source and samples that it does not have yet.
pub struct Layer<'s> {
    below: &'s dyn Source,
    asked: &'s Asked,
    /// By name and labels: selectors name what they want.
    fresh: Mutex<BTreeMap<Box<str>, BTreeMap<Labels, Sample>>>,
}

impl Asked {
    /// Whatever the rules of a group ask for. A template may ask for anything.
    pub fn by<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        let mut asked = Self::default();
        for rule in rules {
            let annotations = rule.alerting().map_or(&[][..], |alerting| &alerting.annotations).iter();
            asked.all |= annotations.chain(&rule.labels).any(|(_, words)| words.nature == Nature::Asking);
            for matchers in selectors(&rule.query) {
                match name(matchers) {
                    Some(name) => drop(asked.names.insert(name.to_owned())),
                    None => asked.all = true,
                }
            }
        }
        asked
    }
}

impl<'s> Layer<'s> {
    /// Nothing yet over a source; what nobody asks for is not kept.
    pub fn new(below: &'s dyn Source, asked: &'s Asked) -> Self {
        Self { below, asked, fresh: Mutex::default() }
    }

    /// Adds the newest sample of a series.
    pub fn add(&self, labels: &Labels, sample: Sample) {
        if !self.asked.all && !self.asked.names.contains(labels.name()) {
            return;
        }
        let mut fresh = self.fresh();
        match fresh.get_mut(labels.name()) {
            Some(named) => drop(named.insert(labels.clone(), sample)),
            None => drop(fresh.insert(labels.name().into(), BTreeMap::from([(labels.clone(), sample)]))),
        }
    }

    fn fresh(&self) -> MutexGuard<'_, BTreeMap<Box<str>, BTreeMap<Labels, Sample>>> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The new samples that are wanted, in the order of their labels.
    fn wanted(&self, wanted: &Wanted<'_>) -> Vec<(Labels, Sample)> {
        let fresh = self.fresh();
        let holds = |(labels, sample): &(&Labels, &Sample)| {
            sample.at > wanted.after && sample.at <= wanted.until && wanted.matchers.iter().all(|matcher| matcher.holds(labels))
        };
        let own = |(labels, sample): (&Labels, &Sample)| (labels.clone(), *sample);
        match name(wanted.matchers) {
            Some(name) => fresh.get(name).into_iter().flatten().filter(holds).map(own).collect(),
            None => {
                let mut found: Vec<_> = fresh.values().flatten().filter(holds).map(own).collect();
                found.sort_unstable_by(|one, other| one.0.cmp(&other.0));
                found
            }
        }
    }
}

/// The name that is asked for.
fn name(matchers: &[Matcher]) -> Option<&str> {
    matchers.iter().find_map(|matcher| match &matcher.test {
        Test::Is(name) if matcher.label == NAME && !name.is_empty() => Some(name.as_str()),
        _ => None,
    })
}

impl Source for Layer<'_> {
    fn visit(&self, wanted: &Wanted<'_>, ctx: &JobCtx, each: &mut dyn FnMut(Selected<'_>) -> Outcome<()>) -> Outcome<()> {
        let fresh = self.wanted(wanted);
        if fresh.is_empty() {
            return self.below.visit(wanted, ctx, each);
        }
        let mut fresh = fresh.into_iter().peekable();
        let alone = |labels: &Labels, sample: Sample, each: &mut dyn FnMut(Selected<'_>) -> Outcome<()>| {
            each(Selected { labels, samples: &[sample], look_back: LOOK_BACK, coarse: 0, coarse_until: Moment::MIN })
        };
        self.below.visit(wanted, ctx, &mut |selected| {
            while let Some((labels, sample)) = fresh.next_if(|(labels, _)| labels < selected.labels) {
                alone(&labels, sample, each)?;
            }
            match fresh.next_if(|(labels, _)| labels == selected.labels) {
                None => each(selected),
                Some((_, sample)) => {
                    let kept = selected.samples.partition_point(|known| known.at < sample.at);
                    let samples: Vec<Sample> = selected.samples[..kept].iter().copied().chain([sample]).collect();
                    each(Selected { samples: &samples, ..selected })
                }
            }
        })?;
        fresh.try_for_each(|(labels, sample)| alone(&labels, sample, each))
    }

    fn coarsest(&self, after: Moment) -> i64 {
        self.below.coarsest(after)
    }
}
