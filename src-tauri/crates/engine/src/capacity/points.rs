//! From samples to one median for each stretch of time.

use chrono::TimeDelta;
use quarterdeck_model::{
    Instant, JobCtx, Outcome,
    monitor::{Float, TimeSpan},
};
use quarterdeck_monitor::{
    forecast::{self, Point, Trend},
    labels::Labels,
    sample::{Moment, Sample, is_stale},
    source::{Facet, Matcher, Source, Wanted},
};

/// So far back growth is looked at.
const BACK: TimeDelta = TimeDelta::days(30);

/// A newest value that is older than this is none: collectors that are slow come once an hour.
const FRESH: i64 = 150 * 60_000;

/// A day, in milliseconds.
const DAY: f64 = 86_400_000.0;

/// Medians of one series, and what they stand for.
pub(super) struct Points {
    width: TimeDelta,
    points: Vec<(Moment, f64)>,
    last: Option<f64>,
}

/// Reads the series that match, `of` applied to each value, over `back` or the last thirty days. Medians are as coarse as leaves enough of them:
/// a day where there are 24, six hours from six days on, else an hour; half an hour where a stretch was asked for.
pub(super) fn read(
    source: &dyn Source,
    matchers: &[Matcher],
    now: Instant,
    back: Option<TimeDelta>,
    of: &dyn Fn(f64) -> f64,
    ctx: &JobCtx,
) -> Outcome<Points> {
    let until = now.timestamp_millis();
    let after = until - back.unwrap_or(BACK).num_milliseconds();
    Ok(Points::of(&samples(source, matchers, (after, until), of, ctx)?, back.is_some()))
}

fn samples(
    source: &dyn Source,
    matchers: &[Matcher],
    (after, until): (Moment, Moment),
    of: &dyn Fn(f64) -> f64,
    ctx: &JobCtx,
) -> Outcome<Vec<Sample>> {
    let wanted = Wanted { matchers, after, until, facet: Facet::Mean };
    let mut samples: Vec<Sample> = Vec::new();
    source.visit(&wanted, ctx, &mut |selected| {
        samples.extend(selected.samples.iter().filter(|sample| !is_stale(sample.value) && sample.value.is_finite()));
        Ok(())
    })?;
    // Of several, as after a label changed, the later one goes on.
    samples.sort_by_key(|sample| sample.at);
    samples.iter_mut().for_each(|sample| sample.value = of(sample.value));
    Ok(samples)
}

/// The first and the newest sample of a stretch, and its medians.
pub(super) fn within(
    source: &dyn Source,
    matchers: &[Matcher],
    span: &TimeSpan,
    of: &dyn Fn(f64) -> f64,
    ctx: &JobCtx,
) -> Outcome<(Option<Sample>, Option<Sample>, Points)> {
    let samples = samples(source, matchers, (span.from.timestamp_millis() - 1, span.until.timestamp_millis()), of, ctx)?;
    Ok((samples.first().copied(), samples.last().copied(), Points::of(&samples, false)))
}

/// The newest value of each series that matches.
pub(super) fn newest(source: &dyn Source, matchers: &[Matcher], now: Instant, ctx: &JobCtx) -> Outcome<Vec<(Labels, f64)>> {
    let until = now.timestamp_millis();
    let wanted = Wanted { matchers, after: until - FRESH, until, facet: Facet::Last };
    let mut found = Vec::new();
    source.visit(&wanted, ctx, &mut |selected| {
        if let Some(last) = selected.samples.iter().rev().find(|sample| !is_stale(sample.value)) {
            found.push((selected.labels.clone(), last.value));
        }
        Ok(())
    })?;
    Ok(found)
}

impl Points {
    fn of(samples: &[Sample], fine: bool) -> Self {
        let days = match (samples.first(), samples.last()) {
            (Some(first), Some(last)) => (last.at - first.at) / TimeDelta::days(1).num_milliseconds(),
            _ => 0,
        };
        let width = match days {
            _ if fine => TimeDelta::minutes(30),
            24.. => TimeDelta::days(1),
            6.. => TimeDelta::hours(6),
            _ => TimeDelta::hours(1),
        };
        let part = |sample: &Sample| sample.at.div_euclid(width.num_milliseconds());
        let medians = samples.chunk_by(|a, b| part(a) == part(b)).filter_map(|samples| {
            let middle = samples.get(samples.len() / 2)?;
            Some((middle.at, forecast::median(&forecast::sorted(samples.iter().map(|sample| sample.value).collect()))?))
        });
        Self { width, points: medians.collect(), last: samples.last().map(|sample| sample.value) }
    }

    /// The newest size.
    pub(super) fn last(&self) -> Option<f64> {
        self.last
    }

    /// The line through them, in days; none where they are too few.
    #[allow(clippy::cast_precision_loss)] // milliseconds
    pub(super) fn trend(&self) -> Option<Trend> {
        let points: Vec<Point> = self.points.iter().map(|(at, value)| Point { at: *at as f64 / DAY, value: *value }).collect();
        forecast::trend(&points)
    }

    /// Milliseconds since 1970, and values.
    pub(super) fn drawn(self) -> Vec<(Moment, f64)> {
        self.points
    }

    /// As they are drawn.
    pub(super) fn wire(&self) -> Vec<(i64, Float)> {
        self.points.iter().map(|(at, value)| (*at, Float(*value))).collect()
    }

    /// How it is computed, in sentences.
    #[allow(clippy::cast_possible_truncation)] // milliseconds
    pub(super) fn method(&self) -> String {
        let since = self.trend().and_then(|trend| chrono::DateTime::from_timestamp_millis((trend.since * DAY) as i64));
        super::method(self.width, since)
    }
}
