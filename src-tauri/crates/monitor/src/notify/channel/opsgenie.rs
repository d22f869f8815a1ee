//! OpsGenie, Alert API v2 (<https://docs.opsgenie.com/docs/alert-api>). Atlassian ends it in April 2027.

use quarterdeck_document::{findings::Findings, yaml::Node};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{
    Common, Delivery, Global, Telling,
    given::Given,
    global::address_or,
    http::{Http, Question},
    plain,
    secret::{Revealed, Secret},
};

const KEYS: &[&str] = &[
    "send_resolved",
    "http_config",
    "api_key",
    "api_key_file",
    "api_url",
    "message",
    "description",
    "source",
    "details",
    "entity",
    "responders",
    "actions",
    "tags",
    "note",
    "priority",
    "update_alerts",
];

/// The longest message that is taken, in characters.
const MESSAGE: usize = 130;

/// The longest description that is taken, in characters.
const DESCRIPTION: usize = 15_000;

/// An account of OpsGenie.
#[derive(Debug, Clone)]
pub struct OpsGenie {
    http: Http,
    address: String,
    key: Secret,
    message: String,
    description: String,
    source: String,
    entity: String,
    actions: String,
    tags: String,
    note: String,
    priority: String,
    details: Vec<(String, String)>,
    responders: Vec<[(&'static str, String); 4]>,
    updates: bool,
}

impl OpsGenie {
    /// Reads one of `opsgenie_configs`.
    pub fn read(node: &Node, path: &str, global: &Global, findings: &mut Findings) -> Option<(Common, Self)> {
        let given = Given::read(node, path, KEYS, findings)?;
        let mut common = Common::read(&given, true, findings);
        let http = Http::read(given.node("http_config"), &given.path("http_config"), &global.http, findings);
        common.remarks.extend(http.remark);
        common.remarks.push("OpsGenie ends in April 2027: plan another channel");
        let key = given.secret("api_key", findings).or_else(|| global.opsgenie_key.clone());
        if key.is_none() {
            given.missing("api_key", "api_key_file: /path/to/the/key", findings);
        }
        let address = address_or(&given, "api_url", &global.opsgenie, findings);
        let mut text = |key: &str, otherwise: &str| given.text_or(key, otherwise, findings);
        let way = Self {
            http,
            address: format!("{}/", address.trim_end_matches('/')),
            key: key?,
            message: text("message", "{{ template \"opsgenie.default.message\" . }}"),
            description: text("description", "{{ template \"opsgenie.default.description\" . }}"),
            source: text("source", "{{ template \"opsgenie.default.source\" . }}"),
            entity: text("entity", ""),
            actions: text("actions", ""),
            tags: text("tags", ""),
            note: text("note", ""),
            priority: text("priority", ""),
            details: given.pairs("details", findings),
            responders: responders(&given, findings),
            updates: given.truth("update_alerts", findings).unwrap_or(false),
        };
        Some((common, way))
    }

    pub(super) async fn tell(&self, telling: &Telling<'_>) -> Result<Delivery, Delivery> {
        let mut revealed = Revealed::default();
        let key = revealed.reveal(&self.key).await.map_err(|fault| Delivery::from_fault(&fault))?;
        let key = telling.secret_text(&key)?;
        revealed.note(&key);
        let mut last = Delivery::refused("there was nothing to send");
        for (method, path, body) in self.requests(telling)? {
            let mut question = Question::post(format!("{}{path}", self.address), &body);
            (question.method, question.authorization) = (method, Some(format!("GenieKey {key}")));
            last = self.http.ask(question, telling.limit, &mut revealed).await?.delivery(telling.means.now);
            if !matches!(last, Delivery::Sent { .. }) {
                break;
            }
        }
        Ok(last)
    }

    /// Closes the alert of the group, or makes it, and changes what it says.
    pub(super) fn requests(&self, telling: &Telling<'_>) -> Result<Vec<(Method, String, Value)>, Delivery> {
        let alias = telling.key();
        let source = telling.line(&self.source, plain::TITLE)?;
        let path = |what: &str| format!("v2/alerts/{alias}/{what}?identifierType=alias");
        if telling.is_over() {
            return Ok(vec![(Method::POST, path("close"), json!({ "source": source }))]);
        }
        let create = self.create(telling, &alias, source)?;
        let (message, description) = (create["message"].clone(), create["description"].clone());
        let mut requests = vec![(Method::POST, "v2/alerts".to_owned(), create)];
        if self.updates {
            requests.push((Method::PUT, path("message"), json!({ "message": message })));
            requests.push((Method::PUT, path("description"), json!({ "description": description })));
        }
        Ok(requests)
    }

    fn create(&self, telling: &Telling<'_>, alias: &str, source: String) -> Result<Value, Delivery> {
        let mut details = Map::new();
        for (name, value) in telling.content.common.iter() {
            details.insert(name.to_owned(), Value::from(plain::lines(value, plain::TITLE)));
        }
        for (name, template) in &self.details {
            details.insert(name.clone(), Value::from(telling.text(template)?));
        }
        let mut body = Map::new();
        body.insert("alias".to_owned(), Value::from(alias));
        body.insert("message".to_owned(), Value::from(telling.line(&self.message, MESSAGE)?));
        body.insert("details".to_owned(), Value::Object(details));
        body.insert("source".to_owned(), Value::from(source));
        let description = plain::lines(&telling.text(&self.description)?, DESCRIPTION);
        let texts = [("description", description), ("note", telling.text(&self.note)?)];
        let lines = [("priority", &self.priority), ("entity", &self.entity)];
        for (name, text) in texts {
            put(&mut body, name, Value::from(text));
        }
        for (name, template) in lines {
            put(&mut body, name, Value::from(telling.line(template, plain::TITLE)?));
        }
        for (name, template) in [("tags", &self.tags), ("actions", &self.actions)] {
            put(&mut body, name, Value::from(parts(&telling.line(template, plain::TITLE)?)));
        }
        put(&mut body, "responders", Value::Array(self.responders(telling)?));
        Ok(Value::Object(body))
    }

    /// `teams` stands for as many teams as its name has between commas.
    fn responders(&self, telling: &Telling<'_>) -> Result<Vec<Value>, Delivery> {
        let mut out = Vec::new();
        for responder in &self.responders {
            let mut object = Map::new();
            for (key, template) in responder {
                put(&mut object, key, Value::from(telling.line(template, plain::TITLE)?));
            }
            let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
            if text("type") == "teams" {
                out.extend(parts(text("name")).into_iter().map(|team| json!({ "name": team, "type": "team" })));
            } else if !object.is_empty() {
                out.push(Value::Object(object));
            }
        }
        Ok(out)
    }
}

fn responders(given: &Given<'_>, findings: &mut Findings) -> Vec<[(&'static str, String); 4]> {
    const KEYS: [&str; 4] = ["id", "name", "username", "type"];
    const TYPES: [&str; 5] = ["team", "teams", "user", "escalation", "schedule"];
    let mut responders = Vec::new();
    for (node, path) in given.items("responders", findings) {
        let Some(responder) = Given::read(node, &path, &KEYS, findings) else { continue };
        if ["id", "name", "username"].iter().all(|key| responder.node(key).is_none()) {
            responder.missing("name", "name: the-team", findings);
        }
        let kind = responder.text_or("type", "", findings);
        let kind = if kind.contains("{{") { kind } else { kind.to_lowercase() };
        if let Some(node) = responder.node("type").filter(|_| !kind.contains("{{") && !TYPES.contains(&kind.as_str())) {
            findings.add(node.at, format!("{}.type is not known.", path), format!("Write one of {}.", TYPES.join(", ")));
        }
        responders.push(KEYS.map(|key| (key, if key == "type" { kind.clone() } else { responder.text_or(key, "", findings) })));
    }
    responders
}

/// What stands between commas.
fn parts(text: &str) -> Vec<String> {
    text.trim().split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// What is empty is left out.
fn put(into: &mut Map<String, Value>, key: &str, value: Value) {
    let empty = value == "" || value.as_array().is_some_and(Vec::is_empty);
    if !empty {
        into.insert(key.to_owned(), value);
    }
}
