//! Alerts from a breach to the last word about it, on a clock that stands still.

mod bench;
mod many;
mod people;
mod rules;
mod server;
mod telling;

use serde_json::json;

use self::bench::{Bench, states};

/// One rule about a gauge.
pub(super) const RULES: &str = "groups:
  - name: web
    interval: 15s
    rules:
      - alert: ErrorRateHigh
        expr: error_ratio > 0.05
        for: 1m
        labels: {severity: critical}
        annotations: {summary: 'Errors at {{ $value | humanizePercentage }}', runbook: errors}
";

#[test]
fn a_breach_is_pending_then_fires_and_is_over() {
    let mut bench = Bench::new();
    bench.rules("web.yml", RULES);
    bench.gauge(&[("error_ratio", &[("job", "web")], 0.01)]);
    bench.later(15);
    assert_eq!(states(&bench.alerts()), [""; 0]);
    bench.gauge(&[("error_ratio", &[("job", "web")], 0.068)]);
    bench.later(15);
    let row = bench.alerts().remove(0);
    assert_eq!((row["name"].as_str(), row["state"].as_str()), (Some("ErrorRateHigh"), Some("pending")));
    assert_eq!((&row["detail"], &row["severity"]), (&json!("60 s left"), &json!("critical")));
    for _ in 0..4 {
        bench.later(15);
    }
    let row = bench.alerts().remove(0);
    assert_eq!((&row["state"], &row["value"], &row["target"]), (&json!("firing"), &json!(0.068), &json!("web")));
    let detail = bench.call("get_alert", json!({ "id": row["id"] }));
    assert_eq!(
        (&detail["measured"], &detail["limit"]["sign"], &detail["limit"]["value"]),
        (&json!("error_ratio"), &json!(">"), &json!(0.05))
    );
    assert_eq!(detail["place"], "web.yml:5");
    assert!(detail["runbook"]["trouble"].as_str().unwrap().contains("runbooks/errors.md"), "{}", detail["runbook"]);
    assert_eq!(bench.newest("ALERTS{alertstate=\"firing\"}"), 1.0);
    bench.gauge(&[("error_ratio", &[("job", "web")], 0.01)]);
    bench.later(15);
    assert_eq!(states(&bench.alerts()), ["resolved"]);
    let sentences: Vec<String> = bench.call("list_alert_events", json!({}))["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["sentence"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(sentences, ["is over; it was 0.068 last", "fires: 0.068, limit > 0.05", "pending: 0.068, limit > 0.05"]);
    assert_eq!(bench.call("get_alert", json!({ "id": row["id"] }))["firings"].as_array().unwrap().len(), 1);
    for _ in 0..61 {
        bench.later(15);
    }
    assert_eq!(states(&bench.alerts()), [""; 0], "a quarter of an hour later it is history");
}

#[test]
fn what_is_pending_goes_on_in_the_next_process_and_a_sleep_does_not_count() {
    let mut bench = Bench::new();
    bench.rules("web.yml", RULES);
    bench.gauge(&[("error_ratio", &[], 0.1)]);
    bench.later(15);
    bench.later(30);
    bench.restart();
    bench.later(15);
    assert_eq!(bench.alerts()[0]["detail"], "15 s left");
    bench.later(8 * 3_600);
    let row = bench.alerts().remove(0);
    assert_eq!(row["state"], "firing", "45 s of a sleep count at most");
    let mut bench = Bench::new();
    bench.rules("web.yml", &RULES.replace("1m", "5m"));
    bench.gauge(&[("error_ratio", &[], 0.1)]);
    bench.later(15);
    bench.later(8 * 3_600);
    let row = bench.alerts().remove(0);
    assert_eq!((&row["state"], &row["detail"]), (&json!("pending"), &json!("4 min left")));
}
