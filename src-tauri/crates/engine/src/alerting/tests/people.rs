use serde_json::json;

use super::{
    RULES,
    bench::{Bench, states},
    server::Server,
};

const NOTIFY: &str = "global: {smtp_smarthost: '127.0.0.1:1', smtp_from: a@example.com, smtp_require_tls: false}
route: {receiver: team, group_wait: 0s, group_interval: 1m, repeat_interval: 12h}
inhibit_rules:
  - {source_matchers: [alertname=HostDown], target_matchers: [alertname=ErrorRateHigh], equal: [job]}
receivers:
  - name: team
    webhook_configs: [{url: 'ADDRESS'}]
  - name: pager
    webhook_configs: [{url: 'ADDRESS'}]
";

const ONCALL: &str = "contacts:
  - {name: ada, role: DBA, receiver: pager}
  - {name: bert, email: bert@example.com}
rotas:
  - {name: dba, zone: UTC, handover: monday 09:00, every: 1w, since: 2026-01-05, people: [ada]}
ladders:
  - name: critical
    matchers: ['severity=\"critical\"']
    levels:
      - {after: 5m, tell: [{rota: dba}]}
      - {after: 10m, tell: [{contact: bert}]}
";

fn bench() -> (Bench, Server) {
    let server = Server::start();
    let mut bench = Bench::new();
    let host = "      - {alert: HostDown, expr: host_up == 0, labels: {severity: critical}}\n";
    bench.rules("web.yml", &format!("{}{host}", RULES.replace("for: 1m", "for: 0s")));
    bench.write("notify.yml", &NOTIFY.replace("ADDRESS", &server.address));
    bench.gauge(&[("error_ratio", &[("job", "web")], 0.068), ("host_up", &[("job", "web")], 1.0)]);
    bench.told(15);
    (bench, server)
}

fn matchers(job: &str) -> serde_json::Value {
    json!([{ "label": "job", "sign": "=~", "value": job }])
}

#[test]
fn a_silence_is_previewed_made_seen_and_ended() {
    let (bench, server) = bench();
    server.got();
    let preview = bench.call("preview_silence", json!({ "matchers": matchers("we.") }));
    assert_eq!(preview["sentence"], "Would hold 1 of 1 alerts, 1 of them critical.");
    let until = bench.now() + chrono::TimeDelta::hours(2);
    let silence = bench.call("add_silence", json!({ "matchers": matchers("we."), "until": until, "reason": "move of the host" }));
    assert_eq!((&silence["state"], &silence["holds"]), (&json!("active"), &json!(1)));
    let list = bench.call("list_alerts", json!({}));
    assert_eq!((&list["alerts"][0]["state"], &list["silences"]), (&json!("silenced"), &json!(1)));
    let id = list["alerts"][0]["id"].clone();
    assert_eq!(bench.call("get_alert", json!({ "id": id }))["silences"][0]["reason"], "move of the host");
    assert_eq!(bench.call("test_route", json!({ "labels": { "job": "web" } }))["held"].as_array().unwrap().len(), 1);
    bench.call("end_silence", json!({ "id": silence["id"] }));
    assert_eq!(states(&bench.alerts()), ["firing"]);
    assert_eq!(bench.refused("end_silence", json!({ "id": silence["id"] })), "silence-missing");
    assert_eq!(bench.call("list_silences", json!({}))["silences"][0]["state"], "over");
    let all = json!([{ "label": "job", "sign": "=~", "value": ".*" }]);
    assert_eq!(bench.refused("add_silence", json!({ "matchers": all, "until": until, "reason": "x" })), "silence-holds-all");
    assert_eq!(bench.refused("add_silence", json!({ "matchers": matchers("a"), "until": until, "reason": " " })), "silence-without-reason");
    assert_eq!(bench.refused("preview_silence", json!({ "matchers": matchers("(") })), "bad-matcher");
}

#[test]
fn maintenance_holds_while_it_is_agreed() {
    let (bench, _server) = bench();
    let window = json!({ "name": "noon", "matchers": matchers("web"), "weekdays": [], "days_of_month": [], "from": "13:00", "until": "14:00",
        "zone": "UTC", "reason": "reload" });
    let row = bench.call("set_maintenance", json!({ "window": window }));
    assert_eq!((&row["holds"], row["now_until"].is_string()), (&json!(1), true));
    let row = bench.alerts().remove(0);
    assert_eq!(row["state"], "silenced");
    assert!(row["detail"].as_str().unwrap().starts_with("noon, until "), "{row}");
    bench.clock.advance(std::time::Duration::from_secs(1_300));
    assert!(!states(&bench.alerts()).contains(&"silenced"));
    bench.call("forget_maintenance", json!({ "name": "noon" }));
    assert_eq!(bench.refused("forget_maintenance", json!({ "name": "noon" })), "window-missing");
}

#[test]
fn nobody_takes_it_so_the_ladder_is_climbed_until_somebody_does() {
    let (mut bench, server) = bench();
    bench.write("oncall.yml", ONCALL);
    server.got();
    for _ in 0..5 {
        bench.told(60);
    }
    let got = server.got();
    assert_eq!(got.iter().map(|body| body["receiver"].as_str().unwrap()).collect::<Vec<_>>(), ["pager"]);
    let row = bench.alerts().remove(0);
    assert!(row["next"].as_str().unwrap().starts_with("bert at "), "{row}");
    let detail = bench.call("get_alert", json!({ "id": row["id"] }));
    let rungs = detail["ladder"].as_array().unwrap();
    assert_eq!((rungs.len(), &rungs[0]["outcome"], &rungs[0]["who"]), (2, &json!("sent"), &json!("ada (on call: dba)")));
    assert_eq!(detail["history"][0]["kind"], "escalated");
    for _ in 0..5 {
        bench.told(60);
    }
    let letter = bench.notices().remove(0);
    assert_eq!((&letter["channel"], &letter["to"], &letter["reason"]), (&json!("email"), &json!("bert@example.com"), &json!("escalation")));
    let oncall = bench.call("list_oncall", json!({}));
    assert_eq!((&oncall["oncall"][0]["rotas"][0]["now"], &oncall["oncall"][0]["findings"]), (&json!("ada"), &json!([])));
    let route = bench.call("test_route", json!({ "labels": { "severity": "critical" } }));
    assert_eq!(route["ladder"].as_array().unwrap().len(), 2);
    bench.call("acknowledge_alerts", json!({ "ids": [row["id"]], "note": "" }));
    let detail = bench.call("get_alert", json!({ "id": row["id"] }));
    assert_eq!((&detail["row"]["state"], &detail["row"]["next"]), (&json!("acknowledged"), &json!(null)));
}

#[test]
fn what_explains_others_keeps_them_quiet_and_is_named() {
    let (mut bench, server) = bench();
    server.got();
    bench.gauge(&[("error_ratio", &[("job", "web")], 0.068), ("host_up", &[("job", "web")], 0.0)]);
    bench.told(15);
    let rows = bench.alerts();
    assert_eq!(states(&rows), ["firing", "inhibited"]);
    assert_eq!(rows[1]["detail"], "by HostDown");
    let detail = bench.call("get_alert", json!({ "id": rows[0]["id"] }));
    assert_eq!(detail["inhibits"][0]["name"], "ErrorRateHigh");
    assert_eq!(bench.call("get_alert", json!({ "id": rows[1]["id"] }))["inhibited_by"][0]["name"], "HostDown");
}

#[test]
fn an_acknowledgement_runs_out_and_telling_goes_on() {
    let (mut bench, server) = bench();
    let id = bench.alerts()[0]["id"].clone();
    server.got();
    let until = bench.now() + chrono::TimeDelta::minutes(10);
    assert_eq!(bench.refused("acknowledge_alerts", json!({ "ids": [], "note": "" })), "alert-needed");
    assert_eq!(bench.refused("acknowledge_alerts", json!({ "ids": ["none"], "note": "" })), "alert-missing");
    assert_eq!(bench.refused("acknowledge_alerts", json!({ "ids": [id], "note": "", "until": bench.now() })), "bad-time");
    bench.call("acknowledge_alerts", json!({ "ids": [id], "note": "looking", "until": until }));
    for _ in 0..12 {
        bench.told(60);
    }
    assert_eq!(server.got().len(), 1, "told again");
    let events = bench.call("list_alert_events", json!({ "text": "ran out" }));
    assert_eq!(events["events"].as_array().unwrap().len(), 1);
    bench.call("acknowledge_alerts", json!({ "ids": [id], "note": "again" }));
    bench.call("withdraw_acknowledgement", json!({ "id": id }));
    assert_eq!(bench.refused("withdraw_acknowledgement", json!({ "id": id })), "not-acknowledged");
    assert_eq!(states(&bench.alerts()), ["firing"]);
}

#[test]
fn channels_are_tried_and_routes_are_drilled() {
    let (mut bench, server) = bench();
    bench.write("oncall.yml", ONCALL);
    server.got();
    let answers = bench.call("test_receiver", json!({ "router": "home", "receiver": "team" }));
    let notice = &answers["notices"][0];
    assert_eq!((&notice["state"], &notice["reason"]), (&json!("sent"), &json!("test")));
    let got = server.got();
    assert!(got[0]["alerts"][0]["annotations"]["summary"].as_str().unwrap().starts_with("Test of the receiver team"));
    assert_eq!(bench.refused("test_receiver", json!({ "router": "home", "receiver": "none" })), "receiver-missing");
    let answers = bench.call("run_fire_drill", json!({ "labels": { "severity": "critical" } }));
    let told: Vec<(String, String)> = answers["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| (notice["receiver"].as_str().unwrap().to_owned(), notice["state"].as_str().unwrap().to_owned()))
        .collect();
    let pair = |receiver: &str, state: &str| (receiver.to_owned(), state.to_owned());
    assert_eq!(told, [pair("team", "sent"), pair("team", "sent"), pair("pager", "sent"), pair("bert", "failed")]);
    assert_eq!(server.got().len(), 3);
    assert_eq!(bench.notices()[0]["reason"], "drill");
}

#[test]
fn a_system_has_rules_routes_and_a_heartbeat_of_its_own_and_leaves_out_what_it_says() {
    let server = Server::start();
    let mut bench = Bench::new();
    let folder = bench.scratch.file("shop");
    std::fs::create_dir_all(folder.join("rules")).unwrap();
    std::fs::create_dir(folder.join("runbooks")).unwrap();
    quarterdeck_testkit::shop(&folder.join("shop.db"), 20, "wal");
    let definition = "name: shop
environment: production
components: {main: {kind: sqlite, path: shop.db}}
alerting: {off: [DatabaseDoesNotAnswer], heartbeat: {address: 'ADDRESS', every: 10 s}}
";
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text.replace("ADDRESS", &server.address)).unwrap();
    write("quarterdeck.yaml", definition);
    write("rules/web.yml", &RULES.replace("for: 1m", "for: 0s"));
    write("runbooks/errors.md", "# What to do\n\nLook at the log.\n");
    write("notify.yml", &NOTIFY.replace("12h", "1h"));
    bench.call("add_system", json!({ "path": folder }));
    let down = [("system", "shop"), ("component", "main"), ("instance", "shop/main"), ("job", "sqlite")];
    bench.gauge(&[("error_ratio", &[("system", "shop")], 0.2), ("error_ratio", &[("system", "other")], 0.2), ("sqlite_up", &down, 0.0)]);
    for _ in 0..20 {
        bench.told(60);
    }
    let rows = bench.alerts();
    let ours: Vec<_> = rows.iter().filter(|row| row["name"] == "ErrorRateHigh").collect();
    assert_eq!(ours.len(), 1, "a system's rules see its own series only");
    assert_eq!((&ours[0]["system"], &ours[0]["environment"]), (&json!("shop"), &json!("production")));
    assert!(!rows.iter().any(|row| row["name"] == "DatabaseDoesNotAnswer"), "{rows:#?}");
    let detail = bench.call("get_alert", json!({ "id": ours[0]["id"] }));
    assert_eq!(detail["runbook"]["title"], "What to do");
    assert_eq!(bench.notices().last().unwrap()["router"], "shop");
    let got = server.got();
    assert!(got.iter().filter(|body| body.is_null()).count() > 5, "the heartbeat is a call without a body");
    assert!(got.iter().any(|body| body["groupLabels"].is_object()));
    let rules = bench.call("list_rules", json!({ "system": "shop" }));
    assert_eq!(rules["groups"][0]["key"], "shop/web.yml/web");
    let shipped = bench.call("list_rules", json!({}));
    let all = shipped["groups"].as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap());
    assert_eq!(all.filter(|rule| rule["off"] == json!(["shop"])).count(), 1);
    assert_eq!(bench.call("list_routes", json!({}))["routers"][0]["key"], "shop");
}

#[test]
fn where_nobody_evaluates_any_more_one_row_says_so() {
    let (bench, _server) = bench();
    bench.clock.advance(std::time::Duration::from_secs(3_600));
    let list = bench.call("list_alerts", json!({}));
    let stale: Vec<_> = list["alerts"].as_array().unwrap().iter().filter(|row| row["state"] == "stale").collect();
    assert_eq!(stale.len(), 1);
    assert!(list["sentence"].as_str().unwrap().contains("neither an agent nor a window ran"), "{}", list["sentence"]);
}
