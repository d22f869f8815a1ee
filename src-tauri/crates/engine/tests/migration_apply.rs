//! Migrations on real databases through the one list: what is committed, what a failure leaves, and that undo brings back what was there.
#![allow(clippy::unwrap_used)]

mod bench;
#[path = "bench/migrating.rs"]
mod migrating;

use std::{
    fs::File,
    os::unix::fs::FileExt,
    sync::atomic::{AtomicBool, Ordering},
};

use migrating::Migrating;
use quarterdeck_model::JobId;
use quarterdeck_testkit::Peer;
use serde_json::{Value, json};

const FIRST: (&str, &str) = ("001_notes.sql", "CREATE TABLE notes(n INTEGER PRIMARY KEY);\nINSERT INTO notes VALUES (1), (2);\n");
const SECOND: (&str, &str) = ("002_colour.sql", "ALTER TABLE notes ADD COLUMN colour TEXT;\nUPDATE notes SET colour = 'red';\n");
const BROKEN: (&str, &str) = ("003_broken.sql", "CREATE TABLE half(x);\nINSERT INTO nowhere VALUES (1);\n");

fn all() -> Value {
    json!({})
}

/// `notes` is there, and two migrations wait.
fn with_notes(journal_mode: &str, more: &[(&str, &str)]) -> Migrating {
    let shop = Migrating::new(journal_mode, &[FIRST]);
    shop.run(&all()).unwrap();
    shop.write(more);
    shop
}

#[test]
fn migrations_and_their_ledger_are_committed_together_and_undo_brings_back_the_very_database() {
    for mode in ["wal", "delete"] {
        let shop = Migrating::new(mode, &[FIRST, SECOND]);
        let before = shop.dump();
        let plan = shop.plan(&all());
        assert_eq!(plan["obstacles"], json!([]));
        let done = shop.apply(&plan, &all()).unwrap();
        let report = &done["report"];
        assert_eq!(report["sentence"], "shop.db is at 002: 2 migrations committed.");
        assert_eq!((&report["from"], &report["to"]), (&Value::Null, &json!("002")));
        assert_eq!(shop.ledger(), "001 applied, 002 applied");
        assert_eq!(shop.bench.sql("SELECT n, colour FROM notes; PRAGMA journal_mode"), format!("1|red\n2|red\n{mode}"));
        let tones: Vec<&Value> = report["checks"].as_array().unwrap().iter().map(|check| &check["tone"]).collect();
        assert!(tones.iter().all(|tone| *tone == "ok"), "{report}");
        let phases: Vec<&Value> = report["phases"].as_array().unwrap().iter().map(|phase| &phase["name"]).collect();
        let planned: Vec<&Value> = plan["phases"].as_array().unwrap().iter().map(|phase| &phase["name"]).collect();
        assert_eq!(phases, planned);
        assert_eq!(shop.left_behind(), (0, "0".to_owned()));

        shop.bench.undo(&done["job"]).unwrap();
        assert_eq!(shop.dump(), before, "{mode}");
        let used = shop.bench.call("get_job", json!({ "job": done["job"] })).unwrap();
        assert_eq!(used["report"]["undo"]["used"], true);
        shop.run(&all()).unwrap();
        assert_eq!(shop.ledger(), "001 applied, 002 applied", "it can be applied again");
    }
}

#[test]
fn a_failure_names_the_place_and_leaves_what_was_before_with_nothing_lying_about() {
    for mode in ["wal", "delete"] {
        let shop = with_notes(mode, &[SECOND, BROKEN]);
        let before = shop.dump();
        let fault = shop.run(&all()).unwrap_err();
        assert!(fault.is("migration-failed"), "{fault}");
        assert!(fault.message.contains("003_broken.sql:2:13:"), "{fault}");
        assert_eq!(fault.facts["failure"]["left"], json!(["002", "003"]));
        assert!(!fault.facts.contains_key("undo"));
        assert_eq!(shop.dump(), before, "{mode}");
        assert_eq!(shop.left_behind(), (0, "0".to_owned()));
        let job = newest_job(&shop);
        assert!(shop.bench.call("plan_undo", json!({ "job": job })).unwrap_err().is("nothing-to-undo"));
    }
}

#[test]
fn a_failure_after_a_commit_keeps_the_way_back_to_before_all_of_it() {
    for mode in ["wal", "delete"] {
        let shop = with_notes(mode, &[SECOND, BROKEN]);
        let before = shop.dump();
        let fault = shop.run(&json!({ "each": true })).unwrap_err();
        assert_eq!(fault.facts["committed"], json!(["002"]), "{fault}");
        let job = fault.facts["undo"].clone();
        assert!(fault.hint.contains(&format!("quarterdeck undo {job}")), "{fault}");
        assert_eq!(shop.ledger(), "001 applied, 002 applied");
        shop.bench.undo(&job).unwrap();
        assert_eq!(shop.dump(), before, "{mode}");
    }
}

#[test]
fn one_that_stops_outside_a_transaction_says_how_far_it_came_and_can_be_undone_or_gone_on_with() {
    let alone = ("002_tidy.sql", "CREATE TABLE tidy(x);\nVACUUM;\nINSERT INTO nowhere VALUES (1);\n");
    let shop = with_notes("wal", &[alone]);
    let before = shop.dump();
    let fault = shop.run(&all()).unwrap_err();
    assert!(fault.message.contains("2 of its 3 statements are done"), "{fault}");
    assert_eq!(shop.ledger(), "001 applied, 002 started, 002 failed");
    shop.bench.undo(&fault.facts["undo"]).unwrap();
    assert_eq!(shop.dump(), before);

    shop.run(&all()).unwrap_err();
    shop.write(&[("002_tidy.sql", "CREATE TABLE tidy(x);\nVACUUM;\nINSERT INTO tidy VALUES (1);\n")]);
    shop.run(&all()).unwrap();
    assert_eq!(shop.bench.sql("SELECT x FROM tidy"), "1");
}

#[test]
fn a_plan_is_stale_once_a_file_the_schema_or_the_ledger_has_changed_and_nothing_is_run() {
    let shop = with_notes("wal", &[SECOND]);
    let plan = shop.plan(&all());
    let stale = |moved: &str| {
        let fault = shop.apply(&plan, &all()).unwrap_err();
        assert!(fault.is("plan-stale") && fault.message.contains(moved), "{moved}: {fault}");
    };
    shop.write(&[("002_colour.sql", "DROP TABLE notes;"), ("003_new.sql", "SELECT 1;")]);
    stale("002_colour.sql has changed; 003_new.sql is new.");
    std::fs::remove_file(shop.folder.join("003_new.sql")).unwrap();
    std::fs::remove_file(shop.folder.join("002_colour.sql")).unwrap();
    stale("002_colour.sql is gone");
    shop.write(&[SECOND]);
    shop.bench.sql("CREATE TABLE hand(made)");
    stale("is no longer true: the schema has changed.");
    shop.bench.sql("DROP TABLE hand");
    assert_eq!(shop.ledger(), "001 applied");
    shop.apply(&plan, &all()).unwrap();
    stale("the ledger has changed: the database is at 002");
}

#[test]
fn the_plan_of_an_undo_names_the_tables_in_which_later_writes_would_be_lost() {
    for mode in ["wal", "delete"] {
        let shop = with_notes(mode, &[SECOND]);
        let done = shop.run(&all()).unwrap();
        let changes = || shop.bench.call("plan_undo", json!({ "job": done["job"] })).unwrap()["changes"].clone();
        let ledger = json!({ "table": "quarterdeck_migrations", "live": 2, "snapshot": 1 });
        assert_eq!(changes(), json!([ledger]), "{mode}: only what the migration itself has written");
        shop.bench.sql("INSERT INTO notes VALUES (3, 'blue'); CREATE TABLE later(x); INSERT INTO later VALUES (1), (2)");
        let mut found = changes().as_array().unwrap().clone();
        found.sort_by_key(|change| change["table"].to_string());
        let later = json!({ "table": "later", "live": 2, "snapshot": null });
        assert_eq!(found, [later, json!({ "table": "notes", "live": 3, "snapshot": 2 }), ledger], "{mode}");
    }
}

#[test]
fn production_asks_for_its_name_and_without_it_nothing_is_run() {
    let shop = Migrating::in_environment("production", "wal", &[FIRST]);
    let plan = shop.plan(&all());
    assert_eq!(plan["confirm"], "shop");
    for wrong in [Value::Null, json!(""), json!("Shop"), json!("other")] {
        assert!(shop.apply(&plan, &json!({ "confirm": wrong })).unwrap_err().is("not-confirmed"));
    }
    assert_eq!(shop.ledger(), "");
    shop.apply(&plan, &json!({ "confirm": "shop" })).unwrap();
}

#[test]
fn where_writers_would_wait_long_for_the_safety_image_somebody_has_to_consent() {
    let shop = with_notes("delete", &[SECOND]);
    claim_pages(&shop.bench.file, 300_000);
    let plan = shop.plan(&all());
    assert_eq!(plan["wait_needs_consent"], true, "{plan}");
    let fault = shop.apply(&plan, &all()).unwrap_err();
    assert!(fault.is("stall-not-accepted"), "{fault}");
    assert_eq!(shop.ledger(), "001 applied");
}

/// Makes the file as long as so many pages of 4096 bytes, with holes; the header says so too.
fn claim_pages(path: &std::path::Path, pages: u32) {
    let file = File::options().read(true).write(true).open(path).unwrap();
    file.set_len(u64::from(pages) * 4096).unwrap();
    let mut counter = [0; 4];
    file.read_exact_at(&mut counter, 24).unwrap();
    file.write_all_at(&pages.to_be_bytes(), 28).unwrap();
    file.write_all_at(&counter, 92).unwrap();
}

#[test]
fn a_writer_beside_loses_no_commit_that_was_acknowledged() {
    for mode in ["wal", "delete"] {
        let slow = (
            "002_slow.sql",
            "CREATE TABLE t AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 300000) SELECT i FROM c;",
        );
        let shop = with_notes(mode, &[slow]);
        let mut writer = Peer::open(&shop.bench.file);
        let stop = AtomicBool::new(false);
        let (acknowledged, done) = std::thread::scope(|scope| {
            let writing = scope.spawn(|| {
                let mut acknowledged = 0;
                for n in 100.. {
                    acknowledged += u32::from(writer.run(&format!("INSERT INTO notes VALUES ({n});")).is_empty());
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
                acknowledged
            });
            let done = shop.run(&all());
            stop.store(true, Ordering::Relaxed);
            (writing.join().unwrap(), done.unwrap())
        });
        drop(writer);
        let count = || shop.bench.sql("SELECT count(*) FROM notes WHERE n >= 100").parse::<u32>().unwrap();
        assert!(acknowledged > 0 && count() >= acknowledged, "{mode}: {acknowledged} were acknowledged, {} are there", count());
        let all_of_them = shop.dump();
        let undone = shop.bench.undo(&done["job"]).unwrap();
        assert_eq!(shop.ledger(), "001 applied");
        assert!(count() < acknowledged, "{mode}: some were committed after the migration");
        shop.bench.undo(&undone["job"]).unwrap();
        assert_eq!(shop.dump(), all_of_them, "{mode}: they were in the way back of the undo");
    }
}

#[test]
fn who_holds_the_write_lock_delays_nothing_for_ever_and_a_stop_is_heard_meanwhile() {
    let shop = with_notes("wal", &[SECOND]);
    let before = shop.dump();
    let mut writer = Peer::open(&shop.bench.file);
    writer.run("BEGIN IMMEDIATE; INSERT INTO notes VALUES (50);");
    let plan = shop.plan(&all());
    let request =
        json!({ "target": "shop", "folder": shop.folder, "wish": { "kind": "all" }, "plan": plan["digest"], "confirm": plan["confirm"] });
    let job = shop.bench.call("apply_migrations", request.clone()).unwrap()["job"].clone();
    assert!(shop.bench.call("apply_migrations", request).unwrap_err().is("target-busy"), "the lease is held");
    shop.bench.call("cancel_job", json!({ "job": job })).unwrap();
    assert_eq!(ended(&shop, &job)["state"], "cancelled");
    writer.run("ROLLBACK;");
    assert_eq!(shop.dump(), before);
    assert_eq!(shop.left_behind(), (0, "0".to_owned()));
}

#[test]
fn an_endless_query_can_be_cancelled_and_leaves_what_was_before() {
    let endless = "CREATE TABLE t AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT 1 FROM c) SELECT count(*) FROM c;";
    for mode in ["wal", "delete"] {
        let shop = with_notes(mode, &[SECOND, ("003_endless.sql", endless)]);
        let before = shop.dump();
        let plan = shop.plan(&all());
        let request = json!({ "target": "shop", "folder": shop.folder, "wish": { "kind": "all" }, "plan": plan["digest"], "confirm": plan["confirm"] });
        let job = shop.bench.call("apply_migrations", request).unwrap()["job"].clone();
        let row = || shop.bench.call("get_job", json!({ "job": job })).unwrap();
        let runs = |row: &Value| {
            row["phases"].as_array().unwrap().iter().any(|run| run["name"] == "Run the migrations" && run["started_at"].is_string())
        };
        while !runs(&row()) && row()["finished_at"].is_null() {
            std::thread::yield_now();
        }
        shop.bench.call("cancel_job", json!({ "job": job })).unwrap();
        assert_eq!(ended(&shop, &job)["state"], "cancelled", "{}", row());
        assert_eq!(shop.dump(), before, "{mode}");
        assert_eq!(shop.left_behind(), (0, "0".to_owned()));
    }
}

#[test]
fn the_way_down_runs_the_same_way_and_can_be_undone_too() {
    let goose = |name: &'static str, up: &str, down: &str| (name, format!("-- +goose Up\n{up}\n-- +goose Down\n{down}\n"));
    let (first, second) = (
        goose("00001_a.sql", "CREATE TABLE a(x);", "DROP TABLE a;"),
        goose("00002_b.sql", "CREATE TABLE b(x);\nINSERT INTO b VALUES (1);", "DROP TABLE b;"),
    );
    let shop = Migrating::new("wal", &[(first.0, &first.1), (second.0, &second.1)]);
    shop.run(&all()).unwrap();
    let up = shop.dump();
    let down = json!({ "wish": { "kind": "down" }, "accept_lint": ["QD-L10", "QD-L11"] });
    let plan = shop.plan(&down);
    assert_eq!((&plan["direction"], &plan["obstacles"]), (&json!("down"), &json!([])));
    let done = shop.apply(&plan, &down).unwrap();
    assert_eq!(done["report"]["sentence"], "shop.db is back at 00001: 1 migration taken back.");
    assert_eq!(done["report"]["accepted_lint"], down["accept_lint"]);
    assert_eq!(shop.bench.sql("SELECT group_concat(name) FROM sqlite_schema WHERE name IN ('a', 'b')"), "a");
    assert!(shop.ledger().ends_with("00002 reverted"), "{}", shop.ledger());
    shop.bench.undo(&done["job"]).unwrap();
    assert_eq!(shop.dump(), up);
}

/// The job's row once it has ended.
fn ended(shop: &Migrating, job: &Value) -> Value {
    let mut row = Value::Null;
    while row["finished_at"].is_null() {
        std::thread::yield_now();
        row = shop.bench.call("get_job", json!({ "job": job })).unwrap();
    }
    row
}

fn newest_job(shop: &Migrating) -> JobId {
    JobId(shop.bench.store("SELECT max(id) FROM jobs").parse().unwrap())
}
