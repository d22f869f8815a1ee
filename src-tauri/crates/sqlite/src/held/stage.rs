//! A fast copy to a file, for databases whose writers wait meanwhile.

use std::{
    fs::File,
    io::Write,
    path::Path,
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    time::{Duration, Instant},
};

use quarterdeck_model::{Digest, Fault, JobCtx, Millis, Outcome};
use quarterdeck_store::files;

use super::{HeldRead, ImageFacts, open_beside, pages, pragma};

/// Portions of about a megabyte that wait for a slow disk; more hides short hesitations of the disk from the writers.
const WAITING: usize = 64;

/// How often a full queue is tried again.
const RETRY: Duration = Duration::from_millis(1);

/// A disk that reads and writes at the same time is faster than this, unless it is failing or drowned in other work.
const BYTES_A_MILLISECOND: u64 = 100_000;

/// What opening, locking, waiting for a processor and letting go cost on a machine that is busy with other work.
const OVERHEAD: u64 = 2_000;

/// A finished copy.
#[derive(Debug, Clone, PartialEq)]
pub struct Staged {
    /// What it is.
    pub facts: ImageFacts,
    /// SHA-256 of the file.
    pub sha256: Digest,
}

/// Copies the image to a file that must not exist (0600, synced), and lets the read go before it waits for the disk.
///
/// Once the read was held for `limit`, it is let go and the fault is `stall-exceeded`: so the announced stall is an upper bound. A copy
/// that was not finished is removed.
pub fn stage(held: HeldRead, to: &Path, limit: Option<Duration>, ctx: &JobCtx) -> Outcome<Staged> {
    let file = files::create_new(to)?;
    let staged = copy(held, &file, to, limit, ctx).and_then(|staged| {
        file.sync_all().map_err(|error| files::fault("write", to, &error))?;
        files::sync_folder_of(to)?;
        Ok(staged)
    });
    if staged.is_err() {
        files::remove(to)?;
    }
    staged
}

/// An upper bound for how long writers of this database will wait while it is staged; `None` in WAL mode, where they never do.
///
/// Two seconds, and the database's size at 100 MB/s, which [`stage()`] then holds by giving up.
pub fn expected_stall(path: &Path) -> Outcome<Option<Millis>> {
    let (mode, time) = mode_and_time(path)?;
    Ok((mode != "wal").then_some(time))
}

/// The same bound for a copy that is made while somebody holds the write lock: then writers wait in every mode.
pub fn copy_time(path: &Path) -> Outcome<Millis> {
    mode_and_time(path).map(|(_, time)| time)
}

fn mode_and_time(path: &Path) -> Outcome<(String, Millis)> {
    let live = open_beside(path)?;
    let ask = || -> rusqlite::Result<(String, i64, i64)> {
        Ok((pragma(&live, "journal_mode")?, pragma(&live, "page_count")?, pragma(&live, "page_size")?))
    };
    let (mode, pages, page_size) = ask().map_err(|error| live.fault(error))?;
    Ok((mode, Millis(OVERHEAD + pages.unsigned_abs() * page_size.unsigned_abs() / BYTES_A_MILLISECOND)))
}

/// Reads on one thread and writes on another, so that a disk that hangs cannot keep the read held beyond its limit.
fn copy(held: HeldRead, file: &File, to: &Path, limit: Option<Duration>, ctx: &JobCtx) -> Outcome<Staged> {
    let facts = held.facts.clone();
    let (sender, receiver) = sync_channel(WAITING);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let deadline = limit.and_then(|limit| held.since.checked_add(limit));
            pages::scan(&held, ctx, |portion| send(&sender, portion, deadline, &held))
        });
        let written = write(receiver, file, to);
        let read = reader.join().unwrap_or_else(|_| Err(Fault::bug("The thread that reads the pages panicked.")));
        // Where the disk failed, the read ended only because of that.
        written?;
        read.map(|sha256| Staged { facts, sha256 })
    })
}

fn write(portions: Receiver<Vec<u8>>, mut file: &File, to: &Path) -> Outcome<()> {
    portions.iter().try_for_each(|portion| file.write_all(&portion)).map_err(|error| files::fault("write", to, &error))
}

fn send(to: &SyncSender<Vec<u8>>, mut portion: Vec<u8>, deadline: Option<Instant>, held: &HeldRead) -> Outcome<()> {
    loop {
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(exceeded(held));
        }
        match to.try_send(portion) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Disconnected(_)) => return Err(pages::abandoned()),
            Err(TrySendError::Full(back)) => portion = back,
        }
        std::thread::park_timeout(RETRY);
    }
}

fn exceeded(held: &HeldRead) -> Fault {
    let waited = Millis::from(held.since.elapsed());
    Fault::failed("stall-exceeded", format!("Copying {} took longer than writers may wait, so it was stopped.", held.live.path().display()))
        .hint("Try again when the disk is less busy, or allow a longer stall.")
        .fact("held_ms", waited.0)
        .may_retry()
}
