//! Smoke tests.

use quarterdeck_model::{
    Instant, JobId, Outcome, Role,
    readiness::{SmokeCase, SmokeResult, SmokeRun, SmokeSuite},
    system::Name,
};
use quarterdeck_store::leases::Lease;
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, AtOnce, Query, Scope, Work};

/// Asks for smoke tests.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListSmoke {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for ListSmoke {
    const NAME: &str = "list_smoke";
    const SUMMARY: &str = "Lists suites of smoke tests with the newest result and history of each case.";
    type Response = SmokeList;

    fn answer(self, scope: &Scope) -> Outcome<SmokeList> {
        crate::readiness::smoke(scope, &self)
    }
}

/// Smoke tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SmokeList {
    /// By system and name.
    pub suites: Vec<SmokeSuite>,
    /// The newest runs, newest first, at most twenty, without their results.
    pub runs: Vec<SmokeRun>,
    /// When it was read.
    pub as_of: Instant,
}

/// Asks for one case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetSmokeCase {
    /// The system.
    pub system: Name,
    /// The suite.
    pub suite: String,
    /// The case.
    pub case: String,
}

impl Query for GetSmokeCase {
    const NAME: &str = "get_smoke_case";
    const SUMMARY: &str = "Shows one smoke test with its results in full, newest first.";
    type Response = SmokeCaseDetail;

    fn answer(self, scope: &Scope) -> Outcome<SmokeCaseDetail> {
        crate::readiness::smoke_case(scope, &self)
    }
}

/// One case in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SmokeCaseDetail {
    /// As in the list.
    pub case: SmokeCase,
    /// Newest first, at most two hundred; the newest ten with their details.
    pub results: Vec<SmokeResult>,
    /// When it was read.
    pub as_of: Instant,
}

/// Runs smoke tests.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RunSmoke {
    /// The system.
    pub system: Name,
    /// Only this suite.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub suite: Option<String>,
    /// Only this category.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub category: Option<String>,
    /// Only this case.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub case: Option<String>,
}

impl Work for RunSmoke {
    const NAME: &str = "run_smoke";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Runs smoke tests of a system: all, one suite, one category or one case.";
    type Report = SmokeRun;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::readiness::announce_run_smoke(scope, self)
    }

    fn leases(_: &Scope, _: &Announcement) -> Outcome<Vec<Lease>> {
        Ok(Vec::new())
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<SmokeRun> {
        crate::readiness::run_smoke(scope, &self, job)
    }
}

impl AtOnce for RunSmoke {
    fn command_line(&self) -> String {
        let named = [("suite", &self.suite), ("category", &self.category), ("case", &self.case)];
        let named: String = named.iter().filter_map(|(key, name)| Some(format!(" --{key} {}", name.as_ref()?))).collect();
        format!("quarterdeck smoke run {}{named}", self.system)
    }
}
