//! Evidence by smoke tests: the newest result of each that is named, all passed.

use quarterdeck_model::{
    Outcome,
    readiness::{Cure, EvidenceVerdict, SmokeOutcome},
};

use super::{Brought, Field};
use crate::{operation::AtOnce, ops::RunSmoke, readiness::smoke};

/// Looks at what was run last; nothing is run for it.
pub(super) fn measure(field: &Field, suite: Option<&str>, category: Option<&str>, case: Option<&str>) -> Outcome<Brought> {
    let newest = smoke::newest(&field.scope, &field.system, suite, category, case)?;
    let address = Some(format!("smoke/{}", field.system.name));
    if newest.is_empty() {
        return Ok(Brought::unknown("there is no such smoke test").seen_at(address));
    }
    let never: Vec<&str> = newest.iter().filter(|(_, result)| result.is_none()).map(|(case, _)| case.as_str()).collect();
    let results: Vec<_> = newest.iter().filter_map(|(case, result)| Some((case.as_str(), result.as_ref()?))).collect();
    let of = |wanted: &dyn Fn(SmokeOutcome) -> bool| -> Vec<&str> {
        results.iter().filter(|(_, result)| wanted(result.outcome)).map(|(case, _)| *case).collect()
    };
    let bad = of(&|outcome| matches!(outcome, SmokeOutcome::Failed | SmokeOutcome::Slow));
    let unasked = of(&|outcome| matches!(outcome, SmokeOutcome::Error | SmokeOutcome::Skipped));
    let passed = results.len() - bad.len() - unasked.len();
    let value = format!("{passed} of {} passed", newest.len());
    let (verdict, sentence) = if !bad.is_empty() {
        (EvidenceVerdict::Fails, format!("{value}; failed: {}", named(&bad)))
    } else if !unasked.is_empty() {
        (EvidenceVerdict::Unknown, format!("{value}; could not be asked: {}", named(&unasked)))
    } else if !never.is_empty() {
        (EvidenceVerdict::Unknown, format!("{value}; never run: {}", named(&never)))
    } else {
        (EvidenceVerdict::Holds, value.clone())
    };
    let lines = results.iter().map(|(case, result)| format!("{case}: {}", result.sentence)).collect::<Vec<_>>().join("\n");
    let oldest = results.iter().map(|(_, result)| result.at).min();
    let cure = Some(run(field, suite, category, case)?);
    let brought = Brought { measured: oldest, cure, ..Brought::unknown("") };
    Ok(Brought { verdict, sentence, ..brought }.valued(Some(value)).seen_at(address).with(Some(lines)))
}

/// Looking again finds the same results: what helps is to run what is meant. Also where it holds, for the day on which it is too old.
fn run(field: &Field, suite: Option<&str>, category: Option<&str>, case: Option<&str>) -> Outcome<Cure> {
    let [suite, category, case] = [suite, category, case].map(|asked| asked.map(str::to_owned));
    let system = field.system.name.clone();
    let address = format!("smoke/{system}");
    RunSmoke { system, suite, category, case }.cure("Run smoke tests", address)
}

/// The first ten by name, and how many there are beyond.
fn named(names: &[&str]) -> String {
    const MOST: usize = 10;
    let shown = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
