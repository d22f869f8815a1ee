//! PagerDuty, Events API v2 (<https://developer.pagerduty.com/docs/events-api-v2/overview/>); v1 for keys that were made for it.

use std::collections::BTreeMap;

use quarterdeck_document::{
    findings::Findings,
    yaml::{Node, Value as Yaml},
};
use serde_json::{Map, Value, json};

use super::{
    Common, Delivery, Global, Telling,
    given::Given,
    global::address_or,
    http::{Http, Question},
    plain,
    secret::{Revealed, Secret},
    structure::Structure,
};

const KEYS: &[&str] = &[
    "send_resolved",
    "http_config",
    "service_key",
    "service_key_file",
    "routing_key",
    "routing_key_file",
    "url",
    "client",
    "client_url",
    "description",
    "details",
    "images",
    "links",
    "source",
    "severity",
    "class",
    "component",
    "group",
    "timeout",
];

/// What is told beside the summary, unless the configuration has the same names.
const DETAILS: [(&str, &str); 4] = [
    ("firing", "{{ .Alerts.Firing | toJson }}"),
    ("resolved", "{{ .Alerts.Resolved | toJson }}"),
    ("num_firing", "{{ .Alerts.Firing | len }}"),
    ("num_resolved", "{{ .Alerts.Resolved | len }}"),
];

/// The longest event that is taken.
const LONGEST: usize = 512_000;

/// Where events of v1 go.
const V1: &str = "https://events.pagerduty.com/generic/2010-04-15/create_event.json";

/// A service of PagerDuty.
#[derive(Debug, Clone)]
pub struct PagerDuty {
    http: Http,
    address: String,
    key: Secret,
    first: bool,
    description: String,
    client: String,
    client_url: String,
    source: String,
    severity: String,
    class: String,
    component: String,
    group: String,
    details: BTreeMap<String, Structure>,
    images: Vec<[(&'static str, String); 3]>,
    links: Vec<[(&'static str, String); 2]>,
}

impl PagerDuty {
    /// Reads one of `pagerduty_configs`.
    pub fn read(node: &Node, path: &str, global: &Global, findings: &mut Findings) -> Option<(Common, Self)> {
        let given = Given::read(node, path, KEYS, findings)?;
        let mut common = Common::read(&given, true, findings);
        common.limit(given.duration("timeout", findings));
        let http = Http::read(given.node("http_config"), &given.path("http_config"), &global.http, findings);
        common.remarks.extend(http.remark);
        let first = ["service_key", "service_key_file"].iter().any(|key| given.node(key).is_some());
        let key = key(&given, first, findings);
        let mut address = address_or(&given, "url", &global.pagerduty, findings);
        if first {
            common.remarks.push("service_key is of PagerDuty's Events API v1: give the service an integration \"Events API v2\", and its key as routing_key");
            // Alertmanager sends these to one place only.
            if given.node("url").is_none() || address.ends_with("/v2/enqueue") {
                address = V1.to_owned();
            }
        }
        let client = given.text_or("client", "{{ template \"pagerduty.default.client\" . }}", findings);
        let mut details: BTreeMap<String, Structure> = DETAILS.map(|(name, text)| (name.to_owned(), Structure::text(text))).into();
        if let Some(Yaml::Mapping(entries)) = given.node("details").map(|node| &node.value) {
            details.extend(entries.iter().map(|entry| (entry.key.clone(), Structure::read(&entry.node))));
        }
        let way = Self {
            http,
            address,
            key: key?,
            first,
            description: given.text_or("description", "{{ template \"pagerduty.default.description\" . }}", findings),
            client_url: given.text_or("client_url", "{{ template \"pagerduty.default.clientURL\" . }}", findings),
            source: given.text("source", findings).unwrap_or_else(|| client.clone()),
            severity: given.text("severity", findings).unwrap_or_else(|| "error".to_owned()),
            class: given.text_or("class", "", findings),
            component: given.text_or("component", "", findings),
            group: given.text_or("group", "", findings),
            client,
            details,
            images: records(&given, "images", ["src", "alt", "href"], findings),
            links: records(&given, "links", ["href", "text"], findings),
        };
        Some((common, way))
    }

    pub(super) async fn tell(&self, telling: &Telling<'_>) -> Result<Delivery, Delivery> {
        let mut revealed = Revealed::default();
        let key = revealed.reveal(&self.key).await.map_err(|fault| Delivery::from_fault(&fault))?;
        let key = telling.secret_text(&key)?;
        revealed.note(&key);
        if key.is_empty() {
            return Err(Delivery::refused("the key is empty for these alerts"));
        }
        let mut body = self.body(telling)?;
        body[if self.first { "service_key" } else { "routing_key" }] = Value::from(key);
        if body.to_string().len() > LONGEST {
            let words = format!("Custom details have been left out: the event would be longer than {LONGEST} bytes");
            match self.first {
                true => body["details"] = json!({ "error": words }),
                false => body["payload"]["custom_details"] = json!({ "error": words }),
            }
        }
        let answer = self.http.ask(Question::post(self.address.clone(), &body), telling.limit, &mut revealed).await?;
        Ok(match answer.delivery(telling.means.now) {
            // So v1 says that there are too many.
            Delivery::Refused { why } if self.first && answer.status == 403 => Delivery::again(why),
            other => other,
        })
    }

    pub(super) fn body(&self, telling: &Telling<'_>) -> Result<Value, Delivery> {
        let mut details = Map::new();
        for (name, structure) in &self.details {
            details.insert(name.clone(), structure.expanded(&mut |text| telling.text(text))?);
        }
        if self.first { self.first_body(telling, details) } else { self.second_body(telling, details) }
    }

    /// As v1 has it.
    fn first_body(&self, telling: &Telling<'_>, details: Map<String, Value>) -> Result<Value, Delivery> {
        let mut body = json!({
            "event_type": if telling.is_over() { "resolve" } else { "trigger" },
            "incident_key": telling.key(),
            "description": telling.line(&self.description, plain::TITLE)?,
            "details": details,
        });
        if !telling.is_over() {
            self.put_client(telling, &mut body)?;
        }
        Ok(body)
    }

    fn put_client(&self, telling: &Telling<'_>, body: &mut Value) -> Result<(), Delivery> {
        for (name, template) in [("client", &self.client), ("client_url", &self.client_url)] {
            let text = telling.line(template, plain::TITLE)?;
            if !text.is_empty() {
                body[name] = Value::from(text);
            }
        }
        Ok(())
    }

    /// As v2 has it.
    fn second_body(&self, telling: &Telling<'_>, details: Map<String, Value>) -> Result<Value, Delivery> {
        let line = |template: &str| telling.line(template, plain::TITLE);
        let mut payload = Map::new();
        payload.insert("summary".to_owned(), Value::from(line(&self.description)?));
        payload.insert("source".to_owned(), Value::from(line(&self.source)?));
        payload.insert("severity".to_owned(), Value::from(line(&self.severity)?));
        for (name, template) in [("class", &self.class), ("component", &self.component), ("group", &self.group)] {
            let text = line(template)?;
            if !text.is_empty() {
                payload.insert(name.to_owned(), Value::from(text));
            }
        }
        payload.insert("custom_details".to_owned(), Value::Object(details));
        let mut body = json!({
            "event_action": if telling.is_over() { "resolve" } else { "trigger" },
            "dedup_key": telling.key(),
            "payload": payload,
        });
        self.put_client(telling, &mut body)?;
        for (name, records) in [("images", expanded(&self.images, "src", telling)?), ("links", expanded(&self.links, "href", telling)?)] {
            if !records.is_empty() {
                body[name] = Value::Array(records);
            }
        }
        Ok(body)
    }
}

/// The key of a service; where there are both, Alertmanager takes that of v1.
fn key(given: &Given<'_>, first: bool, findings: &mut Findings) -> Option<Secret> {
    let (service, routing) = (given.secret("service_key", findings), given.secret("routing_key", findings));
    let key = if first { service } else { routing };
    if key.is_none() {
        given.missing("routing_key", "routing_key_file: /path/to/the/key", findings);
    }
    key
}

fn records<const N: usize>(
    given: &Given<'_>,
    key: &str,
    known: [&'static str; N],
    findings: &mut Findings,
) -> Vec<[(&'static str, String); N]> {
    let items = given.items(key, findings);
    let mut records = Vec::new();
    for (node, path) in items {
        let Some(record) = Given::read(node, &path, &known, findings) else { continue };
        records.push(known.map(|key| (key, record.text_or(key, "", findings))));
    }
    records
}

/// Records whose `needed` text is not empty.
fn expanded<const N: usize>(records: &[[(&str, String); N]], needed: &str, telling: &Telling<'_>) -> Result<Vec<Value>, Delivery> {
    let mut out = Vec::new();
    for record in records {
        let mut object = Map::new();
        for (key, template) in record {
            object.insert((*key).to_owned(), Value::from(telling.line(template, plain::TITLE)?));
        }
        if object.get(needed).is_some_and(|text| text != "") {
            out.push(Value::Object(object));
        }
    }
    Ok(out)
}
