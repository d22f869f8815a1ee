//! The repository in a local folder.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use quarterdeck_model::{Bytes, Fault, JobCtx, Outcome, snapshot::SnapshotId};
use rustic_core::{
    BackupOptions, Credentials, IndexedFullStatus, RusticError, SnapshotOptions,
    jiff::{Timestamp, tz::TimeZone},
    repofile::{KeyId, MasterKey, Node, NodeType, SnapshotFile, SnapshotId as LibraryId},
};

use super::{
    AddedSnapshot, Condition, Key, Listing, Note, Owner, PruneBudget, PruneSlice, Repository, Sink, SourceFile, failure, inspect,
    lock::{self, WriteLock},
    open::{self, Opened},
    prune,
    source::Sources,
    verify,
    watched::Watch,
};
use crate::{layout, secret::Password};

/// A folder and the key to it.
pub(super) struct ResticFolder {
    folder: PathBuf,
    key: MasterKey,
    key_id: Option<KeyId>,
}

/// The library's repository with its whole index in memory.
pub(super) type Indexed = rustic_core::Repository<IndexedFullStatus>;

impl ResticFolder {
    pub(super) fn new(folder: &Path, opened: &Opened) -> Self {
        Self { folder: folder.to_owned(), key: opened.key(), key_id: *opened.key_id() }
    }

    /// Opens it for one piece of work; with the key at hand this takes milliseconds.
    fn opened(&self, watch: &Arc<Watch>) -> Outcome<Opened> {
        open::opened(&self.folder, &Credentials::Masterkey(self.key.clone()), watch)
    }

    /// Only where there is a repository: the lock would make a folder.
    fn write_lock(&self, owner: &Owner) -> Outcome<WriteLock> {
        open::ensure_there(&self.folder)?;
        WriteLock::take(&self.folder, owner)
    }

    /// Readers wait for nobody: a prune that puts new index files in the place of old ones may do so while these are read.
    fn indexed(&self, watch: &Arc<Watch>) -> Outcome<Indexed> {
        let mut listed = open::names(&self.folder.join("index"))?;
        loop {
            let read = self.opened(watch)?.to_indexed().map_err(|error| failure::fault("read", &self.folder, &error));
            let now = open::names(&self.folder.join("index"))?;
            if read.is_ok() || now == listed {
                return read;
            }
            listed = now;
        }
    }

    fn library_id(&self, id: &SnapshotId) -> Outcome<LibraryId> {
        id.0.parse().map_err(|_| failure::snapshot_missing(&self.folder, id))
    }

    fn snapshot(&self, repository: &Indexed, id: &SnapshotId) -> Outcome<SnapshotFile> {
        let library_id = self.library_id(id)?;
        if !self.folder.join("snapshots").join(&id.0).exists() {
            return Err(failure::snapshot_missing(&self.folder, id));
        }
        repository
            .get_file::<SnapshotFile>(&library_id)
            .map_err(|error| failure::snapshot_damaged(&self.folder, id, "its own entry", &failure::cause(&error)))
    }

    fn node(&self, repository: &Indexed, id: &SnapshotId, path: &str) -> Outcome<Node> {
        let snapshot = self.snapshot(repository, id)?;
        let node = repository
            .node_from_snapshot_and_path(&snapshot, path)
            .map_err(|error| failure::incomplete(&self.folder, id, &format!("{path} is not in it ({})", failure::cause(&error))))?;
        match node.node_type {
            NodeType::File => Ok(node),
            _ => Err(failure::incomplete(&self.folder, id, &format!("{path} is not a file"))),
        }
    }

    fn archive(&self, files: Vec<SourceFile>, note: &Note, watch: &Arc<Watch>) -> Outcome<SnapshotFile> {
        let fault = |error: Box<RusticError>| failure::fault("write to", &self.folder, &error);
        let repository = self.opened(watch)?.to_indexed_ids().map_err(fault)?;
        let sources = Sources::new(files, Arc::clone(watch));
        let mut options = BackupOptions::default();
        options.parent_opts.force = true; // streams have no time of change that could be trusted
        let snapshot = describe(note).map_err(fault)?;
        // The watch lets no snapshot be written once something failed; what it saw says more than what the library makes of it.
        let archived = repository.archive(&options, &sources, snapshot, &[PathBuf::from(layout::ROOT)]);
        archived.map_err(|error| watch.verdict().err().unwrap_or_else(|| fault(error)))
    }
}

impl Repository for ResticFolder {
    fn folder(&self) -> &Path {
        &self.folder
    }

    fn add(&self, files: Vec<SourceFile>, note: &Note, owner: &Owner, ctx: &JobCtx) -> Outcome<AddedSnapshot> {
        let watch = Watch::new(ctx, files.iter().map(|file| file.size).sum());
        let added = failure::guarded("write to", &self.folder, || {
            let _lock = self.write_lock(owner)?;
            self.archive(files, note, &watch)
        });
        // A reader that failed also stops the library in the middle; its fault says more.
        let snapshot = added.map_err(|fault| watch.verdict().err().unwrap_or(fault))?;
        let added = snapshot.summary.map_or(0, |summary| summary.data_added_packed);
        Ok(AddedSnapshot { id: SnapshotId(snapshot.id.to_hex().to_string()), added: Bytes(added) })
    }

    fn verify(&self, id: &SnapshotId, expected: &[(String, u64)]) -> Outcome<()> {
        failure::guarded("read", &self.folder, || {
            let repository = self.indexed(&Watch::unseen())?;
            let packs = verify::packs(&self.folder, &repository)?;
            for (path, size) in expected {
                let node = self.node(&repository, id, path)?;
                if let Some(what) = verify::shortcoming(&repository, &packs, &node, *size) {
                    return Err(failure::incomplete(&self.folder, id, &format!("{path} {what}")));
                }
            }
            Ok(())
        })
    }

    fn snapshots(&self) -> Outcome<Listing> {
        failure::guarded("read", &self.folder, || inspect::snapshots(&self.folder, &self.opened(&Watch::unseen())?))
    }

    fn file_size(&self, id: &SnapshotId, path: &str) -> Outcome<u64> {
        failure::guarded("read", &self.folder, || Ok(self.node(&self.indexed(&Watch::unseen())?, id, path)?.meta.size))
    }

    fn read_file(&self, id: &SnapshotId, path: &str, sink: &mut Sink<'_>, ctx: &JobCtx) -> Outcome<u64> {
        failure::guarded("read", &self.folder, || {
            let watch = Watch::new(ctx, 0);
            let repository = self.indexed(&watch)?;
            let node = self.node(&repository, id, path)?;
            let mut writer = SinkWriter { sink, watch: &watch, written: 0 };
            let dumped = repository.dump(&node, &mut writer);
            watch.verdict()?;
            let written = writer.written;
            match dumped {
                Err(error) => Err(failure::snapshot_damaged(&self.folder, id, path, &failure::cause(&error))),
                Ok(()) if written != node.meta.size => {
                    Err(failure::incomplete(&self.folder, id, &format!("{path} has {written} of {} bytes", node.meta.size)))
                }
                Ok(()) => Ok(written),
            }
        })
    }

    fn check(&self, read_data: bool, ctx: &JobCtx) -> Outcome<Condition> {
        failure::guarded("check", &self.folder, || {
            let watch = Watch::new(ctx, 0);
            let condition = inspect::check(&self.folder, &self.opened(&watch)?, || self.indexed(&watch), read_data, ctx);
            watch.verdict()?;
            condition
        })
    }

    fn forget(&self, id: &SnapshotId, owner: &Owner) -> Outcome<()> {
        failure::guarded("write to", &self.folder, || {
            let _lock = self.write_lock(owner)?;
            let library_id = self.library_id(id)?;
            let watch = Watch::unseen();
            let deleted = self.opened(&watch)?.delete_snapshots(&[library_id]);
            watch.verdict()?;
            deleted.map_err(|error| failure::fault("write to", &self.folder, &error))
        })
    }

    fn forget_all(&self, ids: &[SnapshotId], owner: &Owner, ctx: &JobCtx) -> Outcome<()> {
        let watch = Watch::new(ctx, 0);
        let forgotten = failure::guarded("write to", &self.folder, || {
            let _lock = self.write_lock(owner)?;
            let repository = self.opened(&watch)?;
            for id in prune::library_ids(ids) {
                watch.verdict()?;
                if self.folder.join("snapshots").join(id.to_hex().as_str()).exists() {
                    let deleted = repository.delete_snapshots(&[id]);
                    watch.fault()?;
                    deleted.map_err(|error| failure::fault("write to", &self.folder, &error))?;
                }
            }
            Ok(())
        });
        forgotten.map_err(|fault| watch.verdict().err().unwrap_or(fault))
    }

    fn prune(&self, budget: &PruneBudget, owner: &Owner, ctx: &JobCtx) -> Outcome<PruneSlice> {
        let watch = Watch::new(ctx, 0);
        let pruned = failure::guarded("prune", &self.folder, || {
            open::ensure_there(&self.folder)?;
            let _lock = WriteLock::take_giving_way(&self.folder, owner)?;
            prune::slice(&self.folder, &self.opened(&watch)?, budget, owner)
        });
        // What the watch saw says more than what the library made of it.
        pruned.map_err(|fault| watch.verdict().err().unwrap_or(fault))
    }

    fn is_awaited(&self) -> Outcome<bool> {
        lock::is_awaited(&self.folder)
    }

    fn unused_without(&self, ids: &[SnapshotId]) -> Outcome<Bytes> {
        failure::guarded("read", &self.folder, || {
            prune::unused_without(&self.folder, &self.opened(&Watch::unseen())?, prune::library_ids(ids))
        })
    }

    fn size(&self) -> Outcome<Bytes> {
        prune::size(&self.folder)
    }

    fn add_key(&self, password: &Password, owner: &Owner) -> Outcome<String> {
        failure::guarded("write to", &self.folder, || {
            let _lock = self.write_lock(owner)?;
            let watch = Watch::unseen();
            let added = self.opened(&watch)?.add_key(password.expose(), &open::key_options(owner, Some("recovery kit")));
            watch.verdict()?;
            Ok(added.map_err(|error| failure::fault("write to", &self.folder, &error))?.to_hex().to_string())
        })
    }

    fn keys(&self) -> Outcome<Vec<Key>> {
        failure::guarded("read", &self.folder, || inspect::keys(&self.folder, &self.opened(&Watch::unseen())?, self.key_id))
    }
}

/// The snapshot's own entry. The command line is left out: it may hold what others must not read.
fn describe(note: &Note) -> Result<SnapshotFile, Box<RusticError>> {
    let mut options = SnapshotOptions::default();
    options.host = Some(note.host.clone());
    options.label = note.label.clone();
    options.command = Some(note.tool.clone());
    options.time = Timestamp::from_millisecond(note.time.timestamp_millis()).ok().map(|time| time.to_zoned(TimeZone::UTC));
    for tag in &note.tags {
        options = options.add_tags(tag)?;
    }
    let mut snapshot = options.to_snapshot()?;
    snapshot.program_version = note.tool.clone();
    snapshot.username = note.who.clone();
    Ok(snapshot)
}

/// Hands the library's output to a sink and keeps the sink's fault.
struct SinkWriter<'a, 'b> {
    sink: &'a mut Sink<'b>,
    watch: &'a Watch,
    written: u64,
}

impl std::io::Write for SinkWriter<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let stop = |fault: Fault| std::io::Error::other(fault);
        self.watch.verdict().map_err(stop)?;
        (self.sink)(bytes).map_err(|fault| {
            self.watch.fail(fault.clone());
            stop(fault)
        })?;
        self.written += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
