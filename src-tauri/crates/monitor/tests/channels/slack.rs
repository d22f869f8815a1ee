//! `slack_configs`.

use quarterdeck_monitor::notify::channel::Delivery;
use quarterdeck_testkit::Scratch;
use serde_json::json;

use super::{
    bench::{alert, channel, channels, firing, message, over, read, send, why},
    server::{Does, ok, serve},
};

fn slack(more: &str) -> String {
    format!("  slack_configs:\n  - {more}")
}

#[tokio::test]
async fn a_message_looks_as_from_alertmanager() {
    let server = serve(|_| ok()).await;
    let channel = channel(&slack(&format!("api_url: {}/services/T0/B0/secret-key\n    channel: '#alerts'", server.address)));
    assert_eq!((channel.summary(), channel.send_resolved()), ("slack #alerts".to_owned(), false));
    assert!(matches!(send(&channel, &firing()).await, Delivery::Sent { .. }));
    let url = "https://deck.example.org/#/alerts?receiver=ops";
    assert_eq!(
        server.one().json(),
        json!({
            "channel": "#alerts",
            "username": "Quarterdeck",
            "attachments": [{
                "title": "[FIRING:1] Down (a critical)",
                "title_link": url,
                "text": "",
                "fallback": format!("[FIRING:1] Down (a critical) | {url}"),
                "callback_id": "",
                "footer": "",
                "color": "danger",
                "mrkdwn_in": ["fallback", "pretext", "text"],
            }],
        })
    );
    send(&channel, &message(Vec::new(), vec![over("a")])).await;
    let second = server.asked()[1].json();
    assert_eq!(
        (&second["attachments"][0]["color"], &second["attachments"][0]["title"]),
        (&json!("good"), &json!("[RESOLVED] Down (a critical)"))
    );
}

#[tokio::test]
async fn everything_can_be_said_in_ones_own_words() {
    let server = serve(|_| ok()).await;
    let config = "title: '{{ .Status }}'\n    text: '<!channel> {{ range .Alerts }}{{ .Annotations.summary }}{{ end }}'\n    message_text: 'plain'\n    short_fields: true\n    link_names: true\n    mrkdwn_in: [text]\n    icon_emoji: ':bell:'\n    color: '#ff0000'\n    fields: [{title: Where, value: '{{ .CommonLabels.instance }}'}, {title: Long, value: x, short: false}]\n    actions:\n    - {type: button, text: Open, url: 'https://a/{{ .Status }}', style: primary, name: ignored}\n    - {type: button, text: Ack, name: ack, value: '1', confirm: {text: Sure, ok_text: 'Yes'}}";
    let channel = channel(&slack(&format!("api_url: {}\n    {config}", server.address)));
    let hostile = quarterdeck_monitor::alert::Alert {
        labels: super::bench::labels(&[("alertname", "Down"), ("instance", "<!here> <@U1> <https://a|b>")]),
        ..alert("a")
    };
    send(&channel, &message(vec![hostile], Vec::new())).await;
    let body = server.one().json();
    assert_eq!((&body["text"], &body["link_names"], &body["icon_emoji"]), (&json!("plain"), &json!(true), &json!(":bell:")));
    let attachment = &body["attachments"][0];
    assert_eq!((&attachment["title"], &attachment["text"]), (&json!("firing"), &json!("<!channel> It is down")));
    assert_eq!(
        attachment["fields"],
        json!([{ "title": "Where", "value": "&lt;!here> &lt;@U1> <https://a|b>", "short": true }, { "title": "Long", "value": "x", "short": false }])
    );
    assert_eq!(
        attachment["actions"],
        json!([
            { "type": "button", "text": "Open", "style": "primary", "url": "https://a/firing" },
            { "type": "button", "text": "Ack", "name": "ack", "value": "1", "confirm": { "text": "Sure", "ok_text": "Yes" } },
        ])
    );
}

#[tokio::test]
async fn slack_says_no_with_200_too() {
    let json = "Content-Type: application/json; charset=utf-8\r\n";
    let server = serve(move |asked| match asked.path.as_str() {
        "/text" => Does::Answers(200, "", "no_text".to_owned()),
        "/limited" => Does::Answers(200, json, json!({ "ok": false, "error": "ratelimited" }).to_string()),
        "/refused" => Does::Answers(200, json, json!({ "ok": false, "error": "channel_not_found" }).to_string()),
        "/taken" => Does::Answers(200, json, json!({ "ok": true, "ts": "1.2" }).to_string()),
        "/broken" => Does::Answers(200, json, "{".to_owned()),
        _ => Does::Answers(404, "", "no_service".to_owned()),
    })
    .await;
    let sent = |path: &str| {
        let channel = channel(&slack(&format!("api_url: {}{path}", server.address)));
        async move { send(&channel, &firing()).await }
    };
    assert!(matches!(sent("/taken").await, Delivery::Sent { .. }));
    for (path, again, part) in [
        ("/text", false, "no_text"),
        ("/limited", true, "ratelimited"),
        ("/refused", false, "channel_not_found"),
        ("/broken", true, "{"),
        ("/gone", false, "404: no_service"),
    ] {
        let delivery = sent(path).await;
        let said = why(&delivery);
        assert!(said.0 == again && said.1.contains(part), "{path}: {delivery:?}");
    }
}

#[tokio::test]
async fn where_slack_is_comes_from_the_channel_or_from_all_channels() {
    let server = serve(|_| ok()).await;
    let scratch = Scratch::new();
    std::fs::write(scratch.file("hook"), format!("{}/from-file\n", server.address)).unwrap();
    let global = format!("  slack_api_url_file: {}", scratch.file("hook").display());
    send(&channels(&global, "  slack_configs: [{channel: '#a'}]")[0], &firing()).await;
    let global = format!("  slack_app_token: xoxb-1234\n  slack_app_url: {}/api", server.address);
    let app = channels(&global, "  slack_configs: [{channel: '#a'}]").remove(0);
    send(&app, &firing()).await;
    let asked = server.asked();
    assert_eq!(asked[0].path, "/from-file");
    assert_eq!((asked[1].path.as_str(), asked[1].header("authorization")), ("/api", Some("Bearer xoxb-1234")));
    assert!(!format!("{app:?}").contains("xoxb"));

    assert!(read("", &slack("channel: '#a'")).1[0].contains("api_url is missing"));
    assert!(read("", &slack("api_url: http://a\n    app_token: x")).1[0].contains("beside an api_url"));
    assert!(read("", &slack("app_token: x\n    http_config: {authorization: {credentials: y}}")).1[0].contains("beside a token"));
    assert_eq!(read("", &slack("api_url: http://a\n    actions: [{type: button}]")).1.len(), 2);
    assert_eq!(read("", &slack("api_url: http://a\n    fields: [{title: a}]")).1.len(), 1);
    assert!(channel(&slack("api_url: http://a\n    update_message: true")).remarks()[0].contains("update_message"));
}

#[tokio::test]
async fn a_template_that_fails_is_no_message() {
    let server = serve(|_| ok()).await;
    let channel = channel(&slack(&format!("api_url: {}\n    text: '{{{{ .Nothing }}}}'", server.address)));
    let delivery = send(&channel, &firing()).await;
    assert!(why(&delivery).1.contains("line 1, column 4: the notification has no Nothing"), "{delivery:?}");
    assert!(!why(&delivery).0 && server.asked().is_empty());
    let templates = quarterdeck_monitor::template::message::Templates::new(Vec::new()).unwrap();
    let rehearsed = channel.rehearse(&firing(), &templates, &super::bench::means());
    assert_eq!(rehearsed.as_deref(), Some(why(&delivery).1));
    assert_eq!(super::bench::channel(&slack("api_url: http://a")).rehearse(&firing(), &templates, &super::bench::means()), None);
}

#[tokio::test]
async fn texts_from_outside_are_bounded() {
    let server = serve(|_| ok()).await;
    let channel = channel(&slack(&format!(
        "api_url: {}\n    title: '{{{{ .CommonLabels.instance }}}}'\n    text: '{{{{ .CommonLabels.instance }}}}'",
        server.address
    )));
    let long = format!("a\u{0}\u{1b}\n\u{202e}b{}", "x".repeat(1_000_000));
    send(&channel, &message(vec![alert(&long)], Vec::new())).await;
    let attachment = &server.one().json()["attachments"][0];
    let (title, text) = (attachment["title"].as_str().unwrap(), attachment["text"].as_str().unwrap());
    assert!(title.starts_with("a bx") && title.chars().count() == 1024 && title.ends_with('…'), "{}", &title[..20]);
    assert!(text.starts_with("a\nbx") && text.chars().count() == 16 * 1024 && text.ends_with('…'), "{:?}", &text[..20]);
}
