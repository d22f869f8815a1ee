//! What an evaluation may cost, whose series it sees, and how it takes what is left of the past.
#![allow(clippy::unwrap_used)]

use std::{sync::Mutex, time::Duration};

use quarterdeck_model::{CancelToken, Fault, JobCtx, Outcome};
use quarterdeck_monitor::{
    labels::{Labels, NAME},
    promql::{Answer, Options, Steps, Value, evaluate, labels, parse},
    sample::{Moment, STALE, Sample, is_absent},
    source::{Facet, LOOK_BACK, Memory, Selected, Source, Wanted},
};

const MINUTE: Moment = 60_000;

fn memory() -> Memory {
    let mut memory = Memory::default();
    for (system, by) in [("shop", 1.0), ("shop.eu", 2.0), ("other", 4.0), ("", 8.0)] {
        let labels = Labels::new([(NAME, "made_total"), ("system", system)]);
        memory.extend(labels, (0..=60).map(|minute| Sample { at: minute * MINUTE, value: minute as f64 * by }));
    }
    memory
}

fn ask(query: &str, source: &dyn Source, steps: Steps, options: &Options) -> Outcome<Answer> {
    evaluate(&parse(query).unwrap(), source, steps, options, &JobCtx::detached())
}

fn hour() -> Steps {
    Steps { from: 0, until: 60 * MINUTE, step: MINUTE }
}

fn instant(at: Moment) -> Steps {
    Steps { from: at, until: at, step: 0 }
}

fn refusal(query: &str, steps: Steps, options: &Options) -> Fault {
    let fault = ask(query, &memory(), steps, options).unwrap_err();
    assert!(fault.is("query-failed") && !fault.hint.is_empty(), "{fault}");
    fault
}

fn values(answer: &Answer) -> Vec<f64> {
    let Value::Vector(columns) = &answer.value else { panic!("series") };
    columns.iter().map(|column| column.values[0]).collect()
}

#[test]
fn steps_samples_values_and_time_have_an_end() {
    let options = Options::default();
    let long = Steps { from: 0, until: 11_000, step: 1 };
    assert!(refusal("made_total", long, &options).message.contains("11001 steps are asked for, at most 11000"));
    assert!(ask("made_total", &memory(), Steps { until: 10_999, ..long }, &options).is_ok());
    assert!(refusal("made_total", Steps { from: 1, until: 0, step: 1 }, &options).message.contains("it ends before it begins"));
    let few = Options { most_samples: 100, ..Options::default() };
    assert!(refusal("made_total", hour(), &few).message.contains("too many samples"));
    assert!(ask("made_total", &memory(), instant(0), &few).is_ok());
    let hurried = Options { limit: Duration::ZERO, ..Options::default() };
    assert!(refusal("made_total", hour(), &hurried).message.contains("query timed out"));
    assert!(refusal("sum_over_time(vector(1)[100y:1ms])", instant(0), &options).message.contains("a subquery of"));
}

#[test]
fn a_query_stops_when_it_is_cancelled() {
    struct Deaf;
    impl quarterdeck_model::job::Listener for Deaf {
        fn phase(&self, _: &str) {}
        fn progress(&self, _: quarterdeck_model::job::Progress) {}
    }
    let token = CancelToken::default();
    token.cancel();
    let ctx = JobCtx::new(std::sync::Arc::new(Deaf), token);
    let fault = evaluate(&parse("made_total").unwrap(), &memory(), hour(), &Options::default(), &ctx).unwrap_err();
    assert!(fault.is("cancelled"), "{fault}");
}

#[test]
fn a_query_that_is_too_deep_is_refused_and_one_of_many_operators_is_not() {
    let deep = |count: usize| format!("{}x{}", "(".repeat(count), ")".repeat(count));
    for query in [deep(10_000), "-".repeat(10_000) + "x", vec!["x"; 10_000].join(" + "), vec!["x"; 10_000].join(" ^ ")] {
        let fault = parse(&query).unwrap_err();
        assert!(fault.is("bad-query"));
        assert!(["nested too deeply", "too long"].iter().any(|words| fault.message.contains(words)), "{fault}");
    }
    let many = vec!["made_total"; 200].join(" + ");
    assert!(ask(&many, &memory(), instant(0), &Options::default()).is_ok());
    assert!(parse(&deep(100)).is_ok());
}

#[test]
fn a_scope_sees_its_system_and_the_machine() {
    let of = |query: &str, system: &str| {
        let options = Options { scope: Some(system.to_owned()), ..Options::default() };
        values(&ask(query, &memory(), instant(60 * MINUTE), &options).unwrap())
    };
    assert_eq!(of("sum(made_total)", "shop"), [60.0 * 9.0], "its own and those of no system");
    assert_eq!(of("sum(made_total)", "shop.eu"), [60.0 * 10.0], "a dot is a dot");
    assert_eq!(of("sum(made_total{system=\"other\"})", "shop"), [60.0 * 4.0], "whoever names a system means it");
    assert_eq!(of("sum(increase(made_total[10m]))", "nobody"), [80.0]);
    assert_eq!(values(&ask("sum(made_total)", &memory(), instant(60 * MINUTE), &Options::default()).unwrap()), [60.0 * 15.0]);
}

/// Stretches of five minutes up to a moment, single samples behind it; remembers which facets were asked for.
struct Past {
    coarse_until: Moment,
    asked: Mutex<Vec<Facet>>,
}

impl Source for Past {
    fn visit(&self, wanted: &Wanted<'_>, _: &JobCtx, each: &mut dyn FnMut(Selected<'_>) -> Outcome<()>) -> Outcome<()> {
        self.asked.lock().unwrap().push(wanted.facet);
        let labels = Labels::new([(NAME, "made_total")]);
        let value = |at: Moment| match wanted.facet {
            Facet::Count if at <= self.coarse_until => 5.0,
            _ => at as f64 / 1_000.0,
        };
        let times = (0..=24).map(|stretch| stretch * 5 * MINUTE).filter(|at| *at <= self.coarse_until);
        let later = (0..=120).map(|minute| minute * MINUTE).filter(|at| *at > self.coarse_until);
        let samples: Vec<Sample> =
            times.chain(later).filter(|at| *at > wanted.after && *at <= wanted.until).map(|at| Sample { at, value: value(at) }).collect();
        let look_back = 5 * MINUTE * 5 / 2;
        each(Selected { labels: &labels, samples: &samples, look_back, coarse: 5 * MINUTE, coarse_until: self.coarse_until })
    }

    fn coarsest(&self, after: Moment) -> i64 {
        if after < self.coarse_until { 5 * MINUTE } else { 0 }
    }
}

fn past(query: &str, at: Moment) -> (f64, Vec<Facet>, usize) {
    let past = Past { coarse_until: 60 * MINUTE, asked: Mutex::new(Vec::new()) };
    let answer = ask(query, &past, instant(at), &Options::default()).unwrap();
    let widened = answer.notes.iter().filter(|note| note.message.contains("was widened")).count();
    (values(&answer)[0], past.asked.into_inner().unwrap(), widened)
}

#[test]
fn functions_take_what_they_need_of_a_stretch() {
    for (function, facet) in [
        ("min_over_time", Facet::Least),
        ("max_over_time", Facet::Most),
        ("avg_over_time", Facet::Mean),
        ("sum_over_time", Facet::Sum),
        ("count_over_time", Facet::Count),
        ("last_over_time", Facet::Last),
        ("rate", Facet::Last),
    ] {
        assert_eq!(past(&format!("{function}(made_total[30m])"), 50 * MINUTE).1, [facet], "{function}");
    }
    assert_eq!(past("count_over_time(made_total[20m])", 70 * MINUTE).0, 2.0 * 5.0 + 10.0, "stretches count themselves, samples one each");
}

#[test]
fn ranges_that_would_hold_too_few_stretches_are_widened_and_it_is_said() {
    let (rate, _, widened) = past("rate(made_total[1m])", 52 * MINUTE);
    assert!((rate - 1.0).abs() < 0.05 && widened == 1, "{rate}");
    let (increase, _, widened) = past("increase(made_total[1m])", 52 * MINUTE);
    assert!((increase - 60.0).abs() < 3.0 && widened == 1, "{increase}");
    assert_eq!(past("rate(made_total[30m])", 50 * MINUTE).2, 0, "wide enough");
    assert_eq!(past("rate(made_total[2m])", 90 * MINUTE).2, 0, "single samples");
}

#[test]
fn an_instant_looks_back_as_far_as_its_series() {
    assert_eq!(past("made_total", 59 * MINUTE).0, 55.0 * 60.0);
    let mut memory = Memory::default();
    memory.extend(Labels::new([(NAME, "x")]), [Sample { at: 0, value: 1.0 }, Sample { at: MINUTE, value: STALE }]);
    let Value::Vector(found) = ask("x", &memory, Steps { from: 0, until: LOOK_BACK, step: MINUTE }, &Options::default()).unwrap().value
    else {
        panic!("series")
    };
    assert!(found[0].values[0] == 1.0 && found[0].values[1..].iter().all(|value| is_absent(*value)));
}

#[test]
fn labels_of_a_result_are_known_where_the_query_says_them() {
    let of = |query: &str| labels(&parse(query).unwrap());
    assert_eq!(of("histogram_quantile(0.9, sum by (le, route) (rate(x[5m])))"), Some(vec!["route".to_owned()]));
    assert_eq!(of("sum(x)"), Some(Vec::new()));
    assert_eq!(of("topk(3, sum by (job) (x))"), Some(vec!["job".to_owned()]));
    assert_eq!((of("x"), of("sum by (a) (x) / on (a) y"), of("sum without (a) (x)")), (None, None, None));
}
