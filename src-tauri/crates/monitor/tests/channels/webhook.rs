//! `webhook_configs`, and what all channels over HTTP share.

use std::{path::Path, time::Duration};

use quarterdeck_monitor::notify::channel::{Delivery, heartbeat::Heartbeat};
use quarterdeck_testkit::Scratch;
use serde_json::json;

use super::{
    bench::{alert, channel, channels, firing, message, over, read, send, why},
    server::{Does, certificate, ok, serve, serve_with},
};

fn webhook(more: &str) -> String {
    format!("  webhook_configs:\n  - {more}")
}

#[tokio::test]
async fn the_payload_is_alertmanagers_version_4() {
    let server = serve(|_| ok()).await;
    let channel = channel(&webhook(&format!("url: {}/alerts", server.address)));
    assert!(channel.send_resolved());
    let delivery = send(&channel, &message(vec![alert("a")], vec![over("bb")])).await;
    assert_eq!(delivery, Delivery::Sent { answer: "127.0.0.1 answered 200: ok".to_owned() });
    let asked = server.one();
    assert_eq!((asked.method.as_str(), asked.path.as_str(), asked.header("content-type")), ("POST", "/alerts", Some("application/json")));
    let one = |status: &str, instance: &str, ends: &str| {
        let id = format!("{:0>16}", instance.len());
        json!({
            "status": status,
            "labels": { "alertname": "Down", "instance": instance, "severity": "critical" },
            "annotations": { "runbook": "down", "summary": "It is down" },
            "startsAt": "2024-01-01T08:15:30Z",
            "endsAt": ends,
            "generatorURL": format!("https://deck.example.org/alerts/{id}"),
            "fingerprint": id,
        })
    };
    assert_eq!(
        asked.json(),
        json!({
            "version": "4",
            "groupKey": "{}:{alertname=\"Down\"}",
            "truncatedAlerts": 0,
            "status": "firing",
            "receiver": "ops",
            "notification_reason": "first notification",
            "groupLabels": { "alertname": "Down" },
            "commonLabels": { "alertname": "Down", "severity": "critical" },
            "commonAnnotations": { "runbook": "down", "summary": "It is down" },
            "routeLabels": {},
            "externalURL": "https://deck.example.org",
            "alerts": [one("firing", "a", "0001-01-01T00:00:00Z"), one("resolved", "bb", "2024-01-01T08:16:30Z")],
        })
    );
}

#[tokio::test]
async fn many_alerts_are_cut_and_that_is_said() {
    let server = serve(|_| ok()).await;
    let channel = channel(&webhook(&format!("url: {}\n    max_alerts: 2", server.address)));
    let mut long = message((0..5).map(|i| alert(&"x".repeat(i + 1))).collect(), Vec::new());
    long.dropped = 7;
    send(&channel, &long).await;
    let body = server.one().json();
    assert_eq!((body["alerts"].as_array().unwrap().len(), &body["truncatedAlerts"]), (2, &json!(10)));
}

#[tokio::test]
async fn a_payload_of_ones_own_is_expanded_in_every_depth() {
    let server = serve(|_| ok()).await;
    let channel = channel(&webhook(&format!(
        "url: '{}/{{{{ .CommonLabels.severity }}}}'\n    payload:\n      text: '{{{{ .Status }}}}'\n      '{{{{ .Receiver }}}}': ['{{{{ len .Alerts }}}}', 'a: b', true, '{{{{ .CommonLabels | toJson }}}}', '']\n      n: 5",
        server.address
    )));
    send(&channel, &firing()).await;
    let asked = server.one();
    assert_eq!(asked.path, "/critical");
    let labels = json!({ "alertname": "Down", "instance": "a", "severity": "critical" });
    assert_eq!(asked.json(), json!({ "text": "firing", "ops": [1, { "a": "b" }, true, labels, null], "n": 5 }));
}

#[tokio::test]
async fn what_a_server_says_decides() {
    let server = serve(|asked| match asked.path.as_str() {
        "/400" => Does::Answers(400, "", "what\u{1b}[31m is\r\nthis".to_owned()),
        "/429" => Does::Answers(429, "Retry-After: 7\r\n", String::new()),
        "/503" => Does::Answers(503, "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n", String::new()),
        "/504" => Does::Answers(504, "Retry-After: 999999\r\n", String::new()),
        "/500" => Does::Answers(500, "", "x".repeat(100_000)),
        "/202" => Does::Answers(202, "", String::new()),
        "/302" => Does::Answers(302, "Location: file:///etc/passwd\r\n", String::new()),
        "/loop" => Does::Answers(307, "Location: /loop\r\n", String::new()),
        "/endless" => Does::Endless,
        _ => Does::Leaves,
    })
    .await;
    let at = |path: &str| channel(&webhook(&format!("url: {}{path}\n    timeout: 5s", server.address)));
    let sent = |path: &'static str| {
        let channel = at(path);
        async move { send(&channel, &firing()).await }
    };
    assert_eq!(sent("/202").await, Delivery::Sent { answer: "127.0.0.1 answered 202".to_owned() });
    assert_eq!(sent("/400").await, Delivery::Refused { why: "127.0.0.1 answered 400: what [31m is  this".to_owned() });
    assert_eq!(sent("/302").await, Delivery::Refused { why: "127.0.0.1 answered 302".to_owned() });
    let again = |why: &str, after: u64| Delivery::Again { why: why.to_owned(), after: Some(Duration::from_secs(after)) };
    assert_eq!(sent("/429").await, again("127.0.0.1 answered 429", 7));
    assert_eq!(sent("/503").await, again("127.0.0.1 answered 503", 0));
    assert_eq!(sent("/504").await, again("127.0.0.1 answered 504", 3600));
    for (path, part) in
        [("/500", "answered 500: xxx"), ("/endless", "answered 500: xxx"), ("/gone", "127.0.0.1: "), ("/loop", "more than 5 times")]
    {
        let delivery = sent(path).await;
        let (again, why) = why(&delivery);
        assert!(again && why.contains(part) && why.len() < 400, "{path}: {why}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_in_time() {
    let server = serve(|_| Does::Hangs).await;
    let channel = channel(&webhook(&format!("url: {}\n    timeout: 300ms", server.address)));
    assert_eq!(channel.limit(), Duration::from_millis(300));
    let delivery = send(&channel, &firing()).await;
    assert_eq!(why(&delivery), (true, "127.0.0.1: there was no whole answer within 300 ms"));
    assert_eq!(super::bench::channel(&webhook("url: http://a")).limit(), Duration::from_secs(10));
}

#[tokio::test]
async fn certificates_are_judged_and_named() {
    let (pem, tls) = certificate(&["127.0.0.1"]);
    let server = serve_with(Some(tls), |_| ok()).await;
    let scratch = Scratch::new();
    std::fs::write(scratch.file("ca.pem"), &pem).unwrap();
    let with = |config: &str| channel(&webhook(&format!("url: {}\n    http_config: {{tls_config: {{{config}}}}}", server.address)));
    let trusting = format!("ca_file: {}", scratch.file("ca.pem").display());
    let stranger = send(&with(""), &firing()).await;
    assert_eq!(why(&stranger), (true, "127.0.0.1: its certificate is signed by itself; name it in tls_config under ca_file to trust it"));
    assert!(matches!(send(&with(&trusting), &firing()).await, Delivery::Sent { .. }));
    assert!(matches!(send(&with("insecure_skip_verify: true"), &firing()).await, Delivery::Sent { .. }));
    let other = send(&with(&format!("{trusting}, server_name: other.example.org")), &firing()).await;
    assert!(why(&other).1.contains("its certificate is for another name"), "{other:?}");
    let none = send(&with("ca_file: /nowhere/ca.pem"), &firing()).await;
    assert!(why(&none).1.contains("/nowhere/ca.pem"), "{none:?}");
}

#[tokio::test]
async fn whoever_is_asked_for_a_secret_shows_it_and_nobody_else_sees_it() {
    let server = serve(|asked| Does::Answers(400, "", asked.head.clone())).await;
    let scratch = Scratch::new();
    std::fs::write(scratch.file("token"), "  from-a-file-1234\n").unwrap();
    let cases = [
        ("basic_auth: {username: deck, password: hunter22}".to_owned(), "Basic ZGVjazpodW50ZXIyMg==", "hunter22"),
        ("authorization: {credentials: literal-9876}".to_owned(), "Bearer literal-9876", "literal-9876"),
        ("authorization: {type: Token, credentials: literal-9876}".to_owned(), "Token literal-9876", "literal-9876"),
        (format!("bearer_token_file: {}", scratch.file("token").display()), "Bearer from-a-file-1234", "from-a-file-1234"),
        (
            format!("authorization: {{credentials: 'file:{}'}}", scratch.file("token").display()),
            "Bearer from-a-file-1234",
            "from-a-file-1234",
        ),
    ];
    for (config, header, secret) in cases {
        let channel = channel(&webhook(&format!("url: {}/in-the-path-4711\n    http_config: {{{config}}}", server.address)));
        let delivery = send(&channel, &firing()).await;
        let asked = server.asked();
        assert_eq!(asked.last().unwrap().header("authorization"), Some(header));
        let all = format!("{delivery:?} {channel:?} {}", channel.summary());
        assert!(!all.contains(secret) && !all.contains("ZGVjaz") && !all.contains("in-the-path-4711"), "{all}");
        assert!(all.contains("***"), "{all}");
    }
    let missing = channel(&webhook(&format!(
        "url: {}\n    http_config: {{authorization: {{credentials: 'env:QUARTERDECK_NO_SUCH'}}}}",
        server.address
    )));
    let delivery = send(&missing, &firing()).await;
    assert_eq!(why(&delivery), (true, "The secret env:QUARTERDECK_NO_SUCH is not there: the variable is not set"));
    let headers = channel(&webhook(&format!("url: {}\n    http_config: {{http_headers: {{X-Deck: {{values: [four]}}}}}}", server.address)));
    send(&headers, &firing()).await;
    assert_eq!(server.asked().last().unwrap().header("x-deck"), Some("four"));
}

#[tokio::test]
async fn a_proxy_stands_between_where_it_is_named() {
    let proxy = serve(|_| ok()).await;
    let through = channel(&webhook(&format!("url: http://deck.invalid/a\n    http_config: {{proxy_url: '{}'}}", proxy.address)));
    assert!(matches!(send(&through, &firing()).await, Delivery::Sent { .. }));
    assert_eq!(proxy.one().path, "http://deck.invalid/a");
}

#[test]
fn what_is_wrong_is_found_and_says_where() {
    let found = |config: &str| read("", &webhook(config)).1;
    assert_eq!(
        found("url: ftp://a"),
        [
            "6:10: receivers[0].webhook_configs[0].url is no address of a server. Write it with https:// at its beginning and a host behind it."
        ]
    );
    assert_eq!(
        found("send_resolved: true"),
        ["6:5: receivers[0].webhook_configs[0].url is missing. Add a line such as: url: https://example.org/alerts"]
    );
    assert_eq!(
        found("url: http://a\n    url_file: b"),
        ["7:15: receivers[0].webhook_configs[0].url and receivers[0].webhook_configs[0].url_file are both there. Keep one of them."]
    );
    assert_eq!(
        found("url: http://a\n    max_alert: 5"),
        ["7:5: receivers[0].webhook_configs[0].max_alert is not a known key. Write max_alerts instead."]
    );
    assert_eq!(found("url: http://a\n    timeout: soon").len(), 1);
    assert_eq!(found("url: http://a\n    http_config: {follow: true}").len(), 1);
}

#[test]
fn what_is_said_for_all_counts_where_nothing_else_is_said() {
    let global = "  http_config: {authorization: {credentials: abcd}}\n  resolve_timeout: 5m";
    let all = channels(
        global,
        "  webhook_configs: [{url: 'http://a'}]\n  sns_configs: [{topic_arn: x, sigv4: {}}]\n  wechat_configs: [{to_user: x}]",
    );
    assert_eq!(
        all.iter().map(|channel| (channel.summary(), channel.send_resolved())).collect::<Vec<_>>(),
        [("webhook a".to_owned(), true), ("sns".to_owned(), true), ("wechat".to_owned(), false)]
    );
    assert!(all[0].remarks().is_empty() && all[1].remarks()[0].contains("not sent from here"));
    let oauth = channel(&webhook("url: http://a\n    http_config: {oauth2: {client_id: a}}"));
    assert!(oauth.remarks()[0].contains("oauth2"));
}

#[tokio::test]
async fn a_heartbeat_is_heard() {
    let server = serve(|asked| if asked.path == "/gone" { Does::Answers(404, "", asked.path.clone()) } else { ok() }).await;
    let beat =
        |path: &str, posts: bool| Heartbeat::new(&format!("{}{path}", server.address), Path::new(""), Duration::from_secs(60), posts);
    assert!(matches!(beat("/ping/0123456789abc", false).visit(0).await, Delivery::Sent { .. }));
    assert!(matches!(beat("/ping/0123456789abc", true).visit(0).await, Delivery::Sent { .. }));
    assert_eq!(why(&beat("/gone", false).visit(0).await), (false, "127.0.0.1 answered 404: /gone"));
    let methods: Vec<String> = server.asked().into_iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect();
    assert_eq!(methods, ["GET /ping/0123456789abc", "POST /ping/0123456789abc", "GET /gone"]);
}
