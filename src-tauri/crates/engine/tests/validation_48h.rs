//! What a watch of 48 hours says, beside an independent count from what was made up (acceptance of the watch behind a release).
#![allow(clippy::unwrap_used, clippy::cast_precision_loss)]

mod bench;
mod watched;

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
};

use quarterdeck_model::{Class, Event, Face};
use serde_json::{Value, json};

use watched::{
    Watched, instant,
    made::{HOUR, Kind, MINUTE, Made},
    page,
    recount::Recount,
    rows::{self, verdict},
};

/// Figures may differ by so much of themselves: sums of ten thousand floats in another order.
const TOLERANCE: f64 = 1e-9;

fn kinds() -> Vec<(u64, Kind)> {
    let kind = |rhythm, begun, silences: &[(i64, i64)], outages: &[(i64, i64)]| Kind {
        rhythm,
        begun,
        silences: silences.to_vec(),
        outages: outages.to_vec(),
    };
    let (m, h) = (MINUTE, HOUR);
    vec![
        // All is well but for some minutes here and there, a tick that is missing, and one hour.
        (1, kind(m, -h, &[(2 * h, 2 * h + m), (5 * h, 5 * h + 4 * m), (7 * h, 8 * h)], &[(10 * h, 10 * h + 7 * m)])),
        // Nobody measures across the beginning and across the end; the service is away for a fifth of the time.
        (2, kind(2 * m, -2 * h, &[(-30 * m, 90 * m), (47 * h, 48 * h + 40 * m)], &[(12 * h, 22 * h)])),
        // Measuring begins with the watch under way, more often; much is missing.
        (3, kind(30_000, 3 * h, &[(9 * h, 20 * h), (47 * h + 50 * m, 49 * h)], &[(30 * h, 30 * h + m), (33 * h, 34 * h)])),
        // Whole and without trouble.
        (4, kind(2 * m, -h, &[], &[])),
    ]
}

fn millis(value: &Value) -> i64 {
    value.as_str().unwrap().parse::<quarterdeck_model::Instant>().unwrap().timestamp_millis()
}

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() <= TOLERANCE * one.abs().max(other.abs())
}

/// Every row of an answer beside what was counted again; the words of the verdicts.
fn compare(watch: &Value, made: &Made, now: i64) -> Vec<&'static str> {
    let recount = Recount::at(made, now);
    let rows = rows::rows();
    assert_eq!(watch["rows"].as_array().unwrap().len(), rows.len());
    let mut verdicts = Vec::new();
    for (said, row) in watch["rows"].as_array().unwrap().iter().zip(&rows) {
        let counted = (row.count)(&recount, row.wanted.2);
        let about = format!("{} after {} min:\n{said:#}\n{counted:?}", row.name, (now - made.from) / MINUTE);
        assert_eq!((&said["name"], &said["target"]), (&json!(row.name), &json!(row.wanted.1)), "{about}");
        match counted.actual {
            None => assert_eq!((&said["actual"], &said["shown"]), (&Value::Null, &json!("not measured")), "{about}"),
            Some(actual) => assert!(said["actual"].as_f64().is_some_and(|said| same(said, actual)), "{about}"),
        }
        assert!(same(said["measured"].as_f64().unwrap(), counted.measured), "{about}");
        let gaps: Vec<(i64, i64)> =
            said["gaps"].as_array().unwrap().iter().map(|gap| (millis(&gap["from"]), millis(&gap["until"]))).collect();
        assert_eq!(gaps, counted.gaps, "{about}");
        let worst = (!said["worst"].is_null()).then(|| millis(&said["worst"]));
        assert_eq!(worst, counted.worst, "{about}");
        let verdict = verdict(row, &counted);
        assert_eq!(said["verdict"], verdict, "{about}");
        verdicts.push(verdict);
    }
    let overall = ["fails", "unknown"].into_iter().find(|word| verdicts.contains(word)).unwrap_or("holds");
    assert_eq!(watch["verdict"], overall);
    assert_eq!(watch["alerts"], recount.alerts(false).actual.unwrap());
    let held = verdicts.iter().filter(|word| **word == "holds").count();
    assert!(watch["sentence"].as_str().unwrap().contains(&format!(": {held} of {} targets kept", rows.len())), "{}", watch["sentence"]);
    verdicts
}

/// The tables of the report beside what was counted again.
fn compare_page(html: &str, watch: &Value, made: &Made, now: i64) {
    let recount = Recount::at(made, now);
    let (targets, how) =
        (page::table(html, "Targets beside what was measured"), page::table(html, "How each was measured, and when it was worst"));
    let gaps = page::table(html, "Where nothing was measured");
    assert_eq!((targets.len(), how.len()), (rows::rows().len(), rows::rows().len()));
    for (at, row) in rows::rows().iter().enumerate() {
        let counted = (row.count)(&recount, row.wanted.2);
        let word = match verdict(row, &counted) {
            "holds" => "Kept",
            "fails" => "Missed",
            _ => "Not known",
        };
        let target = &targets[at];
        assert_eq!(target[..2], [row.name, row.wanted.1], "{target:?}");
        assert_eq!(target[2], watch["rows"][at]["shown"].as_str().unwrap());
        shown_is(&target[2], counted.actual);
        assert_eq!(target[3], word, "{target:?}");
        let covered: f64 = target[4].trim_end_matches('%').trim().parse().unwrap();
        assert!(covered / 100.0 <= counted.measured + 1e-9 && counted.measured - covered / 100.0 < 0.001, "{target:?}: {counted:?}");
        let worst = counted.worst.map_or_else(String::new, |at| instant(at).format("%-d %b, %H:%M UTC").to_string());
        assert_eq!(how[at][3], worst);
        let listed: Vec<_> = gaps.iter().filter(|gap| gap[0] == row.name).map(|gap| (gap[1].clone(), gap[2].clone())).collect();
        let text = |at: i64| instant(at).format("%-d %b %Y, %H:%M UTC").to_string();
        if counted.gaps.len() <= 20 {
            assert_eq!(listed, counted.gaps.iter().map(|(from, until)| (text(*from), text(*until))).collect::<Vec<_>>());
        } else {
            let others = counted.gaps.len() - 20;
            assert_eq!((listed.len(), &listed[20].0), (21, &format!("and {others} shorter gap{}", if others == 1 { "" } else { "s" })));
        }
    }
}

/// Three figures are shown: what they say is the figure but for one in two hundred.
fn shown_is(shown: &str, actual: Option<f64>) {
    let Some(actual) = actual else { return assert_eq!(shown, "not measured") };
    let (number, unit) = shown.split_once(' ').unwrap_or((shown, ""));
    let number: f64 = number.replace(',', "").parse().unwrap();
    let number = if unit == "%" { number / 100.0 } else { number };
    assert!((number - actual).abs() <= 0.006 * actual.abs(), "{shown} for {actual}");
}

#[test]
fn two_days_equal_an_independent_count_whenever_they_are_asked_for() {
    let mut seen = std::collections::BTreeSet::new();
    for (seed, kind) in kinds() {
        let mut watched = Watched::new(&rows::file());
        // Ticks are on a grid; minutes of a watch are not.
        let from = watched.now() + if seed == 4 { 0 } else { 17_250 };
        let made = Made::new(seed, from, &kind);
        watched.measure(&made, from);
        watched.record(&made);
        let id = watched.start();
        assert_eq!(watched.watch(&id)["verdict"], "unknown", "nothing was watched yet");
        for moment in [from + 30_000, from + HOUR, from + 24 * HOUR, made.until] {
            watched.measure(&made, moment);
            if moment == from + 24 * HOUR {
                watched.restart();
            }
            let watch = watched.watch(&id);
            seen.extend(rows::rows().iter().map(|row| row.name).zip(compare(&watch, &made, moment)));
            compare_page(&watched.page(&id), &watch, &made, moment);
        }
        // What is measured afterwards is no part of it; then its figures are kept, and stay though everything else goes.
        watched.measure(&made, made.until + 2 * HOUR);
        let over = watched.watch(&id);
        compare(&over, &made, watched.now());
        assert_eq!(over["state"], "ended");
        watched.collect();
        let kept = watched.watch(&id);
        assert_eq!(kept["state"], "ended");
        compare(&kept, &made, watched.now());
        watched.go_to(made.until + 20 * 24 * HOUR);
        watched.forget();
        watched.restart();
        assert_eq!(watched.watch(&id), kept);
        compare(&watched.watch(&id), &made, watched.now());
        compare_page(&watched.page(&id), &kept, &made, made.until);
    }
    // The seeds tell kept from missed and from not known.
    for word in ["holds", "fails", "unknown"] {
        assert!(seen.iter().filter(|(_, verdict)| *verdict == word).count() > 5, "{seen:?}");
    }
}

#[test]
fn what_nobody_kept_in_time_is_not_known_and_never_green() {
    let mut watched = Watched::new(&rows::file());
    let made = Made::new(4, watched.now(), &kinds()[3].1);
    watched.measure(&made, made.from);
    watched.record(&made);
    let id = watched.start();
    watched.measure(&made, made.until);
    watched.go_to(made.until + 20 * 24 * HOUR);
    watched.forget();
    let watch = watched.watch(&id);
    for row in watch["rows"].as_array().unwrap().iter().filter(|row| !row["query"].is_null()) {
        assert_eq!((&row["verdict"], &row["measured"]), (&json!("unknown"), &json!(0.0)), "{row:#}");
        assert_eq!(row["gaps"].as_array().unwrap().len(), 1, "{row:#}");
    }
}

#[test]
fn where_nobody_ever_measured_nothing_is_known() {
    let watched = Watched::new(
        "rows: [{name: Alerts, record: alerts, expect: {is: 0}}, {name: Zero, promql: vector(0), over: most, expect: {is: 0}}]",
    );
    let id = watched.start();
    watched.go_to(watched.now() + 10 * HOUR);
    let watch = watched.watch(&id);
    assert_eq!(watch["verdict"], "unknown");
    for row in watch["rows"].as_array().unwrap() {
        assert_eq!((&row["verdict"], &row["measured"]), (&json!("unknown"), &json!(0.0)), "{row:#}");
        assert_eq!(row["gaps"][0]["until"], watch["as_of"], "{row:#}");
    }
}

#[test]
fn a_watch_that_is_stopped_keeps_what_it_came_to_by_the_file_as_it_was() {
    let mut watched = Watched::new(&rows::file());
    let made = Made::new(2, watched.now(), &kinds()[1].1);
    watched.measure(&made, made.from);
    watched.record(&made);
    let id = watched.start();
    let again = watched.bench.call("start_validation", json!({ "system": "shop" })).unwrap_err();
    assert!(again.is("validation-running"), "one at a time: {again}");
    let stopped = made.from + 11 * HOUR + 30_000;
    watched.measure(&made, stopped);
    watched.file("title: Another\nrows: [{name: Only, record: alerts, expect: {is: 0}}]");
    compare(&watched.watch(&id), &made, stopped);
    let kept = watched.bench.call("stop_validation", json!({ "id": id })).unwrap();
    assert_eq!((&kept["state"], &kept["title"]), (&json!("stopped"), &json!("Two days")));
    assert!(kept["sentence"].as_str().unwrap().starts_with("11 of 48 h watched"), "{}", kept["sentence"]);
    compare(&kept, &made, stopped);
    let kept = watched.watch(&id);
    compare(&kept, &made, stopped);
    watched.measure(&made, made.until);
    assert_eq!(watched.watch(&id), kept);
    assert!(watched.bench.call("stop_validation", json!({ "id": id })).unwrap_err().is("validation-over"));
    let next = watched.start();
    assert_eq!((&watched.watch(&next)["title"], watched.watch(&next)["rows"].as_array().unwrap().len()), (&json!("Another"), 1));
    // Begun two hours ago and long over: the past counts as it does for one that was begun then.
    watched.bench.call("stop_validation", json!({ "id": next })).unwrap();
    watched.file(&rows::file());
    let from = instant(made.from).to_rfc3339();
    let past = watched.bench.call("start_validation", json!({ "system": "shop", "from": from, "length": 48 * HOUR })).unwrap();
    compare(&past, &made, made.until);
}

#[test]
fn a_clock_that_goes_back_makes_nothing_green() {
    let mut watched = Watched::new(&rows::file());
    let made = Made::new(4, watched.now(), &kinds()[3].1);
    watched.measure(&made, made.from);
    watched.record(&made);
    let id = watched.start();
    watched.measure(&made, made.from + 5 * HOUR);
    watched.go_to(made.from + 3 * HOUR);
    compare(&watched.watch(&id), &made, made.from + 3 * HOUR);
    watched.go_to(made.from - 3 * HOUR);
    let watch = watched.watch(&id);
    for row in watch["rows"].as_array().unwrap() {
        assert_eq!((&row["verdict"], &row["measured"]), (&json!("unknown"), &json!(0.0)), "{row:#}");
    }
    assert!(watch["sentence"].as_str().unwrap().starts_with("0 min of 48 h watched"), "{}", watch["sentence"]);
    let kept = watched.bench.call("stop_validation", json!({ "id": id })).unwrap();
    assert_eq!((&kept["verdict"], &kept["state"]), (&json!("unknown"), &json!("stopped")));
}

#[test]
fn a_query_that_its_series_do_not_fit_is_about_its_own_row_only() {
    let text = "rows:\n  - {name: Broken, promql: load * on() load, over: most, expect: {below: 9}}\n  - {name: Load, promql: load, over: most, expect: {below: 9}}\n";
    let mut watched = Watched::new(text);
    let made = Made::new(4, watched.now(), &kinds()[3].1);
    watched.measure(&made, made.from);
    let id = watched.start();
    watched.measure(&made, made.from + HOUR);
    let list = watched.bench.call("list_validations", json!({})).unwrap();
    let rows = &list["validations"][0]["rows"];
    assert_eq!(
        (&rows[0]["verdict"], &rows[0]["measured"], &rows[1]["verdict"]),
        (&json!("unknown"), &json!(0.0), &json!("holds")),
        "{rows:#}"
    );
    assert!(rows[0]["sentence"].as_str().unwrap().starts_with("The query cannot be evaluated"), "{}", rows[0]);
    watched.measure(&made, made.until + 2 * MINUTE);
    watched.collect();
    assert_eq!(watched.watch(&id)["rows"][0]["verdict"], "unknown");
    let refused = "rows: [{name: A, promql: 'increase(load[$window])', over: most, expect: {min: 1}}]";
    watched.file(refused);
    assert!(watched.bench.call("start_validation", json!({ "system": "shop" })).unwrap_err().message.contains("$window"));
}

#[test]
fn results_of_smoke_tests_are_kept_while_a_watch_rests_on_them() {
    let watched = Watched::new("rows: [{name: Smoke, record: smoke, expect: {is: 100 %}}]");
    fs::create_dir_all(watched.bench.scratch.file("shop/smoke")).unwrap();
    let suite = "title: Core\ncases:\n  orders: {title: Orders, category: core, sql: 'SELECT count(*) FROM orders', component: main, expect: {is: 1}}\n";
    fs::write(watched.bench.scratch.file("shop/smoke/core.yml"), suite).unwrap();
    let start = watched.now();
    let run = |rows: &str| {
        bench::ask(&watched.bench.file, rows);
        watched.go_to(watched.now() + 10 * MINUTE);
        let _ = watched.bench.work("run_smoke", json!({ "system": "shop" }));
    };
    let id = watched.start();
    run("INSERT INTO orders VALUES (2)");
    run("DELETE FROM orders WHERE id = 2");
    // More results than are kept of a case for its history.
    let made: String = (0..210)
        .map(|n| {
            let at = instant(watched.now() + n * 60_000).to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            format!("INSERT INTO smoke_results (run, system, suite, case_id, at, outcome, body, asked) VALUES ('r', 'shop', 'core', 'orders', '{at}', 'passed', '{{}}', 1);")
        })
        .collect();
    bench::ask(&watched.bench.scratch.file("home/quarterdeck.db"), &made);
    watched.go_to(watched.now() + 210 * MINUTE);
    run("SELECT 1");
    let row = watched.watch(&id)["rows"][0].clone();
    assert_eq!((&row["verdict"], &row["sentence"]), (&json!("fails"), &json!("99.5 %, 100 % expected of 213")), "{row:#}");
    // Without a watch the oldest go, and one that is begun later sees that they did.
    watched.bench.call("stop_validation", json!({ "id": id })).unwrap();
    run("SELECT 1");
    let from = instant(start).to_rfc3339();
    let later = watched.bench.call("start_validation", json!({ "system": "shop", "from": from })).unwrap();
    let row = &later["rows"][0];
    assert_eq!((&row["actual"], row["gaps"].as_array().unwrap().len()), (&json!(1.0), 1), "{row:#}");
    assert!(row["measured"].as_f64().unwrap() < 0.95, "{row:#}");
}

#[test]
fn a_long_report_says_how_far_it_is_and_can_be_cancelled() {
    let mut watched = Watched::new(&rows::file());
    let made = Made::new(4, watched.now(), &kinds()[3].1);
    watched.measure(&made, made.from);
    let id = watched.start();
    watched.measure(&made, made.from + 2 * HOUR);
    let mut events = watched.bench.engine.events();
    let ask = || watched.bench.engine.call(Face::Cli, "get_validation", json!({ "id": id }), Some(7));
    ask().unwrap();
    let mut progress = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Query { ticket: 7, progress: now } = event {
            progress.push((now.done.0, now.total.unwrap().0));
        }
    }
    let all = rows::rows().len() as u64;
    assert!(progress.first() == Some(&(0, all)) && progress.windows(2).all(|pair| pair[0].0 < pair[1].0), "{progress:?}");
    // Somebody who asks for a stop all the time is heard, whenever the query begins.
    let asking = AtomicBool::new(true);
    let stopped = std::thread::scope(|scope| {
        scope.spawn(|| {
            while asking.load(Ordering::Relaxed) {
                watched.bench.call("cancel_query", json!({ "ticket": 7 })).unwrap();
            }
        });
        let stopped = (0..1_000).find_map(|_| ask().err());
        asking.store(false, Ordering::Relaxed);
        stopped
    });
    assert_eq!(stopped.unwrap().class, Class::Cancelled);
}
