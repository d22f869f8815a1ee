//! Who else has a database open, and what they do with it right now. Only looks at what the kernel tells (`/proc`): opens no file, takes
//! no lock. On systems without `/proc` nobody is found.
//!
//! The bytes on which SQLite puts its locks: <https://www.sqlite.org/src/doc/trunk/src/os.h> (`PENDING_BYTE` and following) in the
//! database, <https://www.sqlite.org/walformat.html#the_wal_index_file_format> (`aLock`) in `-shm`. The form of `/proc/locks`: proc(5).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    os::unix::fs::MetadataExt,
    path::Path,
};

use quarterdeck_model::{Outcome, inspection::Tone, restore::Holder};
use quarterdeck_store::files;

/// Other processes that have the database or one of its sidecars open, by process id.
///
/// Processes whose files this user may not list are found only by the locks that they hold. `Err` where the database cannot be found.
pub fn holders(path: &Path) -> Outcome<Vec<Holder>> {
    let uses = uses(path)?;
    Ok(uses.iter().map(|(&pid, held)| held.holder(pid)).collect())
}

/// True while another process has the database open; false where nobody can be seen, and where there is no such file.
pub fn in_use(path: &Path) -> bool {
    uses(path).is_ok_and(|uses| !uses.is_empty())
}

/// Which of many databases have their write-ahead log used by another process now, as device and inode of each database.
///
/// All processes are looked at once, however many databases there are; where no database has the shared memory of a log beside it, none is.
pub fn logs_in_use(databases: &[&Path]) -> BTreeSet<(u64, u64)> {
    let place = |path: &Path| fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino()));
    // A database that is not there is in nobody's use; whoever measures it says so.
    let index = |path: &&Path| {
        let database = path.canonicalize().ok()?;
        Some((place(&files::with_suffix(&database, "-shm")).ok()?, place(&database).ok()?))
    };
    let indexes: BTreeMap<(u64, u64), (u64, u64)> = databases.iter().filter_map(index).collect();
    if indexes.is_empty() {
        return BTreeSet::new();
    }
    let mut used = BTreeSet::new();
    let mut asked = BTreeSet::new();
    for pid in processes() {
        let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { continue };
        asked.insert(pid);
        let named = |descriptor: &fs::DirEntry| fs::read_link(descriptor.path()).is_ok_and(|link| is_wal_index(&link));
        // One that was closed since it was listed uses nothing.
        let open = descriptors.flatten().filter(named).filter_map(|descriptor| place(&descriptor.path()).ok());
        used.extend(open.filter_map(|place| indexes.get(&place)));
    }
    // Processes of other users may not be asked; their locks are known.
    for lock in fs::read_to_string("/proc/locks").unwrap_or_default().lines().filter_map(Lock::parse) {
        let here = |(device, inode): &(u64, u64)| lock.is_on(*device, *inode);
        if lock.pid != std::process::id() && !asked.contains(&lock.pid) {
            used.extend(indexes.iter().filter(|(index, _)| here(index)).map(|(_, database)| *database));
        }
    }
    used
}

/// True for a path as the kernel tells it, where the file may be gone.
fn is_wal_index(link: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let bytes = link.as_os_str().as_bytes();
    bytes.strip_suffix(b" (deleted)").unwrap_or(bytes).ends_with(b"-shm")
}

/// What one process holds.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// It was asked itself.
    asked: bool,
    /// It has the shared memory of the write-ahead log open: it uses the database in WAL mode.
    pub(crate) wal_index: bool,
    /// It holds the lock of a reader on the database. In WAL mode every connection does, for as long as it is open.
    shared: bool,
    reads_wal: bool,
    writing: bool,
    exclusive: bool,
}

/// What each other process holds, by process id.
pub(crate) fn uses(path: &Path) -> Outcome<BTreeMap<u32, Held>> {
    let database = path.canonicalize().map_err(|error| files::fault("find", path, &error))?;
    let family = Family::of(&database);
    let mut uses: BTreeMap<u32, Held> = BTreeMap::new();
    for pid in processes() {
        for (member, locks) in family.open_in(pid) {
            let held = uses.entry(pid).or_default();
            held.asked = true;
            held.wal_index |= member == Member::WalIndex;
            locks.lines().filter_map(Lock::parse).for_each(|lock| held.add(&lock, member));
        }
    }
    // The list of all locks is read in pieces, between which it may change: it only serves for processes that cannot be asked themselves.
    for lock in fs::read_to_string("/proc/locks").unwrap_or_default().lines().filter_map(Lock::parse) {
        let own = lock.pid == std::process::id();
        if let Some(member) = family.locked_by(&lock).filter(|_| !own && !uses.get(&lock.pid).is_some_and(|held| held.asked)) {
            uses.entry(lock.pid).or_default().add(&lock, member);
        }
    }
    Ok(uses)
}

impl Held {
    /// True for a process that may change the database, or its sidecars, at any moment.
    pub(crate) fn may_change(&self) -> bool {
        self.wal_index || self.writing || self.exclusive
    }

    fn add(&mut self, lock: &Lock, member: Member) {
        const PENDING: u64 = 0x4000_0000;
        const RESERVED: u64 = PENDING + 1;
        const SHARED: u64 = PENDING + 2;
        const WAL_WRITE: u64 = 120;
        const WAL_FIRST_READ: u64 = 123;
        const WAL_LAST_READ: u64 = 127;
        match member {
            Member::Database if lock.write && lock.covers(SHARED, SHARED + 509) => self.exclusive = true,
            Member::Database if lock.write => self.writing |= lock.covers(PENDING, RESERVED),
            Member::Database => self.shared |= lock.covers(SHARED, SHARED + 509),
            Member::WalIndex => {
                self.writing |= lock.write && lock.covers(WAL_WRITE, WAL_WRITE);
                self.wal_index = true;
                self.reads_wal |= !lock.write && lock.covers(WAL_FIRST_READ, WAL_LAST_READ);
            }
            Member::Other => {}
        }
    }

    fn holder(&self, pid: u32) -> Holder {
        let (does, then, tone) = match () {
            () if self.exclusive => ("exclusive", "lets nobody else in; nothing can begin before it lets go", Tone::Critical),
            () if self.writing => ("writing", "is waited for; goes on in the restored rows", Tone::Attention),
            () if self.reads_wal => ("reading", "goes on, and reads the restored rows next", Tone::Ok),
            () if self.shared && !self.wal_index => ("reading", "is waited for; reads the restored rows next", Tone::Ok),
            () => ("open", "goes on, and reads the restored rows next", Tone::Ok),
        };
        let command =
            fs::read_to_string(format!("/proc/{pid}/comm")).map_or_else(|_| "unknown".to_owned(), |name| name.trim_end().to_owned());
        Holder { pid, command, does: does.to_owned(), then: then.to_owned(), tone }
    }
}

/// A file, or a part of it, that belongs to one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Database,
    WalIndex,
    Other,
}

/// The database and its sidecars, as the kernel knows them.
struct Family(Vec<(Member, u64, u64)>);

impl Family {
    fn of(database: &Path) -> Self {
        let mut files = Vec::new();
        for (member, suffix) in [(Member::Database, ""), (Member::WalIndex, "-shm"), (Member::Other, "-wal"), (Member::Other, "-journal")] {
            if let Ok(metadata) = fs::metadata(files::with_suffix(database, suffix)) {
                files.push((member, metadata.dev(), metadata.ino()));
            }
        }
        Self(files)
    }

    /// Which of the files a process has open, with the locks that it holds on each; none where this user may not look.
    fn open_in(&self, pid: u32) -> Vec<(Member, String)> {
        let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return Vec::new() };
        let open = |descriptor: fs::DirEntry| -> io::Result<Option<(Member, String)>> {
            // Sockets and pipes have no path; asking a dead network file system for anything would hang.
            if !fs::read_link(descriptor.path())?.is_absolute() {
                return Ok(None);
            }
            let metadata = fs::metadata(descriptor.path())?;
            let same = |(_, device, inode): &&(Member, u64, u64)| (*device, *inode) == (metadata.dev(), metadata.ino());
            let Some((member, ..)) = self.0.iter().find(same) else { return Ok(None) };
            let number = descriptor.file_name();
            let locks = fs::read_to_string(format!("/proc/{pid}/fdinfo/{}", number.to_string_lossy()))?;
            Ok(Some((*member, locks)))
        };
        // A descriptor that was closed since it was listed is no error.
        descriptors.flatten().filter_map(|descriptor| open(descriptor).unwrap_or_default()).collect()
    }

    fn locked_by(&self, lock: &Lock) -> Option<Member> {
        self.0.iter().find(|(_, device, inode)| lock.is_on(*device, *inode)).map(|(member, ..)| *member)
    }
}

/// One lock, as in `1: POSIX  ADVISORY  READ 812 fd:01:5678 1073741826 1073742335` of `/proc/locks`, or the same behind `lock:` in
/// `/proc/PID/fdinfo/FD`.
#[derive(Debug, PartialEq)]
struct Lock {
    write: bool,
    pid: u32,
    device: (u32, u32),
    inode: u64,
    first: u64,
    last: u64,
}

impl Lock {
    /// `None` for locks of other kinds, for processes that only wait (`->`), and for processes that cannot be seen from here.
    fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.trim_start_matches("lock:").split_whitespace().collect();
        let [_, "POSIX", _, mode, pid, place, first, last] = fields[..] else { return None };
        let mut place = place.split(':');
        let device = (u32::from_str_radix(place.next()?, 16).ok()?, u32::from_str_radix(place.next()?, 16).ok()?);
        let inode = place.next()?.parse().ok()?;
        let last = if last == "EOF" { u64::MAX } else { last.parse().ok()? };
        let pid = pid.parse().ok().filter(|pid| *pid > 0)?;
        Some(Self { write: mode == "WRITE", pid, device, inode, first: first.parse().ok()?, last })
    }

    fn is_on(&self, device: u64, inode: u64) -> bool {
        inode == self.inode && (rustix::fs::major(device), rustix::fs::minor(device)) == self.device
    }

    fn covers(&self, first: u64, last: u64) -> bool {
        self.first <= last && first <= self.last
    }
}

/// Every process but this one.
fn processes() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pid = |entry: fs::DirEntry| entry.file_name().to_str().and_then(|name| name.parse().ok());
    entries.flatten().filter_map(pid).filter(|pid| *pid != std::process::id()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_testkit::{Peer, Scratch, shop};

    fn does(path: &Path) -> Vec<(u32, String, String)> {
        holders(path).unwrap().into_iter().map(|holder| (holder.pid, holder.command, holder.does)).collect()
    }

    #[test]
    fn a_peer_in_wal_mode_is_seen_open_reading_and_writing() {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 20, "wal");
        assert!(!in_use(&path));
        let mut peer = Peer::open(&path);
        let pid = peer.pid();
        let seen = |does: &str| vec![(pid, "sqlite3".to_owned(), does.to_owned())];
        peer.run("SELECT count(*) FROM orders;");
        assert_eq!(does(&path), seen("open"));
        assert!(in_use(&path));
        peer.run("BEGIN; SELECT count(*) FROM orders;");
        assert_eq!(does(&path), seen("reading"));
        peer.run("COMMIT; BEGIN IMMEDIATE;");
        assert_eq!(does(&path), seen("writing"));
        peer.quit();
        assert!(does(&path).is_empty());
    }

    #[test]
    fn a_peer_with_a_rollback_journal_is_seen_reading_writing_and_exclusive() {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        shop(&path, 20, "delete");
        let mut peer = Peer::open(&path);
        let mut after = |sql: &str| {
            peer.run(sql);
            does(&path).pop().unwrap().2
        };
        assert_eq!(after("SELECT count(*) FROM orders;"), "open");
        assert_eq!(after("BEGIN; SELECT count(*) FROM orders;"), "reading");
        assert_eq!(after("UPDATE orders SET cents = 1;"), "writing");
        assert_eq!(after("COMMIT; BEGIN EXCLUSIVE;"), "exclusive");
        assert_eq!(holders(&path).unwrap()[0].tone, Tone::Critical);
    }

    #[test]
    fn a_link_is_the_file_and_a_missing_file_has_no_holders() {
        let scratch = Scratch::new();
        let (path, link) = (scratch.file("shop.db"), scratch.file("link.db"));
        shop(&path, 20, "delete");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut peer = Peer::open(&link);
        peer.run("BEGIN IMMEDIATE;");
        assert_eq!(does(&path), does(&link));
        assert_eq!(does(&path)[0].2, "writing");
        assert!(holders(&scratch.file("gone.db")).unwrap_err().is("file-missing"));
        assert!(!in_use(&scratch.file("gone.db")));
    }

    #[test]
    fn of_many_databases_those_whose_log_is_in_use_are_found_at_once() {
        let scratch = Scratch::new();
        let paths = ["a.db", "b.db", "c.db"].map(|name| scratch.file(name));
        shop(&paths[0], 20, "wal");
        shop(&paths[1], 20, "wal");
        shop(&paths[2], 20, "delete");
        let all: Vec<&Path> = paths.iter().map(|path| &**path).collect();
        assert!(logs_in_use(&all).is_empty());
        let mut peers: Vec<Peer> = paths[1..].iter().map(|path| Peer::open(path)).collect();
        peers.iter_mut().for_each(|peer| drop(peer.run("SELECT count(*) FROM orders;")));
        let of = |path: &Path| fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino())).unwrap();
        assert_eq!(logs_in_use(&all), BTreeSet::from([of(&paths[1])]));
        assert!(logs_in_use(&[&scratch.file("gone.db")]).is_empty());
    }

    #[test]
    fn lines_of_proc_locks_are_read() {
        let lock = Lock::parse("14: POSIX  ADVISORY  WRITE 812 fd:1f:5678 1073741824 EOF").unwrap();
        assert_eq!(lock, Lock { write: true, pid: 812, device: (0xfd, 0x1f), inode: 5678, first: 1_073_741_824, last: u64::MAX });
        assert_eq!(Lock::parse("lock:\t1: POSIX  ADVISORY  READ 812 fd:1f:5678 120 120").unwrap().first, 120);
        assert_eq!(Lock::parse("14: -> POSIX  ADVISORY  WRITE 812 fd:1f:5678 0 EOF"), None);
        assert_eq!(Lock::parse("15: OFDLCK ADVISORY  READ -1 fd:1f:5678 0 EOF"), None);
        assert_eq!(Lock::parse("16: FLOCK  ADVISORY  WRITE 812 fd:1f:5678 0 EOF"), None);
    }
}
