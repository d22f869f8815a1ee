//! How systems are, from the command line.

use serde_json::json;

use crate::support::{Bench, bench::ask};

#[test]
fn health_says_how_a_system_is_and_ends_with_findings() {
    let (bench, _) = Bench::with_shop(20);
    let words = bench.line("health").code(1).out;
    for expected in ["attention shop  (development)  ", "Never backed up: everything would be lost", "Nothing has been measured yet"] {
        assert!(words.contains(expected), "{expected:?} is not in\n{words}");
    }
    bench.line("backup shop").done();
    let health = bench.line("health shop --json").code(1).json();
    let checks = health["systems"][0]["checks"].as_array().unwrap();
    let tone = |key: &str| checks.iter().find(|check| check["key"] == key).map(|check| check["tone"].clone());
    assert_eq!((tone("shop/backup/shop"), tone("shop/database/shop")), (Some(json!("ok")), Some(json!("ok"))), "{health:#}");
    bench.line("health nobody --json").code(3).fault("system-missing", "nobody");
}

#[test]
fn the_thirty_second_check_prints_a_report() {
    let (bench, path) = Bench::with_shop(20);
    bench.line("backup shop").done();
    let report = bench.line("health --check").code(1).out;
    for expected in
        ["Quarterdeck health check of ", "\nFindings (", "shop: Proof of shop: Never proved by a restore or a drill", "As it should be ("]
    {
        assert!(report.contains(expected), "{expected:?} is not in\n{report}");
    }
    let json = bench.line("health shop --check --json").code(1).json();
    let collector = |key: &str| json["checks"].as_array().unwrap().iter().any(|check| check["key"] == key && check["tone"] == "ok");
    assert!(collector("shop/collector/sqlite/shop") && collector("machine/collector/host"), "{json:#}");
    assert_eq!(ask(&path, "PRAGMA integrity_check"), "ok");
    assert!(!bench.file("home/series").exists(), "a check writes nothing");
}

#[test]
fn what_was_never_measured_is_said_everywhere() {
    let (bench, _) = Bench::with_shop(5);
    assert!(bench.line("collectors").done().out.starts_with("Nothing has been measured yet"));
    assert!(bench.line("promises shop").done().out.contains("shop promises nothing"));
    let capacity = bench.line("capacity shop").done().out;
    assert!(capacity.contains("repository: Not measured yet."), "{capacity}");
    assert!(bench.line("capacity shop --json").done().json()["lines"].as_array().unwrap().len() >= 2);
}

#[test]
fn measuring_is_set_from_the_command_line() {
    let (bench, _) = Bench::with_shop(5);
    assert_eq!(
        bench.line("monitoring").done().out.trim(),
        "Every sample is kept for 15 d, in at most 4.29 GB. It is not written for node_exporter."
    );
    let folder = bench.file("prom");
    std::fs::create_dir(&folder).unwrap();
    let set =
        bench.run(["monitoring", "--raw-days", "30", "--most", "500", "--textfile", folder.to_str().unwrap(), "--json"]).done().json();
    assert_eq!(set, json!({ "textfile": folder, "raw_days": 30, "most_bytes": 500_000_000 }));
    assert_eq!(bench.line("monitoring --textfile none --json").done().json()["textfile"], json!(null));
    bench.line("monitoring --raw-days 91 --json").code(2).fault("bad-days", "91");
    assert!(bench.line("audit list").done().out.contains("set_monitoring"));
}
