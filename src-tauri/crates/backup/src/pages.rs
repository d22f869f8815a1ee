//! What the pages of an image were, so that the next one can be compared with it without the image: a sum for each page, in a file of
//! ours. The file is a shortcut and nothing more: where it is missing or hurt, the sums are made again from the repository.
//!
//! ```text
//! QDPAGES1 · length of the JSON (4 bytes, big-endian) · JSON · SHA-256 of the JSON · 16 bytes a page · SHA-256 of these
//! ```
//!
//! A sum is the first 16 bytes of the page's SHA-256: who writes rows must not be able to make a changed page look like the old one.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use quarterdeck_model::{Digest, Fault, JobCtx, Outcome, snapshot::ManifestComponent};
use quarterdeck_sqlite::seen::Seen;
use quarterdeck_store::files;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    image::{self, Holder},
    repository::Repository,
};

const MAGIC: &[u8; 8] = b"QDPAGES1";

/// How the sums are made.
const ALGORITHM: &str = "sha256/128";

/// More JSON than this is something else.
const LONGEST_HEAD: usize = 1 << 20;

/// The sum of one page.
pub(crate) type Sum = [u8; 16];

/// Which image the sums are of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    algorithm: String,
    /// The component's id in the store.
    pub component: String,
    /// SHA-256 of the image.
    pub sha256: Digest,
    /// Bytes a page.
    pub page_size: u32,
    /// Pages.
    pub page_count: u64,
    /// What the database looked like before the read began that gave this image; absent where that is not known.
    pub seen: Option<Seen>,
}

/// The sums of an image.
#[derive(Debug, Clone, PartialEq)]
pub struct PageIndex {
    /// Which image.
    pub head: Head,
    pub(crate) sums: Vec<Sum>,
}

impl PageIndex {
    /// The head alone, without the sums; absent where there is no such file, or none that is whole so far.
    pub fn head(path: &Path) -> Option<Head> {
        read_head(&mut File::open(path).ok()?).ok().flatten()
    }

    /// The file with its sums; absent where there is none, or it is not whole.
    pub fn read(path: &Path) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let head = read_head(&mut file).ok().flatten()?;
        let mut rest = Vec::new();
        file.read_to_end(&mut rest).ok()?;
        let (sums, digest) = rest.split_at_checked(rest.len().checked_sub(32)?)?;
        let whole = Sha256::digest(sums).as_slice() == digest && sums.len() as u64 == head.page_count.checked_mul(16)?;
        whole.then(|| Self { head, sums: sums.as_chunks::<16>().0.to_vec() })
    }

    /// Writes the file, whole or not at all.
    pub fn write(&self, path: &Path) -> Outcome<()> {
        let json =
            serde_json::to_vec(&self.head).map_err(|error| Fault::bug(format!("The pages of an image cannot be noted: {error}.")))?;
        let length = u32::try_from(json.len()).map_err(|_| Fault::bug("The note of an image is too long."))?;
        let sums = self.sums.as_flattened();
        let parts: [&[u8]; 6] = [MAGIC, &length.to_be_bytes(), &json, &Sha256::digest(&json), sums, &Sha256::digest(sums)];
        if let Some(folder) = path.parent() {
            files::make_folder(folder)?;
        }
        files::write_private(path, &parts.concat())
    }

    /// Makes the sums again from the repository, which reads the whole image (`snapshot-damaged`, `image-differs`).
    pub(crate) fn rebuild(repository: &dyn Repository, holder: Holder<'_>, component: &ManifestComponent, ctx: &JobCtx) -> Outcome<Self> {
        let mut builder = Builder::new(component.page_size);
        let mut sink = |piece: &[u8]| {
            builder.push(piece);
            Ok(())
        };
        image::stream(repository, holder, component, &mut sink, ctx)?;
        Ok(builder.finish(&component.id, component.sha256.clone()))
    }
}

fn read_head(file: &mut File) -> io::Result<Option<Head>> {
    let mut begin = [0; 12];
    file.read_exact(&mut begin)?;
    let length = u32::from_be_bytes([begin[8], begin[9], begin[10], begin[11]]) as usize;
    if begin[..8] != *MAGIC || length > LONGEST_HEAD {
        return Ok(None);
    }
    let (mut json, mut digest) = (vec![0; length], [0; 32]);
    file.read_exact(&mut json)?;
    file.read_exact(&mut digest)?;
    if Sha256::digest(&json).as_slice() != digest {
        return Ok(None);
    }
    Ok(serde_json::from_slice(&json).ok().filter(|head: &Head| head.algorithm == ALGORITHM))
}

/// The sum of a page.
pub(crate) fn sum(page: &[u8]) -> Sum {
    cut(&Sha256::digest(page))
}

fn cut(digest: &[u8]) -> Sum {
    let mut sum = [0; 16];
    sum.copy_from_slice(&digest[..16]);
    sum
}

/// Sums the pages of an image that comes by in pieces of any length.
pub(crate) struct Builder {
    page_size: u32,
    hash: Sha256,
    filled: usize,
    sums: Vec<Sum>,
}

impl Builder {
    pub(crate) fn new(page_size: u32) -> Self {
        Self { page_size, hash: Sha256::new(), filled: 0, sums: Vec::new() }
    }

    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        let page_size = self.page_size as usize;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(page_size - self.filled));
            self.hash.update(now);
            self.filled += now.len();
            if self.filled == page_size {
                self.sums.push(cut(&self.hash.finalize_reset()));
                self.filled = 0;
            }
            bytes = later;
        }
    }

    pub(crate) fn finish(self, component: &str, sha256: Digest) -> PageIndex {
        index(component, sha256, self.page_size, self.sums)
    }
}

/// The sums of an image, which was not seen in a database yet.
pub(crate) fn index(component: &str, sha256: Digest, page_size: u32, sums: Vec<Sum>) -> PageIndex {
    let (algorithm, component, page_count) = (ALGORITHM.to_owned(), component.to_owned(), sums.len() as u64);
    PageIndex { head: Head { algorithm, component, sha256, page_size, page_count, seen: None }, sums }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_pages() -> PageIndex {
        let mut builder = Builder::new(512);
        let image: Vec<u8> = (0..1536_u32).map(|at| (at / 512 + at % 7) as u8).collect();
        for piece in image.chunks(100) {
            builder.push(piece);
        }
        let index = builder.finish("c1", Digest::of(&image));
        assert_eq!(index.sums, image.chunks(512).map(sum).collect::<Vec<_>>());
        index
    }

    #[test]
    fn a_file_comes_back_as_it_was_and_with_any_other_byte_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pages/c1.pages");
        let index = three_pages();
        index.write(&path).unwrap();
        assert_eq!(PageIndex::read(&path).as_ref(), Some(&index));
        assert_eq!(PageIndex::head(&path).as_ref(), Some(&index.head));

        let bytes = std::fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 4;
            std::fs::write(&path, &other).unwrap();
            assert_eq!(PageIndex::read(&path), None, "byte {at}");
            std::fs::write(&path, &bytes[..at]).unwrap();
            assert_eq!(PageIndex::read(&path), None, "cut at {at}");
        }
        assert_eq!(PageIndex::read(&folder.path().join("none")), None);
    }
}
