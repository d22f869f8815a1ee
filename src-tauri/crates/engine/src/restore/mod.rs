//! Restore: plan, apply, report. To a new file, or into the live one with a way back.

mod folder;
mod in_place;
mod plan;
mod report;
mod subject;

use quarterdeck_backup::restore::{self as fetch, Demand};
use quarterdeck_model::{
    Digest, Fault, JobId, Outcome,
    inspection::Tone,
    job::Phase,
    readiness::GateAction,
    restore::{Check, Destination, RestorePlan, RestoreReport},
    system::{ComponentKind, System},
};
use quarterdeck_store::intents;

use self::folder::Folder;
pub(crate) use self::{
    in_place::{WayBack, aside_tag, keep_way_back, safety_path, settle_move, way_back_pending},
    plan::{UNDO_DAYS, plan_of},
    subject::{Route, Subject},
};
use crate::{
    backup::stale,
    intent::Intent,
    lookup,
    operation::{Announcement, Scope},
    ops::{PlanRestore, RestoreComponent},
    readiness::{may_pass, notice, require},
    repository,
};

const CHECK: &str = "Check the target";
const NAME_FILE: &str = "Give the file its name";
const COPY_SAFETY: &str = "Copy the safety image";
const ENTER: &str = "Take the write lock and enter";
const MOVE_ASIDE: &str = "Move the old file aside";
const KEEP: &str = "Keep the way back";

/// What a restore will do.
pub(crate) fn plan(scope: &Scope, request: &PlanRestore) -> Outcome<RestorePlan> {
    let wanted = wanted(scope, request)?;
    let gate = match &request.destination {
        Destination::InPlace => notice(&scope.engine, wanted.system(), GateAction::Restore)?,
        Destination::NewFile { .. } => None,
    };
    let plan = match wanted {
        Wanted::Database(subject) => plan_of(scope, &subject)?,
        Wanted::Directory(folder) => folder.plan(scope),
    };
    Ok(RestorePlan { gate, ..plan })
}

/// Checks what a moment can check before the job exists: the plan is still true, nothing stands in the way, and the word was typed.
pub(crate) fn announce(scope: &Scope, request: &RestoreComponent) -> Outcome<Announcement> {
    let wanted = wanted(scope, &asked(request))?;
    if request.destination == Destination::InPlace {
        may_pass(scope, wanted.system(), GateAction::Restore, request.without_gate.as_deref())?;
    }
    let subject = match wanted {
        Wanted::Database(subject) => subject,
        Wanted::Directory(folder) => return folder.announce(request),
    };
    let title = match &request.destination {
        Destination::NewFile { path } => format!("Restore of {} to {path}", request.target),
        Destination::InPlace => format!("Restore of {} in place", request.target),
    };
    announce_subject(&subject, title, &request.plan, request.confirm.as_deref())
}

/// The same for any subject.
pub(crate) fn announce_subject(
    subject: &Subject,
    title: String,
    shown: &quarterdeck_model::Digest,
    typed: Option<&str>,
) -> Outcome<Announcement> {
    let digest = subject.digest();
    if *shown != digest {
        return Err(stale(shown, &digest));
    }
    if let Some(obstacle) = subject.obstacles.first() {
        let hint = match subject.route {
            Route::NewFile { .. } => "Name a file that does not exist yet, where there is room for it.",
            Route::Enter | Route::Replace => "Mend that, or restore to a new file.",
        };
        return Err(Fault::refused("restore-not-possible", obstacle.clone()).hint(hint));
    }
    match (subject.confirmation(), typed) {
        (Some(word), Some(typed)) if word.as_str() == typed => {}
        (None, _) => {}
        (Some(word), _) => {
            return Err(Fault::refused(
                "not-confirmed",
                format!("This changes the live file {} ({}).", subject.path().display(), subject.system.environment),
            )
            .hint(format!("Type {word} to confirm.")));
        }
    }
    Ok(Announcement { title, target: subject.target.clone(), environment: subject.system.environment, phases: phases(&subject.route) })
}

/// Restores. What a gate keeps back is asked under the lease.
pub(crate) fn run(scope: &Scope, request: RestoreComponent, job: JobId) -> Outcome<RestoreReport> {
    let wanted = wanted(scope, &asked(&request))?;
    let passed = match &request.destination {
        Destination::InPlace => require(scope, wanted.system(), GateAction::Restore, request.without_gate.as_deref())?,
        Destination::NewFile { .. } => None,
    };
    let report = match wanted {
        Wanted::Database(subject) => run_subject(scope, &subject, &request.plan, Demand::Sound, job),
        Wanted::Directory(folder) => folder.run(scope, &request.plan, job),
    }?;
    Ok(match passed {
        None => report,
        Some(result) => {
            with_check(report, Check { what: "Gate".to_owned(), result, tone: Tone::Attention, at: scope.engine.clock().now() })
        }
    })
}

fn with_check(mut report: RestoreReport, check: Check) -> RestoreReport {
    report.checks.push(check);
    report.evidence = Digest(String::new());
    report.evidence = Digest::over(&report);
    report
}

/// The same for any subject. The lease is held: what the digest covers is looked at once more, and must still be so.
pub(crate) fn run_subject(
    scope: &Scope,
    subject: &Subject,
    shown: &quarterdeck_model::Digest,
    demand: Demand,
    job: JobId,
) -> Outcome<RestoreReport> {
    scope.ctx.phase(CHECK);
    let digest = subject.digest();
    if *shown != digest {
        return Err(stale(shown, &digest));
    }
    match &subject.route {
        Route::NewFile { .. } => to_new_file(scope, subject, demand, job),
        Route::Enter | Route::Replace => in_place::run(scope, subject, demand, job),
    }
}

/// The phases of a restore, in order.
pub(crate) fn phases(route: &Route) -> Vec<Phase> {
    let mut phases = vec![Phase::new(CHECK, "Is it still the file that the plan speaks of?")];
    phases.extend(fetch::phases());
    match route {
        Route::NewFile { .. } => phases.push(Phase::new(NAME_FILE, "Nothing is replaced by that.")),
        Route::Enter => {
            phases.push(Phase::new(COPY_SAFETY, "The way back; no lock is held."));
            phases.push(
                Phase::new(ENTER, "The safety image is brought up to date, then the differing pages are written; writers wait.")
                    .past_return(),
            );
            phases.push(Phase::new(KEEP, "The safety image goes into the repository, pinned.").past_return());
        }
        Route::Replace => phases.push(Phase::new(MOVE_ASIDE, "SQLite cannot open it; it is kept, with its sidecars.").past_return()),
    }
    phases
}

/// What is restored.
enum Wanted {
    Database(Box<Subject>),
    Directory(Box<Folder>),
}

impl Wanted {
    fn system(&self) -> &System {
        match self {
            Self::Database(subject) => &subject.system,
            Self::Directory(folder) => &folder.system,
        }
    }
}

fn wanted(scope: &Scope, request: &PlanRestore) -> Outcome<Wanted> {
    let (system, component) = lookup::component(&scope.engine, &request.target)?;
    let snapshot = repository::find(&scope.engine, &system, &request.snapshot)?;
    let (target, destination) = (request.target.clone(), &request.destination);
    Ok(match component.kind {
        ComponentKind::Sqlite => Wanted::Database(Box::new(Subject::look(scope, system, component, target, snapshot, destination)?)),
        ComponentKind::Directory => Wanted::Directory(Box::new(Folder::look(system, component, target, snapshot, destination)?)),
    })
}

fn asked(request: &RestoreComponent) -> PlanRestore {
    PlanRestore { target: request.target.clone(), snapshot: request.snapshot.clone(), destination: request.destination.clone() }
}

fn to_new_file(scope: &Scope, subject: &Subject, demand: Demand, job: JobId) -> Outcome<RestoreReport> {
    let engine = &scope.engine;
    let path = subject.path();
    let repository = repository::open(engine, &subject.system)?;
    let intent = Intent::FetchImage { part: fetch::part_of(path).into(), safety: None, rebuilding: None };
    engine.store().write(|tx| intents::note(tx, job, &intent))?;
    let fetched = fetch::restore_to_new_file(&*repository, &subject.wanted(demand), path, engine.clock(), &scope.ctx)?;
    engine.store().write(|tx| intents::clear(tx, job))?;
    scope.ctx.phase(NAME_FILE);
    report::new_file(scope, subject, &fetched, job)
}
