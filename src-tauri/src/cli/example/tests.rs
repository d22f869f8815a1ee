//! The example, loaded into scratch folders.

use std::{
    cell::{Cell, RefCell},
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::mpsc,
};

use quarterdeck_model::{Class, Clock, Instant};
use quarterdeck_testkit::{FixedClock, Scratch, peer::Peer};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{
    writer::{Pace, Writer},
    *,
};

fn args(rows: u32) -> LoadArgs {
    LoadArgs { rows, write: None, seconds: None }
}

/// An engine that knows one list of systems and whether their ledger has taken over what they count, and nothing about the example.
#[derive(Default)]
struct Registry(RefCell<Vec<Value>>, Cell<bool>);

impl Registry {
    fn call(&self, operation: &str, request: Value) -> Outcome<Value> {
        match operation {
            "get_system" => match self.0.borrow().first() {
                Some(folder) => Ok(json!({ "system": { "name": request["system"], "folder": folder } })),
                None => Err(Fault::refused("no-such-system", "There is no system reputation.")),
            },
            "add_system" => {
                self.0.borrow_mut().push(request["path"].clone());
                Ok(json!({ "name": "reputation" }))
            }
            "list_migrations" if self.1.get() => Ok(json!({ "histories": [] })),
            "list_migrations" => Ok(json!({ "histories": [{ "tool": "user-version" }] })),
            "plan_adoption" => Ok(json!({ "digest": "what was seen" })),
            "adopt_migrations" if request["plan"] == "what was seen" => {
                self.1.set(true);
                Ok(json!({ "histories": [] }))
            }
            _ => Err(Fault::bug(format!("{operation} is not for the example."))),
        }
    }
}

fn load_into(home: &Scratch, rows: u32, registry: &Registry) -> (Outcome<Loaded>, String) {
    let mut out = Vec::new();
    let loaded = load(&args(rows), &home.path(), &FixedClock::default(), &|name, request| registry.call(name, request), &mut out);
    (loaded, String::from_utf8(out).unwrap())
}

fn number(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn text(db: &Connection, sql: &str) -> String {
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_loaded_example_is_whole_and_believable() {
    let home = Scratch::new();
    let registry = Registry::default();
    let (loaded, said) = load_into(&home, 2_500, &registry);
    let loaded = loaded.unwrap();
    assert_eq!((loaded.appeals, loaded.registered), (Count(2_500), true));
    assert!(
        said.starts_with("Added 2,500 appeals and ")
            && said.ends_with("Registered the system reputation.\nIts ledger of migrations has what user_version counts.\n"),
        "{said}"
    );
    assert_eq!(*registry.0.borrow(), [json!(loaded.folder)]);
    assert_eq!(loaded.folder.0, home.path().join("examples/reputation"));
    assert_eq!(fs::metadata(loaded.folder.0.join("quarterdeck.yaml")).unwrap().permissions().mode() & 0o777, 0o600);

    let db = Connection::open(&loaded.database.0).unwrap();
    assert_eq!(text(&db, "PRAGMA integrity_check"), "ok");
    assert_eq!(number(&db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_eq!(text(&db, "PRAGMA journal_mode"), "wal");
    assert_eq!(number(&db, "PRAGMA user_version"), 3);
    assert_eq!(number(&db, "PRAGMA application_id"), i64::from(database::APPLICATION_ID));
    assert_eq!(number(&db, "SELECT count(*) FROM appeals"), 2_500);
    assert_eq!(number(&db, "SELECT count(*) FROM appeal_negotiation_messages"), loaded.messages.0 as i64);
    assert!(number(&db, "SELECT count(DISTINCT status) FROM appeals") == 7, "every status is there");
    assert!(number(&db, "SELECT count(*) FROM appeals WHERE resolved_at > '2026-11-22 13:40:00'") == 0, "nothing lies in the future");
    assert_eq!(
        number(&db, "SELECT count(*) FROM appeal_negotiation_messages WHERE max(created_at, ifnull(read_at, '')) > '2026-11-22 13:40:00'"),
        0
    );
    assert!(number(&db, "SELECT min(right_share) > 0.6 FROM prediction_quality") == 1, "the model is about as good as it says");
    assert!(text(&db, "SELECT max(created_at) FROM appeals").as_str() > "2026-11-22 12:00:00");
    let mut tables = db.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").unwrap();
    for name in tables.query_map([], |row| row.get::<_, String>(0)).unwrap() {
        let name = name.unwrap();
        let may_be_empty = ["overdue_negotiations", "appeals_past_their_time"].contains(&name.as_str());
        assert!(may_be_empty || number(&db, &format!("SELECT count(*) FROM {name}")) > 0, "{name} is empty");
    }
}

#[test]
fn the_same_seed_makes_the_same_rows() {
    let [one, two] = [Scratch::new(), Scratch::new()].map(|home| {
        let loaded = load_into(&home, 300, &Registry::default()).0.unwrap();
        let db = Connection::open(&loaded.database.0).unwrap();
        text(&db, "SELECT group_concat(appeal_id || sender || body || created_at) FROM appeal_negotiation_messages")
    });
    assert!(one == two && !one.is_empty());
}

#[test]
fn loading_again_adds_what_is_missing_and_changes_nothing() {
    let home = Scratch::new();
    let registry = Registry::default();
    let first = load_into(&home, 200, &registry).0.unwrap();
    let db = Connection::open(&first.database.0).unwrap();
    db.execute("UPDATE users SET display_name = 'Changed here' WHERE id = 1", []).unwrap();
    let definition = first.folder.0.join("quarterdeck.yaml");
    fs::write(&definition, "name: reputation\n").unwrap();
    fs::remove_file(first.folder.0.join("README.md")).unwrap();

    let (second, said) = load_into(&home, 200, &registry);
    let second = second.unwrap();
    assert_eq!((second.appeals, second.messages, second.registered), (Count(0), Count(0), false));
    assert!(said.contains("quarterdeck.yaml, which differs from the one that ships.") && said.contains("nothing was added"), "{said}");
    assert!(said.ends_with("The system reputation is registered already.\n"), "{said}");
    assert_eq!(fs::read_to_string(&definition).unwrap(), "name: reputation\n");
    let readme = first.folder.0.join("README.md");
    let whole = fs::read(&readme).unwrap();
    assert!(whole.starts_with(b"# The reputation system"), "a missing file comes back");
    fs::write(&readme, &whole[..100]).unwrap();

    let third = load_into(&home, 260, &registry).0.unwrap();
    assert_eq!(third.appeals, Count(60));
    assert_eq!(fs::read(&readme).unwrap(), whole, "a file that was cut off is finished");
    assert_eq!(number(&db, "SELECT count(*) FROM appeals"), 260);
    assert_eq!(text(&db, "SELECT display_name FROM users WHERE id = 1"), "Changed here");
    assert_eq!(registry.0.borrow().len(), 1);
}

#[test]
fn what_is_not_the_example_is_left_alone() {
    let home = Scratch::new();
    let (folder, database) = place(&home.path());
    fs::create_dir_all(database.parent().unwrap()).unwrap();
    let other = Connection::open(&database).unwrap();
    other.execute_batch("CREATE TABLE mine(x); INSERT INTO mine VALUES(1);").unwrap();
    let fault = load_into(&home, 10, &Registry::default()).0.unwrap_err();
    assert!(fault.is("example-not-ours") && fault.class == Class::Refused, "{fault}");
    assert_eq!(number(&other, "SELECT count(*) FROM mine"), 1);
    other.execute_batch("DROP TABLE mine; PRAGMA application_id = 1380274261; PRAGMA user_version = 99;").unwrap();
    assert!(load_into(&home, 10, &Registry::default()).0.unwrap_err().is("example-newer"));
    drop(other);
    fs::write(&database, "no database at all, and long enough to be looked at as one by the library").unwrap();
    assert!(load_into(&home, 10, &Registry::default()).0.unwrap_err().is("example-database"));

    fs::remove_dir_all(folder).unwrap();
    let registry = Registry(RefCell::new(vec![json!("/srv/elsewhere")]), Cell::default());
    let fault = load_into(&home, 10, &registry).0.unwrap_err();
    assert!(fault.is("example-name-taken") && fault.message.contains("/srv/elsewhere"), "{fault}");
}

#[test]
fn triggers_keep_scores_counters_and_histories() {
    let home = Scratch::new();
    let db = database::open_or_create(&home.file("r.db")).unwrap();
    let chance = &chance::Chance::new(1);
    let user = acts::join(&db, chance, 0).unwrap();
    db.execute("UPDATE users SET reputation = 100", []).unwrap();
    let (history, points) = acts::violate(&db, chance, user, 60).unwrap();
    let score = 100 - i64::from(points);
    assert_eq!(number(&db, "SELECT reputation FROM users"), score);
    assert_eq!(number(&db, "SELECT score_after FROM reputation_history"), score);

    let appeal = acts::appeal(&db, chance, user, (history, points), 120).unwrap();
    let twice = acts::appeal(&db, chance, user, (history, points), 121).unwrap_err();
    assert!(twice.to_string().contains("UNIQUE"), "one open appeal for each violation: {twice}");
    acts::take_up(&db, chance, appeal, "negotiating", 180).unwrap();
    acts::write_message(&db, chance, appeal, 240, 240).unwrap();
    acts::write_message(&db, chance, appeal, 300, 300).unwrap();
    assert_eq!(number(&db, "SELECT message_count FROM appeals"), 2);
    assert_eq!(text(&db, "SELECT last_message_at FROM appeals"), "1970-01-01 00:05:00");
    db.execute("DELETE FROM appeal_negotiation_messages WHERE id = 2", []).unwrap();
    assert_eq!(text(&db, "SELECT message_count || ' ' || last_message_at FROM appeals"), "1 1970-01-01 00:04:00");

    acts::resolve(&db, chance, appeal, "approved", 360).unwrap();
    let restored = number(&db, "SELECT points_restored FROM appeals");
    assert_eq!(number(&db, "SELECT reputation FROM users"), score + restored);
    let states = "SELECT group_concat(ifnull(from_status, '') || '>' || to_status) FROM appeal_status_history";
    assert_eq!(text(&db, states), ">pending,pending>negotiating,negotiating>approved");
    assert_eq!(text(&db, "SELECT template FROM appeal_notifications"), "appeal-approved");
    let reopened = db.execute("UPDATE appeals SET status = 'pending', resolved_at = NULL, points_restored = 0", []).unwrap_err();
    assert!(reopened.to_string().contains("not opened again"), "{reopened}");
}

#[test]
fn the_migrations_run_in_the_sqlite3_shell() {
    let home = Scratch::new();
    let mut shell = Peer::open(&home.file("shell.db"));
    let (applied, pending) = files::MIGRATIONS.split_at(files::APPLIED);
    for (name, sql) in applied {
        assert_eq!(shell.run(sql), "", "{name}");
    }
    assert_eq!(shell.run("PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA user_version;"), "ok\n3");
    let ours = database::open_or_create(&home.file("ours.db")).unwrap();
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name)";
    assert_eq!(shell.run(&format!("{schema};")), text(&ours, schema));
    let counts = "SELECT sum(type = 'table'), sum(type = 'index'), sum(type = 'view') FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'";
    assert_eq!(shell.run(&format!("{counts};")), "28|32|17");
    for (name, sql) in pending {
        assert_eq!(shell.run(sql), "", "{name}");
    }
    assert_eq!(shell.run("PRAGMA integrity_check; PRAGMA user_version;"), "ok\n4");
}

#[test]
fn the_writer_outlives_emptied_and_replaced_files() {
    let home = Scratch::new();
    let loaded = load_into(&home, 100, &Registry::default()).0.unwrap();
    let path: &Path = &loaded.database.0;
    let clock = FixedClock::default();
    let mut writer = Writer::new(path, &clock);
    let db = Connection::open(path).unwrap();
    let changes = "SELECT (SELECT count(*) FROM appeals) + (SELECT count(*) FROM appeal_negotiation_messages) + (SELECT count(*) FROM appeal_status_history)";
    let before = number(&db, changes);
    for _ in 0..100 {
        assert!(writer.step());
    }
    assert!(number(&db, changes) >= before + 90);
    assert!(writer.status().contains("100 transactions, slowest "));

    db.execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM users; DELETE FROM appeals; DELETE FROM reputation_history;").unwrap();
    assert!(writer.step(), "content that is gone does not end it");

    db.close().unwrap();
    let aside = home.file("aside.db");
    for suffix in ["", "-wal", "-shm"] {
        let part = format!("{}{suffix}", path.display());
        if Path::new(&part).exists() {
            fs::rename(part, format!("{}{suffix}", aside.display())).unwrap();
        }
    }
    assert!(!writer.step() && !path.exists(), "a missing file is not made anew");
    let status = writer.status();
    assert!(status.contains("opened anew 1 times: unable to open"), "{status}");
    drop(database::open_or_create(path).unwrap());
    assert!(writer.step(), "it goes on in the file that is there now");
    assert_eq!(number(&Connection::open(path).unwrap(), "SELECT count(*) FROM appeals"), 1);
    assert_eq!(writer.total, Count(102));
}

#[test]
fn a_stopped_writer_says_what_it_did() {
    let home = Scratch::new();
    let loaded = load_into(&home, 10, &Registry::default()).0.unwrap();
    let (open, stop) = mpsc::channel();
    drop(open);
    let mut out = Vec::new();
    let pace = Pace { rate: 5.0, lasts: None };
    writer::run(&loaded.database.0, pace, &FixedClock::default(), &stop, &mut out).unwrap();
    let said = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("Writing 5 transactions per second into /"), "{said}");
    assert_eq!(lines[1..], ["13:40:00 UTC: 0 transactions", "Ended after 0 transactions."]);
}

#[test]
fn options_are_checked() {
    use clap::{Args, Command, FromArgMatches};
    let parse = |words: &[&str]| {
        let matches = LoadArgs::augment_args(Command::new("load").no_binary_name(true)).try_get_matches_from(words)?;
        LoadArgs::from_arg_matches(&matches)
    };
    let good = parse(&["--write", "2.5", "--for", "3", "--rows", "7"]).unwrap();
    assert_eq!((good.write, good.seconds, good.rows), (Some(2.5), Some(3), 7));
    assert_eq!(parse(&[]).unwrap().rows, 10_000);
    for bad in [&["--write", "0"][..], &["--write", "fast"], &["--for", "3"], &["--rows", "0"], &["--write", "NaN"]] {
        assert!(parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn instants_are_told_to_the_second() {
    let now: Instant = FixedClock::default().now();
    let home = Scratch::new();
    let db = database::open_or_create(&home.file("r.db")).unwrap();
    acts::join(&db, &chance::Chance::new(7), now.timestamp()).unwrap();
    assert_eq!(text(&db, "SELECT joined_at FROM users"), "2026-11-22 13:40:00");
}
