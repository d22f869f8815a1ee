//! The course of a selector's series, for a picture: nothing between two steps is overlooked.

use std::collections::BTreeMap;

use quarterdeck_model::Outcome;

use super::Evaluator;
use crate::{
    labels::Labels,
    promql::{Column, Outline, Steps, node::Selector},
    sample::{ABSENT, Moment, Sample, is_absent, is_stale},
    source::{Facet, LOOK_BACK, Matcher, Selected, Wanted},
};

/// Stretches of equal length, the last one perhaps shorter.
#[derive(Clone, Copy)]
struct Buckets {
    from: Moment,
    until: Moment,
    width: i64,
    count: usize,
}

/// The values of one bucket, and when the first of both was.
#[derive(Clone, Copy)]
struct Extremes {
    least: Sample,
    most: Sample,
}

impl Evaluator<'_> {
    /// Of each step its least and its most value, in the order in which they came. Where nothing was measured within a step, the sample before
    /// counts as long as an instant looks back.
    pub fn outline(&self, selector: &Selector, steps: Steps) -> Outcome<Outline> {
        let buckets = Buckets::of(steps);
        let matchers = self.scoped(&selector.matchers)?;
        let offset = selector.timing.offset;
        let mut found: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
        let mut coarse = false;
        self.course(&matchers, &buckets, offset, Facet::Last, &mut |selected| {
            self.hold(buckets.count * 2)?;
            coarse |= selected.coarse > 0;
            let values = buckets.values(&selected, offset, self.options.look_back);
            if values.iter().any(|value| !is_absent(*value)) {
                found.insert(selected.labels.clone(), values);
            }
            Ok(())
        })?;
        for facet in [Facet::Least, Facet::Most].into_iter().filter(|_| coarse) {
            self.course(&matchers, &buckets, offset, facet, &mut |selected| {
                if let Some(values) = found.get_mut(selected.labels) {
                    buckets.widen(values, &selected, offset, facet);
                }
                Ok(())
            })?;
        }
        let columns = found.into_iter().map(|(labels, values)| Column { labels, values }).collect();
        Ok(Outline { moments: buckets.moments(), columns, samples: self.samples.get() })
    }

    fn course(
        &self,
        matchers: &[Matcher],
        buckets: &Buckets,
        offset: i64,
        facet: Facet,
        each: &mut dyn FnMut(Selected<'_>) -> Outcome<()>,
    ) -> Outcome<()> {
        let wanted = Wanted { matchers, after: buckets.from - offset - self.options.look_back, until: buckets.until - offset, facet };
        self.source.visit(&wanted, self.ctx, &mut |selected| {
            self.count(selected.samples.len())?;
            each(selected)
        })
    }
}

impl Buckets {
    fn of(steps: Steps) -> Self {
        let span = (steps.until - steps.from).max(1);
        let count = usize::try_from(span.div_euclid(steps.step) + i64::from(span % steps.step != 0)).unwrap_or(1);
        Self { from: steps.from, until: steps.until, width: steps.step, count }
    }

    fn start(&self, bucket: usize) -> Moment {
        self.from + self.width * i64::try_from(bucket).unwrap_or(0)
    }

    /// The first moment of each bucket, and the one in its middle.
    fn moments(&self) -> Vec<Moment> {
        let both = |bucket| {
            let start = self.start(bucket);
            [start, start + ((self.until - start).min(self.width) / 2).max(1)]
        };
        (0..self.count).flat_map(both).collect()
    }

    /// Which bucket a moment is in; the end belongs to the last one.
    fn at(&self, moment: Moment) -> Option<usize> {
        let bucket = usize::try_from((moment - self.from).div_euclid(self.width)).ok()?;
        (moment <= self.until).then(|| bucket.min(self.count - 1))
    }

    fn values(&self, selected: &Selected<'_>, offset: i64, look_back: i64) -> Vec<f64> {
        let look_back = if selected.look_back > LOOK_BACK { selected.look_back } else { look_back };
        let mut measured: Vec<Option<Extremes>> = vec![None; self.count];
        for sample in selected.samples.iter().filter(|sample| !is_stale(sample.value)) {
            if let Some(bucket) = self.at(sample.at + offset) {
                measured[bucket] = Some(measured[bucket].map_or(Extremes { least: *sample, most: *sample }, |before| before.with(*sample)));
            }
        }
        let mut values = Vec::with_capacity(self.count * 2);
        let mut next = 0;
        for (bucket, measured) in measured.iter().enumerate() {
            let at = self.start(bucket) - offset;
            while selected.samples.get(next).is_some_and(|sample| sample.at <= at) {
                next += 1;
            }
            let before = next.checked_sub(1).map(|newest| selected.samples[newest]);
            let before =
                before.filter(|newest| newest.at > at - look_back && !is_stale(newest.value)).map_or(ABSENT, |newest| newest.value);
            values.extend(measured.map_or([before; 2], Extremes::in_order));
        }
        values
    }

    /// Samples that stand for stretches of time: their own least and most count.
    fn widen(&self, values: &mut [f64], selected: &Selected<'_>, offset: i64, facet: Facet) {
        for sample in selected.samples.iter().filter(|sample| sample.at <= selected.coarse_until && !is_stale(sample.value)) {
            let Some(bucket) = self.at(sample.at + offset) else { continue };
            let [first, second] = &mut values[bucket * 2..bucket * 2 + 2] else { continue };
            let rises = *first <= *second;
            match facet {
                Facet::Least if rises => *first = first.min(sample.value),
                Facet::Least => *second = second.min(sample.value),
                _ if rises => *second = second.max(sample.value),
                _ => *first = first.max(sample.value),
            }
        }
    }
}

impl Extremes {
    /// With one more; what is no number counts only where nothing else is there.
    fn with(self, sample: Sample) -> Self {
        let below = sample.value < self.least.value || self.least.value.is_nan();
        let above = sample.value > self.most.value || self.most.value.is_nan();
        Self { least: if below { sample } else { self.least }, most: if above { sample } else { self.most } }
    }

    fn in_order(self) -> [f64; 2] {
        let both = [self.least.value, self.most.value];
        if self.least.at <= self.most.at { both } else { [both[1], both[0]] }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quarterdeck_model::JobCtx;

    use crate::{
        labels::Labels,
        promql::{MOST_STEPS_THINNED, Options, Outline, Steps, outline, parse},
        sample::{STALE, Sample, is_absent},
        source::Memory,
    };

    fn course(text: &str, samples: &[(i64, f64)], from: i64, until: i64, step: i64) -> Outline {
        let mut memory = Memory::default();
        memory.extend(Labels::new([("__name__", "load")]), samples.iter().map(|(at, value)| Sample { at: *at, value: *value }));
        let steps = Steps { from, until, step };
        let options = Options { most_steps: MOST_STEPS_THINNED, ..Options::default() };
        outline(&parse(text).unwrap(), &memory, steps, &options, &JobCtx::detached()).unwrap().unwrap()
    }

    #[test]
    fn of_each_step_the_least_and_the_most_stay_in_their_order() {
        let found = course("load", &[(0, 1.0), (10, 9.0), (20, 2.0), (100, 5.0), (150, 3.0), (199, 4.0)], 0, 300, 100);
        assert_eq!(found.moments, [0, 50, 100, 150, 200, 250]);
        assert_eq!(found.columns[0].values, [1.0, 9.0, 5.0, 3.0, 4.0, 4.0]);
    }

    #[test]
    fn a_series_that_ended_has_no_value_and_an_offset_moves_it() {
        let found = course("load", &[(0, 1.0), (110, STALE)], 0, 300, 100);
        let known: Vec<bool> = found.columns[0].values.iter().map(|value| !is_absent(*value)).collect();
        assert_eq!(known, [true, true, true, true, false, false]);
        assert_eq!(course("load offset 1ms", &[(99, 7.0)], 0, 200, 100).columns[0].values[2..], [7.0, 7.0]);
    }

    #[test]
    fn what_is_no_plain_selector_has_no_outline() {
        for text in ["load + 1", "rate(load[5m])", "load @ 5"] {
            let steps = Steps { from: 0, until: 10, step: 5 };
            let none = outline(&parse(text).unwrap(), &Memory::default(), steps, &Options::default(), &JobCtx::detached()).unwrap();
            assert!(none.is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_peak_is_lost(values in proptest::collection::vec(-1e9_f64..1e9, 1..300), step in 2_i64..5_000, span in 1_i64..200_000) {
            let samples: Vec<(i64, f64)> = values.iter().enumerate().map(|(at, value)| (at as i64 * 700, *value)).collect();
            let found = course("load", &samples, 0, span, step);
            let inside: Vec<f64> = samples.iter().filter(|(at, _)| *at <= span).map(|(_, value)| *value).collect();
            let shown = &found.columns[0].values;
            prop_assert!(found.moments.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert_eq!(found.moments.len(), shown.len());
            let known = || shown.iter().copied().filter(|value| !is_absent(*value));
            prop_assert_eq!(known().reduce(f64::max), inside.iter().copied().reduce(f64::max));
            prop_assert_eq!(known().reduce(f64::min), inside.iter().copied().reduce(f64::min));
        }
    }
}
