//! What is in a repository, and in which state.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::DateTime;
use quarterdeck_model::{Bytes, Instant, JobCtx, Outcome, job::Unit, snapshot::SnapshotId};
use rustic_core::{
    CheckOptions, CheckResults, DataId, LsOptions,
    jiff::Zoned,
    repofile::{KeyFile, KeyId, Node, NodeType, SnapshotFile, SnapshotId as LibraryId},
};

use super::{
    Affected, Condition, Key, StoredSnapshot, failure,
    folder::Indexed,
    open::Opened,
    verify::{self, Packs},
};

/// The snapshots' own entries.
struct Entries {
    read: Vec<(SnapshotId, SnapshotFile)>,
    unreadable: Vec<SnapshotId>,
}

impl Entries {
    fn of(folder: &Path, repository: &Opened) -> Outcome<Self> {
        let mut entries = Self { read: Vec::new(), unreadable: Vec::new() };
        for id in repository.list::<LibraryId>().map_err(|error| failure::fault("list", folder, &error))? {
            let name = SnapshotId(id.to_hex().to_string());
            match repository.get_file::<SnapshotFile>(&id) {
                Ok(snapshot) => entries.read.push((name, snapshot)),
                Err(_) => entries.unreadable.push(name),
            }
        }
        entries.read.sort_by(|a, b| a.0.cmp(&b.0));
        entries.unreadable.sort();
        Ok(entries)
    }
}

/// What an entry says.
pub(super) fn stored(id: SnapshotId, snapshot: &SnapshotFile) -> StoredSnapshot {
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
    let entries = Entries::of(folder, repository)?;
    // The library gives up at the first entry that it cannot read, so it gets only the others.
    let trees = entries.read.iter().map(|(_, snapshot)| snapshot.tree).collect();
    let results = repository.check_with_trees(options, trees).map_err(|error| failure::fault("check", folder, &error))?;
    ctx.checkpoint()?;
    let mut condition = Condition::default();
    for id in &entries.unreadable {
        condition.findings.push(format!("The entry of snapshot {} cannot be read.", id.short()));
    }
    for result in results.0 {
        let line = failure::first_line(&result.1.to_string());
        match CheckResults(vec![result]).is_ok() {
            Ok(()) => condition.remarks.push(line),
            Err(_) => condition.findings.push(line),
        }
    }
    if !condition.findings.is_empty() {
        condition.affected = affected(folder, index, entries, read_data, ctx)?;
    }
    Ok(condition)
}

/// Goes through every snapshot, and looks at every piece once.
fn affected(
    folder: &Path,
    index: impl FnOnce() -> Outcome<Indexed>,
    entries: Entries,
    read_data: bool,
    ctx: &JobCtx,
) -> Outcome<Vec<Affected>> {
    let in_whole = |id| Affected { id, files: Vec::new() };
    let mut affected: Vec<_> = entries.unreadable.into_iter().map(in_whole).collect();
    let Ok(repository) = index() else {
        affected.extend(entries.read.into_iter().map(|(id, _)| in_whole(id)));
        return Ok(affected);
    };
    let packs = Packs::of(folder);
    let mut pieces = Pieces { repository: &repository, packs, read_data, seen: BTreeMap::new(), bytes: 0, ctx };
    for (id, snapshot) in entries.read {
        let Some(files) = files_of(&repository, &snapshot) else {
            affected.push(in_whole(id));
            continue;
        };
        let files = pieces.broken(&files)?;
        if !files.is_empty() {
            affected.push(Affected { id, files });
        }
    }
    Ok(affected)
}

/// The files of a snapshot; `None` where its list of files cannot be read.
fn files_of(repository: &Indexed, snapshot: &SnapshotFile) -> Option<Vec<(PathBuf, Node)>> {
    let root = repository.node_from_snapshot_and_path(snapshot, "").ok()?;
    let entries = repository.ls(&root, &LsOptions::default()).ok()?.collect::<Result<Vec<_>, _>>().ok()?;
    Some(entries.into_iter().filter(|(_, node)| node.node_type == NodeType::File).collect())
}

struct Pieces<'a> {
    repository: &'a Indexed,
    packs: Packs,
    read_data: bool,
    seen: BTreeMap<DataId, bool>,
    bytes: u64,
    ctx: &'a JobCtx,
}

impl Pieces<'_> {
    /// The paths of those files that cannot be read to their end.
    fn broken(&mut self, files: &[(PathBuf, Node)]) -> Outcome<Vec<String>> {
        let mut broken = Vec::new();
        for (path, node) in files {
            let mut whole = verify::shortcoming(self.repository, &mut self.packs, node, node.meta.size).is_none();
            for piece in node.content.iter().flatten() {
                whole = whole && (!self.read_data || self.is_whole(*piece)?);
            }
            if !whole {
                broken.push(Path::new("/").join(path).display().to_string());
            }
        }
        Ok(broken)
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
