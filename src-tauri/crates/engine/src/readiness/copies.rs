//! Being built.

use quarterdeck_model::{Fault, Outcome, readiness::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn checklists(_scope: &Scope, _asked: &ListChecklists) -> Outcome<ChecklistList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn open_checklist(_scope: &Scope, _asked: &OpenChecklist) -> Outcome<ChecklistCopy> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn close_checklist(_scope: &Scope, _asked: &CloseChecklist) -> Outcome<ChecklistCopy> {
    Err(Fault::bug("Not built yet."))
}
