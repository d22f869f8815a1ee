//! Every code fires once and stays quiet once, by the files in `tests/lint`; and docs/lint.md is what the table of codes says.
//! `QUARTERDECK_WRITE_BINDINGS=1` writes that page anew.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

use proptest::prelude::*;
use quarterdeck_migrate::{
    collection::Collection,
    lint::{CODES, Facts, SchemaFacts, from_rehearsal, lint},
    read::{ReadOptions, read},
};
use quarterdeck_model::{
    Count,
    migration::{ConnectionSettings, LintMark, Rehearsal, Severity},
};
use quarterdeck_testkit::Scratch;
use rusqlite::Connection;
use serde_json::json;

/// A file of the corpus: what is known, files, and perhaps a rehearsal.
struct Case {
    collection: Collection,
    facts: Facts,
    rehearsal: Option<Rehearsal>,
}

impl Case {
    /// `-- rows TABLE N`, `-- foreign_keys on`, `-- functions NAME…`, `-- sqlite_at_least X.Y.Z`, `-- rehearsed back|not-back VERSION`,
    /// then the files, each behind `-- file NAME`.
    fn of(text: &str) -> Self {
        let (head, files) = text.split_once("-- file ").map_or((text, ""), |(head, files)| (head, files));
        let scratch = Scratch::new();
        let folder = scratch.path().join("migrations");
        fs::create_dir(&folder).unwrap();
        for file in files.split("-- file ") {
            let (name, text) = file.split_once('\n').unwrap_or((file, ""));
            fs::write(folder.join(name), text).unwrap();
        }
        let collection = read(&folder, &ReadOptions::default()).unwrap();
        let mut case = Self { collection, facts: Facts::of_files(settings(false)), rehearsal: None };
        head.lines().for_each(|line| case.know(line));
        case
    }

    fn know(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["--", "rows", table, rows] => drop(self.facts.rows.insert((*table).to_owned(), Count(rows.parse().unwrap()))),
            ["--", "foreign_keys", "on"] => self.facts.settings = settings(true),
            ["--", "functions", names @ ..] => self.facts.functions = Some(names.iter().map(|name| (*name).to_owned()).collect()),
            ["--", "sqlite_at_least", version] => {
                let numbers: Vec<u32> = version.split('.').map(|number| number.parse().unwrap()).collect();
                self.facts.sqlite_at_least = Some([numbers[0], numbers[1], numbers[2]]);
            }
            ["--", "rehearsed", outcome, version] => self.rehearsal = Some(rehearsal(outcome, version)),
            other => panic!("{other:?}"),
        }
    }

    fn marks(&self) -> Vec<LintMark> {
        let rehearsed = self.rehearsal.iter().flat_map(|rehearsal| from_rehearsal(&self.collection, rehearsal));
        lint(&self.collection, &self.facts).into_iter().chain(rehearsed).collect()
    }
}

fn settings(foreign_keys: bool) -> ConnectionSettings {
    ConnectionSettings { foreign_keys, recursive_triggers: false, double_quoted_strings: true, reason: "for a test".to_owned() }
}

fn rehearsal(outcome: &str, version: &str) -> Rehearsal {
    let difference =
        json!({ "kind": "view", "name": "b", "what": "The view b is there and was not.", "expected": null, "found": null, "cure": null });
    let down = if outcome == "back" {
        json!({ "kind": "back", "took": 1, "rows": [] })
    } else {
        json!({ "kind": "not-back", "differences": [difference] })
    };
    let step = json!({ "version": version, "took": 1, "pages_written": 1, "rows_changed": 0, "down": down });
    serde_json::from_value(json!({
        "job": 1, "target": "shop/orders", "at": "2026-11-22T13:40:00Z", "snapshot": null, "cut_at": "2026-11-22T13:40:00Z",
        "sentence": "", "tone": "ok", "steps": [step], "failure": null, "writers_wait": 1, "pages_written": 1, "disk": 1, "integrity": [], "foreign_keys": [],
        "rows": [], "tables_equal": 0, "schema": [], "basis": ""
    }))
    .unwrap()
}

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

fn case(code: &str, kind: &str) -> Case {
    let path = corpus().join(format!("{code}.{kind}.sql"));
    Case::of(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn codes(marks: &[LintMark]) -> Vec<&str> {
    marks.iter().map(|mark| mark.code.as_str()).collect()
}

#[test]
fn every_code_fires_once_and_stays_quiet_once() {
    for code in CODES {
        let fires = case(code.code, "fires");
        assert!(
            fires.collection.problems.iter().all(|problem| problem.code == "other-database"),
            "{}: {:?}",
            code.code,
            fires.collection.problems
        );
        let marks = fires.marks();
        let [mark] = marks.iter().filter(|mark| mark.code == code.code).collect::<Vec<_>>()[..] else {
            panic!("{} has to fire once, and this was found: {marks:#?}", code.code)
        };
        let milder = code.code == "QD-L28";
        assert!(mark.severity == code.severity || milder, "{}: {:?}", code.code, mark.severity);
        assert!(mark.what.ends_with('.') && !mark.what.contains("  ") && mark.end_line >= mark.at.line, "{mark:?}");
        let quiet = case(code.code, "quiet").marks();
        assert!(!codes(&quiet).contains(&code.code), "{} has to stay quiet: {quiet:#?}", code.code);
    }
}

#[test]
fn the_corpus_has_no_file_of_another_code() {
    let known: BTreeSet<String> =
        CODES.iter().flat_map(|code| ["fires", "quiet"].map(|kind| format!("{}.{kind}.sql", code.code))).collect();
    let found: BTreeSet<String> = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, known);
}

#[test]
fn waived_marks_stay_and_carry_the_reason() {
    let marks = case("QD-L01", "quiet").marks();
    let [mark] = marks.as_slice() else { panic!("{marks:#?}") };
    assert_eq!((mark.code.as_str(), mark.waived.as_deref()), ("QD-L10", Some("nobody has written to it since May")));
    let bare = case("QD-L01", "fires").marks();
    assert!(bare.iter().any(|mark| mark.code == "QD-L10" && mark.waived.is_none()), "a bare code waives nothing: {bare:#?}");
}

#[test]
fn marks_have_their_place_in_the_file() {
    let marks = case("QD-L17", "fires").marks();
    let places: Vec<_> =
        marks.iter().map(|mark| (mark.code.as_str(), mark.at.file.as_str(), mark.at.line, mark.at.column, mark.end_line)).collect();
    assert_eq!(places, [("QD-L17", "002_change.sql", 1, 1, 1)]);
}

#[test]
fn only_what_is_asked_for_is_marked_and_a_given_schema_counts() {
    let mut case = Case::of("-- file 001_a.sql\nDROP TABLE a;\n-- file 002_b.sql\nDROP TABLE b;\nDROP TABLE c;\nDROP TABLE IF EXISTS d;\n");
    assert_eq!(codes(&case.marks()), ["QD-L10", "QD-L10", "QD-L10", "QD-L27"], "the files do not say it all, so their author is believed");
    case.facts.schema = Some(SchemaFacts::of(["CREATE TABLE a (x)", "CREATE TABLE b (x)"]));
    case.facts.only = Some(BTreeSet::from(["002".to_owned()]));
    let marks = case.marks();
    let found: Vec<_> = marks.iter().map(|mark| (mark.code.as_str(), mark.what.as_str())).collect();
    assert_eq!(found, [("QD-L10", "Drops the table b."), ("QD-L27", "IF EXISTS passes over a database that differs.")]);
}

#[test]
fn a_mark_is_milder_where_less_is_at_stake() {
    let severity = |text: &str, code: &str| {
        let marks = Case::of(text).marks();
        marks.into_iter().find(|mark| mark.code == code).map(|mark| mark.severity)
    };
    assert_eq!(severity("-- file 001_a.sql\nPRAGMA user_version = 7;", "QD-L26"), Some(Severity::Note));
    assert_eq!(severity("-- file 001_a.sql\nBEGIN;\nDELETE FROM a WHERE b = 1;\nCOMMIT;", "QD-L21"), Some(Severity::Note));
    let late = "-- file 001_a.sql\nDELETE FROM a WHERE b = 1;\nPRAGMA foreign_keys = OFF;\nDROP TABLE b;";
    assert_eq!(severity(late, "QD-L20"), Some(Severity::Note), "they are off anyway");
    assert_eq!(severity(&format!("-- foreign_keys on\n{late}"), "QD-L20"), Some(Severity::Error));
    let view = "-- functions count\n-- file 001_a.sql\nCREATE VIEW v AS SELECT mine(1);";
    assert_eq!(severity(view, "QD-L25"), Some(Severity::Warning), "it fails later, and for others");
}

#[test]
fn a_flood_of_one_mark_is_cut_and_counted() {
    let mut text = "-- file 001_a.sql\n".to_owned();
    for number in 0..60 {
        writeln!(text, "CREATE TABLE IF NOT EXISTS t{number} (x);").unwrap();
    }
    let marks = Case::of(&text).marks();
    assert_eq!(marks.len(), 50);
    assert!(marks[49].what.ends_with("And 10 more like this."), "{}", marks[49].what);
}

const REBUILD: &str = "CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
INSERT INTO t_new (id, a) SELECT id, a FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
";

/// What lint says of a rebuild of `t`, as `(severity, what)`.
fn rebuild(before: &str, change: &str) -> Vec<(Severity, String)> {
    let marks = Case::of(&format!("-- file 001_a.sql\n{before}\n-- file 002_b.sql\n{change}")).marks();
    marks.into_iter().filter(|mark| mark.code == "QD-L16").map(|mark| (mark.severity, mark.what)).collect()
}

#[test]
fn each_thing_that_a_rebuild_can_lose_is_named() {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);";
    assert_eq!(rebuild(table, REBUILD), []);
    let warning = |what: &str| vec![(Severity::Warning, what.to_owned())];
    let error = |what: &str| vec![(Severity::Error, what.to_owned())];
    let with = |more: &str| rebuild(&format!("{table}\nCREATE TABLE other (x);\n{more}"), REBUILD);
    assert_eq!(with("CREATE INDEX i ON t (a);"), warning("The index i goes with t and is not created again."));
    let other_column = "ALTER TABLE t ADD COLUMN gone TEXT;\nCREATE INDEX i ON t (a, gone);";
    assert_eq!(with(other_column), [], "its column goes too");
    let trigger = "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;";
    assert_eq!(with(trigger), warning("The trigger g goes with t and is not created again."));
    assert_eq!(with("CREATE VIEW v AS SELECT a FROM t;"), error("The RENAME fails: view v names t, which is not there at that moment."));
    let elsewhere = "CREATE TRIGGER g AFTER INSERT ON other BEGIN INSERT INTO t (a) VALUES (1); END;";
    assert_eq!(with(elsewhere), error("The RENAME fails: trigger g names t, which is not there at that moment."));
    let checked = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x' CHECK (a <> ''));";
    let found: Vec<_> = rebuild(checked, REBUILD).into_iter().map(|(_, what)| what).collect();
    assert_eq!(found, ["t had 1 CHECKs and has 0.", "t.a had a default and has none."]);
    let by_position = REBUILD.replace("(id, a) SELECT id, a", "SELECT *");
    assert_eq!(rebuild(table, &by_position), error("SELECT * gives 2 columns and t has 3: the copy fails."));
    let select = "CREATE TABLE t_new AS SELECT * FROM t;\nDROP TABLE t;\nALTER TABLE t_new RENAME TO t;";
    assert_eq!(rebuild(table, select), warning("t is made by AS SELECT: keys, NOT NULLs, defaults and CHECKs are gone."));
}

#[test]
fn what_is_said_to_fail_fails_in_sqlite_and_what_is_quiet_runs() {
    for code in ["QD-L16", "QD-L17", "QD-L18", "QD-L19", "QD-L25"] {
        for kind in ["fires", "quiet"] {
            let case = case(code, kind);
            let ran = run(&case, code);
            assert_eq!(ran.is_err(), kind == "fires", "{code}.{kind}: {ran:?}");
        }
    }
}

/// Runs the files over tables with rows, then one more write through a reference; answers with what failed, or what was lost.
fn run(case: &Case, code: &str) -> Result<(), String> {
    let scratch = Scratch::new();
    let connection = Connection::open(scratch.file("a.db")).unwrap();
    connection.pragma_update(None, "foreign_keys", case.facts.settings.foreign_keys).unwrap();
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| format!("{sql}: {error}"));
    for (number, migration) in case.collection.migrations.iter().enumerate() {
        for script in &migration.up {
            run(&script.file.text)?;
        }
        if number == 0 {
            run("INSERT INTO customers (id, name) VALUES (1, 'Ada'); INSERT INTO orders (id, customer_id) VALUES (1, 1);")?;
        }
    }
    if code == "QD-L17" {
        connection.pragma_update(None, "foreign_keys", true).unwrap();
    }
    run("INSERT INTO orders (id, customer_id) VALUES (2, 1)")?;
    let orders: u32 = connection.query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap();
    if orders == 2 { Ok(()) } else { Err(format!("{orders} of 2 orders are left")) }
}

const PARTS: &[&str] = &[
    "CREATE ",
    "TABLE ",
    "t ",
    "u ",
    "(",
    ")",
    ",",
    "a TEXT ",
    "NOT NULL ",
    "DEFAULT ",
    "CHECK ",
    "AS ",
    "SELECT * FROM t ",
    "ALTER TABLE t ",
    "RENAME ",
    "TO ",
    "COLUMN ",
    "ADD ",
    "DROP ",
    "INSERT INTO u ",
    "UPDATE t SET a = 1 ",
    "DELETE FROM ",
    "WHERE ",
    "WITH ",
    "BEGIN ",
    "END",
    ";",
    ";\n",
    "PRAGMA foreign_keys",
    " = OFF",
    "INDEX i ON t ",
    "TRIGGER g AFTER INSERT ON t ",
    "VIEW v ",
    "\"x\"",
    "'",
    "--",
    "\n",
    "[",
    "]",
    "é",
    "IF EXISTS ",
    ".",
    "REFERENCES t ",
    "ON ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn no_text_stops_lint(parts in prop::collection::vec(prop::sample::select(PARTS), 0..60)) {
        let case = Case::of(&format!("-- foreign_keys on\n-- functions count\n-- sqlite_at_least 3.20.0\n-- file 001_a.sql\n{}", parts.concat()));
        for mark in case.marks() {
            prop_assert!(mark.at.line >= 1 && mark.end_line >= mark.at.line);
        }
    }
}

#[test]
fn the_documentation_is_that_of_the_table() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/lint.md");
    let wanted = page();
    if std::env::var_os("QUARTERDECK_WRITE_BINDINGS").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/lint.md is not what the table of codes says: run make bindings");
}

fn page() -> String {
    let mut page = include_str!("lint_page.md").to_owned();
    for code in CODES {
        let severity = match code.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        write!(page, "\n## {}: {}\n\n*{severity}.* {}\n\n{}\n", code.code, code.title, code.why, code.instead).unwrap();
    }
    page
}
