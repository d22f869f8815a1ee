//! Runs batches on a copy that is ours, and measures what they do: time, pages, rows, schema, and what each way down is worth.

use std::path::Path;

use quarterdeck_model::{
    Bytes, Clock, Count, Fault, JobCtx, Millis, Outcome,
    inspection::ForeignKeyViolation,
    migration::{ConnectionSettings, RehearsedStep, SchemaDifference, StatementFailure},
    restore::TableChange,
};

use crate::{collection::Collection, ledger::Ledger, steps::Batch};

/// Everything that a rehearsal needs to know.
pub struct Trial<'a> {
    /// The copy: a database of ours, that nobody else has open, and that is of no use afterwards.
    pub copy: &'a Path,
    /// True where the live database is in WAL mode; for the disk that an apply needs.
    pub wal: bool,
    /// Its ledger.
    pub ledger: &'a Ledger,
    /// The files.
    pub collection: &'a Collection,
    /// What to run.
    pub batches: &'a [Batch],
    /// What the connection is set to.
    pub settings: &'a ConnectionSettings,
}

/// What a rehearsal has shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// One for each migration, in order; ends with the one that failed.
    pub steps: Vec<RehearsedStep>,
    /// The statement that failed on the way up.
    pub failure: Option<StatementFailure>,
    /// How long writers would wait, without the safety image.
    pub writers_wait: Millis,
    /// Pages that were written in all.
    pub pages_written: Count,
    /// Disk that an apply needs: the log or journal, and growth.
    pub disk: Bytes,
    /// What `integrity_check` found afterwards.
    pub integrity: Vec<String>,
    /// Orphans afterwards that were none before.
    pub foreign_keys: Vec<ForeignKeyViolation>,
    /// Tables whose rows differ: `snapshot` before, `live` after.
    pub rows: Vec<TableChange>,
    /// Tables whose rows are the same.
    pub tables_equal: Count,
    /// From before to after.
    pub schema: Vec<SchemaDifference>,
}

/// Rehearses. A migration that fails is no fault: it is a finding. Faults: `cancelled`, `files-changed` where a file of a migration is no
/// longer what was read, and those of a disk.
pub fn rehearse(_trial: &Trial<'_>, _clock: &dyn Clock, _ctx: &JobCtx) -> Outcome<Figures> {
    Err(Fault::bug("Nothing can be rehearsed yet."))
}
