//! A connection on which migrations run: set as their tool would have it, watched, and kept away from the ledger and from other files.

use std::{path::Path, time::Duration};

use quarterdeck_model::{Fault, JobCtx, Outcome, migration::ConnectionSettings};
use quarterdeck_sqlite::open::Live;

use crate::ledger::Ledger;

/// The connection.
pub struct Session {
    live: Live,
}

impl Session {
    /// A connection to a database that others may use at the same time. The settings are read back.
    pub fn open(path: &Path, settings: &ConnectionSettings, ledger: &Ledger, ctx: &JobCtx) -> Outcome<Self> {
        let _ = (path, settings, ledger, ctx);
        Err(Fault::bug("Sessions cannot be opened yet."))
    }

    /// Takes the write lock, for which it asks a thousand times a second. Fault `locked` with the fact `holders`; can be cancelled.
    pub fn begin(&mut self, patience: Duration, ctx: &JobCtx) -> Outcome<()> {
        let _ = (patience, ctx);
        Err(Fault::bug("Sessions cannot begin yet."))
    }

    /// The connection itself.
    pub fn live(&self) -> &Live {
        &self.live
    }
}
