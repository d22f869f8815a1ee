//! Not written yet.

use quarterdeck_model::{
    Fault, Outcome,
    monitor::{Health, HealthReport, Monitoring},
    system::Name,
};

use crate::operation::Scope;

/// Not written yet.
pub(crate) fn get(_: &Scope, _system: Option<&Name>) -> Outcome<Health> {
    Err(Fault::bug("health::get is not written yet."))
}

/// Not written yet.
pub(crate) fn walk(_: &Scope, _system: Option<&Name>) -> Outcome<HealthReport> {
    Err(Fault::bug("health::walk is not written yet."))
}

/// Not written yet.
pub(crate) fn collectors(_: &Scope, _system: Option<&Name>) -> Outcome<crate::ops::CollectorList> {
    Err(Fault::bug("health::collectors is not written yet."))
}

/// Not written yet.
pub(crate) fn set_monitoring(_: &Scope, _wanted: &crate::ops::SetMonitoring) -> Outcome<Monitoring> {
    Err(Fault::bug("health::set_monitoring is not written yet."))
}
