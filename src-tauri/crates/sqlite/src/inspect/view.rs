//! A way to look into a database that tells the truth, writes nothing and leaves nothing behind. No single mode of opening does:
//! `mode=ro` leaves `-wal` and `-shm` behind, opening for writing brings a leftover log into the file, and `immutable=1` does not see the log.
//!
//! One gap is left: where the last user of a database in WAL mode closes it while we look beside him, he leaves his `-wal` and `-shm`, as he
//! would beside any other reader. Without `/proc` users cannot be seen: there their log is taken for a leftover and looked at in a copy.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Bytes, Fault, JobCtx, Outcome, inspection::Depth, job::Unit};
use quarterdeck_store::files;
use tempfile::TempDir;

use super::{header, wal::Wal};
use crate::{
    gate::RawPass,
    holders::{self, Held},
    open::{self, Live, PATIENCE},
};

/// More than this is not copied, or read through, for a glance.
const GLANCE_LIMIT: u64 = 64 << 20;

/// How long a look waits for somebody's lock.
pub(crate) const fn patience(depth: Depth) -> Duration {
    match depth {
        Depth::Glance => Duration::from_secs(2),
        Depth::Full => PATIENCE,
    }
}

/// How often it tries again: often enough to fit between the commits of a writer who never rests.
const PAUSE: Duration = Duration::from_millis(2);

/// What a rollback journal begins with as long as it holds something (<https://www.sqlite.org/fileformat2.html#the_rollback_journal>).
const JOURNAL_MAGIC: &[u8; 8] = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";

/// An open look at a database. Dropped in this order: the connection, its private copy, the leave to read the bytes.
pub(crate) struct View {
    /// Absent where a leftover is too large for a glance.
    pub(crate) live: Option<Live>,
    /// What a process that ended left beside the database.
    pub(crate) leftover: Option<Leftover>,
    /// How it is looked at.
    pub(crate) way: Way,
    _copy: Option<TempDir>,
    _pass: Option<RawPass>,
    /// What must not change while the look lasts.
    before: Vec<Signature>,
}

/// How a database is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nobody changes it and nothing lies beside it: its bytes, as they are.
    Still,
    /// Beside somebody who uses it now, under SQLite's locks.
    Beside,
    /// A private copy, in which the leftover was brought in or rolled back.
    Copy,
    /// Not at all: too much to copy for a glance.
    TooLarge,
}

/// What a process that ended left beside the database.
#[derive(Debug, PartialEq)]
pub(crate) enum Leftover {
    /// A write-ahead log with transactions that the main file lacks; not counted where it is too large for a glance.
    Log {
        /// Transactions.
        commits: Option<u64>,
    },
    /// The journal of a transaction that was cut off.
    Journal,
}

impl View {
    /// Opens a look. `None` where somebody came or went meanwhile: look again. `locked` asks for SQLite's locks although nobody is seen: for a
    /// file that changed while it was read without them.
    pub(crate) fn open(path: &Path, depth: Depth, locked: bool, ctx: &JobCtx) -> Outcome<Option<Self>> {
        let Some(pass) = RawPass::take(path).map_err(|error| files::fault("find", path, &error))? else {
            return Self::beside(open::read(path)?, false, depth, ctx).map(Some);
        };
        // Before the question who writes: what is half written now is then either finished by the answer, or seen as a change afterwards.
        let before = Signature::of(path).map_err(|error| files::fault("read", path, &error))?;
        let uses = holders::uses(path)?;
        if locked || uses.values().any(Held::may_change) {
            // Our own leave to read would make the connection wait for ever.
            drop(pass);
            return Self::beside(open::beside(path)?, uses.values().any(|held| held.wal_index), depth, ctx).map(Some);
        }
        match leftover(path, depth, ctx)? {
            None => {
                let live = attended(open::image(path)?, depth, ctx)?;
                Ok(Some(Self { live: Some(live), leftover: None, way: Way::Still, _copy: None, _pass: Some(pass), before: vec![before] }))
            }
            Some(leftover) => Self::of_leftover(path, leftover, before, depth, ctx),
        }
    }

    /// Looks at a private copy. That it is of one moment, and that its leftover is nobody's, is asked once it is made; what happens to the
    /// original from then on does not matter.
    fn of_leftover(path: &Path, leftover: Leftover, main: Signature, depth: Depth, ctx: &JobCtx) -> Outcome<Option<Self>> {
        let suffix = if leftover == Leftover::Journal { "-journal" } else { "-wal" };
        let Some(sidecar) = Signature::if_there(&files::with_suffix(path, suffix))? else { return Ok(None) };
        let (size, before) = (main.size + sidecar.size, [main, sidecar]);
        let (way, copy) = if depth == Depth::Glance && size > GLANCE_LIMIT {
            (Way::TooLarge, None)
        } else {
            match copy(path, suffix, size, ctx) {
                Err(fault) if fault.is("file-missing") && path.exists() => return Ok(None),
                copy => (Way::Copy, Some(copy?)),
            }
        };
        // In this order: a leftover that is still the same after nobody was seen with it was nobody's.
        if holders::uses(path)?.values().any(Held::may_change) || !unchanged(&before)? {
            return Ok(None);
        }
        let (folder, live) = copy.unzip();
        let live = live.map(|live| attended(live, depth, ctx)).transpose()?;
        Ok(Some(Self { live, leftover: Some(leftover), way, _copy: folder, _pass: None, before: Vec::new() }))
    }

    /// The size of the file when the look began, where it is looked at without locks. Not older than the header that was read before: a
    /// file that somebody has just made longer is then not taken for one that was cut off.
    pub(crate) fn size(&self) -> Option<Bytes> {
        self.before.first().map(|main| Bytes(main.size))
    }

    /// True where what is seen is of one moment: nothing changed since the look began, or SQLite's locks make that impossible.
    pub(crate) fn holds(&self) -> Outcome<bool> {
        unchanged(&self.before)
    }

    /// In WAL mode one read transaction shows one moment and stops no writer. With a rollback journal it would: there each statement stands alone.
    fn beside(live: Live, wal: bool, depth: Depth, ctx: &JobCtx) -> Outcome<Self> {
        let live = attended(live, depth, ctx)?;
        if wal {
            live.execute_batch("BEGIN").map_err(|error| live.fault(error))?;
        }
        Ok(Self { live: Some(live), leftover: None, way: Way::Beside, _copy: None, _pass: None, before: Vec::new() })
    }
}

/// What tells whether a file was written to.
#[derive(Debug, PartialEq)]
struct Signature {
    path: PathBuf,
    inode: u64,
    size: u64,
    changed: (i64, i64),
    counter: [u8; 4],
}

impl Signature {
    fn if_there(path: &Path) -> Outcome<Option<Self>> {
        match Self::of(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            signature => signature.map(Some).map_err(|error| files::fault("read", path, &error)),
        }
    }

    fn of(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        let mut counter = [0; 4];
        // A file that ends before the counter has none.
        let _ = file.read_at(&mut counter, header::CHANGE_COUNTER.start as u64)?;
        Ok(Self {
            path: path.to_owned(),
            inode: metadata.ino(),
            size: metadata.len(),
            changed: (metadata.mtime(), metadata.mtime_nsec()),
            counter,
        })
    }
}

fn unchanged(before: &[Signature]) -> Outcome<bool> {
    for before in before {
        if Signature::if_there(&before.path)?.as_ref() != Some(before) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn attended(mut live: Live, depth: Depth, ctx: &JobCtx) -> Outcome<Live> {
    let wait = move |tried: i32| {
        std::thread::sleep(PAUSE);
        PAUSE.saturating_mul(tried.unsigned_abs()) < patience(depth)
    };
    live.busy_handler(Some(wait)).map_err(|error| live.fault(error))?;
    live.attend(ctx)?;
    Ok(live)
}

fn leftover(path: &Path, depth: Depth, ctx: &JobCtx) -> Outcome<Option<Leftover>> {
    let log = fs::metadata(files::with_suffix(path, "-wal")).map_or(0, |metadata| metadata.len());
    if depth == Depth::Glance && log > GLANCE_LIMIT {
        return Ok(Some(Leftover::Log { commits: None }));
    }
    if let Some(wal) = Wal::beside(path, ctx)? {
        let read = |error: io::Error| files::fault("read", path, &error);
        if !wal.is_in(&File::open(path).map_err(read)?).map_err(read)? {
            return Ok(Some(Leftover::Log { commits: Some(wal.commits) }));
        }
    }
    Ok(is_hot(&files::with_suffix(path, "-journal"))?.then_some(Leftover::Journal))
}

/// True for a journal that would be rolled back: one that was emptied, or whose start was zeroed, belongs to a finished transaction.
fn is_hot(journal: &Path) -> Outcome<bool> {
    let mut start = [0; JOURNAL_MAGIC.len()];
    match File::open(journal).and_then(|file| file.read_at(&mut start, 0)) {
        Ok(length) => Ok(start[..length] == *JOURNAL_MAGIC),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(files::fault("read", journal, &error)),
    }
}

/// A private copy of the database and its sidecar, opened for writing so that SQLite settles there what was left over.
fn copy(path: &Path, suffix: &str, size: u64, ctx: &JobCtx) -> Outcome<(TempDir, Live)> {
    let place = std::env::temp_dir();
    if files::free_space(&place)? < size {
        let message =
            format!("Looking at {} needs a private copy of {}, and {} has no room for it.", path.display(), Bytes(size), place.display());
        return Err(Fault::failed("disk-full", message).hint("Name a larger folder in TMPDIR, then try again.").may_retry());
    }
    let folder = tempfile::Builder::new()
        .prefix("quarterdeck-look-")
        .tempdir_in(&place)
        .map_err(|error| files::fault("make a folder in", &place, &error))?;
    let image = folder.path().join("copy.db");
    let mut done = 0;
    for suffix in ["", suffix] {
        let (from, to) = (files::with_suffix(path, suffix), files::with_suffix(&image, suffix));
        let mut source = File::open(&from).map_err(|error| files::fault("read", &from, &error))?;
        let mut target = files::create_new(&to)?;
        let mut buffer = vec![0; 1 << 20];
        loop {
            ctx.checkpoint()?;
            let length = source.read(&mut buffer).map_err(|error| files::fault("read", &from, &error))?;
            if length == 0 {
                break;
            }
            target.write_all(&buffer[..length]).map_err(|error| files::fault("write", &to, &error))?;
            done += length as u64;
            ctx.progress(done, Some(size), Unit::Bytes);
        }
    }
    let live = open::write(&image)?;
    Ok((folder, live))
}
