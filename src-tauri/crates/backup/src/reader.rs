//! An image on its way into the repository, as a whole.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use quarterdeck_model::{Digest, Fault, JobCtx, Outcome, plan::hex};
use quarterdeck_sqlite::held::{PageReader, Staged};
use quarterdeck_store::files;
use sha2::{Digest as _, Sha256};

use crate::{
    manifest::Digests,
    pages::{Builder, PageIndex},
    take::Image,
};

/// Where the sums of an image's pages arrive once it was read to its end.
pub(crate) type Sums = Arc<Mutex<Option<PageIndex>>>;

/// Tells the image's digest when it was read to the end, or that it was not.
pub(crate) struct ImageReader {
    pages: Pages,
    at: usize,
    digests: Arc<Digests>,
    component: String,
    builder: Option<Builder>,
    sums: Sums,
}

enum Pages {
    Held(PageReader),
    Staged { file: File, hash: Sha256, path: PathBuf, staged: Staged },
}

impl ImageReader {
    /// The image of component `at` of the snapshot, whose id is `component`.
    pub(crate) fn open(image: Image, at: usize, component: &str, digests: Arc<Digests>, sums: Sums, ctx: &JobCtx) -> Outcome<Self> {
        let page_size = image.facts()?.page_size;
        let pages = match image {
            Image::Held(held) => Pages::Held(held.into_reader(ctx)?),
            Image::Staged { path, staged } => {
                let file = File::open(&path).map_err(|error| files::fault("read", &path, &error))?;
                Pages::Staged { file, hash: Sha256::new(), path, staged }
            }
            Image::Unchanged { .. } => return Err(Fault::bug("An image that is not read has no reader.")),
        };
        Ok(Self { pages, at, digests, component: component.to_owned(), builder: Some(Builder::new(page_size)), sums })
    }

    fn end(&mut self) -> Outcome<()> {
        let digest = self.pages.digest();
        self.digests.put(self.at, digest.clone());
        let digest = digest?;
        if let Some(builder) = self.builder.take() {
            *self.sums.lock().unwrap_or_else(PoisonError::into_inner) = Some(builder.finish(&self.component, digest));
        }
        Ok(())
    }
}

impl Pages {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Held(pages) => pages.read(buffer),
            Self::Staged { file, hash, .. } => {
                let read = file.read(buffer)?;
                hash.update(&buffer[..read]);
                Ok(read)
            }
        }
    }

    /// The digest, once everything was read. A copy must still be what was copied.
    fn digest(&self) -> Outcome<Digest> {
        match self {
            Self::Held(pages) => pages.outcome().result(),
            Self::Staged { hash, path, staged, .. } => still_that_copy(path, staged, Digest(hex(&hash.clone().finalize()))),
        }
    }
}

/// The digest of a staged copy, where it is the one that was written.
pub(crate) fn still_that_copy(path: &std::path::Path, staged: &Staged, digest: Digest) -> Outcome<Digest> {
    if digest == staged.sha256 {
        return Ok(digest);
    }
    Err(Fault::failed("source-changed", format!("The copy {} is not what was written to it.", path.display()))
        .hint("Check that disk, then take the snapshot again."))
}

impl Read for ImageReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.pages.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            self.end().map_err(io::Error::other)?;
        } else if let Some(builder) = &mut self.builder {
            builder.push(&buffer[..read]);
        }
        Ok(read)
    }
}

impl Drop for ImageReader {
    fn drop(&mut self) {
        let unread = Fault::failed("image-incomplete", "The image was not read to its end.").hint("Take the snapshot again.").may_retry();
        self.digests.put(self.at, Err(unread));
    }
}
