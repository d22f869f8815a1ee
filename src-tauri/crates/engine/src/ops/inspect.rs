//! The truth about a file.

use quarterdeck_model::{
    Outcome, Role, WirePath,
    inspection::{Depth, Inspection},
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Looks at any file and says what it is. Writes nothing and leaves nothing behind.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct InspectFile {
    /// The file.
    pub path: WirePath,
    /// How far to go.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Depth>"))]
    pub depth: Depth,
}

impl Query for InspectFile {
    const NAME: &str = "inspect_file";
    const SUMMARY: &str = "Says what a file is: healthy, damaged, not a database, empty, encrypted, locked or unreadable, and why.";
    type Response = Inspection;

    fn answer(self, scope: &Scope) -> Outcome<Inspection> {
        quarterdeck_sqlite::inspect::inspect(&self.path.0, self.depth, scope.engine.clock(), &scope.ctx)
    }
}

/// Stops a query that the same caller numbered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CancelQuery {
    /// The number.
    pub ticket: u32,
}

impl Command for CancelQuery {
    const NAME: &str = "cancel_query";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Stops a query that is still reading; one that has ended is left alone.";
    type Response = ();

    fn touches(&self) -> String {
        String::new()
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        scope.engine.cancel_query(self.ticket);
        Ok(())
    }
}
