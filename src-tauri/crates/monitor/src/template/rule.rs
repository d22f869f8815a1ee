//! Templates in labels and annotations of rules, with the functions of Prometheus (template/template.go of prometheus/prometheus).

use std::{cell::Cell, sync::Arc};

use chrono::{DateTime, TimeZone};
use chrono_tz::Tz;
use quarterdeck_model::Outcome;

use super::{
    Said, Wrong,
    dialect::Dialect,
    escape, format, functions, layout, names, numbers, parse,
    run::{self, With},
    tree::{Body, Defined},
    value::{Of, Record, Value},
};
use crate::{labels::Labels, sample::Moment};

/// Queries that one expansion may ask.
const QUERIES: usize = 100;

/// Answers what a template asks with `query`.
pub trait Asks {
    /// The instant vector of a PromQL expression, at the moment of the rule.
    fn ask(&self, query: &str) -> Outcome<Vec<(Labels, f64)>>;
}

/// What a template of a rule may look at.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Labels of the series that the expression found; `$labels`.
    pub labels: &'a Labels,
    /// Labels of the whole instance; `$externalLabels`.
    pub external: &'a Labels,
    /// Where the alert can be looked at; `$externalURL`.
    pub external_url: &'a str,
    /// The value that the expression found; `$value`.
    pub value: f64,
    /// When it was evaluated.
    pub at: Moment,
}

/// A text that was read once and is expanded often.
#[derive(Debug)]
pub struct Template(Kind);

#[derive(Debug)]
enum Kind {
    Plain(String),
    Actions(Body, Defined),
}

impl Template {
    /// Reads it. Fault `template-wrong`, with line and column ([`super::place`]).
    pub fn read(text: &str) -> Outcome<Self> {
        if !text.contains("{{") {
            return Ok(Self(Kind::Plain(text.to_owned())));
        }
        let mut defined = Defined::default();
        let given = ["", "labels", "externalLabels", "externalURL", "value"];
        let body = parse::read("", text, &|name| knows(name), &given, &mut defined)?;
        Ok(Self(Kind::Actions(body, defined)))
    }

    /// Its text for one alert. Faults: `template-failed`, `template-endless`, and what a query refuses.
    pub fn expand(&self, facts: &Facts<'_>, asks: &dyn Asks) -> Outcome<String> {
        let (body, defined) = match &self.0 {
            Kind::Plain(text) => return Ok(text.clone()),
            Kind::Actions(body, defined) => (body, defined),
        };
        let (labels, external) = (Value::Labels(facts.labels.clone()), Value::Labels(facts.external.clone()));
        let (url, value) = (Value::text(facts.external_url), Value::Number(facts.value));
        let given = [("labels", &labels), ("externalLabels", &external), ("externalURL", &url), ("value", &value)];
        let given = given.map(|(name, value)| (name.to_owned(), value.clone())).into();
        let fields = vec![("Labels", labels), ("ExternalLabels", external), ("ExternalURL", url), ("Value", value)];
        let dot = Value::Record(Arc::new(Record { what: "a rule's template", fields }));
        let dialect = Rules { facts, asks, asked: Cell::new(0) };
        run::expand(body, With { defined, dialect: &dialect, dot, given, html: false })
    }
}

/// Whether a text can be expanded at all. Fault `template-wrong`, with line and column ([`super::place`]).
pub fn check(text: &str) -> Outcome<()> {
    Template::read(text).map(drop)
}

/// Reads and expands a text at once.
pub fn expand(text: &str, facts: &Facts<'_>, asks: &dyn Asks) -> Outcome<String> {
    Template::read(text)?.expand(facts, asks)
}

const OWN: &[&str] = &[
    "query",
    "first",
    "label",
    "value",
    "strvalue",
    "args",
    "title",
    "graphLink",
    "tableLink",
    "sortByLabel",
    "stripPort",
    "stripDomain",
    "humanize",
    "humanize1024",
    "humanizePercentage",
    "humanizeTimestamp",
    "toTime",
    "toDuration",
    "now",
    "pathPrefix",
    "externalURL",
    "parseDuration",
    "urlQueryEscape",
    "tmpl",
];

fn knows(name: &str) -> bool {
    [functions::BUILT_IN, functions::SHARED, OWN].iter().any(|names| names.contains(&name))
}

struct Rules<'a> {
    facts: &'a Facts<'a>,
    asks: &'a dyn Asks,
    asked: Cell<usize>,
}

impl Dialect for Rules<'_> {
    fn call(&self, name: &str, values: &[Value]) -> Outcome<Said<Value>> {
        if name != "query" {
            return Ok(if functions::SHARED.contains(&name) { functions::shared(name, values) } else { self.own(name, values) });
        }
        self.asked.set(self.asked.get() + 1);
        match functions::texts(name, values) {
            Ok([_]) if self.asked.get() > QUERIES => Ok(Err(Wrong::new(format!("more than {QUERIES} queries are asked")))),
            Ok([query]) => Ok(Ok(samples(self.asks.ask(query)?))),
            Err(wrong) => Ok(Err(wrong)),
        }
    }
}

fn samples(found: Vec<(Labels, f64)>) -> Value {
    let record =
        |(labels, value)| Record { what: "sample", fields: vec![("Labels", Value::Labels(labels)), ("Value", Value::Number(value))] };
    Value::records(Of::Samples, found.into_iter().map(record))
}

impl Rules<'_> {
    fn own(&self, name: &str, values: &[Value]) -> Said<Value> {
        let text = || functions::texts(name, values).map(|[text]| text);
        let float = || numbers::float(functions::one(name, values)?);
        match name {
            "first" => first(functions::one(name, values)?),
            "label" => match values {
                [label, sample] => label_of(sample, label.as_text()?),
                _ => Err(Wrong::new("label takes a name and a sample")),
            },
            "value" => super::member::of(functions::one(name, values)?, "Value", &[]),
            "strvalue" => label_of(functions::one(name, values)?, "__value__"),
            "args" => functions::arguments(values),
            "title" => Ok(Value::text(names::title(text()?, false))),
            "graphLink" => Ok(Value::text(format!("/graph?g0.expr={}&g0.tab=0", escape::query(text()?)))),
            "tableLink" => Ok(Value::text(format!("/graph?g0.expr={}&g0.tab=1", escape::query(text()?)))),
            "sortByLabel" => sorted(values),
            "stripPort" => Ok(Value::text(names::without_port(text()?))),
            "stripDomain" => Ok(Value::text(names::without_domain(text()?))),
            "humanize" => Ok(Value::text(numbers::humanize(float()?))),
            "humanize1024" => Ok(Value::text(numbers::humanize_1024(float()?))),
            "humanizePercentage" => Ok(Value::text(numbers::humanize_percentage(float()?))),
            "humanizeTimestamp" => timestamp(float()?),
            "toTime" => time(float()?).map(Value::Time),
            "toDuration" => Ok(Value::Span((float()? * 1e9) as i64)),
            "now" => Ok(Value::Number(self.facts.at as f64 / 1000.0)),
            "pathPrefix" => Ok(Value::text(path_of(self.facts.external_url))),
            "externalURL" => Ok(Value::text(self.facts.external_url)),
            "parseDuration" => duration(text()?),
            _ => Ok(Value::text(escape::query(text()?))),
        }
    }
}

fn first(samples: &Value) -> Said<Value> {
    match samples {
        Value::List(list) => list.items.first().cloned().ok_or_else(|| Wrong::new("the query found nothing")),
        other => Err(Wrong::new(format!("it takes what a query found, not {}", other.kind()))),
    }
}

fn label_of(sample: &Value, label: &str) -> Said<Value> {
    match super::member::of(sample, "Labels", &[])? {
        Value::Labels(labels) => Ok(Value::text(labels.get(label))),
        other => Err(Wrong::new(format!("{} has no labels", other.kind()))),
    }
}

fn sorted(values: &[Value]) -> Said<Value> {
    let [label, Value::List(list)] = values else { return Err(Wrong::new("sortByLabel takes a name and what a query found")) };
    let label = label.as_text()?;
    let keyed: Said<Vec<(String, Value)>> =
        list.items.iter().map(|item| Ok((label_of(item, label)?.as_text()?.to_owned(), item.clone()))).collect();
    let mut keyed = keyed?;
    keyed.sort_by(|(left, _), (right, _)| left.cmp(right));
    Value::list(list.of, keyed.into_iter().map(|(_, item)| item).collect())
}

fn timestamp(seconds: f64) -> Said<Value> {
    if !seconds.is_finite() {
        return Ok(Value::text(numbers::general(seconds, Some(4))));
    }
    Ok(Value::text(layout::format(&time(seconds)?, layout::PLAIN)))
}

/// Seconds since 1970 as a time in UTC, to the millisecond.
fn time(seconds: f64) -> Said<DateTime<Tz>> {
    let nanoseconds = seconds * 1e9;
    if !seconds.is_finite() || nanoseconds > i64::MAX as f64 || nanoseconds < i64::MIN as f64 {
        return Err(Wrong::new(format!("{} is no time", format::plain(&Value::Number(seconds))?)));
    }
    let time = Tz::UTC.timestamp_millis_opt(nanoseconds as i64 / 1_000_000).single();
    time.ok_or_else(|| Wrong::new("the time lies too far away"))
}

fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or_default()
}

/// `1h2m10ms`, also `1d`, `1w`, `1y`, with a `-` before it where it is negative; in seconds.
fn duration(text: &str) -> Said<Value> {
    const UNITS: [(&str, f64); 7] =
        [("y", 31_536_000.0), ("w", 604_800.0), ("d", 86_400.0), ("h", 3_600.0), ("m", 60.0), ("s", 1.0), ("ms", 0.001)];
    let wrong = || Wrong::new(format!("{:?} is no duration", numbers::shortened(text)));
    let (sign, mut rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    if rest == "0" {
        return Ok(Value::Number(0.0));
    }
    let (mut seconds, mut least) = (0.0, 0);
    while !rest.is_empty() {
        let figures = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let count: u32 = rest[..figures].parse().map_err(|_| wrong())?;
        let letters = rest[figures..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - figures);
        let unit = &rest[figures..figures + letters];
        let at = UNITS.iter().position(|(name, _)| *name == unit).filter(|at| *at >= least).ok_or_else(wrong)?;
        seconds += f64::from(count) * UNITS[at].1;
        least = at + 1;
        rest = &rest[figures + letters..];
    }
    if least == 0 { Err(wrong()) } else { Ok(Value::Number(sign * seconds)) }
}
