//! Applying to a live database: all or nothing, beside others, and with words for what fails.
#![allow(clippy::unwrap_used)]

mod support;

use std::{path::Path, sync::Arc, time::Duration};

use quarterdeck_migrate::apply::{Basis, Moments, settled};
use quarterdeck_model::{
    CancelToken, Count, Fault, JobCtx, Outcome,
    job::{Listener, Progress, Unit},
    migration::{LedgerKind, MigrationState, MigrationWish, StatementFailure},
};
use quarterdeck_sqlite::open;
use quarterdeck_testkit::{Peer, Scratch};
use support::*;

const SHOP: [(&str, &str, &str, &str); 3] = [
    ("001", "customers", "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);", "DROP TABLE customers;"),
    (
        "002",
        "orders",
        "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER);\nINSERT INTO customers(name) VALUES ('Ada'), ('Bob');\n
         CREATE TRIGGER t AFTER INSERT ON orders BEGIN UPDATE customers SET name = name || '!'; SELECT CASE WHEN 1 THEN 2 END; END;",
        "DROP TABLE orders; DELETE FROM customers;",
    ),
    ("003", "index", "CREATE INDEX orders_by_customer ON orders(customer);", ""),
];

fn failure(fault: &Fault) -> StatementFailure {
    serde_json::from_value(fault.facts["failure"].clone()).unwrap()
}

#[test]
fn all_that_is_pending_commits_together_with_its_ledger() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        database(&path, &format!("PRAGMA journal_mode = {mode};"));
        let files = collection(&SHOP);
        let mut seen = Seen::default();
        let ran = Applying::new(&path, &files).wish(&MigrationWish::All, &mut seen).unwrap();
        assert_eq!(seen.moments, ["locked, 0 objects", "before 0", "committed 0"], "{mode}");
        assert_eq!(ran.ran.iter().map(|ran| (ran.statements.0, ran.rows_changed.0)).collect::<Vec<_>>(), [(1, 0), (3, 2), (1, 0)]);
        assert!(!ran.others_committed);
        assert_eq!(tables(&path), ["customers", "orders"]);
        let shown = timeline(&path, &files);
        assert!(shown.lines.iter().all(|line| line.state == MigrationState::Applied), "{shown:?}");
        assert_eq!(shown.sentence().0, "3 applied; the live database is at 003.");
        let lines = ledger().read(&open::read(&path).unwrap()).unwrap();
        assert_eq!(
            lines.iter().map(|line| (line.version.as_str(), line.done.0, line.who.as_str())).collect::<Vec<_>>(),
            [("001", 1, "ada"), ("002", 3, "ada"), ("003", 1, "ada")]
        );
        assert_eq!(lines[0].down_sql.as_deref(), Some("DROP TABLE customers;"));
        assert_eq!(lines[2].down_sql, None);
        assert_eq!(settled(&path, &ledger(), &lines[0].run).unwrap().len(), 3);
        assert!(plan(&path, &files, &MigrationWish::All, false).unwrap().is_empty());
        // An application with an older SQLite goes on reading schema and ledger.
        assert_eq!(Peer::open(&path).run("SELECT group_concat(version) FROM quarterdeck_migrations;"), "001,002,003");
    }
}

#[test]
fn a_statement_that_fails_is_named_by_line_and_column_and_nothing_is_left() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        database(&path, &format!("PRAGMA journal_mode = {mode}; CREATE TABLE a(x); INSERT INTO a VALUES (1);"));
        let second = "-- ünïcode before\nUPDATE a SET x = 2;\n/* ü */ SELECT x,\n  nope FROM a;\nCREATE TABLE never(x);";
        let files = collection(&[
            ("1", "good", "CREATE TABLE good(x);", ""),
            ("2", "bad", second, ""),
            ("3", "later", "CREATE TABLE later(x);", ""),
        ]);
        let batches = support::plan_regardless(&path, &files);
        let fault = Applying::new(&path, &files).batches(&batches, &mut Nothing).unwrap_err();
        assert!(fault.is("migration-failed"), "{fault}");
        assert_eq!(fault.message, "2_bad failed at 2_bad.sql:4:3: no such column: nope. The database is as it was before.");
        let failure = failure(&fault);
        assert_eq!((failure.at.line, failure.at.column, failure.statement.0, failure.of.0), (4, 3, 2, 3));
        assert_eq!(failure.snippet, "/* ü */ SELECT x,\n  nope FROM a;\nCREATE TABLE never(x);");
        assert_eq!((failure.left.join(","), failure.committed.len()), ("1,2,3".to_owned(), 0));
        assert_eq!((fault.facts["changed"].as_bool(), fault.facts["committed"].as_array().unwrap().len()), (Some(false), 0));
        assert_eq!((tables(&path), value(&path, "SELECT x FROM a")), (vec!["a".to_owned()], "1".to_owned()));
        assert_eq!(value(&path, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'quarterdeck%'"), "0");
    }
}

#[test]
fn by_themselves_they_commit_one_by_one_and_a_failure_keeps_what_was_committed() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "");
    let files = collection(&[
        ("1", "good", "CREATE TABLE good(x);", ""),
        ("2", "bad", "INSERT INTO nope VALUES (1);", ""),
        ("3", "later", "SELECT 1;", ""),
    ]);
    let mut seen = Seen::default();
    let fault = Applying { each: true, ..Applying::new(&path, &files) }.wish(&MigrationWish::All, &mut seen).unwrap_err();
    assert_eq!(seen.moments, ["locked, 0 objects", "before 0", "committed 0"]);
    assert_eq!(failure(&fault).now, "1 and what came before it are committed; nothing else was changed.");
    assert_eq!(failure(&fault).left, ["2", "3"]);
    assert_eq!(fault.facts["committed"], serde_json::json!(["1"]));
    assert_eq!(fault.facts["changed"], true);
    assert_eq!(tables(&path), ["good"]);
}

#[test]
fn one_alone_up_to_one_and_back() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "");
    let mut files = collection(&SHOP);
    let applying = Applying::new(&path, &files);
    applying.wish(&MigrationWish::To { version: "2".to_owned() }, &mut Nothing).unwrap();
    assert_eq!(timeline(&path, &files).current.unwrap().text, "002");
    let down = |steps, to: Option<&str>| MigrationWish::Down { steps, to: to.map(str::to_owned) };
    applying.wish(&down(None, None), &mut Nothing).unwrap();
    assert_eq!(tables(&path), ["customers"]);
    assert_eq!(timeline(&path, &files).sentence().0, "1 applied, 2 pending; the live database is at 001.");
    applying.all().unwrap();
    let fault = applying.wish(&down(None, Some("1")), &mut Nothing).unwrap_err();
    assert!(fault.is("no-way-down") && fault.message.contains("003"), "{fault}");
    applying.wish(&MigrationWish::One { version: "3".to_owned() }, &mut Nothing).unwrap();
    // With its file changed or gone, the way down is the one that was kept.
    files.migrations.remove(2);
    files.migrations[1] = migration("002", "orders", "CREATE TABLE other(x);", "DROP TABLE other;");
    let missing = plan(&path, &files, &down(Some(1), None), false).unwrap_err();
    assert!(missing.is("no-way-down"), "{missing}");
    open::write(&path).unwrap().execute_batch("DELETE FROM quarterdeck_migrations WHERE version = '003'").unwrap();
    let batches = plan(&path, &files, &down(Some(2), None), false).unwrap();
    assert_eq!(batches[0].items[0].from_ledger.len(), 1);
    Applying::new(&path, &files).batches(&batches, &mut Nothing).unwrap();
    assert!(tables(&path).is_empty());
    let kinds: Vec<LedgerKind> = ledger().read(&open::read(&path).unwrap()).unwrap().iter().map(|line| line.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == LedgerKind::Reverted).count(), 3);
}

#[test]
fn settings_are_those_of_the_tool_and_the_session_does_not_let_a_file_change_them_for_others() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p(id));");
    let probe =
        "CREATE TABLE probe AS SELECT foreign_keys AS f, (SELECT recursive_triggers FROM pragma_recursive_triggers) AS r, \"text\" AS t
                 FROM pragma_foreign_keys;";
    let second =
        "CREATE TABLE probe2 AS SELECT foreign_keys AS f, (SELECT ignore_check_constraints FROM pragma_ignore_check_constraints) AS i
                  FROM pragma_foreign_keys;";
    let files = collection(&[
        ("1", "probe", probe, ""),
        ("2", "sets", "PRAGMA ignore_check_constraints = ON; SELECT 1;", ""),
        ("3", "probe", second, ""),
    ]);
    let batches = support::plan_regardless_each(&path, &files);
    let mut applying = Applying::new(&path, &files);
    applying.settings.foreign_keys = true;
    applying.settings.recursive_triggers = true;
    let ran = applying.batches(&batches, &mut Nothing).unwrap();
    assert!(!ran.others_committed, "a new connection of our own is nobody else");
    assert_eq!(value(&path, "SELECT f || r || t FROM probe"), "11text");
    assert_eq!(value(&path, "SELECT f || i FROM probe2"), "10");
}

#[test]
fn a_rebuild_with_foreign_keys_off_runs_and_orphans_that_it_leaves_are_refused() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "CREATE TABLE p(id INTEGER PRIMARY KEY, x); CREATE TABLE c(p REFERENCES p(id) ON DELETE CASCADE); INSERT INTO p VALUES (1, 2), (2, 3);
                     INSERT INTO c VALUES (1), (2);");
    let rebuild = |filter: &str| {
        format!("PRAGMA foreign_keys = OFF;\nBEGIN;\nCREATE TABLE p2(id INTEGER PRIMARY KEY, x NOT NULL);\nINSERT INTO p2 SELECT * FROM p{filter};
                 DROP TABLE p;\nALTER TABLE p2 RENAME TO p;\nCOMMIT;\nPRAGMA foreign_keys = ON;")
    };
    let (bad, good) = (rebuild(" WHERE id = 1"), rebuild(""));
    let files = collection(&[("1", "rebuild", &bad, "")]);
    let mut applying = Applying::new(&path, &files);
    applying.settings.foreign_keys = true;
    let fault = applying.batches(&support::plan_regardless(&path, &files), &mut Nothing).unwrap_err();
    assert!(fault.is("foreign-keys-broken") && fault.message.contains("1 row of c without p"), "{fault}");
    assert_eq!(value(&path, "SELECT count(*) FROM p"), "2");
    let files = collection(&[("1", "rebuild", &good, "")]);
    let mut applying = Applying::new(&path, &files);
    applying.settings.foreign_keys = true;
    applying.batches(&support::plan_regardless(&path, &files), &mut Nothing).unwrap();
    assert_eq!(value(&path, "SELECT count(*) FROM c"), "2");
}

#[test]
fn deferred_foreign_keys_that_fail_at_the_commit_name_table_and_migration() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        database(
            &path,
            &format!(
                "PRAGMA journal_mode = {mode}; CREATE TABLE p(id INTEGER PRIMARY KEY);
                                  CREATE TABLE c(p REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED);"
            ),
        );
        let files =
            collection(&[("1", "orphan", "SELECT 1;\nINSERT INTO c VALUES (7), (8);", ""), ("2", "other", "CREATE TABLE o(x);", "")]);
        let mut applying = Applying::new(&path, &files);
        applying.settings.foreign_keys = true;
        let fault = applying.batches(&support::plan_regardless(&path, &files), &mut Nothing).unwrap_err();
        let failure = failure(&fault);
        assert_eq!((failure.version.as_str(), failure.at.line, failure.code), ("1", 2, 787), "{fault}");
        assert!(fault.message.contains("2 rows of c without p"), "{fault}");
        assert_eq!(tables(&path), ["c", "p"]);
    }
}

#[test]
fn nothing_reaches_the_ledger_another_database_or_the_end_of_our_transaction() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "CREATE TABLE a(x);");
    let attach = format!("ATTACH '{}' AS o;", scratch.file("other.db").display());
    let cases = [
        ("INSERT INTO quarterdeck_migrations(version) VALUES (1);", "must not change the ledger"),
        (
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM Quarterdeck_Migrations; END; INSERT INTO a VALUES (1);",
            "must not change the ledger",
        ),
        ("DROP TABLE quarterdeck_migrations;", "must not change the ledger"),
        ("ALTER TABLE quarterdeck_migrations ADD COLUMN y;", "must not change the ledger"),
        ("CREATE INDEX i ON quarterdeck_migrations(run);", "must not change the ledger"),
        (attach.as_str(), "must not open another database"),
    ];
    for (sql, why) in cases {
        let files = collection(&[("1", "bad", sql, "")]);
        let fault = Applying::new(&path, &files).batches(&support::plan_regardless(&path, &files), &mut Nothing).unwrap_err();
        assert!(fault.is("migration-failed") && fault.message.contains(why), "{sql}: {fault}");
    }
    let mut files = collection(&[("1", "bad", "CREATE TABLE b(x); COMMIT; CREATE TABLE c(x);", "")]);
    files.migrations[0].transaction = quarterdeck_migrate::collection::Transaction::Ours;
    let fault = Applying::new(&path, &files).batches(&support::plan_regardless(&path, &files), &mut Nothing).unwrap_err();
    assert!(fault.message.contains("must not begin or end"), "{fault}");
    assert_eq!(tables(&path), ["a"]);
}

#[test]
fn an_endless_statement_can_be_cancelled_and_progress_is_told_in_statements() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "");
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n;";
    let files = collection(&[("1", "first", "CREATE TABLE a(x); CREATE TABLE b(x);", ""), ("2", "endless", endless, "")]);
    let cancel = CancelToken::default();
    let listener = Arc::new(CancelAtSecond(cancel.clone()));
    let fault = Applying { ctx: JobCtx::new(listener, cancel), ..Applying::new(&path, &files) }.all().unwrap_err();
    assert!(fault.is("cancelled") && fault.message.contains("2_endless at 2_endless.sql:1:1"), "{fault}");
    assert!(tables(&path).is_empty());
}

#[test]
fn another_writer_is_waited_for_and_named() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        database(&path, &format!("PRAGMA journal_mode = {mode}; CREATE TABLE a(x);"));
        let mut peer = Peer::open(&path);
        peer.run("BEGIN IMMEDIATE; INSERT INTO a VALUES (1);");
        let files = collection(&[("1", "b", "CREATE TABLE b(x);", "")]);
        let batches = support::plan_regardless(&path, &files);
        let applying = Applying { patience: Duration::from_millis(50), ..Applying::new(&path, &files) };
        let fault = applying.batches(&batches, &mut Nothing).unwrap_err();
        assert!(fault.is("locked") && fault.retry, "{fault}");
        assert_eq!(fault.facts["holders"][0]["pid"], peer.pid(), "{fault:?}");
        peer.run("ROLLBACK;");
        applying.batches(&batches, &mut Nothing).unwrap();
    }
}

#[test]
fn a_reader_that_stays_keeps_a_commit_from_happening_under_a_rollback_journal_only() {
    for (mode, fits) in [("wal", true), ("delete", false)] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        database(&path, &format!("PRAGMA journal_mode = {mode}; CREATE TABLE a(x);"));
        let mut peer = Peer::open(&path);
        peer.run("BEGIN; SELECT * FROM a;");
        let files = collection(&[("1", "b", "CREATE TABLE b(x);", "")]);
        let batches = support::plan_regardless(&path, &files);
        let applied = Applying { patience: Duration::from_millis(50), ..Applying::new(&path, &files) }.batches(&batches, &mut Nothing);
        assert_eq!(applied.is_ok(), fits, "{mode}");
        if let Err(fault) = applied {
            assert!(fault.is("locked"), "{fault}");
            peer.run("COMMIT;");
            assert_eq!(tables(&path), ["a"]);
        }
    }
}

#[test]
fn a_reader_delays_nothing_but_the_commit_even_where_pages_do_not_fit_into_memory() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        database(&path, &format!("PRAGMA journal_mode = {mode}; CREATE TABLE a(x); INSERT INTO a SELECT zeroblob(3000000);"));
        let mut peer = Peer::open(&path);
        peer.run("BEGIN; SELECT count(*) FROM a;");
        let sql = "PRAGMA cache_size = 10; INSERT INTO a SELECT x FROM a; UPDATE a SET x = zeroblob(2000000);";
        let files = collection(&[("1", "large", sql, "")]);
        let mut ends = ReaderEnds(peer);
        Applying::new(&path, &files).batches(&support::plan_regardless(&path, &files), &mut ends).unwrap();
        assert_eq!(value(&path, "SELECT count(*) || ' ' || max(length(x)) FROM a"), "2 2000000");
    }
}

#[test]
fn no_log_stays_beside_a_database_that_nobody_else_uses() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    let mut peer = Peer::open(&path);
    peer.run("PRAGMA journal_mode = wal; CREATE TABLE a(x);");
    peer.quit();
    assert_eq!(scratch.names(), ["shop.db"]);
    let files = collection(&[("1", "b", "CREATE TABLE b(x);", ""), ("2", "vacuum", "VACUUM;", ""), ("3", "c", "CREATE TABLE c(x);", "")]);
    Applying::new(&path, &files).batches(&support::plan_regardless(&path, &files), &mut Nothing).unwrap();
    assert_eq!(scratch.names(), ["shop.db"]);
}

#[test]
fn what_has_changed_since_the_plan_is_found_under_the_lock() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "CREATE TABLE a(x);");
    let basis = Basis::of(&open::read(&path).unwrap(), &ledger()).unwrap();
    Peer::open(&path).run("CREATE TABLE other(x);");
    let files = collection(&[("1", "b", "CREATE TABLE b(x);", "")]);
    let mut seen = Seen::default();
    let fault = Applying::new(&path, &files).on(&basis, &support::plan_regardless(&path, &files), &mut seen).unwrap_err();
    assert!(fault.is("plan-stale") && seen.moments.is_empty(), "{fault}");
}

#[test]
fn commits_of_others_between_two_batches_are_noticed() {
    for mode in ["wal", "delete"] {
        for second in ["CREATE TABLE c(x);", "PRAGMA cache_size = 100; CREATE TABLE c(x);"] {
            let scratch = Scratch::new();
            let path = scratch.file("shop.db");
            database(&path, &format!("PRAGMA journal_mode = {mode}; CREATE TABLE a(x);"));
            let files = collection(&[("1", "b", second, ""), ("2", "d", "CREATE TABLE d(x);", "")]);
            let mut between = Between(Peer::open(&path));
            let ran = Applying::new(&path, &files).batches(&support::plan_regardless_each(&path, &files), &mut between).unwrap();
            assert!(ran.others_committed, "{mode}, {second}");
            assert_eq!(value(&path, "SELECT count(*) FROM a"), "2");
        }
    }
}

#[test]
fn a_full_database_leaves_what_was() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    database(&path, "CREATE TABLE a(x); INSERT INTO a VALUES (1);");
    let sql = "PRAGMA max_page_count = 4; UPDATE a SET x = 2;\nINSERT INTO a SELECT zeroblob(100000);";
    let files = collection(&[("1", "full", sql, "")]);
    let fault = Applying::new(&path, &files).batches(&support::plan_regardless(&path, &files), &mut Nothing).unwrap_err();
    assert!(fault.is("disk-full") && fault.message.contains("1_full.sql:2:1"), "{fault}");
    assert_eq!(value(&path, "SELECT x FROM a"), "1");
}

#[derive(Default)]
struct Seen {
    moments: Vec<String>,
}

impl Moments for Seen {
    fn locked(&mut self, live: &Path) -> Outcome<()> {
        let objects = value(live, "SELECT count(*) FROM sqlite_schema");
        self.moments.push(format!("locked, {objects} objects"));
        Ok(())
    }
    fn before_commit(&mut self, batch: usize) -> Outcome<()> {
        self.moments.push(format!("before {batch}"));
        Ok(())
    }
    fn committed(&mut self, batch: usize) -> Outcome<()> {
        self.moments.push(format!("committed {batch}"));
        Ok(())
    }
}

struct ReaderEnds(Peer);

impl Moments for ReaderEnds {
    fn locked(&mut self, _: &Path) -> Outcome<()> {
        Ok(())
    }
    fn before_commit(&mut self, _: usize) -> Outcome<()> {
        assert_eq!(self.0.run("SELECT count(*) FROM a; COMMIT;"), "1");
        Ok(())
    }
    fn committed(&mut self, _: usize) -> Outcome<()> {
        Ok(())
    }
}

struct Between(Peer);

impl Moments for Between {
    fn locked(&mut self, _: &Path) -> Outcome<()> {
        Ok(())
    }
    fn before_commit(&mut self, _: usize) -> Outcome<()> {
        Ok(())
    }
    fn committed(&mut self, _: usize) -> Outcome<()> {
        assert_eq!(self.0.run("INSERT INTO a VALUES (1);"), "");
        Ok(())
    }
}

struct CancelAtSecond(CancelToken);

impl Listener for CancelAtSecond {
    fn phase(&self, _: &str) {}
    fn progress(&self, progress: Progress) {
        assert_eq!((progress.unit, progress.total), (Unit::Statements, Some(Count(3))));
        if progress.done.0 == 2 {
            self.0.cancel();
        }
    }
}
