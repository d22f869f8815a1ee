use serde_json::{Value as Json, json};

use super::{
    RULES,
    bench::{Bench, Gauge, states},
    server::Server,
};

/// A bench whose one rule fires, with a webhook.
fn firing(notify: &str) -> (Bench, Server) {
    let server = Server::start();
    let mut bench = Bench::new();
    bench.rules("web.yml", &RULES.replace("for: 1m", "for: 0s"));
    bench.write("notify.yml", &notify.replace("ADDRESS", &server.address));
    bench.gauge(&[("error_ratio", &[("job", "web")], 0.068)]);
    (bench, server)
}

const NOTIFY: &str = "route: {receiver: team, group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
receivers:
  - name: team
    webhook_configs: [{url: 'ADDRESS'}]
";

fn statuses(got: &[Json]) -> Vec<String> {
    got.iter().map(|body| format!("{} {}", body["status"].as_str().unwrap(), body["alerts"].as_array().unwrap().len())).collect()
}

#[test]
fn where_nobody_can_be_told_the_health_of_the_machine_says_so() {
    let (mut bench, _server) = firing(NOTIFY);
    bench.told(15);
    let telling = |bench: &Bench| {
        let health = bench.call("get_health", json!({}));
        health["machine"]["checks"].as_array().unwrap().iter().find(|check| check["key"] == "machine/telling").cloned()
    };
    bench.try_to_tell();
    assert_eq!(telling(&bench), None);
    bench
        .engine
        .store()
        .write(|tx| {
            tx.execute_batch("ALTER TABLE silences RENAME TO kept").unwrap();
            Ok(())
        })
        .unwrap();
    bench.try_to_tell();
    let check = telling(&bench).unwrap();
    assert_eq!(check["tone"], "critical");
    assert!(check["sentence"].as_str().unwrap().starts_with("Nobody can be told: The store did not do its part: "), "{check}");
    bench.later(15);
    assert_eq!(bench.newest("quarterdeck_telling_failed"), 1.0);
    bench
        .engine
        .store()
        .write(|tx| {
            tx.execute_batch("ALTER TABLE kept RENAME TO silences").unwrap();
            Ok(())
        })
        .unwrap();
    bench.try_to_tell();
    // Another process knows what was measured only.
    let check = telling(&bench).unwrap();
    assert_eq!(check["sentence"], "Nobody can be told by the process that evaluates rules");
    bench.later(15);
    assert_eq!(telling(&bench), None);
}

#[test]
fn an_alert_is_told_repeated_held_while_somebody_has_it_and_told_as_over() {
    let (mut bench, server) = firing(NOTIFY);
    bench.told(15);
    assert!(server.got().is_empty(), "the group waits");
    assert_eq!(bench.alerts()[0]["next"].as_str().unwrap().split(' ').next(), Some("team"));
    bench.told(15);
    let got = server.got();
    assert_eq!(statuses(&got), ["firing 1"]);
    assert_eq!(got[0]["alerts"][0]["annotations"]["summary"], "Errors at 6.8%");
    let row = bench.alerts().remove(0);
    assert!(row["told"].as_str().unwrap().starts_with("webhook 127.0.0.1, "), "{row}");
    assert!(row["next"].as_str().unwrap().starts_with("again at "), "{row}");
    let notice = bench.notices().remove(0);
    assert_eq!((&notice["state"], &notice["reason"], &notice["attempts"]), (&json!("sent"), &json!("first"), &json!(1)));
    assert!(notice["answer"].as_str().unwrap().contains("200"), "{notice}");
    for _ in 0..59 {
        bench.told(60);
    }
    assert!(server.got().is_empty());
    bench.told(120);
    assert_eq!(statuses(&server.got()), ["firing 1"], "it is told again after an hour");
    bench.call("acknowledge_alerts", json!({ "ids": [row["id"]], "note": "on it" }));
    for _ in 0..90 {
        bench.told(60);
    }
    assert!(server.got().is_empty(), "somebody has it");
    let row = bench.alerts().remove(0);
    assert_eq!((&row["state"], row["owner"].is_string()), (&json!("acknowledged"), true));
    bench.gauge(&[("error_ratio", &[("job", "web")], 0.0)]);
    bench.told(60);
    bench.told(60);
    assert_eq!(statuses(&server.got()), ["resolved 1"]);
    bench.gauge(&[("error_ratio", &[("job", "web")], 0.2)]);
    bench.told(15);
    assert_eq!(states(&bench.alerts()), ["firing"], "an acknowledgement ends with its alert");
    bench.told(60);
    assert_eq!(statuses(&server.got()), ["firing 1"]);
}

#[test]
fn what_failed_is_tried_again_and_given_up_and_said() {
    let (mut bench, server) = firing(NOTIFY);
    server.answers("503 Service Unavailable\r\n");
    bench.told(15);
    bench.told(15);
    assert_eq!(server.got().len(), 1);
    let notice = bench.notices().remove(0);
    assert_eq!(notice["state"], "again");
    assert!(notice["answer"].as_str().unwrap().contains("503"), "{notice}");
    bench.told(5);
    assert_eq!(server.got().len(), 1, "after five seconds");
    bench.told(5);
    assert_eq!(server.got().len(), 0, "then after ten");
    server.answers("429 Too Many Requests\r\nretry-after: 120\r\n");
    bench.told(5);
    assert_eq!(server.got().len(), 1);
    bench.told(110);
    assert_eq!(server.got().len(), 0, "not before it may");
    for _ in 0..20 {
        bench.told(60);
    }
    let notice = bench.notices().pop().unwrap();
    assert_eq!(notice["state"], "failed");
    assert!(notice["answer"].as_str().unwrap().contains("given up after"), "{notice}");
    assert!(bench.alerts()[0]["untold"] == json!(true) || bench.notices().len() > 1);
    bench.told(15);
    assert!(bench.newest("quarterdeck_notifications_failed_total{receiver=\"team\"}") >= 1.0);
    server.answers("404 Not Found\r\n");
    server.got();
    for _ in 0..8 {
        bench.told(60);
    }
    assert!(bench.notices().iter().any(|notice| notice["state"] == "failed" && notice["answer"].as_str().unwrap().contains("404")));
}

#[test]
fn a_message_of_a_process_that_ended_is_sent_by_the_next_one_and_nothing_twice() {
    let (mut bench, server) = firing(NOTIFY);
    bench.told(15);
    server.answers("503 Service Unavailable\r\n");
    bench.told(15);
    server.got();
    bench.restart();
    server.answers("200 OK\r\n");
    bench.told(15);
    assert_eq!(statuses(&server.got()), ["firing 1"]);
    bench.restart();
    for _ in 0..10 {
        bench.told(60);
    }
    assert!(server.got().is_empty(), "what was told is known to the next process");
    assert_eq!(bench.notices().len(), 1);
}

#[test]
fn a_channel_gets_thirty_messages_a_minute_at_most() {
    let notify = NOTIFY.replace("group_wait: 10s", "group_wait: 0s, group_by: [job]");
    let (mut bench, server) = firing(&notify);
    let jobs: Vec<String> = (0..40).map(|n| format!("job{n}")).collect();
    let labels: Vec<[(&str, &str); 1]> = jobs.iter().map(|job| [("job", job.as_str())]).collect();
    let gauges: Vec<Gauge<'_>> = labels.iter().map(|labels| ("error_ratio", &labels[..], 0.5)).collect();
    bench.gauge(&gauges);
    bench.told(15);
    for _ in 0..45 {
        bench.beat();
    }
    assert_eq!(server.got().len(), 30);
    assert!(bench.notices().iter().any(|notice| notice["answer"] == "waits: 30 messages a minute at most"));
    bench.told(60);
    for _ in 0..12 {
        bench.beat();
    }
    assert_eq!(server.got().len(), 10);
}

#[test]
fn hostile_words_are_words() {
    let (mut bench, server) = firing(NOTIFY);
    let evil = format!("<script>alert(1)</script>\u{1b}[2J\u{202e}{}", "x".repeat(100_000));
    bench.gauge(&[("error_ratio", &[("job", &evil), ("instance", "{{ .Nothing }}")], 0.5)]);
    bench.told(15);
    bench.told(15);
    assert_eq!(statuses(&server.got()), ["firing 1"]);
    let row = bench.alerts().remove(0);
    assert_eq!(row["target"], "{{ .Nothing }}");
    assert!(bench.notices()[0]["title"].as_str().unwrap().chars().count() <= 200);
}

#[test]
fn a_wrong_configuration_stays_as_it_was_and_one_that_never_was_right_leaves_alerts_to_the_others() {
    let (mut bench, server) = firing(NOTIFY);
    bench.told(15);
    bench.write("notify.yml", "route: {receiver: nobody}\nreceivers: []\n");
    bench.told(15);
    assert_eq!(statuses(&server.got()), ["firing 1"]);
    let routes = bench.call("list_routes", json!({}));
    let keys: Vec<&str> = routes["routers"].as_array().unwrap().iter().map(|router| router["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["home", "built-in"]);
    assert_eq!(routes["routers"][0]["findings"].as_array().unwrap().len(), 1);
    assert!(routes["routers"][0]["in_use"].as_str().unwrap().contains("mistakes"));
    assert_eq!(bench.call("test_route", json!({ "labels": { "alertname": "X" } }))["router"], "built-in");
    assert_eq!(bench.refused("test_route", json!({ "labels": {}, "router": "home" })), "router-unusable");
    assert_eq!(bench.refused("test_route", json!({ "labels": {}, "router": "other" })), "router-missing");
}

#[test]
fn a_configuration_that_comes_takes_over_and_the_other_has_nothing_more_to_say() {
    let server = Server::start();
    let mut bench = Bench::new();
    bench.rules("web.yml", &RULES.replace("for: 1m", "for: 0s"));
    bench.gauge(&[("error_ratio", &[("job", "web")], 0.068)]);
    let told_by = |bench: &Bench, router: &str| bench.notices().iter().filter(|notice| notice["router"] == router).count();
    bench.told(15);
    bench.told(15);
    let before = told_by(&bench, "built-in");
    assert!(before >= 1);
    bench.write("notify.yml", &NOTIFY.replace("ADDRESS", &server.address));
    for _ in 0..300 {
        bench.told(60);
    }
    assert_eq!(told_by(&bench, "built-in"), before, "it would tell again after four hours");
    assert!(told_by(&bench, "home") >= 4);
}
