//! Backup: plan, take, prove.

use quarterdeck_backup::{
    merge::MergedPart,
    prove,
    repository::Repository,
    take::{self, Component as TakenComponent, Origin, Taken},
};
use quarterdeck_model::{
    Bytes, Count, Digest, Fault, JobCtx, JobId, Millis, Outcome, WirePath,
    inspection::{Depth, Finding, Tone, Verdict},
    job::Phase,
    snapshot::{Reason, Snapshot},
    system::{Component, Name, System, Target},
};
use quarterdeck_sqlite::{held, identity, inspect};
use quarterdeck_store::{audit, files, intents, snapshots};
use serde::Serialize;

use crate::{
    directories,
    images::{self, Cut},
    intent::Intent,
    jobs::between,
    lookup, merges,
    operation::{Announcement, Scope},
    ops::{BackupPlan, BackupReport, BackupSystem, SnapshotList},
    parents::{self, Known},
    proving, repository,
};

/// Above this, writers of a rollback-journal database would wait too long to do it without a question.
pub(crate) const STALL_LIMIT: Millis = Millis(10_000);

/// Kept free on a disk whatever is written there.
const HEADROOM: u64 = 64 << 20;

const CHECK: &str = "Check the databases";
/// The phase in which the databases are copied whose writers wait.
pub(crate) const COPY: &str = "Copy the databases whose writers wait";

/// What must not change between a plan and its application.
#[derive(Serialize)]
struct Facts {
    system: Name,
    repository: WirePath,
    databases: Vec<(identity::Identity, Option<String>)>,
    directories: Vec<directories::Place>,
    obstacles: Vec<String>,
}

/// What a backup will do.
pub(crate) fn plan(scope: &Scope, name: &Name) -> Outcome<BackupPlan> {
    let engine = &scope.engine;
    let system = lookup::system(engine, name)?;
    let (mut size, mut obstacles, mut databases, mut stall) = (0, Vec::new(), Vec::new(), None::<Millis>);
    for component in system.databases() {
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
    let mut places = Vec::new();
    for component in system.directories() {
        match directories::look(component) {
            Err(fault) => obstacles.push(fault.to_string()),
            Ok(place) => places.push(place),
        }
    }
    let staged = if stall.is_some() { size } else { 0 };
    obstacles.extend(no_room(&engine.home().scratch(), staged)?);
    let facts = Facts {
        system: system.name.clone(),
        repository: system.repository.clone(),
        databases,
        directories: places,
        obstacles: obstacles.clone(),
    };
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
    let staged: Vec<WirePath> = system.databases().map(|component| images::staging(scope, component, job).into()).collect();
    engine.store().write(|tx| intents::note(tx, job, &Intent::TakeSnapshot { target, staged: staged.clone() }))?;
    let clear = || staged.iter().try_for_each(|copy| files::remove(&copy.0));
    let attempt = |known: &[Known]| {
        let taken = attempt(scope, &system, &*repository, &request, known, job);
        clear().and(taken)
    };
    let known = parents::find(engine, &system)?;
    let (taken, cut) = match attempt(&known) {
        // The snapshot that it was compared with went away meanwhile.
        Err(fault) if fault.is("reference-lost") => attempt(&known.iter().map(|_| Known::nothing()).collect::<Vec<_>>())?,
        attempt => attempt?,
    };
    let (stall, mut findings) = (cut.stall, [cut.findings, taken.findings.clone()].concat());
    let what = what_changed(&taken);
    let (snapshot, proved) = proving::prove_taken(scope, &system, &*repository, taken, job)?;
    findings.extend(proved);
    findings.extend(merges::after_backup(scope, &*repository, &snapshot));
    crate::care::after_backup(scope, &system)?;
    let took = between(begun, engine.clock().now());
    let level = snapshot.level().map_or("present", |reached| crate::truth::level(reached.level));
    let sentence = format!("Snapshot {} of {} is kept: {level}, {} added{what}.", snapshot.id.short(), system.name, snapshot.added);
    Ok(BackupReport { sentence, snapshot, took, stall, findings })
}

/// One try: cut, store, remember.
fn attempt(
    scope: &Scope,
    system: &System,
    repository: &dyn Repository,
    request: &BackupSystem,
    known: &[Known],
    job: JobId,
) -> Outcome<(Taken, Cut)> {
    let (engine, ctx) = (&scope.engine, &scope.ctx);
    let mut cut = images::cut(scope, system, known, job, ctx)?;
    let directories = directories::cut(scope, system)?;
    let merged = repository::merged_parts(engine, system)?;
    let mut request = take_request(
        scope,
        system,
        request.label.clone(),
        request.reason.unwrap_or(Reason::Manual),
        std::mem::take(&mut cut.components),
        merged,
    )?;
    request.directories = directories;
    let mut taken = take::take(repository, request, engine.clock(), ctx)?;
    remember(scope, &taken.snapshot)?;
    let indexes = std::mem::take(&mut taken.indexes);
    if let Err(fault) = parents::remember(engine, indexes, &cut.seen) {
        let what = format!("What was backed up could not be noted, so the next backup takes longer: {}", fault.message);
        taken.findings.push(Finding { tone: Tone::Attention, what, next: fault.hint });
    }
    Ok((taken, cut))
}

/// For the end of a sentence.
fn what_changed(taken: &Taken) -> String {
    let components = || taken.snapshot.manifest.components.iter().zip(&taken.origins);
    if components().any(|(_, origin)| *origin == Origin::Whole) {
        return String::new();
    }
    let changed = components().filter(|(_, origin)| matches!(origin, Origin::Changed(_)));
    let pages: u64 = changed.filter_map(|(component, _)| component.deltas.last()).map(|part| part.pages.0).sum();
    match pages {
        0 if !taken.snapshot.manifest.directories.is_empty() => String::new(),
        0 => "; nothing had changed".to_owned(),
        pages => {
            let all = components().map(|(component, _)| component.page_count.0).sum();
            format!("; {} of {} had changed", Count(pages), Count(all).of("page"))
        }
    }
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
    merged: Vec<MergedPart>,
) -> Outcome<take::Request> {
    Ok(take::Request {
        system: system.name.clone(),
        host: scope.engine.host().to_owned(),
        who: scope.caller.who.clone(),
        label,
        reason,
        audit_head: scope.engine.store().read(audit::head)?,
        tool: tool(),
        components,
        directories: Vec::new(),
        scratch: scope.engine.home().scratch(),
        merged,
    })
}

/// The program and its version, as snapshots name it.
pub(crate) fn tool() -> String {
    format!("quarterdeck {}", env!("CARGO_PKG_VERSION"))
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
    let databases: Vec<&Component> = system.databases().collect();
    let databases = match databases.as_slice() {
        [] => None,
        [only] => Some(only.path.file_name()),
        several => Some(format!("{} databases, all as of one moment", several.len())),
    };
    let waiting = match stall {
        None => "Writers do not wait.".to_owned(),
        Some(stall) => format!("Writers wait up to {stall}, because a rollback journal is in use."),
    };
    let read = databases.map(|databases| format!("Read {databases} ({size}) inside one held read. {waiting}"));
    let mut steps: Vec<String> = read.into_iter().chain(directories::step(system)).collect();
    steps.extend([
        format!("Store what changed since the snapshot before, encrypted and compressed, in {}.", system.repository),
        "Compare what was stored with what was announced, file by file.".to_owned(),
        "Read it all again, open it in scratch, check integrity and count every row.".to_owned(),
    ]);
    steps
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
