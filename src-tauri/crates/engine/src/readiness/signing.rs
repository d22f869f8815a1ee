//! Being built.

use quarterdeck_model::{Fault, Outcome, readiness::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn sign_item(_scope: &Scope, _asked: &SignItem) -> Outcome<Statement> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn revoke_statement(_scope: &Scope, _asked: &RevokeStatement) -> Outcome<Statement> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn waive_item(_scope: &Scope, _asked: &WaiveItem) -> Outcome<Statement> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn note_item(_scope: &Scope, _asked: &NoteItem) -> Outcome<Statement> {
    Err(Fault::bug("Not built yet."))
}
