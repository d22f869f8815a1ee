//! The one that writes: ticks come in, whole or not at all; what is wrong becomes a notice and stops nothing.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use quarterdeck_model::{Clock, Fault, Instant, Outcome};
use quarterdeck_store::{
    files,
    series::{self as rows, File, SeriesRow, chunks, notes},
};

use super::{
    catalogue::{Catalogue, Known},
    policy::{MINUTE, Policy},
    tick,
};
use crate::{
    gathered::{Density, Reading},
    sample::{Moment, STALE, is_stale},
};

/// So many ticks are kept in memory while they cannot be written.
const MOST_WAITING: usize = 40;

/// The newest sample may be so far ahead of the clock before it is cut.
const AHEAD: i64 = 10 * MINUTE;

/// A plan whose visits are further apart is slow: two and a half of them are more than an instant looks back.
const SLOW: i64 = 2 * MINUTE;

/// A distance between ticks, until there were two.
const FIRST_RHYTHM: i64 = MINUTE;

/// The name of the file in its folder.
pub const FILE: &str = "series.db";

/// What one plan brought.
#[derive(Debug, Clone, Default)]
pub struct Brought {
    /// The plan's key.
    pub key: String,
    /// Its readings, labels of the target included; of two of one series the first counts.
    pub readings: Vec<Reading>,
}

/// What became of a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appended {
    /// Samples that were written.
    pub samples: usize,
    /// Series that are new.
    pub series: usize,
    /// Readings of new series that were refused, because there are too many.
    pub refused: usize,
    /// Ticks that could not be written yet and are kept in memory.
    pub waiting: usize,
}

/// Something a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When it was noticed.
    pub at: Instant,
    /// True where measurements were lost.
    pub grave: bool,
    /// One sentence.
    pub sentence: String,
}

/// The newest sample of a series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    at: Moment,
    bits: u64,
    /// The distance to the sample before.
    apart: i64,
}

/// Writes a home's series. One at a time: the caller holds the lease.
pub struct Writer {
    pub(super) path: PathBuf,
    pub(super) file: File,
    pub(super) policy: Policy,
    clock: Arc<dyn Clock>,
    pub(super) catalogue: Catalogue,
    pub(super) seen: HashMap<i64, Seen>,
    /// When the newest tick was.
    newest: Moment,
    rhythm: i64,
    /// Milliseconds between visits of plans that are slow.
    paces: HashMap<String, i64>,
    waiting: VecDeque<(Moment, Vec<u8>)>,
    /// Series whose rows are not written yet.
    pub(super) unsaved: Vec<SeriesRow>,
    notes: Vec<Note>,
    /// So many of the notes are in the file.
    saved: usize,
    /// What was said about the present trouble, so that it is said once.
    trouble: Option<String>,
}

impl Writer {
    /// Takes over a home's series: opens or begins them, and sets a damaged file aside. What it did is in [`Writer::take_notes`].
    pub fn open(folder: &Path, policy: Policy, clock: Arc<dyn Clock>) -> Outcome<Self> {
        files::make_folder(folder)?;
        let path = folder.join(FILE);
        let mut notes = Vec::new();
        let file = open_or_begin(&path, clock.now(), &mut notes)?;
        let mut writer = Self {
            path,
            file,
            policy,
            clock,
            catalogue: Catalogue::default(),
            seen: HashMap::new(),
            newest: Moment::MIN,
            rhythm: FIRST_RHYTHM,
            paces: HashMap::new(),
            waiting: VecDeque::new(),
            unsaved: Vec::new(),
            notes,
            saved: 0,
            trouble: None,
        };
        match writer.take_over() {
            Err(fault) if fault.is("series-damaged") => {
                writer.begin_anew(&fault)?;
                writer.catalogue = Catalogue::default();
                writer.unsaved.clear();
                writer.save_notes();
                Ok(writer)
            }
            done => done.map(|()| writer),
        }
    }

    /// Says how often a plan visits: of one that is slow, a query looks back further for the newest sample.
    pub fn pace(&mut self, plan: &str, every: Duration) -> Outcome<()> {
        let every = i64::try_from(every.as_millis()).ok().filter(|every| *every > SLOW).unwrap_or(0);
        self.paces.insert(plan.to_owned(), every);
        let changed = self.catalogue.pace(plan, every);
        let unsaved = self.unsaved.iter_mut().filter(|row| changed.contains(&row.id));
        unsaved.for_each(|row| row.apart = every);
        if changed.is_empty() {
            return Ok(());
        }
        self.file.write(|tx| {
            changed.iter().try_for_each(|id| rows::set_apart(tx, *id, every))?;
            rows::raise(tx, "named")
        })
    }

    /// One tick, whole or not at all, synced. `gone` are plans that failed, hang or were taken away: their series have no value from here on.
    ///
    /// A tick that is not later than the newest is left out, with a note; one that cannot be written waits in memory.
    pub fn append(&mut self, at: Moment, tick: &[Brought], gone: &[String]) -> Outcome<Appended> {
        if at <= self.newest {
            self.troubled(&format!(
                "The clock went back by {}; nothing is recorded until it is there again.",
                span(self.newest.saturating_sub(at))
            ));
            self.save_notes();
            return Ok(Appended { waiting: self.waiting.len(), ..Appended::default() });
        }
        let mut appended = Appended::default();
        self.mark_gap(at);
        let mut measured = BTreeMap::new();
        for brought in tick {
            self.take(at, brought, &mut measured, &mut appended);
        }
        self.mark_missing(tick, gone, &mut measured);
        appended.samples = measured.len();
        self.push(at, measured);
        appended.waiting = self.flush()?;
        Ok(appended)
    }

    /// Adds to the newest tick what was found out from it: rules, and what they record. A series that has a sample of that moment keeps it;
    /// of another moment than the newest nothing is added.
    pub fn amend(&mut self, at: Moment, found: &[Brought]) -> Outcome<Appended> {
        let mut appended = Appended::default();
        let mut measured = BTreeMap::new();
        if at == self.newest {
            found.iter().for_each(|brought| self.take(at, brought, &mut measured, &mut appended));
            measured.retain(|id, _| self.seen.get(id).is_none_or(|seen| seen.at < at));
        }
        appended.samples = measured.len();
        self.push(at, measured);
        appended.waiting = self.flush()?;
        Ok(appended)
    }

    /// What people should know since the last call; it is in the file, too.
    pub fn take_notes(&mut self) -> Vec<Note> {
        self.save_notes();
        self.saved = 0;
        std::mem::take(&mut self.notes)
    }

    /// Keeps by another policy from now on.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// The file, for what lies beside the series in it: states, notices, positions.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    pub(super) fn note(&mut self, grave: bool, sentence: String) {
        self.notes.push(Note { at: self.clock.now(), grave, sentence });
    }

    /// The number of a series; a new one where it is new, none where there are too many.
    pub(super) fn id(&mut self, reading: &Reading, plan: &str) -> Option<(i64, bool)> {
        if let Some(id) = self.catalogue.id(&reading.labels) {
            return Some((id, false));
        }
        if self.catalogue.len() >= self.policy.most_series {
            return None;
        }
        let Reading { labels, nature, density, .. } = reading;
        let (id, every) = (self.catalogue.newest() + 1, self.paces.get(plan).copied().unwrap_or(0));
        let known = Known { id, labels: labels.clone(), nature: *nature, density: *density, plan: plan.into(), every };
        self.unsaved.push(known.row());
        self.catalogue.add(known);
        Some((id, true))
    }

    /// Puts the damaged file aside and begins one with the same series and without their past.
    pub(super) fn begin_anew(&mut self, fault: &Fault) -> Outcome<()> {
        let aside = rows::set_aside(&self.path, self.clock.now())?;
        self.file = File::open(&self.path)?;
        self.unsaved = self.catalogue.all().map(|known| known.row()).collect();
        self.note(true, aside_sentence(&aside, fault));
        Ok(())
    }

    fn take_over(&mut self) -> Outcome<()> {
        let now = self.clock.now().timestamp_millis();
        let (rows, newest) = self.file.look(|c| Ok((rows::series_after(c, 0)?, rows::fact(c, "newest")?)))?;
        self.catalogue.learn(rows);
        let ticks = self.file.look(|c| rows::ticks_after(c, 0))?;
        self.newest = ticks.last().map(|tick| tick.at).or(newest).unwrap_or(Moment::MIN);
        if self.newest > now.saturating_add(AHEAD) {
            self.file.write(|tx| {
                rows::drop_ticks_behind(tx, now)?;
                chunks::cut_behind(tx, now)?;
                rows::raise(tx, "epoch")?;
                rows::set_fact(tx, "newest", now)
            })?;
            let ahead = span(self.newest - now);
            self.note(true, format!("The newest measurement was {ahead} ahead of the clock; what lay in the future was cut."));
            self.newest = now;
        }
        let mut before = None;
        let until = self.newest;
        for tick in ticks.iter().filter(|tick| tick.at <= until) {
            self.rhythm = before.map_or(self.rhythm, |before: Moment| paced(self.rhythm, tick.at - before));
            before = Some(tick.at);
            let seen = &mut self.seen;
            let read = tick::decode(tick.at, &tick.body, |id, sample| saw(seen, id, sample.at, sample.value));
            if read.is_none() {
                self.note(true, format!("The measurements of {} are damaged; they are left out.", clock_time(tick.at)));
            }
        }
        self.save_notes();
        Ok(())
    }

    fn take(&mut self, at: Moment, brought: &Brought, measured: &mut BTreeMap<i64, f64>, appended: &mut Appended) {
        let refused = appended.refused;
        for reading in &brought.readings {
            let Some((id, new)) = self.id(reading, &brought.key) else {
                appended.refused += 1;
                continue;
            };
            appended.series += usize::from(new);
            if self.is_due(id, reading, at) {
                measured.entry(id).or_insert(reading.value);
            }
        }
        if appended.refused > refused {
            let sentence =
                format!("There are {} series, the most that are kept; new ones of {} are refused.", self.catalogue.len(), brought.key);
            self.troubled(&sentence);
        }
    }

    /// A sparse series is written when it changed, or when it is time again.
    fn is_due(&self, id: i64, reading: &Reading, at: Moment) -> bool {
        match (reading.density, self.seen.get(&id)) {
            (Density::Sparse(apart), Some(seen)) => seen.bits != reading.value.to_bits() || at - seen.at >= apart,
            _ => true,
        }
    }

    /// Between the last tick and this one nobody measured: what was known then is not true in between.
    fn mark_gap(&mut self, at: Moment) {
        if self.newest == Moment::MIN {
            return;
        }
        let (distance, rhythm) = (at - self.newest, self.rhythm);
        self.rhythm = paced(rhythm, distance);
        if distance * 2 <= rhythm * 5 {
            return;
        }
        let late = |id: &i64, seen: &Seen| {
            !is_stale(f64::from_bits(seen.bits)) && (at - seen.at) * 2 > seen.apart.max(rhythm) * 5 && self.is_dense(*id)
        };
        let marks: BTreeMap<i64, f64> = self.seen.iter().filter(|(id, seen)| late(id, seen)).map(|(id, _)| (*id, STALE)).collect();
        if !marks.is_empty() {
            self.push(self.newest + rhythm, marks);
        }
    }

    /// Series whose plan came without them, or did not come.
    fn mark_missing(&self, tick: &[Brought], gone: &[String], measured: &mut BTreeMap<i64, f64>) {
        let came = |plan: &str| tick.iter().any(|brought| brought.key == plan);
        for (id, seen) in &self.seen {
            let Some(known) = self.catalogue.get(*id) else { continue };
            let missing = gone.iter().any(|plan| **plan == *known.plan) || (known.density == Density::Dense && came(&known.plan));
            if missing && !is_stale(f64::from_bits(seen.bits)) {
                measured.entry(*id).or_insert(STALE);
            }
        }
    }

    fn is_dense(&self, id: i64) -> bool {
        self.catalogue.get(id).is_some_and(|known| known.density == Density::Dense)
    }

    fn push(&mut self, at: Moment, measured: BTreeMap<i64, f64>) {
        self.newest = self.newest.max(at);
        if measured.is_empty() {
            return;
        }
        measured.iter().for_each(|(id, value)| saw(&mut self.seen, *id, at, *value));
        let measured: Vec<tick::Measured> = measured.into_iter().collect();
        self.waiting.push_back((at, tick::encode(&measured)));
    }

    /// Writes what waits; how much still does.
    fn flush(&mut self) -> Outcome<usize> {
        let written = match self.file.append(&self.waiting, &self.unsaved) {
            Err(fault) if fault.is("series-damaged") => {
                self.begin_anew(&fault)?;
                self.file.append(&self.waiting, &self.unsaved)
            }
            written => written,
        };
        match written {
            Ok(()) => {
                self.waiting.clear();
                self.unsaved.clear();
                if self.trouble.take().is_some_and(|trouble| !trouble.starts_with("There are")) {
                    self.note(false, "Measurements are recorded again.".to_owned());
                }
            }
            Err(fault) => {
                self.troubled(&fault.message);
                let over = self.waiting.len().saturating_sub(MOST_WAITING);
                if over > 0 {
                    self.waiting.drain(..over);
                    self.note(true, format!("{over} ticks could not be written for too long and are lost: {}", fault.message));
                }
            }
        }
        self.save_notes();
        Ok(self.waiting.len())
    }

    fn troubled(&mut self, sentence: &str) {
        // The amount in it grows or shrinks: the beginning tells which trouble it is.
        let begin = |text: &str| text.chars().take(20).collect::<String>();
        if self.trouble.as_deref().map(begin) != Some(begin(sentence)) {
            self.trouble = Some(sentence.to_owned());
            self.note(true, sentence.to_owned());
        }
    }

    /// Notes that cannot be saved stay in memory, and are handed over all the same.
    fn save_notes(&mut self) {
        let new: Vec<notes::NoticeRow> = self.notes[self.saved..].iter().map(row_of).collect();
        // The trouble itself may be why it fails: the next tick tries again.
        if !new.is_empty() && self.file.write(|tx| new.iter().try_for_each(|note| notes::add_notice(tx, note))).is_ok() {
            self.saved = self.notes.len();
        }
    }
}

/// How far ticks are apart, one more of them known. A pause does not make them slow; that they are slower now does, after a few.
fn paced(rhythm: i64, distance: i64) -> i64 {
    distance.min(rhythm.saturating_mul(2)).max(1)
}

fn saw(all: &mut HashMap<i64, Seen>, id: i64, at: Moment, value: f64) {
    let apart = all.get(&id).map_or(0, |seen| at - seen.at);
    all.insert(id, Seen { at, bits: value.to_bits(), apart });
}

fn open_or_begin(path: &Path, now: Instant, notes: &mut Vec<Note>) -> Outcome<File> {
    match File::open(path) {
        Err(fault) if fault.is("series-damaged") => {
            let aside = rows::set_aside(path, now)?;
            notes.push(Note { at: now, grave: true, sentence: aside_sentence(&aside, &fault) });
            File::open(path)
        }
        opened => opened,
    }
}

fn aside_sentence(aside: &Path, fault: &Fault) -> String {
    format!("{} It was set aside as {}, and a new one was begun.", fault.message, aside.display())
}

fn row_of(note: &Note) -> notes::NoticeRow {
    let tone = if note.grave { "attention" } else { "ok" };
    notes::NoticeRow { at: note.at.timestamp_millis(), tone: tone.to_owned(), sentence: note.sentence.clone() }
}

/// `4 min`, `3 h`, `12 s`.
fn span(milliseconds: i64) -> String {
    match milliseconds / 1_000 {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds if seconds < 7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

fn clock_time(at: Moment) -> String {
    // A time that no calendar has is shown as its number.
    Instant::from_timestamp_millis(at).map_or_else(|| at.to_string(), |at| at.to_rfc3339())
}
