//! Series folded into groups.

use std::{cmp::Ordering, collections::BTreeMap};

use quarterdeck_model::Outcome;

use super::{
    Evaluator,
    column::{Grid, Series},
    over_time,
};
use crate::{
    labels::{Labels, NAME},
    promql::{
        error::unanswered,
        node::{Aggregate, Grouping},
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
            "topk" | "bottomk" | "limitk" => chosen(&asked.name, &limits(&numbers)?, groups, grid),
            "quantile" => {
                if let Some(node) = parameter.filter(|_| !groups.is_empty()) {
                    self.warn_of_quantiles(&numbers, node);
                }
                Ok(folded(groups, grid, |step, values| over_time::quantile(numbers[step], values.to_vec())))
            }
            name => {
                let fold = fold(name).ok_or_else(|| unanswered(format!("not supported: the aggregation {name}")))?;
                Ok(folded(groups, grid, |_, values| fold(values)))
            }
        }
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

fn folded(groups: BTreeMap<Labels, Vec<Series>>, grid: &Grid, fold: impl Fn(usize, &[f64]) -> f64) -> Vec<Series> {
    let mut here = Vec::new();
    let folded = groups.into_iter().map(|(labels, members)| {
        let values = (0..grid.count).map(|step| {
            here.clear();
            here.extend(members.iter().map(|series| series.values[step]).filter(|value| !is_absent(*value)));
            if here.is_empty() { ABSENT } else { fold(step, &here) }
        });
        Series { values: values.collect(), labels, nameless: members.iter().any(|series| series.nameless) }
    });
    folded.collect()
}

fn fold(name: &str) -> Option<fn(&[f64]) -> f64> {
    Some(match name {
        "sum" => |values| over_time::sum(values.iter().copied()),
        "avg" => |values| over_time::mean(values.iter().copied()),
        "min" => |values| over_time::least(values.iter().copied()),
        "max" => |values| over_time::most(values.iter().copied()),
        "count" => |values| values.len() as f64,
        "group" => |_| 1.0,
        "stddev" => |values| over_time::variance(values.iter().copied()).sqrt(),
        "stdvar" => |values| over_time::variance(values.iter().copied()),
        _ => return None,
    })
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
