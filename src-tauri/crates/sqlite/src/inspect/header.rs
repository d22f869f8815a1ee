//! The 100 bytes at the start of a database. Source: <https://www.sqlite.org/fileformat2.html#the_database_header>.

use quarterdeck_model::inspection::Header;

/// Bytes that the header takes.
pub(crate) const LENGTH: usize = 100;

/// The words that every readable database begins with.
pub(crate) const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Where the counter lies that every transaction outside WAL mode moves.
pub(crate) const CHANGE_COUNTER: std::ops::Range<usize> = 24..28;

/// Reads a header. `None` where the magic words or the page size are not those of a database.
pub(crate) fn parse(bytes: &[u8]) -> Option<Header> {
    let bytes: &[u8; LENGTH] = bytes.first_chunk()?;
    if !bytes.starts_with(MAGIC) {
        return None;
    }
    Some(Header {
        page_size: page_size(bytes)?,
        // The size in the header counts only if the writer knew that field: then it notes the change counter a second time.
        page_count: if u32_at(bytes, 24) == u32_at(bytes, 92) { u32_at(bytes, 28) } else { 0 },
        freelist_count: u32_at(bytes, 36),
        reserved_bytes: bytes[20],
        encoding: match u32_at(bytes, 56) {
            2 => "utf-16le",
            3 => "utf-16be",
            _ => "utf-8",
        }
        .to_owned(),
        application_id: u32_at(bytes, 68).cast_signed(),
        user_version: u32_at(bytes, 60).cast_signed(),
        schema_cookie: u32_at(bytes, 40),
        change_counter: u32_at(bytes, 24),
        written_by: version(u32_at(bytes, 96)),
    })
}

/// True where everything behind the magic words is as SQLite always writes it: a database whose first bytes were overwritten.
pub(crate) fn fits_without_magic(bytes: &[u8], size: u64) -> bool {
    let Some(bytes) = bytes.first_chunk::<LENGTH>() else { return false };
    let fixed = bytes[21..24] == [64, 32, 32] && matches!(bytes[18], 1 | 2) && matches!(bytes[19], 1 | 2);
    fixed && page_size(bytes).is_some_and(|page| size.is_multiple_of(u64::from(page))) && u32_at(bytes, 44) <= 4 && u32_at(bytes, 56) <= 3
}

/// True where the header says that the database uses a write-ahead log.
pub(crate) fn is_wal(bytes: &[u8]) -> bool {
    bytes.get(18..20) == Some(&[2, 2])
}

/// The page size, where it is one: a power of two from 512 to 32,768, or 1 for 65,536.
fn page_size(bytes: &[u8; LENGTH]) -> Option<u32> {
    match u32::from(u16::from_be_bytes([bytes[16], bytes[17]])) {
        1 => Some(65_536),
        size if size >= 512 && size.is_power_of_two() => Some(size),
        _ => None,
    }
}

fn u32_at(bytes: &[u8; LENGTH], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// `3046001` → `3.46.1`.
fn version(number: u32) -> String {
    format!("{}.{}.{}", number / 1_000_000, number / 1000 % 1000, number % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_testkit::{Scratch, museum};

    #[test]
    fn headers_of_real_files_are_read() {
        let scratch = Scratch::new();
        for (maker, page_size) in [(museum::healthy as museum::Maker, 4096), (museum::pages_of_512, 512), (museum::pages_of_65536, 65_536)]
        {
            let path = scratch.file(format!("{page_size}.db"));
            maker(&path);
            let bytes = std::fs::read(&path).unwrap();
            let header = parse(&bytes).unwrap();
            assert_eq!((header.page_size, header.user_version, header.application_id), (page_size, 7, 1_397_247_824));
            assert_eq!(u64::from(header.page_count) * u64::from(page_size), bytes.len() as u64);
            assert_eq!((header.encoding.as_str(), header.written_by.as_str()), ("utf-8", rusqlite::version()));
            assert!(fits_without_magic(&bytes, bytes.len() as u64));
            assert!(!fits_without_magic(&bytes, bytes.len() as u64 + 1));
            assert!(!is_wal(&bytes));
        }
    }

    #[test]
    fn what_is_no_header_is_not_read() {
        assert_eq!(parse(b"SQLite format 3\0"), None);
        assert_eq!(parse(&[0; 100]), None);
        let mut bytes = [0; 100];
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..18].copy_from_slice(&1234_u16.to_be_bytes());
        assert_eq!(parse(&bytes), None);
    }
}
