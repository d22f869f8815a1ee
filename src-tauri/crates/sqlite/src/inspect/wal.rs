//! What a write-ahead log holds, read without SQLite. Source: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.
//!
//! Opening `-wal` by plain input and output is harmless: SQLite puts no locks on it (they are on the database and on `-shm`).

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader, Read},
    os::unix::fs::FileExt,
    path::Path,
};

use quarterdeck_model::{JobCtx, Outcome, job::Unit};
use quarterdeck_store::files;

/// Bytes of the log's own header.
pub(crate) const HEADER: usize = 32;

/// Bytes before the page in each frame.
pub(crate) const FRAME_HEADER: usize = 24;

const MAGIC: u32 = 0x377F_0682;

/// The committed part of a write-ahead log.
#[derive(Debug)]
pub(crate) struct Wal {
    file: File,
    /// Bytes a page.
    pub(crate) page_size: u32,
    /// Transactions.
    pub(crate) commits: u64,
    /// Where the frame that ends the newest transaction lies, in bytes from the start.
    pub(crate) last_at: u64,
    /// The header of that frame: its salts and its checksum over all before tell it from any other.
    pub(crate) last: [u8; FRAME_HEADER],
    /// Where the newest content of each page lies.
    pages: HashMap<u32, u64>,
    header: [u8; HEADER],
}

impl Wal {
    /// Reads the log beside a database. `None` where there is none, or none with a committed transaction.
    pub(crate) fn beside(database: &Path, ctx: &JobCtx) -> Outcome<Option<Self>> {
        let path = files::with_suffix(database, "-wal");
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(files::fault("read", &path, &error)),
        };
        Self::read(file, ctx).unwrap_or_else(|error| Err(files::fault("read", &path, &error)))
    }

    /// False once a writer has begun the log anew: what was read after the frames were listed may be of other pages. SQLite writes the
    /// header with new salts before the first frame of the new round.
    pub(crate) fn is_current(&self) -> io::Result<bool> {
        let mut now = [0; HEADER];
        match self.file.read_exact_at(&mut now, 0) {
            Ok(()) => Ok(now == self.header),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The newest content of a page, where the log holds it; see [`Self::is_current`].
    pub(crate) fn page(&self, number: u32) -> io::Result<Option<Vec<u8>>> {
        let Some(&at) = self.pages.get(&number) else { return Ok(None) };
        let mut bytes = vec![0; self.page_size as usize];
        self.file.read_exact_at(&mut bytes, at)?;
        Ok(Some(bytes))
    }

    /// True where the database holds every page as the log has it: the log was checkpointed, and only its file is left.
    pub(crate) fn is_in(&self, database: &File) -> io::Result<bool> {
        let mut there = vec![0; self.page_size as usize];
        for &number in self.pages.keys() {
            let at = u64::from(number - 1) * u64::from(self.page_size);
            match database.read_exact_at(&mut there, at) {
                Ok(()) if self.page(number)?.as_ref() == Some(&there) => {}
                Ok(()) => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn read(file: File, ctx: &JobCtx) -> io::Result<Outcome<Option<Self>>> {
        let size = file.metadata()?.len();
        let mut reader = BufReader::with_capacity(1 << 18, file.try_clone()?);
        let mut header = [0; HEADER];
        if !fill(&mut reader, &mut header)? {
            return Ok(Ok(None));
        }
        let (magic, page_size, salts) = (u32_at(&header, 0), u32_at(&header, 8), &header[16..24].to_owned());
        let mut sum = Sum { big_endian: magic == MAGIC + 1, of: (0, 0) };
        sum.add(&header[..24]);
        let known = magic & !1 == MAGIC && page_size.is_power_of_two() && (512..=65_536).contains(&page_size);
        if !known || sum.of != (u32_at(&header, 24), u32_at(&header, 28)) {
            return Ok(Ok(None));
        }
        let mut wal = Self { file, page_size, commits: 0, last_at: 0, last: [0; FRAME_HEADER], pages: HashMap::new(), header };
        let mut uncommitted = Vec::new();
        let mut frame = vec![0; FRAME_HEADER + page_size as usize];
        let mut at = HEADER as u64;
        while fill(&mut reader, &mut frame)? {
            if let Err(stop) = ctx.checkpoint() {
                return Ok(Err(stop));
            }
            sum.add(&frame[..8]);
            sum.add(&frame[FRAME_HEADER..]);
            if frame[8..16] != salts[..] || sum.of != (u32_at(&frame, 16), u32_at(&frame, 20)) {
                break;
            }
            uncommitted.push((u32_at(&frame, 0), at + FRAME_HEADER as u64));
            if u32_at(&frame, 4) != 0 {
                (wal.commits, wal.last_at) = (wal.commits + 1, at);
                wal.last.copy_from_slice(&frame[..FRAME_HEADER]);
                wal.pages.extend(uncommitted.drain(..));
                ctx.progress(at + frame.len() as u64, Some(size), Unit::Bytes);
            }
            at += frame.len() as u64;
        }
        Ok(Ok((wal.commits > 0).then_some(wal)))
    }
}

/// The running checksum over header and frames.
struct Sum {
    big_endian: bool,
    of: (u32, u32),
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        for pair in bytes.chunks_exact(8) {
            let word = |at: usize| {
                let word = [pair[at], pair[at + 1], pair[at + 2], pair[at + 3]];
                if self.big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
            };
            let first = self.of.0.wrapping_add(word(0)).wrapping_add(self.of.1);
            let second = self.of.1.wrapping_add(word(4)).wrapping_add(first);
            self.of = (first, second);
        }
    }
}

/// False at the end of the file, even in the middle of a record.
fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_testkit::{Peer, Scratch, museum};

    fn beside(path: &Path) -> Option<Wal> {
        Wal::beside(path, &JobCtx::detached()).unwrap()
    }

    #[test]
    fn committed_transactions_are_counted_and_others_are_not() {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        museum::leftover_wal(&path);
        let wal = beside(&path).unwrap();
        assert_eq!((wal.commits, wal.page_size), (3, 4096));
        assert!(!wal.is_in(&File::open(&path).unwrap()).unwrap());
        let log = scratch.file("shop.db-wal");
        let file = File::options().write(true).open(&log).unwrap();
        file.set_len(file.metadata().unwrap().len() - 1).unwrap();
        assert_eq!(beside(&path).unwrap().commits, 2, "the last commit is not whole");
        file.write_all_at(b"????", 100).unwrap();
        assert!(beside(&path).is_none(), "the first frame is not whole");
    }

    #[test]
    fn a_checkpointed_log_is_in_the_database() {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        museum::healthy_wal(&path);
        assert!(beside(&path).is_none());
        let mut peer = Peer::open(&path);
        peer.run("UPDATE orders SET cents = 1; PRAGMA wal_checkpoint(PASSIVE);");
        let wal = beside(&path).unwrap();
        assert!(wal.is_in(&File::open(&path).unwrap()).unwrap());
        assert!(wal.page(u32::MAX).unwrap().is_none());
    }
}
