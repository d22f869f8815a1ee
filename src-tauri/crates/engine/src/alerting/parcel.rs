//! A message as it lies in the outbox.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Count, Fault, Outcome,
    alert::{AlertName, AlertNotice, NoticeReason, NoticeState},
    system::Name,
};
use quarterdeck_monitor::{
    alert::Alert,
    labels::Labels,
    notify::{Message, channel::Channel},
    sample::Moment,
};
use serde::{Deserialize, Serialize};

use super::words;

/// So many alerts are named in a notice.
const NAMED: usize = 100;

/// A title is cut there, in characters.
const LONGEST: usize = 200;

/// A message that can be sent by another process, too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Parcel {
    receiver: String,
    channel: usize,
    /// An address that is no channel of the receiver: a contact's e-mail.
    #[serde(default)]
    pub address: Option<String>,
    group_key: String,
    group_labels: BTreeMap<String, String>,
    firing: Vec<Wrapped>,
    resolved: Vec<Wrapped>,
    reason: NoticeReason,
    at: Moment,
    dropped: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wrapped {
    id: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    starts: Moment,
    ends: Option<Moment>,
    /// Bits: it may be no number.
    value: u64,
    expression: String,
}

impl Parcel {
    /// Of a message.
    pub(super) fn of(message: &Message) -> Self {
        let Message { receiver, channel, group_key, group_labels, firing, resolved, reason, at, dropped } = message;
        Self {
            receiver: receiver.clone(),
            channel: *channel,
            address: None,
            group_key: group_key.clone(),
            group_labels: words::pairs(group_labels),
            firing: firing.iter().map(Wrapped::of).collect(),
            resolved: resolved.iter().map(Wrapped::of).collect(),
            reason: *reason,
            at: *at,
            dropped: *dropped,
        }
    }

    /// To an address that is no channel of a receiver.
    pub(super) fn to(self, address: &str) -> Self {
        Self { address: Some(address.to_owned()), ..self }
    }

    /// From a row. None where a later version wrote it.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// For a row.
    pub(super) fn text(&self) -> Outcome<String> {
        serde_json::to_string(self).map_err(|error| Fault::bug(format!("A message could not be written as JSON: {error}.")))
    }

    /// The message.
    pub(super) fn message(&self) -> Message {
        Message {
            receiver: self.receiver.clone(),
            channel: self.channel,
            group_key: self.group_key.clone(),
            group_labels: labels(&self.group_labels),
            firing: self.firing.iter().map(Wrapped::alert).collect(),
            resolved: self.resolved.iter().map(Wrapped::alert).collect(),
            reason: self.reason,
            at: self.at,
            dropped: self.dropped,
        }
    }

    /// Ids of all its alerts.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.firing.iter().chain(&self.resolved).map(|wrapped| wrapped.id.as_str())
    }
}

impl Wrapped {
    fn of(alert: &Alert) -> Self {
        Self {
            id: alert.id.clone(),
            labels: words::pairs(&alert.labels),
            annotations: words::pairs(&alert.annotations),
            starts: alert.starts,
            ends: alert.ends,
            value: alert.value.to_bits(),
            expression: alert.expression.clone(),
        }
    }

    fn alert(&self) -> Alert {
        Alert {
            id: self.id.clone(),
            labels: labels(&self.labels),
            annotations: labels(&self.annotations),
            starts: self.starts,
            ends: self.ends,
            value: f64::from_bits(self.value),
            expression: self.expression.clone(),
        }
    }
}

/// The notice of a message that waits.
pub(super) fn notice(router: &str, message: &Message, channel: &Channel) -> AlertNotice {
    let named = |alert: &Alert| AlertName { id: alert.id.clone(), name: alert.labels.get("alertname").to_owned() };
    let all = || message.firing.iter().chain(&message.resolved);
    AlertNotice {
        id: 0,
        at: words::instant(message.at),
        router: router.to_owned(),
        receiver: message.receiver.clone(),
        channel: channel.kind().to_owned(),
        to: to(channel),
        reason: message.reason,
        state: NoticeState::Queued,
        attempts: Count(0),
        answer: String::new(),
        ended: None,
        again: None,
        title: title(message),
        alerts: all().take(NAMED).map(named).collect(),
        count: Count((all().count() + message.dropped) as u64),
    }
}

/// Where a channel leads, without its kind.
pub(super) fn to(channel: &Channel) -> String {
    let summary = channel.summary();
    summary.strip_prefix(channel.kind()).unwrap_or(&summary).trim().to_owned()
}

/// The system that all alerts of a message are of.
pub(super) fn system(message: &Message) -> Option<Name> {
    let mut all = message.firing.iter().chain(&message.resolved).map(|alert| alert.labels.get("system"));
    let first = all.next()?;
    if all.all(|other| other == first) { first.parse().ok() } else { None }
}

/// What a message is about, in one line.
fn title(message: &Message) -> String {
    let summary = |alert: &Alert| words::summary(&words::pairs(&alert.annotations), alert.labels.get("alertname"));
    let text = match (message.firing.as_slice(), message.resolved.as_slice()) {
        ([one], []) => summary(one),
        ([], [one]) => format!("Over: {}", summary(one)),
        ([], many) => format!("Over: {} alerts", many.len()),
        ([first, ..], over) => {
            let more = message.firing.len() + message.dropped - 1;
            let over = if over.is_empty() { String::new() } else { format!(", {} over", over.len()) };
            if more == 0 { format!("{}{over}", summary(first)) } else { format!("{} and {more} more{over}", summary(first)) }
        }
    };
    text.chars().take(LONGEST).collect()
}

fn labels(pairs: &BTreeMap<String, String>) -> Labels {
    Labels::new(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}
