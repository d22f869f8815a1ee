//! A repository that is looked after: damage found, said, marked and mended.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{
    fs,
    path::{Path, PathBuf},
};

use bench::Bench;
use quarterdeck_testkit::shop;
use serde_json::{Value, json};

fn folder(bench: &Bench) -> PathBuf {
    bench.call("get_system", json!({ "system": "shop" })).unwrap()["repository"]["path"].as_str().unwrap().into()
}

/// The packs, largest first: the first holds the databases.
fn packs(bench: &Bench) -> Vec<PathBuf> {
    let places = fs::read_dir(folder(bench).join("data")).unwrap();
    let mut packs: Vec<PathBuf> =
        places.flat_map(|place| fs::read_dir(place.unwrap().path()).unwrap()).map(|entry| entry.unwrap().path()).collect();
    packs.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().len()));
    packs
}

/// Turns a bit in the middle of a file.
fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn check(bench: &Bench, read: &str) -> Value {
    bench.call("check_repository", json!({ "system": "shop", "read": read })).unwrap()
}

fn texts(value: &Value, field: &str) -> Vec<String> {
    value.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_rotten_pack_is_found_said_marked_mended_and_healed_by_the_next_backup() {
    let bench = Bench::new("wal");
    let sound = check(&bench, "all");
    assert_eq!((&sound["tone"], &sound["affected"], &sound["steps"]), (&json!("ok"), &json!([]), &json!([])));
    assert_eq!(sound["sentence"], "Everything that the only snapshot needs is there; all of it was read again.");

    flip(&packs(&bench)[0]);
    assert_eq!(check(&bench, "none")["tone"], "ok", "nothing was read");
    let hurt = check(&bench, "all");
    assert_eq!((&hurt["tone"], &hurt["affected"][0]["affected"]["components"]), (&json!("critical"), &json!(["shop"])));
    assert_eq!(hurt["sentence"], "1 of 1 snapshot cannot be restored in full: none of shop is left that can; all of it was read again.");
    assert_eq!(texts(&hurt["steps"], "operation"), ["repair_repository", "backup_system", "check_repository", ""]);
    assert_eq!(check(&bench, "none")["tone"], "critical", "what was found stays known");

    let listed = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    assert_eq!(listed["snapshots"][0]["affected"]["reason"], "A part of shop cannot be read.");
    let overview = bench.call("get_overview", json!({})).unwrap();
    let line = &overview["databases"][0];
    assert_eq!((&line["tone"], &line["last_snapshot"]), (&json!("critical"), &json!(null)), "{line}");
    assert!(texts(&line["findings"], "what").contains(&"1 of 1 snapshot cannot be restored: none is left that can".to_owned()), "{line}");

    let plan = bench.call("plan_repair", json!({ "system": "shop" })).unwrap();
    assert_eq!((&plan["files"], &plan["healable"].as_array().unwrap().len(), &plan["lost"]), (&json!(1), &1, &json!([])), "{plan}");
    assert!(bench.work("repair_repository", json!({ "system": "shop", "plan": "0".repeat(64) })).unwrap_err().is("plan-stale"));
    let mended = bench.work("repair_repository", json!({ "system": "shop", "plan": plan["digest"] })).unwrap()["report"].clone();
    assert_eq!((&mended["lost"], mended["moved"].as_array().unwrap().len()), (&json!(1), 1), "{mended}");
    assert!(mended["sentence"].as_str().unwrap().contains("1 snapshot will be whole again"), "{mended}");
    assert!(folder(&bench).join("quarterdeck/damaged").join(mended["moved"][0].as_str().unwrap()).exists());
    assert!(bench.work("repair_repository", json!({ "system": "shop", "plan": plan["digest"] })).unwrap_err().is("plan-stale"));

    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let listed = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    assert!(listed["snapshots"].as_array().unwrap().iter().all(|snapshot| snapshot["affected"].is_null()), "{listed}");
    let healed = check(&bench, "all");
    assert_eq!((&healed["tone"], &healed["affected"]), (&json!("ok"), &json!([])), "{healed}");
    let oldest = listed["snapshots"][1]["id"].clone();
    let target = bench.scratch.file("restored.db");
    let destination = json!({ "kind": "new-file", "path": target });
    let request = json!({ "target": "shop", "snapshot": oldest, "destination": destination });
    let plan = bench.call("plan_restore", request.clone()).unwrap();
    let mut request = request;
    request["plan"] = plan["digest"].clone();
    bench.work("restore_component", request).unwrap();
    assert_eq!(bench::ask(&target, "PRAGMA integrity_check"), "ok");
}

#[test]
fn a_part_is_read_each_time_and_all_of_it_in_turn() {
    let bench = Bench::new("wal");
    for _ in 0..3 {
        bench.sql("UPDATE orders SET cents = cents + 1;");
        bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    }
    let all = packs(&bench).len();
    let mut read = Vec::new();
    for _ in 0..all {
        let report = bench.work("reread_repository", json!({ "system": "shop", "share": 0.000_001 })).unwrap()["report"].clone();
        assert_eq!((&report["tone"], &report["yielded"]), (&json!("ok"), &json!(false)), "{report}");
        let repository = bench.call("get_repository", json!({ "system": "shop" })).unwrap();
        read.push(repository["packs_read"].as_u64().unwrap());
    }
    assert_eq!(read, (1..=all as u64).collect::<Vec<_>>(), "one pack at a time, none twice before all were read once");
    let oldest = bench.call("get_repository", json!({ "system": "shop" })).unwrap()["oldest_read"].clone();
    assert!(oldest.is_string());
    let fault = bench.work("reread_repository", json!({ "system": "shop", "share": 1.5 })).unwrap_err();
    assert!(fault.is("bad-share"), "{fault}");
    let report = bench.work("reread_repository", json!({ "system": "shop", "share": 1.0 })).unwrap()["report"].clone();
    assert_eq!(report["read"], report["size"]);
    let repository = bench.call("get_repository", json!({ "system": "shop" })).unwrap();
    assert_eq!(repository["growth"].as_array().unwrap().len(), 4);
    assert_eq!(repository["keys"].as_array().unwrap().len(), 1);
    assert_eq!(repository["last_check"]["sentence"], report["sentence"]);
    let listed = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    for snapshot in listed["snapshots"].as_array().unwrap() {
        let level = snapshot["levels"].as_array().unwrap().iter().find(|level| level["level"] == "read").unwrap();
        assert!(level["at"].as_str() > oldest.as_str(), "the oldest of the packs' readings dates the level: {level}");
    }
}

#[test]
fn what_keeps_a_repository_from_being_opened_is_an_answer() {
    let bench = Bench::empty();
    add_shop(&bench);
    let never = check(&bench, "none");
    assert_eq!((&never["tone"], &never["steps"][0]["operation"]), (&json!("unknown"), &json!("backup_system")), "{never}");
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let (here, away) = (folder(&bench), folder(&bench).with_file_name("away"));
    fs::rename(&here, &away).unwrap();
    let gone = check(&bench, "all");
    assert_eq!(gone["tone"], "critical");
    assert!(gone["sentence"].as_str().unwrap().starts_with("No snapshot of shop can be restored now: "), "{gone}");
    assert!(gone["steps"][0]["what"].as_str().unwrap().contains("mounted"), "{gone}");
    let detail = bench.call("get_repository", json!({ "system": "shop" })).unwrap();
    assert_eq!((&detail["exists"], &detail["unavailable"]["tone"]), (&json!(false), &json!("critical")));
    fs::rename(&away, &here).unwrap();
    assert_eq!(check(&bench, "all")["tone"], "ok");
}

#[test]
fn an_unreadable_entry_is_still_listed_and_never_called_healthy() {
    let bench = Bench::new("wal");
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let listed = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    let newest = listed["snapshots"][0]["id"].as_str().unwrap();
    flip(&folder(&bench).join("snapshots").join(newest));
    let listed = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    assert_eq!((listed["snapshots"].as_array().unwrap().len(), &listed["snapshots"][0]["affected"]["lost"]), (2, &json!(true)));
    let answer = check(&bench, "none");
    assert_eq!((&answer["tone"], &answer["affected"][0]["id"]), (&json!("critical"), &json!(newest)));
    assert!(answer["restorable"][0]["newest"]["id"].is_string() && answer["restorable"][0]["newest"]["id"] != newest, "{answer}");
    let plan = bench.call("plan_repair", json!({ "system": "shop" })).unwrap();
    assert_eq!(plan["lost"], json!([newest]));
    let report = bench.work("repair_repository", json!({ "system": "shop", "plan": plan["digest"] })).unwrap()["report"].clone();
    assert_eq!((&report["check"]["tone"], &report["check"]["affected"]), (&json!("ok"), &json!([])), "{report}");
}

#[test]
fn the_small_files_without_which_nothing_opens_are_put_back_from_their_copies() {
    for kind in ["config", "keys"] {
        let mut bench = Bench::new("wal");
        let place = folder(&bench).join(kind);
        let file = if kind == "keys" { fs::read_dir(&place).unwrap().next().unwrap().unwrap().path() } else { place };
        flip(&file);
        bench.next_process();
        let hurt = check(&bench, "all");
        assert_eq!((&hurt["tone"], &hurt["steps"][0]["operation"]), (&json!("critical"), &json!("repair_repository")), "{kind}: {hurt}");
        assert_eq!(hurt["affected"][0]["affected"]["reason"], "Nothing can be restored until the repository is repaired.");
        assert_eq!(bench.call("get_overview", json!({})).unwrap()["databases"][0]["tone"], "critical");
        let plan = bench.call("plan_repair", json!({ "system": "shop" })).unwrap();
        let report = bench.work("repair_repository", json!({ "system": "shop", "plan": plan["digest"] })).unwrap()["report"].clone();
        assert_eq!((&report["check"]["tone"], &report["check"]["affected"]), (&json!("ok"), &json!([])), "{kind}: {report}");
        bench.next_process();
        assert_eq!(check(&bench, "all")["tone"], "ok");
        bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    }
}

#[test]
fn latest_is_never_quietly_a_damaged_snapshot_or_an_older_one() {
    let bench = Bench::new("wal");
    bench.sql("UPDATE orders SET cents = cents + 1;");
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let listed = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    let (newest, older) = (listed["snapshots"][0]["id"].as_str().unwrap(), listed["snapshots"][1]["id"].as_str().unwrap());
    flip(&folder(&bench).join("snapshots").join(newest));
    check(&bench, "none");
    let request = |snapshot: &str| json!({ "target": "shop", "snapshot": snapshot, "destination": { "kind": "in-place" } });
    let fault = bench.call("plan_restore", request("latest")).unwrap_err();
    assert!(fault.is("snapshot-damaged") && fault.hint.contains(&older[..8]), "{fault}");
    bench.call("plan_restore", request(older)).unwrap();
}

fn add_shop(bench: &Bench) {
    shop(&bench.file, 200, "wal");
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
}
