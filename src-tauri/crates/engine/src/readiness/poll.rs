//! Being built.

use quarterdeck_model::{Fault, Outcome, readiness::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn poll(_scope: &Scope, _asked: &GetPoll) -> Outcome<Poll> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn answer_poll(_scope: &Scope, _asked: &AnswerPoll) -> Outcome<Poll> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn hold_poll(_scope: &Scope, _asked: &HoldPoll) -> Outcome<Poll> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn resume_poll(_scope: &Scope, _asked: &ResumePoll) -> Outcome<Poll> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn decide_poll(_scope: &Scope, _asked: &DecidePoll) -> Outcome<Poll> {
    Err(Fault::bug("Not built yet."))
}
