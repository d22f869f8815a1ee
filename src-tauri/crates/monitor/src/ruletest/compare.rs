//! What was expected beside what came.

use std::{collections::BTreeMap, time::Duration};

use quarterdeck_model::{JobCtx, Outcome};

use super::{
    file::{AlertCase, QueryCase, TestFile},
    world::World,
};
use crate::{
    alert::machine::State,
    labels::Labels,
    promql::{self, Options, Steps, Value},
    promqltest::points,
    rules::{Evaluator, Instance, Standing, duration},
    sample::Moment,
};

type Pairs = BTreeMap<String, String>;

/// Whether the alerts of a name that fire are those that are expected; how they differ.
pub fn alerts(case: &AlertCase, groups: &[Evaluator]) -> Option<String> {
    let firing = |(standing, instance): &(&Standing, &Instance)| standing.rule.name == case.name && instance.course.state == State::Firing;
    let mut got: Vec<(Pairs, Pairs)> = groups.iter().flat_map(Evaluator::active).filter(firing).map(words).collect();
    let mut expected = case.expected.clone();
    for (labels, _) in &mut expected {
        labels.insert("alertname".to_owned(), case.name.clone());
    }
    got.sort();
    expected.sort();
    if got == expected {
        return None;
    }
    let lines = |sign: &str, these: &[(Pairs, Pairs)], others: &[(Pairs, Pairs)]| -> Vec<String> {
        let missing = these.iter().filter(|one| !others.contains(one));
        missing.map(|(labels, annotations)| format!("  {sign} {} {}", shown(labels), shown(annotations))).collect()
    };
    let head = format!("{} after {}: {} expected, {} firing", case.name, duration::shown(case.at), expected.len(), got.len());
    let lines = [vec![head], lines("expected", &expected, &got), lines("firing  ", &got, &expected)];
    Some(lines.concat().join("\n"))
}

/// Labels and annotations of an alert. An annotation that came to nothing is there, as in promtool.
fn words((standing, instance): (&Standing, &Instance)) -> (Pairs, Pairs) {
    let pairs = |labels: &Labels| labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Pairs>();
    let mut annotations = pairs(&instance.annotations);
    for (name, _) in standing.rule.alerting().iter().flat_map(|alerting| &alerting.annotations) {
        annotations.entry(name.to_string()).or_default();
    }
    (pairs(&instance.labels), annotations)
}

fn shown(pairs: &Pairs) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

/// Whether a query answers what is expected; how that differs.
pub fn query(case: &QueryCase, start: Moment, file: &TestFile, world: &World, patience: Duration, ctx: &JobCtx) -> Option<String> {
    let head = || format!("{} after {}: ", case.query.trim(), duration::shown(case.at));
    if case.expected.iter().any(|expected| expected.native) {
        return Some(format!("{}native histograms are not read", head()));
    }
    let options = Options { limit: patience, default_step: file.step, ..Options::default() };
    let mut got = match answer(&case.query, start + case.at, &options, world, ctx) {
        Ok(got) => got,
        Err(message) => return Some(format!("{}{message}", head())),
    };
    let mut expected = Vec::new();
    for series in &case.expected {
        match labels(&series.labels) {
            Some(labels) => expected.push((labels, series.value)),
            None => return Some(format!("{}these are no labels: {}", head(), series.labels)),
        }
    }
    got.sort_by(|one, other| one.0.cmp(&other.0));
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    let same = |(one, other): (&(Labels, f64), &(Labels, f64))| one.0 == other.0 && equal(one.1, other.1, file.fuzzy);
    if got.len() == expected.len() && got.iter().zip(&expected).all(same) {
        return None;
    }
    let lines = |sign: &str, these: &[(Labels, f64)], others: &[(Labels, f64)]| -> Vec<String> {
        let missing = these.iter().filter(|one| !others.iter().any(|other| same((one, other))));
        missing.map(|(labels, value)| format!("  {sign} {labels} {value}")).collect()
    };
    let count = format!("{}{} series expected, {} came", head(), expected.len(), got.len());
    Some([vec![count], lines("expected", &expected, &got), lines("came    ", &got, &expected)].concat().join("\n"))
}

fn answer(query: &str, at: Moment, options: &Options, world: &World, ctx: &JobCtx) -> Result<Vec<(Labels, f64)>, String> {
    let evaluated: Outcome<_> =
        promql::parse(query).and_then(|query| promql::evaluate(&query, world, Steps { from: at, until: at, step: 0 }, options, ctx));
    match evaluated.map_err(|fault| fault.message)?.value {
        Value::Vector(columns) => Ok(columns.into_iter().map(|column| (column.labels, column.values[0])).collect()),
        Value::Scalar(values) => Ok(vec![(Labels::default(), values[0])]),
        Value::Text(_) | Value::Matrix(_) => Err("the answer is neither a number nor series with one value each".to_owned()),
    }
}

/// Labels as they are written behind a name.
fn labels(written: &str) -> Option<Labels> {
    let written = written.trim();
    if written.is_empty() { Some(Labels::default()) } else { points::labels(written) }
}

/// Equal, or in a fuzzy comparison the very next number. No number equals nothing, as in promtool.
fn equal(one: f64, other: f64, fuzzy: bool) -> bool {
    one == other || (fuzzy && (one.next_down() == other || one.next_up() == other))
}
