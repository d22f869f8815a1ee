//! A trial on a copy: what it measures, which ways down it finds wanting, and that the database it came from is not touched.
#![allow(clippy::unwrap_used)]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use quarterdeck_migrate::{
    collection::Collection,
    read::{self, ReadOptions},
    rehearse::{Figures, Trial, rehearse},
};
use quarterdeck_model::{
    CancelToken, JobCtx, Outcome,
    job::{Listener, Progress},
    migration::{SchemaDifference, WayDown},
};
use quarterdeck_sqlite::held::{self, HeldRead};
use quarterdeck_testkit::{FixedClock, Peer, Scratch};
use support::*;

fn folder(scratch: &Scratch, files: &[(&str, &str)]) -> Collection {
    let folder = scratch.file("migrations");
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    let collection = read::read(&folder, &ReadOptions::default()).unwrap();
    assert_eq!(collection.problems, []);
    collection
}

/// A copy as a rehearsal of a live database takes it.
fn copy(live: &Path, to: PathBuf) -> PathBuf {
    let held = HeldRead::open(live, &FixedClock::default()).unwrap();
    held::stage(held, &to, None, &JobCtx::detached()).unwrap();
    to
}

fn trial(copy: &Path, files: &Collection, ctx: &JobCtx, adjust: impl FnOnce(&mut Trial<'_>)) -> Outcome<Figures> {
    let batches = plan_regardless(copy, files);
    let (ledger, settings) = (ledger(), plain_settings());
    let mut trial = Trial { copy, wal: true, ledger: &ledger, collection: files, batches: &batches, settings: &settings };
    adjust(&mut trial);
    rehearse(&trial, &FixedClock::default(), ctx)
}

fn words(differences: &[SchemaDifference]) -> Vec<&str> {
    differences.iter().map(|difference| difference.what.as_str()).collect()
}

const SHOP: &str = "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, mail TEXT); INSERT INTO customers VALUES (1, 'Ada', 'a'), (2, 'Bob', 'b');
                    CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers(id) ON DELETE CASCADE); INSERT INTO orders VALUES (1, 1), (2, 2);
                    CREATE INDEX orders_by_customer ON orders(customer);";

/// Six migrations, of which one goes back, and each other fails to in its own way.
const DOWNS: [(&str, &str); 11] = [
    ("1_good.up.sql", "CREATE TABLE notes(x); INSERT INTO notes VALUES (1);"),
    ("1_good.down.sql", "DROP TABLE notes;"),
    ("2_forgets.up.sql", "ALTER TABLE customers ADD COLUMN phone TEXT; CREATE INDEX by_name ON customers(name);"),
    ("2_forgets.down.sql", "ALTER TABLE customers DROP COLUMN phone;"),
    ("3_fails.up.sql", "CREATE VIEW v AS SELECT 1;"),
    ("3_fails.down.sql", "-- wrong kind\nDROP TABLE v;"),
    ("4_none.up.sql", "CREATE TABLE last(x);"),
    ("5_loses.up.sql", "UPDATE customers SET name = upper(name);"),
    ("5_loses.down.sql", "DELETE FROM customers WHERE id > 1;"),
    ("6_vacuum.up.sql", "VACUUM;"),
    ("6_vacuum.down.sql", "SELECT 1;"),
];

#[test]
fn ways_down_that_do_not_go_back_are_found_and_the_live_database_is_not_touched() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let home = Scratch::new();
        let live = home.file("live.db");
        database(&live, &format!("PRAGMA journal_mode = {mode}; {SHOP}"));
        // A writer has the file open, with commits that only the log has.
        let mut peer = Peer::open(&live);
        peer.run("INSERT INTO customers VALUES (3, 'Cyd', 'c');");
        let files = folder(&scratch, &DOWNS);
        let copy = copy(&live, scratch.file("copy.db"));
        let before = fs::read(&live).unwrap();
        let log = live.with_extension("db-wal");
        let log_before = fs::read(&log).unwrap_or_default();
        let figures = trial(&copy, &files, &JobCtx::detached(), |_| {}).unwrap();
        assert_eq!(
            (fs::read(&live).unwrap(), fs::read(&log).unwrap_or_default()),
            (before, log_before),
            "{mode}: bytes of the live database"
        );
        assert_eq!(peer.run("SELECT count(*) FROM customers; PRAGMA integrity_check;"), "3\nok");
        assert_eq!(figures.failure, None);
        let downs: Vec<&WayDown> = figures.steps.iter().map(|step| &step.down).collect();
        assert!(matches!(downs[0], WayDown::Back { rows, .. } if rows.is_empty()), "{downs:?}");
        let WayDown::NotBack { differences } = downs[1] else { panic!("{:?}", downs[1]) };
        assert_eq!(words(differences), ["The index by_name on customers is new."]);
        let WayDown::Failed { failure } = downs[2] else { panic!("{:?}", downs[2]) };
        assert_eq!(
            (failure.at.file.as_str(), failure.at.line, failure.message.as_str()),
            ("3_fails.down.sql", 2, "use DROP VIEW to delete view v")
        );
        assert_eq!(downs[3], &WayDown::None);
        let WayDown::Back { rows, .. } = downs[4] else { panic!("{:?}", downs[4]) };
        assert_eq!(
            rows.iter().map(|row| (row.table.as_str(), row.snapshot.unwrap().0, row.live.unwrap().0)).collect::<Vec<_>>(),
            [("customers", 3, 1)]
        );
        assert!(matches!(downs[5], WayDown::Back { .. }));
        assert!(figures.steps.iter().all(|step| step.pages_written.0 > 0));
        assert_eq!(figures.steps.iter().map(|step| step.rows_changed.0).collect::<Vec<_>>(), [1, 0, 0, 0, 3, 0]);
        assert_eq!(figures.pages_written.0, figures.steps.iter().map(|step| step.pages_written.0).sum::<u64>());
        assert!(figures.integrity.is_empty() && figures.foreign_keys.is_empty());
        assert_eq!(
            figures.rows.iter().map(|row| (row.table.as_str(), row.snapshot.is_some())).collect::<Vec<_>>(),
            [("last", false), ("notes", false)]
        );
        assert_eq!(figures.tables_equal.0, 2);
        assert!(words(&figures.schema).contains(&"The table notes is new."), "{:?}", figures.schema);
        assert!(figures.disk.0 > figures.pages_written.0 * 4096);
    }
}

#[test]
fn what_it_leaves_on_the_copy_is_what_an_apply_leaves() {
    let scratch = Scratch::new();
    let (one, two) = (scratch.file("one.db"), scratch.file("two.db"));
    database(&one, SHOP);
    database(&two, SHOP);
    let files = folder(&scratch, &[
        ("1_a.sql", "CREATE TABLE a(x);"),
        ("2_rebuild.sql", "PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE n(id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO n SELECT id, name FROM customers;
                           DROP TABLE customers; ALTER TABLE n RENAME TO customers; COMMIT;"),
        ("3_vacuum.sql", "VACUUM;"),
    ]);
    let figures = trial(&one, &files, &JobCtx::detached(), |_| {}).unwrap();
    assert!(figures.steps.iter().all(|step| step.down == WayDown::None), "{figures:?}");
    Applying::new(&two, &files).batches(&plan_regardless(&two, &files), &mut Nothing).unwrap();
    let dump = |path: &Path| Peer::open(path).run(".dump customers orders a");
    assert_eq!(dump(&one), dump(&two));
}

#[test]
fn rows_that_go_by_cascade_are_counted_and_orphans_named() {
    let scratch = Scratch::new();
    let path = scratch.file("copy.db");
    database(&path, &format!("{SHOP} INSERT INTO orders VALUES (9, 99);"));
    let files = folder(
        &scratch,
        &[
            ("1_cascade.up.sql", "DELETE FROM customers WHERE id = 1;"),
            ("1_cascade.down.sql", "SELECT 1;"),
            ("2_orphan.up.sql", "SELECT 1;"),
        ],
    );
    let mut settings = plain_settings();
    settings.foreign_keys = true;
    let batches = plan_regardless(&path, &files);
    let ledger = ledger();
    let trial = Trial { copy: &path, wal: false, ledger: &ledger, collection: &files, batches: &batches, settings: &settings };
    let figures = rehearse(&trial, &FixedClock::default(), &JobCtx::detached()).unwrap();
    let rows: Vec<_> = figures.rows.iter().map(|row| (row.table.as_str(), row.live.unwrap().0)).collect();
    assert_eq!(rows, [("customers", 1), ("orders", 2)]);
    assert!(figures.foreign_keys.is_empty(), "the orphan was there before");
    let WayDown::Back { rows, .. } = &figures.steps[0].down else { panic!("{figures:?}") };
    assert_eq!(rows.len(), 2, "neither table has its rows again");
}

#[test]
fn a_migration_that_fails_is_a_finding_and_a_stop_that_was_asked_for_is_none() {
    let scratch = Scratch::new();
    let path = scratch.file("copy.db");
    database(&path, SHOP);
    let files = folder(
        &scratch,
        &[
            ("1_good.sql", "CREATE TABLE a(x);"),
            ("2_bad.sql", "CREATE TABLE b(x);\nINSERT INTO nope VALUES (1);"),
            ("3_never.sql", "SELECT 1;"),
        ],
    );
    let figures = trial(&path, &files, &JobCtx::detached(), |_| {}).unwrap();
    let failure = figures.failure.unwrap();
    assert_eq!(
        (failure.at.file.as_str(), failure.at.line, failure.now.as_str()),
        ("2_bad.sql", 2, "The copy was changed, the live database was not.")
    );
    assert_eq!(figures.steps.iter().map(|step| step.version.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    let cancel = CancelToken::default();
    cancel.cancel();
    let other = scratch.file("other.db");
    database(&other, SHOP);
    let fault = trial(&other, &files, &JobCtx::new(std::sync::Arc::new(Deaf), cancel), |_| {}).unwrap_err();
    assert!(fault.is("cancelled"), "{fault}");
}

#[test]
fn a_file_that_changes_meanwhile_makes_it_worthless() {
    let scratch = Scratch::new();
    let path = scratch.file("copy.db");
    database(&path, SHOP);
    let files = folder(&scratch, &[("1_a.sql", "CREATE TABLE a(x);")]);
    fs::write(scratch.file("migrations/1_a.sql"), "CREATE TABLE a(y);").unwrap();
    let fault = trial(&path, &files, &JobCtx::detached(), |_| {}).unwrap_err();
    assert!(fault.is("files-changed") && fault.message.contains("1_a.sql"), "{fault}");
}

struct Deaf;

impl Listener for Deaf {
    fn phase(&self, _: &str) {}
    fn progress(&self, _: Progress) {}
}
