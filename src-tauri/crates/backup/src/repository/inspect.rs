//! What is in a repository, and in which state.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

use chrono::DateTime;
use quarterdeck_model::{Bytes, Instant, JobCtx, Outcome, job::Unit, snapshot::SnapshotId};
use rustic_core::{
    CheckOptions, CheckResults, DataId, LsOptions,
    jiff::Zoned,
    repofile::{KeyFile, KeyId, Node, NodeType, SnapshotFile, SnapshotId as LibraryId},
};

use super::{
    Condition, Key, Listing, StoredSnapshot, failure,
    folder::Indexed,
    open::Opened,
    verify::{self, Packs},
};

/// Reads every snapshot's entry, one by one: a damaged one hides none of the others.
pub(super) fn snapshots(folder: &Path, repository: &Opened) -> Outcome<Listing> {
    let mut listing = Listing::default();
    for id in repository.list::<LibraryId>().map_err(|error| failure::fault("list", folder, &error))? {
        let name = SnapshotId(id.to_hex().to_string());
        match repository.get_file::<SnapshotFile>(&id) {
            Ok(snapshot) => listing.snapshots.push(stored(name, &snapshot)),
            Err(_) => listing.unreadable.push(name),
        }
    }
    listing.snapshots.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    listing.unreadable.sort();
    Ok(listing)
}

fn stored(id: SnapshotId, snapshot: &SnapshotFile) -> StoredSnapshot {
    StoredSnapshot {
        id,
        time: instant(&snapshot.time),
        host: snapshot.hostname.clone(),
        label: Some(snapshot.label.clone()).filter(|label| !label.is_empty()),
        tags: snapshot.tags.iter().cloned().collect(),
        added: snapshot.summary.as_ref().map(|summary| Bytes(summary.data_added_packed)),
    }
}

/// The keys, and which of them is in use.
pub(super) fn keys(folder: &Path, repository: &Opened, current: Option<KeyId>) -> Outcome<Vec<Key>> {
    let fault = |error| failure::fault("read", folder, &error);
    let mut keys = Vec::new();
    for item in repository.stream_files::<KeyFile>().map_err(|error| fault(*error))? {
        let (id, key) = item.map_err(|error| fault(*error))?;
        keys.push(Key {
            id: id.to_hex().to_string(),
            created: key.created.as_ref().map(instant),
            host: key.hostname,
            user: key.username,
            current: Some(id) == current,
        });
    }
    keys.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    Ok(keys)
}

/// The library's own check, and, where it finds faults, which snapshots they touch.
pub(super) fn check(
    folder: &Path,
    repository: &Opened,
    index: impl FnOnce() -> Outcome<Indexed>,
    read_data: bool,
    ctx: &JobCtx,
) -> Outcome<Condition> {
    let mut options = CheckOptions::default();
    options.read_data = read_data;
    let results = repository.check(options).map_err(|error| failure::fault("check", folder, &error))?;
    ctx.checkpoint()?;
    let mut condition = Condition::default();
    for result in results.0 {
        let line = failure::first_line(&result.1.to_string());
        match CheckResults(vec![result]).is_ok() {
            Ok(()) => condition.remarks.push(line),
            Err(_) => condition.findings.push(line),
        }
    }
    let listing = snapshots(folder, repository)?;
    for id in &listing.unreadable {
        condition.findings.push(format!("The entry of snapshot {} cannot be read.", id.short()));
    }
    if !condition.findings.is_empty() {
        condition.affected = affected(folder, index, listing, read_data, ctx)?;
    }
    Ok(condition)
}

/// Goes through every snapshot, and looks at every piece once.
fn affected(
    folder: &Path,
    index: impl FnOnce() -> Outcome<Indexed>,
    listing: Listing,
    read_data: bool,
    ctx: &JobCtx,
) -> Outcome<Vec<SnapshotId>> {
    let mut affected = listing.unreadable;
    let Ok(repository) = index() else {
        affected.extend(listing.snapshots.into_iter().map(|snapshot| snapshot.id));
        return Ok(affected);
    };
    let packs = verify::packs(folder, &repository)?;
    let mut pieces = Pieces { repository: &repository, read_data, seen: BTreeMap::new(), bytes: 0, ctx };
    for snapshot in listing.snapshots {
        let whole = match files_of(&repository, &snapshot.id) {
            Some(files) => pieces.all_whole(&packs, &files)?,
            None => false,
        };
        if !whole {
            affected.push(snapshot.id);
        }
    }
    Ok(affected)
}

/// The files of a snapshot; `None` where its list of files cannot be read.
fn files_of(repository: &Indexed, id: &SnapshotId) -> Option<Vec<Node>> {
    let snapshot = repository.get_file::<SnapshotFile>(&id.0.parse().ok()?).ok()?;
    let root = repository.node_from_snapshot_and_path(&snapshot, "").ok()?;
    let entries = repository.ls(&root, &LsOptions::default()).ok()?;
    let nodes = entries.map(|entry| entry.map(|(_, node)| node)).collect::<Result<Vec<_>, _>>().ok()?;
    Some(nodes.into_iter().filter(|node| node.node_type == NodeType::File).collect())
}

struct Pieces<'a> {
    repository: &'a Indexed,
    read_data: bool,
    seen: BTreeMap<DataId, bool>,
    bytes: u64,
    ctx: &'a JobCtx,
}

impl Pieces<'_> {
    fn all_whole(&mut self, packs: &Packs, files: &[Node]) -> Outcome<bool> {
        let mut whole = true;
        for file in files {
            whole &= verify::stored(self.repository, packs, file, file.meta.size).is_ok();
            if !self.read_data {
                continue;
            }
            for piece in file.content.iter().flatten().collect::<HashSet<_>>() {
                whole &= self.is_whole(*piece)?;
            }
        }
        Ok(whole)
    }

    fn is_whole(&mut self, piece: DataId) -> Outcome<bool> {
        if let Some(&known) = self.seen.get(&piece) {
            return Ok(known);
        }
        self.ctx.checkpoint()?;
        let read = self.repository.get_blob_cached(&piece.into(), rustic_core::repofile::BlobType::Data);
        self.bytes += read.as_ref().map_or(0, |bytes| bytes.len() as u64);
        self.ctx.progress(self.bytes, None, Unit::Bytes);
        self.seen.insert(piece, read.is_ok());
        Ok(read.is_ok())
    }
}

fn instant(time: &Zoned) -> Instant {
    DateTime::from_timestamp_millis(time.timestamp().as_millisecond()).unwrap_or_default()
}
