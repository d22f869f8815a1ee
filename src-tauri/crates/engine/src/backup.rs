//! Backup: plan, take, prove.

use std::{path::PathBuf, time::Instant as Moment};

use quarterdeck_backup::{
    prove, take,
    take::{Component as TakenComponent, Image},
};
use quarterdeck_model::{
    Bytes, Class, Digest, Fault, JobCtx, JobId, Millis, Outcome, WirePath,
    inspection::{Depth, Finding, Tone, Verdict},
    job::Phase,
    snapshot::{Reason, Snapshot},
    system::{Component, Name, System, Target},
};
use quarterdeck_sqlite::{
    held::{self, HeldRead},
    identity, inspect,
};
use quarterdeck_store::{audit, files, image_proofs, intents, snapshots};
use serde::Serialize;

use crate::{
    Engine,
    intent::Intent,
    jobs::between,
    lookup,
    operation::{Announcement, Scope},
    ops::{BackupPlan, BackupReport, BackupSystem, SnapshotList},
    repository,
};

/// Above this, writers of a rollback-journal database would wait too long to do it without a question.
const STALL_LIMIT: Millis = Millis(10_000);

/// Kept free on a disk whatever is written there.
const HEADROOM: u64 = 64 << 20;

const CHECK: &str = "Check the databases";
const COPY: &str = "Copy the databases whose writers wait";

/// What must not change between a plan and its application.
#[derive(Serialize)]
struct Facts {
    system: Name,
    repository: WirePath,
    databases: Vec<(identity::Identity, Option<String>)>,
    obstacles: Vec<String>,
}

/// What a backup will do.
pub(crate) fn plan(scope: &Scope, name: &Name) -> Outcome<BackupPlan> {
    let engine = &scope.engine;
    let system = lookup::system(engine, name)?;
    let (mut size, mut obstacles, mut databases, mut stall) = (0, Vec::new(), Vec::new(), None::<Millis>);
    for component in &system.components {
        match look(scope, component) {
            Err(fault) => obstacles.push(fault.to_string()),
            Ok((identity, journal_mode, bytes)) => {
                size += bytes.0;
                if let Some(waiting) = held::expected_stall(&component.path.0)? {
                    stall = Some(stall.unwrap_or_default().max(waiting));
                }
                databases.push((identity, journal_mode));
            }
        }
    }
    let staged = if stall.is_some() { size } else { 0 };
    obstacles.extend(no_room(&engine.home().scratch(), staged)?);
    let facts = Facts { system: system.name.clone(), repository: system.repository.clone(), databases, obstacles: obstacles.clone() };
    Ok(BackupPlan {
        digest: Digest::over(&facts),
        system: system.name.clone(),
        environment: system.environment,
        steps: steps(&system, Bytes(size), stall),
        phases: phases(stall.is_some()),
        size: Bytes(size),
        stall,
        stall_needs_consent: stall.is_some_and(|stall| stall > STALL_LIMIT),
        obstacles,
        as_of: engine.clock().now(),
    })
}

/// Checks what a moment can check before the job exists.
pub(crate) fn announce(scope: &Scope, request: &BackupSystem) -> Outcome<Announcement> {
    if request.reason == Some(Reason::Safety) {
        return Err(Fault::usage("bad-reason", "A safety snapshot is the way back from a restore; nobody can ask for one.")
            .hint("Name manual, scheduled or before-change."));
    }
    let plan = plan(scope, &request.system)?;
    if let Some(shown) = &request.plan
        && *shown != plan.digest
    {
        return Err(stale(shown, &plan.digest));
    }
    if let Some(obstacle) = plan.obstacles.first() {
        return Err(
            Fault::refused("backup-not-possible", obstacle.clone()).hint(format!("Mend that, then back up {} again.", request.system))
        );
    }
    if let Some(stall) = plan.stall.filter(|_| plan.stall_needs_consent && !request.accept_stall) {
        return Err(Fault::refused(
            "stall-not-accepted",
            format!("Writers of {} would wait up to {stall}, because it does not use WAL mode.", request.system),
        )
        .hint("Accept the stall (--accept-stall), or put the database into WAL mode."));
    }
    let target = Target { system: request.system.clone(), component: None };
    Ok(Announcement { title: format!("Backup of {}", request.system), target, environment: plan.environment, phases: plan.phases })
}

/// Takes the snapshot and proves it.
pub(crate) fn run(scope: &Scope, request: BackupSystem, job: JobId) -> Outcome<BackupReport> {
    let (engine, ctx) = (&scope.engine, &scope.ctx);
    let begun = engine.clock().now();
    ctx.phase(CHECK);
    let system = lookup::system(engine, &request.system)?;
    let repository = repository::open_or_create(engine, &system, &scope.caller.who)?;
    ctx.checkpoint()?;
    let target = Target { system: system.name.clone(), component: None };
    let staged: Vec<WirePath> = system.components.iter().map(|component| staging(scope, component, job).into()).collect();
    engine.store().write(|tx| intents::note(tx, job, &Intent::TakeSnapshot { target, staged: staged.clone() }))?;
    let taken = images(scope, &system, job, ctx).and_then(|(components, stall)| {
        let request = take_request(scope, &system, request.label.clone(), request.reason.unwrap_or(Reason::Manual), components)?;
        Ok((take::take(&*repository, request, engine.clock(), ctx)?, stall))
    });
    for copy in &staged {
        files::remove(&copy.0)?;
    }
    let (snapshot, stall) = taken?;
    remember(scope, &snapshot)?;
    let (snapshot, findings) = prove_it(scope, &system, &*repository, snapshot, job)?;
    let took = between(begun, engine.clock().now());
    let level = snapshot.level().map_or("present", |reached| crate::truth::level(reached.level));
    let sentence = format!("Snapshot {} of {} is kept: {level}, {} added.", snapshot.id.short(), system.name, snapshot.added);
    Ok(BackupReport { sentence, snapshot, took, stall, findings })
}

/// The snapshots of a system, newest first.
pub(crate) fn list(scope: &Scope, name: &Name) -> Outcome<SnapshotList> {
    let system = lookup::system(&scope.engine, name)?;
    Ok(SnapshotList { snapshots: repository::snapshots(&scope.engine, &system)?, as_of: scope.engine.clock().now() })
}

/// What is written about a snapshot that is about to be taken.
pub(crate) fn take_request(
    scope: &Scope,
    system: &System,
    label: Option<String>,
    reason: Reason,
    components: Vec<TakenComponent>,
) -> Outcome<take::Request> {
    Ok(take::Request {
        system: system.name.clone(),
        host: scope.engine.host().to_owned(),
        who: scope.caller.who.clone(),
        label,
        reason,
        audit_head: scope.engine.store().read(audit::head)?,
        tool: format!("quarterdeck {}", env!("CARGO_PKG_VERSION")),
        components,
    })
}

/// Makes a snapshot known: its manifest and the level that taking it reached.
pub(crate) fn remember(scope: &Scope, snapshot: &Snapshot) -> Outcome<()> {
    scope.engine.store().write(|tx| {
        snapshots::remember(tx, &snapshot.id, &snapshot.manifest, snapshot.added)?;
        snapshots::reach(tx, &snapshot.id, &snapshot.levels)
    })
}

/// A sentence where less than `size` and some headroom is free on the disk of `path`.
pub(crate) fn no_room(path: &std::path::Path, size: u64) -> Outcome<Option<String>> {
    let free = files::free_space(path)?;
    let short = free < size.saturating_add(HEADROOM);
    Ok(short.then(|| format!("{} has {} free; {} are needed.", path.display(), Bytes(free), Bytes(size.saturating_add(HEADROOM)))))
}

/// The refusal of a plan that is no longer true.
pub(crate) fn stale(shown: &Digest, now: &Digest) -> Fault {
    Fault::refused(
        "plan-stale",
        format!("The plan {} is no longer true: what it was made from has changed; now it would be {}.", shown.short(), now.short()),
    )
    .hint("Look at the new plan, then confirm that one.")
}

fn look(scope: &Scope, component: &Component) -> Outcome<(identity::Identity, Option<String>, Bytes)> {
    let inspection = inspect::inspect(&component.path.0, Depth::Glance, scope.engine.clock(), &JobCtx::detached())?;
    if !matches!(inspection.verdict, Verdict::Healthy | Verdict::Damaged | Verdict::Empty) || inspection.header.is_none() {
        return Err(Fault::refused("not-a-database", inspection.sentence));
    }
    Ok((identity::read(&component.path.0)?, inspection.journal_mode, inspection.size))
}

fn steps(system: &System, size: Bytes, stall: Option<Millis>) -> Vec<String> {
    let databases = match system.components.as_slice() {
        [only] => only.path.file_name(),
        several => format!("{} databases, all as of one moment", several.len()),
    };
    let waiting = match stall {
        None => "Writers do not wait.".to_owned(),
        Some(stall) => format!("Writers wait up to {stall}, because a rollback journal is in use."),
    };
    vec![
        format!("Read {databases} ({size}) inside one held read. {waiting}"),
        format!("Store it, encrypted and compressed, in {}; what is there already costs nothing.", system.repository),
        "Compare what was stored with what was announced, file by file.".to_owned(),
        "Read it all again, open it in scratch, check integrity and count every row.".to_owned(),
    ]
}

fn phases(stalling: bool) -> Vec<Phase> {
    let mut phases = vec![Phase::new(CHECK, "Are they there, and do they open?")];
    if stalling {
        phases.push(Phase::new(COPY, "Writers wait while the copy is made; it is stopped at the announced time."));
    }
    phases.extend(take::phases());
    phases.extend(prove::phases());
    phases
}

/// Where the snapshot of a job is opened while it is proved.
pub(crate) fn proving(engine: &Engine, job: JobId) -> PathBuf {
    engine.home().scratch().join(format!("prove-{job}"))
}

fn staging(scope: &Scope, component: &Component, job: JobId) -> PathBuf {
    scope.engine.home().scratch().join(format!("stage-{job}-{}", component.id))
}

/// One held read on each database, as of one moment; those whose writers wait are copied at once and let go.
fn images(scope: &Scope, system: &System, job: JobId, ctx: &JobCtx) -> Outcome<(Vec<TakenComponent>, Option<Millis>)> {
    let engine = &scope.engine;
    let paths: Vec<PathBuf> = system.components.iter().map(|component| component.path.0.clone()).collect();
    let limit = |path: &PathBuf| held::expected_stall(path);
    let limits = paths.iter().map(limit).collect::<Outcome<Vec<_>>>()?;
    let reads = match paths.as_slice() {
        [only] => vec![HeldRead::open(only, engine.clock())?],
        several => held::barrier(several, engine.clock())?,
    };
    let mut stall = None::<Millis>;
    let mut taken = Vec::new();
    for ((component, held), limit) in system.components.iter().zip(reads).zip(limits) {
        let image = if held.blocks_writers() {
            ctx.phase(COPY);
            files::make_folder(&engine.home().scratch())?;
            let path = staging(scope, component, job);
            let since = Moment::now();
            let limit = limit.map(|limit| std::time::Duration::from_millis(limit.0));
            let staged = held::stage(held, &path, limit, ctx)?;
            stall = Some(stall.unwrap_or_default().max(since.elapsed().into()));
            Image::Staged { path, staged }
        } else {
            Image::Held(held)
        };
        taken.push(TakenComponent { id: component.id.clone(), name: component.name.clone(), file: component.path.file_name(), image });
    }
    Ok((taken, stall))
}

/// Reads the snapshot again, opens it in scratch where there is room, and records what that showed.
fn prove_it(
    scope: &Scope,
    system: &System,
    repository: &dyn quarterdeck_backup::repository::Repository,
    snapshot: Snapshot,
    job: JobId,
) -> Outcome<(Snapshot, Vec<Finding>)> {
    let engine = &scope.engine;
    let size = snapshot.manifest.components.iter().map(|component| component.size.0).sum();
    let scratch = proving(engine, job);
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
            Fault { message: what, ..fault }.fact("snapshot", snapshot.id.0.clone())
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
