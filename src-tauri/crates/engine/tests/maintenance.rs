//! Maintenance of a system's backups, through the one list.
#![allow(clippy::unwrap_used)]

mod bench;

use bench::Bench;
use quarterdeck_model::{Clock, SystemClock};
use quarterdeck_store::leases::{Lease, Owner};
use serde_json::json;

#[test]
fn what_a_schedule_left_unproved_is_proved_and_what_no_rule_keeps_is_forgotten() {
    let bench = Bench::new("wal");
    bench.call("set_retention", json!({ "system": "shop", "rules": { "last": 2 } })).unwrap();
    for _ in 0..3 {
        bench.sql("UPDATE orders SET cents = cents + 1 WHERE id < 20");
        bench.work("backup_system", json!({ "system": "shop", "reason": "scheduled" })).unwrap();
    }
    let level = || {
        let list = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
        let levels = list["snapshots"][0]["levels"].as_array().unwrap().clone();
        (list["snapshots"].as_array().unwrap().len(), levels.last().unwrap()["level"].clone())
    };
    assert_eq!(level(), (4, json!("read")), "a schedule does not wait for the whole proof");
    let report = bench.work("maintain_system", json!({ "system": "shop" })).unwrap()["report"].clone();
    assert_eq!(report["findings"], json!([]), "{report}");
    assert_eq!(report["done"].as_array().unwrap().len(), 5, "{report}");
    assert_eq!(level(), (2, json!("data-matches")), "{report}");
    bench.plan();
}

#[test]
fn a_part_that_cannot_work_is_named_and_the_others_go_on() {
    let bench = Bench::new("wal");
    let packs = bench.scratch.file("home/repository/shop/data");
    let pack = std::fs::read_dir(&packs).unwrap().flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap()).next().unwrap();
    std::fs::remove_file(pack.unwrap().path()).unwrap();
    let report = bench.work("maintain_system", json!({ "system": "shop" })).unwrap()["report"].clone();
    assert!(!report["findings"].as_array().unwrap().is_empty(), "{report}");
    assert!(report["sentence"].as_str().unwrap().contains("to look at"), "{report}");
    std::fs::remove_dir_all(bench.scratch.file("home/repository/shop")).unwrap();
    assert!(bench.work("maintain_system", json!({ "system": "shop" })).unwrap_err().is("repository-missing"));
}

#[test]
fn damage_that_is_read_is_never_called_in_order() {
    let bench = Bench::new("wal");
    let folders = std::fs::read_dir(bench.scratch.file("home/repository/shop/data")).unwrap().map(|folder| folder.unwrap().path());
    for pack in folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|pack| pack.unwrap().path())) {
        let mut bytes = std::fs::read(&pack).unwrap();
        bytes[9] ^= 1;
        std::fs::remove_file(&pack).unwrap();
        std::fs::write(&pack, bytes).unwrap();
    }
    let report = bench.work("maintain_system", json!({ "system": "shop" })).unwrap()["report"].clone();
    assert!(report["findings"].to_string().contains("critical"), "{report}");
    assert!(report["sentence"].as_str().unwrap().contains("to look at"), "{report}");
}

#[test]
fn nothing_is_forgotten_while_somebody_works_on_the_system() {
    let bench = Bench::new("wal");
    bench.call("set_retention", json!({ "system": "shop", "rules": { "last": 1 } })).unwrap();
    bench.sql("DELETE FROM orders WHERE id = 1");
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let component = bench.store("SELECT id FROM components");
    let owner = Owner { pid: 1, who: "ada".to_owned(), purpose: "a restore".to_owned(), since: SystemClock.now() };
    let held = Lease::take(&bench.engine.home().leases(), &format!("component-{component}"), &owner).unwrap();
    let report = bench.work("maintain_system", json!({ "system": "shop" })).unwrap()["report"].clone();
    assert!(report["findings"].to_string().contains("Forgetting did not succeed"), "{report}");
    let listed = || bench.call("list_snapshots", json!({ "system": "shop" })).unwrap()["snapshots"].as_array().unwrap().len();
    assert_eq!(listed(), 2);
    drop(held);
    bench.work("maintain_system", json!({ "system": "shop" })).unwrap();
    assert_eq!(listed(), 1);
}
