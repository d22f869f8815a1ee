//! After a kill, a crash or a power cut: what processes that are gone left half done is finished or undone, and said.

use std::sync::Arc;

use chrono::TimeDelta;
use quarterdeck_backup::{
    directory, layout, manifest,
    repository::{Repository, StoredSnapshot},
};
use quarterdeck_model::{
    Caller, Fault, Job, JobCtx, JobState, Outcome, WirePath,
    snapshot::{Level, LevelReached, Manifest, SnapshotId},
    system::{Component, System, Target},
};
use quarterdeck_sqlite::{enter, replace};
use quarterdeck_store::{audit, files, intents, jobs, leases::Lease, leases::Owner, snapshots};

use crate::{
    Engine, drill,
    intent::{Entry, Intent, Rebuilding},
    jobs::take_leases,
    lookup, migration,
    operation::{Scope, Work},
    ops::ApplyMigrations,
    proving, repository,
    restore::{WayBack, keep_way_back},
};

/// What to do about a job whose process has ended.
const INTERRUPTED: &str = "Read what recovery did; start it again where that is still wanted.";

/// The lease that lets one process at a time recover.
const RECOVERY: &str = "recovery";

/// Recovers every job whose process is gone. One sentence for each. Where another process does so now, and where somebody works on the
/// target already, the work is left to them and to the next time.
pub(crate) fn recover(engine: &Arc<Engine>) -> Outcome<Vec<String>> {
    let purpose = "Recovery of interrupted jobs".to_owned();
    let owner = Owner { pid: std::process::id(), who: engine.who().to_owned(), purpose, since: engine.clock().now() };
    let _lease = match Lease::take(&engine.home().leases(), RECOVERY, &owner) {
        Err(fault) if fault.is("target-busy") => return Ok(Vec::new()),
        lease => lease?,
    };
    let mut sentences = Vec::new();
    for (job, process) in engine.store().read(jobs::abandoned)? {
        if process == engine.process() || Lease::is_held(&engine.home().processes(), &process)? {
            continue;
        }
        let Some(_leases) = leases(engine, &job)? else { continue };
        sentences.push(recover_job(engine, &job)?);
        Lease::discard(&engine.home().processes(), &process)?;
    }
    // A process without jobs that was killed leaves only its lock file. A fresh one may be about to be locked.
    Lease::sweep(&engine.home().processes(), engine.clock().now() - TimeDelta::hours(1))?;
    Ok(sentences)
}

/// The leases of the job's target; `None` while somebody else holds one. A system that was taken off the list has none.
fn leases(engine: &Engine, job: &Job) -> Outcome<Option<Vec<Lease>>> {
    let Some(target) = &job.target else { return Ok(Some(Vec::new())) };
    match take_leases(engine, target, &job.who, format!("Recovery of job {}", job.id)) {
        Err(fault) if fault.is("target-busy") => Ok(None),
        Err(fault) if fault.is("system-missing") || fault.is("component-missing") => Ok(Some(Vec::new())),
        leases => leases.map(Some),
    }
}

/// Finishes or undoes one job. A step that cannot be recovered now is tried again at the next start; its intent stays.
fn recover_job(engine: &Arc<Engine>, job: &Job) -> Outcome<String> {
    let scope = scope(engine, job)?;
    let intent: Option<Intent> = engine.store().read(|connection| intents::of(connection, job.id))?;
    let recovered = remove_copies(engine, job).and_then(|()| match &intent {
        None => nothing_half_done(engine, job),
        Some(intent) => recover_intent(&scope, job, intent),
    });
    let (done, sentence) = match recovered {
        Ok(what) => (true, format!("Job {} ({}) was interrupted: {what}.", job.id, job.title)),
        Err(fault) => (
            false,
            format!("Job {} ({}) was interrupted and could not be recovered yet: {} {}", job.id, job.title, fault.message, fault.hint),
        ),
    };
    if !done && job.recovery.as_ref() == Some(&sentence) {
        return Ok(sentence); // written down the last time
    }
    let target = job.target.as_ref().map(ToString::to_string).unwrap_or_default();
    engine.store().write(|tx| {
        let fault = Fault::failed("interrupted", format!("The process that ran job {} ended before it did.", job.id)).hint(INTERRUPTED);
        let at = engine.clock().now();
        let end = jobs::End { state: JobState::Interrupted, at, report: None, fault: Some(&fault), recovery: Some(&sentence) };
        jobs::finish(tx, job.id, &end)?;
        jobs::set_recovery(tx, job.id, &sentence)?;
        if done {
            intents::clear(tx, job.id)?;
        }
        audit::append(tx, &scope.entry(&job.operation, &target, "interrupted", &sentence)).map(drop)
    })?;
    Ok(sentence)
}

/// Readable copies of the live databases, which a backup makes to prove its snapshot.
fn remove_copies(engine: &Engine, job: &Job) -> Outcome<()> {
    files::remove_folder(&proving::scratch(engine, job.id))
}

/// The last thing that a restore does is to record its end; the entry and its way back are settled by then.
fn nothing_half_done(engine: &Engine, job: &Job) -> Outcome<String> {
    let pinned = engine.store().read(|connection| snapshots::pinned_by(connection, job.id))?;
    Ok(if pinned.is_some() { entered(job) } else { "nothing was half done".to_owned() })
}

fn entered(job: &Job) -> String {
    let what = if job.operation == ApplyMigrations::NAME { "its migrations had been committed" } else { "the image had been entered" };
    format!("{what}; the way back is kept, and quarterdeck undo {} offers it", job.id)
}

fn recover_intent(scope: &Scope, job: &Job, intent: &Intent) -> Outcome<String> {
    match intent {
        Intent::TakeSnapshot { target, staged } => {
            for copy in staged {
                files::remove(&copy.0)?;
            }
            settle_snapshots(scope, job, target)
        }
        Intent::FetchImage { part, safety, rebuilding } => {
            if let Some(Rebuilding { live, journal_mode }) = rebuilding {
                enter::settle(&live.0, journal_mode)?;
            }
            files::remove(&part.0)?;
            if let Some(safety) = safety {
                files::remove(&safety.0)?;
            }
            Ok("the live database was not touched, and the temporary files are gone".to_owned())
        }
        Intent::FetchDirectory { part } => {
            files::remove_folder(&part.0)?;
            Ok("nothing that was there was touched, and the temporary folder is gone".to_owned())
        }
        Intent::RepairRepository { target } => crate::care::settle(scope, target),
        Intent::Enter(entry) => settle_entry(scope, job, entry),
        Intent::Migrate(migrate) => migration::settle(scope, job, migrate),
        Intent::Replace { live, image, image_is_copy, tag } => settle_replacement(live, image, *image_is_copy, tag),
        Intent::Drill { scratch: folder } => {
            drill::clear_away(scope.engine.home(), &folder.0)?;
            drill::interrupted(&scope.engine, job.id)?;
            Ok("its scratch folder is gone, and the live database was never touched".to_owned())
        }
        Intent::Smoke { scratch: folder } => {
            drill::clear_away(scope.engine.home(), &folder.0)?;
            Ok("its copies are gone, and no live database was changed".to_owned())
        }
        Intent::Rehearse { scratch: folder } => {
            drill::clear_away(scope.engine.home(), &folder.0)?;
            Ok("its copy is gone, and the live database was never changed".to_owned())
        }
    }
}

/// A snapshot that the job saved but did not verify is verified now, or taken off the list. Nobody else's is touched.
fn settle_snapshots(scope: &Scope, job: &Job, target: &Target) -> Outcome<String> {
    let engine = &scope.engine;
    let system = lookup::system(engine, &target.system)?;
    if !repository::exists(&system.repository.0) {
        return Ok("no snapshot was kept".to_owned());
    }
    let repository = repository::open(engine, &system)?;
    let tag = layout::tag(&system.name);
    let mut kept = 0;
    let own = |stored: &&StoredSnapshot| stored.tags.contains(&tag) && stored.host == engine.host() && stored.time >= job.created_at;
    for stored in repository.snapshots()?.snapshots.iter().filter(own) {
        if engine.store().read(|connection| snapshots::find(connection, &stored.id))?.is_some() {
            kept += 1;
            continue;
        }
        match confirm(&*repository, &stored.id, &system) {
            Ok(manifest) => {
                let levels = [LevelReached { level: Level::Present, at: engine.clock().now() }];
                engine.store().write(|tx| {
                    snapshots::remember(tx, &stored.id, &manifest, stored.added.unwrap_or_default())?;
                    snapshots::reach(tx, &stored.id, &levels)
                })?;
                kept += 1;
            }
            Err(fault) if fault.is("snapshot-incomplete") => {
                repository.forget(&stored.id, &repository::owner(engine, &scope.caller.who))?;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(if kept > 0 {
        "its snapshot is whole and was kept".to_owned()
    } else {
        "no snapshot was kept, and the database was not touched".to_owned()
    })
}

/// The manifest of a snapshot that holds every part of every image at its exact size, and every file of its directories.
fn confirm(repository: &dyn Repository, id: &SnapshotId, system: &System) -> Outcome<Manifest> {
    let manifest = manifest::read(repository, id, &system.name, &JobCtx::detached())?;
    repository.verify(id, &layout::files(&manifest))?;
    directory::confirm_all(repository, id, &manifest)?;
    Ok(manifest)
}

/// SQLite has made it before or after; the cookie tells which.
fn settle_entry(scope: &Scope, job: &Job, entry: &Entry) -> Outcome<String> {
    let committed = enter::was_committed(&entry.live.0, &entry.commit)?;
    if entry.commit.old_layout != entry.commit.new_layout {
        enter::settle(&entry.live.0, &entry.commit.journal_mode)?;
    }
    if !committed {
        files::remove(&entry.image.0)?;
        files::remove(&entry.safety.0)?;
        return Ok("the live database is as it was before".to_owned());
    }
    let (system, component) = registered(scope, entry)?;
    if entry.safety.0.exists() {
        let cut_at = job.phases.iter().filter_map(|run| run.started_at).max().unwrap_or(job.created_at);
        let way_back = WayBack { safety: &entry.safety.0, journal_mode: &entry.commit.journal_mode, cut_at };
        keep_way_back(scope, &system, &component, &way_back, job.id)?;
    }
    files::remove(&entry.image.0)?;
    if scope.engine.store().read(|connection| snapshots::pinned_by(connection, job.id))?.is_none() {
        return Ok(format!("the image had been entered; its way back {} was removed by somebody", entry.safety));
    }
    Ok(entered(job))
}

fn registered(scope: &Scope, entry: &Entry) -> Outcome<(System, Component)> {
    lookup::component(&scope.engine, &entry.target)
}

fn settle_replacement(live: &WirePath, image: &WirePath, image_is_copy: bool, tag: &str) -> Outcome<String> {
    // Where there was no old file to move aside, the names alone do not tell a finished move from none; the image that is gone does.
    let finished = live.0.exists() && !image.0.exists() && !replace::aside(&live.0, tag).exists();
    let recovered = if finished { replace::Recovered::Finished } else { replace::recover(&live.0, tag, &image.0)? };
    if image_is_copy {
        files::remove(&image.0)?;
    }
    let sentence = match recovered {
        replace::Recovered::Finished => {
            let aside = replace::aside(&live.0, tag);
            let old =
                if aside.exists() { format!("what lay there is kept as {}", aside.display()) } else { "there was no old one".to_owned() };
            format!("the new file is in place, and {old}")
        }
        replace::Recovered::PutBack => "the old files were put back".to_owned(),
        replace::Recovered::Nothing => "nothing had been moved".to_owned(),
    };
    Ok(sentence)
}

/// Recovery acts for whoever started the job.
fn scope(engine: &Arc<Engine>, job: &Job) -> Outcome<Scope> {
    let caller = Caller { who: job.who.clone(), face: job.face, roles: std::collections::BTreeSet::new() };
    Ok(Scope { engine: Arc::clone(engine), caller, ctx: JobCtx::detached() })
}
