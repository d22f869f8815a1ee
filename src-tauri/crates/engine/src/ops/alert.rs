//! Alerts: what fires, who has it, what happened.

use quarterdeck_model::{
    Instant, Outcome, Role,
    alert::{AlertCount, AlertDetail, AlertEvent, AlertNotice, AlertRow, AlertState},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Asks for alerts, and for rules that are in no state to become one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListAlerts {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
    /// Only these states; empty for all.
    #[serde(default)]
    pub states: Vec<AlertState>,
}

impl Query for ListAlerts {
    const NAME: &str = "list_alerts";
    const SUMMARY: &str = "Lists alerts and rules that cannot fire, worst first: critical before warning, then the oldest.";
    type Response = AlertList;

    fn answer(self, scope: &Scope) -> Outcome<AlertList> {
        crate::alerting::list(scope, &self)
    }
}

/// Alerts, worst first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AlertList {
    /// Critical before warning before info; within each firing first, then by age, oldest first.
    pub alerts: Vec<AlertRow>,
    /// How many there are of each state, whatever was asked for.
    pub counts: Vec<AlertCount>,
    /// When rules were evaluated last; none where they never were.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub evaluated: Option<Instant>,
    /// E.g. `The agent evaluates 84 rules every 15 s.`, `No rule was evaluated since 13:20: the agent has not run.`
    pub sentence: String,
    /// How many silences and maintenance windows hold now.
    pub silences: u32,
    /// When it was read.
    pub as_of: Instant,
}

/// Asks for one alert and everything about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetAlert {
    /// Which: an id of the list, or the key of a rule.
    pub id: String,
}

impl Query for GetAlert {
    const NAME: &str = "get_alert";
    const SUMMARY: &str = "Shows one alert: why, since when, what happened before, who was told, who is next, what to do.";
    type Response = AlertDetail;

    fn answer(self, scope: &Scope) -> Outcome<AlertDetail> {
        crate::alerting::get(scope, &self)
    }
}

/// Asks what happened to alerts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListAlertEvents {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
    /// Not before; absent for a week ago.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub from: Option<Instant>,
    /// Not after; absent for now.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub until: Option<Instant>,
    /// Only those in whose name, sentence or person this occurs.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub text: Option<String>,
    /// Only those before this number, to page on.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, type = "number"))]
    pub before: Option<i64>,
}

impl Query for ListAlertEvents {
    const NAME: &str = "list_alert_events";
    const SUMMARY: &str = "Lists what happened to alerts: firing, resolved, acknowledged, escalated; newest first.";
    type Response = AlertEventList;

    fn answer(self, scope: &Scope) -> Outcome<AlertEventList> {
        crate::alerting::events(scope, &self)
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AlertEventList {
    /// Newest first, at most five hundred.
    pub events: Vec<AlertEvent>,
    /// To page on; none where these were all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, type = "number"))]
    pub next: Option<i64>,
    /// When it was read.
    pub as_of: Instant,
}

/// Asks who was told what.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListNotices {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
    /// Only those to this receiver.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub receiver: Option<String>,
    /// Only those that failed or are tried again.
    pub failed: bool,
    /// Only those before this number, to page on.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, type = "number"))]
    pub before: Option<i64>,
}

impl Query for ListNotices {
    const NAME: &str = "list_notices";
    const SUMMARY: &str = "Lists messages: to whom, by which way, why, and what was answered; newest first.";
    type Response = NoticeList;

    fn answer(self, scope: &Scope) -> Outcome<NoticeList> {
        crate::alerting::notices(scope, &self)
    }
}

/// Who was told what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct NoticeList {
    /// Newest first, at most five hundred.
    pub notices: Vec<AlertNotice>,
    /// To page on; none where these were all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, type = "number"))]
    pub next: Option<i64>,
    /// When it was read.
    pub as_of: Instant,
}

/// Takes alerts: quiet until they clear.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeAlerts {
    /// Which.
    pub ids: Vec<String>,
    /// What is done about it; may be short.
    pub note: String,
    /// Until when at most; absent until they clear.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub until: Option<Instant>,
}

impl Command for AcknowledgeAlerts {
    const NAME: &str = "acknowledge_alerts";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Takes alerts: nobody else is told until they clear, or until the time that was said.";
    type Response = ();

    fn touches(&self) -> String {
        self.ids.join(", ")
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::alerting::acknowledge(scope, &self)
    }
}

/// Gives an alert back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct WithdrawAcknowledgement {
    /// Which.
    pub id: String,
}

impl Command for WithdrawAcknowledgement {
    const NAME: &str = "withdraw_acknowledgement";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Gives an alert back: telling goes on.";
    type Response = ();

    fn touches(&self) -> String {
        self.id.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::alerting::withdraw(scope, &self)
    }
}
