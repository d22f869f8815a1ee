//! What a file's own BEGIN, COMMIT and pragmas come to.
#![allow(clippy::unwrap_used)]

use std::{path::PathBuf, sync::Arc};

use quarterdeck_migrate::{
    collection::{Script, Transaction},
    hash,
    source::SourceFile,
    split::split,
    wrapper::transaction,
};
use quarterdeck_model::Digest;

fn script(name: &str, text: &str) -> Script {
    let file: Arc<SourceFile> = SourceFile::new(PathBuf::from(name), name.to_owned(), text.to_owned(), Digest::of(text.as_bytes()));
    let range = 0..text.len();
    Script { statements: split(&file, range.clone()).statements, range, file }
}

fn runs(text: &str) -> Transaction {
    transaction(&[script("001_a.sql", text)], None)
}

fn alone(text: &str) -> String {
    match runs(text) {
        Transaction::Alone { reason } => reason,
        other => panic!("{text}: {other:?}"),
    }
}

fn taken(skipped: &[usize], foreign_keys: Option<bool>) -> Transaction {
    Transaction::TakenOver { skipped: skipped.to_vec(), foreign_keys }
}

#[test]
fn most_files_run_in_our_transaction_as_they_are() {
    for text in [
        "",
        "CREATE TABLE a (b); INSERT INTO a VALUES (1);",
        "PRAGMA user_version = 3; PRAGMA defer_foreign_keys = ON; PRAGMA foreign_key_check; PRAGMA journal_mode;",
        "SAVEPOINT a; INSERT INTO b VALUES (1); RELEASE a;",
        "DELETE FROM a; PRAGMA foreign_keys = OFF; DROP TABLE b;",
        "CREATE TABLE a (b); PRAGMA foreign_keys = ON;",
    ] {
        assert_eq!(runs(text), Transaction::Ours, "{text}");
    }
}

#[test]
fn one_transaction_of_its_own_is_taken_over() {
    assert_eq!(runs("BEGIN; CREATE TABLE a (b); COMMIT;"), taken(&[0, 2], None));
    assert_eq!(runs("PRAGMA foreign_keys=0; BEGIN; DROP TABLE a; END; PRAGMA foreign_keys=1;"), taken(&[0, 1, 3, 4], Some(false)));
    assert_eq!(
        runs("BEGIN; DROP TABLE a; COMMIT; PRAGMA foreign_keys = ON;"),
        taken(&[0, 2, 3], None),
        "what comes after the file is ours"
    );
    assert_eq!(runs("PRAGMA legacy_alter_table = ON; BEGIN; DROP TABLE a; COMMIT;"), taken(&[1, 3], None), "other pragmas run");
    assert_eq!(runs("BEGIN; PRAGMA foreign_keys = OFF; DROP TABLE a; COMMIT;"), taken(&[0, 3], None), "inside, it does nothing");
}

#[test]
fn foreign_keys_without_a_transaction_hold_for_the_file() {
    assert_eq!(runs("PRAGMA foreign_keys=OFF; DROP TABLE a; PRAGMA foreign_keys=ON;"), taken(&[0, 2], Some(false)));
    assert_eq!(runs("CREATE TABLE a (b); PRAGMA foreign_keys=OFF; DROP TABLE b; PRAGMA foreign_keys=ON;"), taken(&[1, 3], Some(false)));
    assert_eq!(runs("PRAGMA foreign_keys=ON; INSERT INTO a VALUES (1);"), taken(&[0], Some(true)));
}

#[test]
fn a_file_that_steps_out_of_the_transaction_of_its_tool_is_taken_over() {
    let text = "COMMIT; PRAGMA foreign_keys=OFF; BEGIN; DROP TABLE a; COMMIT; PRAGMA foreign_keys=ON; BEGIN;";
    assert_eq!(runs(text), taken(&[0, 1, 2, 4, 5, 6], Some(false)));
    assert_eq!(alone("COMMIT; DROP TABLE a; BEGIN;"), "has a BEGIN or COMMIT without its other half");
}

#[test]
fn what_cannot_run_in_one_transaction_stands_alone_and_says_why() {
    assert_eq!(alone("CREATE TABLE a (b);\n\nVACUUM;"), "VACUUM on line 3");
    assert_eq!(alone("PRAGMA journal_mode = WAL;"), "PRAGMA journal_mode on line 1");
    assert_eq!(alone("BEGIN; COMMIT; BEGIN; COMMIT;"), "has 2 transactions of its own");
    assert_eq!(alone("INSERT INTO a VALUES (1); BEGIN; COMMIT;"), "has statements before or after its own transaction");
    assert_eq!(alone("BEGIN; ROLLBACK;"), "has a ROLLBACK of its own");
    assert_eq!(alone("BEGIN; SELECT 1;"), "has a BEGIN or COMMIT without its other half");
    let scripts = [script("001_a.sql", "SELECT 1;"), script("001_b.sql", "SELECT 1;\nVACUUM;")];
    assert_eq!(transaction(&scripts, None), Transaction::Alone { reason: "VACUUM in 001_b.sql:2".to_owned() });
    assert_eq!(transaction(&scripts, Some("-- marker")), Transaction::Alone { reason: "-- marker".to_owned() });
}

#[test]
fn several_files_are_numbered_through() {
    let scripts = [script("1_a.sql", "BEGIN; SELECT 1; COMMIT;"), script("1_b.sql", "PRAGMA foreign_keys=OFF; BEGIN; SELECT 2; COMMIT;")];
    assert_eq!(transaction(&scripts, None), taken(&[0, 2, 3, 4, 6], Some(false)));
    let contrary = [script("1_a.sql", "PRAGMA foreign_keys=ON; SELECT 1;"), script("1_b.sql", "PRAGMA foreign_keys=OFF; SELECT 1;")];
    assert_eq!(transaction(&contrary, None), Transaction::Alone { reason: "its files set foreign_keys differently".to_owned() });
}

#[test]
fn the_digest_of_statements_sees_what_sqlite_sees() {
    let of = |text: &str| hash::statements(&[script("1_a.sql", text)]);
    let before = of("CREATE TABLE a (b TEXT DEFAULT 'x'); SELECT 1;");
    for same in ["create table A(b text default 'x');select 1", "CREATE TABLE a /* c */ (b TEXT\r\n DEFAULT 'x'); -- d\n;;SELECT 1;"] {
        assert_eq!(before, of(same), "{same}");
    }
    for other in [
        "CREATE TABLE a (b TEXT DEFAULT 'X'); SELECT 1;",
        "CREATE TABLE \"a\" (b TEXT DEFAULT 'x'); SELECT 1;",
        "CREATE TABLE a (b TEXT DEFAULT 'x'); SELECT 1; SELECT 1;",
        "CREATE TABLE a (b TEXT DEFAULT 'x') SELECT 1;",
    ] {
        assert_ne!(before, of(other), "{other}");
    }
    assert_ne!(of("SELECT 'a\nb'"), of("SELECT 'a\r\nb'"), "a line end inside a text is part of the text");
    let pinned = "10f9a4685be0e00a5cb35c1da5b86cea6ccd20d75b5eb31bc8a0284ac6e4b795";
    assert_eq!(of("SELECT 1").0, pinned, "another digest of the same file would make every applied migration a modified one");
}
