//! The agent at rest: ten systems whose applications write a little, measured every 15 s. How much of a processor and of the memory that takes.
//! `REST=600` sets the seconds (120).

use std::{
    fs,
    time::{Duration, Instant},
};

use quarterdeck_testkit::Peer;

use crate::{
    ground::setting,
    support::{Bench, agent::Agent},
};

const SYSTEMS: usize = 10;

/// What is not rest: the start, and the first count of all tables.
const SETTLE: Duration = Duration::from_secs(35);

/// Ticks a second of the kernel's own accounts (`USER_HZ`).
const HERTZ: f64 = 100.0;

pub fn run() {
    let bench = Bench::new();
    let mut peers: Vec<Peer> = (0..SYSTEMS).map(|i| system(&bench, &format!("system-{i}"))).collect();
    let agent = Agent::start(&bench, "agent", &[]);
    agent.says("Health is measured here from now on.");
    write_for(&mut peers, SETTLE);
    let (before, since) = (ticks(agent.pid()), Instant::now());
    write_for(&mut peers, Duration::from_secs(setting("REST", 120)));
    let share = (ticks(agent.pid()) - before) / HERTZ / since.elapsed().as_secs_f64() * 100.0;
    let (pss, private) = (memory(agent.pid(), "Pss:"), memory(agent.pid(), "Pss_Anon:"));
    println!(
        "  {SYSTEMS} systems every 15 s, {:.0} s: {share:.2} % of a core, {pss:.1} MB PSS ({private:.1} MB of it its own)",
        since.elapsed().as_secs_f64()
    );
    let series = fs::read_dir(bench.home().join("series")).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>();
    println!("  the store of series: {:.1} MB with its log", series as f64 / 1e6);
}

/// A system with a database in use, a log and a file.
fn system(bench: &Bench, name: &str) -> Peer {
    let folder = bench.with_definition(name, &["main"]);
    let definition = folder.join("quarterdeck.yaml");
    let collect = "collect:\n  logs: [{name: app, path: app.log, rules: [{name: errors, match: '^ERROR'}]}]\n  files: [{name: export, path: main.db}]\n";
    fs::write(&definition, fs::read_to_string(&definition).unwrap() + collect).unwrap();
    fs::write(folder.join("app.log"), "INFO begun\n").unwrap();
    bench.run(["add".as_ref(), folder.as_os_str()]).done();
    let mut peer = Peer::open(&folder.join("main.db"));
    peer.run("SELECT count(*) FROM orders;");
    peer
}

/// Each application commits every other second.
fn write_for(peers: &mut [Peer], time: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        for peer in &mut *peers {
            peer.run("UPDATE orders SET cents = cents + 1 WHERE id = 1;");
        }
        std::thread::sleep(Duration::from_secs(2));
    }
}

/// Time on a processor, in ticks.
fn ticks(pid: i32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name of the program, in brackets, may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()
}

/// A line of `smaps_rollup`, in megabytes.
fn memory(pid: i32, name: &str) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let line = rollup.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1_024.0 / 1e6
}
