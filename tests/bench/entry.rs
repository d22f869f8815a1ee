//! A restore into the live file after one row in a hundred changed: what is written, and how long the lock is held.

use std::{
    fs::File,
    io::Read,
    path::Path,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, backup::Backup};

use crate::{
    ground::{large, line},
    support::bench::ask,
};

pub fn run() {
    let (bench, path) = large(1000);
    bench.line("backup shop").done();
    let image = bench.file("image.db");
    std::fs::copy(&path, &image).unwrap();
    change(&path);
    let differing = differing_pages(&image, &path);
    let report = bench.line("restore shop latest --in-place --confirm shop --json").done().json();
    let held = Duration::from_millis(report["lock_held"].as_u64().unwrap());
    let written = report["pages_written"].as_u64().unwrap();
    println!("  {written} pages written, {differing} of {} differ: {:.3} ×", report["pages"], written as f64 / differing as f64);
    line("quarterdeck, lock held, catching up included", held, None);
    change(&path);
    let peer = with_backup_api(&image, &path, &bench.file("safety.db"));
    line("the same by SQLite's Backup API with a safety copy, lock held", peer, None);
    line("quarterdeck", held, Some(("the Backup API", peer)));
    change(&path);
    let (held, commits) = under_a_writer(&path, || {
        let report = bench.line("restore shop latest --in-place --confirm shop --json").done().json();
        Duration::from_millis(report["lock_held"].as_u64().unwrap())
    });
    line("quarterdeck, lock held, while somebody commits", held, Some(("the Backup API on a still database", peer)));
    println!("  {commits} commits of it were acknowledged meanwhile");
}

/// Does the work while another connection commits one changed row after the other. Returns what the work returned, and the commits.
fn under_a_writer<T>(path: &Path, work: impl FnOnce() -> T) -> (T, u64) {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let connection = Connection::open(path).unwrap();
            connection.busy_timeout(Duration::from_secs(60)).unwrap();
            let mut commits = 0;
            while !done.load(Relaxed) {
                connection.execute("UPDATE orders SET cents = cents + 1 WHERE id = 1 + abs(random()) % 1000000", []).unwrap();
                commits += 1;
            }
            commits
        });
        let result = work();
        done.store(true, Relaxed);
        (result, writer.join().unwrap())
    })
}

/// One row in a hundred, all over the table; then everything is in the file.
fn change(path: &Path) {
    ask(path, "UPDATE orders SET cents = cents + 1 WHERE id % 100 = 0; PRAGMA wal_checkpoint(TRUNCATE);");
}

/// Pages of 4,096 bytes that differ, the first left out: its counters always do.
fn differing_pages(a: &Path, b: &Path) -> u64 {
    let (mut a, mut b) = (File::open(a).unwrap(), File::open(b).unwrap());
    let (mut left, mut right) = ([0; 4096], [0; 4096]);
    let mut differing = 0;
    while a.read_exact(&mut left).is_ok() && b.read_exact(&mut right).is_ok() {
        differing += u64::from(left != right);
    }
    differing
}

/// Locks the live file, copies it to `safety`, writes the image over it. Returns how long writers had to wait.
fn with_backup_api(image: &Path, live: &Path, safety: &Path) -> Duration {
    let (from, mut to) = (Connection::open(image).unwrap(), Connection::open(live).unwrap());
    let beside = Connection::open(live).unwrap();
    let mut copy = Connection::open(safety).unwrap();
    let entry = Backup::new(&from, &mut to).unwrap();
    let since = Instant::now();
    entry.step(0).unwrap();
    Backup::new(&beside, &mut copy).unwrap().step(-1).unwrap();
    File::open(safety).unwrap().sync_all().unwrap();
    entry.step(-1).unwrap();
    drop(entry);
    since.elapsed()
}
