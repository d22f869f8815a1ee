//! The repository: where snapshots live, encrypted and compressed, in restic's open format
//! (<https://restic.readthedocs.io/en/stable/100_references.html>). No type of the library behind it leaves this module.

mod care;
mod entry;
mod failure;
mod folder;
mod inspect;
mod listing;
mod lock;
mod open;
mod packs;
mod prune;
mod repair;
mod seal;
mod shelf;
mod source;
mod spare;
mod stored;
mod survey;
mod trees;
mod verify;
mod walk;
mod watched;

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
    time::SystemTime,
};

use quarterdeck_model::{Bytes, Instant, JobCtx, Millis, Outcome, snapshot::SnapshotId};

use crate::secret::Password;

pub use care::{Care, Cure, Cured, Flow, LastRead, Lock, PackFile, PackRead, Reads, Size, Survey, Trouble};
pub use entry::{About, Moment, StoredEntry, StoredKind, Visitor, Wanted};
pub use open::{Compression, create, create_with, open, open_for_care};

/// One repository, opened with a password. Opening costs about half a second (the key is stretched on purpose): keep it.
///
/// It holds no file open and caches nothing of the content, so that it always tells the present state of the folder. All calls
/// block; writers exclude each other across processes (`repository-busy`), readers never wait.
pub trait Repository: Care + Send + Sync {
    /// Where it lies.
    fn folder(&self) -> &Path;

    /// Stores files as one new snapshot. Progress counts the bytes that were read from them.
    ///
    /// If any file cannot be read to its last byte, if anything cannot be written, or if `ctx` is cancelled, no snapshot comes into
    /// being and the first fault is returned; a reader reports its own by an [`std::io::Error`] that holds a `Fault`. What was
    /// written until then is not referenced by anything.
    fn add(&self, files: Vec<SourceFile>, note: &Note, owner: &Owner, ctx: &JobCtx) -> Outcome<AddedSnapshot>;

    /// Confirms from what lies in the folder that the snapshot holds each file with exactly the given size, and that every piece
    /// of them is in the index and in a file that is long enough (`snapshot-incomplete`, `snapshot-damaged`). Reads no content.
    fn verify(&self, id: &SnapshotId, expected: &[(String, u64)]) -> Outcome<()>;

    /// The same, with one look at the index for it and for what is read: also confirms that files which were taken over are made of
    /// exactly the pieces of the file that they were taken from, and returns the content of the (small) files `read`.
    fn confirm(&self, id: &SnapshotId, expected: &[Expected], read: &[String]) -> Outcome<Vec<Vec<u8>>>;

    /// The snapshots in it, oldest first.
    fn snapshots(&self) -> Outcome<Listing> {
        self.snapshots_since(&Listing::default())
    }

    /// The same, faster where most of them are in an earlier listing of this repository.
    fn snapshots_since(&self, known: &Listing) -> Outcome<Listing>;

    /// Size of a file in a snapshot, in bytes (`snapshot-missing`, `snapshot-incomplete`).
    fn file_size(&self, id: &SnapshotId, path: &str) -> Outcome<u64>;

    /// Reads a file of a snapshot in order, handing each piece to `sink`, and returns its size in bytes.
    ///
    /// A fault of `sink` ends the reading and is returned as it is. Content that is damaged or missing is `snapshot-damaged`: then
    /// `sink` has seen the pieces before it, all of them authentic.
    fn read_file(&self, id: &SnapshotId, path: &str, sink: &mut Sink<'_>, ctx: &JobCtx) -> Outcome<u64>;

    /// Opens files of a snapshot that are read here and there; they stay readable while this is kept, and every read heeds `ctx`.
    fn open_files(&self, id: &SnapshotId, paths: &[String], ctx: &JobCtx) -> Outcome<Box<dyn Stored>>;

    /// Looks through everything below a folder of a snapshot, in the order of names. Content is handed over as it is read, all of it
    /// authentic. Faults: those of reading, `unsafe-entry` for a name that would lead out of the folder, and those of the visitor.
    fn walk(&self, id: &SnapshotId, path: &str, visitor: &mut dyn Visitor, ctx: &JobCtx) -> Outcome<()>;

    /// Compares the index with what lies in the folder; with `read_data` also reads and decrypts everything.
    fn check(&self, read_data: bool, ctx: &JobCtx) -> Outcome<Condition>;

    /// Takes a snapshot off the list. Its data stays until the repository is compacted.
    fn forget(&self, id: &SnapshotId, owner: &Owner) -> Outcome<()>;

    /// Takes several snapshots off the list, in order; those that are gone already are no fault. Cancelled or killed, it has taken off the
    /// first so many.
    fn forget_all(&self, ids: &[SnapshotId], owner: &Owner, ctx: &JobCtx) -> Outcome<()>;

    /// Does one slice of freeing what no snapshot uses, alone in the repository; a writer that comes meanwhile waits for its end.
    ///
    /// Removes only what an earlier prune has marked, and only where the whole repository can be accounted for (`repository-damaged`: then
    /// nothing was removed). Other faults: `repository-busy`, `restic-at-work`. Cancelled or killed, it leaves every snapshot as it was;
    /// what it had written is found and marked by the next prune.
    fn prune(&self, budget: &PruneBudget, owner: &Owner, ctx: &JobCtx) -> Outcome<PruneSlice>;

    /// True where a writer waits for a slice to end.
    fn is_awaited(&self) -> Outcome<bool>;

    /// What nothing would use if these snapshots were forgotten, before any of it is freed. Reads the folders of every other snapshot.
    fn unused_without(&self, ids: &[SnapshotId]) -> Outcome<Bytes>;

    /// Everything that lies in its folder.
    fn size(&self) -> Outcome<Bytes>;

    /// Lets another password open the repository as well, and returns the new key's identifier.
    fn add_key(&self, password: &Password, owner: &Owner) -> Outcome<String>;

    /// The keys that open it.
    fn keys(&self) -> Outcome<Vec<Key>>;
}

/// Receives the content of a file, piece by piece.
pub type Sink<'a> = dyn FnMut(&[u8]) -> Outcome<()> + Send + 'a;

/// Files that were opened by [`Repository::open_files`], in that order.
pub trait Stored: Send {
    /// Its path in the snapshot.
    fn path(&self, file: usize) -> &str;

    /// Its size, in bytes.
    fn size(&self, file: usize) -> u64;

    /// Fills the buffer with what begins at byte `at` (`snapshot-damaged`, `snapshot-incomplete`). Neighbours are cheap: the piece of the
    /// repository that was read last is kept.
    fn read_at(&mut self, file: usize, at: u64, buffer: &mut [u8]) -> Outcome<()>;
}

/// One file, link or folder to be stored. Folders that are not named come into being with what is in them.
pub struct SourceFile {
    /// Its absolute path in the snapshot.
    pub path: PathBuf,
    /// Its exact size in bytes; a reader that gives another number of bytes fails the snapshot.
    pub size: u64,
    /// The time of its content.
    pub modified: Instant,
    /// Where its content comes from.
    pub content: Content,
}

/// Where the content of a file comes from.
pub enum Content {
    /// Files are read in the order of their paths, as many at a time as the machine has processors.
    Stream(Box<dyn Read + Send>),
    /// The file of the same path in another snapshot, taken over by reference, with its size and time; nothing is read. Where that is
    /// not possible any more, the fault is `reference-lost`.
    Same(SnapshotId),
    /// A file as it was found on a disk; it is read unless a snapshot that other files are taken over from holds it unchanged.
    Found(About, Box<dyn Read + Send>),
    /// A symbolic link, and where it points to.
    Link(About, PathBuf),
    /// A folder, which may be empty.
    Folder(About),
}

/// What a file of a snapshot must be.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Its path.
    pub path: String,
    /// Its size, in bytes.
    pub size: u64,
    /// The snapshot that it was taken over from.
    pub same_as: Option<SnapshotId>,
}

/// What is written about a snapshot, beside its files.
#[derive(Debug, Clone)]
pub struct Note {
    /// The host's name.
    pub host: String,
    /// The user on whose behalf it is taken.
    pub who: String,
    /// The program and its version.
    pub tool: String,
    /// The caller's own words.
    pub label: Option<String>,
    /// Words to find it by; a comma cannot be part of one.
    pub tags: Vec<String>,
    /// The moment whose state it holds.
    pub time: Instant,
}

/// Who writes to the repository, for those who have to wait.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The user.
    pub who: String,
    /// Now: when the writing begins.
    pub since: Instant,
}

/// A snapshot that was just stored.
#[derive(Debug, Clone)]
pub struct AddedSnapshot {
    /// Its identifier.
    pub id: SnapshotId,
    /// What it added to the repository, compressed and encrypted.
    pub added: Bytes,
}

/// The snapshots in a repository.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Oldest first.
    pub snapshots: Vec<StoredSnapshot>,
    /// Those whose own entry cannot be read.
    pub unreadable: Vec<SnapshotId>,
    /// When each entry was written.
    written: BTreeMap<SnapshotId, SystemTime>,
}

/// What a repository says about a snapshot.
#[derive(Debug, Clone)]
pub struct StoredSnapshot {
    /// Its identifier.
    pub id: SnapshotId,
    /// The moment whose state it holds.
    pub time: Instant,
    /// The host that it was taken on.
    pub host: String,
    /// The words of whoever took it.
    pub label: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it added to the repository, where that was recorded.
    pub added: Option<Bytes>,
}

/// What a check found.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    /// Faults, one line each. Empty means that the repository is in order.
    pub findings: Vec<String>,
    /// Strange things that endanger nothing, such as pieces that an interrupted backup left behind.
    pub remarks: Vec<String>,
    /// The snapshots that cannot be restored in full. Where content was not read, damage inside it stays unseen.
    pub affected: Vec<Affected>,
}

/// A snapshot that cannot be restored in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// Its identifier.
    pub id: SnapshotId,
    /// The files in it that cannot be read to their end; empty where not even the list of its files can be read.
    pub files: Vec<String>,
}

/// How much one slice of a prune may do.
#[derive(Debug, Clone)]
pub struct PruneBudget {
    /// Written again at most, to free what lies beside it; less than one file of the repository (32 MiB and more) means nothing is.
    pub repack: Bytes,
    /// How long something has to be marked before it is removed: longer than anybody reads.
    pub keep_marked: Millis,
}

/// What one slice of a prune did.
#[derive(Debug, Clone, Default)]
pub struct PruneSlice {
    /// Removed from the disk.
    pub freed: Bytes,
    /// Marked afterwards, by this slice and earlier ones.
    pub marked: Bytes,
    /// When all that is marked may go; absent where nothing is.
    pub marked_until: Option<Instant>,
    /// Written again.
    pub repacked: Bytes,
    /// Unused and not marked, because it lies in files that hold something else.
    pub left: Bytes,
    /// True where another slice may find more to do.
    pub goes_on: bool,
}

/// A key that opens a repository.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its identifier.
    pub id: String,
    /// When it was made, where that was recorded.
    pub created: Option<Instant>,
    /// On which host.
    pub host: Option<String>,
    /// By whom, or what for.
    pub user: Option<String>,
    /// True for the one that opened it now.
    pub current: bool,
}
