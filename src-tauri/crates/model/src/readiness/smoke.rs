//! Smoke tests: suites, cases, runs.

use serde::{Deserialize, Serialize};

use crate::{
    Count, Digest, Instant, JobId, Millis, WirePath,
    system::{DefinitionFinding, Name},
};

/// How a case went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum SmokeOutcome {
    /// As expected, within its budget.
    Passed,
    /// As expected, but over its budget.
    Slow,
    /// Something else than expected.
    Failed,
    /// It could not be asked.
    Error,
    /// Not asked: cancelled, or what it needs is missing; the sentence says which.
    Skipped,
}

/// A file of smoke tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SmokeSuite {
    /// Of which system.
    pub system: Name,
    /// The file's name without its ending.
    pub name: String,
    /// What it is for.
    pub title: String,
    /// Its file.
    pub file: WirePath,
    /// What is wrong with it; one with findings is not run.
    pub findings: Vec<DefinitionFinding>,
    /// In the order of the file.
    pub cases: Vec<SmokeCase>,
}

/// One smoke test and its newest results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SmokeCase {
    /// Unique in its suite.
    pub id: String,
    /// What has to work.
    pub title: String,
    /// Its category, as the file names it.
    pub category: String,
    /// `sql`, `http`, `command`, `operation`, `load`.
    pub kind: String,
    /// What is asked, in one line.
    pub asks: String,
    /// What is expected, in words.
    pub expected: String,
    /// How long its p99 may be.
    pub budget: Option<Millis>,
    /// How it went last.
    pub newest: Option<SmokeResult>,
    /// Its newest runs, oldest first, at most sixty.
    pub history: Vec<SmokeMark>,
    /// Since when it has gone as it goes now.
    pub since: Option<Instant>,
}

/// One earlier run of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SmokeMark {
    /// When.
    pub at: Instant,
    /// How it went.
    pub outcome: SmokeOutcome,
    /// Its p99, in microseconds.
    pub micros: Option<u32>,
}

/// How a case went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SmokeResult {
    /// Which suite.
    pub suite: String,
    /// Which case.
    pub case: String,
    /// What has to work.
    pub title: String,
    /// Its category.
    pub category: String,
    /// When it began.
    pub at: Instant,
    /// How it went.
    pub outcome: SmokeOutcome,
    /// What was found beside what was expected, or why it was not asked.
    pub sentence: String,
    /// How many times it was asked.
    pub asked: Count,
    /// How long that took.
    pub latency: Option<Latency>,
    /// What was answered, at most 64 KiB.
    pub detail: Option<String>,
    /// Over the case as the file had it.
    pub definition: Digest,
}

/// How long something took, over all times it was asked; microseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Latency {
    /// Over how many.
    pub count: Count,
    /// The shortest.
    pub min: u32,
    /// Half were no longer.
    pub p50: u32,
    /// 95 of 100 were no longer.
    pub p95: u32,
    /// 99 of 100 were no longer; the longest where fewer than a hundred were asked.
    pub p99: u32,
    /// The longest.
    pub max: u32,
}

/// One run of smoke tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SmokeRun {
    /// Sixteen hexadecimal figures.
    pub id: String,
    /// Of which system.
    pub system: Name,
    /// Its job.
    pub job: Option<JobId>,
    /// When.
    pub began: Instant,
    /// How long.
    pub took: Millis,
    /// How many passed.
    pub passed: Count,
    /// How many did not: slow, failed, error.
    pub failed: Count,
    /// How many were not asked.
    pub skipped: Count,
    /// Suites that were meant and not run, because their files cannot be read: nobody knows what they would have come to.
    pub unreadable: Count,
    /// In the order of the files.
    pub results: Vec<SmokeResult>,
    /// E.g. `34 of 35 passed in 2.1 s; 1 failed: appeal-search.`
    pub sentence: String,
}
