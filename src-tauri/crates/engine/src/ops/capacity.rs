//! What was promised, and when it is full.

use quarterdeck_model::{
    Millis, Outcome,
    monitor::{CapacityTable, PromiseTable},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Query, Scope};

/// Asks for the SLA table of a system.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListPromises {
    /// The system.
    pub system: Name,
    /// Over this stretch instead of each objective's own.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub window: Option<Millis>,
}

impl Query for ListPromises {
    const NAME: &str = "list_promises";
    const SUMMARY: &str = "Compares what the definition promises (SLA) with what was measured: kept share, error budget, pace.";
    type Response = PromiseTable;

    fn answer(self, scope: &Scope) -> Outcome<PromiseTable> {
        crate::promises::table(scope, &self.system, self.window)
    }
}

/// Asks how a system grows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListCapacity {
    /// The system.
    pub system: Name,
}

impl Query for ListCapacity {
    const NAME: &str = "list_capacity";
    const SUMMARY: &str = "Tells how databases, disks and the repository grow, and when they are full, beside what was planned.";
    type Response = CapacityTable;

    fn answer(self, scope: &Scope) -> Outcome<CapacityTable> {
        crate::capacity::table(scope, &self.system)
    }
}
