//! Agreed quiet.

use serde::{Deserialize, Serialize};

use crate::{Count, Instant};

/// What a label must be, to be silenced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LabelMatcher {
    /// The label.
    pub label: String,
    /// `=`, `!=`, `=~` or `!~`.
    pub sign: String,
    /// The value, or the regular expression, anchored at both ends.
    pub value: String,
}

/// "Tell nobody", until a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Silence {
    /// Sixteen hexadecimal figures.
    pub id: String,
    /// All must hold.
    pub matchers: Vec<LabelMatcher>,
    /// From when.
    pub from: Instant,
    /// Until when; it always ends.
    pub until: Instant,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub made: Instant,
    /// Whether it holds now, is still to come, or is over.
    pub state: SilenceState,
    /// How many alerts it holds now.
    pub holds: Count,
}

/// How a silence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum SilenceState {
    /// It holds now.
    Active,
    /// It begins later.
    Coming,
    /// It is over.
    Over,
}

/// A silence or a maintenance window that holds an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Silenced {
    /// The silence's id, or the window's name.
    pub id: String,
    /// True for a maintenance window.
    pub maintenance: bool,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub until: Instant,
}

/// Quiet that comes back: agreed maintenance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Maintenance {
    /// Its name; one of a kind.
    pub name: String,
    /// What is quiet; all must hold, at least one.
    pub matchers: Vec<LabelMatcher>,
    /// Weekdays: `monday`, `monday:friday`; empty for all.
    pub weekdays: Vec<String>,
    /// Days of the month: `1`, `-1`, `1:7`; empty for all.
    pub days_of_month: Vec<String>,
    /// From when on such a day: `22:00`.
    pub from: String,
    /// Until when: `24:00` at the latest; before `from`, the next day.
    pub until: String,
    /// The zone: `Europe/Berlin`.
    pub zone: String,
    /// Why.
    pub reason: String,
    /// Who made it; what is sent is not read.
    #[serde(default)]
    pub by: String,
}

/// A maintenance window and when it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MaintenanceRow {
    /// What was agreed.
    pub window: Maintenance,
    /// In words: `Sundays 02:00 to 04:00, Europe/Berlin`.
    pub sentence: String,
    /// Until when it holds now; none where it does not.
    pub now_until: Option<Instant>,
    /// When it begins next; none where it never does.
    pub next: Option<Instant>,
    /// How many alerts it holds now.
    pub holds: Count,
}
