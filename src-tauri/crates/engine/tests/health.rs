//! How systems are: over a home with a real database, a real repository, and series that were written as collectors write them.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{fs, sync::Arc, time::Duration};

use bench::Bench;
use quarterdeck_model::{Clock, Face};
use quarterdeck_monitor::{
    gathered::Gathered,
    series::{Brought, Policy, Writer},
};
use quarterdeck_testkit::{FixedClock, shop};
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;

const DEFINITION: &str = r#"name: shop
environment: production
components:
  main: {kind: sqlite, path: shop.db}
objectives:
  - {scenario: data loss, rto: 1 h, rpo: 1 h}
promises:
  - {name: Order errors, query: "order_errors / orders", unit: ratio, target: "< 0.05", alert: "> 0.2", window: 2 h, goal: 90 %}
  - {name: Front page, query: front_seconds, unit: s, target: "< 0.025"}
capacity:
  - {what: main, initial: 1 MB, year: 2 MB, three_years: 1 TB}
"#;

/// A registered shop with one snapshot, on a clock that stands still.
fn bench() -> (Bench, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::default());
    let bench = Bench::with_clock(Arc::clone(&clock) as Arc<dyn Clock>);
    shop(&bench.file, 200, "wal");
    let folder = bench.scratch.path();
    fs::write(folder.join("quarterdeck.yaml"), DEFINITION).unwrap();
    bench.call("add_system", json!({ "path": folder })).unwrap();
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    (bench, clock)
}

fn writer(bench: &Bench, clock: &Arc<FixedClock>) -> Writer {
    Writer::open(&bench.engine.home().series(), Policy::default(), Arc::clone(clock) as Arc<dyn Clock>).unwrap()
}

/// What one minute brings; `fill` adds to it.
fn tick(writer: &mut Writer, at: i64, fill: impl FnOnce(&mut Gathered)) {
    let mut tick = Gathered::default();
    tick.gauge("quarterdeck_collecting", &[], 1.0);
    fill(&mut tick);
    writer.append(at, &[Brought { key: "all".to_owned(), readings: tick.readings }], &[]).unwrap();
}

fn measured(tick: &mut Gathered, errors: f64, front: f64) {
    let shop = [("system", "shop")];
    tick.gauge("order_errors", &shop, errors);
    tick.gauge("orders", &shop, 100.0);
    tick.gauge("front_seconds", &shop, front);
    let main = [("system", "shop"), ("component", "main")];
    tick.gauge("sqlite_wal_bytes", &main, 4e6);
    tick.gauge("sqlite_page_size_bytes", &main, 4096.0);
    let disk = [("device", "/dev/sda1"), ("mountpoint", "/"), ("fstype", "ext4")];
    tick.gauge("node_filesystem_size_bytes", &disk, 1e12);
    tick.gauge("node_filesystem_avail_bytes", &disk, 5e10);
    tick.gauge("node_memory_MemTotal_bytes", &[], 8e9);
    tick.gauge("node_memory_MemAvailable_bytes", &[], 4e9);
    tick.gauge("probe_success", &[("system", "shop"), ("instance", "https://shop.example.com")], 0.0);
}

fn check<'h>(line: &'h Value, key: &str) -> &'h Value {
    let checks = line["checks"].as_array().unwrap();
    checks.iter().find(|check| check["key"] == key).unwrap_or_else(|| panic!("{key} is not among {checks:#?}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_home_that_never_measured_says_so_and_knows_its_backups() {
    let (bench, _) = bench();
    let health = bench.call("get_health", json!({})).unwrap();
    let line = &health["systems"][0];
    assert_eq!((&line["system"], &line["environment"]), (&json!("shop"), &json!("production")));
    assert_ne!(line["tone"], "ok", "not to know is not to be well");
    assert!(text(&check(line, "shop/measuring")["sentence"]).starts_with("Nothing has been measured yet"));
    assert_eq!(check(line, "shop/backup/main")["tone"], "ok");
    assert_eq!(check(line, "shop/database/main")["tone"], "ok");
    assert!(text(&check(line, "shop/repository")["sentence"]).starts_with("Reachable, "));
    assert_eq!(check(line, "shop/proof/main")["sentence"], "Never proved by a restore or a drill");
    assert_eq!(check(line, "shop/promise/Front page")["tone"], "unknown");
    assert_eq!(health["collecting"]["tone"], "unknown");
    assert_eq!(health["machine"]["tone"], "unknown");
    let list = bench.call("list_collectors", json!({})).unwrap();
    assert_eq!((&list["collectors"], &list["series"]["series"]), (&json!([]), &json!(0)));
}

#[test]
fn the_worst_check_speaks_with_what_was_promised_and_what_moved() {
    let (bench, clock) = bench();
    let now = clock.now().timestamp_millis();
    let mut writer = writer(&bench, &clock);
    for minute in (0..120).rev() {
        let broken = minute < 10;
        tick(&mut writer, now - minute * MINUTE, |tick| measured(tick, if broken { 30.0 } else { 1.0 + (minute % 3) as f64 * 0.1 }, 0.011));
    }
    let health = bench.call("get_health", json!({ "system": "shop" })).unwrap();
    let line = &health["systems"][0];
    assert_eq!(line["tone"], "critical");
    let errors = check(line, "shop/promise/Order errors");
    assert_eq!((&errors["tone"], &errors["sentence"]), (&json!("critical"), &json!("It is 30 %; less than 5 % was promised")));
    assert_eq!(errors["next"], "promises/shop");
    assert_eq!(check(line, "shop/promise/Front page")["sentence"], "It is 11 ms; less than 25 ms was promised");
    assert_eq!(check(line, "shop/probe/https://shop.example.com")["sentence"], "Does not answer");
    assert_eq!(check(line, "shop/log/main")["tone"], "ok");
    assert_eq!(check(&health["machine"], "machine/disk/")["sentence"], "50.0 GB of 1.00 TB free (5 %)");
    assert_eq!(check(&health["machine"], "machine/memory")["tone"], "ok");
    let moved = line["changes"].as_array().unwrap().iter().find(|change| change["kind"] == "moved").unwrap();
    assert!(text(&moved["what"]).starts_with("Order errors went from 1.") && text(&moved["what"]).ends_with(" % to 30 %"), "{moved}");
    assert!(text(&moved["next"]).starts_with("explore?query=order_errors%20%2F%20orders&system=shop&from="), "{moved}");
    let tones: Vec<&Value> = line["checks"].as_array().unwrap().iter().map(|check| &check["tone"]).collect();
    assert_eq!(tones[0], "critical");
    assert!(text(&line["sentence"]).starts_with("Not healthy: ") && text(&line["sentence"]).ends_with(" more."), "{}", line["sentence"]);
}

#[test]
fn since_is_when_the_history_changed() {
    let (bench, clock) = bench();
    let now = clock.now().timestamp_millis();
    let mut writer = writer(&bench, &clock);
    for minute in (0..180).rev() {
        tick(&mut writer, now - minute * MINUTE, |tick| {
            measured(tick, if minute < 60 { 30.0 } else { 1.0 }, 0.011);
            let labels = [("system", "shop"), ("check", "shop/promise/Order errors")];
            tick.sparse("quarterdeck_check", &labels, if minute < 60 { 3.0 } else { 0.0 }, 60 * MINUTE);
        });
    }
    let health = bench.call("get_health", json!({})).unwrap();
    let errors = check(&health["systems"][0], "shop/promise/Order errors");
    let since: chrono::DateTime<chrono::Utc> = text(&errors["since"]).parse().unwrap();
    assert_eq!((now - since.timestamp_millis()) / MINUTE, 59);
    assert_eq!(check(&health["systems"][0], "shop/backup/main")["since"], Value::Null);
}

#[test]
fn the_check_walks_through_everything_and_ends_in_a_report() {
    let (bench, clock) = bench();
    let before = fs::read_dir(bench.engine.home().folder()).unwrap().count();
    let report = bench.call("check_health", json!({})).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let has = |key: &str| checks.iter().any(|check| check["key"] == key);
    for key in
        ["shop/database/main", "shop/backup/main", "shop/repository", "shop/promise/Front page", "machine/memory", "machine/measuring"]
    {
        assert!(has(key), "{key}: {checks:#?}");
    }
    assert!(checks.iter().any(|check| check["key"] == "shop/collector/sqlite/main" && check["tone"] == "ok"), "{checks:#?}");
    assert!(checks.iter().any(|check| text(&check["key"]).starts_with("machine/disk/")));
    let words = text(&report["text"]);
    assert!(
        words.starts_with("Quarterdeck health check of ") && words.contains("\nFindings (") && words.contains("  UNKNOWN   shop: "),
        "{words}"
    );
    assert!(text(&report["verdict"]).ends_with(" checks pass."), "{report}");
    assert_eq!(fs::read_dir(bench.engine.home().folder()).unwrap().count(), before, "nothing is written");
    assert_eq!(report["began"], json!(clock.now()));
    let fault = bench.call("check_health", json!({ "system": "unknown" })).unwrap_err();
    assert_eq!(fault.code, "system-missing");
}

#[test]
fn the_check_says_how_far_it_is() {
    let (bench, _) = bench();
    let mut events = bench.engine.events();
    bench.engine.call(Face::Cli, "check_health", json!({}), Some(7)).unwrap();
    let mut steps = 0;
    while let Ok(event) = events.try_recv() {
        if let quarterdeck_model::Event::Query { ticket: 7, progress } = event {
            steps += 1;
            assert!(progress.done <= progress.total.unwrap());
        }
    }
    assert!(steps > 0);
}

#[test]
fn a_promise_is_counted_over_its_window() {
    let (bench, clock) = bench();
    let now = clock.now().timestamp_millis();
    let mut writer = writer(&bench, &clock);
    // Of the last two hours, six minutes were beyond the target.
    for minute in (0..130).rev() {
        tick(&mut writer, now - minute * MINUTE, |tick| measured(tick, if (30..36).contains(&minute) { 10.0 } else { 1.0 }, 0.011));
    }
    let table = bench.call("list_promises", json!({ "system": "shop" })).unwrap();
    let errors = &table["lines"][0];
    assert_eq!((&errors["name"], &errors["target"], &errors["alert"]), (&json!("Order errors"), &json!("< 0.05"), &json!("> 0.2")));
    assert_eq!((&errors["tone"], &errors["seen"], &errors["kept"]), (&json!("ok"), &json!(1.0), &json!(0.95)));
    assert_eq!((errors["budget"].as_f64().unwrap() * 1000.0).round(), 500.0);
    assert!(text(&errors["sentence"]).starts_with("It is 1 %; less than 5 % was promised. 50 % of the error budget is left"), "{errors}");
    assert_eq!(errors["spark"].as_array().unwrap().len(), 60);
    assert!(errors["lasts_until"].is_string());
    let front = &table["lines"][1];
    assert_eq!((&front["tone"], &front["kept"]), (&json!("unknown"), &json!(1.0)));
    assert!(text(&front["sentence"]).contains("Measured on less than 1 % of the window"), "{front}");
    let short = bench.call("list_promises", json!({ "system": "shop", "window": 3_600_000 })).unwrap();
    assert_eq!((&short["lines"][1]["tone"], &short["lines"][1]["window"]), (&json!("ok"), &json!(3_600_000)));
}

#[test]
fn growth_becomes_days_until_full_beside_the_plan() {
    let (bench, clock) = bench();
    let now = clock.now().timestamp_millis();
    let mut writer = writer(&bench, &clock);
    for hour in (0..40 * 24).rev().step_by(4) {
        tick(&mut writer, now - hour * 60 * MINUTE, |tick| {
            let days = (40 * 24 - hour) as f64 / 24.0;
            tick.gauge("sqlite_file_bytes", &[("system", "shop"), ("component", "main")], 1e6 + 1e8 * days);
        });
    }
    let table = bench.call("list_capacity", json!({ "system": "shop" })).unwrap();
    let main = table["lines"].as_array().unwrap().iter().find(|line| line["what"] == "main").unwrap();
    assert_eq!(main["kind"], "database");
    assert!((main["growth"].as_f64().unwrap() - 1e8).abs() < 1e6, "{main}");
    let sentence = text(&main["sentence"]);
    assert!(sentence.starts_with("Grows by 100 MB a day (") && sentence.contains("): full in "), "{main}");
    assert!(text(&main["sentence"]).ends_with("It outgrows its plan: 2.00 MB for 1 year."), "{main}");
    assert_ne!(main["tone"], "ok");
    assert_eq!(main["plan"].as_array().unwrap().len(), 3);
    assert_eq!(main["plan"][0]["expected"], Value::Null, "the beginning is over");
    let repository = table["lines"].as_array().unwrap().iter().find(|line| line["kind"] == "repository").unwrap();
    assert_eq!((&repository["tone"], &repository["sentence"]), (&json!("unknown"), &json!("Not measured yet.")));
}

#[test]
fn measuring_is_set_on_this_machine_and_checked() {
    let (bench, _) = bench();
    let set = |request: Value| bench.call("set_monitoring", request);
    let folder = bench.scratch.path();
    let settings = set(json!({ "raw_days": 30, "textfile": folder })).unwrap();
    assert_eq!((&settings["raw_days"], &settings["most_bytes"]), (&json!(30), &json!(4_294_967_296_u64)));
    assert_eq!(bench.call("list_collectors", json!({})).unwrap()["settings"], settings);
    assert_eq!(set(json!({ "textfile": "" })).unwrap()["textfile"], Value::Null);
    for (request, code) in [
        (json!({ "raw_days": 0 }), "bad-days"),
        (json!({ "raw_days": 91 }), "bad-days"),
        (json!({ "most_bytes": 1000 }), "too-little-room"),
        (json!({ "textfile": "metrics" }), "bad-folder"),
        (json!({ "textfile": folder.join("none") }), "folder-missing"),
    ] {
        assert_eq!(set(request).unwrap_err().code, code);
    }
    assert_eq!(set(json!({})).unwrap()["raw_days"], 30, "a fault changes nothing");
}

#[test]
fn a_backup_that_is_late_is_said_with_what_was_promised() {
    let (bench, clock) = bench();
    clock.advance(Duration::from_secs(3 * 3_600));
    let health = bench.call("get_health", json!({ "system": "shop" })).unwrap();
    let backup = check(&health["systems"][0], "shop/backup/main");
    assert_eq!(backup["tone"], "attention");
    assert!(text(&backup["sentence"]).ends_with("3 h ago: that much would be lost, 1 h is promised for data loss"), "{backup}");
}
