//! One alert of a rule, with its words and its course.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::alerts::Ground;
use crate::{
    alert::{
        Alert,
        machine::{Course, State},
    },
    labels::{Labels, NAME},
    sample::Moment,
};

/// One alert.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Sixteen hexadecimal figures over the rule's key and the labels.
    pub id: String,
    /// Its labels, with `alertname`.
    pub labels: Labels,
    /// Its annotations, as the newest value made them.
    pub annotations: Labels,
    /// The newest value of its expression.
    pub value: f64,
    /// Where it stands.
    pub course: Course,
    /// The series it is of.
    pub(super) series: Labels,
    /// `ALERTS` while pending, `ALERTS` while firing, `ALERTS_FOR_STATE`.
    kept: [Labels; 3],
    /// The state under which it was written last; none where it was not.
    under: Option<State>,
}

/// A change of an alert's state.
#[derive(Debug, Clone)]
pub struct Transition {
    /// Which alert.
    pub id: String,
    /// The key of its rule.
    pub rule: String,
    /// What it was.
    pub from: State,
    /// What it is. Inactive after resolved: it leaves the list. Inactive after pending: it never fired.
    pub to: State,
    /// When.
    pub at: Moment,
    /// The newest value of the expression.
    pub value: f64,
    /// Its labels.
    pub labels: Labels,
    /// Its annotations.
    pub annotations: Labels,
}

/// An alert as it outlives the process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// The key of its rule.
    pub rule: String,
    /// Its id.
    pub id: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// The bits of its newest value: it may be no number.
    pub value: u64,
    /// Where it stands.
    pub course: Course,
}

impl Instance {
    /// An alert that nothing is known of yet.
    pub(super) fn new(id: String, labels: Labels) -> Self {
        let state = |state: &str| labels.over([(NAME.into(), "ALERTS".into()), ("alertstate".into(), state.into())]);
        let kept = [state("pending"), state("firing"), labels.with(NAME, "ALERTS_FOR_STATE")];
        let (annotations, series) = (Labels::default(), Labels::default());
        Self { id, labels, annotations, value: f64::NAN, course: Course::default(), series, kept, under: None }
    }

    /// As it was saved.
    pub(super) fn restored(saved: Saved) -> Self {
        let mut instance = Self::new(saved.id, Labels::new(saved.labels));
        instance.annotations = Labels::new(saved.annotations);
        instance.value = f64::from_bits(saved.value);
        instance.under = Some(saved.course.state).filter(|state| matches!(state, State::Pending | State::Firing));
        instance.course = saved.course;
        instance
    }

    /// For the next process.
    pub(super) fn saved(&self, rule: &str) -> Saved {
        let pairs = |labels: &Labels| labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Saved {
            rule: rule.to_owned(),
            id: self.id.clone(),
            labels: pairs(&self.labels),
            annotations: pairs(&self.annotations),
            value: self.value.to_bits(),
            course: self.course.clone(),
        }
    }

    /// What routing is told: firing while it fires or flaps, resolved afterwards; none where it never fired.
    pub fn alert(&self, expression: &str) -> Option<Alert> {
        let Course { state, active, fired, ended, ref flapping, .. } = self.course;
        let fires = state == State::Firing || flapping.times().is_some();
        if !fires && ended.is_none() {
            return None;
        }
        Some(Alert {
            id: self.id.clone(),
            labels: self.labels.clone(),
            annotations: self.annotations.clone(),
            starts: fired.unwrap_or(active),
            ends: if fires { None } else { ended },
            value: self.value,
            expression: expression.to_owned(),
        })
    }

    pub(super) fn transition(&self, from: State, to: State, ground: &Ground<'_>) -> Transition {
        self.moved(ground.key, from, to, ground.now.at)
    }

    /// A change of its state, to be told.
    pub(super) fn moved(&self, rule: &str, from: State, to: State, at: Moment) -> Transition {
        let (labels, annotations) = (self.labels.clone(), self.annotations.clone());
        Transition { id: self.id.clone(), rule: rule.to_owned(), from, to, at, value: self.value, labels, annotations }
    }

    /// Adds its series with their values, and those that end.
    pub(super) fn write(&mut self, samples: &mut Vec<(Labels, f64)>, gone: &mut Vec<Labels>) {
        let state = self.course.state;
        let now = Some(state).filter(|state| matches!(state, State::Pending | State::Firing));
        if let Some(before) = self.under.filter(|before| Some(*before) != now) {
            gone.push(self.alerts(before).clone());
            if now.is_none() {
                gone.push(self.kept[2].clone());
            }
        }
        if let Some(state) = now {
            samples.push((self.alerts(state).clone(), 1.0));
            samples.push((self.kept[2].clone(), self.course.active.div_euclid(1_000) as f64));
        }
        self.under = now;
    }

    /// The state under which it was written last; none where it was not.
    pub(super) fn under(&self) -> Option<State> {
        self.under
    }

    /// The series that were written last.
    pub(super) fn written(&self) -> Vec<Labels> {
        self.under.map(|state| vec![self.alerts(state).clone(), self.kept[2].clone()]).unwrap_or_default()
    }

    fn alerts(&self, state: State) -> &Labels {
        &self.kept[usize::from(state == State::Firing)]
    }
}
