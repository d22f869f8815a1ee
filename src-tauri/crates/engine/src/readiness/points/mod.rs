//! Points: what is built in to be looked at.

use quarterdeck_model::{Fault, JobCtx, Outcome};
use quarterdeck_readiness::expect::Expectation;

use super::gathering::{Brought, Field};
use crate::{
    operation::Scope,
    ops::{CheckPoint, PointAnswer},
};

/// How a checklist names each.
pub(crate) const NAMES: &[&str] = &[];

pub(crate) fn measure(_field: &Field, _name: &str, _expect: Option<&Expectation>, _ctx: &JobCtx) -> Outcome<Brought> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn check_point(_scope: &Scope, _asked: &CheckPoint) -> Outcome<PointAnswer> {
    Err(Fault::bug("Not built yet."))
}
