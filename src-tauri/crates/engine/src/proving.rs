//! Proving snapshots: what is new in them, or all of it.

use std::path::PathBuf;

use quarterdeck_backup::{
    prove,
    repository::Repository,
    take::{Origin, Taken},
};
use quarterdeck_model::{
    Class, JobId, Outcome,
    inspection::{Finding, Tone},
    snapshot::{Level, Reason, Snapshot, SnapshotId},
    system::System,
};
use quarterdeck_store::{files, image_proofs, snapshots};

use crate::{
    Engine,
    backup::no_room,
    jobs::between,
    lookup,
    operation::{Announcement, Scope},
    ops::{ProofReport, ProveSnapshot},
    repository,
};

/// Where the snapshot of a job is opened while it is proved.
pub(crate) fn scratch(engine: &Engine, job: JobId) -> PathBuf {
    engine.home().scratch().join(format!("prove-{job}"))
}

/// Proves a snapshot that was just taken and is remembered. An image that is the one of an earlier snapshot has reached what that one
/// has. What somebody asked for by hand is then proved whole; of others, what is new is read again, and maintenance does the rest.
pub(crate) fn prove_taken(
    scope: &Scope,
    system: &System,
    repository: &dyn Repository,
    taken: Taken,
    job: JobId,
) -> Outcome<(Snapshot, Vec<Finding>)> {
    let engine = &scope.engine;
    let by_hand = taken.snapshot.manifest.reason == Reason::Manual;
    let nothing_new = taken.origins.iter().all(|origin| matches!(origin, Origin::Same(_)));
    if nothing_new || !by_hand {
        let known = |id: &SnapshotId| engine.store().read(|connection| snapshots::levels(connection, id));
        let levels = prove::prove_new(repository, &taken, &known, engine.clock(), &scope.ctx)?;
        engine.store().write(|tx| {
            snapshots::reach(tx, &taken.snapshot.id, &levels)?;
            for (component, origin) in taken.snapshot.manifest.components.iter().zip(&taken.origins) {
                if let Origin::Same(parent) = origin
                    && let Some((rows, at)) = snapshots::rows(tx, parent, &component.name)?
                {
                    snapshots::count_rows(tx, &taken.snapshot.id, &component.name, &rows, at)?;
                }
            }
            Ok(())
        })?;
        if !by_hand || levels.iter().any(|reached| reached.level >= Level::DataMatches) {
            let known = engine.store().read(|connection| snapshots::find(connection, &taken.snapshot.id))?;
            return Ok((known.unwrap_or(taken.snapshot), Vec::new()));
        }
    }
    prove_whole(scope, system, repository, taken.snapshot, job)
}

/// Reads a snapshot again, opens it in scratch where there is room, and records what that showed.
pub(crate) fn prove_whole(
    scope: &Scope,
    system: &System,
    repository: &dyn Repository,
    snapshot: Snapshot,
    job: JobId,
) -> Outcome<(Snapshot, Vec<Finding>)> {
    let engine = &scope.engine;
    let size = snapshot.manifest.components.iter().map(|component| component.size.0).sum(); // only databases are opened
    let scratch = scratch(engine, job);
    let room = no_room(&engine.home().scratch(), size)?;
    files::make_folder(&scratch)?;
    let proof = prove::prove(repository, &snapshot, room.is_none().then_some(scratch.as_path()), engine.clock(), &scope.ctx);
    files::remove_folder(&scratch)?;
    let proof = match proof {
        // The snapshot is whole and stays; only its proof was given up.
        Err(fault) if fault.class == Class::Cancelled => {
            let next = format!("Restore it to a new file to prove it, or back up {} again.", system.name);
            return Ok((snapshot, vec![Finding { tone: Tone::Attention, what: "Proving the snapshot was cancelled".to_owned(), next }]));
        }
        // That the job failed must not read as if there were no snapshot.
        proof => proof.map_err(|fault| {
            let what = format!("Snapshot {} is kept, but it could not be proved: {}", snapshot.id.short(), fault.message);
            quarterdeck_model::Fault { message: what, ..fault }.fact("snapshot", snapshot.id.0.clone())
        })?,
    };
    engine.store().write(|tx| {
        snapshots::reach(tx, &snapshot.id, &proof.levels)?;
        proof.images.iter().try_for_each(|image| image_proofs::remember(tx, image))?;
        let now = engine.clock().now();
        proof.rows.iter().try_for_each(|(component, rows)| snapshots::count_rows(tx, &snapshot.id, component, rows, now))
    })?;
    let mut findings = proof.findings;
    if let Some(room) = room {
        let what = format!("The copy was read again, but not opened: {room}");
        findings.push(Finding { tone: Tone::Attention, what, next: format!("Free some space, then back up {} again.", system.name) });
    }
    let known = engine.store().read(|connection| snapshots::find(connection, &snapshot.id))?;
    Ok((known.unwrap_or(snapshot), findings))
}

/// The newest backup of a system, where it was not proved whole yet: maintenance proves it when nothing else is due.
pub(crate) fn newest_unproved(engine: &Engine, system: &System) -> Outcome<Option<Snapshot>> {
    let newest = repository::newest_backup(engine, system)?;
    Ok(newest.filter(|snapshot| snapshot.level().is_none_or(|reached| reached.level < prove::highest(snapshot))))
}

/// What proving will do.
pub(crate) fn announce(scope: &Scope, request: &ProveSnapshot) -> Outcome<Announcement> {
    let system = lookup::system(&scope.engine, &request.system)?;
    let snapshot = subject(scope, &system, request)?;
    let title = match snapshot {
        Some(snapshot) => format!("Proof of snapshot {} of {}", snapshot.id.short(), system.name),
        None => format!("Proof of the newest snapshot of {}", system.name),
    };
    let target = quarterdeck_model::system::Target { system: system.name, component: None };
    Ok(Announcement { title, target, environment: system.environment, phases: prove::phases() })
}

/// Proves the snapshot that was named, or the newest one where it was not proved yet.
pub(crate) fn run(scope: &Scope, request: &ProveSnapshot, job: JobId) -> Outcome<ProofReport> {
    let engine = &scope.engine;
    let begun = engine.clock().now();
    let system = lookup::system(engine, &request.system)?;
    let Some(snapshot) = subject(scope, &system, request)? else {
        let sentence = format!("The newest snapshot of {} is proved already.", system.name);
        return Ok(ProofReport { sentence, snapshot: None, took: between(begun, engine.clock().now()), findings: Vec::new() });
    };
    let repository = repository::open(engine, &system)?;
    let (snapshot, findings) = prove_whole(scope, &system, &*repository, snapshot, job)?;
    let level = snapshot.level().map_or("present", |reached| crate::truth::level(reached.level));
    let sentence = format!("Snapshot {} of {}: {level}.", snapshot.id.short(), system.name);
    Ok(ProofReport { sentence, snapshot: Some(snapshot), took: between(begun, engine.clock().now()), findings })
}

fn subject(scope: &Scope, system: &System, request: &ProveSnapshot) -> Outcome<Option<Snapshot>> {
    match &request.snapshot {
        Some(text) => repository::find(&scope.engine, system, text).map(Some),
        None => newest_unproved(&scope.engine, system),
    }
}
