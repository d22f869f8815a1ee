//! Every operation of the list: below its role, unknown, misunderstood; and what it leaves in the audit trail.
#![allow(clippy::unwrap_used)]

mod bench;

use std::collections::BTreeSet;

use bench::Bench;
use quarterdeck_engine::{operation::Kind, ops};
use quarterdeck_model::{Caller, Class, Face, Role};
use quarterdeck_testkit::shop;
use serde_json::{Value, json};

fn outcomes(bench: &Bench) -> Vec<(String, String)> {
    let lines = bench.call("list_audit", json!({})).unwrap();
    let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
    lines.as_array().unwrap().iter().map(|line| (text(line, "operation"), text(line, "outcome"))).collect()
}

#[test]
fn each_operation_below_its_role_is_refused_and_an_attempt_to_change_something_is_written_down() {
    let bench = Bench::empty();
    for entry in ops::LIST {
        let roles: BTreeSet<Role> = [Role::Viewer, Role::Operator, Role::Approver].into_iter().filter(|role| *role != entry.role).collect();
        let caller = Caller { who: "stranger".to_owned(), face: Face::Cli, roles };
        let result = bench.engine.call_as(caller, entry.name, json!({}), None);
        if entry.role == Role::Viewer {
            assert!(!result.is_err_and(|fault| fault.is("forbidden")), "{} is open to every viewer", entry.name);
            continue;
        }
        let fault = result.unwrap_err();
        assert!(fault.is("forbidden"), "{}: {fault}", entry.name);
        assert!(fault.hint.contains("quarterdeck roles grant stranger"), "{}", fault.hint);
        assert_ne!(entry.kind, Kind::Query, "{}: a query above viewer would hide the truth from support", entry.name);
        assert!(outcomes(&bench).contains(&(entry.name.to_owned(), "forbidden".to_owned())), "{} left no line", entry.name);
    }
}

#[test]
fn names_are_unique_and_say_verb_and_noun() {
    let mut seen = BTreeSet::new();
    for entry in ops::LIST {
        assert!(seen.insert(entry.name), "{} is there twice", entry.name);
        assert!(entry.name.contains('_') && !entry.summary.is_empty() && entry.summary.ends_with('.'), "{}", entry.name);
    }
}

#[test]
fn what_cannot_be_understood_is_a_matter_of_usage() {
    let bench = Bench::empty();
    let fault = bench.call("no_such_operation", json!({})).unwrap_err();
    assert_eq!((fault.class, &*fault.code), (Class::Usage, "unknown-operation"));
    let fault = bench.call("get_system", json!({ "system": "Not A Name" })).unwrap_err();
    assert_eq!((fault.class, &*fault.code), (Class::Usage, "bad-request"));
    let fault = bench.call("get_system", json!({ "system": "shop", "extra": 1 })).unwrap_err();
    assert!(fault.message.contains("extra"), "{}", fault.message);
}

#[test]
fn a_file_is_added_once_under_any_name_and_strangers_are_refused() {
    let bench = Bench::empty();
    let path = bench.scratch.file("My Shop.db");
    shop(&path, 20, "wal");
    let system = bench.call("add_system", json!({ "path": path })).unwrap();
    assert_eq!((system["name"].as_str(), system["environment"].as_str()), (Some("my-shop"), Some("development")));
    let link = bench.scratch.file("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(bench.call("add_system", json!({ "path": link })).unwrap_err().is("already-added"));
    let text = bench.scratch.file("notes.txt");
    std::fs::write(&text, "Milk, eggs, and a long enough line to be no database at all.").unwrap();
    assert!(bench.call("add_system", json!({ "path": text })).unwrap_err().is("not-a-database"));
    assert!(bench.call("add_system", json!({ "path": bench.scratch.file("gone.db") })).unwrap_err().is("file-missing"));
    let store = bench.scratch.file("home/quarterdeck.db");
    assert!(bench.call("add_system", json!({ "path": store })).unwrap_err().is("own-store"));
    let overview = bench.call("get_overview", json!({})).unwrap();
    assert_eq!(overview["databases"][0]["truth"], "Never backed up: everything would be lost.");
    bench.call("forget_system", json!({ "system": "my-shop" })).unwrap();
    assert!(bench.call("get_system", json!({ "system": "my-shop" })).unwrap_err().is("system-missing"));
    assert_eq!(outcomes(&bench)[0], ("forget_system".to_owned(), "succeeded".to_owned()));
    assert_eq!(bench.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
}

#[test]
fn a_definition_that_changes_changes_the_promises_and_a_component_that_changed_is_named() {
    let bench = Bench::empty();
    let folder = bench.scratch.file("system");
    std::fs::create_dir(&folder).unwrap();
    shop(&folder.join("a.db"), 20, "wal");
    shop(&folder.join("b.db"), 20, "wal");
    let define = |database: &str, rpo: &str| {
        let text = format!(
            "name: sales\nenvironment: staging\nowner: DBA on call\ncomponents:\n  main:\n    kind: sqlite\n    path: {database}\nobjectives:\n  - scenario: data loss\n    rto: 1 h\n    rpo: {rpo}\n"
        );
        std::fs::write(folder.join("quarterdeck.yaml"), text).unwrap();
    };
    define("a.db", "1 h");
    bench.call("add_system", json!({ "path": folder })).unwrap();
    let detail = || bench.call("get_system", json!({ "system": "sales" })).unwrap();
    assert_eq!((&detail()["system"]["objectives"][0]["rpo"], &detail()["definition"]), (&json!(3_600_000), &json!([])));
    define("b.db", "5 min");
    let changed = detail();
    assert_eq!(changed["system"]["objectives"][0]["rpo"], 300_000);
    assert!(
        changed["system"]["components"][0]["path"].as_str().unwrap().ends_with("a.db"),
        "what is administered does not change by itself"
    );
    assert!(changed["definition"][0]["message"].as_str().unwrap().contains("component main"), "{}", changed["definition"]);
    define("a.db", "soon");
    let broken = detail();
    assert_eq!(broken["definition"].as_array().unwrap().len(), 1);
    assert_eq!(broken["system"]["name"], "sales");
}
