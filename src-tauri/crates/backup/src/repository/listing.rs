//! The snapshots in a repository. With thousands of them, reading each one's entry would take longer than a snapshot; an entry that was
//! read once, and whose file was not touched since, says the same again, because it is named by the digest of its content.

use std::{collections::BTreeMap, path::Path, time::SystemTime};

use quarterdeck_model::{Outcome, snapshot::SnapshotId};
use rustic_core::repofile::{SnapshotFile, SnapshotId as LibraryId};

use super::{Listing, failure, inspect, open::Opened};

/// Lists them one by one: a damaged entry hides none of the others. `known` is an earlier listing of the same repository.
pub(super) fn list(folder: &Path, repository: &Opened, known: &Listing) -> Outcome<Listing> {
    let before: BTreeMap<&SnapshotId, _> = known.snapshots.iter().map(|stored| (&stored.id, stored)).collect();
    let mut listing = Listing::default();
    for id in repository.list::<LibraryId>().map_err(|error| failure::fault("list", folder, &error))? {
        let name = SnapshotId(id.to_hex().to_string());
        let written = written(folder, &name);
        let untouched = before.get(&name).filter(|_| written.is_some() && known.written.get(&name) == written.as_ref());
        match untouched {
            Some(stored) => listing.snapshots.push((*stored).clone()),
            None => match repository.get_file::<SnapshotFile>(&id) {
                Ok(snapshot) => listing.snapshots.push(inspect::stored(name.clone(), &snapshot)),
                Err(_) => listing.unreadable.push(name.clone()),
            },
        }
        listing.written.extend(written.map(|written| (name, written)));
    }
    listing.snapshots.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    listing.unreadable.sort();
    Ok(listing)
}

fn written(folder: &Path, id: &SnapshotId) -> Option<SystemTime> {
    folder.join("snapshots").join(&id.0).metadata().and_then(|metadata| metadata.modified()).ok()
}
