//! Folders as people have them: the same history in every layout, and everything that can be wrong with a folder.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use quarterdeck_migrate::{
    collection::{Collection, MigrationKind, Transaction},
    read::{ReadOptions, digest, read},
};
use quarterdeck_model::migration::Layout;
use quarterdeck_testkit::Scratch;
use rusqlite::Connection;

const LAYOUTS: &[(&str, Layout)] = &[
    ("plain", Layout::Plain),
    ("goose", Layout::Goose),
    ("dbmate", Layout::Dbmate),
    ("golang-migrate", Layout::GolangMigrate),
    ("golang-migrate-underscores", Layout::GolangMigrate),
    ("flyway", Layout::Flyway),
    ("refinery", Layout::Refinery),
    ("sqlx", Layout::Sqlx),
    ("diesel", Layout::Diesel),
    ("prisma", Layout::Diesel),
];

/// Names and texts.
type Files = &'static [(&'static str, &'static str)];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layouts").join(name)
}

fn read_fixture(name: &str) -> Collection {
    read(&fixture(name), &ReadOptions::default()).unwrap()
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> (Scratch, PathBuf) {
    let scratch = Scratch::new();
    let folder = scratch.path().join("migrations");
    fs::create_dir(&folder).unwrap();
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    (scratch, folder)
}

fn collection(files: &[(&str, &str)]) -> Collection {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let (_scratch, folder) = folder(&files);
    read(&folder, &ReadOptions::default()).unwrap()
}

fn titles(collection: &Collection) -> Vec<String> {
    collection.migrations.iter().map(|migration| migration.title()).collect()
}

fn problems(collection: &Collection) -> Vec<(&str, String)> {
    let at = |problem: &quarterdeck_model::migration::Problem| {
        problem.at.as_ref().map_or(String::new(), |at| format!("{}:{}:{}", at.file, at.line, at.column))
    };
    collection.problems.iter().map(|problem| (problem.code.as_str(), at(problem))).collect()
}

fn unused(collection: &Collection) -> Vec<(&str, &str)> {
    collection.unused.iter().map(|unused| (unused.file.as_str(), unused.reason.as_str())).collect()
}

/// Runs every way up as a session would, and answers with the schema.
fn schema_after(collection: &Collection) -> Vec<(String, String)> {
    let scratch = Scratch::new();
    let connection = Connection::open(scratch.file("a.db")).unwrap();
    for migration in &collection.migrations {
        let skipped = match &migration.transaction {
            Transaction::TakenOver { skipped, .. } => skipped.clone(),
            _ => Vec::new(),
        };
        let statements = migration.up.iter().flat_map(|script| script.statements.iter().map(|statement| script.text(statement)));
        for (_, sql) in statements.enumerate().filter(|(number, _)| !skipped.contains(number)) {
            connection.execute_batch(sql).unwrap_or_else(|error| panic!("{}: {sql}: {error}", migration.title()));
        }
    }
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type <> 'view' ORDER BY name").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_same_history_in_every_layout_ends_in_the_same_schema() {
    let expected = schema_after(&read_fixture("plain"));
    assert_eq!(expected.len(), 5, "{expected:?}");
    for (name, layout) in LAYOUTS {
        let collection = read_fixture(name);
        assert_eq!(collection.layout, *layout, "{name}: {}", collection.layout_reason);
        assert_eq!(problems(&collection), [], "{name}");
        assert_eq!(schema_after(&collection), expected, "{name}");
        let versioned = collection.migrations.iter().filter(|migration| migration.kind == MigrationKind::Versioned);
        let names: Vec<_> = versioned.map(|migration| migration.name.as_str()).collect();
        assert_eq!(names, ["customers_and_orders", "order_log", "order_totals", "customer_names"], "{name}");
    }
}

#[test]
fn statements_are_the_same_in_every_layout_and_bytes_are_those_of_the_file() {
    let plain = read_fixture("plain");
    for (name, _) in LAYOUTS {
        let collection = read_fixture(name);
        for (one, other) in plain.migrations.iter().zip(&collection.migrations) {
            assert_eq!(one.statements_sha256, other.statements_sha256, "{name}: {}", other.title());
        }
    }
    let golang = read_fixture("golang-migrate");
    assert_eq!(plain.migrations[0].bytes_sha256, golang.migrations[0].bytes_sha256);
    assert_ne!(plain.migrations[0].bytes_sha256, plain.migrations[1].bytes_sha256);
}

#[test]
fn line_ends_and_byte_order_marks_change_bytes_and_not_statements() {
    for (name, layout) in LAYOUTS {
        let original = read_fixture(name);
        let (_scratch, copy) = folder(&[]);
        rewrite(&fixture(name), &copy, &|text| format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes());
        let changed = read(&copy, &ReadOptions::default()).unwrap();
        assert_eq!((changed.layout, problems(&changed)), (*layout, vec![]), "{name}: {}", changed.layout_reason);
        assert_eq!(unused(&changed), unused(&original), "{name}");
        for (one, other) in original.migrations.iter().zip(&changed.migrations) {
            assert_eq!(one.statements_sha256, other.statements_sha256, "{name}: {}", one.title());
            assert_ne!(one.bytes_sha256, other.bytes_sha256, "{name}: {}", one.title());
            assert_eq!((&one.transaction, one.down.len()), (&other.transaction, other.down.len()), "{name}: {}", one.title());
        }
    }
}

/// Copies SQL files below a folder with another text; every other file as it is.
fn rewrite(from: &Path, to: &Path, change: &dyn Fn(&str) -> Vec<u8>) {
    for entry in fs::read_dir(from).unwrap() {
        let (source, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).unwrap();
        if source.is_dir() {
            fs::create_dir(&target).unwrap();
            rewrite(&source, &target, change);
        } else if source.extension().is_some_and(|ending| ending == "sql") {
            fs::write(target, change(&fs::read_to_string(source).unwrap())).unwrap();
        } else {
            fs::copy(source, target).unwrap();
        }
    }
}

#[test]
fn ways_down_are_found_and_empty_ones_are_none() {
    let downs = |name: &str| -> Vec<usize> { read_fixture(name).migrations.iter().map(|migration| migration.down.len()).collect() };
    assert_eq!(downs("plain"), [0, 0, 0, 0]);
    for name in ["goose", "dbmate", "golang-migrate", "golang-migrate-underscores", "diesel"] {
        assert_eq!(downs(name), [1, 1, 1, 0], "{name}");
    }
    assert_eq!(downs("flyway"), [0, 0, 1, 0, 0]);
    assert_eq!(downs("sqlx"), [0, 0, 1, 0]);
    assert_eq!(unused(&read_fixture("golang-migrate")), [("000004_customer_names.down.sql", "has no statement: it is no way down")]);
    assert_eq!(unused(&read_fixture("goose")), [("00005_seed.go", "is a program; only SQL is run")]);
}

#[test]
fn how_a_migration_runs_is_what_its_tool_was_told() {
    let third = |name: &str| read_fixture(name).migrations[2].transaction.clone();
    let taken_over = Transaction::TakenOver { skipped: vec![0, 1, 7, 8], foreign_keys: Some(false) };
    for name in ["plain", "golang-migrate", "refinery", "sqlx", "prisma"] {
        assert_eq!(third(name), taken_over, "{name}");
    }
    let alone = |reason: &str| Transaction::Alone { reason: reason.to_owned() };
    assert_eq!(third("goose"), alone("-- +goose NO TRANSACTION"));
    assert_eq!(third("dbmate"), alone("-- migrate:up transaction:false"));
    assert_eq!(third("flyway"), alone("executeInTransaction=false"));
    assert_eq!(third("diesel"), alone("run_in_transaction = false"));
    assert_eq!(read_fixture("sqlx").migrations[1].transaction, alone("-- no-transaction"));
    assert_eq!(read_fixture("plain").migrations[0].transaction, Transaction::Ours);
}

#[test]
fn why_a_layout_was_chosen_is_said() {
    let reason = |name: &str| read_fixture(name).layout_reason;
    assert_eq!(reason("goose"), "4 of 4 files have -- +goose Up");
    assert_eq!(reason("plain"), "4 of 5 files begin with a number, and have no markers");
    assert_eq!(reason("refinery"), "U4__customer_names.sql has no V of its version, so it is no undo of Flyway's");
    let set = read(&fixture("goose"), &ReadOptions { layout: Some(Layout::Plain) }).unwrap();
    assert_eq!((set.layout, set.layout_reason.as_str(), set.migrations.len()), (Layout::Plain, "set for this folder", 4));
}

#[test]
fn no_file_is_passed_over_in_silence() {
    for (name, _) in LAYOUTS {
        let collection = read_fixture(name);
        let mut found = Vec::new();
        list(&fixture(name), &fixture(name), &mut found);
        let scripts = collection.migrations.iter().flat_map(|migration| migration.up.iter().chain(&migration.down));
        let told: Vec<_> =
            scripts.map(|script| script.file.name.as_str()).chain(collection.unused.iter().map(|u| u.file.as_str())).collect();
        for file in found.iter().filter(|file| !file.ends_with(".conf") && !file.ends_with("metadata.toml")) {
            assert!(told.contains(&file.as_str()), "{name}: {file} is neither used nor listed");
        }
    }
    assert_eq!(unused(&read_fixture("plain")), [("README.md", "is not a .sql file"), ("notes.sql", "has no version in its name")]);
}

fn list(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
        }
    }
}

#[test]
fn every_reason_for_not_using_a_file_is_told() {
    let collection = collection(&[
        ("001_a.sql", "SELECT 1;"),
        ("002_b.sql", "SELECT 1;"),
        ("003_c.sql", "SELECT 1;"),
        (".hidden.sql", ""),
        ("atlas.sum", ""),
        ("V3__c.sql", ""),
        ("old/004_d.sql", ""),
        ("schema.sql", ""),
        ("seed.py", ""),
    ]);
    let told: Vec<_> = unused(&collection).into_iter().map(|(file, reason)| format!("{file} {reason}")).collect();
    assert_eq!(
        told,
        [
            ".hidden.sql is hidden",
            "V3__c.sql is named as Flyway would have it; this folder is read as plain numbers",
            "atlas.sum is Atlas's list of checksums",
            "old/004_d.sql is in a subfolder; this layout reads one level",
            "schema.sql is a whole schema, not a migration",
            "seed.py is a program; only SQL is run",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_folder_only() {
    let (scratch, folder) = folder(&[("001_a.sql", b"SELECT 1;")]);
    fs::write(scratch.file("outside.sql"), "SELECT 1;").unwrap();
    std::os::unix::fs::symlink("001_a.sql", folder.join("002_b.sql")).unwrap();
    std::os::unix::fs::symlink("../outside.sql", folder.join("003_c.sql")).unwrap();
    std::os::unix::fs::symlink("nowhere.sql", folder.join("004_d.sql")).unwrap();
    let collection = read(&folder, &ReadOptions::default()).unwrap();
    assert_eq!(titles(&collection), ["001_a", "002_b"]);
    let [outside, nowhere] = collection.unused.as_slice() else { panic!("{:?}", collection.unused) };
    assert_eq!((outside.file.as_str(), outside.reason.as_str()), ("003_c.sql", "is a link out of the folder"));
    assert!(nowhere.reason.starts_with("is a link that leads nowhere"), "{}", nowhere.reason);
}

#[test]
fn numbers_are_compared_as_numbers_and_texts_as_texts() {
    let plain =
        collection(&[("10_j.sql", ""), ("9_i.sql", ""), ("1.2_b.sql", ""), ("1.10_c.sql", ""), ("2024-01-31_d.sql", ""), ("7.sql", "")]);
    assert_eq!(titles(&plain), ["1.2_b", "1.10_c", "7", "9_i", "10_j", "2024-01-31_d"]);
    let up = "-- migrate:up\nSELECT 1;";
    assert_eq!(titles(&collection(&[("10_j.sql", up), ("9_i.sql", up)])), ["10_j", "9_i"], "dbmate sorts names");
    let flyway =
        collection(&[("V2__b.sql", ""), ("V1_10__c.sql", ""), ("V1.9__a.sql", ""), ("R__z.sql", ""), ("R__y.sql", ""), ("B1__a.sql", "")]);
    assert_eq!(titles(&flyway), ["1_a", "1.9_a", "1_10_c", "2_b", "y_y", "z_z"]);
}

#[test]
fn several_files_under_one_number_are_one_migration() {
    let plain = collection(&[("002_b_second.sql", "SELECT 2;"), ("002_a_first.sql", "SELECT 1;"), ("001_x.sql", "SELECT 0;")]);
    assert_eq!(titles(&plain), ["001_x", "002_a_first"]);
    assert_eq!(plain.migrations[1].up.len(), 2);
    assert_eq!(problems(&plain), []);
    let pairs = collection(&[("1_a.up.sql", ""), ("1_b.up.sql", ""), ("1_a.down.sql", "SELECT 1;"), ("1_b.down.sql", "SELECT 2;")]);
    let downs: Vec<_> = pairs.migrations[0].down.iter().map(|script| script.file.name.as_str()).collect();
    assert_eq!(downs, ["1_b.down.sql", "1_a.down.sql"], "the way down is the way up backwards");
}

#[test]
fn files_that_lead_back_are_never_run_on_the_way_up() {
    let files = collection(&[
        ("0001.a.sql", "SELECT 1;"),
        ("0001.a.rollback.sql", "SELECT 2;"),
        ("0002_b.sql", "SELECT 3;"),
        ("0002_b_undo.sql", "SELECT 4;"),
        ("0003_add_undo.sql", "SELECT 5;"),
        ("0004.c.rollback.sql", "SELECT 6;"),
    ]);
    assert_eq!(titles(&files), ["0001_a", "0002_b", "0003_add_undo"]);
    let ways: Vec<_> = files.migrations.iter().map(|migration| (migration.up.len(), migration.down.len())).collect();
    assert_eq!(ways, [(1, 1), (1, 1), (1, 0)]);
    assert_eq!(problems(&files), [("down-without-up", "0004.c.rollback.sql:1:1".to_owned())]);
}

#[test]
fn two_files_of_one_version_are_named() {
    let cases: &[(Files, &str)] = &[
        (&[("1_a.sql", "-- +goose Up"), ("001_b.sql", "-- +goose Up")], "1_a.sql:1:1"),
        (&[("1_a.sql", "-- migrate:up"), ("1_b.sql", "-- migrate:up")], "1_b.sql:1:1"),
        (&[("1_a.sql", ""), ("01_a.sql", "")], "1_a.sql:1:1"),
        (&[("V1__a.sql", ""), ("V1.0__b.sql", "")], "V1__a.sql:1:1"),
        (&[("2024-01-01-000000_a/up.sql", ""), ("20240101000000_b/up.sql", "")], "20240101000000_b/up.sql:1:1"),
    ];
    for (files, at) in cases {
        assert_eq!(problems(&collection(files)), [("two-files-one-version", (*at).to_owned())], "{files:?}");
    }
}

#[test]
fn sqlx_has_both_ways_to_name_files_in_one_folder() {
    let mixed =
        collection(&[("1_a.sql", "SELECT 1;"), ("2_b.up.sql", "SELECT 1;"), ("2_b.down.sql", "SELECT 1;"), ("2_c.sql", "SELECT 1;")]);
    assert_eq!((mixed.layout, titles(&mixed)), (Layout::Sqlx, vec!["1_a".to_owned(), "2_b".to_owned()]));
    assert_eq!(problems(&mixed), [("two-files-one-version", "2_c.sql:1:1".to_owned())]);
}

#[test]
fn files_for_other_databases_are_left_out() {
    let files = collection(&[
        ("1_a.up.sql", "SELECT 1;"),
        ("1_a.sqlite3.up.sql", "SELECT 2;"),
        ("1_a.mysql.up.sql", "SELECT 3;"),
        ("2_b.up.sql", "SELECT 4;"),
        ("3_c_postgres.up.sql", "SELECT 5;"),
        ("4_d.sqlite3.autocommit.up.sql", "SELECT 6;"),
    ]);
    assert_eq!(titles(&files), ["1_a.sqlite3", "2_b", "4_d.sqlite3.autocommit"]);
    let reasons: Vec<_> = unused(&files).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, ["is for mysql", "is replaced by the file for SQLite", "is for postgres"]);
    assert!(matches!(&files.migrations[2].transaction, Transaction::Alone { .. }));
}

#[test]
fn what_a_tool_would_refuse_is_a_problem_with_its_place() {
    let cases: &[(Files, &str, &str)] = &[
        (&[("1_a.up.sql", ""), ("2_b.down.sql", "SELECT 1;")], "down-without-up", "2_b.down.sql:1:1"),
        (&[("V1__a.sql", ""), ("U2__b.sql", ""), ("R__c.sql", "")], "down-without-up", "U2__b.sql:1:1"),
        (&[("1_a/up.sql", ""), ("2_b/down.sql", "SELECT 1;")], "down-without-up", "2_b/down.sql:1:1"),
        (&[("1_a.sql", "-- x\n\nSELECT 1;\n-- +goose Up\n")], "sql-before-marker", "1_a.sql:3:1"),
        (&[("1_a.sql", "-- +goose Up\n"), ("2_b.sql", "SELECT 1;")], "no-up-marker", "2_b.sql:1:1"),
        (&[("1_a.sql", "-- +goose Up\n-- +goose Down\n-- +goose Up\n")], "markers-out-of-order", "1_a.sql:3:1"),
        (&[("1_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${A}';")], "goose-envsub", "1_a.sql:2:1"),
        (&[("V1__a.sql", "SELECT 1,\n  ${value};")], "flyway-placeholder", "V1__a.sql:2:3"),
        (&[("1_a.sql", "SELECT 1;\nATTACH 'b.db' AS b;")], "other-database", "1_a.sql:2:1"),
        (&[("1_a.sql", "VACUUM INTO 'b.db';")], "other-database", "1_a.sql:1:1"),
        (&[("1_a.sql", "SELECT \"a;")], "unterminated", "1_a.sql:1:8"),
        (&[("1_a.sql", ".read b.sql")], "shell-command", "1_a.sql:1:1"),
        (&[("1_a.sql", "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;")], "way-down-inside", "1_a.sql:3:1"),
    ];
    for (files, code, at) in cases {
        assert_eq!(problems(&collection(files)), [(*code, (*at).to_owned())], "{files:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_place() {
    let cases: &[(&[u8], &str, &str)] = &[
        (b"SELECT 1;\nSELECT '\xff';", "1_a.sql:2:9", "is not UTF-8"),
        (b"SELECT\0 1;", "1_a.sql:1:7", "zero byte"),
        (b"\xff\xfeS\0", "1_a.sql:1:1", "UTF-16"),
    ];
    for (bytes, at, what) in cases {
        let (_scratch, folder) = folder(&[("1_a.sql", bytes)]);
        let collection = read(&folder, &ReadOptions::default()).unwrap();
        assert_eq!(problems(&collection), [("not-utf-8", (*at).to_owned())]);
        assert!(collection.problems[0].message.contains(what), "{}", collection.problems[0].message);
    }
}

#[test]
fn a_folder_that_cannot_be_read_is_a_fault_and_an_empty_one_is_not() {
    let (scratch, folder) = folder(&[]);
    let empty = read(&folder, &ReadOptions::default()).unwrap();
    assert_eq!(
        (empty.layout, empty.layout_reason.as_str(), empty.migrations.len()),
        (Layout::Plain, "no file has the name of a migration", 0)
    );
    let code = |path: &Path| read(path, &ReadOptions::default()).unwrap_err().code.into_owned();
    assert_eq!(code(&scratch.file("missing")), "folder-missing");
    fs::write(scratch.file("file"), "").unwrap();
    assert_eq!(code(&scratch.file("file")), "not-a-folder");
}

#[test]
fn the_digest_of_a_collection_sees_every_statement_and_the_way_down() {
    let of = |up: &str, down: &str| digest(&collection(&[("1_a.up.sql", up), ("1_a.down.sql", down)]));
    let before = of("SELECT 1;", "SELECT 2;");
    assert_eq!(before, of("SELECT 1;", "SELECT 2;"));
    assert_eq!(before, of("SELECT 1;", "select 2 -- the same;"));
    assert_ne!(before, of("SELECT 1; ", "SELECT 2;"), "its bytes are others");
    assert_ne!(before, of("SELECT 1;", "SELECT 3;"));
}
