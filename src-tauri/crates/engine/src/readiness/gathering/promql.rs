//! Evidence by a query over what was measured: now, or at each moment of a stretch of time.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use quarterdeck_model::{Instant, JobCtx, Millis, Outcome, readiness::EvidenceVerdict};
use quarterdeck_monitor::{
    labels::Labels,
    promql::{self, Column, Options, Query, Steps, Value},
    sample::{Moment, is_absent},
    series::Snapshot,
};
use quarterdeck_readiness::expect::{Expectation, Found, Unit};

use super::{Brought, Field, unmeasured};
use crate::{query::gaps::Silence, readiness::validation::share_measured};

/// A query that takes longer is stopped.
const LIMIT: Duration = Duration::from_secs(10);

/// Between two looks, unless the stretch is so long that there would be too many of them; in milliseconds.
const STEP: i64 = 15_000;
const MOST_STEPS: i64 = 10_000;

/// Where more than one of so many moments was not measured, nothing is known of the whole.
const MISSING_OF: i64 = 10;

/// Of a query that looks back so far or farther, in milliseconds, it is looked whether that was measured.
const LOOKED_AT: i64 = 600_000;

/// Series that are shown in the detail.
const SHOWN: usize = 50;

/// Asks, over the series of this system and those of none.
pub(super) fn measure(
    field: &Field,
    (query, over): (&str, Option<Millis>),
    unit: Unit,
    expect: &Expectation,
    ctx: &JobCtx,
) -> Outcome<Brought> {
    let snapshot = field.series()?;
    let read = promql::parse(query)?;
    let asked = Asked { field, query: read, snapshot, unit, expect, ctx };
    let brought = match over.filter(|over| over.0 > 0) {
        None => asked.now()?,
        Some(over) => asked.over(over)?,
    };
    Ok(brought.seen_at(address(field, query)))
}

struct Asked<'a> {
    field: &'a Field,
    query: Query,
    snapshot: Arc<Snapshot>,
    unit: Unit,
    expect: &'a Expectation,
    ctx: &'a JobCtx,
}

impl Asked<'_> {
    fn now(&self) -> Outcome<Brought> {
        let now = self.field.now();
        let at = now.timestamp_millis();
        let columns = self.evaluate(Steps { from: at, until: at, step: 0 })?;
        let found: Vec<(&Labels, f64)> = columns
            .iter()
            .filter_map(|column| Some((&column.labels, *column.values.first()?)))
            .filter(|(_, value)| !is_absent(*value))
            .collect();
        let detail = self.listed(&found);
        let Some(worst) = self.expect.worst(found.iter().map(|(_, value)| *value)) else {
            return Ok(if self.is_measured() { Brought::unknown("no series answers now") } else { self.never_measured() });
        };
        let whose = found.iter().find(|(_, value)| same(*value, worst)).map(|(labels, _)| labels.to_string()).unwrap_or_default();
        let mut brought = Brought::judged(self.expect, &Found::Number(worst, self.unit), now);
        if found.len() > 1 {
            brought.sentence = format!("{}: worst of {} series, {whose}", brought.sentence, found.len());
        }
        Ok(self.looking_back(brought, now)?.with(detail))
    }

    /// A query that looks back answers from however little there is: `increase(x[7d])` does so after the second sample. What it found says
    /// something of its range only where that was measured.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // milliseconds of a range
    fn looking_back(&self, brought: Brought, now: Instant) -> Outcome<Brought> {
        let longest = self.query.ranges().into_iter().map(|(range, _)| range).max();
        let Some(range) = longest.filter(|range| *range >= LOOKED_AT) else { return Ok(brought) };
        let from = now - TimeDelta::milliseconds(range);
        let share = share_measured(&self.field.scope.engine, &self.field.system.name, &self.query, (from, now), self.ctx)?;
        let missing = ((1.0 - share) * range as f64) as i64;
        Ok(with_gaps(brought, missing, range, Millis(range.unsigned_abs())))
    }

    fn over(&self, over: Millis) -> Outcome<Brought> {
        let now = self.field.now();
        let until = now.timestamp_millis();
        let length = i64::try_from(over.0).unwrap_or(i64::MAX).min(until);
        let steps = Steps { from: until - length, until, step: STEP.max(length / MOST_STEPS) };
        let columns = self.evaluate(steps)?;
        let points = columns.iter().flat_map(|column| {
            let values = column.values.iter().enumerate().filter(|(_, value)| !is_absent(**value) && !value.is_nan());
            values.map(|(step, value)| (step, *value, &column.labels))
        });
        let points: Vec<(usize, f64, &Labels)> = points.collect();
        let Some(worst) = self.expect.worst(points.iter().map(|(_, value, _)| *value)) else {
            let why = format!("nothing was measured in the last {over}");
            return Ok(if self.is_measured() { Brought::unknown(why) } else { self.never_measured() });
        };
        let missing = self.missing(steps, &points)?;
        let (at, whose) = points.iter().find(|(_, value, _)| same(*value, worst)).map_or((until, String::new()), |(step, _, labels)| {
            (steps.from + steps.step * i64::try_from(*step).unwrap_or(0), labels.to_string())
        });
        let mut brought = Brought::judged(self.expect, &Found::Number(worst, self.unit), now);
        let of = if columns.len() > 1 { format!(", of {whose}") } else { String::new() };
        brought.sentence = format!("{}: worst of the last {over}, at {}{of}", brought.sentence, clock(at));
        Ok(with_gaps(brought, missing, length, over))
    }

    /// Milliseconds in which no series had a number, or nobody measured at all.
    fn missing(&self, steps: Steps, points: &[(usize, f64, &Labels)]) -> Outcome<i64> {
        let count = usize::try_from((steps.until - steps.from) / steps.step.max(1) + 1).unwrap_or(0);
        let mut seen = vec![false; count];
        for (step, ..) in points {
            if let Some(seen) = seen.get_mut(*step) {
                *seen = true;
            }
        }
        let silent = seen.iter().filter(|seen| !**seen).count();
        let silent = i64::try_from(silent).unwrap_or(i64::MAX).saturating_mul(steps.step);
        // The time before measuring was begun is among it: a query that makes up its own zeros has values there, too.
        let nobody = Silence::over(&self.snapshot, steps.from, steps.until, self.ctx)?;
        let within = nobody.spans.iter().map(|span| (span.until - span.from).num_milliseconds());
        Ok(silent.max(within.sum()))
    }

    /// One column for each series; a fault where the query answers something else than numbers.
    fn evaluate(&self, steps: Steps) -> Outcome<Vec<Column>> {
        let scope = Some(self.field.system.name.to_string());
        let options = Options { scope, limit: LIMIT, ..Options::default() };
        let answer = promql::evaluate(&self.query, &*self.snapshot, steps, &options, self.ctx)?;
        match answer.value {
            Value::Vector(columns) => Ok(columns),
            Value::Scalar(values) => Ok(vec![Column { labels: Labels::default(), values }]),
            Value::Matrix(_) => Err(unmeasured("The query answers ranges, not numbers: put a function around it")),
            Value::Text(_) => Err(unmeasured("The query answers a text, not a number")),
        }
    }

    /// False where nothing that the query looks at was ever measured: then no answer is no good sign.
    fn is_measured(&self) -> bool {
        let selectors = promql::selectors(&self.query);
        selectors.is_empty() || selectors.iter().any(|matchers| !self.snapshot.series(matchers).is_empty())
    }

    fn never_measured(&self) -> Brought {
        Brought::unknown("what the query looks at was never measured")
    }

    fn listed(&self, found: &[(&Labels, f64)]) -> Option<String> {
        let mut lines: Vec<String> = found.iter().take(SHOWN).map(|(labels, value)| format!("{labels} {value}")).collect();
        if found.len() > SHOWN {
            lines.push(format!("… and {} more series", found.len() - SHOWN));
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// What was not measured is said; where it is too much, what holds in the rest says nothing of the whole.
fn with_gaps(mut brought: Brought, missing: i64, length: i64, over: Millis) -> Brought {
    if missing <= 0 {
        return brought;
    }
    let gap = Millis(missing.unsigned_abs());
    if missing.saturating_mul(MISSING_OF) > length && brought.verdict == EvidenceVerdict::Holds {
        brought.verdict = EvidenceVerdict::Unknown;
        brought.sentence = format!("not measured for {gap} of {over}; in the rest {}", brought.sentence);
    } else if missing.saturating_mul(MISSING_OF) > length {
        brought.sentence = format!("{}; not measured for {gap}", brought.sentence);
    }
    brought
}

/// A number that is the same, or no number either.
fn same(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan())
}

fn clock(at: Moment) -> String {
    Instant::from_timestamp_millis(at).map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M UTC").to_string())
}

fn address(field: &Field, query: &str) -> Option<String> {
    Some(format!("explore?query={}&system={}", super::address::encoded(query), field.system.name))
}
