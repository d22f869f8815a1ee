//! Runbooks: pages that say what to do.

use quarterdeck_model::{Outcome, alert::Runbook, system::Name};
use serde::{Deserialize, Serialize};

use crate::operation::{Query, Scope};

/// Asks for a runbook.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetRunbook {
    /// Its name.
    pub name: String,
    /// Of which system; absent for those that ship.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for GetRunbook {
    const NAME: &str = "get_runbook";
    const SUMMARY: &str = "Reads a runbook: a page of Markdown of the system, or one that ships.";
    type Response = Runbook;

    fn answer(self, scope: &Scope) -> Outcome<Runbook> {
        crate::alerting::runbook(scope, &self)
    }
}
