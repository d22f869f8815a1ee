//! What a fetch and a proof have in common: an image on its way out of the repository, and whether it is what the manifest says.

use quarterdeck_model::{
    Digest, Fault, JobCtx, Outcome,
    plan::hex,
    snapshot::{DeltaPart, ManifestComponent, Snapshot, SnapshotId},
    system::Name,
};
use quarterdeck_sqlite::image::ImageCheck;
use sha2::{Digest as _, Sha256};

use crate::{
    chain::Chain,
    delta::Header,
    layout,
    overlay::Overlay,
    repository::{Repository, Sink, Stored},
};

/// Pieces of about this size go to the sink.
const PIECE: usize = 256 << 10;

/// The component by name, or the only one (`component-missing`).
pub(crate) fn component<'a>(snapshot: &'a Snapshot, name: Option<&Name>) -> Outcome<&'a ManifestComponent> {
    snapshot.manifest.component(name).ok_or_else(|| {
        let held: Vec<_> = snapshot.manifest.components.iter().map(|component| component.name.to_string()).collect();
        let held = held.join(", ");
        let what = name.map_or_else(|| "more than one component".to_owned(), |name| format!("no component {name}"));
        Fault::refused("component-missing", format!("Snapshot {} has {what}; it holds {held}.", snapshot.id.short()))
            .hint("Name one of its components.")
            .fact("snapshot", snapshot.id.0.clone())
    })
}

/// Which snapshot holds an image.
#[derive(Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub id: &'a SnapshotId,
    pub system: &'a Name,
}

impl<'a> Holder<'a> {
    pub(crate) fn of(snapshot: &'a Snapshot) -> Self {
        Self { id: &snapshot.id, system: &snapshot.manifest.system }
    }
}

/// Hands the image to `sink` piece by piece; `Ok` only where it was, byte for byte, what the manifest says (`image-differs`).
pub(crate) fn stream(
    repository: &dyn Repository,
    holder: Holder<'_>,
    component: &ManifestComponent,
    sink: &mut Sink<'_>,
    ctx: &JobCtx,
) -> Outcome<Digest> {
    let (mut hash, mut size) = (Sha256::new(), 0);
    let mut hashing = |piece: &[u8]| {
        hash.update(piece);
        size += piece.len() as u64;
        sink(piece)
    };
    let path = layout::image(holder.system, &component.name);
    if component.deltas.is_empty() {
        repository.read_file(holder.id, &path, &mut hashing, ctx)?;
    } else {
        let chain = Chain::of(component)?;
        let paths = layout::deltas(holder.system, component);
        let mut stored = repository.open_files(holder.id, &paths, ctx)?;
        let headers = headers(&mut *stored, &chain.deltas, component.page_size, Some(chain.base.page_count.0))?;
        // What follows takes memory by the number of pages, so that must be the one that was recorded.
        if headers.last().is_none_or(|last| last.after != component.page_count.0) {
            return Err(differs(holder, component, &path, None));
        }
        let mut assembly = Assembly::new(&headers, component, &mut *stored, &mut hashing);
        repository.read_file(holder.id, &path, &mut |piece| assembly.base(piece), ctx)?;
        assembly.finish()?;
    }
    let digest = Digest(hex(&hash.finalize()));
    if digest == component.sha256 && size == component.size.0 {
        return Ok(digest);
    }
    Err(differs(holder, component, &path, Some(digest)))
}

fn differs(holder: Holder<'_>, component: &ManifestComponent, path: &str, digest: Option<Digest>) -> Fault {
    let fault = Fault::failed(
        "image-differs",
        format!("The image of {} in snapshot {} is not what its manifest says.", component.name, holder.id.short()),
    )
    .hint("Use another snapshot, and check the repository.")
    .fact("snapshot", holder.id.0.clone())
    .fact("file", path)
    .fact("expected-sha256", component.sha256.0.clone());
    match digest {
        Some(digest) => fault.fact("sha256", digest.0),
        None => fault,
    }
}

/// The headers of deltas that follow on one another, each what the manifest says of it (`delta-unreadable`, `delta-differs`). `pages` is
/// the number of pages of the image before, where that is known.
pub(crate) fn headers(stored: &mut dyn Stored, parts: &[DeltaPart], page_size: u32, mut pages: Option<u64>) -> Outcome<Vec<Header>> {
    let mut header = |(file, part): (usize, &DeltaPart)| {
        let header = Header::read(stored, file)?;
        let before = pages.unwrap_or(header.before);
        let says = (header.page_size, header.before, header.first, header.last, header.numbers.len() as u64);
        let same = says == (page_size, before, part.first, part.last, part.pages.0);
        if !same || header.was != part.before || header.becomes != part.after || stored.size(file) != part.size.0 {
            return Err(other_delta(stored.path(file)));
        }
        pages = Some(header.after);
        Ok(header)
    };
    parts.iter().enumerate().map(&mut header).collect()
}

/// A file that is not the delta that it should be.
pub(crate) fn other_delta(path: &str) -> Fault {
    Fault::failed("delta-differs", format!("The delta {path} is not the one that the manifest names."))
        .hint("Use another snapshot, and check the repository.")
        .fact("file", path)
}

/// An image that is put together from its base, which comes by, and from the pages that have changed since.
struct Assembly<'a, 'b> {
    page_size: usize,
    pages: u64,
    overlay: Overlay,
    stored: &'a mut dyn Stored,
    sink: &'a mut Sink<'b>,
    /// The number of the next page that goes out, and of the next one of the base.
    next: u64,
    next_of_base: u64,
    /// A page of the base of which only the beginning has come by.
    begun: Vec<u8>,
    out: Vec<u8>,
}

impl<'a, 'b> Assembly<'a, 'b> {
    fn new(headers: &[Header], component: &ManifestComponent, stored: &'a mut dyn Stored, sink: &'a mut Sink<'b>) -> Self {
        let (page_size, pages) = (component.page_size as usize, component.page_count.0);
        let out = Vec::with_capacity(2 * PIECE);
        Self { page_size, pages, overlay: Overlay::new(headers), stored, sink, next: 1, next_of_base: 1, begun: Vec::new(), out }
    }

    fn base(&mut self, mut piece: &[u8]) -> Outcome<()> {
        if !self.begun.is_empty() {
            let (now, later) = piece.split_at(piece.len().min(self.page_size - self.begun.len()));
            self.begun.extend_from_slice(now);
            piece = later;
            if self.begun.len() < self.page_size {
                return Ok(());
            }
            let page = std::mem::take(&mut self.begun);
            self.page_of_base(&page)?;
        }
        let pages = piece.chunks_exact(self.page_size);
        self.begun.extend_from_slice(pages.remainder());
        for page in pages {
            self.page_of_base(page)?;
        }
        Ok(())
    }

    fn page_of_base(&mut self, page: &[u8]) -> Outcome<()> {
        self.changed_pages()?;
        let number = self.next_of_base;
        self.next_of_base += 1;
        if number == self.next && number <= self.pages {
            self.out.extend_from_slice(page);
            self.next += 1;
        }
        self.hand_on(PIECE)
    }

    /// Those that come next.
    fn changed_pages(&mut self) -> Outcome<()> {
        while self.overlay.next() == Some(self.next) {
            self.next += self.overlay.read(self.stored, &mut self.out)?;
            self.hand_on(PIECE)?;
        }
        Ok(())
    }

    fn hand_on(&mut self, from: usize) -> Outcome<()> {
        if self.out.len() >= from && !self.out.is_empty() {
            (self.sink)(&self.out)?;
            self.out.clear();
        }
        Ok(())
    }

    /// Pages behind the end of the base. Whether all are there, size and digest tell.
    fn finish(mut self) -> Outcome<()> {
        self.changed_pages()?;
        self.hand_on(0)
    }
}

/// What in an image is other than its manifest says, beyond the hash; `None` where nothing is.
pub(crate) fn difference(component: &ManifestComponent, check: &ImageCheck) -> Option<String> {
    if check.schema_fingerprint != component.schema_fingerprint {
        return Some("its schema is another one".to_owned());
    }
    if check.page_size != component.page_size || check.page_count != component.page_count.0 {
        return Some(format!("it has {} pages of {} bytes", check.page_count, check.page_size));
    }
    if (check.application_id, check.user_version) != (component.application_id, component.user_version) {
        return Some("its application_id or user_version is another one".to_owned());
    }
    let rows = component.rows.as_ref()?;
    let other = rows.iter().find(|(table, count)| check.rows.get(*table) != Some(count));
    other.map(|(table, count)| format!("table {table} has not the {count} rows that were counted before"))
}
