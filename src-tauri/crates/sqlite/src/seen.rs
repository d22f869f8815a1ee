//! What a database looked like when it was read last, so that the next time it need not be read where nobody has committed since.
//!
//! A record is captured *before* the read that it speaks of begins. A commit between the two makes the record older than the image: then
//! the next look says "changed", and reading finds nothing new. The other way round a commit would be lost.
//!
//! Whatever commits writes the file or its log, and so moves a time of theirs. The operating system's times move in ticks of up to ten
//! milliseconds (two seconds on some file systems), so a file that was written only just now is not recorded at all: a second commit in
//! the same tick would look like the first.

use std::{
    fs::{File, Metadata},
    io,
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Clock, Instant, JobCtx, Outcome, plan::hex};
use quarterdeck_store::files;
use serde::{Deserialize, Serialize};

use crate::{
    gate::RawPass,
    inspect::{
        header,
        wal::{self, Wal},
    },
};

/// Everything that was written longer ago than this has a time that no later write can have again.
const SETTLED: Duration = Duration::from_secs(2);

/// What a rollback journal begins with as long as it has something to roll back.
/// Source: <https://www.sqlite.org/fileformat2.html#the_rollback_journal>.
const HOT: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// How a database, its log and its journal looked at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    file: Stat,
    /// The first 100 bytes in hexadecimal; the change counter is among them.
    header: String,
    /// Absent where there is none, and where it is empty: a reader of ours makes an empty one and takes it away again.
    log: Option<Log>,
    /// Absent where there is none, and where it is empty.
    journal: Option<Stat>,
    /// Read from the clock before anything else.
    at: Instant,
}

/// A file without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stat {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    /// The one that nobody can put back.
    changed: (i64, i64),
}

/// A write-ahead log by its ends: its header has new salts each time the log begins anew, and the header of a frame holds the checksum
/// over all frames before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Log {
    stat: Stat,
    header: String,
    /// The header of the frame that ends the last transaction and where it lies; absent without a whole transaction.
    last: Option<(u64, String)>,
}

/// What the database looks like now. Call it before the read that the record is to speak of is opened.
///
/// `None` where that cannot be known for the next time: a connection of this process is open, a transaction is under way or was cut off
/// (hot journal), something was written within the last two seconds, or this user may not read the files. Reads a log to its end once.
pub fn capture(path: &Path, clock: &dyn Clock) -> Outcome<Option<Seen>> {
    let at = clock.now();
    let Some((path, _pass)) = may_look(path)? else { return Ok(None) };
    let look = || -> io::Result<Option<Outcome<Seen>>> {
        let Some((seen, log)) = now(&path, at)? else { return Ok(None) };
        if !seen.is_settled() {
            return Ok(None);
        }
        Ok(Some(last_commit(&path, log).map(|log| Seen { log, ..seen })))
    };
    match known(&path, look())? {
        Some(seen) => seen.map(Some),
        None => Ok(None),
    }
}

/// True where it is the same file and nothing was committed since `seen` was captured. Reads three stats, the 100 bytes of the header and
/// at most 56 bytes of the log, however large they are; never false comfort: whatever is in doubt counts as changed.
pub fn is_unchanged(path: &Path, seen: &Seen) -> Outcome<bool> {
    let Some((path, _pass)) = may_look(path)? else { return Ok(false) };
    let look = || -> io::Result<Option<bool>> {
        let Some((now, log)) = now(&path, seen.at)? else { return Ok(None) };
        let log = match (log, seen.log.as_ref().and_then(|log| log.last.as_ref())) {
            (Some((file, log)), Some(&(at, _))) => {
                Some(Log { last: read_hex(&file, at, wal::FRAME_HEADER)?.map(|last| (at, last)), ..log })
            }
            (log, _) => log.map(|(_, log)| log),
        };
        Ok(Some(Seen { log, ..now } == *seen))
    };
    known(&path, look()).map(|same| same == Some(true))
}

/// The same by times and sizes alone, which opens nothing: for use beside connections of this process, while nobody can commit.
pub fn is_still(path: &Path, seen: &Seen) -> bool {
    let look = || -> io::Result<bool> {
        let path = path.canonicalize()?;
        let (log, journal) = (stat(&path, "-wal")?, stat(&path, "-journal")?);
        let same = Stat::of(&path.metadata()?) == seen.file && journal == seen.journal;
        Ok(same && log.as_ref() == seen.log.as_ref().map(|log| &log.stat))
    };
    look().unwrap_or(false)
}

impl Seen {
    fn is_settled(&self) -> bool {
        let stats = [Some(&self.file), self.log.as_ref().map(|log| &log.stat), self.journal.as_ref()];
        let newest = stats.into_iter().flatten().flat_map(|stat| [stat.modified, stat.changed]).max();
        let milliseconds = |(seconds, nanoseconds): (i64, i64)| seconds.saturating_mul(1000).saturating_add(nanoseconds / 1_000_000);
        let age = newest.map_or(0, |newest| self.at.timestamp_millis().saturating_sub(milliseconds(newest)));
        u128::try_from(age).is_ok_and(|age| age > SETTLED.as_millis())
    }
}

impl Stat {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// A record without the last transaction of the log, and the log that it is still to be read from.
type Glance = (Seen, Option<(File, Log)>);

/// The file behind all links, beside which SQLite keeps log and journal, and leave to touch its bytes; `None` where a connection of this
/// process is open, or nothing is there.
fn may_look(path: &Path) -> Outcome<Option<(PathBuf, RawPass)>> {
    let look = || -> io::Result<Option<(PathBuf, RawPass)>> {
        let path = path.canonicalize()?;
        Ok(RawPass::take(&path)?.map(|pass| (path, pass)))
    };
    known(path, look())
}

/// What is not there or not for us to read is unknown, which is no fault here: whoever opens it next says what is wrong.
fn known<T>(path: &Path, looked: io::Result<Option<T>>) -> Outcome<Option<T>> {
    match looked {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => Ok(None),
        looked => looked.map_err(|error| files::fault("read", path, &error)),
    }
}

/// All but the last transaction of the log; `None` with a hot journal. The stats come before the bytes: a commit in between makes them
/// differ the next time.
fn now(path: &Path, at: Instant) -> io::Result<Option<Glance>> {
    let (file, journal) = (Stat::of(&path.metadata()?), stat(path, "-journal")?);
    let log = open(path, "-wal")?;
    let log = match log {
        Some((file, stat)) => {
            let header = read_hex(&file, 0, wal::HEADER)?.unwrap_or_default();
            Some((file, Log { stat, header, last: None }))
        }
        None => None,
    };
    if journal.is_some() && is_hot(path)? {
        return Ok(None);
    }
    let header = read_hex(&File::open(path)?, 0, header::LENGTH)?.unwrap_or_default();
    let without_last = log.as_ref().map(|(_, log)| log.clone());
    Ok(Some((Seen { file, header, log: without_last, journal, at }, log)))
}

fn last_commit(path: &Path, log: Option<(File, Log)>) -> Outcome<Option<Log>> {
    let Some((_, log)) = log else { return Ok(None) };
    let wal = Wal::beside(path, &JobCtx::detached())?;
    Ok(Some(Log { last: wal.map(|wal| (wal.last_at, hex(&wal.last))), ..log }))
}

fn is_hot(path: &Path) -> io::Result<bool> {
    let Some((journal, _)) = open(path, "-journal")? else { return Ok(false) };
    Ok(read_hex(&journal, 0, HOT.len())?.is_some_and(|begin| begin == hex(&HOT)))
}

/// `None` where it is absent or empty.
fn stat(path: &Path, suffix: &str) -> io::Result<Option<Stat>> {
    match files::with_suffix(path, suffix).metadata() {
        Ok(metadata) => Ok(Some(Stat::of(&metadata)).filter(|stat| stat.size > 0)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file beside the database, which SQLite puts no locks on; `None` where it is absent or empty.
fn open(path: &Path, suffix: &str) -> io::Result<Option<(File, Stat)>> {
    let file = match File::open(files::with_suffix(path, suffix)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let stat = Stat::of(&file.metadata()?);
    Ok((stat.size > 0).then_some((file, stat)))
}

/// `None` where the file ends before.
fn read_hex(file: &File, at: u64, length: usize) -> io::Result<Option<String>> {
    let mut bytes = vec![0; length];
    match file.read_exact_at(&mut bytes, at) {
        Ok(()) => Ok(Some(hex(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}
