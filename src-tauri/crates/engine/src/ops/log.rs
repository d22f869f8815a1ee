//! Logs that definitions name.

use quarterdeck_model::{
    Instant, Outcome,
    monitor::{LogBrief, LogPage},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Query, Scope};

/// Lists logs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListLogs {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

/// Logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LogList {
    /// By system and name.
    pub logs: Vec<LogBrief>,
    /// When it was read.
    pub as_of: Instant,
}

impl Query for ListLogs {
    const NAME: &str = "list_logs";
    const SUMMARY: &str = "Lists the logs that definitions name.";
    type Response = LogList;

    fn answer(self, scope: &Scope) -> Outcome<LogList> {
        crate::logs::list(scope, self.system.as_ref())
    }
}

/// Reads a page of a log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ReadLog {
    /// Of which system.
    pub system: Name,
    /// The log's name.
    pub log: String,
    /// From where: a token of an earlier page; absent for the end.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub at: Option<String>,
    /// Which way from there.
    #[serde(default)]
    pub direction: LogDirection,
    /// Only lines that this expression matches.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub filter: Option<String>,
    /// How many lines at most: 1 to 500; absent for 200.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub lines: Option<u32>,
}

/// Which way a log is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum LogDirection {
    /// Towards older lines.
    #[default]
    Back,
    /// Towards newer lines.
    On,
}

impl Query for ReadLog {
    const NAME: &str = "read_log";
    const SUMMARY: &str = "Reads a page of a log, with the lines that its rules count marked.";
    type Response = LogPage;

    fn answer(self, scope: &Scope) -> Outcome<LogPage> {
        crate::logs::read(scope, &self)
    }
}
