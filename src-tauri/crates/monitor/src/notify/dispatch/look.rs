//! One look at one group.

use std::sync::Arc;

use super::{COUNTS, Dispatcher, Held, Hold, Stop, is_over, millis};
use crate::{
    alert::Alert,
    notify::{
        Message,
        group::{Flight, Group, order},
        interval,
        log::{Ear, Entry, News},
    },
    sample::Moment,
};

/// More alerts than this are counted in a message, not carried.
const MOST_CARRIED: usize = 10_000;

/// A group's alerts by what is to be done with them.
#[derive(Default)]
struct Sorted<'a> {
    firing: Vec<&'a Alert>,
    /// Firing, and somebody has it.
    taken: Vec<&'a str>,
    /// Firing, and nobody is to be told.
    silenced: Vec<&'a str>,
    resolved: Vec<&'a Alert>,
    /// Over while somebody had it.
    resolved_taken: Vec<&'a Alert>,
    ran_out: Option<Moment>,
}

impl Dispatcher {
    /// What is to be told of a group now. What is over and leaves nothing to tell goes out of it.
    pub(super) fn look(&mut self, number: u64, now: Moment, held: &dyn Held) -> Vec<Message> {
        let Some(mut group) = self.groups.remove(&number) else { return Vec::new() };
        let stop = Arc::clone(&self.stops[group.route]);
        let (mut messages, mut flights, mut quiet) = (Vec::new(), Vec::new(), Vec::new());
        if interval::quiet(&stop.route, &self.config.intervals, now).is_none() {
            let sorted = self.sorted(&group, now, held);
            for (channel, (ear, tells_resolved)) in stop.ears(&group.key).enumerate() {
                if self.flying.contains_key(&ear) {
                    continue;
                }
                let Some((message, entry)) = self.news(&group, &stop, channel, &ear, tells_resolved, &sorted, now) else { continue };
                match message {
                    Some(message) => {
                        let Entry { firing, resolved, at, until } = entry;
                        flights.push((ear, Flight { group: Some(number), firing, resolved, at, until }));
                        messages.push(message);
                    }
                    None => quiet.push((ear, entry)),
                }
            }
        }
        group.flights += flights.len();
        self.flying.extend(flights);
        quiet.into_iter().for_each(|(ear, entry)| self.log.set_quietly(ear, entry));
        let waits = group.flights > 0 || stop.ears(&group.key).any(|(ear, _)| self.flying.contains_key(&ear));
        self.groups.insert(number, group);
        if !waits {
            self.tidy(number, now, false);
        }
        messages
    }

    /// A message of a group landed: what every channel knows as over goes out of the group.
    pub(super) fn landed(&mut self, group: Option<u64>, now: Moment) {
        let Some(number) = group else { return };
        let Some(group) = self.groups.get_mut(&number) else { return };
        group.flights = group.flights.saturating_sub(1);
        if group.flights == 0 {
            self.tidy(number, now, true);
        }
    }

    fn sorted(&self, group: &Group, now: Moment, held: &dyn Held) -> Sorted<'_> {
        let mut sorted = Sorted::default();
        for known in group.members.iter().filter_map(|id| self.alerts.get(id)) {
            let alert = &known.alert;
            let hold = if self.inhibited(&alert.labels).is_some() { Some(Hold::Silence) } else { held.holds(alert, now) };
            match (is_over(alert, now), hold) {
                (true, Some(Hold::Silence)) => {}
                (false, Some(Hold::Silence)) => sorted.silenced.push(&alert.id),
                (true, Some(Hold::Acknowledgement)) => sorted.resolved_taken.push(alert),
                (true, None) => sorted.resolved.push(alert),
                (false, Some(Hold::Acknowledgement)) => sorted.taken.push(&alert.id),
                (false, None) => {
                    sorted.ran_out = sorted.ran_out.max(held.ran_out(alert, now));
                    sorted.firing.push(alert);
                }
            }
        }
        sorted
    }

    /// The message, if the channel is told anything, and what it knows then.
    #[allow(clippy::too_many_arguments, reason = "one call: what is looked at, and for whom")]
    fn news(
        &self,
        group: &Group,
        stop: &Stop,
        channel: usize,
        ear: &Ear,
        tells_resolved: bool,
        sorted: &Sorted<'_>,
        now: Moment,
    ) -> Option<(Option<Message>, Entry)> {
        let told = self.log.get(ear);
        let knows = |id: &str| told.is_some_and(|told| told.firing.contains(id));
        let ids = |alerts: &[&Alert]| alerts.iter().map(|alert| alert.id.clone()).collect();
        let taken_and_told = sorted.resolved_taken.iter().filter(|alert| knows(&alert.id));
        let resolved: Vec<&Alert> = sorted.resolved.iter().chain(taken_and_told).copied().collect();
        let repeat = millis(stop.route.repeat_interval);
        let news = News {
            firing: &sorted.firing.iter().map(|alert| alert.id.as_str()).collect::<Vec<_>>(),
            taken: &sorted.taken,
            resolved: &resolved.iter().map(|alert| alert.id.as_str()).collect::<Vec<_>>(),
            ran_out: sorted.ran_out,
            tells_resolved,
            repeat,
            at: now,
        };
        let reason = news.reason(told)?;
        let mut entry = Entry { firing: ids(&sorted.firing), resolved: ids(&resolved), at: now, until: now + COUNTS };
        entry.firing.extend(sorted.taken.iter().filter(|id| knows(id)).map(|id| (*id).to_owned()));
        if sorted.firing.is_empty() && !tells_resolved {
            // Nobody hears that something is over, so what fires in silence stays known.
            entry.firing.extend(sorted.silenced.iter().filter(|id| knows(id)).map(|id| (*id).to_owned()));
            return Some((None, entry));
        }
        let (firing, dropped) = carried(&sorted.firing);
        let (resolved, more) = if tells_resolved { carried(&resolved) } else { (Vec::new(), 0) };
        let message = Message {
            receiver: stop.route.receiver.clone(),
            channel,
            group_key: group.key.clone(),
            group_labels: group.labels.clone(),
            firing,
            resolved,
            reason,
            at: now,
            dropped: dropped + more,
        };
        Some((Some(message), entry))
    }

    /// What is over goes out of a group; with `known` only where no channel still takes it for firing. An empty group ends.
    pub(super) fn tidy(&mut self, number: u64, now: Moment, known: bool) {
        let Some(group) = self.groups.get_mut(&number) else { return };
        let ears: Vec<Ear> = self.stops[group.route].ears(&group.key).map(|(ear, _)| ear).collect();
        let over = |id: &&String| self.alerts.get(*id).is_none_or(|known| is_over(&known.alert, now));
        let fires_for_some = |id: &str| ears.iter().any(|ear| self.log.get(ear).is_some_and(|entry| entry.firing.contains(id)));
        let gone: Vec<String> = group.members.iter().filter(over).filter(|id| !known || !fires_for_some(id)).cloned().collect();
        for id in gone {
            group.members.remove(&id);
            ears.iter().for_each(|ear| self.log.forget(ear, &id));
            let alert = self.alerts.get_mut(&id);
            if alert.is_some_and(|alert| {
                alert.groups.retain(|other| *other != number);
                alert.groups.is_empty()
            }) {
                self.alerts.remove(&id);
            }
        }
        if group.members.is_empty() && group.flights == 0 {
            let ended = self.groups.remove(&number);
            ended.and_then(|group| self.numbers.remove(&(group.route, group.labels)));
        }
    }
}

fn carried(alerts: &[&Alert]) -> (Vec<Alert>, usize) {
    let mut sorted = alerts.to_vec();
    sorted.sort_by(|a, b| order(a, b));
    (sorted.into_iter().take(MOST_CARRIED).cloned().collect(), alerts.len().saturating_sub(MOST_CARRIED))
}
