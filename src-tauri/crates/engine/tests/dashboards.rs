//! Dashboards of a definition's folder, and panels as pictures.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{fs, sync::Arc};

use bench::Bench;
use quarterdeck_model::Face;
use quarterdeck_monitor::{
    gathered::Gathered,
    series::{Brought, Policy, Writer},
};
use quarterdeck_testkit::{FixedClock, shop};
use serde_json::{Value, json};

/// 13:40 of the bench's clock.
const NOW: i64 = 1_795_354_800_000;
const HOUR: i64 = 3_600_000;

const APPEALS: &str = "\
title: Appeals
order: 1
panels:
  - {title: Open appeals, query: appeals_open, legend: open, thresholds: [{value: 12, tone: critical, name: too many}]}
  - {title: Broken, query: 'sum('}
";

/// A shop with two dashboards, of which one has a mistake, and an hour of series.
fn bench() -> Bench {
    let clock = Arc::new(FixedClock::default());
    let bench = Bench::with_clock(clock.clone());
    let folder = bench.scratch.file("shop");
    fs::create_dir_all(folder.join("dashboards")).unwrap();
    shop(&folder.join("shop.db"), 5, "wal");
    let definition = "name: shop\nenvironment: development\ncomponents: {main: {kind: sqlite, path: shop.db}}\n";
    fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
    fs::write(folder.join("dashboards/appeals.yml"), APPEALS).unwrap();
    fs::write(folder.join("dashboards/all.yml"), "title: All\npanels: []\n").unwrap();
    bench.call("add_system", json!({ "path": folder })).unwrap();
    let mut writer = Writer::open(&bench.engine.home().series(), Policy::default(), clock).unwrap();
    for at in (NOW - HOUR..=NOW).step_by(60_000) {
        let mut tick = Gathered::default();
        tick.gauge("appeals_open", &[("system", "shop")], 10.0);
        writer.append(at, &[Brought { key: "all".to_owned(), readings: tick.readings }], &[]).unwrap();
    }
    bench
}

fn at(millis: i64) -> String {
    chrono::DateTime::from_timestamp_millis(millis).unwrap().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn chart(more: &Value) -> Value {
    let mut request = json!({ "from": at(NOW - HOUR), "until": at(NOW), "system": "shop", "format": "svg" });
    more.as_object().unwrap().iter().for_each(|(field, value)| request[field] = value.clone());
    request
}

#[test]
fn dashboards_are_listed_in_their_order_and_read_with_what_is_wrong() {
    let bench = bench();
    for request in [json!({}), json!({ "system": "shop" })] {
        let list = bench.call("list_dashboards", request).unwrap();
        let brief = |which: usize| (list["dashboards"][which]["name"].clone(), list["dashboards"][which]["findings"].clone());
        assert_eq!((brief(0), brief(1)), ((json!("appeals"), json!(1)), (json!("all"), json!(0))), "{list}");
    }
    let appeals = bench.call("get_dashboard", json!({ "system": "shop", "name": "appeals" })).unwrap();
    assert_eq!((appeals["panels"].as_array().unwrap().len(), &appeals["findings"][0]["line"]), (1, &json!(5)));
    let fault = bench.call("get_dashboard", json!({ "system": "shop", "name": "appeal" })).unwrap_err();
    assert!(fault.is("dashboard-missing") && fault.hint == "Name one of: appeals, all.", "{fault}");
}

#[test]
fn a_panel_and_a_query_are_drawn() {
    let bench = bench();
    let panel = bench.call("draw_chart", chart(&json!({ "dashboard": "appeals" }))).unwrap();
    let svg = panel["content"].as_str().unwrap();
    for words in ["Open appeals", "too many (12)", "open  10", "width=\"960\" height=\"360\""] {
        assert!(svg.contains(words), "{words}");
    }
    let query =
        bench.call("draw_chart", chart(&json!({ "query": "appeals_open * 2", "width": 400, "height": 200, "dark": true }))).unwrap();
    assert!(query["content"].as_str().unwrap().contains("appeals_open * 2"));
    let png = chart(&json!({ "query": "appeals_open", "format": "png" }));
    let bytes = bench.engine.call_raw(Face::Desktop, "draw_chart", png.clone(), None).unwrap();
    assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
    assert!(bench.call("draw_chart", png).unwrap()["content"].as_str().unwrap().starts_with("iVBORw0KGgo"));
}

#[test]
fn what_cannot_be_drawn_is_refused_with_what_to_do() {
    let bench = bench();
    for (request, code) in [
        (json!({}), "bad-chart"),
        (json!({ "query": "x", "dashboard": "appeals" }), "bad-chart"),
        (json!({ "query": "x", "width": 1 }), "bad-chart"),
        (json!({ "query": "sum(" }), "bad-query"),
        (json!({ "dashboard": "appeals", "panel": 7 }), "panel-missing"),
        (json!({ "dashboard": "nothing" }), "dashboard-missing"),
        (json!({ "dashboard": "appeals", "system": null }), "system-needed"),
    ] {
        let fault = bench.call("draw_chart", chart(&request)).unwrap_err();
        assert!(fault.is(code) && !fault.hint.is_empty(), "{request}: {fault}");
    }
}
