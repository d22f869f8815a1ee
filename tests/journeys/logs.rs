//! Logs that a definition names, read from outside.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::Stdio,
};

use serde_json::json;

use crate::support::{Bench, Owned};

/// The log of a system `shop`: 300 lines, each tenth an error.
fn with_log() -> (Bench, PathBuf) {
    let bench = Bench::new();
    let folder = bench.with_definition("shop", &["main"]);
    let definition = folder.join("quarterdeck.yaml");
    let mut text = fs::read_to_string(&definition).unwrap();
    text.push_str(
        "collect:\n  logs:\n    - name: api\n      path: api.log\n      rules:\n        - name: errors\n          match: ^ERROR\n",
    );
    fs::write(&definition, text).unwrap();
    bench.line(&format!("add {}", folder.display())).done();
    let log = folder.join("api.log");
    let lines: String = (0..300).map(|n| format!("{} request {n}\n", if n % 10 == 0 { "ERROR" } else { "INFO" })).collect();
    fs::write(&log, lines).unwrap();
    (bench, log)
}

#[test]
fn the_newest_lines_are_printed_and_filtered() {
    let (bench, log) = with_log();
    assert!(bench.line("logs shop").done().out.starts_with("api  "));
    assert_eq!(bench.line("logs shop api -n 2").done().out, "INFO request 298\nINFO request 299\n");
    assert_eq!(bench.line("logs shop api").done().out.lines().count(), 100);
    assert_eq!(bench.line("logs shop api -n 1000").done().out.lines().next(), Some("ERROR request 0"));
    assert_eq!(bench.line("logs shop api --filter 0$ -n 3").done().out, "ERROR request 270\nERROR request 280\nERROR request 290\n");
    let page = bench.line("logs shop api -n 10 --json").done().json();
    assert_eq!((&page["lines"][0]["rules"], &page["lines"][0]["text"]), (&json!(["errors"]), &json!("ERROR request 290")));
    bench.line("logs shop web --json").code(3).fault("log-unknown", "web");
    bench.line("logs shop api --filter ( --json").code(2).fault("bad-filter", "(");
    fs::remove_file(log).unwrap();
    assert!(bench.line("logs shop").done().out.contains("not there"));
}

#[test]
fn a_log_is_followed_over_its_rotation() {
    let (bench, log) = with_log();
    let mut child =
        Owned(bench.command(["logs", "shop", "api", "--follow", "-n", "1"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut next = || lines.next().unwrap().unwrap();
    assert_eq!(next(), "INFO request 299");
    let add = |text: &str| fs::OpenOptions::new().create(true).append(true).open(&log).unwrap().write_all(text.as_bytes()).unwrap();
    add("WARN one\nWARN two\n");
    assert_eq!([next(), next()], ["WARN one", "WARN two"]);
    fs::rename(&log, log.with_extension("log.1")).unwrap();
    add("INFO new\n");
    assert_eq!(next(), "INFO new");
}
