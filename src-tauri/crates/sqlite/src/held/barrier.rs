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
    for lock in &locks {
        let left = until.saturating_duration_since(Instant::now());
        lock.busy_timeout(left).and_then(|()| lock.execute_batch("BEGIN IMMEDIATE")).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy) => open::locked(lock.path(), PATIENCE),
            _ => lock.fault(error),
        })?;
    }
    Ok(locks)
}
