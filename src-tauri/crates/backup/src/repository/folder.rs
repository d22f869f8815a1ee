//! The repository in a local folder.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use quarterdeck_model::{Bytes, Fault, JobCtx, Outcome, snapshot::SnapshotId};
use rustic_core::{
    BackupOptions, Credentials, IndexedFullStatus, IndexedTree, RusticError, SnapshotOptions,
    jiff::{Timestamp, tz::TimeZone},
    repofile::{KeyId, MasterKey, Node, SnapshotFile, SnapshotId as LibraryId},
};

use super::{
    AddedSnapshot, Condition, Content, Expected, Key, Listing, Note, Owner, PruneBudget, PruneSlice, Repository, Sink, SourceFile, Stored,
    Visitor, care, failure, inspect, listing,
    lock::{self, WriteLock},
    open::{self, Opened},
    prune,
    shelf::Shelf,
    source::{self, Entry, Sources},
    spare,
    stored::OpenFiles,
    trees::Trees,
    verify::{self, Packs},
    walk::Walk,
    watched::Watch,
};
use crate::{layout, secret::Password};

/// A folder and the key to it.
pub(super) struct ResticFolder {
    pub(super) folder: PathBuf,
    pub(super) key: MasterKey,
    pub(super) key_id: Option<KeyId>,
}

/// The library's repository with its whole index in memory.
pub(super) type Indexed = rustic_core::Repository<IndexedFullStatus>;

impl ResticFolder {
    pub(super) fn new(folder: &Path, opened: &Opened) -> Self {
        Self { folder: folder.to_owned(), key: opened.key(), key_id: *opened.key_id() }
    }

    /// With the key alone: enough to look after it.
    pub(super) fn with_key(folder: &Path, key_id: KeyId, key: MasterKey) -> Self {
        Self { folder: folder.to_owned(), key, key_id: Some(key_id) }
    }

    /// Opens it for one piece of work; with the key at hand this takes milliseconds.
    pub(super) fn opened(&self, watch: &Arc<Watch>) -> Outcome<Opened> {
        open::opened(&self.folder, &Credentials::Masterkey(self.key.clone()), watch)
    }

    /// Only where there is a repository: the lock would make a folder.
    pub(super) fn write_lock(&self, owner: &Owner) -> Outcome<WriteLock> {
        open::ensure_there(&self.folder)?;
        let lock = WriteLock::take(&self.folder, owner)?;
        let shelf = Shelf::new(&self.folder, &self.key);
        lock::ensure_no_exclusive(&shelf, owner)?;
        // A copy that cannot be kept now (a full disk) is kept by the next writer; it must not be in the way of this one.
        let _ = spare::keep(&shelf, self.key_id);
        Ok(lock)
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

    fn node(&self, repository: &Indexed, id: &SnapshotId, path: &str) -> Outcome<Node> {
        Trees::new(&self.folder, repository).file(id, path)
    }

    fn archive(&self, files: Vec<SourceFile>, note: &Note, watch: &Arc<Watch>) -> Outcome<SnapshotFile> {
        let fault = |error: Box<RusticError>| failure::fault("write to", &self.folder, &error);
        let repository = self.opened(watch)?.to_indexed_ids().map_err(fault)?;
        let (files, parents) = self.taken_over(&repository, files)?;
        let sources = Sources::new(files, Arc::clone(watch));
        let mut options = BackupOptions::default();
        // Nothing is taken over that was not asked for: without a file to take over there is no parent at all.
        options.parent_opts.force = parents.is_empty();
        options.parent_opts.parents = parents.into_iter().map(|id| id.0).collect();
        let snapshot = describe(note).map_err(fault)?;
        // The watch lets no snapshot be written once something failed; what it saw says more than what the library makes of it.
        let archived = repository.archive(&options, &sources, snapshot, &[PathBuf::from(layout::ROOT)]);
        archived.map_err(|error| watch.verdict().err().unwrap_or_else(|| fault(error)))
    }

    /// What the other snapshots say of the files that are taken over from them, and which snapshots these are.
    fn taken_over<S: IndexedTree>(
        &self,
        repository: &rustic_core::Repository<S>,
        files: Vec<SourceFile>,
    ) -> Outcome<(Vec<Entry>, BTreeSet<SnapshotId>)> {
        let (mut trees, mut parents) = (Trees::new(&self.folder, repository), BTreeSet::new());
        let mut entry = |file: SourceFile| {
            let Content::Same(id) = &file.content else { return Ok(Entry { file, taken_over: None }) };
            let path = file.path.display().to_string();
            let node = trees.file(id, &path).map_err(|fault| failure::reference_lost(&path, id, fault.message.trim_end_matches('.')))?;
            if node.meta.size != file.size {
                return Err(failure::reference_lost(&path, id, "it has another size there"));
            }
            parents.insert(id.clone());
            Ok(Entry { file, taken_over: Some(node.meta) })
        };
        let entries = files.into_iter().map(&mut entry).collect::<Outcome<_>>()?;
        Ok((entries, parents))
    }

    /// Where it lies.
    pub(super) fn place(&self) -> &Path {
        &self.folder
    }

    /// Hands the content of a file to `sink`, all of it or a fault.
    pub(super) fn dump(
        &self,
        repository: &Indexed,
        id: &SnapshotId,
        path: &str,
        node: &Node,
        sink: &mut Sink<'_>,
        watch: &Watch,
    ) -> Outcome<u64> {
        let mut writer = SinkWriter { sink, watch, written: 0 };
        let dumped = repository.dump(node, &mut writer);
        watch.verdict()?;
        let written = writer.written;
        match dumped {
            Err(error) => Err(failure::snapshot_damaged(&self.folder, id, path, &failure::cause(&error))),
            Ok(()) if written != node.meta.size => {
                Err(failure::incomplete(&self.folder, id, &format!("{path} has {written} of {} bytes", node.meta.size)))
            }
            Ok(()) => Ok(written),
        }
    }
}

impl Repository for ResticFolder {
    fn folder(&self) -> &Path {
        &self.folder
    }

    fn add(&self, files: Vec<SourceFile>, note: &Note, owner: &Owner, ctx: &JobCtx) -> Outcome<AddedSnapshot> {
        let watch = Watch::new(ctx, source::streamed(&files));
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
        let expect = |(path, size): &(String, u64)| Expected { path: path.clone(), size: *size, same_as: None };
        self.confirm(id, &expected.iter().map(expect).collect::<Vec<_>>(), &[]).map(drop)
    }

    fn confirm(&self, id: &SnapshotId, expected: &[Expected], read: &[String]) -> Outcome<Vec<Vec<u8>>> {
        failure::guarded("read", &self.folder, || {
            let watch = Watch::unseen();
            let repository = self.indexed(&watch)?;
            let (mut packs, mut trees) = (Packs::of(&self.folder), Trees::new(&self.folder, &repository));
            for Expected { path, size, same_as } in expected {
                let node = trees.file(id, path)?;
                if let Some(what) = verify::shortcoming(&repository, &mut packs, &node, *size) {
                    return Err(failure::incomplete(&self.folder, id, &format!("{path} {what}")));
                }
                if let Some(other) = same_as
                    && trees.file(other, path)?.content != node.content
                {
                    let what = format!("{path} is not the file of snapshot {}", other.short());
                    return Err(failure::incomplete(&self.folder, id, &what));
                }
            }
            let content = |path: &String| {
                let (node, mut bytes) = (trees.file(id, path)?, Vec::new());
                let mut sink = |piece: &[u8]| {
                    bytes.extend_from_slice(piece);
                    Ok(())
                };
                self.dump(&repository, id, path, &node, &mut sink, &watch)?;
                Ok(bytes)
            };
            read.iter().map(content).collect()
        })
    }

    fn snapshots_since(&self, known: &Listing) -> Outcome<Listing> {
        failure::guarded("read", &self.folder, || listing::list(&self.folder, &self.opened(&Watch::unseen())?, known))
    }

    fn file_size(&self, id: &SnapshotId, path: &str) -> Outcome<u64> {
        failure::guarded("read", &self.folder, || Ok(self.node(&self.indexed(&Watch::unseen())?, id, path)?.meta.size))
    }

    fn read_file(&self, id: &SnapshotId, path: &str, sink: &mut Sink<'_>, ctx: &JobCtx) -> Outcome<u64> {
        failure::guarded("read", &self.folder, || {
            let watch = Watch::new(ctx, 0);
            let repository = self.indexed(&watch)?;
            let node = self.node(&repository, id, path)?;
            self.dump(&repository, id, path, &node, sink, &watch)
        })
    }

    fn open_files(&self, id: &SnapshotId, paths: &[String], ctx: &JobCtx) -> Outcome<Box<dyn Stored>> {
        failure::guarded("read", &self.folder, || {
            let repository = self.indexed(&Watch::unseen())?;
            let mut trees = Trees::new(&self.folder, &repository);
            let open = |path: &String| {
                let node = trees.file(id, path)?;
                let open = repository
                    .open_file(&node)
                    .map_err(|error| failure::snapshot_damaged(&self.folder, id, path, &failure::cause(&error)))?;
                Ok((path.clone(), node.meta.size, open))
            };
            let files = paths.iter().map(open).collect::<Outcome<_>>()?;
            let (folder, id, ctx) = (self.folder.clone(), id.clone(), ctx.clone());
            Ok(Box::new(OpenFiles { folder, id, repository, files, ctx }) as Box<dyn Stored>)
        })
    }

    fn walk(&self, id: &SnapshotId, path: &str, visitor: &mut dyn Visitor, ctx: &JobCtx) -> Outcome<()> {
        failure::guarded("read", &self.folder, || {
            let watch = Watch::new(ctx, 0);
            let repository = self.indexed(&watch)?;
            Walk { folder: self, repository: &repository, id, watch: &watch, ctx }.below(path, visitor)
        })
    }

    fn check(&self, read_data: bool, ctx: &JobCtx) -> Outcome<Condition> {
        care::check(self, read_data, ctx)
    }

    fn forget(&self, id: &SnapshotId, owner: &Owner) -> Outcome<()> {
        failure::guarded("write to", &self.folder, || {
            let _lock = self.write_lock(owner)?;
            let library_id = id.0.parse::<LibraryId>().map_err(|_| failure::snapshot_missing(&self.folder, id))?;
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
