//! What is expected of something measured: one language for evidence, smoke tests and watches.

mod judge;
mod read;
#[cfg(test)]
mod tests;
mod words;

use quarterdeck_model::{Instant, Millis, readiness::EvidenceVerdict};
use serde::Serialize;

pub use self::words::amount;
pub(crate) use self::{
    read::{pattern, word as unit_word},
    words::shortened,
};

/// How far the clock that dates a thing may be ahead of the one that reads it.
pub const SKEW: Millis = Millis(60_000);

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A number in its unit.
    Number(f64, Unit),
    /// Text: an answer, a file, what a command printed.
    Text(String),
    /// Rows of a query: how many, and the first as people read it.
    Rows(u64, Option<String>),
    /// Yes or no.
    Flag(bool),
    /// A moment: of a file, a snapshot, a drill.
    At(Instant),
    /// There is none: no file, no row, no such field.
    Missing,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Unit {
    /// Nothing: a plain number.
    Plain,
    /// Seconds, shown as people write durations.
    Seconds,
    /// Bytes.
    Bytes,
    /// A share of one, shown in percent.
    Ratio,
}

/// The kind of thing that is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number,
    /// Text.
    Text,
    /// Yes or no.
    Flag,
    /// Rows, counted.
    Rows,
}

/// What is expected: all conditions have to hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Expectation {
    /// In the order of the file.
    pub conditions: Vec<Condition>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Condition {
    /// `is: ok`, `is: 0`, `is: true`.
    Is(Literal),
    /// `not: …`.
    Not(Literal),
    /// `min: 1`, `above: 99 %` (the flag says that the bound itself does not hold).
    AtLeast(f64, Unit, bool),
    /// `max: 3`, `below: 1 %`.
    AtMost(f64, Unit, bool),
    /// `rows: none`, `rows: some`, `rows: 3`.
    Rows(RowCount),
    /// `contains: text`.
    Contains(String),
    /// `lacks: text`.
    Lacks(String),
    /// `matches: regex`, of the crate `regex`: linear in the text.
    Matches(String),
    /// `exists: true`.
    Exists(bool),
    /// `newer_than: 31 d`.
    NewerThan(Millis),
}

/// A value in a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Literal {
    /// Text.
    Text(String),
    /// A number in its unit.
    Number(f64, Unit),
    /// Yes or no.
    Flag(bool),
}

/// How many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum RowCount {
    /// None at all.
    None,
    /// At least one.
    Some,
    /// Just as many.
    Exactly(u64),
}

/// What an expectation says of something measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Holds, fails, or unknown where the kinds do not fit each other.
    pub verdict: EvidenceVerdict,
    /// What was found beside what was expected: `6.8 %, below 1 % expected`.
    pub sentence: String,
}
