//! Being built.

use quarterdeck_model::{Fault, Outcome, readiness::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn people(_scope: &Scope) -> Outcome<PeopleList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn add_person(_scope: &Scope, _asked: &AddPerson) -> Outcome<OneTimeWord> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn set_passphrase(_scope: &Scope, _asked: &SetPassphrase) -> Outcome<()> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn set_person(_scope: &Scope, _asked: &SetPerson) -> Outcome<PersonChange> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn forget_person(_scope: &Scope, _asked: &ForgetPerson) -> Outcome<()> {
    Err(Fault::bug("Not built yet."))
}
