//! The table that remembers: what it may be called, what others may have done to it, and who can read it.
#![allow(clippy::unwrap_used)]

mod support;

use quarterdeck_migrate::{
    apply::record,
    ledger::{self, Ledger, Stamp},
};
use quarterdeck_model::{Clock, migration::LedgerKind};
use quarterdeck_sqlite::{fingerprint::schema_fingerprint, open};
use quarterdeck_testkit::{FixedClock, Peer, Scratch};
use support::*;

fn stamp<'a>(clock: &FixedClock, run: &'a str) -> Stamp<'a> {
    Stamp { at: clock.now(), who: "ada", run, program: "quarterdeck test" }
}

#[test]
fn a_ledger_has_a_name_that_keeps_it_out_of_the_schema() {
    for bad in ["migrations", "quarterdeck_", "quarterdeck_A", "quarterdeck_a b", &format!("quarterdeck_{}", "a".repeat(51))] {
        assert!(Ledger::new(bad).unwrap_err().is("bad-ledger-name"), "{bad}");
    }
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    database(&path, "CREATE TABLE a(x);");
    let before = schema_fingerprint(&open::read(&path).unwrap()).unwrap();
    let records = [record::of(&migration("1", "a", "SELECT 1;", ""), LedgerKind::Applied, stamp(&FixedClock::default(), "r"))];
    ledger::append_all(&path, &Ledger::new("quarterdeck_other").unwrap(), &records, "test", &mut |_| Ok(())).unwrap();
    assert_eq!(schema_fingerprint(&open::read(&path).unwrap()).unwrap(), before);
    assert!(!ledger().exists(&open::read(&path).unwrap()).unwrap());
    assert!(!path.with_extension("db-wal").exists());
}

#[test]
fn rows_come_back_as_they_were_written_and_an_older_sqlite_reads_them() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        database(&path, &format!("PRAGMA journal_mode = {mode};"));
        let mut record =
            record::of(&migration("1", "a", "SELECT 1;", "SELECT ';';"), LedgerKind::Reblessed, stamp(&FixedClock::default(), "r1"));
        record.line.reason = Some("O'Hara said so".to_owned());
        record.line.took = Some(quarterdeck_model::Millis(7));
        record.line.tool = Some(quarterdeck_model::migration::Tool::GolangMigrate);
        ledger::append_all(&path, &ledger(), &[record.clone(), record.clone()], "test", &mut |_| Ok(())).unwrap();
        let live = open::read(&path).unwrap();
        assert_eq!(ledger().read(&live).unwrap(), [record.line.clone(), record.line.clone()]);
        assert_eq!(ledger().of_run(&live, "r1").unwrap().len(), 2);
        assert!(ledger().of_run(&live, "r2").unwrap().is_empty());
        let mut peer = Peer::open(&path);
        assert_eq!(
            peer.run("SELECT version, kind, at, took_ms, tool, reason, files FROM quarterdeck_migrations LIMIT 1;"),
            "1|reblessed|2026-11-22T13:40:00Z|7|golang-migrate|O'Hara said so|[\"1_a.sql\",\"1_a.down.sql\"]"
        );
    }
}

#[test]
fn a_ledger_that_is_none_is_refused_with_its_reason() {
    let cases = [
        ("CREATE VIEW Quarterdeck_Migrations AS SELECT 1;", "it is of the kind view"),
        ("CREATE TABLE quarterdeck_migrations(id, version, name);", "it has no column kind, at"),
    ];
    for (sql, why) in cases {
        let scratch = Scratch::new();
        let path = scratch.file("a.db");
        database(&path, sql);
        let fault = ledger().read(&open::read(&path).unwrap()).unwrap_err();
        assert!(fault.is("ledger-unreadable") && fault.message.contains(why), "{fault}");
    }
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    database(&path, "");
    let records = [record::of(&migration("1", "a", "SELECT 1;", ""), LedgerKind::Applied, stamp(&FixedClock::default(), "r"))];
    ledger::append_all(&path, &ledger(), &records, "test", &mut |_| Ok(())).unwrap();
    let live = open::write(&path).unwrap();
    live.execute_batch("ALTER TABLE quarterdeck_migrations ADD COLUMN theirs").unwrap();
    assert_eq!(ledger().read(&live).unwrap().len(), 1, "columns of a later version are passed over");
    live.execute_batch("UPDATE quarterdeck_migrations SET kind = 'forgotten'").unwrap();
    let fault = ledger().read(&live).unwrap_err();
    assert!(fault.message.contains("row 1 has forgotten in the column kind"), "{fault}");
}

#[test]
fn what_was_declared_is_compared_under_the_lock() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    database(&path, "CREATE TABLE a(x);");
    let records = [record::of(&migration("1", "a", "SELECT 1;", ""), LedgerKind::Baseline, stamp(&FixedClock::default(), "r"))];
    let stale = || quarterdeck_model::Fault::refused("plan-stale", "It has changed.");
    let fault = ledger::append_all(&path, &ledger(), &records, "test", &mut |_| Err(stale())).unwrap_err();
    assert!(fault.is("plan-stale"));
    assert!(!ledger().exists(&open::read(&path).unwrap()).unwrap());
}
