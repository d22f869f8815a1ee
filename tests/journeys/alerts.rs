//! Alerts through the real agent: from a breach to a message, and what people do about it from the command line.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Bench, PATIENCE, agent::Agent, until};

/// Memory is there on every machine: this fires as soon as anybody looks.
const RULES: &str = "groups:
  - name: always
    interval: 5s
    rules:
      - alert: MemoryIsThere
        expr: node_memory_MemTotal_bytes > 0
        labels: {severity: critical, team: dba}
        annotations: {summary: 'There are {{ $value | humanize1024 }}B', runbook: memory-low}
";

const NOTIFY: &str = "route: {receiver: team, group_wait: 0s, group_interval: 5s}
receivers: [{name: team, webhook_configs: [{url: 'ADDRESS'}]}]
";

/// A webhook on loopback, with what it was sent.
fn webhook() -> (String, Arc<Mutex<Vec<Value>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let got = Arc::new(Mutex::new(Vec::new()));
    let theirs = Arc::clone(&got);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut head = Vec::new();
            while let Some(line) = reader.by_ref().lines().map_while(Result::ok).next().filter(|line| !line.is_empty()) {
                head.push(line.to_ascii_lowercase());
            }
            let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            // A process that is killed ends its request in the middle.
            if reader.read_exact(&mut body).is_ok() && length.is_some() {
                theirs.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
                let _ = reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            }
        }
    });
    (address, got)
}

/// A home with one rule and one receiver.
fn bench() -> (Bench, Arc<Mutex<Vec<Value>>>) {
    let (bench, _) = Bench::with_shop(10);
    let (address, got) = webhook();
    fs::create_dir_all(bench.home().join("rules")).unwrap();
    fs::write(bench.home().join("rules/always.yml"), RULES).unwrap();
    fs::write(bench.home().join("notify.yml"), NOTIFY.replace("ADDRESS", &address)).unwrap();
    (bench, got)
}

fn firing(bench: &Bench) -> Option<Value> {
    let list = bench.line("alerts --json").done().json();
    list["alerts"].as_array().unwrap().iter().find(|row| row["name"] == "MemoryIsThere").cloned()
}

#[test]
fn an_agent_tells_what_fires_and_somebody_takes_it() {
    let (bench, got) = bench();
    assert!(bench.line("alerts").done().out.contains("No rule was evaluated yet"));
    let mut agent = Agent::start(&bench, "agent", &[]);
    let message = until(PATIENCE, || got.lock().unwrap().first().cloned()).expect("the message arrives");
    assert_eq!((&message["status"], &message["alerts"][0]["labels"]["team"]), (&json!("firing"), &json!("dba")));
    let told = until(PATIENCE, || firing(&bench).filter(|row| row["told"].is_string())).expect("the row says who was told");
    let id = told["id"].as_str().unwrap();
    let words = bench.line(&format!("alerts show {id}")).done().out;
    for expected in ["node_memory_MemTotal_bytes > 0", "always.yml:5", "fires: ", "team by webhook 127.0.0.1", "Runbook: "] {
        assert!(words.contains(expected), "{expected:?} is not in\n{words}");
    }
    bench.run(["alerts", "acknowledge", id, "--note", "on it", "--for", "2h"]).done();
    assert_eq!(firing(&bench).unwrap()["state"], "acknowledged");
    bench.line(&format!("alerts unack {id}")).done();
    let preview = bench.run(["silences", "preview", "team=dba"]).done().out;
    assert!(preview.starts_with("Would hold 1 of "), "{preview}");
    let silence = bench.run(["silences", "add", "team=dba", "--for", "1h", "--reason", "moved", "--json"]).done().json();
    assert_eq!(firing(&bench).unwrap()["state"], "silenced");
    bench.line(&format!("silences end {}", silence["id"].as_str().unwrap())).done();
    fs::write(bench.home().join("rules/always.yml"), RULES.replace("> 0", "< 0")).unwrap();
    let over = until(PATIENCE, || got.lock().unwrap().iter().find(|body| body["status"] == "resolved").cloned());
    assert!(over.is_some(), "the end is told, too");
    let history = bench.line("alerts history").done().out;
    assert!(history.contains("is over") && history.contains("acknowledged by"), "{history}");
    assert!(bench.line("alerts notices").done().out.contains("200"));
    assert!(bench.line("audit list").done().out.contains("add_silence"));
    agent.signal(Signal::TERM);
    assert_eq!(agent.ends().code(), Some(0));
}

#[test]
fn files_are_checked_routes_tested_and_channels_tried_without_an_agent() {
    let (bench, got) = bench();
    let rules = bench.home().join("rules");
    let said = bench.run(["rules", "check", rules.to_str().unwrap()]).done().out;
    assert!(said.ends_with("1 files, 1 groups, 1 rules: in order.\n1 alert has no unit test in rules/tests: MemoryIsThere.\n"), "{said}");
    let wrong = bench.file("wrong.yml");
    fs::write(&wrong, "groups: [{name: a, rules: [{alert: A, expr: up ==}]}]\n").unwrap();
    let said = bench.run(["rules", "check", wrong.to_str().unwrap()]).code(1).out;
    assert!(said.contains("wrong.yml:1:"), "{said}");
    let test = bench.run(["routes", "test", "severity=critical"]).done().out;
    assert!(test.starts_with("By home, at ") && test.contains("\nteam at once"), "{test}");
    bench.run(["routes", "check", bench.home().join("notify.yml").to_str().unwrap()]).done();
    bench.run(["routes", "send-test", "team"]).done();
    bench.run(["routes", "drill", "severity=critical"]).done();
    assert_eq!(got.lock().unwrap().len(), 3, "a test, a drill, and its end");
    bench.run(["routes", "send-test", "nobody", "--json"]).code(3).fault("receiver-missing", "nobody");
    let window = ["maintenance", "set", "nights", "system=shop", "--from", "22:00", "--until", "04:00", "--zone", "UTC", "--reason", "x"];
    assert!(bench.run(window).done().out.contains("nights"));
    bench.line("maintenance forget nights").done();
    assert!(bench.line("oncall").done().out.contains("There is no oncall.yml"));
    assert!(bench.line("rules").done().out.contains("home/always.yml/always every 5.0 s, not evaluated yet"));
}

#[cfg(feature = "failpoints")]
#[test]
fn an_agent_that_is_killed_before_it_sends_leaves_the_message_to_the_next_one() {
    let (bench, got) = bench();
    let mut agent = Agent::start(&bench, "agent", &[("QUARTERDECK_FAILPOINT", OsStr::new("alerts.queued=kill"))]);
    assert_eq!(agent.ends().code(), None, "it was killed");
    assert!(got.lock().unwrap().is_empty());
    assert_eq!(bench.line("alerts notices --json").done().json()["notices"][0]["state"], "queued");
    let _agent = Agent::start(&bench, "agent", &[]);
    until(PATIENCE, || got.lock().unwrap().first().cloned()).expect("the next one sends it");
    let sent = || bench.line("alerts notices --json").done().json()["notices"].as_array().cloned().filter(|all| all[0]["state"] == "sent");
    let notices = until(PATIENCE, sent).expect("the row says so");
    assert_eq!((notices.len(), got.lock().unwrap().len()), (1, 1), "once");
}
