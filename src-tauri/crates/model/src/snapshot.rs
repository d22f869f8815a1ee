//! One verified copy, and what it holds.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{Bytes, Count, Digest, Instant, system::Name};

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
    /// A schedule asked for it.
    Scheduled,
    /// Something is about to change: a migration, a deployment.
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
    /// Never forgotten before this moment.
    pub pinned_until: Option<Instant>,
}

impl Snapshot {
    /// The strongest level that was reached.
    pub fn level(&self) -> Option<&LevelReached> {
        self.levels.iter().max_by_key(|reached| reached.level)
    }
}

/// `manifest.json` of a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Manifest {
    /// Version of this format: 1.
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
}

/// One image in a snapshot.
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

impl Manifest {
    /// The component by name, or the only one.
    pub fn component(&self, name: Option<&Name>) -> Option<&ManifestComponent> {
        match name {
            Some(name) => self.components.iter().find(|component| &component.name == name),
            None if self.components.len() == 1 => self.components.first(),
            None => None,
        }
    }
}
