//! Gathering evidence: each piece by its source, several at once, each with a limit of its own. Whatever goes wrong with one becomes a sentence of
//! that one; only a caller who cancels ends it all.

pub(in crate::readiness) mod address;
mod after;
mod again;
mod brought;
mod command;
mod crew;
mod field;
mod file;
mod job;
pub(in crate::readiness) mod json;
mod missing;
pub(in crate::readiness) mod operation;
mod promql;
mod smoke;
mod sql;
#[cfg(test)]
pub(in crate::readiness) mod tests;

use std::time::{Duration, Instant as Moment};

use quarterdeck_model::{Class, Fault, JobCtx, Millis, Outcome};
use quarterdeck_readiness::{
    checklist::{EvidenceDefinition, Source},
    expect::{Condition, Expectation},
    measurement::Measurement,
};

pub(crate) use self::{
    after::measure_asking,
    again::Again,
    field::Field,
    job::{announce_gather, gather},
};
pub(in crate::readiness) use self::{brought::Brought, sql::judge as judged_reply};
use super::points;

/// How long a piece of evidence may take that has no limit of its own.
const LIMIT: Duration = Duration::from_secs(60);

/// Measures one piece of evidence now. `Err` only where the caller cancels: everything else is a measurement that says what is not known, and why.
pub(crate) fn measure(field: &Field, evidence: &EvidenceDefinition, ctx: &JobCtx) -> Outcome<Measurement> {
    let begun = Moment::now();
    let brought = match bring(field, evidence, ctx) {
        Err(fault) if fault.class == Class::Cancelled => return Err(fault),
        Err(fault) => Brought::unknown(fault.message),
        Ok(brought) => brought,
    };
    Ok(measurement(field, evidence, brought, begun.elapsed()))
}

/// What was brought, as it is kept. Since when it has said the same is for whoever keeps it to say.
fn measurement(field: &Field, evidence: &EvidenceDefinition, brought: Brought, took: Duration) -> Measurement {
    let now = field.now();
    let measured = brought.measured.unwrap_or(now);
    Measurement {
        definition: evidence.digest.clone(),
        verdict: brought.verdict,
        value: brought.value,
        sentence: brought.sentence,
        measured,
        looked: brought.measured.map(|_| now),
        since: measured,
        took: Millis::from(took),
        address: brought.address,
        cure: brought.cure,
        detail: brought.detail,
    }
}

fn bring(field: &Field, evidence: &EvidenceDefinition, ctx: &JobCtx) -> Outcome<Brought> {
    bring_source(field, &evidence.source, evidence.expect.as_ref(), None, ctx)
}

/// Measures by one source; `limit` in place of the usual one, where the source has one.
pub(in crate::readiness) fn bring_source(
    field: &Field,
    source: &Source,
    expected: Option<&Expectation>,
    limit: Option<Duration>,
    ctx: &JobCtx,
) -> Outcome<Brought> {
    ctx.checkpoint()?;
    let nothing = Expectation::default();
    let expect = expected.unwrap_or(&nothing);
    match source {
        Source::Operation { name, request, at } => operation::measure(field, (name, request, at), expect, ctx),
        Source::Promql { query, over, unit } => promql::measure(field, (query, *over), *unit, expect, ctx),
        Source::Sql { component, sql, unit } => {
            sql::measure(field, (component.as_deref(), sql), *unit, expect, limit.unwrap_or(sql::LIMIT), ctx)
        }
        Source::File { path, headings } => {
            let present = Expectation { conditions: vec![Condition::Exists(true)] };
            file::measure(field, path, headings, expected.unwrap_or(&present))
        }
        Source::Command { arguments, limit, value, unit } => {
            let asked = command::Asked { arguments, limit: *limit, value: value.as_deref(), unit: *unit };
            command::measure(field, &asked, expect, ctx)
        }
        Source::Point { name } => points::measure(field, name, expected, ctx),
        Source::Smoke { suite, category, case } => smoke::measure(field, suite.as_deref(), category.as_deref(), case.as_deref()),
    }
}

/// Why something cannot be measured as its checklist says; the message becomes the measurement's sentence.
pub(in crate::readiness) fn unmeasured(why: impl std::fmt::Display) -> Fault {
    Fault::refused("not-measured", format!("{why}.")).hint("Correct the evidence in its checklist.")
}

/// After this a piece of evidence is no longer waited for. Commands end by their own limit; a little is left for ending them.
fn limit(evidence: &EvidenceDefinition) -> Duration {
    match &evidence.source {
        Source::Command { limit, .. } => Duration::from_millis(limit.0) + Duration::from_secs(10),
        _ => LIMIT,
    }
}
