use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use quarterdeck_model::{Clock, Face, Instant, JobCtx, Outcome};
use quarterdeck_monitor::{
    gathered::Gathered,
    promql::{self, Options, Steps, Value},
    series::{Brought, Policy, Writer},
};
use quarterdeck_testkit::{FixedClock, Scratch};
use serde_json::{Value as Json, json};

use crate::{
    Engine, Home,
    alerting::{
        Evaluation,
        telling::{self, Telling},
    },
    collecting::AfterTick,
};

/// A gauge that a test makes up: its name, its labels, its value.
pub type Gauge<'a> = (&'a str, &'a [(&'a str, &'a str)], f64);

/// A home whose measurements a test makes up.
pub struct Bench {
    pub scratch: Scratch,
    pub clock: Arc<FixedClock>,
    pub engine: Arc<Engine>,
    writer: Option<Writer>,
    evaluation: Evaluation,
    gauges: Gathered,
    telling: Option<Telling>,
}

impl Bench {
    pub fn new() -> Self {
        let scratch = Scratch::new();
        let clock = Arc::new(FixedClock::default());
        let engine = open(&scratch, &clock);
        let evaluation = Evaluation::new(&engine);
        let mut bench = Self { scratch, clock, engine, writer: None, evaluation, gauges: Gathered::default(), telling: None };
        bench.writer = Some(bench.writer());
        bench
    }

    /// Another process takes over.
    pub fn restart(&mut self) {
        self.telling = None;
        self.evaluation.left();
        self.writer = None;
        self.engine = open(&self.scratch, &self.clock);
        self.evaluation = Evaluation::new(&self.engine);
        self.writer = Some(self.writer());
    }

    /// A file of rules in the home.
    pub fn rules(&mut self, name: &str, text: &str) -> PathBuf {
        self.write(&format!("rules/{name}"), text)
    }

    /// A file in the home.
    pub fn write(&mut self, name: &str, text: &str) -> PathBuf {
        let path = self.engine.home().folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        self.evaluation.hurry();
        if let Some(telling) = &mut self.telling {
            telling.hurry();
        }
        path
    }

    /// What is measured from now on.
    pub fn gauge(&mut self, all: &[Gauge<'_>]) {
        self.gauges = Gathered::default();
        for (name, labels, value) in all {
            self.gauges.gauge(name, labels, *value);
        }
    }

    /// So many seconds later it is measured and evaluated.
    pub fn later(&mut self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.tick().unwrap();
    }

    /// The same, and people are told; it comes back once everything has landed.
    pub fn told(&mut self, seconds: u64) {
        self.later(seconds);
        self.beat();
    }

    /// People are told now.
    pub fn beat(&mut self) {
        let (version, board) = self.engine.alerting().board();
        let board = board.unwrap();
        let telling = self.telling.get_or_insert_with(|| Telling::open(&self.engine, &board).unwrap());
        telling.beat(&self.engine, &board, version).unwrap();
        telling.settle(&self.engine);
    }

    /// As the thread that tells people does it.
    pub fn try_to_tell(&self) {
        let (version, board) = self.engine.alerting().board();
        self.engine.alerting().tried(telling::beat(&self.engine, &mut None, &board.unwrap(), version));
    }

    pub fn tick(&mut self) -> Outcome<()> {
        let now = self.clock.now();
        let mut measured = self.gauges.clone();
        measured.gauge("quarterdeck_collecting", &[], 1.0);
        let brought = [Brought { key: "bench".to_owned(), readings: measured.readings }];
        let writer = self.writer.as_mut().unwrap();
        writer.append(now.timestamp_millis(), &brought, &[])?;
        let found = self.evaluation.after(now)?;
        writer.amend(now.timestamp_millis(), &found).map(drop)
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn call(&self, operation: &str, request: Json) -> Json {
        self.engine.call(Face::Cli, operation, request, None).unwrap()
    }

    pub fn refused(&self, operation: &str, request: Json) -> String {
        self.engine.call(Face::Cli, operation, request, None).unwrap_err().code.into_owned()
    }

    pub fn notices(&self) -> Vec<Json> {
        self.call("list_notices", json!({ "failed": false }))["notices"].as_array().unwrap().clone()
    }

    pub fn alerts(&self) -> Vec<Json> {
        let list = self.call("list_alerts", json!({ "states": [] }));
        list["alerts"].as_array().unwrap().clone()
    }

    /// The newest value of the one series of a selector.
    pub fn newest(&self, selector: &str) -> f64 {
        let snapshot = self.engine.series().snapshot().unwrap();
        let at = self.now().timestamp_millis();
        let query = promql::parse(selector).unwrap();
        let steps = Steps { from: at, until: at, step: 0 };
        let answer = promql::evaluate(&query, &snapshot, steps, &Options::default(), &JobCtx::detached()).unwrap();
        let Value::Vector(columns) = answer.value else { panic!("{selector} is no selector") };
        assert_eq!(columns.len(), 1, "{selector}: {columns:?}");
        columns[0].values[0]
    }

    fn writer(&self) -> Writer {
        Writer::open(&self.engine.home().series(), Policy::default(), Arc::clone(&self.clock) as Arc<dyn Clock>).unwrap()
    }
}

/// The states of rows.
pub fn states(rows: &[Json]) -> Vec<&str> {
    rows.iter().map(|row| row["state"].as_str().unwrap()).collect()
}

fn open(scratch: &Scratch, clock: &Arc<FixedClock>) -> Arc<Engine> {
    let home = Home::find(Some(&scratch.file("home"))).unwrap();
    Engine::open(home, Arc::clone(clock) as Arc<dyn Clock>).unwrap()
}
