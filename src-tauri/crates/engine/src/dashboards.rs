//! Not written yet.

use quarterdeck_model::{Fault, Outcome, monitor::Dashboard, system::Name};

use crate::operation::Scope;

/// Not written yet.
pub(crate) fn list(_: &Scope, _system: Option<&Name>) -> Outcome<crate::ops::DashboardList> {
    Err(Fault::bug("dashboards::list is not written yet."))
}

/// Not written yet.
pub(crate) fn get(_: &Scope, _system: &Name, _name: &str) -> Outcome<Dashboard> {
    Err(Fault::bug("dashboards::get is not written yet."))
}

/// Not written yet.
pub(crate) fn draw(_: &Scope, _asked: &crate::ops::DrawChart) -> Outcome<crate::ops::ChartPicture> {
    Err(Fault::bug("dashboards::draw is not written yet."))
}
