//! What is in a repository, and in which state.

use std::path::Path;

use chrono::DateTime;
use quarterdeck_model::{Bytes, Instant, Outcome, snapshot::SnapshotId};
use rustic_core::{
    jiff::Zoned,
    repofile::{KeyFile, KeyId, SnapshotFile, SnapshotId as LibraryId},
};

use super::{Key, Listing, StoredSnapshot, failure, open::Opened};

/// Reads every snapshot's entry, one by one: a damaged one hides none of the others.
pub(super) fn snapshots(folder: &Path, repository: &Opened) -> Outcome<Listing> {
    let Entries { read, unreadable } = Entries::of(folder, repository)?;
    let mut snapshots: Vec<_> = read.into_iter().map(|(id, snapshot)| stored(id, &snapshot)).collect();
    snapshots.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    Ok(Listing { snapshots, unreadable })
}

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

fn instant(time: &Zoned) -> Instant {
    DateTime::from_timestamp_millis(time.timestamp().as_millisecond()).unwrap_or_default()
}
