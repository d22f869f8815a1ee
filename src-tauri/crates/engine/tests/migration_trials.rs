//! Migrations tried, judged and taken over through the one list, on real databases: rehearsals, drift, adoption, reports, new files.
#![allow(clippy::unwrap_used)]

mod bench;

use std::path::{Path, PathBuf};

use bench::{Bench, ask};
use quarterdeck_testkit::Peer;
use serde_json::{Value, json};

/// A shop with these files, registered as `shop`, and its folder set.
fn shop(files: &[(&str, &str)]) -> Bench {
    let bench = Bench::new("wal");
    write(&bench, files);
    bench.call("set_migrations", json!({ "target": "shop", "folder": folder(&bench) })).unwrap();
    bench
}

fn folder(bench: &Bench) -> PathBuf {
    bench.scratch.file("migrations")
}

fn write(bench: &Bench, files: &[(&str, &str)]) {
    std::fs::create_dir_all(folder(bench)).unwrap();
    for (name, text) in files {
        std::fs::write(folder(bench).join(name), text).unwrap();
    }
}

/// A database that goose made, with its first two migrations applied and a third one pending.
fn goose() -> Bench {
    let bench = Bench::empty();
    ask(
        &bench.file,
        "CREATE TABLE goose_db_version(id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL,
           tstamp TIMESTAMP DEFAULT (datetime('now')));
         INSERT INTO goose_db_version(version_id, is_applied) VALUES (0, 1), (1, 1), (2, 1);
         CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT);",
    );
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
    write(
        &bench,
        &[
            (
                "00001_users.sql",
                "-- +goose Up\nCREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT);\n-- +goose Down\nDROP TABLE users;\n",
            ),
            (
                "00002_notes.sql",
                "-- +goose Up\nCREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT);\n-- +goose Down\nDROP TABLE notes;\n",
            ),
            ("00003_tags.sql", "-- +goose Up\nCREATE TABLE tags(id INTEGER PRIMARY KEY);\n-- +goose Down\nDROP TABLE tags;\n"),
        ],
    );
    bench.call("set_migrations", json!({ "target": "shop", "folder": folder(&bench) })).unwrap();
    bench
}

fn source() -> Value {
    json!({ "source": { "target": "shop" } })
}

fn list(bench: &Bench) -> Value {
    bench.call("list_migrations", source()).unwrap()
}

fn states(list: &Value) -> Vec<(&str, &str)> {
    let lines = list["lines"].as_array().unwrap();
    lines.iter().map(|line| (line["version"].as_str().unwrap(), line["state"].as_str().unwrap())).collect()
}

fn adopt(bench: &Bench, extra: Value) -> Result<Value, quarterdeck_model::Fault> {
    let mut request = json!({ "source": { "target": "shop" } });
    let mut command = json!({ "target": "shop" });
    for (key, value) in extra.as_object().unwrap() {
        command[key] = value.clone();
        if key != "reason" {
            request[key] = value.clone();
        }
    }
    command["plan"] = bench.call("plan_adoption", request)?["digest"].clone();
    bench.call("adopt_migrations", command)
}

fn rehearse(bench: &Bench) -> Value {
    let done = bench.work("rehearse_migrations", json!({ "target": "shop", "wish": { "kind": "all" } })).unwrap();
    done["report"].clone()
}

fn stale(bench: &Bench) -> Vec<String> {
    let standing = list(bench)["rehearsal"].clone();
    standing["stale"].as_array().unwrap_or_else(|| panic!("{standing}")).iter().map(|why| why.as_str().unwrap().to_owned()).collect()
}

fn left(bench: &Bench) -> usize {
    std::fs::read_dir(bench.scratch.file("home/scratch")).map(Iterator::count).unwrap_or_default()
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

/// A shop whose schema a baseline declares, and two pending migrations: the first goes back, the second does not.
fn pending() -> Bench {
    let bench = shop(&[
        ("001_shop.up.sql", "SELECT 1;"),
        ("001_shop.down.sql", ""),
        ("002_notes.up.sql", "CREATE TABLE notes(id INTEGER PRIMARY KEY); INSERT INTO notes VALUES (1), (2);"),
        ("002_notes.down.sql", "DROP TABLE notes;"),
        ("003_phone.up.sql", "ALTER TABLE customers ADD COLUMN phone TEXT; CREATE INDEX by_name ON customers(name);"),
        ("003_phone.down.sql", "ALTER TABLE customers DROP COLUMN phone;"),
    ]);
    adopt(&bench, json!({ "baseline": "001" })).unwrap();
    bench
}

#[test]
fn a_rehearsal_finds_the_way_down_that_does_not_go_back_and_changes_not_one_byte() {
    let bench = pending();
    let before = bytes(&bench.file);
    let rehearsal = rehearse(&bench);
    assert_eq!(bytes(&bench.file), before);
    assert_eq!(left(&bench), 0);
    let kinds: Vec<&str> = rehearsal["steps"].as_array().unwrap().iter().map(|step| step["down"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["back", "not-back"]);
    assert_eq!((&rehearsal["tone"], &rehearsal["failure"], &rehearsal["snapshot"]), (&json!("attention"), &Value::Null, &Value::Null));
    let sentence = rehearsal["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("2 migrations ran on a copy of the live database"), "{sentence}");
    assert!(sentence.ends_with("The way down of 003 does not go back."), "{sentence}");
    let changed: Vec<&str> = rehearsal["rows"].as_array().unwrap().iter().map(|row| row["table"].as_str().unwrap()).collect();
    assert_eq!(changed, ["notes"]);
    assert_eq!(list(&bench)["rehearsal"], json!({ "rehearsal": rehearsal, "stale": [] }), "it is kept, and holds");
    assert_eq!(bench.store("SELECT count(*) FROM intents"), "0");
}

#[test]
fn a_writer_goes_on_beside_a_rehearsal_and_loses_nothing() {
    let bench = pending();
    let mut peer = Peer::open(&bench.file);
    peer.run("BEGIN IMMEDIATE; INSERT INTO customers(name, email) VALUES ('Ada', 'ada');");
    let rehearsal = rehearse(&bench);
    assert_eq!(rehearsal["failure"], Value::Null, "a reader of WAL waits for nobody");
    peer.run("COMMIT;");
    assert_eq!(bench.sql("SELECT count(*) FROM customers WHERE name = 'Ada'"), "1");
}

#[test]
fn a_snapshot_can_be_rehearsed_on_and_decides_what_runs() {
    let bench = pending();
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    ask(&bench.file, "CREATE TABLE notes(id INTEGER PRIMARY KEY);");
    let live = bench.work("rehearse_migrations", json!({ "target": "shop", "wish": { "kind": "all" } })).unwrap();
    let failure = &live["report"]["failure"];
    assert_eq!((&failure["version"], &failure["at"]["file"]), (&json!("002"), &json!("002_notes.up.sql")), "a finding, and no fault");
    assert!(live["report"]["sentence"].as_str().unwrap().contains("already exists"), "{live}");
    let then = bench.work("rehearse_migrations", json!({ "target": "shop", "wish": { "kind": "all" }, "snapshot": "latest" })).unwrap();
    assert_eq!((&then["report"]["failure"], then["report"]["snapshot"].is_string()), (&Value::Null, true), "{then}");
    assert_eq!(stale(&bench), ["the schema has changed since"], "it was tried on the schema of the snapshot");
    assert_eq!(left(&bench), 0);
    let fault = bench.work("rehearse_migrations", json!({ "target": "shop", "wish": { "kind": "all" }, "snapshot": "ffffffff" }));
    assert!(fault.unwrap_err().is("snapshot-missing"));
}

#[test]
fn a_rehearsal_says_why_it_holds_no_more() {
    let bench = pending();
    rehearse(&bench);
    write(&bench, &[("002_notes.up.sql", "-- remark\nCREATE TABLE notes(id INTEGER PRIMARY KEY); INSERT INTO notes VALUES (1), (2);")]);
    assert_eq!(stale(&bench), [""; 0], "a remark changes nothing that runs");
    write(&bench, &[("002_notes.up.sql", "CREATE TABLE notes(id INTEGER PRIMARY KEY);")]);
    assert_eq!(stale(&bench), ["002 has changed since"]);
    write(&bench, &[("003_phone.down.sql", "DROP INDEX by_name; ALTER TABLE customers DROP COLUMN phone;")]);
    assert_eq!(stale(&bench), ["002 has changed since", "the way down of 003 has changed since"]);
    rehearse(&bench);
    assert_eq!(stale(&bench), [""; 0]);
    write(&bench, &[("004_more.up.sql", "CREATE TABLE more(x);"), ("004_more.down.sql", "DROP TABLE more;")]);
    assert_eq!(stale(&bench), ["004 was not rehearsed"]);
    rehearse(&bench);
    bench.sql("CREATE INDEX extra ON orders(note)");
    assert_eq!(stale(&bench), ["the schema has changed since"]);
    bench.sql("DROP INDEX extra; UPDATE customers SET name = 'other rows are no other schema'");
    assert_eq!(stale(&bench), [""; 0]);
}

#[test]
fn nothing_is_rehearsed_where_nothing_is_pending_or_nobody_knows_what_is() {
    let bench = shop(&[("001_shop.sql", "SELECT 1;")]);
    let ask = || bench.work("rehearse_migrations", json!({ "target": "shop", "wish": { "kind": "all" } })).unwrap_err();
    assert!(ask().is("unknown-history"), "{}", ask());
    adopt(&bench, json!({ "baseline": "001" })).unwrap();
    assert!(ask().is("nothing-pending"), "{}", ask());
    assert_eq!(bench.store("SELECT count(*) FROM rehearsals"), "0");
}

#[test]
fn a_goose_database_is_adopted_and_its_own_table_stays_as_it_is() {
    let bench = goose();
    let theirs = bench.sql("SELECT * FROM goose_db_version");
    let plan = bench.call("plan_adoption", source()).unwrap();
    assert_eq!((&plan["tool"], plan["rows"].as_array().unwrap().len(), &plan["obstacles"]), (&json!("goose"), 2, &json!([])), "{plan}");
    assert!(plan["steps"].to_string().contains("goose will still call it pending"), "{plan}");
    assert_eq!(bench.sql("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'quarterdeck%'"), "0", "a plan writes nothing");
    let after = adopt(&bench, json!({})).unwrap();
    assert_eq!(states(&after), [("1", "applied"), ("2", "applied"), ("3", "pending")].map(|(version, state)| (wide(version), state)));
    assert_eq!(after["histories"][0]["adopted"], true);
    assert_eq!(bench.sql("SELECT * FROM goose_db_version"), theirs);
    assert_eq!(bench.sql("SELECT kind || ' ' || tool FROM quarterdeck_migrations"), "adopted goose\nadopted goose");
    assert!(adopt(&bench, json!({})).unwrap_err().is("nothing-to-adopt"));
    let trail = bench.call("list_audit", json!({})).unwrap().to_string();
    assert!(trail.contains("2 rows of goose"), "{trail}");
}

/// As goose's files write them.
fn wide(version: &str) -> &str {
    match version {
        "1" => "00001",
        "2" => "00002",
        _ => "00003",
    }
}

#[test]
fn an_adoption_that_was_planned_for_another_state_is_refused() {
    let bench = goose();
    let plan = bench.call("plan_adoption", source()).unwrap();
    bench.sql("INSERT INTO goose_db_version(version_id, is_applied) VALUES (3, 1)");
    let fault = bench.call("adopt_migrations", json!({ "target": "shop", "plan": plan["digest"] })).unwrap_err();
    assert!(fault.is("plan-stale"), "{fault}");
    assert_eq!(bench.sql("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'quarterdeck%'"), "0");
    let fault = bench.call("plan_adoption", json!({ "source": { "target": "shop" }, "tool": "goose", "baseline": "00001" })).unwrap_err();
    assert!(fault.is("bad-adoption"), "{fault}");
    let missing = bench.call("plan_adoption", json!({ "source": { "target": "shop" }, "baseline": "9" })).unwrap();
    assert!(missing["obstacles"][0].as_str().unwrap().contains("no migration 9"), "{missing}");
}

#[test]
fn a_modified_file_is_reblessed_only_with_a_reason_which_stays() {
    let bench = goose();
    adopt(&bench, json!({})).unwrap();
    write(
        &bench,
        &[("00002_notes.sql", "-- +goose Up\nCREATE TABLE notes(id INTEGER PRIMARY KEY, body BLOB);\n-- +goose Down\nDROP TABLE notes;\n")],
    );
    assert_eq!(states(&list(&bench))[1], ("00002", "modified"));
    let rebless =
        |version: &str, reason: &str| bench.call("rebless_migration", json!({ "target": "shop", "version": version, "reason": reason }));
    assert!(rebless("00002", " ").unwrap_err().is("bad-reason"));
    assert!(rebless("00001", "because").unwrap_err().is("nothing-to-rebless"));
    assert!(rebless("7", "because").unwrap_err().is("version-missing"));
    let after = rebless("00002", "The type was changed by hand in May").unwrap();
    assert_eq!(states(&after)[1], ("00002", "applied"));
    assert_eq!(bench.sql("SELECT kind FROM quarterdeck_migrations WHERE version = '00002'"), "adopted\nreblessed", "rows are only added");
    assert!(bench.call("list_audit", json!({})).unwrap().to_string().contains("The type was changed by hand in May"));
}

#[test]
fn drift_is_named_with_its_cure_and_orphans_are_counted() {
    let bench = goose();
    adopt(&bench, json!({})).unwrap();
    let ask = |integrity: bool| bench.call("validate_database", json!({ "source": { "target": "shop" }, "integrity": integrity })).unwrap();
    let clean = ask(true);
    assert_eq!((&clean["drift"], &clean["tone"], &clean["integrity"]), (&json!([]), &json!("ok"), &json!([])), "{clean}");
    bench.sql("CREATE INDEX by_body ON notes(body); CREATE TABLE kids(user REFERENCES users(id)); INSERT INTO kids VALUES (7), (8);");
    let found = ask(false);
    let drift: Vec<&str> = found["drift"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(
        drift,
        ["The table kids is there, and nothing declares it.", "The index by_body on notes is there, and nothing declares it."]
    );
    assert_eq!(found["drift"][1]["cure"], "DROP INDEX by_body;");
    assert_eq!(found["foreign_keys"], json!([{ "table": "kids", "parent": "users", "rows": 2 }]));
    assert_eq!((&found["sentence"], &found["tone"]), (&json!("2 orphaned rows, 2 schema differences."), &json!("critical")));
    std::fs::remove_file(folder(&bench).join("00001_users.sql")).unwrap();
    let unknown = ask(false);
    assert!(unknown["drift_unknown"].as_str().unwrap().contains("no file to compare with"), "{unknown}");
}

#[test]
fn figures_are_those_of_the_database() {
    let bench = goose();
    let stats = bench.call("get_database_stats", json!({ "source": { "database": bench.file } })).unwrap();
    let tables: Vec<&str> = stats["tables"].as_array().unwrap().iter().map(|table| table["table"].as_str().unwrap()).collect();
    assert!(tables.contains(&"users") && tables.contains(&"goose_db_version"), "{tables:?}");
    assert_eq!(stats["size"].as_u64().unwrap(), bench.file.metadata().unwrap().len());
}

#[test]
fn a_report_is_one_page_that_escapes_what_others_have_named() {
    let bench = goose();
    adopt(&bench, json!({})).unwrap();
    bench.sql("CREATE TABLE \"<script>alert('x')</script>\"(\"a&b\")");
    write(&bench, &[("<img src=x onerror=1>.sql", "SELECT 1;")]);
    let report = bench.call("report_migrations", source()).unwrap();
    let html = report["html"].as_str().unwrap();
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;") && html.contains("&lt;img src=x"), "{html}");
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("http://") && !html.contains("https://"));
    assert!(html.contains(report["evidence"].as_str().unwrap()) && html.contains("default-src 'none'"));
    assert!(html.contains(">Way down</th>"), "{html}");
    let sentence = report["validation"]["sentence"].as_str().unwrap();
    assert_eq!(html.matches("The live schema is what").count(), usize::from(sentence.contains("The live schema is what")), "{html}");
    assert_eq!(report["entries"].as_array().unwrap().len(), 2);
    assert_eq!(report["list"]["lines"].as_array().unwrap().len(), 3);
    assert!(report["audit_head"].is_string() && report["stats"]["tables"].is_array());
}

#[test]
fn a_new_migration_takes_the_next_number_and_never_overwrites() {
    let bench = goose();
    let begin = |name: &str| bench.call("new_migration", json!({ "source": { "target": "shop" }, "name": name }));
    let made = begin("Add appeal priority").unwrap();
    let file = folder(&bench).join("00004_add_appeal_priority.sql");
    assert_eq!((&made["version"], &made["layout"]), (&json!("00004"), &json!("goose")));
    assert!(std::fs::read_to_string(&file).unwrap().contains("-- +goose Down"));
    assert!(begin("!!!").unwrap_err().is("bad-migration-name"));
    let again = begin("Add appeal priority").unwrap();
    assert_eq!(again["version"], "00005", "the one before is there");
    let empty = bench.scratch.file("empty");
    std::fs::create_dir(&empty).unwrap();
    let lone = bench.call("new_migration", json!({ "source": { "folder": empty }, "name": "first" })).unwrap();
    assert_eq!((&lone["version"], &lone["layout"]), (&json!("001"), &json!("plain")));
}

#[test]
fn a_folder_is_set_where_no_definition_names_one() {
    let bench = Bench::new("wal");
    assert!(bench.call("list_migrations", source()).unwrap_err().is("no-migrations"));
    let set = |folder: PathBuf| bench.call("set_migrations", json!({ "target": "shop", "folder": folder }));
    assert!(set(bench.scratch.file("nowhere")).is_err());
    write(&bench, &[("001_a.sql", "CREATE TABLE a(x);")]);
    assert_eq!(set(folder(&bench)).unwrap()["lines"][0]["version"], "001");
    assert_eq!(bench.call("list_migrations", source()).unwrap()["lines"].as_array().unwrap().len(), 1);
}

#[test]
fn an_endless_migration_can_be_cancelled_and_leaves_nothing() {
    let mut bench = shop(&[
        ("001_shop.sql", "SELECT 1;"),
        ("002_endless.sql", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;"),
    ]);
    adopt(&bench, json!({ "baseline": "001" })).unwrap();
    let before = bytes(&bench.file);
    let mut events = bench.engine.events();
    let job = bench.call("rehearse_migrations", json!({ "target": "shop", "wish": { "kind": "all" } })).unwrap()["job"].clone();
    bench.call("cancel_job", json!({ "job": job })).unwrap();
    let ended = loop {
        let row = bench.call("get_job", json!({ "job": job })).unwrap();
        if row["finished_at"].is_string() {
            break row;
        }
        events.blocking_recv().unwrap();
    };
    assert_eq!(ended["state"], "cancelled", "{ended}");
    assert_eq!((bytes(&bench.file), left(&bench)), (before, 0));
    assert_eq!(bench.store("SELECT (SELECT count(*) FROM rehearsals) + (SELECT count(*) FROM intents)"), "0");
    assert_eq!(bench.next_process(), [""; 0], "nothing is left to recover");
}

#[test]
fn a_rehearsal_whose_process_is_gone_is_cleared_away() {
    let mut bench = pending();
    let job = rehearse(&bench)["job"].clone();
    let folder = bench.scratch.file("home/scratch").canonicalize().unwrap().join(format!("drill-{}", "0".repeat(32)));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("rehearsal.db"), "half a copy").unwrap();
    let intent = json!({ "step": "rehearse", "scratch": folder });
    bench.store(&format!(
        "UPDATE jobs SET state = 'running', finished_at = NULL, report = NULL, process = 'gone' WHERE id = {job};
         INSERT INTO intents(job, body) VALUES ({job}, '{intent}');"
    ));
    let said = bench.next_process();
    assert!(said.len() == 1 && said[0].contains("its copy is gone, and the live database was never changed"), "{said:?}");
    assert!(!folder.exists());
    assert_eq!(bench.store("SELECT count(*) FROM intents"), "0");
}

#[test]
fn a_rehearsal_of_what_was_applied_since_says_so() {
    let bench = pending();
    rehearse(&bench);
    let ask = json!({ "source": { "target": "shop" }, "wish": { "kind": "to", "version": "002" } });
    let plan = bench.call("plan_migrations", ask).unwrap();
    assert_eq!(plan["obstacles"], json!([]), "{plan}");
    let apply = json!({ "target": "shop", "wish": { "kind": "to", "version": "002" }, "plan": plan["digest"], "confirm": "shop" });
    bench.work("apply_migrations", apply).unwrap();
    assert_eq!(stale(&bench), ["002 has been applied since"]);
    let snapshot = bench.work("rehearse_migrations", json!({ "target": "shop", "wish": { "kind": "down" } })).unwrap();
    assert_eq!(snapshot["report"]["steps"][0]["version"], "002", "a way down is rehearsed alone, too");
}

#[test]
fn declared_queries_are_judged_and_a_definition_has_the_last_word_on_the_folder() {
    let bench = Bench::empty();
    let folder = bench.scratch.file("system");
    std::fs::create_dir_all(folder.join("migrations")).unwrap();
    quarterdeck_testkit::shop(&folder.join("main.db"), 200, "wal");
    let yaml = "name: sales\nenvironment: staging\nmigrations: {dir: migrations, component: main, large_table: 100}\ncomponents:\n  \
                main: {kind: sqlite, path: main.db}\nqueries:\n  - {name: dear, component: main, sql: SELECT id FROM orders WHERE cents = 5}\n  - \
                {name: broken, component: main, sql: SELECT nothing FROM orders}\n";
    std::fs::write(folder.join("quarterdeck.yaml"), yaml).unwrap();
    std::fs::write(folder.join("migrations/001_a.sql"), "CREATE TABLE a(x);").unwrap();
    bench.call("add_system", json!({ "path": folder })).unwrap();
    let found = bench.call("validate_database", json!({ "source": { "target": "sales" } })).unwrap();
    let query = |at: usize| (found["queries"][at]["name"].as_str().unwrap(), found["queries"][at]["tone"].as_str().unwrap());
    assert_eq!([query(0), query(1)], [("dear", "attention"), ("broken", "critical")], "{found}");
    assert!(found["queries"][0]["index"].as_str().unwrap().contains("cents"), "{found}");
    assert!(found["drift_unknown"].is_string(), "nothing says what is applied: {found}");
    let fault = bench.call("set_migrations", json!({ "target": "sales", "folder": folder.join("migrations") })).unwrap_err();
    assert!(fault.is("set-by-definition"), "{fault}");
}
