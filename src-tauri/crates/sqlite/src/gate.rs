//! Keeps plain file access and SQLite connections of this process apart.
//!
//! POSIX drops all of a process's locks on a file when the process closes *any* descriptor of it
//! (<https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>). SQLite guards its own
//! ordinary connections against each other, but not against plain reads, and not against connections opened with `immutable=1` or
//! `nolock=1`. So each live connection takes a [`LivePass`], and whoever wants to touch the bytes takes a [`RawPass`], which is
//! refused while this process has the file open.

use std::{
    collections::HashMap,
    io,
    os::unix::fs::MetadataExt,
    path::Path,
    sync::{Condvar, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant as Moment},
};

type FileKey = (u64, u64);

#[derive(Default)]
struct Use {
    live: usize,
    raw: usize,
}

static USES: LazyLock<(Mutex<HashMap<FileKey, Use>>, Condvar)> = LazyLock::new(Default::default);

/// Leave to hold an SQLite connection to a file. Waits while somebody in this process reads its bytes.
pub struct LivePass(FileKey);

/// Leave to open and close a file by plain input and output.
pub struct RawPass(FileKey);

impl LivePass {
    /// Waits until nobody in this process reads the bytes. `Err` where the file cannot be found.
    pub fn take(path: &Path) -> io::Result<Self> {
        let key = key(path)?;
        let (uses, changed) = &*USES;
        let mut uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
        while uses.get(&key).is_some_and(|file| file.raw > 0) {
            uses = changed.wait(uses).unwrap_or_else(PoisonError::into_inner);
        }
        uses.entry(key).or_default().live += 1;
        Ok(Self(key))
    }

    /// The same, waiting for so long at most; `None` where somebody in this process still reads the bytes then.
    pub fn try_take(path: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let key = key(path)?;
        let begun = Moment::now();
        let (uses, changed) = &*USES;
        let mut uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
        while uses.get(&key).is_some_and(|file| file.raw > 0) {
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            uses = changed.wait_timeout(uses, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        uses.entry(key).or_default().live += 1;
        Ok(Some(Self(key)))
    }
}

impl RawPass {
    /// `None` while this process has a connection to the file: then look at it through SQLite, beside that connection.
    pub fn take(path: &Path) -> io::Result<Option<Self>> {
        key(path).map(Self::of_key)
    }

    /// The same for a file that is known by its file system and its number there.
    pub fn of(device: u64, inode: u64) -> Option<Self> {
        Self::of_key((device, inode))
    }

    fn of_key(key: FileKey) -> Option<Self> {
        let mut uses = USES.0.lock().unwrap_or_else(PoisonError::into_inner);
        let file = uses.entry(key).or_default();
        if file.live > 0 {
            return None;
        }
        file.raw += 1;
        Some(Self(key))
    }
}

impl Drop for LivePass {
    fn drop(&mut self) {
        release(self.0, |file| file.live -= 1);
    }
}

impl Drop for RawPass {
    fn drop(&mut self) {
        release(self.0, |file| file.raw -= 1);
    }
}

fn key(path: &Path) -> io::Result<FileKey> {
    let metadata = std::fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

fn release(key: FileKey, give_back: impl FnOnce(&mut Use)) {
    let (uses, changed) = &*USES;
    let mut uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = uses.get_mut(&key) {
        give_back(file);
        if file.live == 0 && file.raw == 0 {
            uses.remove(&key);
        }
    }
    changed.notify_all();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_not_touched_while_a_connection_is_open_under_any_name() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.db"), folder.path().join("b.db"));
        std::fs::write(&file, b"x").unwrap();
        std::fs::hard_link(&file, &link).unwrap();
        let live = LivePass::take(&file).unwrap();
        assert!(RawPass::take(&link).unwrap().is_none());
        drop(live);
        let raw = RawPass::take(&link).unwrap();
        assert!(raw.is_some());
        let waiting = std::thread::spawn(move || drop(LivePass::take(&file).unwrap()));
        drop(raw);
        waiting.join().unwrap();
    }

    #[test]
    fn who_has_no_patience_is_told_that_the_bytes_are_being_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        std::fs::write(&file, b"x").unwrap();
        let raw = RawPass::take(&file).unwrap();
        assert!(LivePass::try_take(&file, Duration::from_millis(5)).unwrap().is_none());
        drop(raw);
        assert!(LivePass::try_take(&file, Duration::ZERO).unwrap().is_some());
        assert!(RawPass::take(&file).unwrap().is_some(), "nothing is left of the attempt");
    }
}
