//! The evaluator beside a slow one that takes each step for itself, on random series.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use quarterdeck_model::JobCtx;
use quarterdeck_monitor::{
    labels::{Labels, NAME},
    promql::{Options, Steps, Value, evaluate, parse},
    sample::{Moment, STALE, Sample, is_absent, is_stale},
    source::{LOOK_BACK, Memory},
};

type Series = BTreeMap<Labels, Vec<Sample>>;

/// One step of one query, as the documentation says it.
fn reference(query: &str, series: &Series, at: Moment) -> BTreeMap<Labels, f64> {
    let of = |name: &'static str| series.iter().filter(move |(labels, _)| labels.name() == name);
    let nameless = |labels: &Labels| labels.with(NAME, "");
    let ranged = |name: &'static str, range: Moment, function: &dyn Fn(&[Sample]) -> Option<f64>| -> BTreeMap<Labels, f64> {
        let window = |samples: &[Sample]| -> Vec<Sample> {
            samples.iter().filter(|sample| sample.at > at - range && sample.at <= at && !is_stale(sample.value)).copied().collect()
        };
        of(name).filter_map(|(labels, samples)| Some((nameless(labels), function(&window(samples))?))).collect()
    };
    let instant = |name: &'static str| -> BTreeMap<Labels, f64> {
        let newest = |samples: &[Sample]| samples.iter().rfind(|sample| sample.at <= at && sample.at > at - LOOK_BACK).copied();
        of(name)
            .filter_map(|(labels, samples)| Some((labels.clone(), newest(samples).map(|s| s.value).filter(|v| !is_stale(*v))?)))
            .collect()
    };
    let some = |values: &[Sample], of: &dyn Fn(&[f64]) -> f64| {
        (!values.is_empty()).then(|| of(&values.iter().map(|sample| sample.value).collect::<Vec<_>>()))
    };
    match query {
        "rate(c_total[7m])" => ranged("c_total", 420_000, &|samples| extrapolated(samples, at, 420_000, true).map(|value| value / 420.0)),
        "increase(c_total[90s])" => ranged("c_total", 90_000, &|samples| extrapolated(samples, at, 90_000, true)),
        "delta(g[5m])" => ranged("g", 300_000, &|samples| extrapolated(samples, at, 300_000, false)),
        "avg_over_time(g[4m])" => {
            ranged("g", 240_000, &|samples| some(samples, &|values| values.iter().sum::<f64>() / values.len() as f64))
        }
        "max_over_time(g[11m])" => {
            ranged("g", 660_000, &|samples| some(samples, &|values| values.iter().copied().fold(f64::MIN, f64::max)))
        }
        "min_over_time(g[2m])" => ranged("g", 120_000, &|samples| some(samples, &|values| values.iter().copied().fold(f64::MAX, f64::min))),
        "sum by (job) (g)" => {
            let mut sums = BTreeMap::new();
            for (labels, value) in instant("g") {
                *sums.entry(labels.only(|label| label == "job")).or_insert(0.0) += value;
            }
            sums
        }
        "c_total - on (job, n) g" => {
            let right: BTreeMap<Labels, f64> = instant("g").into_iter().map(|(labels, value)| (nameless(&labels), value)).collect();
            let pair = |(labels, value): (Labels, f64)| Some((nameless(&labels), value - right.get(&nameless(&labels))?));
            instant("c_total").into_iter().filter_map(pair).collect()
        }
        _ => unreachable!(),
    }
}

fn extrapolated(samples: &[Sample], at: Moment, range: Moment, counter: bool) -> Option<f64> {
    let [first, .., last] = samples else { return None };
    let mut grown = last.value - first.value;
    let lost: f64 = samples.windows(2).filter(|pair| pair[1].value < pair[0].value).map(|pair| pair[0].value).sum();
    if counter {
        grown += lost;
    }
    let seconds = |from: Moment, until: Moment| (until - from) as f64 / 1_000.0;
    let (sampled, apart) = (seconds(first.at, last.at), seconds(first.at, last.at) / (samples.len() - 1) as f64);
    let (mut before, mut behind) = (seconds(at - range, first.at), seconds(last.at, at));
    before = if before >= apart * 1.1 { apart / 2.0 } else { before };
    if counter && grown > 0.0 && first.value >= 0.0 {
        before = before.min(sampled * first.value / grown);
    }
    behind = if behind >= apart * 1.1 { apart / 2.0 } else { behind };
    Some(grown * (sampled + before + behind) / sampled)
}

const QUERIES: [&str; 8] = [
    "rate(c_total[7m])",
    "increase(c_total[90s])",
    "delta(g[5m])",
    "avg_over_time(g[4m])",
    "max_over_time(g[11m])",
    "min_over_time(g[2m])",
    "sum by (job) (g)",
    "c_total - on (job, n) g",
];

/// Up to eight series: distances of samples with holes, values that fall now and then, stale marks.
fn any_series() -> impl Strategy<Value = Series> {
    let sample = (1..90_000_i64, -5.0..50.0_f64, 0..20_u8);
    let one = (any::<bool>(), 0..2_u8, 0..3_u8, prop::collection::vec(sample, 1..60));
    prop::collection::vec(one, 1..8).prop_map(|all| {
        let mut series = Series::new();
        for (counter, job, n, samples) in all {
            let name = if counter { "c_total" } else { "g" };
            let labels = Labels::new([(NAME, name.to_owned()), ("job", format!("j{job}")), ("n", n.to_string())]);
            let (mut at, mut level) = (0, 0.0);
            let mut read = Vec::new();
            for (apart, value, luck) in samples {
                at += apart;
                level = if luck == 1 { value.abs() } else { level + value.abs() };
                let value = if luck == 0 {
                    STALE
                } else if counter {
                    level
                } else {
                    value
                };
                read.push(Sample { at, value });
            }
            series.insert(labels, read);
        }
        series
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn each_step_is_what_a_slow_evaluator_says(series in any_series(), from in 0..900_000_i64, step in 1_000..200_000_i64) {
        let mut memory = Memory::default();
        series.iter().for_each(|(labels, samples)| memory.extend(labels.clone(), samples.iter().copied()));
        let steps = Steps { from, until: from + 40 * step, step };
        for query in QUERIES {
            let answer = evaluate(&parse(query).unwrap(), &memory, steps, &Options::default(), &JobCtx::detached()).unwrap();
            let Value::Vector(columns) = answer.value else { panic!("series") };
            for (index, at) in (0..=40).map(|index| (index, from + index as i64 * step)) {
                let wanted = reference(query, &series, at);
                let found: BTreeMap<Labels, f64> = columns
                    .iter()
                    .filter(|column| !is_absent(column.values[index]))
                    .map(|column| (column.labels.clone(), column.values[index]))
                    .collect();
                prop_assert_eq!(found.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>(), "{} at {}", query, at);
                for (labels, value) in &wanted {
                    let apart = (found[labels] - value).abs();
                    prop_assert!(apart <= 1e-9 * value.abs().max(1.0), "{query} at {at}: {} instead of {value}", found[labels]);
                }
            }
        }
    }
}
