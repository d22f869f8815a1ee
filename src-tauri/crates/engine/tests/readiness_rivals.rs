//! Several processes at one store, and clocks that differ: of those who do the same in the same moment one wins, the chain holds, and no
//! clock makes a Go of what is none.
//!
//! This binary starts itself again as the processes that are rivals.
#![allow(clippy::unwrap_used)]

mod bench;
#[path = "bench/ready.rs"]
mod ready;

use std::{
    io::{Read, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use quarterdeck_engine::{Engine, Home};
use quarterdeck_model::{Face, Fault, SystemClock};
use quarterdeck_testkit::FixedClock;
use ready::{Ready, passphrase, signing};
use serde_json::{Value, json};

const HOME: &str = "QUARTERDECK_TEST_HOME";
const ASKS: &str = "QUARTERDECK_TEST_ASKS";
const ANSWER: &str = "QUARTERDECK_TEST_ANSWER";

/// A process that is ready, and asks once a line comes in. Not a test of its own.
#[test]
fn rival() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let (name, request): (String, Value) = serde_json::from_str(&std::env::var(ASKS).unwrap()).unwrap();
    let engine = Engine::open(Home::find(Some(Path::new(&home))).unwrap(), Arc::new(SystemClock)).unwrap();
    std::io::stdin().read_exact(&mut [0]).unwrap();
    let answer = engine.call(Face::Cli, &name, request, None);
    let said = answer.map_or_else(|fault| json!({ "code": fault.code.to_string() }), |value| json!({ "said": value }));
    std::fs::write(std::env::var_os(ANSWER).unwrap(), said.to_string()).unwrap();
}

/// Lets as many processes ask in the same moment; the codes of those that were refused, and what the others were answered.
fn at_once(ready: &Ready, asks: &[(&str, Value)]) -> (Vec<Value>, Vec<String>) {
    let answer = |at: usize| ready.bench.scratch.file(format!("answer-{at}"));
    let begin = |(at, ask): (usize, &(&str, Value))| -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "rival"])
            .env(HOME, ready.bench.engine.home().folder())
            .env(ASKS, serde_json::to_string(ask).unwrap())
            .env(ANSWER, answer(at))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut all: Vec<Child> = asks.iter().enumerate().map(begin).collect();
    // Who is not there yet finds the line when it looks.
    all.iter_mut().for_each(|child| child.stdin.take().unwrap().write_all(b"x").unwrap());
    assert!(all.iter_mut().all(|child| child.wait().unwrap().success()));
    let answers = (0..asks.len()).map(|at| serde_json::from_slice::<Value>(&std::fs::read(answer(at)).unwrap()).unwrap());
    let (said, refused): (Vec<Value>, Vec<Value>) = answers.partition(|answer| answer.get("said").is_some());
    let codes = refused.iter().map(|answer| answer["code"].as_str().unwrap().to_owned()).collect();
    (said.into_iter().map(|mut answer| answer["said"].take()).collect(), codes)
}

fn no_findings(ready: &Ready) {
    assert_eq!(ready.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
}

#[test]
fn of_processes_that_do_the_same_at_once_exactly_one_wins_and_the_chain_holds() {
    let ready = Ready::now("staging");
    let open = ("open_checklist", json!({ "system": "shop", "checklist": "release", "release": "2.3" }));
    let (opened, refused) = at_once(&ready, &[open.clone(), open.clone(), open]);
    assert_eq!((opened.len(), refused), (1, vec!["already-open".to_owned(); 2]));
    let copy = opened[0]["id"].as_str().unwrap().to_owned();
    ready.person("Ada", &["dba", "tech-lead", "stakeholder"]);
    ready.person("Bob", &["dba"]);
    ready.flag(&copy, true);

    let shown = ready.item(&copy, "on-call")["shown"].clone();
    let sign = |name: &str| ("sign_item", signing(&copy, "on-call", name, &shown));
    let (signed, refused) = at_once(&ready, &[sign("Ada"), sign("Bob"), sign("Ada"), sign("Bob"), sign("Ada")]);
    let mut people: Vec<&str> = signed.iter().map(|said| said["person"].as_str().unwrap()).collect();
    people.sort_unstable();
    assert_eq!((people, refused), (vec!["Ada", "Bob"], vec!["already-signed".to_owned(); 3]));
    no_findings(&ready);

    ready.answer(&copy, true, "Ada").unwrap();
    let shown = ready.poll(&copy)["shown"].clone();
    let decide = json!({ "copy": copy, "go": true, "text": "", "shown": shown, "person": "Ada", "passphrase": passphrase("Ada") });
    let decide = ("decide_poll", decide);
    let (decided, refused) = at_once(&ready, &[decide.clone(), decide.clone(), decide]);
    assert_eq!((decided.len(), refused), (1, vec!["already-signed".to_owned(); 2]));
    assert_eq!(ready.gate()["verdict"]["word"], "go");

    let close = ("close_checklist", json!({ "copy": copy }));
    let note = ("note_item", json!({ "copy": copy, "item": "flag", "text": "seen" }));
    let (_, refused) = at_once(&ready, &[close.clone(), note, close.clone(), close]);
    assert_eq!(refused.iter().filter(|code| *code == "copy-closed").count(), refused.len(), "{refused:?}");
    assert!(refused.len() == 2 || refused.len() == 3, "one closes, and a note is before that or too late: {refused:?}");
    no_findings(&ready);
    assert_eq!(ready.readiness(&copy)["copy"]["verdict"], "go");
}

/// Another engine at the same store, whose clock differs by so many minutes.
struct Skewed(Arc<Engine>);

impl Skewed {
    fn by(ready: &Ready, minutes: i64) -> Self {
        let clock = FixedClock::at("2026-11-20T13:40:00Z");
        clock.advance(Duration::from_secs(u64::try_from(2 * 24 * 60 + minutes).unwrap() * 60));
        Self(Engine::open(ready.bench.engine.home().clone(), Arc::new(clock)).unwrap())
    }

    fn call(&self, name: &str, request: Value) -> Result<Value, Fault> {
        self.0.call(Face::Cli, name, request, None)
    }

    fn gather(&self, copy: &str) {
        let mut events = self.0.events();
        let job = self.call("gather_evidence", json!({ "copy": copy })).unwrap()["job"].clone();
        while self.call("get_job", json!({ "job": job })).unwrap()["finished_at"].is_null() {
            let _ = events.blocking_recv();
        }
    }
}

#[test]
fn what_a_clock_that_is_ahead_says_does_not_count_and_keeps_nobody_from_signing() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba", "tech-lead"]);
    ready.person("Bob", &["dba"]);
    let ahead = Skewed::by(&ready, 120);
    let shown = ready.item(&copy, "on-call")["shown"].clone();
    ahead.call("sign_item", signing(&copy, "on-call", "Ada", &shown)).unwrap();
    let item = ready.item(&copy, "on-call");
    assert_eq!(item["state"], "stale");
    assert!(item["sentence"].as_str().unwrap().contains("still to come: a clock is wrong"), "{item}");
    // Whoever has the right clock signs, and that counts at once.
    ready.sign(&copy, "on-call", "Bob").unwrap();
    ready.sign(&copy, "on-call", "Ada").unwrap();
    assert_eq!(ready.item(&copy, "on-call")["state"], "holds", "{}", ready.item(&copy, "on-call")["sentence"]);
    // What it measures is of no use either, and is measured again.
    std::fs::write(ready.folder.join("flag.txt"), "up").unwrap();
    ahead.gather(&copy);
    assert_eq!(ready.item(&copy, "flag")["state"], "stale");
    ready.gather(&copy);
    assert_eq!(ready.item(&copy, "flag")["state"], "holds");
    ready.answer(&copy, true, "Ada").unwrap();
    assert_eq!(ready.poll(&copy)["stations"][0]["state"], "go", "{}", ready.poll(&copy)["stations"][0]);
    no_findings(&ready);
}

#[test]
fn what_was_signed_by_a_clock_that_is_ahead_does_not_come_to_life_over_what_changed_since() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba", "tech-lead", "stakeholder"]);
    ready.person("Bob", &["dba"]);
    ready.flag(&copy, true);
    ready.sign(&copy, "on-call", "Ada").unwrap();
    ready.sign(&copy, "on-call", "Bob").unwrap();
    let ahead = Skewed::by(&ready, 30);
    let shown = ready.poll(&copy)["stations"][0]["shown"].clone();
    let go = json!({ "copy": copy, "station": "tech-lead", "go": true, "shown": shown, "person": "Ada", "passphrase": passphrase("Ada") });
    ahead.call("answer_poll", go).unwrap();
    ready.flag(&copy, false);
    ready.flag(&copy, true);
    assert_eq!(ready.poll(&copy)["stations"][0]["state"], "stale");
    ready.advance(31);
    assert_eq!(ready.poll(&copy)["stations"][0]["state"], "stale", "its moment has come, and its evidence changed before");
    ready.gather(&copy);
    ready.answer(&copy, true, "Ada").unwrap();
    assert_eq!(ready.poll(&copy)["stations"][0]["state"], "go", "{}", ready.poll(&copy)["stations"][0]);
}

#[test]
fn a_clock_that_is_behind_neither_ages_a_signature_nor_hides_a_change() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba", "tech-lead", "stakeholder"]);
    ready.person("Bob", &["dba"]);
    ready.flag(&copy, true);
    let behind = Skewed::by(&ready, -120);
    let shown = ready.item(&copy, "on-call")["shown"].clone();
    behind.call("sign_item", signing(&copy, "on-call", "Ada", &shown)).unwrap();
    ready.sign(&copy, "on-call", "Bob").unwrap();
    assert_eq!(ready.item(&copy, "on-call")["state"], "holds");
    ready.answer(&copy, true, "Ada").unwrap();
    assert_eq!(ready.poll(&copy)["stations"][0]["state"], "go");
    // It sees the change, and what it sees is older than what is known: too old is no Go, and the Go is gone for good.
    std::fs::remove_file(ready.folder.join("flag.txt")).unwrap();
    behind.gather(&copy);
    std::fs::write(ready.folder.join("flag.txt"), "up").unwrap();
    ready.gather(&copy);
    assert_eq!(ready.item(&copy, "flag")["state"], "holds");
    assert_eq!(ready.poll(&copy)["stations"][0]["state"], "stale");
    no_findings(&ready);
}

#[test]
fn who_is_removed_or_loses_the_role_between_looking_and_signing_does_not_sign() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba"]);
    ready.person("Bob", &["dba"]);
    let shown = ready.item(&copy, "on-call")["shown"].clone();
    ready.call("set_person", json!({ "name": "Ada", "roles": ["tech-lead"] })).unwrap();
    ready.call("forget_person", json!({ "name": "Bob" })).unwrap();
    let code = |name: &str| ready.call("sign_item", signing(&copy, "on-call", name, &shown)).unwrap_err().code.to_string();
    assert_eq!((code("Ada").as_str(), code("Bob").as_str()), ("role-missing", "no-such-person"));
    // What was signed before stays: it was said by whoever had the role then.
    ready.call("set_person", json!({ "name": "Ada", "roles": ["dba"] })).unwrap();
    ready.sign(&copy, "on-call", "Ada").unwrap();
    ready.call("forget_person", json!({ "name": "Ada" })).unwrap();
    ready.person("Cy", &["dba"]);
    ready.sign(&copy, "on-call", "Cy").unwrap();
    assert_eq!(ready.item(&copy, "on-call")["state"], "holds");
    no_findings(&ready);
}
