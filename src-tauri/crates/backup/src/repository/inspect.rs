//! What is in a repository, and in which state.

use std::path::Path;

use chrono::DateTime;
use quarterdeck_model::{Bytes, Instant, Outcome, snapshot::SnapshotId};
use rustic_core::{
    jiff::Zoned,
    repofile::{KeyFile, KeyId, SnapshotFile},
};

use super::{Key, StoredSnapshot, failure, open::Opened};

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

fn instant(time: &Zoned) -> Instant {
    DateTime::from_timestamp_millis(time.timestamp().as_millisecond()).unwrap_or_default()
}
