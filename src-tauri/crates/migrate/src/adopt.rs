//! Rows for the ledger that stand for what was not applied by us: adopted histories, baselines, and files that are declared to be right.

use quarterdeck_model::{Fault, Outcome, migration::Tool};

use crate::{
    collection::{Collection, Migration},
    history::History,
    ledger::{Record, Stamp},
    timeline::Line,
};

/// What adopting a history comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Adoption {
    /// The rows to add, oldest first.
    pub records: Vec<Record>,
    /// Files whose checksum is not the one that the tool remembers, as sentences; adopting them needs a reason.
    pub disagreements: Vec<String>,
    /// Entries whose checksum agrees; absent where the tool keeps none that can be computed.
    pub checked: Option<u64>,
    /// What will happen and what will not, as sentences.
    pub steps: Vec<String>,
}

/// The history to adopt: the one that is named, else the only one, or one of several that say the same. Fault `histories-disagree`, and
/// `no-history` where there is none to adopt.
pub fn choose<'a>(_collection: &Collection, _histories: &'a [History], _tool: Option<Tool>) -> Outcome<&'a History> {
    Err(Fault::bug("Nothing can be adopted yet."))
}

/// What taking over this history comes to. Without entries of its own, `reason` is why files that disagree are taken all the same.
pub fn of(_collection: &Collection, _history: &History, _stamp: Stamp<'_>, _reason: Option<&str>) -> Outcome<Adoption> {
    Err(Fault::bug("Nothing can be adopted yet."))
}

/// Refuses an adoption with disagreements and without a reason: `adopt-modified`.
pub fn ensure_agrees(_adoption: &Adoption, _reason: Option<&str>) -> Outcome<()> {
    Err(Fault::bug("Nothing can be adopted yet."))
}

/// Rows that declare every migration up to a version to be applied, without running any. Faults: `version-missing`, `already-applied`
/// where the ledger has rows.
pub fn baseline(_collection: &Collection, _version: &str, _stamp: Stamp<'_>, _reason: Option<&str>) -> Outcome<Vec<Record>> {
    Err(Fault::bug("Nothing can be declared yet."))
}

/// The row that declares the file as it is now to be what was applied, or a file that is gone to be gone for good. Fault `reason-missing`,
/// and `nothing-to-rebless` for a line that is as it should be.
pub fn rebless(_line: &Line, _migration: Option<&Migration>, _reason: &str, _stamp: Stamp<'_>) -> Outcome<Record> {
    Err(Fault::bug("Nothing can be declared yet."))
}
