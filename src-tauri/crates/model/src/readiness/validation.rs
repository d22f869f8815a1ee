//! The watch after a deployment: targets, and what was measured.

use serde::{Deserialize, Serialize};

use crate::{
    Count, Digest, Instant, Millis,
    monitor::{Float, PanelUnit},
    system::{DefinitionFinding, Name},
};

/// How one row went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum RowVerdict {
    /// Its target was kept over what was measured.
    Holds,
    /// It was not.
    Fails,
    /// Too much was not measured to say.
    Unknown,
}

/// One target and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ValidationRow {
    /// What.
    pub name: String,
    /// How, in words: `average over the window`, `worst p99`.
    pub how: String,
    /// The query; none for what is counted in our own records.
    pub query: Option<String>,
    /// Of target and actual.
    pub unit: PanelUnit,
    /// In words: `below 0.1 %`.
    pub target: String,
    /// What was measured; none where nothing was.
    pub actual: Option<Float>,
    /// The same in words: `0.04 %`; `not measured`.
    pub shown: String,
    /// How it went so far.
    pub verdict: RowVerdict,
    /// Why: the worst moment, the gap, the count.
    pub sentence: String,
    /// Share of the window so far that was measured, 0 to 1.
    pub measured: Float,
    /// Where nothing was measured.
    pub gaps: Vec<crate::monitor::TimeSpan>,
    /// When it was worst.
    pub worst: Option<Instant>,
    /// Where in the window it is seen.
    pub address: Option<String>,
}

/// A watch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "ValidationWatch"))]
pub struct Validation {
    /// Sixteen hexadecimal figures.
    pub id: String,
    /// Of which system.
    pub system: Name,
    /// What is watched.
    pub title: String,
    /// Which release.
    pub release: Option<String>,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// When it was stopped before its end.
    pub stopped: Option<Instant>,
    /// By whom.
    pub started_by: String,
    /// How far it is.
    pub state: ValidationState,
    /// Over all rows: fails where any fails, else unknown where any is.
    pub verdict: RowVerdict,
    /// E.g. `31 of 48 h watched: 6 of 7 targets kept, 1 not known.`
    pub sentence: String,
    /// In the order of the file.
    pub rows: Vec<ValidationRow>,
    /// How many alerts fired in it.
    pub alerts: Count,
    /// SHA-256 of validation.yml as it was when it began.
    pub version: Digest,
    /// When it was formed.
    pub as_of: Instant,
}

/// How far a watch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ValidationState {
    /// Under way.
    Watching,
    /// Its time is over; its figures are kept.
    Ended,
    /// Somebody stopped it; its figures are kept.
    Stopped,
}

/// What validation.yml says now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ValidationFile {
    /// Of which system.
    pub system: Name,
    /// How long is watched.
    pub length: Millis,
    /// The names of its rows.
    pub rows: Vec<String>,
    /// What is wrong with it.
    pub findings: Vec<DefinitionFinding>,
}
