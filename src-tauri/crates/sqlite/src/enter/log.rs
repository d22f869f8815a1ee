//! Which pages were committed since, told from the write-ahead log instead of by reading everything again.
//!
//! Format: <https://www.sqlite.org/fileformat2.html#walformat>. The `-wal` file may be read as bytes beside SQLite, which takes no locks on
//! it. What is learned is only a list of page numbers; the pages themselves are read through SQLite.

use std::{fs::File, os::unix::fs::FileExt, path::Path};

use quarterdeck_store::files;
use rusqlite::Connection;

use super::page_set::PageSet;

const HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// A place in one generation of the log. Each time SQLite begins the log anew it counts the first salt up by one and draws the second
/// anew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    salts: [u32; 2],
    frames: u32,
}

/// Pages that may have changed since a position.
#[derive(Debug, PartialEq)]
pub struct Since {
    /// Pages that were committed.
    pub pages: PageSet,
    /// The smallest that the database was, in pages. Every page behind that may have changed too: one that is cut off and comes back need
    /// not be in the log.
    pub smallest: u32,
}

impl Default for Since {
    fn default() -> Self {
        Self { pages: PageSet::default(), smallest: u32::MAX }
    }
}

/// Where the log stands; `None` where that cannot be said for certain: it holds no frames (then the file's salts may be those of an
/// earlier generation), or it began anew just now. `observer` must not be inside a transaction.
pub fn position(observer: &Connection, live: &Path) -> rusqlite::Result<Option<Position>> {
    let before = salts(live);
    let frames = frames(observer)?;
    Ok(before.filter(|salts_before| frames > 0 && salts(live) == Some(*salts_before)).map(|salts| Position { salts, frames }))
}

/// True while the log has not begun anew since.
pub fn is_current(position: Position, live: &Path) -> bool {
    salts(live) == Some(position.salts)
}

/// What was committed between `from` and now; `None` where the log does not say.
///
/// Holds under three conditions: a read transaction was begun after `from` was taken and found the same salts still; it was held until
/// the write lock was taken; the write lock is held now. Then there are two cases. *Equal salts:* frames were only added. *First salt
/// one higher:* the log began anew once, which SQLite does under a held read only if that read needs nothing from the log (it holds read
/// lock 0), thus only while no frame had been added since; and it cannot happen twice, because such a read keeps new frames from being
/// checkpointed. So all frames of the new generation, and only they, are new.
pub fn since(from: Position, observer: &Connection, live: &Path, page_size: u32) -> rusqlite::Result<Option<Since>> {
    let Some(now) = position(observer, live)? else { return Ok(None) };
    let first = match now.salts {
        salts if salts == from.salts && now.frames >= from.frames => from.frames,
        salts if salts[0] == from.salts[0].wrapping_add(1) => 0,
        _ => return Ok(None),
    };
    Ok(read_frames(live, page_size, first, now))
}

/// `None` where a frame cannot be read or is of another generation.
fn read_frames(live: &Path, page_size: u32, first: u32, now: Position) -> Option<Since> {
    let log = open(live)?;
    let mut since = Since::default();
    for frame in first..now.frames {
        let mut header = [0; 24];
        log.read_exact_at(&mut header, HEADER + u64::from(frame) * (FRAME_HEADER + u64::from(page_size))).ok()?;
        let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let (page, size_after_commit) = (number(0), number(4));
        if [number(8), number(12)] != now.salts || page == 0 {
            return None;
        }
        since.pages.set(page, true);
        // Only the last frame of a transaction says how large the database is then.
        if size_after_commit != 0 {
            since.smallest = since.smallest.min(size_after_commit);
        }
    }
    Some(since)
}

/// Frames in the log, as the log's index has it: those of finished commits. -1 where there is no log.
fn frames(observer: &Connection) -> rusqlite::Result<u32> {
    let frames: i64 = observer.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1))?;
    Ok(u32::try_from(frames).unwrap_or_default())
}

fn salts(live: &Path) -> Option<[u32; 2]> {
    let mut salts = [0; 8];
    open(live)?.read_exact_at(&mut salts, 16).ok()?;
    let [a, b, c, d, e, f, g, h] = salts;
    Some([u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h])])
}

fn open(live: &Path) -> Option<File> {
    File::open(files::with_suffix(live, "-wal")).ok()
}
