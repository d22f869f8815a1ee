//! What a job can be in the middle of. Noted in the store before the step, cleared after it; recovery reads what is left.

use quarterdeck_model::{WirePath, snapshot::SnapshotId, system::Target};
use quarterdeck_sqlite::enter::Commit;
use serde::{Deserialize, Serialize};

/// A step that is half done where its process is gone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub(crate) enum Intent {
    /// A snapshot is being written. Until it is verified it may be in the repository or not.
    TakeSnapshot {
        /// Its system.
        target: Target,
        /// Staged copies to remove.
        staged: Vec<WirePath>,
    },
    /// An image is being written beside its destination. Nothing else was touched.
    FetchImage {
        /// The image; removed.
        part: WirePath,
        /// The safety image, where one was begun; removed.
        safety: Option<WirePath>,
        /// Set while a live file with another layout of pages is rebuilt: the one step that changes its journal mode on the way.
        #[serde(default)]
        rebuilding: Option<Rebuilding>,
    },
    /// A directory is being written beside its destination. Nothing else was touched.
    FetchDirectory {
        /// The folder; removed.
        part: WirePath,
    },
    /// The image is entering the live file in one transaction: SQLite makes it before or after.
    Enter(Entry),
    /// Migrations are running: each batch of them is committed with its rows in the target's ledger, or not at all.
    Migrate(Migrate),
    /// A repository is being mended; until the index is put right, it may name packs that were moved aside.
    RepairRepository {
        /// Its system.
        target: Target,
    },
    /// The live file, which SQLite cannot open, is being moved aside for the image.
    Replace {
        /// The live file.
        live: WirePath,
        /// What goes into its place, beside it.
        image: WirePath,
        /// True where that is a copy from a repository; false where it is an old file that an undo puts back, and must never be removed.
        image_is_copy: bool,
        /// What the moved files are called.
        tag: String,
    },
    /// A snapshot is being restored to scratch. Nothing else was touched.
    Drill {
        /// The folder; removed.
        scratch: WirePath,
    },
    /// Smoke tests are run on copies in scratch. Nothing else was touched.
    Smoke {
        /// The folder; removed.
        scratch: WirePath,
    },
    /// Migrations are tried on a copy in scratch. Nothing else was touched.
    Rehearse {
        /// The folder; removed.
        scratch: WirePath,
    },
}

/// A live file whose journal mode has to be what it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rebuilding {
    /// The live file.
    pub live: WirePath,
    /// As SQLite says it: `wal`, `delete`, …
    pub journal_mode: String,
}

/// An entry into a live file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// What is restored.
    pub target: Target,
    /// From which snapshot.
    pub snapshot: SnapshotId,
    /// The live file.
    pub live: WirePath,
    /// The image beside it.
    pub image: WirePath,
    /// The safety image, complete and on disk.
    pub safety: WirePath,
    /// How to tell before from after.
    pub commit: Commit,
}

/// Migrations of a live file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Migrate {
    /// Which database.
    pub target: Target,
    /// The live file.
    pub live: WirePath,
    /// The safety image: complete and on disk before the first statement runs.
    pub safety: WirePath,
    /// As SQLite says it: `wal`, `delete`, …
    pub journal_mode: String,
    /// The table in the live file that tells before from after.
    pub ledger: String,
    /// The name that the rows of this run have in it.
    pub run: String,
    /// What was to run, in order.
    pub versions: Vec<String>,
}
