//! Changed pages, kept until the read of the database has ended: the first in memory, the others in a file without a name, so that a
//! kill leaves nothing behind.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use quarterdeck_model::{Outcome, plan::hex};
use quarterdeck_store::files;

/// Bytes that stay in memory.
const IN_MEMORY: usize = 16 << 20;

/// Kept free on the disk of the scratch folder.
const HEADROOM: u64 = 64 << 20;

/// Bytes that were put aside, to be read in the same order.
pub(crate) struct Spool {
    folder: PathBuf,
    memory: Vec<u8>,
    file: Option<(File, PathBuf)>,
    /// Bytes that may still be pushed.
    room: u64,
    bytes: u64,
}

impl Spool {
    /// An empty one, with room for `most` bytes where the disk of `folder` has it.
    pub(crate) fn new(folder: &Path, most: u64) -> Self {
        Self { folder: folder.to_owned(), memory: Vec::new(), file: None, room: most, bytes: 0 }
    }

    /// Bytes inside.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Puts bytes at the end; `false` where there is no room for them.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Outcome<bool> {
        if self.room < bytes.len() as u64 {
            return Ok(false);
        }
        if self.memory.len() + bytes.len() <= IN_MEMORY && self.file.is_none() {
            self.memory.extend_from_slice(bytes);
        } else {
            if self.file.is_none() {
                self.open()?;
                if self.room < bytes.len() as u64 {
                    return Ok(false);
                }
            }
            if let Some((file, path)) = &mut self.file {
                file.write_all(bytes).map_err(|error| files::fault("write", path, &error))?;
            }
        }
        self.room -= bytes.len() as u64;
        self.bytes += bytes.len() as u64;
        Ok(true)
    }

    fn open(&mut self) -> Outcome<()> {
        files::make_folder(&self.folder)?;
        let mut name = [0; 8];
        getrandom::fill(&mut name).map_err(|error| files::fault("name a file in", &self.folder, &io::Error::other(error.to_string())))?;
        let path = self.folder.join(format!("spool-{}", hex(&name)));
        let file = files::create_new(&path)?;
        files::remove(&path)?;
        self.room = self.room.min(files::free_space(&self.folder)?.saturating_sub(HEADROOM));
        self.file = Some((file, path));
        Ok(())
    }

    /// Everything from the beginning; may be asked for again after it was read.
    pub(crate) fn rewind(&mut self) -> Outcome<impl Read> {
        if let Some((file, path)) = &mut self.file {
            file.rewind().map_err(|error| files::fault("read", path, &error))?;
        }
        Ok(self.memory.as_slice().chain(self.file.as_ref().map_or_else(|| Either::Nothing(io::empty()), |(file, _)| Either::File(file))))
    }

    /// The same, for good.
    pub(crate) fn into_reader(mut self) -> Outcome<impl Read + Send> {
        if let Some((file, path)) = &mut self.file {
            file.rewind().map_err(|error| files::fault("read", path, &error))?;
        }
        let file = self.file.map_or_else(|| Either::Nothing(io::empty()), |(file, _)| Either::File(file));
        Ok(io::Cursor::new(self.memory).chain(file))
    }
}

enum Either<F> {
    File(F),
    Nothing(io::Empty),
}

impl<F: Read> Read for Either<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Nothing(empty) => empty.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_pushed_comes_out_in_order_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path(), u64::MAX);
        let page = |number: u32| number.to_be_bytes().repeat(16 * 1024);
        for number in 0..400 {
            assert!(spool.push(&page(number)).unwrap());
        }
        assert_eq!((spool.bytes(), std::fs::read_dir(folder.path()).unwrap().count()), (400 << 16, 0));
        let mut twice = [Vec::new(), Vec::new()];
        spool.rewind().unwrap().read_to_end(&mut twice[0]).unwrap();
        spool.into_reader().unwrap().read_to_end(&mut twice[1]).unwrap();
        let expected: Vec<u8> = (0..400).flat_map(page).collect();
        assert!(twice[0] == expected && twice[1] == expected);
    }

    #[test]
    fn a_full_spool_says_so_and_keeps_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path(), 10);
        assert!(spool.push(b"12345678").unwrap() && !spool.push(b"9ab").unwrap() && spool.push(b"9a").unwrap());
        let mut all = String::new();
        spool.into_reader().unwrap().read_to_string(&mut all).unwrap();
        assert_eq!(all, "123456789a");
    }
}
