//! The file of a delta: which pages have changed between two images, and what they are now. Not compressed (the repository does that),
//! the same bytes for the same change, and readable without a manifest; `rebuild.py` reads it too. Numbers are big-endian.
//!
//! ```text
//!   0   8  QDDELTA1               40   8  number of the first image that it leads to
//!   8   4  bytes a page           48   8  number of the image that comes out
//!  12   4  0                      56   8  0
//!  16   8  pages before           64  32  SHA-256 of the image before
//!  24   8  pages after            96  32  SHA-256 of the image that comes out
//!  32   8  n, pages inside       128  4n  page numbers, from 1, ascending, none above pages after
//!                                         zeros up to a multiple of the page size, then the n pages
//! ```
//!
//! Every page above *pages before* is inside. So an image that shrinks and grows again needs no rule of its own.

use quarterdeck_model::{Digest, Fault, Outcome, plan::hex};

use crate::repository::Stored;

const MAGIC: &[u8; 8] = b"QDDELTA1";

/// Bytes before the page numbers.
const FIXED: usize = 128;

/// Pages are numbered in four bytes (<https://www.sqlite.org/fileformat2.html#pages>).
const MOST_PAGES: u64 = u32::MAX as u64;

/// Everything before the pages.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    pub page_size: u32,
    /// Pages of the image before.
    pub before: u64,
    /// Pages of the image that comes out.
    pub after: u64,
    pub first: u64,
    pub last: u64,
    /// SHA-256 of the image before.
    pub was: Digest,
    /// SHA-256 of the image that comes out.
    pub becomes: Digest,
    /// The pages inside.
    pub numbers: Vec<u32>,
}

impl Header {
    /// Bytes of the whole file.
    pub(crate) fn length(&self) -> u64 {
        self.page_at(self.numbers.len())
    }

    /// Where in the file a page begins, by its place among the numbers.
    pub(crate) fn page_at(&self, slot: usize) -> u64 {
        begin(self.page_size, self.numbers.len() as u64) + slot as u64 * u64::from(self.page_size)
    }

    /// What comes before the pages.
    pub(crate) fn encode(&self) -> Outcome<Vec<u8>> {
        let mut bytes = Vec::with_capacity(FIXED + 4 * self.numbers.len() + self.page_size as usize);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.page_size.to_be_bytes());
        bytes.extend_from_slice(&[0; 4]);
        for number in [self.before, self.after, self.numbers.len() as u64, self.first, self.last, 0] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&raw(&self.was)?);
        bytes.extend_from_slice(&raw(&self.becomes)?);
        for number in &self.numbers {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.resize(bytes.len().next_multiple_of(self.page_size as usize), 0);
        Ok(bytes)
    }

    /// Reads what comes before the pages of a stored file (`delta-unreadable`).
    pub(crate) fn read(stored: &mut dyn Stored, file: usize) -> Outcome<Self> {
        let size = stored.size(file);
        let mut fixed = [0; FIXED];
        if size < FIXED as u64 {
            return Err(unreadable(stored, file, "it is too short"));
        }
        stored.read_at(file, 0, &mut fixed)?;
        let (mut header, inside) = Self::fixed(&fixed, size).map_err(|why| unreadable(stored, file, why))?;
        let mut table = vec![0; inside * 4];
        stored.read_at(file, FIXED as u64, &mut table)?;
        header.numbers = table.chunks_exact(4).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect();
        match header.flaw() {
            None => Ok(header),
            Some(why) => Err(unreadable(stored, file, why)),
        }
    }

    /// The part of known size, and how many pages are inside. Its length was compared with the file's, so nothing absurd is allocated.
    fn fixed(bytes: &[u8; FIXED], size: u64) -> Result<(Self, usize), &'static str> {
        let word = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let long = |at: usize| u64::from(word(at)) << 32 | u64::from(word(at + 4));
        let (page_size, inside) = (word(8), long(32));
        if bytes[..8] != *MAGIC || word(12) != 0 || long(56) != 0 {
            return Err("it is no delta, or one of a later program");
        }
        if !page_size.is_power_of_two() || !(512..=65_536).contains(&page_size) {
            return Err("its page size is none");
        }
        if inside > size / u64::from(page_size) || begin(page_size, inside) + inside * u64::from(page_size) != size {
            return Err("its length is not the one that its header makes");
        }
        let digest = |at: usize| Digest(hex(&bytes[at..at + 32]));
        let header = Self {
            page_size,
            before: long(16),
            after: long(24),
            first: long(40),
            last: long(48),
            was: digest(64),
            becomes: digest(96),
            numbers: Vec::new(),
        };
        Ok((header, usize::try_from(inside).map_err(|_| "it is too long for this machine")?))
    }

    fn flaw(&self) -> Option<&'static str> {
        let ascending = self.numbers.is_sorted_by(|a, b| a < b);
        let in_range =
            self.numbers.first().is_none_or(|&first| first > 0) && self.numbers.last().is_none_or(|&last| u64::from(last) <= self.after);
        if !ascending || !in_range {
            return Some("its page numbers are not in order");
        }
        if self.before > MOST_PAGES || self.after > MOST_PAGES {
            return Some("no database has so many pages");
        }
        if self.first == 0 || self.last < self.first {
            return Some("the numbers of its images are not in order");
        }
        let grown = self.numbers.iter().rev().take_while(|&&number| u64::from(number) > self.before).count() as u64;
        (grown != self.after.saturating_sub(self.before)).then_some("pages by which the image grew are missing")
    }
}

/// Where the pages begin.
fn begin(page_size: u32, inside: u64) -> u64 {
    (FIXED as u64 + 4 * inside).next_multiple_of(u64::from(page_size))
}

/// The 32 bytes of a SHA-256.
fn raw(digest: &Digest) -> Outcome<[u8; 32]> {
    let figure = |at: usize| digest.0.get(at * 2..at * 2 + 2).and_then(|text| u8::from_str_radix(text, 16).ok());
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = figure(at).ok_or_else(|| Fault::bug(format!("{:?} is no SHA-256.", digest.0)))?;
    }
    Ok(bytes)
}

fn unreadable(stored: &dyn Stored, file: usize, why: &str) -> Fault {
    let path = stored.path(file);
    Fault::failed("delta-unreadable", format!("The delta {path} cannot be understood: {why}."))
        .hint("Use another snapshot, and check the repository.")
        .fact("file", path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A file in memory.
    pub(crate) struct Memory(pub Vec<u8>);

    impl Stored for Memory {
        fn path(&self, _: usize) -> &str {
            "/memory"
        }

        fn size(&self, _: usize) -> u64 {
            self.0.len() as u64
        }

        fn read_at(&mut self, _: usize, at: u64, buffer: &mut [u8]) -> Outcome<()> {
            let at = usize::try_from(at).unwrap();
            buffer.copy_from_slice(&self.0[at..at + buffer.len()]);
            Ok(())
        }
    }

    fn header() -> impl Strategy<Value = Header> {
        (9_u32..=16, 0_u64..300, 0_u64..300, prop::collection::btree_set(1_u32..300, 0..40), 1_u64..1000, 0_u64..50).prop_map(
            |(shift, before, after, mut numbers, first, more)| {
                numbers.extend((before + 1..=after).map(|number| u32::try_from(number).unwrap()));
                numbers.retain(|&number| u64::from(number) <= after);
                let (was, becomes) = (Digest::of(&before.to_be_bytes()), Digest::of(&after.to_be_bytes()));
                let numbers = numbers.into_iter().collect();
                Header { page_size: 1 << shift, before, after, first, last: first + more, was, becomes, numbers }
            },
        )
    }

    fn file(header: &Header) -> Vec<u8> {
        let mut bytes = header.encode().unwrap();
        bytes.resize(usize::try_from(header.length()).unwrap(), 7);
        bytes
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(header in header()) {
            let bytes = file(&header);
            prop_assert_eq!(header.page_at(0), header.encode().unwrap().len() as u64);
            prop_assert_eq!(Header::read(&mut Memory(bytes), 0).unwrap(), header);
        }

        #[test]
        fn no_changed_byte_of_a_header_is_taken_for_the_same(header in header(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let mut bytes = file(&header);
            let at = at.index(FIXED + 4 * header.numbers.len());
            bytes[at] ^= 1_u8 << bit;
            match Header::read(&mut Memory(bytes), 0) {
                Ok(read) => prop_assert_ne!(read, header),
                Err(fault) => prop_assert!(fault.is("delta-unreadable")),
            }
        }

        #[test]
        fn a_file_of_another_length_is_refused(header in header(), length in any::<prop::sample::Index>()) {
            let mut bytes = file(&header);
            bytes.truncate(length.index(bytes.len()));
            prop_assert!(Header::read(&mut Memory(bytes), 0).unwrap_err().is("delta-unreadable"));
        }
    }
}
