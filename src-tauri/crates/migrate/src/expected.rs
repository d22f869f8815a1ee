//! The schema that the applied files give, from nothing.

use quarterdeck_model::{Fault, JobCtx, Outcome, migration::ConnectionSettings};
use quarterdeck_sqlite::schema::Schema;

use crate::{collection::Collection, ledger::Ledger, timeline::Timeline};

/// What the files come to.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// This schema, without the ledger.
    Known(Schema),
    /// Nobody can say, for the reason in this sentence.
    Unknown(String),
}

/// Runs what is applied, in memory and in the order of the files.
pub fn schema(
    _collection: &Collection,
    _timeline: &Timeline,
    _settings: &ConnectionSettings,
    _ledger: &Ledger,
    _ctx: &JobCtx,
) -> Outcome<Expected> {
    Err(Fault::bug("Nothing is expected yet."))
}
