//! Getting an image out of the repository into a file that does not exist yet, verified before anybody else sees it.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use quarterdeck_model::{
    Bytes, Clock, Digest, Fault, Instant, JobCtx, Outcome,
    job::{Phase, Unit},
    snapshot::{ManifestComponent, Snapshot},
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
        Phase::new(VERIFY_IMAGE, "SQLite checks the image there: integrity, schema and rows."),
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
    /// When the check ended.
    pub checked_at: Instant,
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
    snapshot: &Snapshot,
    component: Option<&Name>,
    demand: Demand,
    part: &Path,
    clock: &dyn Clock,
    ctx: &JobCtx,
) -> Outcome<FetchedImage> {
    let component = image::component(snapshot, component)?;
    ctx.phase(WRITE_IMAGE);
    ensure_room(part, component.size.0)?;
    let file = files::create_new(part)?;
    let fetched = write(repository, snapshot, component, file, part, ctx).and_then(|sha256| {
        failpoint::reach("restore.fetched")?;
        ctx.phase(VERIFY_IMAGE);
        let check = verify(snapshot, component, demand, part, ctx)?;
        let (path, size) = (part.to_owned(), component.size);
        Ok(FetchedImage { component: component.clone(), path, size, sha256, check, checked_at: clock.now() })
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
    snapshot: &Snapshot,
    component: Option<&Name>,
    demand: Demand,
    target: &Path,
    clock: &dyn Clock,
    ctx: &JobCtx,
) -> Outcome<FetchedImage> {
    ensure_new(target)?;
    let part = part_of(target);
    let mut fetched = fetch_image(repository, snapshot, component, demand, &part, clock, ctx)?;
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
    let sha256 = image::stream(repository, snapshot, component, &mut sink, ctx)?;
    file.sync_all().map_err(|error| files::fault("write", part, &error))?;
    files::sync_folder_of(part)?;
    Ok(sha256)
}

fn verify(snapshot: &Snapshot, component: &ManifestComponent, demand: Demand, part: &Path, ctx: &JobCtx) -> Outcome<ImageCheck> {
    let check = sqlite_image::check(part, ctx)?;
    let what = match (check.integrity.first(), demand) {
        (Some(first), Demand::Sound) => format!("was damaged when it was taken ({first})"),
        _ => match image::difference(component, &check) {
            Some(difference) => format!("is not what its manifest says: {difference}"),
            None => return Ok(check),
        },
    };
    Err(Fault::refused("image-damaged", format!("The image of {} in snapshot {} {what}.", component.name, snapshot.id.short()))
        .hint("Choose another snapshot.")
        .fact("snapshot", snapshot.id.0.clone())
        .fact("findings", check.integrity))
}
