//! Proving, merging and maintaining by hand.

use serde_json::{Value, json};

use crate::support::{Bench, bench::ask};

/// As a schedule takes it: what is new is read again, and no more.
fn scheduled(bench: &Bench) {
    bench.run(["call", "backup_system", r#"{"system":"shop","reason":"scheduled"}"#]).done();
}

/// The same while the merging that follows it does not succeed, so that deltas pile up.
fn unmerged(bench: &Bench) {
    let mut command = bench.command(["call", "backup_system", r#"{"system":"shop","reason":"scheduled"}"#]);
    command.env("QUARTERDECK_FAILPOINT", "merge.begun=fail");
    crate::support::bench::Ran::of(command).done();
}

fn newest(bench: &Bench) -> Value {
    bench.line("snapshots shop --json").done().json()["snapshots"][0].clone()
}

#[test]
fn a_snapshot_that_a_schedule_took_is_proved_by_hand() {
    let (bench, path) = Bench::with_shop(200);
    scheduled(&bench);
    let first = newest(&bench)["id"].as_str().unwrap()[..8].to_owned();
    ask(&path, "UPDATE orders SET cents = cents + 1 WHERE id < 9");
    scheduled(&bench);
    assert_eq!(newest(&bench)["levels"].as_array().unwrap().last().unwrap()["level"], "read");
    let words = bench.line("prove shop").done().out;
    assert!(words.starts_with("Snapshot ") && words.contains("took"), "{words}");
    assert_eq!(newest(&bench)["levels"].as_array().unwrap().last().unwrap()["level"], "data-matches");
    assert!(bench.line("prove shop").done().out.contains("is proved already"));
    let named = bench.line(&format!("prove shop {first} --json")).done().json();
    assert!(named["snapshot"]["id"].as_str().unwrap().starts_with(&first), "{named}");
    bench.line("prove shop 0badbeef --json").code(3).fault("snapshot-missing", "0badbeef");
    bench.rot("shop");
    bench.line(&format!("prove shop {first}")).code(1);
}

#[test]
fn deltas_that_piled_up_are_merged_and_the_next_snapshot_takes_that_over() {
    let (bench, path) = Bench::with_shop(2_000);
    scheduled(&bench);
    for _ in 0..8 {
        ask(&path, "UPDATE orders SET cents = cents + 1 WHERE id < 9");
        unmerged(&bench);
    }
    let deltas = |bench: &Bench| newest(bench)["manifest"]["components"][0]["deltas"].as_array().unwrap().len();
    assert_eq!(deltas(&bench), 8);
    assert_eq!(bench.line("merge shop --json").done().json()["merged"], 1);
    assert!(bench.line("merge shop").done().out.contains("Nothing of shop has to be merged."));
    ask(&path, "UPDATE orders SET cents = cents + 1 WHERE id < 9");
    scheduled(&bench);
    assert_eq!(deltas(&bench), 2, "one of eight, and the newest");
    bench.line("prove shop").done();
}

#[test]
fn maintenance_says_what_it_did_and_its_exit_code_whether_something_is_to_be_looked_at() {
    let (bench, path) = Bench::with_shop(200);
    bench.line("maintain shop --json").code(3).fault("repository-missing", "repository");
    scheduled(&bench);
    ask(&path, "UPDATE orders SET cents = cents + 1 WHERE id < 9");
    scheduled(&bench);
    let report = bench.line("maintain shop --json").done().json();
    assert_eq!((report["done"].as_array().unwrap().len(), &report["findings"]), (5, &json!([])), "{report}");
    assert!(bench.line("maintain shop").done().out.starts_with("The backups of shop are in order."));
    bench.rot("shop");
    bench.line("check-repository shop --read all").code(1); // maintenance itself reads a thirtieth
    let hurt = bench.line("maintain shop").code(1).out;
    assert!(hurt.contains("to look at") && hurt.contains("critical"), "{hurt}");
}
