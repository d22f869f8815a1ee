//! Folders with `quarterdeck.yaml`, and the example that ships.

use std::fs;

use crate::support::Bench;

#[test]
fn check_names_every_mistake_at_once_with_its_place() {
    let bench = Bench::new();
    let folder = bench.file("system");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("quarterdeck.yaml"), "name: 7\ncolour: red\ncomponents: everything\n").unwrap();
    let report = bench.line(&format!("check {} --json", folder.display())).code(1).json();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() >= 3, "{report}");
    assert!(findings.iter().any(|finding| finding["line"] == 2 && finding["message"].to_string().contains("colour")), "{report}");
    let words = bench.line(&format!("check {}", folder.display())).code(1).out;
    assert!(words.contains("quarterdeck.yaml:2:1"), "{words}");
    bench.line(&format!("add {} --json", folder.display())).code(3);
}

#[test]
fn the_example_is_a_system_with_believable_rows() {
    let bench = Bench::new();
    bench.line("example load").done();
    let folder = bench.home().join("examples/reputation");
    bench.line(&format!("check {}", folder.display())).done();
    let detail = bench.line("call get_system {\"system\":\"reputation\"}").done().json();
    let path = detail["system"]["components"][0]["path"].as_str().unwrap().to_owned();
    assert!(path.starts_with(folder.to_str().unwrap()), "{path}");
    let seen = bench.line(&format!("inspect {path} --json")).done().json();
    assert_eq!(seen["verdict"], "healthy", "{seen}");
    assert_eq!(seen["foreign_key_violations"], serde_json::json!([]));
    let tables = seen["tables"].as_array().unwrap().iter().filter(|table| table["kind"] == "table");
    let rows: Vec<(&str, u64)> = tables.map(|table| (table["name"].as_str().unwrap(), table["rows"].as_u64().unwrap())).collect();
    assert!(rows.len() >= 4 && rows.iter().map(|(_, rows)| rows).sum::<u64>() > 1000, "{rows:?}");
    bench.line("example load").done();
}

#[test]
fn the_example_keeps_writing_for_as_long_as_it_is_asked_to() {
    let bench = Bench::new();
    bench.line("example load").done();
    let path = bench.line("call get_system {\"system\":\"reputation\"}").done().json()["system"]["components"][0]["path"]
        .as_str()
        .unwrap()
        .to_owned();
    let writer = bench.start("example load --write 50");
    let wal = format!("{path}-wal");
    crate::support::until(crate::support::PATIENCE, || fs::metadata(&wal).is_ok_and(|log| log.len() > 100_000).then_some(()))
        .expect("it writes, in WAL mode");
    bench.line("backup reputation").done();
    drop(writer);
    let seen = bench.line(&format!("inspect {path} --json")).done().json();
    assert_eq!(seen["verdict"], "healthy", "{seen}");
}
