//! Migrations without files, databases, and a run with nobody around it.
#![allow(dead_code)] // each test file uses its own part

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_migrate::{
    apply::{Basis, Moments, Ran, Run, apply},
    collection::{Collection, Migration, MigrationKind, Script, Version},
    hash,
    ledger::{Ledger, new_run},
    settings::{self, Declared},
    source::SourceFile,
    split,
    steps::{self, Batch, Manner},
    timeline::{self, Timeline},
    wrapper,
};
use quarterdeck_model::{
    Digest, JobCtx, Outcome,
    migration::{ConnectionSettings, Layout, MigrationWish},
};
use quarterdeck_sqlite::{held, open, schema};
use quarterdeck_testkit::FixedClock;

/// Migrations of version, name, up and down; an empty down is none.
pub fn collection(migrations: &[(&str, &str, &str, &str)]) -> Collection {
    let migrations = migrations.iter().map(|(version, name, up, down)| migration(version, name, up, down)).collect();
    Collection {
        folder: PathBuf::from("/migrations"),
        layout: Layout::Plain,
        layout_reason: "made by a test".to_owned(),
        migrations,
        unused: Vec::new(),
        problems: Vec::new(),
    }
}

pub fn migration(version: &str, name: &str, up: &str, down: &str) -> Migration {
    let up = vec![script(&format!("{version}_{name}.sql"), up)];
    let down = if down.is_empty() { Vec::new() } else { vec![script(&format!("{version}_{name}.down.sql"), down)] };
    Migration {
        version: Version::numeric(version),
        name: name.to_owned(),
        kind: MigrationKind::Versioned,
        transaction: wrapper::transaction(&up, None),
        bytes_sha256: up[0].file.bytes_sha256.clone(),
        statements_sha256: hash::statements(&up),
        up,
        down,
    }
}

pub fn script(name: &str, sql: &str) -> Script {
    let file = SourceFile::new(PathBuf::from("/migrations").join(name), name.to_owned(), sql.to_owned(), Digest::of(sql.as_bytes()));
    let range = 0..sql.len();
    let split = split::split(&file, range.clone());
    assert!(split.problems.is_empty(), "{:?}", split.problems);
    Script { file, range, statements: split.statements }
}

pub fn plain_settings() -> ConnectionSettings {
    settings::of(None, Layout::Plain, Declared::default())
}

pub fn ledger() -> Ledger {
    Ledger::new(Ledger::USUAL_NAME).unwrap()
}

/// Makes a database by statements.
pub fn database(path: &Path, sql: &str) {
    std::fs::write(path, b"").unwrap();
    let live = open::write(path).unwrap();
    live.pragma_update(None, "foreign_keys", false).unwrap();
    live.execute_batch(sql).unwrap();
}

/// What is in a database now, against these files.
pub fn timeline(path: &Path, collection: &Collection) -> Timeline {
    let live = held::open_beside(path).unwrap();
    let lines = ledger().read(&live).unwrap();
    let histories = quarterdeck_migrate::history::find(&live).unwrap();
    let has_tables = quarterdeck_migrate::history::has_other_tables(&schema::read(&live).unwrap(), &histories);
    timeline::of(collection, &lines, &histories, has_tables)
}

pub fn plan(path: &Path, collection: &Collection, wish: &MigrationWish, each: bool) -> Outcome<Vec<Batch>> {
    steps::batches(collection, &timeline(path, collection), wish, Manner { each, out_of_order: false })
}

/// How a test applies.
pub struct Applying<'a> {
    pub path: &'a Path,
    pub collection: &'a Collection,
    pub settings: ConnectionSettings,
    pub patience: Duration,
    pub each: bool,
    pub ctx: JobCtx,
}

impl<'a> Applying<'a> {
    pub fn new(path: &'a Path, collection: &'a Collection) -> Self {
        Self { path, collection, settings: plain_settings(), patience: Duration::from_secs(5), each: false, ctx: JobCtx::detached() }
    }

    pub fn wish(&self, wish: &MigrationWish, moments: &mut dyn Moments) -> Outcome<Ran> {
        let batches = plan(self.path, self.collection, wish, self.each)?;
        self.batches(&batches, moments)
    }

    pub fn batches(&self, batches: &[Batch], moments: &mut dyn Moments) -> Outcome<Ran> {
        let basis = Basis::of(&held::open_beside(self.path).unwrap(), &ledger()).unwrap();
        self.on(&basis, batches, moments)
    }

    pub fn on(&self, basis: &Basis, batches: &[Batch], moments: &mut dyn Moments) -> Outcome<Ran> {
        let run = Run {
            path: self.path,
            ledger: &ledger(),
            collection: self.collection,
            batches,
            settings: &self.settings,
            who: "ada",
            program: "quarterdeck test",
            run: &new_run().unwrap(),
            patience: self.patience,
            basis,
        };
        apply(&run, moments, &FixedClock::default(), &self.ctx)
    }

    pub fn all(&self) -> Outcome<Ran> {
        self.wish(&MigrationWish::All, &mut Nothing)
    }
}

/// Nobody takes a safety image.
pub struct Nothing;

impl Moments for Nothing {
    fn locked(&mut self, _: &Path) -> Outcome<()> {
        Ok(())
    }
    fn before_commit(&mut self, _: usize) -> Outcome<()> {
        Ok(())
    }
    fn committed(&mut self, _: usize) -> Outcome<()> {
        Ok(())
    }
}

/// One value of a database.
pub fn value(path: &Path, sql: &str) -> String {
    let live = held::open_beside(path).unwrap();
    let value: rusqlite::types::Value = live.query_row(sql, [], |row| row.get(0)).unwrap();
    match value {
        rusqlite::types::Value::Null => "NULL".to_owned(),
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Real(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        rusqlite::types::Value::Blob(bytes) => format!("{bytes:?}"),
    }
}

/// Names of tables, ours left out.
pub fn tables(path: &Path) -> Vec<String> {
    let live = held::open_beside(path).unwrap();
    schema::read(&live).unwrap().tables().filter(|name| !name.starts_with("quarterdeck_")).map(str::to_owned).collect()
}

/// Batches for a database that has tables and no history, where a plan would be refused.
pub fn plan_regardless(path: &Path, collection: &Collection) -> Vec<Batch> {
    regardless(path, collection, false)
}

/// The same, each by itself.
pub fn plan_regardless_each(path: &Path, collection: &Collection) -> Vec<Batch> {
    regardless(path, collection, true)
}

fn regardless(path: &Path, collection: &Collection, each: bool) -> Vec<Batch> {
    let lines = ledger().read(&held::open_beside(path).unwrap()).unwrap();
    let timeline = timeline::of(collection, &lines, &[], false);
    steps::batches(collection, &timeline, &MigrationWish::All, Manner { each, out_of_order: false }).unwrap()
}
