//! Freeing the room of what no snapshot uses: one slice at a time, and in two steps.
//!
//! The library's prune beside a backup can lose data that the backup counts on, so it runs under our own lock only, like every writer. A
//! pack that nothing uses is first *marked* in the index: from then on no backup refers to it, and it can come back if a snapshot turns out
//! to use it. It is removed by a prune at least [`PruneBudget::keep_marked`] later, when whoever was reading it has long ended. Nothing is
//! ever removed at once.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use chrono::{DateTime, TimeDelta};
use quarterdeck_model::{Bytes, Fault, Instant, Millis, Outcome, snapshot::SnapshotId};
use quarterdeck_store::files;
use rustic_core::{
    LimitOption, PruneOptions, PrunePlan,
    jiff::Span,
    repofile::{IndexFile, SnapshotId as LibraryId},
};

use super::{Owner, PruneBudget, PruneSlice, failure, open::Opened};

/// Up to this share of the data may stay unused in files that hold something else: writing those again costs more than it frees.
const TOLERATED_PERCENT: u64 = 5;

/// restic renews the file of a lock every five minutes and calls it stale after thirty.
const RESTIC_LOCK_LIVES: Duration = Duration::from_secs(30 * 60);

/// Plans and does one slice. The caller holds the lock.
pub(super) fn slice(folder: &Path, repository: &Opened, budget: &PruneBudget, owner: &Owner) -> Outcome<PruneSlice> {
    ensure_no_restic(folder, owner)?;
    let fault = |error| failure::fault("prune", folder, &error);
    let options = options(budget);
    let plan = plan(folder, repository, &options)?;
    let (size, marked) = (plan.stats.size_sum(), plan.stats.size_to_delete);
    let repacked = size.repack - size.repackrm;
    repository.prune(&options, plan).map_err(|error| fault(*error))?;
    let (marked_now, marked_until) = marked_packs(folder, repository, budget)?;
    Ok(PruneSlice {
        freed: Bytes(marked.remove),
        marked: marked_now,
        marked_until,
        repacked: Bytes(repacked),
        left: Bytes(size.unused_after_prune().saturating_sub(marked.keep + marked.remove)),
        goes_on: size.repack > 0,
    })
}

/// What nothing would use if these snapshots were forgotten. Reads only.
pub(super) fn unused_without(folder: &Path, repository: &Opened, ids: Vec<LibraryId>) -> Outcome<Bytes> {
    let mut options = PruneOptions::default();
    options.ignore_snaps = ids;
    let plan = plan(folder, repository, &options)?;
    Ok(Bytes(plan.stats.size_sum().unused + plan.stats.size_unref))
}

/// Everything in the repository's own folders.
pub(super) fn size(folder: &Path) -> Outcome<Bytes> {
    let mut total = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(place) = folders.pop() {
        for entry in fs::read_dir(&place).map_err(|error| files::fault("list", &place, &error))?.flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => total += metadata.len(),
                Err(_) => {} // it vanished meanwhile
            }
        }
    }
    Ok(Bytes(total))
}

fn options(budget: &PruneBudget) -> PruneOptions {
    let mut options = PruneOptions::default();
    options.max_repack = LimitOption::Size(bytesize::ByteSize::b(budget.repack.0));
    options.max_unused = LimitOption::Percentage(TOLERATED_PERCENT);
    options.keep_delete = Span::new().milliseconds(i64::try_from(budget.keep_marked.0).unwrap_or(i64::MAX));
    options.instant_delete = false;
    // Each piece is decrypted on the way, so that rot is found and never carried into a new file with a sound name.
    options.fast_repack = false;
    options
}

/// The library refuses to plan where a snapshot, a folder of one, or a pack that is still used cannot be read: then nothing is removed.
fn plan(folder: &Path, repository: &Opened, options: &PruneOptions) -> Outcome<PrunePlan> {
    repository.prune_plan(options).map_err(|error| {
        let fault = failure::fault("prune", folder, &error);
        if !fault.is("repository-error") {
            return fault;
        }
        let message =
            format!("The repository in {} is not whole, so nothing in it was removed: {}.", folder.display(), failure::cause(&error));
        Fault::failed("repository-damaged", message)
            .hint("Check the repository; it says which snapshots are affected.")
            .fact("path", folder.display().to_string())
    })
}

/// How much is marked in the index, and when all of it may go.
fn marked_packs(folder: &Path, repository: &Opened, budget: &PruneBudget) -> Outcome<(Bytes, Option<Instant>)> {
    let fault = |error| failure::fault("read", folder, &error);
    let (mut bytes, mut newest) = (0, None);
    for item in repository.stream_files::<IndexFile>().map_err(|error| fault(*error))? {
        let (_, index) = item.map_err(|error| fault(*error))?;
        for pack in index.packs_to_delete {
            bytes += u64::from(pack.pack_size());
            newest = newest.max(pack.time.map(|time| time.as_millisecond()));
        }
    }
    let until = newest.and_then(DateTime::from_timestamp_millis).map(|marked: Instant| marked + span(budget.keep_marked));
    Ok((Bytes(bytes), until))
}

/// restic's own locks are not honoured by the library, so its presence has to be seen.
fn ensure_no_restic(folder: &Path, owner: &Owner) -> Outcome<()> {
    let locks = folder.join("locks");
    let now = SystemTime::from(owner.since);
    let Ok(entries) = fs::read_dir(&locks) else { return Ok(()) };
    let age = |entry: &fs::DirEntry| {
        entry.metadata().and_then(|metadata| metadata.modified()).map(|then| now.duration_since(then).unwrap_or_default())
    };
    let youngest = entries.flatten().filter_map(|entry| age(&entry).ok()).min();
    match youngest.filter(|age| *age < RESTIC_LOCK_LIVES) {
        None => Ok(()),
        Some(age) => Err(Fault::failed(
            "restic-at-work",
            format!("restic locked the repository in {} {} ago, so nothing in it is removed now.", folder.display(), Millis::from(age)),
        )
        .hint("Wait until restic has ended; where none runs any more: restic unlock")
        .fact("path", folder.display().to_string())
        .may_retry()),
    }
}

/// The identifiers as the library has them; those that cannot be one name nothing.
pub(super) fn library_ids(ids: &[SnapshotId]) -> Vec<LibraryId> {
    ids.iter().filter_map(|id| id.0.parse().ok()).collect()
}

fn span(time: Millis) -> TimeDelta {
    TimeDelta::milliseconds(i64::try_from(time.0).unwrap_or(i64::MAX))
}
