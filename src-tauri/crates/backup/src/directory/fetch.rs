//! Getting a directory out of the repository into a folder that does not exist yet.
//!
//! Everything is made below one open folder, by names of one part each, and nothing that exists is opened or followed. So whatever a
//! snapshot holds, nothing outside the new folder is touched.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use quarterdeck_model::{
    Bytes, Clock, Count, Fault, Instant, JobCtx, Outcome,
    job::{Phase, Unit},
    snapshot::{ManifestDirectory, Snapshot},
    system::Name,
};
use quarterdeck_store::{failpoint, files};
use rustix::{
    fs::{Mode, OFlags, Timespec, Timestamps, UTIME_OMIT, fchmod, futimens, mkdirat, openat, symlinkat, syncfs},
    io::Errno,
};

use super::{incomplete, listing};
use crate::{
    layout,
    repository::{Moment, Repository, StoredEntry, StoredKind, Visitor, Wanted},
    restore::{ensure_new, part_of},
};

/// The one phase: everything is written into a temporary folder. Cancel removes it.
pub const WRITE_FILES: &str = "Write the files";

/// The phases of [`restore_directory`].
pub fn phases() -> Vec<Phase> {
    vec![Phase::new(WRITE_FILES, "Every file goes into a temporary folder beside the target, authentic piece by piece.")]
}

/// A directory on the disk, as it was when it was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchedDirectory {
    /// The directory as the manifest describes it.
    pub directory: ManifestDirectory,
    /// Where it lies.
    pub path: PathBuf,
    /// Files that were written.
    pub files: Count,
    /// Bytes in them.
    pub size: Bytes,
    /// When it was complete and on the disk.
    pub written_at: Instant,
}

/// Writes a directory of a snapshot into a folder that must not exist. Files, folders, links, permissions and times come back; the owner
/// is whoever runs this, and set-user-ID bits do not come back.
///
/// On any fault, and on Cancel, what was written is removed. Faults: `component-missing`, `file-exists`, `disk-full`,
/// `snapshot-damaged`, `snapshot-incomplete`, `unsafe-entry`.
pub fn restore_directory(
    repository: &dyn Repository,
    snapshot: &Snapshot,
    name: &Name,
    to: &Path,
    clock: &dyn Clock,
    ctx: &JobCtx,
) -> Outcome<FetchedDirectory> {
    ensure_new(to)?;
    let part = part_of(to);
    let fetched = fetch_directory(repository, snapshot, name, &part, clock, ctx)?;
    match files::rename_new(&part, to) {
        Ok(()) => Ok(FetchedDirectory { path: to.to_owned(), ..fetched }),
        Err(fault) => {
            files::remove_folder(&part)?;
            Err(fault)
        }
    }
}

/// The same into `part`, which must not exist; it is closed to other users (0700) until it is complete.
pub fn fetch_directory(
    repository: &dyn Repository,
    snapshot: &Snapshot,
    name: &Name,
    part: &Path,
    clock: &dyn Clock,
    ctx: &JobCtx,
) -> Outcome<FetchedDirectory> {
    let Some(directory) = snapshot.manifest.directory(name) else {
        return Err(Fault::refused("component-missing", format!("Snapshot {} holds no directory {name}.", snapshot.id.short()))
            .hint("Name one of its components."));
    };
    ctx.phase(WRITE_FILES);
    ensure_room(part, directory.size)?;
    mkdirat(rustix::fs::CWD, part, Mode::RWXU).map_err(|error| files::fault("create", part, &error.into()))?;
    let written = write(repository, snapshot, directory, part, ctx);
    if written.is_err() {
        files::remove_folder(part)?;
    }
    let (files, size) = written?;
    Ok(FetchedDirectory { directory: directory.clone(), path: part.to_owned(), files, size, written_at: clock.now() })
}

fn ensure_room(path: &Path, size: Bytes) -> Outcome<()> {
    let free = files::free_space(path)?;
    if free >= size.0 {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path).display();
    Err(Fault::failed("disk-full", format!("{folder} has {} free; {size} are needed.", Bytes(free)))
        .hint("Free some space on that disk, or restore to another one."))
}

fn write(
    repository: &dyn Repository,
    snapshot: &Snapshot,
    directory: &ManifestDirectory,
    part: &Path,
    ctx: &JobCtx,
) -> Outcome<(Count, Bytes)> {
    let root = listing::root(part)?;
    let mut writer = Writer {
        part,
        root: &root,
        open: Vec::new(),
        at: PathBuf::new(),
        closed: Vec::new(),
        done: (0, 0),
        half_way: false,
        total: directory.size.0,
        ctx,
    };
    let stored = layout::directory(&snapshot.manifest.system, &directory.name);
    repository.walk(&snapshot.id, &stored, &mut writer, ctx)?;
    writer.settle_folders()?;
    let (files, size) = writer.done;
    if (files, size) != (directory.files.0, directory.size.0) {
        return Err(incomplete(&snapshot.id, directory, &format!("{} with {}", Count(files).of("file"), Bytes(size))));
    }
    syncfs(&root).map_err(|error| files::fault("write", part, &error.into()))?;
    files::sync_folder_of(part)?;
    Ok((Count(files), Bytes(size)))
}

/// What was entered and not left.
enum Open {
    File(File, Rest),
    Folder(OwnedFd, Rest),
}

/// What is set once the content is there.
#[derive(Clone)]
struct Rest {
    mode: Option<u32>,
    modified: Option<Moment>,
}

struct Writer<'a> {
    part: &'a Path,
    root: &'a OwnedFd,
    open: Vec<Open>,
    at: PathBuf,
    /// Folders that get their permissions and times last: one that nobody may write to could not be filled, or removed after a fault.
    closed: Vec<(PathBuf, Rest)>,
    done: (u64, u64),
    half_way: bool,
    total: u64,
    ctx: &'a JobCtx,
}

impl Visitor for Writer<'_> {
    fn enter(&mut self, entry: StoredEntry) -> Outcome<Wanted> {
        self.at.push(&entry.name);
        let rest = Rest { mode: entry.mode, modified: entry.modified };
        let folder = self.folder();
        match entry.kind {
            StoredKind::File(_) => {
                let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let file = openat(folder, &entry.name, flags, Mode::RUSR | Mode::WUSR).map_err(|error| self.fault("create", error))?;
                self.open.push(Open::File(File::from(file), rest));
                self.done.0 += 1;
            }
            StoredKind::Folder => {
                mkdirat(folder, &entry.name, Mode::RWXU).map_err(|error| self.fault("create", error))?;
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let inner = openat(folder, &entry.name, flags, Mode::empty()).map_err(|error| self.fault("create", error))?;
                self.open.push(Open::Folder(inner, rest));
            }
            StoredKind::Link(target) => {
                symlinkat(&target, folder, &entry.name).map_err(|error| self.fault("create", error))?;
                self.at.pop();
            }
            // Ours are never written; another program's are of no use without it.
            StoredKind::Other => {
                self.at.pop();
            }
        }
        Ok(Wanted::Content)
    }

    fn content(&mut self, piece: &[u8]) -> Outcome<()> {
        let Some(Open::File(file, _)) = self.open.last_mut() else { return Err(Fault::bug("A piece of a file came without its file.")) };
        file.write_all(piece).map_err(|error| files::fault("write", &self.part.join(&self.at), &error))?;
        self.done.1 += piece.len() as u64;
        self.ctx.progress(self.done.1, Some(self.total), Unit::Bytes);
        if self.done.1 * 2 >= self.total && !std::mem::replace(&mut self.half_way, true) {
            failpoint::reach("restore.fetching")?;
        }
        Ok(())
    }

    fn leave(&mut self) -> Outcome<()> {
        match self.open.pop() {
            Some(Open::File(file, rest)) => self.settle(file.as_fd(), &rest)?,
            Some(Open::Folder(_, rest)) => self.closed.push((self.at.clone(), rest)),
            None => return Err(Fault::bug("A folder was left that was not entered.")),
        }
        self.at.pop();
        Ok(())
    }
}

impl Writer<'_> {
    fn folder(&self) -> BorrowedFd<'_> {
        let inner = self.open.iter().rev().find_map(|open| match open {
            Open::Folder(folder, _) => Some(folder),
            Open::File(..) => None,
        });
        inner.unwrap_or(self.root).as_fd()
    }

    /// The deepest first: a change in a folder moves its time.
    fn settle_folders(&mut self) -> Outcome<()> {
        for (path, rest) in std::mem::take(&mut self.closed) {
            self.at = path;
            let flags = OFlags::RDONLY | OFlags::DIRECTORY;
            let folder = listing::open_below(self.root.as_fd(), &self.at, flags).map_err(|error| self.fault("open", error))?;
            self.settle(folder.as_fd(), &rest)?;
        }
        Ok(())
    }

    fn settle(&self, file: BorrowedFd<'_>, rest: &Rest) -> Outcome<()> {
        if let Some(mode) = rest.mode {
            fchmod(file, Mode::from_raw_mode(mode & 0o777)).map_err(|error| self.fault("set the permissions of", error))?;
        }
        if let Some((seconds, nanoseconds)) = rest.modified {
            let modified = Timespec { tv_sec: seconds, tv_nsec: nanoseconds.into() };
            let times = Timestamps { last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT }, last_modification: modified };
            futimens(file, &times).map_err(|error| self.fault("set the time of", error))?;
        }
        Ok(())
    }

    fn fault(&self, tried: &str, error: Errno) -> Fault {
        files::fault(tried, &self.part.join(&self.at), &io::Error::from(error))
    }
}
