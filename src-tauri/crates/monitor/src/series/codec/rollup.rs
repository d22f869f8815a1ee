//! Stretches of a series, each with its last, least, most, sum and count, as bytes.

use quarterdeck_model::{Fault, Outcome};

use super::{
    frame::{self, Unreadable},
    values,
};
use crate::{
    gathered::Nature,
    sample::{Moment, Sample, is_stale},
    source::Facet,
};

/// The version of a body with stretches. Behind the times stand five rows of values, each led by a byte that names its form.
const VERSION: u8 = 3;

/// What happened in a stretch. A stale mark is a stretch of its own, in which nothing is counted.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// When its last sample was.
    pub at: Moment,
    /// That sample.
    pub last: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
    /// All added.
    pub sum: f64,
    /// How many, a whole number.
    pub count: f64,
}

impl From<Sample> for Stretch {
    fn from(Sample { at, value }: Sample) -> Self {
        let count = if is_stale(value) { 0.0 } else { 1.0 };
        Self { at, last: value, least: value, most: value, sum: value, count }
    }
}

impl Stretch {
    /// The one value that is asked for.
    pub fn facet(&self, facet: Facet) -> f64 {
        match facet {
            _ if is_stale(self.last) => self.last,
            Facet::Last => self.last,
            Facet::Least => self.least,
            Facet::Most => self.most,
            Facet::Mean => self.sum / self.count,
            Facet::Sum => self.sum,
            Facet::Count => self.count,
        }
    }

    fn join(&mut self, later: Self) {
        *self = Self {
            at: later.at,
            last: later.last,
            least: self.least.min(later.least),
            most: self.most.max(later.most),
            sum: self.sum + later.sum,
            count: self.count + later.count,
        };
    }
}

/// Joins what lies in the same stretch of `width` milliseconds. Two things stay apart, so that what was true of the samples is true of the
/// stretches: a stale mark ends a stretch, and of a counter both sides of a reset stay (the sample before it and the one behind it), so that
/// `rate` over stretches adds up to what it was over samples.
pub fn coarsen(fine: impl IntoIterator<Item = Stretch>, width: i64, nature: Nature) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    // The first value behind a reset is closed at once: a later one might hide it by growing beyond the old one.
    let mut closed = false;
    for next in fine {
        let reset = nature == Nature::Counter && out.last().is_some_and(|last| next.last < last.last);
        match out.last_mut() {
            Some(last) if !closed && !reset && together(last, &next, width) => last.join(next),
            _ => out.push(next),
        }
        closed = reset;
    }
    out
}

fn together(one: &Stretch, other: &Stretch, width: i64) -> bool {
    one.at.div_euclid(width) == other.at.div_euclid(width) && !is_stale(one.last) && !is_stale(other.last)
}

/// Writes stretches, whose times ascend.
pub fn encode(start: Moment, stretches: &[Stretch]) -> Outcome<Vec<u8>> {
    if stretches.is_empty() || stretches.windows(2).any(|pair| pair[0].at >= pair[1].at) {
        return Err(Fault::bug("Stretches were to be written that are none, or not in the order of time."));
    }
    let times: Vec<Moment> = stretches.iter().map(|stretch| stretch.at).collect();
    let mut body = frame::begin(VERSION, start, &times);
    for column in COLUMNS {
        let (form, values) = values::write(stretches.iter().map(|stretch| *column(&mut stretch.clone())));
        body.push(form);
        body.extend(values);
    }
    Ok(frame::seal(body))
}

/// Adds the stretches of a body; adds none where it cannot be read.
pub fn decode(start: Moment, body: &[u8], into: &mut Vec<Stretch>) -> Result<(), Unreadable> {
    let before = into.len();
    let read = read(start, body, into, before);
    if read.is_err() {
        into.truncate(before);
    }
    read
}

/// The values of a stretch in the order in which they are written.
const COLUMNS: [fn(&mut Stretch) -> &mut f64; 5] = [
    |stretch| &mut stretch.last,
    |stretch| &mut stretch.least,
    |stretch| &mut stretch.most,
    |stretch| &mut stretch.sum,
    |stretch| &mut stretch.count,
];

fn read(start: Moment, body: &[u8], into: &mut Vec<Stretch>, before: usize) -> Result<(), Unreadable> {
    let opened = frame::open(start, body, VERSION, |at| into.push(Stretch { at, last: 0.0, least: 0.0, most: 0.0, sum: 0.0, count: 0.0 }))?;
    if opened.version != VERSION {
        return Err(Unreadable::Damaged);
    }
    let mut rest = opened.values;
    for column in COLUMNS {
        let (form, values) = rest.split_first().ok_or(Unreadable::Damaged)?;
        let mut places = into[before..].iter_mut();
        let set = |value| {
            if let Some(place) = places.next() {
                *column(place) = value;
            }
        };
        rest = values::read(*form, opened.count, values, set).ok_or(Unreadable::Damaged)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::STALE;

    fn fine(values: &[f64]) -> Vec<Stretch> {
        (0..).zip(values).map(|(n, value)| Stretch::from(Sample { at: n * 60_000, value: *value })).collect()
    }

    proptest! {
        #[test]
        fn stretches_come_back(values in proptest::collection::vec(any::<f64>(), 1..80)) {
            let made = coarsen(fine(&values), 300_000, Nature::Gauge);
            let mut back = Vec::new();
            decode(60, &encode(60, &made).unwrap(), &mut back).unwrap();
            let bits = |all: &[Stretch]| -> Vec<(i64, [u64; 5])> {
                all.iter().map(|s| (s.at, [s.last, s.least, s.most, s.sum, s.count].map(f64::to_bits))).collect()
            };
            prop_assert_eq!(bits(&back), bits(&made));
        }

        #[test]
        fn what_a_counter_gained_is_the_same_in_stretches(steps in proptest::collection::vec((0_u32..50, 0_u8..20), 2..120)) {
            let mut value = 0.0;
            let values: Vec<f64> = steps
                .into_iter()
                .map(|(gain, reset)| {
                    value = if reset == 0 { f64::from(gain) } else { value + f64::from(gain) };
                    value
                })
                .collect();
            let gained = |all: &[f64]| -> f64 {
                all.windows(2).map(|pair| if pair[1] < pair[0] { pair[1] } else { pair[1] - pair[0] }).sum()
            };
            let minutes = coarsen(fine(&values), 300_000, Nature::Counter);
            let hours = coarsen(minutes.clone(), 3_600_000, Nature::Counter);
            for made in [minutes, hours] {
                let lasts: Vec<f64> = made.iter().map(|stretch| stretch.last).collect();
                // The first stretch ends later than the first sample: what it gained inside is not between stretches.
                let inside = usize::try_from(made[0].at / 60_000).unwrap();
                let first = gained(&values[..=inside]);
                prop_assert_eq!(gained(&lasts) + first, gained(&values));
            }
        }
    }

    #[test]
    fn extremes_and_marks_stay() {
        let made = coarsen(fine(&[1.0, 9.0, 3.0, STALE, 4.0, 5.0]), 300_000, Nature::Gauge);
        assert_eq!(made.len(), 4);
        assert_eq!((made[0].last, made[0].least, made[0].most, made[0].sum, made[0].count), (3.0, 1.0, 9.0, 13.0, 3.0));
        assert!(is_stale(made[1].facet(Facet::Sum)) && is_stale(made[1].facet(Facet::Count)));
        assert_eq!(made[0].facet(Facet::Mean), 13.0 / 3.0);
    }
}
