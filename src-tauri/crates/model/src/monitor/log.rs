//! Pages of a log.

use serde::{Deserialize, Serialize};

use crate::{Bytes, Instant, WirePath, system::Name};

/// A log that a definition names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LogBrief {
    /// Of which system.
    pub system: Name,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub file: WirePath,
    /// Its size; none where it is not there.
    pub size: Option<Bytes>,
    /// The names of the rules that count its lines.
    pub rules: Vec<String>,
}

/// A page of a log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LogPage {
    /// In the order of the file.
    pub lines: Vec<LogLine>,
    /// Where the page before begins; opaque; none at the very begin.
    pub before: Option<String>,
    /// Where the next page begins; opaque.
    pub after: String,
    /// The file that was read.
    pub file: WirePath,
    /// Its size.
    pub size: Bytes,
    /// True where the log was rotated since the token was given.
    pub turned: bool,
    /// E.g. `500 lines of service.log, 12 matched`.
    pub sentence: String,
    /// When it was read.
    pub as_of: Instant,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LogLine {
    /// What it says; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// True where it was longer than 64 KiB.
    pub cut: bool,
    /// Where the filter matched, begin and end, in UTF-16 units.
    pub matched: Vec<(u32, u32)>,
    /// The rules that count it.
    pub rules: Vec<String>,
}
