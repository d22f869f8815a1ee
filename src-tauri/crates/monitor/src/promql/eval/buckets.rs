//! Classic histograms: series with `le`.

use std::collections::BTreeMap;

use super::column::Series;
use crate::{labels::Labels, sample::is_absent};

/// A bucket's bound and how many observations were not above it.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    bound: f64,
    count: f64,
}

/// The buckets of one histogram.
pub struct Group<'s> {
    /// Without `le`; the name is there still.
    pub labels: Labels,
    buckets: Vec<(f64, &'s [f64])>,
}

impl Group<'_> {
    /// Those that have a value at a step, in the order of their bounds, equal bounds added.
    pub fn fill(&self, step: usize, filled: &mut Vec<Bucket>) {
        filled.clear();
        for (bound, values) in self.buckets.iter().filter(|(_, values)| !is_absent(values[step])) {
            match filled.last_mut().filter(|last| last.bound == *bound) {
                Some(last) => last.count += values[step],
                None => filled.push(Bucket { bound: *bound, count: values[step] }),
            }
        }
    }
}

/// Puts series together that differ in `le` alone; `wrong` hears of each that has none.
pub fn groups<'s>(series: &'s [Series], mut wrong: impl FnMut(&str, &str)) -> Vec<Group<'s>> {
    let mut groups: BTreeMap<Labels, Vec<(f64, &[f64])>> = BTreeMap::new();
    for series in series {
        let written = series.labels.get("le");
        let Some(bound) = bound(written) else {
            wrong(series.labels.name(), written);
            continue;
        };
        groups.entry(series.labels.only(|label| label != "le")).or_default().push((bound, &series.values));
    }
    let groups = groups.into_iter().map(|(labels, mut buckets)| {
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        Group { labels, buckets }
    });
    groups.collect()
}

fn bound(written: &str) -> Option<f64> {
    written.parse().ok().filter(|bound: &f64| !bound.is_nan())
}

/// The quantile, and whether counts that fell were lifted for it.
pub fn quantile(share: f64, buckets: &mut [Bucket]) -> (f64, bool) {
    if share.is_nan() {
        return (f64::NAN, false);
    }
    if !(0.0..=1.0).contains(&share) {
        return (if share < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY }, false);
    }
    if buckets.last().is_none_or(|last| last.bound != f64::INFINITY) {
        return (f64::NAN, false);
    }
    let forced = lifted(buckets);
    let last = buckets.len() - 1;
    let observed = buckets[last].count;
    if last == 0 || observed == 0.0 || observed.is_nan() {
        return (f64::NAN, forced);
    }
    let rank = share * observed;
    let index = buckets[..last].partition_point(|bucket| bucket.count < rank);
    let value = match index {
        _ if index == last => buckets[last - 1].bound,
        0 if buckets[0].bound <= 0.0 => buckets[0].bound,
        0 => buckets[0].bound * (rank / buckets[0].count),
        _ => {
            let before = buckets[index - 1];
            before.bound + (buckets[index].bound - before.bound) * ((rank - before.count) / (buckets[index].count - before.count))
        }
    };
    (value, forced)
}

/// Counts never fall from bucket to bucket; differences as small as rounding are not spoken of.
fn lifted(buckets: &mut [Bucket]) -> bool {
    let mut forced = false;
    let mut before = buckets[0].count;
    for bucket in &mut buckets[1..] {
        let apart = (bucket.count - before).abs();
        if apart <= (bucket.count.abs() + before.abs()) * 1e-12 || bucket.count < before {
            forced |= apart > (bucket.count.abs() + before.abs()) * 1e-12;
            bucket.count = before;
        }
        before = bucket.count;
    }
    forced
}

/// Which share of the observations lies between two values.
pub fn fraction(lower: f64, upper: f64, buckets: &mut [Bucket]) -> f64 {
    if buckets.last().is_none_or(|last| last.bound != f64::INFINITY) {
        return f64::NAN;
    }
    lifted(buckets);
    let observed = buckets[buckets.len() - 1].count;
    if observed == 0.0 || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    (below(upper, buckets) - below(lower, buckets)) / observed
}

/// How many observations are not above a value, evenly spread within a bucket.
fn below(value: f64, buckets: &[Bucket]) -> f64 {
    let index = buckets.partition_point(|bucket| bucket.bound < value);
    let here = buckets[index.min(buckets.len() - 1)];
    let (from, before) = match index.checked_sub(1) {
        Some(previous) => (buckets[previous].bound, buckets[previous].count),
        None if here.bound > 0.0 => (0.0, 0.0),
        None => (f64::NEG_INFINITY, 0.0),
    };
    if value == here.bound {
        return here.count;
    }
    if from.is_infinite() && value.is_finite() {
        // Nobody knows how they lie in a bucket without a lower end: all of them count as below.
        return here.count;
    }
    if value <= from || from.is_infinite() || here.bound.is_infinite() {
        return before;
    }
    before + (here.count - before) * (value - from) / (here.bound - from)
}
