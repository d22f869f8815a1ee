//! How systems are, since when, and what changed.

use serde::{Deserialize, Serialize};

use crate::{
    Count, Fault, Instant, JobId, Millis,
    inspection::Tone,
    system::{Environment, Name},
};

/// How one collector is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct CollectorStatus {
    /// Unique in a home, stable over restarts: `SYSTEM/KIND/NAME`.
    pub key: String,
    /// A word of the list of kinds.
    pub kind: String,
    /// What is measured: a path, an address, a unit.
    pub about: String,
    /// Of which system; none for the machine.
    pub system: Option<Name>,
    /// Of which component.
    pub component: Option<Name>,
    /// How it is now.
    pub tone: Tone,
    /// E.g. `measured 14:01:45 in 12 ms, 48 series`, `refused since 13:10: connection refused`, `hanging since 13:58`, `not measured yet`.
    pub sentence: String,
    /// How often.
    pub every: Millis,
    /// How long a visit may take.
    pub limit: Millis,
    /// Its newest visit.
    pub last: Option<Instant>,
    /// Since when it is as it is.
    pub since: Option<Instant>,
    /// How long the newest visit took.
    pub took: Option<Millis>,
    /// How many series it brought.
    pub series: Count,
    /// How many visits failed in a row.
    pub failures: Count,
    /// Why the newest visit failed.
    pub fault: Option<Fault>,
    /// What a person should know though it succeeded.
    pub remarks: Vec<String>,
}

/// One check of the walk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct HealthCheck {
    /// Stable: `SYSTEM/WHAT` or `SYSTEM/WHAT/WHICH`.
    pub key: String,
    /// Of whom; none for the machine and for ourselves.
    pub system: Option<Name>,
    /// E.g. `Backup of main`, `Disk /srv`.
    pub what: String,
    /// How it is now.
    pub tone: Tone,
    /// What was found, beside what was promised: `31 ms p99 of 25 ms promised`.
    pub sentence: String,
    /// Since when.
    pub since: Option<Instant>,
    /// When it was measured.
    pub as_of: Instant,
    /// Where to look next: an address of the window.
    pub next: Option<String>,
    /// How long the check took.
    pub took: Millis,
}

/// One system in one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SystemHealth {
    /// Which; the machine goes by the name of the host.
    pub system: Name,
    /// Its environment.
    pub environment: Environment,
    /// Its worst check.
    pub tone: Tone,
    /// E.g. `Not healthy since 13:42: appeal error rate is 6.8 %, 5 % was promised; and 2 more.`
    pub sentence: String,
    /// Since when its worst check is as it is.
    pub since: Option<Instant>,
    /// How many checks are as they should be.
    pub passed: Count,
    /// Worst first.
    pub checks: Vec<HealthCheck>,
    /// What moved or happened around `since`, nearest first.
    pub changes: Vec<Change>,
    /// The oldest reading behind the line.
    pub as_of: Option<Instant>,
}

/// Something that moved or happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Change {
    /// When.
    pub at: Instant,
    /// E.g. `appeal review p99 went from 11 ms to 31 ms`.
    pub what: String,
    /// Which of the two.
    pub kind: ChangeKind,
    /// Where to look: an address of the window.
    pub next: Option<String>,
}

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ChangeKind {
    /// A measured value moved.
    Moved,
    /// Somebody or a schedule did something.
    Happened,
    /// Nothing was measured.
    Gap,
}

/// All systems, and who measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Health {
    /// Worst first.
    pub systems: Vec<SystemHealth>,
    /// The machine, and ourselves.
    pub machine: SystemHealth,
    /// Who measures.
    pub collecting: Collecting,
    /// When it was read.
    pub as_of: Instant,
}

/// Who measures, and how that goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Collecting {
    /// How it is now.
    pub tone: Tone,
    /// E.g. `The agent measures 48 things every 15 s.`
    pub sentence: String,
    /// Who: `agent 4711`, `window 812`.
    pub by: Option<String>,
    /// The newest tick.
    pub last_tick: Option<Instant>,
    /// What it had to say lately, newest first.
    pub notices: Vec<Notice>,
}

/// Something the measuring itself has to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Notice {
    /// When.
    pub at: Instant,
    /// How grave.
    pub tone: Tone,
    /// What.
    pub sentence: String,
}

/// What the thirty-second check says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct HealthReport {
    /// The worst check.
    pub tone: Tone,
    /// One sentence.
    pub verdict: String,
    /// In the order in which they were made.
    pub checks: Vec<HealthCheck>,
    /// What changed lately.
    pub changes: Vec<Change>,
    /// When it began.
    pub began: Instant,
    /// How long it took.
    pub took: Millis,
    /// The report as plain text, to be copied.
    pub text: String,
}

/// A tick above a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Happening {
    /// When it began.
    pub at: Instant,
    /// When it ended.
    pub until: Option<Instant>,
    /// What kind of thing.
    pub kind: HappeningKind,
    /// What, e.g. `Backup of reputation`.
    pub what: String,
    /// The job behind it.
    pub job: Option<JobId>,
    /// Of which system.
    pub system: Option<Name>,
}

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum HappeningKind {
    /// A backup.
    Backup,
    /// Migrations were applied or taken back.
    Migration,
    /// A restore or its undo.
    Restore,
    /// A drill.
    Drill,
    /// Maintenance of the repository.
    Maintenance,
    /// Nothing was measured.
    Gap,
    /// An alert fired.
    Alert,
    /// Anything else.
    Other,
}

/// How measuring is set on this machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Monitoring {
    /// The folder where `quarterdeck.prom` is written for node_exporter; none where it is not.
    pub textfile: Option<crate::WirePath>,
    /// Days for which every sample is kept.
    pub raw_days: u32,
    /// The most room that series may take.
    pub most_bytes: crate::Bytes,
}
