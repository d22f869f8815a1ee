//! Smoke tests through the one list: what they find, what they survive, and what they leave behind, which is nothing.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use bench::Bench;
use quarterdeck_engine::schedule::{Post, Station};
use quarterdeck_store::leases::Lease;
use quarterdeck_testkit::{FixedClock, shop};
use serde_json::{Value, json};

const YAML: &str = "name: shop\nenvironment: staging\ncomponents:\n  main: {kind: sqlite, path: main.db}\n";

/// A system with one suite, `core`.
fn with(suite: &str) -> Bench {
    defined(Bench::empty(), YAML, suite)
}

fn defined(bench: Bench, definition: &str, suite: &str) -> Bench {
    let folder = bench.scratch.file("system");
    std::fs::create_dir_all(folder.join("smoke")).unwrap();
    shop(&folder.join("main.db"), 50, "wal");
    std::fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
    write(&bench, suite);
    bench.call("add_system", json!({ "path": folder })).unwrap();
    bench
}

fn write(bench: &Bench, suite: &str) {
    std::fs::write(bench.scratch.file("system/smoke/core.yml"), format!("title: Core\ncases:\n{suite}")).unwrap();
}

fn run(bench: &Bench) -> Value {
    bench.work("run_smoke", json!({ "system": "shop" })).unwrap()["report"].clone()
}

fn result<'r>(run: &'r Value, case: &str) -> &'r Value {
    run["results"].as_array().unwrap().iter().find(|result| result["case"] == case).unwrap()
}

/// What lies in the scratch folder of the engine's home.
fn left(bench: &Bench) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(bench.scratch.file("home/scratch"));
    folder.map(|folder| folder.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

/// A server that answers each connection so.
fn server(answer: impl Fn(&mut std::net::TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            answer(&mut stream);
        }
    });
    port
}

#[test]
fn each_kind_of_case_passes_and_fails_for_its_own_reason() {
    let port = server(|stream| {
        let body = "{\"state\": \"ok\"}";
        let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    });
    let bench = with(&format!(
        "  count: {{title: a, category: core, sql: SELECT count(*) FROM orders, expect: {{is: 50}}, budget: {{p99: 60 s, of: 20}}}}
  wrong: {{title: a, category: core, sql: SELECT count(*) FROM orders, expect: {{is: 51}}}}
  nowhere: {{title: a, category: core, sql: SELECT 1 FROM nowhere, expect: {{rows: some}}}}
  plan: {{title: a, category: core, sql: EXPLAIN QUERY PLAN SELECT * FROM orders WHERE id = 1, expect: {{contains: PRIMARY KEY}}}}
  write: {{title: a, category: core, on: copy, sql: DELETE FROM orders; SELECT count(*) FROM orders, expect: {{is: 0}}}}
  again: {{title: a, category: core, on: copy, sql: SELECT count(*) FROM orders, expect: {{is: 50}}}}
  refused: {{title: a, category: core, on: copy, sql: INSERT INTO orders(id) SELECT min(id) FROM orders, expect: {{fails: constraint}}}}
  accepted: {{title: a, category: core, on: copy, sql: SELECT 1, expect: {{fails: UNIQUE}}}}
  health: {{title: a, category: core, http: {{url: 'http://127.0.0.1:{port}/health', at: /state}}, expect: {{is: ok}}}}
  status: {{title: a, category: core, http: {{url: 'http://127.0.0.1:{port}/'}}, expect: {{status: 404}}}}
  closed: {{title: a, category: core, http: {{url: 'http://127.0.0.1:1/'}}}}
  script: {{title: a, category: core, command: [sh, -c, echo fine]}}
  crash: {{title: a, category: core, command: [sh, -c, echo gone >&2; exit 3]}}
  killed: {{title: a, category: core, command: [sh, -c, kill -9 $$]}}
  operation: {{title: a, category: core, operation: get_system, at: /system/name, expect: {{is: shop}}}}
  crowd: {{title: a, category: core, load: {{case: count, at_once: 8, times: 200}}, budget: {{all: 600 s}}}}
  bad-crowd: {{title: a, category: core, load: {{case: wrong, at_once: 4, times: 20}}}}
"
    ));
    let run = run(&bench);
    for (case, outcome, words) in [
        ("count", "passed", "p99"),
        ("wrong", "failed", "51 expected"),
        ("nowhere", "error", "no such table: nowhere"),
        ("plan", "passed", "PRIMARY KEY"),
        ("write", "passed", "0 expected"),
        ("again", "passed", "50"),
        ("refused", "passed", "refused, as expected"),
        ("accepted", "failed", "it was accepted"),
        ("health", "passed", "ok"),
        ("status", "failed", "it answered 200, 404 expected"),
        ("closed", "error", "connection refused"),
        ("script", "passed", "exit code 0"),
        ("crash", "failed", "exit code 3: gone"),
        ("killed", "error", "killed by signal 9"),
        ("operation", "passed", "shop"),
        ("crowd", "passed", "asked 200 times, no errors"),
        ("bad-crowd", "failed", "20 errors (100 %), none expected"),
    ] {
        let result = result(&run, case);
        assert_eq!(result["outcome"], outcome, "{case}: {result}");
        assert!(result["sentence"].as_str().unwrap().contains(words), "{case}: {result}");
    }
    assert_eq!(result(&run, "count")["latency"]["count"], 20);
    assert_eq!(result(&run, "crowd")["latency"]["count"], 200);
    assert_eq!((&run["passed"], &run["failed"], &run["skipped"]), (&json!(9), &json!(8), &json!(0)));
    assert_eq!(left(&bench), Vec::<PathBuf>::new());
    assert_eq!(bench::ask(&bench.scratch.file("system/main.db"), "SELECT count(*) FROM orders"), "50");
}

#[test]
fn what_stands_behind_an_address_is_kept_nowhere() {
    let port = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: /enter?code=behind\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    let bench = with(&format!(
        "  sent: {{title: a, category: core, http: {{url: 'http://127.0.0.1:{port}/orders?page=behind'}}}}
  closed: {{title: a, category: core, http: {{url: 'http://127.0.0.1:1/orders?page=behind'}}}}
  wrong: {{title: a, category: core, http: {{url: 'http://127.0.0.1:99999/orders?page=behind'}}}}
"
    ));
    let run = run(&bench);
    for (case, words) in [
        ("sent", "it sends its visitors to /enter)"),
        ("closed", "http://127.0.0.1:1/orders: "),
        ("wrong", "http://127.0.0.1:99999/orders is no address"),
    ] {
        assert!(result(&run, case)["sentence"].as_str().unwrap().contains(words), "{run}");
    }
    let list = bench.call("list_smoke", json!({ "system": "shop" })).unwrap();
    assert!(!format!("{run}{list}").contains("behind"), "{run}\n{list}");
}

#[test]
fn what_never_ends_hangs_or_floods_costs_its_own_limit_only() {
    let silent = server(|stream| drop(stream.read(&mut [0; 1])));
    let flood = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(&[b'x'; 65_536]).is_ok() {}
    });
    let bench = with(&format!(
        "  endless: {{title: a, category: core, sql: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n', expect: {{is: 1}}, limit: 200 ms}}
  endless-copy: {{title: a, category: core, on: copy, sql: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n', expect: {{is: 1}}, limit: 200 ms}}
  silent: {{title: a, category: core, http: {{url: 'http://127.0.0.1:{silent}/'}}, limit: 300 ms}}
  flood: {{title: a, category: core, http: {{url: 'http://127.0.0.1:{flood}/'}}, expect: {{contains: y}}}}
  script: {{title: a, category: core, command: [sleep, '1000'], limit: 1 s}}
  last: {{title: a, category: core, sql: SELECT 1, expect: {{is: 1}}}}
"
    ));
    let run = run(&bench);
    for (case, outcome, words) in [
        ("endless", "error", "200 ms"),
        ("endless-copy", "error", "had not ended after 200 ms"),
        ("silent", "error", "had not ended after 300 ms"),
        ("flood", "failed", "expected"),
        ("script", "error", "had not ended after"),
        ("last", "passed", "1"),
    ] {
        let result = result(&run, case);
        assert_eq!(result["outcome"], outcome, "{case}: {result}");
        assert!(result["sentence"].as_str().unwrap().contains(words), "{case}: {result}");
    }
    assert!(result(&run, "flood")["detail"].as_str().unwrap().len() <= 64 << 10);
}

#[test]
fn history_shows_since_when_and_evidence_looks_at_the_newest() {
    let bench = with("  orders: {title: a, category: core, sql: SELECT count(*) FROM orders, expect: {is: 50}}\n");
    run(&bench);
    run(&bench);
    std::fs::write(bench.scratch.file("more.sql"), "").unwrap();
    let file = bench.scratch.file("system/main.db");
    bench::ask(&file, "PRAGMA foreign_keys = OFF; DELETE FROM orders WHERE id = 7");
    run(&bench);
    let list = bench.call("list_smoke", json!({ "system": "shop" })).unwrap();
    let case = &list["suites"][0]["cases"][0];
    let outcomes: Vec<&str> = case["history"].as_array().unwrap().iter().map(|mark| mark["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["passed", "passed", "failed"]);
    assert_eq!(case["since"], case["newest"]["at"]);
    assert_eq!(list["runs"].as_array().unwrap().len(), 3);
    assert_eq!(list["runs"][0]["sentence"].as_str().unwrap().split(" in ").next().unwrap(), "0 of 1 passed");
    let full = bench.call("get_smoke_case", json!({ "system": "shop", "suite": "core", "case": "orders" })).unwrap();
    assert_eq!(full["results"].as_array().unwrap().len(), 3);
    assert!(full["results"][0]["sentence"].as_str().unwrap().contains("49"));
    assert!(bench.call("get_smoke_case", json!({ "system": "shop", "suite": "core", "case": "x" })).unwrap_err().is("smoke-missing"));
}

#[test]
fn a_suite_with_findings_is_not_run_and_says_so() {
    let bench = with("  orders: {title: a, category: core, sql: SELECT 1, component: other, expect: {is: 1}}\n");
    let fault = bench.call("run_smoke", json!({ "system": "shop" })).unwrap_err();
    assert!(fault.is("smoke-invalid") && fault.message.contains("there is no database other"), "{fault}");
    let check = bench.call("check_definition", json!({ "folder": bench.scratch.file("system") })).unwrap();
    assert!(check["findings"].to_string().contains("there is no database other"), "{check}");
    std::fs::write(
        bench.scratch.file("system/smoke/more.yml"),
        "title: More\ncases:\n  one: {title: a, category: core, sql: SELECT 1, expect: {is: 1}}\n",
    )
    .unwrap();
    let run = run(&bench);
    assert_eq!((&run["passed"], &run["unreadable"]), (&json!(1), &json!(1)));
    assert_eq!(bench.call("list_smoke", json!({ "system": "shop" })).unwrap()["runs"][0]["unreadable"], 1);
    let one = bench.work("run_smoke", json!({ "system": "shop", "suite": "more" })).unwrap()["report"].clone();
    assert_eq!(one["unreadable"], 0, "the other suite was not meant: {one}");
    assert!(run["sentence"].as_str().unwrap().contains("core was not run: it has 1 finding"), "{run}");
    assert!(bench.call("run_smoke", json!({ "system": "shop", "suite": "none" })).unwrap_err().is("smoke-missing"));
}

#[test]
fn a_cancelled_run_is_kept_and_its_cases_keep_their_history() {
    let bench = with(
        "  slow: {title: a, category: core, command: [sleep, '1000']}\n  orders: {title: a, category: core, sql: SELECT 1, expect: {is: 1}}\n",
    );
    let job = bench.call("run_smoke", json!({ "system": "shop" })).unwrap()["job"].clone();
    bench.call("cancel_job", json!({ "job": job })).unwrap();
    let mut events = bench.engine.events();
    while bench.call("get_job", json!({ "job": job })).unwrap()["finished_at"].is_null() {
        let _ = events.blocking_recv();
    }
    assert_eq!(bench.call("get_job", json!({ "job": job })).unwrap()["state"], "cancelled");
    let list = bench.call("list_smoke", json!({ "system": "shop" })).unwrap();
    assert_eq!(list["runs"][0]["skipped"], 2);
    assert!(list["suites"][0]["cases"][1]["newest"].is_null());
}

#[test]
fn the_agent_runs_them_by_schedule_and_each_case_has_that_in_its_history() {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let clock = Arc::new(FixedClock::default());
    let definition = format!("{YAML}schedules:\n  smoke: {{runs: smoke, cron: '0 4 * * *', zone: UTC}}\n");
    let asking = |rows: u32| format!("  orders: {{title: O, category: core, sql: SELECT count(*) FROM orders, expect: {{is: {rows}}}}}\n");
    let bench = defined(Bench::with_clock(clock.clone()), &definition, &asking(50));
    let mut station = Station::new(&bench.engine, Post::Agent);
    station.beat().unwrap().unwrap();
    // Until the end of the run is recorded, and whoever followed it has let go of it.
    let mut night = || {
        clock.advance(DAY);
        station.beat().unwrap().unwrap();
        let mut is_done = false;
        loop {
            let said = station.beat().unwrap().unwrap();
            let lease = Lease::holder(&bench.engine.home().leases(), "schedule~shop~smoke").unwrap();
            is_done |= said.contains(&"shop: smoke (smoke) is done.".to_owned());
            if is_done && lease.is_none() {
                return bench.call("get_schedules", json!({ "system": "shop" })).unwrap();
            }
            std::thread::yield_now();
        }
    };
    let schedules = night();
    assert!(!schedules["findings"].to_string().contains("smoke"), "{}", schedules["findings"]);
    write(&bench, &asking(51));
    let schedules = night();
    let found = schedules["findings"].to_string();
    assert!(found.contains("The smoke tests of") && found.contains("1 failed: orders"), "what they found is said: {found}");
    let run = &schedules["schedules"][0]["recent"][0];
    assert_eq!((&run["outcome"], &run["due_at"]), (&json!("succeeded"), &json!("2026-11-24T04:00:00Z")));
    assert_eq!(bench.call("get_job", json!({ "job": run["job"] })).unwrap()["face"], "agent");
    let runs = bench.call("list_smoke", json!({ "system": "shop" })).unwrap()["runs"].clone();
    assert_eq!((runs.as_array().unwrap().len(), &runs[0]["job"]), (2, &run["job"]));
    let history = bench.call("get_smoke_case", json!({ "system": "shop", "suite": "core", "case": "orders" })).unwrap();
    let outcomes: Vec<&str> = history["results"].as_array().unwrap().iter().map(|result| result["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["failed", "passed"]);
    // Whoever ran them since has seen what they find.
    write(&bench, &asking(50));
    self::run(&bench);
    assert!(!bench.call("get_schedules", json!({ "system": "shop" })).unwrap()["findings"].to_string().contains("failed: orders"));
}
