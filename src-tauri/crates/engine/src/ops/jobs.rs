//! Long work, seen and stopped.

use quarterdeck_model::{Job, JobId, Outcome, Role, system::Name};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Lists jobs, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct ListJobs {
    /// Only those of one system.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
    /// Only those that have not ended.
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub unfinished: bool,
    /// At most so many (1 to 1,000; 100 where absent).
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub limit: Option<u32>,
}

impl Query for ListJobs {
    const NAME: &str = "list_jobs";
    const SUMMARY: &str = "Lists jobs of every process on this store, newest first.";
    type Response = Vec<Job>;

    fn answer(self, scope: &Scope) -> Outcome<Vec<Job>> {
        let limit = self.limit.unwrap_or(100).clamp(1, 1000);
        scope.engine.store().read(|connection| quarterdeck_store::jobs::list(connection, self.system.as_ref(), self.unfinished, limit))
    }
}

/// One job.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetJob {
    /// Its number.
    pub job: JobId,
}

impl Query for GetJob {
    const NAME: &str = "get_job";
    const SUMMARY: &str = "One job: its phases, progress, report or fault.";
    type Response = Job;

    fn answer(self, scope: &Scope) -> Outcome<Job> {
        crate::jobs::get(&scope.engine, self.job)
    }
}

/// Asks a job to stop, whichever process runs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CancelJob {
    /// Its number.
    pub job: JobId,
}

impl Command for CancelJob {
    const NAME: &str = "cancel_job";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Asks a job to stop. Refused once it has passed the point from which it finishes.";
    type Response = ();

    fn touches(&self) -> String {
        format!("job {}", self.job)
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::jobs::cancel(&scope.engine, self.job)
    }
}
