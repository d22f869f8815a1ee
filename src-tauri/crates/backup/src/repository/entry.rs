//! What a repository keeps of a file beside its content, and how the content of a folder is looked through.

use std::{ffi::OsString, path::PathBuf};

use quarterdeck_model::Outcome;

/// Seconds since 1970, and nanoseconds.
pub type Moment = (i64, u32);

/// What is known of something on a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Permissions, as in `chmod`.
    pub mode: u32,
    /// User and group, by number.
    pub owner: (u32, u32),
    /// When its content was last changed.
    pub modified: Moment,
    /// When anything about it was last changed. A file whose size and both times equal those in another snapshot is taken over from there
    /// without being read; absent for one that was changed so recently that a later change could have the same time.
    pub changed: Option<Moment>,
    /// Its number in its file system.
    pub inode: u64,
    /// Its file system.
    pub device: u64,
    /// How many names it has.
    pub names: u64,
}

/// One entry of a folder in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its name: one part of a path, never empty, `.`, `..`, or with a slash.
    pub name: OsString,
    /// What it is.
    pub kind: StoredKind,
    /// Permissions; absent where they were not recorded.
    pub mode: Option<u32>,
    /// When its content was last changed; absent where that was not recorded.
    pub modified: Option<Moment>,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredKind {
    /// A file of so many bytes.
    File(u64),
    /// A symbolic link, and where it points to.
    Link(PathBuf),
    /// A folder; what is in it follows.
    Folder,
    /// A device, socket or pipe.
    Other,
}

/// What is asked of the content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// That all of it is in the index, in files that are long enough.
    Presence,
    /// All of it.
    Content,
}

/// Looks through a folder of a snapshot: each entry, then what is in it, then [`Visitor::leave`] for files and folders.
pub trait Visitor: Send {
    /// The next entry. The answer counts for files.
    fn enter(&mut self, entry: StoredEntry) -> Outcome<Wanted>;

    /// The next piece of the file that was entered last.
    fn content(&mut self, piece: &[u8]) -> Outcome<()>;

    /// The end of the file or folder that was entered last and not left.
    fn leave(&mut self) -> Outcome<()>;
}
