//! OpenMetrics text with the past of series into the store: to take over from elsewhere, and to measure beside others.

use std::io::Read;

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_store::series::chunks::ChunkRow;

use super::{closing::class_of, codec::chunk, policy::Class, writer::Writer};
use crate::{
    exposition::History,
    gathered::Reading,
    labels::Labels,
    sample::{Moment, Sample},
};

/// The plan under whose name imported series stand.
pub const PLAN: &str = "import";

/// Bytes that are read at a time.
const PIECE: usize = 1 << 20;

/// So many bytes of chunks are collected and written in one transaction, in the order of the file: then its pages are full. A text that is
/// sorted by series would fill them by half.
const AT_ONCE: usize = 64 << 20;

/// Samples on their way to the store.
#[derive(Default)]
struct Pending {
    /// The window that is begun, for each series.
    begun: Vec<Vec<Sample>>,
    rows: Vec<(Class, ChunkRow)>,
    bytes: usize,
    newest: Moment,
}

impl Writer {
    /// Reads text with times in seconds, series by series or mixed; the samples of each series ascend. They replace what is in their windows.
    /// How many samples were taken over.
    ///
    /// Faults: those of [`History::feed`]; `series-unordered` where a sample is not later than the one before. What was written up to there
    /// stays.
    pub fn import(&mut self, mut from: impl Read) -> Outcome<usize> {
        let (mut history, mut pending, mut taken) = (History::default(), Pending::default(), 0);
        let mut piece = vec![0; PIECE];
        loop {
            let length = from
                .read(&mut piece)
                .map_err(|error| Fault::failed("file-error", format!("The text cannot be read: {error}.")).hint("Check the disk."))?;
            if length == 0 {
                break;
            }
            history.feed(&piece[..length])?;
            taken += self.sort_in(&mut history, &mut pending)?;
        }
        history.finish()?;
        for (number, reading) in history.series().iter().enumerate() {
            self.leave(number, reading, &mut pending)?;
        }
        self.put(&mut pending)?;
        Ok(taken)
    }

    /// Sorts samples in; one window of each series stays in memory as samples.
    fn sort_in(&mut self, history: &mut History, pending: &mut Pending) -> Outcome<usize> {
        let found = history.take();
        pending.begun.resize_with(history.series().len(), Vec::new);
        for (number, sample) in &found {
            let reading = &history.series()[*number];
            if let Some(last) = pending.begun[*number].last() {
                if last.at >= sample.at {
                    return Err(unordered(&reading.labels));
                }
                let class = class_of(reading.density);
                if class.start(last.at) != class.start(sample.at) {
                    self.leave(*number, reading, pending)?;
                }
            }
            pending.begun[*number].push(*sample);
        }
        Ok(found.len())
    }

    /// The window that was begun is whole.
    fn leave(&mut self, number: usize, reading: &Reading, pending: &mut Pending) -> Outcome<()> {
        let samples = &mut pending.begun[number];
        let (Some(first), Some(last), Some((series, _))) = (samples.first(), samples.last(), self.id(reading, PLAN)) else { return Ok(()) };
        pending.newest = pending.newest.max(last.at);
        let class = class_of(reading.density);
        let start = class.start(first.at);
        let body = chunk::encode(start, samples)?;
        samples.clear();
        pending.bytes += body.len();
        pending.rows.push((class, ChunkRow { start, series, body }));
        if pending.bytes > AT_ONCE { self.put(pending) } else { Ok(()) }
    }

    fn put(&mut self, pending: &mut Pending) -> Outcome<()> {
        pending.bytes = 0;
        let rows = std::mem::take(&mut pending.rows);
        if rows.is_empty() { Ok(()) } else { self.put_past(rows, pending.newest) }
    }
}

fn unordered(labels: &Labels) -> Fault {
    let reason = "a sample is not later than the one before";
    Fault::refused("series-unordered", format!("The past of {labels} cannot be taken over: {reason}."))
        .hint("Sort the text by series and by time.")
}
