//! Rules, routes and the way from a breach to a message, beside a real Prometheus and a real Alertmanager in one run (docs/performance.md).
//!
//! A part of `make bench`; `make bench ONLY="rules routing delivery"` runs nothing else. Both are Debian's, unpacked into `target/peers` and
//! not installed; `PROMETHEUS` and `ALERTMANAGER` name a folder and a program that are there already. Nothing here fails because it was slow;
//! it does fail where the answers differ.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people, and what cannot be set up ends it")]

#[path = "alerts/alertmanager.rs"]
mod alertmanager;
#[path = "alerts/delivery.rs"]
mod delivery;
#[path = "alerts/load.rs"]
mod load;
#[path = "alerts/loopback.rs"]
mod loopback;
#[allow(dead_code, reason = "the other bench imports blocks with it")]
#[path = "metrics/prometheus.rs"]
mod prometheus;
#[path = "alerts/routing.rs"]
mod routing;
#[path = "alerts/rules.rs"]
mod rules;

fn main() {
    let only = std::env::var("ONLY").unwrap_or_default();
    let wanted = |name: &str| only.is_empty() || only.split_whitespace().any(|word| word == name);
    for (name, run) in [("rules", rules::run as fn()), ("routing", routing::run), ("delivery", delivery::run)] {
        if wanted(name) {
            println!("\n{name}");
            run();
        }
    }
}

/// Seconds of processor time that a process has taken, in itself and in the kernel (proc(5), fields 14 and 15, in hundredths).
fn processor(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}
