//! The live database against its files: drift, references, integrity, declared queries.

use std::collections::BTreeMap;

use quarterdeck_migrate::{
    apply::orphans::{self, Orphans},
    condition, difference,
    expected::{self, Expected},
    history, queries, stats,
};
use quarterdeck_model::{
    Count, Outcome,
    inspection::Tone,
    migration::{DatabaseStats, SchemaDifference, Validation},
};
use quarterdeck_sqlite::held;

use super::{look::Look, place::Place};
use crate::{operation::Scope, ops::MigrationSource};

/// Compares, and asks. Writes nothing; can be cancelled.
pub(crate) fn validate(scope: &Scope, source: &MigrationSource, integrity: bool) -> Outcome<Validation> {
    let look = Look::at(scope, Place::find(scope, source)?)?;
    let as_of = scope.engine.clock().now();
    let (drift, drift_unknown) = drift(scope, &look)?;
    let mut live = held::open_beside(&look.place.database)?;
    live.attend(&scope.ctx)?;
    let foreign_keys = orphans::worse(&Orphans::new(), &orphans::count(&live)?);
    let integrity = if integrity { Some(condition::integrity(&live)?) } else { None };
    let declared = &look.place.queries;
    let rows = if declared.is_empty() { BTreeMap::new() } else { condition::rows(&live, &look.schema, look.place.large)? };
    let queries = queries::judge(&live, declared, &rows, look.place.large)?;
    let mut validation = Validation {
        sentence: String::new(),
        tone: Tone::Ok,
        drift,
        drift_unknown,
        foreign_keys,
        integrity,
        queries,
        problems: look.collection.problems.clone(),
        as_of,
    };
    (validation.sentence, validation.tone) = sentence(&validation);
    Ok(validation)
}

/// Rows and room by table.
pub(crate) fn stats(scope: &Scope, source: &MigrationSource) -> Outcome<DatabaseStats> {
    stats::read(&Place::find_database(scope, source)?, scope.engine.clock(), &scope.ctx)
}

/// Differences from what the applied files give from nothing, or why nobody can say.
fn drift(scope: &Scope, look: &Look) -> Outcome<(Vec<SchemaDifference>, Option<String>)> {
    let Look { collection, timeline, settings, place, schema, histories, .. } = look;
    Ok(match expected::schema(collection, timeline, settings, &place.ledger, &scope.ctx)? {
        Expected::Known(expected) => (difference::between(&expected, schema, &history::tables(histories)), None),
        Expected::Unknown(why) => (Vec::new(), Some(why)),
    })
}

/// What was found, what is worst first.
fn sentence(validation: &Validation) -> (String, Tone) {
    let counted = |tone: Tone, number: u64, noun: &str| (number > 0).then(|| (tone, Count(number).of(noun)));
    let length = |number: usize| number as u64;
    let wanting = |tone: Tone| length(validation.queries.iter().filter(|query| query.tone == tone).count());
    let orphans = validation.foreign_keys.iter().map(|orphans| orphans.rows.0).sum();
    let found: Vec<(Tone, String)> = [
        counted(Tone::Critical, validation.integrity.as_ref().map_or(0, |found| length(found.len())), "integrity fault"),
        counted(Tone::Critical, orphans, "orphaned row"),
        counted(Tone::Critical, wanting(Tone::Critical), "broken query"),
        counted(Tone::Attention, length(validation.drift.len()), "schema difference"),
        counted(Tone::Attention, length(validation.problems.len()), "file problem"),
        counted(Tone::Attention, wanting(Tone::Attention), "slow query"),
    ]
    .into_iter()
    .flatten()
    .collect();
    match (found.iter().map(|(tone, _)| *tone).min(), &validation.drift_unknown) {
        (Some(tone), _) => (format!("{}.", found.into_iter().map(|(_, what)| what).collect::<Vec<_>>().join(", ")), tone),
        (None, Some(why)) => (format!("Nothing was found, but the schema could not be compared: {why}"), Tone::Unknown),
        (None, None) => ("The live schema is what the applied files give, and every reference holds.".to_owned(), Tone::Ok),
    }
}
