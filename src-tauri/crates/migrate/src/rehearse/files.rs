//! Whether the files are still those that were rehearsed.

use std::{collections::BTreeMap, fs, path::Path};

use quarterdeck_model::{Digest, Fault, Outcome};

use super::Trial;
use crate::collection::Script;

/// Reads every file of the migrations again: `files-changed` where one is another one now, or gone.
pub(super) fn ensure_unchanged(trial: &Trial<'_>) -> Outcome<()> {
    let items = trial.batches.iter().flat_map(|batch| &batch.items);
    let migrations = items.filter_map(|item| item.migration(trial.collection));
    let scripts = migrations.flat_map(|migration| migration.up.iter().chain(&migration.down));
    let files: BTreeMap<&Path, &Script> = scripts.map(|script| (script.file.path.as_path(), script)).collect();
    for (path, script) in files {
        let same = fs::read(path).is_ok_and(|bytes| Digest::of(&bytes) == script.file.bytes_sha256);
        if !same {
            return Err(Fault::refused("files-changed", format!("{} has changed while it was rehearsed.", script.file.name))
                .hint("Rehearse again.")
                .fact("file", script.file.name.as_str()));
        }
    }
    Ok(())
}
