//! The samples of one series in one window, as bytes.

use quarterdeck_model::{Fault, Outcome};

use super::{
    frame::{self, Unreadable},
    values,
};
use crate::sample::{Moment, Sample};

/// The highest version of a body with samples; the version is the form of its values.
const NEWEST: u8 = values::NUMBERS;

/// Writes samples, whose times ascend; the window's start makes the first one short.
pub fn encode(start: Moment, samples: &[Sample]) -> Outcome<Vec<u8>> {
    if samples.is_empty() || samples.windows(2).any(|pair| pair[0].at >= pair[1].at) {
        return Err(Fault::bug("Samples were to be written that are none, or not in the order of time."));
    }
    let (form, values) = values::write(samples.iter().map(|sample| sample.value));
    let times: Vec<Moment> = samples.iter().map(|sample| sample.at).collect();
    let mut body = frame::begin(form, start, &times);
    body.extend(values);
    Ok(frame::seal(body))
}

/// Adds the samples of a body; adds none where it cannot be read.
pub fn decode(start: Moment, body: &[u8], into: &mut Vec<Sample>) -> Result<(), Unreadable> {
    decode_until(start, body, Moment::MAX, into)
}

/// Adds the samples of a body up to a moment; adds none where it cannot be read.
pub fn decode_until(start: Moment, body: &[u8], until: Moment, into: &mut Vec<Sample>) -> Result<(), Unreadable> {
    let before = into.len();
    let read = read(start, body, until, into, before);
    if read.is_err() {
        into.truncate(before);
    }
    read
}

fn read(start: Moment, body: &[u8], until: Moment, into: &mut Vec<Sample>, before: usize) -> Result<(), Unreadable> {
    let opened = frame::open(start, body, NEWEST, |at| {
        if at <= until {
            into.push(Sample { at, value: 0.0 });
        }
    })?;
    // The sum said that the rest is sound.
    let count = into.len() - before;
    let mut places = into[before..].iter_mut();
    let set = |value| {
        if let Some(place) = places.next() {
            place.value = value;
        }
    };
    values::read(opened.version, count, opened.values, set).map(|_| ()).ok_or(Unreadable::Damaged)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::STALE;

    fn series() -> impl Strategy<Value = Vec<Sample>> {
        let value = prop_oneof![
            any::<u64>().prop_map(f64::from_bits),
            (-1_000_i32..1_000).prop_map(f64::from),
            Just(STALE),
            Just(-0.0),
            Just(f64::INFINITY),
            Just(9_007_199_254_740_992.0),
        ];
        let whole = prop_oneof![9 => (0_u32..5_000).prop_map(f64::from), 1 => Just(STALE)];
        let step = prop_oneof![5 => Just(15_000_i64), 1 => 1_i64..100_000, 1 => 1_i64..4_000_000_000];
        let rows = |value: BoxedStrategy<f64>| proptest::collection::vec((step.clone(), value), 1..120);
        (any::<i32>(), prop_oneof![rows(value.boxed()), rows(whole.boxed())]).prop_map(|(begin, rows)| {
            let mut at = i64::from(begin);
            rows.into_iter()
                .map(|(step, value)| {
                    at += step;
                    Sample { at, value }
                })
                .collect()
        })
    }

    fn bits(samples: &[Sample]) -> Vec<(i64, u64)> {
        samples.iter().map(|sample| (sample.at, sample.value.to_bits())).collect()
    }

    proptest! {
        #[test]
        fn samples_come_back_bit_for_bit(samples in series(), start in any::<i32>()) {
            let body = encode(start.into(), &samples).unwrap();
            let mut back = Vec::new();
            decode(start.into(), &body, &mut back).unwrap();
            prop_assert_eq!(bits(&back), bits(&samples));
        }

        #[test]
        fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..200), version in 1_u8..=3) {
            let mut body = bytes;
            if let Some(first) = body.first_mut() {
                *first = version;
            }
            let mut back = Vec::new();
            let _ = decode(0, &body, &mut back);
            let _ = decode(0, &frame::seal(body), &mut back);
        }

        #[test]
        fn a_changed_bit_is_noticed(samples in series(), place in any::<prop::sample::Index>()) {
            let mut body = encode(0, &samples).unwrap();
            let bit = place.index(body.len() * 8);
            body[bit / 8] ^= 1 << (bit % 8);
            let mut back = vec![Sample { at: 7, value: 7.0 }];
            prop_assert!(decode(0, &body, &mut back).is_err());
            prop_assert_eq!(back.len(), 1);
        }
    }

    #[test]
    fn what_comes_later_is_not_read() {
        let samples: Vec<Sample> = (0..100).map(|n| Sample { at: n * 15_000, value: 0.1 * n as f64 }).collect();
        let body = encode(0, &samples).unwrap();
        for (until, count) in [(-1, 0), (0, 1), (60_001, 5), (i64::MAX, 100)] {
            let mut back = Vec::new();
            decode_until(0, &body, until, &mut back).unwrap();
            assert_eq!(bits(&back), bits(&samples[..count]));
        }
    }

    #[test]
    fn times_must_ascend() {
        let twice = [Sample { at: 1, value: 1.0 }, Sample { at: 1, value: 2.0 }];
        assert!(encode(0, &twice).unwrap_err().is("bug"));
        assert!(encode(0, &[]).is_err());
    }

    #[test]
    fn a_newer_form_is_named() {
        let body = frame::seal(vec![9, 1, 0]);
        assert_eq!(decode(0, &body, &mut Vec::new()), Err(Unreadable::Newer(9)));
    }

    #[test]
    fn a_counter_costs_about_a_byte_a_sample() {
        let samples: Vec<Sample> =
            (0..480).map(|n| Sample { at: n * 15_000, value: f64::from(u32::try_from(n * 37 + n % 5).unwrap()) }).collect();
        let body = encode(0, &samples).unwrap();
        assert!(body.len() < 600, "{}", body.len());
    }
}
