//! The job that gathers the evidence of a copy.

use quarterdeck_model::{Fault, JobId, Outcome};

use crate::{
    operation::{Announcement, Scope},
    ops::{GatherEvidence, Gathered},
};

pub(crate) fn announce_gather(_scope: &Scope, _asked: &GatherEvidence) -> Outcome<Announcement> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn gather(_scope: &Scope, _asked: &GatherEvidence, _job: JobId) -> Outcome<Gathered> {
    Err(Fault::bug("Not built yet."))
}
