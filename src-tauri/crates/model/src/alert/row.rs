//! One alert, in a list and whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AlertNotice, Runbook, RunbookLink, Silenced};
use crate::{
    Count, Instant, Millis,
    monitor::{Float, TimeSpan},
    system::{Environment, Name},
};

/// How an alert, or a rule that cannot become one, stands. Kept apart: what the machine found, and what people did about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum AlertState {
    /// It holds, and nobody has it.
    Firing,
    /// It holds, not long enough yet.
    Pending,
    /// Somebody has it.
    Acknowledged,
    /// It holds; nobody is told, by agreement.
    Silenced,
    /// It holds; another one that explains it fires.
    Inhibited,
    /// It holds; its route is mute at this time.
    Muted,
    /// It held lately and no longer does.
    Resolved,
    /// The rule cannot fire: what it looks at was not measured.
    NoData,
    /// The rule cannot be evaluated.
    Error,
    /// The rule was not evaluated for too long.
    Stale,
}

/// How much it matters if true; by the label `severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum AlertSeverity {
    /// `critical`, `page`, `error`, `high`, `p1`, `emergency`, `fatal`: at once.
    Critical,
    /// `warning`, `major`, `medium`, `p2` and what nobody knows: within half an hour.
    Warning,
    /// `info`, `minor`, `low`, `none`, `p3` and beyond: to be noted.
    Low,
}

/// One row of the list: an alert, or a rule that is in no state to become one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AlertRow {
    /// Sixteen hexadecimal figures; of a rule's own row, its key.
    pub id: String,
    /// The label `alertname`.
    pub name: String,
    /// The key of its rule.
    pub rule: String,
    /// How it stands.
    pub state: AlertState,
    /// Beside the state: `4 min left`, `by Ada until 14:30`, `by AppealErrorRateHigh`, `until 23 Nov 08:00`, `never seen: http_requests_total`.
    pub detail: Option<String>,
    /// How much it matters.
    pub severity: AlertSeverity,
    /// The annotation `summary`, else `description`, else what the expression says.
    pub summary: String,
    /// Of which system; none for the machine.
    pub system: Option<Name>,
    /// Its environment.
    pub environment: Option<Environment>,
    /// What it is about: the label `component`, `instance`, `database`, `job`, the first that is there.
    pub target: Option<String>,
    /// Since when it is in this state; of a resolved one, when it ended.
    pub since: Instant,
    /// Since when the condition holds.
    pub active: Option<Instant>,
    /// The value of the expression when it was looked at last.
    pub value: Option<Float>,
    /// Who has it.
    pub owner: Option<String>,
    /// Who was told last, with what result: `Slack #incidents, 14:02`.
    pub told: Option<String>,
    /// True where telling failed for good.
    pub untold: bool,
    /// What comes next: `platform lead in 4 min`, `again at 18:02`, `in 20 s`.
    pub next: Option<String>,
    /// When that is.
    pub next_at: Option<Instant>,
    /// How often it went to and fro, where that is often.
    pub flapping: Option<String>,
    /// When its rule was looked at last.
    pub as_of: Instant,
    /// Its labels, by name.
    pub labels: BTreeMap<String, String>,
}

/// One alert and everything about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AlertDetail {
    /// As in the list.
    pub row: AlertRow,
    /// Its annotations, templates expanded, by name.
    pub annotations: BTreeMap<String, String>,
    /// The expression as it is written.
    pub expression: String,
    /// What is compared: the expression without its comparison; none where it compares nothing that can be drawn.
    pub measured: Option<String>,
    /// With what it is compared: the sign and the limit.
    pub limit: Option<AlertLimit>,
    /// `for` of the rule.
    pub hold: Millis,
    /// Where the rule is written: `appeals.yml:12`.
    pub place: String,
    /// When it fired lately, oldest first.
    pub firings: Vec<TimeSpan>,
    /// What happened to it, newest first.
    pub history: Vec<AlertEvent>,
    /// Who was told what, newest first.
    pub notices: Vec<AlertNotice>,
    /// Who is told when, in order; empty where no ladder is meant for it.
    pub ladder: Vec<Rung>,
    /// Who has it, and until when.
    pub acknowledgement: Option<Acknowledgement>,
    /// The silences that hold it.
    pub silences: Vec<Silenced>,
    /// The alerts that inhibit it, by id and name.
    pub inhibited_by: Vec<AlertName>,
    /// Those that it inhibits.
    pub inhibits: Vec<AlertName>,
    /// What to do.
    pub runbook: Option<Runbook>,
    /// Where more is written; shown as a link.
    pub links: Vec<RunbookLink>,
    /// When it was read.
    pub as_of: Instant,
}

/// The comparison that makes an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AlertLimit {
    /// `>`, `<`, `>=`, `<=`, `==`, `!=`.
    pub sign: String,
    /// The limit.
    pub value: Float,
}

/// An alert by its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AlertName {
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Something that happened to an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AlertEvent {
    /// When.
    pub at: Instant,
    /// Which alert.
    pub alert: AlertName,
    /// Of which system.
    pub system: Option<Name>,
    /// How much it matters.
    pub severity: AlertSeverity,
    /// What kind of thing.
    pub kind: AlertEventKind,
    /// One sentence: `fires: 6.8 %, limit 5 %`, `acknowledged by ada: on it`.
    pub sentence: String,
    /// Who did it; none for the machine.
    pub by: Option<String>,
    /// The value then.
    pub value: Option<Float>,
}

/// What can happen to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum AlertEventKind {
    /// Its condition began to hold.
    Pending,
    /// It began to fire.
    Firing,
    /// It ended.
    Resolved,
    /// Its condition ended before it fired.
    Withdrawn,
    /// Somebody took it.
    Acknowledged,
    /// Nobody has it any longer.
    Unacknowledged,
    /// The next level was told.
    Escalated,
    /// It began to flap, or is steady again.
    Flapping,
    /// The rule lost its data, failed, or is well again.
    Rule,
}

/// "I have it."
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Why, or what is done.
    pub note: String,
    /// Until when; none until it clears.
    pub until: Option<Instant>,
}

/// One level of an escalation ladder, for one alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Rung {
    /// Counts from 1.
    pub level: u32,
    /// Who: the contact who is on call then, or a receiver.
    pub who: String,
    /// When they are told, if nobody takes it before.
    pub at: Instant,
    /// When they were told.
    pub told: Option<Instant>,
    /// What became of it: `sent`, `failed: …`, `stopped: acknowledged`.
    pub outcome: Option<String>,
}

/// How many there are of each state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AlertCount {
    /// Which state.
    pub state: AlertState,
    /// How many.
    pub count: Count,
}
