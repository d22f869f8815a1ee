//! Being built.

use quarterdeck_model::{Fault, Outcome, readiness::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn report(_scope: &Scope, _asked: &WriteReport) -> Outcome<Report> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn report_bytes(_scope: &Scope, _asked: &WriteReport) -> Outcome<Vec<u8>> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn save_report(_scope: &Scope, _asked: &SaveReport) -> Outcome<SavedReport> {
    Err(Fault::bug("Not built yet."))
}
