//! A text of a migration, and where in it something stands.

use std::{
    ops::Range,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use quarterdeck_model::{Digest, migration::Position};

/// A file that was read whole. Offsets everywhere in this crate are bytes of `text`.
#[derive(Debug)]
pub struct SourceFile {
    /// Where it was read.
    pub path: PathBuf,
    /// Its path from the folder of migrations, parted by `/`; what people are shown.
    pub name: String,
    /// Its text, without a byte order mark; line ends as they are in the file.
    pub text: String,
    /// SHA-256 over the bytes of the file, byte order mark included.
    pub bytes_sha256: Digest,
    lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// A file with this text.
    pub fn new(path: PathBuf, name: String, text: String, bytes_sha256: Digest) -> Arc<Self> {
        Arc::new(Self { path, name, text, bytes_sha256, lines: OnceLock::new() })
    }

    /// A part of the text; empty where the range is none of it.
    pub fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// Line and column of an offset, both from 1; columns count characters.
    pub fn position(&self, offset: usize) -> Position {
        let starts = self.lines.get_or_init(|| {
            std::iter::once(0).chain(self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1)).collect()
        });
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or_default();
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position { file: self.name.clone(), line: small(line), column: small(column + 1) }
    }
}
