//! What was told to whom, and with what answer.

use serde::{Deserialize, Serialize};

use super::AlertName;
use crate::{Count, Instant};

/// One message to one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AlertNotice {
    /// Its number.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub id: i64,
    /// When it was due.
    pub at: Instant,
    /// Whose configuration: a system's name, `home` or `built-in`.
    pub router: String,
    /// The receiver.
    pub receiver: String,
    /// The kind of channel: `email`, `slack`, `pagerduty`, `opsgenie`, `webhook`, `desktop`.
    pub channel: String,
    /// Where to, without secrets: an address, a channel's name, a host.
    pub to: String,
    /// Why.
    pub reason: NoticeReason,
    /// How it stands.
    pub state: NoticeState,
    /// How often it was tried.
    pub attempts: Count,
    /// What was answered, or why it failed: `200`, `429, again 14:02:10`, `certificate expired 3 d ago`.
    pub answer: String,
    /// When it was sent, or given up.
    pub ended: Option<Instant>,
    /// When it is tried again.
    pub again: Option<Instant>,
    /// The title that was sent.
    pub title: String,
    /// Its first hundred alerts.
    pub alerts: Vec<AlertName>,
    /// How many alerts it told of.
    pub count: Count,
}

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum NoticeReason {
    /// The group is new.
    First,
    /// Alerts joined it or resolved.
    Changed,
    /// It still fires, and nobody took it.
    Repeat,
    /// All of it is over.
    Resolved,
    /// The next level of a ladder.
    Escalation,
    /// Somebody tried the channel.
    Test,
    /// Somebody drilled a route.
    Drill,
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum NoticeState {
    /// It waits for its turn.
    Queued,
    /// It failed, and is tried again.
    Again,
    /// It was taken.
    Sent,
    /// It failed for good.
    Failed,
    /// What it told of was over before it could be sent.
    Dropped,
}
