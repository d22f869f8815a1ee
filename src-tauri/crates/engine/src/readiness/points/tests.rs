//! Each point where it holds, and where it does not: over real files, databases and repositories.

use std::{
    fs,
    os::unix::fs::{FileExt, PermissionsExt, symlink},
    path::Path,
    time::Duration,
};

use quarterdeck_model::{
    Class, Clock, Fault,
    readiness::{CureJob, EvidenceVerdict, RowVerdict, Validation, ValidationState},
};
use quarterdeck_sqlite::open;
use quarterdeck_store::{
    readiness::people::{self, PersonRow},
    validations,
};
use serde_json::{Value, json};

use super::*;
use crate::{
    operation::{Kind, Work},
    ops::{self, BackupSystem, DrillSystem, ProveSnapshot, RehearseMigrations},
    readiness::gathering::tests::{DEFINITION, Place},
    repository,
};

use EvidenceVerdict::{Fails, Holds, Unknown};

const DAY: Duration = Duration::from_secs(86_400);

impl Place {
    #[track_caller]
    fn point(&self, name: &str, verdict: EvidenceVerdict, words: &str) -> Brought {
        let brought = measure(&self.field(), name, None, &JobCtx::detached()).unwrap();
        assert_eq!(brought.verdict, verdict, "{name}: {}", brought.sentence);
        assert!(brought.sentence.contains(words), "{name}: {}", brought.sentence);
        assert!(is_of_the_window(brought.address.as_ref().unwrap()), "{name}: {:?}", brought.address);
        // What is mended outside of the window is measured again, as everything that names no cure.
        let elsewhere = all().any(|point| point.name == name && matches!(point.helps, Helps::Elsewhere));
        assert_eq!(brought.cure.is_some(), verdict != Holds && !elsewhere, "{name}");
        if let Some(cure) = &brought.cure {
            assert!(is_of_the_window(cure.address.as_ref().unwrap()), "{name}: {cure:?}");
            cure.job.iter().for_each(understood);
        }
        brought
    }

    /// Presses the button that a point offers now.
    #[track_caller]
    fn press(&self, name: &str, label: &str) {
        let cure = measure(&self.field(), name, None, &JobCtx::detached()).unwrap().cure.unwrap();
        assert_eq!(cure.label, label, "{name}");
        let job = cure.job.unwrap_or_else(|| panic!("{name}: {label} starts nothing"));
        self.done(&job.operation, job.request);
    }

    /// The button that a point offers, and where it leads, where it starts nothing.
    #[track_caller]
    fn led(&self, name: &str) -> (String, String) {
        let cure = measure(&self.field(), name, None, &JobCtx::detached()).unwrap().cure.unwrap();
        assert_eq!(cure.job, None, "{name}");
        (cure.label, cure.address.unwrap())
    }

    /// Runs a job that has to end well.
    #[track_caller]
    fn done(&self, name: &str, request: Value) {
        let row = self.work(name, request);
        assert!(serde_json::from_value::<Fault>(row["fault"].clone()).is_err(), "{row}");
    }

    fn mode(&self, path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

/// Everything that a point may have started: nothing else changes so little that one press may do.
#[track_caller]
fn understood(job: &CureJob) {
    let request = job.request.clone();
    let read = match job.operation.as_str() {
        BackupSystem::NAME => serde_json::from_value::<BackupSystem>(request).map(drop),
        ProveSnapshot::NAME => serde_json::from_value::<ProveSnapshot>(request).map(drop),
        DrillSystem::NAME => serde_json::from_value::<DrillSystem>(request).map(drop),
        RehearseMigrations::NAME => serde_json::from_value::<RehearseMigrations>(request).map(drop),
        other => panic!("{other} is nothing that one press starts"),
    };
    read.unwrap();
    let entry = ops::find(&job.operation).unwrap();
    assert!(entry.kind == Kind::Job && entry.role == job.role, "{}", job.operation);
}

/// True for an address whose page, and each of whose questions, the window's table of pages knows.
fn is_of_the_window(address: &str) -> bool {
    let routes = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/shell/routes.ts")).unwrap();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let named = format!("name: \"{}\"", path.split('/').next().unwrap());
    let Some((_, route)) = routes.split_once(&named) else { return false };
    let mut route = route.split("\n    name: ").next().unwrap().split("\n  { name: ").next().unwrap().to_owned();
    for shared in ["healthOf", "ofCopy"].into_iter().filter(|shared| route.contains(shared)).collect::<Vec<_>>() {
        let body = routes.split_once(&format!("function {shared}(")).unwrap().1;
        route.push_str(body.split("\n}").next().unwrap());
    }
    query.split('&').filter(|part| !part.is_empty()).all(|part| route.contains(&format!("\"{}\"", part.split('=').next().unwrap())))
}

#[test]
fn whatever_helps_is_a_page_of_the_window_or_a_job_that_one_press_may_start() {
    for address in ["migrations/shop?show=drift&version=1", "health/shop?tab=checks", "readiness/shop?show=new", "alerts/a"] {
        assert!(is_of_the_window(address), "{address}");
    }
    for address in ["nowhere/shop", "snapshots/shop?show=all", "audit?line=1", "schedules/shop?version=1"] {
        assert!(!is_of_the_window(address), "{address}");
    }
    for point in all() {
        let page = match &point.helps {
            Helps::Wizard { page, .. } | Helps::Depends(_, _, page) => page,
            Helps::There(_) | Helps::Elsewhere => point.page,
        };
        assert!(is_of_the_window(point.page) && is_of_the_window(page), "{}", point.name);
    }
}

#[test]
fn one_press_takes_a_snapshot_and_the_next_drills_it() {
    let place = Place::new();
    for name in ["snapshot-age", "snapshot-proved", "newest-snapshot-proved", "drill-passed"] {
        let cure = measure(&place.field(), name, None, &JobCtx::detached()).unwrap().cure.unwrap();
        assert_eq!(cure.job.unwrap().command, "quarterdeck backup shop", "{name}");
    }
    place.press("drill-age", "Back up");
    place.point("newest-snapshot-proved", Holds, "");
    place.press("drill-age", "Run drill");
    place.point("drill-passed", Holds, "");
    // Proving what is too old makes it no younger.
    let live = open::write(&place.scope.engine.home().store()).unwrap();
    live.execute("DELETE FROM levels WHERE level IN ('data-matches', 'drilled')", []).unwrap();
    drop(live);
    place.clock.advance(DAY);
    place.press("snapshot-proved", "Prove snapshot");
    place.point("snapshot-proved", Holds, "");
    place.clock.advance(8 * DAY);
    place.press("snapshot-proved", "Back up");
    place.point("snapshot-proved", Holds, "");
    // A drill that was too slow is looked at.
    place.file("quarterdeck.yaml", &format!("{DEFINITION}objectives:\n  - {{scenario: loss, rto: 1 ms, rpo: 1 h}}\n"));
    place.point("drill-within-objectives", Fails, "1 ms was promised");
    assert_eq!(place.led("drill-within-objectives"), ("See drills".to_owned(), "drills/shop".to_owned()));
}

#[test]
fn what_has_to_be_agreed_to_is_asked_on_its_page() {
    let place = Place::new();
    place.file("quarterdeck.yaml", &format!("{DEFINITION}migrations: migrations\n"));
    assert_eq!(place.led("migrations-rehearsed"), ("Rehearse…".to_owned(), "migrations/shop?show=rehearse".to_owned()), "no folder");
    fs::remove_file(place.folder.join("shop.db")).unwrap();
    assert_eq!(place.led("snapshot-age"), ("Back up…".to_owned(), "snapshots/shop".to_owned()), "nothing to back up");
    let kit = measure(&place.field(), "recovery-kit", None, &JobCtx::detached()).unwrap().cure.unwrap();
    assert_eq!((kit.address.as_deref(), kit.job), (Some("repository/shop?show=keys"), None));
}

#[test]
fn names_are_unique_and_each_point_says_something_of_a_new_system() {
    let names: std::collections::BTreeSet<&str> = names().collect();
    assert_eq!(names.len(), super::names().count());
    assert!(names.len() >= 37, "{}", names.len());
    let place = Place::new();
    for name in names {
        let brought = measure(&place.field(), name, None, &JobCtx::detached()).unwrap();
        assert!(!brought.sentence.is_empty(), "{name}");
    }
    let listed = place.call("check_point", json!({"system": "shop", "point": "list"}));
    assert!(listed["points"].as_array().unwrap().iter().all(|point| point["expected"].as_str().is_some_and(|words| !words.is_empty())));
    let fault = place.try_call("check_point", json!({"system": "shop", "point": "nothing"})).unwrap_err();
    assert!(fault.is("no-such-point") && fault.class != Class::Bug);
}

#[test]
fn snapshots_and_drills_age() {
    let place = Place::new();
    for name in ["snapshot-age", "snapshot-proved", "newest-snapshot-proved", "drill-age"] {
        place.point(name, Fails, "");
    }
    place.point("drill-passed", Unknown, "there was no drill");
    place.point("repository-encrypted", Unknown, "there is no repository");
    place.point("recovery-kit", Fails, "none was made");
    // What is wrong is said once: nobody is told that `yes` was expected.
    let kit = place.call("check_point", json!({"system": "shop", "point": "recovery-kit"}));
    assert_eq!(kit["points"][0]["sentence"], "none was made");
    place.done("backup_system", json!({"system": "shop"}));
    place.done("drill_system", json!({"system": "shop"}));
    place.point("newest-snapshot-proved", Holds, "was compared with its manifest");
    for name in ["snapshot-age", "snapshot-proved", "drill-age", "drill-passed", "integrity", "repository-encrypted"] {
        place.point(name, Holds, "");
    }
    place.point("drill-within-objectives", Unknown, "no recovery time is promised");
    place.point("files-private", Holds, "");
    place.call("create_recovery_kit", json!({"system": "shop", "file": place.scratch.file("kit.txt")}));
    place.point("recovery-kit", Holds, "made 2026-11-22");
    place.clock.advance(2 * DAY);
    place.point("snapshot-age", Fails, "newer than 1 d expected");
    place.point("drill-age", Holds, "");
    place.clock.advance(30 * DAY);
    place.point("drill-age", Fails, "newer than 31 d expected");
    // Whoever cannot open it any more has lost it.
    let password = place.scope.engine.home().password(&"shop".parse().unwrap());
    fs::remove_file(password).unwrap();
    place.scope.engine.repositories.lock().unwrap().clear();
    place.point("repository-encrypted", Fails, "ours does not open it");
}

#[test]
fn the_newest_snapshot_is_not_proved_by_an_older_one() {
    let place = Place::new();
    place.done("backup_system", json!({"system": "shop"}));
    place.point("newest-snapshot-proved", Holds, "of 2026-11-22");
    place.clock.advance(DAY);
    let live = open::write(&place.folder.join("shop.db")).unwrap();
    live.execute_batch("UPDATE orders SET cents = cents + 1").unwrap();
    drop(live);
    place.done("backup_system", json!({"system": "shop"}));
    let store = &place.scope.engine;
    let newest = repository::newest_backup(store, &place.field().system).unwrap().unwrap();
    let live = open::write(&store.home().store()).unwrap();
    let forgotten = live.execute("DELETE FROM levels WHERE snapshot = ? AND level = 'data-matches'", [&newest.id.0]).unwrap();
    assert_eq!(forgotten, 1, "a backup by hand is proved at once");
    drop(live);
    place.point("newest-snapshot-proved", Fails, "was not compared with its manifest yet");
    place.point("snapshot-proved", Holds, "2026-11-22");
}

#[test]
fn a_watch_counts_for_as_long_as_it_went_to_its_end() {
    let place = Place::new();
    place.point("watch-kept", Unknown, "no watch went to its end");
    assert_eq!(place.led("watch-kept"), ("Start watch…".to_owned(), "validation/shop?show=start".to_owned()));
    place.file("validation.yml", "title: Watch\nfor: 48 h\nrows:\n  - {name: Drills, record: drills, expect: {min: 0}}\n");
    let watch = |minutes: i64, state, verdict| {
        let length = json!(minutes * 60_000);
        let began = place.call("start_validation", json!({"system": "shop", "length": length}));
        place.clock.advance(Duration::from_secs(minutes.unsigned_abs() * 60));
        let mut figures: Validation = serde_json::from_value(began).unwrap();
        (figures.state, figures.verdict) = (state, verdict);
        place.scope.engine.store().write(|tx| validations::conclude(tx, &figures.id, &figures)).unwrap();
    };
    watch(48 * 60, ValidationState::Ended, RowVerdict::Holds);
    place.point("watch-kept", Holds, "the newest one ended 2026-11-24");
    watch(48 * 60, ValidationState::Ended, RowVerdict::Fails);
    place.point("watch-kept", Fails, "at least");
    watch(48 * 60, ValidationState::Ended, RowVerdict::Unknown);
    place.point("watch-kept", Unknown, "the newest one ended");
    watch(1, ValidationState::Ended, RowVerdict::Holds);
    place.point("watch-kept", Fails, "at least");
    watch(48 * 60, ValidationState::Stopped, RowVerdict::Holds);
    place.point("watch-kept", Fails, "at least");
    watch(48 * 60, ValidationState::Ended, RowVerdict::Holds);
    place.point("watch-kept", Holds, "");
    place.clock.advance(32 * DAY);
    place.point("watch-kept", Unknown, "no watch went to its end in the last 31 days");
}

#[test]
fn the_page_about_points_names_each_as_it_is() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/readiness.md")).unwrap();
    let row = |point: &Built| {
        let expected = point.listed().expected;
        let expected = if expected == "0" { "none".to_owned() } else { expected };
        let helps = match &point.helps {
            Helps::There(label) | Helps::Wizard { label, .. } | Helps::Depends(_, label, _) => label,
            Helps::Elsewhere => "mend it; Measure again",
        };
        format!("| `{}` | {} | {expected} | {helps} |", point.name, point.title)
    };
    let rows: Vec<String> = all().map(row).collect();
    let start = page.find(&rows[0]).unwrap_or_else(|| panic!("{}", rows[0]));
    let found: Vec<&str> = page[start..].lines().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(found, rows);
}

#[test]
fn a_drill_is_held_beside_what_was_promised() {
    let place = Place::with(&format!("{DEFINITION}objectives:\n  - {{scenario: loss, rto: 1 h, rpo: 1 h}}\n"));
    place.done("backup_system", json!({"system": "shop"}));
    place.done("drill_system", json!({"system": "shop"}));
    place.point("drill-within-objectives", Holds, "1 h was promised");
}

#[test]
fn migrations_are_pending_rehearsed_or_drifted() {
    let place = Place::new();
    for name in ["migrations-pending", "migrations-drift", "migrations-rehearsed"] {
        place.point(name, Unknown, "the definition names no migrations");
    }
    place.file("migrations/0001_more.sql", "CREATE TABLE more (id INTEGER PRIMARY KEY);\n");
    place.file("quarterdeck.yaml", &format!("{DEFINITION}migrations: migrations\n"));
    place.point("migrations-pending", Unknown, "no history");
    place.point("migrations-drift", Fails, "0001 more");
    assert_eq!(place.led("migrations-drift"), ("See drift".to_owned(), "migrations/shop?version=0001".to_owned()));
    place.point("migrations-rehearsed", Unknown, "no history");
    let live = open::write(&place.folder.join("shop.db")).unwrap();
    live.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for kind in ["view", "table"] {
        let sql = format!("SELECT name FROM sqlite_schema WHERE type = '{kind}' AND name NOT LIKE 'sqlite_%'");
        let names: Vec<String> = live.prepare(&sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        names.iter().for_each(|name| live.execute_batch(&format!("DROP {kind} \"{name}\"")).unwrap());
    }
    drop(live);
    place.point("migrations-drift", Holds, "");
    place.point("migrations-pending", Fails, "1 of 1 migrations are not: 0001 more");
    assert_eq!(place.led("migrations-pending"), ("Apply migrations…".to_owned(), "apply/shop".to_owned()));
    place.point("migrations-rehearsed", Fails, "never rehearsed");
    place.press("migrations-rehearsed", "Rehearse");
    place.point("migrations-rehearsed", Holds, "1 migration ran on a copy");
    place.file("migrations/0001_more.sql", "CREATE TABLE more (id INTEGER PRIMARY KEY);\nINSERT INTO nowhere VALUES (1);\n");
    place.point("migrations-rehearsed", Fails, "the rehearsal is stale");
    place.press("migrations-rehearsed", "Rehearse");
    place.point("migrations-rehearsed", Fails, "0001 fails on a copy of the live database");
}

#[test]
fn what_looks_at_databases_knows_nothing_where_there_is_none() {
    let place = Place::new();
    let mut field = place.field();
    field.system.components.clear();
    for name in ["integrity", "foreign-keys"] {
        let brought = measure(&field, name, None, &JobCtx::detached()).unwrap();
        assert_eq!((brought.verdict, &*brought.sentence), (Unknown, "there are no databases"), "{name}");
    }
}

#[test]
fn rows_that_refer_to_nothing_are_counted() {
    let place = Place::new();
    place.point("foreign-keys", Holds, "");
    place.point("integrity", Holds, "");
    let live = open::write(&place.folder.join("shop.db")).unwrap();
    live.execute_batch("PRAGMA foreign_keys = OFF; CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id)); INSERT INTO b VALUES (1), (2)")
        .unwrap();
    drop(live);
    place.point("foreign-keys", Fails, "main (2 rows)");
    assert_eq!(place.led("foreign-keys"), ("See databases".to_owned(), "system/shop?component=main".to_owned()));
}

#[test]
fn a_large_database_whose_writers_would_wait_is_not_read_whole() {
    let place = Place::new();
    let file = place.folder.join("shop.db");
    open::write(&file).unwrap().pragma_update(None, "journal_mode", "delete").unwrap();
    place.point("integrity", Holds, "");
    // As large as its header says (https://www.sqlite.org/fileformat2.html, offset 28); nothing is in the new pages.
    const PAGES: u32 = 300_000;
    let database = fs::File::options().write(true).open(&file).unwrap();
    database.set_len(u64::from(PAGES) * 4096).unwrap();
    database.write_all_at(&PAGES.to_be_bytes(), 28).unwrap();
    for point in ["integrity", "foreign-keys"] {
        place.point(point, Unknown, "writers of main would wait 14 s while it is read whole, because it does not use WAL mode");
    }
}

#[test]
fn declared_queries_use_their_indexes() {
    let place = Place::new();
    place.point("indexes-used", Unknown, "no query is declared");
    let queries = "queries:\n  - {name: by-id, sql: SELECT cents FROM orders WHERE id = 3}\n";
    let place = Place::with(&format!("{DEFINITION}{queries}"));
    place.point("indexes-used", Holds, "1 declared queries read what they need");
    let place = Place::with(&format!("{DEFINITION}{queries}  - {{name: gone, sql: SELECT cents FROM bills}}\n"));
    place.point("indexes-used", Fails, "gone");
}

#[test]
fn files_of_ours_are_private_and_the_definition_is_changed_by_its_owner_only() {
    let place = Place::new();
    place.mode(&place.folder, 0o755);
    place.point("files-private", Holds, "");
    place.point("files-owned", Holds, "");
    place.point("nobody-else-writes", Holds, "");
    let store = place.scope.engine.home().store();
    place.mode(&store, 0o644);
    place.point("files-private", Fails, "quarterdeck.db");
    place.mode(&store, 0o600);
    place.file("checklists/release.yml", "");
    place.mode(&place.folder.join("checklists/release.yml"), 0o666);
    place.point("nobody-else-writes", Fails, "release.yml");
    place.mode(&place.folder.join("checklists/release.yml"), 0o644);
    place.mode(&place.folder.join("shop.db"), 0o660);
    place.point("nobody-else-writes", Fails, "shop.db");
    place.mode(&place.folder.join("shop.db"), 0o600);
    place.file("check", "#!/bin/sh\n");
    place.mode(&place.folder.join("check"), 0o777);
    place.file("checklists/release.yml", "title: T\nphases: {p: {title: P, items: {i: {title: I, evidence: {command: [./check]}}}}}\n");
    place.point("nobody-else-writes", Fails, "check");
    place.mode(&place.folder.join("check"), 0o755);
    place.file("smoke/core.yml", "title: T\ncases: {c: {title: C, category: core, command: [sh, tools/ask]}}\n");
    place.file("tools/ask", "echo well\n");
    place.point("nobody-else-writes", Holds, "");
    place.mode(&place.folder.join("tools/ask"), 0o666);
    place.point("nobody-else-writes", Fails, "tools/ask");
    place.mode(&place.folder.join("tools/ask"), 0o644);
    place.mode(&place.folder.join("tools"), 0o777);
    place.point("nobody-else-writes", Fails, "tools");
    place.mode(&place.folder.join("tools"), 0o755);
    place.mode(&place.folder, 0o777);
    place.point("nobody-else-writes", Fails, "definition");
    // What a link leads to elsewhere is somebody else's.
    symlink("/", place.folder.join("runbooks")).unwrap();
    place.mode(&place.folder, 0o755);
    place.point("nobody-else-writes", Holds, "");
}

#[test]
fn databases_and_what_lies_beside_them_are_for_this_user_only() {
    let place = Place::new();
    let database = place.folder.join("shop.db");
    place.point("files-private", Holds, "");
    place.mode(&database, 0o644);
    place.point("files-private", Fails, "shop.db");
    place.mode(&database, 0o600);
    place.file("shop.db-wal", "");
    place.mode(&place.folder.join("shop.db-wal"), 0o640);
    place.point("files-private", Fails, "shop.db-wal");
    place.mode(&place.folder.join("shop.db-wal"), 0o600);
    place.point("files-private", Holds, "");
    let own = rustix::process::geteuid().as_raw();
    let kept = security::kept(&place.field(), &JobCtx::detached()).unwrap();
    assert!(kept.contains(&database) && kept.contains(&place.folder.join("shop.db-wal")), "{kept:?}");
    for (user, wrong) in [(own, 0.0), (own + 1, kept.len() as f64)] {
        let What::Figure(found, words) = security::of_user(&kept, user).what else { panic!() };
        assert_eq!(found, Found::Number(wrong, Unit::Plain), "{words}");
    }
}

#[test]
fn whoever_may_write_beside_a_database_may_change_it() {
    let place = Place::new();
    let folder = place.scratch.file("data");
    fs::create_dir(&folder).unwrap();
    fs::copy(place.folder.join("shop.db"), folder.join("shop.db")).unwrap();
    let mut field = place.field();
    field.system.components[0].path.0 = folder.join("shop.db");
    let writes = || measure(&field, "nobody-else-writes", None, &JobCtx::detached()).unwrap();
    place.mode(&folder, 0o755);
    assert_eq!(writes().verdict, Holds, "{}", writes().sentence);
    place.mode(&folder, 0o1777);
    assert!(writes().verdict == Fails && writes().sentence.contains("/data"), "{}", writes().sentence);
    place.mode(&folder, 0o755);
    fs::write(folder.join("shop.db-wal"), "").unwrap();
    place.mode(&folder.join("shop.db-wal"), 0o660);
    assert!(writes().verdict == Fails && writes().sentence.contains("shop.db-wal"), "{}", writes().sentence);
}

#[test]
fn nothing_is_said_of_all_files_where_only_some_were_looked_at() {
    let place = Place::new();
    (0..4).for_each(|number| place.file(&format!("many/{number}"), ""));
    let walk = |most| security::walk_at_most(&place.folder.join("many"), most, &mut Vec::new(), &JobCtx::detached());
    assert!(walk(5).is_ok());
    let fault = walk(4).unwrap_err();
    assert!(fault.message.contains("not all were looked at"), "{fault}");
}

#[test]
fn a_repository_outside_of_the_own_folder_is_closed_by_its_own() {
    let place = Place::with(&format!("{DEFINITION}repository: {{path: copies}}\n"));
    place.done("backup_system", json!({"system": "shop"}));
    let repository = place.field().system.repository.0.clone();
    assert!(repository.starts_with(&place.folder), "{}", repository.display());
    place.point("files-private", Holds, "");
    place.mode(&repository, 0o750);
    place.point("files-private", Fails, "copies");
}

#[test]
fn secrets_are_references_and_strong_and_what_leaves_the_machine_is_encrypted() {
    let place = Place::new();
    place.point("secrets-are-references", Holds, "");
    place.point("addresses-encrypted", Holds, "");
    place.file("notify.yml", "route: {receiver: team}\nreceivers:\n  - name: team\n    webhook_configs: [{url: http://127.0.0.1:9/x}]\n");
    place.point("secrets-are-references", Holds, "");
    place.point("addresses-encrypted", Holds, "0 of 1");
    place.file(
        "notify.yml",
        "global: {smtp_auth_password: hunter2}\nroute: {receiver: team}\nreceivers:\n  - name: team\n    webhook_configs: [{url: http://hooks.example.com/x}]\n",
    );
    place.point("secrets-are-references", Fails, "smtp_auth_password in notify.yml:1");
    place.point("no-default-passwords", Fails, "smtp_auth_password in notify.yml:1");
    place.point("addresses-encrypted", Fails, "1 of 1 addresses are called without TLS: url in notify.yml:5");
    let measured = measure(&place.field(), "no-default-passwords", None, &JobCtx::detached()).unwrap();
    assert!(!measured.sentence.contains("hunter2"), "a secret is named, never repeated");
    place.file("notify.yml", "headers: {X-Api-Key: hunter2}\n");
    place.point("secrets-are-references", Fails, "x-api-key in notify.yml:1");
}

#[test]
fn what_smoke_tests_send_is_searched_for_secrets() {
    let place = Place::new();
    let case =
        |asks: &str| place.file("smoke/core.yml", &format!("title: T\ncases:\n  c:\n    title: C\n    category: core\n    {asks}\n"));
    let finds = |asks: &str, name: &str| {
        case(asks);
        let found = place.point("secrets-are-references", Fails, &format!("1 secrets are written out: {name} in smoke/core.yml:6"));
        assert!(!found.sentence.contains("hunter2"), "a secret is named, never repeated: {}", found.sentence);
        let weak = place.point("no-default-passwords", Fails, &format!("{name} in smoke/core.yml:6"));
        assert!(!weak.sentence.contains("hunter2"), "{}", weak.sentence);
    };
    finds(r#"http: {url: "http://127.0.0.1:9/", method: POST, body: '{"user": "ada", "password": "hunter2"}'}"#, "body.password");
    finds(r#"http: {url: "http://127.0.0.1:9/", method: POST, body: "user=ada&password=hunter2"}"#, "body.password");
    finds("http: {url: 'http://127.0.0.1:9/', headers: {Authorization: Bearer hunter2}}", "authorization");
    finds("http: {url: 'http://127.0.0.1:9/', headers: {X-Auth: 12}}", "x-auth");
    finds("http: {url: 'http://127.0.0.1:9/?page=2&sig=hunter2'}", "url.sig");
    finds("http: {url: 'http://ada:hunter2@127.0.0.1:9/'}", "url");
    finds("command: [curl, -H, 'Authorization: Bearer hunter2', 'http://127.0.0.1:9/']", "command.authorization");
    finds("command: [check, --db-password, hunter2]", "command.db-password");
    finds("command: [check, --token=hunter2]", "command.token");
    finds("with: {pin_token: 12}", "pin_token");
    for asks in [
        r#"http: {url: "http://127.0.0.1:9/?page=token", body: '{"key": "colour", "password": "", "password_length": 8}'}"#,
        "command: [sh, -c, 'curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:9/']",
        "command: [check, --token, --password-file, hunter2, --sort-key=2]",
        "sql: SELECT count(*) FROM customers WHERE password = 'hunter2'",
    ] {
        case(asks);
        place.point("secrets-are-references", Holds, "no secrets are written out");
    }
    // What is not read whole is not called clean.
    place.file("smoke/more.yml", "title: {");
    place.point("secrets-are-references", Unknown, "what is written in smoke/more.yml is not known");
    place.point("no-default-passwords", Unknown, "");
    place.point("addresses-encrypted", Unknown, "smoke/more.yml");
    finds("command: [check, --token=hunter2]", "command.token");
}

#[test]
fn a_password_is_one_whatever_it_looks_like() {
    let place = Place::new();
    for (written, weak) in [
        ("12345678", Fails),
        ("0x1f", Fails),
        ("-1.5e3", Fails),
        ("true", Fails),
        ("2026-11-23", Holds),
        ("73519846", Holds),
        ("'12345678'", Fails),
        ("ada:changeme", Holds),
    ] {
        place.file("notify.yml", &format!("global:\n  smtp_auth_password: {written}\n"));
        place.point("secrets-are-references", Fails, "smtp_auth_password in notify.yml:2");
        place.point("no-default-passwords", weak, "");
    }
    for written in
        ["smtp_auth_password: ~", "password_length: 8", "max_tokens: 500", "smtp_auth_password_file: /run/x", "smtp_auth_password: env:X"]
    {
        place.file("notify.yml", &format!("global:\n  {written}\n"));
        place.point("secrets-are-references", Holds, "");
    }
    for (address, weak) in [("http://ada:changeme@hooks.example.com/", Fails), ("https://ada:a-long-one-73@x.example.com/", Holds)] {
        place.file("notify.yml", &format!("receivers: [{{webhook_configs: [{{url: '{address}'}}]}}]\n"));
        place.point("secrets-are-references", Fails, "url in notify.yml:1");
        place.point("no-default-passwords", weak, "");
    }
}

#[test]
fn passwords_are_not_those_that_everybody_tries() {
    let place = Place::new();
    place.point("no-default-passwords", Unknown, "no password can be read here");
    place.done("backup_system", json!({"system": "shop"}));
    place.point("no-default-passwords", Holds, "neither short nor well known");
    let password = place.scope.engine.home().password(&"shop".parse().unwrap());
    fs::write(&password, "changeme\n").unwrap();
    place.point("no-default-passwords", Fails, "shop.password");
}

#[test]
fn the_audit_trail_is_intact_until_somebody_changes_it() {
    let place = Place::new();
    place.point("audit-intact", Holds, "");
    let live = open::write(&place.scope.engine.home().store()).unwrap();
    live.execute_batch("DROP TRIGGER IF EXISTS audit_no_update; DROP TRIGGER IF EXISTS audit_no_delete").unwrap();
    let triggers: Vec<String> = {
        let mut statement = live.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for trigger in triggers {
        live.execute_batch(&format!("DROP TRIGGER \"{trigger}\"")).unwrap();
    }
    live.execute("UPDATE audit SET who = 'somebody' WHERE rowid = (SELECT min(rowid) FROM audit)", []).unwrap();
    drop(live);
    place.point("audit-intact", Fails, "do not fit");
}

#[test]
fn a_statement_that_somebody_changed_is_found_as_audit_verify_finds_it() {
    let place = Place::new();
    place.file("checklists/release.yml", "title: T\nphases: {p: {title: P, items: {i: {title: I, evidence: {point: integrity}}}}}\n");
    place.call("open_checklist", json!({"system": "shop", "checklist": "release", "release": "1"}));
    place.point("audit-intact", Holds, "every statement");
    let live = open::write(&place.scope.engine.home().store()).unwrap();
    live.execute_batch("DROP TRIGGER statements_stay; UPDATE statements SET text = 'Opened for another.'").unwrap();
    drop(live);
    let found = place.point("audit-intact", Fails, "Statement 1 of the copy");
    let verified = place.call("verify_audit", json!({}));
    assert_eq!(found.value, Some(verified["findings"].as_array().unwrap().len().to_string()), "{verified}");
}

#[test]
fn two_people_can_sign_once_they_have_passphrases() {
    let place = Place::new();
    let add = |name: &str, passphrase: Option<&str>| {
        let person = PersonRow {
            id: format!("id of {name}"),
            forgotten: None,
            name: name.to_owned(),
            roles: vec!["dba".to_owned()],
            passphrase: passphrase.map(str::to_owned),
            word: None,
            tries: Vec::new(),
            paused_until: None,
            added: place.clock.now(),
            added_by: "ada".to_owned(),
        };
        place.scope.engine.store().write(|tx| people::set(tx, &person)).unwrap();
    };
    place.point("people-sign-apart", Fails, "nobody can sign");
    add("ada", Some("$argon2id$x"));
    add("bob", None);
    place.point("people-sign-apart", Fails, "ada; at least 2 expected");
    add("eve", Some("$argon2id$y"));
    place.point("people-sign-apart", Holds, "");
}

#[test]
fn schedules_logs_promises_and_rules_are_looked_at() {
    let place = Place::new();
    place.point("agent-alive", Fails, "nobody runs them");
    place.point("schedules-on-time", Unknown, "nothing is scheduled");
    place.point("promises-kept", Unknown, "nothing is promised");
    place.point("access-log", Fails, "0 of 0 logs");
    place.point("alerts-critical", Unknown, "no rule was evaluated");
    for (point, nothing) in [
        ("rules-that-cannot-fire", "there are no rules"),
        ("rules-without-test", "there are no alerts of its own"),
        ("rules-without-runbook", "there are no alerts of its own"),
        ("runbook-links", "there are no runbooks"),
        ("dashboards-show", "there are no panels"),
    ] {
        place.point(point, Unknown, nothing);
    }
    place.file("runbooks/full.md", "# Full\n\nFree room.\n");
    place.point("runbook-links", Holds, "no mistakes in rules, routes and runbooks were found");
    place.file(
        "rules/shop.yml",
        "groups:\n  - name: shop\n    rules:\n      - {alert: TooMany, expr: orders > 5}\n      - {alert: TooFew, expr: orders < 1}\n",
    );
    place.point("rules-without-test", Fails, "2 of 2 alerts of its own have no test: TooFew, TooMany");
    place.point("rules-that-cannot-fire", Unknown, "2 of 2 rules were not evaluated yet");
    place.point("rules-without-runbook", Fails, "2 of 2 alerts of its own have no runbook");
    place.file("dashboards/main.yml", "title: Main\npanels:\n  - {title: Orders, kind: lines, queries: [{query: orders}]}\n");
    place.point("dashboards-show", Fails, "Orders");
    let shown = Expectation { conditions: vec![Condition::AtMost(3.0, Unit::Plain, false)] };
    let brought = measure(&place.field(), "rules-without-test", Some(&shown), &JobCtx::detached()).unwrap();
    assert_eq!(brought.verdict, Holds, "a checklist may expect something else: {}", brought.sentence);
}
