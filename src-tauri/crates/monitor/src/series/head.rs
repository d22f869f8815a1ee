//! The samples that are in no chunk yet, decoded once and kept between queries.

use std::{collections::HashMap, sync::Arc, time::Instant};

use quarterdeck_model::Outcome;
use quarterdeck_store::{
    Connection,
    series::{self as rows},
};

use super::tick;
use crate::sample::{Moment, Sample};

/// Samples of all ticks up to one.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// Rises whenever ticks go: then this is of no use any more.
    epoch: i64,
    /// The number of the newest tick in it.
    n: i64,
    /// When the newest tick in it was.
    newest: Moment,
    samples: HashMap<i64, Vec<Sample>>,
    /// Times of ticks that cannot be read.
    damaged: Vec<Moment>,
}

/// A head that is kept, and since when nobody asked for it.
#[derive(Debug, Default)]
pub struct Kept {
    head: Option<(Arc<Head>, Instant)>,
}

/// A head up to the newest tick of one look.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    head: Arc<Head>,
    /// A later look may have gone on with the head that is kept: what is behind this moment is not seen.
    until: Moment,
}

impl Kept {
    /// What a look sees: what is kept, and ticks that are new.
    pub fn see(&mut self, look: &Connection) -> Outcome<Seen> {
        let epoch = rows::fact(look, "epoch")?.unwrap_or(0);
        let Some((n, until)) = rows::newest_tick(look)? else { return Ok(Seen::default()) };
        let mut head = match self.head.take() {
            Some((head, _)) if head.epoch == epoch => head,
            // A look that began earlier than the newest one: it stands alone, and what is kept stays.
            Some((head, since)) if head.epoch > epoch => {
                self.head = Some((head, since));
                let mut own = Head { epoch, ..Head::default() };
                own.go_on(look)?;
                return Ok(Seen { head: Arc::new(own), until });
            }
            _ => Arc::new(Head { epoch, ..Head::default() }),
        };
        if head.n < n {
            Arc::make_mut(&mut head).go_on(look)?;
        }
        self.head = Some((Arc::clone(&head), Instant::now()));
        Ok(Seen { head, until })
    }

    /// Frees it where nobody asked since a moment.
    pub fn forget(&mut self, since: Instant) {
        self.head.take_if(|(_, asked)| *asked < since);
    }
}

impl Head {
    fn go_on(&mut self, look: &Connection) -> Outcome<()> {
        rows::each_tick_after(look, self.n, |n, at, body| {
            (self.n, self.newest) = (n, at);
            let samples = &mut self.samples;
            if tick::decode(at, body, |id, sample| samples.entry(id).or_default().push(sample)).is_none() {
                self.damaged.push(at);
            }
        })
    }
}

impl Seen {
    /// The samples of a series.
    pub fn of(&self, id: i64) -> &[Sample] {
        let samples = self.head.samples.get(&id).map_or(&[][..], Vec::as_slice);
        if self.head.newest <= self.until { samples } else { &samples[..samples.partition_point(|sample| sample.at <= self.until)] }
    }

    /// Times of ticks that cannot be read.
    pub fn damaged(&self) -> &[Moment] {
        &self.head.damaged
    }
}
