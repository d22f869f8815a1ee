//! Steps, and series with a value for each of them.

use std::collections::BTreeMap;

use quarterdeck_model::Outcome;

use crate::{
    labels::{Labels, NAME},
    promql::{Steps, error::unanswered},
    sample::{Moment, is_absent},
};

/// The steps of a part of a query.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    /// The first.
    pub from: Moment,
    /// Milliseconds between two.
    pub step: i64,
    /// How many.
    pub count: usize,
}

impl Grid {
    /// The steps asked for.
    pub fn of(steps: Steps) -> Self {
        let count = if steps.step > 0 { (steps.until - steps.from).max(-1) / steps.step + 1 } else { 1 };
        Self { from: steps.from, step: steps.step, count: usize::try_from(count).unwrap_or(0) }
    }

    /// The moment of a step.
    pub fn at(&self, step: usize) -> Moment {
        self.from + self.step * i64::try_from(step).unwrap_or(i64::MAX)
    }

    /// The moment of the last step.
    pub fn last(&self) -> Moment {
        self.at(self.count.saturating_sub(1))
    }
}

/// One series.
#[derive(Debug, Clone)]
pub struct Series {
    /// Whose.
    pub labels: Labels,
    /// One for each step; absent where there is none.
    pub values: Vec<f64>,
    /// Its name is to go at the end.
    pub nameless: bool,
}

impl Series {
    /// With the name it is to have in the end.
    pub fn named(mut self) -> Self {
        if self.nameless {
            self.labels = self.labels.with(NAME, "");
            self.nameless = false;
        }
        self
    }
}

/// Series that became equal are one, if no step has a value of both.
pub fn settle(series: Vec<Series>) -> Outcome<Vec<Series>> {
    let mut known: BTreeMap<Labels, usize> = BTreeMap::new();
    let mut settled: Vec<Series> = Vec::with_capacity(series.len());
    for next in series {
        let Some(&index) = known.get(&next.labels) else {
            known.insert(next.labels.clone(), settled.len());
            settled.push(next);
            continue;
        };
        let before = &mut settled[index];
        for (old, new) in before.values.iter_mut().zip(next.values) {
            match (is_absent(*old), is_absent(new)) {
                (_, true) => {}
                (true, false) => *old = new,
                (false, false) => return Err(unanswered("vector cannot contain metrics with the same labelset")),
            }
        }
    }
    Ok(settled)
}
