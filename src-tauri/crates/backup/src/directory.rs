//! A directory in a snapshot: its files as of one moment where they allow it, and said where they do not.
//!
//! A directory has no lock that would hold everybody. It is listed, its files are opened, and it is listed again: where both listings are
//! equal nothing changed in between, and what is renamed or removed later stays readable through what is open. A file that is changed
//! while it is copied is noticed at its end. Search indexes whose segments never change are consistent in this way; a file
//! that is rewritten in place all the time is not, and the snapshot says so.

mod fetch;
mod listing;
mod reader;

use std::{
    collections::HashSet,
    os::{fd::OwnedFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use quarterdeck_model::{
    Bytes, Clock, Count, Fault, Instant, JobCtx, Outcome, WirePath,
    inspection::{Finding, Tone},
    snapshot::{Manifest, ManifestDirectory, SnapshotId},
    system::Name,
};
use quarterdeck_store::{failpoint, files};
use rustix::process::{Resource, getrlimit, setrlimit};

pub use self::fetch::{FetchedDirectory, WRITE_FILES, fetch_directory, phases, restore_directory};
use self::{
    listing::{Kind, Listed, Listing},
    reader::Opening,
};
use crate::{
    layout,
    repository::{Content, Repository, SourceFile, StoredEntry, StoredKind, Visitor, Wanted},
};

/// How often a directory that changes is looked at before what there is counts.
const ROUNDS: u32 = 3;

/// At most this many names of each sort are kept: a directory that changes everywhere is told by twenty of them.
const NAMED: usize = 20;

/// A directory to take.
pub struct Directory {
    /// Its id in the store.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// The folder.
    pub path: PathBuf,
}

/// A directory on its way into a snapshot.
pub struct Cut {
    /// Everything in it, under its own folder in the snapshot.
    pub files: Vec<SourceFile>,
    /// What the manifest says of it, up to what [`Ends`] learns until all files were read.
    pub manifest: ManifestDirectory,
    /// Tells when all files were read, and which of them were changed meanwhile.
    pub ends: Arc<Ends>,
    /// What people should know.
    pub findings: Vec<Finding>,
}

pub use self::reader::Ends;

/// Cuts a directory: from here on what is read of it is as of now, or is said not to be. Symbolic links are kept as links and never
/// followed; nothing outside the directory is read.
///
/// `leave_out` names databases that are components themselves (they are left out with their `-wal`, `-shm` and `-journal`) and folders
/// that do not belong to the system, such as its repository. Faults: the directory is missing or may not be read.
pub fn cut(system: &Name, directory: &Directory, leave_out: &[PathBuf], clock: &dyn Clock, ctx: &JobCtx) -> Outcome<Cut> {
    let root = Arc::new(listing::root(&directory.path)?);
    let strangers = identities(leave_out);
    let mut round = 1;
    loop {
        ctx.checkpoint()?;
        let before = listing::list(&root, &directory.path, &strangers, clock, ctx)?;
        let ends = Ends::new();
        let opened = open_all(&root, &before, &ends)?;
        failpoint::reach("directory.opened")?;
        let at = clock.now();
        let after = listing::list(&root, &directory.path, &strangers, clock, ctx)?;
        let mut moved = before.differences(&after);
        moved.extend(opened.changed.iter().cloned());
        if moved.is_empty() || round == ROUNDS {
            return Ok(assemble(system, directory, before, opened, ends, at, moved));
        }
        round += 1;
    }
}

/// The files of a listing, each ready to be read where it still is what was listed.
struct OpenedAll {
    readers: Vec<(Listed, Content)>,
    changed: Vec<PathBuf>,
    unreadable: Vec<String>,
    databases: Vec<String>,
}

fn open_all(root: &Arc<OwnedFd>, listing: &Listing, ends: &Arc<Ends>) -> Outcome<OpenedAll> {
    let mut all = OpenedAll { readers: Vec::new(), changed: Vec::new(), unreadable: Vec::new(), databases: Vec::new() };
    let mut at_once = room_for_files();
    for listed in &listing.entries {
        let about = listed.about.clone();
        let content = match &listed.kind {
            Kind::Folder => Content::Folder(about),
            Kind::Link(target) => Content::Link(about, target.clone()),
            Kind::File => match reader::open(root, listed, ends, at_once > 0)? {
                Opening::Ready(opened) => {
                    at_once = at_once.saturating_sub(1);
                    all.databases.extend(opened.is_database().then(|| shown(&listed.path)));
                    Content::Found(about, Box::new(opened))
                }
                Opening::Changed => {
                    all.changed.push(listed.path.clone());
                    continue;
                }
                Opening::Refused(why) => {
                    all.unreadable.push(format!("{} ({why})", shown(&listed.path)));
                    continue;
                }
            },
        };
        all.readers.push((listed.clone(), content));
    }
    Ok(all)
}

fn assemble(
    system: &Name,
    directory: &Directory,
    listing: Listing,
    opened: OpenedAll,
    ends: Arc<Ends>,
    at: Instant,
    mut moved: Vec<PathBuf>,
) -> Cut {
    moved.sort();
    moved.dedup();
    let home = PathBuf::from(layout::directory(system, &directory.name));
    let (mut count, mut size) = (0, 0);
    let file = |(listed, content): (Listed, Content)| {
        if listed.kind == Kind::File {
            (count, size) = (count + 1, size + listed.size);
        }
        // Joining the empty path of the directory itself would end it with a slash.
        let path = if listed.path.as_os_str().is_empty() { home.clone() } else { home.join(&listed.path) };
        SourceFile { path, size: listed.size, modified: at, content }
    };
    let sources: Vec<SourceFile> = opened.readers.into_iter().map(file).collect();
    let unreadable = [listing.unreadable, opened.unreadable].concat();
    let findings = findings(&directory.name, &unreadable, &opened.databases);
    let manifest = ManifestDirectory {
        id: directory.id.clone(),
        name: directory.name.clone(),
        path: WirePath::from(directory.path.as_path()).encode(),
        cut_at: at,
        files: Count(count),
        size: Bytes(size),
        consistent: moved.is_empty(),
        moved: moved.iter().take(NAMED).map(|path| shown(path)).collect(),
        left_out: named(listing.left_out.into_iter().chain(unreadable)),
        databases: named(opened.databases),
    };
    Cut { files: sources, manifest, ends, findings }
}

/// What the manifest says once all files were read.
pub(crate) fn complete(mut manifest: ManifestDirectory, moved: &[String]) -> ManifestDirectory {
    for name in moved {
        if manifest.moved.len() < NAMED && !manifest.moved.contains(name) {
            manifest.moved.push(name.clone());
        }
    }
    manifest.consistent = manifest.consistent && moved.is_empty();
    manifest
}

/// A manifest as long as it can become.
pub(crate) fn widest(mut manifest: ManifestDirectory) -> ManifestDirectory {
    manifest.consistent = false;
    // JSON writes a control character with six.
    manifest.moved = vec!["\u{1}".repeat(reader::LONGEST_NAME); NAMED];
    manifest
}

/// Attention where a directory is not as of one moment.
pub fn inconsistent(manifest: &ManifestDirectory) -> Option<Finding> {
    let first = manifest.moved.first()?;
    let more = if manifest.moved.len() > 1 { format!(" and {} more", Count(manifest.moved.len() as u64 - 1)) } else { String::new() };
    (!manifest.consistent).then(|| Finding {
        tone: Tone::Attention,
        what: format!("{} was changed while it was copied ({first}{more}): it is not as of one moment", manifest.name),
        next: "Back up again when less is written to it, or pause its application meanwhile.".to_owned(),
    })
}

/// Confirms that a directory is there and may be read. Looks at no file in it.
pub fn ensure_readable(path: &Path) -> Outcome<()> {
    listing::root(path).map(drop)
}

/// Confirms that a snapshot holds everything that its manifest says of its directories, with all pieces (`snapshot-incomplete`). Reads no
/// content.
pub fn confirm_all(repository: &dyn Repository, id: &SnapshotId, manifest: &Manifest) -> Outcome<()> {
    let one = |known| confirm(repository, id, &manifest.system, known, Wanted::Presence, &mut |_| (), &JobCtx::detached());
    manifest.directories.iter().try_for_each(one)
}

/// Confirms that a snapshot holds everything that its manifest says of a directory (`snapshot-incomplete`), with all its pieces; with
/// [`Wanted::Content`] reads all of it again, and tells `read` how many bytes at a time.
pub(crate) fn confirm(
    repository: &dyn Repository,
    id: &SnapshotId,
    system: &Name,
    manifest: &ManifestDirectory,
    wanted: Wanted,
    read: &mut (dyn FnMut(u64) + Send),
    ctx: &JobCtx,
) -> Outcome<()> {
    let mut totals = Totals { files: 0, size: 0, wanted, read };
    repository.walk(id, &layout::directory(system, &manifest.name), &mut totals, ctx)?;
    if (totals.files, totals.size) == (manifest.files.0, manifest.size.0) {
        return Ok(());
    }
    let held = format!("{} with {}", Count(totals.files).of("file"), Bytes(totals.size));
    Err(incomplete(id, manifest, &held))
}

/// A directory in a snapshot that is not what its manifest says.
pub(crate) fn incomplete(id: &SnapshotId, manifest: &ManifestDirectory, held: &str) -> Fault {
    Fault::failed(
        "snapshot-incomplete",
        format!(
            "The directory {} in snapshot {} has {held}; its manifest says {} with {}.",
            manifest.name,
            id.short(),
            manifest.files.of("file"),
            manifest.size
        ),
    )
    .hint("Use another snapshot.")
    .fact("snapshot", id.0.clone())
}

struct Totals<'a> {
    files: u64,
    size: u64,
    wanted: Wanted,
    read: &'a mut (dyn FnMut(u64) + Send),
}

impl Visitor for Totals<'_> {
    fn enter(&mut self, entry: StoredEntry) -> Outcome<Wanted> {
        if let StoredKind::File(size) = entry.kind {
            (self.files, self.size) = (self.files + 1, self.size.saturating_add(size));
        }
        Ok(self.wanted)
    }

    fn content(&mut self, piece: &[u8]) -> Outcome<()> {
        (self.read)(piece.len() as u64);
        Ok(())
    }

    fn leave(&mut self) -> Outcome<()> {
        Ok(())
    }
}

fn findings(name: &Name, unreadable: &[String], databases: &[String]) -> Vec<Finding> {
    let list = |names: &[String]| named(names.to_vec()).join(", ");
    let attention = |what: String, next: &str| Finding { tone: Tone::Attention, what, next: next.to_owned() };
    let mut findings = Vec::new();
    if !unreadable.is_empty() {
        let what = format!(
            "{} of {name} could not be read, and is not in the snapshot: {}",
            Count(unreadable.len() as u64).of("file"),
            list(unreadable)
        );
        findings.push(attention(what, "Give this user permission to read it, then back up again."));
    }
    if !databases.is_empty() {
        let what = format!("{name} holds databases that are no components, copied as files and perhaps torn: {}", list(databases));
        findings.push(attention(what, "Name each of them as a component of kind sqlite in the definition."));
    }
    findings
}

/// At most twenty names, and how many there are beyond.
fn named(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().collect();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("… and {} more", Count(more as u64)));
    }
    names
}

/// A path below the directory, for people; short enough for a manifest.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.chars().count() <= reader::LONGEST_NAME {
        return text;
    }
    text.chars().take(reader::LONGEST_NAME - 1).chain(['…']).collect()
}

/// File system and number of what is left out, with the sidecars that lie beside it now.
fn identities(paths: &[PathBuf]) -> HashSet<(u64, u64)> {
    let beside = |path: &PathBuf| {
        let path = path.canonicalize().unwrap_or_else(|_| path.clone());
        ["", "-wal", "-shm", "-journal"].map(|suffix| files::with_suffix(&path, suffix))
    };
    let metadata = paths.iter().flat_map(beside).filter_map(|path| path.metadata().ok());
    metadata.map(|metadata| (metadata.dev(), metadata.ino())).collect()
}

/// How many files may be open at once: a quarter of what the operating system allows, which is asked for more first. The others are
/// opened when their turn comes.
fn room_for_files() -> u64 {
    const WISH: u64 = 1 << 16;
    let mut limit = getrlimit(Resource::Nofile);
    let wish = limit.maximum.map_or(WISH, |most| most.min(WISH));
    if limit.current.is_some_and(|now| now < wish) {
        let before = limit.current;
        limit.current = Some(wish);
        if setrlimit(Resource::Nofile, limit).is_err() {
            limit.current = before;
        }
    }
    limit.current.map_or(WISH, |now| now.min(WISH)) / 4
}
