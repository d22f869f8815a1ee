//! Keeping, forgetting, pinning and pruning, as people type it.

use std::{fs, process::Stdio};

use serde_json::{Value, json};

use crate::support::{
    Bench, Owned, PATIENCE,
    agent::Agent,
    bench::{Ran, ask, rest},
    until,
};

fn with_snapshots(count: u32) -> Bench {
    let (bench, path) = Bench::with_shop(50);
    for i in 0..count {
        ask(&path, &format!("UPDATE orders SET cents = {i} WHERE id = 1;"));
        bench.line("backup shop").done();
    }
    bench
}

fn ids(bench: &Bench) -> Vec<String> {
    let list = bench.line("snapshots shop --json").done().json();
    list["snapshots"].as_array().unwrap().iter().map(|snapshot| snapshot["id"].as_str().unwrap()[..8].to_owned()).collect()
}

#[test]
fn rules_are_shown_tried_set_and_applied() {
    let bench = with_snapshots(3);
    assert!(bench.line("keep shop").done().out.contains("No rule says which snapshots of shop to keep"));
    let tried = bench.line("keep shop --last 1 --dry-run").done();
    assert!(tried.out.contains("2 of 3 snapshots of shop would be forgotten.") && tried.out.contains("no rule keeps it"), "{}", tried.out);
    assert!(bench.line("keep shop").done().out.contains("No rule"), "trying sets nothing");
    bench.line("keep shop --last 0").code(2);
    bench.run(["keep", "shop", "--within", "soon"]).code(2);
    assert!(bench.line("keep shop --last 1").done().out.contains("Kept of shop: the last 1; 20 taken before a change (set by "));
    let dry = bench.line("forget shop --dry-run").done();
    assert!(dry.out.contains("would be unused then"), "{}", dry.out);
    assert_eq!(ids(&bench).len(), 3, "nothing is forgotten by looking");
    assert!(bench.line("forget shop").done().out.contains("2 snapshots of shop are forgotten; 1 stay"));
    assert_eq!(ids(&bench).len(), 1);
    let pruned = bench.line("prune shop").done();
    assert!(pruned.out.contains("are marked and go with the first prune after"), "{}", pruned.out);
    let mut check = bench.restic("shop");
    check.args(["check", "--read-data"]);
    assert!(Ran::of(check).done().out.contains("no errors were found"));
    bench.line("keep shop --everything").done();
    assert!(bench.line("keep shop").done().out.contains("No rule"));
}

#[test]
fn a_pin_keeps_a_snapshot_until_it_is_taken_away() {
    let bench = with_snapshots(3);
    let ids = ids(&bench);
    bench.run(["pin", "shop", &ids[2], "--reason", "before the audit", "--for", "400 d"]).done();
    assert!(bench.line("snapshots shop").done().out.contains("before the audit"));
    bench.line(&format!("forget shop {} --json", ids[2])).code(3).fault("snapshot-protected", "before the audit");
    bench.line(&format!("unpin shop {}", ids[2])).done();
    bench.line(&format!("forget shop {}", ids[2])).done();
    bench.line(&format!("forget shop {} --json", ids[0])).code(3).fault("snapshot-protected", "the last that is proved");
}

#[test]
fn the_environment_sets_caps_where_nobody_else_says_anything() {
    let bench = with_snapshots(3);
    let with = |value: &str, line: &str| {
        let mut command = bench.command(line.split(' '));
        command.env("BACKUP_MAX_BACKUPS", value);
        Ran::of(command)
    };
    let seen = with("2", "keep shop").done();
    assert!(seen.out.contains("at most 2 in all") && seen.out.contains("BACKUP_MAX_BACKUPS"), "{}", seen.out);
    with("2", "forget shop").done();
    assert_eq!(ids(&bench).len(), 2);
    with("a few", "forget shop --json").code(3).fault("bad-environment", "BACKUP_MAX_BACKUPS");
    bench.line("keep shop --last 9").done();
    with("a few", "keep shop --everything --json").code(3).fault("bad-environment", "BACKUP_MAX_BACKUPS");
    assert!(with("1", "keep shop").done().out.contains("the last 9"), "what was set decides");
}

/// A shop of which only the newest of three snapshots is left, in packs that hold much that nothing uses.
fn with_room_to_free() -> Bench {
    let (bench, path) = Bench::with_shop(20_000);
    bench.line("backup shop").done();
    for _ in 0..2 {
        ask(&path, "UPDATE orders SET note = hex(randomblob(40)) WHERE id > 6000");
        bench.line("backup shop").done();
    }
    bench.line("keep shop --last 1").done();
    bench.line("forget shop").done();
    bench
}

#[test]
fn a_snapshot_that_is_due_gets_its_turn_between_two_slices_of_a_prune() {
    // Left alone, this takes more than one slice.
    let alone = with_room_to_free().line("prune shop --json").done().json();
    assert!(alone["slices"].as_u64().unwrap() >= 2 && alone["repacked"].as_u64().unwrap() > 0 && alone["stopped"].is_null(), "{alone}");

    let bench = with_room_to_free();
    bench.run(["schedule", "shop", "set", "nightly", "--at", "0 2 * * *", "--zone", "UTC"]).done();
    ask(&bench.home().join("quarterdeck.db"), "UPDATE schedules_seen SET since = '2026-01-01T00:00:00.000Z'");
    let gate = bench.file("go");
    let mut command = bench.command(["prune", "shop", "--json"]);
    command.env("QUARTERDECK_FAILPOINT", format!("repository.write-pack#1=wait:{}", gate.display()));
    let mut prune = Owned(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("a slice is under way");
    let agent = Agent::start(&bench, "agent", &[]);
    let waiting = bench.home().join("repository/shop/quarterdeck/waiting.lock");
    until(PATIENCE, || waiting.exists().then_some(())).expect("the backup waits for the end of the slice");
    assert_eq!(ids(&bench).len(), 1);
    fs::write(&gate, "").unwrap();
    agent.says("shop: nightly (backup) is done.");
    let report: Value = serde_json::from_str(&rest(prune.0.stdout.take().unwrap())).unwrap();
    assert!(prune.0.wait().unwrap().success());
    assert_eq!((&report["slices"], &report["stopped"]), (&json!(1), &json!("somebody-waits")), "{report}");
    assert_eq!(ids(&bench).len(), 2);
    assert!(bench.line("prune shop --json").done().json()["stopped"].is_null(), "the next one comes to an end");
    bench.line("check-repository shop --read all").done();
}
