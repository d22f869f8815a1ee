//! Checklists and their copies, from outside: files with findings, copies that never change, what is measured and closed.
#![allow(clippy::unwrap_used)]

mod bench;
#[path = "bench/ready.rs"]
mod ready;

use std::fs;

use ready::{RELEASE, Ready};
use serde_json::{Value, json};

fn open(ready: &Ready, checklist: &str, release: &str) -> Result<Value, quarterdeck_model::Fault> {
    ready.call("open_checklist", json!({ "system": "shop", "checklist": checklist, "release": release }))
}

#[test]
fn a_copy_is_opened_once_for_a_release_where_its_file_can_be_used() {
    let ready = Ready::new("staging");
    let list = ready.call("list_checklists", json!({})).unwrap();
    assert_eq!((&list["checklists"][0]["title"], &list["checklists"][0]["items"]), (&json!("Release"), &json!(2)), "{list}");
    let copy = open(&ready, "release", " 2.3 ").unwrap();
    assert_eq!((&copy["release"], &copy["verdict"], &copy["environment"]), (&json!("2.3"), &json!("no-go"), &json!("staging")));
    assert!(open(&ready, "release", "2.3").unwrap_err().is("already-open"));
    for release in [" ", "a\u{202e}b", "a\u{1b}[2Jb"] {
        assert!(open(&ready, "release", release).unwrap_err().is("bad-release"), "{release:?}");
    }
    assert!(open(&ready, "gone", "2.3").unwrap_err().is("no-such-checklist"));
    ready.write("bad", &RELEASE.replace("go-live", "late").replace("weight: 3", "weight: heavy"));
    let fault = open(&ready, "bad", "2.3").unwrap_err();
    assert!(fault.is("checklist-invalid") && fault.message.contains("bad.yml:13:"), "{fault}");
    ready.write("bad", &RELEASE.replace("go-live", "late").replace("[staging, production]", "[production]"));
    assert!(open(&ready, "bad", "2.3").unwrap_err().is("other-environment"));
    assert!(ready.call("get_readiness", json!({ "copy": "" })).unwrap_err().is("no-such-copy"));
    assert!(ready.call("get_item", json!({ "copy": copy["id"], "item": "x" })).unwrap_err().is("no-such-item"));
    let list = ready.call("list_checklists", json!({ "system": "shop" })).unwrap();
    assert_eq!((list["copies"].as_array().unwrap().len(), list["copies"][0]["id"] == copy["id"]), (1, true));
}

#[test]
fn what_evidence_names_has_to_be_there_and_gates_are_unique_over_files() {
    let ready = Ready::new("staging");
    let item = |evidence: &str| format!("      {}: {{title: T, evidence: {{{evidence}}}}}\n", evidence[..2].to_lowercase());
    let evidence = [
        "operation: restore_component, with: {}, at: /x, expect: {is: 1}",
        "promql: 'sum(', expect: {below: 1}",
        "sql: SELECT 1, component: other, expect: {is: 1}",
        "point: moon-phase",
    ];
    let text = format!(
        "title: T\nphases:\n  a:\n    title: A\n    items:\n{}gates:\n  go-live: {{title: G}}\n",
        evidence.iter().map(|evidence| item(evidence)).collect::<String>()
    );
    ready.write("wrong", &text);
    let report = ready.call("check_definition", json!({ "folder": ready.folder })).unwrap();
    let found: Vec<(u64, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (found["line"].as_u64().unwrap(), found["message"].as_str().unwrap()))
        .collect();
    for (line, words) in [
        (6, "restore_component changes something"),
        (7, ""),
        (8, "no database other"),
        (9, "no point moon-phase"),
        (11, "two gates go-live"),
    ] {
        assert!(found.iter().any(|(at, message)| *at == line && message.contains(words)), "{line} {words}: {found:?}");
    }
    assert_eq!(found.len(), 5, "{found:?}");
}

#[test]
fn a_copy_keeps_its_version_whatever_happens_to_the_file_and_closed_never_changes() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    assert_eq!(ready.readiness(&copy)["changed"], Value::Null);
    ready.write("release", &RELEASE.replace("The flag is up", "Something else"));
    ready.flag(&copy, true);
    let now = ready.readiness(&copy);
    assert!(now["changed"].as_str().unwrap().ends_with("the file has changed since"), "{}", now["changed"]);
    assert_eq!(now["phases"][0]["items"][0]["title"], "The flag is up");
    assert_eq!(now["phases"][0]["items"][0]["state"], "holds", "{now}");
    assert_eq!((&now["score"]["total"], &now["copy"]["held"]), (&json!(75), &json!(1)));
    fs::remove_file(ready.folder.join("checklists/release.yml")).unwrap();
    assert!(ready.readiness(&copy)["changed"].as_str().unwrap().ends_with("the file is gone since"));

    let closed = ready.call("close_checklist", json!({ "copy": copy })).unwrap();
    assert_eq!((&closed["score"], &closed["verdict"]), (&json!(75), &json!("no-go")));
    ready.advance(600);
    let later = ready.readiness(&copy);
    assert_eq!(later["phases"][0]["items"][0]["state"], "holds", "it held when it was closed");
    assert_eq!(later["copy"], closed);
    assert!(ready.call("close_checklist", json!({ "copy": copy })).unwrap_err().is("copy-closed"));
    assert!(ready.bench.work("gather_evidence", json!({ "copy": copy })).unwrap_err().is("copy-closed"));
    assert!(ready.call("note_item", json!({ "copy": copy, "item": "flag", "text": "late" })).unwrap_err().is("copy-closed"));
    ready.write("release", RELEASE);
    let next = ready.open("2.4");
    assert_eq!(ready.readiness(&next)["score"]["before"]["total"], 75);
}

#[test]
fn evidence_grows_old_and_counts_again_once_it_is_measured() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    assert_eq!(ready.item(&copy, "flag")["state"], "unknown", "nothing was measured yet");
    ready.gather(&copy);
    assert_eq!(ready.item(&copy, "flag")["state"], "fails");
    ready.flag(&copy, true);
    ready.advance(59);
    assert_eq!(ready.item(&copy, "flag")["state"], "holds");
    ready.advance(2);
    assert_eq!(ready.item(&copy, "flag")["state"], "stale");
    ready.gather(&copy);
    assert_eq!(ready.item(&copy, "flag")["state"], "holds", "the same was measured again");
    let detail = ready.call("get_item", json!({ "copy": copy, "item": "flag" })).unwrap();
    let html = detail["html"].as_str().unwrap();
    assert!(html.contains("<strong>it</strong>") && !html.contains("<script"), "{html}");
}

#[test]
fn what_was_found_is_given_in_full_for_one_item_only() {
    let ready = Ready::new("staging");
    let items = "{i: {title: I, evidence: {command: [printf, 'one\\ntwo'], expect: {contains: one}}}}";
    ready.write("printed", &format!("title: P\nphases:\n  a:\n    title: A\n    items: {items}\n"));
    let copy = open(&ready, "printed", "2.3").unwrap()["id"].as_str().unwrap().to_owned();
    ready.gather(&copy);
    let evidence = ready.item(&copy, "i")["evidence"][0].clone();
    assert_eq!((&evidence["verdict"], &evidence["detail"]), (&json!("holds"), &json!("one\ntwo")), "{evidence}");
    assert_eq!(ready.readiness(&copy)["phases"][0]["items"][0]["evidence"][0]["detail"], Value::Null);
}

#[test]
fn checklists_that_ship_have_no_findings() {
    let bench = bench::Bench::empty();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/reputation");
    let report = bench.call("check_definition", json!({ "folder": folder })).unwrap();
    let of_checklists = |found: &&Value| found["file"].as_str().unwrap().contains("checklists");
    let found: Vec<&Value> = report["findings"].as_array().unwrap().iter().filter(of_checklists).collect();
    assert!(found.is_empty(), "{found:#?}");
}
