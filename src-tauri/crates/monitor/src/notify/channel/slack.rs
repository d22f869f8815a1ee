//! Slack: incoming webhooks and `chat.postMessage` (<https://api.slack.com/reference/messaging/attachments>).

use quarterdeck_document::{findings::Findings, yaml::Node};
use serde_json::{Map, Value, json};

use super::{
    Common, Delivery, Global, Telling,
    given::Given,
    http::{Answer, Http, Question},
    plain,
    secret::{Revealed, Secret},
};

const KEYS: &[&str] = &[
    "send_resolved",
    "http_config",
    "api_url",
    "api_url_file",
    "app_token",
    "app_token_file",
    "app_url",
    "channel",
    "username",
    "color",
    "title",
    "title_link",
    "pretext",
    "text",
    "message_text",
    "fields",
    "short_fields",
    "footer",
    "fallback",
    "callback_id",
    "icon_emoji",
    "icon_url",
    "image_url",
    "thumb_url",
    "link_names",
    "mrkdwn_in",
    "actions",
    "update_message",
    "timeout",
];

/// Texts of an attachment that are left out where they are empty, with the templates that stand for them.
const OPTIONAL: &[(&str, &str)] = &[
    ("title", "{{ template \"slack.default.title\" . }}"),
    ("title_link", "{{ template \"slack.default.titlelink\" . }}"),
    ("pretext", "{{ template \"slack.default.pretext\" . }}"),
    ("image_url", ""),
    ("thumb_url", ""),
    ("color", "{{ template \"slack.default.color\" . }}"),
];

/// Texts that are always there.
const ALWAYS: &[(&str, &str)] = &[
    ("text", "{{ template \"slack.default.text\" . }}"),
    ("fallback", "{{ template \"slack.default.fallback\" . }}"),
    ("callback_id", "{{ template \"slack.default.callbackid\" . }}"),
    ("footer", "{{ template \"slack.default.footer\" . }}"),
];

/// A channel of Slack.
#[derive(Debug, Clone)]
pub struct Slack {
    http: Http,
    address: Secret,
    channel: String,
    username: String,
    icon_emoji: String,
    icon_url: String,
    message_text: String,
    link_names: bool,
    /// Templates of the attachment by their keys.
    optional: Vec<(&'static str, String)>,
    always: Vec<(&'static str, String)>,
    markdown: Vec<String>,
    fields: Vec<Field>,
    actions: Vec<Action>,
}

#[derive(Debug, Clone)]
struct Field {
    title: String,
    value: String,
    short: bool,
}

/// A button: texts by their keys, and what asks for a confirmation.
#[derive(Debug, Clone)]
struct Action {
    texts: Vec<(&'static str, String)>,
    confirm: Vec<(&'static str, String)>,
}

impl Slack {
    /// Reads one of `slack_configs`.
    pub fn read(node: &Node, path: &str, global: &Global, findings: &mut Findings) -> Option<(Common, Self)> {
        let given = Given::read(node, path, KEYS, findings)?;
        let mut common = Common::read(&given, false, findings);
        common.limit(given.duration("timeout", findings));
        let http = Http::read(given.node("http_config"), &given.path("http_config"), &global.http, findings);
        common.remarks.extend(http.remark);
        if given.truth("update_message", findings) == Some(true) {
            common.remarks.push("update_message is not done here: each message is a new one");
        }
        let (http, address) = way(&given, http, global, findings)?;
        let mut texts = |known: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            known.iter().map(|(key, otherwise)| (*key, given.text_or(key, otherwise, findings))).collect()
        };
        let (optional, always) = (texts(OPTIONAL), texts(ALWAYS));
        let markdown = given.texts("mrkdwn_in", findings);
        let markdown = if markdown.is_empty() { ["fallback", "pretext", "text"].map(str::to_owned).to_vec() } else { markdown };
        let slack = Self {
            http,
            address,
            channel: given.text_or("channel", "", findings),
            username: given.text_or("username", "{{ template \"slack.default.username\" . }}", findings),
            icon_emoji: given.text_or("icon_emoji", "{{ template \"slack.default.iconemoji\" . }}", findings),
            icon_url: given.text_or("icon_url", "{{ template \"slack.default.iconurl\" . }}", findings),
            message_text: given.text_or("message_text", "", findings),
            link_names: given.truth("link_names", findings).unwrap_or(false),
            optional,
            always,
            markdown,
            fields: fields(&given, findings),
            actions: actions(&given, findings),
        };
        Some((common, slack))
    }

    /// Which channel, or where.
    pub fn summary(&self) -> String {
        if self.channel.is_empty() { super::host_of(&self.address) } else { plain::line(&self.channel, 100) }
    }

    pub(super) async fn tell(&self, telling: &Telling<'_>) -> Result<Delivery, Delivery> {
        let body = self.body(&telling.rewritten(&calm))?;
        let mut revealed = Revealed::default();
        let address = revealed.reveal(&self.address).await.map_err(|fault| Delivery::from_fault(&fault))?;
        let answer = self.http.ask(Question::post(address, &body), telling.limit, &mut revealed).await?;
        Ok(match answer.delivery(telling.means.now) {
            Delivery::Sent { answer: words } => taken(&answer, words),
            other => other,
        })
    }

    pub(super) fn body(&self, telling: &Telling<'_>) -> Result<Value, Delivery> {
        let mut attachment = Map::new();
        for (key, template) in &self.optional {
            let text = if *key == "pretext" { telling.text(template)? } else { telling.line(template, plain::TITLE)? };
            put(&mut attachment, key, text);
        }
        for (key, template) in &self.always {
            attachment.insert((*key).to_owned(), Value::from(telling.text(template)?));
        }
        attachment.insert("mrkdwn_in".to_owned(), json!(self.markdown));
        if !self.fields.is_empty() {
            let field = |field: &Field| {
                Ok(json!({ "title": telling.text(&field.title)?, "value": telling.text(&field.value)?, "short": field.short }))
            };
            attachment.insert("fields".to_owned(), self.fields.iter().map(field).collect::<Result<Value, Delivery>>()?);
        }
        if !self.actions.is_empty() {
            attachment.insert("actions".to_owned(), self.actions.iter().map(|action| action.body(telling)).collect::<Result<_, _>>()?);
        }
        let mut body = Map::new();
        for (key, template) in [
            ("channel", &self.channel),
            ("username", &self.username),
            ("icon_emoji", &self.icon_emoji),
            ("icon_url", &self.icon_url),
            ("text", &self.message_text),
        ] {
            put(&mut body, key, telling.text(template)?);
        }
        if self.link_names {
            body.insert("link_names".to_owned(), Value::from(true));
        }
        body.insert("attachments".to_owned(), json!([attachment]));
        Ok(Value::Object(body))
    }
}

impl Action {
    fn body(&self, telling: &Telling<'_>) -> Result<Value, Delivery> {
        let mut body = Map::new();
        for (key, template) in &self.texts {
            put(&mut body, key, telling.text(template)?);
        }
        if !self.confirm.is_empty() {
            let mut confirm = Map::new();
            for (key, template) in &self.confirm {
                put(&mut confirm, key, telling.text(template)?);
            }
            body.insert("confirm".to_owned(), Value::Object(confirm));
        }
        Ok(Value::Object(body))
    }
}

/// Slack says `ok`, or an object whose `ok` is true; everything else is an error, whatever the status.
fn taken(answer: &Answer, words: String) -> Delivery {
    if !answer.is_json {
        return if answer.body == "ok" { Delivery::Sent { answer: words } } else { answer.refused(&answer.body) };
    }
    match serde_json::from_str::<Value>(&answer.body) {
        Ok(said) if said["ok"] == true => Delivery::Sent { answer: words },
        Ok(said) if said["error"] == "ratelimited" => Delivery::again(words),
        Ok(said) => answer.refused(said["error"].as_str().unwrap_or("no reason")),
        Err(_) => Delivery::again(words),
    }
}

/// A label may not call a whole channel: `<!channel>` and `<@name>` stay text. Templates of the configuration may.
fn calm(value: &str) -> String {
    value.replace("<!", "&lt;!").replace("<@", "&lt;@")
}

/// A token of an app, or the address of an incoming webhook: of the channel, else of all channels.
fn way(given: &Given<'_>, http: Http, global: &Global, findings: &mut Findings) -> Option<(Http, Secret)> {
    let (address, token) = (given.address("api_url", findings), given.secret("app_token", findings));
    if let (Some(_), Some(_), Some(node)) = (&address, &token, given.node("app_token").or(given.node("app_token_file"))) {
        findings.add(node.at, format!("{} is there beside an api_url.", given.path("app_token")), "Keep one of them.");
        return None;
    }
    let app = super::global::address_or(given, "app_url", &global.slack_app, findings);
    let own_access = given.node("http_config").is_some() && http.has_access();
    let token = token.or_else(|| global.slack_token.clone().filter(|_| !own_access && address.is_none()));
    match (token, address.or_else(|| global.slack_address.clone())) {
        (Some(_), _) if own_access => {
            findings.add(given.at(), format!("{} says how one is let in beside a token.", given.path("http_config")), "Keep one of them.");
            None
        }
        (Some(token), _) => Some((http.with_token(token), Secret::Written(app))),
        (None, Some(address)) => Some((http, address)),
        (None, None) => {
            given.missing("api_url", "api_url_file: /path/to/the/webhook", findings);
            None
        }
    }
}

fn fields(given: &Given<'_>, findings: &mut Findings) -> Vec<Field> {
    let short = given.truth("short_fields", findings).unwrap_or(false);
    let mut fields = Vec::new();
    for (node, path) in given.items("fields", findings) {
        let Some(field) = Given::read(node, &path, &["title", "value", "short"], findings) else { continue };
        let (title, value) = (needed(&field, "title", findings), needed(&field, "value", findings));
        fields.push(Field { title, value, short: field.truth("short", findings).unwrap_or(short) });
    }
    fields
}

fn actions(given: &Given<'_>, findings: &mut Findings) -> Vec<Action> {
    let mut actions = Vec::new();
    for (node, path) in given.items("actions", findings) {
        let known = ["type", "text", "url", "style", "name", "value", "confirm"];
        let Some(action) = Given::read(node, &path, &known, findings) else { continue };
        let mut texts = vec![("type", needed(&action, "type", findings)), ("text", needed(&action, "text", findings))];
        texts.push(("style", action.text_or("style", "", findings)));
        let mut confirm = Vec::new();
        if let Some(address) = action.text("url", findings) {
            texts.push(("url", address));
        } else {
            if action.node("name").is_none() {
                action.missing("url", "url: https://example.org", findings);
            }
            texts.push(("name", action.text_or("name", "", findings)));
            texts.push(("value", action.text_or("value", "", findings)));
            confirm = confirmation(&action, findings);
        }
        actions.push(Action { texts, confirm });
    }
    actions
}

fn confirmation(action: &Given<'_>, findings: &mut Findings) -> Vec<(&'static str, String)> {
    let Some(node) = action.node("confirm") else { return Vec::new() };
    let known = ["text", "title", "ok_text", "dismiss_text"];
    let Some(confirm) = Given::read(node, &action.path("confirm"), &known, findings) else { return Vec::new() };
    needed(&confirm, "text", findings);
    known.map(|key| (key, confirm.text_or(key, "", findings))).to_vec()
}

fn needed(given: &Given<'_>, key: &str, findings: &mut Findings) -> String {
    given.text(key, findings).unwrap_or_else(|| {
        given.missing(key, &format!("{key}: a text"), findings);
        String::new()
    })
}

/// Empty texts are left out.
fn put(into: &mut Map<String, Value>, key: &str, text: String) {
    if !text.is_empty() {
        into.insert(key.to_owned(), Value::from(text));
    }
}
