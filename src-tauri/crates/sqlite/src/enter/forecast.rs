//! How long writers will wait, said beforehand.

use quarterdeck_model::Millis;

/// Locking, comparing versions, the journal of our own, and one sync of an ordinary disk.
const BASE: u64 = 100;

/// Differing pages are read, written, read back and synced at no less than this, in bytes a millisecond. Measured on a busy machine with
/// one virtual disk: about four times as fast.
const WRITE: u64 = 50_000;

/// Pages are compared from memory at no less than this, in bytes a millisecond. Measured: about three times as fast.
const COMPARE: u64 = 300_000;

/// What writers will wait for, at most, while an image is entered. `differing` and `live_pages` are numbers of pages.
///
/// Base + differing bytes at 50 MB/s, twice that under a rollback journal, where each old page is written too. There, the whole
/// database is also compared again (at 300 MB/s) if somebody commits between the first pass and the lock; in WAL mode the log
/// tells what was committed.
pub fn lock_forecast(differing: u64, live_pages: u64, page_size: u32, journal_mode: &str) -> Millis {
    let bytes = |pages: u64| pages.saturating_mul(u64::from(page_size));
    let write = bytes(differing) / WRITE;
    Millis(match journal_mode {
        "wal" => BASE + write,
        _ => BASE + write * 2 + bytes(live_pages) / COMPARE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollback_journal_costs_more() {
        assert_eq!(lock_forecast(10_000, 250_000, 4096, "wal"), Millis(919));
        assert_eq!(lock_forecast(10_000, 250_000, 4096, "delete"), Millis(5151));
    }
}
