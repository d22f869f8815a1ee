//! The store of series and queries over it beside a real Prometheus, on the same data in one run (docs/performance.md).
//!
//! A part of `make bench`; `make bench ONLY="series query"` runs nothing else. The Prometheus is Debian's, unpacked into `target/peers` and
//! not installed. `HOURS=2` sets how much there is (24); `KEEP=folder` keeps it and takes it from there the next time. Nothing here fails because it was slow; it does fail where the answers differ.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people, and what cannot be set up ends it")]

#[path = "metrics/history.rs"]
mod history;
#[path = "metrics/prometheus.rs"]
mod prometheus;
#[path = "metrics/query.rs"]
mod query;
#[path = "metrics/series.rs"]
mod series;

fn main() {
    let only = std::env::var("ONLY").unwrap_or_default();
    let wanted = |name: &str| only.is_empty() || only.split_whitespace().any(|word| word == name);
    if !wanted("series") && !wanted("query") {
        return;
    }
    println!("\nseries");
    let Some(peer) = prometheus::unpacked() else {
        return println!("  skipped: there is no Prometheus, and no apt-get that brings one");
    };
    let both = series::run(&peer);
    if wanted("query") {
        println!("\nquery");
        query::run(&peer, &both);
    }
}
