//! Which snapshots are damaged, remembered, so that no list and no page calls them healthy.

use quarterdeck_backup::repository::{self as backup, Survey};
use quarterdeck_model::{
    Instant, JobCtx, Outcome,
    inspection::{Finding, Tone},
    snapshot::{Affected, Manifest, Snapshot, SnapshotId},
    system::{Component, Name, System},
};
use quarterdeck_store::{care as stored, snapshots};

use super::look::known_reads;
use crate::{Engine, operation::Scope, repository, truth::moment};

/// Marks what the survey found, of whatever system, and returns what it found of this one, newest first.
pub(super) fn mark(scope: &Scope, system: &System, survey: &Survey) -> Outcome<Vec<(SnapshotId, Instant, Affected)>> {
    let (engine, now) = (&scope.engine, scope.engine.clock().now());
    let blocked = survey.is_blocked();
    engine.store().write(|tx| {
        let (mut marks, mut own) = (Vec::new(), Vec::new());
        for found in &survey.affected {
            // Of a snapshot that was never listed here nothing is known; the findings still speak of it.
            let known = snapshots::find(tx, &found.id)?;
            let since = stored::affected(tx, &found.id)?.map_or(now, |before| before.found_at);
            let affected = describe(known.as_ref().map(|snapshot| &snapshot.manifest), found, blocked, since);
            marks.push((found.id.clone(), affected.clone()));
            if let Some(snapshot) = known.filter(|snapshot| snapshot.manifest.system == system.name) {
                own.push((found.id.clone(), snapshot.manifest.cut_at, affected));
            }
        }
        stored::mark_affected(tx, &system.repository, &marks)?;
        own.sort_by_key(|(_, cut_at, _)| std::cmp::Reverse(*cut_at));
        Ok(own)
    })
}

/// A snapshot that was just taken may have brought back what others lacked. Looks only where something is marked; what keeps it from
/// looking now keeps nothing from being found by the next check.
pub(crate) fn after_backup(scope: &Scope, system: &System) -> Outcome<()> {
    let marked = repository::snapshots(&scope.engine, system)?.iter().any(|snapshot| snapshot.affected.is_some());
    if !marked {
        return Ok(());
    }
    let opened = repository::open(&scope.engine, system)?;
    let reads = known_reads(&scope.engine, &system.repository, &opened.packs()?)?;
    let survey = opened.survey(&reads, &JobCtx::detached())?;
    mark(scope, system, &survey).map(drop)
}

/// What damaged snapshots mean for one component: the finding on its line of the overview.
pub(crate) fn findings(engine: &Engine, component: &Component, snapshots: &[Snapshot]) -> Option<Finding> {
    let holding: Vec<&Snapshot> = snapshots.iter().filter(|snapshot| snapshot.manifest.holds(&component.name)).collect();
    let damaged = holding.iter().filter(|snapshot| !snapshot.is_sound_for(&component.name)).count();
    if damaged == 0 {
        return None;
    }
    let newest = holding.iter().find(|snapshot| snapshot.is_sound_for(&component.name));
    let left = match newest {
        Some(sound) => format!("the newest sound one is of {}", moment(sound.manifest.cut_at, engine.clock().now())),
        None => "none is left that can".to_owned(),
    };
    Some(Finding {
        tone: Tone::Critical,
        what: format!("{} cannot be restored: {left}", counted(damaged, holding.len())),
        next: "Look at the repository and repair it".to_owned(),
    })
}

/// `1 of 3 snapshots`.
pub(super) fn counted(some: usize, all: usize) -> String {
    format!("{some} of {all} snapshot{}", if all == 1 { "" } else { "s" })
}

fn describe(manifest: Option<&Manifest>, found: &backup::Affected, blocked: bool, found_at: Instant) -> Affected {
    let all = || manifest.iter().flat_map(|manifest| manifest.names().cloned()).collect::<Vec<Name>>();
    let files = found.files.clone();
    let of = |components: Vec<Name>, reason: String, lost: bool| Affected { reason, components, files: files.clone(), lost, found_at };
    if found.files.is_empty() && blocked {
        return of(all(), "Nothing can be restored until the repository is repaired.".to_owned(), false);
    }
    if found.files.is_empty() {
        return of(all(), "Its own entry, or its list of files, cannot be read.".to_owned(), true);
    }
    let mut hurt: Vec<Name> = found.files.iter().flat_map(|file| components_below(manifest, file)).collect();
    hurt.sort();
    hurt.dedup();
    let lost = found.files.iter().any(|file| file.ends_with('/') && file.matches('/').count() <= 3);
    let names: Vec<&str> = hurt.iter().map(Name::as_str).collect();
    let reason = match names.as_slice() {
        [] => format!("A part of {} cannot be read; every database in it can be restored.", found.files.join(", ")),
        names => format!("A part of {} cannot be read.", names.join(", ")),
    };
    of(hurt, reason, lost)
}

/// The components that a file or folder of a snapshot belongs to: `/backup/SYSTEM/base/COMPONENT.db.base`,
/// `/backup/SYSTEM/delta/COMPONENT/…`, `/backup/SYSTEM/dir/COMPONENT/…`; a folder above them belongs to all below it.
fn components_below(manifest: Option<&Manifest>, file: &str) -> Vec<Name> {
    let Some(manifest) = manifest else { return Vec::new() };
    let parts: Vec<&str> = file.trim_end_matches('/').split('/').skip(1).collect();
    let named = |part: &str| part.parse().into_iter().collect();
    match parts.as_slice() {
        ["backup", _, "base"] => manifest.components.iter().map(|component| component.name.clone()).collect(),
        ["backup", _, "delta"] => {
            manifest.components.iter().filter(|component| !component.deltas.is_empty()).map(|component| component.name.clone()).collect()
        }
        ["backup", _, "dir"] => manifest.directories.iter().map(|directory| directory.name.clone()).collect(),
        ["backup", _, "base", file] => named(file.strip_suffix(".db.base").unwrap_or(file)),
        ["backup", _, "delta" | "dir", component, ..] => named(component),
        _ if file.ends_with('/') => manifest.names().cloned().collect(),
        _ => Vec::new(),
    }
}
