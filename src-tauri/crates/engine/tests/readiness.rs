//! Checklists and their copies, from outside: files with findings, copies that never change, what is measured and closed.
#![allow(clippy::unwrap_used)]

mod bench;
#[path = "bench/ready.rs"]
mod ready;

use std::{fs, path::Path};

use quarterdeck_engine::{operation::AtOnce, ops::GatherEvidence};
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
fn an_edit_of_how_a_copy_stood_when_it_was_closed_is_found() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.flag(&copy, true);
    ready.call("close_checklist", json!({ "copy": copy })).unwrap();
    let findings = || ready.call("verify_audit", json!({})).unwrap()["findings"].to_string();
    assert_eq!(findings(), "[]");
    ready.bench.store("DROP TRIGGER copies_stay_closed; UPDATE copies SET closing = json_set(closing, '$.verdict', 'go', '$.score', 100)");
    assert_eq!(ready.readiness(&copy)["copy"]["id"], json!(copy));
    assert!(findings().contains("stood when statement 2 closed it was changed after that"), "{}", findings());
    ready.bench.store("UPDATE copies SET closed = NULL, closing = NULL");
    assert!(findings().contains("Statement 2 closed the copy"), "{}", findings());
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
fn smoke_tests_that_ran_before_count_by_when_they_were_looked_at() {
    let ready = Ready::new("staging");
    let (suite, both) = (ready.folder.join("smoke/core.yml"), smoke_suite(true));
    fs::create_dir_all(suite.parent().unwrap()).unwrap();
    fs::write(&suite, &both).unwrap();
    let run = json!({ "system": "shop", "suite": "core" });
    ready.write(
        "smoked",
        "title: S\nphases: {p: {title: P, items: {smoke: {title: All pass, evidence: {smoke: {suite: core}, lasts: 1 d}}}}}\n",
    );
    let copy = open(&ready, "smoked", "2.3").unwrap()["id"].as_str().unwrap().to_owned();
    let now = || {
        ready.gather(&copy);
        ready.item(&copy, "smoke")
    };
    let item = now();
    assert_eq!(
        (&item["state"], &item["cure"]["job"]["operation"], &item["cure"]["job"]["request"]),
        (&json!("unknown"), &json!("run_smoke"), &run)
    );
    // What the cure says helps, as it is said.
    ready.bench.work("run_smoke", item["cure"]["job"]["request"].clone()).unwrap();
    assert_eq!(now()["state"], "holds");
    ready.advance(120);
    fs::write(&suite, "title: Core\ncasse: {}\n").unwrap();
    assert_eq!(now()["state"], "unknown", "a file that cannot be read");
    ready.advance(10);
    fs::write(&suite, &both).unwrap();
    assert_eq!(now()["state"], "holds", "the results of two hours ago are good again");

    fs::write(&suite, both.replace("SELECT 2", "SELECT 3")).unwrap();
    ready.bench.work("run_smoke", json!({ "system": "shop", "case": "two" })).unwrap();
    assert_eq!(now()["state"], "fails");
    ready.advance(60);
    fs::write(&suite, smoke_suite(false)).unwrap();
    ready.bench.work("run_smoke", run.clone()).unwrap();
    assert_eq!(now()["state"], "holds", "the one that failed is not asked any more");
    ready.advance(1);
    fs::write(&suite, both.replace("SELECT 2", "SELECT 3")).unwrap();
    assert_eq!(now()["state"], "fails", "an hour ago it failed as it is asked again");

    fs::write(&suite, &both).unwrap();
    ready.bench.work("run_smoke", run).unwrap();
    assert_eq!(now()["state"], "holds");
    ready.advance(25 * 60);
    let item = now();
    assert_eq!(
        (&item["state"], &item["cure"]["job"]["operation"]),
        (&json!("stale"), &json!("run_smoke")),
        "measuring again would find the same"
    );
}

#[test]
fn a_press_of_the_button_is_all_that_it_takes() {
    let ready = Ready::new("production");
    let counted = "{command: [sh, -c, 'echo run >> runs'], lasts: 1 d}";
    let items = format!(
        "snapshot: {{title: A snapshot of today, evidence: {{point: snapshot-age}}}}\n      \
         drilled: {{title: A drill of this month, evidence: {{point: drill-age}}}}\n      \
         counted: {{title: Not asked for, evidence: {counted}}}"
    );
    ready.write("pressed", &format!("title: P\nphases:\n  p:\n    title: P\n    items:\n      {items}\n"));
    let copy = open(&ready, "pressed", "2.3").unwrap()["id"].as_str().unwrap().to_owned();
    let unmeasured = ready.item(&copy, "snapshot")["cure"].clone();
    let wanted = GatherEvidence { copy: copy.clone(), items: vec!["snapshot".to_owned()] };
    let wanted = wanted.cure("Measure again", format!("checklist/{copy}/snapshot")).unwrap();
    assert_eq!(unmeasured, serde_json::to_value(wanted).unwrap(), "what was never measured is measured");
    ready.gather(&copy);

    let press = |item: &str, label: &str| {
        let cure = ready.item(&copy, item)["cure"].clone();
        assert_eq!((&cure["label"], &cure["job"]["role"]), (&json!(label), &json!("operator")), "{item}");
        ready.bench.work(cure["job"]["operation"].as_str().unwrap(), cure["job"]["request"].clone()).unwrap();
    };
    assert_eq!((&ready.item(&copy, "snapshot")["state"], &ready.item(&copy, "drilled")["state"]), (&json!("fails"), &json!("fails")));
    press("snapshot", "Back up");
    assert_eq!(ready.item(&copy, "snapshot")["state"], "holds", "it was measured again, by the job itself");
    press("drilled", "Run drill");
    assert_eq!(ready.item(&copy, "drilled")["state"], "holds", "what asked for a snapshot asks for the drill next");
    assert_eq!(fs::read_to_string(ready.folder.join("runs")).unwrap().lines().count(), 1, "nothing else was measured");

    // Through whichever door, and not of a copy that was closed.
    ready.advance(25 * 60);
    ready.gather(&copy);
    let other = open(&ready, "pressed", "2.4").unwrap()["id"].as_str().unwrap().to_owned();
    ready.gather(&other);
    ready.call("close_checklist", json!({ "copy": other })).unwrap();
    ready.bench.work("backup_system", json!({ "system": "shop", "label": "by hand" })).unwrap();
    assert_eq!((&ready.item(&copy, "snapshot")["state"], &ready.item(&other, "snapshot")["state"]), (&json!("holds"), &json!("fails")));
}

#[test]
fn a_job_that_fails_is_seen_by_what_asked_for_it() {
    let ready = Ready::new("production");
    ready.bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let definition = fs::read_to_string(ready.folder.join("quarterdeck.yaml")).unwrap();
    ready.write("drilled", "title: D\nphases: {p: {title: P, items: {i: {title: I, evidence: {point: drill-passed}}}}}\n");
    let copy = open(&ready, "drilled", "2.3").unwrap()["id"].as_str().unwrap().to_owned();
    ready.gather(&copy);
    assert_eq!((&ready.item(&copy, "i")["state"], &ready.item(&copy, "i")["cure"]["label"]), (&json!("unknown"), &json!("Run drill")));
    let drill = "drills:\n  - {name: never, sql: SELECT 1, expect: {rows: none}}\n";
    fs::write(ready.folder.join("quarterdeck.yaml"), definition + drill).unwrap();
    assert!(ready.bench.work("drill_system", json!({ "system": "shop" })).is_err());
    assert_eq!(ready.item(&copy, "i")["state"], "fails");
}

/// A suite of one case, or of two.
fn smoke_suite(both: bool) -> String {
    let case =
        |name: &str, value: u8| format!("  {name}: {{title: {name}, category: core, sql: SELECT {value}, expect: {{is: {value}}}}}\n");
    format!("title: Core\ncases:\n{}{}", case("one", 1), if both { case("two", 2) } else { String::new() })
}

#[test]
fn everything_that_ships_has_no_findings_and_a_broken_query_of_the_watch_is_one() {
    let bench = bench::Bench::empty();
    let folder = bench.scratch.file("reputation");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/reputation"), &folder);
    // Its application makes the database; without one nothing that names its component is looked at.
    fs::create_dir_all(folder.join("data")).unwrap();
    bench::ask(&folder.join("data/reputation.db"), "CREATE TABLE x(y)");
    let findings = || bench.call("check_definition", json!({ "folder": folder })).unwrap()["findings"].clone();
    assert_eq!(findings(), json!([]));
    let watch = folder.join("validation.yml");
    let text = fs::read_to_string(&watch).unwrap();
    fs::write(&watch, text.replacen("histogram_quantile(0.99, ", "histogram_quantile(0.99 ", 1)).unwrap();
    let found = findings();
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found:#}");
    assert!(found[0]["file"].as_str().unwrap().ends_with("validation.yml"), "{found:#}");
}

/// Of what ships only: whoever has run the example has its database and logs in it, too.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true if entry.file_name() == "data" => {}
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}
