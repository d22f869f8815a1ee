//! Being built.

use quarterdeck_model::{Fault, JobId, Outcome, readiness::*};

use crate::{
    operation::{Announcement, Scope},
    ops::*,
};

pub(crate) fn smoke(_scope: &Scope, _asked: &ListSmoke) -> Outcome<SmokeList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn smoke_case(_scope: &Scope, _asked: &GetSmokeCase) -> Outcome<SmokeCaseDetail> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn announce_run_smoke(_scope: &Scope, _asked: &RunSmoke) -> Outcome<Announcement> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn run_smoke(_scope: &Scope, _asked: &RunSmoke, _job: JobId) -> Outcome<SmokeRun> {
    Err(Fault::bug("Not built yet."))
}
