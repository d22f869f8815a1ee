//! Reports.

use serde::{Deserialize, Serialize};

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ReportKind {
    /// A copy of a checklist: verdict, score, items, evidence, statements.
    Readiness,
    /// A watch: targets and what was measured.
    Validation,
    /// A drill: what was restored, checked and timed.
    Drill,
    /// A run of migrations: what was planned, what it did, the way back.
    Migration,
    /// A month of operations: snapshots, drills, alerts, promises, capacity, changes.
    Monthly,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ReportForm {
    /// One page that needs nothing else.
    Html,
    /// Pages to print or send.
    Pdf,
}
