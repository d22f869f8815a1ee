//! Damage under a chain of deltas and in a directory: exactly the snapshots and components that need a rotten pack are marked.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use bench::{Bench, ask};
use quarterdeck_model::{Digest, Fault};
use quarterdeck_testkit::shop;
use serde_json::{Value, json};

/// A database and a directory, and so many snapshots that there are deltas of two tiers.
struct Product {
    bench: Bench,
    root: PathBuf,
}

impl Product {
    fn new() -> Self {
        let bench = Bench::empty();
        let root = bench.scratch.file("product");
        fs::create_dir_all(root.join("index")).unwrap();
        shop(&root.join("main.db"), 5_000, "wal");
        fs::write(root.join("index/meta"), "written once").unwrap();
        let definition = "name: product\nenvironment: development\ncomponents:\n  main: {kind: sqlite, path: main.db}\n  \
                          index: {kind: directory, path: index}\n";
        fs::write(root.join("quarterdeck.yaml"), definition).unwrap();
        bench.call("add_system", json!({ "path": root })).unwrap();
        let product = Self { bench, root };
        product.backup();
        product
    }

    fn with_deltas(self, deltas: usize) -> Self {
        for turn in 0..deltas {
            let from = 400 * turn + 1;
            self.sql(&format!("UPDATE orders SET note = hex(randomblob(40)) WHERE id BETWEEN {from} AND {from} + 100"));
            fs::write(self.root.join("index/segment"), segment(turn)).unwrap();
            self.backup();
        }
        self
    }

    fn sql(&self, sql: &str) {
        ask(&self.root.join("main.db"), sql);
    }

    fn backup(&self) -> Value {
        self.bench.work("backup_system", json!({ "system": "product", "reason": "scheduled" })).unwrap()["report"].clone()
    }

    /// The snapshots, newest first.
    fn snapshots(&self) -> Vec<Value> {
        self.bench.call("list_snapshots", json!({ "system": "product" })).unwrap()["snapshots"].as_array().unwrap().clone()
    }

    fn check(&self) -> Value {
        self.bench.call("check_repository", json!({ "system": "product", "read": "all" })).unwrap()
    }

    fn repair(&self) -> Value {
        let plan = self.bench.call("plan_repair", json!({ "system": "product" })).unwrap();
        self.bench.work("repair_repository", json!({ "system": "product", "plan": plan["digest"] })).unwrap()["report"].clone()
    }

    fn packs(&self) -> Vec<PathBuf> {
        let places = fs::read_dir(self.bench.scratch.file("home/repository/product/data")).unwrap();
        places.flat_map(|place| fs::read_dir(place.unwrap().path()).unwrap()).map(|pack| pack.unwrap().path()).collect()
    }

    /// Damages a file of some snapshot whose path has this part, and says which files that has touched.
    fn rot_what_holds(&self, part: &str) -> Vec<String> {
        for (pack, place) in self.places() {
            let sound = rot(&pack, place);
            let files = files(&self.check());
            if files.iter().any(|file| file.contains(part)) {
                return files;
            }
            put_back(&pack, &sound);
        }
        panic!("no pack holds {part}");
    }

    /// Several places in each pack: one pack holds pieces of several files.
    fn places(&self) -> Vec<(PathBuf, usize)> {
        self.packs().into_iter().flat_map(|pack| (0..PLACES).map(move |place| (pack.clone(), place))).collect()
    }

    fn restore(&self, snapshot: &Value, component: &str) -> Result<Value, Fault> {
        let to = self.bench.scratch.file("restored");
        let _ = (fs::remove_file(&to), fs::remove_dir_all(&to));
        let target = format!("product/{component}");
        let destination = json!({ "kind": "new-file", "path": to });
        let request = json!({ "target": target, "snapshot": snapshot["id"], "destination": destination });
        let plan = self.bench.call("plan_restore", request)?;
        let request = json!({ "target": target, "snapshot": snapshot["id"], "destination": destination, "plan": plan["digest"] });
        self.bench.work("restore_component", request)
    }
}

/// Places of a pack that are damaged in turn.
const PLACES: usize = 6;

/// Text that hardly gets smaller by compressing it.
fn segment(turn: usize) -> String {
    (0..500).map(|line| Digest::of(format!("{turn} {line}").as_bytes()).0).collect()
}

/// Turns a bit of a file in one of those places; says what it held.
fn rot(path: &Path, place: usize) -> Vec<u8> {
    let sound = fs::read(path).unwrap();
    let mut bytes = sound.clone();
    let at = bytes.len() * (2 * place + 1) / (2 * PLACES);
    bytes[at] ^= 1;
    put_back(path, &bytes);
    sound
}

fn put_back(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap(); // it can only be read
    fs::write(path, bytes).unwrap();
}

/// The damaged files that a check names, of whatever snapshot.
fn files(check: &Value) -> Vec<String> {
    let of = |snapshot: &Value| snapshot["affected"]["files"].as_array().unwrap().clone();
    let files: BTreeSet<String> =
        check["affected"].as_array().unwrap().iter().flat_map(of).map(|file| file.as_str().unwrap().to_owned()).collect();
    files.into_iter().collect()
}

fn is_marked(snapshot: &Value, component: &str) -> bool {
    snapshot["affected"]["components"].as_array().is_some_and(|components| components.iter().any(|name| name == component))
}

/// The parts of a snapshot that lie in files of their own.
const PARTS: [&str; 4] = ["/base/main.db.base", "/delta/main/0/", "/delta/main/1/", "/dir/index/"];

#[test]
fn whichever_pack_rots_exactly_what_does_not_restore_is_marked() {
    let product = Product::new().with_deltas(10);
    let deltas: Vec<u64> = product.snapshots()[0]["manifest"]["components"][0]["deltas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|delta| delta["tier"].as_u64().unwrap())
        .collect();
    assert!(deltas.contains(&1) && deltas.contains(&0), "{deltas:?}");
    let (mut seen, mut compared) = (BTreeSet::<&str>::new(), BTreeSet::new());
    for (pack, place) in product.places() {
        let sound = rot(&pack, place);
        let check = product.check();
        let damaged = files(&check);
        if !compared.insert(damaged.clone()) {
            put_back(&pack, &sound);
            continue;
        }
        seen.extend(PARTS.into_iter().filter(|part| damaged.iter().any(|file| file.contains(*part))));
        seen.extend(damaged.iter().any(|file| file.ends_with('/')).then_some("a folder"));
        let listed = product.snapshots();
        for snapshot in listed.iter().step_by(3) {
            for component in ["main", "index"] {
                let restored = product.restore(snapshot, component);
                assert_eq!(
                    is_marked(snapshot, component),
                    restored.is_err(),
                    "{component} of {}: {}, {restored:?}; {}",
                    snapshot["id"],
                    snapshot["affected"],
                    check["findings"]
                );
            }
        }
        put_back(&pack, &sound);
    }
    assert_eq!(product.check()["tone"], "ok");
    assert!(
        PARTS.iter().all(|part| seen.contains(*part)) && product.snapshots().iter().all(|snapshot| snapshot["affected"].is_null()),
        "{seen:?}"
    );
}

#[test]
fn a_damaged_file_of_a_directory_marks_that_directory_in_the_snapshots_that_hold_it() {
    let product = Product::new().with_deltas(2);
    let files = product.rot_what_holds("/dir/index/segment");
    assert_eq!(files, ["/backup/product/dir/index/segment"]);
    let check = product.check();
    let marked: Vec<bool> = product.snapshots().iter().map(|snapshot| is_marked(snapshot, "index")).collect();
    assert_eq!(marked.iter().filter(|marked| **marked).count(), 1, "{check}");
    assert!(product.snapshots().iter().all(|snapshot| !is_marked(snapshot, "main")), "{check}");
    let index = check["restorable"].as_array().unwrap().iter().find(|part| part["component"] == "index").unwrap();
    assert_eq!((&index["sound"], &index["of"]), (&json!(2), &json!(3)), "{check}");
    let overview = product.bench.call("get_overview", json!({})).unwrap();
    let line =
        |component: &str| overview["databases"].as_array().unwrap().iter().find(|line| line["component"] == component).unwrap().clone();
    assert_eq!(line("index")["tone"], "critical", "{overview}");
    assert_eq!(line("main")["findings"], json!([]), "{overview}");
    assert!(line("index")["findings"].to_string().contains("1 of 3 snapshots cannot be restored"), "{overview}");
}

#[test]
fn an_entry_that_cannot_be_read_marks_every_part_of_its_snapshot() {
    let product = Product::new();
    let id = product.snapshots()[0]["id"].as_str().unwrap().to_owned();
    rot(&product.bench.scratch.file("home/repository/product/snapshots").join(&id), 3);
    let check = product.check();
    assert_eq!(check["affected"][0]["affected"]["components"], json!(["main", "index"]), "{check}");
    assert!(check["restorable"].as_array().unwrap().iter().all(|part| (&part["sound"], &part["of"]) == (&json!(0), &json!(1))), "{check}");
}

#[test]
fn nothing_new_is_built_on_a_rotten_delta() {
    let product = Product::new().with_deltas(3);
    let damaged = product.rot_what_holds("/delta/main/0/0");
    product.repair();
    let hurt = product.snapshots().iter().filter(|snapshot| is_marked(snapshot, "main")).count();
    assert!((1..=3).contains(&hurt), "{damaged:?}");
    product.sql("UPDATE orders SET cents = cents + 1 WHERE id = 77");
    product.backup();
    let newest = product.snapshots()[0].clone();
    assert!(!is_marked(&newest, "main"), "its chain begins at a sound snapshot: {newest}");
    product.restore(&newest, "main").unwrap();
    let check = product.check();
    assert_eq!(check["affected"].as_array().unwrap().len(), hurt, "what only the delta held is lost, and no more: {check}");
    assert!(!is_marked(&product.snapshots()[0], "main"), "{check}");
}

#[test]
fn a_rotten_base_is_made_whole_again_with_every_snapshot_on_it() {
    let product = Product::new().with_deltas(3);
    product.rot_what_holds("/base/main.db.base");
    let report = product.repair();
    assert_eq!(product.snapshots().iter().filter(|snapshot| is_marked(snapshot, "main")).count(), 4, "{report}");
    // What the base held of the pages that have changed since is nowhere any more; those are put back as they were.
    product.backup();
    let check = product.check();
    let newest = product.snapshots()[0].clone();
    product.restore(&newest, "main").unwrap();
    assert!(!is_marked(&newest, "main"), "{check}");
    for snapshot in product.snapshots() {
        assert_eq!(is_marked(&snapshot, "main"), product.restore(&snapshot, "main").is_err(), "{check}");
    }
}
