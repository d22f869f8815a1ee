//! How long something took, as a histogram in Prometheus's classic form: counters that only grow, for as long as the process lives.

use std::time::Duration;

use crate::gathered::Gathered;

/// Upper bounds, in seconds.
const BOUNDS: [f64; 15] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// A histogram of durations.
#[derive(Debug, Clone, Default)]
pub(super) struct Histogram {
    /// How many fell under each bound and not under the one before.
    counts: [u64; BOUNDS.len()],
    total: u64,
    sum: f64,
}

impl Histogram {
    /// Adds one.
    pub(super) fn observe(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        if let Some(bucket) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.counts[bucket] += 1;
        }
        self.total += 1;
        self.sum += seconds;
    }

    /// Its series: `NAME_bucket{le}`, `NAME_sum`, `NAME_count`.
    #[allow(clippy::cast_precision_loss)] // counts of visits
    pub(super) fn write(&self, name: &str, into: &mut Gathered) {
        let bucket = format!("{name}_bucket");
        let mut under = 0;
        for (bound, count) in BOUNDS.iter().zip(self.counts) {
            under += count;
            into.counter(&bucket, &[("le", &bound.to_string())], under as f64);
        }
        into.counter(&bucket, &[("le", "+Inf")], self.total as f64);
        into.counter(&format!("{name}_sum"), &[], self.sum);
        into.counter(&format!("{name}_count"), &[], self.total as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_end_with_all() {
        let mut histogram = Histogram::default();
        for micros in [100, 101, 30_000, 9_000_000] {
            histogram.observe(Duration::from_micros(micros));
        }
        let mut into = Gathered::default();
        histogram.write("probe_seconds", &mut into);
        let value = |name: &str, le: &str| {
            into.readings.iter().find(|reading| reading.labels.name() == name && reading.labels.get("le") == le).unwrap().value
        };
        assert_eq!(value("probe_seconds_bucket", "0.0001"), 1.0);
        assert_eq!(value("probe_seconds_bucket", "0.00025"), 2.0);
        assert_eq!(value("probe_seconds_bucket", "0.05"), 3.0);
        assert_eq!(value("probe_seconds_bucket", "5"), 3.0);
        assert_eq!(value("probe_seconds_bucket", "+Inf"), 4.0);
        assert_eq!(value("probe_seconds_count", ""), 4.0);
        assert!((value("probe_seconds_sum", "") - 9.030_201).abs() < 1e-9);
    }
}
