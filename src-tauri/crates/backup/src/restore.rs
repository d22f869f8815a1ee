//! Getting an image out of the repository into a file that does not exist yet, verified before anybody else sees it.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use quarterdeck_model::{
    Bytes, Clock, Digest, Fault, Instant, JobCtx, Outcome,
    job::{Phase, Unit},
    snapshot::{ImageProof, ManifestComponent, Snapshot},
    system::Name,
};
use quarterdeck_sqlite::image::{self as sqlite_image, ImageCheck};
use quarterdeck_store::{failpoint, files};

use crate::{image, repository::Repository};

/// First phase: the image goes into a temporary file. Cancel removes it.
pub const WRITE_IMAGE: &str = "Write the image";
/// Second phase: what lies in the temporary file is checked. Cancel removes it.
pub const VERIFY_IMAGE: &str = "Verify the image";

/// The phases of [`fetch_image`] and [`restore_to_new_file`].
pub fn phases() -> Vec<Phase> {
    vec![
        Phase::new(WRITE_IMAGE, "The image goes into a temporary file beside the target, and its SHA-256 is compared with the manifest."),
        Phase::new(
            VERIFY_IMAGE,
            "Integrity, schema and rows: checked by SQLite there; bytes that it has checked before are read back from the disk.",
        ),
    ]
}

/// What is asked of an image beyond being, byte for byte, what was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// SQLite finds nothing wrong with it. The usual demand.
    Sound,
    /// Nothing more: an undo brings back what was there, damage included.
    Faithful,
}

/// An image that is wanted out of a snapshot.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Out of which snapshot.
    pub snapshot: &'a Snapshot,
    /// Of which component; none where there is only one.
    pub component: Option<&'a Name>,
    /// What is asked of it.
    pub demand: Demand,
    /// A check of the same bytes that was made before: the file is then read back from the disk instead of being checked anew
    /// (docs/decisions/0009).
    pub proof: Option<&'a ImageProof>,
}

impl<'a> Wanted<'a> {
    /// The sound image of the only component, checked here.
    pub fn only(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, component: None, demand: Demand::Sound, proof: None }
    }
}

/// An image in a file, verified.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchedImage {
    /// The component as the manifest describes it.
    pub component: ManifestComponent,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size.
    pub size: Bytes,
    /// Its SHA-256, computed while it was written; equal to the manifest's.
    pub sha256: Digest,
    /// What SQLite says about it.
    pub check: ImageCheck,
    /// When the check ended: just now, or when the proof was made that holds for these bytes.
    pub checked_at: Instant,
    /// When the bytes were last read from the file: just now.
    pub read_at: Instant,
}

impl FetchedImage {
    /// True where the check is one of the same bytes that was made before.
    pub fn recalled(&self) -> bool {
        self.checked_at < self.read_at
    }
}

/// The temporary file for a target: beside it, on the same file system. A restore that was killed leaves it; it may be removed.
pub fn part_of(target: &Path) -> PathBuf {
    files::with_suffix(target, ".quarterdeck-part")
}

/// Writes the image of a component to `part`, which must not exist (0600, synced), and verifies it there. On any fault, and on Cancel,
/// `part` is removed and nothing else was touched.
///
/// Faults: `component-missing`, `disk-full`, `file-exists`, `snapshot-damaged`, `image-differs`, `image-damaged`, …
pub fn fetch_image(
    repository: &dyn Repository,
    wanted: &Wanted<'_>,
    part: &Path,
    clock: &dyn Clock,
    ctx: &JobCtx,
) -> Outcome<FetchedImage> {
    let component = image::component(wanted.snapshot, wanted.component)?;
    ctx.phase(WRITE_IMAGE);
    ensure_room(part, component.size.0)?;
    let file = files::create_new(part)?;
    let fetched = write(repository, wanted.snapshot, component, file, part, ctx).and_then(|sha256| {
        failpoint::reach("restore.fetched")?;
        ctx.phase(VERIFY_IMAGE);
        let proof = wanted.proof.filter(|proof| proof.sha256 == sha256 && sqlite_image::holds(proof));
        let check = match proof {
            Some(proof) => read_back(component, part, proof, ctx)?,
            None => sqlite_image::check(part, ctx)?,
        };
        judge(wanted, component, &check)?;
        let (path, size, read_at) = (part.to_owned(), component.size, clock.now());
        let checked_at = proof.map_or(read_at, |proof| proof.checked_at);
        Ok(FetchedImage { component: component.clone(), path, size, sha256, check, checked_at, read_at })
    });
    if fetched.is_err() {
        files::remove(part)?;
    }
    fetched
}

/// Restores the image of a component to a file that must not exist, nor its `-wal`, `-shm` or `-journal` (`target-exists`). Until the
/// image is verified it lies in [`part_of`] the target; the rename refuses to replace anything that appears meanwhile.
pub fn restore_to_new_file(
    repository: &dyn Repository,
    wanted: &Wanted<'_>,
    target: &Path,
    clock: &dyn Clock,
    ctx: &JobCtx,
) -> Outcome<FetchedImage> {
    ensure_new(target)?;
    let part = part_of(target);
    let mut fetched = fetch_image(repository, wanted, &part, clock, ctx)?;
    let enter = || {
        failpoint::reach("restore.before-rename")?;
        ctx.checkpoint()?;
        ensure_new(target)?;
        files::rename_new(&part, target)
    };
    if let Err(fault) = enter() {
        files::remove(&part)?;
        return Err(fault);
    }
    fetched.path = target.to_owned();
    Ok(fetched)
}

/// Refuses a target that exists, or beside which lies what SQLite would take for a part of it (`target-exists`). A plan asks this too.
pub fn ensure_new(target: &Path) -> Outcome<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let path = files::with_suffix(target, suffix);
        if path.symlink_metadata().is_ok() {
            let name = path.display();
            return Err(Fault::refused("target-exists", format!("{name} exists already; it was left as it was."))
                .hint("Name a file that does not exist yet, or move this one away with its -wal, -shm and -journal.")
                .fact("path", name.to_string()));
        }
    }
    Ok(())
}

fn ensure_room(part: &Path, size: u64) -> Outcome<()> {
    let free = files::free_space(part)?;
    if free >= size {
        return Ok(());
    }
    let folder = part.parent().unwrap_or(part).display();
    Err(Fault::failed("disk-full", format!("{folder} has room for {}, and the image has {}.", Bytes(free), Bytes(size)))
        .hint("Free some space on that disk, or restore to another one.")
        .fact("path", folder.to_string())
        .fact("free", free)
        .fact("needed", size)
        .may_retry())
}

fn write(
    repository: &dyn Repository,
    snapshot: &Snapshot,
    component: &ManifestComponent,
    mut file: std::fs::File,
    part: &Path,
    ctx: &JobCtx,
) -> Outcome<Digest> {
    let (total, mut done, mut half_way) = (component.size.0, 0, false);
    let mut sink = |piece: &[u8]| {
        file.write_all(piece).map_err(|error| files::fault("write", part, &error))?;
        done += piece.len() as u64;
        ctx.progress(done, Some(total), Unit::Bytes);
        if done * 2 >= total && !half_way {
            half_way = true;
            failpoint::reach("restore.fetching")?;
        }
        Ok(())
    };
    let sha256 = image::stream(repository, image::Holder::of(snapshot), component, &mut sink, ctx)?;
    files::sync_and_let_go(&file, part)?;
    files::sync_folder_of(part)?;
    Ok(sha256)
}

/// What the disk holds must be what was written; what SQLite thinks of those bytes is known.
fn read_back(component: &ManifestComponent, part: &Path, proof: &ImageProof, ctx: &JobCtx) -> Outcome<ImageCheck> {
    if sqlite_image::sha256(part, ctx)? == component.sha256 {
        return sqlite_image::recall(part, proof);
    }
    let folder = part.parent().unwrap_or(part).display();
    Err(Fault::failed("disk-differs", format!("The image of {} was written to {folder}, and other bytes were read back.", component.name))
        .hint("Do not trust that disk: restore to another one.")
        .fact("path", part.display().to_string()))
}

fn judge(wanted: &Wanted<'_>, component: &ManifestComponent, check: &ImageCheck) -> Outcome<()> {
    let what = match (check.integrity.first(), wanted.demand) {
        (Some(first), Demand::Sound) => format!("was damaged when it was taken ({first})"),
        _ => match image::difference(component, check) {
            Some(difference) => format!("is not what its manifest says: {difference}"),
            None => return Ok(()),
        },
    };
    let snapshot = wanted.snapshot;
    Err(Fault::refused("image-damaged", format!("The image of {} in snapshot {} {what}.", component.name, snapshot.id.short()))
        .hint("Choose another snapshot.")
        .fact("snapshot", snapshot.id.0.clone())
        .fact("findings", check.integrity.clone()))
}
