//! A new migration is named as the others are, and is read back as the last of them.
#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use quarterdeck_migrate::{
    read::{ReadOptions, read},
    write::{NewFile, files},
};
use quarterdeck_model::{Clock, Outcome, migration::Layout};
use quarterdeck_testkit::{FixedClock, Scratch};

/// What a new migration gets beside these files.
fn beside(layout: Option<Layout>, existing: &[(&str, &str)], name: &str) -> Outcome<Vec<NewFile>> {
    let scratch = Scratch::new();
    write(&scratch.path(), existing);
    let before = read(&scratch.path(), &ReadOptions { layout }).unwrap();
    let new = files(&before, name, FixedClock::default().now())?;
    write(&scratch.path(), &new.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect::<Vec<_>>());
    let after = read(&scratch.path(), &ReadOptions { layout: Some(before.layout) }).unwrap();
    assert_eq!(after.problems, before.problems);
    assert_eq!(after.migrations.len(), before.migrations.len() + 1, "{new:?}");
    let last = after.migrations.iter().rfind(|migration| !migration.name.starts_with("again")).unwrap();
    assert_eq!((last.name.as_str(), last.statements()), ("add_priority", 0), "{new:?}");
    Ok(new)
}

fn names(layout: Option<Layout>, existing: &[(&str, &str)]) -> Vec<String> {
    beside(layout, existing, "Add priority!").unwrap().into_iter().map(|file| file.name).collect()
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn numbers_go_on_in_their_width() {
    assert_eq!(names(None, &[("001_a.sql", ""), ("009_b.sql", "")]), ["010_add_priority.sql"]);
    assert_eq!(names(None, &[("1_a.sql", ""), ("99_b.sql", "")]), ["100_add_priority.sql"]);
    assert_eq!(names(None, &[("1.2_a.sql", "")]), ["2_add_priority.sql"]);
    assert_eq!(names(None, &[("00007_a.sql", "-- +goose Up")]), ["00008_add_priority.sql"]);
    assert_eq!(names(None, &[("V7__a.sql", ""), ("R__again.sql", "")]), ["V8__add_priority.sql"]);
}

#[test]
fn moments_go_on_as_moments() {
    assert_eq!(names(None, &[("20260101000000_a.sql", "-- migrate:up")]), ["20261122134000_add_priority.sql"]);
    assert_eq!(names(None, &[("V20260101000000__a.sql", "")]), ["V20261122134000__add_priority.sql"]);
    assert_eq!(names(None, &[("29991231235959_a.sql", "")]), ["29991231235960_add_priority.sql"], "always after the last one");
}

#[test]
fn two_files_where_the_others_have_two() {
    let golang = names(None, &[("000001_a.up.sql", ""), ("000001_a.down.sql", "")]);
    assert_eq!(golang, ["000002_add_priority.up.sql", "000002_add_priority.down.sql"]);
    assert_eq!(names(None, &[("1_a_up.sql", "")]), ["2_add_priority_up.sql", "2_add_priority_down.sql"]);
    let diesel = names(None, &[("2026-01-01-000000_a/up.sql", "")]);
    assert_eq!(diesel, ["2026-11-22-134000_add_priority/up.sql", "2026-11-22-134000_add_priority/down.sql"]);
    assert_eq!(names(None, &[("2026-01-01-000000-0000_a/up.sql", "")])[0], "2026-11-22-134000-0000_add_priority/up.sql");
    assert_eq!(names(None, &[("20260101000000_a/migration.sql", "")]), ["20261122134000_add_priority/migration.sql"]);
    let sqlx = [("20260101000000_a.up.sql", "SELECT 1;"), ("20260101000000_a.down.sql", "SELECT 1;")];
    assert_eq!(names(Some(Layout::Sqlx), &sqlx).len(), 2);
}

#[test]
fn an_empty_folder_begins_as_its_tool_would() {
    let first = |layout| names(Some(layout), &[]).remove(0);
    assert_eq!(first(Layout::Plain), "001_add_priority.sql");
    assert_eq!(first(Layout::Goose), "20261122134000_add_priority.sql");
    assert_eq!(first(Layout::Dbmate), "20261122134000_add_priority.sql");
    assert_eq!(first(Layout::GolangMigrate), "000001_add_priority.up.sql");
    assert_eq!(first(Layout::Flyway), "V1__add_priority.sql");
    assert_eq!(first(Layout::Refinery), "V1__add_priority.sql");
    assert_eq!(first(Layout::Sqlx), "20261122134000_add_priority.sql");
    assert_eq!(first(Layout::Diesel), "2026-11-22-134000_add_priority/up.sql");
}

#[test]
fn a_name_without_a_letter_is_refused() {
    for name in ["", "  ", "../..", &"a".repeat(101)] {
        assert_eq!(beside(None, &[], name).unwrap_err().code, "bad-migration-name", "{name}");
    }
}
