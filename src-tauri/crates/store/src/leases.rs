//! The right to work on a target: one owner at a time, in any process. A lease is an operating-system file lock and dies with its
//! process; the text in the file says whose it is.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Fault, Instant, Millis, Outcome};
use serde::{Deserialize, Serialize};

use crate::files;

/// So often, and so long apart, a lock is tried again before it counts as held.
const PROBES: u32 = 5;
const PROBE: Duration = Duration::from_millis(1);

/// Whose a lease is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owner {
    /// The process.
    pub pid: u32,
    /// The user.
    pub who: String,
    /// What for, e.g. `Restore of shop.db (job 12)`.
    pub purpose: String,
    /// Since when.
    pub since: Instant,
}

/// Held while it lives.
#[derive(Debug)]
pub struct Lease {
    file: File,
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Closing is not enough: a child that is just being started holds a copy of the file until it runs its own program.
        let _ = self.file.unlock();
    }
}

impl Lease {
    /// Takes the lease named `key` in `folder`, or says who holds it and for how long.
    pub fn take(folder: &Path, key: &str, owner: &Owner) -> Outcome<Self> {
        files::make_folder(folder)?;
        let path = path(folder, key);
        let mut file = open(&path)?;
        match try_past_probes(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(&path, &mut file, owner.since)),
            Err(TryLockError::Error(error)) => return Err(files::fault("lock", &path, &error)),
        }
        let text = serde_json::to_vec(owner).map_err(|error| Fault::bug(format!("An owner could not be written: {error}.")))?;
        // In place: the file is the lock, so it must not be replaced by another. Readers tolerate a torn text.
        let write = |file: &mut File| -> std::io::Result<()> {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&text)
        };
        write(&mut file).map_err(|error| files::fault("write", &path, &error))?;
        Ok(Self { file })
    }

    /// True where somebody holds the lease now.
    pub fn is_held(folder: &Path, key: &str) -> Outcome<bool> {
        let path = path(folder, key);
        match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(files::fault("open", &path, &error)),
            Ok(file) => match file.try_lock_shared() {
                Ok(()) => Ok(false),
                Err(TryLockError::WouldBlock) => Ok(true),
                Err(TryLockError::Error(error)) => Err(files::fault("lock", &path, &error)),
            },
        }
    }

    /// Who holds the lease now; none where nobody does, and a nameless owner where its text cannot be read.
    pub fn holder(folder: &Path, key: &str) -> Outcome<Option<Owner>> {
        if !Self::is_held(folder, key)? {
            return Ok(None);
        }
        let text = std::fs::read(path(folder, key)).unwrap_or_default();
        let nameless = || Owner { pid: 0, who: "somebody".to_owned(), purpose: "Quarterdeck".to_owned(), since: Instant::UNIX_EPOCH };
        Ok(Some(serde_json::from_slice(&text).unwrap_or_else(|_| nameless())))
    }

    /// Removes the files of leases that nobody holds and that were last taken before `before`.
    pub fn sweep(folder: &Path, before: Instant) -> Outcome<()> {
        let entries = std::fs::read_dir(folder).map_err(|error| files::fault("read the folder", folder, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| files::fault("read the folder", folder, &error))?.path();
            let taken = path.metadata().and_then(|metadata| metadata.modified());
            let old = taken.is_ok_and(|taken| Instant::from(taken) < before);
            let key = path.file_stem().unwrap_or_default().to_string_lossy();
            if old && !Self::is_held(folder, &key)? {
                files::remove(&path)?;
            }
        }
        Ok(())
    }

    /// Removes the file of a lease that nobody will ask for again.
    pub fn discard(folder: &Path, key: &str) -> Outcome<()> {
        files::remove(&path(folder, key))
    }
}

/// Whoever asks whether a lease is held locks it for a moment, too, and must not be taken for its owner.
fn try_past_probes(file: &File) -> Result<(), TryLockError> {
    for _ in 0..PROBES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(PROBE),
            other => return other,
        }
    }
    file.try_lock()
}

fn path(folder: &Path, key: &str) -> PathBuf {
    folder.join(format!("{key}.lock"))
}

fn open(path: &Path) -> Outcome<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| files::fault("open", path, &error))
}

fn held(path: &Path, file: &mut File, now: Instant) -> Fault {
    let mut text = String::new();
    let owner: Option<Owner> = match file.read_to_string(&mut text) {
        Ok(_) => serde_json::from_str(&text).ok(),
        Err(_) => None, // the lock is what counts; without the text the sentence names nobody
    };
    let Some(owner) = owner else {
        return Fault::refused("target-busy", format!("Somebody works on this target: {} is locked.", path.display()))
            .hint("Wait for that work to end.")
            .may_retry();
    };
    let age = Millis(u64::try_from((now - owner.since).num_milliseconds()).unwrap_or(0));
    Fault::refused("target-busy", format!("{} has worked on this target for {age} ({}, process {}).", owner.purpose, owner.who, owner.pid))
        .hint("Wait for it to end, or cancel it.")
        .fact("pid", owner.pid)
        .fact("who", owner.who)
        .fact("purpose", owner.purpose)
        .may_retry()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn a_second_taker_learns_who_holds_it_and_for_how_long() {
        let folder = tempfile::tempdir().unwrap();
        let since = DateTime::UNIX_EPOCH;
        let owner = Owner { pid: 7, who: "ada".into(), purpose: "Restore of shop.db (job 12)".into(), since };
        let lease = Lease::take(folder.path(), "shop", &owner).unwrap();
        assert!(Lease::is_held(folder.path(), "shop").unwrap());
        assert_eq!(Lease::holder(folder.path(), "shop").unwrap().as_ref(), Some(&owner));
        let later = Owner { since: since + TimeDelta::seconds(90), ..owner.clone() };
        let fault = Lease::take(folder.path(), "shop", &later).unwrap_err();
        assert_eq!(fault.message, "Restore of shop.db (job 12) has worked on this target for 90 s (ada, process 7).");
        assert!(Lease::take(folder.path(), "other", &later).is_ok());
        drop(lease);
        assert!(!Lease::is_held(folder.path(), "shop").unwrap());
        assert_eq!(Lease::holder(folder.path(), "shop").unwrap(), None);
        Lease::take(folder.path(), "shop", &later).unwrap();
    }

    #[test]
    fn a_lease_that_was_given_back_is_free_although_a_child_has_a_copy_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let owner = Owner { pid: 7, who: "ada".into(), purpose: "Backup of shop".into(), since: DateTime::UNIX_EPOCH };
        let lease = Lease::take(folder.path(), "shop", &owner).unwrap();
        let _copy = lease.file.try_clone().unwrap();
        drop(lease);
        assert!(!Lease::is_held(folder.path(), "shop").unwrap());
    }
}
