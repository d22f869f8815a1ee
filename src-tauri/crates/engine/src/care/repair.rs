//! The cure: planned from what is known to be damaged, done under the write lock, and said in terms of snapshots.

use std::time::Instant as Moment;

use quarterdeck_backup::repository::{Cure, Survey, Trouble};
use quarterdeck_model::{
    Count, Digest, Fault, JobCtx, JobId, Outcome,
    job::Phase,
    system::{Name, System, Target},
};
use quarterdeck_store::intents;
use serde::Serialize;

use super::{
    SURVEY,
    look::{self, known_reads},
};
use crate::{
    backup::stale,
    intent::Intent,
    lookup,
    operation::{Announcement, Scope},
    ops::{RepairPlan, RepairReport, RepairRepository, RepositoryCheck},
    repository,
};

const MEND: &str = "Move damaged files aside and put the index right";

/// What must not change between a plan and its application.
#[derive(Serialize)]
struct Facts<'a> {
    system: &'a Name,
    files: [&'a [String]; 5],
    config: bool,
    missing: &'a [String],
}

/// What is known to be damaged, by file.
struct Diagnosis {
    cure: Cure,
    /// Packs that are gone: there is nothing to move, but the index has to forget them.
    missing: Vec<String>,
    check: RepositoryCheck,
}

/// What a repair would do.
pub(crate) fn plan(scope: &Scope, name: &Name) -> Outcome<RepairPlan> {
    let system = lookup::system(&scope.engine, name)?;
    let Diagnosis { cure, missing, check } = diagnose(scope, &system)?;
    let files = [&cure.packs[..], &cure.index, &cure.snapshots, &cure.keys, &cure.locks];
    let moved = files.iter().map(|files| files.len() as u64).sum();
    let (lost, healable): (Vec<_>, Vec<_>) = check.affected.iter().partition(|snapshot| snapshot.affected.lost);
    let ids = |snapshots: Vec<&crate::ops::AffectedSnapshot>| snapshots.into_iter().map(|snapshot| snapshot.id.clone()).collect();
    let steps = if moved == 0 && missing.is_empty() && !cure.config {
        Vec::new()
    } else {
        steps(&system, &cure, &missing, healable.len(), lost.len())
    };
    let alive = check.locks.iter().filter(|lock| lock.restic && !lock.dead);
    Ok(RepairPlan {
        digest: Digest::over(&Facts { system: name, files, config: cure.config, missing: &missing }),
        system: name.clone(),
        environment: system.environment,
        phases: phases(),
        files: Count(moved),
        healable: ids(healable),
        lost: ids(lost),
        obstacles: alive
            .map(|lock| format!("restic works on the repository (process {} on {}). {}", lock.pid, lock.host, lock.next))
            .collect(),
        as_of: check.as_of,
        steps,
    })
}

/// Checks what a moment can check before the job exists.
pub(crate) fn announce(scope: &Scope, request: &RepairRepository) -> Outcome<Announcement> {
    let plan = plan(scope, &request.system)?;
    if plan.digest != request.plan {
        return Err(stale(&request.plan, &plan.digest));
    }
    if let Some(obstacle) = plan.obstacles.first() {
        return Err(Fault::refused("repair-not-possible", obstacle.clone()).hint("Wait for it, then plan the repair again."));
    }
    if plan.steps.is_empty() {
        return Err(Fault::refused("nothing-to-mend", format!("Nothing in the repository of {} is known to be damaged.", request.system))
            .hint(format!("Read all of it to be sure: quarterdeck check-repository {} --read all", request.system)));
    }
    Ok(Announcement {
        title: format!("Repair of the repository of {}", request.system),
        target: Target { system: request.system.clone(), component: None },
        environment: plan.environment,
        phases: plan.phases,
    })
}

/// Mends, then looks at what is left.
pub(crate) fn repair(scope: &Scope, request: &RepairRepository, job: JobId) -> Outcome<RepairReport> {
    let (engine, begun) = (&scope.engine, Moment::now());
    let system = lookup::system(engine, &request.system)?;
    let target = Target { system: system.name.clone(), component: None };
    // This look is no phase of its own: the plan was made from the same.
    let Diagnosis { cure, .. } = diagnose(&Scope { ctx: JobCtx::detached(), ..scope.clone() }, &system)?;
    let opened = repository::open_for_care(engine, &system)?;
    scope.ctx.phase(MEND);
    engine.store().write(|tx| intents::note(tx, job, &Intent::RepairRepository { target }))?;
    let cured = opened.repair(&cure, &repository::owner(engine, &scope.caller.who), &scope.ctx.past_return())?;
    engine.store().write(|tx| intents::clear(tx, job))?;
    let check = look::look(scope, &system, None, &look::Halt::Cancelled)?;
    let (lost, healable): (Vec<_>, Vec<_>) = check.affected.iter().partition(|snapshot| snapshot.affected.lost);
    let sentence = format!(
        "{} moved aside, {} saved, {} lost; {}.",
        Count(cured.moved.len() as u64).of("damaged file"),
        Count(cured.saved as u64).of("sound piece"),
        Count(cured.lost as u64).of("piece"),
        outcome(healable.len(), lost.len()),
    );
    Ok(RepairReport {
        sentence,
        moved: cured.moved,
        saved: Count(cured.saved as u64),
        lost: Count(cured.lost as u64),
        check,
        took: begun.elapsed().into(),
    })
}

/// Finishes what a killed repair left: the index is made to say what lies in the folder.
pub(crate) fn settle(scope: &Scope, target: &Target) -> Outcome<String> {
    let system = lookup::system(&scope.engine, &target.system)?;
    let opened = repository::open_for_care(&scope.engine, &system)?;
    let owner = repository::owner(&scope.engine, &scope.caller.who);
    opened.repair(&Cure::default(), &owner, &scope.ctx)?;
    look::look(scope, &system, None, &look::Halt::Cancelled)?;
    Ok("the index of the repository was put right; what was not mended yet is still found by a check".to_owned())
}

fn phases() -> Vec<Phase> {
    vec![
        Phase::new(MEND, "Others wait before they write to the repository; reading goes on.").past_return(),
        Phase::new(SURVEY, "Which snapshots can be restored in full now?"),
    ]
}

/// Looks again, without reading content: what was found rotten before stays known until it is read as sound.
fn diagnose(scope: &Scope, system: &System) -> Outcome<Diagnosis> {
    let opened = repository::open_for_care(&scope.engine, system)?;
    let check = look::look(scope, system, None, &look::Halt::Cancelled)?;
    let reads = known_reads(&scope.engine, &system.repository, &opened.packs()?)?;
    let survey = opened.survey(&reads, &scope.ctx)?;
    let locks = opened.locks(scope.engine.host())?;
    let (mut cure, missing) = by_file(&survey);
    cure.locks = locks.into_iter().filter(|lock| lock.dead).filter_map(|lock| lock.restic).collect();
    Ok(Diagnosis { cure, missing, check })
}

fn by_file(survey: &Survey) -> (Cure, Vec<String>) {
    let (mut cure, mut missing) = (Cure::default(), Vec::new());
    for trouble in &survey.troubles {
        match trouble {
            Trouble::PackRotten { id, .. } | Trouble::PackCut { id, .. } => cure.packs.push(id.clone()),
            Trouble::PackMissing { id } => missing.push(id.clone()),
            Trouble::IndexUnreadable { id } => cure.index.push(id.clone()),
            Trouble::SnapshotUnreadable { id } => cure.snapshots.push(id.clone()),
            // The key that is in use stays where it is until another one opens the repository.
            Trouble::KeyAltered { id, current, spare } if *spare || !current => cure.keys.push(id.clone()),
            Trouble::KeyMissing { id, spare: true } => cure.keys.push(id.clone()),
            Trouble::ConfigUnreadable { spare } => cure.config = *spare,
            _ => {}
        }
    }
    (cure, missing)
}

fn steps(system: &System, cure: &Cure, missing: &[String], healable: usize, lost: usize) -> Vec<String> {
    let files = |names: &[String], what: &str| (!names.is_empty()).then(|| Count(names.len() as u64).of(what));
    let aside = [
        files(&cure.packs, "damaged pack"),
        files(&cure.index, "unreadable index file"),
        files(&cure.snapshots, "unreadable snapshot entry"),
        files(&cure.keys, "altered key file"),
        files(&cure.locks, "lock of an ended process"),
    ];
    let aside: Vec<String> = aside.into_iter().flatten().collect();
    let mut steps = Vec::new();
    if cure.config {
        steps.push("Put the file config back from the copy that is kept of it.".to_owned());
    }
    if !cure.keys.is_empty() {
        steps.push("Put key files back from the copies that are kept of them, where there are any.".to_owned());
    }
    if !aside.is_empty() {
        steps.push(format!("Move {} into {}/quarterdeck/damaged; nothing is deleted.", aside.join(", "), system.repository));
    }
    if !cure.packs.is_empty() {
        steps.push("Save every sound piece of the damaged packs into new ones first.".to_owned());
    }
    let gone = files(missing, "missing pack").map(|missing| format!(" without {missing}")).unwrap_or_default();
    steps.push(format!("Make the index say what is really there{gone}, so that the next backup stores anew what is not."));
    steps.push(format!("Afterwards {}.", outcome(healable, lost)));
    steps
}

fn outcome(healable: usize, lost: usize) -> String {
    let snapshots = |count: usize| Count(count as u64).of("snapshot");
    match (healable, lost) {
        (0, 0) => "every snapshot can be restored in full".to_owned(),
        (healable, 0) => {
            format!("{} will be whole again if the next backup still finds the missing pieces in the database", snapshots(healable))
        }
        (0, lost) => format!("{} cannot be brought back", snapshots(lost)),
        (healable, lost) => format!(
            "{} will be whole again if the next backup still finds the missing pieces in the database, and {} cannot be brought back",
            snapshots(healable),
            snapshots(lost)
        ),
    }
}
