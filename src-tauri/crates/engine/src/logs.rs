//! Not written yet.

use quarterdeck_model::{Fault, Outcome, monitor::LogPage, system::Name};

use crate::operation::Scope;

/// Not written yet.
pub(crate) fn list(_: &Scope, _system: Option<&Name>) -> Outcome<crate::ops::LogList> {
    Err(Fault::bug("logs::list is not written yet."))
}

/// Not written yet.
pub(crate) fn read(_: &Scope, _asked: &crate::ops::ReadLog) -> Outcome<LogPage> {
    Err(Fault::bug("logs::read is not written yet."))
}
