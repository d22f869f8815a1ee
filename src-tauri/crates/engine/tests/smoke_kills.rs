//! kill -9 in the middle of a run of smoke tests: its copies go at the next start, and what was recorded before stays as it was.
//!
//! This binary starts itself again as the process that is killed. Needs the feature `failpoints`; without it there is nothing to kill at.
#![cfg(feature = "failpoints")]
#![allow(clippy::unwrap_used)]

mod bench;

use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use bench::Bench;
use quarterdeck_engine::{Engine, Home};
use quarterdeck_model::{Face, SystemClock};
use quarterdeck_testkit::shop;
use serde_json::json;

const HOME: &str = "QUARTERDECK_TEST_HOME";

/// The process that is killed. Not a test of its own.
#[test]
fn victim() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let engine = Engine::open(Home::find(Some(Path::new(&home))).unwrap(), Arc::new(SystemClock)).unwrap();
    engine.recover().unwrap();
    let job = engine.call(Face::Cli, "run_smoke", json!({ "system": "shop" }), None).unwrap()["job"].clone();
    while engine.call(Face::Cli, "get_job", json!({ "job": job }), None).unwrap()["finished_at"].is_null() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn a_killed_run_leaves_no_copy_and_no_half_history() {
    for point in ["smoke.copied", "smoke.case", "smoke.case#2"] {
        let mut bench = Bench::empty();
        let folder = bench.scratch.file("system");
        std::fs::create_dir_all(folder.join("smoke")).unwrap();
        shop(&folder.join("main.db"), 50, "wal");
        std::fs::write(
            folder.join("quarterdeck.yaml"),
            "name: shop\nenvironment: staging\ncomponents:\n  main: {kind: sqlite, path: main.db}\n",
        )
        .unwrap();
        std::fs::write(
            folder.join("smoke/core.yml"),
            "title: Core\ncases:\n  one: {title: a, category: core, on: copy, sql: DELETE FROM orders; SELECT count(*) FROM orders, expect: {is: 0}}\n  two: {title: a, category: core, sql: SELECT 1, expect: {is: 1}}\n",
        )
        .unwrap();
        bench.call("add_system", json!({ "path": folder })).unwrap();
        bench.work("run_smoke", json!({ "system": "shop" })).unwrap();
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "victim"])
            .env(HOME, bench.engine.home().folder())
            .env("QUARTERDECK_FAILPOINT", format!("{point}=kill"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.signal(), Some(9), "{point}");
        let scratch = || std::fs::read_dir(bench.scratch.file("home/scratch")).unwrap().count();
        assert_eq!(scratch(), 1, "{point}");
        let said = bench.next_process();
        assert!(said.iter().any(|said| said.contains("its copies are gone")), "{point}: {said:?}");
        let scratch = std::fs::read_dir(bench.scratch.file("home/scratch")).unwrap().count();
        assert_eq!(scratch, 0, "{point}");
        let list = bench.call("list_smoke", json!({ "system": "shop" })).unwrap();
        assert_eq!(list["runs"].as_array().unwrap().len(), 1, "{point}");
        assert_eq!(list["suites"][0]["cases"][0]["history"].as_array().unwrap().len(), 1, "{point}");
        bench.work("run_smoke", json!({ "system": "shop" })).unwrap();
        assert_eq!(bench::ask(&folder.join("main.db"), "SELECT count(*) FROM orders"), "50", "{point}");
    }
}
