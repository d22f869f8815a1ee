//! Backup, restore and undo through the one list, on real databases: what comes back, what is refused, and what is never half done.
#![allow(clippy::unwrap_used)]

mod bench;

use bench::Bench;
use quarterdeck_model::WirePath;
use quarterdeck_testkit::museum;
use serde_json::json;

#[test]
fn rows_come_back_and_undo_brings_back_what_was_there_in_both_journal_modes() {
    for mode in ["wal", "delete"] {
        let bench = Bench::new(mode);
        let before = bench.sql("SELECT count(*) FROM orders");
        bench.sql("DELETE FROM orders; CREATE TABLE later (x); INSERT INTO later VALUES (1);");
        let plan = bench.plan();
        assert_eq!(plan["confirm"], "shop");
        assert!(plan["changes"].as_array().unwrap().iter().any(|change| change["table"] == "later" && change["snapshot"].is_null()));
        let done = bench.restore(&plan, "shop").unwrap();
        assert_eq!(bench.sql("SELECT count(*) FROM orders"), before, "{mode}");
        assert_eq!(bench.sql("PRAGMA integrity_check; PRAGMA journal_mode"), format!("ok\n{mode}"));
        assert_eq!(done["report"]["undo"]["used"], false);
        bench.undo(&done["job"]).unwrap();
        assert_eq!(bench.sql("SELECT count(*) FROM orders; SELECT x FROM later"), "0\n1", "{mode}");
        let used = bench.call("get_job", json!({ "job": done["job"] })).unwrap();
        assert_eq!(used["report"]["undo"]["used"], true);
    }
}

#[test]
fn a_file_that_is_gone_is_put_back_and_the_plan_says_so() {
    let bench = Bench::new("wal");
    let rows = |plan: &serde_json::Value| plan["comparison"].as_array().unwrap().iter().find(|row| row["what"] == "Rows").cloned();
    let plan = bench.plan();
    assert_eq!((&plan["missing"], rows(&plan)), (&json!(false), None));
    for sidecar in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(bench.scratch.file(format!("shop.db{sidecar}")));
    }
    let plan = bench.plan();
    assert_eq!(plan["missing"], true);
    assert_eq!(rows(&plan).unwrap()["result"], "the file is missing");
    bench.restore(&plan, "shop").unwrap();
    std::fs::write(&bench.file, [7; 4096]).unwrap();
    let plan = bench.plan();
    assert_eq!((&plan["missing"], &rows(&plan).unwrap()["result"]), (&json!(false), &json!("SQLite cannot open it")));
}

#[test]
fn a_snapshot_is_proved_at_once_and_a_restore_elsewhere_is_the_proof_on_the_overview() {
    let bench = Bench::new("wal");
    let list = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    assert_eq!(list["snapshots"][0]["levels"].as_array().unwrap().last().unwrap()["level"], "data-matches");
    assert!(bench.call("get_overview", json!({})).unwrap()["databases"][0]["last_proof"].is_null());
    let to = WirePath(bench.scratch.file("elsewhere.db"));
    let destination = json!({ "kind": "new-file", "path": to });
    let plan = bench.call("plan_restore", json!({ "target": "shop", "snapshot": "latest", "destination": destination })).unwrap();
    assert!(plan["confirm"].is_null(), "nothing that lives is changed");
    let request = json!({ "target": "shop", "snapshot": plan["snapshot"], "destination": destination, "plan": plan["digest"] });
    bench.work("restore_component", request.clone()).unwrap();
    let overview = bench.call("get_overview", json!({})).unwrap();
    assert_eq!(overview["databases"][0]["last_proof"]["level"], "data-matches");
    let again = bench.work("restore_component", request).unwrap_err();
    assert!(again.is("plan-stale") || again.is("restore-not-possible"), "{again}");
}

#[test]
fn bytes_that_the_backup_had_checked_are_not_checked_twice_and_the_report_says_when_they_were() {
    let bench = Bench::new("wal");
    let proved = bench.store("SELECT checked_at FROM image_proofs");
    let integrity = || {
        let plan = bench.plan();
        let done = bench.restore(&plan, "shop").unwrap();
        let checks = done["report"]["checks"].as_array().unwrap().clone();
        let check = checks.into_iter().find(|check| check["what"] == "Integrity").unwrap();
        (plan["steps"].to_string(), check["result"].as_str().unwrap().to_owned(), check["at"].as_str().unwrap().to_owned())
    };
    let (steps, result, at) = integrity();
    assert!(steps.contains("Read it back from the disk"), "{steps}");
    assert_eq!((&*result, at), ("integrity_check ok, on these very bytes", proved.clone()));
    bench.store("DELETE FROM image_proofs");
    let (steps, result, at) = integrity();
    assert!(!steps.contains("Read it back from the disk"), "{steps}");
    assert_eq!(result, "integrity_check ok");
    assert!(at > proved);
    assert_eq!(bench.store("SELECT count(*) FROM image_proofs"), "1", "the restore's own check is remembered");
}

#[test]
fn a_wrong_word_a_stale_plan_and_a_target_at_work_are_refused_and_nothing_is_changed() {
    let bench = Bench::new("wal");
    bench.sql("DELETE FROM orders WHERE id % 2 = 0");
    let left = bench.sql("SELECT count(*) FROM orders");
    let plan = bench.plan();
    assert!(bench.restore(&plan, "other").unwrap_err().is("not-confirmed"));
    bench.sql("CREATE TABLE changed_schema (x)");
    assert!(bench.restore(&plan, "shop").unwrap_err().is("plan-stale"));
    let copy = bench.scratch.file("copy.db");
    std::fs::copy(&bench.file, &copy).unwrap();
    let plan = bench.plan();
    std::fs::rename(&copy, &bench.file).unwrap();
    assert!(bench.restore(&plan, "shop").unwrap_err().is("plan-stale"), "another file under the same name is another target");
    assert_eq!(bench.sql("SELECT count(*) FROM orders"), left);
}

#[test]
fn a_file_that_sqlite_cannot_open_is_moved_aside_whole_and_undo_puts_it_back() {
    for exhibit in [museum::text_file as fn(&std::path::Path), museum::zero_bytes, museum::magic_damaged] {
        let bench = Bench::new("delete");
        let rows = bench.sql("SELECT count(*) FROM orders");
        std::fs::remove_file(&bench.file).unwrap();
        exhibit(&bench.file);
        let ruin = std::fs::read(&bench.file).unwrap();
        let plan = bench.plan();
        let done = bench.restore(&plan, "shop").unwrap();
        assert_eq!(bench.sql("SELECT count(*) FROM orders; PRAGMA integrity_check"), format!("{rows}\nok"));
        let undone = bench.undo(&done["job"]).unwrap();
        assert_eq!(std::fs::read(&bench.file).unwrap(), ruin);
        bench.undo(&undone["job"]).unwrap();
        assert_eq!(bench.sql("SELECT count(*) FROM orders"), rows);
    }
}

#[test]
fn a_database_that_is_gone_comes_back() {
    let bench = Bench::new("delete");
    std::fs::remove_file(&bench.file).unwrap();
    let plan = bench.plan();
    assert!(plan["steps"].to_string().contains("Nothing is there that would be replaced"), "{}", plan["steps"]);
    let done = bench.restore(&plan, "shop").unwrap();
    assert_eq!(bench.sql("PRAGMA integrity_check"), "ok");
    assert!(done["report"]["undo"].is_null(), "there is nothing to go back to");
    assert!(bench.undo(&done["job"]).unwrap_err().is("nothing-to-undo"));
}

#[test]
fn a_repository_that_was_removed_is_a_fault_and_never_silently_a_new_one() {
    let bench = Bench::new("wal");
    std::fs::remove_dir_all(bench.scratch.file("home/repository/shop")).unwrap();
    for (name, request) in [
        ("list_snapshots", json!({ "system": "shop" })),
        ("plan_restore", json!({ "target": "shop", "snapshot": "latest", "destination": { "kind": "in-place" } })),
    ] {
        assert!(bench.call(name, request).unwrap_err().is("repository-missing"), "{name}");
    }
    assert!(bench.work("backup_system", json!({ "system": "shop" })).unwrap_err().is("repository-missing"));
    let overview = bench.call("get_overview", json!({})).unwrap();
    assert_eq!(overview["databases"][0]["tone"], "critical");
    assert_eq!(overview["databases"][0]["truth"], "Not known: its snapshots cannot be read.", "not that there never was one");
}

#[test]
fn a_rewritten_trail_shows_by_the_heads_that_snapshots_carry() {
    let bench = Bench::new("wal");
    assert_eq!(bench.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
    let store = bench.scratch.file("home/quarterdeck.db");
    let forge = "DELETE FROM audit; INSERT INTO audit SELECT 1, '2026-01-01T00:00:00.000Z', 'x', 'cli', 'x', '', 'x', '', 'x', 'x'";
    assert!(std::process::Command::new("sqlite3").arg(&store).arg(forge).status().unwrap().success());
    let findings = bench.call("verify_audit", json!({})).unwrap()["findings"].to_string();
    assert!(findings.contains("which no line has"), "{findings}");
}
