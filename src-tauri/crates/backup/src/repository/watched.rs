//! The folder as the library sees it, with an eye on it: the library goes on after errors that it only logs, and then saves a
//! snapshot that lacks a file. Here the first fault is kept, and from then on no snapshot can be written.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use quarterdeck_model::{Fault, JobCtx, Outcome, job::Unit};
use quarterdeck_store::{failpoint, files};
use rustic_backend::LocalBackend;
use rustic_core::{BytesList, ErrorKind, FileType, Id, ReadBackend, RusticError, RusticResult, WriteBackend, repofile::KeyFile};

use super::failure;

/// One piece of work on a repository: its caller, its progress, the first thing that went wrong in it.
pub(super) struct Watch {
    ctx: JobCtx,
    total: u64,
    done: AtomicU64,
    half_way: AtomicBool,
    fault: Mutex<Option<Fault>>,
}

impl Watch {
    /// Work on `total` bytes.
    pub(super) fn new(ctx: &JobCtx, total: u64) -> Arc<Self> {
        Arc::new(Self { ctx: ctx.clone(), total, done: AtomicU64::new(0), half_way: AtomicBool::new(false), fault: Mutex::default() })
    }

    /// Work that is over before anybody could watch it.
    pub(super) fn unseen() -> Arc<Self> {
        Self::new(&JobCtx::detached(), 0)
    }

    /// Keeps the first fault; those after it follow from it.
    pub(super) fn fail(&self, fault: Fault) {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
    }

    /// The fault that was kept, or the caller's wish to stop.
    pub(super) fn verdict(&self) -> Outcome<()> {
        match &*self.fault.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(fault) => Err(fault.clone()),
            None => self.ctx.checkpoint(),
        }
    }

    /// The fault that was kept; a wish to stop is none.
    pub(super) fn fault(&self) -> Outcome<()> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone().map_or(Ok(()), Err)
    }

    /// Counts bytes that were read from the sources.
    pub(super) fn advance(&self, bytes: u64) -> Outcome<()> {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.ctx.progress(done, Some(self.total), Unit::Bytes);
        if done * 2 >= self.total && !self.half_way.swap(true, Ordering::Relaxed) {
            failpoint::reach("backup.streaming")?;
        }
        Ok(())
    }
}

/// A local folder under a [`Watch`].
pub(super) struct WatchedFolder {
    inner: LocalBackend,
    folder: PathBuf,
    watch: Arc<Watch>,
}

impl WatchedFolder {
    /// The folder of a repository. Its path must be UTF-8, as the library wants it.
    pub(super) fn new(folder: PathBuf, watch: Arc<Watch>) -> Outcome<Self> {
        let Some(text) = folder.to_str() else {
            return Err(Fault::usage("bad-path", format!("The path of the repository, {}, is not valid UTF-8.", folder.display()))
                .hint("Name a folder whose path is plain text."));
        };
        let inner = LocalBackend::new(text, []).map_err(|error| failure::fault("open", &folder, &error))?;
        Ok(Self { inner, folder, watch })
    }

    /// Lets nothing pass once something failed.
    fn pass(&self) -> RusticResult<()> {
        self.watch.verdict().map_err(|fault| RusticError::new(ErrorKind::Other, fault.message))
    }

    /// Keeps the fault behind an error of a writing call.
    fn note<T>(&self, result: RusticResult<T>) -> RusticResult<T> {
        result.inspect_err(|error| self.watch.fail(failure::fault("write to", &self.folder, error)))
    }

    fn is_key(&self, id: &Id) -> bool {
        let bytes = std::fs::read(self.folder.join("keys").join(id.to_hex().as_str())).unwrap_or_default();
        serde_json::from_slice::<KeyFile>(&bytes).is_ok()
    }

    /// Where tests stop a writer: before a file of this kind comes or goes.
    fn reach(&self, tpe: FileType, [index, pack, snapshot]: [&'static str; 3]) -> RusticResult<()> {
        let point = match tpe {
            FileType::Index => index,
            FileType::Pack => pack,
            FileType::Snapshot => snapshot,
            _ => return Ok(()),
        };
        failpoint::reach(point).map_err(|fault| {
            let message = fault.message.clone();
            self.watch.fail(fault);
            RusticError::new(ErrorKind::Other, message)
        })
    }

    /// The library makes the file itself last, not its name in the folder.
    fn sync_name_of(&self, tpe: FileType, id: &Id) -> RusticResult<()> {
        let path = match tpe {
            FileType::Config => self.folder.join("config"),
            FileType::Pack => self.folder.join("data").join(id.to_hex().get(..2).unwrap_or_default()).join("pack"),
            _ => self.folder.join(tpe.dirname()).join("file"),
        };
        files::sync_folder_of(&path).map_err(|fault| {
            let message = fault.message.clone();
            self.watch.fail(fault);
            RusticError::new(ErrorKind::InputOutput, message)
        })
    }
}

impl ReadBackend for WatchedFolder {
    fn location(&self) -> String {
        self.inner.location()
    }

    fn list_with_size(&self, tpe: FileType) -> RusticResult<Vec<(Id, u32)>> {
        self.inner.list_with_size(tpe)
    }

    fn list(&self, tpe: FileType) -> RusticResult<Vec<Id>> {
        let mut ids = self.inner.list(tpe)?;
        // The library gives up at the first key file that it cannot parse, though another one may be the right one.
        ids.retain(|id| tpe != FileType::Key || self.is_key(id));
        Ok(ids)
    }

    fn read_full(&self, tpe: FileType, id: &Id) -> RusticResult<Bytes> {
        self.pass()?;
        self.inner.read_full(tpe, id)
    }

    fn read_partial(&self, tpe: FileType, id: &Id, cacheable: bool, offset: u32, length: u32) -> RusticResult<Bytes> {
        self.pass()?;
        self.inner.read_partial(tpe, id, cacheable, offset, length)
    }

    fn warmup_path(&self, tpe: FileType, id: &Id) -> String {
        self.inner.warmup_path(tpe, id)
    }
}

impl WriteBackend for WatchedFolder {
    fn create(&self) -> RusticResult<()> {
        self.note(self.inner.create())?;
        for tpe in [FileType::Config, FileType::Index, FileType::Pack] {
            self.sync_name_of(tpe, &Id::default())?;
        }
        Ok(())
    }

    fn write_bytes(&self, tpe: FileType, id: &Id, cacheable: bool, content: BytesList) -> RusticResult<()> {
        // What was stored so far is still indexed, so that the next try need not store it again.
        if tpe == FileType::Snapshot {
            self.pass()?;
        }
        self.reach(tpe, ["repository.write-index", "repository.write-pack", "repository.write-snapshot"])?;
        self.note(self.inner.write_bytes(tpe, id, cacheable, content))?;
        self.sync_name_of(tpe, id)
    }

    fn remove(&self, tpe: FileType, id: &Id, cacheable: bool) -> RusticResult<()> {
        self.reach(tpe, ["repository.remove-index", "repository.remove-pack", "repository.remove-snapshot"])?;
        self.note(self.inner.remove(tpe, id, cacheable))
    }
}

impl std::fmt::Debug for WatchedFolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WatchedFolder").field("folder", &self.folder).finish_non_exhaustive()
    }
}
