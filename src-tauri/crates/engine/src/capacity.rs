//! Not written yet.

use quarterdeck_model::{Fault, Outcome, monitor::CapacityTable, system::Name};

use crate::operation::Scope;

/// Not written yet.
pub(crate) fn table(_: &Scope, _system: &Name) -> Outcome<CapacityTable> {
    Err(Fault::bug("capacity::table is not written yet."))
}
