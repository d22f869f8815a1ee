//! How long something took over many times, in microseconds.

use std::time::Duration;

use quarterdeck_model::{Count, readiness::Latency};

/// A time as it is counted; one of more than an hour and ten minutes is the longest.
pub fn micros(took: Duration) -> u32 {
    u32::try_from(took.as_micros()).unwrap_or(u32::MAX)
}

/// What many times come to; none of none.
///
/// Percentiles are those of the nearest rank, which are times that were measured: the smallest that at least so many of a hundred do not
/// exceed (definition 1 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50, 1996).
pub fn latency(mut times: Vec<u32>) -> Option<Latency> {
    times.sort_unstable();
    let (min, max) = (*times.first()?, *times.last()?);
    Some(Latency {
        count: Count(times.len() as u64),
        min,
        p50: nearest_rank(&times, 50)?,
        p95: nearest_rank(&times, 95)?,
        p99: nearest_rank(&times, 99)?,
        max,
    })
}

/// `sorted[⌈percent · n / 100⌉]`, counted from 1.
fn nearest_rank(sorted: &[u32], percent: usize) -> Option<u32> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranks_are_those_of_the_definition() {
        let hundred = latency((1..=100).rev().collect()).unwrap();
        assert_eq!((hundred.min, hundred.p50, hundred.p95, hundred.p99, hundred.max), (1, 50, 95, 99, 100));
        let fifty = latency((1..=50).collect()).unwrap();
        assert_eq!((fifty.p50, fifty.p95, fifty.p99), (25, 48, 50), "the longest, where fewer than a hundred were asked");
        let one = latency(vec![7]).unwrap();
        assert_eq!((one.count, one.min, one.p50, one.p99, one.max), (Count(1), 7, 7, 7, 7));
        let five = latency(vec![15, 20, 35, 40, 50]).unwrap();
        assert_eq!((five.p50, five.p95), (35, 50));
        assert_eq!(latency(Vec::new()), None);
        assert_eq!(micros(Duration::from_secs(100_000)), u32::MAX);
    }

    proptest! {
        #[test]
        fn a_percentile_was_measured_and_so_many_do_not_exceed_it(times in prop::collection::vec(0..1000_u32, 1..300)) {
            let found = latency(times.clone()).unwrap();
            for (percent, value) in [(50, found.p50), (95, found.p95), (99, found.p99)] {
                prop_assert!(times.contains(&value));
                let up_to = times.iter().filter(|time| **time <= value).count();
                let below = times.iter().filter(|time| **time < value).count();
                prop_assert!(up_to * 100 >= percent * times.len());
                prop_assert!(below * 100 < percent * times.len());
            }
        }
    }
}
