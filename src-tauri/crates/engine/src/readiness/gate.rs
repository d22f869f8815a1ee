//! Being built.

use quarterdeck_model::{Fault, Outcome, readiness::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn gates(_scope: &Scope, _asked: &ListGates) -> Outcome<GateList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn gate(_scope: &Scope, _asked: &CheckGate) -> Outcome<GateRow> {
    Err(Fault::bug("Not built yet."))
}
