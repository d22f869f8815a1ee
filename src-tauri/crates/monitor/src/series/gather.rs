//! Chunks of many series out of the file, and samples out of the chunks of one.

use std::collections::HashMap;

use quarterdeck_model::{JobCtx, Outcome};
use quarterdeck_store::{Connection, series::chunks};

use super::{
    codec::{
        chunk,
        frame::Unreadable,
        rollup::{self, Stretch},
    },
    policy::Class,
};
use crate::{
    sample::{Moment, Sample},
    source::Facet,
};

/// So many numbers may lie between two wanted series for both to be read in one go.
const APART: i64 = 8;

/// Bodies of chunks, one behind the other, and which of them belong to a series.
#[derive(Debug, Default)]
pub struct Bodies {
    bytes: Vec<u8>,
    places: HashMap<i64, Vec<Place>>,
}

/// One chunk.
#[derive(Debug, Clone, Copy)]
struct Place {
    class: Class,
    start: Moment,
    from: usize,
    until: usize,
}

/// What one series is decoded into; used again for the next one.
#[derive(Debug, Default)]
pub struct Room {
    /// In the order of time.
    pub samples: Vec<Sample>,
    /// How coarse the coarsest of them are; zero for single samples.
    pub coarse: i64,
    /// Samples later than this are single ones.
    pub coarse_until: Moment,
    stretches: Vec<Stretch>,
}

/// A chunk that was left out.
#[derive(Debug, Clone, Copy)]
pub struct LeftOut {
    /// Where its window begins.
    pub start: Moment,
    /// Why.
    pub why: Unreadable,
}

impl Bodies {
    /// Adds what a class holds of series (ascending) in the windows that begin in a range.
    pub fn add(&mut self, look: &Connection, class: Class, (from, until): (Moment, Moment), ids: &[i64], ctx: &JobCtx) -> Outcome<()> {
        let runs: Vec<&[i64]> = ids.chunk_by(|one, other| other - one <= APART).collect();
        for start in chunks::starts(look, class.number, class.start(from), until)? {
            ctx.checkpoint()?;
            for run in &runs {
                let ends = (run[0], run[run.len() - 1]);
                let mut wanted = run.iter().peekable();
                chunks::scan_window(look, class.number, start, ends, |id, body| {
                    while wanted.next_if(|next| **next < id).is_some() {}
                    if wanted.next_if(|next| **next == id).is_some() {
                        let from = self.bytes.len();
                        self.bytes.extend_from_slice(body);
                        self.places.entry(id).or_default().push(Place { class, start, from, until: self.bytes.len() });
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// Puts the samples of a series up to a moment into the room; those of chunks that cannot be read are left out and told.
    pub fn decode(&self, id: i64, (until, facet): (Moment, Facet), room: &mut Room, mut tell: impl FnMut(LeftOut)) {
        room.samples.clear();
        (room.coarse, room.coarse_until) = (0, Moment::MIN);
        for place in self.places.get(&id).into_iter().flatten() {
            let body = &self.bytes[place.from..place.until];
            if let Err(why) = room.add(place, body, (until, facet)) {
                tell(LeftOut { start: place.start, why });
            }
        }
    }
}

impl Room {
    fn add(&mut self, place: &Place, body: &[u8], (until, facet): (Moment, Facet)) -> Result<(), Unreadable> {
        let Place { class, start, .. } = *place;
        let before = self.samples.len();
        if class.width == 0 {
            chunk::decode_until(start, body, until, &mut self.samples)?;
        } else {
            self.stretches.clear();
            rollup::decode(start, body, &mut self.stretches)?;
            self.samples.extend(self.stretches.iter().map(|stretch| Sample { at: stretch.at, value: stretch.facet(facet) }));
            self.coarse = self.coarse.max(class.width);
            self.coarse_until = self.stretches.last().map_or(self.coarse_until, |last| self.coarse_until.max(last.at));
        }
        // Chunks come in the order of time; where classes meet, the last stretch may reach into the first window of single samples.
        if before > 0 && self.samples.get(before).is_some_and(|first| first.at <= self.samples[before - 1].at) {
            self.samples.sort_by_key(|sample| sample.at);
            self.samples.dedup_by_key(|sample| sample.at);
        }
        Ok(())
    }
}
