//! One look at a repository: some of it read again, all of it compared, the result remembered.

use std::{
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use quarterdeck_backup::repository::{Care, Flow, LastRead, PackFile, PackRead, Reads};
use quarterdeck_model::{
    Bytes, Class, Fault, Instant, JobCtx, JobId, Outcome, WirePath,
    snapshot::{Level, LevelReached},
    system::System,
};
use quarterdeck_store::{care as stored, jobs, snapshots};

use super::{
    READ_AGAIN, SURVEY,
    answer::{self, Looked},
    marks,
};
use crate::{Engine, operation::Scope, ops::RepositoryCheck, repository};

/// Readings are written down this often: each time costs the store a sync, and what is not written down is read again.
const WRITE_EVERY: Duration = Duration::from_secs(1);

/// What ends the reading early.
pub(super) enum Halt {
    /// Somebody's wish to stop, which is then what comes of it.
    Cancelled,
    /// The same wish, or another job on the system; both count as done for today. The job is this one.
    Yielding(JobId),
}

/// Looks; what keeps the repository from being opened is an answer too.
pub(super) fn look(scope: &Scope, system: &System, share: Option<f64>, halt: &Halt) -> Outcome<RepositoryCheck> {
    let engine = &scope.engine;
    let (as_of, begun) = (engine.clock().now(), Moment::now());
    let repository = match open(engine, system) {
        Ok(repository) => repository,
        Err(fault) if fault.class == Class::Usage || fault.class == Class::Bug => return Err(fault),
        Err(fault) => {
            let check = answer::unavailable(system, fault, as_of, begun.elapsed().into());
            return remember(engine, system, check);
        }
    };
    let place = &system.repository;
    let packs = repository.packs()?;
    let mut reads = known_reads(engine, place, &packs)?;
    let mut read = Bytes(0);
    let mut yielded = false;
    if let Some(share) = share {
        scope.ctx.phase(READ_AGAIN);
        let chosen = choose(&packs, &reads, share);
        (read, yielded) = read_again(scope, system, &*repository, &chosen, &mut reads, halt)?;
    }
    scope.ctx.phase(SURVEY);
    let ctx = if yielded { &JobCtx::detached() } else { &scope.ctx };
    let survey = repository.survey(&reads, ctx)?;
    let locks = repository.locks(engine.host())?;
    engine.store().write(|tx| {
        for (id, at) in &survey.read {
            if snapshots::find(tx, id)?.is_some() {
                snapshots::reach(tx, id, &[LevelReached { level: Level::Read, at: *at }])?;
            }
        }
        Ok(())
    })?;
    let affected = marks::mark(scope, system, &survey)?;
    let size = Bytes(packs.iter().map(|pack| pack.size.0).sum());
    let looked = Looked { survey, affected, locks, read, size, yielded, as_of, took: begun.elapsed().into() };
    remember(engine, system, answer::answer(scope, system, looked)?)
}

/// Where there never was a snapshot, there is nothing to look at, and nothing is wrong with that.
fn open(engine: &Engine, system: &System) -> Outcome<Arc<dyn Care>> {
    let known =
        repository::exists(&system.repository.0) || engine.store().read(|connection| snapshots::any_of(connection, &system.name))?;
    if !known {
        return Err(
            Fault::refused("no-snapshots", format!("{} has no snapshot yet, so there is no repository.", system.name)).hint("Back up now.")
        );
    }
    // Reads the manifests of snapshots that were never seen here, as long as they can be read; what cannot be read is what comes next.
    let _ = repository::snapshots(engine, system);
    repository::open_for_care(engine, system)
}

/// Keeps the result for the pages.
fn remember(engine: &Engine, system: &System, check: RepositoryCheck) -> Outcome<RepositoryCheck> {
    engine.store().write(|tx| stored::record_check(tx, &system.repository, check.as_of, &check))?;
    engine.tell(quarterdeck_model::Event::Store);
    Ok(check)
}

/// What earlier readings showed of packs that are still there; those of packs that are gone are forgotten.
pub(super) fn known_reads(engine: &Engine, place: &WirePath, packs: &[PackFile]) -> Outcome<Reads> {
    let there: std::collections::BTreeSet<&str> = packs.iter().map(|pack| pack.id.as_str()).collect();
    let all = engine.store().read(|connection| stored::reads(connection, place))?;
    let (kept, gone): (Vec<_>, Vec<_>) = all.into_iter().partition(|read| there.contains(read.pack.as_str()));
    if !gone.is_empty() {
        let gone: Vec<String> = gone.into_iter().map(|read| read.pack).collect();
        engine.store().write(|tx| stored::forget_reads(tx, place, &gone))?;
    }
    Ok(kept.into_iter().map(|read| (read.pack, LastRead { at: read.at, altered: !read.ok, broken: read.broken })).collect())
}

/// The packs to read: damaged ones first, to see whether they still are, then those not read for longest, up to the share of all bytes.
/// A pack that was never read again counts as read when it was written: it was, as part of its snapshot.
pub(super) fn choose(packs: &[PackFile], reads: &Reads, share: f64) -> Vec<String> {
    let order = |pack: &PackFile| match reads.get(&pack.id) {
        Some(read) if read.altered => (0, read.at),
        Some(read) => (1, read.at),
        None => (1, pack.written_at.unwrap_or(Instant::MIN_UTC)),
    };
    let mut sorted: Vec<&PackFile> = packs.iter().collect();
    sorted.sort_by_key(|pack| (order(pack), &pack.id));
    let total: u64 = packs.iter().map(|pack| pack.size.0).sum();
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of bytes need not be exact"
    )]
    let wanted = if share >= 1.0 { u64::MAX } else { (total as f64 * share) as u64 };
    let mut taken = 0;
    let mut chosen = Vec::new();
    for pack in sorted {
        if taken >= wanted && !chosen.is_empty() {
            break;
        }
        taken += pack.size.0;
        chosen.push(pack.id.clone());
    }
    chosen
}

/// Reads packs, one at a time, and writes down what that showed. True where it stopped early to be in nobody's way.
fn read_again(
    scope: &Scope,
    system: &System,
    repository: &dyn Care,
    packs: &[String],
    reads: &mut Reads,
    halt: &Halt,
) -> Outcome<(Bytes, bool)> {
    let engine = &scope.engine;
    let mut unwritten = Vec::new();
    let (mut bytes, mut written, mut yielded) = (0, Moment::now(), false);
    let write = |unwritten: &mut Vec<stored::PackRead>| {
        let reads = std::mem::take(unwritten);
        engine.store().write(|tx| stored::record_reads(tx, &system.repository, &reads))
    };
    let outcome = repository.read_packs(
        packs,
        &mut |read: PackRead| {
            let at = engine.clock().now();
            bytes += read.size.0;
            let broken: std::collections::BTreeSet<String> = read.broken.into_iter().collect();
            let ok = !read.altered && broken.is_empty();
            reads.insert(read.pack.clone(), LastRead { at, altered: !ok, broken: broken.clone() });
            unwritten.push(stored::PackRead { pack: read.pack, at, ok, broken });
            if written.elapsed() >= WRITE_EVERY || !ok {
                write(&mut unwritten)?;
                written = Moment::now();
                if let Halt::Yielding(job) = halt {
                    yielded = others_work(engine, system, *job)?;
                }
            }
            Ok(if yielded { Flow::Stop } else { Flow::On })
        },
        &scope.ctx,
    );
    write(&mut unwritten)?;
    match (outcome, halt) {
        (Err(fault), Halt::Yielding(_)) if fault.class == Class::Cancelled => Ok((Bytes(bytes), true)),
        (outcome, _) => outcome.map(|()| (Bytes(bytes), yielded)),
    }
}

/// True while another job works on the system: it has the disk to itself then.
fn others_work(engine: &Engine, system: &System, own: JobId) -> Outcome<bool> {
    let running = engine.store().read(|connection| jobs::list(connection, Some(&system.name), true, 10))?;
    Ok(running.iter().any(|job| job.id != own))
}
