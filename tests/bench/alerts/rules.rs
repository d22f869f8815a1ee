//! A thousand rules over ten thousand series, evaluated again and again.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::Arc,
    sync::atomic::{AtomicI64, Ordering},
    thread,
    time::{Duration, Instant},
};

use quarterdeck_model::{Clock, JobCtx, clock::SystemClock};
use quarterdeck_monitor::{
    gathered::{Gathered, Reading},
    labels::Labels,
    promql::{self, Options, Steps, Value},
    rules::{self, Evaluator, Settings},
    sample::is_absent,
    series::{Brought, Policy, Series, Writer},
};
use quarterdeck_testkit::Scratch;
use serde_json::Value as Json;

use crate::{
    load::{self, RHYTHM},
    loopback,
    prometheus::{self, Server},
};

/// So much past there is before the first evaluation, in ticks: ten minutes.
const PAST: i64 = 40;

/// So many times all of them are evaluated.
const ROUNDS: u32 = 5;

/// Series with their values.
type Found = BTreeMap<Labels, f64>;

pub fn run() {
    let Some(peer) = prometheus::unpacked() else {
        return println!("  skipped: there is no Prometheus, and no apt-get that brings one");
    };
    let scratch = Scratch::new();
    let file = scratch.file("rules.yml");
    fs::write(&file, load::rules()).unwrap();
    let begin = (SystemClock.now().timestamp() / RHYTHM - PAST) * RHYTHM;
    let (server, served) = serve(&peer, &scratch, &file, begin);
    let theirs = evaluated_by(&server);
    let last = served.load(Ordering::SeqCst) - 1;
    let mut ours = Ours::new(&scratch.file("series"), &file, begin, last, server.1);
    same(&server, &ours, begin + last * RHYTHM + 7);
    let (evaluation, writing) = ours.evaluate();
    let ms = |took: Duration| took.as_secs_f64() * 1_000.0;
    println!("  1,000 rules over 10,000 series, ≤ 100 each; means of {ROUNDS} rounds, in milliseconds");
    println!("  {:<52} {:>9.1}", "prometheus: all groups, what they record included", ms(theirs));
    println!("  {:<52} {:>9.1}", "quarterdeck: the same, evaluated", ms(evaluation));
    println!("  {:<52} {:>9.1}", "quarterdeck: written and synced", ms(writing));
    println!("  {:<52} {:>9.2} ×", "ratio, with what is written", ms(evaluation + writing) / ms(theirs));
    println!("  {:<52} {:>9}", "series that came out of ours", ours.out);
}

/// A Prometheus, and the port of what it scrapes; how many ticks that has served.
fn serve(peer: &Path, scratch: &Scratch, rules: &Path, begin: i64) -> ((Server, u16), Arc<AtomicI64>) {
    let served = Arc::new(AtomicI64::new(0));
    let counted = Arc::clone(&served);
    let port = loopback::serve(move |_, _| {
        let until = (SystemClock.now().timestamp() - begin) / RHYTHM;
        let from = counted.swap(until, Ordering::SeqCst);
        load::exposition(begin, from, until.max(from))
    });
    let settings = format!(
        "global: {{scrape_interval: 5s, scrape_timeout: 5s, evaluation_interval: 15s}}\nrule_files: [{}]\nscrape_configs:\n  - job_name: load\n    \
         static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n",
        rules.display()
    );
    ((Server::with(peer, &scratch.file("blocks"), &scratch.path(), &settings), port), served)
}

/// How long one evaluation of all groups takes, on average.
fn evaluated_by((server, _): &(Server, u16)) -> Duration {
    let read = || {
        let text = server.get("/metrics").unwrap();
        let of = |name: &str| -> f64 {
            text.lines().find_map(|line| line.strip_prefix(name)).map_or(0.0, |value| value.trim().parse().unwrap())
        };
        (of("prometheus_rule_group_duration_seconds_sum "), of("prometheus_rule_group_duration_seconds_count "))
    };
    let wait = |count: f64| {
        while read().1 < count {
            thread::sleep(Duration::from_millis(200));
        }
    };
    // The past has come, and each group was evaluated over it once.
    thread::sleep(Duration::from_secs(12));
    wait(read().1 + 20.0);
    let before = read();
    wait(before.1 + 20.0 * f64::from(ROUNDS));
    let after = read();
    Duration::from_secs_f64((after.0 - before.0) / (after.1 - before.1) * 20.0)
}

struct Ours {
    folder: std::path::PathBuf,
    writer: Writer,
    groups: Vec<Evaluator>,
    begin: i64,
    tick: i64,
    instance: String,
    out: usize,
}

impl Ours {
    fn new(folder: &Path, rules: &Path, begin: i64, last: i64, port: u16) -> Self {
        let writer = Writer::open(folder, Policy::default(), Arc::new(SystemClock)).unwrap();
        let file = rules::read(rules, &fs::read_to_string(rules).unwrap());
        assert!(file.findings.is_empty(), "{:?}", file.findings);
        let groups: Vec<Evaluator> = file
            .groups
            .into_iter()
            .map(|group| {
                let key = format!("home/rules.yml/{}", group.name);
                Evaluator::new(group, key, Settings::default())
            })
            .collect();
        let instance = format!("127.0.0.1:{port}");
        let mut ours = Self { folder: folder.to_owned(), writer, groups, begin, tick: 0, instance, out: 0 };
        while ours.tick <= last {
            ours.measure();
        }
        ours
    }

    fn at(&self, tick: i64) -> i64 {
        (self.begin + tick * RHYTHM) * 1_000
    }

    /// The next tick.
    fn measure(&mut self) {
        let mut gathered = Gathered::default();
        for load in load::all() {
            let labels = load.labels();
            let [group, series, zone] = &labels;
            let labels = [(group.0, &*group.1), (series.0, &*series.1), (zone.0, &*zone.1), ("job", "load"), ("instance", &*self.instance)];
            match load.name {
                "load" => gathered.gauge(load.name, &labels, load.value(self.tick)),
                _ => gathered.counter(load.name, &labels, load.value(self.tick)),
            }
        }
        let brought = [Brought { key: "load".to_owned(), readings: gathered.readings }];
        self.writer.append(self.at(self.tick), &brought, &[]).unwrap();
        self.tick += 1;
    }

    /// How long evaluating and writing take, on average; the first round is not counted.
    fn evaluate(&mut self) -> (Duration, Duration) {
        let series = Series::read(&self.folder);
        let (mut evaluation, mut writing) = (Duration::ZERO, Duration::ZERO);
        for round in 0..=ROUNDS {
            self.measure();
            let at = self.at(self.tick - 1);
            let began = Instant::now();
            let snapshot = series.snapshot().unwrap();
            let mut found: Vec<Reading> = Vec::new();
            for group in &mut self.groups {
                let mut append = |_: i64, readings: Vec<Reading>| {
                    found.extend(readings);
                    Ok(())
                };
                group.evaluate(at, &snapshot, &mut append, &JobCtx::detached());
            }
            let evaluated = began.elapsed();
            self.out = found.len();
            self.writer.amend(at, &[Brought { key: "rules".to_owned(), readings: found }]).unwrap();
            if round > 0 {
                evaluation += evaluated;
                writing += began.elapsed() - evaluated;
            }
        }
        (evaluation / ROUNDS, writing / ROUNDS)
    }

    fn ask(&self, text: &str, at: i64) -> Found {
        let snapshot = Series::read(&self.folder).snapshot().unwrap();
        let steps = Steps { from: at * 1_000, until: at * 1_000, step: 0 };
        let answer = promql::evaluate(&promql::parse(text).unwrap(), &snapshot, steps, &Options::default(), &JobCtx::detached()).unwrap();
        let Value::Vector(columns) = answer.value else { panic!("no vector") };
        let values = columns.into_iter().map(|column| (column.labels, column.values[0]));
        values.filter(|(_, value)| !is_absent(*value)).collect()
    }
}

/// Every expression of a tenth of the groups says the same in both at a moment (in seconds).
fn same(server: &(Server, u16), ours: &Ours, at: i64) {
    let (mut asked, mut series) = (0, 0);
    for (_, expression) in (0..100).step_by(10).flat_map(load::expressions) {
        let data = server.0.ask("query", &[("query", expression.clone()), ("time", at.to_string())]).data;
        let theirs: Found = data["result"].as_array().unwrap().iter().map(point).collect();
        let own = ours.ask(&expression, at);
        assert_eq!(theirs.keys().collect::<Vec<_>>(), own.keys().collect::<Vec<_>>(), "{expression}");
        for (labels, value) in &theirs {
            let other = own[labels];
            assert!((value - other).abs() <= 1e-9 * value.abs().max(other.abs()), "{expression}: {labels}: {value} and {other}");
        }
        (asked, series) = (asked + 1, series + theirs.len());
    }
    println!("  {asked} of the expressions asked of both at one moment: {series} series, the same");
}

fn point(series: &Json) -> (Labels, f64) {
    let labels = series["metric"].as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
    (Labels::new(labels), series["value"][1].as_str().unwrap().parse().unwrap())
}
