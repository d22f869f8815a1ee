//! Percentiles of what was timed.

use quarterdeck_model::{Count, readiness::Latency};

/// Percentiles by nearest rank: the smallest value such that so many percent of all are no larger; so the p99 of fewer than a hundred is the
/// largest. Microseconds. None of none.
pub fn latency(mut micros: Vec<u32>) -> Option<Latency> {
    micros.sort_unstable();
    let rank = |percent: usize| micros.get((micros.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    Some(Latency {
        count: Count(micros.len() as u64),
        min: *micros.first()?,
        p50: rank(50)?,
        p95: rank(95)?,
        p99: rank(99)?,
        max: *micros.last()?,
    })
}
