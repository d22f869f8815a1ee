//! Words, JSON and exit codes, whatever the command.

use serde_json::json;

use crate::support::{Bench, bench::Ran};

#[test]
fn every_command_explains_itself_with_an_example() {
    let bench = Bench::new();
    let verbs = [
        "add",
        "systems",
        "inspect",
        "check",
        "backup",
        "snapshots",
        "restore",
        "undo",
        "schedule",
        "agent",
        "jobs",
        "roles",
        "audit",
        "call",
        "example",
    ];
    let top = bench.line("--help").done().out;
    for verb in verbs {
        assert!(top.contains(verb), "--help does not name {verb}:\n{top}");
        let help = bench.line(&format!("{verb} --help")).done().out;
        assert!(help.contains(&format!("quarterdeck {verb}")), "{verb} --help has no example:\n{help}");
    }
    assert!(!bench.home().exists(), "help makes no store");
}

#[test]
fn completions_are_offered_for_the_usual_shells() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(bench.line(&format!("completions {shell}")).done().out.contains("quarterdeck"), "{shell}");
    }
}

#[test]
fn a_line_that_cannot_be_understood_is_exit_2() {
    let (bench, _) = Bench::with_shop(10);
    for line in [
        "no-such-verb",
        "backup",
        "restore shop latest",
        "restore shop latest --to a --in-place",
        "roles grant ada captain",
        "call no_such_operation {}",
        "call list_jobs {",
    ] {
        bench.line(line).code(2);
    }
    bench.line("call get_system {\"system\":\"shop\",\"color\":\"red\"} --json").code(2).fault("bad-request", "color");
}

#[test]
fn what_the_state_does_not_allow_is_exit_3_and_says_what_would() {
    let (bench, _) = Bench::with_shop(10);
    bench.line("backup nothing --json").code(3).fault("system-missing", "nothing");
    let refused = bench.line("backup nothing").code(3);
    assert_eq!(refused.out, "", "a fault is not output");
    assert!(refused.err.contains("nothing"), "{}", refused.err);
    bench.line("jobs cancel 99").code(3);
}

#[test]
fn an_empty_store_says_so() {
    let bench = Bench::new();
    assert_eq!(bench.line("jobs --json").done().json(), json!([]));
    assert_eq!(bench.line("systems --json").done().json()["databases"], json!([]));
    assert!(bench.line("systems").done().out.contains("quarterdeck add"), "it says how to begin");
}

#[test]
fn every_operation_can_be_called_by_its_name() {
    let (bench, path) = Bench::with_shop(10);
    let detail = bench.line("call get_system {\"system\":\"shop\"}").done().json();
    assert_eq!(detail["system"]["components"][0]["path"], path.to_str().unwrap());
    let session = bench.line("call get_session {}").done().json();
    assert_eq!((session["face"].as_str(), session["home"].as_str()), (Some("cli"), bench.home().to_str()));
}

#[test]
fn odd_paths_survive_every_door() {
    let bench = Bench::new();
    let path = bench.odd_file();
    quarterdeck_testkit::shop(&path, 10, "wal");
    let inspected = bench.run([std::ffi::OsStr::new("inspect"), path.as_os_str(), std::ffi::OsStr::new("--json")]).done().json();
    assert_eq!(inspected["verdict"], "healthy");
    let wire = inspected["path"].as_str().unwrap();
    assert!(wire.starts_with("bytes:") && wire.contains("%E9"), "{wire}");
    let added = bench.run(["call", "add_system", &json!({ "path": wire, "name": "odd" }).to_string()]).done().json();
    assert_eq!(added["components"][0]["path"], wire);
    bench.line("backup odd").done();
    let restored = bench.odd_file().with_extension("restored");
    let arguments = [std::ffi::OsStr::new("restore"), "odd".as_ref(), "latest".as_ref(), "--to".as_ref(), restored.as_os_str()];
    bench.run(arguments).done();
    assert_eq!(crate::support::bench::ask(&restored, "SELECT count(*) FROM orders"), "10");
}

#[test]
fn a_request_is_read_from_standard_input_where_nobody_sees_it() {
    let (bench, _) = Bench::with_shop(10);
    let asked = |request: &str| {
        let file = bench.file("request.json");
        std::fs::write(&file, request).unwrap();
        let mut command = bench.command(["call", "get_system", "-"]);
        command.stdin(std::fs::File::open(file).unwrap());
        Ran::of(command)
    };
    assert_eq!(asked("{\n  \"system\": \"shop\"\n}\n").done().json()["system"]["name"], "shop");
    assert!(asked("").code(2).err.contains("is not JSON"));
    assert!(asked("{\"system\": \"bank\"}").code(3).err.contains("bank"));
}
