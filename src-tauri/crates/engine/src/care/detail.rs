//! A repository on one page, without reading its content.

use quarterdeck_backup::repository::Repository;
use quarterdeck_model::{
    Bytes, Count, Outcome,
    inspection::{Finding, Tone},
    snapshot::Snapshot,
    system::{Name, System},
};
use quarterdeck_store::{care as stored, files, snapshots};

use super::{answer::lock_state, look::known_reads};
use crate::{
    lookup,
    operation::Scope,
    ops::{Growth, RepositoryDetail, RepositoryKey},
    repository,
};

/// Everything that is known about the repository of a system.
pub(crate) fn detail(scope: &Scope, name: &Name) -> Outcome<RepositoryDetail> {
    let engine = &scope.engine;
    let system = lookup::system(engine, name)?;
    let mut detail = RepositoryDetail {
        system: name.clone(),
        path: system.repository.clone(),
        exists: repository::exists(&system.repository.0),
        unavailable: None,
        size: Bytes(0),
        damaged: Bytes(0),
        free: files::free_space(&system.repository.0).ok().map(Bytes),
        snapshots: Count(0),
        affected: Count(0),
        growth: Vec::new(),
        last_check: engine.store().read(|connection| stored::last_check(connection, &system.repository))?,
        oldest_read: None,
        packs_read: Count(0),
        packs: Count(0),
        keys: Vec::new(),
        kit_at: engine.store().read(|connection| snapshots::kit_at(connection, name))?,
        password_file: engine.home().password(name).into(),
        locks: Vec::new(),
        as_of: engine.clock().now(),
    };
    if !detail.exists && !engine.store().read(|connection| snapshots::any_of(connection, name))? {
        return Ok(detail);
    }
    // The page still says everything else.
    if let Err(fault) = repository::open(engine, &system).and_then(|opened| fill(scope, &system, &*opened, &mut detail)) {
        detail.unavailable = Some(Finding { tone: Tone::Critical, what: fault.message, next: fault.hint });
    }
    Ok(detail)
}

fn fill(scope: &Scope, system: &System, opened: &dyn Repository, detail: &mut RepositoryDetail) -> Outcome<()> {
    let engine = &scope.engine;
    let size = opened.measure()?;
    (detail.size, detail.damaged) = (Bytes(size.packs.0 + size.other.0), size.damaged);
    let packs = opened.packs()?;
    let reads = known_reads(engine, &system.repository, &packs)?;
    (detail.packs, detail.packs_read) = (Count(packs.len() as u64), Count(reads.len() as u64));
    detail.oldest_read = reads.values().map(|read| read.at).min().filter(|_| reads.len() == packs.len());
    detail.locks = opened.locks(engine.host())?.iter().map(|lock| lock_state(scope, lock)).collect();
    let keys = opened.keys()?.into_iter();
    detail.keys = keys
        .map(|key| RepositoryKey { id: key.id, created_at: key.created, made_for: key.user, host: key.host, current: key.current })
        .collect();
    let mut all = repository::snapshots(engine, system)?;
    all.reverse();
    detail.affected = Count(all.iter().filter(|snapshot| snapshot.affected.is_some()).count() as u64);
    detail.snapshots = Count(all.len() as u64);
    let growth = |snapshot: Snapshot| Growth { cut_at: snapshot.manifest.cut_at, snapshot: snapshot.id, added: snapshot.added };
    detail.growth = all.into_iter().map(growth).collect();
    Ok(())
}
