//! kill -9 at every point of an apply: afterwards *before* or *after* a batch, the ledger says which, and the way back is there.
//!
//! This binary starts itself again as the process that is killed. Needs the feature `failpoints`; without it there is nothing to kill at.
#![cfg(feature = "failpoints")]
#![allow(clippy::unwrap_used)]

mod bench;
#[path = "bench/migrating.rs"]
mod migrating;

use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use migrating::Migrating;
use quarterdeck_engine::{Engine, Home};
use quarterdeck_model::{Face, SystemClock};
use quarterdeck_testkit::Peer;
use serde_json::{Value, json};

const HOME: &str = "QUARTERDECK_TEST_HOME";
const REQUEST: &str = "QUARTERDECK_TEST_REQUEST";

const BEGIN: (&str, &str) = ("001_a.sql", "CREATE TABLE a(x);\nINSERT INTO a VALUES (1);\nCREATE TABLE heard(n);\n");
const TOGETHER: &[(&str, &str)] =
    &[("002_b.sql", "CREATE TABLE b(x);\nINSERT INTO b VALUES (2);\n"), ("003_c.sql", "CREATE TABLE c(x);\nUPDATE a SET x = 3;\n")];
const ALONE: &[(&str, &str)] = &[
    ("002_b.sql", "CREATE TABLE b(x);\n"),
    ("003_alone.sql", "INSERT INTO b VALUES (2);\nVACUUM;\nINSERT INTO b VALUES (3);\n"),
    ("004_c.sql", "CREATE TABLE c(x);\n"),
];

/// The process that is killed. Not a test of its own.
#[test]
fn victim() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let request: Value = serde_json::from_str(&std::env::var(REQUEST).unwrap()).unwrap();
    let engine = Engine::open(Home::find(Some(Path::new(&home))).unwrap(), Arc::new(SystemClock)).unwrap();
    engine.recover().unwrap();
    let job = engine.call(Face::Cli, "apply_migrations", request, None).unwrap()["job"].clone();
    while engine.call(Face::Cli, "get_job", json!({ "job": job }), None).unwrap()["finished_at"].is_null() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Applies everything in a process that dies at this point. False where it was never reached.
fn killed(shop: &Migrating, at: &str, each: bool) -> bool {
    let plan = shop.plan(&json!({ "each": each }));
    assert_eq!(plan["obstacles"], json!([]), "{at}");
    let request = json!({
        "target": "shop", "folder": shop.folder, "wish": { "kind": "all" }, "each": each, "plan": plan["digest"], "confirm": plan["confirm"]
    });
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim"])
        .env(HOME, shop.bench.engine.home().folder())
        .env(REQUEST, request.to_string())
        .env("QUARTERDECK_FAILPOINT", format!("{at}=kill"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success() || status.signal() == Some(9), "{at}: {status}");
    !status.success()
}

/// What every kill must leave. Returns the ledger as it was found.
fn settled(shop: &mut Migrating, before: &str, finished: &str, at: &str) -> String {
    let found = shop.ledger();
    let sentences = shop.bench.next_process();
    let [sentence] = sentences.as_slice() else { panic!("{at}: {sentences:?}") };
    let job = shop.bench.store("SELECT max(id) FROM jobs");
    let row = shop.bench.call("get_job", json!({ "job": job.parse::<i64>().unwrap() })).unwrap();
    assert_eq!(row["state"], "interrupted", "{at}: {row}");
    assert_eq!(shop.ledger(), found, "{at}: recovery writes nothing into the ledger");
    assert_eq!(shop.left_behind(), (0, "0".to_owned()), "{at}: {sentence}");
    assert_agree(shop, at);
    if found == "001 applied" {
        assert!(sentence.contains("the live database is as it was before"), "{at}: {sentence}");
        assert_eq!(tables(shop), before, "{at}");
        assert!(shop.bench.call("plan_undo", json!({ "job": row["id"] })).is_err());
    } else {
        assert!(
            sentence.contains("were committed") || sentence.contains("was committed") || sentence.contains("had been committed"),
            "{at}: {sentence}"
        );
        let now = tables(shop);
        let undone = shop.bench.undo(&row["id"]).unwrap_or_else(|fault| panic!("{at}: {fault}"));
        assert_eq!(tables(shop), before, "{at}: {sentence}");
        shop.bench.undo(&undone["job"]).unwrap();
        assert_eq!(tables(shop), now, "{at}");
    }
    if !shop.plan(&json!({}))["batches"].as_array().unwrap().is_empty() {
        shop.run(&json!({})).unwrap_or_else(|fault| panic!("{at}: {fault}"));
    }
    assert_eq!(tables(shop), finished, "{at}: a second apply finishes");
    found
}

/// A version stands in the ledger as applied where its table is there, and nowhere else.
fn assert_agree(shop: &Migrating, at: &str) {
    let ledger = shop.ledger();
    let has = |table: &str| shop.bench.sql(&format!("SELECT count(*) FROM sqlite_schema WHERE name = '{table}'")) == "1";
    assert_eq!(has("b"), ledger.contains("002 applied"), "{at}: {ledger}");
    let last = if shop.folder.join("004_c.sql").exists() { "004 applied" } else { "003 applied" };
    assert_eq!(has("c"), ledger.contains(last), "{at}: {ledger}");
}

/// Everything but the ledger and what the writer beside has written.
fn tables(shop: &Migrating) -> String {
    let dump = shop.dump();
    let ours = |line: &&str| !line.contains("quarterdeck_migrations") && !line.contains("sqlite_sequence") && !line.contains("heard");
    // The ledger's own declaration goes over several lines.
    let mut inside = false;
    let mut kept = Vec::new();
    for line in dump.lines() {
        inside |= line.starts_with("CREATE TABLE") && line.contains("quarterdeck_migrations");
        if !inside && ours(&line) {
            kept.push(line);
        }
        inside &= !line.trim_end().ends_with(");");
    }
    kept.join("\n")
}

fn matrix(files: &[(&str, &str)], each: bool, points: &[&str]) {
    let mut seen = std::collections::BTreeSet::new();
    for mode in ["wal", "delete"] {
        for point in points {
            let mut shop = Migrating::new(mode, &[BEGIN]);
            shop.run(&json!({})).unwrap();
            shop.write(files);
            let before = tables(&shop);
            let finished = finished(files);
            assert!(killed(&shop, point, each), "{point} was not reached");
            seen.insert(settled(&mut shop, &before, &finished, &format!("{mode}, {point}, each {each}")));
        }
    }
    assert!(seen.len() >= 2, "{seen:?}");
}

/// What an apply leaves that nobody disturbs.
fn finished(files: &[(&str, &str)]) -> String {
    let shop = Migrating::new("delete", &[BEGIN]);
    shop.write(files);
    shop.run(&json!({})).unwrap();
    tables(&shop)
}

/// Before anything is committed.
const EARLY: [&str; 3] = ["migrate.noted", "migrate.locked", "migrate.safety-copied"];
/// While the way back goes into the repository, and after it.
const LATE: [&str; 4] = ["backup.streaming", "backup.saved", "backup.verified", "migrate.kept"];

#[test]
fn a_batch_is_before_or_after_whenever_it_is_killed() {
    let middle =
        ["migrate.statement#1", "migrate.statement#4", "migrate.item#1", "migrate.item#2", "migrate.before-commit", "migrate.committed"];
    matrix(TOGETHER, false, &[&EARLY[..], &middle, &LATE].concat());
}

#[test]
fn with_a_commit_for_each_every_commit_is_whole_and_the_way_back_leads_before_the_first() {
    let middle =
        ["migrate.statement#4", "migrate.before-commit#1", "migrate.committed#1", "migrate.before-commit#2", "migrate.committed#2"];
    matrix(TOGETHER, true, &[&EARLY[..], &middle, &LATE[2..]].concat());
}

#[test]
fn one_that_runs_alone_is_gone_on_with_where_it_stopped() {
    let middle = [
        "migrate.committed#1",
        "migrate.started",
        "migrate.statement#2",
        "migrate.statement#3",
        "migrate.statement#4",
        "migrate.item#2",
        "migrate.before-commit#2",
        "migrate.committed#2",
        "migrate.before-commit#3",
        "migrate.committed#3",
    ];
    matrix(ALONE, false, &[&middle[..], &LATE[2..]].concat());
}

/// What has happened to a job that was accepted, and waited before it looked again while somebody did `meanwhile`.
fn disturbed(shop: &mut Migrating, meanwhile: impl FnOnce(&Migrating)) -> Value {
    let plan = shop.plan(&json!({}));
    let request =
        json!({ "target": "shop", "folder": shop.folder, "wish": { "kind": "all" }, "plan": plan["digest"], "confirm": plan["confirm"] });
    let gate = shop.bench.scratch.file("gate");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim"])
        .env(HOME, shop.bench.engine.home().folder())
        .env(REQUEST, request.to_string())
        .env("QUARTERDECK_FAILPOINT", format!("migrate.accepted=wait:{}", gate.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !shop.bench.scratch.file("gate.here").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it looked again");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    meanwhile(shop);
    std::fs::write(&gate, "").unwrap();
    assert!(child.wait().unwrap().success());
    let job = shop.bench.store("SELECT max(id) FROM jobs");
    shop.bench.call("get_job", json!({ "job": job.parse::<i64>().unwrap() })).unwrap()
}

#[test]
fn what_changes_between_acceptance_and_lease_is_found_there_and_nothing_is_run() {
    type Meanwhile = (&'static str, fn(&Migrating));
    let disturbances: [Meanwhile; 6] = [
        ("a file of the same size", |shop| shop.write(&[("002_b.sql", "CREATE TABLE b(y);\nINSERT INTO b VALUES (2);\n")])),
        ("one more file", |shop| shop.write(&[("004_d.sql", "CREATE TABLE d(x);\n")])),
        ("one file less", |shop| std::fs::remove_file(shop.folder.join("003_c.sql")).unwrap()),
        ("the schema", |shop| drop(shop.bench.sql("CREATE TABLE hand(made)"))),
        ("the ledger", |shop| drop(shop.bench.sql("DELETE FROM quarterdeck_migrations"))),
        ("the history of another tool", |shop| {
            drop(shop.bench.sql("CREATE TABLE schema_migrations(version TEXT PRIMARY KEY); INSERT INTO schema_migrations VALUES ('001')"));
        }),
    ];
    for (what, meanwhile) in disturbances {
        let mut shop = Migrating::new("wal", &[BEGIN]);
        shop.run(&json!({})).unwrap();
        shop.write(TOGETHER);
        let job = disturbed(&mut shop, meanwhile);
        assert_eq!(job["state"], "failed", "{what}: {job}");
        let code = job["fault"]["code"].as_str().unwrap();
        assert!(matches!(code, "plan-stale" | "history-not-adopted"), "{what}: {job}");
        let made = shop.bench.sql("SELECT count(*) FROM sqlite_schema WHERE name IN ('b', 'c', 'd')");
        assert_eq!(made, "0", "{what}");
    }
    // A file that was only looked at, or written again with the same bytes, is no other plan.
    let mut shop = Migrating::new("wal", &[BEGIN]);
    shop.run(&json!({})).unwrap();
    shop.write(TOGETHER);
    let job = disturbed(&mut shop, |shop| shop.write(TOGETHER));
    assert_eq!(job["state"], "succeeded", "{job}");
}

#[test]
fn a_writer_beside_keeps_every_acknowledged_commit_through_a_kill() {
    for mode in ["wal", "delete"] {
        for point in ["migrate.locked", "migrate.safety-copied", "migrate.before-commit", "migrate.committed"] {
            let mut shop = Migrating::new(mode, &[BEGIN]);
            shop.run(&json!({})).unwrap();
            shop.write(TOGETHER);
            let mut writer = Peer::open(&shop.bench.file);
            let stop = AtomicBool::new(false);
            let acknowledged: u32 = std::thread::scope(|scope| {
                let writing = scope.spawn(|| {
                    let mut acknowledged = 0;
                    for n in 0.. {
                        acknowledged += u32::from(writer.run(&format!("INSERT INTO heard VALUES ({n});")).is_empty());
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                    acknowledged
                });
                assert!(killed(&shop, point, false), "{point} was not reached");
                stop.store(true, Ordering::Relaxed);
                writing.join().unwrap()
            });
            drop(writer);
            shop.bench.next_process();
            assert_agree(&shop, point);
            assert_eq!(
                shop.bench.sql("PRAGMA integrity_check; SELECT count(DISTINCT n) FROM heard"),
                format!("ok\n{acknowledged}"),
                "{mode}, {point}"
            );
        }
    }
}
