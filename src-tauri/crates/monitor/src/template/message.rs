//! Templates of notifications, with the data and functions of Alertmanager (template/template.go of prometheus/alertmanager).

use std::sync::Arc;

use chrono::{DateTime, TimeZone};
use chrono_tz::Tz;
use quarterdeck_model::{Fault, Outcome};

use super::{
    Said, Wrong, defaults,
    dialect::Dialect,
    escape, functions, json, layout, member, names, parse,
    run::{self, With},
    tree::Defined,
    value::{ALERT, For, NOTIFICATION, Of, Record, Value},
};
use crate::{alert::Alert, labels::Labels, sample::Moment};

/// What a notification is made of.
#[derive(Debug, Clone)]
pub struct Parts<'a> {
    /// The receiver's name.
    pub receiver: &'a str,
    /// Why it is told now: `first notification`, `repeat interval elapsed` and so on.
    pub reason: &'a str,
    /// Labels that the group shares.
    pub group: &'a Labels,
    /// Alerts that fire.
    pub firing: &'a [Alert],
    /// Alerts that fire no longer.
    pub resolved: &'a [Alert],
    /// Alerts of the group that are left out of both.
    pub dropped: usize,
    /// Where alerts can be looked at; may be empty.
    pub external_url: &'a str,
    /// Now.
    pub at: Moment,
}

/// What a notification says, as templates see it: Alertmanager calls it its data.
#[derive(Debug, Clone)]
pub struct Content {
    /// The receiver's name; what regular expressions give a meaning has a backslash before it, as in Alertmanager.
    pub receiver: String,
    /// `firing` where one of the alerts fires, else `resolved`.
    pub status: &'static str,
    /// Labels that the group shares.
    pub group: Labels,
    /// Labels that all alerts share.
    pub common: Labels,
    /// Annotations that all alerts share.
    pub common_annotations: Labels,
    /// Where alerts can be looked at; may be empty.
    pub external_url: String,
    reason: String,
    dropped: usize,
    alerts: Arc<Vec<(bool, Alert)>>,
    at: Moment,
    dot: Value,
}

impl Content {
    /// Puts it together.
    pub fn new(parts: &Parts<'_>) -> Self {
        let firing = parts.firing.iter().map(|alert| (true, alert.clone()));
        let alerts: Vec<(bool, Alert)> = firing.chain(parts.resolved.iter().map(|alert| (false, alert.clone()))).collect();
        let status = if parts.firing.is_empty() { "resolved" } else { "firing" };
        let mut content = Self {
            receiver: quoted(parts.receiver),
            status,
            group: parts.group.clone(),
            common: shared(alerts.iter().map(|(_, alert)| &alert.labels)),
            common_annotations: shared(alerts.iter().map(|(_, alert)| &alert.annotations)),
            external_url: parts.external_url.trim_end_matches('/').to_owned(),
            reason: parts.reason.to_owned(),
            dropped: parts.dropped,
            alerts: Arc::new(alerts),
            at: parts.at,
            dot: Value::Nothing,
        };
        content.dot = content.value(usize::MAX);
        content
    }

    /// Its alerts, and whether they fire; those that fire come first.
    pub fn alerts(&self) -> &[(bool, Alert)] {
        &self.alerts
    }

    /// The same, of which templates see fewer alerts; what all alerts share stays.
    #[must_use]
    pub fn shortened(&self, most: usize) -> Self {
        Self { dot: self.value(most), ..self.clone() }
    }

    /// The same with every label's and annotation's value written anew: for a channel that would give a part of it a meaning.
    #[must_use]
    pub fn rewritten(&self, rewrite: &dyn Fn(&str) -> String) -> Self {
        let labels = |labels: &Labels| Labels::new(labels.iter().map(|(name, value)| (name, rewrite(value))));
        let alert = |alert: &Alert| Alert { labels: labels(&alert.labels), annotations: labels(&alert.annotations), ..alert.clone() };
        let mut content = Self {
            group: labels(&self.group),
            common: labels(&self.common),
            common_annotations: labels(&self.common_annotations),
            alerts: Arc::new(self.alerts.iter().map(|(fires, one)| (*fires, alert(one))).collect()),
            ..self.clone()
        };
        content.dot = content.value(usize::MAX);
        content
    }

    /// As Alertmanager's webhook has it, with so many alerts at most.
    pub fn json(&self, most: usize) -> Outcome<serde_json::Value> {
        let bug = |why: String| Fault::bug(format!("A notification cannot be written as JSON: {why}."));
        let text = json::whole(&self.value(most)).map_err(|wrong| bug(wrong.why))?;
        serde_json::from_str(&text).map_err(|error| bug(error.to_string()))
    }

    fn value(&self, most: usize) -> Value {
        let omitted = self.alerts.len().saturating_sub(most) + self.dropped;
        let alerts = self.alerts.iter().take(most).map(|(fires, alert)| self.alert(*fires, alert));
        let fields = vec![
            ("Receiver", Value::text(&*self.receiver)),
            ("Status", Value::text(self.status)),
            ("Alerts", Value::records(Of::Alerts, alerts)),
            ("NotificationReason", Value::text(&*self.reason)),
            ("GroupLabels", Value::Labels(self.group.clone())),
            ("CommonLabels", Value::Labels(self.common.clone())),
            ("CommonAnnotations", Value::Labels(self.common_annotations.clone())),
            ("RouteLabels", Value::Labels(Labels::default())),
            ("ExternalURL", Value::text(&*self.external_url)),
            // Beside what Alertmanager has; not in its JSON.
            ("Omitted", Value::Whole(i64::try_from(omitted).unwrap_or(i64::MAX))),
        ];
        Value::Record(Arc::new(Record { what: NOTIFICATION, fields }))
    }

    fn alert(&self, fires: bool, alert: &Alert) -> Record {
        let fields = vec![
            ("Status", Value::text(if fires { "firing" } else { "resolved" })),
            ("Labels", Value::Labels(alert.labels.clone())),
            ("Annotations", Value::Labels(alert.annotations.clone())),
            ("StartsAt", Value::Time(time(alert.starts))),
            ("EndsAt", Value::Time(alert.ends.map_or_else(functions::zero_time, time))),
            ("GeneratorURL", Value::text(self.address_of(alert))),
            ("Fingerprint", Value::text(&*alert.id)),
            // Beside what Alertmanager has; not in its JSON.
            ("Value", Value::Number(alert.value)),
            ("Expression", Value::text(&*alert.expression)),
        ];
        Record { what: ALERT, fields }
    }

    /// Where one alert can be looked at; empty where there is no such place.
    pub fn address_of(&self, alert: &Alert) -> String {
        if self.external_url.is_empty() { String::new() } else { format!("{}/alerts/{}", self.external_url, alert.id) }
    }
}

fn time(at: Moment) -> DateTime<Tz> {
    Tz::UTC.timestamp_millis_opt(at).single().unwrap_or_else(functions::zero_time)
}

/// What all of them have.
fn shared<'l>(mut all: impl Iterator<Item = &'l Labels>) -> Labels {
    let Some(first) = all.next() else { return Labels::default() };
    all.fold(first.clone(), |shared, labels| shared.only(|name| shared.get(name) == labels.get(name)))
}

/// With a backslash before what regular expressions give a meaning.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Named templates: our defaults, and what the user's files define.
#[derive(Debug, Clone)]
pub struct Templates(Defined);

impl Templates {
    /// Reads files, given as names and texts, in their order; what they define replaces the defaults. Fault `template-wrong` names the
    /// file, the line and the column.
    pub fn new(files: Vec<(String, String)>) -> Outcome<Self> {
        let mut defined = Defined::default();
        for (name, text) in defaults::FILES {
            read(name, text, &mut defined)?;
        }
        for (name, text) in files {
            read(&name, &text, &mut defined)?;
        }
        Ok(Self(defined))
    }

    /// Whether a text can be expanded at all; a template that it calls must be there. Fault `template-wrong`.
    pub fn check(&self, text: &str) -> Outcome<()> {
        read("", text, &mut self.0.clone()).map(drop)
    }

    /// A text for a notification. Faults: `template-wrong`, `template-failed`, `template-endless`.
    pub fn expand(&self, text: &str, content: &Content) -> Outcome<String> {
        self.expanded(text, content, false)
    }

    /// A page for a notification: values in it are escaped.
    pub fn expand_html(&self, text: &str, content: &Content) -> Outcome<String> {
        self.expanded(text, content, true)
    }

    fn expanded(&self, text: &str, content: &Content, html: bool) -> Outcome<String> {
        if !text.contains("{{") {
            return Ok(text.to_owned());
        }
        let mut defined = self.0.clone();
        let body = read("", text, &mut defined)?;
        let dialect = Messages { now: time(content.at) };
        run::expand(&body, With { defined: &defined, dialect: &dialect, dot: content.dot.clone(), given: Vec::new(), html })
    }
}

fn read(name: &str, text: &str, defined: &mut Defined) -> Outcome<super::tree::Body> {
    parse::read(name, text, &|name| knows(name), &[""], defined)
}

const OWN: &[&str] = &[
    "title",
    "trimSpace",
    "join",
    "safeUrl",
    "urlUnescape",
    "stringSlice",
    "routeLabels",
    "date",
    "tz",
    "now",
    "since",
    "toDate",
    "mustToDate",
    "toJson",
    "base64encode",
    "base64decode",
    "list",
    "append",
    "dict",
];

fn knows(name: &str) -> bool {
    [functions::BUILT_IN, functions::SHARED, OWN].iter().any(|names| names.contains(&name))
}

struct Messages {
    now: DateTime<Tz>,
}

impl Dialect for Messages {
    fn call(&self, name: &str, values: &[Value]) -> Outcome<Said<Value>> {
        Ok(if functions::SHARED.contains(&name) { functions::shared(name, values) } else { self.own(name, values) })
    }
}

impl Messages {
    fn own(&self, name: &str, values: &[Value]) -> Said<Value> {
        let text = || functions::texts(name, values).map(|[text]| text);
        match name {
            "title" => Ok(Value::text(names::title(text()?, true))),
            "trimSpace" => Ok(Value::text(text()?.trim())),
            "join" => match values {
                [between, texts] => Ok(Value::text(texts.as_texts()?.join(between.as_text()?))),
                _ => Err(Wrong::new("join takes what stands between and a list")),
            },
            "safeUrl" => Ok(Value::Vouched(For::Address, text()?.into())),
            "urlUnescape" => {
                let plain = escape::unquery(text()?);
                plain.map(Value::text).ok_or_else(|| Wrong::new("a % is followed by something else than two figures"))
            }
            "stringSlice" => Ok(Value::texts(values.iter().map(Value::as_text).collect::<Said<Vec<_>>>()?)),
            // Routes have no labels of their own here.
            "routeLabels" => text().map(|_| Value::text("")),
            "now" => Ok(Value::Time(self.now)),
            "since" => since(&self.now, functions::one(name, values)?),
            "date" => match values {
                [layout, Value::Time(time)] => Ok(Value::text(layout::format(time, layout.as_text()?))),
                _ => Err(Wrong::new("date takes a layout and a time")),
            },
            "tz" => in_zone(values),
            "toDate" | "mustToDate" => {
                let [layout, text] = functions::texts(name, values)?;
                match layout::parse(layout, text) {
                    None if name == "mustToDate" => Err(Wrong::new("the text does not follow the layout")),
                    time => Ok(Value::Time(time.unwrap_or_else(functions::zero_time))),
                }
            }
            "toJson" => json::write(functions::one(name, values)?).map(Value::text),
            "base64encode" => Ok(Value::text(super::base64::encoded(text()?.as_bytes()))),
            "base64decode" => {
                let bytes = super::base64::decoded(text()?).ok_or_else(|| Wrong::new("this is not base64"))?;
                Ok(Value::text(String::from_utf8_lossy(&bytes).into_owned()))
            }
            "list" => Value::list(Of::Values, values.to_vec()),
            "append" => functions::appended(values),
            _ => functions::dictionary(values),
        }
    }
}

fn since(now: &DateTime<Tz>, then: &Value) -> Said<Value> {
    match then {
        Value::Time(then) => Ok(member::between(now, then)),
        other => Err(Wrong::new(format!("since takes a time, not {}", other.kind()))),
    }
}

fn in_zone(values: &[Value]) -> Said<Value> {
    let [zone, Value::Time(time)] = values else { return Err(Wrong::new("tz takes the name of a zone and a time")) };
    let zone = match zone.as_text()? {
        "" | "UTC" | "Local" => Tz::UTC,
        name => name.parse().map_err(|_| Wrong::new(format!("there is no time zone {name:?}")))?,
    };
    Ok(Value::Time(time.with_timezone(&zone)))
}
