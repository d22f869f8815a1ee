//! Measures beside the programs that people would use instead, side by side in one run, and prints ratios (docs/performance.md).
//!
//! `make bench` runs everything; `make bench ONLY="snapshot entry"` some parts of it. `MEGABYTES=200` sets the size of the database
//! (1000), `SECONDS=10` the length of each run of `latency` (60), `REST=600` that of `rest` (120). Nothing here fails because it was slow.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people, and what cannot be set up ends it")]

#[path = "bench/delta.rs"]
mod delta;
#[path = "bench/entry.rs"]
mod entry;
#[path = "bench/ground.rs"]
mod ground;
#[path = "bench/latency.rs"]
mod latency;
#[path = "bench/many.rs"]
mod many;
#[path = "bench/migrate.rs"]
mod migrate;
#[path = "bench/rest.rs"]
mod rest;
#[path = "bench/restore.rs"]
mod restore;
#[path = "bench/snapshot.rs"]
mod snapshot;
mod support;
#[path = "bench/window.rs"]
mod window;

/// A part, by the name that `ONLY` takes.
type Part = (&'static str, fn());

const PARTS: &[Part] = &[
    ("snapshot", snapshot::run),
    ("delta", delta::run),
    ("restore", restore::run),
    ("entry", entry::run),
    ("many", many::run),
    ("migrate", migrate::run),
    ("rest", rest::run),
    ("latency", latency::run),
    ("window", window::run),
];

fn main() {
    // The part `latency` starts this program again, as the application that owns the database.
    if let Some(path) = std::env::var_os(latency::WRITER) {
        return latency::write(path.as_ref());
    }
    let only = std::env::var("ONLY").unwrap_or_default();
    let wanted = |name: &str| only.is_empty() || only.split_whitespace().any(|word| word == name);
    for (name, run) in PARTS.iter().filter(|(name, _)| wanted(name)) {
        println!("\n{name}");
        run();
    }
}
