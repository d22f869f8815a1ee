//! Not written yet.

use quarterdeck_model::{Fault, Millis, Outcome, monitor::PromiseTable, system::Name};

use crate::operation::Scope;

/// Not written yet.
pub(crate) fn table(_: &Scope, _system: &Name, _window: Option<Millis>) -> Outcome<PromiseTable> {
    Err(Fault::bug("promises::table is not written yet."))
}
