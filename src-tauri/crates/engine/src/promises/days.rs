//! A promise over its window, minute by minute; days that are over from the store.

use quarterdeck_model::{Instant, JobCtx, Millis, Outcome, plan::Digest, system::System};
use quarterdeck_monitor::{
    sample::{Moment, Sample},
    source::Source,
};
use quarterdeck_store::monitoring::{self, PromiseDay};

use super::worst;
use crate::{Engine, definition::PromiseDefinition, health::figures::range};

/// A day, in milliseconds.
pub(super) const DAY: i64 = 86_400_000;

/// Between two looks.
const STEP: i64 = 60_000;

/// Steps of a day.
const STEPS: u32 = 1_440;

/// Values of a spark line.
const SPARK: usize = 60;

/// Windows up to this are drawn in parts of their own; longer ones by day.
const SHORT: i64 = 2 * DAY;

/// Days are kept for as long as a window can be.
const KEPT: i64 = 400;

/// At most so many days are caught up with at once.
const CATCH_UP: i64 = 30;

/// What became of a promise in its window.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Past {
    /// Minutes of the window.
    pub(super) steps: u64,
    /// Minutes with a value.
    pub(super) measured: u64,
    /// Minutes within the target.
    pub(super) good: u64,
    /// Minutes of the last day with a value beyond the target.
    pub(super) bad_lately: u64,
    /// The window in at most 60 means.
    pub(super) spark: Vec<Option<f64>>,
    /// Of all that was measured.
    pub(super) sum: f64,
}

impl Past {
    /// Reads it.
    pub(super) fn read(
        engine: &Engine,
        system: &System,
        promise: &PromiseDefinition,
        window: Millis,
        source: &dyn Source,
        now: Instant,
        ctx: &JobCtx,
    ) -> Outcome<Self> {
        let until = now.timestamp_millis().div_euclid(STEP) * STEP;
        let window = i64::try_from(window.0).unwrap_or(i64::MAX).clamp(STEP, KEPT * DAY);
        let from = until - window + STEP;
        let mut past = Self { steps: (window / STEP).unsigned_abs(), ..Self::default() };
        let read = |from: Moment, until: Moment| look(source, promise, system.name.as_str(), from, until, ctx);
        let lately = read((until - DAY + STEP).max(from), until)?;
        past.bad_lately = lately.iter().filter(|sample| !promise.target.holds(sample.value)).count() as u64;
        if window <= SHORT {
            let all = if from < until - DAY + STEP { read(from, until)? } else { lately };
            past.add(promise, &all);
            past.spark = parts(&all, from, window);
            return Ok(past);
        }
        let days = (from.div_euclid(DAY), until.div_euclid(DAY));
        let basis = basis(promise);
        let known = engine.store().read(|c| monitoring::promise_days(c, &system.name, &promise.name, &basis, days.0, days.1))?;
        let mut means = Vec::new();
        for day in days.0..=days.1 {
            ctx.checkpoint()?;
            let (begin, end) = ((day * DAY).max(from), ((day + 1) * DAY - STEP).min(until));
            let whole = begin == day * DAY && end == (day + 1) * DAY - STEP;
            match known.iter().find(|known| whole && known.day == day) {
                Some(known) => means.push(past.add_day(known)),
                None => means.push(past.add(promise, &read(begin, end)?)),
            }
        }
        past.spark = thinned(&means);
        Ok(past)
    }

    /// The mean of everything that was measured.
    #[allow(clippy::cast_precision_loss)] // minutes of a year
    pub(super) fn mean(&self) -> Option<f64> {
        (self.measured > 0).then(|| self.sum / self.measured as f64)
    }

    #[allow(clippy::cast_precision_loss)] // minutes of a year
    fn add(&mut self, promise: &PromiseDefinition, samples: &[Sample]) -> Option<f64> {
        let sum: f64 = samples.iter().map(|sample| sample.value).sum();
        self.measured += samples.len() as u64;
        self.good += samples.iter().filter(|sample| promise.target.holds(sample.value)).count() as u64;
        self.sum += sum;
        (!samples.is_empty()).then(|| sum / samples.len() as f64)
    }

    fn add_day(&mut self, day: &PromiseDay) -> Option<f64> {
        self.measured += u64::from(day.measured);
        self.good += u64::from(day.good);
        self.sum += day.mean.unwrap_or(0.0) * f64::from(day.measured);
        day.mean
    }
}

/// Keeps the days that are over and not kept yet, the newest first, up to one that is; those that nobody asks for any more go. How many
/// were kept. Called by whoever collects, so that one process writes them.
pub(crate) fn keep_days(engine: &Engine, system: &System, promises: &[PromiseDefinition], ctx: &JobCtx) -> Outcome<usize> {
    let today = engine.clock().now().timestamp_millis().div_euclid(DAY);
    let mut kept = 0;
    for promise in promises {
        let basis = basis(promise);
        let known = engine.store().read(|c| monitoring::promise_days(c, &system.name, &promise.name, &basis, today - CATCH_UP, today))?;
        let missing: Vec<i64> = ((today - CATCH_UP)..today).filter(|day| !known.iter().any(|known| known.day == *day)).collect();
        if missing.is_empty() {
            continue;
        }
        let source = engine.series().snapshot()?;
        for day in missing.into_iter().rev() {
            ctx.checkpoint()?;
            let samples = look(&source, promise, system.name.as_str(), day * DAY, (day + 1) * DAY - STEP, ctx)?;
            let mut past = Past::default();
            // A day without any value may still get some: the past of series can be brought in.
            let Some(mean) = past.add(promise, &samples) else { continue };
            let count = |number: u64| u32::try_from(number).unwrap_or(STEPS);
            let day = PromiseDay { day, good: count(past.good), measured: count(past.measured), mean: Some(mean) };
            engine.store().write(|tx| {
                monitoring::forget_promise_days(tx, today - KEPT - 1)?;
                monitoring::keep_promise_day(tx, &system.name, &promise.name, &basis, &day)
            })?;
            kept += 1;
        }
    }
    Ok(kept)
}

/// A value for each minute that has one: of several series the one that is farthest from what was promised.
fn look(source: &dyn Source, promise: &PromiseDefinition, system: &str, from: Moment, until: Moment, ctx: &JobCtx) -> Outcome<Vec<Sample>> {
    let mut all: std::collections::BTreeMap<Moment, Vec<f64>> = std::collections::BTreeMap::new();
    // A day at a time: what is held in memory does not grow with the window.
    let mut begin = from;
    while begin <= until {
        let end = until.min(begin + DAY - STEP);
        for (_, samples) in range(source, &promise.query, (begin, end), STEP, system, ctx)? {
            samples.iter().for_each(|sample| all.entry(sample.at).or_default().push(sample.value));
        }
        begin = end + STEP;
    }
    Ok(all.into_iter().filter_map(|(at, values)| Some(Sample { at, value: worst(promise.target, &values)? })).collect())
}

/// A promise that was changed is another one.
fn basis(promise: &PromiseDefinition) -> String {
    Digest::over(&(&promise.query, promise.target.to_string())).0
}

fn parts(samples: &[Sample], from: Moment, window: i64) -> Vec<Option<f64>> {
    let count = SPARK.min(usize::try_from(window / STEP).unwrap_or(SPARK));
    let width = window / i64::try_from(count).unwrap_or(1).max(1);
    let part = |n: i64| mean(samples.iter().filter(|sample| (sample.at - from).div_euclid(width.max(1)) == n).map(|sample| sample.value));
    (0..i64::try_from(count).unwrap_or(0)).map(part).collect()
}

/// Days in at most 60 means.
fn thinned(days: &[Option<f64>]) -> Vec<Option<f64>> {
    days.chunks(days.len().div_ceil(SPARK).max(1)).map(|days| mean(days.iter().flatten().copied())).collect()
}

#[allow(clippy::cast_precision_loss)] // a few
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0_u32, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / f64::from(count))
}
