//! Queries over a store of series that was written as collectors write it.
#![allow(clippy::unwrap_used)]

mod bench;

use std::sync::Arc;

use bench::Bench;
use quarterdeck_model::{Clock, Face, monitor::ABSENT_BITS};
use quarterdeck_monitor::{
    gathered::Gathered,
    series::{Brought, Policy, Writer},
};
use quarterdeck_testkit::FixedClock;
use serde_json::{Value, json};

/// 13:40 of the bench's clock.
const NOW: i64 = 1_795_354_800_000;
const STEP: i64 = 60_000;
const HOUR: i64 = 3_600_000;

/// A home whose agent measured every minute for six hours, until 13:40, but for 11:00 to 11:30. A request a second; a load of 1 with one peak
/// of 99 at 10:00.
fn bench() -> Bench {
    let clock = Arc::new(FixedClock::default());
    assert_eq!(clock.now().timestamp_millis(), NOW);
    let bench = Bench::with_clock(clock.clone());
    let mut writer = Writer::open(&bench.engine.home().series(), Policy::default(), clock).unwrap();
    let quiet = NOW - 160 * 60_000..NOW - 130 * 60_000;
    for at in (NOW - 6 * HOUR..=NOW).step_by(STEP as usize).filter(|at| !quiet.contains(at)) {
        let mut tick = Gathered::default();
        tick.gauge("quarterdeck_collecting", &[], 1.0);
        tick.gauge("load", &[("system", "shop")], if at == NOW - 13_200_000 { 99.0 } else { 1.0 });
        tick.gauge("load", &[("system", "desk")], 5.0);
        tick.gauge("machine", &[], 4.0);
        tick.counter("requests_total", &[("system", "shop"), ("route", "/a")], (at - NOW) as f64 / 1_000.0 + 30_000.0);
        writer.append(at, &[Brought { key: "all".to_owned(), readings: tick.readings }], &[]).unwrap();
    }
    bench
}

fn at(millis: i64) -> String {
    chrono::DateTime::from_timestamp_millis(millis).unwrap().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn range(bench: &Bench, query: &str, more: &Value) -> Value {
    let mut request = json!({ "query": query, "from": at(NOW - 6 * HOUR), "until": at(NOW) });
    more.as_object().unwrap().iter().for_each(|(field, value)| request[field] = value.clone());
    bench.call("query_range", request).unwrap()
}

fn values(answer: &Value, line: usize) -> Vec<f64> {
    answer["series"][line]["values"].as_array().unwrap().iter().filter_map(Value::as_f64).collect()
}

fn most(answer: &Value, line: usize) -> f64 {
    values(answer, line).into_iter().fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn an_instant_is_answered_with_its_kind_and_only_for_the_system_and_the_machine() {
    let bench = bench();
    let ask = |query: &str, system: Value| bench.call("query_instant", json!({ "query": query, "system": system })).unwrap();
    let all = ask("load", Value::Null);
    assert_eq!((&all["kind"], all["lines"].as_array().unwrap().len()), (&json!("vector"), 2));
    let one = ask("load", json!("shop"));
    assert_eq!(one["lines"].as_array().unwrap().len(), 1);
    assert_eq!((&one["lines"][0]["labels"]["system"], &one["lines"][0]["value"]), (&json!("shop"), &json!(1.0)));
    assert_eq!(ask("machine", json!("shop"))["lines"][0]["value"], 4.0);
    assert_eq!(ask("load{system=\"desk\"}", json!("shop"))["lines"][0]["value"], 5.0, "whoever names a system gets it");
    assert_eq!((&ask("1 / 0", Value::Null)["lines"][0]["value"], &ask("1 / 0", Value::Null)["kind"]), (&json!("+Inf"), &json!("scalar")));
    assert_eq!(ask("\"text\"", Value::Null)["text"], "text");
    let matrix = ask("load{system=\"shop\"}[4m]", Value::Null);
    assert_eq!((&matrix["kind"], matrix["lines"][0]["samples"].as_array().unwrap().len()), (&json!("matrix"), 4));
    let past = bench.call("query_instant", json!({ "query": "load", "at": at(NOW - 13_200_000), "system": "shop" })).unwrap();
    assert_eq!(past["lines"][0]["value"], 99.0);
    assert_eq!(ask("nothing_of_that_name", Value::Null)["lines"], json!([]));
}

#[test]
fn a_home_that_never_measured_answers_nothing_and_no_fault() {
    let bench = Bench::empty();
    let request = json!({ "query": "up", "from": at(NOW - HOUR), "until": at(NOW) });
    let answer = bench.call("query_range", request).unwrap();
    assert_eq!((&answer["series"], &answer["gaps"]), (&json!([]), &json!([])));
    assert_eq!(bench.call("list_series", json!({})).unwrap()["found"], 0);
}

#[test]
fn steps_fit_the_picture_and_no_peak_is_lost() {
    let bench = bench();
    let fine = range(&bench, "load", &json!({ "system": "shop" }));
    assert_eq!((&fine["thinned"], &fine["step"]), (&json!(false), &json!(60_000)));
    assert_eq!(fine["moments"].as_array().unwrap().len(), 361);
    for query in ["load", "load + 0", "sum(load)"] {
        let thin = range(&bench, query, &json!({ "system": "shop", "points": 100 }));
        assert_eq!((&thin["thinned"], &thin["step"]), (&json!(true), &json!(60_000)), "{query}");
        assert!(thin["moments"].as_array().unwrap().len() <= 102, "{query}");
        assert_eq!(most(&thin, 0), 99.0, "{query}");
    }
    let begun = bench
        .call("query_range", json!({ "query": "load", "from": at(NOW - 13_260_000), "until": at(NOW), "points": 2, "system": "shop" }))
        .unwrap();
    assert_eq!((&begun["moments"][0], most(&begun, 0)), (&json!(NOW - 13_260_000), 99.0), "the first step is not whole");
    assert!(begun["moments"].as_array().unwrap().windows(2).all(|pair| pair[0].as_i64() < pair[1].as_i64()), "{}", begun["moments"]);
    let rate = range(&bench, "rate(requests_total[15m])", &json!({ "points": 100 }));
    assert_eq!((&rate["thinned"], &rate["step"], &rate["notes"]), (&json!(false), &json!(300_000), &json!([])));
    assert!((most(&rate, 0) - 1.0).abs() < 1e-9);
    let short = range(&bench, "1 +\n rate(requests_total[1m])", &json!({ "points": 100 }));
    assert_eq!(
        short["notes"][0]["message"],
        "The range of 1 min is shorter than the step of 5 min: what was measured in between is not seen."
    );
    assert_eq!((&short["notes"][0]["line"], &short["notes"][0]["grave"]), (&json!(2), &json!(false)));
    let asked = range(&bench, "load", &json!({ "system": "shop", "step": 7_200_000 }));
    assert_eq!(asked["moments"], json!([NOW - 6 * HOUR, NOW - 4 * HOUR, NOW - 2 * HOUR, NOW]));
}

#[test]
fn what_nobody_measured_is_a_gap_and_has_no_value() {
    let bench = bench();
    let answer = range(&bench, "load", &json!({ "system": "shop" }));
    let gap = &answer["gaps"][0];
    assert_eq!(answer["gaps"].as_array().unwrap().len(), 1);
    assert_eq!((&gap["span"]["from"], &gap["span"]["until"]), (&json!("2026-11-22T10:59:00Z"), &json!("2026-11-22T11:30:00Z")));
    assert_eq!(gap["reason"], "nothing ran that measures");
    let empty = answer["series"][0]["values"].as_array().unwrap().iter().filter(|value| value.is_null()).count();
    assert_eq!(empty, 30, "from one step behind the last sample to the first one after");
    let inside =
        bench.call("query_range", json!({ "query": "load", "from": "2026-11-22T11:10:00Z", "until": "2026-11-22T11:20:00Z" })).unwrap();
    assert_eq!((&inside["gaps"][0]["span"]["from"], &inside["series"]), (&json!("2026-11-22T10:59:00Z"), &json!([])));
    let ahead = bench.call("query_range", json!({ "query": "load", "from": at(NOW - HOUR), "until": at(NOW + HOUR) })).unwrap();
    assert_eq!(ahead["gaps"], json!([]), "what is to come is no gap");
}

#[test]
fn legends_come_from_templates_labels_or_the_query() {
    let bench = bench();
    let named = |query: &str, legend: Value| range(&bench, query, &json!({ "legend": legend }))["series"][0]["legend"].clone();
    assert_eq!(named("load{system=\"shop\"}", json!("load of {{system}}")), "load of shop");
    assert_eq!(named("load{system=\"shop\"}", Value::Null), "load{system=\"shop\"}");
    assert_eq!(named("sum(load)", Value::Null), "sum(load)");
}

#[test]
fn what_cannot_be_read_is_shown_where_it_stands() {
    let bench = bench();
    let fault = bench.call("query_instant", json!({ "query": "sum(load)\n  + rate(load[5m)" })).unwrap_err();
    assert!(fault.is("bad-query"), "{fault}");
    assert_eq!((&fault.facts["line"], &fault.facts["column"]), (&json!(2), &json!(17)));
    assert_eq!(fault.facts["snippet"], "  + rate(load[5m)\n                ^");
    assert!(fault.facts.contains_key("length"));
    let span = |query: &str, from: i64, until: i64, step: Value| {
        bench.call("query_range", json!({ "query": query, "from": at(from), "until": at(until), "step": step })).unwrap_err()
    };
    assert!(span("up", NOW, NOW - 1, Value::Null).is("bad-span"));
    assert!(span("up", NOW - 1, NOW, json!(0)).is("bad-step"));
    assert!(span("up", 0, NOW, json!(1_000)).message.contains("steps are asked for"));
    assert!(span("load[5m]", NOW - HOUR, NOW, Value::Null).is("query-failed"));
    assert!(span("\"text\"", NOW - HOUR, NOW, Value::Null).is("query-failed"));
    assert!(bench.call("list_series", json!({ "selector": "sum(load)" })).unwrap_err().is("bad-selector"));
}

#[test]
fn series_are_listed_and_words_are_completed_from_what_was_measured() {
    let bench = bench();
    let list = bench.call("list_series", json!({ "selector": "{system=~\"shop|desk\"}" })).unwrap();
    assert_eq!((&list["found"], &list["series"][0]["__name__"]), (&json!(3), &json!("load")));
    let complete = |text: &str, system: Value| {
        let request = json!({ "query": text, "cursor": text.chars().count(), "system": system });
        let answer = bench.call("complete_query", request).unwrap();
        let words: Vec<String> = answer["words"].as_array().unwrap().iter().map(|word| word["word"].as_str().unwrap().to_owned()).collect();
        (answer["from"].as_u64().unwrap(), words)
    };
    assert_eq!(complete("sum(rate(reque", Value::Null), (9, vec!["requests_total".to_owned()]));
    assert_eq!(complete("requests_total{", Value::Null), (15, vec!["route".to_owned(), "system".to_owned()]));
    assert_eq!(complete("load{system=\"", Value::Null), (13, vec!["desk".to_owned(), "shop".to_owned()]));
    assert_eq!(complete("load{system=\"", json!("shop")).1, ["shop"]);
    assert_eq!(complete("sum by (rou", Value::Null), (8, vec!["route".to_owned()]));
    assert!(complete("histogram_q", Value::Null).1.contains(&"histogram_quantile".to_owned()));
    assert_eq!(complete("sum(load) + ma", Value::Null).1[0], "machine", "names of the house come first");
}

#[test]
fn the_newest_values_are_text_that_prometheus_reads() {
    let bench = bench();
    let all = bench.call("export_metrics", json!({})).unwrap();
    let text = all["text"].as_str().unwrap();
    assert_eq!(all["series"], 5);
    assert!(
        text.contains("# TYPE load gauge\nload{system=\"desk\"} 5\nload{system=\"shop\"} 1\n# TYPE machine gauge\nmachine 4\n"),
        "{text}"
    );
    assert!(text.ends_with("# TYPE requests_total counter\nrequests_total{route=\"/a\",system=\"shop\"} 30000\n"), "{text}");
    let one = bench.call("export_metrics", json!({ "system": "desk" })).unwrap();
    assert_eq!(one["text"], "# TYPE load gauge\nload{system=\"desk\"} 5\n");
}

#[test]
fn the_raw_form_holds_the_same_numbers() {
    let bench = bench();
    let request = json!({ "query": "load", "from": at(NOW - 6 * HOUR), "until": at(NOW), "points": 50 });
    let frame = bench.engine.call_raw(Face::Desktop, "query_range", request.clone(), None).unwrap();
    let answer = bench.call("query_range", request).unwrap();
    let (head, moments, columns) = unframed(&frame);
    assert!(head.get("moments").is_none() && head["series"][0].get("values").is_none());
    assert_eq!((&head["series"][1]["legend"], &head["gaps"]), (&answer["series"][1]["legend"], &answer["gaps"]));
    assert_eq!(json!(moments.iter().map(|at| *at as i64).collect::<Vec<_>>()), answer["moments"]);
    for (column, line) in columns.iter().zip(answer["series"].as_array().unwrap()) {
        let back: Vec<Value> = column.iter().map(|value| if value.to_bits() == ABSENT_BITS { Value::Null } else { json!(value) }).collect();
        assert_eq!(json!(back), line["values"]);
    }
    assert!(columns[0].iter().any(|value| value.to_bits() == ABSENT_BITS));
    let fault = bench.engine.call_raw(Face::Desktop, "get_session", json!({}), None).unwrap_err();
    assert!(fault.is("no-raw-form"), "{fault}");
    let fault = bench.engine.call_raw(Face::Desktop, "query_range", json!({ "query": 1 }), None).unwrap_err();
    assert!(fault.is("bad-request"), "{fault}");
}

/// What the page's reader of frames is tested with lies in the tree; `QUARTERDECK_WRITE_BINDINGS=1` writes it anew.
#[test]
fn the_frame_that_the_page_is_tested_with_is_what_we_send() {
    let bench = bench();
    let from = NOW - 160 * 60_000 - 2 * STEP;
    let request =
        json!({ "query": "load / (load - 1)", "from": at(from), "until": at(from + 5 * STEP), "step": STEP, "legend": "{{system}} é" });
    let frame = bench.engine.call_raw(Face::Desktop, "query_range", request, None).unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/lib/fixtures/frame.bin");
    if std::env::var_os("QUARTERDECK_WRITE_BINDINGS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &frame).unwrap();
    }
    assert!(std::fs::read(&path).unwrap_or_default() == frame, "ui/src/lib/fixtures/frame.bin is not what is sent: run make bindings");
    let (head, moments, columns) = unframed(&frame);
    assert_eq!((head["series"][0]["legend"].as_str(), moments.len(), columns.len()), (Some("desk é"), 6, 2));
    assert_eq!(columns[0][0], 1.25);
    assert_eq!(columns[1][0], f64::INFINITY);
    assert_eq!(columns[0][5].to_bits(), ABSENT_BITS);
}

/// Head, moments and columns of a frame, read by its description alone.
fn unframed(frame: &[u8]) -> (Value, Vec<f64>, Vec<Vec<f64>>) {
    assert_eq!(&frame[..4], b"QDF1");
    let length = u32::from_le_bytes(frame[4..8].try_into().unwrap()) as usize;
    let head: Value = serde_json::from_slice(&frame[8..8 + length]).unwrap();
    let begin = (8 + length).next_multiple_of(8);
    assert!(frame[8 + length..begin].iter().all(|byte| *byte == 0));
    let numbers: Vec<f64> = frame[begin..].chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect();
    let series = head["series"].as_array().unwrap().len();
    let count = numbers.len() / (series + 1);
    let mut columns = numbers.chunks(count.max(1)).map(<[f64]>::to_vec);
    (head, columns.next().unwrap(), columns.collect())
}
