//! A folder of one's own.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// A folder that goes away, with all that is in it, when it is dropped.
#[derive(Debug)]
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    /// A new, empty folder.
    pub fn new() -> Self {
        Self(tempfile::Builder::new().prefix("quarterdeck-test-").tempdir().unwrap())
    }

    /// The folder, with links resolved.
    pub fn path(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap()
    }

    /// The path of a file in it, which is not created.
    pub fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    /// The path of a file in it whose name has spaces, quotes, characters that mean something in a URI, and a byte that is not UTF-8.
    pub fn odd_file(&self) -> PathBuf {
        self.path().join(OsStr::from_bytes(b"it's \"the\" shop? #1 100%25 caf\xe9.db"))
    }

    /// The names of everything in the folder, sorted. Opens nothing.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Everything in the folder by name, with time of change and content: equal before and after means untouched. Opens and closes each
    /// file, which drops the locks that SQLite connections of this process hold: not for use beside one.
    pub fn state(&self) -> Vec<(PathBuf, std::time::SystemTime, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let state = |path: PathBuf| {
            let metadata = path.symlink_metadata().unwrap();
            let content = if metadata.is_file() { std::fs::read(&path).unwrap_or_default() } else { Vec::new() };
            (path, metadata.modified().unwrap(), content)
        };
        files.into_iter().map(state).collect()
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}
