//! The way back from a restore in place.

use quarterdeck_model::{
    Digest, JobId, Outcome, Role,
    restore::{RestorePlan, RestoreReport},
};
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, Query, Scope, Work};

/// What undoing a restore would do, and which later commits it would lose.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PlanUndo {
    /// The restore, or the undo, to take back.
    pub job: JobId,
}

impl Query for PlanUndo {
    const NAME: &str = "plan_undo";
    const SUMMARY: &str = "Says what undoing a restore will do, and which later commits it would lose.";
    type Response = RestorePlan;

    fn answer(self, scope: &Scope) -> Outcome<RestorePlan> {
        crate::undo::plan(scope, self.job)
    }
}

/// Brings back the state from before a restore in place.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct UndoRestore {
    /// The restore, or the undo, to take back.
    pub job: JobId,
    /// The digest of the plan that was shown.
    pub plan: Digest,
    /// The word that was typed, where the plan asks for one.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub confirm: Option<String>,
}

impl Work for UndoRestore {
    const NAME: &str = "undo_restore";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Brings back the state from before a restore in place; it can be undone in turn.";
    type Report = RestoreReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::undo::announce(scope, self)
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<RestoreReport> {
        crate::undo::run(scope, self, job)
    }
}
