//! What a file is whose first bytes are not those of a database.

use quarterdeck_model::{
    Bytes,
    inspection::{Finding, Tone, Verdict},
};

use super::header;

/// How many bytes from the start are enough to tell.
pub(crate) const SAMPLE: usize = 64 * 1024;

/// Bits of information a byte from which on bytes count as noise: noise of 512 bytes has about 7.6, compiled programs about 6.5.
const NOISE: f64 = 7.5;

/// The smallest page; every database that is encrypted page by page has a multiple of it.
const SMALLEST_PAGE: u64 = 512;

/// First bytes of common files, and what those are.
const KNOWN: [(&[u8], &str); 15] = [
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"age-encryption.org", "a file encrypted with age"),
    (b"\x37\x7f\x06\x82", "the write-ahead log of a database"),
    (b"\x37\x7f\x06\x83", "the write-ahead log of a database"),
    (b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", "the rollback journal of a database"),
    (b"** This file contains an SQLite 2", "a database of SQLite 2"),
];

/// Verdict and finding for a file of `size` bytes that begins with `sample` (its first [`SAMPLE`] bytes, or all), which has no readable header.
pub(crate) fn of(sample: &[u8], size: u64) -> (Verdict, Finding) {
    if sample.starts_with(header::MAGIC) {
        let what = match sample.len() < header::LENGTH {
            true => format!("The file begins as a database and ends after {}, inside the header.", Bytes(size)),
            false => "The header is damaged: the page size in it is none that SQLite has.".to_owned(),
        };
        return (Verdict::Damaged, critical(what, "Restore the newest snapshot."));
    }
    if header::fits_without_magic(sample, size) {
        let what = "The first 16 bytes are overwritten; what follows them looks like a database.".to_owned();
        return (Verdict::Damaged, critical(what, "Restore the newest snapshot."));
    }
    if let Some((_, what)) = KNOWN.iter().find(|(start, _)| sample.starts_with(start)) {
        return other(format!("It is {what}."));
    }
    if sample.iter().all(|&byte| byte == 0) {
        let next = "Restore the newest snapshot if a database should be here: a crash of the file system leaves files like this.";
        return (Verdict::NotADatabase, critical("Its first part holds nothing but zeros.".to_owned(), next));
    }
    if size.is_multiple_of(SMALLEST_PAGE) && information(sample) >= NOISE {
        let what = "Its bytes look like noise, and its size is a whole number of pages: an encrypted database (as of SQLCipher or SEE), or a file of another kind.";
        let next = "Open it with its application, which has the key; what is in it cannot be checked here.";
        return (Verdict::Encrypted, Finding { tone: Tone::Unknown, what: what.to_owned(), next: next.to_owned() });
    }
    match std::str::from_utf8(sample).map_or_else(|error| error.valid_up_to() + 4 > sample.len(), |_| true) {
        true => other("It is a text file.".to_owned()),
        false => other("It has no database header.".to_owned()),
    }
}

fn other(what: String) -> (Verdict, Finding) {
    let next = "Check the path; if a database should be here, restore the newest snapshot.";
    (Verdict::NotADatabase, Finding { tone: Tone::Attention, what, next: next.to_owned() })
}

fn critical(what: String, next: &str) -> Finding {
    Finding { tone: Tone::Critical, what, next: next.to_owned() }
}

/// Shannon's entropy of the bytes, in bits a byte.
#[allow(clippy::cast_precision_loss)] // counts of at most 65,536
fn information(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    let total = bytes.len() as f64;
    counts.iter().filter(|&&count| count > 0).map(|&count| f64::from(count) / total).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(sample: &[u8]) -> (Verdict, String) {
        let (verdict, finding) = of(sample, sample.len() as u64);
        (verdict, finding.what)
    }

    #[test]
    fn files_of_other_kinds_are_named() {
        assert_eq!(verdict(b"PK\x03\x04rest"), (Verdict::NotADatabase, "It is a ZIP archive.".to_owned()));
        assert_eq!(verdict("größe".as_bytes()), (Verdict::NotADatabase, "It is a text file.".to_owned()));
        assert_eq!(verdict(b"\xff\xfe\x00 what"), (Verdict::NotADatabase, "It has no database header.".to_owned()));
        assert_eq!(verdict(&[0; 4096]).0, Verdict::NotADatabase);
        assert_eq!(verdict(b"SQLite format 3\0 and no more").0, Verdict::Damaged);
    }

    #[test]
    fn noise_is_encrypted_only_in_whole_pages() {
        let mut noise = vec![0; 4096];
        getrandom::fill(&mut noise).unwrap();
        noise[0] = 0xAA;
        assert_eq!(verdict(&noise).0, Verdict::Encrypted);
        assert_eq!(verdict(&noise[..4000]).0, Verdict::NotADatabase);
        noise[..2].copy_from_slice(b"\x1f\x8b");
        assert_eq!(verdict(&noise).0, Verdict::NotADatabase);
    }
}
