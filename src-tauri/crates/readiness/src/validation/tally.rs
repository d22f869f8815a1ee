//! What the values of a target come to, moment by moment: none of them is kept.

use quarterdeck_model::Instant;

use super::Over;
use crate::expect::Expectation;

/// Values in the order of time, folded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    sum: f64,
    count: u64,
    least: Option<f64>,
    most: Option<f64>,
    /// Of several series at the oldest moment together.
    oldest: Option<f64>,
    /// Those of the newest moment.
    newest: Vec<f64>,
    /// The first that was farthest from what is expected.
    worst: Option<(Instant, f64)>,
}

impl Tally {
    /// Adds what there is at a moment, of several series all values; moments come in the order of time.
    pub fn add(&mut self, at: Instant, values: &[f64], expect: &Expectation) {
        if values.is_empty() {
            return;
        }
        for value in values.iter().copied() {
            self.sum += value;
            self.count += 1;
            self.least = Some(self.least.map_or(value, |least| least.min(value)));
            self.most = Some(self.most.map_or(value, |most| most.max(value)));
            let before = self.worst.map(|(_, worst)| worst);
            let farthest = expect.worst(before.into_iter().chain([value]));
            if before.is_none() || farthest.map(f64::to_bits) != before.map(f64::to_bits) {
                self.worst = Some((at, value));
            }
        }
        self.oldest = self.oldest.or_else(|| Some(values.iter().sum()));
        self.newest.clear();
        self.newest.extend_from_slice(values);
    }

    /// The figure; none where there were no values, and where there is nothing to compare with.
    #[allow(clippy::cast_precision_loss)] // minutes of a window
    pub(super) fn figure(&self, over: Over, expect: &Expectation) -> Option<f64> {
        match over {
            Over::Average => (self.count > 0).then(|| self.sum / self.count as f64),
            Over::Least => self.least,
            Over::Most => self.most,
            Over::Growth => {
                let oldest = self.oldest.filter(|oldest| *oldest != 0.0)?;
                Some(self.newest.iter().sum::<f64>() / oldest - 1.0)
            }
            // Of several series, the one that is farthest from what is expected.
            Over::Last | Over::Window => expect.worst(self.newest.iter().copied()),
        }
    }

    /// When it was farthest from what is expected.
    pub(super) fn worst(&self) -> Option<Instant> {
        self.worst.map(|(at, _)| at)
    }
}
