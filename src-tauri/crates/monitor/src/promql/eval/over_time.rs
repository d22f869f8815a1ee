//! Functions over the samples of a range.

use super::window::Window;
use crate::sample::ABSENT;

/// A function of a range alone.
pub type Over = fn(&Window<'_>) -> f64;

/// By its name.
pub fn named(name: &str) -> Option<Over> {
    Some(match name {
        "avg_over_time" => |window| mean(window.values()),
        "sum_over_time" => |window| sum(window.values()),
        "count_over_time" => counted,
        "last_over_time" => |window| window.last().value,
        "first_over_time" => |window| window.samples[0].value,
        "present_over_time" => |_| 1.0,
        "stddev_over_time" => |window| variance(window.values()).sqrt(),
        "stdvar_over_time" => |window| variance(window.values()),
        "mad_over_time" => deviation,
        "changes" => |window| pairs(window, |before, after| before != after && !(before.is_nan() && after.is_nan())),
        "resets" => |window| pairs(window, |before, after| after < before),
        "deriv" => |window| if window.samples.len() < 2 { ABSENT } else { regression(window, window.samples[0].at).0 },
        "ts_of_first_over_time" => |window| window.samples[0].at as f64 / 1_000.0,
        "ts_of_last_over_time" => |window| window.last().at as f64 / 1_000.0,
        "ts_of_min_over_time" => |window| when(window, |kept, next| next <= kept),
        "ts_of_max_over_time" => |window| when(window, |kept, next| next >= kept),
        _ => return None,
    })
}

/// How many; a stretch tells itself how many it stands for.
fn counted(window: &Window<'_>) -> f64 {
    let coarse = window.samples.partition_point(|sample| sample.at <= window.coarse_until);
    let (stretches, single) = window.samples.split_at(coarse);
    stretches.iter().map(|stretch| stretch.value).fold(0.0, std::ops::Add::add) + single.len() as f64
}

fn pairs(window: &Window<'_>, counts: fn(f64, f64) -> bool) -> f64 {
    window.samples.windows(2).filter(|pair| counts(pair[0].value, pair[1].value)).count() as f64
}

fn when(window: &Window<'_>, better: fn(f64, f64) -> bool) -> f64 {
    let best =
        window.samples.iter().copied().reduce(|kept, next| if better(kept.value, next.value) || kept.value.is_nan() { next } else { kept });
    best.map_or(ABSENT, |sample| sample.at as f64 / 1_000.0)
}

/// A sum that loses nothing to rounding (Kahan 1965, Neumaier 1974).
#[derive(Debug, Clone, Copy, Default)]
pub struct Exact {
    sum: f64,
    lost: f64,
}

impl Exact {
    /// Adds a value.
    pub fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        if sum.is_infinite() {
            self.lost = 0.0;
        } else if self.sum.abs() >= value.abs() {
            self.lost += (self.sum - sum) + value;
        } else {
            self.lost += (value - sum) + self.sum;
        }
        self.sum = sum;
    }

    fn times(self, factor: f64) -> Self {
        Self { sum: self.sum * factor, lost: self.lost * factor }
    }

    /// The mean of so many.
    pub fn mean(&self, count: f64) -> f64 {
        self.sum / count + self.lost / count
    }

    fn and(mut self, value: f64) -> Self {
        self.add(value);
        self
    }

    /// The sum.
    pub fn total(&self) -> f64 {
        self.sum + self.lost
    }
}

/// The exact sum.
pub fn sum(values: impl Iterator<Item = f64> + Clone) -> f64 {
    quick(values.clone()).unwrap_or_else(|| values.fold(Exact::default(), Exact::and)).total()
}

/// The exact sum as long as it is finite, which need not be asked at each value: what left the range of floats never comes back.
fn quick(values: impl Iterator<Item = f64>) -> Option<Exact> {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    sum.is_finite().then_some(Exact { sum, lost })
}

/// The mean.
pub fn mean(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let count = values.len() as f64;
    quick(values.clone()).map_or_else(|| stepwise_mean(values), |exact| exact.mean(count))
}

/// The mean; from where the sum would leave the range of floats on, by steps.
pub fn stepwise_mean(mut values: impl Iterator<Item = f64>) -> f64 {
    let Some(first) = values.next() else { return ABSENT };
    let mut exact = Exact { sum: first, lost: 0.0 };
    let (mut count, mut stepwise) = (1.0, false);
    for value in values {
        count += 1.0;
        if !stepwise {
            let mut next = exact;
            next.add(value);
            if !next.sum.is_infinite() {
                exact = next;
                continue;
            }
            stepwise = true;
            exact = Exact { sum: exact.sum / (count - 1.0), lost: exact.lost / (count - 1.0) };
        }
        exact = exact.times((count - 1.0) / count);
        exact.add(value / count);
    }
    if stepwise { exact.total() } else { exact.mean(count) }
}

/// The variance of all (Welford 1962).
pub fn variance(values: impl Iterator<Item = f64>) -> f64 {
    let (mut count, mut mean, mut squares) = (0.0, Exact::default(), Exact::default());
    for value in values {
        count += 1.0;
        let before = value - mean.total();
        mean.add(before / count);
        squares.add(before * (value - mean.total()));
    }
    squares.total() / count
}

fn deviation(window: &Window<'_>) -> f64 {
    if window.values().any(f64::is_nan) {
        return f64::NAN;
    }
    let mut values: Vec<f64> = window.values().collect();
    let middle = quantile(0.5, &mut values);
    values.iter_mut().for_each(|value| *value = (*value - middle).abs());
    quantile(0.5, &mut values)
}

/// The quantile, weighted between neighbours. Outside 0…1 it is an infinity. The values change places.
pub fn quantile(share: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || share.is_nan() {
        return f64::NAN;
    }
    if !(0.0..=1.0).contains(&share) {
        return if share < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    // NaN is smaller than all others.
    let order = |one: &f64, other: &f64| one.partial_cmp(other).unwrap_or_else(|| other.is_nan().cmp(&one.is_nan()));
    let rank = share * (values.len() - 1) as f64;
    let weight = rank - rank.floor();
    let (_, lower, above) = values.select_nth_unstable_by(rank.floor() as usize, order);
    let upper = above.iter().copied().min_by(order).unwrap_or(*lower);
    *lower * (1.0 - weight) + upper * weight
}

/// Slope by the second and value at a moment, by least squares.
pub fn regression(window: &Window<'_>, at: i64) -> (f64, f64) {
    let first = window.samples[0].value;
    if window.values().all(|value| value == first) {
        return if first.is_infinite() { (f64::NAN, f64::NAN) } else { (0.0, first) };
    }
    let (mut x, mut y, mut xy, mut xx) = (Exact::default(), Exact::default(), Exact::default(), Exact::default());
    for sample in window.samples {
        let seconds = (sample.at - at) as f64 / 1_000.0;
        x.add(seconds);
        y.add(sample.value);
        xy.add(seconds * sample.value);
        xx.add(seconds * seconds);
    }
    let count = window.samples.len() as f64;
    let covariance = xy.total() - x.total() * y.total() / count;
    let spread = xx.total() - x.total() * x.total() / count;
    let slope = covariance / spread;
    (slope, y.total() / count - slope * x.total() / count)
}

/// Double exponential smoothing (Holt 1957): the level after the last sample.
pub fn smoothed(window: &Window<'_>, level: f64, trend: f64) -> f64 {
    let [first, second, ..] = window.samples else { return ABSENT };
    let (mut before, mut now, mut slope) = (0.0, first.value, second.value - first.value);
    for (index, value) in window.values().enumerate().skip(1) {
        if index > 1 {
            slope = trend * (now - before) + (1.0 - trend) * slope;
        }
        before = now;
        now = level * value + (1.0 - level) * (now + slope);
    }
    now
}
