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

    /// Everything in the folder by name, with length, time of change and content: equal before and after means untouched.
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
