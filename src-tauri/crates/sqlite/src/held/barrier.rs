//! Several databases as of one moment.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use quarterdeck_model::{Clock, Outcome};
use rusqlite::ErrorCode;

use super::{HeldRead, open_beside};
use crate::open::{self, Live};

/// How long all locks together may take: while the last one is waited for, writers of the others wait too.
const PATIENCE: Duration = Duration::from_secs(2);

/// After this a lock is asked for again.
const AGAIN: Duration = Duration::from_millis(1);

/// One held read on each database, all as of the same moment and in the order of `paths`.
///
/// For that moment the write locks of all are held (taken in the order of their paths, so that two barriers cannot wait for each other),
/// which is milliseconds unless a writer is in the middle of a transaction. After two seconds it gives up with `locked` and nobody waits
/// any more. Reads of rollback-journal databases keep their writers waiting until they are let go, as always.
///
/// `under_lock` runs while all locks are held: what it finds is true of the same moment. Writers wait for it.
pub fn barrier(paths: &[PathBuf], clock: &dyn Clock, under_lock: &mut dyn FnMut()) -> Outcome<Vec<HeldRead>> {
    let readers: Vec<Live> = paths.iter().map(|path| open_beside(path)).collect::<Outcome<_>>()?;
    let mut in_order: Vec<&PathBuf> = paths.iter().collect();
    in_order.sort();
    let locks = lock_all(&in_order)?;
    let cut_at = clock.now();
    under_lock();
    let held = readers.into_iter().map(|live| HeldRead::begin(live, cut_at)).collect();
    for lock in &locks {
        lock.execute_batch("ROLLBACK").map_err(|error| lock.fault(error))?;
    }
    held
}

/// Locks that were taken go away with their connections where a later one cannot be had.
fn lock_all(paths: &[&PathBuf]) -> Outcome<Vec<Live>> {
    let locks: Vec<Live> = paths.iter().map(|path| open::write(path)).collect::<Outcome<_>>()?;
    let until = Instant::now() + PATIENCE;
    locks.iter().try_for_each(|lock| begin(lock, until))?;
    Ok(locks)
}

/// A writer that never rests leaves only moments between its commits. SQLite's own waiting, whose pauses grow to 100 ms, can miss them
/// all; this looks a thousand times a second.
fn begin(lock: &Live, until: Instant) -> Outcome<()> {
    lock.busy_timeout(Duration::ZERO).map_err(|error| lock.fault(error))?;
    loop {
        match lock.execute_batch("BEGIN IMMEDIATE") {
            Ok(()) => return Ok(()),
            Err(error) if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) => return Err(lock.fault(error)),
            Err(_) if Instant::now() >= until => return Err(open::locked(lock.path(), PATIENCE)),
            Err(_) => std::thread::park_timeout(AGAIN),
        }
    }
}
