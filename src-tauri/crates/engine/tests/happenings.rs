//! What is shown beside charts: what happened, what logs say, and charts as files.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use bench::Bench;
use quarterdeck_model::{Clock, Face, Instant};
use quarterdeck_monitor::{
    gathered::Gathered,
    series::{Brought, Policy, Writer},
};
use quarterdeck_testkit::{FixedClock, shop};
use serde_json::{Value, json};

/// Measures once a minute until `until`.
fn measured(bench: &Bench, clock: &Arc<FixedClock>, minutes: i64) {
    let mut writer = Writer::open(&bench.engine.home().series(), Policy::default(), clock.clone()).unwrap();
    for _ in 0..minutes {
        clock.advance(Duration::from_secs(60));
        let mut tick = Gathered::default();
        tick.gauge("quarterdeck_collecting", &[], 1.0);
        tick.gauge("load", &[("system", "shop")], 2.0);
        let brought = Brought { key: "all".to_owned(), readings: tick.readings };
        writer.append(clock.now().timestamp_millis(), &[brought], &[]).unwrap();
    }
}

fn text(at: Instant) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[test]
fn jobs_and_times_when_nobody_measured_are_told_in_the_order_of_time() {
    let clock = Arc::new(FixedClock::default());
    let began = clock.now();
    let bench = Bench::with_clock(clock.clone());
    measured(&bench, &clock, 5);
    clock.advance(Duration::from_secs(60));
    let bench = bench.with_shop("wal");
    clock.advance(Duration::from_secs(1_800));
    measured(&bench, &clock, 5);
    bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    let ask = |from: Instant, until: Instant, system: Value| {
        let request = json!({ "from": from, "until": until, "system": system });
        bench.call("list_happenings", request).unwrap()["happenings"].as_array().unwrap().clone()
    };
    let all = ask(began, clock.now(), json!("shop"));
    let told: Vec<(&str, &str)> = all.iter().map(|one| (one["kind"].as_str().unwrap(), one["what"].as_str().unwrap())).collect();
    assert_eq!(told[..2], [("gap", "Nothing was measured: nothing ran that measures"), ("backup", "Backup of shop")], "{told:?}");
    assert_eq!(told[2].0, "drill");
    assert_eq!((&all[0]["at"], &all[0]["until"]), (&json!(text(began + chrono::TimeDelta::minutes(5))), &json!("2026-11-22T14:17:00Z")));
    assert_eq!((&all[1]["job"], &all[1]["system"]), (&json!(1), &json!("shop")));
    let later = ask(clock.now() - chrono::TimeDelta::minutes(3), clock.now(), json!("shop"));
    assert!(later.iter().all(|one| one["kind"] != "gap" && one["job"] != 1), "{later:?}");
    let others = ask(began, clock.now(), json!("desk"));
    assert_eq!(others.iter().map(|one| &one["kind"]).collect::<Vec<_>>(), ["gap"], "jobs of others are not told");
}

/// A system whose definition names a log with one rule.
fn with_log(bench: &Bench) -> PathBuf {
    let folder = bench.scratch.file("system");
    fs::create_dir_all(folder.join("logs")).unwrap();
    shop(&folder.join("shop.db"), 20, "wal");
    let definition = "name: shop\nenvironment: development\ncomponents:\n  main:\n    kind: sqlite\n    path: shop.db\ncollect:\n  logs:\n    - name: api\n      path: logs/api.log\n      rules:\n        - name: errors\n          match: ^ERROR\n";
    fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
    bench.call("add_system", json!({ "path": folder })).unwrap();
    folder.join("logs/api.log")
}

#[test]
fn a_log_is_read_from_its_end_with_what_its_rules_count() {
    let bench = Bench::empty();
    let path = with_log(&bench);
    let list = bench.call("list_logs", json!({})).unwrap();
    assert_eq!(
        (&list["logs"][0]["name"], &list["logs"][0]["size"], &list["logs"][0]["rules"]),
        (&json!("api"), &Value::Null, &json!(["errors"]))
    );
    let read = |more: Value| {
        let mut request = json!({ "system": "shop", "log": "api" });
        more.as_object().unwrap().iter().for_each(|(field, value)| request[field] = value.clone());
        bench.call("read_log", request)
    };
    assert!(read(json!({})).unwrap_err().is("log-missing"));
    let lines: String = (0..30).map(|n| format!("{} request {n}\n", if n % 10 == 0 { "ERROR" } else { "INFO" })).collect();
    fs::write(&path, lines).unwrap();
    assert_eq!(bench.call("list_logs", json!({ "system": "shop" })).unwrap()["logs"][0]["size"], json!(fs::metadata(&path).unwrap().len()));
    let page = read(json!({ "lines": 10 })).unwrap();
    assert_eq!((&page["lines"][0]["text"], &page["lines"][0]["rules"]), (&json!("ERROR request 20"), &json!(["errors"])));
    let before = read(json!({ "lines": 10, "at": page["before"] })).unwrap();
    assert_eq!(before["lines"][9]["text"], "INFO request 19");
    let errors = read(json!({ "filter": "request [12]0$" })).unwrap();
    assert_eq!(errors["lines"].as_array().unwrap().len(), 2);
    assert_eq!(errors["lines"][0]["matched"], json!([[6, 16]]));
    let mut whole = fs::read_to_string(&path).unwrap();
    whole.push_str("INFO late\n");
    fs::write(&path, whole).unwrap();
    let newer = read(json!({ "at": page["after"], "direction": "on" })).unwrap();
    assert_eq!(newer["lines"].as_array().unwrap().len(), 1);
    assert_eq!(newer["lines"][0]["text"], "INFO late");
    assert!(read(json!({ "filter": "(" })).unwrap_err().is("bad-filter"));
}

#[test]
fn only_what_a_definition_names_is_read() {
    let bench = Bench::empty();
    with_log(&bench);
    let fault = bench.call("read_log", json!({ "system": "shop", "log": "../quarterdeck.yaml" })).unwrap_err();
    assert!(fault.is("log-unknown") && fault.hint == "Name one of: api.", "{fault:?}");
    let bare = Bench::empty();
    shop(&bare.file, 20, "wal");
    bare.call("add_system", json!({ "path": bare.file })).unwrap();
    assert_eq!(bare.call("list_logs", json!({ "system": "shop" })).unwrap()["logs"], json!([]));
    assert!(bare.call("read_log", json!({ "system": "shop", "log": "api" })).unwrap_err().hint.contains("added as a file"));
}

#[test]
fn a_chart_of_a_query_is_the_same_file_in_both_forms() {
    let clock = Arc::new(FixedClock::default());
    let bench = Bench::with_clock(clock.clone());
    let began = clock.now();
    measured(&bench, &clock, 30);
    let ask = |format: &str| json!({ "query": "load", "from": began, "until": clock.now(), "format": format });
    let raw = |format: &str| bench.engine.call_raw(Face::Desktop, "draw_chart", ask(format), None).unwrap();
    let svg = String::from_utf8(raw("svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("load{"), "{}", &svg[..200]);
    assert_eq!(bench.call("draw_chart", ask("svg")).unwrap()["content"], json!(svg));
    assert_eq!(raw("png")[..8], *b"\x89PNG\r\n\x1a\n");
    let file = bench.scratch.file("load.svg");
    let save =
        |file: &std::path::Path, replace: bool| bench.call("save_chart", json!({ "chart": ask("svg"), "file": file, "replace": replace }));
    save(&file, false).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), svg);
    assert!(save(&file, false).unwrap_err().is("file-exists"));
    save(&file, true).unwrap();
    let precious = bench.scratch.file("orders.db");
    fs::write(&precious, "data").unwrap();
    assert!(save(&precious, true).unwrap_err().is("not-a-picture"));
    assert_eq!(fs::read_to_string(&precious).unwrap(), "data");
    let fault = bench.call("draw_chart", json!({ "from": began, "until": clock.now(), "format": "svg" })).unwrap_err();
    assert!(fault.is("bad-chart"), "{fault}");
    let fault = bench.call("draw_chart", json!({ "query": "load{", "from": began, "until": clock.now(), "format": "svg" })).unwrap_err();
    assert!(fault.is("bad-query"), "{fault}");
}
