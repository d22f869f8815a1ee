//! Looking after a repository: what is wrong in it, which snapshots that touches, and what mends it. Nothing here needs the library, the
//! index or any other file to be whole; damage is an answer, not a fault.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
};

use quarterdeck_model::{Bytes, Instant, JobCtx, Outcome, snapshot::SnapshotId};
use rustic_core::Id;

use super::{
    Affected, Condition, Owner, failure,
    folder::ResticFolder,
    lock::{self, OWN_FOLDER},
    packs, repair,
    shelf::{self, Shelf},
    survey,
};

/// What can be asked of a repository for the sake of its health. Reading holds no lock: whoever writes never waits for it.
pub trait Care: Send + Sync {
    /// The pack files that lie in the folder, by name.
    fn packs(&self) -> Outcome<Vec<PackFile>>;

    /// Reads packs again, in the given order: each whole, each piece opened and compared with its name. `each` hears of one after the
    /// other and says whether to go on; `ctx` is asked before each. A pack that is gone by then is passed over. Progress counts bytes.
    fn read_packs(&self, packs: &[String], each: &mut dyn FnMut(PackRead) -> Outcome<Flow>, ctx: &JobCtx) -> Outcome<()>;

    /// Compares entries, lists of files, index and folder, and says which snapshots cannot be restored in full. Of the content it knows
    /// what `reads` says; besides that it reads only the lists of files.
    fn survey(&self, reads: &Reads, ctx: &JobCtx) -> Outcome<Survey>;

    /// Who locks it, by our lock and by restic's, as seen from the named host. Takes no lock to find out.
    fn locks(&self, host: &str) -> Outcome<Vec<Lock>>;

    /// Bytes that its files take, by kind.
    fn measure(&self) -> Outcome<Size>;

    /// Moves what is damaged into `quarterdeck/damaged/` in the repository's folder, saves the sound pieces of damaged packs into new
    /// ones, and puts the index right, so that the next snapshot stores anew what is missing. Removes nothing else.
    ///
    /// Everything is looked at again under the write lock (`repository-busy`); what is sound by then is left alone. It can be killed at
    /// any moment: what it has not done yet, the next run does.
    fn repair(&self, cure: &Cure, owner: &Owner, ctx: &JobCtx) -> Outcome<Cured>;
}

/// Whether to read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    On,
    /// That is enough for now.
    Stop,
}

/// A pack file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// Its name: the SHA-256 of what was written.
    pub id: String,
    /// Its size in the folder.
    pub size: Bytes,
    /// When it was written, as the file system says it.
    pub written_at: Option<Instant>,
}

/// What reading a pack again showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRead {
    /// Its name.
    pub pack: String,
    /// How much was read.
    pub size: Bytes,
    /// True where its content is no longer what its name says.
    pub altered: bool,
    /// Pieces that the index knows in it.
    pub pieces: usize,
    /// The names of those that cannot be read.
    pub broken: Vec<String>,
}

/// What earlier readings of packs have shown, by the names of the packs.
pub type Reads = BTreeMap<String, LastRead>;

/// The last reading of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRead {
    /// When.
    pub at: Instant,
    /// True where its content was no longer what its name says.
    pub altered: bool,
    /// The names of the pieces that could not be read.
    pub broken: BTreeSet<String>,
}

/// The state of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Snapshots that it lists, readable or not.
    pub snapshots: usize,
    /// What is wrong, in the order of its weight.
    pub troubles: Vec<Trouble>,
    /// The snapshots that cannot be restored in full.
    pub affected: Vec<Affected>,
    /// The others.
    pub intact: Vec<SnapshotId>,
    /// Snapshots of which every pack was read again, with the oldest of these readings.
    pub read: Vec<(SnapshotId, Instant)>,
}

impl Survey {
    /// True where one unreadable file keeps every snapshot from being restored, whatever state its pieces are in.
    pub fn is_blocked(&self) -> bool {
        self.troubles.iter().any(|trouble| match trouble {
            Trouble::ConfigUnreadable { .. } | Trouble::IndexUnreadable { .. } | Trouble::KeyMissing { .. } => true,
            Trouble::KeyAltered { current, .. } => *current,
            _ => false,
        })
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A snapshot's own entry is not what its name says, or cannot be opened with this key.
    SnapshotUnreadable {
        /// The snapshot.
        id: String,
    },
    /// A file of the index is not what its name says. While it lies there, nothing can be restored at all.
    IndexUnreadable {
        /// Its name.
        id: String,
    },
    /// A pack that the index names is not in the folder.
    PackMissing {
        /// Its name.
        id: String,
    },
    /// A pack has another size than the index says.
    PackCut {
        /// Its name.
        id: String,
        /// Its size now.
        size: Bytes,
        /// Its size when it was written.
        expected: Bytes,
    },
    /// A pack whose content is no longer what its name says.
    PackRotten {
        /// Its name.
        id: String,
        /// Pieces in it that cannot be read; 0 where the damage lies between the pieces.
        broken: usize,
    },
    /// Snapshots name pieces that are in no pack of the index.
    PiecesMissing {
        /// How many.
        pieces: usize,
    },
    /// A key file is not what its name says.
    KeyAltered {
        /// Its name.
        id: String,
        /// True for the key that this program uses, where it opens nothing any more.
        current: bool,
        /// True where a copy is kept that a repair puts back.
        spare: bool,
    },
    /// The key that this program uses has no file any more.
    KeyMissing {
        /// Its name.
        id: String,
        /// True where a copy is kept that a repair puts back.
        spare: bool,
    },
    /// The file that describes the repository is gone or cannot be read.
    ConfigUnreadable {
        /// True where a copy is kept that a repair puts back.
        spare: bool,
    },
    /// Packs that the index does not know: what an interrupted backup left behind. Endangers nothing.
    PacksUnknown {
        /// How many.
        packs: usize,
        /// What they take.
        size: Bytes,
    },
}

/// Who holds a lock on the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The lock file's name, where it is one of restic's; ours dies with its process.
    pub restic: Option<String>,
    /// The user.
    pub who: String,
    /// The host.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// Since when, or when it was last renewed.
    pub since: Instant,
    /// True where nobody else may even add to the repository.
    pub exclusive: bool,
    /// True where the process is known to have ended; false where it lives or nobody can tell.
    pub dead: bool,
}

/// Bytes by kind of file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Packs: databases and lists of files.
    pub packs: Bytes,
    /// Everything else that belongs to the format.
    pub other: Bytes,
    /// What repairs moved aside.
    pub damaged: Bytes,
}

/// What a repair shall mend, by the names of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cure {
    /// Packs that are rotten or cut.
    pub packs: Vec<String>,
    /// Unreadable files of the index.
    pub index: Vec<String>,
    /// Unreadable snapshot entries.
    pub snapshots: Vec<String>,
    /// Altered or missing key files.
    pub keys: Vec<String>,
    /// True to put `config` back from its copy.
    pub config: bool,
    /// Locks of restic whose process has ended.
    pub locks: Vec<String>,
}

/// What a repair did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cured {
    /// Files that were moved aside, by their paths in `quarterdeck/damaged/`.
    pub moved: Vec<String>,
    /// Files that were put back from their copies.
    pub put_back: Vec<String>,
    /// Sound pieces of damaged packs that were saved.
    pub saved: usize,
    /// Pieces that are lost unless a later snapshot holds them.
    pub lost: usize,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |id: &str| id.get(..8).unwrap_or(id).to_owned();
        match self {
            Self::SnapshotUnreadable { id } => write!(f, "The entry of snapshot {} cannot be read", short(id)),
            Self::IndexUnreadable { id } => write!(f, "The index file {} cannot be read, and without it no snapshot", short(id)),
            Self::PackMissing { id } => write!(f, "The pack {} is missing", short(id)),
            Self::PackCut { id, size, expected } => write!(f, "The pack {} has {} bytes instead of {}", short(id), size.0, expected.0),
            Self::PackRotten { id, broken: 0 } => {
                write!(f, "The pack {} was altered between its pieces; all of them can be read", short(id))
            }
            Self::PackRotten { id, broken: 1 } => write!(f, "The pack {} was altered: one piece in it cannot be read", short(id)),
            Self::PackRotten { id, broken } => write!(f, "The pack {} was altered: {broken} pieces in it cannot be read", short(id)),
            Self::PiecesMissing { pieces: 1 } => write!(f, "One piece that snapshots need is in no pack"),
            Self::PiecesMissing { pieces } => write!(f, "{pieces} pieces that snapshots need are in no pack"),
            Self::KeyAltered { id, current: true, .. } => {
                write!(f, "The key file {}, which this program uses, was altered and opens nothing", short(id))
            }
            Self::KeyAltered { id, current: false, .. } => write!(f, "The key file {} was altered", short(id)),
            Self::KeyMissing { id, .. } => write!(f, "The key file {}, which this program uses, is missing", short(id)),
            Self::ConfigUnreadable { .. } => write!(f, "The file config of the repository cannot be read, and without it no snapshot"),
            Self::PacksUnknown { packs: 1, size } => write!(f, "An interrupted backup left one pack behind ({size}), which nothing needs"),
            Self::PacksUnknown { packs, size } => write!(f, "Interrupted backups left {packs} packs behind ({size}), which nothing needs"),
        }
    }
}

/// Surveys a repository, with `read_data` after reading all of it.
pub(super) fn check(repository: &ResticFolder, read_data: bool, ctx: &JobCtx) -> Outcome<Condition> {
    let mut reads = Reads::new();
    if read_data {
        let packs: Vec<String> = repository.packs()?.into_iter().map(|pack| pack.id).collect();
        let mut note = |read: PackRead| {
            let last = LastRead { at: Instant::MIN_UTC, altered: read.altered, broken: read.broken.into_iter().collect() };
            reads.insert(read.pack, last);
            Ok(Flow::On)
        };
        repository.read_packs(&packs, &mut note, ctx)?;
    }
    let survey = repository.survey(&reads, ctx)?;
    let (remarks, findings): (Vec<Trouble>, Vec<Trouble>) = survey.troubles.into_iter().partition(Trouble::is_harmless);
    let lines = |troubles: Vec<Trouble>| troubles.iter().map(|trouble| format!("{trouble}.")).collect();
    Ok(Condition { findings: lines(findings), remarks: lines(remarks), affected: survey.affected })
}

impl Trouble {
    /// True for what endangers nothing.
    pub fn is_harmless(&self) -> bool {
        matches!(self, Self::PacksUnknown { .. })
    }
}

impl Care for ResticFolder {
    fn packs(&self) -> Outcome<Vec<PackFile>> {
        let shelf = self.shelf()?;
        let packs = shelf.packs()?;
        let written_at = |id: &Id| shelf.pack(id).metadata().and_then(|metadata| metadata.modified()).ok().map(Instant::from);
        let file = |(id, size): (Id, u64)| PackFile { id: id.to_hex().to_string(), size: Bytes(size), written_at: written_at(&id) };
        Ok(packs.into_iter().map(file).collect())
    }

    fn read_packs(&self, packs: &[String], each: &mut dyn FnMut(PackRead) -> Outcome<Flow>, ctx: &JobCtx) -> Outcome<()> {
        packs::read(&self.shelf()?, packs, each, ctx)
    }

    fn survey(&self, reads: &Reads, ctx: &JobCtx) -> Outcome<Survey> {
        survey::survey(&self.shelf()?, self.key_id, reads, ctx)
    }

    fn locks(&self, host: &str) -> Outcome<Vec<Lock>> {
        let mut locks: Vec<Lock> = lock::holder(&self.folder, host).into_iter().collect();
        locks.extend(lock::of_restic(&self.shelf()?, host)?);
        Ok(locks)
    }

    fn measure(&self) -> Outcome<Size> {
        let shelf = self.shelf()?;
        let mut size = Size { packs: Bytes(shelf.packs()?.values().sum()), ..Size::default() };
        let files_in = |folder: PathBuf| -> Outcome<u64> {
            let sizes = shelf::entries(&folder)?.into_iter().filter_map(|path| path.metadata().ok());
            Ok(sizes.filter(std::fs::Metadata::is_file).map(|metadata| metadata.len()).sum())
        };
        for kind in ["", "index", "snapshots", "keys", "locks"] {
            size.other.0 += files_in(self.folder.join(kind))?;
        }
        for kind in shelf::entries(&self.folder.join(OWN_FOLDER).join(repair::ASIDE))? {
            size.damaged.0 += files_in(kind)?;
        }
        Ok(size)
    }

    fn repair(&self, cure: &Cure, owner: &Owner, ctx: &JobCtx) -> Outcome<Cured> {
        failure::guarded("mend", &self.folder, || repair::repair(self, cure, owner, ctx))
    }
}

impl ResticFolder {
    /// A folder without a repository in it is none, however much else lies there.
    pub(super) fn shelf(&self) -> Outcome<Shelf> {
        let folder = &self.folder;
        if ["config", "snapshots", "index"].iter().any(|name| folder.join(name).exists()) {
            return Ok(Shelf::new(folder, &self.key));
        }
        Err(failure::missing(folder))
    }
}
