//! One writer at a time. The format has locks of its own, but the library neither writes nor honours them; this one is an operating
//! system's file lock that dies with its process, and it says who holds it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, Instant as Moment},
};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use quarterdeck_model::{Fault, Instant, Millis, Outcome};
use quarterdeck_store::files;
use serde::{Deserialize, Serialize};

use super::{
    Lock, Owner,
    shelf::{self, Content, Shelf},
};

/// Our own folder inside the repository; restic looks only at the names that it knows.
pub(super) const OWN_FOLDER: &str = "quarterdeck";

/// How long a writer waits for one that gives way, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// What a writer that was killed left half written is removed once it is this old: by then no other program is still at it.
const ABANDONED_AFTER: TimeDelta = TimeDelta::hours(1);

/// restic renews its locks every five minutes, and takes one that was not renewed for this long for abandoned.
const STALE_AFTER: TimeDelta = TimeDelta::minutes(30);

/// The right to write to the repository, until it is dropped.
pub(super) struct WriteLock(File);

impl Drop for WriteLock {
    fn drop(&mut self) {
        // Closing is not enough: a child that is just being started holds a copy of the file until it runs its own program.
        let _ = self.0.unlock();
    }
}

#[derive(Serialize, Deserialize)]
struct Holder {
    pid: u32,
    who: String,
    since: Instant,
    /// True for one that works in slices and lets others in between two of them.
    #[serde(default)]
    gives_way: bool,
}

impl WriteLock {
    /// Takes the lock or says who has it (`repository-busy`), then clears away what killed writers left behind. Where its holder works in
    /// slices, waits for the end of the present one.
    pub(super) fn take(folder: &Path, owner: &Owner) -> Outcome<Self> {
        let held = Self::try_take(folder, owner, false);
        match held {
            Err(Refused { gives_way: true, .. }) => Self::wait(folder, owner),
            held => held.map_err(|refused| refused.fault),
        }
    }

    /// The same for somebody who works in slices, to be let go after each.
    pub(super) fn take_giving_way(folder: &Path, owner: &Owner) -> Outcome<Self> {
        Self::try_take(folder, owner, true).map_err(|refused| refused.fault)
    }

    fn wait(folder: &Path, owner: &Owner) -> Outcome<Self> {
        let path = waiting(folder);
        let sign = open(&path)?;
        sign.lock_shared().map_err(|error| files::fault("lock", &path, &error))?;
        let since = Moment::now();
        let taken = loop {
            match Self::try_take(folder, owner, false) {
                Err(Refused { gives_way: true, .. }) if since.elapsed() < PATIENCE => std::thread::sleep(LOOK),
                taken => break taken.map_err(|refused| refused.fault),
            }
        };
        // Closing is not enough here either.
        let _ = sign.unlock();
        taken
    }

    fn try_take(folder: &Path, owner: &Owner, gives_way: bool) -> Result<Self, Refused> {
        files::make_folder(&folder.join(OWN_FOLDER))?;
        let path = folder.join(OWN_FOLDER).join("writer.lock");
        let mut file = open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy(folder, &mut file, owner)),
            Err(TryLockError::Error(error)) => return Err(files::fault("lock", &path, &error).into()),
        }
        sign(&mut file, owner, gives_way).map_err(|error| files::fault("write", &path, &error))?;
        clear_abandoned(folder, owner.since)?;
        Ok(Self(file))
    }
}

/// Why the lock was not taken.
struct Refused {
    fault: Fault,
    /// True where its holder works in slices.
    gives_way: bool,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { fault, gives_way: false }
    }
}

/// True where a writer waits for somebody who works in slices.
pub(super) fn is_awaited(folder: &Path) -> Outcome<bool> {
    let path = waiting(folder);
    if !path.exists() {
        return Ok(false);
    }
    let sign = open(&path)?;
    match sign.try_lock() {
        Ok(()) => {
            let _ = sign.unlock();
            Ok(false)
        }
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(files::fault("lock", &path, &error)),
    }
}

/// Whoever waits holds a share of the lock on this file; it too dies with its process.
fn waiting(folder: &Path) -> PathBuf {
    folder.join(OWN_FOLDER).join("waiting.lock")
}

fn open(path: &Path) -> Outcome<File> {
    let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    options.map_err(|error| files::fault("write to the repository's lock", path, &error))
}

/// Written in place: another file under this name would be another lock.
fn sign(file: &mut File, owner: &Owner, gives_way: bool) -> std::io::Result<()> {
    let holder = Holder { pid: std::process::id(), who: owner.who.clone(), since: owner.since, gives_way };
    file.set_len(0)?;
    file.write_all(serde_json::to_string(&holder)?.as_bytes())
}

fn busy(folder: &Path, file: &mut File, owner: &Owner) -> Refused {
    let mut text = String::new();
    let holder = file.read_to_string(&mut text).map_err(serde_json::Error::io).and_then(|_| serde_json::from_str::<Holder>(&text));
    let name = folder.display();
    let gives_way = holder.as_ref().is_ok_and(|holder| holder.gives_way);
    let fault = match holder {
        Ok(Holder { pid, who, since, .. }) => {
            let age = Millis((owner.since - since).num_milliseconds().max(0).unsigned_abs());
            Fault::failed("repository-busy", format!("{who} (process {pid}) has been writing to the repository in {name} for {age}."))
                .fact("who", who)
                .fact("pid", pid)
                .fact("since", since.to_rfc3339())
                .fact("age-ms", age.0)
        }
        // The moment between taking the lock and signing it.
        Err(_) => Fault::failed("repository-busy", format!("Another process has just begun to write to the repository in {name}.")),
    };
    let fault = fault.hint("Wait until it has ended, then try again.").fact("path", name.to_string()).may_retry();
    Refused { fault, gives_way }
}

/// Who holds the lock now. The kernel's list of locks is read instead of trying the lock: a try would be in the way of a writer.
pub(super) fn holder(folder: &Path, host: &str) -> Option<Lock> {
    let path = folder.join(OWN_FOLDER).join("writer.lock");
    let inode = fs::metadata(&path).ok()?.ino();
    let Holder { pid, who, since, .. } = serde_json::from_str(&fs::read_to_string(&path).ok()?).ok()?;
    let held = fs::read_to_string("/proc/locks").ok()?.lines().any(|line| {
        // As in `1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF` (proc_locks(5)).
        let words: Vec<&str> = line.split_whitespace().collect();
        words.get(1) == Some(&"FLOCK")
            && words.get(4).is_some_and(|word| *word == pid.to_string())
            && words.get(5).and_then(|place| place.rsplit(':').next()).is_some_and(|word| *word == inode.to_string())
    });
    held.then(|| Lock { restic: None, who, host: host.to_owned(), pid, since, exclusive: true, dead: false })
}

/// restic's own locks. It renews a lock every five minutes as long as it works; whether its process lives can be told on this host only.
/// A lock that cannot be read is passed over here: the key does not open it, so it is another repository's.
pub(super) fn of_restic(shelf: &Shelf, host: &str) -> Outcome<Vec<Lock>> {
    let mut locks = Vec::new();
    for id in shelf::names(&shelf.folder, "locks")? {
        let name = id.to_hex().to_string();
        let Content::Read(bytes) = shelf::content(&shelf.folder.join("locks").join(&name))? else { continue };
        let Some(plain) = shelf.seal.open_file(&bytes) else { continue };
        let Ok(lock) = serde_json::from_slice::<ResticLock>(&plain) else { continue };
        let dead = lock.hostname == host && !Path::new("/proc").join(lock.pid.to_string()).exists();
        let (exclusive, since) = (lock.exclusive, lock.time.to_utc());
        locks.push(Lock { restic: Some(name), who: lock.username, host: lock.hostname, pid: lock.pid, since, exclusive, dead });
    }
    Ok(locks)
}

/// A lock as restic writes it (<https://restic.readthedocs.io/en/stable/100_references.html#locks>).
#[derive(Deserialize)]
struct ResticLock {
    time: DateTime<FixedOffset>,
    #[serde(default)]
    hostname: String,
    #[serde(default)]
    username: String,
    pid: u32,
    #[serde(default)]
    exclusive: bool,
}

/// Refuses where restic may be removing what a writer relies on: it holds an exclusive lock, its process is not known to have ended, and it
/// has renewed the lock lately.
pub(super) fn ensure_no_exclusive(shelf: &Shelf, owner: &Owner) -> Outcome<()> {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let locks = of_restic(shelf, host.trim())?;
    let Some(lock) = locks.iter().find(|lock| lock.exclusive && !lock.dead && owner.since - lock.since < STALE_AFTER) else {
        return Ok(());
    };
    let (name, Lock { who, host, pid, .. }) = (shelf.folder.display(), lock);
    Err(Fault::failed("repository-busy", format!("restic works alone on the repository in {name} ({who}, process {pid} on {host})."))
        .hint("Wait until it has ended; if it has, run: restic unlock")
        .fact("who", who.clone())
        .fact("pid", *pid)
        .fact("path", name.to_string())
        .may_retry())
}

/// Removes half-written files (`ID-tmp-`), which nothing else ever would.
fn clear_abandoned(folder: &Path, now: Instant) -> Outcome<()> {
    let data = folder.join("data");
    let mut places = vec![folder.to_owned(), data.clone()];
    places.extend(["index", "keys", "snapshots"].map(|name| folder.join(name)));
    places.extend(entries(&data)?);
    for place in places {
        for file in entries(&place)? {
            let half_written = file.file_name().is_some_and(|name| name.to_string_lossy().contains("-tmp-"));
            if half_written && written_at(&file).is_some_and(|then| now - then > ABANDONED_AFTER) {
                files::remove(&file)?;
            }
        }
    }
    Ok(())
}

fn written_at(file: &Path) -> Option<DateTime<Utc>> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok().map(DateTime::from)
}

/// What lies in a folder; nothing where there is no such folder.
fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(files::fault("list", folder, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(who: &str, at: &str) -> Owner {
        Owner { who: who.into(), since: at.parse().unwrap() }
    }

    #[test]
    fn a_second_writer_is_told_who_writes_and_since_when() {
        let folder = tempfile::tempdir().unwrap();
        let held = WriteLock::take(folder.path(), &owner("ada", "2026-03-01T02:00:00Z")).unwrap();
        let fault = WriteLock::take(folder.path(), &owner("bob", "2026-03-01T02:00:42Z")).err().unwrap();
        assert!(fault.is("repository-busy") && fault.retry, "{fault}");
        assert!(fault.message.starts_with(&format!("ada (process {})", std::process::id())), "{fault}");
        assert!(fault.message.contains("for 42 s"), "{fault}");
        drop(held);
        WriteLock::take(folder.path(), &owner("bob", "2026-03-01T02:01:00Z")).unwrap();
    }

    #[test]
    fn a_writer_waits_for_one_that_gives_way_and_is_seen_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let pruning = WriteLock::take_giving_way(folder.path(), &owner("ada", "2026-03-01T02:00:00Z")).unwrap();
        assert!(!is_awaited(folder.path()).unwrap());
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| WriteLock::take(folder.path(), &owner("bob", "2026-03-01T02:00:01Z")).map(drop));
            while !is_awaited(folder.path()).unwrap() {
                std::thread::yield_now();
            }
            assert!(WriteLock::take_giving_way(folder.path(), &owner("eve", "2026-03-01T02:00:02Z")).err().unwrap().is("repository-busy"));
            drop(pruning);
            writer.join().unwrap().unwrap();
        });
        assert!(!is_awaited(folder.path()).unwrap());
    }

    #[test]
    fn half_written_files_go_once_nobody_can_still_be_at_them() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data/0a");
        fs::create_dir_all(&data).unwrap();
        let (old, young, whole) = (data.join("0a11-tmp-"), data.join("0a22-tmp-"), data.join("0a33"));
        for path in [&old, &young, &whole] {
            fs::write(path, b"x").unwrap();
        }
        let written = written_at(&old).unwrap();
        File::options().write(true).open(&young).unwrap().set_modified((written + TimeDelta::hours(2)).into()).unwrap();
        let later = Owner { who: "ada".into(), since: written + TimeDelta::minutes(90) };
        WriteLock::take(folder.path(), &later).unwrap();
        assert!(!old.exists() && young.exists() && whole.exists());
    }
}
