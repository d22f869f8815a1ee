//! A full snapshot of a still database, against restic with its staged copy, and against the shell's own way.

use std::{process::Command, time::Duration};

use crate::{
    ground::{large, line, median, time, time_shell},
    support::Bench,
};

const ROUNDS: usize = 3;

pub fn run() {
    let (bench, path) = large(1000);
    let (mut ours, mut apart, mut restic, mut shell) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let fresh = Bench::new();
        fresh.line(&format!("add {}", path.display())).done();
        let took = time(&mut fresh.command(["backup", "shop"]));
        let proof = proving(&fresh);
        ours.push(took - proof);
        apart.push(proof);
        let repository = bench.file(format!("restic-{round}"));
        time(restic_on(&repository).arg("init"));
        let staged = bench.file("staged.db");
        let copied = time_shell("sqlite3 \"$1\" \".backup '$2'\"", &[&path, &staged]);
        restic.push(copied + time(restic_on(&repository).arg("backup").arg(&staged)));
        let out = bench.file("staged.zst");
        shell.push(time_shell(
            "sqlite3 \"$1\" \".backup '$2'\"; zstd -q -f -3 \"$2\" -o \"$3\"; sha256sum \"$3\"; sync \"$3\"",
            &[&path, &staged, &out],
        ));
    }
    let (ours, restic, shell) = (median(ours), median(restic), median(shell));
    line("quarterdeck backup, its check of the tree and image hash included", ours, None);
    line("  reading it back and proving it, apart", median(apart), None);
    line("sqlite3 .backup, then restic backup", restic, None);
    line("sqlite3 .backup, zstd, sha256sum", shell, None);
    line("quarterdeck backup", ours, Some(("restic", restic)));
    line("quarterdeck backup", ours, Some(("the shell's way", shell)));
}

/// The phases behind those that take the snapshot and check its tree: they read it again and prove it.
const PROVING: [&str; 2] = ["Read all data", "Check the data"];

/// How long the proving phases took.
fn proving(bench: &Bench) -> Duration {
    let jobs = bench.line("jobs --json").done().json();
    let phases = jobs[0]["phases"].as_array().unwrap().clone();
    let time = |phase: &serde_json::Value, field: &str| super::restore::moment(phase[field].as_str().unwrap());
    let proving: Vec<&serde_json::Value> = phases.iter().filter(|phase| PROVING.contains(&phase["name"].as_str().unwrap())).collect();
    assert_eq!(proving.len(), PROVING.len(), "the phases have other names now");
    proving.into_iter().map(|phase| time(phase, "finished_at") - time(phase, "started_at")).sum()
}

/// restic on a repository of its own.
pub fn restic_on(repository: &std::path::Path) -> Command {
    let mut restic = Command::new("restic");
    restic.args(["--no-cache", "--quiet", "-r"]).arg(repository).env("RESTIC_PASSWORD", "bench");
    restic
}
