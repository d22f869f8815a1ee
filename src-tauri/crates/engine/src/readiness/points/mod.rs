//! Being built.

use quarterdeck_model::{Fault, Outcome, readiness::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn check_point(_scope: &Scope, _asked: &CheckPoint) -> Outcome<PointAnswer> {
    Err(Fault::bug("Not built yet."))
}
