//! People are told, on a thread of its own: what is due goes into the outbox, and from there to its channel.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Weak},
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::{
    Event, Fault, Instant, Outcome,
    alert::{AlertEventKind, AlertNotice, NoticeState},
};
use quarterdeck_monitor::{
    alert::Alert,
    notify::{Message, Told, dispatch::Dispatcher},
};
use quarterdeck_store::{
    acknowledgements,
    alerts::{File, events, notices, rungs, states, told},
    failpoint,
};

use super::{
    board::{Alerting, Board},
    heartbeat::Heartbeats,
    ladder,
    outbox::{Landed, Outbox},
    overlay::Overlays,
    parcel::{self, Parcel},
    routing::Routers,
    words,
};
use crate::Engine;

/// How often it is looked what is due.
const BEAT: Duration = Duration::from_secs(1);

/// How often files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// How often what is too old is forgotten.
const TIDY: Duration = Duration::from_secs(3_600);

/// What was told is known for so long; the longest repeat interval that counts is half of it. In hours.
const REMEMBERED: i64 = 240;

/// Starts the thread; it ends with the engine, or when `living` does.
pub(super) fn start(engine: &Arc<Engine>, living: Weak<()>) -> Outcome<()> {
    let (weak, alerting) = (Arc::downgrade(engine), Arc::clone(engine.shared_alerting()));
    let thread = std::thread::Builder::new().name("telling".to_owned()).spawn(move || telling(&weak, &alerting, &living));
    thread
        .map(drop)
        .map_err(|error| Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs."))
}

fn telling(engine: &Weak<Engine>, alerting: &Alerting, living: &Weak<()>) {
    let mut telling: Option<Telling> = None;
    loop {
        let (version, board) = alerting.board();
        let mut pause = BEAT;
        {
            let Some(engine) = engine.upgrade().filter(|_| living.strong_count() > 0) else { return };
            match &board {
                None => telling = None,
                // What cannot be written or read now is tried again at the next beat, and the health of the machine says so.
                Some(board) => {
                    alerting.tried(beat(&engine, &mut telling, board, version));
                    pause = telling.as_ref().map_or(BEAT, |telling| telling.pause(engine.clock().now()));
                }
            }
        }
        alerting.wait(version, pause);
    }
}

pub(super) fn beat(engine: &Arc<Engine>, telling: &mut Option<Telling>, board: &Board, version: u64) -> Outcome<()> {
    if telling.is_none() {
        *telling = Some(Telling::open(engine, board)?);
    }
    let Some(telling) = telling else { return Ok(()) };
    telling.beat(engine, board, version)
}

/// What only whoever tells has.
pub(super) struct Telling {
    file: Arc<File>,
    routers: Routers,
    dispatchers: BTreeMap<String, Dispatcher>,
    outbox: Outbox,
    heartbeats: Heartbeats,
    /// Which board the dispatchers know.
    known: Option<u64>,
    looked: Timer,
    tidied: Option<Timer>,
    /// The moment of the beat before.
    before: Instant,
    /// Levels that were told, by alert.
    climbed: HashMap<String, Vec<rungs::RungRow>>,
}

impl Telling {
    pub(super) fn open(engine: &Arc<Engine>, board: &Board) -> Outcome<Self> {
        let file = engine.alerting().file(engine)?;
        let mut telling = Self {
            outbox: Outbox::new(engine, &file)?,
            routers: Routers::read(engine, &board.systems)?,
            dispatchers: BTreeMap::new(),
            heartbeats: Heartbeats::default(),
            known: None,
            looked: Timer::now(),
            tidied: None,
            before: engine.clock().now(),
            climbed: HashMap::new(),
            file,
        };
        for (alert, rung) in telling.file.read(rungs::all)? {
            telling.climbed.entry(alert).or_default().push(rung);
        }
        telling.take_routers(engine, &telling.routers.all.iter().map(|file| file.key.clone()).collect::<Vec<_>>())?;
        Ok(telling)
    }

    pub(super) fn beat(&mut self, engine: &Arc<Engine>, board: &Board, version: u64) -> Outcome<()> {
        let now = engine.clock().now();
        if self.looked.elapsed() >= LOOK {
            self.looked = Timer::now();
            let changed = self.routers.look(engine, &board.systems)?;
            if !changed.is_empty() {
                self.take_routers(engine, &changed)?;
            }
        }
        self.land(engine, now)?;
        let overlays = Overlays::read(engine, now)?;
        if self.known != Some(version) {
            self.known = Some(version);
            self.take(board, now);
            self.forget_acknowledgements(engine, board, &overlays)?;
        }
        self.say_what_ran_out(engine, board, &overlays, now)?;
        let queued = self.queue(&overlays, now)? + self.climb(board, &overlays, now)?;
        if queued > 0 {
            failpoint::reach("alerts.queued")?;
        }
        self.outbox.send(engine, &self.routers, now)?;
        self.heartbeats.beat(engine, board, now)?;
        self.tidy(now)?;
        self.before = now;
        if queued > 0 {
            engine.tell(Event::Alert);
        }
        Ok(())
    }

    /// Until the next beat: not beyond the moment at which a group is due.
    fn pause(&self, now: Instant) -> Duration {
        let due = self.dispatchers.values().filter_map(Dispatcher::due).min();
        let left = due.map(|due| u64::try_from(due - now.timestamp_millis()).unwrap_or(0));
        left.map_or(BEAT, |left| Duration::from_millis(left.max(10)).min(BEAT))
    }

    /// Looks at the files at the next beat, however lately that was done.
    #[cfg(test)]
    pub(super) fn hurry(&mut self) {
        self.looked = Timer::now().checked_sub(LOOK * 2).unwrap_or_else(Timer::now);
    }

    /// Waits until everything that is under way has landed.
    #[cfg(test)]
    pub(super) fn settle(&mut self, engine: &Arc<Engine>) {
        while self.outbox.is_busy() {
            std::thread::sleep(Duration::from_millis(5));
            self.land(engine, engine.clock().now()).unwrap();
        }
    }

    /// Takes configurations that are new or changed; what was told stays known.
    fn take_routers(&mut self, engine: &Engine, changed: &[String]) -> Outcome<()> {
        for key in changed {
            let before = self.dispatchers.remove(key);
            let Some(config) = self.routers.get(key).and_then(|file| file.config.clone()) else { continue };
            // Counters that begin at zero: also a first failure is seen to be one more.
            for receiver in &config.receivers {
                receiver.channels.iter().for_each(|channel| engine.alerting().notified(channel.kind(), &receiver.name, 0, 0));
            }
            let remembered = match before {
                Some(before) => before.log(),
                None => self.file.read(|c| told::of(c, key))?.iter().filter_map(|text| read_told(text)).collect(),
            };
            let mut dispatcher = Dispatcher::new(config, remembered);
            for waiting in self.outbox.waiting(key)? {
                dispatcher.resume(&waiting);
            }
            self.dispatchers.insert(key.clone(), dispatcher);
        }
        self.known = None;
        Ok(())
    }

    /// Hands each alert to the configuration that decides about it.
    fn take(&mut self, board: &Board, now: Instant) {
        // Where a configuration came or went, another one decides about an alert: the one that knew it has nothing more to say.
        let routers = &self.routers;
        for (key, dispatcher) in &mut self.dispatchers {
            dispatcher.leave(now.timestamp_millis(), |alert| routers.of(&alert.labels).is_none_or(|router| router.key != *key));
        }
        let mut parts: BTreeMap<&str, Vec<Alert>> = BTreeMap::new();
        for alert in &board.alerts {
            if let Some(router) = self.routers.of(&alert.labels) {
                parts.entry(&router.key).or_default().push(alert.clone());
            }
        }
        for (key, alerts) in parts {
            if let Some(dispatcher) = self.dispatchers.get_mut(key) {
                dispatcher.take(now.timestamp_millis(), &alerts);
            }
        }
    }

    /// Puts what is due into the outbox; how many messages.
    fn queue(&mut self, overlays: &Overlays, now: Instant) -> Outcome<usize> {
        let mut queued = 0;
        for (key, dispatcher) in &mut self.dispatchers {
            let messages = dispatcher.flush(now.timestamp_millis(), overlays);
            queued += messages.len();
            let quiet = dispatcher.quietly_told();
            let config = Arc::clone(dispatcher.config());
            let written = self.file.write(|tx| {
                for message in &messages {
                    let Some(channel) = config.receiver(&message.receiver).and_then(|receiver| receiver.channels.get(message.channel))
                    else {
                        continue;
                    };
                    let mut notice = parcel::notice(key, message, channel);
                    notices::add(tx, &mut notice, parcel::system(message).as_ref(), Some(&Parcel::of(message).text()?))?;
                }
                quiet.iter().try_for_each(|told| put_told(tx, key, told))
            });
            if (!messages.is_empty() || !quiet.is_empty()) && written.is_err() {
                // They are told again when their groups are due.
                messages.iter().for_each(|message| dispatcher.failed(message, now.timestamp_millis()));
                written?;
            }
        }
        Ok(queued)
    }

    /// The next level of a ladder, where nobody took the alert.
    fn climb(&mut self, board: &Board, overlays: &Overlays, now: Instant) -> Outcome<usize> {
        let mut told = 0;
        let mut living = HashSet::new();
        for alert in board.alerts.iter().filter(|alert| alert.ends.is_none()) {
            let Some(router) = self.routers.of(&alert.labels) else { continue };
            let Some(oncall) = self.routers.oncall_of(&router.key) else { continue };
            let Some(dispatcher) = self.dispatchers.get(&router.key) else { continue };
            living.insert(alert.id.clone());
            let climbed = self.climbed.get(&alert.id).map(Vec::as_slice).unwrap_or_default();
            let still = overlays.acknowledgement(&alert.id, now.timestamp_millis()).is_some()
                || overlays.is_silenced(&alert.labels, now.timestamp_millis())
                || dispatcher.inhibited(&alert.labels).is_some();
            let Some(step) = ladder::due(&oncall.oncall, alert, climbed, still, overlays, now) else { continue };
            let rung = self.file.write(|tx| ladder::tell(tx, router, &oncall.oncall, alert, &step, now))?;
            self.climbed.entry(alert.id.clone()).or_default().push(rung);
            told += 1;
        }
        self.climbed.retain(|id, _| living.contains(id));
        Ok(told)
    }

    /// What became of messages.
    fn land(&mut self, engine: &Arc<Engine>, now: Instant) -> Outcome<()> {
        let landed = self.outbox.landed();
        if landed.is_empty() {
            return Ok(());
        }
        for Landed { notice, parcel } in landed {
            let message = parcel.message();
            let dispatcher = self.dispatchers.get_mut(&notice.router);
            let at = now.timestamp_millis();
            let remembered = match (notice.state, dispatcher) {
                (NoticeState::Sent, Some(dispatcher)) => dispatcher.told(&message, at),
                (NoticeState::Failed, Some(dispatcher)) => {
                    dispatcher.failed(&message, at);
                    None
                }
                _ => None,
            };
            count(engine, &notice);
            self.file.write(|tx| {
                notices::stand(tx, &notice)?;
                remembered.iter().try_for_each(|told| put_told(tx, &notice.router, told))?;
                parcel.ids().try_for_each(|id| states::set_told(tx, id, notice.id))
            })?;
        }
        engine.tell(Event::Alert);
        Ok(())
    }

    /// An acknowledgement ends with its alert.
    fn forget_acknowledgements(&self, engine: &Engine, board: &Board, overlays: &Overlays) -> Outcome<()> {
        if overlays.acknowledged.is_empty() {
            return Ok(());
        }
        let firing: HashSet<&str> = board.alerts.iter().filter(|alert| alert.ends.is_none()).map(|alert| alert.id.as_str()).collect();
        let over: Vec<&String> = overlays.acknowledged.keys().filter(|id| !firing.contains(id.as_str())).collect();
        if over.is_empty() {
            return Ok(());
        }
        engine.store().write(|tx| over.iter().try_for_each(|id| acknowledgements::drop(tx, id).map(|_| ())))
    }

    /// Acknowledgements whose time ran out since the beat before: telling goes on.
    fn say_what_ran_out(&self, engine: &Engine, board: &Board, overlays: &Overlays, now: Instant) -> Outcome<()> {
        for (id, given) in &overlays.acknowledged {
            let Some(until) = given.until.filter(|until| *until > self.before && *until <= now) else { continue };
            let Some(alert) = board.alerts.iter().find(|alert| alert.id == *id && alert.ends.is_none()) else { continue };
            let sentence = format!("the acknowledgement of {} ran out: telling goes on", given.by);
            let event = words::event(alert, AlertEventKind::Unacknowledged, sentence, until);
            self.file.write(|tx| events::add(tx, &event).map(drop))?;
            engine.tell(Event::Alert);
        }
        Ok(())
    }

    fn tidy(&mut self, now: Instant) -> Outcome<()> {
        if self.tidied.is_some_and(|tidied| tidied.elapsed() < TIDY) {
            return Ok(());
        }
        self.tidied = Some(Timer::now());
        let before = now - chrono::TimeDelta::hours(REMEMBERED);
        self.file.jot(|tx| {
            events::keep(tx, now)?;
            notices::keep(tx, now)?;
            told::keep(tx, before)?;
            rungs::keep(tx, before)
        })
    }
}

fn count(engine: &Engine, notice: &AlertNotice) {
    match notice.state {
        NoticeState::Sent => engine.alerting().notified(&notice.channel, &notice.receiver, 1, 0),
        NoticeState::Failed => engine.alerting().notified(&notice.channel, &notice.receiver, 0, 1),
        NoticeState::Queued | NoticeState::Again | NoticeState::Dropped => {}
    }
}

/// What a channel was told, as a row.
#[derive(serde::Serialize, serde::Deserialize)]
struct Remembered {
    group_key: String,
    receiver: String,
    channel: String,
    firing: Vec<String>,
    resolved: Vec<String>,
    at: i64,
    until: i64,
}

fn put_told(tx: &quarterdeck_store::Transaction<'_>, router: &str, given: &Told) -> Outcome<()> {
    let Told { group_key, receiver, channel, firing, resolved, at, until } = given.clone();
    let key = format!("{group_key}\n{receiver}\n{channel}");
    let row = Remembered { group_key, receiver, channel, firing, resolved, at, until };
    let body = serde_json::to_string(&row).map_err(|error| Fault::bug(format!("What was told could not be written: {error}.")))?;
    told::put(tx, router, &key, words::instant(at), &body)
}

fn read_told(text: &str) -> Option<Told> {
    // What a later version wrote says nothing here: somebody is told twice.
    let Remembered { group_key, receiver, channel, firing, resolved, at, until } = serde_json::from_str(text).ok()?;
    Some(Told { group_key, receiver, channel, firing, resolved, at, until })
}

/// The message of a waiting row.
pub(super) fn message_of(text: &str) -> Option<Message> {
    Parcel::read(text).map(|parcel| parcel.message())
}
