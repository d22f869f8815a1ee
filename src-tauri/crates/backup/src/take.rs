//! Taking a snapshot: what has changed since the one before is found first; it goes into the repository, the manifest follows, and then
//! what was stored is compared with what was announced. The snapshot that comes back is whole; of one that is not, nothing stays on the
//! list.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, PoisonError},
};

use quarterdeck_model::{
    Bytes, CancelToken, Clock, Count, Digest, Fault, Instant, JobCtx, Millis, Outcome,
    inspection::Finding,
    job::{Listener, Phase, Progress},
    snapshot::{Level, LevelReached, Manifest, ManifestComponent, Reason, Snapshot, SnapshotId},
    system::Name,
};
use quarterdeck_sqlite::held::{HeldRead, ImageFacts, Staged};
use quarterdeck_store::failpoint;

use crate::{
    directory::{self, Cut, Ends},
    layout,
    manifest::{self, Digests, LateText},
    merge::MergedPart,
    pages::PageIndex,
    prepare::{New, Prepared, Preparing},
    reader::{ImageReader, Sums},
    repository::{AddedSnapshot, Content, Expected, Note, Owner, Repository, SourceFile},
};

/// First phase: the pages of the databases are compared with those of the snapshot before. Cancel leaves no snapshot.
pub const FIND_CHANGES: &str = "Find what changed";
/// Second phase: what is new goes into the repository. Cancel leaves no snapshot.
pub const TAKE_IMAGE: &str = "Take the image";
/// Third phase: what was stored is compared with what was announced.
pub const CHECK_SNAPSHOT: &str = "Check the snapshot";

/// The phases of [`take`], for a plan to announce.
pub fn phases() -> Vec<Phase> {
    vec![
        Phase::new(FIND_CHANGES, "Every page is compared with the one in the snapshot before; cancelling leaves no snapshot."),
        Phase::new(TAKE_IMAGE, "What is new goes into the repository, encrypted and compressed; cancelling leaves no snapshot."),
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
    /// The databases. Without one there is at least one directory.
    pub components: Vec<Component>,
    /// The directories, cut already (see [`directory::cut`]).
    pub directories: Vec<Cut>,
    /// A folder of ours for changed pages that memory does not hold; made where it is missing.
    pub scratch: PathBuf,
    /// Merged parts that may make the chains shorter (see [`crate::merge::waiting`]).
    pub merged: Vec<MergedPart>,
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
    /// The snapshot that it is compared with; without one, the whole image goes in.
    pub parent: Option<Parent>,
}

/// A snapshot that a new one is compared with.
#[derive(Debug, Clone)]
pub struct Parent {
    /// Which.
    pub snapshot: SnapshotId,
    /// What it says of the component, under the same name.
    pub component: ManifestComponent,
    /// What its pages were, where that is at hand; otherwise they are read from the repository.
    pub index: Option<PageIndex>,
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
    /// Nobody has committed since the parent was taken: its image is this one too.
    Unchanged {
        /// When that was found.
        cut_at: Instant,
    },
}

impl Image {
    pub(crate) fn facts(&self) -> Outcome<&ImageFacts> {
        match self {
            Self::Held(held) => Ok(held.facts()),
            Self::Staged { staged, .. } => Ok(&staged.facts),
            Self::Unchanged { .. } => Err(Fault::bug("An image that is taken over needs the snapshot that it is taken from.")),
        }
    }
}

impl Component {
    /// What the manifest says of an image that is read, without digests and parts.
    pub(crate) fn describe(&self, cut_at: Instant) -> Outcome<ManifestComponent> {
        let facts = self.image.facts()?;
        Ok(ManifestComponent {
            id: self.id.clone(),
            name: self.name.clone(),
            file: self.file.clone(),
            cut_at,
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
            base: None,
            deltas: Vec::new(),
        })
    }
}

/// A snapshot that was just taken.
pub struct Taken {
    /// Level reached: *present*.
    pub snapshot: Snapshot,
    /// How each of its components came to be, in their order.
    pub origins: Vec<Origin>,
    /// The pages of the images that were read, for the next snapshot to be compared with.
    pub indexes: Vec<PageIndex>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// How the image of a component came into a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is the image of this snapshot.
    Same(SnapshotId),
    /// It is the image of this snapshot with some pages changed.
    Changed(SnapshotId),
    /// It went in whole.
    Whole,
}

/// Takes a snapshot.
///
/// Faults: those of the images and of the repository (`repository-busy`, `disk-full`, `snapshot-incomplete`, …); `reference-lost` where
/// a parent has gone meanwhile: then take it again without parents. None leaves a snapshot on the list; where taking it off failed too,
/// the fact `left` names it.
pub fn take(repository: &dyn Repository, request: Request, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<Taken> {
    ctx.phase(FIND_CHANGES);
    ctx.checkpoint()?;
    let mut request = request;
    let components = std::mem::take(&mut request.components);
    let directories = std::mem::take(&mut request.directories);
    let origins: Vec<_> = components.iter().map(|component| component.parent.as_ref().map(|parent| parent.snapshot.clone())).collect();
    let preparing = Preparing { repository, system: &request.system, merged: &request.merged, scratch: &request.scratch, ctx };
    let prepared = components.into_iter().map(|component| preparing.prepare(component)).collect::<Outcome<Vec<_>>>()?;
    let origins = origins.into_iter().zip(&prepared).map(|(parent, prepared)| origin(parent, &prepared.new)).collect();
    failpoint::reach("backup.compared")?;

    ctx.phase(TAKE_IMAGE);
    ctx.checkpoint()?;
    let manifest = draft(&request, &prepared, &directories)?;
    let note = note(&request, &manifest);
    let owner = Owner { who: request.who.clone(), since: clock.now() };
    let used: Vec<_> = prepared.iter().flat_map(|prepared| prepared.used.clone()).collect();
    let noticed = prepared.iter().map(|prepared| &prepared.findings).chain(directories.iter().map(|cut| &cut.findings));
    let mut findings: Vec<Finding> = noticed.flatten().cloned().collect();
    let Sources { files, expected, late, sums } = sources(&request, prepared, directories, &manifest, ctx)?;
    let AddedSnapshot { id, added } = repository.add(files, &note, &owner, ctx)?;

    ctx.phase(CHECK_SNAPSHOT);
    let manifest = confirm(repository, &id, manifest, &late, &expected).map_err(|fault| take_back(repository, &id, &owner, fault))?;
    findings.extend(manifest.directories.iter().filter_map(directory::inconsistent));
    let indexes = sums.iter().filter_map(|sums| sums.lock().unwrap_or_else(PoisonError::into_inner).take()).collect();
    let levels = vec![LevelReached { level: Level::Present, at: clock.now() }];
    failpoint::reach("backup.adopted")?;
    for merged in used {
        // Maintenance forgets what could not be forgotten now.
        let _ = repository.forget(&merged, &owner);
    }
    Ok(Taken {
        snapshot: Snapshot { id, manifest, levels, added, pinned_until: None, affected: None, pin: None },
        origins,
        indexes,
        findings,
    })
}

fn origin(parent: Option<SnapshotId>, new: &New) -> Origin {
    match (new, parent) {
        (New::Nothing(_), Some(parent)) => Origin::Same(parent),
        (New::Delta(_), Some(parent)) => Origin::Changed(parent),
        _ => Origin::Whole,
    }
}

/// The manifest without the digests of images that go in whole, and without what is learned while directories are read.
fn draft(request: &Request, prepared: &[Prepared], directories: &[Cut]) -> Outcome<Manifest> {
    let cuts = || prepared.iter().map(|prepared| prepared.component.cut_at).chain(directories.iter().map(|cut| cut.manifest.cut_at));
    let (Some(first), Some(last)) = (cuts().min(), cuts().max()) else {
        return Err(Fault::refused("nothing-to-back-up", format!("The system {} has no component to back up.", request.system))
            .hint("Add a component to it first."));
    };
    let components: Vec<_> = prepared.iter().map(|prepared| prepared.component.clone()).collect();
    let directories: Vec<_> = directories.iter().map(|cut| cut.manifest.clone()).collect();
    Ok(Manifest {
        format: manifest::format(&components, &directories),
        tool: request.tool.clone(),
        system: request.system.clone(),
        host: request.host.clone(),
        who: request.who.clone(),
        reason: request.reason,
        label: request.label.clone(),
        audit_head: request.audit_head.clone(),
        cut_at: first,
        skew: Millis((last - first).num_milliseconds().unsigned_abs()),
        components,
        directories,
    })
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

/// The files of a snapshot, what they must come to, and what is learned while they are read.
struct Sources {
    files: Vec<SourceFile>,
    expected: Vec<Expected>,
    late: Late,
    sums: Vec<Sums>,
}

/// What a manifest lacks until everything was read.
#[derive(Clone)]
struct Late {
    digests: Arc<Digests>,
    directories: Vec<Arc<Ends>>,
}

impl Late {
    /// Waits for it, until the work is cancelled.
    fn complete(&self, draft: &Manifest, cancel: &CancelToken) -> Outcome<Manifest> {
        let mut manifest = manifest::complete(draft.clone(), self.digests.all(cancel)?);
        for (known, ends) in manifest.directories.iter_mut().zip(&self.directories) {
            *known = directory::complete(known.clone(), &ends.moved(cancel)?);
        }
        Ok(manifest)
    }
}

impl Sources {
    fn stream(&mut self, path: String, size: u64, modified: Instant, reader: impl io::Read + Send + 'static) {
        self.expected.push(Expected { path: path.clone(), size, same_as: None });
        self.files.push(SourceFile { path: path.into(), size, modified, content: Content::Stream(Box::new(reader)) });
    }

    fn same(&mut self, path: String, size: u64, modified: Instant, holder: SnapshotId) {
        self.expected.push(Expected { path: path.clone(), size, same_as: Some(holder.clone()) });
        self.files.push(SourceFile { path: path.into(), size, modified, content: Content::Same(holder) });
    }
}

/// The manifest sorts behind the images, so it is read last.
fn sources(request: &Request, prepared: Vec<Prepared>, directories: Vec<Cut>, manifest: &Manifest, ctx: &JobCtx) -> Outcome<Sources> {
    let (system, modified) = (&request.system, manifest.cut_at);
    let names: Vec<_> = manifest.components.iter().map(|component| (component.name.clone(), component.file.clone())).collect();
    let text = layout::restore_text(system, &names);
    let length = manifest::padded_length(manifest)?;
    let digests = Digests::awaiting(prepared.len());
    let late = Late { digests: Arc::clone(&digests), directories: directories.iter().map(|cut| Arc::clone(&cut.ends)).collect() };
    let files = directories.into_iter().flat_map(|cut| cut.files).collect();
    let mut sources = Sources { files, expected: Vec::new(), late: late.clone(), sums: Vec::new() };
    // The repository counts what it has consumed; what a reader has read ahead is no progress yet.
    let quiet = JobCtx::new(Arc::new(Quiet), ctx.cancel_token().clone());
    for (at, Prepared { component, new, taken_over, .. }) in prepared.into_iter().enumerate() {
        let (path, cut_at, size) = (layout::image(system, &component.name), component.cut_at, component.size.0);
        for (path, size, holder) in taken_over {
            sources.same(path, size, cut_at, holder);
        }
        let index = match new {
            New::Nothing(index) => index,
            New::Delta(delta) => {
                let (part, index, reader) = delta.into_reader()?;
                sources.stream(layout::delta(system, &component.name, &part), part.size.0, cut_at, reader);
                Some(index)
            }
            New::Base(image) => {
                let sums = Sums::default();
                let reader = ImageReader::open(image, at, &component.id, Arc::clone(&digests), Arc::clone(&sums), &quiet)?;
                sources.stream(path, size, cut_at, reader);
                sources.sums.push(sums);
                continue;
            }
        };
        digests.put(at, Ok(component.sha256.clone()));
        sources.sums.push(Sums::new(index.into()));
    }
    let (draft, cancel) = (manifest.clone(), ctx.cancel_token().clone());
    let late = LateText::new(move || manifest::text(&late.complete(&draft, &cancel)?, length));
    sources.stream(layout::RESTORE_TEXT.to_owned(), text.len() as u64, modified, io::Cursor::new(text));
    sources.stream(layout::REBUILD.to_owned(), layout::REBUILD_TEXT.len() as u64, modified, layout::REBUILD_TEXT.as_bytes());
    sources.stream(layout::manifest(system), length as u64, modified, late);
    Ok(sources)
}

/// Compares what was stored with what was announced, and reads the manifest back.
fn confirm(repository: &dyn Repository, id: &SnapshotId, draft: Manifest, late: &Late, expected: &[Expected]) -> Outcome<Manifest> {
    failpoint::reach("backup.saved")?;
    let written = late.complete(&draft, JobCtx::detached().cancel_token())?;
    let read = repository.confirm(id, expected, &[layout::manifest(&written.system)])?;
    let read = read.first().map(|text| manifest::parse(id, text)).transpose()?;
    if read.as_ref() != Some(&written) {
        return Err(Fault::failed(
            "snapshot-incomplete",
            format!("The manifest in snapshot {} is not the one that was written.", id.short()),
        )
        .hint("Check the repository's disk, then take the snapshot again."));
    }
    directory::confirm_all(repository, id, &written)?;
    failpoint::reach("backup.verified")?;
    Ok(written)
}

fn take_back(repository: &dyn Repository, id: &SnapshotId, owner: &Owner, fault: Fault) -> Fault {
    match repository.forget(id, owner) {
        Ok(()) => fault,
        Err(_) => fault.fact("left", id.0.clone()),
    }
}

struct Quiet;

impl Listener for Quiet {
    fn phase(&self, _: &str) {}
    fn progress(&self, _: Progress) {}
}
