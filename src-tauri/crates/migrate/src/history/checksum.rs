//! Checksums as the tools compute them over a file.

use quarterdeck_model::{Digest, migration::Tool, plan::hex};
use sha2::{Digest as _, Sha384};

use super::{Entry, siphash};
use crate::{
    collection::{Migration, VersionKey},
    source::SourceFile,
};

/// Whether the file of a migration is the one that an entry remembers. `None` where the tool keeps no checksum that can be computed, where
/// the entry has none, and where a migration has several files upward.
///
/// * sqlx: SHA-384 over the bytes of the up file (`sqlx-core/src/migrate/migration.rs`).
/// * Flyway: CRC-32 over the lines without their ends and without a byte order mark, signed (`ChecksumCalculator.java`).
/// * refinery: SipHash-1-3 over name, version and text as Rust hashes them (`refinery-core/src/runner.rs`).
/// * Prisma and Drizzle: SHA-256 over the bytes.
pub fn matches(tool: Tool, entry: &Entry, migration: &Migration) -> Option<bool> {
    let expected = entry.checksum.as_deref()?;
    let [script] = migration.up.as_slice() else { return None };
    let file = &script.file;
    Some(match tool {
        Tool::Sqlx => hex(&Sha384::digest(bytes(file))).eq_ignore_ascii_case(expected),
        Tool::Prisma | Tool::Drizzle => file.bytes_sha256.0.eq_ignore_ascii_case(expected),
        Tool::Flyway => flyway(&file.text).to_string() == expected,
        Tool::Refinery => refinery(migration, &file.text)?.iter().any(|checksum| checksum.to_string() == expected),
        _ => return None,
    })
}

/// The bytes of a file again: whether it began with a byte order mark, its digest tells.
fn bytes(file: &SourceFile) -> Vec<u8> {
    let mut bytes = file.text.clone().into_bytes();
    if Digest::of(&bytes) != file.bytes_sha256 {
        bytes.splice(0..0, *b"\xEF\xBB\xBF");
    }
    bytes
}

/// Lines end at LF, CR or CRLF, as Java reads them.
fn flyway(text: &str) -> i32 {
    let mut hasher = crc32fast::Hasher::new();
    text.replace("\r\n", "\n").split(['\n', '\r']).for_each(|line| hasher.update(line.as_bytes()));
    i32::from_ne_bytes(hasher.finalize().to_ne_bytes())
}

/// With a version of four bytes, and of eight (refinery's feature `int8-versions`).
fn refinery(migration: &Migration, text: &str) -> Option<[u64; 2]> {
    let VersionKey::Numbers(parts) = &migration.version.key else { return None };
    let [version] = parts.as_slice() else { return None };
    let hash = |version: &[u8]| {
        let parts = [migration.name.as_bytes(), b"\xff", version, text.as_bytes(), b"\xff"];
        siphash::of(&parts.concat())
    };
    Some([hash(&i32::try_from(*version).unwrap_or_default().to_le_bytes()), hash(&i64::try_from(*version).ok()?.to_le_bytes())])
}
