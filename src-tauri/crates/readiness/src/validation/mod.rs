//! The watch after a deployment: what `validation.yml` asks (docs/validation.md), and what was measured says of it.

mod file;
mod judge;
mod tally;

use quarterdeck_model::{
    Millis,
    monitor::{PanelUnit, TimeSpan},
};

pub use self::{
    judge::{covered, judge, overall},
    tally::Tally,
};
use crate::expect::{Expectation, Unit};

/// A watch as its file says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What is watched.
    pub title: String,
    /// How long.
    pub length: Millis,
    /// In the order of the file; at least one.
    pub rows: Vec<Row>,
}

/// One target.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Unique in the file.
    pub name: String,
    /// How it is measured.
    pub measure: Measure,
    /// Of what is measured.
    pub unit: PanelUnit,
    /// What is expected of it.
    pub expect: Expectation,
}

/// How a target is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// A query over series, and what is made of its values.
    Query(String, Over),
    /// Something that the product records anyway.
    Record(Record),
}

/// What is made of the values of a query: one for each minute of the window and each series that comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Their mean.
    Average,
    /// The smallest.
    Least,
    /// The largest.
    Most,
    /// The newest.
    Last,
    /// The newest against the oldest (sums over series), as a share of the oldest: 0.1 is ten percent more.
    Growth,
    /// The query is evaluated once, at the end of the window, with `$window` in it replaced by its length so far.
    Window,
}

impl Over {
    /// How a file names each, and how people read it.
    pub const WORDS: [(&str, Self, &str); 6] = [
        ("average", Self::Average, "average of each minute"),
        ("least", Self::Least, "smallest of each minute"),
        ("most", Self::Most, "largest of each minute"),
        ("last", Self::Last, "newest value"),
        ("growth", Self::Growth, "newest against oldest value"),
        ("window", Self::Window, "over the whole window"),
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        Self::WORDS.iter().find(|(_, over, _)| *over == self).map_or("", |(_, _, words)| words)
    }
}

/// What the product records anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// How many alerts began to fire.
    Alerts,
    /// How many of them were critical.
    CriticalAlerts,
    /// Share of backups that succeeded.
    Backups,
    /// Share of drills that passed.
    Drills,
    /// Share of smoke tests that passed, of all that were asked.
    Smoke,
}

impl Record {
    /// How a file names each, and how people read it.
    pub const WORDS: [(&str, Self, &str); 5] = [
        ("alerts", Self::Alerts, "alerts that began to fire"),
        ("critical-alerts", Self::CriticalAlerts, "critical alerts that began to fire"),
        ("backups", Self::Backups, "share of backups that succeeded"),
        ("drills", Self::Drills, "share of drills that passed"),
        ("smoke", Self::Smoke, "share of smoke tests that passed"),
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        Self::WORDS.iter().find(|(_, record, _)| *record == self).map_or("", |(_, _, words)| words)
    }
}

/// What was measured of one target.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// What its values came to.
    pub tally: Tally,
    /// Share of the window so far that was measured, 0 to 1.
    pub share: f64,
    /// Where nothing was measured.
    pub gaps: Vec<TimeSpan>,
    /// Out of how many a record's figure is: backups, drills, cases.
    pub of: Option<u64>,
}

/// Values per time are shown as plain numbers.
fn unit_of(unit: PanelUnit) -> Unit {
    match unit {
        PanelUnit::Seconds => Unit::Seconds,
        PanelUnit::Bytes => Unit::Bytes,
        PanelUnit::Ratio => Unit::Ratio,
        PanelUnit::Number | PanelUnit::BytesPerSecond | PanelUnit::PerSecond | PanelUnit::PerMinute | PanelUnit::Moment => Unit::Plain,
    }
}

#[cfg(test)]
mod tests;
