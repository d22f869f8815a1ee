//! What is done at set times.

use quarterdeck_model::{
    Instant, Outcome, Role,
    inspection::Finding,
    schedule::{Overdue, Rhythm, Schedule, ScheduleRun},
    system::Name,
};
use serde::{Deserialize, Serialize};

use super::LeaseHolder;
use crate::operation::{Command, JobTicket, Query, Scope};

/// The schedules of a system.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetSchedules {
    /// The system.
    pub system: Name,
}

/// Who decides the schedules of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ScheduleSource {
    /// `quarterdeck.yaml`.
    Definition,
    /// What was set here.
    Store,
    /// `BACKUP_ENABLED` and its companions.
    Environment,
}

/// The schedules of a system, with what comes next and what became of the last runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ScheduleList {
    /// The system.
    pub system: Name,
    /// Who decides them; absent where nobody says anything.
    pub source: Option<ScheduleSource>,
    /// In their order.
    pub schedules: Vec<ScheduleView>,
    /// The process that runs the schedules of this home; absent where none does.
    pub scheduler: Option<LeaseHolder>,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
    /// When this was looked at.
    pub as_of: Instant,
}

/// One schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ScheduleView {
    /// Its system.
    pub system: Name,
    /// As it was written.
    pub schedule: Schedule,
    /// Its rhythm in words, e.g. `Every day at 02:00, Europe/Berlin`.
    pub words: String,
    /// The next five moments; none while it is not enabled.
    pub next: Vec<Instant>,
    /// The newest run.
    pub last: Option<ScheduleRun>,
    /// The newest ten runs, newest first.
    pub recent: Vec<ScheduleRun>,
    /// How late it is; absent while the promise is kept.
    pub overdue: Option<Overdue>,
}

impl Query for GetSchedules {
    const NAME: &str = "get_schedules";
    const SUMMARY: &str = "The schedules of a system in words: next five runs, last run, who runs them, what is overdue.";
    type Response = ScheduleList;

    fn answer(self, scope: &Scope) -> Outcome<ScheduleList> {
        crate::schedule::list(&scope.engine, &self.system)
    }
}

/// Reads a rhythm while somebody writes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PreviewSchedule {
    /// The cron expression.
    pub cron: String,
    /// The IANA time zone.
    pub zone: String,
}

/// A rhythm in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SchedulePreview {
    /// In words.
    pub words: String,
    /// The next five moments.
    pub next: Vec<Instant>,
}

impl Query for PreviewSchedule {
    const NAME: &str = "preview_schedule";
    const SUMMARY: &str = "Says a rhythm in words, with its next five moments; a mistake in it has its position.";
    type Response = SchedulePreview;

    fn answer(self, scope: &Scope) -> Outcome<SchedulePreview> {
        let rhythm = Rhythm::parse(&self.cron, &self.zone)?;
        Ok(SchedulePreview { words: rhythm.words(), next: rhythm.next(scope.engine.clock().now(), 5) })
    }
}

/// Sets the schedules of a system, all of them at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SetSchedules {
    /// The system.
    pub system: Name,
    /// What is there from now on; those that are not named are gone.
    pub schedules: Vec<Schedule>,
}

impl Command for SetSchedules {
    const NAME: &str = "set_schedules";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Sets the schedules of a system, all at once. Refused where quarterdeck.yaml decides.";
    type Response = ();

    fn touches(&self) -> String {
        self.system.to_string()
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::schedule::set(scope, &self.system, &self.schedules)
    }
}

/// Runs a schedule now.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RunSchedule {
    /// The system.
    pub system: Name,
    /// The schedule's name.
    pub schedule: Name,
}

impl Command for RunSchedule {
    const NAME: &str = "run_schedule";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Runs a schedule now and answers with its job. Refused while a run of it is under way.";
    type Response = JobTicket;

    fn touches(&self) -> String {
        format!("{} {}", self.system, self.schedule)
    }

    fn perform(self, scope: &Scope) -> Outcome<JobTicket> {
        crate::schedule::now(scope, &self.system, &self.schedule)
    }
}
