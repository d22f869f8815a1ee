//! A registered database with a folder of migrations.
#![allow(dead_code, clippy::unwrap_used, reason = "test support; each test binary uses its part")]

use std::{fs, path::PathBuf};

use quarterdeck_model::Fault;
use serde_json::{Value, json};

use crate::bench::{Bench, ask};

/// A bench with a folder.
pub struct Migrating {
    pub bench: Bench,
    pub folder: PathBuf,
}

impl Migrating {
    /// An empty database of this journal mode, and these files.
    pub fn new(journal_mode: &str, files: &[(&str, &str)]) -> Self {
        Self::in_environment("development", journal_mode, files)
    }

    /// The same for another kind of instance.
    pub fn in_environment(environment: &str, journal_mode: &str, files: &[(&str, &str)]) -> Self {
        let bench = Bench::empty();
        ask(&bench.file, &format!("PRAGMA journal_mode = {journal_mode}; CREATE TABLE x(y); DROP TABLE x;"));
        let folder = bench.scratch.file("migrations");
        fs::create_dir(&folder).unwrap();
        let migrating = Self { bench, folder };
        migrating.write(files);
        migrating.bench.call("add_system", json!({ "path": migrating.bench.file, "environment": environment })).unwrap();
        migrating
    }

    /// Writes files into the folder.
    pub fn write(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            fs::write(self.folder.join(name), text).unwrap();
        }
    }

    pub fn source(&self) -> Value {
        json!({ "target": "shop", "folder": self.folder })
    }

    /// What a plan asks for and answers; `more` are fields of the request, `wish` among them.
    pub fn plan(&self, more: &Value) -> Value {
        self.bench.call("plan_migrations", self.request(json!({ "source": self.source() }), more)).unwrap()
    }

    /// Applies the plan with these fields beside it.
    pub fn apply(&self, plan: &Value, more: &Value) -> Result<Value, Fault> {
        let base = json!({ "target": "shop", "folder": self.folder, "plan": plan["digest"], "confirm": plan["confirm"] });
        self.bench.work("apply_migrations", self.request(base, more))
    }

    /// Plans and applies.
    pub fn run(&self, more: &Value) -> Result<Value, Fault> {
        self.apply(&self.plan(more), more)
    }

    /// Everything that the `sqlite3` shell finds in the database.
    pub fn dump(&self) -> String {
        assert_eq!(self.bench.sql("PRAGMA integrity_check"), "ok");
        self.bench.sql(".dump")
    }

    /// `001 applied, 002 applied`: the ledger, oldest row first.
    pub fn ledger(&self) -> String {
        if self.bench.sql("SELECT count(*) FROM sqlite_schema WHERE name = 'quarterdeck_migrations'") == "0" {
            return String::new();
        }
        self.bench.sql("SELECT group_concat(version || ' ' || kind, ', ') FROM (SELECT * FROM quarterdeck_migrations ORDER BY id)")
    }

    /// Safety images that wait for the repository, and notes of half a step.
    pub fn left_behind(&self) -> (usize, String) {
        let folder = fs::read_dir(self.bench.engine.home().safety());
        (folder.map_or(0, Iterator::count), self.bench.store("SELECT count(*) FROM intents"))
    }

    fn request(&self, mut base: Value, more: &Value) -> Value {
        base["wish"] = json!({ "kind": "all" });
        for (field, value) in more.as_object().unwrap() {
            base[field] = value.clone();
        }
        base
    }
}
