//! OpenMetrics text with the past of series into the store: to take over from elsewhere, and to measure beside others.

use std::{collections::BTreeMap, io::Read};

use quarterdeck_model::{Fault, Outcome};

use super::{closing::class_of, writer::Writer};
use crate::{
    exposition::{Parser, Scraped},
    gathered::Reading,
    labels::Labels,
    sample::Sample,
};

/// The plan under whose name imported series stand.
pub const PLAN: &str = "import";

/// Bytes that are read at a time.
const PIECE: usize = 1 << 20;

/// Samples of one series that are on their way to the store.
struct Pending {
    reading: Reading,
    samples: Vec<Sample>,
}

impl Writer {
    /// Reads text with times in seconds, series by series or mixed; the samples of each series ascend. How many samples were taken over.
    ///
    /// Faults: those of [`Parser::feed`]; `series-unordered` where a sample is not later than the one before. What was read up to there
    /// stays.
    pub fn import(&mut self, mut from: impl Read) -> Outcome<usize> {
        let (mut parser, mut pending, mut taken) = (Parser::history(), BTreeMap::new(), 0);
        let mut piece = vec![0; PIECE];
        loop {
            let length = from
                .read(&mut piece)
                .map_err(|error| Fault::failed("file-error", format!("The text cannot be read: {error}.")).hint("Check the disk."))?;
            if length == 0 {
                break;
            }
            parser.feed(&piece[..length])?;
            taken += self.sort_in(parser.take(), &mut pending)?;
        }
        taken += self.sort_in(parser.finish()?, &mut pending)?;
        pending.values().try_for_each(|all| self.backfill(&all.reading, PLAN, &all.samples))?;
        Ok(taken)
    }

    /// Sorts samples in; whole windows leave for the store, so that one window of each series is in memory.
    fn sort_in(&mut self, scraped: Scraped, pending: &mut BTreeMap<Labels, Pending>) -> Outcome<usize> {
        let count = scraped.readings.len();
        for (reading, time) in scraped.readings.into_iter().zip(scraped.times) {
            let at = time.ok_or_else(|| unordered(&reading.labels, "a sample has no time"))?;
            let value = reading.value;
            let all = pending.entry(reading.labels.clone()).or_insert_with(|| Pending { reading, samples: Vec::new() });
            let last = all.samples.last().copied();
            if last.is_some_and(|last| last.at >= at) {
                return Err(unordered(&all.reading.labels, "a sample is not later than the one before"));
            }
            let class = class_of(all.reading.density);
            if last.is_some_and(|last| class.start(last.at) != class.start(at)) {
                self.backfill(&all.reading, PLAN, &all.samples)?;
                all.samples.clear();
            }
            all.samples.push(Sample { at, value });
        }
        Ok(count)
    }
}

fn unordered(labels: &Labels, reason: &str) -> Fault {
    Fault::refused("series-unordered", format!("The past of {labels} cannot be taken over: {reason}."))
        .hint("Sort the text by series and by time.")
}
