//! What is done at set times, in which rhythm, and what became of it.

mod field;
mod rhythm;
mod words;

use serde::{Deserialize, Serialize};

pub use self::rhythm::Rhythm;
use crate::{Instant, JobId, JobState, Millis, Outcome, system::Name};

/// What a schedule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Runs {
    /// A snapshot.
    Backup,
    /// A restore to scratch that proves a snapshot.
    Drill,
    /// The newest snapshot is proved, deltas are merged, a part of the repository is read again, snapshots are forgotten by the rules, room is
    /// freed.
    Maintain,
    /// Smoke tests, all of them.
    Smoke,
}

impl Runs {
    /// All of them, by their words.
    pub const WORDS: [&str; 4] = ["backup", "drill", "maintain", "smoke"];

    /// The word on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Drill => "drill",
            Self::Maintain => "maintain",
            Self::Smoke => "smoke",
        }
    }

    /// The operation that does it; it takes a system.
    pub fn operation(self) -> &'static str {
        match self {
            Self::Backup => "backup_system",
            Self::Drill => "drill_system",
            Self::Maintain => "maintain_system",
            Self::Smoke => "run_smoke",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Backup, Self::Drill, Self::Maintain, Self::Smoke].into_iter().find(|runs| runs.word() == word)
    }
}

/// What a system has done at set times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Schedule {
    /// Its name, unique in the system.
    pub name: Name,
    /// What it runs.
    pub runs: Runs,
    /// When: minute, hour, day of the month, month, day of the week; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
    pub cron: String,
    /// The IANA time zone that `cron` speaks of, e.g. `Europe/Berlin`.
    pub zone: String,
    /// False to keep it without running it.
    #[serde(default = "enabled")]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub enabled: bool,
}

fn enabled() -> bool {
    true
}

impl Schedule {
    /// Its rhythm; `bad-schedule` or `unknown-zone` with the position of the mistake.
    pub fn rhythm(&self) -> Outcome<Rhythm> {
        Rhythm::parse(&self.cron, &self.zone)
    }
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum RunOutcome {
    /// It cannot start yet; it is tried again until its window closes.
    Waiting,
    /// Its job is under way.
    Running,
    /// Done.
    Succeeded,
    /// Not done.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// Its process ended before it did.
    Interrupted,
    /// It could not start while its window was open; the reason says why.
    Skipped,
}

impl From<JobState> for RunOutcome {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Queued | JobState::Running | JobState::Cancelling => Self::Running,
            JobState::Succeeded => Self::Succeeded,
            JobState::Failed => Self::Failed,
            JobState::Cancelled => Self::Cancelled,
            JobState::Interrupted => Self::Interrupted,
        }
    }
}

/// One run of a schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ScheduleRun {
    /// The moment it was due.
    pub due_at: Instant,
    /// Earlier moments that passed while nothing ran the schedules; this one run stands for them.
    pub missed: u32,
    /// When its job was accepted; absent where it never was.
    pub started_at: Option<Instant>,
    /// Its job.
    pub job: Option<JobId>,
    /// How it stands.
    pub outcome: RunOutcome,
    /// Why it waits, failed or was skipped.
    pub reason: Option<String>,
}

/// A promise in time that is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Overdue {
    /// The first moment at which it should have run and did not.
    pub since: Instant,
    /// How late that is.
    pub late: Millis,
}
