//! The newest values that checks look at, read in one pass over the series.

use quarterdeck_model::{Instant, JobCtx, Outcome};
use quarterdeck_monitor::{
    labels::{Labels, NAME},
    promql::{self, Options, Query, Steps, Value},
    sample::{Moment, Sample, is_absent, is_stale},
    source::{Facet, Matcher, Source, Test, Wanted},
};
use regex::Regex;

/// Metrics whose newest value a check looks at.
const LOOKED_AT: &str = "^(?:sqlite_(?:up|file_bytes|wal_bytes|page_size_bytes|checkpoint_lag_frames)|migration_(?:pending|drift|failed)|\
                         probe_(?:success|http_status_code|duration_seconds|ssl_earliest_cert_expiry)|process_up|file_exists|\
                         file_modification_timestamp_seconds|node_systemd_unit_state|node_filesystem_(?:size|avail)_bytes|\
                         node_filesystem_readonly|node_memory_(?:MemAvailable|MemTotal)_bytes|quarterdeck_collecting)$";

/// Plans may be as slow as once an hour: so far back a newest value can lie. What is too old for its rhythm is left out.
const BACK: i64 = 150 * 60_000;

/// So much of the past of each series is kept for checks of growth.
const TAIL: i64 = 10 * 60_000;

/// The newest value of one series.
#[derive(Debug, Clone)]
pub(super) struct Newest {
    /// Whose.
    pub labels: Labels,
    /// It.
    pub value: f64,
    /// When it was measured.
    pub at: Moment,
    /// The last ten minutes, this one included.
    pub tail: Vec<Sample>,
}

/// The newest values of everything.
#[derive(Debug, Default)]
pub(super) struct Figures(Vec<Newest>);

impl Figures {
    /// Reads them. A series whose newest sample is too old for its rhythm, or was marked as ended, has none.
    pub(super) fn read(source: &dyn Source, now: Instant, ctx: &JobCtx) -> Outcome<Self> {
        let now = now.timestamp_millis();
        let names = Regex::new(LOOKED_AT).map_err(|error| quarterdeck_model::Fault::bug(format!("{error}")))?;
        let matchers = [Matcher { label: NAME.to_owned(), test: Test::Like(names) }];
        let wanted = Wanted { matchers: &matchers, after: now - BACK, until: now, facet: Facet::Last };
        let mut found = Vec::new();
        source.visit(&wanted, ctx, &mut |selected| {
            if let Some(last) = selected.samples.last()
                && !is_stale(last.value)
                && now - last.at <= selected.look_back
            {
                let tail = selected.samples.iter().filter(|sample| sample.at > now - TAIL && !is_stale(sample.value)).copied();
                found.push(Newest { labels: selected.labels.clone(), value: last.value, at: last.at, tail: tail.collect() });
            }
            Ok(())
        })?;
        Ok(Self(found))
    }

    /// Those of a metric and a system; an empty system means the machine.
    pub(super) fn of<'f>(&'f self, name: &'f str, system: &'f str) -> impl Iterator<Item = &'f Newest> {
        self.0.iter().filter(move |newest| newest.labels.name() == name && newest.labels.get("system") == system)
    }

    /// The one that has the same labels but for its name.
    pub(super) fn beside(&self, name: &str, other: &Newest) -> Option<&Newest> {
        let same = |newest: &&Newest| {
            newest.labels.name() == name && newest.labels.only(|label| label != NAME) == other.labels.only(|label| label != NAME)
        };
        self.0.iter().find(same)
    }

    /// The one of a component.
    pub(super) fn component<'f>(&'f self, name: &'f str, system: &'f str, component: &str) -> Option<&'f Newest> {
        self.of(name, system).find(|newest| newest.labels.get("component") == component)
    }
}

/// What a query has at one moment: the value of each series, not those that are no number.
pub(crate) fn instant(source: &dyn Source, query: &str, at: Instant, system: &str, ctx: &JobCtx) -> Outcome<Vec<(Labels, f64)>> {
    let query = promql::parse(query)?;
    let at = at.timestamp_millis();
    let answer = promql::evaluate(&query, source, Steps { from: at, until: at, step: 0 }, &scoped(system), ctx)?;
    let pairs: Vec<(Labels, f64)> = match answer.value {
        Value::Scalar(values) => values.first().map(|value| (Labels::default(), *value)).into_iter().collect(),
        Value::Vector(columns) => columns.into_iter().filter_map(|column| Some((column.labels, *column.values.first()?))).collect(),
        Value::Text(_) | Value::Matrix(_) => Vec::new(),
    };
    Ok(pairs.into_iter().filter(|(_, value)| !is_absent(*value) && !value.is_nan()).collect())
}

/// What a query has over a stretch: each series with its values, not those that are no number.
pub(crate) fn range(
    source: &dyn Source,
    query: &str,
    (from, until): (Moment, Moment),
    step: i64,
    system: &str,
    ctx: &JobCtx,
) -> Outcome<Vec<(Labels, Vec<Sample>)>> {
    range_of(source, &promql::parse(query)?, (from, until), step, system, ctx)
}

/// The same of a query that was read.
pub(crate) fn range_of(
    source: &dyn Source,
    query: &Query,
    (from, until): (Moment, Moment),
    step: i64,
    system: &str,
    ctx: &JobCtx,
) -> Outcome<Vec<(Labels, Vec<Sample>)>> {
    let answer = promql::evaluate(query, source, Steps { from, until, step }, &scoped(system), ctx)?;
    let sampled = |values: Vec<f64>| -> Vec<Sample> {
        let times = (0..).map(|n| from + n * step);
        times.zip(values).map(|(at, value)| Sample { at, value }).filter(|s| !is_absent(s.value) && !s.value.is_nan()).collect()
    };
    Ok(match answer.value {
        Value::Scalar(values) => vec![(Labels::default(), sampled(values))],
        Value::Vector(columns) => columns.into_iter().map(|column| (column.labels, sampled(column.values))).collect(),
        Value::Text(_) | Value::Matrix(_) => Vec::new(),
    })
}

fn scoped(system: &str) -> Options {
    Options { scope: (!system.is_empty()).then(|| system.to_owned()), ..Options::default() }
}
