//! Taking a snapshot: the images go straight into the repository while they are read, the manifest follows, and then what was stored is
//! compared with what was announced. The snapshot that comes back is whole; of one that is not, nothing stays on the list.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::Arc,
};

use quarterdeck_model::{
    Bytes, Clock, Count, Digest, Fault, JobCtx, Millis, Outcome,
    job::{Listener, Phase, Progress},
    plan::hex,
    snapshot::{Level, LevelReached, Manifest, ManifestComponent, Reason, Snapshot, SnapshotId},
    system::Name,
};
use quarterdeck_sqlite::held::{HeldRead, ImageFacts, PageReader, Staged};
use quarterdeck_store::{failpoint, files};
use sha2::{Digest as _, Sha256};

use crate::{
    layout,
    manifest::{self, Digests, LateManifest},
    repository::{AddedSnapshot, Note, Owner, Repository, SourceFile},
};

/// First phase: every byte of the images goes into the repository. Cancel leaves no snapshot.
pub const TAKE_IMAGE: &str = "Take the image";
/// Second phase: what was stored is compared with what was announced.
pub const CHECK_SNAPSHOT: &str = "Check the snapshot";

/// The phases of [`take`], for a plan to announce.
pub fn phases() -> Vec<Phase> {
    vec![
        Phase::new(TAKE_IMAGE, "The pages go into the repository, encrypted and compressed; cancelling leaves no snapshot."),
        Phase::new(CHECK_SNAPSHOT, "Every file must be there at its exact size, with all its parts.").past_return(),
    ]
}

/// What to take, and what to write about it.
pub struct Request {
    /// The system.
    pub system: Name,
    /// The host's name.
    pub host: String,
    /// Who asked.
    pub who: String,
    /// The caller's own words.
    pub label: Option<String>,
    /// Why.
    pub reason: Reason,
    /// Head of the audit chain.
    pub audit_head: Option<Digest>,
    /// The program and its version.
    pub tool: String,
    /// At least one.
    pub components: Vec<Component>,
}

/// A component, and where its image comes from.
pub struct Component {
    /// Its id in the store.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// The live file's name.
    pub file: String,
    /// Its image.
    pub image: Image,
}

/// Where an image comes from.
pub enum Image {
    /// Straight from the live database, without a copy in between: where nobody has to wait for the read (WAL mode).
    Held(HeldRead),
    /// From a copy in a file of ours, which stays where it is: where writers wait while the read is held.
    Staged {
        /// The copy.
        path: PathBuf,
        /// What it is.
        staged: Staged,
    },
}

impl Image {
    fn facts(&self) -> &ImageFacts {
        match self {
            Self::Held(held) => held.facts(),
            Self::Staged { staged, .. } => &staged.facts,
        }
    }
}

/// Takes a snapshot. Level reached: *present*.
///
/// Faults: those of the images and of the repository (`repository-busy`, `disk-full`, `snapshot-incomplete`, …). None leaves a
/// snapshot on the list; where taking it off failed too, the fact `left` names it.
pub fn take(repository: &dyn Repository, request: Request, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<Snapshot> {
    ctx.phase(TAKE_IMAGE);
    ctx.checkpoint()?;
    let manifest = draft(&request)?;
    let note = note(&request, &manifest);
    let owner = Owner { who: request.who.clone(), since: clock.now() };
    let digests = Digests::awaiting(request.components.len());
    let files = sources(request, &manifest, &digests, ctx)?;
    let expected: Vec<_> = files.iter().map(|file| (file.path.clone(), file.size)).collect();
    let AddedSnapshot { id, added } = repository.add(files, &note, &owner, ctx)?;

    ctx.phase(CHECK_SNAPSHOT);
    let manifest = confirm(repository, &id, manifest, &digests, &expected).map_err(|fault| take_back(repository, &id, &owner, fault))?;
    let levels = vec![LevelReached { level: Level::Present, at: clock.now() }];
    Ok(Snapshot { id, manifest, levels, added, pinned_until: None })
}

/// The manifest without its digests.
fn draft(request: &Request) -> Outcome<Manifest> {
    let cuts = || request.components.iter().map(|component| component.image.facts().cut_at);
    let (Some(first), Some(last)) = (cuts().min(), cuts().max()) else {
        return Err(Fault::refused("nothing-to-back-up", format!("The system {} has no component to back up.", request.system))
            .hint("Add a component to it first."));
    };
    Ok(Manifest {
        format: manifest::FORMAT,
        tool: request.tool.clone(),
        system: request.system.clone(),
        host: request.host.clone(),
        who: request.who.clone(),
        reason: request.reason,
        label: request.label.clone(),
        audit_head: request.audit_head.clone(),
        cut_at: first,
        skew: Millis((last - first).num_milliseconds().unsigned_abs()),
        components: request.components.iter().map(describe).collect(),
    })
}

fn describe(component: &Component) -> ManifestComponent {
    let facts = component.image.facts();
    ManifestComponent {
        id: component.id.clone(),
        name: component.name.clone(),
        file: component.file.clone(),
        cut_at: facts.cut_at,
        size: Bytes(facts.size()),
        page_size: facts.page_size,
        page_count: Count(facts.page_count),
        application_id: facts.application_id,
        user_version: facts.user_version,
        journal_mode: facts.journal_mode.clone(),
        schema_fingerprint: facts.schema_fingerprint.clone(),
        sha256: Digest(String::new()),
        rows: None,
        rows_at: None,
    }
}

fn note(request: &Request, manifest: &Manifest) -> Note {
    let reason = match request.reason {
        Reason::Manual => "manual",
        Reason::Scheduled => "scheduled",
        Reason::BeforeChange => "before-change",
        Reason::Safety => "safety",
    };
    Note {
        host: request.host.clone(),
        who: request.who.clone(),
        tool: request.tool.clone(),
        label: request.label.clone(),
        tags: vec![layout::tag(&request.system), format!("reason:{reason}")],
        time: manifest.cut_at,
    }
}

/// The files of the snapshot; the manifest sorts behind the images, so it is read last.
fn sources(request: Request, manifest: &Manifest, digests: &Arc<Digests>, ctx: &JobCtx) -> Outcome<Vec<SourceFile>> {
    let (system, modified) = (request.system, manifest.cut_at);
    let names: Vec<_> = request.components.iter().map(|component| (component.name.clone(), component.file.clone())).collect();
    let text = layout::restore_text(&system, &names);
    let length = manifest::padded_length(manifest)?;
    let late =
        LateManifest { manifest: manifest.clone(), length, digests: Arc::clone(digests), cancel: ctx.cancel_token().clone(), text: None };
    let mut files = vec![
        SourceFile { path: layout::RESTORE_TEXT.to_owned(), size: text.len() as u64, modified, reader: Box::new(io::Cursor::new(text)) },
        SourceFile { path: layout::manifest(&system), size: length as u64, modified, reader: Box::new(late) },
    ];
    // The repository counts what it has consumed; what a reader has read ahead is no progress yet.
    let quiet = JobCtx::new(Arc::new(Quiet), ctx.cancel_token().clone());
    for (at, component) in request.components.into_iter().enumerate() {
        let facts = component.image.facts();
        let (size, modified) = (facts.size(), facts.cut_at);
        let path = layout::image(&system, &component.name);
        let pages = Pages::open(component.image, &quiet)?;
        let reader = ImageReader { pages, at, digests: Arc::clone(digests) };
        files.push(SourceFile { path, size, modified, reader: Box::new(reader) });
    }
    Ok(files)
}

/// Compares what was stored with what was announced, and reads the manifest back.
fn confirm(
    repository: &dyn Repository,
    id: &SnapshotId,
    draft: Manifest,
    digests: &Digests,
    expected: &[(String, u64)],
) -> Outcome<Manifest> {
    failpoint::reach("backup.saved")?;
    let quiet = JobCtx::detached();
    let written = manifest::complete(draft, digests.all(quiet.cancel_token())?);
    repository.verify(id, expected)?;
    if manifest::read(repository, id, &written.system, &quiet)? != written {
        return Err(Fault::failed(
            "snapshot-incomplete",
            format!("The manifest in snapshot {} is not the one that was written.", id.short()),
        )
        .hint("Check the repository's disk, then take the snapshot again."));
    }
    failpoint::reach("backup.verified")?;
    Ok(written)
}

fn take_back(repository: &dyn Repository, id: &SnapshotId, owner: &Owner, fault: Fault) -> Fault {
    match repository.forget(id, owner) {
        Ok(()) => fault,
        Err(_) => fault.fact("left", id.0.clone()),
    }
}

/// An image on its way: tells its digest when it was read to the end, or that it was not.
struct ImageReader {
    pages: Pages,
    at: usize,
    digests: Arc<Digests>,
}

enum Pages {
    Held(PageReader),
    Staged { file: File, hash: Sha256, path: PathBuf, staged: Staged },
}

impl Pages {
    fn open(image: Image, ctx: &JobCtx) -> Outcome<Self> {
        match image {
            Image::Held(held) => Ok(Self::Held(held.into_reader(ctx)?)),
            Image::Staged { path, staged } => {
                let file = File::open(&path).map_err(|error| files::fault("read", &path, &error))?;
                Ok(Self::Staged { file, hash: Sha256::new(), path, staged })
            }
        }
    }

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
            Self::Staged { hash, path, staged, .. } => match Digest(hex(&hash.clone().finalize())) {
                digest if digest == staged.sha256 => Ok(digest),
                _ => Err(Fault::failed("source-changed", format!("The copy {} is not what was written to it.", path.display()))
                    .hint("Check that disk, then take the snapshot again.")),
            },
        }
    }
}

impl Read for ImageReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.pages.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            let digest = self.pages.digest();
            self.digests.put(self.at, digest.clone());
            digest.map_err(io::Error::other)?;
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

struct Quiet;

impl Listener for Quiet {
    fn phase(&self, _: &str) {}
    fn progress(&self, _: Progress) {}
}
