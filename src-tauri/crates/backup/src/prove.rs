//! Proving a snapshot: reading all of it again, and, where there is room, opening what came out.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use quarterdeck_model::{
    Clock, Count, Fault, JobCtx, Outcome,
    inspection::{Finding, Tone},
    job::{Phase, Unit},
    plan::hex,
    snapshot::{ImageProof, Level, LevelReached, ManifestComponent, Snapshot, SnapshotId},
    system::Name,
};
use quarterdeck_sqlite::image::{self as sqlite_image, ImageCheck};
use quarterdeck_store::files;
use sha2::{Digest as _, Sha256};

use crate::{
    chain::Chain,
    directory,
    image::{self, Holder},
    layout, manifest,
    repository::{Repository, Wanted},
    take::{Origin, Taken},
};

/// First phase: every byte is read, decrypted and compared with its SHA-256.
pub const READ_DATA: &str = "Read all data";
/// Second phase: SQLite opens and checks what was read.
pub const CHECK_DATA: &str = "Check the data";

/// The phases of [`prove`] with scratch space; without it, only the first.
pub fn phases() -> Vec<Phase> {
    vec![
        Phase::new(READ_DATA, "Everything in the snapshot is read again and compared with its SHA-256."),
        Phase::new(CHECK_DATA, "SQLite opens the images in a scratch folder, checks them and counts their rows."),
    ]
}

/// What is now known about a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The levels that all of its components reached, weakest first. At least *read*.
    pub levels: Vec<LevelReached>,
    /// Rows by table, by component; empty where the images were not opened.
    pub rows: BTreeMap<Name, BTreeMap<String, Count>>,
    /// The images in which SQLite found nothing wrong.
    pub images: Vec<ImageProof>,
    /// Why no higher level was reached, and what else was noticed.
    pub findings: Vec<Finding>,
}

impl Proof {
    fn reach(&mut self, level: Level, clock: &dyn Clock) {
        self.levels.push(LevelReached { level, at: clock.now() });
    }

    fn find(&mut self, tone: Tone, what: String, next: &str) {
        self.findings.push(Finding { tone, what, next: next.to_owned() });
    }
}

/// Reads all data of the snapshot's images again; with a scratch folder, which nobody else may use, goes on to open, check and count
/// them there. Whatever it writes there is removed, however it ends; where the room runs out it goes on reading, and a finding says so.
///
/// Faults: the snapshot is missing, not whole, damaged (`snapshot-damaged`), or not what its manifest says (`image-differs`,
/// `manifest-differs`). What SQLite finds wrong in an image that is byte for byte what was taken is a finding.
pub fn prove(repository: &dyn Repository, snapshot: &Snapshot, scratch: Option<&Path>, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<Proof> {
    ctx.phase(READ_DATA);
    let mut proof = Proof { levels: Vec::new(), rows: BTreeMap::new(), images: Vec::new(), findings: Vec::new() };
    confirm_listed(repository, snapshot, ctx)?;
    proof.reach(Level::Present, clock);
    let mut space = Space::new(scratch, snapshot);
    read_all(repository, snapshot, &mut space, ctx)?;
    proof.reach(Level::Read, clock);
    match &space.refused {
        // There is nothing in it that SQLite could open.
        _ if snapshot.manifest.components.is_empty() => {}
        None if scratch.is_some() => {
            ctx.phase(CHECK_DATA);
            check_all(snapshot, &space, &mut proof, clock, ctx)?;
        }
        None => {}
        Some(fault) => proof.find(Tone::Attention, format!("The images were read, not opened: {}", fault.message), &fault.hint),
    }
    Ok(proof)
}

/// Reads again what a snapshot has brought into the repository, and nothing else: new deltas and new bases. With what is known of the
/// snapshots that the rest comes from (`known` gives their levels), that is *read*, as of the oldest part; where nothing was new, it is
/// whatever they all have reached, as of the oldest.
///
/// Faults: what was just written cannot be read or differs (`snapshot-damaged`, `image-differs`, `delta-differs`).
pub fn prove_new(
    repository: &dyn Repository,
    taken: &Taken,
    known: &dyn Fn(&SnapshotId) -> Outcome<Vec<LevelReached>>,
    clock: &dyn Clock,
    ctx: &JobCtx,
) -> Outcome<Vec<LevelReached>> {
    ctx.phase(READ_DATA);
    let mut levels: Option<Vec<LevelReached>> = None;
    for (component, origin) in taken.snapshot.manifest.components.iter().zip(&taken.origins) {
        let reached = match origin {
            Origin::Same(parent) => known(parent)?,
            Origin::Changed(parent) => {
                read_newest_delta(repository, &taken.snapshot, component, ctx)?;
                known(parent)?.into_iter().filter(|reached| reached.level <= Level::Read).collect()
            }
            Origin::Whole => {
                image::stream(repository, Holder::of(&taken.snapshot), component, &mut |_| Ok(()), ctx)?;
                [Level::Present, Level::Read].map(|level| LevelReached { level, at: clock.now() }).into()
            }
        };
        levels = Some(match levels {
            None => reached,
            Some(levels) => in_common(&levels, &reached),
        });
    }
    let mut levels = levels.unwrap_or_default();
    if !taken.snapshot.manifest.directories.is_empty() {
        // Which of their files are new is not told; all that is known is that they are there.
        let present = vec![LevelReached { level: Level::Present, at: clock.now() }];
        levels = if taken.origins.is_empty() { present } else { in_common(&levels, &present) };
    }
    Ok(levels)
}

/// The highest level that [`prove`] can reach: of directories alone, that all of them was read.
pub fn highest(snapshot: &Snapshot) -> Level {
    if snapshot.manifest.components.is_empty() { Level::Read } else { Level::DataMatches }
}

/// What both have reached, each as of the earlier date.
fn in_common(one: &[LevelReached], other: &[LevelReached]) -> Vec<LevelReached> {
    let both = |reached: &LevelReached| {
        let same = other.iter().find(|same| same.level == reached.level)?;
        Some(LevelReached { level: reached.level, at: reached.at.min(same.at) })
    };
    one.iter().filter_map(both).collect()
}

/// Every byte of it, and its place in the chain.
fn read_newest_delta(repository: &dyn Repository, snapshot: &Snapshot, component: &ManifestComponent, ctx: &JobCtx) -> Outcome<()> {
    let Some(part) = Chain::of(component)?.deltas.pop() else { return Ok(()) };
    let path = layout::delta(&snapshot.manifest.system, &component.name, &part);
    let mut stored = repository.open_files(&snapshot.id, std::slice::from_ref(&path), ctx)?;
    image::headers(&mut *stored, std::slice::from_ref(&part), component.page_size, None)?;
    let mut hash = Sha256::new();
    let mut sink = |piece: &[u8]| {
        hash.update(piece);
        Ok(())
    };
    repository.read_file(&snapshot.id, &path, &mut sink, ctx)?;
    if hex(&hash.finalize()) == part.sha256.0 {
        return Ok(());
    }
    Err(image::other_delta(&path))
}

/// The manifest in the repository must be the one that the store remembers, up to what was measured later.
pub fn confirm_listed(repository: &dyn Repository, snapshot: &Snapshot, ctx: &JobCtx) -> Outcome<()> {
    let mut known = snapshot.manifest.clone();
    for component in &mut known.components {
        (component.rows, component.rows_at) = (None, None);
    }
    repository.verify(&snapshot.id, &layout::files(&known))?;
    if manifest::read(repository, &snapshot.id, &known.system, ctx)? == known {
        return Ok(());
    }
    Err(Fault::failed("manifest-differs", format!("The manifest in snapshot {} is not the one that was stored.", snapshot.id.short()))
        .hint("Find out who changed the repository, and use another snapshot.")
        .fact("snapshot", snapshot.id.0.clone()))
}

fn read_all(repository: &dyn Repository, snapshot: &Snapshot, space: &mut Space, ctx: &JobCtx) -> Outcome<()> {
    let total = snapshot.manifest.size().0;
    let mut done = 0;
    for component in &snapshot.manifest.components {
        let mut copy = space.begin(component);
        let mut sink = |piece: &[u8]| {
            if let Some((file, path)) = &mut copy
                && let Err(error) = file.write_all(piece)
            {
                space.refused = Some(files::fault("write", path, &error));
                copy = None;
            }
            done += piece.len() as u64;
            ctx.progress(done, Some(total), Unit::Bytes);
            Ok(())
        };
        image::stream(repository, Holder::of(snapshot), component, &mut sink, ctx)?;
    }
    let mut read = |bytes| {
        done += bytes;
        ctx.progress(done, Some(total), Unit::Bytes);
    };
    for known in &snapshot.manifest.directories {
        directory::confirm(repository, &snapshot.id, &snapshot.manifest.system, known, Wanted::Content, &mut read, ctx)?;
    }
    Ok(())
}

fn check_all(snapshot: &Snapshot, space: &Space, proof: &mut Proof, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<()> {
    let mut weakest = Level::DataMatches;
    for component in &snapshot.manifest.components {
        let reached = match space.path(component).map(|path| sqlite_image::check(&path, ctx)) {
            Some(Ok(check)) => judge(component, check, proof, clock),
            Some(Err(fault)) if fault.is("damaged") || fault.is("not-a-database") => {
                let what = format!("SQLite cannot open the image of {}: {}", component.name, fault.message);
                proof.find(Tone::Critical, what, "Inspect the live database, and take a new snapshot.");
                Level::Read
            }
            Some(Err(fault)) => return Err(fault),
            None => Level::Read,
        };
        weakest = weakest.min(reached);
    }
    for level in [Level::Opens, Level::IntegrityOk, Level::DataMatches] {
        if level <= weakest {
            proof.reach(level, clock);
        }
    }
    Ok(())
}

/// The level that one image reaches. What cannot be checked here is not called sound.
fn judge(component: &ManifestComponent, check: ImageCheck, proof: &mut Proof, clock: &dyn Clock) -> Level {
    let name = &component.name;
    let difference = image::difference(component, &check);
    proof.images.extend(check.proof(&component.sha256, clock.now()));
    proof.rows.insert(name.clone(), check.rows);
    for violation in &check.foreign_keys {
        let what =
            format!("{} rows of {} in {name} point to rows of {} that do not exist.", violation.rows, violation.table, violation.parent);
        proof.find(Tone::Attention, what, "Ask the owner of the application; the live database had them too.");
    }
    if let Some(first) = check.integrity.first() {
        let what = format!("SQLite finds the image of {name} damaged ({} findings): {first}.", check.integrity.len());
        proof.find(Tone::Critical, what, "Inspect the live database: it was damaged when the snapshot was taken.");
        return Level::Opens;
    }
    if !check.unchecked.is_empty() {
        let what = format!("A part of {name} cannot be checked here: {}", check.unchecked.join(" "));
        proof.find(Tone::Unknown, what, "Check a restored copy with the application itself.");
        return Level::Opens;
    }
    if let Some(difference) = difference {
        let what = format!("The image of {name} is not what its manifest says: {difference}.");
        proof.find(Tone::Critical, what, "Take a new snapshot, and check the repository.");
        return Level::IntegrityOk;
    }
    Level::DataMatches
}

/// Room for copies of the images, emptied when it is dropped.
struct Space {
    folder: Option<PathBuf>,
    prefix: String,
    made: Vec<PathBuf>,
    refused: Option<Fault>,
}

impl Space {
    fn new(folder: Option<&Path>, snapshot: &Snapshot) -> Self {
        let needed = snapshot.manifest.components.iter().map(|component| component.size.0).sum::<u64>();
        let refused = folder.and_then(|folder| match files::free_space(folder) {
            Ok(free) if free < needed => Some(
                Fault::failed("disk-full", format!("{} has room for {free} of {needed} bytes.", folder.display()))
                    .hint("Free some space on that disk, then prove the snapshot again."),
            ),
            Ok(_) => None,
            Err(fault) => Some(fault),
        });
        Self { folder: folder.map(Path::to_owned), prefix: format!("prove-{}", snapshot.id.short()), made: Vec::new(), refused }
    }

    fn path(&self, component: &ManifestComponent) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(format!("{}-{}.db", self.prefix, component.name)))
    }

    /// A new file for the image, where there is (still) room.
    fn begin(&mut self, component: &ManifestComponent) -> Option<(std::fs::File, PathBuf)> {
        if self.refused.is_some() {
            return None;
        }
        let path = self.path(component)?;
        // What a proof that was killed left behind.
        match files::remove(&path).and_then(|()| files::create_new(&path)) {
            Ok(file) => {
                self.made.push(path.clone());
                Some((file, path))
            }
            Err(fault) => {
                self.refused = Some(fault);
                None
            }
        }
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        for path in &self.made {
            // The next proof of this snapshot removes what could not be removed now.
            let _ = files::remove(path);
        }
    }
}
