//! How ready releases were, one after the other: the score that each was closed with, or decided with where it is open.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Count, Outcome,
    readiness::{ReleaseScore, ScoreTrend},
    system::{Environment, Name},
};
use quarterdeck_store::{
    Connection,
    readiness::{
        copies::{self, CopyRow},
        statements,
    },
};

/// So many releases are told of each checklist: the newest.
const TOLD: usize = 50;

/// Of one system or of all, by system, checklist and environment; only those that have something to tell.
pub(super) fn of(connection: &Connection, system: Option<&Name>) -> Outcome<Vec<ScoreTrend>> {
    let bypasses = statements::bypasses(connection)?;
    let mut trends: BTreeMap<(String, String, Environment), ScoreTrend> = BTreeMap::new();
    for row in copies::all(connection)?.into_iter().filter(|row| system.is_none_or(|system| *system == row.system)) {
        let bypassed = Count(bypasses.get(&row.id).copied().unwrap_or_default().into());
        let Some(release) = release(connection, &row, bypassed)? else { continue };
        let CopyRow { system, environment, checklist, .. } = row;
        let trend = trends.entry((system.to_string(), checklist.clone(), environment));
        trend.or_insert_with(|| ScoreTrend { system, environment, checklist, releases: Vec::new() }).releases.push(release);
    }
    let newest = |trend: ScoreTrend| {
        let from = trend.releases.len().saturating_sub(TOLD);
        ScoreTrend { releases: trend.releases[from..].to_vec(), ..trend }
    };
    Ok(trends.into_values().map(newest).collect())
}

/// None where it is open and nothing is decided.
fn release(connection: &Connection, row: &CopyRow, bypassed: Count) -> Outcome<Option<ReleaseScore>> {
    let (at, verdict, score) = match &row.closed {
        Some((at, closing)) => (*at, closing.decided.unwrap_or(closing.verdict), closing.score),
        None => match statements::decision(connection, &row.id)? {
            Some(decided) => decided,
            None => return Ok(None),
        },
    };
    let (copy, release, closed) = (row.id.clone(), row.release.clone(), row.closed.is_some());
    Ok(Some(ReleaseScore { copy, release, score, verdict, at, closed, bypassed }))
}
