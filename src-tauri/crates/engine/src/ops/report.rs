//! Reports.

use quarterdeck_model::{
    Bytes, Digest, Instant, Outcome, Role, WirePath,
    readiness::{ReportForm, ReportKind},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, RawQuery, Scope};

/// Asks for a report.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct WriteReport {
    /// Which.
    pub kind: ReportKind,
    /// The system.
    pub system: Name,
    /// Which copy, watch, drill or run of migrations (its job's number), or month (`2026-11`); absent for the newest.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub subject: Option<String>,
    /// How.
    pub form: ReportForm,
}

impl Query for WriteReport {
    const NAME: &str = "write_report";
    const SUMMARY: &str = "Writes a report of a system as HTML or PDF from what is measured and recorded.";
    type Response = Report;

    fn answer(self, scope: &Scope) -> Outcome<Report> {
        crate::readiness::report(scope, &self)
    }
}

impl RawQuery for WriteReport {
    fn frame(self, scope: &Scope) -> Outcome<Vec<u8>> {
        crate::readiness::report_bytes(scope, &self)
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Report {
    /// Of what.
    pub title: String,
    /// A name for its file.
    pub name: String,
    /// How it is written.
    pub form: ReportForm,
    /// The page; none for a PDF, which travels as bytes.
    pub html: Option<String>,
    /// Of the file.
    pub size: Bytes,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// When it was read.
    pub as_of: Instant,
}

/// Saves a report.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SaveReport {
    /// Which.
    pub kind: ReportKind,
    /// The system.
    pub system: Name,
    /// Which copy, watch, drill or run of migrations (its job's number), or month (`2026-11`); absent for the newest.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub subject: Option<String>,
    /// How; absent for what the file's ending says.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub form: Option<ReportForm>,
    /// The file.
    pub file: WirePath,
    /// An existing file is replaced.
    #[serde(default)]
    pub replace: bool,
}

impl Command for SaveReport {
    const NAME: &str = "save_report";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Writes a report into a file; an existing file is replaced only where that is asked.";
    type Response = SavedReport;

    fn touches(&self) -> String {
        self.file.to_string()
    }

    fn perform(self, scope: &Scope) -> Outcome<SavedReport> {
        crate::readiness::save_report(scope, &self)
    }
}

/// A saved report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SavedReport {
    /// The file.
    pub file: WirePath,
    /// Its size.
    pub size: Bytes,
    /// Its SHA-256.
    pub digest: Digest,
}
