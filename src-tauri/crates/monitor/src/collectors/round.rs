//! Rounds: at each tick all collectors that are due are visited at once. A tick is over when all are back or their limits are; whoever is
//! not back then is hanging, is shown as such, and is not visited again before it returns.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::{CancelToken, Clock, Fault, Instant, JobCtx, Millis, job::Listener, job::Progress};
use tokio::runtime::Handle;

use super::{
    Collector, Plan, Shared, Visit,
    visiting::{self, Back, late},
};
use crate::{
    gathered::{Gathered, Reading},
    labels::{Labels, NAME},
    sample::Moment,
    series::Brought,
};

/// A collector that heeds its limit needs a moment to come home.
const GRACE: Duration = Duration::from_millis(300);

/// How soon it is heeded that everything ends.
const HEED: Duration = Duration::from_millis(100);

/// Visits of one tick begin within this time, each at a moment of its own: so that ten databases are not opened at once.
const SPREAD: Duration = Duration::from_secs(1);

/// Behind the key of a plan: what is known about its visits, whether they succeed or not.
const VISITS: &str = "/visits";

/// Collectors, and when each is due.
pub struct Round {
    runtime: Handle,
    clock: Arc<dyn Clock>,
    spread: Duration,
    slots: BTreeMap<String, Slot>,
    /// Series whose plan was taken away since the last tick.
    gone: Vec<String>,
    visits: u64,
    ending: CancelToken,
    home: Sender<Back>,
    back: Receiver<Back>,
}

/// What a tick brought.
#[derive(Debug, Default)]
pub struct Tick {
    /// Readings, by plan.
    pub brought: Vec<Brought>,
    /// Plans that have no values from here on: they failed, hang, or were taken away.
    pub gone: Vec<String>,
    /// Plans that were visited, or would have been if they did not hang.
    pub visited: Vec<String>,
}

/// How a collector is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// When it was visited last and came back in time.
    pub last: Option<Instant>,
    /// Since when its visits have failed, or it has been hanging; absent while it is well.
    pub since: Option<Instant>,
    /// How long its last visit took.
    pub took: Option<Millis>,
    /// How many readings it brought then.
    pub series: usize,
    /// Visits that failed, since this process collects.
    pub failures: u64,
    /// Of these, the newest ones in a row.
    pub in_a_row: u64,
    /// Why the last one did.
    pub fault: Option<Fault>,
    /// What a person should know though it succeeded.
    pub remarks: Vec<String>,
    /// True while it has not come back from a visit whose limit is over.
    pub hanging: bool,
}

/// A plan and how it is.
pub struct Slot {
    /// The plan's key.
    pub key: String,
    /// What kind of collector it is.
    pub kind: &'static str,
    /// What it measures, for people.
    pub about: String,
    /// How often.
    pub every: Duration,
    /// How long a visit may take.
    pub limit: Duration,
    /// How it is.
    pub state: State,
    labels: Vec<(String, String)>,
    /// Absent while it is away on a visit.
    collector: Option<Collector>,
    visit: u64,
    due: Moment,
}

impl Round {
    /// Without any collector yet. Online ones run on `runtime`, the others on threads of it.
    pub fn new(runtime: Handle, clock: Arc<dyn Clock>) -> Self {
        let (home, back) = channel();
        Self {
            runtime,
            clock,
            spread: SPREAD,
            slots: BTreeMap::new(),
            gone: Vec::new(),
            visits: 0,
            ending: CancelToken::default(),
            home,
            back,
        }
    }

    /// Visits begin at once instead of one after the other: for a look that somebody waits for.
    #[must_use]
    pub fn hurried(mut self) -> Self {
        self.spread = Duration::ZERO;
        self
    }

    /// Once that is cancelled, nobody is waited for: a tick ends with those who are back.
    #[must_use]
    pub fn until(self, ending: CancelToken) -> Self {
        Self { ending, ..self }
    }

    /// Adds a plan, or takes it for the one with its key. It is due at once.
    pub fn put(&mut self, plan: Plan) {
        let Plan { key, kind, about, labels, every, limit, collector } = plan;
        let state = self.slots.remove(&key).map(|slot| slot.state).unwrap_or_default();
        let state = State { hanging: false, ..state };
        let slot =
            Slot { key: key.clone(), kind, about, every, limit, state, labels, collector: Some(collector), visit: 0, due: Moment::MIN };
        self.gone.retain(|gone| *gone != key && *gone != visits_of(&key));
        self.slots.insert(key, slot);
    }

    /// Takes a plan away; its series end with the next tick.
    pub fn remove(&mut self, key: &str) {
        if self.slots.remove(key).is_some() {
            self.gone.extend([key.to_owned(), visits_of(key)]);
        }
    }

    /// All plans and how they are, by key.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.values()
    }

    /// True where a tick now would visit somebody, or end the series of a plan that was taken away.
    pub fn is_due(&self, now: Instant) -> bool {
        let now = now.timestamp_millis();
        !self.gone.is_empty() || self.slots.values().any(|slot| slot.is_due(now))
    }

    /// Visits everybody who is due at `at`. All readings are of that moment.
    pub fn tick(&mut self, at: Instant, shared: &Arc<Shared>) -> Tick {
        let now = at.timestamp_millis();
        let due: BTreeSet<String> = self.slots.values().filter(|slot| slot.is_due(now)).map(|slot| slot.key.clone()).collect();
        self.visit(at, shared, &due, None, &mut |_| {})
    }

    /// Visits everybody, whether due or not, for at most so long in all; `each` hears how each one is when it is back, or given up.
    pub fn tick_all(&mut self, at: Instant, shared: &Arc<Shared>, most: Duration, each: &mut dyn FnMut(&Slot)) -> Tick {
        let all: BTreeSet<String> = self.slots.keys().cloned().collect();
        self.visit(at, shared, &all, Some(most), each)
    }

    fn visit(
        &mut self,
        at: Instant,
        shared: &Arc<Shared>,
        due: &BTreeSet<String>,
        most: Option<Duration>,
        each: &mut dyn FnMut(&Slot),
    ) -> Tick {
        self.welcome();
        let mut tick = Tick { gone: std::mem::take(&mut self.gone), ..Tick::default() };
        let mut away: BTreeMap<String, Away> = BTreeMap::new();
        for key in due {
            match self.send_off(key, at, shared, most) {
                Some(visit) => drop(away.insert(key.clone(), visit)),
                None => self.still_hanging(key, &mut tick),
            }
        }
        while let Some(until) = away.values().map(Away::until).min() {
            if self.ending.is_cancelled() {
                away.values().for_each(|visit| visit.cancel.cancel());
                break;
            }
            match self.back.recv_timeout(until.saturating_duration_since(Timer::now()).min(HEED)) {
                Ok(back) => {
                    let key = back.key.clone();
                    if away.get(&key).is_some_and(|visit| visit.number == back.visit) {
                        away.remove(&key);
                        self.came_back(back, at, &mut tick);
                        self.slots.get(&key).into_iter().for_each(&mut *each);
                    } else {
                        self.returned(back);
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    for key in give_up(&mut away) {
                        self.hangs(&key, at, &mut tick);
                        self.slots.get(&key).into_iter().for_each(&mut *each);
                    }
                }
            }
        }
        tick.visited.extend(due.iter().cloned());
        tick
    }

    /// None where it is still away.
    fn send_off(&mut self, key: &str, at: Instant, shared: &Arc<Shared>, most: Option<Duration>) -> Option<Away> {
        let slot = self.slots.get_mut(key)?;
        let now = at.timestamp_millis();
        let rhythm = i64::try_from(slot.every.as_millis()).unwrap_or(i64::MAX).max(1);
        slot.due = (now.div_euclid(rhythm) + 1).saturating_mul(rhythm);
        let collector = slot.collector.take()?;
        self.visits += 1;
        slot.visit = self.visits;
        let limit = most.map_or(slot.limit, |most| most.min(slot.limit));
        let pause = offset(key, self.spread);
        let cancel = CancelToken::default();
        let ctx = JobCtx::new(Arc::new(Unheard), cancel.clone());
        let visit = Visit { at, clock: Arc::clone(&self.clock), limit, ctx, shared: Arc::clone(shared) };
        visiting::begin(&self.runtime, key.to_owned(), slot.visit, collector, visit, pause, self.home.clone());
        Some(Away { number: slot.visit, cancel, limit: Timer::now() + pause + limit, asked: false })
    }

    /// Who came home since the last tick may be visited again; what he brings is too old.
    fn welcome(&mut self) {
        while let Ok(back) = self.back.try_recv() {
            self.returned(back);
        }
    }

    fn returned(&mut self, back: Back) {
        if let Some(slot) = self.slots.get_mut(&back.key).filter(|slot| slot.visit == back.visit) {
            slot.collector = Some(back.collector);
            slot.state.hanging = false;
        }
    }

    fn came_back(&mut self, back: Back, at: Instant, tick: &mut Tick) {
        let Some(slot) = self.slots.get_mut(&back.key).filter(|slot| slot.visit == back.visit) else { return };
        slot.collector = Some(back.collector);
        let Gathered { readings, remarks } = back.gathered;
        let state = &mut slot.state;
        (state.took, state.series, state.remarks) = (Some(Millis::from(back.took)), readings.len(), remarks);
        let well = back.result.is_ok();
        match back.result {
            Ok(()) => (state.last, state.since, state.fault, state.in_a_row) = (Some(at), None, None, 0),
            Err(fault) => state.failed(fault, at),
        }
        let visits = slot.about_visits(well, Some((back.took, readings.len())));
        // What was gathered before a fault is kept.
        if well || !readings.is_empty() {
            let readings = readings.into_iter().map(|reading| with_labels(reading, &slot.labels)).collect();
            tick.brought.push(Brought { key: slot.key.clone(), readings });
        } else {
            tick.gone.push(slot.key.clone());
        }
        tick.brought.push(visits);
    }

    fn hangs(&mut self, key: &str, at: Instant, tick: &mut Tick) {
        let Some(slot) = self.slots.get_mut(key) else { return };
        slot.state.hanging = true;
        slot.state.remarks.clear();
        let limit = slot.limit;
        slot.state.failed(late(limit), at);
        self.still_hanging(key, tick);
    }

    fn still_hanging(&self, key: &str, tick: &mut Tick) {
        if let Some(slot) = self.slots.get(key) {
            tick.gone.push(slot.key.clone());
            tick.brought.push(slot.about_visits(false, None));
        }
    }
}

/// A visit that the tick waits for.
struct Away {
    number: u64,
    cancel: CancelToken,
    limit: Timer,
    /// True once its limit was over and it was told so.
    asked: bool,
}

impl Away {
    fn until(&self) -> Timer {
        if self.asked { self.limit + GRACE } else { self.limit }
    }
}

/// Tells those whose limit is over; who did not come home after that is given up.
fn give_up(away: &mut BTreeMap<String, Away>) -> Vec<String> {
    let now = Timer::now();
    let lost: Vec<String> = away.iter().filter(|(_, visit)| visit.asked && visit.until() <= now).map(|(key, _)| key.clone()).collect();
    lost.iter().for_each(|key| drop(away.remove(key)));
    for visit in away.values_mut().filter(|visit| visit.limit <= now) {
        visit.cancel.cancel();
        visit.asked = true;
    }
    lost
}

impl State {
    fn failed(&mut self, fault: Fault, at: Instant) {
        self.failures += 1;
        self.in_a_row += 1;
        self.since = self.since.or(Some(at));
        self.fault = Some(fault);
    }
}

impl Slot {
    /// The value of one of the target's labels.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A clock that went back must not keep it waiting until it has caught up.
    fn is_due(&self, now: Moment) -> bool {
        self.due <= now || self.due.saturating_sub(now) > i64::try_from(self.every.as_millis()).unwrap_or(i64::MAX)
    }

    fn about_visits(&self, well: bool, done: Option<(Duration, usize)>) -> Brought {
        let mut about = Gathered::default();
        about.gauge("up", &[], f64::from(u8::from(well)));
        let mine = [("collector", self.key.as_str()), ("kind", self.kind)];
        if let Some((took, readings)) = done {
            about.gauge("scrape_duration_seconds", &[], took.as_secs_f64());
            #[allow(clippy::cast_precision_loss)] // a count that fits
            about.gauge("scrape_samples_scraped", &[], readings as f64);
            about.gauge("quarterdeck_collector_seconds", &mine, took.as_secs_f64());
        }
        #[allow(clippy::cast_precision_loss)] // one more at each failed visit
        about.counter("quarterdeck_collector_failures_total", &mine, self.state.failures as f64);
        about.gauge("quarterdeck_collector_hanging", &mine, f64::from(u8::from(self.state.hanging)));
        let readings = about.readings.into_iter().map(|reading| with_labels(reading, &self.labels)).collect();
        Brought { key: visits_of(&self.key), readings }
    }
}

fn visits_of(key: &str) -> String {
    format!("{key}{VISITS}")
}

/// The labels of the target win; one that the reading brought is kept as `exported_NAME`, as Prometheus does with `honor_labels` off.
fn with_labels(reading: Reading, target: &[(String, String)]) -> Reading {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (name, value) in reading.labels.iter() {
        let clashes = name != NAME && target.iter().any(|(known, set)| known == name && !set.is_empty());
        let name = if clashes { format!("exported_{name}") } else { name.to_owned() };
        pairs.push((name, value.to_owned()));
    }
    pairs.extend(target.iter().filter(|(_, value)| !value.is_empty()).cloned());
    Reading { labels: Labels::new(pairs), ..reading }
}

/// Each plan has its own moment within the spread.
fn offset(key: &str, spread: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let parts = u32::try_from(hasher.finish() % 1_000).unwrap_or(0);
    spread / 1_000 * parts
}

/// Nobody watches how far a visit is.
struct Unheard;

impl Listener for Unheard {
    fn phase(&self, _: &str) {}

    fn progress(&self, _: Progress) {}
}

#[cfg(test)]
mod tests;
