//! `promtool`'s unit tests for rules (<https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/>), with its verdicts:
//! series are made up, rules are evaluated over them, and what fires and what queries answer is compared with what was expected.

mod compare;
mod file;
mod glob;
mod run;
mod world;

use std::path::{Path, PathBuf};

use quarterdeck_model::{JobCtx, Outcome};
use regex::Regex;

/// What the tests of one file said.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The file.
    pub file: PathBuf,
    /// The rule files it is about.
    pub rules: Vec<PathBuf>,
    /// Expected alerts and queries that were looked at.
    pub cases: usize,
    /// Of these, the ones that were as expected.
    pub passed: usize,
    /// What was not.
    pub failures: Vec<Failure>,
    /// What a person should know though it is no failure: patterns without a file.
    pub remarks: Vec<String>,
}

/// Something that was not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file it is in: the test, or a rule file.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u32,
    /// The test's name; empty where it has none.
    pub test: String,
    /// What was expected and what came; may have several lines.
    pub message: String,
}

impl Report {
    /// True where `promtool test rules` would end with 0.
    pub fn passes(&self) -> bool {
        self.failures.is_empty()
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = if self.test.is_empty() { String::new() } else { format!("{}: ", self.test) };
        write!(f, "{}:{}: {name}{}", self.file.display(), self.line, self.message)
    }
}

/// Runs the tests of a file, or those whose names `only` matches. Faults: it was cancelled; all else is in the report.
pub fn run(path: &Path, only: Option<&Regex>, ctx: &JobCtx) -> Outcome<Report> {
    run::file(path, only, ctx)
}
