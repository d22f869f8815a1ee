//! A restore to scratch that is timed, tested and recorded.

use serde::{Deserialize, Serialize};

use crate::{
    Digest, Fault, Instant, JobId, Millis,
    restore::Check,
    snapshot::SnapshotId,
    system::{Environment, Name},
};

/// A question that a definition asks of a restored database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DrillQuestion {
    /// Its name, unique in the definition.
    pub name: String,
    /// The component that it is asked of.
    pub component: Name,
    /// One SELECT.
    pub sql: String,
    /// The answer that is right.
    pub expect: Expectation,
    /// It is stopped after this long, and has then failed.
    pub limit: Millis,
}

/// The answer that is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Expectation {
    /// One value, equal to this one: as a number where both are numbers, otherwise as text.
    Value {
        /// As it is written in the definition.
        value: String,
    },
    /// One number, within these bounds, both included. At least one is there.
    Range {
        /// At least; as it is written in the definition.
        min: Option<String>,
        /// At most.
        max: Option<String>,
    },
    /// Rows, however many, or none.
    Rows {
        /// True for at least one.
        some: bool,
    },
}

/// How a drill ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum DrillOutcome {
    /// It has not ended.
    Running,
    /// Everything in the snapshot was restored and every check passed: the snapshot is *drilled*.
    Passed,
    /// What was drilled passed; something in the snapshot, or of the system, was not drilled.
    Partial,
    /// Something could not be restored, or a check did not pass.
    Failed,
    /// It came to no result: it was cancelled, its process ended, or the scratch folder had no room. It says nothing about the snapshot.
    Unfinished,
}

/// How one part of a drill ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum PartOutcome {
    /// As it has to be.
    Passed,
    /// Not as it has to be.
    Failed,
    /// Left out; `why` says why.
    NotDrilled,
}

/// Where the time went. The total is the measured recovery time: it includes opening the repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DrillTimes {
    /// From the repository to scratch, synced.
    pub fetch: Millis,
    /// The whole check by SQLite, and the comparison with the manifest.
    pub verify: Millis,
    /// The definition's own checks.
    pub checks: Millis,
    /// All of it.
    pub total: Millis,
}

/// A drill. Everything in it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DrillReport {
    /// The job that did it.
    pub job: JobId,
    /// One sentence.
    pub sentence: String,
    /// The system.
    pub system: Name,
    /// Which instance that is.
    pub environment: Environment,
    /// The only component that was asked for; absent for all.
    pub component: Option<Name>,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// The moment whose state it holds.
    pub cut_at: Instant,
    /// When the drill began.
    pub started_at: Instant,
    /// How it ended.
    pub outcome: DrillOutcome,
    /// Component by component; empty where it did not come that far.
    pub components: Vec<DrilledComponent>,
    /// Where the time went; absent while it runs and where it came to no result.
    pub times: Option<DrillTimes>,
    /// Measured recovery time: the total of a drill that passed whole; absent for every other.
    pub measured_rto: Option<Millis>,
    /// Measured recovery point: the largest gap between snapshots at that time, the open one included.
    pub measured_rpo: Option<Millis>,
    /// Age of the snapshot when the drill began.
    pub age: Millis,
    /// What was promised then.
    pub rto: Option<Millis>,
    /// What was promised then.
    pub rpo: Option<Millis>,
    /// Why it failed before any component, or came to no result.
    pub fault: Option<Fault>,
    /// Digest of everything above; absent while it runs. It also stands in the audit trail.
    pub evidence: Option<Digest>,
}

/// What a drill found of one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DrilledComponent {
    /// The component's id in the store that took the snapshot.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// How it ended.
    pub outcome: PartOutcome,
    /// Why it failed or was left out; of one that passed, which part of it cannot be checked here.
    pub why: Option<String>,
    /// Image, schema, rows, integrity, foreign keys.
    pub verified: Vec<Check>,
    /// The definition's own checks.
    pub checks: Vec<DrillCheck>,
    /// Where the time went.
    pub times: DrillTimes,
}

/// One of the definition's own checks, asked of a restored database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DrillCheck {
    /// Its name in the definition.
    pub name: String,
    /// How it ended.
    pub outcome: PartOutcome,
    /// What was found beside what was expected. A text out of the database is never repeated.
    pub result: String,
    /// How long it took.
    pub took: Millis,
}
