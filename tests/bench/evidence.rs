//! The evidence of a large checklist, gathered as the job does it: 500 pieces of all cheap kinds, over a real database, real series and a real store (docs/performance.md).
//!
//! A part of `make bench`; `make bench ONLY=evidence` runs nothing else. Beside it, those pieces that a shell script can look at too are gathered by themselves, and looked
//! at by such a script. Nothing here fails because it was slow; it does fail where an answer is wrong.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people, and what cannot be set up ends it")]

use std::{
    fmt::Write as _,
    fs,
    ops::Range,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use quarterdeck_engine::{Engine, Home};
use quarterdeck_model::{Clock, Event, Face, clock::SystemClock};
use quarterdeck_monitor::{
    gathered::Gathered,
    series::{Brought, Policy, Writer},
};
use quarterdeck_testkit::{Scratch, shop};
use serde_json::{Value, json};

/// Series, and ticks of 15 s before now.
const SERIES: u32 = 500;
const TICKS: i64 = 360;

/// So many times everything is gathered once it is warm.
const ROUNDS: usize = 7;

/// The pieces by their numbers: all of them, statements, files.
const ALL: Range<u32> = 0..500;
const STATEMENTS: Range<u32> = 200..350;
const FILES: Range<u32> = 350..450;

/// A script that starts as few programs as can be, and one that looks at one thing after the other, as people write them. Both in the folder of the
/// definition, with the statements line by line in `$1`; neither ends with 0 where something does not hold.
const FEW: &str = r#"
test "$(sqlite3 -readonly shop.db < "$1" | grep -c '^[0-9]')" = 150
test -z "$(grep -L snapshot runbooks/page-*.md)"
test -z "$(grep -Lx '## Rollback' runbooks/page-*.md)"
"#;
const EACH: &str = r#"
while read -r statement; do test "$(sqlite3 -readonly shop.db "$statement")" -ge 0; done < "$1"
for page in runbooks/page-*.md; do grep -q snapshot "$page"; grep -qx '## Rollback' "$page"; done
"#;

/// Points that look at a few files and rows each.
const POINTS: [&str; 5] = ["files-private", "recovery-kit", "runbook-links", "files-owned", "audit-intact"];

fn main() {
    let only = std::env::var("ONLY").unwrap_or_default();
    if only.is_empty() || only.split_whitespace().any(|word| word == "evidence") {
        println!("\nevidence");
        run();
    }
}

fn run() {
    let scratch = Scratch::new();
    let engine = Engine::open(Home::find(Some(&scratch.file("home"))).unwrap(), Arc::new(SystemClock)).unwrap();
    let folder = scratch.file("shop");
    fs::create_dir_all(folder.join("checklists")).unwrap();
    fs::create_dir_all(folder.join("runbooks")).unwrap();
    shop(&folder.join("shop.db"), 20_000, "wal");
    fs::set_permissions(folder.join("shop.db"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(folder.join("quarterdeck.yaml"), "name: shop\nenvironment: production\ncomponents:\n  main: {kind: sqlite, path: shop.db}\n")
        .unwrap();
    fs::write(folder.join("checklists/release.yml"), checklist(&folder, ALL)).unwrap();
    fs::write(folder.join("checklists/plain.yml"), checklist(&folder, STATEMENTS.start..FILES.end)).unwrap();
    let call = |name: &str, request: Value| engine.call(Face::Cli, name, request, None).unwrap();
    call("add_system", json!({ "path": folder }));
    call("create_recovery_kit", json!({ "system": "shop", "file": scratch.file("kit.txt") }));
    series(&engine.home().series());
    let open =
        |checklist: &str| call("open_checklist", json!({ "system": "shop", "checklist": checklist, "release": "1.0" }))["id"].clone();
    let (copy, plain) = (open("release"), open("plain"));
    let cold = gather(&engine, &copy, ALL.len());
    let mut warm: Vec<Duration> = (0..ROUNDS).map(|_| gather(&engine, &copy, ALL.len())).collect();
    warm.sort();
    println!(
        "  500 pieces: 200 PromQL (40 of them over an hour), 150 SQL, 100 files, 25 operations, 25 points; written and audited; in milliseconds"
    );
    println!("  {:<52} {:>9.0}", "the first time", ms(cold));
    println!("  {:<52} {:>9.0}", format!("warm, median of {ROUNDS}"), ms(warm[ROUNDS / 2]));
    println!("  {:<52} {:>9.0}", "warm, longest", ms(warm[ROUNDS - 1]));
    beside_a_script(&engine, &plain, &folder, &scratch.file("statements.sql"));
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}

/// The statements and the files alone, the job and the scripts by turns.
fn beside_a_script(engine: &Arc<Engine>, copy: &Value, folder: &Path, statements: &Path) {
    if Command::new("sqlite3").arg("-version").output().is_err() {
        println!("  skipped: there is no sqlite3");
        return;
    }
    fs::write(statements, STATEMENTS.map(|number| format!("{};\n", statement(number))).collect::<String>()).unwrap();
    let count = STATEMENTS.len() + FILES.len();
    let [mut job, mut few, mut each] = [const { Vec::new() }; 3];
    for round in 0..=ROUNDS {
        let took = [gather(engine, copy, count), script(FEW, folder, statements), script(EACH, folder, statements)];
        // The first round warms all of them.
        if round > 0 {
            [&mut job, &mut few, &mut each].into_iter().zip(took).for_each(|(all, took)| all.push(took));
        }
    }
    let [job, few, each] = [job, few, each].map(|mut all| {
        all.sort();
        all[ROUNDS / 2]
    });
    println!("  {count} of them alone, {} SQL and {} files, beside a shell script; medians of {ROUNDS}", STATEMENTS.len(), FILES.len());
    println!("  {:<52} {:>9.0}", "the job, written and audited", ms(job));
    for (what, took) in [("one sqlite3 for all, one grep for each condition", few), ("a sqlite3 or a grep for each condition", each)] {
        println!("  {what:<52} {:>9.0}   {:.2} ×", ms(took), job.as_secs_f64() / took.as_secs_f64());
    }
}

/// How long a script takes to say that everything holds, its programs' start included.
fn script(text: &str, folder: &Path, statements: &Path) -> Duration {
    let begun = Instant::now();
    let status = Command::new("sh").args(["-euc", text, "sh"]).arg(statements).current_dir(folder).status().unwrap();
    assert!(status.success(), "{text}");
    begun.elapsed()
}

/// From the call to the end of the job, which measures so many pieces.
fn gather(engine: &Arc<Engine>, copy: &Value, pieces: usize) -> Duration {
    let mut events = engine.events();
    let begun = Instant::now();
    let job = engine.call(Face::Cli, "gather_evidence", json!({ "copy": copy }), None).unwrap()["job"].clone();
    loop {
        let row = engine.call(Face::Cli, "get_job", json!({ "job": job }), None).unwrap();
        if row["finished_at"].is_string() {
            let took = begun.elapsed();
            assert_eq!(row["report"]["measured"], pieces, "{row}");
            assert_eq!(row["report"]["holds"], pieces, "{}", first_that_does_not_hold(engine, copy));
            return took;
        }
        while !matches!(events.blocking_recv(), Ok(Event::Job { .. }) | Err(_)) {}
    }
}

fn first_that_does_not_hold(engine: &Arc<Engine>, copy: &Value) -> String {
    let found = engine.call(Face::Cli, "get_readiness", json!({ "copy": copy }), None).unwrap();
    let items = found["phases"].as_array().unwrap().iter().flat_map(|phase| phase["items"].as_array().unwrap());
    let bad = items.filter(|item| item["state"] != "holds").map(|item| format!("{}: {}", item["title"], item["sentence"]));
    bad.take(5).collect::<Vec<_>>().join("\n")
}

fn statement(number: u32) -> String {
    format!("SELECT cents FROM orders WHERE id = {}", number * 17)
}

fn checklist(folder: &Path, pieces: Range<u32>) -> String {
    let mut text = "title: Release\nphases:\n  before:\n    title: Before\n    items:\n".to_owned();
    for number in pieces {
        let evidence = match number {
            0..40 => format!("{{promql: 'max_over_time(load{{number=\"{number}\"}}[5m])', over: 1 h, expect: {{max: 1000}}}}"),
            40..200 => format!("{{promql: 'rate(work_total{{number=\"{number}\"}}[5m])', expect: {{min: 0}}}}"),
            200..350 => format!("{{sql: {}, expect: {{min: 0}}}}", statement(number)),
            350..450 => {
                let page = format!("# Page {number}\n\n## Rollback\n\nRestore the newest snapshot.\n").repeat(20);
                fs::write(folder.join(format!("runbooks/page-{number}.md")), page).unwrap();
                format!("{{file: runbooks/page-{number}.md, headings: [Rollback], expect: {{contains: snapshot}}}}")
            }
            450..475 => "{operation: get_session, at: /who, expect: {exists: true}}".to_owned(),
            _ => format!("{{point: {}}}", POINTS[number as usize % POINTS.len()]),
        };
        let _ = writeln!(text, "      item-{number}: {{title: Item {number}, evidence: {evidence}}}");
    }
    text
}

/// An hour and a half of a gauge and a counter for each number.
fn series(folder: &Path) {
    let mut writer = Writer::open(folder, Policy::default(), Arc::new(SystemClock)).unwrap();
    let now = SystemClock.now().timestamp_millis();
    for back in (0..TICKS).rev() {
        let mut tick = Gathered::default();
        tick.gauge("quarterdeck_collecting", &[], 1.0);
        for number in 0..SERIES {
            let labels = [("system", "shop"), ("number", &number.to_string())];
            tick.gauge("load", &labels, f64::from(number % 7));
            #[allow(clippy::cast_precision_loss)] // small
            tick.counter("work_total", &labels, (TICKS - back) as f64 * f64::from(number % 5));
        }
        writer.append(now - back * 15_000, &[Brought { key: "all".to_owned(), readings: tick.readings }], &[]).unwrap();
    }
}
