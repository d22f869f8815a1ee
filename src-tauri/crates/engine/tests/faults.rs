//! What could be lost or misreported: another target under the same name, processes that end at the wrong moment, a store that cannot write.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use bench::{Bench, ask};
use quarterdeck_model::{Clock, Instant, SystemClock};
use quarterdeck_testkit::{museum, shop};
use serde_json::json;

/// Refuses to record that a job has ended, as a full disk would.
const NO_END: &str = "CREATE TRIGGER no_end BEFORE UPDATE OF finished_at ON jobs BEGIN SELECT raise(ABORT, 'the disk is full'); END";

/// Puts another file in the place of the live one as soon as the image lies beside it.
struct Swap(Mutex<Option<(PathBuf, PathBuf)>>);

impl Clock for Swap {
    fn now(&self) -> Instant {
        let mut swap = self.0.lock().unwrap();
        if let Some((other, live)) = swap.as_ref().filter(|(_, live)| live.with_extension("db.quarterdeck-part").exists()) {
            std::fs::rename(other, live).unwrap();
            *swap = None;
        }
        SystemClock.now()
    }
}

#[test]
fn latest_is_the_newest_backup_and_never_the_way_back() {
    let bench = Bench::new("wal");
    let rows = bench.sql("SELECT count(*) FROM orders");
    let newest = bench.plan()["snapshot"].clone();
    bench.sql("DELETE FROM orders");
    bench.restore(&bench.plan(), "shop").unwrap();
    assert_eq!(bench.plan()["snapshot"], newest);
    bench.restore(&bench.plan(), "shop").unwrap();
    assert_eq!(bench.sql("SELECT count(*) FROM orders"), rows);
    let overview = bench.call("get_overview", json!({})).unwrap();
    assert_eq!(overview["databases"][0]["last_snapshot"]["id"], newest, "what was about to go is no backup");
}

#[test]
fn a_snapshot_that_cannot_be_read_hides_no_other_and_is_named() {
    let bench = Bench::new("wal");
    let before = packs(&bench);
    let good = bench.plan()["snapshot"].clone();
    bench.sql("UPDATE orders SET note = hex(randomblob(40))");
    let damaged = bench.work("backup_system", json!({ "system": "shop" })).unwrap()["report"]["snapshot"]["id"].clone();
    packs(&bench).iter().filter(|pack| !before.contains(pack)).for_each(|pack| std::fs::remove_file(pack).unwrap());
    bench.store("DELETE FROM manifests WHERE rowid = (SELECT max(rowid) FROM manifests)");
    let list = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    assert_eq!((list["snapshots"].as_array().unwrap().len(), &list["snapshots"][0]["id"]), (1, &good));
    let short = &damaged.as_str().unwrap()[..8];
    let findings = bench.call("get_overview", json!({})).unwrap()["databases"][0]["findings"].to_string();
    assert!(findings.contains(short), "{findings}");
    let destination = json!({ "kind": "in-place" });
    let request = json!({ "target": "shop", "snapshot": short, "destination": destination });
    let fault = bench.call("plan_restore", request).unwrap_err();
    assert!(fault.message.contains(short) && !fault.is("snapshot-missing"), "{fault}");
}

#[test]
fn a_snapshot_that_appears_in_the_same_tick_of_the_clock_is_seen() {
    let bench = Bench::new("wal");
    let folder = std::fs::File::open(bench.scratch.file("home/repository/shop/snapshots")).unwrap();
    let count = || bench.call("list_snapshots", json!({ "system": "shop" })).unwrap()["snapshots"].as_array().unwrap().len();
    let tick = folder.metadata().unwrap().modified().unwrap();
    assert_eq!(count(), 1);
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    folder.set_modified(tick).unwrap();
    assert_eq!(count(), 2);
}

#[test]
fn a_file_is_one_component_only() {
    let bench = Bench::empty();
    let folder = bench.scratch.file("system");
    std::fs::create_dir(&folder).unwrap();
    shop(&folder.join("shop.db"), 5, "wal");
    std::fs::hard_link(folder.join("shop.db"), folder.join("again.db")).unwrap();
    let yaml =
        "name: shop\nenvironment: development\ncomponents:\n  a: { kind: sqlite, path: shop.db }\n  b: { kind: sqlite, path: again.db }\n";
    std::fs::write(folder.join("quarterdeck.yaml"), yaml).unwrap();
    let fault = bench.call("add_system", json!({ "path": folder })).unwrap_err();
    assert!(fault.is("already-added"), "{fault}");
}

#[test]
fn what_two_copies_need_of_one_disk_is_added_up() {
    let bench = Bench::new("delete");
    assert_eq!(bench.plan()["obstacles"], json!([]));
    let free = quarterdeck_store::files::free_space(&bench.file).unwrap();
    let (live, image) = (free / 10 * 6, free / 10 * 3);
    // Sparse: SQLite goes by the number of pages in the header.
    std::fs::File::options().write(true).open(&bench.file).unwrap().set_len(live).unwrap();
    bench.store(&format!("UPDATE manifests SET manifest = json_set(manifest, '$.components[0].size', {image})"));
    let obstacles = bench.plan()["obstacles"].to_string();
    assert!(obstacles.contains("are needed"), "{obstacles}");
}

/// The files of the repository that hold data.
fn packs(bench: &Bench) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(bench.scratch.file("home/repository/shop/data")).unwrap();
    folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap()).map(|file| file.unwrap().path()).collect()
}

#[test]
fn putting_a_ruin_back_proves_nothing() {
    let bench = Bench::new("delete");
    museum::text_file(&bench.file);
    let done = bench.restore(&bench.plan(), "shop").unwrap();
    let proof = |bench: &Bench| bench.call("get_overview", json!({})).unwrap()["databases"][0]["last_proof"]["job"].clone();
    assert_eq!(proof(&bench), done["job"]);
    bench.undo(&done["job"]).unwrap();
    assert_eq!(proof(&bench), done["job"]);
}

#[test]
fn a_name_that_was_given_to_another_file_inherits_neither_undo_nor_proof() {
    let bench = Bench::new("wal");
    bench.sql("DELETE FROM orders WHERE id > 10");
    let done = bench.restore(&bench.plan(), "shop").unwrap();
    bench.call("forget_system", json!({ "system": "shop" })).unwrap();
    let other = bench.scratch.file("elsewhere/shop.db");
    std::fs::create_dir(bench.scratch.file("elsewhere")).unwrap();
    shop(&other, 5, "wal");
    bench.call("add_system", json!({ "path": other })).unwrap();
    let fault = bench.undo(&done["job"]).unwrap_err();
    assert!(fault.is("target-changed"), "{fault}");
    assert_eq!(ask(&other, "SELECT count(*) FROM orders"), "5");
    let overview = bench.call("get_overview", json!({})).unwrap();
    assert!(overview["databases"][0]["last_proof"].is_null(), "{overview}");
    assert!(overview.to_string().contains("registered before"), "{overview}");
    bench.call("forget_system", json!({ "system": "shop" })).unwrap();
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
    bench.undo(&done["job"]).unwrap();
    assert_eq!(bench.sql("SELECT count(*) FROM orders"), "10", "the same file under a new registration is still the target");
}

#[test]
fn a_file_that_was_swapped_while_the_image_was_fetched_is_left_alone() {
    let clock = Arc::new(Swap(Mutex::new(None)));
    let bench = Bench::with_clock(Arc::clone(&clock) as Arc<dyn Clock>).with_shop("delete");
    let other = bench.scratch.file("other.db");
    for ruin in [false, true] {
        if ruin {
            museum::text_file(&bench.file);
        }
        let plan = bench.plan();
        shop(&other, 5, "delete");
        *clock.0.lock().unwrap() = Some((other.clone(), bench.file.clone()));
        let fault = bench.restore(&plan, "shop").unwrap_err();
        assert!(fault.is("target-changed"), "{fault}");
        assert_eq!(bench.sql("SELECT count(*) FROM orders"), "5");
    }
}

#[test]
fn a_file_that_was_replaced_is_still_open_to_those_who_used_it() {
    let bench = Bench::new("delete");
    museum::text_file(&bench.file);
    std::fs::set_permissions(&bench.file, std::fs::Permissions::from_mode(0o664)).unwrap();
    bench.restore(&bench.plan(), "shop").unwrap();
    assert_eq!(std::fs::metadata(&bench.file).unwrap().permissions().mode() & 0o7777, 0o664);
}

#[test]
fn a_replacement_that_could_not_be_made_is_taken_back_and_needs_no_recovery() {
    let mut bench = Bench::new("delete");
    museum::text_file(&bench.file);
    let ruin = std::fs::read(&bench.file).unwrap();
    let in_the_way = bench.scratch.file("shop.db.quarterdeck-part.entering");
    std::fs::write(&in_the_way, "").unwrap();
    assert!(bench.restore(&bench.plan(), "shop").unwrap_err().is("file-exists"));
    assert_eq!(std::fs::read(&bench.file).unwrap(), ruin);
    assert_eq!(bench.store("SELECT count(*) FROM intents"), "0");
    std::fs::remove_file(&in_the_way).unwrap();
    assert_eq!(bench.next_process(), Vec::<String>::new());
    bench.restore(&bench.plan(), "shop").unwrap();
}

#[test]
fn an_end_that_the_store_cannot_take_is_told_and_recorded_once_it_can() {
    let bench = Bench::new("wal");
    bench.store(NO_END);
    let fault = bench.work("backup_system", json!({ "system": "shop" })).unwrap_err();
    assert!(fault.is("job-unrecorded") && fault.message.contains("succeeded"), "{fault}");
    bench.store("DROP TRIGGER no_end");
    let mut events = bench.engine.events();
    while bench.store("SELECT state FROM jobs WHERE id = 2") != "succeeded" {
        events.blocking_recv().unwrap();
    }
    let last = bench.store("SELECT operation || ' ' || outcome FROM audit ORDER BY number DESC LIMIT 1");
    assert_eq!(last, "backup_system succeeded");
}

#[test]
fn a_process_that_ends_behind_the_entry_has_entered_and_says_so() {
    let mut bench = Bench::new("wal");
    bench.sql("DELETE FROM orders WHERE id > 10");
    let plan = bench.plan();
    bench.store(NO_END);
    assert!(bench.restore(&plan, "shop").unwrap_err().is("job-unrecorded"));
    bench.store("DROP TRIGGER no_end; UPDATE jobs SET process = 'gone' WHERE finished_at IS NULL");
    let sentences = bench.next_process();
    assert!(sentences.len() == 1 && sentences[0].contains("entered") && sentences[0].contains("quarterdeck undo 2"), "{sentences:?}");
    bench.undo(&json!(2)).unwrap();
    assert_eq!(bench.sql("SELECT count(*) FROM orders"), "10");
}

#[test]
fn a_process_that_ends_behind_a_replacement_or_a_backup_says_what_became_of_it() {
    let mut bench = Bench::new("delete");
    bench.store(NO_END);
    assert!(bench.work("backup_system", json!({ "system": "shop" })).unwrap_err().is("job-unrecorded"));
    bench.store("DROP TRIGGER no_end; UPDATE jobs SET process = 'gone' WHERE finished_at IS NULL");
    let sentences = bench.next_process();
    assert!(sentences.len() == 1 && sentences[0].contains("its snapshot is whole and was kept"), "{sentences:?}");
    museum::text_file(&bench.file);
    let plan = bench.plan();
    bench.store(NO_END);
    assert!(bench.restore(&plan, "shop").unwrap_err().is("job-unrecorded"));
    bench.store("DROP TRIGGER no_end; UPDATE jobs SET process = 'gone' WHERE finished_at IS NULL");
    let sentences = bench.next_process();
    assert!(sentences.len() == 1 && sentences[0].contains("shop.db.before-restore-job-3"), "{sentences:?}");
    let fault = bench.call("plan_undo", json!({ "job": 3 })).unwrap_err();
    assert!(fault.is("nothing-to-undo") && fault.hint.contains("shop.db.before-restore-job-3"), "{fault}");
}

#[test]
fn recovery_keeps_its_hands_off_a_target_at_work_and_the_next_job_does_not_need_a_new_process() {
    let bench = Bench::new("wal");
    let part = bench.scratch.file("shop.db.quarterdeck-part");
    std::fs::write(&part, "half an image").unwrap();
    let home = bench.scratch.file("home");
    let copies = home.join("scratch/prove-2");
    std::fs::create_dir_all(&copies).unwrap();
    std::fs::write(copies.join("shop.db"), "rows of the live database").unwrap();
    let intent = json!({ "step": "fetch-image", "part": part, "safety": null });
    bench.store(&format!(
        "INSERT INTO jobs (operation, title, system, target, state, phases, who, face, created_at, request, process)
         SELECT 'restore_component', 'Restore', system, target, 'running', '[]', who, face, created_at, '{{}}', 'gone' FROM jobs;
         INSERT INTO intents (job, body) VALUES (2, '{intent}')"
    ));
    let key = format!("component-{}.lock", bench.store("SELECT id FROM components"));
    let held = std::fs::File::options().create(true).truncate(false).write(true).open(home.join("leases").join(key)).unwrap();
    held.lock().unwrap();
    assert_eq!(bench.engine.recover().unwrap(), Vec::<String>::new());
    assert!(part.exists(), "it is the file of whoever holds the lease");
    drop(held);
    bench.restore(&bench.plan(), "shop").unwrap();
    assert_eq!(bench.call("get_job", json!({ "job": 2 })).unwrap()["state"], "interrupted");
    assert!(!copies.exists(), "no readable copy of the live database stays behind");
}

#[test]
fn a_plan_does_not_keep_writers_waiting_for_its_figures() {
    let bench = Bench::new("delete");
    bench.sql("CREATE TABLE big (x); INSERT INTO big VALUES (zeroblob(70000000))");
    let plan = bench.plan();
    assert_eq!(plan["changes"], json!([]));
    let rows = plan["comparison"].as_array().unwrap().iter().find(|row| row["what"] == "Rows").unwrap();
    assert_eq!(rows["tone"], "unknown", "{rows}");
}

#[test]
fn an_undo_whose_way_back_is_not_stored_yet_says_where_it_lies() {
    let mut bench = Bench::new("wal");
    bench.sql("DELETE FROM orders WHERE id > 10");
    let plan = bench.plan();
    bench.store("CREATE TRIGGER no_pin BEFORE INSERT ON pins BEGIN SELECT raise(ABORT, 'the disk is full'); END");
    assert!(bench.restore(&plan, "shop").unwrap_err().is("way-back-pending"));
    let fault = bench.call("plan_undo", json!({ "job": 2 })).unwrap_err();
    assert!(fault.is("way-back-pending") && fault.message.contains("safety/job-2.db"), "{fault}");
    bench.store("DROP TRIGGER no_pin; UPDATE jobs SET process = 'gone' WHERE id = 2");
    bench.next_process();
    bench.undo(&json!(2)).unwrap();
    assert_eq!(bench.sql("SELECT count(*) FROM orders"), "10");
}
