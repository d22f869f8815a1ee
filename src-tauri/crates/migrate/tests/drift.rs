//! The live schema against what the files give, queries against their plans, and what is in a database.
#![allow(clippy::unwrap_used)]

mod support;

use quarterdeck_migrate::{
    collection::Collection,
    difference,
    expected::{self, Expected},
    queries, read, stats,
};
use quarterdeck_model::{
    Count, JobCtx,
    inspection::Tone,
    migration::{DeclaredQuery, MigrationWish, QueryVerdict, SchemaDifference},
};
use quarterdeck_sqlite::{open, schema};
use quarterdeck_testkit::{FixedClock, Scratch};
use support::*;

fn schema_of(sql: &str) -> schema::Schema {
    let live = open::memory().unwrap();
    live.execute_batch(sql).unwrap();
    schema::read(&live).unwrap()
}

fn between(expected: &str, found: &str) -> Vec<SchemaDifference> {
    difference::between(&schema_of(expected), &schema_of(found), &[])
}

fn words(differences: &[SchemaDifference]) -> Vec<&str> {
    differences.iter().map(|difference| difference.what.as_str()).collect()
}

#[test]
fn how_a_thing_is_written_is_no_difference() {
    let one = "CREATE TABLE orders(id INTEGER PRIMARY KEY, total INT NOT NULL DEFAULT 0, note TEXT, UNIQUE(total)); CREATE INDEX i ON orders(total);
               CREATE TRIGGER t AFTER INSERT ON orders BEGIN SELECT 1; END; CREATE VIEW v AS SELECT id FROM orders;";
    let two = "-- other people's way\nCREATE TABLE IF NOT EXISTS \"orders\"(\n id integer primary key, -- the key\n total INT NOT NULL DEFAULT 0, UNIQUE ( total )\n);
               ALTER TABLE orders ADD COLUMN [note] TEXT; CREATE INDEX i ON `orders` ( total );
               CREATE TRIGGER t AFTER INSERT ON orders BEGIN SELECT 1; END; CREATE VIEW v AS SELECT id FROM orders;
               CREATE TABLE quarterdeck_migrations(x); CREATE INDEX q ON quarterdeck_migrations(x); ANALYZE;";
    assert_eq!(between(one, two), []);
    assert_eq!(between("CREATE TABLE a(x DEFAULT 'It');", "CREATE TABLE a(x DEFAULT 'it');").len(), 1, "text is data");
    let renamed = "CREATE TABLE old(x); ALTER TABLE old RENAME TO a;";
    assert_eq!(between("CREATE TABLE a(x);", renamed), []);
    let fts = "CREATE VIRTUAL TABLE f USING fts5(x);";
    assert_eq!(between(fts, fts), []);
    assert_eq!(words(&between("", fts)), ["The table f is there, and nothing declares it."]);
}

#[test]
fn every_difference_is_told_in_words_and_cured_where_sql_can_without_losing_rows() {
    let expected = "CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT, y INT NOT NULL DEFAULT 3, z UNIQUE, CHECK (x <> '')); CREATE TABLE gone(k);
                    CREATE INDEX i ON a(x); CREATE INDEX j ON a(y); CREATE VIEW v AS SELECT 1; CREATE TABLE w(k PRIMARY KEY) WITHOUT ROWID;";
    let found =
        "CREATE TABLE a(id INTEGER PRIMARY KEY, x INT, more); CREATE INDEX j ON a(x); CREATE VIEW v AS SELECT 1; CREATE VIEW u AS SELECT 2;
                 CREATE TABLE w(k PRIMARY KEY); CREATE TABLE extra(k);";
    let differences = between(expected, found);
    assert_eq!(
        words(&differences),
        [
            "The column x of a is declared otherwise.",
            "The column y of a is missing.",
            "The column z of a is missing.",
            "The column more of a is there, and nothing declares it.",
            "A constraint of a is missing.",
            "The table extra is there, and nothing declares it.",
            "The table gone is missing.",
            "The kind of the table w is declared otherwise.",
            "The index i on a is missing.",
            "The index j on a is declared otherwise.",
            "The view u is there, and nothing declares it.",
        ]
    );
    let cures: Vec<Option<&str>> = differences.iter().map(|difference| difference.cure.as_deref()).collect();
    assert_eq!(
        cures,
        [
            None,
            Some("ALTER TABLE a ADD COLUMN y INT NOT NULL DEFAULT 3;"),
            None,
            None,
            None,
            None,
            Some("CREATE TABLE gone(k);"),
            None,
            Some("CREATE INDEX i ON a(x);"),
            Some("DROP INDEX j; CREATE INDEX j ON a(y);"),
            Some("DROP VIEW u;"),
        ]
    );
    assert_eq!((differences[0].expected.as_deref(), differences[0].found.as_deref()), (Some("x TEXT"), Some("x INT")));
    let cured = format!("{found} {}", cures.into_iter().flatten().collect::<Vec<_>>().join(" "));
    assert_eq!(between(expected, &cured).len(), differences.len() - 5, "each cure cures");
    assert_eq!(words(&between("CREATE TABLE a(x, y);", "CREATE TABLE a(y, x);")), ["The columns of a stand in another order."]);
    let changes = difference::changes(&schema_of("CREATE TABLE a(x);"), &schema_of("CREATE TABLE a(y); CREATE INDEX i ON a(y);"), &[]);
    assert_eq!(words(&changes), ["The column x of a is dropped.", "The column y of a is new.", "The index i on a is new."]);
}

fn expect(path: &std::path::Path, files: &Collection) -> Expected {
    expected::schema(files, &timeline(path, files), &plain_settings(), &ledger(), &JobCtx::detached()).unwrap()
}

#[test]
fn what_the_applied_files_give_is_what_the_live_database_has_until_somebody_changes_it() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    database(&path, "");
    let rebuild = "PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE n(id INTEGER PRIMARY KEY, p REFERENCES p(id), extra); INSERT INTO n(id, p) SELECT id, p FROM c;
                   DROP TABLE c; ALTER TABLE n RENAME TO c; COMMIT;";
    let files = collection(&[
        (
            "1",
            "tables",
            "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p(id)); INSERT INTO p VALUES (1);",
            "",
        ),
        ("2", "index", "CREATE INDEX c_by_p ON c(p); PRAGMA journal_mode = wal;", ""),
        ("3", "rebuild", rebuild, ""),
    ]);
    Applying::new(&path, &files).all().unwrap();
    let drift = |files: &Collection| match expect(&path, files) {
        Expected::Known(expected) => difference::between(&expected, &schema::read(&open::read(&path).unwrap()).unwrap(), &[]),
        Expected::Unknown(why) => panic!("{why}"),
    };
    assert_eq!(drift(&files), []);
    open::write(&path).unwrap().execute_batch("CREATE INDEX by_hand ON c(extra);").unwrap();
    assert_eq!(words(&drift(&files)), ["The index by_hand on c is there, and nothing declares it."]);
    let fewer = collection(&[("1", "tables", "CREATE TABLE p(id);", "")]);
    let Expected::Unknown(why) = expect(&path, &fewer) else { panic!("there is nothing to compare with") };
    assert_eq!(why, "2 is applied, and there is no file to compare with.");
}

#[test]
fn files_that_do_not_run_from_nothing_say_where() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    database(&path, "CREATE TABLE by_hand(x);");
    let files = collection(&[("1", "needs", "CREATE TABLE a(x);\nALTER TABLE by_hand ADD COLUMN y;", "")]);
    let batches = plan_regardless(&path, &files);
    Applying::new(&path, &files).batches(&batches, &mut Nothing).unwrap();
    let Expected::Unknown(why) = expect(&path, &files) else { panic!("it cannot run") };
    assert_eq!(why, "The applied files do not run from nothing: 1_needs fails at 1_needs.sql:2:13: no such table: by_hand.");
}

fn judged(setup: &str, sql: &str, large: u64) -> QueryVerdict {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    database(&path, setup);
    let rows = quarterdeck_sqlite::rows::count(&path, &JobCtx::detached()).unwrap();
    let query = DeclaredQuery { name: "q".parse().unwrap(), component: None, sql: sql.to_owned() };
    queries::judge(&open::read(&path).unwrap(), &[query], &rows, large).unwrap().remove(0)
}

#[test]
fn a_large_table_that_is_read_whole_is_named_with_an_index_that_was_proved_to_help() {
    let setup = "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, state TEXT, at TEXT, note TEXT); CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);
                 INSERT INTO orders SELECT value, value % 7, 'open', value, '' FROM generate_series(1, 500); INSERT INTO customers VALUES (1, 'a'); ANALYZE;";
    let series = "WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < 500)";
    let setup = setup.replace(
        "SELECT value, value % 7, 'open', value, '' FROM generate_series(1, 500)",
        &format!("{series} SELECT value, value % 7, 'open', value, '' FROM s"),
    );
    let verdict = judged(&setup, "SELECT * FROM orders AS o WHERE o.customer = ?1 ORDER BY o.at DESC", 100);
    assert_eq!((verdict.tone, verdict.what.as_str()), (Tone::Attention, "It reads all 500 rows of orders. It sorts on its way."));
    assert_eq!(verdict.index.as_deref(), Some("CREATE INDEX idx_orders_customer_at ON orders(customer, at);"));
    let with_index = format!("{setup}{}", verdict.index.unwrap());
    let again = judged(&with_index, "SELECT * FROM orders AS o WHERE o.customer = ?1 ORDER BY o.at DESC", 100);
    assert_eq!((again.tone, again.what.as_str(), again.index), (Tone::Ok, "It reads what it needs, by an index.", None));
    let small = judged(&setup, "SELECT * FROM customers WHERE name = 'a'", 100);
    assert_eq!((small.tone, small.what.as_str()), (Tone::Ok, "It reads all of customers, which is small (1 row)."));
    let hopeless = judged(&setup, "SELECT * FROM orders WHERE note || state = 'x'", 100);
    assert_eq!((hopeless.tone, hopeless.index), (Tone::Attention, None));
    assert_eq!(judged(&setup, "DELETE FROM orders", 100).tone, Tone::Attention);
    assert_eq!(judged(&setup, "SELECT nope FROM orders", 100).what, "SQLite cannot run it: no such column: nope.");
}

#[test]
fn rows_bytes_and_indexes_are_counted_by_table() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    database(&path, "PRAGMA journal_mode = wal; CREATE TABLE a(x UNIQUE, y); CREATE INDEX a_y ON a(y); CREATE TABLE b(k PRIMARY KEY) WITHOUT ROWID;
                     INSERT INTO a VALUES (1, zeroblob(9000)), (2, NULL); CREATE VIEW v AS SELECT 1; CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;");
    let stats = stats::read(&path, &FixedClock::default(), &JobCtx::detached()).unwrap();
    let a = &stats.tables[0];
    assert_eq!((a.table.as_str(), a.rows, a.indexes.join(",")), ("a", Some(Count(2)), "a_y,sqlite_autoindex_a_1".to_owned()));
    assert!(a.bytes.0 >= 12288 && a.index_bytes.0 >= 8192, "{a:?}");
    assert_eq!((stats.tables[1].rows, stats.tables[1].bytes.0), (Some(Count(0)), 4096));
    assert_eq!((stats.views.0, stats.triggers.0), (1, 1));
    assert!(stats.size.0 >= stats.tables.iter().map(|table| table.bytes.0 + table.index_bytes.0).sum::<u64>());
}

#[test]
fn the_example_gives_what_its_page_promises() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/reputation/migrations");
    let files = read::read(&folder, &read::ReadOptions::default()).unwrap();
    assert_eq!(files.problems, []);
    let scratch = Scratch::new();
    let path = scratch.file("reputation.db");
    database(&path, "");
    let wish = MigrationWish::To { version: "003".to_owned() };
    Applying::new(&path, &files).wish(&wish, &mut Nothing).unwrap();
    let Expected::Known(expected) = expect(&path, &files) else { panic!("the files run from nothing") };
    let count = |kind: &str| expected.objects.iter().filter(|object| object.kind == kind && object.sql.is_some()).count();
    assert_eq!((count("table"), count("index"), count("view")), (28, 32, 17));
    assert_eq!(difference::between(&expected, &schema::read(&open::read(&path).unwrap()).unwrap(), &[]), []);
}
