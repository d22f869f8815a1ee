//! Ten thousand alerts through a tree of a hundred routes, in a hundred groups, to a webhook on loopback.

use std::{
    fs,
    path::Path,
    process,
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use quarterdeck_model::{Clock, clock::SystemClock};
use quarterdeck_monitor::{
    alert::Alert,
    labels::Labels,
    notify::{
        channel::{Delivery, Means},
        config,
        dispatch::{Dispatcher, NothingHeld},
    },
    template::message::Templates,
};
use quarterdeck_testkit::Scratch;

use crate::{alertmanager, loopback, processor};

const ALERTS: usize = 10_000;
const GROUPS: usize = 100;
const ROUNDS: usize = 3;

/// Before a new group is told, in seconds.
const WAIT: u64 = 3;

pub fn run() {
    let Some(peer) = alertmanager::unpacked() else {
        return println!("  skipped: there is no Alertmanager, and no apt-get that brings one");
    };
    let scratch = Scratch::new();
    let told = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&told);
    let port = loopback::serve(move |_, body| {
        counted.fetch_add(body.windows(13).filter(|it| it == b"\"fingerprint\"").count(), Ordering::SeqCst);
        String::new()
    });
    let file = scratch.file("notify.yml");
    fs::write(&file, configuration(port)).unwrap();
    let theirs = theirs(&peer, &scratch, &file, &told);
    let ours = ours(&file, &told);
    println!("  10,000 alerts, 100 routes, 100 groups, one webhook; medians of {ROUNDS} rounds, group_wait taken off");
    println!("  {:<52} {:>9} {:>15}", "", "seconds", "processor time");
    let line = |what: &str, (took, cpu): (f64, f64)| println!("  {what:<52} {took:>9.2} {cpu:>15.2}");
    line("alertmanager: posted by 64, until all were told", theirs);
    line("quarterdeck: the same, the webhook's side included", ours);
    println!("  {:<52} {:>9.2} {:>15.2} ×", "ratio", ours.0 / theirs.0, ours.1 / theirs.1);
}

fn configuration(port: u16) -> String {
    let mut text = format!(
        "route:\n  receiver: webhook\n  group_by: [round, group]\n  group_wait: {WAIT}s\n  group_interval: 5m\n  repeat_interval: 4h\n  routes:\n"
    );
    for group in 0..GROUPS {
        text += &format!("    - {{matchers: ['group=\"group-{group}\"', 'severity=~\"warning|critical\"'], receiver: webhook}}\n");
    }
    text += &format!("receivers:\n  - name: webhook\n    webhook_configs: [{{url: 'http://127.0.0.1:{port}/'}}]\n");
    text
}

fn labels(round: usize, number: usize) -> [(&'static str, String); 6] {
    [
        ("alertname", format!("Alert{}", number % 50)),
        ("group", format!("group-{}", number * GROUPS / ALERTS)),
        ("instance", format!("10.0.0.{number}:9100")),
        ("round", round.to_string()),
        ("severity", "warning".to_owned()),
        ("zone", format!("zone-{}", number % 5)),
    ]
}

const SUMMARY: &str = "One of twenty requests takes longer than 500 ms";

/// Seconds until all were told, and seconds of its processor time.
fn theirs(peer: &Path, scratch: &Scratch, file: &Path, told: &AtomicUsize) -> (f64, f64) {
    let server = alertmanager::Server::start(peer, &scratch.file("alertmanager"), file);
    let mut sender = loopback::Sender::to(server.port).unwrap();
    let rounds = (0..ROUNDS).map(|round| {
        let bodies: Vec<String> = (0..ALERTS).collect::<Vec<_>>().chunks(64).map(|numbers| body(round, numbers)).collect();
        told.store(0, Ordering::SeqCst);
        let (began, used) = (Instant::now(), processor(server.pid()));
        bodies.iter().for_each(|body| sender.post("/api/v2/alerts", body));
        while told.load(Ordering::SeqCst) < ALERTS {
            assert!(began.elapsed() < Duration::from_secs(120), "only {} were told", told.load(Ordering::SeqCst));
            thread::sleep(Duration::from_millis(2));
        }
        (began.elapsed().as_secs_f64() - WAIT as f64, processor(server.pid()) - used)
    });
    median(rounds.collect())
}

fn body(round: usize, numbers: &[usize]) -> String {
    let alerts: Vec<serde_json::Value> = numbers
        .iter()
        .map(|number| {
            let labels: serde_json::Map<String, serde_json::Value> =
                labels(round, *number).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            serde_json::json!({ "labels": labels, "annotations": { "summary": SUMMARY } })
        })
        .collect();
    serde_json::Value::Array(alerts).to_string()
}

fn ours(file: &Path, told: &AtomicUsize) -> (f64, f64) {
    let (config, findings) = config::read(file, &fs::read_to_string(file).unwrap());
    assert!(findings.is_empty(), "{findings:?}");
    let config = Arc::new(config.unwrap());
    let mut dispatcher = Dispatcher::new(Arc::clone(&config), Vec::new());
    let templates = Templates::new(Vec::new()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let rounds = (0..ROUNDS).map(|round| {
        let alerts: Vec<Alert> = (0..ALERTS).map(|number| alert(round, number)).collect();
        told.store(0, Ordering::SeqCst);
        let (began, used) = (Instant::now(), processor(process::id()));
        let now = SystemClock.now().timestamp_millis();
        // As they come from a group of rules: by the hundred.
        alerts.chunks(100).for_each(|some| dispatcher.take(now, some));
        let later = now + i64::try_from(WAIT).unwrap() * 1_000;
        for message in dispatcher.flush(later, &NothingHeld) {
            let channel = &config.receiver(&message.receiver).unwrap().channels[message.channel];
            let means = Means { external_url: "", now: later, chart: None, desktop: None };
            let delivery = runtime.block_on(channel.send(&message, &templates, &means));
            assert!(matches!(delivery, Delivery::Sent { .. }), "{delivery:?}");
            dispatcher.told(&message, later);
        }
        assert_eq!(told.load(Ordering::SeqCst), ALERTS);
        (began.elapsed().as_secs_f64(), processor(process::id()) - used)
    });
    median(rounds.collect())
}

fn alert(round: usize, number: usize) -> Alert {
    Alert {
        id: format!("{:016x}", round * ALERTS + number),
        labels: Labels::new(labels(round, number)),
        annotations: Labels::new([("summary", SUMMARY)]),
        starts: SystemClock.now().timestamp_millis(),
        ends: None,
        value: 0.6,
        expression: "request_seconds:p95_5m > 0.5".to_owned(),
    }
}

fn median(mut rounds: Vec<(f64, f64)>) -> (f64, f64) {
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    rounds[rounds.len() / 2]
}
