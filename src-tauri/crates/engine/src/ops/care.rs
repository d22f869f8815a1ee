//! Looking after a repository: what is in it, what is wrong with it, what mends it.

use quarterdeck_model::{
    Bytes, Count, Digest, Instant, JobId, Millis, Outcome, Role, WirePath,
    inspection::{Finding, Tone},
    job::Phase,
    snapshot::{Affected, SnapshotId},
    system::{Environment, Name},
};
use quarterdeck_store::leases::Lease;
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, Query, Scope, Work};

/// How much of the content a check reads again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Reading {
    /// None: entries, lists of files and sizes only. Seconds, whatever the size.
    #[default]
    None,
    /// A thirtieth of the bytes, those longest not read first.
    Some,
    /// Everything.
    All,
}

/// Asks what is wrong with a repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CheckRepository {
    /// The system.
    pub system: Name,
    /// How much content is read again.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Reading>"))]
    pub read: Reading,
}

/// The state of a repository. Damage is an answer, never a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RepositoryCheck {
    /// The system.
    pub system: Name,
    /// The repository's folder.
    pub repository: WirePath,
    /// The worst of what was found.
    pub tone: Tone,
    /// The answer in one sentence.
    pub sentence: String,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// Snapshots of this system that cannot be restored in full, newest first.
    pub affected: Vec<AffectedSnapshot>,
    /// What can still be restored, by component.
    pub restorable: Vec<Restorable>,
    /// What to do, in order; empty where nothing is to be done.
    pub steps: Vec<CareStep>,
    /// Who holds a lock on it.
    pub locks: Vec<RepositoryLock>,
    /// Snapshots that it lists, of whatever system.
    pub snapshots: Count,
    /// Bytes of content that were read again.
    pub read: Bytes,
    /// Bytes of content that it holds.
    pub size: Bytes,
    /// True where reading stopped early to be in nobody's way.
    pub yielded: bool,
    /// When it began.
    pub as_of: Instant,
    /// How long it took.
    pub took: Millis,
}

/// A damaged snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AffectedSnapshot {
    /// Its identifier.
    pub id: SnapshotId,
    /// The moment whose state it holds.
    pub cut_at: Instant,
    /// What is wrong with it.
    pub affected: Affected,
}

/// What is left for one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Restorable {
    /// The component.
    pub component: Name,
    /// Its newest snapshot that nothing is known against; absent where there is none.
    pub newest: Option<SoundSnapshot>,
    /// Snapshots that nothing is known against.
    pub sound: Count,
    /// Snapshots that hold it.
    pub of: Count,
}

/// A snapshot that nothing is known against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SoundSnapshot {
    /// Its identifier.
    pub id: SnapshotId,
    /// The moment whose state it holds.
    pub cut_at: Instant,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct CareStep {
    /// What, and why, one sentence.
    pub what: String,
    /// The operation that does it; absent where only people can.
    pub operation: Option<String>,
    /// The same as a command line.
    pub command: Option<String>,
}

/// Who holds a lock on a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RepositoryLock {
    /// True for a lock that restic left in the repository; ours ends with its process.
    pub restic: bool,
    /// The user.
    pub who: String,
    /// The host.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// Since when; for restic, when it was last renewed.
    pub since: Instant,
    /// How long ago that is.
    pub age: Millis,
    /// True where the process has ended.
    pub dead: bool,
    /// What to do about it.
    pub next: String,
}

impl Query for CheckRepository {
    const NAME: &str = "check_repository";
    const SUMMARY: &str =
        "Says what is wrong with a repository, which snapshots that touches, what is still restorable and what to do, in order.";
    type Response = RepositoryCheck;

    fn answer(self, scope: &Scope) -> Outcome<RepositoryCheck> {
        crate::care::check(scope, &self.system, self.read)
    }
}

/// Reads a part of a repository again, as it is done each day.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RereadRepository {
    /// The system.
    pub system: Name,
    /// The part of the bytes, up to 1 for all of them; absent for a thirtieth. At least one pack is read.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub share: Option<f64>,
}

impl Work for RereadRepository {
    const NAME: &str = "reread_repository";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str =
        "Reads the part of a repository again that was not read for longest, and says what that showed. Stops early for others.";
    type Report = RepositoryCheck;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::care::announce(scope, self)
    }

    /// None: reading is never in another job's way.
    fn leases(_: &Scope, _: &Announcement) -> Outcome<Vec<Lease>> {
        Ok(Vec::new())
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<RepositoryCheck> {
        crate::care::reread(scope, &self, job)
    }
}

/// Asks what a repair would do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PlanRepair {
    /// The system.
    pub system: Name,
}

/// What a repair will do, in sentences. Nothing in it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RepairPlan {
    /// Over the files that will be moved.
    pub digest: Digest,
    /// The system.
    pub system: Name,
    /// Which instance.
    pub environment: Environment,
    /// What will happen, in order; empty where there is nothing to mend.
    pub steps: Vec<String>,
    /// The phases of the job, in order.
    pub phases: Vec<Phase>,
    /// Files that will be moved into `quarterdeck/damaged/`.
    pub files: Count,
    /// Snapshots that a later snapshot may heal.
    pub healable: Vec<SnapshotId>,
    /// Snapshots that nothing can heal.
    pub lost: Vec<SnapshotId>,
    /// Reasons why it would be refused; empty where it can run.
    pub obstacles: Vec<String>,
    /// When the repository was looked at.
    pub as_of: Instant,
}

impl Query for PlanRepair {
    const NAME: &str = "plan_repair";
    const SUMMARY: &str = "Says what a repair of a repository would move aside, which snapshots can heal and which are lost.";
    type Response = RepairPlan;

    fn answer(self, scope: &Scope) -> Outcome<RepairPlan> {
        crate::care::plan_repair(scope, &self.system)
    }
}

/// Mends a repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RepairRepository {
    /// The system.
    pub system: Name,
    /// The plan that was shown.
    pub plan: Digest,
}

/// What a repair did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RepairReport {
    /// One sentence.
    pub sentence: String,
    /// Files that were moved aside, by their paths below `quarterdeck/damaged/` in the repository's folder.
    pub moved: Vec<String>,
    /// Sound pieces of damaged packs that were saved.
    pub saved: Count,
    /// Pieces that are lost unless a later snapshot holds them.
    pub lost: Count,
    /// The repository afterwards.
    pub check: RepositoryCheck,
    /// Time in all.
    pub took: Millis,
}

impl Work for RepairRepository {
    const NAME: &str = "repair_repository";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str =
        "Moves damaged files of a repository aside, saves what is sound in them, and puts the index right. Deletes nothing.";
    type Report = RepairReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::care::announce_repair(scope, self)
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<RepairReport> {
        crate::care::repair(scope, &self, job)
    }
}

/// Asks for everything that is known about a repository without reading its content.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetRepository {
    /// The system.
    pub system: Name,
}

/// A repository on one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RepositoryDetail {
    /// The system.
    pub system: Name,
    /// The folder.
    pub path: WirePath,
    /// False until the first backup, and when it was removed.
    pub exists: bool,
    /// Why it cannot be opened; absent where it can, or where it does not exist yet.
    pub unavailable: Option<Finding>,
    /// What its content takes.
    pub size: Bytes,
    /// What repairs moved aside.
    pub damaged: Bytes,
    /// Free space on its disk.
    pub free: Option<Bytes>,
    /// Snapshots of this system.
    pub snapshots: Count,
    /// Those of them that cannot be restored in full.
    pub affected: Count,
    /// What each snapshot added, oldest first.
    pub growth: Vec<Growth>,
    /// The newest check; absent where there never was one.
    pub last_check: Option<RepositoryCheck>,
    /// The oldest reading of a pack; absent where one of them was never read again since it was written.
    pub oldest_read: Option<Instant>,
    /// Packs that were read again, of all.
    pub packs_read: Count,
    /// All packs.
    pub packs: Count,
    /// The keys that open it.
    pub keys: Vec<RepositoryKey>,
    /// When a recovery kit was last made.
    pub kit_at: Option<Instant>,
    /// The file that holds its password; the value never leaves the engine.
    pub password_file: WirePath,
    /// Who holds a lock on it.
    pub locks: Vec<RepositoryLock>,
    /// When it was looked at.
    pub as_of: Instant,
}

/// What one snapshot added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Growth {
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// The moment whose state it holds.
    pub cut_at: Instant,
    /// What it added to the repository, compressed and encrypted.
    pub added: Bytes,
}

/// A key that opens a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RepositoryKey {
    /// Its identifier.
    pub id: String,
    /// When it was made, where that was recorded.
    pub created_at: Option<Instant>,
    /// By whom, or what for: `recovery kit`.
    pub made_for: Option<String>,
    /// On which host.
    pub host: Option<String>,
    /// True for the one that Quarterdeck uses.
    pub current: bool,
}

impl Query for GetRepository {
    const NAME: &str = "get_repository";
    const SUMMARY: &str = "One repository: size, growth, last check, keys, recovery kit, locks, free space.";
    type Response = RepositoryDetail;

    fn answer(self, scope: &Scope) -> Outcome<RepositoryDetail> {
        crate::care::detail(scope, &self.system)
    }
}
