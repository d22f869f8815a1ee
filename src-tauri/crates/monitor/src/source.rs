//! What an evaluator reads from: the store of series, or a handful in memory.

use quarterdeck_model::{JobCtx, Outcome};

use crate::{
    labels::Labels,
    sample::{Moment, Sample},
};

/// How far back an instant looks for a sample, unless the series says otherwise; Prometheus's default.
pub const LOOK_BACK: i64 = 5 * 60 * 1_000;

/// What a label must be.
#[derive(Debug, Clone)]
pub struct Matcher {
    /// Which label.
    pub label: String,
    /// What it must be; a label that is not there is empty.
    pub test: Test,
}

/// How a value is tested. Expressions are anchored at both ends.
#[derive(Debug, Clone)]
pub enum Test {
    /// Equal.
    Is(String),
    /// Not equal.
    IsNot(String),
    /// Matched by an expression.
    Like(regex::Regex),
    /// Not matched by it.
    NotLike(regex::Regex),
}

/// Which samples are wanted.
#[derive(Debug, Clone)]
pub struct Wanted<'q> {
    /// All must hold.
    pub matchers: &'q [Matcher],
    /// Later than this.
    pub after: Moment,
    /// Up to and including this.
    pub until: Moment,
    /// What of a roll-up stands for the raw samples, where these are gone.
    pub facet: Facet,
}

/// One column of a roll-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// The last value; of a counter, the last one with all resets added.
    Last,
    /// The smallest.
    Least,
    /// The largest.
    Most,
    /// The mean.
    Mean,
    /// The sum.
    Sum,
    /// How many.
    Count,
}

/// One series, in the order of time.
#[derive(Debug, Clone)]
pub struct Selected<'s> {
    /// Whose.
    pub labels: &'s Labels,
    /// Times ascend; stale marks are among them. Where an instant looks back farther than [`LOOK_BACK`], they begin that much earlier.
    pub samples: &'s [Sample],
    /// How far an instant looks back in it.
    pub look_back: i64,
    /// The coarsest samples stand for so many milliseconds each; zero where all are raw.
    pub coarse: i64,
    /// Samples later than this are raw.
    pub coarse_until: Moment,
}

/// Something that has series.
pub trait Source: Send + Sync {
    /// Hands over each matching series that has a sample in the range, in the order of its labels, one at a time.
    fn visit(&self, wanted: &Wanted<'_>, ctx: &JobCtx, each: &mut dyn FnMut(Selected<'_>) -> Outcome<()>) -> Outcome<()>;

    /// For how many milliseconds samples behind a moment may stand; zero where all are raw.
    fn coarsest(&self, _after: Moment) -> i64 {
        0
    }
}

/// Series in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory(std::collections::BTreeMap<Labels, Vec<Sample>>);

impl Memory {
    /// Adds samples to a series; later ones come later.
    pub fn extend(&mut self, labels: Labels, samples: impl IntoIterator<Item = Sample>) {
        self.0.entry(labels).or_default().extend(samples);
    }

    /// The newest sample of a series.
    pub fn newest(&self, labels: &Labels) -> Option<Sample> {
        self.0.get(labels).and_then(|samples| samples.last()).copied()
    }
}

impl Source for Memory {
    fn visit(&self, wanted: &Wanted<'_>, ctx: &JobCtx, each: &mut dyn FnMut(Selected<'_>) -> Outcome<()>) -> Outcome<()> {
        for (labels, samples) in self.0.iter().filter(|(labels, _)| wanted.matchers.iter().all(|matcher| matcher.holds(labels))) {
            ctx.checkpoint()?;
            let from = samples.partition_point(|sample| sample.at <= wanted.after);
            let until = samples.partition_point(|sample| sample.at <= wanted.until);
            if from < until {
                each(Selected { labels, samples: &samples[from..until], look_back: LOOK_BACK, coarse: 0, coarse_until: Moment::MIN })?;
            }
        }
        Ok(())
    }
}

impl Matcher {
    /// True where the labels are what it asks for.
    pub fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.label);
        match &self.test {
            Test::Is(wanted) => value == wanted,
            Test::IsNot(unwanted) => value != unwanted,
            Test::Like(expression) => expression.is_match(value),
            Test::NotLike(expression) => !expression.is_match(value),
        }
    }
}
