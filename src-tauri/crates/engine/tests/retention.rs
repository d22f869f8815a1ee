//! Which snapshots stay: rules and who says them, previews, forgetting, pins, pruning.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{sync::Arc, time::Duration};

use bench::Bench;
use quarterdeck_testkit::{FixedClock, shop};
use serde_json::{Value, json};

/// A shop with so many snapshots, one an hour; the newest is of now. Its clock is about that of the machine, whose files have dates too.
fn shop_with(count: u32) -> (Bench, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::default());
    let bench = Bench::with_clock(clock.clone());
    shop(&bench.file, 50, "wal");
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
    take(&bench, &clock, count);
    (bench, clock)
}

fn take(bench: &Bench, clock: &FixedClock, count: u32) {
    for i in 0..count {
        clock.advance(Duration::from_secs(3600));
        bench.sql(&format!("UPDATE orders SET cents = {i} WHERE id = 1"));
        bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    }
}

fn preview(bench: &Bench, more: Value) -> Value {
    let mut request = json!({ "system": "shop" });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    bench.call("preview_retention", request).unwrap()
}

fn listed(bench: &Bench) -> Vec<String> {
    let list = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    list["snapshots"].as_array().unwrap().iter().map(|snapshot| snapshot["id"].as_str().unwrap().to_owned()).collect()
}

fn audit(bench: &Bench) -> Vec<String> {
    let lines = bench.call("list_audit", json!({})).unwrap();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    lines
        .as_array()
        .unwrap()
        .iter()
        .map(|line| format!("{} {} {}", text(line, "operation"), text(line, "outcome"), text(line, "detail")))
        .collect()
}

#[test]
fn without_rules_everything_stays_and_that_is_said() {
    let (bench, _) = shop_with(3);
    let seen = preview(&bench, json!({}));
    assert_eq!((&seen["kept"], &seen["forgotten"], &seen["source"]["kind"]), (&json!(3), &json!(0), &json!("nothing")));
    assert!(seen["sentence"].as_str().unwrap().contains("No rule says which snapshots of shop to keep, so every one stays."), "{seen}");
    let report = bench.work("forget_snapshots", json!({ "system": "shop" })).unwrap();
    assert_eq!(report["report"]["sentence"], "Nothing was forgotten: 3 snapshots of shop stay.");
}

#[test]
fn rules_are_tried_set_and_applied_and_each_snapshot_says_why() {
    let (bench, clock) = shop_with(5);
    let tried = preview(&bench, json!({ "rules": { "last": 2 }, "measure": true }));
    assert_eq!((&tried["kept"], &tried["forgotten"]), (&json!(2), &json!(3)));
    assert!(tried["free"].as_u64().unwrap() > 0);
    let words: Vec<&str> = tried["snapshots"].as_array().unwrap().iter().map(|verdict| verdict["words"].as_str().unwrap()).collect();
    assert_eq!(
        words,
        [
            "one of the newest, the last that is proved, the newest that is verified",
            "one of the newest",
            "no rule keeps it",
            "no rule keeps it",
            "no rule keeps it"
        ]
    );
    assert_eq!(listed(&bench).len(), 5);

    let fault = bench.call("set_retention", json!({ "system": "shop", "rules": { "daily": 0 } })).unwrap_err();
    assert!(fault.is("bad-keep-rules"), "{fault}");
    let set = bench.call("set_retention", json!({ "system": "shop", "rules": { "last": 2 } })).unwrap();
    assert_eq!(set["source"]["kind"], "store");
    assert!(set["sentence"].as_str().unwrap().starts_with("Kept of shop: the last 2; 20 taken before a change (set by "), "{set}");

    let shown = preview(&bench, json!({}))["digest"].clone();
    take(&bench, &clock, 1);
    let fault = bench.work("forget_snapshots", json!({ "system": "shop", "plan": shown })).unwrap_err();
    assert!(fault.is("plan-stale"), "{fault}");
    let shown = preview(&bench, json!({}));
    let report = bench.work("forget_snapshots", json!({ "system": "shop", "plan": shown["digest"] })).unwrap();
    assert_eq!(report["report"]["sentence"], "4 snapshots of shop are forgotten; 2 stay.");
    let gone: Vec<&str> = report["report"]["forgotten"].as_array().unwrap().iter().map(|gone| gone["id"].as_str().unwrap()).collect();
    assert_eq!((gone.len(), listed(&bench).len()), (4, 2));
    assert!(
        gone.iter().all(|id| audit(&bench).iter().any(|line| line.starts_with("forget_snapshots forgetting") && line.contains(&id[..8])))
    );
    assert_eq!(bench.store("SELECT count(*) FROM manifests"), "2");
    assert_eq!(bench.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
    assert_eq!(preview(&bench, json!({}))["forgotten"], 0);
    assert!(audit(&bench).iter().any(|line| line == "set_retention set the last 2; 20 taken before a change"));
}

#[test]
fn what_nobody_looked_at_does_not_forget_most_of_what_there_is() {
    let (bench, _) = shop_with(24);
    bench.call("set_retention", json!({ "system": "shop", "rules": { "last": 1 } })).unwrap();
    let fault = bench.work("forget_snapshots", json!({ "system": "shop" })).unwrap_err();
    assert!(fault.is("forget-unexpected") && fault.message.contains("23 of 24"), "{fault}");
    let digest = preview(&bench, json!({}))["digest"].clone();
    bench.work("forget_snapshots", json!({ "system": "shop", "plan": digest })).unwrap();
    assert_eq!(listed(&bench).len(), 1);
}

#[test]
fn named_snapshots_go_unless_they_are_pinned_or_the_last_proof() {
    let (bench, clock) = shop_with(4);
    let ids = listed(&bench);
    let forget = |id: &str| bench.work("forget_snapshots", json!({ "system": "shop", "snapshots": [&id[..8]] }));
    let fault = forget(&ids[0]).unwrap_err();
    assert!(fault.is("snapshot-protected") && fault.message.contains("the last that is proved"), "{fault}");

    let pin = |request: Value| bench.call("pin_snapshot", request);
    assert!(pin(json!({ "system": "shop", "snapshot": ids[1], "reason": " " })).unwrap_err().is("bad-reason"));
    let past = json!({ "system": "shop", "snapshot": ids[1], "reason": "audit", "until": "2020-01-01T00:00:00Z" });
    assert!(pin(past).unwrap_err().is("bad-end"));
    pin(json!({ "system": "shop", "snapshot": ids[1], "reason": "audit of 2026" })).unwrap();
    pin(json!({ "system": "shop", "snapshot": ids[2], "reason": "till Sunday", "until": "2026-11-29T00:00:00Z" })).unwrap();
    let fault = forget(&ids[1]).unwrap_err();
    assert!(fault.is("snapshot-protected") && fault.message.contains("audit of 2026"), "{fault}");
    let by_rules = preview(&bench, json!({ "rules": { "last": 1 } }));
    assert_eq!(by_rules["forgotten"], 1);
    assert!(by_rules["snapshots"][1]["words"].as_str().unwrap().ends_with(": audit of 2026"), "{by_rules}");

    clock.advance(Duration::from_secs(8 * 86_400));
    let one = preview(&bench, json!({ "snapshots": [&ids[2][..8]] }));
    let sentence = one["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("1 of 4 snapshots of shop would be forgotten. Between "), "{sentence}");
    assert!(sentence.ends_with(" nothing could be restored then: a gap of 2 h."), "{sentence}");
    forget(&ids[2]).unwrap();
    bench.call("unpin_snapshot", json!({ "system": "shop", "snapshot": ids[1] })).unwrap();
    assert!(bench.call("unpin_snapshot", json!({ "system": "shop", "snapshot": ids[1] })).unwrap_err().is("not-pinned"));
    forget(&ids[1]).unwrap();
    assert_eq!(listed(&bench), [ids[0].clone(), ids[3].clone()]);
    assert!(forget(&ids[1]).unwrap_err().is("snapshot-missing"));
}

#[test]
fn the_way_back_from_a_restore_stays_whatever_the_rules_say() {
    let (bench, _) = shop_with(2);
    let restored = bench.restore(&bench.plan(), "shop").unwrap();
    let digest = preview(&bench, json!({ "rules": { "last": 1 } }));
    let safety = digest["snapshots"].as_array().unwrap().iter().find(|verdict| verdict["reason"] == "safety").unwrap();
    assert!(
        safety["keep"].as_bool().unwrap() && safety["words"].as_str().unwrap().contains("the way back of a job, pinned until"),
        "{safety}"
    );
    let fault = bench.work("forget_snapshots", json!({ "system": "shop", "snapshots": [safety["id"]] })).unwrap_err();
    assert!(fault.is("snapshot-protected"), "{fault}");
    assert!(bench.call("unpin_snapshot", json!({ "system": "shop", "snapshot": safety["id"] })).unwrap_err().is("pinned-by-job"));
    bench.undo(&restored["job"]).unwrap();
}

#[test]
fn the_definition_decides_where_it_says_something_and_stops_everything_where_it_cannot_be_read() {
    let clock = Arc::new(FixedClock::default());
    let bench = Bench::with_clock(clock.clone());
    let folder = bench.scratch.file("system");
    std::fs::create_dir(&folder).unwrap();
    shop(&folder.join("shop.db"), 20, "wal");
    let define = |keep: &str| {
        let text = format!("name: shop\nenvironment: production\ncomponents:\n  shop: {{kind: sqlite, path: shop.db}}\n{keep}");
        std::fs::write(folder.join("quarterdeck.yaml"), text).unwrap();
    };
    define("");
    bench.call("add_system", json!({ "path": folder })).unwrap();
    for _ in 0..3 {
        clock.advance(Duration::from_secs(3600));
        bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    }
    bench.call("set_retention", json!({ "system": "shop", "rules": { "last": 1 } })).unwrap();
    assert_eq!(preview(&bench, json!({}))["forgotten"], 2);
    define("keep:\n  last: 2\n");
    let seen = preview(&bench, json!({}));
    assert_eq!((&seen["forgotten"], &seen["source"]["kind"]), (&json!(1), &json!("definition")));
    assert!(bench.call("set_retention", json!({ "system": "shop" })).unwrap_err().is("rules-in-definition"));
    define("keep:\n  last: many\n");
    assert!(bench.call("preview_retention", json!({ "system": "shop" })).unwrap_err().is("definition-invalid"));
    assert!(bench.work("forget_snapshots", json!({ "system": "shop" })).unwrap_err().is("definition-invalid"));
    // Named ones of production ask for the name.
    let ids = listed(&bench);
    let named = |confirm: Value| bench.work("forget_snapshots", json!({ "system": "shop", "snapshots": [ids[2]], "confirm": confirm }));
    assert!(named(Value::Null).unwrap_err().is("not-confirmed"));
    named(json!("shop")).unwrap();
    assert_eq!(listed(&bench), ids[..2]);
}

#[test]
fn days_are_those_of_the_schedule_that_takes_the_snapshots() {
    let (bench, _) = shop_with(1);
    let daily = json!({ "name": "nightly", "runs": "backup", "cron": "0 2 * * *", "zone": "Asia/Tokyo" });
    bench.call("set_schedules", json!({ "system": "shop", "schedules": [daily] })).unwrap();
    assert_eq!(preview(&bench, json!({}))["zone"], "Asia/Tokyo");
}

#[test]
fn a_prune_marks_what_nothing_uses_and_holds_no_lease() {
    let (bench, _) = shop_with(3);
    let digest = preview(&bench, json!({ "snapshots": [listed(&bench)[2]] }))["digest"].clone();
    bench.work("forget_snapshots", json!({ "system": "shop", "snapshots": [listed(&bench)[2]], "plan": digest })).unwrap();
    let report = bench.work("prune_repository", json!({ "system": "shop" })).unwrap()["report"].clone();
    assert_eq!((&report["freed"], &report["stopped"]), (&json!(0), &Value::Null));
    assert!(report["marked"].as_u64().unwrap() > 0 && report["marked_until"].is_string(), "{report}");
    assert!(report["sentence"].as_str().unwrap().starts_with("Nothing was removed yet; "), "{report}");
    assert!(report["restic"].as_str().unwrap().contains("not referenced in any index"));
    bench.restore(&bench.plan(), "shop").unwrap();
    // While a backup is being taken, a prune runs: neither refuses the other.
    let backup = bench.call("backup_system", json!({ "system": "shop" })).unwrap();
    bench.work("prune_repository", json!({ "system": "shop" })).unwrap();
    let ended = || bench.call("get_job", json!({ "job": backup["job"] })).unwrap();
    while ended()["finished_at"].is_null() {
        std::thread::yield_now();
    }
    assert_eq!(ended()["state"], "succeeded", "{}", ended());
    assert!(bench.work("prune_repository", json!({ "system": "shop", "seconds": 0 })).unwrap_err().is("bad-request"));
}
