//! What was promised to users, and what is measured.

use serde::{Deserialize, Serialize};

use super::{Float, PanelUnit};
use crate::{Instant, Millis, inspection::Tone, system::Name};

/// One objective: a line of the SLA table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PromiseLine {
    /// What was promised, e.g. `Appeal submission`.
    pub name: String,
    /// The query that measures it.
    pub query: String,
    /// E.g. `< 0.010`.
    pub target: String,
    /// Beyond this somebody is told.
    pub alert: Option<String>,
    /// The unit of its values.
    pub unit: PanelUnit,
    /// The stretch over which it counts.
    pub window: Millis,
    /// How it is now.
    pub tone: Tone,
    /// What was measured beside what was promised.
    pub sentence: String,
    /// The newest value.
    pub now: Option<Float>,
    /// The mean over the window.
    pub measured: Option<Float>,
    /// Share of the measured steps within the target.
    pub kept: Option<Float>,
    /// The share that was promised.
    pub goal: Float,
    /// Share of the window that was measured at all.
    pub seen: Float,
    /// Share of the error budget that is left; below zero where it is overspent.
    pub budget: Option<Float>,
    /// When the budget is spent, at the pace of the last day.
    pub lasts_until: Option<Instant>,
    /// The window in at most 60 values.
    pub spark: Vec<Option<Float>>,
}

/// The SLA table of a system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PromiseTable {
    /// The system.
    pub system: Name,
    /// In the order of the definition.
    pub lines: Vec<PromiseLine>,
    /// When it was read.
    pub as_of: Instant,
}
