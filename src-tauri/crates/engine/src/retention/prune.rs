//! Freeing room, in slices. Between two of them the repository is open to everybody, and whoever waits goes first.

use std::time::{Duration, Instant as Moment};

use quarterdeck_backup::repository::{PruneBudget, PruneSlice, Repository};
use quarterdeck_model::{
    Bytes, Count, Fault, Millis, Outcome,
    job::Phase,
    retention::{PruneReport, PruneStop},
    system::{System, Target},
};
use quarterdeck_store::jobs;

use crate::{
    jobs::between,
    lookup,
    operation::{Announcement, Scope, Work as _},
    ops::{MaintainSystem, PruneRepository},
    repository, truth,
};

const PRUNE: &str = "Free what nothing uses";

/// Rewritten in one slice, in bytes: a few seconds on a disk of today.
const SLICE: Bytes = Bytes(128 << 20);

/// When to stop where nobody says it, in seconds.
const SECONDS: u32 = 600;
const MOST_SECONDS: u32 = 86_400;

/// How long marked room is kept: whoever reads has ended by then. Less than a day, so that a daily prune finds yesterday's marks.
const KEEP_MARKED: Millis = Millis(23 * 3_600_000);

/// What plain restic makes of marked files.
const RESTIC: &str =
    "restic check calls the marked files \"not referenced in any index\"; that endangers nothing, and restic prune would remove them.";

/// Jobs at work that are looked through.
const JOBS: u32 = 100;

/// Checks what a moment can check before the job exists.
pub(crate) fn announce(scope: &Scope, request: &PruneRepository) -> Outcome<Announcement> {
    let system = lookup::system(&scope.engine, &request.system)?;
    if request.seconds.is_some_and(|seconds| seconds == 0 || seconds > MOST_SECONDS) {
        return Err(Fault::usage("bad-request", "A prune may take 1 to 86,400 seconds.").hint("Give it such a number, or none for 600."));
    }
    if !repository::exists(&system.repository.0) {
        return Err(Fault::refused("repository-missing", format!("There is no backup repository in {}.", system.repository))
            .hint("Check that its disk is mounted, or take a first backup."));
    }
    Ok(Announcement {
        title: format!("Prune the repository of {}", request.system),
        target: Target { system: request.system.clone(), component: None },
        environment: system.environment,
        phases: vec![Phase::new(PRUNE, "Slice by slice; whoever has to write goes first.")],
    })
}

/// Prunes until everything is done, the time is up, or somebody waits.
pub(crate) fn prune(scope: &Scope, request: &PruneRepository) -> Outcome<PruneReport> {
    let engine = &scope.engine;
    let begun = engine.clock().now();
    scope.ctx.phase(PRUNE);
    let system = lookup::system(engine, &request.system)?;
    let repository = repository::open(engine, &system)?;
    let time = Duration::from_secs(request.seconds.unwrap_or(SECONDS).into());
    let Slices { done, slices, stopped } = slices(scope, &*repository, time)?;
    let size = repository.size()?;
    let now = engine.clock().now();
    Ok(PruneReport {
        sentence: sentence(&done, stopped, size, now),
        freed: done.freed,
        marked: done.marked,
        marked_until: done.marked_until,
        repacked: done.repacked,
        left: done.left,
        slices: Count(slices),
        stopped,
        size,
        restic: (done.marked.0 > 0).then(|| RESTIC.to_owned()),
        took: between(begun, now),
    })
}

/// What several slices did together.
struct Slices {
    done: PruneSlice,
    slices: u64,
    stopped: Option<PruneStop>,
}

fn slices(scope: &Scope, repository: &dyn Repository, time: Duration) -> Outcome<Slices> {
    let since = Moment::now();
    let budget = PruneBudget { repack: SLICE, keep_marked: KEEP_MARKED };
    let (mut done, mut slices) = (PruneSlice::default(), 0);
    let stopped = loop {
        scope.ctx.checkpoint()?;
        if let Some(stop) = stop(scope, repository, since.elapsed() >= time)? {
            break Some(stop);
        }
        let owner = repository::owner(&scope.engine, &scope.caller.who);
        let slice = match repository.prune(&budget, &owner, &scope.ctx) {
            // A writer that came between the two looks goes first as well.
            Err(fault) if fault.is("repository-busy") => break Some(PruneStop::SomebodyWaits),
            slice => slice?,
        };
        slices += 1;
        done = PruneSlice { freed: Bytes(done.freed.0 + slice.freed.0), repacked: Bytes(done.repacked.0 + slice.repacked.0), ..slice };
        if !done.goes_on {
            break None;
        }
    };
    Ok(Slices { done, slices, stopped })
}

/// Why to stop before a slice.
fn stop(scope: &Scope, repository: &dyn Repository, time_is_up: bool) -> Outcome<Option<PruneStop>> {
    if repository.is_awaited()? || somebody_works(scope, repository)? {
        return Ok(Some(PruneStop::SomebodyWaits));
    }
    Ok(time_is_up.then_some(PruneStop::TimeUp))
}

/// True where another job, of whichever process, works with a system that has this repository: it would soon have to wait.
fn somebody_works(scope: &Scope, repository: &dyn Repository) -> Outcome<bool> {
    let jobs = scope.engine.store().read(|connection| jobs::list(connection, None, true, JOBS))?;
    let systems: Vec<_> = jobs
        .iter()
        .filter(|job| ![PruneRepository::NAME, MaintainSystem::NAME].contains(&&*job.operation))
        .filter_map(|job| job.target.as_ref())
        .collect();
    let uses = |system: &System| system.repository.0 == repository.folder() && systems.iter().any(|target| target.system == system.name);
    Ok(!systems.is_empty() && lookup::systems(&scope.engine)?.iter().any(uses))
}

fn sentence(done: &PruneSlice, stopped: Option<PruneStop>, size: Bytes, now: quarterdeck_model::Instant) -> String {
    let freed = match done.freed.0 {
        0 => "Nothing was removed yet".to_owned(),
        _ => format!("{} were removed", done.freed),
    };
    let marked = done
        .marked_until
        .filter(|_| done.marked.0 > 0)
        .map(|until| format!("; {} are marked and go with the first prune after {}", done.marked, truth::moment(until, now)));
    let stop = match stopped {
        None => "",
        Some(PruneStop::TimeUp) => " The time was up; the next prune goes on.",
        Some(PruneStop::SomebodyWaits) => " Somebody waited to write; the next prune goes on.",
    };
    format!("{freed}{}. The repository has {size}.{stop}", marked.unwrap_or_default())
}
