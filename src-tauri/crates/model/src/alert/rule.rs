//! Rules as they are evaluated.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::AlertSeverity;
use crate::{Count, Instant, Millis, WirePath, monitor::Float, system::DefinitionFinding, system::Name};

/// A group of rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RuleGroup {
    /// `ORIGIN/FILE/GROUP`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// A system's name, `home`, or `quarterdeck` for those that ship.
    pub origin: String,
    /// Of which system; none for those over all.
    pub system: Option<Name>,
    /// Its file; none for those that ship.
    pub file: Option<WirePath>,
    /// How often.
    pub every: Millis,
    /// When it was evaluated last.
    pub evaluated: Option<Instant>,
    /// How long that took.
    pub took: Option<Millis>,
    /// How many evaluations were missed since the process began.
    pub missed: Count,
    /// In their order.
    pub rules: Vec<RuleRow>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RuleRow {
    /// `ORIGIN/FILE/GROUP/NAME`.
    pub key: String,
    /// The alert's or the recorded series's name.
    pub name: String,
    /// True for a recording rule.
    pub records: bool,
    /// How it is.
    pub health: RuleHealth,
    /// Beside the health: `2 firing, 1 pending`, `never seen: http_requests_total`, the error.
    pub sentence: String,
    /// Since when.
    pub since: Option<Instant>,
    /// How much it matters; none for a recording rule.
    pub severity: Option<AlertSeverity>,
    /// As it is written.
    pub expression: String,
    /// `for`.
    pub hold: Millis,
    /// `keep_firing_for`.
    pub keep: Millis,
    /// Its labels, by name, as written.
    pub labels: BTreeMap<String, String>,
    /// Its annotations, by name, as written.
    pub annotations: BTreeMap<String, String>,
    /// Line in the file.
    pub line: u32,
    /// How long its newest evaluation took.
    pub took: Option<Millis>,
    /// How many series came out.
    pub series: Count,
    /// The newest value, where one series came out.
    pub value: Option<Float>,
    /// The runbook page, where one is named: its name.
    pub runbook: Option<String>,
    /// Switched off by the systems' definitions, by name.
    pub off: Vec<Name>,
}

/// How a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum RuleHealth {
    /// It cannot be evaluated.
    Error,
    /// It cannot fire: what it looks at was not measured.
    NoData,
    /// It was not evaluated for too long.
    Stale,
    /// It was evaluated and could have fired.
    Ok,
    /// It was not evaluated yet, or measuring has just begun: nobody can tell.
    Waiting,
    /// It ships with Quarterdeck, and what it is about is not here: no defect.
    Idle,
}

impl RuleHealth {
    /// True where it could not fire though it should.
    pub fn is_defect(self) -> bool {
        matches!(self, Self::Error | Self::NoData | Self::Stale)
    }
}

/// What is wrong with rule files, routes or runbooks, and how many were looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RuleCheck {
    /// How many files were read.
    pub files: Count,
    /// How many groups.
    pub groups: Count,
    /// How many rules.
    pub rules: Count,
    /// In the order of files and lines.
    pub findings: Vec<DefinitionFinding>,
    /// What is not wrong and yet worth a look, as sentences: alerts that no unit test names.
    pub remarks: Vec<String>,
}

/// What unit tests of rules said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RuleTests {
    /// In the order of the files.
    pub files: Vec<RuleTestFile>,
    /// How many cases passed.
    pub passed: Count,
    /// How many failed.
    pub failed: Count,
}

/// What the unit tests of one file said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RuleTestFile {
    /// The file.
    pub file: WirePath,
    /// How many cases passed.
    pub passed: Count,
    /// Each with its line: what was expected, and what came.
    pub failures: Vec<String>,
}
