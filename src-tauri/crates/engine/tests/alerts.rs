//! Operations about alerts, from outside: who may, what is refused, what the audit trail says.
#![allow(clippy::unwrap_used)]

mod bench;

use std::fs;

use bench::Bench;
use serde_json::{Value, json};

fn lines(bench: &Bench) -> Vec<(String, String, String)> {
    let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
    let lines = bench.call("list_audit", json!({})).unwrap();
    lines.as_array().unwrap().iter().map(|line| (text(line, "operation"), text(line, "target"), text(line, "outcome"))).collect()
}

#[test]
fn a_home_where_nobody_evaluates_says_so_everywhere() {
    let bench = Bench::empty();
    let list = bench.call("list_alerts", json!({})).unwrap();
    assert_eq!((&list["alerts"], &list["counts"], &list["evaluated"]), (&json!([]), &json!([]), &json!(null)));
    assert!(list["sentence"].as_str().unwrap().starts_with("No rule was evaluated yet"));
    assert_eq!(bench.call("list_alert_events", json!({})).unwrap()["events"], json!([]));
    assert_eq!(bench.call("list_notices", json!({ "failed": false })).unwrap()["notices"], json!([]));
    assert!(bench.call("get_alert", json!({ "id": "none" })).unwrap_err().is("alert-missing"));
    let rules = bench.call("list_rules", json!({})).unwrap();
    let waiting = |group: &Value| group["rules"].as_array().unwrap().iter().all(|rule| rule["health"] == "waiting");
    assert!(rules["groups"].as_array().unwrap().iter().all(waiting));
    let routes = bench.call("list_routes", json!({})).unwrap();
    assert_eq!(routes["routers"][0]["receivers"][0]["channels"][0]["kind"], "desktop");
    assert_eq!(bench.call("list_oncall", json!({})).unwrap()["oncall"], json!([]));
    assert!(!bench.engine.home().alerts().exists(), "a question writes nothing");
}

#[test]
fn what_people_agree_is_in_the_audit_trail() {
    let bench = Bench::empty();
    let matchers = json!([{ "label": "system", "sign": "=", "value": "shop" }]);
    let until = "2030-01-01T00:00:00Z";
    let silence = bench.call("add_silence", json!({ "matchers": matchers, "until": until, "reason": "move" })).unwrap();
    bench.call("end_silence", json!({ "id": silence["id"] })).unwrap();
    let window = json!({ "name": "nights", "matchers": matchers, "weekdays": ["sunday"], "days_of_month": [], "from": "02:00",
        "until": "04:00", "zone": "UTC", "reason": "patches" });
    let row = bench.call("set_maintenance", json!({ "window": window })).unwrap();
    assert_eq!(row["sentence"], "Sundays 02:00 to 04:00, UTC");
    bench.call("forget_maintenance", json!({ "name": "nights" })).unwrap();
    assert!(bench.call("acknowledge_alerts", json!({ "ids": ["a"], "note": "" })).unwrap_err().is("alert-missing"));
    let found = lines(&bench);
    let line = |operation: &str, target: &str, outcome: &str| (operation.to_owned(), target.to_owned(), outcome.to_owned());
    for expected in [
        line("add_silence", "system=\"shop\"", "succeeded"),
        line("end_silence", silence["id"].as_str().unwrap(), "succeeded"),
        line("set_maintenance", "nights", "succeeded"),
        line("forget_maintenance", "nights", "succeeded"),
        line("acknowledge_alerts", "a", "alert-missing"),
    ] {
        assert!(found.contains(&expected), "{expected:?} is not in {found:#?}");
    }
}

#[test]
fn files_of_rules_and_routes_are_checked_and_tested() {
    let bench = Bench::empty();
    let folder = bench.scratch.path().join("rules");
    fs::create_dir_all(folder.join("tests")).unwrap();
    let rules = folder.join("web.yml");
    fs::write(&rules, "groups:\n- name: web\n  rules:\n  - alert: Down\n    expr: up == 0\n    annotations: {runbook: gone}\n").unwrap();
    let check = bench.call("check_rules", json!({ "paths": [folder] })).unwrap();
    assert_eq!((&check["files"], &check["rules"]), (&json!(1), &json!(1)));
    assert_eq!(check["findings"][0]["message"], "Down: the runbook gone is not there.");
    assert_eq!(check["remarks"], json!(["1 alert has no unit test in rules/tests: Down."]));
    assert!(bench.call("check_rules", json!({ "paths": [folder.join("none.yml")] })).unwrap_err().is("file-missing"));
    let notify = bench.scratch.path().join("notify.yml");
    fs::write(&notify, "route: {receiver: nobody}\nreceivers: [{name: team}]\n").unwrap();
    let check = bench.call("check_rules", json!({ "paths": [notify] })).unwrap();
    assert_eq!(check["findings"].as_array().unwrap().len(), 1, "{check}");
    let test = folder.join("tests/web.yml");
    let case = "rule_files: [../web.yml]\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series: [{series: 'up{job=\"a\"}', values: '1 0 0'}]\n  alert_rule_test:\n  - {eval_time: 2m, alertname: Down, exp_alerts: [{exp_labels: {job: a}, exp_annotations: {runbook: gone}}]}\n";
    fs::write(&test, case).unwrap();
    let tests = bench.call("test_rules", json!({ "paths": [test] })).unwrap();
    assert_eq!((&tests["passed"], &tests["failed"]), (&json!(1), &json!(0)), "{tests}");
    assert_eq!(bench.call("check_rules", json!({ "paths": [folder] })).unwrap()["remarks"], json!([]));
    fs::write(&test, case.replace("job: a", "job: b")).unwrap();
    let tests = bench.call("test_rules", json!({ "paths": [test] })).unwrap();
    assert_eq!(tests["failed"], 1);
    assert!(tests["files"][0]["failures"][0].as_str().unwrap().contains("web.yml:"), "{tests}");
}
