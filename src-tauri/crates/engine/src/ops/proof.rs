//! Proving a snapshot that was taken before.

use quarterdeck_model::{JobId, Millis, Outcome, Role, inspection::Finding, snapshot::Snapshot, system::Name};
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, AtOnce, Scope, Work};

/// Reads a snapshot again, opens it in scratch, checks it and counts its rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ProveSnapshot {
    /// The system.
    pub system: Name,
    /// The snapshot: its identifier, its first figures, or `latest`; absent for the newest, if it was not proved yet.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub snapshot: Option<String>,
}

/// What a proof showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ProofReport {
    /// One sentence.
    pub sentence: String,
    /// The snapshot, with the levels that it has reached; absent where there was nothing to prove.
    pub snapshot: Option<Snapshot>,
    /// Time in all.
    pub took: Millis,
    /// What was found; empty where all is well.
    pub findings: Vec<Finding>,
}

impl Work for ProveSnapshot {
    const NAME: &str = "prove_snapshot";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str =
        "Reads a snapshot again, opens it in scratch, checks it and counts its rows; by default the newest, if it was not proved yet.";
    type Report = ProofReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::proving::announce(scope, self)
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<ProofReport> {
        crate::proving::run(scope, &self, job)
    }
}

impl AtOnce for ProveSnapshot {
    fn command_line(&self) -> String {
        format!("quarterdeck prove {}", self.system)
    }
}
