//! Evidence by a query over what was measured: now, or at each moment of a stretch of time.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use quarterdeck_model::{Instant, JobCtx, Millis, Outcome};
use quarterdeck_monitor::{
    labels::Labels,
    promql::{self, Column, Options, Query, Steps, Value},
    sample::is_absent,
    series::Snapshot,
};
use quarterdeck_readiness::expect::{Expectation, Found, Unit};

use super::{
    Brought, Field,
    missing::{Missing, clock},
    unmeasured,
};
use crate::query::{coverage::Coverage, gaps::Silence, minutes::MINUTE};

/// A query that takes longer is stopped.
const LIMIT: Duration = Duration::from_secs(10);

/// Between two looks, unless the stretch is so long that there would be too many of them; in milliseconds.
const STEP: i64 = 15_000;
const MOST_STEPS: i64 = 10_000;

/// A number of the query at a step, and whose it is.
type Point<'c> = (usize, f64, &'c Labels);

/// Of a query that looks back so far or farther, in milliseconds, it is looked whether that was measured.
const LOOKED_AT: i64 = 600_000;

/// Nothing that was measured is kept longer, in milliseconds.
const KEPT: i64 = 10 * 366 * 86_400_000;

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
    let read = promql::parse(query)?;
    let (snapshot, now) = (field.series()?, field.now());
    let asked = Asked { field, now, query: read, snapshot, unit, expect, ctx };
    let brought = match over.filter(|over| over.0 > 0) {
        None => asked.now()?,
        Some(over) => asked.over(over)?,
    };
    Ok(brought.seen_at(address(field, query)))
}

struct Asked<'a> {
    field: &'a Field,
    now: Instant,
    query: Query,
    snapshot: Arc<Snapshot>,
    unit: Unit,
    expect: &'a Expectation,
    ctx: &'a JobCtx,
}

impl Asked<'_> {
    fn now(&self) -> Outcome<Brought> {
        let at = self.now.timestamp_millis();
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
        let mut brought = Brought::judged(self.expect, &Found::Number(worst, self.unit), self.now);
        if found.len() > 1 {
            brought.sentence = format!("{}: worst of {} series, {whose}", brought.sentence, found.len());
        }
        Ok(self.looking_back(brought, 0)?.with(detail))
    }

    /// A query that looks back answers from however little there is: `increase(x[7d])` does so after the second sample. What it found says
    /// something of its range, and of the time over which it was asked, only where that was measured.
    fn looking_back(&self, brought: Brought, over: i64) -> Outcome<Brought> {
        let reach = promql::reach(&self.query);
        if reach < LOOKED_AT { Ok(brought) } else { Ok(self.missing(reach.saturating_add(over), None)?.said_beside(brought)) }
    }

    fn over(&self, over: Millis) -> Outcome<Brought> {
        let until = self.now.timestamp_millis();
        let length = i64::try_from(over.0).unwrap_or(i64::MAX).min(until);
        let steps = Steps { from: until - length, until, step: STEP.max(length / MOST_STEPS) };
        let columns = self.evaluate(steps)?;
        let points = columns.iter().flat_map(|column| {
            let values = column.values.iter().enumerate().filter(|(_, value)| !is_absent(**value) && !value.is_nan());
            values.map(|(step, value)| (step, *value, &column.labels))
        });
        let points: Vec<Point<'_>> = points.collect();
        let Some(worst) = self.expect.worst(points.iter().map(|(_, value, _)| *value)) else {
            let why = format!("nothing was measured in the last {over}");
            return Ok(if self.is_measured() { Brought::unknown(why) } else { self.never_measured() });
        };
        let (at, whose) = points.iter().find(|(_, value, _)| same(*value, worst)).map_or((until, String::new()), |(step, _, labels)| {
            (steps.from + steps.step * i64::try_from(*step).unwrap_or(0), labels.to_string())
        });
        let mut brought = Brought::judged(self.expect, &Found::Number(worst, self.unit), self.now);
        let of = if columns.len() > 1 { format!(", of {whose}") } else { String::new() };
        brought.sentence = format!(
            "{}: worst of the last {over}, at {}{of}",
            brought.sentence,
            Instant::from_timestamp_millis(at).map_or_else(String::new, clock)
        );
        let missing = self.missing(length, Some((steps, &points)))?;
        if missing.is_too_much() { Ok(missing.said_beside(brought)) } else { self.looking_back(brought, length) }
    }

    /// What was not measured of so many milliseconds until now: minutes in which something has no value that the query rests on, or in which
    /// the query was asked, step by step, and brought no number.
    fn missing(&self, length: i64, asked: Option<(Steps, &[Point<'_>])>) -> Outcome<Missing> {
        let (until, looked_at) = (self.now.timestamp_millis(), length.min(KEPT));
        // Minutes end where the time does.
        let from = until - (looked_at + MINUTE - 1) / MINUTE * MINUTE;
        let silence = Silence::over(&self.snapshot, from, until, self.ctx)?;
        let (series, system, ctx) = (&*self.snapshot, &self.field.system.name, self.ctx);
        let coverage = Coverage { series, silence: &silence, system, from, until, ctx };
        let (mut measured, mut unanswered) = (coverage.of(&self.query)?, 0);
        if let Some((steps, points)) = asked {
            let answered: BTreeSet<i64> = points.iter().filter_map(|(step, ..)| i64::try_from(*step).ok()).collect();
            measured = measured.and(&coverage.none().marked(|end| answered.contains(&((end - steps.from) / steps.step))));
            unanswered = (length / steps.step + 1 - i64::try_from(answered.len()).unwrap_or(i64::MAX)) * steps.step;
        }
        let gaps = measured.gaps();
        let within: i64 = gaps.iter().map(|gap| (gap.until - gap.from).num_milliseconds()).sum();
        let time = unanswered.max(within + length - looked_at).min(length);
        let missing = Missing { time, of: length, span: (from, until), gaps, what: None };
        let what = if missing.is_too_much() { coverage.least(&self.query)? } else { None };
        Ok(Missing { what, ..missing })
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

/// A number that is the same, or no number either.
fn same(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan())
}

fn address(field: &Field, query: &str) -> Option<String> {
    Some(format!("explore?query={}&system={}", super::address::encoded(query), field.system.name))
}
