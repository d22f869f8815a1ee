//! A restore to scratch, from outside: what it says, what it leaves when it is stopped, and its picture.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::Stdio,
};

use serde_json::Value;

use crate::support::{Bench, Owned, PATIENCE, bench::Ran, until};

/// Points of a drill, in their order.
const POINTS: &[&str] = &["restore.fetching", "restore.fetched", "drill.restored", "drill.recording"];

fn left(bench: &Bench) -> Vec<PathBuf> {
    fs::read_dir(bench.home().join("scratch")).map(|folder| folder.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

fn newest(bench: &Bench) -> Value {
    bench.line("drills shop --json").done().json()["drills"][0].clone()
}

#[test]
fn a_drill_proves_in_words_and_json_and_in_the_overview() {
    let (bench, path) = Bench::with_shop(500);
    bench.line("backup shop").done();
    assert!(bench.line("drills shop").done().out.contains("Never drilled"));
    let before = (fs::read(&path).unwrap(), path.metadata().unwrap().modified().unwrap());
    let said = bench.line("drill shop").done().out;
    assert!(said.contains("was restored in") && said.contains("integrity_check ok"), "{said}");
    assert_eq!((fs::read(&path).unwrap(), path.metadata().unwrap().modified().unwrap()), before);
    let report = bench.line("drill shop/shop --snapshot latest --json").done().json();
    assert_eq!((&report["outcome"], &report), (&Value::from("passed"), &newest(&bench)));
    assert!(bench.line("systems").done().out.contains("Proved restorable"));
    assert!(bench.line("snapshots shop").done().out.contains("drilled"));
    assert_eq!(left(&bench), Vec::<PathBuf>::new());
    bench.line("drill shop --snapshot deadbeef --json").code(3).fault("snapshot-missing", "deadbeef");
    bench.line("audit verify").done();
}

#[test]
fn a_drill_that_fails_is_an_answer_with_the_exit_code_of_findings() {
    let (bench, path) = Bench::with_shop(50);
    bench.line("remove shop").done();
    let folder = bench.file("system");
    fs::create_dir(&folder).unwrap();
    let checks = "drills:\n  - {name: many, sql: SELECT count(*) FROM orders, expect: {min: 51}}\n";
    let yaml = format!("name: sales\nenvironment: staging\ncomponents: {{main: {{kind: sqlite, path: {}}}}}\n{checks}", path.display());
    fs::write(folder.join("quarterdeck.yaml"), yaml).unwrap();
    bench.line(&format!("add {}", folder.display())).done();
    bench.line("backup sales").done();
    let said = bench.line("drill sales").code(1).out;
    assert!(said.contains("50; at least 51 is expected"), "{said}");
    let report = bench.line("drill sales --json").code(1).json();
    assert_eq!((report["outcome"].as_str(), report["measured_rto"].as_u64()), (Some("failed"), None), "{report}");
    assert!(bench.line("systems").done().out.contains("critical"));
    let list = bench.line("drills sales").done().out;
    assert_eq!(list.matches("failed  ").count(), 2, "{list}");
}

#[test]
fn a_drill_that_was_killed_leaves_no_readable_copy_and_is_in_the_history() {
    for point in POINTS {
        let (bench, path) = Bench::with_shop(500);
        bench.line("backup shop").done();
        let before = fs::read(&path).unwrap();
        bench.line_with_failpoint("drill shop", &format!("{point}=kill")).killed();
        let recovered = bench.line("jobs").done();
        assert!(recovered.err.contains("the live database was never touched"), "{point}: {}", recovered.err);
        assert_eq!(left(&bench), Vec::<PathBuf>::new(), "{point}");
        let drill = newest(&bench);
        assert_eq!((&drill["outcome"], &drill["fault"]["code"]), (&"unfinished".into(), &"interrupted".into()), "{point}: {drill}");
        assert_eq!(fs::read(&path).unwrap(), before, "{point}");
        bench.line("drill shop").done();
        bench.line("audit verify").done();
    }
}

#[test]
fn a_drill_that_was_cancelled_came_to_no_result() {
    let (bench, _) = Bench::with_shop(500);
    bench.line("backup shop").done();
    let gate = bench.file("gate");
    let mut drill = bench.command(["drill", "shop", "--json"]);
    drill.env("QUARTERDECK_FAILPOINT", format!("restore.fetching=wait:{}", gate.display()));
    let mut drill = Owned(drill.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("the drill is under way");
    assert_eq!(newest(&bench)["outcome"], "running", "it stands in the history from its beginning");
    rustix::process::kill_process(drill.pid(), rustix::process::Signal::INT).unwrap();
    let said = BufReader::new(drill.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.into_iter().any(|line| line.contains("Cancelling")), "it heard the wish");
    fs::write(&gate, "").unwrap();
    assert_eq!(drill.0.wait().unwrap().code(), Some(4));
    let drill = newest(&bench);
    assert_eq!((&drill["outcome"], &drill["fault"]["code"]), (&"unfinished".into(), &"cancelled".into()), "{drill}");
    assert_eq!(left(&bench), Vec::<PathBuf>::new());
}

#[test]
fn a_scratch_disk_that_takes_no_more_says_nothing_about_the_snapshot() {
    let (bench, _) = Bench::with_shop(20_000);
    bench.line("backup shop").done();
    // The kernel refuses to let any file grow beyond 1 MiB, as a full disk would.
    let script = "trap '' XFSZ; ulimit -f 2048; exec \"$0\" drill shop --json";
    let mut drill = std::process::Command::new("sh");
    drill.args(["-c", script, env!("CARGO_BIN_EXE_quarterdeck")]).env("QUARTERDECK_HOME", bench.home());
    let ran = Ran::of(drill).code(1);
    assert!(ran.json()["fault"]["facts"]["path"].as_str().unwrap().contains("scratch/drill-"), "{ran:?}");
    let drill = newest(&bench);
    assert_eq!(drill["outcome"], "unfinished", "{drill}");
    assert_eq!(left(&bench), Vec::<PathBuf>::new());
    bench.line("drill shop").done();
}

#[test]
fn the_history_is_drawn_into_a_new_file() {
    let (bench, _) = Bench::with_shop(50);
    bench.line("backup shop").done();
    bench.line("drill shop").done();
    let file = bench.file("drills.svg");
    bench.line(&format!("drills shop --chart {}", file.display())).done();
    let svg = fs::read_to_string(&file).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("Recovery time of shop"), "{svg}");
    bench.line(&format!("drills shop --chart {} --json", file.display())).code(3).fault("file-exists", "drills.svg");
}
