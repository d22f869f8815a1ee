//! The samples of a range, step by step.

use quarterdeck_model::Outcome;

use super::{
    Evaluator,
    column::{Grid, Series},
};
use crate::{
    promql::node::{Node, Timing},
    sample::{ABSENT, Moment, Sample, is_absent},
};

/// Where the range of a step lies.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// When it ends.
    pub timing: Timing,
    /// Milliseconds.
    pub range: i64,
}

/// What a function over a range sees at one step.
#[derive(Debug, Clone, Copy)]
pub struct Window<'s> {
    /// Never empty.
    pub samples: &'s [Sample],
    /// Later than this.
    pub after: Moment,
    /// Up to and including this.
    pub until: Moment,
    /// The moment of the step, in milliseconds.
    pub step: Moment,
}

impl Window<'_> {
    /// Their values.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = f64> + Clone {
        self.samples.iter().map(|sample| sample.value)
    }

    /// The newest.
    pub fn last(&self) -> Sample {
        self.samples[self.samples.len() - 1]
    }
}

impl Evaluator<'_> {
    /// A function over the range of each step; it is told the number of the step, and may answer [`ABSENT`].
    pub fn over(&self, node: &Node, grid: &Grid, function: impl Fn(usize, Window<'_>) -> f64) -> Outcome<Vec<Series>> {
        let span = self.span(node)?;
        let mut found = Vec::new();
        self.ranged(node, grid, |series| {
            let (mut start, mut end) = (0, 0);
            let mut values = vec![ABSENT; grid.count];
            for (step, value) in values.iter_mut().enumerate() {
                let until = self.moment(&span.timing, grid.at(step));
                let after = until - span.range;
                while series.samples.get(end).is_some_and(|sample| sample.at <= until) {
                    end += 1;
                }
                while start < end && series.samples[start].at <= after {
                    start += 1;
                }
                if start < end {
                    *value = function(step, Window { samples: &series.samples[start..end], after, until, step: grid.at(step) });
                }
            }
            if values.iter().any(|value| !is_absent(*value)) {
                found.push(Series { labels: series.labels.clone(), values, nameless: series.nameless });
            }
            Ok(())
        })?;
        Ok(found)
    }
}
