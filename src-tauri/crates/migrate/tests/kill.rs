//! kill -9 at every point of an apply: afterwards *before* or *after* a batch, never between, and the ledger says which.
//!
//! This binary starts itself again as the process that is killed. Needs the feature `failpoints`; without it there is nothing to kill at.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "failpoints")]

mod support;

use std::{
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use quarterdeck_migrate::collection::Collection;
use quarterdeck_model::migration::MigrationState;
use quarterdeck_testkit::{Peer, Scratch};
use support::*;

const DATABASE: &str = "QUARTERDECK_TEST_DATABASE";
const EACH: &str = "QUARTERDECK_TEST_EACH";

fn files() -> Collection {
    collection(&[
        ("1", "a", "CREATE TABLE a(x); INSERT INTO a VALUES (1), (2);", ""),
        ("2", "b", "CREATE TABLE b(x); UPDATE a SET x = x + 1;", ""),
        ("3", "alone", "INSERT INTO b VALUES (1);\nVACUUM;\nINSERT INTO b VALUES (2);", ""),
        ("4", "c", "CREATE TABLE c(x); INSERT INTO b VALUES (3);", ""),
    ])
}

/// The part of the child. Not a test of its own.
#[test]
fn child() {
    let Some(path) = std::env::var_os(DATABASE) else { return };
    let files = files();
    let path = PathBuf::from(path);
    Applying { each: std::env::var_os(EACH).is_some(), ..Applying::new(&path, &files) }.all().unwrap();
}

fn killed(path: &Path, failpoint: &str, each: bool) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "child"])
        .env(DATABASE, path)
        .env("QUARTERDECK_FAILPOINT", failpoint)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if each {
        command.env(EACH, "1");
    }
    assert_eq!(command.status().unwrap().signal(), Some(9), "{failpoint} was not reached");
}

/// What each version has left in the tables once it is applied, and once its first statements are done.
fn expected(states: &[MigrationState], done: u64) -> String {
    let is = |at: usize| states[at] == MigrationState::Applied;
    let a = match (is(0), is(1)) {
        (false, _) => "none",
        (true, false) => "1,2",
        (true, true) => "2,3",
    };
    let mut b = Vec::new();
    if is(2) || done > 0 {
        b.push("1");
    }
    if is(2) || done > 2 {
        b.push("2");
    }
    if is(3) {
        b.push("3");
    }
    format!("{a}|{}|{}", if is(1) { b.join(",") } else { "none".to_owned() }, if is(3) { "c" } else { "none" })
}

fn found(path: &Path) -> String {
    let there = tables(path);
    let rows = |table: &str| match there.iter().any(|name| name == table) {
        true => value(path, &format!("SELECT coalesce(group_concat(x), '') FROM {table}")),
        false => "none".to_owned(),
    };
    format!("{}|{}|{}", rows("a"), rows("b"), if there.iter().any(|name| name == "c") { "c" } else { "none" })
}

#[test]
fn at_every_point_the_ledger_and_the_tables_say_the_same_and_a_second_apply_finishes() {
    let points = [
        ("migrate.locked", 1),
        ("migrate.statement", 9),
        ("migrate.item", 4),
        ("migrate.before-commit", 3),
        ("migrate.committed", 3),
        ("migrate.started", 1),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for mode in ["wal", "delete"] {
        for each in [false, true] {
            for (point, times) in points {
                for time in 1..=times {
                    let scratch = Scratch::new();
                    let path = scratch.file("live.db");
                    database(&path, &format!("PRAGMA journal_mode = {mode};"));
                    let at = format!("{point}#{time}=kill");
                    killed(&path, &at, each);
                    let files = files();
                    let shown = timeline(&path, &files);
                    let states: Vec<MigrationState> = shown.lines.iter().map(|line| line.state).collect();
                    let done = shown.lines[2].entry.as_ref().map_or(0, |row| row.done.0);
                    assert_eq!(found(&path), expected(&states, done), "{mode}, each {each}, {at}: {states:?}, {done} done");
                    assert_eq!(Peer::open(&path).run("PRAGMA integrity_check;"), "ok");
                    seen.insert(format!("{states:?} {done}"));
                    Applying::new(&path, &files).all().unwrap();
                    assert_eq!(found(&path), "2,3|1,2,3|c", "{at}");
                }
            }
        }
    }
    assert!(seen.len() >= 6, "{seen:?}");
}
