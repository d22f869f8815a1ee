//! The series of a test: those that are made up, as far as its time has come, and those that rules wrote.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use quarterdeck_model::{Fault, JobCtx, Outcome};

use super::file::Test;
use crate::{
    gathered::Reading,
    labels::Labels,
    promqltest::points::described,
    sample::{Moment, Sample, is_stale},
    source::{Memory, Selected, Source, Wanted},
};

/// The series of a test.
#[derive(Default)]
pub struct World {
    memory: RwLock<Memory>,
    /// Samples whose time has not come, the earliest last.
    coming: Vec<(Labels, Vec<Sample>)>,
}

impl World {
    /// The series of a test, none of which has begun, and those that are left out as they are native histograms. Fault: line and what is
    /// wrong there.
    pub fn new(test: &Test) -> Result<(Self, Vec<Labels>), (u32, String)> {
        let (mut coming, mut native): (BTreeMap<Labels, Vec<Sample>>, _) = (BTreeMap::new(), Vec::new());
        // As in promtool, they are lines of one text: what stands on further lines of the values are series, too, and an empty one ends it.
        'all: for (series, values, line) in &test.series {
            for text in format!("{series} {values}").lines().map(str::trim) {
                if text.is_empty() || text.starts_with('#') {
                    break 'all;
                }
                let Some(read) = described(text) else { return Err((*line, format!("This is not a series with values: {text}"))) };
                if read.native {
                    native.push(read.labels);
                    continue;
                }
                let at = |index: usize| test.start + test.interval * i64::try_from(index).unwrap_or(i64::MAX / test.interval);
                let points = read.points.iter().enumerate().rev();
                let samples = points.filter_map(|(index, value)| value.map(|value| Sample { at: at(index), value }));
                // Where a series is there twice, the last one counts.
                coming.insert(read.labels, samples.collect());
            }
        }
        Ok((Self { memory: RwLock::default(), coming: coming.into_iter().collect() }, native))
    }

    /// Time goes on to a moment.
    pub fn until(&mut self, at: Moment) {
        let memory = self.memory.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (labels, samples) in &mut self.coming {
            while let Some(sample) = samples.pop_if(|sample| sample.at <= at) {
                memory.extend(labels.clone(), [sample]);
            }
        }
    }

    /// Keeps what a rule wrote. Fault: a series has another value at that moment, or a later one; the others are kept.
    pub fn keep(&self, at: Moment, written: Vec<Reading>) -> Outcome<()> {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        let mut fault = None;
        for Reading { labels, value, .. } in written {
            let why = match memory.newest(&labels) {
                Some(newest) if newest.at == at && newest.value.to_bits() == value.to_bits() => continue,
                Some(newest) if newest.at == at => "another value is there for the same moment",
                Some(newest) if newest.at > at => "a later value is there",
                _ => {
                    memory.extend(labels, [Sample { at, value }]);
                    continue;
                }
            };
            if !is_stale(value) {
                fault = fault.or_else(|| Some(Fault::failed("rule-append", format!("{labels} cannot be kept: {why}"))));
            }
        }
        fault.map_or(Ok(()), Err)
    }
}

impl Source for World {
    fn visit(&self, wanted: &Wanted<'_>, ctx: &JobCtx, each: &mut dyn FnMut(Selected<'_>) -> Outcome<()>) -> Outcome<()> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner).visit(wanted, ctx, each)
    }
}
