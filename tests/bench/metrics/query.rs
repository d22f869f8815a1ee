//! The same questions to both, and the same answers.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use quarterdeck_model::JobCtx;
use quarterdeck_monitor::{
    labels::Labels,
    promql::{self, Options, Steps, Value},
    sample::is_absent,
    series::Series,
};
use serde_json::Value as Json;

use crate::{
    history::BEGIN,
    prometheus::Server,
    series::{Both, size},
};

/// How often each is asked.
const RUNS: usize = 15;

const INSTANTS: &[&str] = &["sum(rate(http_requests_total[5m]))", "topk(10, core_temperature_celsius)"];

const RANGES: &[&str] = &[
    "sum by (job) (rate(http_requests_total[5m]))",
    "histogram_quantile(0.95, sum by (le) (rate(request_seconds_bucket[5m])))",
    "memory_bytes / on (instance) group_left memory_limit_bytes",
    "max_over_time(core_temperature_celsius[1h])",
];

/// Series, and what they were when (in seconds).
type Found = BTreeMap<Labels, Vec<(f64, f64)>>;

pub fn run(peer: &Path, both: &Both) {
    let server = Server::start(peer, &both.blocks, &both.scratch.file(""));
    let end = BEGIN + both.hours * 3_600;
    println!("  {} runs each, medians in milliseconds; prometheus by HTTP, and by its own clock (execTotalTime)", RUNS);
    println!("  {:<76} {:>11} {:>9} {:>9} {:>7} {:>9}", "", "prometheus", "by HTTP", "ours", "ratio", "of HTTP");
    for text in INSTANTS {
        let at = end - 600;
        compare(both, &server, text, Steps { from: at * 1_000, until: at * 1_000, step: 0 });
    }
    for text in RANGES {
        compare(both, &server, text, Steps { from: BEGIN * 1_000, until: end * 1_000, step: 60_000 });
    }
    drop(server);
    println!("  what Prometheus holds after it had time to merge its blocks: {} bytes, ours {}", size(&both.blocks), size(&both.ours));
}

fn compare(both: &Both, server: &Server, text: &str, steps: Steps) {
    let series = Series::read(&both.ours);
    let (mut whole, mut inside, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    let (mut theirs_found, mut ours_found) = (Found::new(), Found::new());
    for _ in 0..RUNS {
        let answered = ask(server, text, steps);
        whole.push(answered.whole);
        inside.push(answered.inside);
        theirs_found = theirs(&answered.data);
        let since = Instant::now();
        let snapshot = series.snapshot().unwrap();
        let query = promql::parse(text).unwrap();
        let answer = promql::evaluate(&query, &snapshot, steps, &Options::default(), &JobCtx::detached()).unwrap();
        ours.push(since.elapsed());
        ours_found = found(answer.value, steps);
    }
    let (inside, whole, ours) = (median(inside), median(whole), median(ours));
    let ms = |took: Duration| took.as_secs_f64() * 1_000.0;
    let kind = if steps.step == 0 { "instant" } else { "range" };
    println!(
        "  {:<76} {:>11.2} {:>9.2} {:>9.2} {:>7.2} {:>9.2}",
        format!("{kind} {text}"),
        ms(inside),
        ms(whole),
        ms(ours),
        ms(ours) / ms(inside),
        ms(ours) / ms(whole)
    );
    same(text, &theirs_found, &ours_found);
}

fn ask(server: &Server, text: &str, steps: Steps) -> crate::prometheus::Answered {
    let seconds = |moment: i64| (moment / 1_000).to_string();
    let (query, stats) = (("query", text.to_owned()), ("stats", "all".to_owned()));
    if steps.step == 0 {
        return server.ask("query", &[query, ("time", seconds(steps.from)), stats]);
    }
    let range = [query, ("start", seconds(steps.from)), ("end", seconds(steps.until)), ("step", seconds(steps.step)), stats];
    server.ask("query_range", &range)
}

fn found(value: Value, steps: Steps) -> Found {
    let Value::Vector(columns) = value else { panic!("no vector") };
    let moment = |step: usize| (steps.from + steps.step * step as i64) as f64 / 1_000.0;
    let values = |values: Vec<f64>| -> Vec<(f64, f64)> {
        let known = values.into_iter().enumerate().filter(|(_, value)| !is_absent(*value));
        known.map(|(step, value)| (moment(step), value)).collect()
    };
    columns.into_iter().map(|column| (column.labels, values(column.values))).collect()
}

fn theirs(data: &Json) -> Found {
    let point = |pair: &Json| (pair[0].as_f64().unwrap(), pair[1].as_str().unwrap().parse().unwrap());
    let labels =
        |metric: &Json| Labels::new(metric.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())));
    let values = |series: &Json| match series["values"].as_array() {
        Some(values) => values.iter().map(point).collect(),
        None => vec![point(&series["value"])],
    };
    data["result"].as_array().unwrap().iter().map(|series| (labels(&series["metric"]), values(series))).collect()
}

/// Equal to 1e-9 of the larger value.
fn same(text: &str, theirs: &Found, ours: &Found) {
    assert_eq!(theirs.keys().collect::<Vec<_>>(), ours.keys().collect::<Vec<_>>(), "{text}");
    for (labels, points) in theirs {
        let own = &ours[labels];
        assert_eq!(points.len(), own.len(), "{text}: {labels}");
        for (one, other) in points.iter().zip(own) {
            let close = (one.1 - other.1).abs() <= 1e-9 * one.1.abs().max(other.1.abs()) || (one.1.is_nan() && other.1.is_nan());
            assert!(one.0 == other.0 && close, "{text}: {labels}: {one:?} and {other:?}");
        }
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
