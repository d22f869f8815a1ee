//! A look at a database that is taken every few seconds: it changes nothing, leaves nothing beside the file, keeps no connection, and copies
//! nothing. What can only be seen in a private copy (a leftover log) is not looked at; [`crate::inspect`] does that.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Fault, Outcome, inspection::Header};
use quarterdeck_store::files;

use crate::{
    gate::RawPass,
    inspect::header,
    open::{self, Live},
};

/// An open look. Dropped in this order: the connection, then the leave to read the bytes.
pub struct Glimpse {
    live: Option<Live>,
    way: Way,
    header: Option<Header>,
    path: PathBuf,
    stamp: Stamp,
    _pass: Option<RawPass>,
}

/// How a database is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// In WAL mode, beside somebody who uses its log now: one read transaction shows one moment and stops no writer.
    Log,
    /// With a rollback journal: under SQLite's locks, which stop a writer for as long as a statement runs.
    Journal,
    /// In WAL mode, and nobody uses it: its bytes as they are, for as long as [`Glimpse::holds`].
    Still,
    /// In WAL mode, nobody uses it, and a log is left over: not looked at.
    Leftover,
}

/// What tells whether a database or its log was written to, without opening either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    file: Mark,
    log: Option<Mark>,
}

/// A file at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    place: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Glimpse {
    /// Opens a look. `log_in_use` says that another process uses the write-ahead log ([`crate::holders::logs_in_use`]); `patience` is how
    /// long to wait for somebody in this process who reads the bytes (`busy-here`).
    ///
    /// Refuses with `not-a-database` what has no header of one.
    pub fn open(path: &Path, log_in_use: bool, patience: Duration) -> Outcome<Self> {
        // What lies beside a link is not what lies beside the file.
        let path = &path.canonicalize().map_err(|error| files::fault("find", path, &error))?;
        let stamp = Stamp::of(path)?;
        let of = |live, way, header, pass| Self { live, way, header, path: path.to_owned(), stamp: stamp.clone(), _pass: pass };
        let index = files::with_suffix(path, "-shm").exists();
        let Some(pass) = RawPass::take(path).map_err(|error| files::fault("find", path, &error))? else {
            // This process has it open: what a connection needs beside the file is there.
            let (live, way) = match index {
                true => (open::read_within(path, patience)?, Way::Log),
                false => (open::beside_within(path, patience)?, Way::Journal),
            };
            return Ok(of(Some(live), way, None, None));
        };
        let mut bytes = [0; header::LENGTH];
        let length = File::open(path).and_then(|file| file.read_at(&mut bytes, 0)).map_err(|error| files::fault("read", path, &error))?;
        let known = header::parse(&bytes[..length]);
        if known.is_none() && length > 0 {
            return Err(Fault::refused("not-a-database", format!("{} has no header of an SQLite database.", path.display()))
                .hint("Run inspect on it: it says what the file is."));
        }
        // The leave to read would make a connection wait for ever: it is given back first.
        match (header::is_wal(&bytes[..length]), log_in_use && index, stamp.log_bytes()) {
            (false, ..) => {
                drop(pass);
                Ok(of(Some(open::beside_within(path, patience)?), Way::Journal, known, None))
            }
            (true, true, _) => {
                drop(pass);
                Ok(of(Some(open::read_within(path, patience)?), Way::Log, known, None))
            }
            (true, false, 0) => Ok(of(Some(open::image(path)?), Way::Still, known, Some(pass))),
            (true, false, _) => Ok(of(None, Way::Leftover, known, None)),
        }
    }

    /// The connection; none where a leftover log keeps from looking.
    pub fn live(&mut self) -> Option<&mut Live> {
        self.live.as_mut()
    }

    /// How it is looked at.
    pub fn way(&self) -> Way {
        self.way
    }

    /// The header as it was when the look began; none for an empty file, and while this process has the database open.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// What the files were when the look began.
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// False where what was read may be of no single moment: somebody wrote to bytes that were read without a lock.
    pub fn holds(&self) -> Outcome<bool> {
        Ok(self.way != Way::Still || Stamp::of(&self.path)? == self.stamp)
    }
}

impl Stamp {
    /// What the files are now.
    pub fn of(path: &Path) -> Outcome<Self> {
        let path = &path.canonicalize().map_err(|error| files::fault("find", path, &error))?;
        let file = Mark::of(path).map_err(|error| files::fault("find", path, &error))?;
        let log = files::with_suffix(path, "-wal");
        let log = match Mark::of(&log) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            mark => Some(mark.map_err(|error| files::fault("find", &log, &error))?),
        };
        Ok(Self { file, log })
    }

    /// Device and inode of the database.
    pub fn place(&self) -> (u64, u64) {
        self.file.place
    }

    /// Bytes of the database file.
    pub fn file_bytes(&self) -> u64 {
        self.file.size
    }

    /// Bytes of the write-ahead log; 0 where there is none.
    pub fn log_bytes(&self) -> u64 {
        self.log.as_ref().map_or(0, |log| log.size)
    }
}

impl Mark {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self {
            place: (metadata.dev(), metadata.ino()),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}
