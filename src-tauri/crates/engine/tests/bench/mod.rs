//! A bench with an engine of its own.
#![allow(dead_code, clippy::unwrap_used, reason = "test support; each test binary uses its part")]

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use quarterdeck_engine::{Engine, Home};
use quarterdeck_model::{Clock, Event, Face, Fault, SystemClock};
use quarterdeck_testkit::{Scratch, shop};
use serde_json::{Value, json};

/// A scratch folder, an engine whose home is in it, and the place of a shop.
pub struct Bench {
    pub scratch: Scratch,
    pub engine: Arc<Engine>,
    pub file: PathBuf,
}

impl Bench {
    /// An engine without any system.
    pub fn empty() -> Self {
        Self::with_clock(Arc::new(SystemClock))
    }

    /// The same by another clock.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        let scratch = Scratch::new();
        let home = Home::find(Some(&scratch.file("home"))).unwrap();
        let engine = Engine::open(home, clock).unwrap();
        engine.recover().unwrap();
        let file = scratch.file("shop.db");
        Self { scratch, engine, file }
    }

    /// A registered shop with one snapshot.
    pub fn new(journal_mode: &str) -> Self {
        Self::empty().with_shop(journal_mode)
    }

    /// Registers the shop and takes its first snapshot.
    pub fn with_shop(self, journal_mode: &str) -> Self {
        shop(&self.file, 200, journal_mode);
        self.call("add_system", json!({ "path": self.file })).unwrap();
        self.work("backup_system", json!({ "system": "shop" })).unwrap();
        self
    }

    pub fn call(&self, name: &str, request: Value) -> Result<Value, Fault> {
        self.engine.call(Face::Cli, name, request, None)
    }

    /// Starts a job and waits for its end.
    pub fn work(&self, name: &str, request: Value) -> Result<Value, Fault> {
        let mut events = self.engine.events();
        let job = self.call(name, request)?["job"].clone();
        loop {
            let row = self.call("get_job", json!({ "job": job }))?;
            if row["finished_at"].is_string() {
                return match serde_json::from_value::<Fault>(row["fault"].clone()) {
                    Ok(fault) => Err(fault),
                    Err(_) => Ok(json!({ "job": job, "report": row["report"] })),
                };
            }
            while !matches!(events.blocking_recv(), Ok(Event::Job { .. }) | Err(_)) {}
        }
    }

    pub fn plan(&self) -> Value {
        self.call("plan_restore", json!({ "target": "shop", "snapshot": "latest", "destination": { "kind": "in-place" } })).unwrap()
    }

    pub fn restore(&self, plan: &Value, confirm: &str) -> Result<Value, Fault> {
        let request = json!({
            "target": "shop", "snapshot": plan["snapshot"], "destination": { "kind": "in-place" }, "plan": plan["digest"], "confirm": confirm
        });
        self.work("restore_component", request)
    }

    pub fn undo(&self, job: &Value) -> Result<Value, Fault> {
        let plan = self.call("plan_undo", json!({ "job": job }))?;
        self.work("undo_restore", json!({ "job": job, "plan": plan["digest"], "confirm": "shop" }))
    }

    pub fn sql(&self, sql: &str) -> String {
        ask(&self.file, sql)
    }

    /// What the engine's own store answers.
    pub fn store(&self, sql: &str) -> String {
        ask(&self.scratch.file("home/quarterdeck.db"), sql)
    }

    /// What the next process says that it recovered.
    pub fn next_process(&mut self) -> Vec<String> {
        self.engine = Engine::open(self.engine.home().clone(), Arc::new(SystemClock)).unwrap();
        self.engine.recover().unwrap()
    }
}

/// What the `sqlite3` shell answers.
pub fn ask(file: &Path, sql: &str) -> String {
    let out = std::process::Command::new("sqlite3").arg(file).arg(sql).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}
