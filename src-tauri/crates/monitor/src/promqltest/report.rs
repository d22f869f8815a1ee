//! What became of the cases of a script.

use std::collections::BTreeMap;

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It answered as written.
    Passed,
    /// It did not; how.
    Failed(String),
    /// It was not asked; why.
    Skipped(String),
}

/// The cases of a script.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    /// How many passed.
    pub passed: usize,
    /// Line and how.
    pub failed: Vec<(usize, String)>,
    /// Why, and how often.
    pub skipped: BTreeMap<String, usize>,
}

impl Outcomes {
    /// The same cases, not asked for one reason.
    pub fn all_skipped(self, why: &str) -> Self {
        let count = self.passed + self.failed.len() + self.skipped.values().sum::<usize>();
        Self { skipped: BTreeMap::from([(why.to_owned(), count)]), ..Self::default() }
    }

    /// Counts a case.
    pub fn add(&mut self, line: usize, verdict: Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed(how) => self.failed.push((line, how)),
            Verdict::Skipped(why) => *self.skipped.entry(why).or_default() += 1,
        }
    }
}
