//! Evidence: what was measured for an item, and what it says.

use serde::{Deserialize, Serialize};

use crate::{Digest, Instant, Millis};

/// What one measurement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum EvidenceVerdict {
    /// What was expected was measured.
    Holds,
    /// Something else was measured.
    Fails,
    /// It could not be measured, or never was.
    Unknown,
}

/// One measurement of an item, as it was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Evidence {
    /// `ITEM/NUMBER`, counted from 1 in the order of the file.
    pub key: String,
    /// What is measured: the file's own words, or ours: `drill-age of reputation`.
    pub title: String,
    /// How, as the file says it: `promql`, `sql`, `command`, `point drill-age`.
    pub source: String,
    /// What is expected, in words: `below 1 %`.
    pub expected: String,
    /// What it says.
    pub verdict: EvidenceVerdict,
    /// Measured too long ago, or by another version of its definition: what it says does not count.
    pub stale: bool,
    /// What was measured, in words: `6.8 %`; none where nothing was.
    pub value: Option<String>,
    /// One sentence: what was measured beside what was expected, or why it is not known.
    pub sentence: String,
    /// When; none where it never was.
    pub measured: Option<Instant>,
    /// How long that took.
    pub took: Option<Millis>,
    /// How old it may be.
    pub lasts: Millis,
    /// Where in the window the proof is seen: the path of a page.
    pub address: Option<String>,
    /// What was printed, read or answered, at most 64 KiB; given for a single item only.
    pub detail: Option<String>,
    /// Over its definition and what it says (and the value, where the file says so); none where it never was measured.
    pub digest: Option<Digest>,
}
