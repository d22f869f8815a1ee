use serde_json::json;

use super::{
    RULES,
    bench::{Bench, Gauge},
    server::Server,
};

const COUNT: usize = 10_000;

#[test]
fn ten_thousand_alerts_fire_are_told_in_one_message_and_cost_little_while_nothing_changes() {
    let server = Server::start();
    let mut bench = Bench::new();
    bench.rules("web.yml", &RULES.replace("for: 1m", "for: 0s"));
    let notify =
        "route: {receiver: team, group_wait: 0s, group_by: [alertname]}\nreceivers: [{name: team, webhook_configs: [{url: 'ADDRESS'}]}]\n";
    bench.write("notify.yml", &notify.replace("ADDRESS", &server.address));
    let jobs: Vec<String> = (0..COUNT).map(|n| format!("job{n}")).collect();
    let labels: Vec<[(&str, &str); 1]> = jobs.iter().map(|job| [("job", job.as_str())]).collect();
    let gauges: Vec<Gauge<'_>> = labels.iter().map(|labels| ("error_ratio", &labels[..], 0.5)).collect();
    bench.gauge(&gauges);
    bench.told(15);
    let got = server.got();
    assert_eq!((got.len(), got[0]["alerts"].as_array().unwrap().len()), (1, COUNT));
    let list = bench.call("list_alerts", json!({ "states": ["firing"] }));
    assert_eq!(list["alerts"].as_array().unwrap().len(), COUNT);
    assert_eq!(bench.notices()[0]["count"], json!(COUNT));
    let file = bench.engine.home().alerts();
    let size = || std::fs::metadata(file.with_extension("db-wal")).unwrap().len() + std::fs::metadata(&file).unwrap().len();
    let before = size();
    // Values move at each evaluation; rows are written once a minute at most.
    for step in 0..3 {
        let moved: Vec<Gauge<'_>> = labels.iter().map(|labels| ("error_ratio", &labels[..], 0.6 + f64::from(step) / 10.0)).collect();
        bench.gauge(&moved);
        bench.told(15);
    }
    assert!(size() - before < 4_000_000, "{} bytes for three evaluations in which no state changed", size() - before);
    bench.restart();
    bench.gauge(&gauges[..1]);
    bench.told(60);
    bench.told(300);
    let got = server.got();
    assert_eq!((got.len(), got[0]["alerts"].as_array().unwrap().len()), (1, COUNT), "one fires, the others are over");
}
