//! Drills through the one list, on real databases: what they prove, what they refuse, and what they leave behind, which is nothing.
#![allow(clippy::unwrap_used)]

mod bench;

use std::path::{Path, PathBuf};

use bench::{Bench, ask};
use quarterdeck_testkit::{museum, shop};
use serde_json::{Value, json};

const YAML: &str = "name: shop\nenvironment: staging\ncomponents:\n  main: {kind: sqlite, path: main.db}\n  log: {kind: sqlite, path: log.db}\nobjectives:\n  - {scenario: data loss, rto: 1 h, rpo: 1 h}\n";

const CHECKS: &str = "drills:\n  - {name: orders, component: main, sql: SELECT count(*) FROM orders, expect: {value: 50}}\n  - {name: strays, component: log, sql: SELECT 1 FROM orders WHERE cents < 0, expect: {rows: none}}\n";

/// A system of two databases with the given checks, and one snapshot.
fn defined(checks: &str) -> Bench {
    let bench = Bench::empty();
    let folder = bench.scratch.file("system");
    std::fs::create_dir(&folder).unwrap();
    shop(&folder.join("main.db"), 50, "wal");
    shop(&folder.join("log.db"), 20, "delete");
    define(&bench, checks);
    bench.call("add_system", json!({ "path": folder })).unwrap();
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    bench
}

fn define(bench: &Bench, checks: &str) {
    std::fs::write(bench.scratch.file("system/quarterdeck.yaml"), format!("{YAML}{checks}")).unwrap();
}

fn drills(bench: &Bench) -> Value {
    bench.call("list_drills", json!({ "system": "shop" })).unwrap()
}

fn newest(bench: &Bench) -> Value {
    drills(bench)["drills"][0].clone()
}

/// What lies in the scratch folder of the engine's home.
fn left(bench: &Bench) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(bench.scratch.file("home/scratch"));
    folder.map(|folder| folder.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

fn packs(bench: &Bench) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(bench.scratch.file("home/repository/shop/data")).unwrap();
    folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap()).map(|file| file.unwrap().path()).collect()
}

fn state(path: &Path) -> (std::time::SystemTime, Vec<u8>) {
    (path.metadata().unwrap().modified().unwrap(), std::fs::read(path).unwrap())
}

fn level(bench: &Bench) -> Value {
    let list = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    list["snapshots"][0]["levels"].as_array().unwrap().last().unwrap()["level"].clone()
}

fn outcomes(drill: &Value) -> Vec<(&str, &str)> {
    let components = drill["components"].as_array().unwrap();
    components.iter().map(|component| (component["name"].as_str().unwrap(), component["outcome"].as_str().unwrap())).collect()
}

#[test]
fn a_drill_of_several_components_proves_the_snapshot_and_touches_nothing_that_lives() {
    let bench = defined(CHECKS);
    let live = [bench.scratch.file("system/main.db"), bench.scratch.file("system/log.db")];
    let before = live.clone().map(|path| state(&path));
    let done = bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    assert_eq!(live.map(|path| state(&path)), before, "byte for byte, and not even their times");
    assert_eq!(left(&bench), Vec::<PathBuf>::new());
    let report = &done["report"];
    assert_eq!((&report["outcome"], outcomes(report)), (&json!("passed"), vec![("main", "passed"), ("log", "passed")]));
    assert!(report["sentence"].as_str().unwrap().contains("its 2 checks passed"), "{report}");
    let verified: Vec<&str> =
        report["components"][0]["verified"].as_array().unwrap().iter().map(|check| check["what"].as_str().unwrap()).collect();
    assert_eq!(verified, ["Image", "Schema", "Rows", "Integrity", "Foreign keys"]);
    assert_eq!(report["components"][0]["checks"][0]["result"], "50, as expected");
    assert_eq!((&report["rto"], &report["measured_rto"]), (&json!(3_600_000), &report["times"]["total"]));
    assert_eq!(level(&bench), "drilled");
    assert_eq!(&newest(&bench), report, "the history holds what the job reported");
    let trail = bench.call("list_audit", json!({})).unwrap().to_string();
    assert!(trail.contains(report["evidence"].as_str().unwrap()), "the evidence stands in the audit trail");
    assert_eq!(bench.store("SELECT count(*) FROM intents"), "0");
}

#[test]
fn a_drill_checks_whole_even_where_the_same_bytes_were_checked_before() {
    let bench = Bench::new("wal");
    let before = bench.store("SELECT checked_at FROM image_proofs");
    bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    assert!(bench.store("SELECT checked_at FROM image_proofs") > before);
    assert!(newest(&bench)["sentence"].as_str().unwrap().contains("no check of its own is defined"));
}

#[test]
fn a_failed_check_is_a_failed_drill_with_its_result_in_the_history() {
    let bench = defined(&CHECKS.replace("value: 50", "value: 51"));
    let fault = bench.work("drill_system", json!({ "system": "shop" })).unwrap_err();
    assert!(fault.is("drill-failed") && fault.message.contains("50; 51 is expected"), "{fault}");
    let drill = newest(&bench);
    assert_eq!((&drill["outcome"], outcomes(&drill)), (&json!("failed"), vec![("main", "failed"), ("log", "passed")]));
    assert!(drill["measured_rto"].is_null() && drill["times"]["total"].is_number(), "{drill}");
    assert_eq!(level(&bench), "data-matches");
    assert_eq!(bench.store("SELECT outcome FROM audit ORDER BY number DESC LIMIT 1"), "drill-failed");
    assert_eq!(left(&bench), Vec::<PathBuf>::new());
    define(&bench, CHECKS);
    bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    let all = drills(&bench);
    let all: Vec<&str> = all["drills"].as_array().unwrap().iter().map(|drill| drill["outcome"].as_str().unwrap()).collect();
    assert_eq!(all, ["passed", "failed"], "newest first");
}

#[test]
fn a_damaged_pack_fails_the_drill_and_says_which_component_cannot_be_restored() {
    let bench = Bench::new("wal");
    let largest = packs(&bench).into_iter().max_by_key(|pack| pack.metadata().unwrap().len()).unwrap();
    let mut bytes = std::fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::set_permissions(&largest, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    std::fs::write(&largest, bytes).unwrap();
    let fault = bench.work("drill_system", json!({ "system": "shop" })).unwrap_err();
    assert!(fault.is("drill-failed") && fault.message.contains("damaged"), "{fault}");
    let drill = newest(&bench);
    assert_eq!((&drill["outcome"], outcomes(&drill)), (&json!("failed"), vec![("shop", "failed")]));
    assert_eq!(left(&bench), Vec::<PathBuf>::new());
}

#[test]
fn one_component_alone_is_a_drill_of_a_part() {
    let bench = defined(CHECKS);
    let done = bench.work("drill_system", json!({ "system": "shop", "component": "log" })).unwrap();
    let report = &done["report"];
    assert_eq!((&report["outcome"], outcomes(report)), (&json!("partial"), vec![("main", "not-drilled"), ("log", "passed")]));
    assert!(report["sentence"].as_str().unwrap().contains("Not drilled: main: only log was asked for"), "{report}");
    assert_eq!(level(&bench), "data-matches", "the level is the snapshot's");
    let fault = bench.call("drill_system", json!({ "system": "shop", "component": "other" })).unwrap_err();
    assert!(fault.is("component-missing"), "{fault}");
}

#[test]
fn a_hostile_schema_is_restored_and_never_executed() {
    let bench = Bench::empty();
    let folder = bench.scratch.file("system");
    std::fs::create_dir(&folder).unwrap();
    shop(&folder.join("main.db"), 5, "wal");
    shop(&folder.join("log.db"), 5, "wal");
    ask(
        &folder.join("main.db"),
        "CREATE VIEW evil AS SELECT load_extension('evil.so') AS x;
         CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;
         CREATE TRIGGER bomb AFTER UPDATE ON orders BEGIN SELECT load_extension('evil.so'); END;",
    );
    define(&bench, "");
    bench.call("add_system", json!({ "path": folder })).unwrap();
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let done = bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    assert_eq!(done["report"]["outcome"], "passed", "nothing of ours asks a view");
    for (sql, said) in [("SELECT * FROM evil", "no answer"), ("SELECT max(i) FROM endless", "stopped after 50 ms")] {
        define(&bench, &format!("drills:\n  - {{name: asked for, component: main, sql: {sql}, expect: {{rows: some}}, limit: 50 ms}}\n"));
        let fault = bench.work("drill_system", json!({ "system": "shop" })).unwrap_err();
        assert!(fault.is("drill-failed") && fault.message.contains(said), "{fault}");
    }
}

#[test]
fn a_directory_is_drilled_beside_the_databases_and_alone() {
    let bench = Bench::empty();
    let folder = bench.scratch.file("system");
    std::fs::create_dir_all(folder.join("index/deep")).unwrap();
    std::fs::write(folder.join("index/deep/segment"), "words").unwrap();
    shop(&folder.join("main.db"), 50, "wal");
    shop(&folder.join("log.db"), 20, "wal");
    define(&bench, CHECKS);
    let path = folder.join("quarterdeck.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("objectives:", "  index: {kind: directory, path: index}\nobjectives:")).unwrap();
    bench.call("add_system", json!({ "path": folder })).unwrap();
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let report = bench.work("drill_system", json!({ "system": "shop" })).unwrap()["report"].clone();
    assert_eq!(outcomes(&report), [("main", "passed"), ("log", "passed"), ("index", "passed")]);
    assert_eq!((&report["outcome"], level(&bench)), (&json!("passed"), json!("drilled")));
    assert!(report["components"][2]["verified"][0]["result"].as_str().unwrap().contains("1 file, 5 B"), "{report}");
    let report = bench.work("drill_system", json!({ "system": "shop", "component": "index" })).unwrap()["report"].clone();
    assert_eq!(outcomes(&report), [("main", "not-drilled"), ("log", "not-drilled"), ("index", "passed")]);
    assert_eq!(left(&bench), Vec::<PathBuf>::new());
}

#[test]
fn what_only_the_application_can_check_is_drilled_in_part() {
    let bench = Bench::empty();
    museum::unknown_collation(&bench.file);
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let done = bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    assert_eq!((&done["report"]["outcome"], outcomes(&done["report"])), (&json!("partial"), vec![("shop", "passed")]));
    assert!(done["report"]["sentence"].as_str().unwrap().contains("cannot be checked here"), "{done}");
    assert_eq!(level(&bench), "opens", "what cannot be checked is not called sound");
}

#[test]
fn a_check_of_a_component_that_is_not_registered_is_not_left_out_in_silence() {
    let bench = defined(CHECKS);
    let more = "  later: {kind: sqlite, path: later.db}\n";
    shop(&bench.scratch.file("system/later.db"), 5, "wal");
    let checks = format!("{CHECKS}  - {{name: more, component: later, sql: SELECT 1, expect: {{rows: some}}}}\n");
    define(&bench, &checks);
    let path = bench.scratch.file("system/quarterdeck.yaml");
    let text = std::fs::read_to_string(&path).unwrap().replace("objectives:", &format!("{more}objectives:"));
    std::fs::write(&path, text).unwrap();
    let done = bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    assert_eq!(outcomes(&done["report"])[2], ("later", "not-drilled"));
    assert_eq!(done["report"]["components"][2]["checks"][0]["outcome"], "not-drilled");
    assert_eq!(done["report"]["outcome"], "partial");
}

#[test]
fn a_definition_that_cannot_be_read_refuses_the_drill_because_its_checks_would_be_left_out() {
    let bench = defined(CHECKS);
    define(&bench, "drills: yes\n");
    let fault = bench.call("drill_system", json!({ "system": "shop" })).unwrap_err();
    assert!(fault.is("definition-invalid"), "{fault}");
}

#[test]
fn without_room_the_drill_is_refused_before_anything_is_written() {
    let bench = Bench::new("wal");
    let free = quarterdeck_store::files::free_space(&bench.file).unwrap();
    bench.store(&format!("UPDATE manifests SET manifest = json_set(manifest, '$.components[0].size', {free})"));
    let fault = bench.call("drill_system", json!({ "system": "shop" })).unwrap_err();
    assert!(fault.is("drill-not-possible") && fault.message.contains("are needed") && fault.retry, "{fault}");
    assert_eq!(left(&bench), Vec::<PathBuf>::new());
}

#[test]
fn scratch_that_leads_into_the_folder_of_a_live_database_is_refused() {
    let bench = defined(CHECKS);
    let scratch = bench.scratch.file("home/scratch");
    std::fs::remove_dir_all(&scratch).unwrap();
    std::os::unix::fs::symlink(bench.scratch.file("system"), &scratch).unwrap();
    let fault = bench.call("drill_system", json!({ "system": "shop" })).unwrap_err();
    assert!(fault.is("drill-too-near"), "{fault}");
    let mut names: Vec<_> = std::fs::read_dir(bench.scratch.file("system")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["log.db", "main.db", "quarterdeck.yaml"]);
}

#[test]
fn a_manifest_that_somebody_changed_in_the_store_fails_the_drill() {
    let bench = Bench::new("wal");
    bench.store("UPDATE manifests SET manifest = json_set(manifest, '$.components[0].user_version', 8)");
    let fault = bench.work("drill_system", json!({ "system": "shop" })).unwrap_err();
    assert!(fault.is("drill-failed"), "{fault}");
    let drill = newest(&bench);
    assert_eq!((&drill["outcome"], &drill["fault"]["code"]), (&json!("failed"), &json!("manifest-differs")));
}

#[test]
fn backups_and_restores_go_on_during_a_drill_and_a_second_drill_of_the_system_waits() {
    let bench = Bench::new("wal");
    let leases = bench.scratch.file("home/leases");
    std::fs::create_dir_all(&leases).unwrap();
    let held = std::fs::File::options().create(true).truncate(false).write(true).open(leases.join("drill-shop.lock")).unwrap();
    held.lock().unwrap();
    assert!(bench.call("drill_system", json!({ "system": "shop" })).unwrap_err().is("target-busy"));
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    bench.restore(&bench.plan(), "shop").unwrap();
}

#[test]
fn the_overview_takes_the_newest_of_restore_and_drill_as_proof_and_names_a_drill_that_failed_since() {
    let bench = defined(CHECKS);
    let overview = || bench.call("get_overview", json!({})).unwrap()["databases"].clone();
    let of = |name: &str| overview().as_array().unwrap().iter().find(|database| database["component"] == name).unwrap().clone();
    assert!(of("main")["last_proof"].is_null());
    bench.work("drill_system", json!({ "system": "shop", "component": "log" })).unwrap();
    assert!(of("main")["last_proof"].is_null(), "it was not drilled");
    assert_eq!(of("log")["last_proof"]["level"], "data-matches");
    let drill = bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    let main = of("main");
    assert_eq!((&main["last_proof"]["level"], &main["last_proof"]["job"]), (&json!("drilled"), &drill["job"]));
    assert_eq!(main["last_proof"]["took"], drill["report"]["components"][0]["times"]["total"]);
    assert!(main["truth"].as_str().unwrap().starts_with("Proved restorable "), "{main}");
    let to = json!({ "kind": "new-file", "path": bench.scratch.file("elsewhere.db") });
    let plan = bench.call("plan_restore", json!({ "target": "shop/main", "snapshot": "latest", "destination": to })).unwrap();
    let request = json!({ "target": "shop/main", "snapshot": plan["snapshot"], "destination": to, "plan": plan["digest"] });
    let restore = bench.work("restore_component", request).unwrap();
    assert_eq!(of("main")["last_proof"]["job"], restore["job"], "the newer of the two");
    assert_eq!(of("log")["last_proof"]["job"], drill["job"]);
    define(&bench, &CHECKS.replace("value: 50", "value: 51"));
    bench.work("drill_system", json!({ "system": "shop" })).unwrap_err();
    let main = of("main");
    assert_eq!(main["last_proof"]["job"], restore["job"]);
    assert!(main["findings"].to_string().contains("51 is expected") && main["tone"] == "critical", "{main}");
    assert!(!of("log")["findings"].to_string().contains("drill"), "its own part passed");
    define(&bench, CHECKS);
    bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    assert!(!of("main")["findings"].to_string().contains("drill"), "passed since");
}

#[test]
fn what_a_killed_drill_left_is_removed_and_said() {
    let mut bench = Bench::new("wal");
    bench.work("drill_system", json!({ "system": "shop" })).unwrap();
    let scratch = bench.scratch.file("home/scratch").canonicalize().unwrap().join(format!("drill-{}", "0a".repeat(16)));
    std::fs::create_dir_all(&scratch).unwrap();
    std::fs::write(scratch.join("shop.db"), "rows of the live database").unwrap();
    let intent = json!({ "step": "drill", "scratch": scratch });
    bench.store(&format!(
        "UPDATE jobs SET state = 'running', finished_at = NULL, process = 'gone' WHERE operation = 'drill_system';
         UPDATE drills SET outcome = 'running', evidence = NULL;
         INSERT INTO intents (job, body) SELECT job, '{intent}' FROM drills"
    ));
    let sentences = bench.next_process();
    assert!(sentences.len() == 1 && sentences[0].contains("scratch folder is gone"), "{sentences:?}");
    assert!(!scratch.exists());
    let drill = newest(&bench);
    assert_eq!((&drill["outcome"], &drill["fault"]["code"]), (&json!("unfinished"), &json!("interrupted")));
}
