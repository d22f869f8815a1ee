//! The files of a directory while they are read: each gives exactly the bytes that were listed, and whoever changed one is noticed.

use std::{
    fs::File,
    io::{self, Read},
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::FileExt,
    },
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use quarterdeck_model::{CancelToken, Fault, Outcome};
use quarterdeck_sqlite::gate::RawPass;
use rustix::{
    fs::{OFlags, fstat},
    io::Errno,
};

use super::listing::{Listed, moment, open_below};

/// Characters of a name that is written down.
pub(super) const LONGEST_NAME: usize = 120;

/// How often one who waits for the files looks whether the work was cancelled.
const LOOK: Duration = Duration::from_millis(200);

/// What every database of SQLite begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Tells when all files of a directory were read, or will not be, and which of them were changed meanwhile.
#[derive(Default)]
pub struct Ends {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    left: usize,
    moved: Vec<String>,
}

impl Ends {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The files that were changed while they were read, by name; waits until all were read, or the work is cancelled.
    pub fn moved(&self, cancel: &CancelToken) -> Outcome<Vec<String>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.left > 0 {
            if cancel.is_cancelled() {
                return Err(Fault::cancelled("It was cancelled before the directory was read."));
            }
            state = self.news.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        let mut moved = state.moved.clone();
        moved.sort();
        Ok(moved)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.news.notify_all();
    }
}

/// What came of opening a file.
pub(super) enum Opening {
    /// It can be read.
    Ready(Opened),
    /// It is not there any more, or is another one.
    Changed,
    /// This user may not read it, or this process has it open as a database.
    Refused(String),
}

/// A file of a directory, on its way.
pub(super) struct Opened {
    // Closed before the pass is given back.
    source: Source,
    _pass: RawPass,
    listed: Listed,
    left: u64,
    ends: Arc<Ends>,
}

enum Source {
    Open(File),
    /// Opened when its turn comes: there are more files than may be open at once.
    Later(Arc<OwnedFd>),
}

/// Prepares a file that was listed; `now` opens it at once, so that it stays readable whatever happens to its name.
pub(super) fn open(root: &Arc<OwnedFd>, listed: &Listed, ends: &Arc<Ends>, now: bool) -> Outcome<Opening> {
    let Some(pass) = RawPass::of(listed.about.device, listed.about.inode) else {
        return Ok(Opening::Refused("this process has it open as a database".to_owned()));
    };
    let source = match now.then(|| open_listed(root, listed)) {
        None => Source::Later(Arc::clone(root)),
        Some(Ok(Some(file))) => Source::Open(file),
        Some(Ok(None)) => return Ok(Opening::Changed),
        Some(Err(Errno::ACCESS | Errno::PERM)) => return Ok(Opening::Refused("permission denied".to_owned())),
        Some(Err(Errno::MFILE | Errno::NFILE)) => Source::Later(Arc::clone(root)),
        Some(Err(error)) => return Ok(Opening::Refused(io::Error::from(error).to_string())),
    };
    ends.change(|state| state.left += 1);
    Ok(Opening::Ready(Opened { source, _pass: pass, listed: listed.clone(), left: listed.size, ends: Arc::clone(ends) }))
}

/// `None` where the name leads to something else by now.
fn open_listed(root: &OwnedFd, listed: &Listed) -> Result<Option<File>, Errno> {
    // Opening a pipe that took the place of the file must not wait for its writer.
    let opened = match open_below(root.as_fd(), &listed.path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY) {
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NXIO) => return Ok(None),
        opened => opened?,
    };
    let stat = fstat(&opened)?;
    let same = (stat.st_dev, stat.st_ino) == (listed.about.device, listed.about.inode);
    Ok(same.then(|| File::from(opened)))
}

impl Opened {
    /// True for a file that begins like a database; false also where that is not known yet.
    pub(super) fn is_database(&self) -> bool {
        let mut begin = [0; MAGIC.len()];
        matches!(&self.source, Source::Open(file) if file.read_exact_at(&mut begin, 0).is_ok() && &begin == MAGIC)
    }

    fn file(&mut self) -> io::Result<&File> {
        if let Source::Later(root) = &self.source {
            let file = open_listed(root, &self.listed).map_err(io::Error::from)?.ok_or_else(|| io::Error::other(self.gone()))?;
            self.source = Source::Open(file);
        }
        match &self.source {
            Source::Open(file) => Ok(file),
            Source::Later(_) => Err(io::Error::other(self.gone())),
        }
    }

    /// Without a descriptor there is nothing left to read of it.
    fn gone(&self) -> Fault {
        Fault::failed("source-changed", format!("{} was removed before its turn came.", self.listed.path.display()))
            .hint("Take the snapshot again; or let this user open more files at once, so that all of them are opened first.")
            .may_retry()
    }

    /// Whether it still is what was listed, once it was read.
    fn look_again(&self) {
        let Source::Open(file) = &self.source else { return };
        let same = fstat(file).is_ok_and(|stat| {
            let modified = moment(stat.st_mtime, stat.st_mtime_nsec);
            (stat.st_size.unsigned_abs(), modified) == (self.listed.size, self.listed.about.modified)
        });
        if !same {
            self.ends.change(|state| state.moved.push(super::shown(&self.listed.path)));
        }
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let mut file = self.file()?;
        let read = file.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl Drop for Opened {
    /// One that was not read was taken over from another snapshot: it was the same when it was listed.
    fn drop(&mut self) {
        if self.left < self.listed.size || self.listed.size == 0 {
            self.look_again();
        }
        self.ends.change(|state| state.left -= 1);
    }
}
