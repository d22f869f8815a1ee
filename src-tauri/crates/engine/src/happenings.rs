//! Not written yet.

use quarterdeck_model::{Fault, Instant, Outcome, system::Name};

use crate::operation::Scope;

/// Not written yet.
pub(crate) fn list(_: &Scope, _from: Instant, _until: Instant, _system: Option<&Name>) -> Outcome<crate::ops::HappeningList> {
    Err(Fault::bug("happenings::list is not written yet."))
}
