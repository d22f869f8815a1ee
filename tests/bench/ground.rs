//! What the parts stand on: a large database, a stop watch, a line of a report.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use crate::support::Bench;

/// A number that the caller of `make bench` may set.
pub fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// A bench with a still database of about `MEGABYTES` in WAL mode, added as the system `shop`.
pub fn large(otherwise: u64) -> (Bench, PathBuf) {
    let bench = Bench::new();
    let path = bench.file("shop.db");
    let megabytes = setting("MEGABYTES", otherwise);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
             CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, cents INTEGER NOT NULL, note TEXT NOT NULL);
             CREATE INDEX orders_by_customer ON orders(customer);
             CREATE TABLE tx(number INTEGER PRIMARY KEY, at TEXT);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO orders SELECT i, abs(random()) % 100000, abs(random()) % 10000,
                 'Order ' || i || ' ' || hex(randomblob(40)) || ' to be left at the door' FROM n;
             PRAGMA wal_checkpoint(TRUNCATE);",
            rows = megabytes * 6000
        ))
        .unwrap();
    connection.close().unwrap();
    bench.line(&format!("add {}", path.display())).done();
    println!("  a database of {} MB", std::fs::metadata(&path).unwrap().len() / 1_000_000);
    (bench, path)
}

/// How long a command takes, which must do what it is told.
pub fn time(command: &mut Command) -> Duration {
    let asked = format!("{command:?}");
    let since = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap_or_else(|error| panic!("{asked}: {error}"));
    assert!(status.success(), "{asked}: {status}");
    since.elapsed()
}

/// How long a line of the shell takes; `$1`, `$2`, … are the given paths.
pub fn time_shell(script: &str, paths: &[&Path]) -> Duration {
    time(Command::new("sh").args(["-ec", script, "sh"]).args(paths))
}

/// The middle of some durations.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// One line: what, how long, and its share of something else.
pub fn line(what: &str, took: Duration, of: Option<(&str, Duration)>) {
    let share = of.map(|(other, base)| format!("   {:.2} × {other}", took.as_secs_f64() / base.as_secs_f64())).unwrap_or_default();
    println!("  {what:<58} {:>8.2} s{share}", took.as_secs_f64());
}
