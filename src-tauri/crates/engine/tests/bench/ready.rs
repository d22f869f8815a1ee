//! A registered system with a folder and a checklist, and people who sign.
#![allow(dead_code, clippy::unwrap_used, reason = "test support; each test binary uses its part")]

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use quarterdeck_model::{Clock, Fault, SystemClock};
use quarterdeck_testkit::FixedClock;
use serde_json::{Value, json};

use crate::bench::{Bench, ask};

/// One item that a file says, one that two people sign, a gate, a poll with one station.
pub const RELEASE: &str = "\
title: Release
environments: [staging, production]
roles: {dba: DBA, tech-lead: Tech lead, stakeholder: Stakeholder}
phases:
  before:
    title: Before
    items:
      flag:
        title: The flag is up
        why: 'Because **it** matters. <script>alert(1)</script>'
        owner: dba
        category: operations
        weight: 3
        critical: true
        evidence: {file: flag.txt, expect: {exists: true}, lasts: 1 h}
      on-call:
        title: On-call team in place
        category: operations
        manual: {statement: The team is named and reachable., signatures: 2, role: dba}
gates:
  go-live: {title: Deploy, protects: [migrate, restore], needs: {poll: true}}
poll:
  director: stakeholder
  gate: go-live
  stations:
    tech-lead: {title: Tech lead, role: tech-lead, shows: [flag, on-call]}
";

pub struct Ready {
    pub bench: Bench,
    pub folder: PathBuf,
    pub clock: Arc<FixedClock>,
}

impl Ready {
    /// By a clock that stands still.
    pub fn new(environment: &str) -> Self {
        let clock = Arc::new(FixedClock::default());
        Self::by(environment, clock.clone(), clock)
    }

    /// By the real clock.
    pub fn now(environment: &str) -> Self {
        Self::by(environment, Arc::new(SystemClock), Arc::new(FixedClock::default()))
    }

    /// By any clock; `fixed` is the one that is advanced.
    pub fn by(environment: &str, clock: Arc<dyn Clock>, fixed: Arc<FixedClock>) -> Self {
        let mut bench = Bench::with_clock(clock);
        let folder = bench.scratch.file("system");
        fs::create_dir_all(folder.join("checklists")).unwrap();
        fs::create_dir_all(folder.join("migrations")).unwrap();
        bench.file = folder.join("shop.db");
        // Nothing in it: its history is known.
        ask(&bench.file, "PRAGMA journal_mode = wal; CREATE TABLE x(y); DROP TABLE x;");
        let definition = format!(
            "name: shop\nenvironment: {environment}\ncomponents:\n  main: {{kind: sqlite, path: shop.db}}\nmigrations: {{dir: migrations}}\n"
        );
        fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
        let ready = Self { bench, folder, clock: fixed };
        ready.write("release", RELEASE);
        ready.call("add_system", json!({ "path": ready.folder })).unwrap();
        ready
    }

    pub fn write(&self, checklist: &str, text: &str) {
        fs::write(self.folder.join(format!("checklists/{checklist}.yml")), text).unwrap();
    }

    pub fn call(&self, name: &str, request: Value) -> Result<Value, Fault> {
        self.bench.call(name, request)
    }

    pub fn advance(&self, minutes: u64) {
        self.clock.advance(Duration::from_secs(minutes * 60));
    }

    /// Raises or lowers the flag, and measures again.
    pub fn flag(&self, copy: &str, up: bool) {
        let file = self.folder.join("flag.txt");
        if up {
            fs::write(file, "up").unwrap()
        } else {
            fs::remove_file(file).unwrap()
        }
        self.gather(copy);
    }

    pub fn gather(&self, copy: &str) {
        self.bench.work("gather_evidence", json!({ "copy": copy })).unwrap();
    }

    /// Opens a copy; its id.
    pub fn open(&self, release: &str) -> String {
        let copy = self.call("open_checklist", json!({ "system": "shop", "checklist": "release", "release": release })).unwrap();
        copy["id"].as_str().unwrap().to_owned()
    }

    pub fn readiness(&self, copy: &str) -> Value {
        self.call("get_readiness", json!({ "copy": copy })).unwrap()
    }

    pub fn item(&self, copy: &str, item: &str) -> Value {
        self.call("get_item", json!({ "copy": copy, "item": item })).unwrap()["item"].clone()
    }

    /// Adds somebody with a passphrase of their own.
    pub fn person(&self, name: &str, roles: &[&str]) {
        let word = self.call("add_person", json!({ "name": name, "roles": roles })).unwrap()["word"].clone();
        self.call("set_passphrase", json!({ "name": name, "present": word, "passphrase": passphrase(name) })).unwrap();
    }

    pub fn sign(&self, copy: &str, item: &str, name: &str) -> Result<Value, Fault> {
        let shown = self.item(copy, item)["shown"].clone();
        self.call("sign_item", signing(copy, item, name, &shown))
    }

    pub fn poll(&self, copy: &str) -> Value {
        self.call("get_poll", json!({ "copy": copy })).unwrap()
    }

    pub fn answer(&self, copy: &str, go: bool, name: &str) -> Result<Value, Fault> {
        let shown = self.poll(copy)["stations"][0]["shown"].clone();
        let text = if go { "" } else { "not yet" };
        let request = json!({ "copy": copy, "station": "tech-lead", "go": go, "text": text, "shown": shown, "person": name,
            "passphrase": passphrase(name) });
        self.call("answer_poll", request)
    }

    pub fn decide(&self, copy: &str, go: bool, name: &str) -> Result<Value, Fault> {
        let shown = self.poll(copy)["shown"].clone();
        let text = if go { "" } else { "not today" };
        self.call(
            "decide_poll",
            json!({ "copy": copy, "go": go, "text": text, "shown": shown, "person": name, "passphrase": passphrase(name) }),
        )
    }

    pub fn gate(&self) -> Value {
        self.call("check_gate", json!({ "system": "shop", "gate": "go-live" })).unwrap()
    }

    /// Ada and Bob sign, the tech lead says Go, the director decides: Ada both.
    pub fn to_go(&self, copy: &str) {
        self.person("Ada", &["dba", "tech-lead", "stakeholder"]);
        self.person("Bob", &["dba"]);
        self.flag(copy, true);
        self.sign(copy, "on-call", "Ada").unwrap();
        self.sign(copy, "on-call", "Bob").unwrap();
        self.answer(copy, true, "Ada").unwrap();
        self.decide(copy, true, "Ada").unwrap();
        assert_eq!(self.gate()["verdict"]["word"], "go", "{}", self.gate());
    }
}

pub fn passphrase(name: &str) -> String {
    format!("{name} and a quiet harbour")
}

pub fn signing(copy: &str, item: &str, name: &str, shown: &Value) -> Value {
    json!({ "copy": copy, "item": item, "role": "dba", "text": "", "shown": shown, "person": name, "passphrase": passphrase(name) })
}
