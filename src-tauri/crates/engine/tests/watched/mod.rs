//! Two days that a test makes up, written as collectors write them, and a system that is watched meanwhile.
#![allow(dead_code, clippy::unwrap_used, clippy::cast_precision_loss, reason = "test support")]

pub mod made;
pub mod page;
pub mod recount;
pub mod rows;

use std::{fs, sync::Arc, time::Duration};

use quarterdeck_engine::{Engine, collecting::Collecting, schedule::Post};
use quarterdeck_model::{
    Clock,
    alert::{AlertEvent, AlertEventKind, AlertName, AlertSeverity},
    system::Name,
};
use quarterdeck_monitor::{
    gathered::Gathered,
    series::{Brought, Policy, Writer},
};
use quarterdeck_store::alerts::{File, events};
use quarterdeck_testkit::FixedClock;
use serde_json::{Value, json};

use self::made::{HOUR, MINUTE, Made};
use crate::bench::{Bench, ask};

/// A bench by a clock that stands, with a system `shop` in a folder.
pub struct Watched {
    pub bench: Bench,
    pub clock: Arc<FixedClock>,
    writer: Option<Writer>,
    written: i64,
}

impl Watched {
    /// With this validation.yml.
    pub fn new(validation: &str) -> Self {
        let clock = Arc::new(FixedClock::default());
        let mut bench = Bench::with_clock(clock.clone());
        let folder = bench.scratch.file("shop");
        fs::create_dir_all(&folder).unwrap();
        bench.file = folder.join("shop.db");
        ask(&bench.file, "PRAGMA journal_mode = wal; CREATE TABLE orders(id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (1);");
        fs::write(
            folder.join("quarterdeck.yaml"),
            "name: shop\nenvironment: development\ncomponents:\n  main: {kind: sqlite, path: shop.db}\n",
        )
        .unwrap();
        bench.call("add_system", json!({ "path": folder })).unwrap();
        let watched = Self { bench, clock, writer: None, written: i64::MIN };
        watched.file(validation);
        watched
    }

    pub fn file(&self, validation: &str) {
        fs::write(self.bench.scratch.file("shop/validation.yml"), validation).unwrap();
    }

    pub fn now(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    /// Moves the clock to a moment, in either direction.
    pub fn go_to(&self, moment: i64) {
        self.clock.set(quarterdeck_model::Instant::from_timestamp_millis(moment).unwrap());
    }

    /// Another process: engine and collectors begin anew.
    pub fn restart(&mut self) {
        self.writer = None;
        self.bench.engine = Engine::open(self.bench.engine.home().clone(), self.clock.clone()).unwrap();
        self.bench.engine.recover().unwrap();
    }

    /// Writes what was made up until a moment, tick by tick, and moves the clock there.
    pub fn measure(&mut self, made: &Made, until: i64) {
        let written = self.written;
        for at in made.ticks.iter().copied().filter(|at| *at > written && *at <= until) {
            self.go_to(at);
            let (brought, gone) = tick(made, at);
            let writer = self.writer();
            writer.append(at, &brought, &gone).unwrap();
            // As collectors do, now and then: windows are closed as they are over.
            if at.rem_euclid(HOUR) < made.rhythm {
                writer.keep(at).unwrap();
            }
        }
        self.written = until;
        self.go_to(until);
    }

    pub fn let_go(&mut self) {
        self.writer = None;
    }

    /// Single samples of everything before the last day are forgotten.
    pub fn forget(&mut self) {
        let now = self.now();
        let writer = self.writer();
        writer.set_policy(Policy { raw: 1, ..Policy::default() });
        for _ in 0..200 {
            writer.keep(now).unwrap();
        }
        self.writer = None;
    }

    fn writer(&mut self) -> &mut Writer {
        let (folder, clock) = (self.bench.engine.home().series(), self.clock.clone());
        self.writer.get_or_insert_with(|| Writer::open(&folder, Policy::default(), clock).unwrap())
    }

    /// What the product would have recorded.
    pub fn record(&self, made: &Made) {
        let path = self.bench.engine.home().alerts();
        let (file, _) = File::open(&path, self.clock.now()).unwrap();
        for alert in &made.alerts {
            let event = AlertEvent {
                at: instant(alert.at),
                alert: AlertName { id: format!("alert-{}", alert.at), name: "Slow".to_owned() },
                system: Some(Name::from_file_stem(alert.system)),
                severity: if alert.critical { AlertSeverity::Critical } else { AlertSeverity::Warning },
                kind: if alert.begins { AlertEventKind::Firing } else { AlertEventKind::Resolved },
                sentence: "made up".to_owned(),
                by: None,
                value: None,
            };
            file.write(|tx| events::add(tx, &event).map(drop)).unwrap();
        }
        let mut sql = String::new();
        for (n, one) in (10_000..).zip(&made.records) {
            let (at, end) = (text(one.at), text(one.at + MINUTE));
            let word = one.word;
            sql.push_str(&match one.kind {
                "backup" => job(n, "backup_system", &text(one.at - MINUTE), &at, word),
                "drill" => {
                    job(n, "drill_system", &at, &end, "succeeded")
                        + &format!(
                        "INSERT INTO drills (job, system, environment, snapshot, cut_at, started_at, outcome, sentence, age_ms, components)
                             VALUES ({n}, 'shop', 'development', 'ab', '{at}', '{at}', '{word}', 's', 0, '[]');"
                    )
                }
                _ => format!(
                    "INSERT INTO smoke_results (run, system, suite, case_id, at, outcome, body, asked)
                     VALUES ('r{n}', 'shop', 'core', 'c{}', '{at}', '{word}', '{{}}', 1);",
                    n % 7
                ),
            });
        }
        ask(&self.bench.scratch.file("home/quarterdeck.db"), &format!("BEGIN; {sql} COMMIT;"));
    }

    /// Begins a watch now; its id.
    pub fn start(&self) -> String {
        let watch = self.bench.call("start_validation", json!({ "system": "shop", "release": "1.0" })).unwrap();
        watch["id"].as_str().unwrap().to_owned()
    }

    pub fn watch(&self, id: &str) -> Value {
        self.bench.call("get_validation", json!({ "id": id })).unwrap()
    }

    pub fn page(&self, id: &str) -> String {
        let request = json!({ "kind": "validation", "system": "shop", "subject": id, "form": "html" });
        self.bench.call("write_report", request).unwrap()["html"].as_str().unwrap().to_owned()
    }

    /// True where the figures of every watch that is over are kept.
    pub fn is_concluded(&self) -> bool {
        self.bench.store("SELECT count(*) FROM validations WHERE figures IS NULL AND (ends <= '2026-12-31' OR stopped IS NOT NULL)") == "0"
    }

    /// A real collector measures once, five seconds later, and figures of watches that are over are kept by it.
    pub fn collect(&mut self) {
        self.writer = None;
        let mut events = self.bench.engine.events();
        let (tell, told) = std::sync::mpsc::channel();
        let collecting = Collecting::start(&self.bench.engine, Post::Window, move |said| {
            let _ = tell.send(said.to_owned());
        })
        .unwrap();
        while told.recv().unwrap() != "Health is measured here from now on." {}
        self.clock.advance(Duration::from_secs(5));
        while !self.is_concluded() {
            let _ = events.blocking_recv();
        }
        collecting.stop();
    }
}

/// What collectors bring at a tick, and which of them failed.
fn tick(made: &Made, at: i64) -> (Vec<Brought>, Vec<String>) {
    let mut own = Gathered::default();
    own.gauge("quarterdeck_collecting", &[], 1.0);
    let mut brought = vec![Brought { key: "quarterdeck/collecting".to_owned(), readings: own.readings }];
    let mut gone = Vec::new();
    for series in &made.series {
        let key = series.key();
        let Some(value) = series.samples.get(&at) else {
            gone.push(key);
            continue;
        };
        let mut gathered = Gathered::default();
        let labels: Vec<(&str, &str)> = series.labels.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if series.counter {
            gathered.counter(series.name, &labels, *value)
        } else {
            gathered.gauge(series.name, &labels, *value)
        }
        brought.push(Brought { key, readings: gathered.readings });
    }
    (brought, gone)
}

fn job(n: i32, operation: &str, began: &str, ended: &str, state: &str) -> String {
    format!(
        "INSERT INTO jobs (id, operation, title, system, state, phases, who, face, created_at, finished_at, request, process)
         VALUES ({n}, '{operation}', 't', 'shop', '{state}', '[]', 'ada', 'cli', '{began}', '{ended}', '{{}}', 'p');"
    )
}

pub fn instant(moment: i64) -> quarterdeck_model::Instant {
    quarterdeck_model::Instant::from_timestamp_millis(moment).unwrap()
}

fn text(moment: i64) -> String {
    instant(moment).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
