//! Into the live file, with a way back. Nothing is committed between the final safety image and the entry, so every acknowledged
//! commit is either in the result or in Undo; a kill at any moment leaves *before* or *after*, and recovery finishes the rest.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use quarterdeck_backup::{
    restore::{self as fetch, Demand, FetchedImage},
    take::{self, Component as TakenComponent, Image, Parent},
};
use quarterdeck_model::{
    CancelToken, Fault, Instant, JobCtx, JobId, Outcome,
    job::{Listener, Progress},
    restore::RestoreReport,
    snapshot::{Reason, SnapshotId},
    system::{Component, System},
};
use quarterdeck_sqlite::{
    enter::{self, Entered},
    identity, replace, safety,
};
use quarterdeck_store::{files, intents, snapshots};

use super::{COPY_SAFETY, ENTER, KEEP, MOVE_ASIDE, Route, Subject, plan::UNDO_DAYS, report};
use crate::{
    backup,
    intent::{Entry, Intent, Rebuilding},
    operation::Scope,
    parents, repository,
};

/// How long the entry waits for another process's transaction before it gives up, having changed nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// Restores into the live file.
pub(super) fn run(scope: &Scope, subject: &Subject, demand: Demand, job: JobId) -> Outcome<RestoreReport> {
    let engine = &scope.engine;
    let live = subject.path();
    let part = fetch::part_of(live);
    let safety_file = safety_path(scope, job)?;
    let intent = Intent::FetchImage { part: part.clone().into(), safety: Some(safety_file.clone().into()), rebuilding: None };
    engine.store().write(|tx| intents::note(tx, job, &intent))?;
    let repository = repository::open(engine, &subject.system)?;
    let fetched = fetch::fetch_image(&*repository, &subject.wanted(demand), &part, engine.clock(), &scope.ctx)?;
    let result = match subject.route {
        Route::Replace => aside(scope, subject, &fetched, job),
        Route::Enter | Route::NewFile { .. } => through_sqlite(scope, subject, &fetched, safety_file, job),
    };
    if result.as_ref().is_err_and(is_half_moved) {
        return result; // recovery needs the image
    }
    let removed = files::remove(&part);
    let report = result?;
    removed.map(|()| report)
}

/// Puts a safety image into the repository as a snapshot that is pinned for the job, and removes the file. Recovery calls it too.
pub(crate) fn keep_way_back(
    scope: &Scope,
    system: &System,
    component: &Component,
    way_back: &WayBack<'_>,
    job: JobId,
) -> Outcome<(SnapshotId, Instant)> {
    let engine = &scope.engine;
    let ctx = scope.ctx.past_return();
    let repository = repository::open(engine, system)?;
    let path = way_back.safety.to_owned();
    let staged = safety::describe(&path, way_back.journal_mode, way_back.cut_at, &ctx)?;
    let quiet = JobCtx::new(Arc::new(Within(ctx)), CancelToken::default());
    let take = |parent: Option<Parent>| {
        let image = Image::Staged { path: path.clone(), staged: staged.clone() };
        let (id, name, file) = (component.id.clone(), component.name.clone(), component.path.file_name());
        let image = TakenComponent { id, name, file, image, parent };
        let label = Some(format!("before job {job}"));
        let request = backup::take_request(scope, system, label, Reason::Safety, vec![image], Vec::new())?;
        take::take(&*repository, request, engine.clock(), &quiet)
    };
    // The notes of its pages stay: the next backup is compared with the one before.
    let snapshot = match parents::of(engine, system, component)? {
        None => take(None)?.snapshot,
        parent => match take(parent) {
            Err(fault) if fault.is("reference-lost") => take(None)?.snapshot,
            taken => taken?.snapshot,
        },
    };
    let until = engine.clock().now() + TimeDelta::days(UNDO_DAYS);
    engine.store().write(|tx| {
        snapshots::remember(tx, &snapshot.id, &snapshot.manifest, snapshot.added)?;
        snapshots::reach(tx, &snapshot.id, &snapshot.levels)?;
        snapshots::pin(tx, &snapshot.id, until, job)?;
        intents::clear(tx, job)
    })?;
    files::remove(&path)?;
    Ok((snapshot.id, until))
}

/// A safety image, and what is known of it.
pub(crate) struct WayBack<'a> {
    pub safety: &'a Path,
    pub journal_mode: &'a str,
    pub cut_at: Instant,
}

fn through_sqlite(scope: &Scope, subject: &Subject, fetched: &FetchedImage, safety_file: PathBuf, job: JobId) -> Outcome<RestoreReport> {
    let engine = &scope.engine;
    scope.ctx.phase(COPY_SAFETY);
    let prepared = enter::prepare(subject.path(), &fetched.path, &safety_file, &scope.ctx)?;
    ensure_target(subject)?;
    scope.ctx.checkpoint()?;
    if prepared.rebuilds() {
        let rebuilding = Some(Rebuilding { live: subject.path().into(), journal_mode: prepared.journal_mode().to_owned() });
        let intent = Intent::FetchImage { part: fetched.path.as_path().into(), safety: Some(safety_file.as_path().into()), rebuilding };
        engine.store().write(|tx| intents::note(tx, job, &intent))?;
    }
    scope.ctx.phase(ENTER);
    let mut noted = None;
    let mut before_commit = |commit: &enter::Commit| {
        noted = Some((commit.clone(), engine.clock().now()));
        let entry = Entry {
            target: subject.target.clone(),
            snapshot: subject.snapshot.id.clone(),
            live: subject.component.path.clone(),
            image: fetched.path.clone().into(),
            safety: safety_file.clone().into(),
            commit: commit.clone(),
        };
        engine.store().write(|tx| intents::note(tx, job, &Intent::Enter(entry)))
    };
    let entered = prepared.enter(PATIENCE, &mut before_commit, &scope.ctx.past_return());
    let Some((commit, cut_at)) = noted else { return Err(not_entered(entered)) };
    if entered.is_err() && !enter::was_committed(subject.path(), &commit)? {
        engine.store().write(|tx| intents::clear(tx, job))?;
        files::remove(&safety_file)?;
        return Err(not_entered(entered));
    }
    scope.ctx.phase(KEEP);
    let way_back = WayBack { safety: &safety_file, journal_mode: &commit.journal_mode, cut_at };
    let kept = keep_way_back(scope, &subject.system, &subject.component, &way_back, job)
        .map_err(|fault| way_back_pending("The image was entered", fault, &safety_file));
    // A comparison that failed after the commit is the worse news; the way back is kept all the same.
    let entered = entered.map_err(|fault| fault.fact("undo", job.0))?;
    report::entered(scope, subject, fetched, &entered, cut_at, kept?, job)
}

/// Fetching may have taken an hour: what has the name now must still be what the plan speaks of.
fn ensure_target(subject: &Subject) -> Outcome<()> {
    let path = subject.path();
    let same = match &subject.live {
        None => path.symlink_metadata().is_err(),
        Some(live) => identity::read(path)?.same_file(&live.identity),
    };
    if same {
        return Ok(());
    }
    Err(Fault::refused("target-changed", format!("{} is no longer the file that the plan speaks of; it was left alone.", path.display()))
        .hint("Make a new plan."))
}

/// The fault of an entry that left the live file as it was.
fn not_entered(entered: Outcome<Entered>) -> Fault {
    match entered {
        Err(fault) => fault,
        Ok(_) => Fault::bug("An image was entered without a note of it."),
    }
}

/// The fault of a job that has changed the live file, `what` it did, and whose way back only recovery can keep.
pub(crate) fn way_back_pending(what: &str, fault: Fault, safety: &Path) -> Fault {
    Fault::failed("way-back-pending", format!("{what}, but the safety image could not be put into the repository: {}", fault.message))
        .hint(format!("Mend that and start Quarterdeck again: it finishes this. Until then the way back is {}.", safety.display()))
        .fact("cause", fault.code.to_string())
}

/// SQLite cannot open the live file, or it is gone: what is there is moved aside, never half.
fn aside(scope: &Scope, subject: &Subject, fetched: &FetchedImage, job: JobId) -> Outcome<RestoreReport> {
    let engine = &scope.engine;
    scope.ctx.checkpoint()?;
    ensure_target(subject)?;
    scope.ctx.phase(MOVE_ASIDE);
    let (live, image, tag) = (subject.path(), &fetched.path, aside_tag(job));
    if subject.live.is_some() {
        files::take_after(image, live)?;
    }
    let intent = Intent::Replace { live: live.into(), image: image.as_path().into(), image_is_copy: true, tag: tag.clone() };
    engine.store().write(|tx| intents::note(tx, job, &intent))?;
    let at = engine.clock().now();
    // Recovery reads how far it went from the names alone: one note before the first move is enough.
    let replaced = settle_move(scope, job, replace::replace(live, image, &tag, &mut |_| Ok(())))?;
    report::replaced(scope, subject, fetched, &replaced, at, job)
}

/// Clears the intent of a move that failed and was taken back whole. One that could be neither finished nor taken back is left to
/// recovery, and one that was made is noted until the end of its job is.
pub(crate) fn settle_move<T>(scope: &Scope, job: JobId, moved: Outcome<T>) -> Outcome<T> {
    if moved.as_ref().is_err_and(|fault| !is_half_moved(fault)) {
        scope.engine.store().write(|tx| intents::clear(tx, job))?;
    }
    moved
}

fn is_half_moved(fault: &Fault) -> bool {
    fault.facts.contains_key("half-moved")
}

/// What the files are called that a job moved aside.
pub(crate) fn aside_tag(job: JobId) -> String {
    format!("job-{job}")
}

/// Where the safety image of a job lies until it is in the repository.
pub(crate) fn safety_path(scope: &Scope, job: JobId) -> Outcome<PathBuf> {
    let folder = scope.engine.home().safety();
    files::make_folder(&folder)?;
    Ok(folder.join(format!("job-{job}.db")))
}

/// The same work inside one phase of another: progress is heard, phases are not.
struct Within(JobCtx);

impl Listener for Within {
    fn phase(&self, _: &str) {}

    fn progress(&self, progress: Progress) {
        self.0.progress(progress.done.0, progress.total.map(|total| total.0), progress.unit);
    }
}
