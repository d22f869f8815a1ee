//! Asking what was measured, without a window.

use std::{fs, sync::Arc};

use quarterdeck_model::{Clock, Instant, SystemClock};
use quarterdeck_monitor::{
    gathered::Gathered,
    series::{Brought, Policy, Writer},
};
use serde_json::json;

use crate::support::Bench;

/// The last ten minutes, measured every 15 s: a load that counts up, and what the machine says.
fn measured() -> (Bench, Instant) {
    let bench = Bench::new();
    bench.line("systems").done();
    let mut writer = Writer::open(&bench.home().join("series"), Policy::default(), Arc::new(SystemClock)).unwrap();
    let now = SystemClock.now();
    for tick in 0..=40_i32 {
        let mut gathered = Gathered::default();
        gathered.gauge("quarterdeck_collecting", &[], 1.0);
        gathered.gauge("load", &[("system", "shop")], f64::from(tick));
        gathered.gauge("load", &[("system", "desk")], 0.5);
        let brought = Brought { key: "all".to_owned(), readings: gathered.readings };
        writer.append(now.timestamp_millis() - i64::from(40 - tick) * 15_000, &[brought], &[]).unwrap();
    }
    (bench, now)
}

#[test]
fn what_was_measured_is_asked_at_a_moment_and_over_time() {
    let (bench, now) = measured();
    let at = |minutes: i64| (now - chrono::TimeDelta::minutes(minutes)).to_rfc3339();
    assert_eq!(bench.line("query load").done().out, "load{system=\"desk\"}  0.5\nload{system=\"shop\"}  40\n");
    assert_eq!(bench.line("query load --system desk --json").done().json()["lines"].as_array().unwrap().len(), 1);
    assert_eq!(bench.line("query 1+1").done().out, "2\n");
    assert_eq!(bench.run(["query", "load{system=\"shop\"}", "--at", &at(5)]).done().out, "load{system=\"shop\"}  20\n");
    let words = bench.line("query load --from 9m --system shop").done().out;
    assert!(words.starts_with("load{system=\"shop\"}\n  20") && words.lines().count() > 20, "{words}");
    let range = bench.run(["query", "sum(load)", "--from", &at(2), "--until", &at(0), "--step", "1m", "--json"]).done().json();
    assert_eq!((&range["series"][0]["values"], &range["step"]), (&json!([32.5, 36.5, 40.5]), &json!(60_000)));
    let nothing = bench.line("query none").done().out;
    assert!(nothing.starts_with("No series has a value at 20"), "{nothing}");
}

#[test]
fn a_mistake_in_a_query_is_shown_with_its_place() {
    let (bench, _) = measured();
    let told = bench.run(["query", "sum(load"]).code(2).err;
    assert!(told.contains("line 1, column 9") && told.contains("    sum(load\n            ^\n"), "{told}");
    bench.run(["query", "sum(load", "--json"]).code(2).fault("bad-query", "column 9");
    bench.line("query load --at yesterday --json").code(2).fault("bad-moment", "yesterday");
    bench.line("query load --from 1h --at 1h").code(2);
    bench.line("query load --from 1h --step 0s").code(2);
    let warned = bench.run(["query", "rate(load[5m])"]).done();
    assert!(warned.err.starts_with("note: ") && warned.err.contains("column"), "{}", warned.err);
}

#[test]
fn a_chart_is_a_file_in_either_form_and_replaces_nothing_unasked() {
    let (bench, _) = measured();
    let (svg, png) = (bench.file("load.svg"), bench.file("load.png"));
    let draw = |file: &std::path::Path, more: &str| bench.line(&format!("chart load --from 10m --out {}{more}", file.display()));
    draw(&svg, "").done();
    assert!(fs::read_to_string(&svg).unwrap().starts_with("<svg"));
    draw(&svg, " --json").code(3).fault("file-exists", "load.svg");
    let light = fs::read(&svg).unwrap();
    draw(&svg, " --force --dark --width 600 --height 300").done();
    assert_ne!(fs::read(&svg).unwrap(), light);
    assert_eq!(draw(&png, " --json").done().json()["file"], json!(png));
    assert!(fs::read(&png).unwrap().starts_with(b"\x89PNG"));
    draw(&bench.file("load.pdf"), " --json").code(2).fault("bad-chart", "load.pdf");
    draw(&bench.file("small.svg"), " --width 3 --json").code(2).fault("bad-chart", "3");
    bench.line(&format!("chart --dashboard none --system shop --out {} --json", bench.file("x.svg").display())).code(3);
}

#[test]
fn the_newest_values_leave_as_text() {
    let (bench, _) = measured();
    assert!(bench.line("metrics").done().out.starts_with("# TYPE load gauge\nload{system=\"desk\"} 0.5\nload{system=\"shop\"} 40\n"));
    assert_eq!(bench.line("metrics --system desk --json").done().json()["series"], 1);
    let empty = Bench::new();
    let said = empty.line("metrics").done();
    assert!(said.err.contains("Nothing was measured") && said.out.trim().is_empty(), "{said:?}");
}
