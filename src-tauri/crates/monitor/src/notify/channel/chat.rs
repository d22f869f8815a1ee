//! Rooms to talk in that take a text over HTTP: Discord, Microsoft Teams (both ways of its webhooks), Telegram.

use std::time::Duration;

use quarterdeck_document::{findings::Findings, yaml::Node};
use serde_json::{Value, json};

use super::{
    Common, Delivery, Global, Telling,
    given::Given,
    global::address_or,
    http::{Http, Question},
    plain,
    secret::{Revealed, Secret},
};

/// A room.
#[derive(Debug, Clone)]
pub struct Chat {
    http: Http,
    room: Room,
}

#[derive(Debug, Clone)]
enum Room {
    Discord { address: Secret, title: String, message: String, content: String, username: String, avatar: String },
    Teams { address: Secret, title: String, summary: String, text: String },
    TeamsCard { address: Secret, title: String, text: String },
    Telegram { api: String, token: Secret, chat: Secret, thread: Option<u64>, message: String, quiet: bool, mode: String },
}

impl Chat {
    /// Reads one of `discord_configs`, `msteams_configs`, `msteamsv2_configs` and `telegram_configs`.
    pub fn read(kind: &str, node: &Node, path: &str, global: &Global, findings: &mut Findings) -> Option<(Common, Self)> {
        let own: &[&str] = match kind {
            "discord" => &["webhook_url", "webhook_url_file", "content", "title", "message", "username", "avatar_url"],
            "msteams" => &["webhook_url", "webhook_url_file", "title", "summary", "text"],
            "msteamsv2" => &["webhook_url", "webhook_url_file", "title", "text"],
            _ => &[
                "api_url",
                "bot_token",
                "bot_token_file",
                "chat_id",
                "chat_id_file",
                "message_thread_id",
                "message",
                "disable_notifications",
                "parse_mode",
            ],
        };
        let known: Vec<&str> = ["send_resolved", "http_config"].into_iter().chain(own.iter().copied()).collect();
        let given = Given::read(node, path, &known, findings)?;
        let mut common = Common::read(&given, true, findings);
        let http = Http::read(given.node("http_config"), &given.path("http_config"), &global.http, findings);
        common.remarks.extend(http.remark);
        let room = if kind == "telegram" { telegram(&given, global, findings)? } else { webhook(kind, &given, findings)? };
        Some((common, Self { http, room }))
    }

    /// Where, without what may be secret.
    pub fn summary(&self) -> String {
        match &self.room {
            Room::Discord { address, .. } | Room::Teams { address, .. } | Room::TeamsCard { address, .. } => super::host_of(address),
            Room::Telegram { chat, .. } => chat.written().map_or_else(|| chat.to_string(), str::to_owned),
        }
    }

    pub(super) async fn tell(&self, telling: &Telling<'_>) -> Result<Delivery, Delivery> {
        let mut revealed = Revealed::default();
        let (address, body) = match &self.room {
            Room::Telegram { .. } => self.telegram(telling, &mut revealed).await?,
            Room::Discord { address, .. } | Room::Teams { address, .. } | Room::TeamsCard { address, .. } => {
                let address = revealed.reveal(address).await.map_err(|fault| Delivery::from_fault(&fault))?;
                (address, self.body(telling)?)
            }
        };
        let answer = self.http.ask(Question::post(address, &body), telling.limit, &mut revealed).await?;
        Ok(match answer.delivery(telling.means.now) {
            // Telegram says it in its answer.
            Delivery::Again { why, after: None } => Delivery::Again { why, after: retry_after(&answer.body) },
            other => other,
        })
    }

    pub(super) fn rehearse(&self, telling: &Telling<'_>) -> Result<(), Delivery> {
        match &self.room {
            Room::Telegram { message, .. } => telling.page(message).map(drop),
            _ => self.body(telling).map(drop),
        }
    }

    fn body(&self, telling: &Telling<'_>) -> Result<Value, Delivery> {
        Ok(match &self.room {
            Room::Discord { title, message, content, username, avatar, .. } => {
                let color = if telling.is_over() { 0x2e_cc71 } else { 0x99_2d22 };
                let mut body = json!({
                    "content": plain::lines(&telling.text(content)?, 2000),
                    "embeds": [{ "title": telling.line(title, 256)?, "description": plain::lines(&telling.text(message)?, 4096), "color": color }],
                });
                for (key, text) in [("username", username), ("avatar_url", avatar)] {
                    if !text.is_empty() {
                        body[key] = Value::from(text.as_str());
                    }
                }
                body
            }
            Room::Teams { title, summary, text, .. } => json!({
                "@context": "http://schema.org/extensions",
                "@type": "MessageCard",
                "title": telling.line(title, plain::TITLE)?,
                "summary": telling.line(summary, plain::TITLE)?,
                "text": plain::lines(&telling.text(text)?, 20_000),
                "themeColor": if telling.is_over() { "2DC72D" } else { "8C1A1A" },
            }),
            Room::TeamsCard { title, text, .. } => card(
                &telling.line(title, plain::TITLE)?,
                &plain::lines(&telling.text(text)?, 20_000),
                if telling.is_over() { "Good" } else { "Attention" },
            ),
            Room::Telegram { .. } => Value::Null,
        })
    }

    async fn telegram(&self, telling: &Telling<'_>, revealed: &mut Revealed) -> Result<(String, Value), Delivery> {
        const MOST: usize = 4096;
        let Room::Telegram { api, token, chat, thread, message, quiet, mode } = &self.room else {
            return Err(Delivery::refused("this is no room of Telegram"));
        };
        let text = if mode == "HTML" {
            let page = telling.page(message)?;
            // A page that is cut is none any more.
            if page.chars().count() > MOST {
                plain::lines(&crate::template::escape::html(&telling.line(SUBJECT, MOST)?), MOST)
            } else {
                page
            }
        } else {
            plain::lines(&telling.text(message)?, MOST)
        };
        let from_fault = |fault| Delivery::from_fault(&fault);
        let token = revealed.reveal(token).await.map_err(from_fault)?;
        let chat = chat.reveal().await.map_err(from_fault)?;
        let Ok(chat) = chat.parse::<i64>() else { return Err(Delivery::refused("chat_id is no number")) };
        let mut body = json!({ "chat_id": chat, "text": text, "disable_web_page_preview": true });
        if !mode.is_empty() {
            body["parse_mode"] = Value::from(mode.as_str());
        }
        if *quiet {
            body["disable_notification"] = Value::from(true);
        }
        if let Some(thread) = thread {
            body["message_thread_id"] = Value::from(*thread);
        }
        Ok((format!("{}/bot{token}/sendMessage", api.trim_end_matches('/')), body))
    }
}

/// What is sent where a page is too long.
const SUBJECT: &str = "{{ template \"__subject\" . }}";

fn webhook(kind: &str, given: &Given<'_>, findings: &mut Findings) -> Option<Room> {
    let address = given.address("webhook_url", findings);
    if address.is_none() {
        given.missing("webhook_url", "webhook_url_file: /path/to/the/webhook", findings);
    }
    let address = address?;
    let mut text = |key: &str| {
        let otherwise = match (kind, key) {
            (_, "title") | (_, "summary") | ("discord", "message") => format!("{{{{ template \"{kind}.default.{key}\" . }}}}"),
            ("msteams" | "msteamsv2", "text") => format!("{{{{ template \"{kind}.default.text\" . }}}}"),
            _ => String::new(),
        };
        given.text_or(key, &otherwise, findings)
    };
    Some(match kind {
        "discord" => Room::Discord {
            address,
            title: text("title"),
            message: text("message"),
            content: text("content"),
            username: text("username"),
            avatar: text("avatar_url"),
        },
        "msteams" => Room::Teams { address, title: text("title"), summary: text("summary"), text: text("text") },
        _ => Room::TeamsCard { address, title: text("title"), text: text("text") },
    })
}

fn telegram(given: &Given<'_>, global: &Global, findings: &mut Findings) -> Option<Room> {
    let token = given.secret("bot_token", findings).or_else(|| global.telegram_token.clone());
    if token.is_none() {
        given.missing("bot_token", "bot_token_file: /path/to/the/token", findings);
    }
    let chat = given.secret("chat_id", findings);
    if chat.is_none() {
        given.missing("chat_id", "chat_id: -1001234567890", findings);
    }
    let mode = given.text_or("parse_mode", "HTML", findings);
    if let Some(node) = given.node("parse_mode").filter(|_| !["", "Markdown", "MarkdownV2", "HTML"].contains(&mode.as_str())) {
        findings.add(node.at, format!("{} is not known.", given.path("parse_mode")), "Write Markdown, MarkdownV2 or HTML.");
    }
    Some(Room::Telegram {
        api: address_or(given, "api_url", &global.telegram, findings),
        token: token?,
        chat: chat?,
        thread: given.count("message_thread_id", findings),
        message: given.text_or("message", "{{ template \"telegram.default.message\" . }}", findings),
        quiet: given.truth("disable_notifications", findings).unwrap_or(false),
        mode,
    })
}

/// An adaptive card (<https://adaptivecards.io/explorer/>), as workflows of Teams take it.
fn card(title: &str, text: &str, color: &str) -> Value {
    let title = json!({
        "type": "TextBlock", "text": title, "weight": "Bolder", "size": "Medium", "wrap": true, "style": "heading", "color": color,
    });
    let content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [title, { "type": "TextBlock", "text": text, "wrap": true }],
        "msteams": { "width": "full" },
    });
    let kind = "application/vnd.microsoft.card.adaptive";
    json!({ "type": "message", "attachments": [{ "contentType": kind, "contentUrl": null, "content": content }] })
}

fn retry_after(body: &str) -> Option<Duration> {
    let said: Value = serde_json::from_str(body).ok()?;
    let seconds =
        said["parameters"]["retry_after"].as_u64().or_else(|| said["retry_after"].as_f64().map(|seconds| seconds.ceil() as u64))?;
    Some(Duration::from_secs(seconds.min(3600)))
}
