//! What moved: a series before a moment, and after it.

use crate::{
    forecast::{median, sorted},
    sample::{Moment, Sample, is_stale},
};

/// From this score on a difference is worth telling.
pub const WORTH_TELLING: f64 = 6.0;

/// So many values in a row lie on the new side before it counts as a move.
const IN_A_ROW: usize = 3;

/// Makes the median distance from the median comparable to a standard deviation.
const SPREAD: f64 = 1.4826;

/// A difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// The first value that lay on the new side and stayed there; that may be before the stretch.
    pub at: Moment,
    /// The median before.
    pub before: f64,
    /// The median after.
    pub after: f64,
    /// How many times the usual spread it moved; at least [`WORTH_TELLING`].
    pub score: f64,
}

/// Compares a series before a stretch with what it is inside; none where it did not move, or too little was measured. Times ascend.
pub fn moved(samples: &[Sample], before: (Moment, Moment), inside: (Moment, Moment)) -> Option<Move> {
    let within = |(from, until): (Moment, Moment)| {
        samples.iter().filter(move |sample| from <= sample.at && sample.at <= until && usable(sample.value))
    };
    let old = sorted(within(before).map(|sample| sample.value).collect());
    let new: Vec<Sample> = within(inside).copied().collect();
    if old.len() < IN_A_ROW || new.len() < IN_A_ROW {
        return None;
    }
    let was = median(&old)?;
    let is = median(&sorted(new.iter().map(|sample| sample.value).collect()))?;
    let distance = median(&sorted(old.iter().map(|value| (value - was).abs()).collect()))?;
    let score = (is - was).abs() / (SPREAD * distance + 0.01 * was.abs() + f64::MIN_POSITIVE);
    let side = |sample: &Sample| (sample.value - was) * (is - was) > 0.0;
    let found = new.windows(IN_A_ROW).find(|row| row.iter().all(side))?[0].at;
    // Between the two stretches nobody looks for a difference, but there it may have come about: as far back as nothing lies between.
    let beyond = |sample: &&Sample| (sample.value - (was + is) / 2.0) * (is - was) > 0.0;
    let back = samples.iter().rev().filter(|sample| sample.at <= found && usable(sample.value)).take_while(beyond);
    let at = back.last().map_or(found, |sample| sample.at);
    (score >= WORTH_TELLING).then_some(Move { at, before: was, after: is, score })
}

fn usable(value: f64) -> bool {
    !is_stale(value) && value.is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn series(value: impl Fn(i64) -> f64) -> Vec<Sample> {
        (0..120).map(|n| Sample { at: n * MINUTE, value: value(n) }).collect()
    }

    fn look(samples: &[Sample]) -> Option<Move> {
        moved(samples, (45 * MINUTE, 100 * MINUTE), (110 * MINUTE, 120 * MINUTE))
    }

    #[test]
    fn a_step_is_told_with_its_moment() {
        let found = look(&series(|n| if n < 113 { 11.0 + (n % 2) as f64 * 0.1 } else { 31.0 })).unwrap();
        assert_eq!((found.at, found.after), (113 * MINUTE, 31.0));
        assert!((found.before - 11.0).abs() < 0.2 && found.score > WORTH_TELLING);
    }

    #[test]
    fn a_step_between_the_stretches_is_told_with_its_own_moment() {
        let found = look(&series(|n| if n < 104 { 11.0 } else { 31.0 })).unwrap();
        assert_eq!(found.at, 104 * MINUTE);
    }

    #[test]
    fn noise_a_single_peak_and_too_little_are_not() {
        assert_eq!(look(&series(|n| 10.0 + (n * 7 % 5) as f64)), None);
        assert_eq!(look(&series(|n| if n == 115 { 900.0 } else { 10.0 })), None);
        assert_eq!(look(&series(|_| f64::NAN)), None);
        assert_eq!(look(&series(|n| n as f64)[..50]), None);
    }

    #[test]
    fn from_nothing_to_something_is_a_move() {
        assert!(look(&series(|n| if n < 110 { 0.0 } else { 0.05 })).is_some());
    }
}
