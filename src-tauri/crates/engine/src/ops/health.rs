//! How systems are, since when, and what changed.

use quarterdeck_model::{
    Bytes, Instant, Outcome, Role, WirePath,
    monitor::{CollectorStatus, Happening, Health, HealthReport, Monitoring, SeriesFacts},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Asks how systems are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetHealth {
    /// Only this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for GetHealth {
    const NAME: &str = "get_health";
    const SUMMARY: &str = "Tells how each system is, since when, and what changed, from what was measured last.";
    type Response = Health;

    fn answer(self, scope: &Scope) -> Outcome<Health> {
        crate::health::get(scope, self.system.as_ref())
    }
}

/// The thirty-second check.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CheckHealth {
    /// Only this system and the machine; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for CheckHealth {
    const NAME: &str = "check_health";
    const SUMMARY: &str = "Walks through everything now, within thirty seconds, and ends in a plain verdict with a report.";
    type Response = HealthReport;

    fn answer(self, scope: &Scope) -> Outcome<HealthReport> {
        crate::health::walk(scope, self.system.as_ref())
    }
}

/// Asks how the collectors are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListCollectors {
    /// Only those of this system and the machine; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

/// What is collected, and how that goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct CollectorList {
    /// Worst first.
    pub collectors: Vec<CollectorStatus>,
    /// Who measures.
    pub collecting: quarterdeck_model::monitor::Collecting,
    /// What the store of series holds.
    pub series: SeriesFacts,
    /// How measuring is set.
    pub settings: Monitoring,
    /// When it was read.
    pub as_of: Instant,
}

impl Query for ListCollectors {
    const NAME: &str = "list_collectors";
    const SUMMARY: &str = "Lists what is collected, how often, and how each collector is.";
    type Response = CollectorList;

    fn answer(self, scope: &Scope) -> Outcome<CollectorList> {
        crate::health::collectors(scope, self.system.as_ref())
    }
}

/// Asks what happened in a stretch of time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListHappenings {
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub until: Instant,
    /// Only those of this system and the machine; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct HappeningList {
    /// In the order of time; the newest thousand.
    pub happenings: Vec<Happening>,
    /// When it was read.
    pub as_of: Instant,
}

impl Query for ListHappenings {
    const NAME: &str = "list_happenings";
    const SUMMARY: &str = "Lists backups, migrations, restores, drills and gaps of a stretch of time, to be drawn above charts.";
    type Response = HappeningList;

    fn answer(self, scope: &Scope) -> Outcome<HappeningList> {
        crate::happenings::list(scope, self.from, self.until, self.system.as_ref())
    }
}

/// Sets how measuring is done on this machine; what is absent stays as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SetMonitoring {
    /// The folder for node_exporter's textfile collector; an empty path for none.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub textfile: Option<WirePath>,
    /// Days for which every sample is kept: 1 to 90.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub raw_days: Option<u32>,
    /// The most room that series may take: at least 64 MiB.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub most_bytes: Option<Bytes>,
}

impl Command for SetMonitoring {
    const NAME: &str = "set_monitoring";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Sets how long and in how much room samples are kept, and where node_exporter finds them.";
    type Response = Monitoring;

    fn touches(&self) -> String {
        String::new()
    }

    fn perform(self, scope: &Scope) -> Outcome<Monitoring> {
        crate::health::set_monitoring(scope, &self)
    }
}
