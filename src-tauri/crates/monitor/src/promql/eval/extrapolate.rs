//! `rate`, `increase`, `delta`: the difference within a range, extended to its ends.

use super::window::Window;
use crate::sample::ABSENT;

/// Which of the three.
#[derive(Debug, Clone, Copy)]
pub struct Slope {
    /// A fall is a reset.
    pub counter: bool,
    /// By the second.
    pub per_second: bool,
}

/// The difference, extended to the ends of the range where samples come close to them, else by half of their mean distance.
pub fn extrapolated(window: &Window<'_>, slope: Slope) -> f64 {
    let [first, .., last] = window.samples else { return ABSENT };
    let mut difference = last.value - first.value;
    if slope.counter {
        difference += resets(window);
    }
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

/// What was counted before each reset.
fn resets(window: &Window<'_>) -> f64 {
    window.samples.windows(2).filter(|pair| pair[1].value < pair[0].value).map(|pair| pair[0].value).sum()
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
