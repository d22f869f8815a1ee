//! Migrations that no transaction can hold: how far they come is counted exactly, and a second attempt goes on there.
#![allow(clippy::unwrap_used)]

mod support;

use quarterdeck_migrate::{collection::Transaction, steps};
use quarterdeck_model::migration::{LedgerKind, MigrationState, MigrationWish};
use quarterdeck_sqlite::open;
use quarterdeck_testkit::Scratch;
use support::*;

fn kinds(path: &std::path::Path) -> Vec<(LedgerKind, u64)> {
    let lines = ledger().read(&open::read(path).unwrap()).unwrap();
    lines.iter().map(|line| (line.kind, line.done.0)).collect()
}

#[test]
fn vacuum_runs_between_two_batches_and_says_that_it_stands_alone() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        database(&path, &format!("PRAGMA journal_mode = {mode};"));
        let files = collection(&[
            ("1", "a", "CREATE TABLE a(x); INSERT INTO a VALUES (1);", ""),
            ("2", "vacuum", "DELETE FROM a;\nVACUUM;", ""),
            ("3", "b", "CREATE TABLE b(x);", ""),
        ]);
        let batches = plan(&path, &files, &MigrationWish::All, false).unwrap();
        assert_eq!(batches.iter().map(|batch| batch.atomic).collect::<Vec<_>>(), [true, false, true]);
        assert!(batches[1].wire().sentence.contains("VACUUM on line 2"), "{}", batches[1].wire().sentence);
        let ran = Applying::new(&path, &files).batches(&batches, &mut Nothing).unwrap();
        assert!(!ran.others_committed, "{mode}");
        assert_eq!(ran.ran.iter().map(|ran| ran.rows_changed.0).collect::<Vec<_>>(), [1, 1, 0]);
        assert_eq!(kinds(&path), [(LedgerKind::Applied, 2), (LedgerKind::Started, 2), (LedgerKind::Applied, 2), (LedgerKind::Applied, 1)]);
        assert!(timeline(&path, &files).lines.iter().all(|line| line.state == MigrationState::Applied));
    }
}

#[test]
fn a_failure_half_way_is_counted_and_the_repaired_file_goes_on_there() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "");
    let alone = |sql: &str| {
        let mut files = collection(&[("1", "alone", sql, "")]);
        files.migrations[0].transaction = Transaction::Alone { reason: "-- +goose NO TRANSACTION".to_owned() };
        files
    };
    let bad = alone("CREATE TABLE a(x);\nINSERT INTO a VALUES (1);\nINSERT INTO nope VALUES (1);\nCREATE TABLE b(x);");
    let fault = Applying::new(&path, &bad).all().unwrap_err();
    assert!(fault.message.contains("1_alone.sql:3:13") && fault.message.contains("2 of its 4 statements are done and stay"), "{fault}");
    assert_eq!(fault.facts["changed"], true);
    let shown = timeline(&path, &bad);
    assert_eq!(
        (shown.lines[0].state, shown.lines[0].sentence.as_str()),
        (MigrationState::Failed, "stopped after 2 of 4 statements, outside a transaction")
    );
    let other = alone("CREATE TABLE a(x, y);\nINSERT INTO a VALUES (1);\nCREATE TABLE b(x);");
    let refused = plan(&path, &other, &MigrationWish::All, false).unwrap_err();
    assert!(refused.is("migration-failed-before"), "{refused}");
    let good = alone("CREATE TABLE a(x);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\nCREATE TABLE b(x);");
    Applying::new(&path, &good).all().unwrap();
    assert_eq!((value(&path, "SELECT group_concat(x) FROM a"), tables(&path).len()), ("1,2".to_owned(), 2));
    assert!(timeline(&path, &good).lines.iter().all(|line| line.state == MigrationState::Applied));
}

#[test]
fn transactions_of_the_files_own_are_kept_whole() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "");
    let sql = "BEGIN; CREATE TABLE a(x); COMMIT;\nBEGIN; INSERT INTO a VALUES (1); INSERT INTO nope VALUES (1); COMMIT;";
    let files = collection(&[("1", "two", sql, "")]);
    let fault = Applying::new(&path, &files).all().unwrap_err();
    assert!(fault.message.contains("3 of its 7 statements are done"), "{fault}");
    assert_eq!(value(&path, "SELECT count(*) FROM a"), "0");
    let repaired = collection(&[("1", "two", &sql.replace("nope", "a"), "")]);
    Applying::new(&path, &repaired).all().unwrap();
    assert_eq!(value(&path, "SELECT count(*) FROM a"), "2");
    assert_eq!(kinds(&path).last(), Some(&(LedgerKind::Applied, 7)));
}

#[test]
fn a_transaction_that_is_never_committed_is_a_failure_not_a_loss_in_silence() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "");
    let files = collection(&[("1", "open", "CREATE TABLE a(x);\nBEGIN;\nINSERT INTO a VALUES (1);", "")]);
    let fault = Applying::new(&path, &files).all().unwrap_err();
    assert!(fault.message.contains("it leaves a transaction open"), "{fault}");
    assert_eq!(value(&path, "SELECT count(*) FROM a"), "0");
    assert_eq!(kinds(&path).last(), Some(&(LedgerKind::Failed, 1)));
}

#[test]
fn one_that_stands_half_way_comes_before_everything_else() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "");
    let files =
        collection(&[("1", "vacuum", "CREATE TABLE a(x); VACUUM; SELECT nope;", "DROP TABLE a;"), ("2", "b", "CREATE TABLE b(x);", "")]);
    Applying::new(&path, &files).all().unwrap_err();
    let one = MigrationWish::One { version: "2".to_owned() };
    assert!(plan(&path, &files, &one, false).unwrap_err().is("migration-failed-before"));
    Applying::new(&path, &files).wish(&MigrationWish::Down { steps: None, to: None }, &mut Nothing).unwrap();
    let shown = timeline(&path, &files);
    assert!(shown.lines.iter().all(|line| line.state == MigrationState::Pending), "{shown:?}");
    let again = steps::batches(&files, &shown, &MigrationWish::All, steps::Manner::default()).unwrap();
    assert_eq!(again[0].items[0].done, 0);
}
