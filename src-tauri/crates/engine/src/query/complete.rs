//! What may stand at the cursor: the words of the language, and names of what was measured.

use quarterdeck_model::{Outcome, monitor::Completions, system::Name};
use quarterdeck_monitor::{
    promql::complete::{self, Names},
    series::Snapshot,
    source::{Matcher, Test},
};

use crate::{operation::Scope, ops::CompleteQuery};

/// Lists words that may stand where the cursor is, best first.
pub(crate) fn complete(scope: &Scope, asked: &CompleteQuery) -> Outcome<Completions> {
    let seen = Seen { snapshot: scope.engine.series().snapshot()?, system: asked.system.as_ref().and_then(of_system) };
    Ok(complete::complete(&asked.query, asked.cursor as usize, &seen))
}

/// Names of one system's series and the machine's, or of all.
struct Seen {
    snapshot: Snapshot,
    system: Option<Matcher>,
}

impl Seen {
    fn among(&self, matchers: &[Matcher]) -> Vec<Matcher> {
        matchers.iter().chain(&self.system).cloned().collect()
    }
}

impl Names for Seen {
    fn labels(&self, among: &[Matcher]) -> Vec<String> {
        Names::labels(&self.snapshot, &self.among(among))
    }

    fn values(&self, label: &str, among: &[Matcher]) -> Vec<String> {
        Names::values(&self.snapshot, label, &self.among(among))
    }
}

fn of_system(system: &Name) -> Option<Matcher> {
    let expression = regex::Regex::new(&format!("^(?:{}|)$", regex::escape(system.as_str()))).ok()?;
    Some(Matcher { label: "system".to_owned(), test: Test::Like(expression) })
}
