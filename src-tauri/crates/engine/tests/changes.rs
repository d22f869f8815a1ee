//! Backups that cost what changed.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use bench::{Bench, ask};
use quarterdeck_model::{Clock, Instant, SystemClock, WirePath};
use quarterdeck_testkit::{FixedClock, shop};
use serde_json::{Value, json};

/// Later than any file was written, so that what was written has settled.
fn later() -> Arc<FixedClock> {
    Arc::new(FixedClock::at("2040-01-01T00:00:00Z"))
}

fn backup(bench: &Bench) -> Value {
    bench.work("backup_system", json!({ "system": "shop" })).unwrap()["report"].clone()
}

fn level(report: &Value) -> (Value, Value) {
    let last = report["snapshot"]["levels"].as_array().unwrap().last().unwrap().clone();
    (last["level"].clone(), last["at"].clone())
}

fn component(report: &Value) -> &Value {
    &report["snapshot"]["manifest"]["components"][0]
}

#[test]
fn a_database_that_nobody_has_committed_to_is_not_opened_and_its_snapshot_is_proved_already() {
    let clock = later();
    let bench = Bench::with_clock(clock.clone());
    // Writers of such a database wait while it is read, so reading shows in the report.
    shop(&bench.file, 2_000, "delete");
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
    let first = backup(&bench);
    assert!(first["stall"].is_u64());

    clock.advance(std::time::Duration::from_secs(3600));
    let second = backup(&bench);
    assert!(second["stall"].is_null(), "{second}");
    assert!(second["sentence"].as_str().unwrap().contains("nothing had changed"), "{second}");
    assert_eq!(level(&second), level(&first));
    assert_eq!(level(&second).0, "data-matches");
    assert_eq!(component(&second)["rows"], component(&first)["rows"]);
    assert_ne!(component(&second)["cut_at"], component(&first)["cut_at"]);
    assert!(second["snapshot"]["added"].as_u64().unwrap() < 32 << 10, "{second}");

    bench.sql("UPDATE orders SET cents = 1 WHERE id = 3");
    let third = backup(&bench);
    assert!(third["stall"].is_u64() && third["sentence"].as_str().unwrap().contains(" pages had changed"), "{third}");
    assert_eq!(component(&third)["deltas"].as_array().unwrap().len(), 1);
    assert_eq!(level(&third).0, "data-matches");
}

#[test]
fn of_two_databases_the_one_that_changed_is_read_and_both_are_of_one_moment() {
    let bench = Bench::with_clock(later());
    let folder = bench.scratch.file("pair");
    std::fs::create_dir(&folder).unwrap();
    let files = ["a", "b"].map(|name| folder.join(format!("{name}.db")));
    for file in &files {
        shop(file, 3_000, "wal");
    }
    let definition = "name: pair\nenvironment: development\nowner: DBA on call\ncomponents:\n  a: { kind: sqlite, path: a.db }\n  b: { kind: sqlite, path: b.db }\n";
    std::fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
    bench.call("add_system", json!({ "path": folder })).unwrap();
    let backup = || bench.work("backup_system", json!({ "system": "pair" })).unwrap()["report"]["snapshot"]["manifest"].clone();
    let first = backup();
    ask(&files[1], "UPDATE orders SET cents = 4 WHERE id = 2000");
    let second = backup();
    let deltas = |manifest: &Value| [0, 1].map(|at| manifest["components"][at]["deltas"].as_array().unwrap().len());
    assert_eq!((deltas(&first), deltas(&second), &second["skew"]), ([0, 0], [0, 1], &json!(0)));
    assert_eq!(second["components"][0]["sha256"], first["components"][0]["sha256"]);
    assert_eq!(second["components"][0]["cut_at"], second["components"][1]["cut_at"]);
    let third = backup();
    assert_eq!((deltas(&third), &third["skew"]), ([0, 1], &json!(0)));
}

/// Tells the time, and commits each time while it is asked to: between any two steps of a backup that look at the clock.
struct Meddling {
    file: PathBuf,
    commits: AtomicU32,
    left: AtomicU32,
    clock: Arc<FixedClock>,
}

impl Clock for Meddling {
    fn now(&self) -> Instant {
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            // Where a rollback-journal database is just being read, nobody can commit.
            let shell = std::process::Command::new("sqlite3").arg(&self.file).arg("INSERT INTO meddled DEFAULT VALUES").output().unwrap();
            self.commits.fetch_add(u32::from(shell.status.success()), Ordering::SeqCst);
        }
        self.clock.now()
    }
}

#[test]
fn no_commit_is_missed_whenever_it_comes() {
    for mode in ["wal", "delete"] {
        let file = quarterdeck_testkit::Scratch::new();
        let path = file.file("shop.db");
        let clock = Arc::new(Meddling { file: path.clone(), commits: AtomicU32::new(0), left: AtomicU32::new(0), clock: later() });
        let bench = Bench::with_clock(clock.clone());
        shop(&path, 500, mode);
        ask(&path, "CREATE TABLE meddled (id INTEGER PRIMARY KEY)");
        bench.call("add_system", json!({ "path": path })).unwrap();
        for meddle in [0, 3, 6, 9, 12, 15, 18, 60] {
            clock.left.store(meddle, Ordering::SeqCst);
            backup(&bench);
            clock.left.store(0, Ordering::SeqCst);
            // Whatever the disturbed backup has seen and noted, the next one holds everything.
            let report = backup(&bench);
            let to = bench.scratch.file(format!("restored-{meddle}.db"));
            let request = json!({ "target": "shop", "snapshot": report["snapshot"]["id"], "destination": { "kind": "new-file", "path": WirePath(to.clone()) } });
            let plan = bench.call("plan_restore", request.clone()).unwrap();
            let mut request = request;
            request["plan"] = plan["digest"].clone();
            bench.work("restore_component", request).unwrap();
            assert_eq!(ask(&to, "SELECT count(*) FROM meddled"), clock.commits.load(Ordering::SeqCst).to_string(), "{mode} {meddle}");
        }
        assert!(clock.commits.load(Ordering::SeqCst) > 20);
    }
}

#[test]
fn notes_that_are_lost_or_hurt_cost_a_read_and_nothing_else() {
    let bench = Bench::with_clock(later());
    shop(&bench.file, 2_000, "wal");
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
    backup(&bench);
    let pages = bench.scratch.file("home/pages");
    let notes = || std::fs::read_dir(&pages).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(notes().len(), 1);
    for hurt in [true, false] {
        let note = notes().remove(0);
        match hurt {
            true => {
                let mut bytes = std::fs::read(&note).unwrap();
                bytes[700] ^= 1;
                std::fs::write(&note, bytes).unwrap();
            }
            false => std::fs::remove_file(&note).unwrap(),
        }
        let report = backup(&bench);
        assert!(report["sentence"].as_str().unwrap().contains("nothing had changed"), "{report}");
        assert_eq!((&report["findings"], notes().len()), (&json!([]), 1));
    }
}

#[test]
fn a_restore_in_place_is_followed_by_a_snapshot_of_what_is_there_then() {
    let bench = Bench::with_clock(later());
    shop(&bench.file, 4_000, "wal");
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
    backup(&bench);
    bench.sql("UPDATE orders SET cents = 9 WHERE id IN (5, 3000)");
    let plan = bench.plan();
    let restored = bench.restore(&plan, "shop").unwrap();
    let listed = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap()["snapshots"].clone();
    let safety = listed.as_array().unwrap().iter().find(|snapshot| snapshot["manifest"]["reason"] == "safety").unwrap();
    assert_eq!(safety["manifest"]["components"][0]["deltas"].as_array().unwrap().len(), 1, "the way back holds what changed");
    let after = backup(&bench);
    bench.undo(&restored["job"]).unwrap();
    assert_eq!(bench.sql("SELECT count(*) FROM orders WHERE cents = 9"), "2");
    let undone = backup(&bench);
    assert_ne!(component(&undone)["sha256"], component(&after)["sha256"]);
    assert_eq!(level(&undone).0, "data-matches");
}

#[test]
fn deltas_are_merged_after_backups_and_a_snapshot_can_be_proved_later() {
    let bench = Bench::with_clock(Arc::new(SystemClock));
    shop(&bench.file, 6_000, "wal");
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
    backup(&bench);
    let mut most = 0;
    for number in 0..12 {
        bench.sql(&format!("UPDATE orders SET cents = {number} WHERE id = 77"));
        let report = backup(&bench);
        assert_eq!(report["findings"], json!([]));
        most = most.max(component(&report)["deltas"].as_array().unwrap().len());
    }
    assert!((8..=9).contains(&most), "{most}");
    let merged = bench.work("merge_deltas", json!({ "system": "shop" })).unwrap();
    assert_eq!(merged["report"]["merged"], 0, "{merged}");
    let proved = bench.work("prove_snapshot", json!({ "system": "shop" })).unwrap();
    assert!(proved["report"]["snapshot"].is_null(), "{proved}");
    let proved = bench.work("prove_snapshot", json!({ "system": "shop", "snapshot": "latest" })).unwrap();
    assert_eq!(level(&proved["report"]).0, "data-matches");
}
