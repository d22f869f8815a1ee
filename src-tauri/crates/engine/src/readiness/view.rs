//! Being built.

use quarterdeck_model::{Fault, Outcome, readiness::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn readiness(_scope: &Scope, _asked: &GetReadiness) -> Outcome<Readiness> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn item(_scope: &Scope, _asked: &GetItem) -> Outcome<ItemDetail> {
    Err(Fault::bug("Not built yet."))
}
