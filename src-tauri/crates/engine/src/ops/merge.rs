//! Making chains of deltas shorter.

use quarterdeck_model::{Count, JobId, Millis, Outcome, Role, system::Name};
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, Scope, Work};

/// Merges the deltas of a system's newest snapshot where there are many, for the next snapshot to take over.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct MergeDeltas {
    /// The system.
    pub system: Name,
}

/// What was merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MergeReport {
    /// One sentence.
    pub sentence: String,
    /// Components whose deltas were merged.
    pub merged: Count,
    /// Time in all.
    pub took: Millis,
}

impl Work for MergeDeltas {
    const NAME: &str = "merge_deltas";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Merges the deltas of the newest snapshot where there are many; the next snapshot takes over what comes out.";
    type Report = MergeReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::merges::announce(scope, self)
    }

    fn run(self, scope: &Scope, _: JobId) -> Outcome<MergeReport> {
        crate::merges::run(scope, &self)
    }
}
