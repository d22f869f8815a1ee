//! The migrations of real projects, run by hand: `QUARTERDECK_HISTORIES` names a folder with one folder a project, and beside it
//! `PROJECT.schema`, what `SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2` says in the `sqlite3` shell after the last file
//! that it could run. Prints a line a project. Without the variable there is nothing to do, and it says so.
#![allow(clippy::unwrap_used)]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use quarterdeck_migrate::read::{self, ReadOptions};
use quarterdeck_model::{Fault, migration::StatementFailure};
use quarterdeck_sqlite::open;
use quarterdeck_testkit::Scratch;
use support::*;

#[test]
#[expect(clippy::print_stdout, reason = "the table is what it is run for")]
fn real_projects_end_in_the_schema_that_the_shell_gives() {
    let Some(folder) = std::env::var_os("QUARTERDECK_HISTORIES").map(PathBuf::from) else {
        println!("skipped: QUARTERDECK_HISTORIES names no folder with histories");
        return;
    };
    let mut projects: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    projects.sort();
    assert!(!projects.is_empty(), "{} holds no project", folder.display());
    println!("| project | read as | migrations | each by itself | schema | in one transaction |\n| --- | --- | --: | --- | --- | --- |");
    let verdicts = projects.iter().map(|project| {
        let row = tried(project);
        println!("{}", row.line);
        row.same
    });
    let same = verdicts.filter(|same| *same).count();
    println!("{same} of {} as in the shell", projects.len());
}

struct Row {
    line: String,
    same: bool,
}

fn tried(project: &Path) -> Row {
    let name = project.file_name().unwrap().to_str().unwrap();
    let scratch = Scratch::new();
    let collection = read::read(project, &ReadOptions::default()).unwrap();
    let (each, together) = (scratch.file("each.db"), scratch.file("together.db"));
    let ran = |path: &Path, each: bool| {
        database(path, "PRAGMA journal_mode = WAL;");
        let mut applying = Applying::new(path, &collection);
        applying.each = each;
        applying.settings.double_quoted_strings = true;
        match applying.all() {
            Ok(ran) => format!("{} ran", ran.ran.len()),
            Err(fault) => why(&fault),
        }
    };
    let expected = fs::read_to_string(project.with_extension("schema")).unwrap_or_default();
    let by_itself = ran(&each, true);
    let same = squeezed(&dump(&each)) == squeezed(&expected);
    let whole = ran(&together, false);
    let verdict = if same { "the shell's" } else { "another" };
    let number = collection.migrations.len();
    Row { line: format!("| {name} | {:?} | {number} | {by_itself} | {verdict} | {whole} |", collection.layout), same }
}

fn why(fault: &Fault) -> String {
    let Some(failure) = fault.facts.get("failure") else { return format!("{}: {}", fault.code, fault.message) };
    let failure: StatementFailure = serde_json::from_value(failure.clone()).unwrap();
    let at = &failure.at;
    format!("{} ran, then {}:{}:{}: {}", failure.committed.len(), at.file, at.line, at.column, failure.message)
}

fn dump(path: &Path) -> String {
    let live = open::read(path).unwrap();
    let sql = "SELECT type || '|' || name || '|' || tbl_name || '|' || ifnull(sql, '') FROM sqlite_schema
               WHERE tbl_name NOT LIKE 'quarterdeck\\_%' ESCAPE '\\' ORDER BY type, name";
    let mut statement = live.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

/// Carriage returns get lost in the shell's dump.
fn squeezed(schema: &str) -> String {
    schema.replace('\r', "").trim_end().to_owned()
}
