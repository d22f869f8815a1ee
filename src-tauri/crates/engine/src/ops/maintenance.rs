//! Everything that keeps the backups of a system in order, in one job: what a schedule runs.

use quarterdeck_model::{JobId, Millis, Outcome, Role, inspection::Finding, system::Name};
use quarterdeck_store::leases::Lease;
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, Scope, Work};

/// Proves the newest snapshot, merges deltas, reads a part of the repository again, forgets by the rules and frees room.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct MaintainSystem {
    /// The system.
    pub system: Name,
}

/// What maintenance did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MaintenanceReport {
    /// One sentence for all of it.
    pub sentence: String,
    /// What each part did, one sentence each, in order.
    pub done: Vec<String>,
    /// What has to be looked at; empty where all is well.
    pub findings: Vec<Finding>,
    /// Time in all.
    pub took: Millis,
}

impl Work for MaintainSystem {
    const NAME: &str = "maintain_system";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Keeps the backups of a system in order: proves the newest snapshot, merges deltas, reads a part again, forgets by the rules, frees room.";
    type Report = MaintenanceReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::maintenance::announce(scope, self)
    }

    /// None: it touches no live file, and a backup that is due must not find the lease taken.
    fn leases(_: &Scope, _: &Announcement) -> Outcome<Vec<Lease>> {
        Ok(Vec::new())
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<MaintenanceReport> {
        crate::maintenance::run(scope, &self, job)
    }
}
