//! What an application notices of backups: the time of its commits, in alternating pairs with and without them.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use crate::{
    ground::{large, setting},
    support::{Bench, Owned},
};

/// Set for the process that writes; its value is the database.
pub const WRITER: &str = "QUARTERDECK_BENCH_WRITER";

const PAIRS: usize = 5;

pub fn run() {
    let (bench, path) = large(250);
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for pair in 1..=PAIRS {
        without.push(commits(&bench, &path, false));
        with.push(commits(&bench, &path, true));
        println!("  pair {pair}: p99.9 of a commit {:>8.2} ms without, {:>8.2} ms with backups", ms(without[pair - 1]), ms(with[pair - 1]));
    }
    let (without, with) = (super::ground::median(without), super::ground::median(with));
    let allowed = (without.mul_f64(1.2)).max(without + Duration::from_millis(5));
    println!("  median {:.2} ms without, {:.2} ms with; the larger of 1.2 × and + 5 ms is {:.2} ms", ms(without), ms(with), ms(allowed));
}

/// The p99.9 of the commits of a writer, during which backups are taken one after the other or not.
fn commits(bench: &Bench, path: &Path, backups: bool) -> Duration {
    let seconds = setting("SECONDS", 60);
    let writer = Command::new(std::env::current_exe().unwrap())
        .env(WRITER, path)
        .env("SECONDS", seconds.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut writer = Owned(writer);
    let until = Instant::now() + Duration::from_secs(seconds.saturating_sub(2));
    while backups && Instant::now() < until {
        bench.line("backup shop").done();
    }
    let out = crate::support::bench::rest(writer.0.stdout.take().unwrap());
    Duration::from_micros(out.trim().parse().unwrap())
}

/// Commits small transactions for `SECONDS` and prints the p99.9 in microseconds.
pub fn write(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(Duration::from_secs(30)).unwrap();
    connection.pragma_update(None, "synchronous", "NORMAL").unwrap();
    let rows: u32 = connection.query_row("SELECT max(id) FROM orders", [], |row| row.get(0)).unwrap();
    let until = Instant::now() + Duration::from_secs(setting("SECONDS", 60));
    let mut times = Vec::new();
    for number in 0_u64.. {
        if Instant::now() >= until {
            break;
        }
        let since = Instant::now();
        let order = number.wrapping_mul(7919) % u64::from(rows) + 1;
        connection
            .execute_batch(&format!(
                "BEGIN IMMEDIATE; UPDATE orders SET cents = cents + 1 WHERE id = {order}; INSERT INTO tx(at) VALUES('now'); COMMIT;"
            ))
            .unwrap();
        times.push(since.elapsed());
        std::thread::sleep(Duration::from_millis(1)); // an application that does something else as well
    }
    times.sort();
    println!("{}", times[times.len() * 999 / 1000].as_micros());
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
