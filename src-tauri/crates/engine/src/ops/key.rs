//! The recovery kit: a second key of a repository, on paper.

use quarterdeck_model::{Instant, Outcome, Role, WirePath, system::Name};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Scope};

/// Adds a second key to the repository and writes it, with instructions, to a file to print or file away.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CreateRecoveryKit {
    /// The system.
    pub system: Name,
    /// Where to write it; the file must not exist yet.
    pub file: WirePath,
}

/// Where the kit is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RecoveryKit {
    /// The file, readable by this user only.
    pub file: WirePath,
    /// When it was made.
    pub made_at: Instant,
}

impl Command for CreateRecoveryKit {
    const NAME: &str = "create_recovery_kit";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Adds a second key to a repository and writes it, with instructions for plain restic, to a file to print.";
    type Response = RecoveryKit;

    fn touches(&self) -> String {
        self.system.to_string()
    }

    fn perform(self, scope: &Scope) -> Outcome<RecoveryKit> {
        crate::repository::create_kit(scope, &self.system, &self.file.0)
    }
}
