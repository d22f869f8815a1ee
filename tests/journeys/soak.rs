//! The long matrix: killed at random moments, by a seed that is printed; afterwards every snapshot that is listed restores to exactly what
//! the database held at some moment. `make soak`; `KILLS` and `SEED` set other numbers.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use quarterdeck_model::Digest;

use crate::support::{Bench, bench::ask};

/// Kills in all.
const KILLS: u64 = 200;

/// After so many kills everything that is listed is restored.
const LOOK_EVERY: u64 = 20;

/// What is killed. A backup also merges deltas where there are many.
const LINES: [&str; 6] =
    ["backup shop", "backup shop", "restore shop latest --in-place --confirm shop", "drill shop", "forget shop", "prune shop"];

#[test]
#[ignore = "soak: about three minutes"]
#[expect(clippy::print_stdout, reason = "the table is what a soak is for")]
fn whatever_is_killed_at_random_leaves_every_listed_snapshot_whole() {
    let seed = setting("SEED", 20_261_122);
    let mut random = Random(seed);
    let (bench, path) = Bench::with_shop(5_000);
    bench.line("keep shop --last 12").done();
    let mut known = BTreeSet::from([content(&path)]);
    let usual = usual_times(&bench);
    let mut table = BTreeMap::<&str, [u64; 2]>::new();
    for turn in 1..=setting("KILLS", KILLS) {
        change(&path, &mut random);
        known.insert(content(&path));
        let line = LINES[random.below(LINES.len() as u64) as usize];
        let moment = Duration::from_millis(random.below(usual[line].as_millis() as u64 + 20));
        let when = format!("seed {seed}, turn {turn}: {line}, killed after {moment:?}");
        let ended = kill_after(&bench, line, moment);
        table.entry(line).or_default()[usize::from(ended)] += 1;
        assert_eq!(ask(&path, "PRAGMA integrity_check"), "ok", "{when}");
        assert!(known.contains(&content(&path)), "{when}: neither before nor after");
        if turn % LOOK_EVERY == 0 {
            look(&bench, &known, &when);
        }
    }
    println!("seed {seed}\n| what | killed under way | had ended |\n| --- | --- | --- |");
    for (line, [under_way, ended]) in table {
        println!("| {line} | {under_way} | {ended} |");
    }
}

/// Every snapshot that is listed comes back as something that was there; restic and the audit trail find nothing wrong.
fn look(bench: &Bench, known: &BTreeSet<String>, when: &str) {
    let list = bench.line("snapshots shop --json").done().json();
    for snapshot in list["snapshots"].as_array().unwrap() {
        let (id, to) = (snapshot["id"].as_str().unwrap(), bench.file("looked-at.db"));
        bench.line(&format!("restore shop {id} --to {}", to.display())).done();
        assert!(known.contains(&content(&to)), "{when}: snapshot {id} is nothing that was ever there");
        std::fs::remove_file(&to).unwrap();
    }
    bench.line("audit verify").done();
    let check = bench.restic("shop").args(["check", "--read-data"]).output().unwrap();
    assert!(check.status.success(), "{when}: {}", String::from_utf8_lossy(&check.stderr));
}

/// Starts the line and ends it with SIGKILL after a while. True where it had ended by itself.
fn kill_after(bench: &Bench, line: &str, moment: Duration) -> bool {
    let mut process = bench.start(line);
    let since = Instant::now();
    while since.elapsed() < moment {
        if process.0.try_wait().unwrap().is_some() {
            return true;
        }
        thread::sleep(Duration::from_millis(1)); // the moment is what is drawn at random
    }
    process.0.kill().unwrap();
    process.0.wait().unwrap();
    false
}

/// How long each line takes when it is left alone.
fn usual_times(bench: &Bench) -> BTreeMap<&'static str, Duration> {
    let time = |line: &'static str| {
        let since = Instant::now();
        bench.line(line).done();
        (line, since.elapsed())
    };
    LINES.into_iter().map(time).collect()
}

fn change(path: &Path, random: &mut Random) {
    let from = random.below(5_000);
    match random.below(12) {
        0 => ask(path, "VACUUM;"),
        1 => ask(path, &format!("DELETE FROM orders WHERE id BETWEEN {from} AND {from} + 20;")),
        _ => ask(path, &format!("UPDATE orders SET cents = cents + 1 WHERE id BETWEEN {from} AND {from} + 50;")),
    };
}

/// What the tables hold, as one digest.
fn content(path: &Path) -> String {
    let dump = Command::new("sqlite3").arg(path).arg(".dump").output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    Digest::of(&dump.stdout).0
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Marsaglia's xorshift64 (Journal of Statistical Software 8(14), 2003): the same numbers for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
