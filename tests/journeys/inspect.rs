//! The truth about any file.

use std::fs;

use quarterdeck_testkit::{Peer, museum};

use crate::support::Bench;

/// Exhibits of the museum whose verdict scripts rely on.
const VERDICTS: &[(&str, &str)] = &[
    ("zero bytes", "empty"),
    ("text file", "not-a-database"),
    ("directory", "not-a-database"),
    ("truncated", "damaged"),
    ("interior page flipped", "damaged"),
    ("index leaf flipped", "damaged"),
    ("encrypted", "encrypted"),
    ("leftover wal", "healthy"),
    ("hot journal", "healthy"),
    ("empty database", "empty"),
    ("pages of 512", "healthy"),
    ("pages of 65536", "healthy"),
    ("unknown collation", "healthy"),
    ("unknown function", "healthy"),
    ("unknown module", "healthy"),
    ("missing parents", "healthy"),
    ("healthy", "healthy"),
    ("healthy wal", "healthy"),
];

#[test]
fn every_exhibit_gets_its_verdict_and_is_left_as_it_was() {
    for (name, make) in museum::ALL {
        let bench = Bench::new();
        let folder = bench.file("museum");
        fs::create_dir(&folder).unwrap();
        let path = folder.join("exhibit.db");
        make(&path);
        let state = || {
            fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap())
                .map(|entry| (entry.file_name(), fs::read(entry.path()).ok()))
                .collect::<Vec<_>>()
        };
        let before = state();
        let seen = bench.line(&format!("inspect {} --json", path.display())).done().json();
        assert_eq!(state(), before, "{name}: inspect left something behind");
        if let Some((_, verdict)) = VERDICTS.iter().find(|(known, _)| known == name) {
            assert_eq!(seen["verdict"], *verdict, "{name}: {seen}");
        }
        let words = bench.line(&format!("inspect {}", path.display())).done().out;
        assert!(words.contains(seen["sentence"].as_str().unwrap()), "{name}: the sentence is in both forms:\n{words}");
    }
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let bench = Bench::new();
    let path = bench.file("nothing.db");
    bench.line(&format!("inspect {} --json", path.display())).code(3).fault("file-missing", "nothing.db");
    bench.line(&format!("add {} --json", path.display())).code(3).fault("file-missing", "nothing.db");
}

#[test]
fn a_file_that_somebody_holds_exclusively_is_locked() {
    let bench = Bench::new();
    let path = bench.file("held.db");
    quarterdeck_testkit::shop(&path, 10, "delete");
    let mut peer = Peer::open(&path);
    peer.run("BEGIN EXCLUSIVE;");
    let seen = bench.line(&format!("inspect {} --json", path.display())).done().json();
    assert_eq!(seen["verdict"], "locked", "{seen}");
    peer.quit();
}

#[test]
fn a_writer_goes_on_while_it_is_inspected() {
    let bench = Bench::new();
    let path = bench.file("live.db");
    quarterdeck_testkit::shop(&path, 100, "wal");
    let mut peer = Peer::open(&path);
    peer.run("BEGIN IMMEDIATE; INSERT INTO customers(name, email) VALUES('New', 'new@example.com');");
    let seen = bench.line(&format!("inspect {} --json", path.display())).done().json();
    assert_eq!(seen["verdict"], "healthy", "{seen}");
    assert_eq!(peer.run("COMMIT; SELECT count(*) FROM customers;"), "11");
    peer.quit();
}
