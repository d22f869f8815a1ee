use std::fs;

use serde_json::json;

use super::{
    RULES,
    bench::{Bench, states},
};

#[test]
fn a_file_that_is_wrong_stays_in_use_as_it_was_and_says_so() {
    let mut bench = Bench::new();
    let path = bench.rules("web.yml", RULES);
    bench.gauge(&[("error_ratio", &[], 0.1)]);
    bench.later(15);
    bench.rules("web.yml", &RULES.replace("expr: error_ratio > 0.05", "expr: error_ratio >"));
    bench.later(15);
    assert_eq!(states(&bench.alerts()), ["pending"]);
    let rules = bench.call("list_rules", json!({}));
    let finding = &rules["findings"][0];
    assert_eq!((&finding["line"], &finding["file"]), (&json!(6), &json!(path.to_str().unwrap())), "{finding}");
    let group = rules["groups"].as_array().unwrap().iter().find(|group| group["key"] == "home/web.yml/web").unwrap().clone();
    assert_eq!((&group["rules"][0]["expression"], &group["rules"][0]["sentence"]), (&json!("error_ratio > 0.05"), &json!("1 pending")));
    fs::remove_file(&path).unwrap();
    bench.write("rules/other.yml", "groups: []\n");
    bench.later(15);
    assert_eq!(states(&bench.alerts()), [""; 0]);
    let rules = bench.call("list_rules", json!({}));
    assert_eq!(rules["findings"], json!([]));
    let events = bench.call("list_alert_events", json!({}));
    assert_eq!(events["events"][0]["kind"], "withdrawn");
}

#[test]
fn rules_that_ship_are_evaluated_and_those_without_their_series_are_no_alarm() {
    let mut bench = Bench::new();
    bench.gauge(&[("sqlite_up", &[("system", "shop")], 1.0)]);
    let before = bench.call("list_rules", json!({}));
    assert!(before["groups"].as_array().unwrap().iter().all(|group| group["rules"][0]["health"] == "waiting"));
    bench.later(60);
    let rules = bench.call("list_rules", json!({}));
    let groups = rules["groups"].as_array().unwrap();
    assert!(groups.len() > 5 && rules["findings"] == json!([]));
    assert!(groups.iter().all(|group| group["origin"] == "quarterdeck" && group["evaluated"] == json!(bench.now())), "{rules}");
    let all: Vec<_> = groups.iter().flat_map(|group| group["rules"].as_array().unwrap()).collect();
    assert!(all.iter().all(|rule| rule["health"] != "error"), "{all:#?}");
    assert!(all.iter().all(|rule| rule["records"] == json!(true) || rule["runbook"].is_string()));
    assert_eq!(bench.alerts(), Vec::<serde_json::Value>::new());
    assert_eq!(bench.newest("quarterdeck_rules{state=\"error\"}"), 0.0);
    bench.later(120);
    let rules = bench.call("list_rules", json!({}));
    let all: Vec<_> = rules["groups"].as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap()).collect();
    let idle: Vec<_> = all.iter().filter(|rule| rule["health"] == "idle").collect();
    assert!(idle.iter().any(|rule| rule["sentence"].as_str().unwrap().starts_with("never seen: ")), "{all:#?}");
    assert!(all.iter().all(|rule| rule["health"] != "no-data"), "{all:#?}");
    assert_eq!(bench.newest("quarterdeck_rules{state=\"idle\"}"), idle.len() as f64);
    assert_eq!((bench.alerts(), bench.call("list_alert_events", json!({}))["events"].clone()), (Vec::new(), json!([])));
    bench.clock.advance(std::time::Duration::from_secs(600));
    let rules = bench.call("list_rules", json!({}));
    assert_eq!(rules["groups"][0]["rules"][0]["health"], "stale");
}

#[test]
fn a_rule_that_cannot_fire_is_a_row_and_says_why() {
    let mut bench = Bench::new();
    bench.rules("web.yml", &RULES.replace("error_ratio > 0.05", "http_errors_total > 5"));
    bench.gauge(&[("error_ratio", &[], 0.0)]);
    bench.later(15);
    assert_eq!(bench.alerts(), [json!(null); 0], "what is seldom measured may come yet");
    let rules = bench.call("list_rules", json!({}));
    assert!(rules.to_string().contains("too early to tell"), "{rules}");
    bench.later(150);
    let row = bench.alerts().remove(0);
    assert_eq!((&row["state"], &row["id"]), (&json!("no-data"), &json!("home/web.yml/web/ErrorRateHigh")));
    assert!(row["detail"].as_str().unwrap().contains("http_errors_total"), "{row}");
    let detail = bench.call("get_alert", json!({ "id": row["id"] }));
    assert_eq!((&detail["expression"], &detail["row"]["state"]), (&json!("http_errors_total > 5"), &json!("no-data")));
    assert_eq!(bench.newest("quarterdeck_rules{state=\"no-data\"}"), 1.0);
    assert_eq!(bench.call("list_alert_events", json!({ "text": "ErrorRateHigh" }))["events"][0]["kind"], "rule");
    bench.rules("web.yml", &RULES.replace("error_ratio > 0.05", "sum by (x) (error_ratio) > on (x) group_left () sum(error_ratio)"));
    bench.gauge(&[("error_ratio", &[("x", "1"), ("y", "a")], 0.0), ("error_ratio", &[("x", "1"), ("y", "b")], 0.0)]);
    bench
        .rules("bad.yml", "groups: [{name: bad, rules: [{record: twice, expr: 'label_replace(error_ratio, \"y\", \"\", \"\", \"\")'}]}]\n");
    bench.later(15);
    let bad = bench.alerts().into_iter().find(|row| row["state"] == "error").unwrap();
    assert_eq!(bad["name"], "twice");
    assert!(bench.newest("quarterdeck_rules{state=\"error\"}") >= 1.0);
}
