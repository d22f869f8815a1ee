//! Growth, and when it is full.

use serde::{Deserialize, Serialize};

use super::Float;
use crate::{Bytes, Instant, Millis, inspection::Tone, system::Name};

/// One thing that grows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct CapacityLine {
    /// A component, a disk's path, or `repository`.
    pub what: String,
    /// What it is.
    pub kind: CapacityKind,
    /// Its size now.
    pub now: Option<Bytes>,
    /// How large it can become: what it has, and the room on its disk.
    pub limit: Option<Bytes>,
    /// Bytes a day: the median slope.
    pub growth: Option<Float>,
    /// The lower end of its 95 % interval.
    pub least: Option<Float>,
    /// The upper end.
    pub most: Option<Float>,
    /// Until it is full, at that slope.
    pub full: Option<Millis>,
    /// At the upper end.
    pub full_least: Option<Millis>,
    /// At the lower end; none where that does not grow.
    pub full_most: Option<Millis>,
    /// What was planned, beside what the trend expects.
    pub plan: Vec<PlanPoint>,
    /// The measured sizes: milliseconds since 1970, and bytes.
    #[cfg_attr(feature = "bindings", ts(type = "[number, number | string][]"))]
    pub trend: Vec<(i64, Float)>,
    /// How it is now.
    pub tone: Tone,
    /// E.g. `Grows by 12 MB a day (9 to 15): full in 41 days (33 to 55).`
    pub sentence: String,
    /// How that was computed.
    pub method: String,
}

/// What grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum CapacityKind {
    /// A database.
    Database,
    /// A disk.
    Disk,
    /// The repository of snapshots.
    Repository,
}

/// One point of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PlanPoint {
    /// `initial`, `1 year`, `3 years`.
    pub word: String,
    /// What was planned.
    pub planned: Bytes,
    /// For when.
    pub at: Instant,
    /// What the trend expects then.
    pub expected: Option<Bytes>,
}

/// Everything of a system that grows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct CapacityTable {
    /// The system.
    pub system: Name,
    /// First full, first listed.
    pub lines: Vec<CapacityLine>,
    /// When it was read.
    pub as_of: Instant,
}
