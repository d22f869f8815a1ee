//! The way back: a planned restore of the safety snapshot that a restore, or an undo, has pinned; or of the files that it moved aside.

mod put_back;

use quarterdeck_backup::restore::Demand;
use quarterdeck_model::{
    Digest, Fault, Job, JobId, Outcome, WirePath,
    restore::{Destination, RestorePlan, RestoreReport},
    system::Component,
};
use quarterdeck_store::{intents, jobs, snapshots};

use self::put_back::{PutBack, nothing_to_undo};
use crate::{
    backup::stale,
    intent::Intent,
    jobs::between,
    lookup,
    operation::{Announcement, Scope},
    ops::UndoRestore,
    repository,
    restore::{self, Subject},
    truth,
};

/// What is kept of the state before.
enum Way {
    /// A pinned snapshot.
    Snapshot(Box<Subject>),
    /// Files beside the live one.
    Aside(Box<PutBack>),
}

/// What an undo will do, and which later commits it would lose.
pub(crate) fn plan(scope: &Scope, id: JobId) -> Outcome<RestorePlan> {
    let (job, way) = way(scope, id)?;
    let now = scope.engine.clock().now();
    let since = job.finished_at.unwrap_or(job.created_at);
    let subject = match way {
        Way::Aside(put_back) => return Ok(put_back.plan(now, since)),
        Way::Snapshot(subject) => subject,
    };
    let mut plan = restore::plan_of(scope, &subject)?;
    plan.loss = Some(between(since, now));
    let state = truth::moment(subject.image.cut_at, now);
    plan.steps.insert(
        0,
        format!("Bring back the state of {state}, from before job {id}. What was committed since it ended, {} ago, leaves the live file and stays in this undo's own way back.", between(since, now)),
    );
    Ok(plan)
}

/// Checks what a moment can check before the job exists.
pub(crate) fn announce(scope: &Scope, request: &UndoRestore) -> Outcome<Announcement> {
    let (job, way) = way(scope, request.job)?;
    let target = job.target.as_ref().ok_or_else(|| nothing_to_undo(&job))?;
    let title = format!("Undo of job {} on {target}", request.job);
    match way {
        Way::Snapshot(subject) => restore::announce_subject(&subject, title, &request.plan, request.confirm.as_deref()),
        Way::Aside(put_back) => announce_put_back(scope, &put_back, title, &job, &request.plan, request.confirm.as_deref()),
    }
}

/// Undoes. What was there before was perhaps damaged: it comes back as it was.
pub(crate) fn run(scope: &Scope, request: UndoRestore, job: JobId) -> Outcome<RestoreReport> {
    let (undone, way) = way(scope, request.job)?;
    let report = match way {
        Way::Snapshot(subject) => restore::run_subject(scope, &subject, &request.plan, Demand::Faithful, job)?,
        Way::Aside(put_back) => put_back.run(scope, &request.plan, job)?,
    };
    mark_used(scope, &undone)?;
    Ok(report)
}

fn way(scope: &Scope, id: JobId) -> Outcome<(Job, Way)> {
    let engine = &scope.engine;
    let job = engine.store().read(|connection| jobs::get(connection, id))?;
    let target = job.target.clone().ok_or_else(|| nothing_to_undo(&job))?;
    let pinned = engine.store().read(|connection| snapshots::pinned_by(connection, id))?;
    let Some((safety, _)) = pinned else {
        if let Some(safety) = engine.store().read(|connection| intents::of(connection, id))?.and_then(|intent| only_copy(&job, intent)) {
            return Err(not_stored_yet(id, &safety));
        }
        if job.report.is_none() {
            return Err(nothing_to_undo(&job));
        }
        let (system, component) = lookup::component(engine, &target)?;
        ensure_same_file(&job, &component)?;
        let put_back = PutBack::find(&job, &system, &component, &target)?.ok_or_else(|| nothing_to_undo(&job))?;
        return Ok((job, Way::Aside(Box::new(put_back))));
    };
    let (system, component) = lookup::component(engine, &target)?;
    let snapshot = repository::find(engine, &system, &safety.0)?;
    if snapshot.manifest.component(Some(&component.name)).is_none_or(|image| image.id != component.id) {
        ensure_same_file(&job, &component)?;
    }
    let subject = Subject::look(scope, system, component, target, snapshot, &Destination::InPlace)?;
    Ok((job, Way::Snapshot(Box::new(subject))))
}

/// A system can be taken off the list and its name given to another file; that file is not what the job has changed.
fn ensure_same_file(job: &Job, component: &Component) -> Outcome<()> {
    // Of a restore or of migrations: both name the file that they changed.
    let path = job.report.as_ref().and_then(|report| report.get("path")).cloned();
    let changed: Option<WirePath> = path.and_then(|path| serde_json::from_value(path).ok());
    if changed.as_ref() == Some(&component.path) {
        return Ok(());
    }
    let changed = changed.map_or_else(|| "a component that is registered no more".to_owned(), |path| path.to_string());
    Err(Fault::refused("target-changed", format!("Job {} changed {changed}; its name now means {}.", job.id, component.path))
        .hint("Restore the snapshot of that job to a new file."))
}

/// The safety image of a job that has changed the live file, where it is not in the repository yet.
fn only_copy(job: &Job, intent: Intent) -> Option<WirePath> {
    match intent {
        Intent::Enter(entry) => Some(entry.safety),
        Intent::Migrate(migrate) => Some(migrate.safety).filter(|safety| job.state.is_final() && safety.0.exists()),
        _ => None,
    }
}

fn not_stored_yet(id: JobId, safety: &WirePath) -> Fault {
    Fault::refused("way-back-pending", format!("The way back from job {id} is not in the repository yet; it is {safety}."))
        .hint("Start Quarterdeck again: it finishes this.")
}

fn announce_put_back(
    scope: &Scope,
    put_back: &PutBack,
    title: String,
    job: &Job,
    shown: &Digest,
    typed: Option<&str>,
) -> Outcome<Announcement> {
    let now = scope.engine.clock().now();
    let plan = put_back.plan(now, job.finished_at.unwrap_or(job.created_at));
    if *shown != plan.digest {
        return Err(stale(shown, &plan.digest));
    }
    if let Some(obstacle) = put_back.obstacle() {
        return Err(Fault::refused("restore-not-possible", obstacle).hint("Stop what uses the file, then undo again."));
    }
    let word = plan.target.confirmation();
    if typed != Some(word.as_str()) {
        return Err(Fault::refused("not-confirmed", format!("This changes the live file {} ({}).", plan.path, plan.environment))
            .hint(format!("Type {word} to confirm.")));
    }
    Ok(Announcement { title, target: plan.target.clone(), environment: plan.environment, phases: PutBack::phases() })
}

fn mark_used(scope: &Scope, undone: &Job) -> Outcome<()> {
    let Some(mut report) = undone.report.clone() else {
        return Ok(()); // a job that failed after it had changed the live file has a way back but no report
    };
    if let Some(used) = report.pointer_mut("/undo/used") {
        *used = true.into();
    }
    scope.engine.store().write(|tx| jobs::set_report(tx, undone.id, &report))
}
