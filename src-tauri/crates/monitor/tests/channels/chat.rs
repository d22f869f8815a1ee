//! Discord, Microsoft Teams, Telegram.

use std::time::Duration;

use quarterdeck_monitor::notify::channel::Delivery;
use serde_json::json;

use super::{
    bench::{alert, channel, channels, firing, message, over, read, send},
    server::{Does, ok, serve},
};

#[tokio::test]
async fn rooms_are_told_as_alertmanager_tells_them() {
    let server = serve(|_| ok()).await;
    let hook =
        |kind: &str, more: &str| channel(&format!("  {kind}_configs:\n  - webhook_url: {}/{kind}/secret-path\n{more}", server.address));
    let discord = hook("discord", "    username: Deck\n    content: 'now'");
    send(&discord, &firing()).await;
    send(&hook("msteams", ""), &message(Vec::new(), vec![over("a")])).await;
    send(&hook("msteamsv2", ""), &firing()).await;
    let asked = server.asked();
    let body = asked[0].json();
    assert_eq!((&body["content"], &body["username"], &body["embeds"][0]["color"]), (&json!("now"), &json!("Deck"), &json!(0x99_2d22)));
    assert_eq!(body["embeds"][0]["title"], "[FIRING:1] Down (a critical)");
    assert!(body["embeds"][0]["description"].as_str().unwrap().contains("Alerts Firing:"));
    let body = asked[1].json();
    assert_eq!(
        (&body["@type"], &body["themeColor"], &body["title"]),
        (&json!("MessageCard"), &json!("2DC72D"), &json!("[RESOLVED] Down (a critical)"))
    );
    let body = asked[2].json();
    assert_eq!((&body["type"], &body["attachments"][0]["content"]["body"][0]["color"]), (&json!("message"), &json!("Attention")));
    assert!(!format!("{discord:?} {}", discord.summary()).contains("secret-path"));
    assert_eq!(discord.summary(), "discord 127.0.0.1");
    assert!(read("", "  discord_configs: [{title: a}]").1[0].contains("webhook_url is missing"));
}

#[tokio::test]
async fn telegram_is_told_in_html_that_stays_text() {
    let slow = json!({ "ok": false, "error_code": 429, "parameters": { "retry_after": 9 } }).to_string();
    let server = serve(move |asked| if asked.json()["chat_id"] == 1 { Does::Answers(429, "", slow.clone()) } else { ok() }).await;
    let global = format!("  telegram_api_url: {}\n  telegram_bot_token: 123:secret-token", server.address);
    let telegram = |more: &str| channels(&global, &format!("  telegram_configs:\n  - {more}")).remove(0);
    let hostile = message(vec![alert("<b>x</b>")], Vec::new());
    assert!(matches!(
        send(&telegram("chat_id: -5\n    message_thread_id: 7\n    disable_notifications: true"), &hostile).await,
        Delivery::Sent { .. }
    ));
    let asked = server.one();
    let body = asked.json();
    assert_eq!(
        (asked.path.as_str(), &body["chat_id"], &body["parse_mode"]),
        ("/bot123:secret-token/sendMessage", &json!(-5), &json!("HTML"))
    );
    assert_eq!((&body["message_thread_id"], &body["disable_notification"]), (&json!(7), &json!(true)));
    assert!(body["text"].as_str().unwrap().contains("instance = &lt;b&gt;x&lt;/b&gt;"), "{body}");
    let delivery = send(&telegram("chat_id: 1"), &firing()).await;
    assert!(
        matches!(&delivery, Delivery::Again { after: Some(after), why } if *after == Duration::from_secs(9) && !why.contains("secret")),
        "{delivery:?}"
    );
    let many: Vec<_> = (0..500).map(|i| alert(&i.to_string())).collect();
    send(&telegram("chat_id: -5"), &message(many, Vec::new())).await;
    assert_eq!(server.asked().pop().unwrap().json()["text"], "[FIRING:500] Down (critical)");
    assert_eq!(read("", "  telegram_configs: [{parse_mode: Word}]").1.len(), 3);
}
