//! Migrations from the command line: pending, linted, rehearsed, applied, proved, taken back; and killed at every step.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::{Bench, bench::ask};

/// A shop with a folder of migrations, the first of which made it.
fn shop(mode: &str, files: &[(&str, &str)]) -> (Bench, PathBuf) {
    let (bench, path) = Bench::with_shop_in(40, mode);
    let folder = bench.file("migrations");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("001_shop.up.sql"), "SELECT 1;\n").unwrap();
    for (name, sql) in files {
        fs::write(folder.join(name), sql).unwrap();
    }
    let request = format!(r#"{{"target":"shop","folder":{folder:?}}}"#);
    bench.run(["call", "set_migrations", &request]).done();
    bench.line("migrate adopt shop --baseline 001").done();
    (bench, path)
}

const TWO: [(&str, &str); 4] = [
    ("002_notes.up.sql", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);\nINSERT INTO notes (text) VALUES ('one');\n"),
    ("002_notes.down.sql", "DROP TABLE notes;\n"),
    ("003_tags.up.sql", "CREATE TABLE tags (id INTEGER PRIMARY KEY, tag TEXT);\nCREATE INDEX idx_tags ON tags (tag);\n"),
    ("003_tags.down.sql", "DROP TABLE tags;\n"),
];

/// Schema and rows, without our ledger.
fn state(path: &Path) -> String {
    let schema = "SELECT group_concat(sql, '; ') FROM (SELECT sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'quarterdeck%' ORDER BY name)";
    ask(path, &format!("{schema}; SELECT count(*), total(id) FROM orders; PRAGMA integrity_check"))
}

fn applied(path: &Path) -> Vec<String> {
    let versions = ask(path, "SELECT version FROM quarterdeck_migrations WHERE kind = 'applied' ORDER BY id");
    versions.split_whitespace().map(str::to_owned).collect()
}

fn has(path: &Path, table: &str) -> bool {
    ask(path, &format!("SELECT count(*) FROM sqlite_schema WHERE name = '{table}'")).trim() == "1"
}

#[test]
fn pending_is_rehearsed_applied_proved_and_taken_back_by_undo() {
    for mode in ["wal", "delete"] {
        let (bench, path) = shop(mode, &TWO);
        let before = state(&path);
        let status = bench.line("migrate status shop").done().out;
        assert!(status.starts_with("1 applied") || status.contains("2 pending"), "{status}");
        bench.line("migrate status shop --fail-on-pending").code(1);
        bench.line("migrate lint shop").done();
        let rehearsed = bench.line("migrate rehearse shop").done().out;
        assert!(rehearsed.contains("Every way down goes back."), "{rehearsed}");
        assert_eq!(state(&path), before, "a rehearsal only reads");
        assert!(bench.line("migrate plan shop").done().out.contains("as rehearsed"));
        let report = bench.line("migrate apply shop --json").done().json();
        assert_eq!((&report["from"], &report["to"]), (&"001".into(), &"003".into()), "{report}");
        assert_eq!(applied(&path), ["002", "003"]);
        assert!(bench.line("migrate validate shop").code(1).out.contains("is not known") || has(&path, "tags"));
        let again = bench.line("migrate apply shop").done().out;
        assert!(again.contains("Nothing is pending."), "{again}");
        let job = report["undo"]["job"].as_i64().unwrap();
        bench.line(&format!("undo {job} --confirm shop")).done();
        assert_eq!(state(&path), before, "{mode}");
        let used = bench.line(&format!("jobs show {job} --json")).done().json();
        assert_eq!(used["report"]["undo"]["used"], true);
    }
}

#[test]
fn one_alone_up_to_a_version_and_the_way_down() {
    let (bench, path) = shop("wal", &TWO);
    bench.line("migrate apply shop --to 002").done();
    assert!(has(&path, "notes") && !has(&path, "tags"));
    bench.line("migrate apply-one shop 003").done();
    let down = bench.line("migrate down shop --json").done().json();
    assert_eq!((&down["direction"], &down["to"]), (&"down".into(), &"002".into()));
    assert!(has(&path, "notes") && !has(&path, "tags"));
    bench.line("migrate apply-one shop 009 --json").code(3).fault("version-missing", "009");
}

#[test]
fn a_statement_that_fails_is_named_with_its_place_and_leaves_everything_as_it_was() {
    let (bench, path) = shop("wal", &TWO);
    let folder = bench.file("migrations");
    fs::write(folder.join("004_broken.up.sql"), "CREATE TABLE more (x);\n\nINSERT INTO nowhere VALUES (1);\n").unwrap();
    let before = state(&path);
    let fault = bench.line("migrate apply shop --json").code(1).json()["fault"].clone();
    assert_eq!(fault["code"], "migration-failed", "{fault}");
    assert_eq!((&fault["facts"]["failure"]["at"]["line"], &fault["facts"]["failure"]["version"]), (&3.into(), &"004".into()), "{fault}");
    assert_eq!(state(&path), before);
    assert!(bench.line("jobs --json").done().json()[0]["state"] == "failed");
    assert!(fs::read_dir(bench.home().join("safety")).unwrap().next().is_none(), "no safety image is left behind");
}

#[test]
fn what_lint_calls_an_error_is_refused_until_it_is_accepted_and_that_is_written_down() {
    let (bench, path) = shop("wal", &[("002_drop.up.sql", "DROP TABLE old;\n")]);
    ask(&path, "CREATE TABLE old (id INTEGER PRIMARY KEY); INSERT INTO old VALUES (1), (2)");
    bench.line("migrate lint shop").code(1);
    bench.line("migrate apply shop --json").code(3).fault("lint-errors", "QD-L10");
    bench.line("migrate apply shop --accept-lint QD-L99 --json").code(2).fault("unknown-lint-code", "QD-L99");
    let report = bench.line("migrate apply shop --accept-lint QD-L10 --json").done().json();
    assert_eq!(report["accepted_lint"][0], "QD-L10");
    assert!(bench.line("audit list --json").done().out.contains("accepting QD-L10"));
}

#[test]
fn a_file_that_changed_after_it_was_applied_is_said_and_can_be_blessed_again() {
    let (bench, _) = shop("wal", &TWO);
    bench.line("migrate apply shop").done();
    fs::write(bench.file("migrations").join("003_tags.up.sql"), "CREATE TABLE tags (id INTEGER PRIMARY KEY, tag TEXT, x);\n").unwrap();
    bench.line("migrate status shop").code(1);
    bench.run(["migrate", "rebless", "shop", "003", "--reason", "x is added by hand"]).done();
    bench.line("migrate status shop").done();
    bench.run(["migrate", "rebless", "shop", "003", "--reason", "again", "--json"]).code(3).fault("nothing-to-rebless", "003");
}

#[test]
fn a_lone_file_is_looked_at_unregistered_and_registered_for_an_apply() {
    let bench = Bench::new();
    let (database, folder) = (bench.file("app.db"), bench.file("m"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("1_first.sql"), "CREATE TABLE a (x);\n").unwrap();
    ask(&database, "VACUUM");
    let on = |verb: &str| format!("migrate {verb} --database {} --migrations {}", database.display(), folder.display());
    assert!(bench.line(&on("status")).done().out.contains("1 pending"));
    assert!(bench.line("systems").done().out.starts_with("No system yet"));
    let applied = bench.line(&on("apply")).done();
    assert!(applied.err.contains("registered as the system app"), "{}", applied.err);
    assert!(has(&database, "a"));
    bench
        .run(["migrate", "report", "app", "--migrations", folder.to_str().unwrap(), "--html", bench.file("r.html").to_str().unwrap()])
        .done();
    assert!(
        fs::read_to_string(bench.file("r.html")).unwrap().contains("1_first") || fs::metadata(bench.file("r.html")).unwrap().len() > 500
    );
    let begun = bench.run(["migrate", "new", "app", "Second step", "--migrations", folder.to_str().unwrap()]).done().out;
    assert!(begun.contains("2_second_step.sql"), "{begun}");
}

/// Kills one apply at a point, lets the next process recover, and looks at what is left: batches before or after, and the way back.
fn kill(mode: &str, point: &str, arguments: &str, files: &[(&str, &str)]) -> Vec<String> {
    let (bench, path) = shop(mode, files);
    let before = state(&path);
    bench.line_with_failpoint(&format!("migrate apply shop{arguments}"), &format!("{point}=kill")).killed();
    let told = bench.line("jobs").done();
    assert!(told.err.contains("was interrupted: "), "{mode} {point}: {}", told.err);
    let applied = applied(&path);
    assert_eq!(has(&path, "notes"), applied.contains(&"002".to_owned()), "{mode} {point}: {applied:?}");
    assert_eq!(has(&path, "tags"), applied.contains(&"003".to_owned()), "{mode} {point}: {applied:?}");
    assert!(fs::read_dir(bench.home().join("safety")).map_or(true, |mut left| left.next().is_none()), "{mode} {point}");
    let started = ask(&path, "SELECT count(*) FROM quarterdeck_migrations WHERE kind = 'started'").trim() != "0";
    if applied.is_empty() && !started {
        assert_eq!(state(&path), before, "{mode} {point}");
        bench.line("undo 1 --plan --json").code(3).fault("nothing-to-undo", "Job 1");
    } else {
        bench.line("undo 1 --confirm shop").done();
        assert_eq!(state(&path), before, "{mode} {point}: undo brings back what was there");
    }
    applied
}

#[test]
fn a_kill_at_each_step_leaves_before_or_after() {
    for mode in ["wal", "delete"] {
        for point in ["noted", "locked", "safety-copied", "statement#1", "statement#3", "item", "item#2", "before-commit"] {
            assert!(kill(mode, &format!("migrate.{point}"), "", &TWO).is_empty(), "{mode} {point}");
        }
        for point in ["committed", "kept"] {
            assert_eq!(kill(mode, &format!("migrate.{point}"), "", &TWO), ["002", "003"], "{mode} {point}");
        }
        for point in ["committed#1", "statement#3", "before-commit#2"] {
            assert_eq!(kill(mode, &format!("migrate.{point}"), " --each", &TWO), ["002"], "{mode} {point}");
        }
    }
}

#[test]
fn a_kill_around_a_migration_without_a_transaction_says_how_far_it_came() {
    let files = [TWO[0], ("0025_vacuum.up.sql", "VACUUM;\nANALYZE;\n"), TWO[2]];
    for mode in ["wal", "delete"] {
        for point in ["committed#1", "started", "committed#2", "before-commit#2"] {
            kill(mode, &format!("migrate.{point}"), "", &files);
        }
    }
}
