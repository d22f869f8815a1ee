//! Being built.

use quarterdeck_model::{Fault, Outcome, readiness::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn validations(_scope: &Scope, _asked: &ListValidations) -> Outcome<ValidationList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn validation(_scope: &Scope, _asked: &GetValidation) -> Outcome<Validation> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn start_validation(_scope: &Scope, _asked: &StartValidation) -> Outcome<Validation> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn stop_validation(_scope: &Scope, _asked: &StopValidation) -> Outcome<Validation> {
    Err(Fault::bug("Not built yet."))
}
