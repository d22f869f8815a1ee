//! Seven days at five minutes: what 2,000 snapshots in one repository cost, each step as a process of its own. `SNAPSHOTS=200` makes fewer.

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use quarterdeck_engine::{Engine, Home};
use quarterdeck_model::{Clock, Face, SystemClock};
use quarterdeck_testkit::{FixedClock, Peer};
use serde_json::{Value, json};

use crate::{ground::setting, support::Bench};

const EVERY: Duration = Duration::from_secs(300);
const DAY: u64 = 288;

pub fn run() {
    let count = setting("SNAPSHOTS", 2000);
    let (bench, path) = Bench::with_shop(200);
    fill(&bench, &path, count);
    let to = bench.file("restored.db");
    let to = to.to_str().unwrap();
    let ids = bench.line("snapshots shop --json").done().json();
    let oldest = ids["snapshots"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    println!("  {:<58} {:>8}   {:>8}", "each with the start of its process and its key", "time", "memory");
    step("open, and list every snapshot", &mut bench.command(["snapshots", "shop"]));
    step("restic snapshots", bench.restic("shop").arg("snapshots"));
    step("one more snapshot, proved", &mut bench.command(["backup", "shop"]));
    step("restore of the oldest", &mut bench.command(["restore", "shop", &oldest, "--to", to]));
    step("preview of rules", &mut bench.command(["keep", "shop", "--hourly", "24", "--daily", "7", "--dry-run"]));
    bench.line("keep shop --hourly 24 --daily 7").done();
    step("preview with the room that it frees", &mut bench.command(["forget", "shop", "--dry-run"]));
    step("forget", &mut bench.command(["forget", "shop"]));
    step("prune", &mut bench.command(["prune", "shop"]));
    step("open and list what stays", &mut bench.command(["snapshots", "shop"]));
    let mut check = bench.restic("shop");
    assert!(check.args(["check", "--read-data"]).stdout(Stdio::null()).status().unwrap().success(), "restic finds fault");
}

/// Takes the snapshots in one process, whose clock stands a week back; pruned once a day, as an agent would.
fn fill(bench: &Bench, path: &std::path::Path, count: u64) {
    let start = SystemClock.now() - EVERY * u32::try_from(count).unwrap() - Duration::from_secs(3600);
    let clock = Arc::new(FixedClock::at(&start.to_rfc3339()));
    let engine = Engine::open(Home::find(Some(&bench.home())).unwrap(), clock.clone()).unwrap();
    let mut peer = Peer::open(path);
    let (since, mut slowest) = (Instant::now(), Duration::ZERO);
    for i in 0..count {
        peer.run(&format!("UPDATE orders SET cents = {i} WHERE id = {};", i % 200 + 1));
        clock.advance(EVERY);
        let one = Instant::now();
        job(&engine, "backup_system");
        slowest = slowest.max(one.elapsed());
        if i % DAY == DAY - 1 {
            job(&engine, "prune_repository");
        }
    }
    peer.quit();
    let mean = since.elapsed() / u32::try_from(count).unwrap();
    println!("  {count} snapshots: {:.0} ms each, the slowest {:.0} ms", mean.as_secs_f64() * 1e3, slowest.as_secs_f64() * 1e3);
}

fn job(engine: &Arc<Engine>, operation: &str) {
    let ticket = engine.call(Face::Cli, operation, json!({ "system": "shop" }), None).unwrap();
    loop {
        let job = engine.call(Face::Cli, "get_job", json!({ "job": ticket["job"] }), None).unwrap();
        if job["finished_at"].is_string() {
            assert_eq!(job["fault"], Value::Null, "{operation}");
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs one step and prints how long it took and how much memory it had at its height.
fn step(what: &str, command: &mut Command) {
    let since = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut height = 0;
    let status = loop {
        height = height_of(child.id()).unwrap_or(height);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.success(), "{what}: {status}");
    println!("  {what:<58} {:>7.2} s   {:>5} MiB", since.elapsed().as_secs_f64(), height / 1024);
}

/// `VmHWM` of a process, in KiB; none once it has ended.
fn height_of(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok())
}
