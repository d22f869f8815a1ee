//! When which group of alerts is told to whom (Alertmanager's dispatcher and its pipeline), without a clock: moments come from outside.
//!
//! A new group waits `group_wait`, then it is looked at every `group_interval`; what a channel knows already is not told again before
//! `repeat_interval` is over. What differs from Alertmanager, each time so that less is untold:
//! * an alert that was over without anybody being told (silenced, mute, a channel that does not tell what is over) is told as new when it
//!   fires again; Alertmanager takes it for known until `repeat_interval` is over;
//! * a group that was told before a restart goes on with its interval;
//! * an acknowledged alert is held like a silenced one, yet its end is told to the channels that know it, and when the acknowledgement runs
//!   out it is told again.

mod look;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use super::{
    Message, Told,
    config::Config,
    group::{Flight, Group},
    inhibit::{InhibitRule, Sources},
    log::{Ear, Entry, Log},
    route::{self, Route},
};
use crate::{alert::Alert, labels::Labels, sample::Moment};

/// How long what was told is remembered at least, in milliseconds: five days (Alertmanager's retention).
const COUNTS: i64 = 120 * 3_600_000;

/// What keeps an alert from being told although its route would tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// A silence or agreed maintenance.
    Silence,
    /// Somebody has it.
    Acknowledgement,
}

/// What people agreed about alerts.
pub trait Held {
    /// What holds an alert at a moment, if anything does. It is asked about alerts that are over, too.
    fn holds(&self, alert: &Alert, at: Moment) -> Option<Hold>;

    /// When the newest acknowledgement of an alert that still fires ran out; none where none did.
    fn ran_out(&self, _alert: &Alert, _at: Moment) -> Option<Moment> {
        None
    }
}

/// Nothing is agreed.
#[derive(Debug, Clone, Copy)]
pub struct NothingHeld;

impl Held for NothingHeld {
    fn holds(&self, _alert: &Alert, _at: Moment) -> Option<Hold> {
        None
    }
}

/// Groups, waits, repeats, and what was told already.
#[derive(Debug)]
pub struct Dispatcher {
    config: Arc<Config>,
    /// By the routes' numbers.
    stops: Vec<Arc<Stop>>,
    alerts: HashMap<String, Known>,
    groups: HashMap<u64, Group>,
    numbers: HashMap<(usize, Labels), u64>,
    newest: u64,
    /// Moments at which groups are to be looked at; those that no longer count are thrown away when they come up.
    heap: BinaryHeap<Reverse<(Moment, u64)>>,
    sources: Sources,
    log: Log,
    flying: HashMap<Ear, Flight>,
}

/// A route without those below it, and the channels of its receiver.
#[derive(Debug)]
struct Stop {
    route: Route,
    /// Each with its name in the log, and whether it tells what is over.
    channels: Vec<(String, bool)>,
}

/// An alert that some group holds.
#[derive(Debug)]
struct Known {
    alert: Alert,
    groups: Vec<u64>,
}

impl Dispatcher {
    /// Without alerts; `remembered` is what was told before the restart.
    pub fn new(config: Arc<Config>, remembered: Vec<Told>) -> Self {
        let stops = config.route.all().into_iter().map(|route| {
            let channels = config.receiver(&route.receiver).map(|receiver| channel_names(&receiver.channels)).unwrap_or_default();
            Arc::new(Stop { route: route.alone(), channels })
        });
        Self {
            stops: stops.collect(),
            alerts: HashMap::new(),
            groups: HashMap::new(),
            numbers: HashMap::new(),
            newest: 0,
            heap: BinaryHeap::new(),
            sources: Sources::new(&config.inhibit_rules),
            log: Log::new(remembered),
            flying: HashMap::new(),
            config,
        }
    }

    /// Takes alerts as they are now; those that are not among them stay as they are. The same alert may be taken again at any time, and
    /// one that is over has to be taken with its end.
    pub fn take(&mut self, now: Moment, alerts: &[Alert]) {
        let config = Arc::clone(&self.config);
        for alert in alerts {
            let over = is_over(alert, now);
            let known = self.alerts.get(&alert.id);
            let was_over = known.map(|known| is_over(&known.alert, now));
            if was_over != Some(over) {
                self.sources.take(&config.inhibit_rules, &alert.id, &alert.labels, !over);
            }
            match self.alerts.get_mut(&alert.id) {
                Some(known) if known.alert == *alert => {}
                Some(known) => known.alert = alert.clone(),
                None => drop(self.alerts.insert(alert.id.clone(), Known { alert: alert.clone(), groups: Vec::new() })),
            }
            let came_back = !over && was_over == Some(true);
            if was_over.is_none() || came_back {
                self.put(alert, now, over);
            }
            if self.alerts.get(&alert.id).is_some_and(|known| known.groups.is_empty()) {
                self.alerts.remove(&alert.id);
            }
        }
    }

    /// Lets go, without a word, of the alerts that another configuration decides about from now on: nobody is told that they are over.
    pub fn leave(&mut self, now: Moment, theirs: impl Fn(&Alert) -> bool) {
        let leaving =
            self.alerts.values().filter(|known| theirs(&known.alert)).map(|known| (known.alert.id.clone(), known.alert.labels.clone()));
        for (id, labels) in leaving.collect::<Vec<_>>() {
            self.sources.take(&Arc::clone(&self.config).inhibit_rules, &id, &labels, false);
            let groups = self.alerts.remove(&id).map(|known| known.groups).unwrap_or_default();
            for number in groups {
                let Some(group) = self.groups.get_mut(&number) else { continue };
                group.members.remove(&id);
                let ears: Vec<Ear> = self.stops[group.route].ears(&group.key).map(|(ear, _)| ear).collect();
                ears.iter().for_each(|ear| self.log.forget(ear, &id));
                self.tidy(number, now, true);
            }
        }
    }

    /// When something is due next; none where nothing is known.
    pub fn due(&self) -> Option<Moment> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    /// Looks at the groups that are due. Each message has to be answered by [`Self::told`] or [`Self::failed`]; until then its channel is
    /// told nothing else of that group.
    pub fn flush(&mut self, now: Moment, held: &dyn Held) -> Vec<Message> {
        let groups = &self.groups;
        self.log.tidy(now, || groups.values().map(|group| group.key.clone()).collect());
        let mut messages = Vec::new();
        while let Some(Reverse((due, number))) = self.heap.peek().copied().filter(|Reverse((due, _))| *due <= now) {
            self.heap.pop();
            if let Some(group) = self.groups.get_mut(&number).filter(|group| group.next == due) {
                group.next = now + millis(self.stops[group.route].route.group_interval).max(1);
                self.heap.push(Reverse((group.next, number)));
                messages.extend(self.look(number, now, held));
            }
        }
        messages
    }

    /// A message arrived. What is to be remembered; none where the message is not one of these groups.
    pub fn told(&mut self, message: &Message, now: Moment) -> Option<Told> {
        let ear = self.ear(message)?;
        let Flight { group, firing, resolved, at, until } = self.flying.remove(&ear)?;
        let told = self.log.set(ear, Entry { firing, resolved, at, until });
        self.landed(group, now);
        Some(told)
    }

    /// A message was given up; what it told is told again when its group is due.
    pub fn failed(&mut self, message: &Message, now: Moment) {
        let flight = self.ear(message).and_then(|ear| self.flying.remove(&ear));
        if let Some(flight) = flight {
            self.landed(flight.group, now);
        }
    }

    /// A message from before the restart is still on its way.
    pub fn resume(&mut self, message: &Message) {
        let Some(ear) = self.ear(message) else { return };
        let ids = |alerts: &[Alert]| alerts.iter().map(|alert| alert.id.clone()).collect::<HashSet<String>>();
        let (firing, resolved, until) = (ids(&message.firing), ids(&message.resolved), message.at + COUNTS);
        self.flying.insert(ear, Flight { group: None, firing, resolved, at: message.at, until });
    }

    /// What changed in the log without a message; to be remembered as if it had been told.
    pub fn quietly_told(&mut self) -> Vec<Told> {
        self.log.take_quiet()
    }

    /// The whole log, for a dispatcher that takes over with another configuration.
    pub fn log(&self) -> Vec<Told> {
        self.log.all()
    }

    /// The rule, and the id of an alert, that keep one with such labels quiet now.
    pub fn inhibited(&self, labels: &Labels) -> Option<(&InhibitRule, &str)> {
        self.sources.explain(&self.config.inhibit_rules, labels)
    }

    /// By which configuration.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// Puts an alert into the group of each route that matches. One that is over only goes where its firing was told, or is being told.
    fn put(&mut self, alert: &Alert, now: Moment, over: bool) {
        let config = Arc::clone(&self.config);
        for path in route::matching(&config.route, &alert.labels) {
            let number = path.route.number;
            let labels = path.route.group_labels(&alert.labels);
            if over && !self.is_told(number, &labels, &alert.id) {
                continue;
            }
            let known = self.numbers.get(&(number, labels.clone())).copied();
            let group = known.unwrap_or_else(|| self.open(number, labels, alert, now));
            if let Some(group) = self.groups.get_mut(&group) {
                group.members.insert(alert.id.clone());
            }
            if let Some(known) = self.alerts.get_mut(&alert.id).filter(|known| !known.groups.contains(&group)) {
                known.groups.push(group);
            }
        }
    }

    fn is_told(&self, route: usize, labels: &Labels, id: &str) -> bool {
        let stop = &self.stops[route];
        let key = stop.route.group_key(labels);
        let flies = |ear: &Ear| self.flying.get(ear).is_some_and(|flight| flight.firing.contains(id));
        stop.ears(&key).any(|(ear, _)| flies(&ear) || self.log.get(&ear).is_some_and(|entry| entry.firing.contains(id)))
    }

    /// Opens a group for its first alert.
    fn open(&mut self, route: usize, labels: Labels, alert: &Alert, now: Moment) -> u64 {
        let stop = Arc::clone(&self.stops[route]);
        let (key, wait) = (stop.route.group_key(&labels), millis(stop.route.group_wait));
        // An alert that waited elsewhere long enough does not wait here.
        let waited = alert.starts + wait < now;
        let told = stop.ears(&key).filter_map(|(ear, _)| self.log.get(&ear)).filter(|entry| !entry.firing.is_empty());
        let goes_on = told.map(|entry| entry.at + millis(stop.route.group_interval)).max().unwrap_or(Moment::MIN);
        let next = if waited { now } else { now + wait }.max(goes_on);
        self.newest += 1;
        let number = self.newest;
        self.heap.push(Reverse((next, number)));
        self.numbers.insert((route, labels.clone()), number);
        self.groups.insert(number, Group { route, labels, key, next, members: HashSet::new(), flights: 0 });
        number
    }

    /// None where the configuration has no such channel.
    fn ear(&self, message: &Message) -> Option<Ear> {
        let receiver = self.config.receiver(&message.receiver)?;
        let channel = channel_names(&receiver.channels).into_iter().nth(message.channel)?.0;
        Some(Ear { group_key: message.group_key.clone(), receiver: message.receiver.clone(), channel })
    }
}

impl Stop {
    /// Its channels by the names they have in the log, and whether each tells what is over.
    fn ears(&self, group_key: &str) -> impl Iterator<Item = (Ear, bool)> {
        let ear =
            |channel: &String| Ear { group_key: group_key.to_owned(), receiver: self.route.receiver.clone(), channel: channel.clone() };
        self.channels.iter().map(move |(channel, tells_resolved)| (ear(channel), *tells_resolved))
    }
}

/// `slack[0]`, `slack[1]`, `email[0]`: a channel keeps its name where others are put beside it.
fn channel_names(channels: &[super::channel::Channel]) -> Vec<(String, bool)> {
    let number = |i: usize| channels[..i].iter().filter(|before| before.kind() == channels[i].kind()).count();
    channels.iter().enumerate().map(|(i, channel)| (format!("{}[{}]", channel.kind(), number(i)), channel.send_resolved())).collect()
}

fn is_over(alert: &Alert, now: Moment) -> bool {
    alert.ends.is_some_and(|ends| ends <= now)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod tests;
