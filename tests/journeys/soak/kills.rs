//! The long matrix: killed at random moments, by a seed that is printed; afterwards every snapshot that is listed restores to exactly what
//! the database held at some moment. `KILLS` and `SEED` set other numbers.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{
    Random, content,
    lines::{LINES, Line},
    setting,
};
use crate::support::{Bench, bench::ask};

/// Kills in all.
const KILLS: u64 = 200;

/// After so many kills everything that is listed is restored.
const LOOK_EVERY: u64 = 20;

#[test]
#[ignore = "soak: about ten minutes"]
#[expect(clippy::print_stdout, reason = "the table is what a soak is for")]
fn whatever_is_killed_at_random_leaves_every_listed_snapshot_whole() {
    let seed = setting("SEED", 20_261_122);
    let mut random = Random(seed);
    let (bench, path) = Bench::with_shop(5_000);
    bench.line("keep shop --last 12").done();
    let mut known = BTreeSet::from([content(&path)]);
    let usual = usual_times(&bench, &path, &mut known);
    let mut table = BTreeMap::<&str, [u64; 2]>::new();
    for turn in 1..=setting("KILLS", KILLS) {
        change(&path, &mut random);
        known.insert(content(&path));
        let line = &LINES[random.below(LINES.len() as u64) as usize];
        line.prepare(&bench, &path, &mut random, &mut known);
        let moment = Duration::from_millis(random.below(usual[line.what].as_millis() as u64 + 20));
        let when = format!("seed {seed}, turn {turn}: {}, killed after {moment:?}", line.what);
        let ended = kill_after(&bench, line.what, moment);
        table.entry(line.what).or_default()[usize::from(ended)] += 1;
        assert_eq!(ask(&path, "PRAGMA integrity_check"), "ok", "{when}");
        assert!(known.contains(&content(&path)), "{when}: neither before nor after");
        line.settle(&bench, &known, &when);
        if turn % LOOK_EVERY == 0 {
            look(&bench, &known, &when);
        }
    }
    println!("seed {seed}\n| what | killed under way | had ended |\n| --- | --- | --- |");
    for (what, [under_way, ended]) in table {
        println!("| {what} | {under_way} | {ended} |");
    }
}

/// Every snapshot that is listed comes back as something that was there; restic and the audit trail find nothing wrong.
fn look(bench: &Bench, known: &BTreeSet<String>, when: &str) {
    assert_eq!(restored(bench, known, 1, when), 0, "{when}: a snapshot is marked as damaged");
    bench.line("audit verify").done();
    let check = bench.restic("shop").args(["check", "--read-data"]).output().unwrap();
    assert!(check.status.success(), "{when}: {}", String::from_utf8_lossy(&check.stderr));
}

/// Restores listed snapshots that are not marked as damaged, one of so many, the newest first, each to something that was there. Says how
/// many are marked.
pub(super) fn restored(bench: &Bench, known: &BTreeSet<String>, one_of: usize, when: &str) -> usize {
    let list = bench.line("snapshots shop --json").done().json();
    let (damaged, sound): (Vec<_>, Vec<_>) =
        list["snapshots"].as_array().unwrap().iter().partition(|snapshot| snapshot["affected"].is_object());
    for snapshot in sound.into_iter().step_by(one_of) {
        let (id, to) = (snapshot["id"].as_str().unwrap(), bench.file("looked-at.db"));
        bench.line(&format!("restore shop {id} --to {}", to.display())).done();
        assert!(known.contains(&content(&to)), "{when}: snapshot {id} is nothing that was ever there");
        std::fs::remove_file(&to).unwrap();
    }
    damaged.len()
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
fn usual_times(bench: &Bench, path: &Path, known: &mut BTreeSet<String>) -> BTreeMap<&'static str, Duration> {
    let time = |line: &Line| {
        line.prepare(bench, path, &mut Random(1), known);
        let since = Instant::now();
        let ran = bench.line(line.what);
        assert!(ran.code == Some(0) || line.what == "repair shop", "{ran:?}");
        let took = since.elapsed();
        line.settle(bench, known, line.what);
        (line.what, took)
    };
    LINES.iter().map(time).collect()
}

fn change(path: &Path, random: &mut Random) {
    let from = random.below(5_000);
    match random.below(12) {
        0 => ask(path, "VACUUM;"),
        1 => ask(path, &format!("DELETE FROM orders WHERE id BETWEEN {from} AND {from} + 20;")),
        _ => ask(path, &format!("UPDATE orders SET cents = cents + 1 WHERE id BETWEEN {from} AND {from} + 50;")),
    };
}
