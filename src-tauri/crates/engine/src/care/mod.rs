//! Looking after repositories: a part is read again each day, damage leads to an answer, and the answer to a repair.

mod answer;
mod detail;
mod look;
mod marks;
mod repair;

use quarterdeck_model::{
    Fault, JobId, Outcome,
    job::Phase,
    system::{Name, Target},
};
use quarterdeck_store::{leases::Lease, leases::Owner};

pub(crate) use self::{
    detail::detail,
    marks::{after_backup, findings},
    repair::{announce as announce_repair, plan as plan_repair, repair, settle},
};
use crate::{
    lookup,
    operation::{Announcement, Scope},
    ops::{Reading, RepositoryCheck, RereadRepository},
};

/// The part of a repository that is read again each day: all of it in a month.
const DAILY_SHARE: f64 = 1.0 / 30.0;

const READ_AGAIN: &str = "Read a part of the repository again";
const SURVEY: &str = "Compare entries, index and folder";

/// Answers what is wrong with a repository.
pub(crate) fn check(scope: &Scope, name: &Name, reading: Reading) -> Outcome<RepositoryCheck> {
    let system = lookup::system(&scope.engine, name)?;
    let share = match reading {
        Reading::None => None,
        Reading::Some => Some(DAILY_SHARE),
        Reading::All => Some(1.0),
    };
    look::look(scope, &system, share, &look::Halt::Cancelled)
}

/// What reading a part again will do.
pub(crate) fn announce(scope: &Scope, request: &RereadRepository) -> Outcome<Announcement> {
    let system = lookup::system(&scope.engine, &request.system)?;
    if request.share.is_some_and(|share| !(share > 0.0 && share <= 1.0)) {
        return Err(Fault::usage("bad-share", "The part of the repository to read has to be above 0 and at most 1.")
            .hint("Leave it out to read a thirtieth."));
    }
    Ok(Announcement {
        title: format!("Care of the repository of {}", system.name),
        target: Target { system: system.name, component: None },
        environment: system.environment,
        phases: vec![
            Phase::new(READ_AGAIN, "Those packs first that were not read for longest. Nobody waits for it; it stops for others."),
            Phase::new(SURVEY, "Which snapshots can be restored in full?"),
        ],
    })
}

/// Reads a part again. Being asked to stop is no failure: what was read counts, and the next run goes on from there.
pub(crate) fn reread(scope: &Scope, request: &RereadRepository, job: JobId) -> Outcome<RepositoryCheck> {
    let engine = &scope.engine;
    let system = lookup::system(engine, &request.system)?;
    let purpose = format!("Care of the repository of {}", system.name);
    let owner = Owner { pid: std::process::id(), who: scope.caller.who.clone(), purpose, since: engine.clock().now() };
    let _one_at_a_time = Lease::take(&engine.home().leases(), &format!("care-{}", system.name), &owner)?;
    look::look(scope, &system, Some(request.share.unwrap_or(DAILY_SHARE)), &look::Halt::Yielding(job))
}
