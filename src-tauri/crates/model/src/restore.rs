//! Putting a copy back: its plan, its report.

use serde::{Deserialize, Serialize};

use crate::{
    Bytes, Count, Digest, Instant, JobId, Millis, WirePath,
    inspection::Tone,
    job::Phase,
    readiness::GateNotice,
    snapshot::SnapshotId,
    system::{Environment, Name, Target},
};

/// Where a restored image goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Destination {
    /// A file that does not exist yet. The default offer.
    NewFile {
        /// Where.
        path: WirePath,
    },
    /// The live file of the component.
    InPlace,
}

/// What a restore will do, in sentences and figures. Nothing in it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RestorePlan {
    /// Over identity, snapshot, manifest, schema, page size, journal mode and the verdict on space.
    pub digest: Digest,
    /// The target.
    pub target: Target,
    /// Which instance that is.
    pub environment: Environment,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// The moment that comes back.
    pub cut_at: Instant,
    /// Where to.
    pub destination: Destination,
    /// The file that will be written.
    pub path: WirePath,
    /// True in place where the live file is gone: it is put back, and nothing is overwritten.
    pub missing: bool,
    /// What will happen, in order.
    pub steps: Vec<String>,
    /// The phases of the job, in order.
    pub phases: Vec<Phase>,
    /// Snapshot and target, side by side.
    pub comparison: Vec<Comparison>,
    /// Tables whose row counts differ, as of `as_of`.
    pub changes: Vec<TableChange>,
    /// Who has the live file open, as of `as_of`.
    pub holders: Vec<Holder>,
    /// Time between the cut and now: what is lost in place.
    pub loss: Option<Millis>,
    /// Reasons why applying this plan would be refused; empty where it can be applied.
    pub obstacles: Vec<String>,
    /// The word that has to be typed; absent where none is asked for.
    pub confirm: Option<Name>,
    /// Recovery time and point that were promised, where a definition promises them.
    pub rto: Option<Millis>,
    /// See `rto`.
    pub rpo: Option<Millis>,
    /// What the gate says that protects it, as of `as_of`; absent where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub gate: Option<GateNotice>,
    /// When the figures that are not in the digest were read.
    pub as_of: Instant,
}

/// One property of the snapshot and of the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Comparison {
    /// What is compared, e.g. `Schema`.
    pub what: String,
    /// In the snapshot.
    pub snapshot: String,
    /// In the target.
    pub target: String,
    /// The result in words, e.g. `same`.
    pub result: String,
    /// How it is.
    pub tone: Tone,
}

/// Row counts of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct TableChange {
    /// The table.
    pub table: String,
    /// Rows in the live database; absent where the table does not exist there.
    pub live: Option<Count>,
    /// Rows in the snapshot; absent where the table does not exist there.
    pub snapshot: Option<Count>,
}

/// A process that has the file open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Holder {
    /// Its id.
    pub pid: u32,
    /// Its name.
    pub command: String,
    /// What it does with the file, in words: `open`, `reading`, `writing`, `exclusive`.
    pub does: String,
    /// What happens to it, in words.
    pub then: String,
    /// How it is.
    pub tone: Tone,
}

/// What a restore did. Everything in it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RestoreReport {
    /// One sentence.
    pub sentence: String,
    /// The target.
    pub target: Target,
    /// Which instance that is.
    pub environment: Environment,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// The moment that came back.
    pub cut_at: Instant,
    /// Where to.
    pub destination: Destination,
    /// The file that was written.
    pub path: WirePath,
    /// What was verified, in order.
    pub checks: Vec<Check>,
    /// Time from the start of the job to its end.
    pub took: Millis,
    /// Where the time went.
    pub phases: Vec<PhaseTime>,
    /// Pages that differed and were written; in place only.
    pub pages_written: Option<Count>,
    /// Pages of the image.
    pub pages: Count,
    /// How long writers waited; in place only.
    pub lock_held: Option<Millis>,
    /// Size of the image.
    pub size: Bytes,
    /// Time between the cut and the entry; in place only.
    pub loss: Option<Millis>,
    /// What was promised.
    pub rto: Option<Millis>,
    /// What was promised.
    pub rpo: Option<Millis>,
    /// The way back; in place only.
    pub undo: Option<UndoOffer>,
    /// Digest of everything above, as it was when the job ended: with Undo not used yet.
    pub evidence: Digest,
}

/// One thing that was verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Check {
    /// What, e.g. `Integrity`.
    pub what: String,
    /// With which result.
    pub result: String,
    /// How it is.
    pub tone: Tone,
    /// When.
    pub at: Instant,
}

/// A phase, and how long it took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PhaseTime {
    /// The phase's name.
    pub name: String,
    /// How long it took.
    pub took: Millis,
}

/// The way back from a restore in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct UndoOffer {
    /// The job to undo.
    pub job: JobId,
    /// The state that would come back.
    pub state_of: Instant,
    /// The safety snapshot; absent where the old files were moved aside because SQLite could not open them.
    pub snapshot: Option<SnapshotId>,
    /// Until when it is kept.
    pub until: Instant,
    /// True once it was used.
    pub used: bool,
}
