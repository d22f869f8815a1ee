//! What has changed in a database since the snapshot before: nothing, some pages, or so much that its whole image is the better choice.

use std::{fs::File, io::Read, path::Path};

use quarterdeck_model::{Bytes, Class, Count, Digest, Fault, JobCtx, Outcome, plan::hex, snapshot::DeltaPart};
use quarterdeck_sqlite::held::{Flow, file_portions};
use quarterdeck_store::files;
use sha2::{Digest as _, Sha256};

use crate::{
    chain::Chain,
    delta::Header,
    pages::{self, PageIndex, Sum},
    reader::still_that_copy,
    spool::Spool,
    take::Image,
};

/// What a comparison of all pages came to.
pub(crate) enum Change {
    /// The image is, page by page, the one before; with a new note of it.
    Same(PageIndex),
    /// These pages.
    Pages(Box<Delta>),
    /// So much that the image goes in whole; here it is, not read yet.
    TooMuch(Image),
}

/// A delta that is ready to be stored.
pub(crate) struct Delta {
    pub part: DeltaPart,
    header: Vec<u8>,
    spool: Spool,
    /// The new image's pages.
    pub index: PageIndex,
}

impl Delta {
    /// The file.
    pub(crate) fn into_reader(self) -> Outcome<(DeltaPart, PageIndex, Box<dyn Read + Send>)> {
        let file = std::io::Cursor::new(self.header).chain(self.spool.into_reader()?);
        Ok((self.part, self.index, Box::new(file)))
    }
}

/// Compares all pages of an image with those of the one before, which `chain` makes and `was` describes. The read of a database that is
/// held stays held only where the image goes in whole.
pub(crate) fn find(mut image: Image, chain: &Chain, was: &PageIndex, scratch: &Path, ctx: &JobCtx) -> Outcome<Change> {
    let (size, page_size) = (image.facts()?.size(), image.facts()?.page_size);
    let (room, most) = (chain.room(size), Spool::new(scratch, chain.room(size)));
    let mut comparison = Comparison { was: &was.sums, page_size: page_size as usize, sums: Vec::new(), numbers: Vec::new(), spool: most };
    // A file begins with its header, so a few small pages are less than one.
    let digest = match room {
        0 if size > 0 => None,
        _ => comparison.read(&mut image, ctx)?,
    };
    match digest {
        None => Ok(Change::TooMuch(image)),
        Some(digest) if digest == was.head.sha256 => Ok(Change::Same(comparison.index(was, digest).1)),
        Some(digest) => comparison.delta(chain, was, digest).map(|delta| Change::Pages(Box::new(delta))),
    }
}

/// One pass over all pages.
struct Comparison<'a> {
    was: &'a [Sum],
    page_size: usize,
    sums: Vec<Sum>,
    numbers: Vec<u32>,
    spool: Spool,
}

impl Comparison<'_> {
    /// The image's digest; none where it was not read to the end, because there is no room for so many changed pages.
    fn read(&mut self, image: &mut Image, ctx: &JobCtx) -> Outcome<Option<Digest>> {
        let read = match image {
            Image::Held(held) => held.portions(ctx, &mut |portion| self.portion(portion)),
            Image::Staged { path, staged } => {
                let file = File::open(&*path).map_err(|error| files::fault("read", path, &error))?;
                let digest = file_portions(file, path, ctx, &mut |portion| self.portion(portion))?;
                digest.map(|digest| still_that_copy(path, staged, digest)).transpose()
            }
            Image::Unchanged { .. } => Err(Fault::bug("An image that is not read cannot be compared.")),
        };
        match read {
            // No room on the disk of the scratch folder: the whole image needs none.
            Err(fault) if fault.is("disk-full") && fault.class != Class::Cancelled => Ok(None),
            read => read,
        }
    }

    fn portion(&mut self, portion: &[u8]) -> Outcome<Flow> {
        for page in portion.chunks(self.page_size) {
            let sum = pages::sum(page);
            let same = self.was.get(self.sums.len()) == Some(&sum);
            self.sums.push(sum);
            if same {
                continue;
            }
            let Ok(number) = u32::try_from(self.sums.len()) else {
                return Err(Fault::bug("An image has more pages than SQLite can number."));
            };
            if !self.spool.push(page)? {
                return Ok(Flow::Stop);
            }
            self.numbers.push(number);
        }
        Ok(Flow::GoOn)
    }

    fn index(self, was: &PageIndex, digest: Digest) -> (Spool, PageIndex) {
        (self.spool, pages::index(&was.head.component, digest, was.head.page_size, self.sums))
    }

    fn delta(mut self, chain: &Chain, was: &PageIndex, digest: Digest) -> Outcome<Delta> {
        let number = chain.number() + 1;
        let header = Header {
            page_size: was.head.page_size,
            before: was.sums.len() as u64,
            after: self.sums.len() as u64,
            first: number,
            last: number,
            was: was.head.sha256.clone(),
            becomes: digest.clone(),
            numbers: std::mem::take(&mut self.numbers),
        };
        let (size, pages) = (Bytes(header.length()), Count(header.numbers.len() as u64));
        let begin = header.encode()?;
        let (mut spool, index) = self.index(was, digest);
        if begin.len() as u64 + spool.bytes() != size.0 {
            return Err(Fault::bug(format!("A delta has {} bytes where {size} were expected.", begin.len() as u64 + spool.bytes())));
        }
        let part = DeltaPart {
            tier: 0,
            first: number,
            last: number,
            pages,
            size,
            sha256: hash(&begin, &mut spool)?,
            before: header.was,
            after: header.becomes,
        };
        Ok(Delta { part, header: begin, spool, index })
    }
}

fn hash(header: &[u8], spool: &mut Spool) -> Outcome<Digest> {
    let mut hash = Sha256::new();
    hash.update(header);
    let (mut pages, mut buffer) = (spool.rewind()?, vec![0; 256 << 10]);
    loop {
        let read = pages.read(&mut buffer).map_err(|error| files::fault("read", Path::new("the changed pages"), &error))?;
        if read == 0 {
            return Ok(Digest(hex(&hash.finalize())));
        }
        hash.update(&buffer[..read]);
    }
}
