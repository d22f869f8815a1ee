//! A system of two databases and a directory, through the one list: what a snapshot of it holds, and each part brought back alone.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{fs, path::PathBuf};

use bench::{Bench, ask};
use quarterdeck_model::Fault;
use quarterdeck_testkit::shop;
use serde_json::{Value, json};

struct Product {
    bench: Bench,
    root: PathBuf,
}

impl Product {
    /// A definition with two databases, one of them inside the directory that is the third component.
    fn new() -> Self {
        let bench = Bench::empty();
        let root = bench.scratch.file("product");
        fs::create_dir_all(root.join("index/segments")).unwrap();
        shop(&root.join("main.db"), 100, "wal");
        shop(&root.join("index/inner.db"), 100, "delete");
        fs::write(root.join("index/segments/one"), "first").unwrap();
        fs::write(root.join("index/meta.json"), "[\"one\"]").unwrap();
        let definition = "name: product\nenvironment: development\ncomponents:\n  main: {kind: sqlite, path: main.db}\n  \
                          inner: {kind: sqlite, path: index/inner.db}\n  index: {kind: directory, path: index}\n";
        fs::write(root.join("quarterdeck.yaml"), definition).unwrap();
        bench.call("add_system", json!({ "path": root })).unwrap();
        Self { bench, root }
    }

    fn backup(&self) -> Value {
        self.bench.work("backup_system", json!({ "system": "product" })).unwrap()["report"].clone()
    }

    fn line(&self, component: &str) -> Value {
        let overview = self.bench.call("get_overview", json!({})).unwrap();
        overview["databases"].as_array().unwrap().iter().find(|line| line["component"] == component).unwrap().clone()
    }

    fn restore(&self, component: &str, destination: &Value) -> Result<Value, Fault> {
        let target = format!("product/{component}");
        let asked = json!({ "target": target, "snapshot": "latest", "destination": destination });
        let plan = self.bench.call("plan_restore", asked.clone())?;
        let request = json!({ "target": target, "snapshot": plan["snapshot"], "destination": destination, "plan": plan["digest"],
                              "confirm": component });
        self.bench.work("restore_component", request)
    }

    fn new_file(&self, name: &str) -> Value {
        json!({ "kind": "new-file", "path": self.bench.scratch.file(name) })
    }
}

#[test]
fn each_part_of_a_system_is_restored_alone_and_the_others_stay_as_they_are() {
    let product = Product::new();
    let report = product.backup();
    let manifest = &report["snapshot"]["manifest"];
    assert_eq!(manifest["components"].as_array().unwrap().len(), 2, "a directory is opened by nobody as a database");
    let directory = &manifest["directories"][0];
    assert_eq!((&directory["files"], &directory["consistent"]), (&json!(2), &json!(true)));
    assert_eq!(directory["left_out"], json!(["inner.db (not part of this component)"]));
    assert!(manifest["skew"].as_u64().is_some(), "the distance between the cuts is recorded");
    assert_eq!(report["snapshot"]["levels"].as_array().unwrap().last().unwrap()["level"], "data-matches");

    fs::write(product.root.join("index/segments/one"), "rotten").unwrap();
    ask(&product.root.join("main.db"), "DELETE FROM orders");
    ask(&product.root.join("index/inner.db"), "DELETE FROM orders");
    // One of the two databases, in place.
    product.restore("main", &json!({ "kind": "in-place" })).unwrap();
    assert_eq!(ask(&product.root.join("main.db"), "SELECT count(*) FROM orders"), "100");
    assert_eq!(ask(&product.root.join("index/inner.db"), "SELECT count(*) FROM orders"), "0");
    assert_eq!(fs::read_to_string(product.root.join("index/segments/one")).unwrap(), "rotten");
    // The directory, beside the live one.
    let done = product.restore("index", &product.new_file("index-restored")).unwrap();
    let restored = product.bench.scratch.file("index-restored");
    assert_eq!(fs::read_to_string(restored.join("segments/one")).unwrap(), "first");
    assert_eq!(fs::read_to_string(restored.join("meta.json")).unwrap(), "[\"one\"]");
    assert!(!restored.join("inner.db").exists());
    assert_eq!(fs::read_to_string(product.root.join("index/segments/one")).unwrap(), "rotten");
    assert!(done["report"]["checks"][0]["result"].as_str().unwrap().starts_with("2 files, 12 B;"), "{done}");
    assert_eq!(product.line("index")["last_proof"]["level"], "read");
    // The other database, into a file of its own.
    product.restore("inner", &product.new_file("inner-restored.db")).unwrap();
    assert_eq!(ask(&product.bench.scratch.file("inner-restored.db"), "SELECT count(*) FROM orders"), "100");
}

#[test]
fn what_cannot_be_restored_is_refused_with_its_reason() {
    let product = Product::new();
    product.backup();
    let in_place = product.restore("index", &json!({ "kind": "in-place" })).unwrap_err();
    assert!(in_place.is("directory-in-place") && in_place.hint.contains("new folder"), "{in_place}");
    let there = product.new_file("product/index");
    let plan =
        product.bench.call("plan_restore", json!({ "target": "product/index", "snapshot": "latest", "destination": there })).unwrap();
    assert!(plan["obstacles"][0].as_str().unwrap().contains("exists already"), "{plan}");
    assert!(product.restore("index", &there).unwrap_err().is("restore-not-possible"));
    let unnamed = json!({ "target": "product", "snapshot": "latest", "destination": product.new_file("x") });
    let fault = product.bench.call("plan_restore", unnamed).unwrap_err();
    assert!(fault.is("component-needed") && fault.hint.contains("product/index"), "{fault}");
}

#[test]
fn the_overview_says_of_a_directory_what_is_known_without_reading_it() {
    let product = Product::new();
    let before = product.line("index");
    assert_eq!((&before["kind"], &before["verdict"], &before["size"]), (&json!("directory"), &json!("healthy"), &Value::Null));
    assert_eq!(before["truth"], "Never backed up: everything would be lost.");
    product.backup();
    let after = product.line("index");
    assert_eq!((&after["files"], &after["size"]), (&json!(2), &json!(12)));
    assert!(after["journal_mode"].is_null() && after["tables"].is_null() && after["last_snapshot"].is_object());
    assert_eq!(product.line("main")["kind"], "sqlite");
    fs::rename(product.root.join("index"), product.bench.scratch.file("moved")).unwrap();
    let gone = product.line("index");
    assert_eq!((&gone["tone"], &gone["verdict"]), (&json!("critical"), &json!("unreadable")));
    let fault = product.bench.work("backup_system", json!({ "system": "product" })).unwrap_err();
    assert!(fault.is("backup-not-possible"), "{fault}");
}

#[test]
fn a_directory_is_added_once_and_never_ours() {
    let product = Product::new();
    let again = product.bench.scratch.file("again");
    fs::create_dir(&again).unwrap();
    let definition =
        |path: &str| format!("name: again\nenvironment: development\ncomponents: {{files: {{kind: directory, path: {path}}}}}\n");
    fs::write(again.join("quarterdeck.yaml"), definition("../product/index")).unwrap();
    let fault = product.bench.call("add_system", json!({ "path": again })).unwrap_err();
    assert!(fault.is("already-added"), "{fault}");
    fs::write(again.join("quarterdeck.yaml"), definition("../home")).unwrap();
    assert!(product.bench.call("add_system", json!({ "path": again })).unwrap_err().is("own-store"));
    let inside = format!("{}repository: {{path: ../product}}\n", definition("../product/index/segments"));
    fs::write(again.join("quarterdeck.yaml"), inside).unwrap();
    assert!(product.bench.call("add_system", json!({ "path": again })).unwrap_err().is("own-repository"));
    // One without any database is a system too. Its repository may lie in it: a snapshot holds none.
    fs::create_dir(again.join("files")).unwrap();
    fs::write(again.join("files/a"), "a").unwrap();
    let definition = format!("{}repository: {{path: files/backup}}\n", definition("files"));
    fs::write(again.join("quarterdeck.yaml"), definition).unwrap();
    product.bench.call("add_system", json!({ "path": again })).unwrap();
    for _ in 0..2 {
        let report = product.bench.work("backup_system", json!({ "system": "again" })).unwrap()["report"].clone();
        assert_eq!(report["snapshot"]["manifest"]["directories"][0]["files"], 1, "{report}");
        assert_eq!(report["snapshot"]["levels"].as_array().unwrap().last().unwrap()["level"], "read");
    }
}
