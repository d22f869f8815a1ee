//! Series folded into groups.

use std::{cmp::Ordering, collections::BTreeMap};

use quarterdeck_model::Outcome;

use super::{
    Evaluator,
    column::{Grid, Series},
    over_time::{self, Exact},
};
use crate::{
    labels::{Labels, NAME},
    promql::{
        error::unanswered,
        node::{Aggregate, Grouping, Node},
    },
    sample::{ABSENT, is_absent},
};

impl Evaluator<'_> {
    /// An aggregation.
    pub fn aggregate(&self, asked: &Aggregate, grid: &Grid) -> Outcome<Vec<Series>> {
        let parameter = asked.parameter.as_ref();
        if asked.name == "count_values" {
            let label = parameter.map(|label| self.text(label, grid)).transpose()?.unwrap_or_default();
            return self.count_values(asked, &label, grid);
        }
        let numbers = parameter.map(|number| self.scalar(number, grid)).transpose()?.unwrap_or_default();
        let groups = grouped(&asked.grouping, self.vector(&asked.of, grid)?);
        match asked.name.as_str() {
            "limit_ratio" => self.share(&numbers, groups, parameter),
            "topk" | "bottomk" | "limitk" => chosen(&asked.name, &limits(&numbers)?, groups, grid),
            "quantile" => {
                if let Some(node) = parameter.filter(|_| !groups.is_empty()) {
                    self.warn_of_quantiles(&numbers, node);
                }
                Ok(folded(groups, grid, |step, values| over_time::quantile(numbers[step], values)))
            }
            "stddev" => Ok(folded(groups, grid, |_, values| over_time::variance(values.iter().copied()).sqrt())),
            "stdvar" => Ok(folded(groups, grid, |_, values| over_time::variance(values.iter().copied()))),
            name => match Running::named(name) {
                Some(running) => Ok(folded_by_series(groups, grid, running)),
                None => Err(unanswered(format!("not supported: the aggregation {name}"))),
            },
        }
    }

    /// Those series whose place between 0 and 1 lies below a ratio; for a negative one, those above.
    fn share(&self, ratios: &[f64], groups: BTreeMap<Labels, Vec<Series>>, parameter: Option<&Node>) -> Outcome<Vec<Series>> {
        if ratios.iter().any(|ratio| ratio.is_nan()) {
            return Err(unanswered("Ratio value is NaN"));
        }
        if let (Some(ratio), Some(at)) = (ratios.iter().find(|ratio| ratio.abs() > 1.0), parameter) {
            let capped = ratio.clamp(-1.0, 1.0);
            self.warn(format!("PromQL warning: ratio value should be between -1 and 1, got {ratio}, capping to {capped}"), at.span);
        }
        let chosen = groups.into_values().flatten().filter_map(|mut series| {
            let place = super::hash::place(&series.labels);
            for (value, ratio) in series.values.iter_mut().zip(ratios) {
                let ratio = ratio.clamp(-1.0, 1.0);
                if !(if ratio >= 0.0 { place < ratio } else { place >= 1.0 + ratio }) {
                    *value = ABSENT;
                }
            }
            series.values.iter().any(|value| !is_absent(*value)).then_some(series)
        });
        Ok(chosen.collect())
    }

    fn count_values(&self, asked: &Aggregate, label: &str, grid: &Grid) -> Outcome<Vec<Series>> {
        if label.is_empty() {
            return Err(unanswered("invalid label name "));
        }
        let mut counts: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
        for series in self.vector(&asked.of, grid)? {
            let group = kept(&asked.grouping, &series.labels);
            for (step, value) in series.values.iter().enumerate().filter(|(_, value)| !is_absent(**value)) {
                let count = counts.entry(group.with(label, &written(*value))).or_insert_with(|| vec![ABSENT; grid.count]);
                count[step] = if is_absent(count[step]) { 1.0 } else { count[step] + 1.0 };
            }
        }
        Ok(counts.into_iter().map(|(labels, values)| Series { labels, values, nameless: false }).collect())
    }
}

/// A number as Prometheus writes it.
fn written(value: f64) -> String {
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        _ if value.is_infinite() => if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
        _ => value.to_string(),
    }
}

/// Labels of the group that a series belongs to.
pub fn kept(grouping: &Grouping, labels: &Labels) -> Labels {
    match grouping {
        Grouping::By(these) => labels.only(|label| these.iter().any(|kept| kept == label)),
        Grouping::Without(these) => labels.only(|label| label != NAME && these.iter().all(|gone| gone != label)),
    }
}

fn grouped(grouping: &Grouping, series: Vec<Series>) -> BTreeMap<Labels, Vec<Series>> {
    let mut groups: BTreeMap<Labels, Vec<Series>> = BTreeMap::new();
    for series in series {
        groups.entry(kept(grouping, &series.labels)).or_default().push(series);
    }
    groups
}

/// Each step's values of a group through a function.
fn folded(groups: BTreeMap<Labels, Vec<Series>>, grid: &Grid, fold: impl Fn(usize, &mut [f64]) -> f64) -> Vec<Series> {
    let mut here = Vec::new();
    let folded = groups.into_iter().map(|(labels, members)| {
        let values = (0..grid.count).map(|step| {
            here.clear();
            here.extend(members.iter().map(|series| series.values[step]).filter(|value| !is_absent(*value)));
            if here.is_empty() { ABSENT } else { fold(step, &mut here) }
        });
        Series { values: values.collect(), labels, nameless: members.iter().any(|series| series.nameless) }
    });
    folded.collect()
}

/// A fold that takes one series after the other.
#[derive(Debug, Clone, Copy)]
enum Running {
    Sum,
    Mean,
    Least,
    Most,
    Count,
    Group,
}

impl Running {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Self::Sum,
            "avg" => Self::Mean,
            "min" => Self::Least,
            "max" => Self::Most,
            "count" => Self::Count,
            "group" => Self::Group,
            _ => return None,
        })
    }
}

/// A group so far, at one step.
#[derive(Debug, Clone, Copy, Default)]
struct SoFar {
    exact: Exact,
    kept: f64,
    count: f64,
}

impl SoFar {
    fn add(&mut self, running: Running, value: f64) {
        let first = self.count == 0.0;
        self.count += 1.0;
        match running {
            Running::Sum | Running::Mean => self.exact.add(value),
            Running::Least if first || value < self.kept || self.kept.is_nan() => self.kept = value,
            Running::Most if first || value > self.kept || self.kept.is_nan() => self.kept = value,
            _ => {}
        }
    }

    fn result(&self, running: Running) -> f64 {
        match running {
            Running::Sum => self.exact.total(),
            Running::Mean => self.exact.mean(self.count),
            Running::Least | Running::Most => self.kept,
            Running::Count => self.count,
            Running::Group => 1.0,
        }
    }
}

fn folded_by_series(groups: BTreeMap<Labels, Vec<Series>>, grid: &Grid, running: Running) -> Vec<Series> {
    let mut steps = vec![SoFar::default(); grid.count];
    let folded = groups.into_iter().map(|(labels, members)| {
        steps.fill(SoFar::default());
        for series in &members {
            let present = steps.iter_mut().zip(&series.values).filter(|(_, value)| !is_absent(**value));
            present.for_each(|(so_far, value)| so_far.add(running, *value));
        }
        let values = steps.iter().enumerate().map(|(step, so_far)| match running {
            _ if so_far.count == 0.0 => ABSENT,
            // The sum left the range of floats: the mean need not.
            Running::Mean if !so_far.exact.total().is_finite() => {
                over_time::stepwise_mean(members.iter().map(|series| series.values[step]).filter(|value| !is_absent(*value)))
            }
            _ => so_far.result(running),
        });
        Series { values: values.collect(), labels, nameless: members.iter().any(|series| series.nameless) }
    });
    folded.collect()
}

fn limits(numbers: &[f64]) -> Outcome<Vec<usize>> {
    let limit = |number: &f64| match number {
        _ if number.is_nan() => Err(unanswered("Parameter value is NaN")),
        _ if *number >= 9.223_372_036_854_776e18 => Err(unanswered(format!("Scalar value {number} overflows int64"))),
        _ if *number <= -9.223_372_036_854_776e18 => Err(unanswered(format!("Scalar value {number} underflows int64"))),
        _ => Ok(number.max(0.0) as usize),
    };
    numbers.iter().map(limit).collect()
}

/// At each step those few of a group that are largest, smallest or first.
fn chosen(name: &str, limits: &[usize], groups: BTreeMap<Labels, Vec<Series>>, grid: &Grid) -> Outcome<Vec<Series>> {
    let mut found = Vec::new();
    for (_, members) in groups {
        let mut left: Vec<Series> = members.iter().map(|series| Series { values: vec![ABSENT; grid.count], ..series.clone() }).collect();
        let mut first = Vec::new();
        for (step, limit) in limits.iter().enumerate() {
            let mut here: Vec<usize> = (0..members.len()).filter(|index| !is_absent(members[*index].values[step])).collect();
            if name != "limitk" {
                here.sort_by(|one, other| ranked(members[*one].values[step], members[*other].values[step], name == "topk"));
            }
            here.truncate(*limit);
            here.iter().for_each(|index| left[*index].values[step] = members[*index].values[step]);
            first = here;
        }
        if grid.count == 1 {
            found.extend(first.iter().map(|index| left[*index].clone()));
        } else {
            found.extend(left.into_iter().filter(|series| series.values.iter().any(|value| !is_absent(*value))));
        }
    }
    Ok(found)
}

/// The order of values; NaN is last in both directions.
pub fn ranked(one: f64, other: f64, down: bool) -> Ordering {
    match (one.is_nan(), other.is_nan()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ if down => other.total_cmp(&one),
        _ => one.total_cmp(&other),
    }
}
