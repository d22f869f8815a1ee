//! Functions of classic histograms.

use quarterdeck_model::Outcome;

use super::{
    Evaluated, Evaluator,
    buckets::{self, Bucket, Group},
    column::{Grid, Series},
};
use crate::{
    promql::{
        error::{Span, unanswered},
        node::Node,
    },
    sample::ABSENT,
};

const FORCED: &str = "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";

impl Evaluator<'_> {
    /// `histogram_quantile(share, v)`.
    pub fn histogram_quantile(&self, arguments: &[Node], grid: &Grid) -> Outcome<Evaluated> {
        let [share, of] = arguments else { return Err(unanswered("arguments are missing")) };
        let shares = self.scalar(share, grid)?;
        let series = self.vector(of, grid)?;
        self.warn_of_quantiles(&shares, share);
        let found = self.groups(&series, of.span).into_iter().map(|group| self.quantiles_of(&group, &shares, grid, of.span));
        self.nameless(found.collect()).map(Evaluated::Vector)
    }

    /// `histogram_quantiles(v, label, share…)`: the shares become values of a label.
    pub fn histogram_quantiles(&self, arguments: &[Node], grid: &Grid) -> Outcome<Evaluated> {
        let [of, label, shares @ ..] = arguments else { return Err(unanswered("arguments are missing")) };
        let label = self.text(label, grid)?;
        let series = self.vector(of, grid)?;
        let groups = self.groups(&series, of.span);
        let mut found = Vec::new();
        for node in shares {
            let values = self.scalar(node, grid)?;
            self.warn_of_quantiles(&values, node);
            for group in &groups {
                found.extend(parted(self.quantiles_of(group, &values, grid, of.span), &label, &values));
            }
        }
        self.nameless(found).map(Evaluated::Vector)
    }

    /// `histogram_fraction(lower, upper, v)`.
    pub fn histogram_fraction(&self, arguments: &[Node], grid: &Grid) -> Outcome<Evaluated> {
        let [lower, upper, of] = arguments else { return Err(unanswered("arguments are missing")) };
        let (lower, upper) = (self.scalar(lower, grid)?, self.scalar(upper, grid)?);
        let series = self.vector(of, grid)?;
        let groups = self.groups(&series, of.span);
        let found = groups.iter().map(|group| stepwise(group, grid, |step, filled| buckets::fraction(lower[step], upper[step], filled)));
        self.nameless(found.collect()).map(Evaluated::Vector)
    }

    fn groups<'s>(&self, series: &'s [Series], at: Span) -> Vec<Group<'s>> {
        buckets::groups(series, |metric, le| {
            let metric = if metric.is_empty() { String::new() } else { format!(" for metric name {metric:?}") };
            self.warn(format!("PromQL warning: bucket label \"le\" is missing or has a malformed value of {le:?}{metric}"), at);
        })
    }

    fn quantiles_of(&self, group: &Group<'_>, shares: &[f64], grid: &Grid, at: Span) -> Series {
        stepwise(group, grid, |step, filled| {
            let (value, forced) = buckets::quantile(shares[step], filled);
            if forced {
                self.remark(FORCED, at);
            }
            value
        })
    }
}

fn stepwise(group: &Group<'_>, grid: &Grid, value: impl Fn(usize, &mut [Bucket]) -> f64) -> Series {
    let mut filled = Vec::new();
    let values = (0..grid.count).map(|step| {
        group.fill(step, &mut filled);
        if filled.is_empty() { ABSENT } else { value(step, &mut filled) }
    });
    Series { values: values.collect(), labels: group.labels.clone(), nameless: true }
}

/// One series for each share there is; most often it is the same at all steps.
fn parted(series: Series, label: &str, shares: &[f64]) -> Vec<Series> {
    let mut kinds: Vec<f64> = Vec::new();
    for share in shares {
        if !kinds.iter().any(|kind| kind.to_bits() == share.to_bits()) {
            kinds.push(*share);
        }
    }
    let part = |kind: f64| {
        let at = |(value, share): (&f64, &f64)| if share.to_bits() == kind.to_bits() { *value } else { ABSENT };
        let values = series.values.iter().zip(shares).map(at).collect();
        Series { labels: series.labels.with(label, &written(kind)), values, nameless: series.nameless }
    };
    kinds.into_iter().map(part).collect()
}

/// A number as OpenMetrics writes it: never without a dot.
fn written(share: f64) -> String {
    match share {
        _ if share.is_nan() => "NaN".to_owned(),
        _ if share.is_infinite() => if share > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
        _ if share == share.trunc() => format!("{share:.1}"),
        _ => share.to_string(),
    }
}
