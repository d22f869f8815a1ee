//! Histories of other tools: read, joined with the files, taken over. The tables are declared as the tools declare them.
#![allow(clippy::unwrap_used)]

mod adoption {
    pub mod tables;
}
mod support;

use std::path::Path;

use adoption::tables::{self, Table};
use quarterdeck_migrate::{
    adopt::{self, Adoption},
    collection::{Collection, Migration, MigrationKind, Version},
    history::{self, History},
    ledger::{self, Stamp},
    timeline::{self, Timeline},
};
use quarterdeck_model::{
    Clock, Outcome,
    migration::{Layout, LedgerKind, MigrationState, MigrationWish, Tool},
};
use quarterdeck_sqlite::open;
use quarterdeck_testkit::{FixedClock, Scratch};
use support::*;

fn stamp(clock: &FixedClock) -> Stamp<'static> {
    Stamp { at: clock.now(), who: "ada", run: "run", program: "quarterdeck test" }
}

fn histories(path: &Path) -> Vec<History> {
    history::find(&open::read(path).unwrap()).unwrap()
}

/// Customers, orders and a third that no tool has applied, in the layout of the tool.
fn folder(table: &Table) -> Collection {
    let mut files = collection(&[]);
    files.layout = table.layout;
    files.migrations = table
        .versions
        .iter()
        .zip(tables::FILES)
        .map(|(version, (name, sql))| {
            let mut file = migration(version, name, sql, "DROP TABLE IF EXISTS whatever;");
            if table.layout == Layout::Dbmate || table.layout == Layout::Diesel {
                file.version = Version::textual(version);
            }
            file
        })
        .collect();
    files
}

fn joined(path: &Path, files: &Collection) -> Timeline {
    timeline(path, files)
}

#[test]
fn every_tools_table_says_what_is_applied_and_taking_it_over_changes_nothing_of_it() {
    for table in tables::all() {
        let scratch = Scratch::new();
        let path = scratch.file("app.db");
        database(&path, &format!("{}{}", tables::SCHEMA, table.sql));
        let files = folder(&table);
        let found = histories(&path);
        assert_eq!(found.iter().map(|history| history.tool).collect::<Vec<_>>(), [table.tool], "{found:?}");
        let before = joined(&path, &files);
        let states: Vec<MigrationState> = before.lines.iter().map(|line| line.state).collect();
        assert_eq!(states, table.states(), "{:?}: {before:?}", table.tool);
        let adoption = adopt(&path, &files, None).unwrap();
        assert_eq!(adoption.checked, table.checked, "{:?}", table.tool);
        assert_eq!(histories(&path), found, "their table is as it was");
        let after = joined(&path, &files);
        assert_eq!(after.lines.iter().map(|line| line.state).collect::<Vec<_>>(), states, "{:?}: {after:?}", table.tool);
        assert!(after.lines.iter().filter(|line| line.state == MigrationState::Applied).all(|line| line.entry.is_some()));
        if !table.programs {
            Applying::new(&path, &files).all().unwrap();
            assert!(tables(&path).contains(&"third".to_owned()), "{:?}", table.tool);
        }
    }
}

fn tables(path: &Path) -> Vec<String> {
    support::tables(path)
}

fn adopt(path: &Path, files: &Collection, reason: Option<&str>) -> Outcome<Adoption> {
    let found = histories(path);
    let history = adopt::choose(files, &found, None)?;
    let lines = ledger().read(&open::read(path).unwrap())?;
    let adoption = adopt::of(files, history, &lines, stamp(&FixedClock::default()), reason);
    adopt::ensure_agrees(&adoption, reason)?;
    ledger::append_all(path, &ledger(), &adoption.records, "quarterdeck test", &mut |_| Ok(()))?;
    Ok(adoption)
}

#[test]
fn a_file_that_is_not_the_one_that_was_applied_needs_a_reason() {
    for table in tables::all().into_iter().filter(|table| table.checked.is_some()) {
        let scratch = Scratch::new();
        let path = scratch.file("app.db");
        database(&path, &format!("{}{}", tables::SCHEMA, table.sql));
        let mut files = folder(&table);
        let version = files.migrations[0].version.clone();
        files.migrations[0] = migration(&version.text, tables::FILES[0].0, "CREATE TABLE customers(id INTEGER PRIMARY KEY, more);", "");
        files.migrations[0].version = version;
        if table.tool != Tool::Drizzle {
            assert_eq!(joined(&path, &files).lines[0].state, MigrationState::Modified, "{:?}", table.tool);
            let fault = adopt(&path, &files, None).unwrap_err();
            assert!(fault.is("adopt-modified"), "{fault}");
            adopt(&path, &files, Some("a column was added by hand")).unwrap();
            let line = &joined(&path, &files).lines[0];
            assert_eq!(line.state, MigrationState::Applied);
            assert!(line.sentence.contains("a column was added by hand"), "{}", line.sentence);
        }
    }
}

#[test]
fn what_golang_migrate_calls_dirty_is_no_dead_end() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    let dirty = "CREATE TABLE customers(id); CREATE TABLE schema_migrations (version uint64,dirty bool);
                 CREATE UNIQUE INDEX version_unique ON schema_migrations (version); INSERT INTO schema_migrations VALUES (2, 1);";
    database(&path, dirty);
    let mut files = collection(&[("000001", "customers", "SELECT 1;", ""), ("000002", "orders", "CREATE TABLE orders(id);", "")]);
    files.layout = Layout::GolangMigrate;
    let states = |path: &Path| joined(path, &files).lines.iter().map(|line| line.state).collect::<Vec<_>>();
    assert_eq!(states(&path), [MigrationState::Applied, MigrationState::Failed]);
    assert_eq!(histories(&path)[0].remarks, ["dirty at 2"]);
    assert!(plan(&path, &files, &MigrationWish::All, false).unwrap_err().is("migration-failed-before"));
    adopt(&path, &files, None).unwrap();
    assert_eq!(states(&path), [MigrationState::Applied, MigrationState::Failed]);
    Applying::new(&path, &files).all().unwrap();
    assert_eq!(states(&path), [MigrationState::Applied, MigrationState::Applied]);
}

#[test]
fn what_a_tool_applies_after_the_adoption_is_shown_and_two_histories_that_disagree_are_named() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    let goose = tables::all().into_iter().find(|table| table.tool == Tool::Goose).unwrap();
    database(&path, &format!("{}{}", tables::SCHEMA, goose.sql));
    let files = folder(&goose);
    adopt(&path, &files, None).unwrap();
    open::write(&path).unwrap().execute_batch("INSERT INTO goose_db_version(version_id, is_applied) VALUES (3, 1)").unwrap();
    let line = joined(&path, &files).lines.pop().unwrap();
    assert_eq!(line.state, MigrationState::Applied);
    assert_eq!(line.sentence, "applied by goose after its history was taken over");
    open::write(&path)
        .unwrap()
        .execute_batch("CREATE TABLE schema_migrations(version varchar(128) primary key); INSERT INTO schema_migrations VALUES ('1')")
        .unwrap();
    let found = histories(&path);
    let fault = adopt::choose(&files, &found, None).unwrap_err();
    assert!(fault.is("histories-disagree") && fault.message.contains("goose and dbmate"), "{fault}");
    assert_eq!(adopt::choose(&files, &found, Some(Tool::Goose)).unwrap().tool, Tool::Goose);
    assert!(adopt::choose(&files, &found, Some(Tool::Sqlx)).unwrap_err().is("no-history"));
}

#[test]
fn a_table_of_that_name_with_other_columns_is_not_guessed_at() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    database(
        &path,
        "CREATE TABLE goose_db_version(v); INSERT INTO goose_db_version VALUES (1); CREATE VIEW alembic_version AS SELECT 1 AS version_num;",
    );
    let found = histories(&path);
    assert_eq!((found.len(), found[0].entries.len()), (1, 0));
    assert_eq!(found[0].remarks, ["not read: it has no column id, version_id, is_applied, tstamp"]);
    let files = collection(&[("1", "a", "SELECT 1;", "")]);
    let fault = adopt::choose(&files, &found, None).unwrap_err();
    assert!(fault.message.contains("goose_db_version was not read"), "{fault}");
}

#[test]
fn flyways_undo_baseline_and_repeatable_rows_mean_what_they_mean_to_flyway() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    let rows = "INSERT INTO flyway_schema_history VALUES
        (1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, '', '2026-01-01 10:00:00.000', 0, 1),
        (2, '2', 'two', 'SQL', 'V2__two.sql', NULL, '', '2026-01-01 10:00:00.000', 5, 1),
        (3, '2', 'two', 'UNDO_SQL', 'U2__two.sql', NULL, '', '2026-01-02 10:00:00.000', 5, 1),
        (4, NULL, 'All totals', 'SQL', 'R__All_totals.sql', 12, '', '2026-01-03 10:00:00.000', 5, 1);";
    database(&path, &format!("{}{}{rows}", tables::SCHEMA, tables::FLYWAY));
    let mut files =
        collection(&[("0.5", "zero", "SELECT 0;", ""), ("1.0", "one", "SELECT 1;", ""), ("2", "two", "CREATE TABLE two(x);", "")]);
    files.layout = Layout::Flyway;
    let mut again: Migration = migration("All_totals", "All_totals", "SELECT 4;", "");
    again.kind = MigrationKind::Repeatable;
    again.version = Version::textual("All_totals");
    files.migrations.push(again);
    let states: Vec<MigrationState> = joined(&path, &files).lines.iter().map(|line| line.state).collect();
    use MigrationState::{Applied, Baseline, Pending};
    assert_eq!(states, [Baseline, Baseline, Pending, Pending], "the repeatable one has another checksum");
    Applying::new(&path, &files).all().unwrap();
    let states: Vec<MigrationState> = joined(&path, &files).lines.iter().map(|line| line.state).collect();
    assert_eq!(states, [Baseline, Baseline, Applied, Applied]);
    files.migrations[3] = Migration {
        kind: MigrationKind::Repeatable,
        version: Version::textual("All_totals"),
        ..migration("All_totals", "All_totals", "SELECT 5;", "")
    };
    assert_eq!(joined(&path, &files).lines[3].state, Pending, "it has changed, so it runs again");
}

#[test]
fn an_empty_database_begins_with_the_highest_baseline_file() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    database(&path, "");
    let mut files = collection(&[
        ("1", "one", "CREATE TABLE one(x);", ""),
        ("2", "two", "CREATE TABLE two(x);", ""),
        ("3", "three", "CREATE TABLE three(x);", ""),
    ]);
    files.layout = Layout::Flyway;
    let base = Migration { kind: MigrationKind::Baseline, ..migration("2", "base", "CREATE TABLE one(x); CREATE TABLE two(x);", "") };
    files.migrations.insert(2, base);
    let ran = Applying::new(&path, &files).all().unwrap();
    assert_eq!(ran.ran.iter().map(|ran| ran.name.as_str()).collect::<Vec<_>>(), ["base", "three"]);
    let kinds: Vec<_> = ledger().read(&open::read(&path).unwrap()).unwrap().iter().map(|line| (line.version.clone(), line.kind)).collect();
    use LedgerKind::{Applied, Baseline};
    assert_eq!(
        kinds,
        [("1", Baseline), ("2", Baseline), ("B2", Applied), ("3", Applied)].map(|(version, kind)| (version.to_owned(), kind))
    );
    assert!(plan(&path, &files, &MigrationWish::All, false).unwrap().is_empty());
}

#[test]
fn a_baseline_declares_what_nobody_ran_and_unknown_is_left() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    database(&path, "CREATE TABLE a(x);");
    let files = collection(&[("001", "a", "CREATE TABLE a(x);", ""), ("002", "b", "CREATE TABLE b(x);", "")]);
    let shown = joined(&path, &files);
    assert!(shown.lines.iter().all(|line| line.state == MigrationState::Unknown));
    assert!(plan(&path, &files, &MigrationWish::All, false).unwrap_err().is("unknown-history"));
    let clock = FixedClock::default();
    assert!(adopt::baseline(&files, &[], "7", stamp(&clock), None).unwrap_err().is("version-missing"));
    let records = adopt::baseline(&files, &[], "1", stamp(&clock), Some("made by hand in 2024")).unwrap();
    ledger::append_all(&path, &ledger(), &records, "test", &mut |_| Ok(())).unwrap();
    let states: Vec<MigrationState> = joined(&path, &files).lines.iter().map(|line| line.state).collect();
    assert_eq!(states, [MigrationState::Baseline, MigrationState::Pending]);
    let lines = ledger().read(&open::read(&path).unwrap()).unwrap();
    assert!(adopt::baseline(&files, &lines, "2", stamp(&clock), None).unwrap_err().is("already-applied"));
    Applying::new(&path, &files).all().unwrap();
    let down = plan(&path, &files, &MigrationWish::Down { steps: Some(2), to: None }, false).unwrap_err();
    assert!(down.is("no-way-down"), "{down}");
}

#[test]
fn every_state_is_told_and_a_reason_heals_what_was_modified_or_is_gone() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    database(&path, "");
    let all: [(&str, &str, &str, &str); 4] = [
        ("1", "a", "CREATE TABLE a(x);", "DROP TABLE a;"),
        ("2", "b", "CREATE TABLE b(x);", ""),
        ("3", "c", "CREATE TABLE c(x);", ""),
        ("5", "e", "CREATE TABLE e(x);", ""),
    ];
    Applying::new(&path, &collection(&all)).all().unwrap();
    let files = collection(&[
        ("1", "a", "CREATE TABLE a(y);", "DROP TABLE a;"),
        ("2", "b", "-- a comment\nCREATE  table b(x);", ""),
        ("4", "d", "CREATE TABLE d(x);", ""),
    ]);
    use MigrationState::{Applied, Future, Missing, Modified, OutOfOrder};
    let shown = joined(&path, &files);
    assert_eq!(shown.lines.iter().map(|line| line.state).collect::<Vec<_>>(), [Modified, Applied, Missing, OutOfOrder, Future]);
    assert!(shown.lines[1].bytes_changed);
    assert_eq!(shown.sentence().0, "1 applied, 1 out of order, 1 modified, 1 missing, 1 from a newer release; the live database is at 5.");
    assert!(plan(&path, &files, &MigrationWish::All, false).unwrap_err().is("history-modified"));
    let clock = FixedClock::default();
    let rebless = |line: usize, reason: &str| {
        let shown = joined(&path, &files);
        let line = &shown.lines[line];
        let record = adopt::rebless(line, line.migration.map(|at| &files.migrations[at]), reason, stamp(&clock))?;
        ledger::append_all(&path, &ledger(), &[record], "test", &mut |_| Ok(()))
    };
    assert!(rebless(0, " ").unwrap_err().is("reason-missing"));
    rebless(0, "a column was renamed by hand").unwrap();
    assert!(rebless(0, "again").unwrap_err().is("nothing-to-rebless"));
    assert!(plan(&path, &files, &MigrationWish::All, false).unwrap_err().is("history-missing"));
    rebless(2, "folded into 001").unwrap();
    let shown = joined(&path, &files);
    assert_eq!(shown.lines.iter().map(|line| line.state).collect::<Vec<_>>(), [Applied, Applied, Applied, OutOfOrder, Future]);
    assert_eq!(shown.lines[2].sentence, "applied; its file is gone for good: folded into 001");
    assert!(plan(&path, &files, &MigrationWish::All, false).unwrap_err().is("out-of-order"));
    Applying::new(&path, &files).wish(&MigrationWish::One { version: "4".to_owned() }, &mut Nothing).unwrap();
    // The way down is the one that belonged to what was applied.
    let down = timeline::of(&files, &ledger().read(&open::read(&path).unwrap()).unwrap(), &[], true);
    assert_eq!(down.lines[0].entry.as_ref().unwrap().down_sql.as_deref(), Some("DROP TABLE a;"));
}
