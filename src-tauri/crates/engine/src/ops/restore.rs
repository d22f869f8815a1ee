//! Putting a snapshot back.

use quarterdeck_model::{
    Digest, JobId, Outcome, Role,
    restore::{Destination, RestorePlan, RestoreReport},
    system::Target,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, Query, Scope, Work};

/// What a restore would do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PlanRestore {
    /// The system, and the component where it has several.
    pub target: Target,
    /// A snapshot's identifier, its first figures, or `latest`.
    pub snapshot: String,
    /// Where to.
    pub destination: Destination,
}

impl Query for PlanRestore {
    const NAME: &str = "plan_restore";
    const SUMMARY: &str = "Says what a restore will do, what would be lost, who has the file open, and what has to be typed.";
    type Response = RestorePlan;

    fn answer(self, scope: &Scope) -> Outcome<RestorePlan> {
        crate::restore::plan(scope, &self)
    }
}

/// Restores one component from a snapshot, to a new file or into the live one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RestoreComponent {
    /// The system, and the component where it has several.
    pub target: Target,
    /// A snapshot's identifier, its first figures, or `latest`.
    pub snapshot: String,
    /// Where to.
    pub destination: Destination,
    /// The digest of the plan that was shown.
    pub plan: Digest,
    /// The word that was typed, where the plan asks for one.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub confirm: Option<String>,
    /// Why a closed gate is passed: an emergency, by an approver.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub without_gate: Option<String>,
}

impl Work for RestoreComponent {
    const NAME: &str = "restore_component";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Restores a component from a snapshot: to a new file, or into the live file with a way back.";
    type Report = RestoreReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::restore::announce(scope, self)
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<RestoreReport> {
        crate::restore::run(scope, self, job)
    }
}
