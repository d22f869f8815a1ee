//! Chains of deltas are made shorter from the repository alone, beside everything else: the merged part is stored as a snapshot of its
//! own, which nobody lists, and the next snapshot of the system takes it over instead of the parts that it was made of.
//!
//! Nothing that was listed changes by that. A kill in between leaves such a snapshot: its part is adopted by the next snapshot or swept away.

use std::{
    io::{self, Read},
    ops::Range,
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
};

use quarterdeck_model::{
    Bytes, Clock, Count, Digest, Fault, JobCtx, Outcome,
    plan::hex,
    snapshot::{BasePart, DeltaPart, ManifestComponent, Snapshot, SnapshotId},
    system::Name,
};
use quarterdeck_store::failpoint;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    chain::{Chain, Merge, Part},
    delta::Header,
    image, layout,
    manifest::{Digests, LateText},
    overlay::Overlay,
    repository::{Content, Listing, Note, Owner, Repository, SourceFile, Stored},
};

/// The description of a merged part is padded to this length, because it names a digest that is known last.
const LENGTH: usize = 4096;

/// Version of the description.
const FORMAT: u32 = 1;

/// Pieces of an image that wait between two threads.
const WAITING: usize = 8;

/// A snapshot that holds a merged part.
#[derive(Debug, Clone, PartialEq)]
pub struct MergedPart {
    /// Its identifier.
    pub id: SnapshotId,
    /// Of which component, by its id in the store.
    pub component: String,
    /// And by its name.
    pub name: Name,
    /// The part.
    pub part: Part,
}

/// `merge.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Merged {
    format: u32,
    system: Name,
    component: String,
    name: Name,
    part: Part,
}

/// What to merge, and on whose behalf.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The newest snapshot of the component.
    pub snapshot: &'a Snapshot,
    /// The component.
    pub component: &'a Name,
    /// What its chain wants (see [`due`]).
    pub merge: &'a Merge,
    /// The host's name.
    pub host: &'a str,
    /// The program and its version.
    pub tool: &'a str,
    /// The user.
    pub who: &'a str,
}

/// What the chains of a snapshot want merged, by component.
pub fn due(snapshot: &Snapshot) -> Vec<(Name, Merge)> {
    let of = |component: &ManifestComponent| {
        let merge = Chain::of(component).ok()?.due(component.size.0)?;
        Some((component.name.clone(), merge))
    };
    snapshot.manifest.components.iter().filter_map(of).collect()
}

/// How many bytes a merge reads.
pub fn weight(snapshot: &Snapshot, component: &Name, merge: &Merge) -> Bytes {
    let Some(component) = snapshot.manifest.component(Some(component)) else { return Bytes(0) };
    let deltas = |parts: &[DeltaPart]| parts.iter().map(|part| part.size.0).sum::<u64>();
    Bytes(match merge {
        Merge::Base => component.base_part().size.0 + deltas(&component.deltas),
        Merge::Deltas(run) => component.deltas.get(run.clone()).map_or(0, deltas),
    })
}

/// Stores the merged part for the next snapshot. Reads without a lock; holds the writer's lock while its bytes go in, and heeds `ctx` at
/// every piece. What was stored before it was cancelled is not stored again the next time.
///
/// Faults: those of reading (`snapshot-damaged`, `image-differs`, `delta-differs`, …) and of the repository.
pub fn run(repository: &dyn Repository, task: &Task<'_>, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<SnapshotId> {
    let component = image::component(task.snapshot, Some(task.component))?;
    let chain = Chain::of(component)?;
    failpoint::reach("merge.begun")?;
    let id = match task.merge {
        Merge::Deltas(run) => add(repository, task, merged_delta(repository, task, &chain, run.clone(), ctx)?, clock, ctx)?,
        Merge::Base => new_base(repository, task, &chain, clock, ctx)?,
    };
    failpoint::reach("merge.added")?;
    Ok(id)
}

/// The merged parts that wait in a repository to be taken over, by what it lists.
pub fn waiting(repository: &dyn Repository, listing: &Listing, system: &Name) -> Outcome<Vec<MergedPart>> {
    let tag = layout::merge_tag(system);
    let mut waiting = Vec::new();
    for stored in listing.snapshots.iter().filter(|stored| stored.tags.contains(&tag)) {
        if let Some(Merged { component, name, part, .. }) = read(repository, &stored.id, system)? {
            waiting.push(MergedPart { id: stored.id.clone(), component, name, part });
        }
    }
    Ok(waiting)
}

/// Forgets the merged parts that fit none of the newest chains: those that were taken over, and those that came too late.
pub fn sweep(repository: &dyn Repository, newest: &Snapshot, owner: &Owner) -> Outcome<Vec<SnapshotId>> {
    let mut swept = Vec::new();
    for merged in waiting(repository, &repository.snapshots()?, &newest.manifest.system)? {
        let fits = newest.manifest.components.iter().any(|component| {
            component.id == merged.component && Chain::of(component).is_ok_and(|chain| chain.adopt(&merged.part).is_some())
        });
        if !fits {
            repository.forget(&merged.id, owner)?;
            swept.push(merged.id);
        }
    }
    Ok(swept)
}

/// None where it cannot be read or understood: then it is of no use, and `sweep` does not see it either.
fn read(repository: &dyn Repository, id: &SnapshotId, system: &Name) -> Outcome<Option<Merged>> {
    let text = match repository.confirm(id, &[], &[layout::merged(system)]) {
        Err(fault) if ["snapshot-missing", "snapshot-incomplete", "snapshot-damaged"].contains(&&*fault.code) => return Ok(None),
        text => text?,
    };
    let merged = text.first().and_then(|text| serde_json::from_slice::<Merged>(text).ok());
    Ok(merged.filter(|merged| merged.format == FORMAT && merged.system == *system))
}

/// A merged part on its way into the repository.
struct NewPart {
    path: String,
    size: u64,
    /// Without the digest of the file.
    part: Part,
    digests: Arc<Digests>,
    reader: Box<dyn Read + Send>,
}

fn merged_delta(repository: &dyn Repository, task: &Task<'_>, chain: &Chain, run: Range<usize>, ctx: &JobCtx) -> Outcome<NewPart> {
    let component = image::component(task.snapshot, Some(task.component))?;
    let system = &task.snapshot.manifest.system;
    let nothing = || Fault::bug(format!("The chain of {} is shorter than what is to be merged.", component.name));
    let parts = chain.deltas.get(run).ok_or_else(nothing)?;
    let paths: Vec<_> = parts.iter().map(|part| layout::delta(system, &component.name, part)).collect();
    let mut stored = repository.open_files(&task.snapshot.id, &paths, ctx)?;
    let headers = image::headers(&mut *stored, parts, component.page_size, None)?;
    let (first, last) = headers.first().zip(headers.last()).ok_or_else(nothing)?;
    let overlay = Overlay::new(&headers);
    let numbers = overlay.numbers();
    let header = Header { before: first.before, first: first.first, was: first.was.clone(), numbers, ..last.clone() };
    let part = DeltaPart {
        tier: Chain::merged_tier(parts),
        first: header.first,
        last: header.last,
        pages: Count(header.numbers.len() as u64),
        size: Bytes(header.length()),
        sha256: Digest(String::new()),
        before: header.was.clone(),
        after: header.becomes.clone(),
    };
    let digests = Digests::awaiting(1);
    let inner = Box::new(MergedPages { overlay, stored, out: header.encode()?, at: 0 });
    let reader = Hashing { inner, hash: Sha256::new(), digests: Arc::clone(&digests) };
    let (path, size) = (layout::delta(system, &component.name, &part), part.size.0);
    Ok(NewPart { path, size, part: Part::Delta(part), digests, reader: Box::new(reader) })
}

/// The image comes out of the repository on a thread of its own while it goes in again.
fn new_base(repository: &dyn Repository, task: &Task<'_>, chain: &Chain, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<SnapshotId> {
    let component = image::component(task.snapshot, Some(task.component))?;
    let (to, from) = sync_channel::<Outcome<Vec<u8>>>(WAITING);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let abandoned = || Fault::cancelled("Nobody reads the image any more.");
            let mut sink = |piece: &[u8]| to.send(Ok(piece.to_vec())).map_err(|_| abandoned());
            if let Err(fault) = image::stream(repository, image::Holder::of(task.snapshot), component, &mut sink, ctx) {
                // Where nobody listens any more, nobody wants to know.
                let _ = to.send(Err(fault));
            }
        });
        let digests = Digests::awaiting(1);
        let inner = Box::new(Pieces { from, piece: io::Cursor::new(Vec::new()) });
        let reader = Hashing { inner, hash: Sha256::new(), digests: Arc::clone(&digests) };
        let base =
            BasePart { number: chain.number(), page_count: component.page_count, size: component.size, sha256: Digest(String::new()) };
        let path = layout::image(&task.snapshot.manifest.system, &component.name);
        let new = NewPart { path, size: component.size.0, part: Part::Base(base), digests, reader: Box::new(reader) };
        add(repository, task, new, clock, ctx)
    })
}

fn add(repository: &dyn Repository, task: &Task<'_>, new: NewPart, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<SnapshotId> {
    let component = image::component(task.snapshot, Some(task.component))?;
    let (system, now) = (task.snapshot.manifest.system.clone(), clock.now());
    let (part, name, id) = (new.part, component.name.clone(), component.id.clone());
    let described = layout::merged(&system);
    let note = Note {
        host: task.host.to_owned(),
        who: task.who.to_owned(),
        tool: task.tool.to_owned(),
        label: Some("merged parts for the next snapshot".to_owned()),
        tags: vec![layout::merge_tag(&system)],
        time: now,
    };
    let make = move |digests: Vec<Digest>| {
        let part = digests.into_iter().next().map(|digest| named(&part, digest)).unwrap_or_else(|| part.clone());
        let merged = Merged { format: FORMAT, system: system.clone(), component: id.clone(), name: name.clone(), part };
        let mut text =
            serde_json::to_vec_pretty(&merged).map_err(|error| Fault::bug(format!("A merged part cannot be described: {error}.")))?;
        text.resize(text.len().max(LENGTH), b' ');
        Ok(text)
    };
    let (digests, cancel) = (new.digests, ctx.cancel_token().clone());
    let late = LateText::new(move || make(digests.all(&cancel)?));
    let stream = |path: String, size, reader| SourceFile { path: path.into(), size, modified: now, content: Content::Stream(reader) };
    let files = vec![stream(new.path, new.size, new.reader), stream(described, LENGTH as u64, Box::new(late))];
    Ok(repository.add(files, &note, &Owner { who: task.who.to_owned(), since: now }, ctx)?.id)
}

fn named(part: &Part, sha256: Digest) -> Part {
    match part {
        Part::Base(base) => Part::Base(BasePart { sha256, ..base.clone() }),
        Part::Delta(delta) => Part::Delta(DeltaPart { sha256, ..delta.clone() }),
    }
}

/// The file of a merged delta.
struct MergedPages {
    overlay: Overlay,
    stored: Box<dyn Stored>,
    /// What is read next, from `at` on: the header, then the pages.
    out: Vec<u8>,
    at: usize,
}

impl Read for MergedPages {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.out.len() {
            self.out.clear();
            self.at = 0;
            self.overlay.read(&mut *self.stored, &mut self.out).map_err(io::Error::other)?;
        }
        let count = buffer.len().min(self.out.len() - self.at);
        buffer[..count].copy_from_slice(&self.out[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Pieces that another thread sends; the end is theirs to find.
struct Pieces {
    from: Receiver<Outcome<Vec<u8>>>,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.from.recv() {
                Ok(piece) => self.piece = io::Cursor::new(piece.map_err(io::Error::other)?),
                Err(_) => return Ok(0),
            }
        }
    }
}

/// Tells the digest of what passed, once it has ended.
struct Hashing {
    inner: Box<dyn Read + Send>,
    hash: Sha256,
    digests: Arc<Digests>,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            self.digests.put(0, Ok(Digest(hex(&self.hash.clone().finalize()))));
        }
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        let unread = Fault::failed("merge-incomplete", "The merged part was not read to its end.").hint("Merge again.").may_retry();
        self.digests.put(0, Err(unread));
    }
}
