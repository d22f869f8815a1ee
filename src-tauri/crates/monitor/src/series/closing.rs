//! What happens to samples as they grow old: ticks become chunks, chunks become stretches, and what is over its time goes. A little at a
//! time, each step in one transaction.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use quarterdeck_model::Outcome;
use quarterdeck_store::{
    Connection, Transaction, failpoint,
    series::{self as rows, chunks, chunks::ChunkRow},
};

use super::{
    catalogue::{Catalogue, Known},
    codec::{
        chunk,
        rollup::{self, Stretch},
    },
    policy::{Class, DAY, FIVE_MINUTES, HOURS, MINUTE, RAW, SPARSE},
    tick,
    writer::Writer,
};
use crate::{
    gathered::Density,
    sample::{Moment, Sample},
};

/// A window stays open so long behind its end.
const GRACE: i64 = 5 * MINUTE;

/// So long may one call go on beginning another step.
const PATIENCE: Duration = Duration::from_millis(200);

/// So many series are rolled up in one step.
const AT_ONCE: usize = 200;

impl Writer {
    /// Closes windows that are over, rolls series up, cuts: one step after the other for a fifth of a second, the rest at the next call; to
    /// be called after a tick. A damaged file is set aside.
    pub fn keep(&mut self, now: Moment) -> Outcome<()> {
        let since = Instant::now();
        loop {
            match self.keep_some(now) {
                Err(fault) if fault.is("series-damaged") => return self.begin_anew(&fault),
                Ok(true) if since.elapsed() < PATIENCE => {}
                kept => return kept.map(drop),
            }
        }
    }

    /// Samples of the past of one series, in the order of time, as chunks at once: for imports. They replace what is in their windows.
    pub fn backfill(&mut self, reading: &crate::gathered::Reading, plan: &str, samples: &[Sample]) -> Outcome<()> {
        let Some((id, _)) = self.id(reading, plan) else { return Ok(()) };
        let class = class_of(reading.density);
        let written = samples
            .chunk_by(|one, other| class.start(one.at) == class.start(other.at))
            .map(|part| {
                let start = class.start(part[0].at);
                Ok((class, ChunkRow { start, series: id, body: chunk::encode(start, part)? }))
            })
            .collect::<Outcome<Vec<_>>>()?;
        self.put_past(written, samples.last().map_or(Moment::MIN, |last| last.at))
    }

    /// Writes chunks of the past, in the order of the file; the newest sample in them tells how far the past goes.
    pub(super) fn put_past(&mut self, mut written: Vec<(Class, ChunkRow)>, newest: Moment) -> Outcome<()> {
        written.sort_unstable_by_key(|(class, row)| (class.number, row.start, row.series));
        let new = std::mem::take(&mut self.unsaved);
        let saved = self.file.write(|tx| {
            rows::add_series(tx, &new)?;
            rows::set_fact(tx, "newest", newest.max(rows::fact(tx, "newest")?.unwrap_or(newest)))?;
            for part in written.chunk_by(|one, other| one.0 == other.0) {
                chunks::put(tx, part[0].0.number, part.iter().map(|(_, row)| row))?;
            }
            Ok(())
        });
        if saved.is_err() {
            self.unsaved = new;
        }
        saved
    }

    /// One step; true where there was something to do.
    fn keep_some(&mut self, now: Moment) -> Outcome<bool> {
        Ok(self.close_oldest(now)? || self.roll(RAW, FIVE_MINUTES, now)? || self.roll(FIVE_MINUTES, HOURS, now)? || self.cut(now)?)
    }

    /// True where a window was closed.
    fn close_oldest(&mut self, now: Moment) -> Outcome<bool> {
        let Some(oldest) = self.file.look(rows::oldest_tick)? else { return Ok(false) };
        let end = RAW.start(oldest) + RAW.window;
        if now < end + GRACE {
            return Ok(false);
        }
        let catalogue = &self.catalogue;
        self.file.write(|tx| {
            failpoint::reach("series.closing")?;
            let (samples, newest) = samples_before(tx, end)?;
            put_samples(tx, catalogue, RAW, samples.iter().filter(|(id, _)| is_of(catalogue, **id, RAW)))?;
            put_samples(tx, catalogue, SPARSE, samples.iter().filter(|(id, _)| is_of(catalogue, **id, SPARSE)))?;
            rows::drop_ticks_before(tx, end)?;
            rows::set_fact(tx, "newest", newest.max(rows::fact(tx, "newest")?.unwrap_or(newest)))?;
            rows::raise(tx, "epoch")
        })?;
        failpoint::reach("series.closed")?;
        Ok(true)
    }

    /// Makes stretches of one window of a coarser class; true where there was something to do. Which window and which series are next is
    /// kept in the file.
    fn roll(&mut self, fine: Class, coarse: Class, now: Moment) -> Outcome<bool> {
        let (window_key, series_key) = (format!("rolled-{}", coarse.number), format!("rolled-{}-series", coarse.number));
        let (rolled, behind) = self.file.look(|c| Ok((rows::fact(c, &window_key)?, rows::fact(c, &series_key)?.unwrap_or(0))))?;
        let from = rolled.map_or(Moment::MIN, |rolled| rolled + coarse.window);
        let until = coarse.start(now - 2 * GRACE);
        let Some(first) = self.file.look(|c| chunks::first(c, fine.number, from, until))? else { return Ok(false) };
        let start = coarse.start(first);
        let open = self.file.look(rows::oldest_tick)?.is_some_and(|oldest| oldest < start + coarse.window);
        if open {
            return Ok(false);
        }
        let part: Vec<_> =
            self.catalogue.all().filter(|known| known.id > behind && known.density == Density::Dense).take(AT_ONCE).cloned().collect();
        self.file.write(|tx| {
            for known in &part {
                let stretches = rollup::coarsen(stretches(tx, known, fine, coarse, start)?, coarse.width, known.nature);
                if !stretches.is_empty() {
                    let body = rollup::encode(start, &stretches)?;
                    chunks::put(tx, coarse.number, &[ChunkRow { start, series: known.id, body }])?;
                }
            }
            match part.last() {
                Some(last) if part.len() == AT_ONCE => rows::set_fact(tx, &series_key, last.id),
                _ => {
                    rows::set_fact(tx, &series_key, 0)?;
                    rows::set_fact(tx, &window_key, start)
                }
            }
        })?;
        Ok(true)
    }

    fn cut(&mut self, now: Moment) -> Outcome<bool> {
        let policy = self.policy;
        let days = [(RAW, policy.raw), (FIVE_MINUTES, policy.five_minutes), (HOURS, policy.hours), (SPARSE, policy.sparse)];
        for (class, days) in days {
            if self.cut_class(class, class.start(now - days * DAY))? {
                return Ok(true);
            }
        }
        if self.file.bytes()? > policy.most_bytes
            && let Some(oldest) = self.file.look(|c| chunks::first(c, RAW.number, Moment::MIN, Moment::MAX))?
        {
            self.cut_class(RAW, DAY * (oldest.div_euclid(DAY) + 1))?;
            self.note(true, "The series take more room than they may: the oldest day of single samples was cut.".to_owned());
            return Ok(true);
        }
        Ok(false)
    }

    /// Takes away what a class holds of the time before; true where there was something.
    fn cut_class(&mut self, class: Class, before: Moment) -> Outcome<bool> {
        if self.file.look(|c| chunks::first(c, class.number, Moment::MIN, before))?.is_none() {
            return Ok(false);
        }
        let (catalogue, seen) = (&self.catalogue, &self.seen);
        let gone = self.file.write(|tx| {
            // What is in the coarsest class went through the finer ones; the highest number is kept, so that it is never given twice.
            let last = if class == HOURS || class == SPARSE { chunks::series_before(tx, class.number, before)? } else { Vec::new() };
            chunks::cut_before(tx, class.number, before)?;
            let unseen = last.into_iter().filter(|id| !seen.contains_key(id) && *id != catalogue.newest());
            let gone = without_samples(tx, unseen)?;
            gone.iter().try_for_each(|id| rows::drop_series(tx, *id))?;
            if !gone.is_empty() {
                rows::raise(tx, "named")?;
            }
            rows::set_fact(tx, &format!("from-{}", class.number), before)?;
            rows::raise(tx, "epoch")?;
            failpoint::reach("series.cut")?;
            Ok(gone)
        })?;
        gone.into_iter().for_each(|id| self.catalogue.remove(id));
        Ok(true)
    }
}

/// Those of some series of which no class holds anything.
fn without_samples(look: &Connection, series: impl Iterator<Item = i64>) -> Outcome<Vec<i64>> {
    let mut windows = Vec::new();
    for class in [RAW, FIVE_MINUTES, HOURS, SPARSE] {
        // The newest first: there a series that lives is found at once.
        windows.extend(chunks::starts(look, class.number, Moment::MIN, Moment::MAX)?.into_iter().rev().map(|start| (class.number, start)));
    }
    let mut without = Vec::new();
    for id in series {
        let mut found = false;
        for (class, start) in &windows {
            chunks::one(look, *class, *start, id, |_| {
                found = true;
                Ok(())
            })?;
            if found {
                break;
            }
        }
        if !found {
            without.push(id);
        }
    }
    Ok(without)
}

/// The class in which a series' samples are kept.
pub fn class_of(density: Density) -> Class {
    match density {
        Density::Dense => RAW,
        Density::Sparse(_) => SPARSE,
    }
}

fn is_of(catalogue: &Catalogue, id: i64, class: Class) -> bool {
    catalogue.get(id).is_some_and(|known| class_of(known.density) == class)
}

/// What ticks before a time hold, by series; and when the newest of them was. Damaged ticks were told when the file was taken over.
fn samples_before(connection: &Connection, end: Moment) -> Outcome<(BTreeMap<i64, Vec<Sample>>, Moment)> {
    let (mut samples, mut newest) = (BTreeMap::<i64, Vec<Sample>>::new(), Moment::MIN);
    for row in rows::ticks_after(connection, 0)?.into_iter().take_while(|row| row.at < end) {
        newest = row.at;
        let _ = tick::decode(row.at, &row.body, |id, sample| samples.entry(id).or_default().push(sample));
    }
    Ok((samples, newest))
}

/// Adds samples to the windows of a class; what is there already stays in front.
fn put_samples<'s>(
    tx: &Transaction<'_>,
    catalogue: &Catalogue,
    class: Class,
    all: impl Iterator<Item = (&'s i64, &'s Vec<Sample>)>,
) -> Outcome<()> {
    let mut written = Vec::new();
    for (id, samples) in all.filter(|(id, _)| catalogue.get(**id).is_some()) {
        for part in samples.chunk_by(|one, other| class.start(one.at) == class.start(other.at)) {
            let start = class.start(part[0].at);
            let mut whole = Vec::new();
            chunks::one(tx, class.number, start, *id, |body| {
                // One that cannot be read is replaced by what can.
                let _ = chunk::decode(start, body, &mut whole);
                Ok(())
            })?;
            let behind = whole.last().map_or(Moment::MIN, |last| last.at);
            whole.extend(part.iter().filter(|sample| sample.at > behind));
            written.push(ChunkRow { start, series: *id, body: chunk::encode(start, &whole)? });
        }
    }
    chunks::put(tx, class.number, &written)
}

/// What a finer class holds of a series in a window of a coarser one.
fn stretches(connection: &Connection, known: &Known, fine: Class, coarse: Class, start: Moment) -> Outcome<Vec<Stretch>> {
    let (mut found, mut samples) = (Vec::new(), Vec::new());
    // Windows of the finer class may reach over both ends of the coarser one's.
    let first = fine.start(start);
    for at in (first..start + coarse.window).step_by(usize::try_from(fine.window).unwrap_or(usize::MAX)) {
        chunks::one(connection, fine.number, at, known.id, |body| {
            if fine.width == 0 {
                let _ = chunk::decode(at, body, &mut samples);
            } else {
                let _ = rollup::decode(at, body, &mut found);
            }
            Ok(())
        })?;
    }
    found.extend(samples.into_iter().map(Stretch::from));
    found.retain(|stretch| coarse.start(stretch.at) == start);
    Ok(found)
}
