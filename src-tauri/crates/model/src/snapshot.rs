//! One verified copy, and what it holds.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{Bytes, Count, Digest, Instant, retention::Pin, system::Name};

/// The repository's identifier: 64 hexadecimal figures. People may name a snapshot by its first eight.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(type = "string"))]
pub struct SnapshotId(pub String);

impl SnapshotId {
    /// The first eight figures, as restic shows them.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How strongly a snapshot is known to be good, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Level {
    /// The repository lists it, with every file at its exact size.
    Present,
    /// All of its data was read again and decrypted.
    Read,
    /// SQLite opens the image.
    Opens,
    /// `integrity_check` says ok.
    IntegrityOk,
    /// Image hash, schema and row counts equal the manifest.
    DataMatches,
    /// Restored, checked by the definition's own checks, timed.
    Drilled,
}

/// A level, and when it was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LevelReached {
    /// The level.
    pub level: Level,
    /// When it was last reached.
    pub at: Instant,
}

/// Why a snapshot was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Reason {
    /// Somebody asked for it.
    Manual,
    /// A schedule was due.
    Scheduled,
    /// Something was about to be changed: a deployment, a migration.
    BeforeChange,
    /// It is the way back from a restore or an undo.
    Safety,
}

/// One verified copy of a system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Snapshot {
    /// Its identifier.
    pub id: SnapshotId,
    /// The manifest inside it.
    pub manifest: Manifest,
    /// Levels reached so far, weakest first.
    pub levels: Vec<LevelReached>,
    /// What it added to the repository, compressed and encrypted.
    pub added: Bytes,
    /// Never forgotten before this moment, because it is the way back of a job.
    pub pinned_until: Option<Instant>,
    /// The pin of people, where there is one.
    #[serde(default)]
    pub pin: Option<Pin>,
    /// Why it cannot be restored in full, as the newest check of the repository found; absent where nothing is known against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub affected: Option<Affected>,
}

/// Damage in a repository, as far as it concerns one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Affected {
    /// What is wrong, one sentence.
    pub reason: String,
    /// The components that cannot be restored from it; the others can.
    pub components: Vec<Name>,
    /// Its files that cannot be read to their end; a folder ends with `/`. Empty where not even the list of its files can be read.
    pub files: Vec<String>,
    /// True where no later snapshot can heal it.
    pub lost: bool,
    /// When it was found first.
    pub found_at: Instant,
}

impl Snapshot {
    /// True where nothing is known against restoring this component from it.
    pub fn is_sound_for(&self, component: &Name) -> bool {
        self.affected.as_ref().is_none_or(|affected| !affected.components.contains(component))
    }

    /// The strongest level that was reached.
    pub fn level(&self) -> Option<&LevelReached> {
        self.levels.iter().max_by_key(|reached| reached.level)
    }
}

/// `manifest.json` of a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Manifest {
    /// Version of this format: 1 where every image is one whole file, 2 with deltas or directories.
    pub format: u32,
    /// The Quarterdeck that wrote it.
    pub tool: String,
    /// The system.
    pub system: Name,
    /// The host's name.
    pub host: String,
    /// Who asked.
    pub who: String,
    /// Why.
    pub reason: Reason,
    /// The caller's own words.
    pub label: Option<String>,
    /// Head of the audit chain when the snapshot was taken, so that a rewritten chain shows.
    pub audit_head: Option<Digest>,
    /// The moment whose state it holds.
    pub cut_at: Instant,
    /// Largest distance between the cuts of two components, in milliseconds; zero with the barrier, or with one component.
    pub skew: crate::Millis,
    /// What it holds.
    pub components: Vec<ManifestComponent>,
    /// The directories that it holds.
    #[serde(default)]
    pub directories: Vec<ManifestDirectory>,
}

/// One image in a snapshot: a base, and what has changed since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ManifestComponent {
    /// The component's id in the store that took it.
    pub id: String,
    /// The component's name.
    pub name: Name,
    /// The file's name when it was taken.
    pub file: String,
    /// When this component was cut.
    pub cut_at: Instant,
    /// Size of the image.
    pub size: Bytes,
    /// Bytes a page.
    pub page_size: u32,
    /// Pages.
    pub page_count: Count,
    /// `PRAGMA application_id`.
    pub application_id: i32,
    /// `PRAGMA user_version`.
    pub user_version: i32,
    /// Journal mode of the live file: `wal`, `delete`, …
    pub journal_mode: String,
    /// SHA-256 over the schema (see `sqlite::fingerprint`).
    pub schema_fingerprint: Digest,
    /// SHA-256 over the image, byte for byte.
    pub sha256: Digest,
    /// Rows by table, measured from the copy; absent until measured.
    pub rows: Option<BTreeMap<String, Count>>,
    /// When the rows were counted.
    pub rows_at: Option<Instant>,
    /// The whole image that the deltas begin with. Absent in snapshots that were taken before there were deltas: there the file is the
    /// image itself (see [`Self::base_part`]).
    #[serde(default)]
    pub base: Option<BasePart>,
    /// What turns the base into the image, in this order.
    #[serde(default)]
    pub deltas: Vec<DeltaPart>,
}

/// A whole image in the repository. Images of a component are numbered; a base keeps the number of the image that it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct BasePart {
    /// Number of the image, from 1.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub number: u64,
    /// Pages.
    pub page_count: Count,
    /// Bytes.
    pub size: Bytes,
    /// SHA-256 over the file.
    pub sha256: Digest,
}

/// A file with the pages that turn the image before `first` into the image `last` (format: docs/decisions/0011).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DeltaPart {
    /// 0 for one that was taken from the database; one that several were merged into is one higher than the highest of them.
    pub tier: u8,
    /// Number of the first image that it leads to.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub first: u64,
    /// Number of the image that comes out.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub last: u64,
    /// Pages inside.
    pub pages: Count,
    /// Bytes of the file.
    pub size: Bytes,
    /// SHA-256 over the file.
    pub sha256: Digest,
    /// SHA-256 of the image before it.
    pub before: Digest,
    /// SHA-256 of the image that comes out.
    pub after: Digest,
}

/// A directory in a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ManifestDirectory {
    /// The component's id in the store that took it.
    pub id: String,
    /// The component's name.
    pub name: Name,
    /// Its folder when it was taken.
    pub path: String,
    /// When it was cut.
    pub cut_at: Instant,
    /// Regular files.
    pub files: Count,
    /// Bytes in them.
    pub size: Bytes,
    /// True where nothing changed while it was copied, so that it is as of one moment.
    pub consistent: bool,
    /// What changed meanwhile; at most 20 names.
    pub moved: Vec<String>,
    /// What was left out, each with the reason: databases that are components of their own, sockets, devices, what may not be read. At
    /// most 20 names, and how many there are beyond.
    pub left_out: Vec<String>,
    /// Databases in it that are no components: copied like other files, so perhaps torn. At most 20 names, as above.
    #[serde(default)]
    pub databases: Vec<String>,
}

/// A whole check of an image by SQLite that found nothing wrong: `integrity_check`, foreign keys, row counts. It holds for the bytes,
/// wherever they lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageProof {
    /// SHA-256 of the bytes that were checked.
    pub sha256: Digest,
    /// When.
    pub checked_at: Instant,
    /// The version of the SQLite that checked; another one may see more.
    pub sqlite: String,
    /// Rows by table.
    pub rows: BTreeMap<String, Count>,
}

impl ManifestComponent {
    /// The whole image that lies under `base/`. Where the manifest names none, it is the image itself, and its number is 1.
    pub fn base_part(&self) -> BasePart {
        self.base.clone().unwrap_or_else(|| BasePart {
            number: 1,
            page_count: self.page_count,
            size: self.size,
            sha256: self.sha256.clone(),
        })
    }
}

impl Manifest {
    /// The names of everything in it, databases first.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.components.iter().map(|component| &component.name).chain(self.directories.iter().map(|directory| &directory.name))
    }

    /// True where it holds a component of that name, of whatever kind.
    pub fn holds(&self, name: &Name) -> bool {
        self.names().any(|held| held == name)
    }

    /// The directory of that name.
    pub fn directory(&self, name: &Name) -> Option<&ManifestDirectory> {
        self.directories.iter().find(|directory| &directory.name == name)
    }

    /// Bytes of everything that it holds: images and files.
    pub fn size(&self) -> Bytes {
        let images = self.components.iter().map(|component| component.size.0);
        Bytes(images.chain(self.directories.iter().map(|directory| directory.size.0)).sum())
    }

    /// The component by name, or the only one.
    pub fn component(&self, name: Option<&Name>) -> Option<&ManifestComponent> {
        match name {
            Some(name) => self.components.iter().find(|component| &component.name == name),
            None if self.components.len() == 1 => self.components.first(),
            None => None,
        }
    }
}
