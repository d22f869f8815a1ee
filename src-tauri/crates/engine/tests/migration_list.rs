//! What is said of a database and its files before anything runs: states, unused files, problems, lint, plans and what stands in their way.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{os::unix::fs::FileExt, path::PathBuf};

use bench::Bench;
use quarterdeck_model::{Clock, Fault, SystemClock};
use quarterdeck_store::{
    files::free_space,
    leases::{Lease, Owner},
};
use serde_json::{Value, json};

const ITEMS: &str = "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n";
const INDEX: &str = "CREATE INDEX items_by_name ON items (name);\n";

/// A database and a folder of files beside it, neither known to the engine.
struct Files {
    bench: Bench,
    database: PathBuf,
    folder: PathBuf,
}

impl Files {
    fn new(sql: &str, files: &[(&str, &str)]) -> Self {
        let bench = Bench::empty();
        let (database, folder) = (bench.scratch.file("app.db"), bench.scratch.file("migrations"));
        std::fs::create_dir(&folder).unwrap();
        bench::ask(&database, &format!("{sql} VACUUM;"));
        let files_and_database = Self { bench, database, folder };
        files.iter().for_each(|(name, text)| files_and_database.write(name, text));
        files_and_database
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).unwrap();
    }

    fn source(&self) -> Value {
        json!({ "database": self.database, "folder": self.folder })
    }

    fn list(&self) -> Value {
        self.bench.call("list_migrations", json!({ "source": self.source() })).unwrap()
    }

    fn try_plan(&self, wish: Value, more: Value) -> Result<Value, Fault> {
        let mut request = json!({ "source": self.source(), "wish": wish });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.bench.call("plan_migrations", request)
    }

    fn plan(&self) -> Value {
        self.try_plan(json!({ "kind": "all" }), json!({})).unwrap()
    }

    fn lint(&self, all: bool) -> Value {
        self.bench.call("lint_migrations", json!({ "source": self.source(), "all": all })).unwrap()
    }
}

fn states(list: &Value) -> Vec<(&str, &str)> {
    let lines = list["lines"].as_array().unwrap().iter();
    lines.map(|line| (line["version"].as_str().unwrap(), line["state"].as_str().unwrap())).collect()
}

fn texts(values: &Value) -> Vec<&str> {
    values.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

/// A history of goose with these versions.
fn goose(versions: &[u32]) -> String {
    let rows: Vec<String> = versions.iter().map(|version| format!("({version}, 1)")).collect();
    format!(
        "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL,
                                        tstamp TIMESTAMP DEFAULT (datetime('now')));
         INSERT INTO goose_db_version (version_id, is_applied) VALUES {};",
        rows.join(", ")
    )
}

/// A ledger that has taken these versions over from goose.
fn adopted(versions: &[&str]) -> String {
    let row = |version: &&str| format!("('{version}', '', 'adopted', '2026-01-02T03:04:05Z', 'ada', 1, 1, 'goose', 'r', 'p')");
    let rows: Vec<String> = versions.iter().map(row).collect();
    format!(
        "CREATE TABLE quarterdeck_migrations (
           id INTEGER PRIMARY KEY, version TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, took_ms INTEGER,
           who TEXT NOT NULL, statements INTEGER NOT NULL, done INTEGER NOT NULL, bytes_sha256 TEXT, statements_sha256 TEXT, files TEXT,
           down_sql TEXT, tool TEXT, reason TEXT, settings TEXT, run TEXT NOT NULL, program TEXT NOT NULL);
         INSERT INTO quarterdeck_migrations (version, name, kind, at, who, statements, done, tool, run, program) VALUES {};",
        rows.join(", ")
    )
}

#[test]
fn an_empty_database_has_everything_pending_and_no_file_is_passed_over_in_silence() {
    let files = Files::new("", &[("001_items.sql", ITEMS), ("002_index.sql", INDEX), ("notes.txt", "later"), ("seed.py", "print()")]);
    let list = files.list();
    assert_eq!(states(&list), [("001", "pending"), ("002", "pending")]);
    assert_eq!((&list["sentence"], &list["tone"]), (&json!("2 pending."), &json!("attention")));
    assert_eq!((&list["layout"], &list["has_ledger"], &list["current"]), (&json!("plain"), &json!(false), &Value::Null));
    assert!(list["target"].is_null() && list["busy"].is_null() && list["rehearsal"].is_null());
    let unused: Vec<&str> = list["unused"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert_eq!(unused, ["notes.txt", "seed.py"]);
    let fault = files.bench.call("list_migrations", json!({ "source": {} })).unwrap_err();
    assert!(fault.is("bad-source"), "{fault}");
}

#[test]
fn the_history_of_another_tool_is_told_beside_the_files() {
    let goose_file = |sql: &str| format!("-- +goose Up\n{sql}");
    let files = Files::new(&format!("{ITEMS}{}", goose(&[0, 1, 3, 9])), &[]);
    files.write("00001_items.sql", &goose_file(ITEMS));
    files.write("00002_index.sql", &goose_file(INDEX));
    files.write("00004_more.sql", &goose_file("CREATE TABLE more (x);\n"));
    let list = files.list();
    assert_eq!(
        states(&list),
        [("00001", "applied"), ("00002", "out-of-order"), ("3", "missing"), ("00004", "out-of-order"), ("9", "future")]
    );
    assert_eq!((&list["layout"], &list["histories"][0]["applied"]), (&json!("goose"), &json!(3)));
    assert_eq!((&list["histories"][0]["latest"], &list["histories"][0]["adopted"]), (&json!("9"), &json!(false)));
    let plan = files.plan();
    assert!(texts(&plan["obstacles"])[0].starts_with("3 was applied, and its file is gone. Bring the file back"), "{}", plan["obstacles"]);
}

#[test]
fn tables_without_a_history_are_nobodys_and_the_plan_says_how_to_go_on() {
    let files = Files::new("CREATE TABLE old (x);", &[("001_items.sql", ITEMS)]);
    assert_eq!(states(&files.list()), [("001", "unknown")]);
    let plan = files.plan();
    assert_eq!((plan["batches"].as_array().unwrap().len(), plan["obstacles"].as_array().unwrap().len()), (0, 1));
    assert!(texts(&plan["obstacles"])[0].contains("adopt"), "{}", plan["obstacles"]);
}

#[test]
fn a_user_version_counts_only_where_the_schema_is_what_so_many_files_give() {
    let files = [("001_items.sql", ITEMS), ("002_index.sql", INDEX), ("003_more.sql", "CREATE TABLE more (x);\n")];
    let counted = Files::new(&format!("{ITEMS}{INDEX}PRAGMA user_version = 2;"), &files);
    let list = counted.list();
    assert_eq!(states(&list), [("001", "applied"), ("002", "applied"), ("003", "pending")]);
    assert_eq!((&list["histories"][0]["tool"], &list["current"]), (&json!("user-version"), &json!("002")));
    assert_eq!(list["settings"]["reason"], "as SQLite itself has them");
    let plan = counted.plan();
    assert!(texts(&plan["obstacles"])[0].contains("migrate adopt"), "{}", plan["obstacles"]);
    assert!(texts(&plan["steps"]).last().unwrap().contains("user_version"), "{}", plan["steps"]);
    counted.bench.call("add_system", json!({ "path": counted.database })).unwrap();
    let adoption = counted.bench.call("plan_adoption", json!({ "source": counted.source() })).unwrap();
    let rows: Vec<&str> = adoption["rows"].as_array().unwrap().iter().map(|row| row["version"].as_str().unwrap()).collect();
    assert_eq!((rows, &adoption["obstacles"]), (vec!["001", "002"], &json!([])));
    let adopt = json!({ "target": "app", "folder": counted.folder, "plan": adoption["digest"] });
    counted.bench.call("adopt_migrations", adopt).unwrap();
    let list = counted.list();
    assert_eq!(
        (states(&list)[2], &list["current"], &list["lines"][0]["tool"]),
        (("003", "pending"), &json!("002"), &json!("user-version"))
    );
    assert_eq!(counted.plan()["obstacles"], json!([]));
    for (sql, version) in [(ITEMS.to_owned(), 2), (format!("{ITEMS}{INDEX}"), 17), (format!("{ITEMS}{INDEX}"), 0)] {
        let other = Files::new(&format!("{sql}PRAGMA user_version = {version};"), &files);
        assert!(states(&other.list()).iter().all(|(_, state)| *state == "unknown"), "{version}: {sql}");
    }
}

#[test]
fn what_is_wrong_with_the_folder_is_listed_and_stands_in_the_way() {
    let files = Files::new("", &[("001_items.sql", ITEMS), ("002_text.sql", "SELECT 'open;\n")]);
    std::fs::write(files.folder.join("003_latin.sql"), b"SELECT '\xe4';").unwrap();
    let list = files.list();
    let codes: Vec<&str> = list["problems"].as_array().unwrap().iter().map(|problem| problem["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"not-utf-8") && codes.contains(&"unterminated"), "{codes:?}");
    assert_eq!(list["tone"], "critical");
    assert!(list["sentence"].as_str().unwrap().contains("2 problems in the folder stand in the way."), "{}", list["sentence"]);
    assert_eq!(files.plan()["obstacles"].as_array().unwrap().len(), 2);
    assert_eq!(files.lint(false)["tone"], "critical");
    let gone = json!({ "source": { "database": files.database, "folder": files.folder.join("gone") } });
    assert!(files.bench.call("list_migrations", gone).unwrap_err().message.contains("gone"));
}

#[test]
fn a_lone_file_that_is_registered_is_its_component_under_whatever_name() {
    let files = Files::new("", &[("001_items.sql", ITEMS)]);
    let before = files.plan();
    assert!(before["target"].is_null() && before["confirm"].is_null());
    files.bench.call("add_system", json!({ "path": files.database, "environment": "staging" })).unwrap();
    let alias = files.bench.scratch.file("alias.db");
    std::os::unix::fs::symlink(&files.database, &alias).unwrap();
    let list = files.bench.call("list_migrations", json!({ "source": { "database": alias, "folder": files.folder } })).unwrap();
    assert_eq!(list["target"], "app");
    let after = files.plan();
    assert_eq!((&after["target"], &after["confirm"]), (&json!("app"), &json!("app")));
    assert_eq!(before["digest"], after["digest"], "whoever looked at the lone file's plan may apply it once the file is registered");
    let fault = files.bench.call("list_migrations", json!({ "source": { "target": "app" } })).unwrap_err();
    assert!(fault.is("no-migrations"), "{fault}");
}

#[test]
fn a_plan_names_what_commits_together_and_its_digest_moves_with_files_schema_and_wish() {
    let files = Files::new("", &[("001_items.sql", ITEMS), ("002_index.sql", INDEX), ("003_shrink.sql", "VACUUM;\n")]);
    let plan = files.plan();
    assert_eq!(plan["obstacles"], json!([]));
    let batches: Vec<Value> = plan["batches"].as_array().unwrap().iter().map(|batch| json!([batch["versions"], batch["atomic"]])).collect();
    assert_eq!(batches, [json!([["001", "002"], true]), json!([["003"], false])]);
    let steps = texts(&plan["steps"]).join("\n");
    assert!(
        steps.contains("Run 001_items, 002_index (2 statements), then commit") && steps.contains("the new ledger quarterdeck_migrations")
    );
    assert!(steps.contains("nobody has rehearsed this"), "{steps}");
    assert!(plan["writers_wait"].is_null() && plan["wait_needs_consent"] == false && plan["safety_wait"].as_u64().unwrap() > 0, "{plan}");
    assert_eq!(files.plan()["digest"], plan["digest"], "the same again");
    let digest = |wish: Value, more: Value| files.try_plan(wish, more).unwrap()["digest"].clone();
    let mut seen = vec![plan["digest"].clone()];
    seen.push(digest(json!({ "kind": "to", "version": "1" }), json!({})));
    seen.push(digest(json!({ "kind": "all" }), json!({ "each": true })));
    files.write("002_index.sql", "-- for the search\nCREATE INDEX items_by_name ON items (name);\n");
    seen.push(files.plan()["digest"].clone());
    bench::ask(&files.database, "CREATE TABLE goose_db_version (x)");
    seen.push(files.plan()["digest"].clone());
    bench::ask(&files.database, "PRAGMA journal_mode = wal");
    seen.push(files.plan()["digest"].clone());
    let distinct: std::collections::BTreeSet<String> = seen.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), seen.len(), "{seen:?}");
    let fault = files.try_plan(json!({ "kind": "to", "version": "999" }), json!({})).unwrap_err();
    assert!(fault.is("version-missing"), "{fault}");
}

#[test]
fn a_lint_error_refuses_a_plan_until_it_is_waived_or_accepted_and_only_for_what_would_run() {
    let files = Files::new("", &[("001_items.sql", ITEMS), ("002_drop.sql", "DROP TABLE items;\n")]);
    let plan = files.plan();
    let obstacles = texts(&plan["obstacles"]);
    assert!(obstacles.len() == 1 && obstacles[0].starts_with("002_drop.sql:1: QD-L10: "), "{obstacles:?}");
    assert_eq!(files.try_plan(json!({ "kind": "to", "version": "001" }), json!({})).unwrap()["obstacles"], json!([]));
    let accepted = files.try_plan(json!({ "kind": "all" }), json!({ "accept_lint": ["qd-l10"] })).unwrap();
    assert_eq!((&accepted["obstacles"], accepted["marks"].as_array().unwrap().is_empty()), (&json!([]), false));
    assert_eq!(accepted["digest"], plan["digest"], "what is accepted is said with the apply");
    let lint = files.lint(false);
    assert_eq!((&lint["tone"], &lint["sentence"]), (&json!("critical"), &json!("Lint finds 1 error in 2 migrations not applied.")));
    files.write("002_drop.sql", "-- quarterdeck:allow QD-L10 it was never used\nDROP TABLE items;\n");
    assert_eq!(files.plan()["obstacles"], json!([]));
    assert_eq!(files.lint(true)["sentence"], "Lint finds 1 waived in 2 migrations.");
    let lines = files.list()["lines"].clone();
    assert_eq!((lines[0]["marks"].as_array().unwrap().len(), &lines[1]["marks"][0]["waived"]), (0, &json!("it was never used")));
}

#[test]
fn the_text_of_a_migration_is_shown_with_both_ways_and_cut_where_it_is_long() {
    let files = Files::new("", &[("001_items.up.sql", ITEMS), ("001_items.down.sql", "DROP TABLE items;\n")]);
    files.write("002_long.up.sql", &format!("-- {}\nSELECT 1;\n", "ä".repeat(600_000)));
    let text = |version: &str| files.bench.call("get_migration", json!({ "source": files.source(), "version": version }));
    let one = text("1").unwrap();
    let names: Vec<&str> = one["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert_eq!((&one["version"], names), (&json!("001"), vec!["001_items.up.sql", "001_items.down.sql"]));
    assert_eq!((&one["files"][0]["text"], &one["files"][0]["cut"]), (&json!(ITEMS), &json!(false)));
    let two = text("002").unwrap();
    assert_eq!((&two["files"][0]["cut"], &two["files"][0]["size"]), (&json!(true), &json!(1_200_014)));
    assert!(two["files"][0]["text"].as_str().unwrap().len() <= 1 << 20);
    assert!(text("7").unwrap_err().is("version-missing"));
}

#[test]
fn a_way_down_is_planned_newest_first_and_one_that_is_missing_or_loses_rows_stands_in_the_way_only_of_itself() {
    let files = Files::new(&format!("{ITEMS}CREATE TABLE more (x);{}{}", goose(&[0, 1, 2]), adopted(&["00001", "00002"])), &[]);
    files.write("00001_items.sql", &format!("-- +goose Up\n{ITEMS}"));
    files.write("00002_more.sql", "-- +goose Up\nCREATE TABLE more (x);\n-- +goose Down\nDROP TABLE more;\n");
    let down = |wish: Value| files.try_plan(wish, json!({})).unwrap();
    let one = down(json!({ "kind": "down" }));
    assert_eq!((&one["direction"], &one["batches"][0]["versions"]), (&json!("down"), &json!(["00002"])));
    assert_eq!(one["obstacles"], json!([]));
    let steps = texts(&one["steps"]).join("\n");
    assert!(steps.contains("Take back 00002_more (1 statement)"), "{steps}");
    assert!(steps.contains("goose_db_version of goose is not written"), "{steps}");
    let two = down(json!({ "kind": "down", "steps": 2 }));
    assert!(texts(&two["obstacles"])[0].starts_with("00001 has no way down: no way down was written."), "{}", two["obstacles"]);
    let none = down(json!({ "kind": "down", "to": "00002" }));
    assert_eq!((&none["steps"], &none["obstacles"]), (&json!(["Nothing is applied that could be taken back."]), &json!([])));
    assert_ne!(files.plan()["digest"], none["digest"], "nothing up is not nothing down");
}

#[test]
fn a_definition_says_where_the_files_lie_and_how_they_are_meant() {
    let files = Files::new("", &[("001_items.sql", ITEMS)]);
    let folder = files.bench.scratch.path();
    let definition = "name: stock\nenvironment: production\ncomponents:\n  main: {kind: sqlite, path: app.db}\n\
                      migrations: {dir: migrations, layout: plain, ledger: quarterdeck_stock, foreign_keys: true}\n";
    std::fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
    files.bench.call("add_system", json!({ "path": folder })).unwrap();
    let list = files.bench.call("list_migrations", json!({ "source": { "target": "stock" } })).unwrap();
    assert_eq!((&list["ledger"], &list["layout_reason"]), (&json!("quarterdeck_stock"), &json!("set in quarterdeck.yaml")));
    assert_eq!((&list["settings"]["foreign_keys"], states(&list)), (&json!(true), vec![("001", "pending")]));
    let plan = files.plan();
    assert_eq!((&plan["environment"], &plan["target"], &plan["confirm"]), (&json!("production"), &json!("stock"), &json!("stock")));
}

#[test]
fn a_safety_image_that_takes_long_needs_consent_and_one_without_room_is_an_obstacle() {
    let files = Files::new(ITEMS, &[]);
    bench::ask(&files.database, &adopted(&["001"]));
    files.write("001_items.sql", ITEMS);
    files.write("002_index.sql", INDEX);
    let small = files.plan();
    assert_eq!((&small["obstacles"], &small["wait_needs_consent"]), (&json!([]), &json!(false)));
    // Sparse: SQLite goes by the number of pages in the header (https://www.sqlite.org/fileformat2.html, offset 28).
    let pages = u32::try_from(free_space(&files.database).unwrap() / 4096 + 1).unwrap();
    let file = std::fs::File::options().write(true).open(&files.database).unwrap();
    file.set_len(u64::from(pages) * 4096).unwrap();
    file.write_all_at(&pages.to_be_bytes(), 28).unwrap();
    let large = files.plan();
    assert!(texts(&large["obstacles"])[0].contains("are needed. Make room there"), "{}", large["obstacles"]);
    assert_eq!(large["wait_needs_consent"], large["safety_wait"].as_u64().unwrap() > 10_000);
    assert_ne!(large["digest"], small["digest"]);
}

#[test]
fn the_list_says_who_works_on_the_database() {
    let files = Files::new("", &[("001_items.sql", ITEMS)]);
    files.bench.call("add_system", json!({ "path": files.database })).unwrap();
    let component = files.bench.store("SELECT id FROM components");
    let owner = Owner { pid: 1, who: "ada".to_owned(), purpose: "Restore of app in place".to_owned(), since: SystemClock.now() };
    let held = Lease::take(&files.bench.engine.home().leases(), &format!("component-{component}"), &owner).unwrap();
    let busy = files.list()["busy"].as_str().unwrap().to_owned();
    assert!(busy.starts_with("Restore of app in place, by ada (process 1), for "), "{busy}");
    drop(held);
    assert!(files.list()["busy"].is_null());
}
