//! Silences and maintenance windows.

use quarterdeck_model::{
    Count, Instant, Outcome, Role,
    alert::{AlertRow, LabelMatcher, Maintenance, MaintenanceRow, Silence},
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Asks for silences and maintenance windows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListSilences {}

impl Query for ListSilences {
    const NAME: &str = "list_silences";
    const SUMMARY: &str = "Lists silences (those that hold, those to come, those that ended lately) and maintenance windows.";
    type Response = SilenceList;

    fn answer(self, scope: &Scope) -> Outcome<SilenceList> {
        crate::alerting::silences(scope)
    }
}

/// Agreed quiet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SilenceList {
    /// Those that hold, those to come, then those of the last five days.
    pub silences: Vec<Silence>,
    /// By name.
    pub maintenance: Vec<MaintenanceRow>,
    /// When it was read.
    pub as_of: Instant,
}

/// Asks what a silence would hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PreviewSilence {
    /// All must hold.
    pub matchers: Vec<LabelMatcher>,
}

impl Query for PreviewSilence {
    const NAME: &str = "preview_silence";
    const SUMMARY: &str = "Tells which alerts a silence would hold now, before it is made.";
    type Response = SilencePreview;

    fn answer(self, scope: &Scope) -> Outcome<SilencePreview> {
        crate::alerting::preview_silence(scope, &self)
    }
}

/// What a silence would hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SilencePreview {
    /// Worst first, at most two hundred.
    pub alerts: Vec<AlertRow>,
    /// How many.
    pub count: Count,
    /// Of how many that fire or are pending.
    pub all: Count,
    /// E.g. `Would hold 3 of 16 alerts, 1 of them critical.`
    pub sentence: String,
    /// When it was read.
    pub as_of: Instant,
}

/// Agrees on quiet.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct AddSilence {
    /// All must hold; at least one must not match an empty label.
    pub matchers: Vec<LabelMatcher>,
    /// From when; absent for now.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub from: Option<Instant>,
    /// Until when.
    pub until: Instant,
    /// Why.
    pub reason: String,
}

impl Command for AddSilence {
    const NAME: &str = "add_silence";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Tells nobody about certain alerts until a moment.";
    type Response = Silence;

    fn touches(&self) -> String {
        self.matchers.iter().map(|matcher| format!("{}{}{:?}", matcher.label, matcher.sign, matcher.value)).collect::<Vec<_>>().join(", ")
    }

    fn perform(self, scope: &Scope) -> Outcome<Silence> {
        crate::alerting::add_silence(scope, &self)
    }
}

/// Ends a silence now.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct EndSilence {
    /// Which.
    pub id: String,
}

impl Command for EndSilence {
    const NAME: &str = "end_silence";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Ends a silence before its time.";
    type Response = ();

    fn touches(&self) -> String {
        self.id.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::alerting::end_silence(scope, &self)
    }
}

/// Agrees on quiet that comes back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SetMaintenance {
    /// What is quiet when.
    pub window: Maintenance,
}

impl Command for SetMaintenance {
    const NAME: &str = "set_maintenance";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Sets a maintenance window; one of the same name is replaced.";
    type Response = MaintenanceRow;

    fn touches(&self) -> String {
        self.window.name.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<MaintenanceRow> {
        crate::alerting::set_maintenance(scope, &self)
    }
}

/// Ends a maintenance window for good.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ForgetMaintenance {
    /// Which.
    pub name: String,
}

impl Command for ForgetMaintenance {
    const NAME: &str = "forget_maintenance";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Forgets a maintenance window.";
    type Response = ();

    fn touches(&self) -> String {
        self.name.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::alerting::forget_maintenance(scope, &self)
    }
}
