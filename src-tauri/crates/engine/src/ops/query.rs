//! PromQL over what was measured.

use quarterdeck_model::{
    Count, Instant, Millis, Outcome,
    monitor::{Completions, InstantAnswer, RangeAnswer, SeriesList},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Query, RawQuery, Scope};

/// Evaluates PromQL at one moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct QueryInstant {
    /// PromQL.
    pub query: String,
    /// The moment; absent for now.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub at: Option<Instant>,
    /// Selectors that name no system see only this one and the machine; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for QueryInstant {
    const NAME: &str = "query_instant";
    const SUMMARY: &str = "Evaluates PromQL at one moment.";
    type Response = InstantAnswer;

    fn answer(self, scope: &Scope) -> Outcome<InstantAnswer> {
        crate::query::instant(scope, &self)
    }
}

/// Evaluates PromQL over a stretch of time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct QueryRange {
    /// PromQL.
    pub query: String,
    /// How series are named: `p{{quantile}}`; absent for their labels.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub legend: Option<String>,
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub until: Instant,
    /// Between two moments; absent to fit `points`.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub step: Option<Millis>,
    /// How many moments are wanted at most; absent for 1,500. No peak is lost to it.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub points: Option<u32>,
    /// Selectors that name no system see only this one and the machine; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for QueryRange {
    const NAME: &str = "query_range";
    const SUMMARY: &str = "Evaluates PromQL over a stretch of time; thinned so that no peak is lost.";
    type Response = RangeAnswer;

    fn answer(self, scope: &Scope) -> Outcome<RangeAnswer> {
        crate::query::range(scope, &self)
    }
}

impl RawQuery for QueryRange {
    fn frame(self, scope: &Scope) -> Outcome<Vec<u8>> {
        crate::query::range_frame(scope, &self)
    }
}

/// Asks what may stand at a place of a query.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CompleteQuery {
    /// The query as far as it is written.
    pub query: String,
    /// Where the cursor stands, in characters.
    pub cursor: u32,
    /// Only names of this system and the machine; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for CompleteQuery {
    const NAME: &str = "complete_query";
    const SUMMARY: &str = "Lists the functions, metrics, labels and values that may stand at a place of a query.";
    type Response = Completions;

    fn answer(self, scope: &Scope) -> Outcome<Completions> {
        crate::query::complete(scope, &self)
    }
}

/// Lists series.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListSeries {
    /// A selector as in PromQL; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub selector: Option<String>,
}

impl Query for ListSeries {
    const NAME: &str = "list_series";
    const SUMMARY: &str = "Lists the series that a selector matches.";
    type Response = SeriesList;

    fn answer(self, scope: &Scope) -> Outcome<SeriesList> {
        crate::query::series(scope, &self)
    }
}

/// Asks for the newest values as text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ExportMetrics {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

/// The newest values as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MetricsText {
    /// Prometheus's text format 0.0.4: families together and sorted.
    pub text: String,
    /// How many series are in it.
    pub series: Count,
    /// When it was read.
    pub as_of: Instant,
}

impl Query for ExportMetrics {
    const NAME: &str = "export_metrics";
    const SUMMARY: &str = "Writes the newest value of each series in Prometheus's text format.";
    type Response = MetricsText;

    fn answer(self, scope: &Scope) -> Outcome<MetricsText> {
        crate::query::metrics(scope, &self)
    }
}
