//! From a breach to a message: a whole engine that measures, evaluates and sends, as the agent does.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use quarterdeck_engine::{Engine, Home, collecting::Collecting, schedule::Post};
use quarterdeck_model::{Face, clock::SystemClock};
use quarterdeck_testkit::{Scratch, shop};
use serde_json::json;

use crate::loopback;

const ROUNDS: usize = 7;

/// Seconds between two evaluations, and as many between two visits.
const INTERVAL: u64 = 5;

/// Before a new group is told, in seconds.
const WAIT: u64 = 1;

/// What is seen from outside.
#[derive(Default)]
struct Seen {
    /// Which breach it is: each is an alert of its own, since one that comes and goes so often would be told once, as flapping.
    round: usize,
    breached: bool,
    /// When the breach was served to whoever measures, for the first time.
    served: Option<Instant>,
    /// When the webhook heard of it.
    firing: Option<Instant>,
}

pub fn run() {
    let scratch = Scratch::new();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let engine = engine(&scratch, &seen);
    let collecting = Collecting::start(&engine, Post::Agent, |_| {}).unwrap();
    let (mut from_measured, mut from_breach) = (Vec::new(), Vec::new());
    // The first visits, and their rules.
    thread::sleep(Duration::from_secs(2 * INTERVAL + 1));
    for round in 0..ROUNDS {
        // Not always at the same moment between two visits.
        thread::sleep(Duration::from_millis(700 * round as u64));
        let began = Instant::now();
        *seen.lock().unwrap() = Seen { round, breached: true, ..Seen::default() };
        let fired = until(&seen, |seen| seen.firing);
        let served = seen.lock().unwrap().served.unwrap();
        from_measured.push(fired - served);
        from_breach.push(fired - began);
    }
    collecting.stop();
    let allowed = INTERVAL + WAIT + 1;
    println!("  {ROUNDS} breaches, evaluated every {INTERVAL} s, group_wait {WAIT} s, to a webhook on loopback; in seconds");
    println!("  {:<52} {:>9} {:>9}", "", "median", "longest");
    let line = |what: &str, mut took: Vec<Duration>| {
        took.sort();
        println!("  {what:<52} {:>9.2} {:>9.2}", took[took.len() / 2].as_secs_f64(), took[took.len() - 1].as_secs_f64());
    };
    line("from the visit that measured it to the message", from_measured);
    line("from the breach itself (visits are 5 s apart)", from_breach);
    println!("  allowed: one interval, group_wait and 1 s             {allowed:>9}");
}

fn engine(scratch: &Scratch, seen: &Arc<Mutex<Seen>>) -> Arc<Engine> {
    let served = Arc::clone(seen);
    let metrics = loopback::serve(move |_, _| {
        let mut seen = served.lock().unwrap();
        if seen.breached {
            seen.served.get_or_insert_with(Instant::now);
        }
        format!("# TYPE breach gauge\nbreach{{round=\"{}\"}} {}\n", seen.round, u8::from(seen.breached))
    });
    let heard = Arc::clone(seen);
    let webhook = loopback::serve(move |_, body| {
        let mut seen = heard.lock().unwrap();
        let message: serde_json::Value = serde_json::from_slice(body).unwrap();
        if message["status"] == "firing" && message["groupLabels"]["round"].as_str() == Some(&*seen.round.to_string()) {
            seen.firing.get_or_insert_with(Instant::now);
        }
        String::new()
    });
    let folder = scratch.file("app");
    fs::create_dir_all(folder.join("rules")).unwrap();
    shop(&folder.join("app.db"), 20, "wal");
    write(
        &folder,
        "quarterdeck.yaml",
        &format!(
            "name: app\nenvironment: development\ncomponents:\n  main: {{kind: sqlite, path: app.db}}\ncollect:\n  every: {INTERVAL} s\n  scrapes:\n    - {{name: app, url: \"http://127.0.0.1:{metrics}/\", every: {INTERVAL} s}}\n"
        ),
    );
    write(
        &folder,
        "rules/app.yml",
        &format!(
            "groups:\n  - name: app\n    interval: {INTERVAL}s\n    rules:\n      - alert: Breach\n        expr: breach > 0\n        labels: {{severity: critical}}\n        annotations: {{summary: it is so}}\n"
        ),
    );
    write(
        &folder,
        "notify.yml",
        &format!(
            "route:\n  receiver: webhook\n  group_by: [alertname, round]\n  group_wait: 1h\n  routes:\n    - matchers: [alertname=\"Breach\"]\n      receiver: webhook\n      group_wait: {WAIT}s\n      group_interval: {WAIT}s\n\
         receivers:\n  - name: webhook\n    webhook_configs: [{{url: \"http://127.0.0.1:{webhook}/\"}}]\n"
        ),
    );
    let home = Home::find(Some(&scratch.file("home"))).unwrap();
    let engine = Engine::open(home, Arc::new(SystemClock)).unwrap();
    engine.call(Face::Cli, "add_system", json!({ "path": folder }), None).unwrap();
    engine
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

/// Waits for it, two minutes at most.
fn until(seen: &Mutex<Seen>, what: impl Fn(&Seen) -> Option<Instant>) -> Instant {
    let began = Instant::now();
    loop {
        if let Some(at) = what(&seen.lock().unwrap()) {
            return at;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "nothing was told");
        thread::sleep(Duration::from_millis(5));
    }
}
