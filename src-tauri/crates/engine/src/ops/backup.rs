//! Taking a snapshot.

use quarterdeck_model::{
    Bytes, Digest, Instant, JobId, Millis, Outcome, Role,
    inspection::Finding,
    job::Phase,
    snapshot::{Reason, Snapshot},
    system::{Environment, Name},
};
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, AtOnce, Query, Scope, Work};

/// What a backup would do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PlanBackup {
    /// The system.
    pub system: Name,
}

/// What a backup will do, in sentences. Nothing in it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct BackupPlan {
    /// Over the databases' identities, journal modes and page sizes, and the verdict on space.
    pub digest: Digest,
    /// The system.
    pub system: Name,
    /// Which instance.
    pub environment: Environment,
    /// What will happen, in order.
    pub steps: Vec<String>,
    /// The phases of the job, in order.
    pub phases: Vec<Phase>,
    /// Bytes that will be read.
    pub size: Bytes,
    /// How long commits of rollback-journal databases wait, at most; absent where nobody waits.
    pub stall: Option<Millis>,
    /// True where the stall is above the limit and has to be accepted.
    pub stall_needs_consent: bool,
    /// Reasons why it would be refused; empty where it can run.
    pub obstacles: Vec<String>,
    /// When the figures were read.
    pub as_of: Instant,
}

impl Query for PlanBackup {
    const NAME: &str = "plan_backup";
    const SUMMARY: &str = "Says what a backup will do, how much it reads, and how long writers would wait.";
    type Response = BackupPlan;

    fn answer(self, scope: &Scope) -> Outcome<BackupPlan> {
        crate::backup::plan(scope, &self.system)
    }
}

/// Takes a snapshot of every database of a system and proves it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct BackupSystem {
    /// The system.
    pub system: Name,
    /// The caller's own words, shown in every list.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub label: Option<String>,
    /// Why; absent for `manual`. `safety` is refused: only a restore keeps a way back.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub reason: Option<Reason>,
    /// The plan that was shown; absent to plan and run in one go.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub plan: Option<Digest>,
    /// True to accept a stall above the limit.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub accept_stall: bool,
}

/// What a backup did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct BackupReport {
    /// One sentence.
    pub sentence: String,
    /// The snapshot, with the levels that it reached.
    pub snapshot: Snapshot,
    /// Time in all.
    pub took: Millis,
    /// How long commits waited; absent where nobody waits.
    pub stall: Option<Millis>,
    /// What was found while the copy was proved; empty where all is well.
    pub findings: Vec<Finding>,
}

impl Work for BackupSystem {
    const NAME: &str = "backup_system";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Takes an encrypted snapshot of every database of a system while they go on working, and reads it back.";
    type Report = BackupReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::backup::announce(scope, self)
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<BackupReport> {
        crate::backup::run(scope, self, job)
    }
}

impl AtOnce for BackupSystem {
    fn command_line(&self) -> String {
        format!("quarterdeck backup {}", self.system)
    }
}

/// Lists the snapshots of a system.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListSnapshots {
    /// The system.
    pub system: Name,
}

/// The snapshots of a system, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SnapshotList {
    /// Newest first.
    pub snapshots: Vec<Snapshot>,
    /// When the repository was read.
    pub as_of: Instant,
}

impl Query for ListSnapshots {
    const NAME: &str = "list_snapshots";
    const SUMMARY: &str = "Lists the snapshots of a system, newest first, with the levels that each has reached.";
    type Response = SnapshotList;

    fn answer(self, scope: &Scope) -> Outcome<SnapshotList> {
        crate::backup::list(scope, &self.system)
    }
}
