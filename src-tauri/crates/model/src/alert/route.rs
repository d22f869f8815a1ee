//! Routes as they are, and who would be told.

use serde::{Deserialize, Serialize};

use crate::{Instant, Millis, WirePath, inspection::Tone, system::DefinitionFinding, system::Name};

/// One configuration of routes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Router {
    /// A system's name, `home` or `built-in`.
    pub key: String,
    /// Of which system.
    pub system: Option<Name>,
    /// Its file; none for the built-in one.
    pub file: Option<WirePath>,
    /// The root; none where the file cannot be used.
    pub root: Option<RouteNode>,
    /// Who can be told.
    pub receivers: Vec<Receiver>,
    /// `source -> target, equal: labels`, one for each rule.
    pub inhibitions: Vec<String>,
    /// Named time intervals, in words, with whether they hold now.
    pub intervals: Vec<TimeIntervalRow>,
    /// What is wrong with it.
    pub findings: Vec<DefinitionFinding>,
    /// Since when the file is used as it is; where it is wrong, the one before stays in use and this says so.
    pub in_use: String,
}

/// One route of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RouteNode {
    /// Its place: empty for the root, `0.2` for the third child of the first.
    pub path: String,
    /// What must hold, as written; empty for all.
    pub matchers: Vec<String>,
    /// The receiver, its own or the one it has from above.
    pub receiver: String,
    /// `by alertname, system`, `each alert by itself`, `all together`.
    pub grouping: String,
    /// Before a new group is told.
    pub group_wait: Millis,
    /// Before a changed group is told.
    pub group_interval: Millis,
    /// Before it is told again.
    pub repeat_interval: Millis,
    /// Goes on to the routes beside it.
    pub goes_on: bool,
    /// Intervals in which it is mute.
    pub mute: Vec<String>,
    /// Intervals outside of which it is mute.
    pub active: Vec<String>,
    /// Below it, in order.
    pub routes: Vec<RouteNode>,
}

/// Somebody who can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Receiver {
    /// Its name.
    pub name: String,
    /// By which ways.
    pub channels: Vec<ChannelRow>,
}

/// One way to tell somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ChannelRow {
    /// `email`, `slack`, …
    pub kind: String,
    /// Where to, without secrets.
    pub to: String,
    /// Says when an alert is over, too.
    pub tells_resolved: bool,
    /// How the newest message went; unknown where there was none.
    pub tone: Tone,
    /// E.g. `sent 14:02, 200`, `failed 14:02: connection refused`, `nothing was sent yet`, `not sent by Quarterdeck: telegram`.
    pub sentence: String,
    /// The newest message.
    pub last: Option<Instant>,
    /// What a person should know, e.g. that OpsGenie ends in April 2027.
    pub remark: Option<String>,
}

/// A named time interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct TimeIntervalRow {
    /// Its name.
    pub name: String,
    /// In words.
    pub sentence: String,
    /// Holds now.
    pub now: bool,
}

/// Who would be told of an alert with certain labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RouteTest {
    /// Whose configuration.
    pub router: String,
    /// In the order in which they are told; one for each route that matched.
    pub told: Vec<RouteAnswer>,
    /// Silences and maintenance that would hold it, in words.
    pub held: Vec<String>,
    /// The ladder it would climb, in words.
    pub ladder: Vec<String>,
    /// The moment that was asked about.
    pub at: Instant,
}

/// One route that matched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RouteAnswer {
    /// Who.
    pub receiver: String,
    /// The places on the way, from the root.
    pub path: Vec<String>,
    /// Why, one sentence for each step.
    pub why: Vec<String>,
    /// The group it would be in: `{alertname="…"}`.
    pub group: String,
    /// When: `after 30 s, changes every 5 min, again every 4 h`.
    pub sentence: String,
    /// Mute now, by which interval.
    pub muted: Option<String>,
}
