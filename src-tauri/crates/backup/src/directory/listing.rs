//! What is in a directory, without following a link and without leaving it: every step goes from an open folder to a name in it.

use std::{
    collections::{BTreeMap, HashSet},
    ffi::{OsStr, OsString},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::{OsStrExt, OsStringExt},
    },
    path::{Path, PathBuf},
};

use quarterdeck_model::{Clock, JobCtx, Outcome};
use quarterdeck_store::files;
use rustix::{
    fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, fstat, openat, readlinkat, statat},
    io::Errno,
};

use crate::repository::About;

/// Folders in folders; deeper ones are named and left out.
const DEEPEST: usize = 512;

/// A change that is younger than this may have the same time as the next one.
const SETTLED: i64 = 2;

/// What is in a directory, by path.
pub(super) struct Listing {
    pub(super) entries: Vec<Listed>,
    /// What is in no snapshot because it does not belong there, each with the reason.
    pub(super) left_out: Vec<String>,
    /// What is in no snapshot because it cannot be read, each with the reason.
    pub(super) unreadable: Vec<String>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Below the directory; empty for itself.
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    pub(super) about: About,
    /// When anything about it was last changed.
    pub(super) changed: (i64, u32),
    /// Of a file, in bytes; else 0.
    pub(super) size: u64,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Link(PathBuf),
    Folder,
}

impl Listing {
    /// The paths that are in one listing only, or are something else in the other. The times of folders say nothing that their content
    /// does not say.
    pub(super) fn differences(&self, other: &Self) -> Vec<PathBuf> {
        let essence = |listed: &Listed| {
            let times = (listed.kind != Kind::Folder).then_some((listed.about.modified, listed.changed, listed.size));
            (listed.kind.clone(), listed.about.device, listed.about.inode, listed.about.mode, times)
        };
        let theirs: BTreeMap<&Path, &Listed> = other.entries.iter().map(|listed| (listed.path.as_path(), listed)).collect();
        let ours: HashSet<&Path> = self.entries.iter().map(|listed| listed.path.as_path()).collect();
        let same = |listed: &&Listed| theirs.get(listed.path.as_path()).is_some_and(|other| essence(other) == essence(listed));
        let here = self.entries.iter().filter(|listed| !same(listed)).map(|listed| listed.path.clone());
        let there = other.entries.iter().filter(|listed| !ours.contains(listed.path.as_path())).map(|listed| listed.path.clone());
        here.chain(there).collect()
    }
}

/// Opens the directory itself, links followed: its path is what somebody registered.
pub(super) fn root(path: &Path) -> Outcome<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty()).map_err(|error| files::fault("read the directory", path, &error.into()))
}

/// Opens something below the root without following any link on the way.
pub(super) fn open_below(root: BorrowedFd<'_>, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let mut folder: Option<OwnedFd> = None;
    let mut names = path.iter().peekable();
    while let Some(name) = names.next() {
        let flags = if names.peek().is_none() { flags } else { OFlags::PATH | OFlags::DIRECTORY };
        let at = folder.as_ref().map_or(root, |folder| folder.as_fd());
        folder = Some(openat(at, name, flags | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?);
    }
    folder.ok_or(Errno::NOENT)
}

/// Lists everything. `strangers` are left out, with the sidecars of those that are databases.
pub(super) fn list(root: &OwnedFd, path: &Path, strangers: &HashSet<(u64, u64)>, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<Listing> {
    let fault = |error: Errno| files::fault("read the directory", path, &error.into());
    let now = clock.now().timestamp();
    let mut listing = Listing {
        entries: vec![listed(PathBuf::new(), Kind::Folder, &fstat(root).map_err(fault)?, now)],
        left_out: Vec::new(),
        unreadable: Vec::new(),
    };
    let mut lister = Lister { listing: &mut listing, strangers, now, ctx };
    let top = Dir::read_from(root).map_err(fault)?;
    lister.folder(top, Path::new(""), 0)?.map_err(fault)?;
    listing.entries.sort_by(|a, b| a.path.cmp(&b.path));
    listing.left_out.sort();
    listing.unreadable.sort();
    Ok(listing)
}

struct Lister<'a> {
    listing: &'a mut Listing,
    strangers: &'a HashSet<(u64, u64)>,
    now: i64,
    ctx: &'a JobCtx,
}

impl Lister<'_> {
    /// The inner error is that of the folder itself; what is wrong with an entry in it is said where it lies.
    fn folder(&mut self, folder: Dir, path: &Path, depth: usize) -> Outcome<Result<(), Errno>> {
        self.ctx.checkpoint()?;
        let (fd, names) = match names(folder) {
            Ok(read) => read,
            Err(error) => return Ok(Err(error)),
        };
        let mut stats: Vec<(OsString, Stat)> = Vec::with_capacity(names.len());
        for name in names {
            match statat(&fd, &name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stats.push((name, stat)),
                Err(Errno::NOENT) => {} // gone by now
                Err(error) => self.unreadable(&path.join(name), error),
            }
        }
        let strange = |stat: &Stat| self.strangers.contains(&(stat.st_dev, stat.st_ino));
        let databases: HashSet<OsString> = stats.iter().filter(|(_, stat)| strange(stat)).map(|(name, _)| name.clone()).collect();
        for (name, stat) in stats {
            let path = path.join(&name);
            match FileType::from_raw_mode(stat.st_mode) {
                _ if databases.contains(&name) => self.leave_out(&path, "not part of this component"),
                _ if belongs_to(&name, &databases) => self.leave_out(&path, "belongs to a database that is a component"),
                FileType::RegularFile => self.listing.entries.push(listed(path, Kind::File, &stat, self.now)),
                FileType::Symlink => match readlinkat(&fd, &name, Vec::new()) {
                    Ok(target) => {
                        let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
                        self.listing.entries.push(listed(path, Kind::Link(target), &stat, self.now));
                    }
                    Err(Errno::NOENT | Errno::INVAL) => {} // gone or another by now: the next listing shows it
                    Err(error) => self.unreadable(&path, error),
                },
                FileType::Directory => self.inner(&fd, &name, path, depth)?,
                FileType::Socket => self.leave_out(&path, "a socket"),
                FileType::Fifo => self.leave_out(&path, "a pipe"),
                _ => self.leave_out(&path, "a device"),
            }
        }
        Ok(Ok(()))
    }

    fn inner(&mut self, folder: &OwnedFd, name: &OsStr, path: PathBuf, depth: usize) -> Outcome<()> {
        if depth >= DEEPEST {
            self.leave_out(&path, "lies too deep");
            return Ok(());
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = openat(folder, name, flags, Mode::empty()).and_then(|inner| Ok((fstat(&inner)?, Dir::new(inner)?)));
        let read = match opened {
            Ok((stat, inner)) => {
                self.listing.entries.push(listed(path.clone(), Kind::Folder, &stat, self.now));
                self.folder(inner, &path, depth + 1)?
            }
            Err(error) => Err(error),
        };
        match read {
            Err(Errno::NOENT | Errno::LOOP | Errno::NOTDIR) => {} // gone or another by now: the next listing shows it
            Err(error) => self.unreadable(&path, error),
            Ok(()) => {}
        }
        Ok(())
    }

    fn unreadable(&mut self, path: &Path, error: Errno) {
        self.listing.unreadable.push(format!("{} ({})", super::shown(path), std::io::Error::from(error)));
    }

    fn leave_out(&mut self, path: &Path, why: &str) {
        self.listing.left_out.push(format!("{} ({why})", super::shown(path)));
    }
}

fn names(mut folder: Dir) -> Result<(OwnedFd, Vec<OsString>), Errno> {
    let mut names = Vec::new();
    while let Some(entry) = folder.read() {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(OsStr::from_bytes(name).to_owned());
        }
    }
    let fd = rustix::io::fcntl_dupfd_cloexec(folder.fd()?, 0)?;
    Ok((fd, names))
}

/// True for the sidecars of a database in the same folder.
fn belongs_to(name: &OsStr, databases: &HashSet<OsString>) -> bool {
    let without = |suffix: &str| name.as_bytes().strip_suffix(suffix.as_bytes()).map(OsStr::from_bytes);
    ["-wal", "-shm", "-journal"].iter().filter_map(|suffix| without(suffix)).any(|name| databases.contains(name))
}

fn listed(path: PathBuf, kind: Kind, stat: &Stat, now: i64) -> Listed {
    let (modified, changed) = (moment(stat.st_mtime, stat.st_mtime_nsec), moment(stat.st_ctime, stat.st_ctime_nsec));
    let settled = now.saturating_sub(modified.0.max(changed.0)) > SETTLED;
    let about = About {
        mode: stat.st_mode & 0o777,
        owner: (stat.st_uid, stat.st_gid),
        modified,
        changed: settled.then_some(changed),
        inode: stat.st_ino,
        device: stat.st_dev,
        #[allow(clippy::useless_conversion, reason = "32 bits on some processors")]
        names: u64::from(stat.st_nlink),
    };
    let size = if kind == Kind::File { stat.st_size.unsigned_abs() } else { 0 };
    Listed { path, kind, about, changed, size }
}

/// The parts have other types on other machines.
#[allow(clippy::useless_conversion, clippy::unnecessary_fallible_conversions)]
pub(super) fn moment(seconds: impl Into<i64>, nanoseconds: impl TryInto<u32>) -> (i64, u32) {
    (seconds.into(), nanoseconds.try_into().unwrap_or(0))
}
