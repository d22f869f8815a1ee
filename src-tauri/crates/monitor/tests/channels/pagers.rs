//! `pagerduty_configs` and `opsgenie_configs`.

use std::time::Duration;

use quarterdeck_monitor::notify::channel::Delivery;
use serde_json::json;

use super::{
    bench::{alert, channel, channels, firing, message, over, read, send, why},
    server::{Does, serve},
};

/// SHA-256 of `{}:{alertname="Down"}`.
const KEY: &str = "af94c9e8f6a3043625e36c6f472fe6be85ac23a9117184ee4cb7b4ad7401a47e";

fn taken() -> Does {
    Does::Answers(202, "Content-Type: application/json\r\n", json!({ "status": "success" }).to_string())
}

#[tokio::test]
async fn an_event_of_pagerduty_triggers_and_resolves() {
    let server = serve(|_| taken()).await;
    let channel =
        channels(&format!("  pagerduty_url: {}/v2/enqueue", server.address), "  pagerduty_configs:\n  - routing_key: abcdef0123456789")
            .remove(0);
    assert!(channel.send_resolved() && !format!("{channel:?}").contains("abcdef"));
    assert!(matches!(send(&channel, &firing()).await, Delivery::Sent { .. }));
    send(&channel, &message(Vec::new(), vec![over("a")])).await;
    let asked = server.asked();
    let first = asked[0].json();
    let key = first["dedup_key"].as_str().unwrap().to_owned();
    assert_eq!(key, KEY);
    let alert = json!({
        "status": "firing",
        "labels": { "alertname": "Down", "instance": "a", "severity": "critical" },
        "annotations": { "runbook": "down", "summary": "It is down" },
        "startsAt": "2024-01-01T08:15:30Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://deck.example.org/alerts/0000000000000001",
        "fingerprint": "0000000000000001",
    });
    assert_eq!(
        first,
        json!({
            "routing_key": "abcdef0123456789",
            "event_action": "trigger",
            "dedup_key": key,
            "client": "Quarterdeck",
            "client_url": "https://deck.example.org/#/alerts?receiver=ops",
            "payload": {
                "summary": "[FIRING:1] Down (a critical)",
                "source": "Quarterdeck",
                "severity": "error",
                "custom_details": { "firing": [alert], "resolved": [], "num_firing": 1, "num_resolved": 0 },
            },
        })
    );
    let second = asked[1].json();
    assert_eq!((&second["event_action"], &second["dedup_key"]), (&json!("resolve"), &json!(key)));
}

#[tokio::test]
async fn details_links_and_images_are_expanded() {
    let server = serve(|_| taken()).await;
    let config = format!(
        "routing_key: 'key-{{{{ .CommonLabels.severity }}}}'\n    url: {}/enqueue\n    severity: '{{{{ .CommonLabels.severity }}}}'\n    class: disk\n    group: '{{{{ .CommonLabels.none }}}}'\n    details: {{num_firing: mine, deep: {{list: ['{{{{ .Status }}}}']}}}}\n    links: [{{href: 'https://a/{{{{ .Status }}}}', text: t}}, {{href: '', text: none}}]\n    images: [{{src: 'https://a/i.png', alt: a}}]",
        server.address
    );
    send(&channel(&format!("  pagerduty_configs:\n  - {config}")), &firing()).await;
    let body = server.one().json();
    assert_eq!(
        (&body["routing_key"], &body["payload"]["severity"], &body["payload"]["class"]),
        (&json!("key-critical"), &json!("critical"), &json!("disk"))
    );
    assert_eq!((&body["payload"]["group"], &body["payload"]["custom_details"]["num_firing"]), (&json!(null), &json!("mine")));
    assert_eq!(body["payload"]["custom_details"]["deep"], json!({ "list": ["firing"] }));
    assert_eq!(body["links"], json!([{ "href": "https://a/firing", "text": "t" }]));
    assert_eq!(body["images"], json!([{ "src": "https://a/i.png", "alt": "a", "href": "" }]));
}

#[tokio::test]
async fn an_event_is_never_longer_than_pagerduty_takes() {
    let server = serve(|_| taken()).await;
    let channel = channel(&format!("  pagerduty_configs:\n  - routing_key: abcdef\n    url: {}", server.address));
    let many: Vec<_> = (0..3_000).map(|i| alert(&format!("{i}{}", "x".repeat(200)))).collect();
    assert!(matches!(send(&channel, &message(many, Vec::new())).await, Delivery::Sent { .. }));
    let asked = server.one();
    assert!(asked.body.len() <= 512_000, "{}", asked.body.len());
    assert_eq!(asked.json()["payload"]["custom_details"]["num_firing"], 3_000);
}

#[tokio::test]
async fn keys_of_v1_are_sent_as_v1_has_it_and_that_is_remarked() {
    let server =
        serve(|asked| if asked.json()["event_type"] == "resolve" { Does::Answers(403, "", "rate limited".to_owned()) } else { taken() })
            .await;
    let config = format!("  pagerduty_configs:\n  - service_key: first-1234\n    url: {}\n    details: {{firing: few}}", server.address);
    let channel = channel(&config);
    assert!(channel.remarks()[0].contains("Events API v1"));
    assert!(matches!(send(&channel, &firing()).await, Delivery::Sent { .. }));
    assert_eq!(
        server.one().json(),
        json!({
            "service_key": "first-1234",
            "event_type": "trigger",
            "incident_key": KEY,
            "description": "[FIRING:1] Down (a critical)",
            "client": "Quarterdeck",
            "client_url": "https://deck.example.org/#/alerts?receiver=ops",
            "details": { "firing": "few", "resolved": [], "num_firing": 1, "num_resolved": 0 },
        })
    );
    let delivery = send(&channel, &message(Vec::new(), vec![over("a")])).await;
    assert_eq!(why(&delivery), (true, "127.0.0.1 answered 403: rate limited"));
}

#[tokio::test]
async fn pagerduty_slows_us_down() {
    let server = serve(|_| Does::Answers(429, "Retry-After: 3\r\n", "throttled abcdef0123".to_owned())).await;
    let channel = channel(&format!("  pagerduty_configs:\n  - routing_key: abcdef0123\n    url: {}", server.address));
    let why = "127.0.0.1 answered 429: throttled ***".to_owned();
    assert_eq!(send(&channel, &firing()).await, Delivery::Again { why, after: Some(Duration::from_secs(3)) });
    assert!(read("", "  pagerduty_configs:\n  - severity: a").1[0].contains("routing_key is missing"));
}

#[tokio::test]
async fn an_alert_of_opsgenie_is_made_changed_and_closed() {
    let server = serve(|_| taken()).await;
    let global = format!("  opsgenie_api_url: {}\n  opsgenie_api_key: genie-1234", server.address);
    let config = "  opsgenie_configs:\n  - priority: P1\n    tags: 'a,,{{ .Status }}'\n    update_alerts: true\n    details: {env: '{{ .CommonLabels.severity }}'}\n    responders: [{name: 'x,y', type: teams}, {username: joe, type: User}]";
    let channel = channels(&global, config).remove(0);
    assert!(channel.remarks()[0].contains("April 2027"));
    assert!(matches!(send(&channel, &firing()).await, Delivery::Sent { .. }));
    let asked = server.asked();
    let made = asked[0].json();
    let alias = made["alias"].as_str().unwrap().to_owned();
    assert_eq!((asked[0].path.as_str(), asked[0].header("authorization")), ("/v2/alerts", Some("GenieKey genie-1234")));
    assert_eq!(
        (&made["message"], &made["priority"], &made["tags"]),
        (&json!("[FIRING:1] Down (a critical)"), &json!("P1"), &json!(["a", "firing"]))
    );
    assert_eq!(made["details"], json!({ "alertname": "Down", "instance": "a", "severity": "critical", "env": "critical" }));
    assert_eq!(
        made["responders"],
        json!([{ "name": "x", "type": "team" }, { "name": "y", "type": "team" }, { "username": "joe", "type": "user" }])
    );
    let of_alias = |what: &str| format!("/v2/alerts/{alias}/{what}?identifierType=alias");
    assert_eq!((asked[1].method.as_str(), asked[1].path.clone()), ("PUT", of_alias("message")));
    assert_eq!((asked[2].method.as_str(), asked[2].path.clone()), ("PUT", of_alias("description")));
    send(&channel, &message(Vec::new(), vec![over("a")])).await;
    let last = server.asked().pop().unwrap();
    assert_eq!((last.method.as_str(), last.path.clone()), ("POST", of_alias("close")));
    assert_eq!(last.json(), json!({ "source": "https://deck.example.org/#/alerts?receiver=ops" }));
}

#[tokio::test]
async fn what_opsgenie_refuses_ends_there() {
    let server =
        serve(|asked| if asked.method == "PUT" { Does::Answers(422, "", "too long genie-1234".to_owned()) } else { taken() }).await;
    let config = format!("  opsgenie_configs:\n  - api_key: genie-1234\n    api_url: {}/\n    update_alerts: true", server.address);
    let delivery = send(&channel(&config), &firing()).await;
    assert_eq!(why(&delivery), (false, "127.0.0.1 answered 422: too long ***"));
    assert_eq!(server.asked().len(), 2);
    assert!(read("", "  opsgenie_configs: [{}]").1[0].contains("api_key is missing"));
    assert_eq!(read("", "  opsgenie_configs:\n  - api_key: a\n    responders: [{type: crowd}]").1.len(), 2);
}
