//! A release that somebody has to sign: a checklist, the people who sign it, and what they do in the window.

use std::{fs, io::Write, path::PathBuf, process::Stdio};

use serde_json::Value;

use super::{
    Bench, Window,
    bench::{Ran, ask},
    steps,
};

/// Its name is an item that a query measures and one person signs, one that two people sign, a poll of two stations, a gate that keeps
/// back migrations.
pub const RELEASE: &str = "\
title: Release
roles: {dba: DBA, tech-lead: Tech lead, qa-lead: QA lead, release-lead: Release lead}
phases:
  before:
    title: Before
    items:
      totals:
        title: Every order has a total
        why: 'Without one the [ledger](https://example.com/ledger) **stops**.'
        owner: qa-lead
        category: data
        critical: true
        evidence: {sql: SELECT id FROM orders WHERE total < 0, component: shop, expect: {rows: none}, title: Orders below zero, lasts: 1 h}
        manual: {statement: The figures of the last hour were looked at., role: dba}
      on-call:
        title: On-call team in place
        owner: dba
        category: operations
        manual: {statement: The on-call team is named and reachable., signatures: 2, role: dba}
gates:
  go-live: {title: Deploy to production, protects: [migrate], needs: {poll: true}}
poll:
  director: release-lead
  gate: go-live
  stations:
    tech-lead: {title: Tech lead, role: tech-lead, shows: [totals, on-call]}
    qa-lead: {title: QA lead, role: qa-lead, shows: [totals]}
";

/// A system in production whose migration `0002` waits behind a gate.
pub struct Ready {
    /// Its home.
    pub bench: Bench,
    /// The folder of its definition.
    pub folder: PathBuf,
}

impl Ready {
    /// With [`RELEASE`].
    pub fn new() -> Self {
        Self::with(RELEASE)
    }

    /// With this text as `checklists/release.yml`.
    pub fn with(checklist: &str) -> Self {
        let bench = Bench::new();
        let folder = bench.with_migrations();
        fs::create_dir(folder.join("checklists")).unwrap();
        fs::write(folder.join("checklists/release.yml"), checklist).unwrap();
        bench.line(&format!("add {}", folder.display())).done();
        Self { bench, folder }
    }

    /// Runs SQL on its database, as its application does.
    pub fn sql(&self, sql: &str) -> String {
        ask(&self.folder.join("shop.db"), sql)
    }

    /// Runs a line, writing what it asks for into its standard input.
    pub fn told(&self, line: &[&str], typed: &[&str]) -> Ran {
        let mut command = self.bench.command(line);
        let asked = format!("{command:?}");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all((typed.join("\n") + "\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Ran { asked, code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Somebody who can sign at once.
    pub fn person(&self, name: &str, roles: &[&str]) {
        let made = self.bench.run([&["people", "add", name][..], roles, &["--json"]].concat()).done().json();
        let word = made["word"].as_str().unwrap();
        self.told(&["people", "passphrase", name], &[word, &passphrase(name), &passphrase(name)]).done();
    }

    /// Opens a copy; its id.
    pub fn open(&self, release: &str) -> String {
        let copy = self.bench.run(["checklist", "open", "shop", "release", release, "--json"]).done().json();
        copy["id"].as_str().unwrap().to_owned()
    }

    /// Says something by the command line, such as `checklist sign COPY totals`.
    pub fn say(&self, name: &str, line: &[&str]) -> Ran {
        self.told(&[line, &["--as", name, "--json"]].concat(), &[&passphrase(name)])
    }

    /// Opens a copy with everything signed and nobody asked yet; its id. Ada is the tech lead, Bob the QA lead, Dan decides.
    pub fn signed(&self, release: &str) -> String {
        for (name, roles) in [("Ada", &["dba", "tech-lead"][..]), ("Bob", &["dba", "qa-lead"]), ("Dan", &["release-lead"])] {
            self.person(name, roles);
        }
        let copy = self.open(release);
        self.bench.run(["checklist", "gather", &copy]).done();
        self.say("Ada", &["checklist", "sign", &copy, "totals"]).done();
        self.say("Ada", &["checklist", "sign", &copy, "on-call"]).done();
        self.say("Bob", &["checklist", "sign", &copy, "on-call"]).done();
        copy
    }

    /// Both stations say Go and Dan decides.
    pub fn decided(&self, copy: &str) {
        self.say("Ada", &["poll", "go", copy, "tech-lead"]).done();
        self.say("Bob", &["poll", "go", copy, "qa-lead"]).done();
        self.say("Dan", &["poll", "decide", copy, "--go"]).done();
        self.gate(0);
    }

    /// The verdict of the gate, which ends with this exit code.
    #[track_caller]
    pub fn gate(&self, code: i32) -> Value {
        self.bench.line("gate shop go-live --json").code(code).json()["verdict"].clone()
    }
}

/// What somebody signs with.
pub fn passphrase(name: &str) -> String {
    format!("{name} and a quiet harbour")
}

/// Opens the page of readiness and an item of it.
#[track_caller]
pub fn open_item(window: &Window, item: &str) {
    window.click_css(&format!("[data-testid=item-open][data-item=\"{item}\"]"));
    window.see("item-drawer", "What was said");
}

/// Chooses who signs, and types the passphrase and the words.
#[track_caller]
pub fn draft(window: &Window, name: &str, words: &str) {
    steps::choose(window, "sign-person", name);
    if !words.is_empty() {
        window.fill("sign-text", words);
    }
    window.fill("sign-passphrase", &passphrase(name));
}

/// Signs what the dialog shows.
#[track_caller]
pub fn sign(window: &Window, name: &str, words: &str) {
    draft(window, name, words);
    window.click("sign-do");
    window.gone("sign-dialog");
}

/// The one-time word's owner sets a passphrase in the dialog that is open, and can sign from then on.
#[track_caller]
pub fn first_passphrase(window: &Window, name: &str, word: &str) {
    steps::choose(window, "sign-person", name);
    window.see("first-passphrase", name);
    window.fill("first-word", word);
    window.fill("first-new", &passphrase(name));
    window.fill("first-again", &passphrase(name));
    window.click("first-do");
    window.gone("first-passphrase");
}

/// How a station stands.
pub fn station(window: &Window, id: &str) -> String {
    let state = format!("return document.querySelector('[data-testid=station][data-station=\"{id}\"]')?.dataset.state ?? ''");
    window.script(&state).as_str().unwrap_or_default().to_owned()
}

/// Waits until a station stands so.
#[track_caller]
pub fn stands(window: &Window, id: &str, state: &str) {
    let there = super::until(super::PATIENCE, || (station(window, id) == state).then_some(()));
    assert!(there.is_some(), "{id} is {}, not {state}", station(window, id));
}
