//! `rate`, `increase`, `delta`: the difference within a range, extended to its ends.

use super::window::{Kernel, Window};
use crate::sample::{ABSENT, Sample};

/// Which of the three.
#[derive(Debug, Clone, Copy)]
pub struct Slope {
    /// A fall is a reset.
    pub counter: bool,
    /// By the second.
    pub per_second: bool,
}

/// Differences of windows that move on. A window costs as much as it has resets, however long it is.
pub struct Slopes {
    slope: Slope,
    /// Where a counter fell, and from which value.
    resets: Vec<(usize, f64)>,
    /// The resets before these are over.
    over: usize,
}

impl Slopes {
    /// Of one kind.
    pub fn new(slope: Slope) -> Self {
        Self { slope, resets: Vec::new(), over: 0 }
    }
}

impl Kernel for Slopes {
    fn begin(&mut self, samples: &[Sample]) {
        self.resets.clear();
        self.over = 0;
        if self.slope.counter {
            let falls = samples.windows(2).enumerate().filter(|(_, pair)| pair[1].value < pair[0].value);
            self.resets.extend(falls.map(|(index, pair)| (index + 1, pair[0].value)));
        }
    }

    fn at(&mut self, _: usize, window: &Window<'_>) -> f64 {
        while self.resets.get(self.over).is_some_and(|(index, _)| *index <= window.first) {
            self.over += 1;
        }
        let end = window.first + window.samples.len();
        let inside = self.resets[self.over..].iter().take_while(|(index, _)| *index < end);
        extrapolated(window, self.slope, inside.map(|(_, before)| before).sum())
    }
}

/// The difference, extended to the ends of the range where samples come close to them, else by half of their mean distance. `lost` is what
/// was counted before each reset.
fn extrapolated(window: &Window<'_>, slope: Slope, lost: f64) -> f64 {
    let [first, .., last] = window.samples else { return ABSENT };
    let difference = last.value - first.value + lost;
    let sampled = seconds(last.at - first.at);
    let apart = sampled / (window.samples.len() - 1) as f64;
    let close = apart * 1.1;
    let mut to_start = seconds(first.at - window.after);
    let mut to_end = seconds(window.until - last.at);
    if to_start >= close {
        to_start = apart / 2.0;
    }
    if slope.counter && difference > 0.0 && first.value >= 0.0 {
        // A counter was never below zero: it began where its slope meets zero.
        to_start = to_start.min(sampled * (first.value / difference));
    }
    if to_end >= close {
        to_end = apart / 2.0;
    }
    let mut factor = if sampled == 0.0 { 1.0 } else { (sampled + to_start + to_end) / sampled };
    if slope.per_second {
        factor /= seconds(window.until - window.after);
    }
    difference * factor
}

fn seconds(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}

/// The difference of the last two samples.
pub fn instant(window: &Window<'_>, slope: Slope) -> f64 {
    let [.., before, last] = window.samples else { return ABSENT };
    let difference = if slope.counter && last.value < before.value { last.value } else { last.value - before.value };
    match (slope.per_second, last.at - before.at) {
        (false, _) => difference,
        (true, 0) => ABSENT,
        (true, apart) => difference / seconds(apart),
    }
}
