//! Putting a snapshot back, and taking that back.

use std::fs;

use quarterdeck_testkit::Peer;
use serde_json::json;

use crate::support::{Bench, PATIENCE, bench::ask, until};

#[test]
fn deleted_rows_come_back_and_undo_brings_the_deletion_back() {
    for journal_mode in ["wal", "delete"] {
        let (bench, path) = Bench::with_shop_in(2000, journal_mode);
        bench.line("backup shop").done();
        assert_eq!(ask(&path, "DELETE FROM orders WHERE id <= 700; SELECT count(*) FROM orders;"), "1300");
        let report = bench.line("restore shop latest --in-place --confirm shop --json").done().json();
        assert_eq!(
            ask(&path, "PRAGMA integrity_check; SELECT count(*) FROM orders; PRAGMA journal_mode;"),
            format!("ok\n2000\n{journal_mode}")
        );
        assert!(
            report["pages_written"].as_u64().unwrap() < report["pages"].as_u64().unwrap(),
            "only pages that differ are written: {report}"
        );
        let job = report["undo"]["job"].as_i64().unwrap();
        let plan = bench.line(&format!("undo {job} --plan --json")).done().json();
        assert_eq!(plan["obstacles"], json!([]), "{plan}");
        bench.line(&format!("undo {job} --confirm shop")).done();
        assert_eq!(ask(&path, "PRAGMA integrity_check; SELECT count(*) FROM orders;"), "ok\n1300");
    }
}

#[test]
fn a_process_that_has_the_file_open_goes_on_in_the_restored_content() {
    let (bench, path) = Bench::with_shop(2000);
    bench.line("backup shop").done();
    let mut peer = Peer::open(&path);
    peer.run("DELETE FROM orders; CREATE TABLE later(x); INSERT INTO later VALUES(1);");
    let report = bench.line("restore shop latest --in-place --confirm shop --json").done().json();
    assert_eq!(peer.run("SELECT count(*) FROM orders; SELECT count(*) FROM sqlite_schema WHERE name = 'later';"), "2000\n0");
    assert_eq!(peer.run("INSERT INTO customers(name, email) VALUES('After', 'after@example.com'); PRAGMA integrity_check;"), "ok");
    let job = report["undo"]["job"].as_i64().unwrap();
    let plan = bench.line(&format!("undo {job} --plan --json")).done().json();
    assert!(plan["holders"].as_array().unwrap().iter().any(|holder| holder["pid"] == peer.pid()), "it says who has the file open: {plan}");
    bench.line(&format!("undo {job} --confirm shop")).done();
    assert_eq!(peer.run("SELECT count(*) FROM orders; SELECT x FROM later; PRAGMA integrity_check;"), "0\n1\nok");
    peer.quit();
}

#[test]
fn a_restore_to_a_new_file_replaces_nothing() {
    let (bench, path) = Bench::with_shop(500);
    bench.line("backup shop").done();
    ask(&path, "DELETE FROM orders;");
    let to = bench.file("restored.db");
    let report = bench.line(&format!("restore shop latest --to {} --json", to.display())).done().json();
    assert_eq!(report["undo"], json!(null));
    assert_eq!(ask(&to, "PRAGMA integrity_check; SELECT count(*) FROM orders;"), "ok\n500");
    assert_eq!(ask(&path, "SELECT count(*) FROM orders;"), "0", "the live file is as it was");
    let again = bench.line(&format!("restore shop latest --to {} --json", to.display()));
    again.code(3).fault("restore-not-possible", "restored.db");
}

#[test]
fn a_plan_says_what_would_happen_and_does_nothing() {
    let (bench, path) = Bench::with_shop(300);
    bench.line("backup shop").done();
    ask(&path, "DELETE FROM orders WHERE id > 100;");
    let plan = bench.line("restore shop latest --in-place --plan --json").done().json();
    let orders = plan["changes"].as_array().unwrap().iter().find(|change| change["table"] == "orders").unwrap();
    assert!(orders.to_string().contains("300") && orders.to_string().contains("100"), "{orders}");
    let words = bench.line("restore shop latest --in-place --plan").done().out;
    for step in plan["steps"].as_array().unwrap() {
        assert!(words.contains(step.as_str().unwrap()), "{step} is not in\n{words}");
    }
    assert_eq!(ask(&path, "SELECT count(*) FROM orders;"), "100");
}

#[test]
fn a_protected_environment_wants_the_name() {
    let bench = Bench::new();
    let path = bench.file("shop.db");
    quarterdeck_testkit::shop(&path, 50, "wal");
    bench.line(&format!("add {} --environment production", path.display())).done();
    bench.line("backup shop").done();
    ask(&path, "DELETE FROM orders;");
    bench.line("restore shop latest --in-place --confirm ship --json").code(3).fault("not-confirmed", "shop");
    assert_eq!(ask(&path, "SELECT count(*) FROM orders;"), "0");
    bench.line("restore shop latest --in-place --confirm shop").done();
    assert_eq!(ask(&path, "SELECT count(*) FROM orders;"), "50");
}

#[test]
fn an_older_snapshot_can_be_named_by_its_first_figures() {
    let (bench, path) = Bench::with_shop(40);
    let first = bench.line("backup shop --json").done().json()["snapshot"]["id"].as_str().unwrap()[..8].to_owned();
    ask(&path, "DELETE FROM orders WHERE id > 30;");
    bench.line("backup shop").done();
    let to = bench.file("first.db");
    bench.line(&format!("restore shop {first} --to {}", to.display())).done();
    assert_eq!(ask(&to, "SELECT count(*) FROM orders;"), "40");
    bench
        .line(&format!("restore shop ffffffff --to {} --json", bench.file("x.db").display()))
        .code(3)
        .fault("snapshot-missing", "ffffffff");
}

#[test]
fn of_two_restores_of_one_target_at_once_the_second_learns_who_has_it() {
    let (bench, path) = Bench::with_shop(1000);
    bench.line("backup shop").done();
    ask(&path, "DELETE FROM orders;");
    let gate = bench.file("go");
    let mut first = bench.command("restore shop latest --in-place --confirm shop".split(' '));
    first.env("QUARTERDECK_FAILPOINT", format!("restore.fetched=wait:{}", gate.display()));
    let mut first = crate::support::Owned(first.stdout(std::process::Stdio::null()).spawn().unwrap());
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("the first restore is under way");
    bench.line("restore shop latest --in-place --confirm shop --json").code(3).fault("target-busy", "estore");
    fs::write(&gate, "").unwrap();
    assert!(first.0.wait().unwrap().success());
    assert_eq!(ask(&path, "SELECT count(*) FROM orders;"), "1000");
    bench.line("restore shop latest --in-place --confirm shop").done();
}

#[test]
fn a_file_that_sqlite_cannot_open_is_moved_aside_with_all_that_belongs_to_it() {
    let (bench, path) = Bench::with_shop(200);
    bench.line("backup shop").done();
    fs::write(&path, "this was a database once\n".repeat(400)).unwrap();
    let wal = bench.file("shop.db-wal");
    fs::write(&wal, "an old log").unwrap();
    bench.line("restore shop latest --in-place --confirm shop").done();
    assert_eq!(ask(&path, "PRAGMA integrity_check; SELECT count(*) FROM orders;"), "ok\n200");
    let aside = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let aside: Vec<_> = aside
        .filter(|other| *other != path && fs::read(other).is_ok_and(|bytes| bytes.starts_with(b"this was") || bytes == b"an old log"))
        .collect();
    assert_eq!(aside.len(), 2, "database and log lie aside together: {aside:?}");
}
