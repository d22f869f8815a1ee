//! The samples of a range, step by step.

use std::collections::VecDeque;

use quarterdeck_model::Outcome;

use super::{
    Evaluator,
    coarse::Taking,
    column::{Grid, Series},
    selector::Ranged,
};
use crate::{
    promql::node::{Node, Timing},
    sample::{ABSENT, Moment, Sample, is_absent},
};

/// After so many samples somebody asks for the time again.
const WORK: usize = 1_000_000;

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
    /// The place of the first of them among all samples of the series.
    pub first: usize,
    /// Later than this.
    pub after: Moment,
    /// Up to and including this.
    pub until: Moment,
    /// The moment of the step, in milliseconds.
    pub step: Moment,
    /// Samples up to this moment stand for a stretch each.
    pub coarse_until: Moment,
}

impl Window<'_> {
    /// Their values.
    pub fn values(&self) -> impl ExactSizeIterator<Item = f64> + Clone {
        self.samples.iter().map(|sample| sample.value)
    }

    /// The newest.
    pub fn last(&self) -> Sample {
        self.samples[self.samples.len() - 1]
    }
}

/// A function over ranges that may keep something from step to step; windows only move forward.
pub trait Kernel {
    /// A series begins.
    fn begin(&mut self, samples: &[Sample]);
    /// The value at a step; may be [`ABSENT`].
    fn at(&mut self, step: usize, window: &Window<'_>) -> f64;
}

/// A function that looks at each window anew.
pub struct Plain<F>(pub F);

impl<F: Fn(usize, &Window<'_>) -> f64> Kernel for Plain<F> {
    fn begin(&mut self, _: &[Sample]) {}

    fn at(&mut self, step: usize, window: &Window<'_>) -> f64 {
        (self.0)(step, window)
    }
}

/// The smallest or the largest value of each window: those that can still become it wait in order. NaN only where there is nothing else.
pub struct Extreme {
    largest: bool,
    waiting: VecDeque<(usize, f64)>,
    seen: usize,
}

impl Extreme {
    /// The largest, or else the smallest.
    pub fn new(largest: bool) -> Self {
        Self { largest, waiting: VecDeque::new(), seen: 0 }
    }
}

impl Kernel for Extreme {
    fn begin(&mut self, _: &[Sample]) {
        self.waiting.clear();
        self.seen = 0;
    }

    fn at(&mut self, _: usize, window: &Window<'_>) -> f64 {
        while self.waiting.front().is_some_and(|(index, _)| *index < window.first) {
            self.waiting.pop_front();
        }
        let new = self.seen.max(window.first);
        for (index, sample) in window.samples[new - window.first..].iter().enumerate().filter(|(_, sample)| !sample.value.is_nan()) {
            let value = sample.value;
            while self.waiting.back().is_some_and(|(_, waiting)| if self.largest { *waiting < value } else { *waiting > value }) {
                self.waiting.pop_back();
            }
            self.waiting.push_back((new + index, value));
        }
        self.seen = window.first + window.samples.len();
        self.waiting.front().map_or(f64::NAN, |(_, value)| *value)
    }
}

impl Evaluator<'_> {
    /// A function over the range of each step; it is told the number of the step, and may answer [`ABSENT`].
    pub fn over(&self, node: &Node, grid: &Grid, function: impl Fn(usize, &Window<'_>) -> f64) -> Outcome<Vec<Series>> {
        self.over_with(node, grid, Taking::default(), &mut Plain(function))
    }

    /// The same with something that is kept from step to step, and said how stretches are taken.
    pub fn over_with(&self, node: &Node, grid: &Grid, taking: Taking, kernel: &mut dyn Kernel) -> Outcome<Vec<Series>> {
        let span = self.span(node)?;
        let mut found = Vec::new();
        self.ranged(node, grid, taking, |series| {
            let values = self.windows(&series, &span, grid, taking, kernel)?;
            if values.iter().any(|value| !is_absent(*value)) {
                found.push(Series { labels: series.labels.clone(), values, nameless: series.nameless });
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn windows(&self, series: &Ranged<'_>, span: &Span, grid: &Grid, taking: Taking, kernel: &mut dyn Kernel) -> Outcome<Vec<f64>> {
        let (mut start, mut end, mut work) = (0, 0, 0);
        let mut values = self.blank(grid)?;
        kernel.begin(series.samples);
        for (step, value) in values.iter_mut().enumerate() {
            let until = self.moment(&span.timing, grid.at(step));
            let range = taking.range(span.range, until, series);
            while series.samples.get(end).is_some_and(|sample| sample.at <= until) {
                end += 1;
            }
            while start < end && series.samples[start].at <= until - range {
                start += 1;
            }
            if start == end {
                continue;
            }
            let (after, samples) = (until - range, &series.samples[start..end]);
            let window = Window { samples, first: start, after, until, step: grid.at(step), coarse_until: series.coarse_until };
            *value = kernel.at(step, &window);
            if taking.grows && range > span.range && !is_absent(*value) {
                *value *= span.range as f64 / range as f64;
            }
            work += samples.len();
            if work > WORK {
                work = 0;
                self.in_time()?;
            }
        }
        Ok(values)
    }

    /// A column without values.
    pub fn blank(&self, grid: &Grid) -> Outcome<Vec<f64>> {
        self.hold(grid.count)?;
        Ok(vec![ABSENT; grid.count])
    }
}
