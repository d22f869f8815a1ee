//! Enters an image into the live file, through SQLite, in one transaction, writing only the pages that differ.
//!
//! Others may read and write all the time: they wait while the lock is held, and go on in the image's content. Every commit that was
//! acknowledged to them is either in the result or in the safety image. A kill at any moment leaves *before* or *after*;
//! [`was_committed`] tells which.
//!
//! 1. [`prepare`] copies the safety image and lists the differing pages, without a lock (the long part).
//! 2. [`Prepared::enter`] takes the write lock, brings both up to date if anybody committed meanwhile, writes the pages, reads them back,
//!    and commits.
//! 3. It then compares the whole database with the image, as long as nobody else has committed.
//!
//! Another layout of pages (their size, reserved bytes, the text encoding) is something that other connections cannot follow. Then the
//! image is entered only where nobody else uses the database: see the module `rebuild`.

mod catch_up;
mod first_pass;
mod forecast;
mod log;
mod page_set;
mod pages;
mod rebuild;
mod transaction;
mod verify;

use std::{
    os::unix::fs::MetadataExt,
    path::Path,
    time::{Duration, Instant},
};

use quarterdeck_model::{Count, Fault, JobCtx, Millis, Outcome};
use quarterdeck_store::{failpoint, files};
use rusqlite::ErrorCode;
use serde::{Deserialize, Serialize};

use crate::{
    holders::holders,
    open::{self, Live},
};
use catch_up::Files;
use first_pass::FirstPass;
pub use forecast::lock_forecast;
use page_set::PageSet;
pub use pages::Layout;
use pages::{ImageFile, PageOne};

/// The new schema cookie is at least this far from the old one. SQLite itself only ever adds one, so recovery can tell them apart.
const JUMP: u32 = 1000;

/// Pages that SQLite keeps in memory while it writes, in KiB; beyond, it spills them to the log or the file.
const CACHE_KIB: i32 = 64 * 1024;

/// What is about to be committed, for the journal of whoever must find out after a kill whether it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Schema cookie before.
    pub old_cookie: u32,
    /// Schema cookie after: at least [`JUMP`] away, except where the layout tells.
    pub new_cookie: u32,
    /// Layout before.
    pub old_layout: Layout,
    /// Layout after; differs from the old one only where the database was rebuilt for a sole user.
    pub new_layout: Layout,
    /// Journal mode, which is kept. A kill during a rebuild can leave another one: see [`settle`].
    pub journal_mode: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Entered {
    /// Pages that were written.
    pub pages_written: Count,
    /// Pages of the image.
    pub pages: Count,
    /// From the moment the write lock was had to the end of the commit.
    pub lock_held: Millis,
    /// Pages that others had committed between the first pass and the lock.
    pub caught_up: Count,
    /// Journal mode of the live database, before and after.
    pub journal_mode: String,
    /// True where the whole database was compared with the image after the commit. False where somebody else committed before that was
    /// done; the pages that were written were compared before the lock was released all the same.
    pub compared_whole: bool,
}

/// Everything that can be done before the lock is taken. Dropping it takes the safety image away again.
pub struct Prepared {
    // Reads and compares. In WAL mode its read transaction stays open until the lock is had.
    reader: Live,
    // Writes pages, and looks whether others commit.
    live: Live,
    image: ImageFile,
    image_one: PageOne,
    image_pages: u32,
    safety: Safety,
    layout: Layout,
    journal_mode: String,
    // Absent where the layout differs: then all pages do.
    pass: Option<FirstPass>,
}

/// Copies the live database to `safety` (new, 0600, synced), and lists its pages that differ from `image`, which is verified and used by
/// nobody. Holds no lock afterwards; in WAL mode it keeps a read transaction, so that enter soon: the log cannot be begun anew meanwhile.
///
/// The safety image is that of one moment only after [`Prepared::enter`] has brought it up to date. Faults: `empty` (nothing to enter
/// into), `damaged` and `not-a-database` (SQLite cannot open it: see [`crate::replace`]), `image-incomplete`, `file-exists`, `disk-full`.
pub fn prepare(live: &Path, image: &Path, safety: &Path, ctx: &JobCtx) -> Outcome<Prepared> {
    if is_same_file(live, image) {
        return Err(Fault::usage("same-file", format!("{} was given as the image to enter into itself.", live.display()))
            .hint("Name an image beside it."));
    }
    let (image, image_one, image_pages) = ImageFile::open(image)?;
    let live = open_to_write(live)?;
    let fault = |error| live.fault(error);
    if live.is_readonly("main").map_err(fault)? {
        return Err(read_only(live.path()));
    }
    let live_one = pages::page_one(&live).map_err(fault)?.ok_or_else(|| empty(live.path()))?;
    let journal_mode: String = live.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(fault)?;
    let layout = live_one.layout();
    let safety = Safety::create(safety, layout.page_size)?;
    let reader = open_to_write(live.path())?;
    // It passes over every page once; what it has seen is of no use to it.
    reader.pragma_update(None, "cache_size", -2048).map_err(fault)?;
    let mut prepared = Prepared { reader, live, image, image_one, image_pages, safety, layout, journal_mode, pass: None };
    if layout == prepared.image_one.layout() {
        let wal = prepared.journal_mode == "wal";
        prepared.pass = Some(first_pass::run(&prepared.live, &prepared.reader, &prepared.files(), wal, ctx)?);
    }
    Ok(prepared)
}

/// True where the commit that `commit` describes has happened, whatever was committed since. Opening the file lets SQLite finish or roll
/// back what a kill interrupted.
pub fn was_committed(live: &Path, commit: &Commit) -> Outcome<bool> {
    let live = open_to_write(live)?;
    let one = pages::page_one(&live).map_err(|error| live.fault(error))?.ok_or_else(|| empty(live.path()))?;
    if commit.old_layout != commit.new_layout {
        return Ok(one.layout() == commit.new_layout);
    }
    // Cookies go round at 2^32, so distances from the old one are compared.
    let (now, new) = (one.cookie().wrapping_sub(commit.old_cookie), commit.new_cookie.wrapping_sub(commit.old_cookie));
    Ok(now >= new)
}

/// Gives the database back the journal mode that it had, where a kill during a rebuild left another one. Needs it to be used by nobody.
pub fn settle(live: &Path, journal_mode: &str) -> Outcome<()> {
    let live = open_to_write(live)?;
    rebuild::set_journal_mode(&live, journal_mode)
}

impl Commit {
    fn new(now: &PageOne, image: &PageOne, journal_mode: &str) -> Outcome<Self> {
        let mut random = [0; 2];
        getrandom::fill(&mut random).map_err(|error| Fault::bug(format!("The operating system gives no random bytes: {error}.")))?;
        let jump = JUMP + u32::from(u16::from_be_bytes(random));
        Ok(Self {
            old_cookie: now.cookie(),
            new_cookie: now.cookie().max(image.cookie()).wrapping_add(1).wrapping_add(jump),
            old_layout: now.layout(),
            new_layout: image.layout(),
            journal_mode: journal_mode.to_owned(),
        })
    }
}

impl Prepared {
    /// Pages that differ from the image as far as is known now; those of the image that the live database does not have are counted.
    pub fn differing(&self) -> u64 {
        let image = u64::from(self.image_pages);
        self.pass.as_ref().map_or(image, |pass| pass.differing.len() + image.saturating_sub(u64::from(pass.pages)))
    }

    /// Pages of the image.
    pub fn pages(&self) -> u64 {
        u64::from(self.image_pages)
    }

    /// As SQLite says it: `wal`, `delete`, …
    pub fn journal_mode(&self) -> &str {
        &self.journal_mode
    }

    /// True where the whole file will be written, which needs a database that nobody else uses.
    pub fn rebuilds(&self) -> bool {
        self.pass.is_none()
    }

    /// Enters the image. Waits up to `patience` for the write lock, and under a rollback journal once more for readers to end.
    ///
    /// `before_commit` is called under the lock when everything is written and compared, and the safety image, of exactly the state that is
    /// about to go, is on the disk. From then on that file is the caller's. Any fault before or from `before_commit`, and `locked`, leave the
    /// database as it was. Cancel is heard until then. A fault after the commit carries the fact `committed` = true.
    pub fn enter(mut self, patience: Duration, before_commit: &mut dyn FnMut(&Commit) -> Outcome<()>, ctx: &JobCtx) -> Outcome<Entered> {
        failpoint::reach("enter.prepared")?;
        let Some(mut pass) = self.pass.take() else { return rebuild::enter(self, patience, before_commit, ctx) };
        lock(&self.live, patience)?;
        let locked = Instant::now();
        let written = self.under_lock(&mut pass, patience, before_commit, ctx);
        let lock_held = Millis::from(locked.elapsed());
        if !self.live.is_autocommit() {
            self.live.execute_batch("ROLLBACK").map_err(|error| self.live.fault(error))?;
        }
        let written = written?;
        let compared_whole = self.look_again(written.data_version, ctx).map_err(after_commit)?;
        Ok(Entered {
            pages_written: Count(written.pages),
            pages: Count(u64::from(self.image_pages)),
            lock_held,
            caught_up: Count(written.caught_up),
            journal_mode: self.journal_mode.clone(),
            compared_whole,
        })
    }

    /// True where the whole database was compared.
    fn look_again(&self, data_version: i64, ctx: &JobCtx) -> Outcome<bool> {
        failpoint::reach("enter.committed")?;
        let wal = self.journal_mode == "wal";
        let compared = match verify::verify(&self.live, &self.reader, &self.files(), data_version, wal, &ctx.past_return()) {
            // Somebody is in the middle of a transaction that began since.
            Err(fault) if fault.is("locked") => false,
            other => other?,
        };
        if wal {
            // What the next commit of the application would do otherwise; it never makes anybody wait.
            self.reader.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(|error| self.reader.fault(error))?;
        }
        Ok(compared)
    }

    fn under_lock(
        &mut self,
        pass: &mut FirstPass,
        patience: Duration,
        before_commit: &mut dyn FnMut(&Commit) -> Outcome<()>,
        ctx: &JobCtx,
    ) -> Outcome<Written> {
        failpoint::reach("enter.locked")?;
        let fault = |error| self.live.fault(error);
        if !self.reader.is_autocommit() {
            self.reader.execute_batch("COMMIT").map_err(fault)?;
        }
        let now = pages::page_one(&self.live).map_err(fault)?.ok_or_else(|| empty(self.live.path()))?;
        if now.layout() != self.layout {
            return Err(changed(self.live.path()));
        }
        let files = self.files();
        let caught_up = catch_up::catch_up(&self.live, &self.reader, &files, pass, ctx)?;
        let live_pages = pages::page_count(&self.live).map_err(fault)?;
        let commit = Commit::new(&now, &self.image_one, &self.journal_mode)?;
        let change = transaction::Change {
            files: &files,
            pages: &self.to_write(&pass.differing, live_pages),
            first: self.image_one.entering(&now, self.image_pages),
            live_pages,
        };
        let data_version = pages::data_version(&self.live).map_err(fault)?;
        change.apply(&self.live, &now, commit.new_cookie, ctx)?;
        let pages = change.pages.len();
        self.live.busy_timeout(patience).map_err(fault)?;
        ctx.checkpoint()?;
        self.safety.keep = true;
        before_commit(&commit)?;
        failpoint::reach("enter.before-commit")?;
        end(&self.live, patience, &commit)?;
        Ok(Written { pages, caught_up, data_version })
    }

    fn to_write(&self, differing: &PageSet, live_pages: u32) -> PageSet {
        let mut pages = differing.clone();
        pages.truncate(self.image_pages);
        for number in live_pages.saturating_add(1)..=self.image_pages {
            pages.set(number, true);
        }
        pages.set(1, true);
        pages.set(pages::lock_byte(self.layout.page_size), false);
        pages
    }

    fn files(&self) -> Files<'_> {
        Files { image: &self.image, image_pages: self.image_pages, safety: &self.safety.file }
    }
}

struct Written {
    pages: u64,
    caught_up: u64,
    data_version: i64,
}

/// The safety image, taken away again unless somebody may rely on it.
struct Safety {
    file: ImageFile,
    keep: bool,
}

impl Safety {
    fn create(path: &Path, page_size: u32) -> Outcome<Self> {
        let file = files::create_new(path)?;
        Ok(Self { file: ImageFile { path: path.to_owned(), file, page_size, _pass: None }, keep: false })
    }
}

impl Drop for Safety {
    fn drop(&mut self) {
        if !self.keep {
            // Nothing depends on it; what cannot be removed is found by its name.
            let _ = files::remove(&self.file.path);
        }
    }
}

/// True for two names of one file. Where one of them cannot be looked at, opening it will say why.
fn is_same_file(a: &Path, b: &Path) -> bool {
    match (a.metadata(), b.metadata()) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// A connection that will write pages, and never checkpoints by itself: that would prolong the commit.
fn open_to_write(path: &Path) -> Outcome<Live> {
    let log_was_there = files::with_suffix(path, "-wal").exists();
    let live = open::write(path)?;
    if !log_was_there {
        open::checkpoint_on_close(&live)?;
    }
    let set = || -> rusqlite::Result<()> {
        live.pragma_update(None, "cache_size", -CACHE_KIB)?;
        live.pragma_update(None, "synchronous", "extra")?;
        live.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))
    };
    set().map_err(|error| live.fault(error))?;
    Ok(live)
}

fn lock(live: &Live, patience: Duration) -> Outcome<()> {
    let begin = live.busy_timeout(patience).and_then(|()| live.execute_batch("BEGIN IMMEDIATE"));
    begin.map_err(|error| busy(live, patience, error))
}

fn end(live: &Live, patience: Duration, commit: &Commit) -> Outcome<()> {
    let Err(error) = live.execute_batch("COMMIT") else { return Ok(()) };
    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) {
        return Err(busy(live, patience, error));
    }
    // The disk failed inside the commit; SQLite has rolled back, or will when the file is opened next. Which of the two states it is
    // can only be said by looking.
    let fault = live.fault(error);
    if !live.is_autocommit() {
        live.execute_batch("ROLLBACK").map_err(|error| live.fault(error))?;
    }
    let committed = was_committed(live.path(), commit)?;
    Err(fault.fact("committed", committed))
}

/// `locked`, with the names of those who have the file open; or what else went wrong.
fn busy(live: &Live, patience: Duration, error: rusqlite::Error) -> Fault {
    if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) {
        return live.fault(error);
    }
    let fault = open::locked(live.path(), patience);
    match holders(live.path()) {
        Ok(holders) if !holders.is_empty() => {
            let names: Vec<String> = holders.iter().map(|holder| format!("{} ({})", holder.command, holder.pid)).collect();
            fault.fact("holders", names)
        }
        _ => fault,
    }
}

/// Says in a fault that came too late to change anything that the image is in.
fn after_commit(fault: Fault) -> Fault {
    fault.fact("committed", true)
}

fn empty(path: &Path) -> Fault {
    Fault::refused("empty", format!("{} has no pages: there is nothing to enter the image into.", path.display()))
        .hint("Move the empty file aside, and the image in.")
        .fact("path", path.display().to_string())
}

fn read_only(path: &Path) -> Fault {
    Fault::refused("read-only", format!("{} cannot be written by this user, or its file system is read-only.", path.display()))
        .hint("Give this user permission to write the file and its folder.")
        .fact("path", path.display().to_string())
}

fn changed(path: &Path) -> Fault {
    Fault::failed(
        "target-changed",
        format!("{} was rebuilt with other pages by somebody else meanwhile; it was left alone.", path.display()),
    )
    .hint("Make a new plan.")
    .may_retry()
}
