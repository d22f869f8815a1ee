//! What is administered.

use quarterdeck_model::{
    Bytes, Count, Instant, JobId, Millis, Outcome, Role, WirePath,
    inspection::{Finding, Tone, Verdict},
    snapshot::{Level, SnapshotId},
    system::{ComponentKind, DefinitionFinding, Environment, Name, System},
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Adds a database file, or a folder with `quarterdeck.yaml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct AddSystem {
    /// The file or folder.
    pub path: WirePath,
    /// The system's name; absent for that of the file or definition.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub name: Option<Name>,
    /// Which instance it is; absent for the definition's, or development for a lone file.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub environment: Option<Environment>,
}

impl Command for AddSystem {
    const NAME: &str = "add_system";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Registers a database file, or a folder with quarterdeck.yaml, as a system. Writes nothing to either.";
    type Response = System;

    fn touches(&self) -> String {
        self.path.encode()
    }

    fn perform(self, scope: &Scope) -> Outcome<System> {
        crate::systems::add(&scope.engine, &self.path.0, self.name, self.environment)
    }
}

/// Takes a system off the list. Its database and its snapshots stay where they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ForgetSystem {
    /// Its name.
    pub system: Name,
}

impl Command for ForgetSystem {
    const NAME: &str = "forget_system";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Takes a system off the list; its database, snapshots and key stay where they are.";
    type Response = ();

    fn touches(&self) -> String {
        self.system.to_string()
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::systems::forget(&scope.engine, &self.system)
    }
}

/// Every database on one page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetOverview {}

/// Every database, worst first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Overview {
    /// One line for each database.
    pub databases: Vec<DatabaseStatus>,
    /// Systems with schedules that are on, while nothing runs schedules; empty while something does.
    pub unattended: Vec<Unattended>,
    /// When they were looked at.
    pub as_of: Instant,
}

/// A system whose schedules nobody runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Unattended {
    /// The system.
    pub system: Name,
    /// Its schedules that are on.
    pub schedules: Count,
}

/// What is true now of one database or directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DatabaseStatus {
    /// The system.
    pub system: Name,
    /// The component.
    pub component: Name,
    /// Which instance.
    pub environment: Environment,
    /// What it is. Of a directory, what only databases have is absent, and the verdict says whether it may be read.
    pub kind: ComponentKind,
    /// The file or folder.
    pub path: WirePath,
    /// The worst of what follows.
    pub tone: Tone,
    /// The measured sentence: proof, time, loss.
    pub truth: String,
    /// What is wrong or missing, worst first.
    pub findings: Vec<Finding>,
    /// What a glance at the file says.
    pub verdict: Verdict,
    /// Size of the file, absent where it is missing; of a directory, that in its newest snapshot.
    pub size: Option<Bytes>,
    /// Files of a directory in its newest snapshot.
    pub files: Option<Count>,
    /// As SQLite says it.
    pub journal_mode: Option<String>,
    /// Tables, views not counted.
    pub tables: Option<Count>,
    /// The newest snapshot that holds it.
    pub last_snapshot: Option<SnapshotBrief>,
    /// The newest restore or drill that ended with image hash and integrity ok.
    pub last_proof: Option<Proof>,
    /// Largest gap between the cuts of snapshots in the last seven days, the open one included; absent without snapshots.
    pub loss: Option<Loss>,
    /// A job of its system that has not ended.
    pub job: Option<JobId>,
    /// Who has the right to work on it now: until that ends, a backup or restore of it is refused. Not every job needs it.
    pub lease: Option<LeaseHolder>,
}

/// A process that has the right to work on something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LeaseHolder {
    /// What it is or does: `The agent`, `Restore of shop in place`.
    pub what: String,
    /// Whose process.
    pub who: String,
    /// Its number.
    pub pid: u32,
    /// Since when.
    pub since: Instant,
}

/// A snapshot in one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SnapshotBrief {
    /// Its identifier.
    pub id: SnapshotId,
    /// The moment whose state it holds.
    pub cut_at: Instant,
    /// The strongest level that it reached.
    pub level: Level,
}

/// A restore or drill that proved a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Proof {
    /// When.
    pub at: Instant,
    /// How long it took.
    pub took: Millis,
    /// The level that it reached.
    pub level: Level,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// The job whose report shows it.
    pub job: JobId,
}

/// How much of the past could be lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Loss {
    /// The largest gap.
    pub largest: Millis,
    /// True where the largest is the one from the newest snapshot until now.
    pub open: bool,
    /// Snapshots that were considered; one says nothing about a rhythm.
    pub snapshots: Count,
}

impl Query for GetOverview {
    const NAME: &str = "get_overview";
    const SUMMARY: &str = "Every database in one line, worst first: what is true now, newest snapshot, newest proof, findings.";
    type Response = Overview;

    fn answer(self, scope: &Scope) -> Outcome<Overview> {
        crate::status::overview(&scope.engine)
    }
}

/// One system.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetSystem {
    /// Its name.
    pub system: Name,
}

/// One system with everything that is known without reading its databases whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SystemDetail {
    /// As registered.
    pub system: System,
    /// Its databases.
    pub databases: Vec<DatabaseStatus>,
    /// Its repository.
    pub repository: RepositoryFacts,
    /// Findings in its definition; empty for a lone file.
    pub definition: Vec<DefinitionFinding>,
    /// When it was looked at.
    pub as_of: Instant,
}

/// Where copies live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RepositoryFacts {
    /// The folder.
    pub path: WirePath,
    /// False until the first backup, and when it was removed.
    pub exists: bool,
    /// The file that holds its password; the value never leaves the engine.
    pub password_file: WirePath,
    /// Free space on its disk.
    pub free: Option<Bytes>,
    /// When a recovery kit was last made.
    pub kit_at: Option<Instant>,
}

impl Query for GetSystem {
    const NAME: &str = "get_system";
    const SUMMARY: &str = "One system: its databases, objectives, repository and definition.";
    type Response = SystemDetail;

    fn answer(self, scope: &Scope) -> Outcome<SystemDetail> {
        crate::status::system(&scope.engine, &self.system)
    }
}

/// Reads a definition and lists everything that is wrong with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CheckDefinition {
    /// The folder with `quarterdeck.yaml`.
    pub folder: WirePath,
}

/// What `check` found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DefinitionReport {
    /// The file that was read.
    pub file: WirePath,
    /// The system's name, where it could be read.
    pub name: Option<Name>,
    /// Everything that is wrong, in the order of the file.
    pub findings: Vec<DefinitionFinding>,
    /// What is not wrong and yet worth a look, as sentences: alerts that no unit test names.
    pub remarks: Vec<String>,
}

impl Query for CheckDefinition {
    const NAME: &str = "check_definition";
    const SUMMARY: &str = "Reads a definition strictly and lists everything that is wrong with it, with file, line and column.";
    type Response = DefinitionReport;

    fn answer(self, scope: &Scope) -> Outcome<DefinitionReport> {
        let mut report = crate::definition::check(&self.folder.0)?;
        report.findings.extend(crate::readiness::registered_findings(&scope.engine, &self.folder.0)?);
        Ok(report)
    }
}
