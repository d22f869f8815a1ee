//! One beat of measuring: who measures, what is wanted now, and a tick where somebody is due.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::{CancelToken, Event, Fault, Instant, Outcome, monitor::Monitoring, system::Name};
use quarterdeck_monitor::{
    collectors::{Shared, round::Round},
    gathered::Gathered,
    series::{Brought, Policy, Writer},
};
use quarterdeck_sqlite::holders;
use quarterdeck_store::{
    monitoring,
    series::notes::{self, NoticeRow},
};

use super::{
    places::Places,
    plan::{Means, Wanted},
    status::States,
    systems::Systems,
    textfile::Newest,
};
use crate::{
    Engine,
    schedule::{Post, Seat, Turn},
};

/// The seat of whoever measures.
const COLLECTOR: &str = "collector";

/// Ticks are at multiples of this, in milliseconds.
const GRID: i64 = 5_000;

/// How often systems and definitions are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// What each tick brings: where it is missing, nobody measured.
const COLLECTING: &str = "quarterdeck_collecting";

/// Measures while it holds the seat.
pub(super) struct Beat {
    engine: Weak<Engine>,
    seat: Seat,
    held: Option<Held>,
    said: Vec<String>,
    ending: CancelToken,
}

/// What only whoever measures has.
struct Held {
    writer: Writer,
    round: Round,
    systems: Systems,
    /// What each collector was made from.
    made: BTreeMap<String, String>,
    places: Places,
    states: States,
    /// How measuring is set, as it was seen last.
    settings: Monitoring,
    newest: Newest,
    /// Why the textfile could not be written, said once.
    unwritten: Option<Fault>,
    looked: Option<Timer>,
    /// Where on the grid the newest tick was.
    grid: i64,
    /// What is wrong with definitions, by system: said once.
    faults: BTreeMap<Name, Fault>,
}

impl Beat {
    /// `ending` is cancelled once it has to be over soon.
    pub(super) fn new(engine: &Arc<Engine>, post: Post, ending: CancelToken) -> Self {
        Self { engine: Arc::downgrade(engine), seat: Seat::new(COLLECTOR, post), held: None, said: Vec::new(), ending }
    }

    /// True while this process measures.
    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Sentences for a log since the last call.
    pub(super) fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    /// Until the next beat: not beyond the next place on the grid.
    pub(super) fn pause(&self, most: Duration) -> Duration {
        let Some(engine) = self.engine.upgrade() else { return most };
        let left = GRID - engine.clock().now().timestamp_millis().rem_euclid(GRID);
        most.min(Duration::from_millis(left.unsigned_abs()))
    }

    /// Adds to the newest tick what was found out from it.
    pub(super) fn amend(&mut self, at: Instant, found: &[Brought]) -> Outcome<()> {
        match &mut self.held {
            Some(held) if !found.is_empty() => held.writer.amend(at.timestamp_millis(), found).map(drop),
            _ => Ok(()),
        }
    }

    /// Leaves the seat: what was read of logs is kept, then the series are let go of.
    pub(super) fn leave(&mut self) {
        if let Some(mut held) = self.held.take() {
            // What cannot be kept now is read again by whoever comes next.
            let _ = held.places.save(&mut held.writer, true);
        }
        self.seat.leave();
    }

    /// The moment of a tick, where there was one: where a collector is due, or somebody else wants one. None where the engine is gone.
    pub(super) fn beat(&mut self, wanted: &mut dyn FnMut(Instant) -> bool) -> Option<Outcome<Option<Instant>>> {
        let engine = self.engine.upgrade()?;
        Some(self.beat_of(&engine, wanted))
    }

    /// Tests do not wait for the spread of visits.
    #[cfg(test)]
    fn hurry(&mut self) {
        self.held = self.held.take().map(|held| Held { round: held.round.hurried(), ..held });
    }

    fn beat_of(&mut self, engine: &Arc<Engine>, wanted: &mut dyn FnMut(Instant) -> bool) -> Outcome<Option<Instant>> {
        match self.seat.sit(engine)? {
            Turn::Others => return Ok(None),
            Turn::Left => {
                self.leave();
                self.said.push("The agent measures from now on.".to_owned());
                return Ok(None);
            }
            Turn::Taken | Turn::Kept => {}
        }
        if self.held.is_none() {
            self.held = Some(Held::open(engine, &self.ending)?);
            #[cfg(test)]
            self.hurry();
            self.said.push("Health is measured here from now on.".to_owned());
        }
        let Some(held) = &mut self.held else { return Ok(None) };
        held.look(engine)?;
        let ticked = held.tick(engine, wanted);
        self.said.extend(held.writer.take_notes().into_iter().map(|note| note.sentence));
        if let Ok(Some(_)) = ticked {
            engine.tell(Event::Tick);
        }
        ticked
    }
}

impl Held {
    fn open(engine: &Arc<Engine>, ending: &CancelToken) -> Outcome<Self> {
        let clock = engine.shared_clock();
        let settings = engine.store().read(monitoring::settings)?;
        let mut writer = Writer::open(&engine.home().series(), policy(&settings), Arc::clone(&clock))?;
        // This place on the grid may be another process's, which has just left.
        let grid = clock.now().timestamp_millis().div_euclid(GRID);
        let mut states = States::default();
        states.take_over(&mut writer)?;
        Ok(Self {
            writer,
            round: Round::new(engine.network()?, clock).until(ending.clone()),
            systems: Systems::default(),
            made: BTreeMap::new(),
            places: Places::default(),
            states,
            settings,
            newest: Newest::default(),
            unwritten: None,
            looked: None,
            grid,
            faults: BTreeMap::new(),
        })
    }

    /// Looks whether something else is wanted now.
    fn look(&mut self, engine: &Arc<Engine>) -> Outcome<()> {
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
            return Ok(());
        }
        self.looked = Some(Timer::now());
        engine.series().rest();
        let settings = engine.store().read(monitoring::settings)?;
        if settings != self.settings {
            self.writer.set_policy(policy(&settings));
            self.settings = settings;
        }
        let Some(change) = self.systems.look(engine)? else { return Ok(()) };
        let now = engine.clock().now();
        let faults: BTreeMap<Name, Fault> = change.faults.into_iter().collect();
        for (name, fault) in &faults {
            if self.faults.get(name) != Some(fault) {
                self.notice(now, &format!("{name} is measured as its definition said last: {}", fault.message))?;
            }
        }
        self.faults = faults;
        self.take(now, change.wanted)
    }

    fn take(&mut self, now: Instant, wanted: Vec<Wanted>) -> Outcome<()> {
        let mut before = std::mem::take(&mut self.made);
        for wanted in wanted {
            let (key, text) = (wanted.key.clone(), wanted.text.clone());
            if before.remove(&key).as_ref() == Some(&text) {
                self.made.insert(key, text);
                continue;
            }
            match wanted.plan(Means { places: &mut self.places, writer: Some(&mut self.writer) }) {
                Ok(plan) => {
                    self.writer.pace(&plan.key, plan.every)?;
                    self.round.put(plan);
                    self.made.insert(key, text);
                }
                Err(fault) => self.notice(now, &format!("{key} cannot be measured: {}", fault.message))?,
            }
        }
        before.keys().for_each(|gone| self.round.remove(gone));
        Ok(())
    }

    /// A tick at the newest place on the grid, where somebody is due there or wants one.
    fn tick(&mut self, engine: &Arc<Engine>, wanted: &mut dyn FnMut(Instant) -> bool) -> Outcome<Option<Instant>> {
        let now = engine.clock().now().timestamp_millis();
        let grid = now.div_euclid(GRID);
        let Some(at) = Instant::from_timestamp_millis(grid * GRID) else { return Ok(None) };
        if grid == self.grid || !(self.round.is_due(at) || wanted(at)) {
            return Ok(None);
        }
        self.grid = grid;
        let paths = self.systems.databases();
        let paths: Vec<_> = paths.iter().map(|path| &**path).collect();
        let shared = Arc::new(Shared { logs_in_use: holders::logs_in_use(&paths) });
        let mut tick = self.round.tick(at, &shared);
        if self.settings.textfile.is_some() {
            self.newest.learn(&tick);
        }
        let mut ours = Gathered::default();
        ours.gauge(COLLECTING, &[], 1.0);
        tick.brought.push(Brought { key: "quarterdeck/collecting".to_owned(), readings: ours.readings });
        self.writer.append(at.timestamp_millis(), &tick.brought, &tick.gone)?;
        self.writer.keep(engine.clock().now().timestamp_millis())?;
        self.states.save(&mut self.writer, at, self.round.slots())?;
        self.places.save(&mut self.writer, false)?;
        self.write_textfile(at)?;
        Ok(Some(at))
    }

    /// A folder that cannot be written is said once, and ends nothing.
    fn write_textfile(&mut self, now: Instant) -> Outcome<()> {
        let Some(folder) = &self.settings.textfile else { return Ok(()) };
        match self.newest.write(&folder.0) {
            Ok(()) => self.unwritten = None,
            Err(fault) if self.unwritten.as_ref() == Some(&fault) => {}
            Err(fault) => {
                self.notice(now, &format!("The file for node_exporter is not written: {}", fault.message))?;
                self.unwritten = Some(fault);
            }
        }
        Ok(())
    }

    fn notice(&mut self, now: Instant, sentence: &str) -> Outcome<()> {
        let row = NoticeRow { at: now.timestamp_millis(), tone: "attention".to_owned(), sentence: sentence.to_owned() };
        self.writer.file().write(|tx| notes::add_notice(tx, &row))
    }
}

/// What is kept how long, as the settings say.
pub(crate) fn policy(settings: &Monitoring) -> Policy {
    Policy { raw: i64::from(settings.raw_days), most_bytes: settings.most_bytes.0, ..Policy::default() }
}

#[cfg(test)]
mod tests;
