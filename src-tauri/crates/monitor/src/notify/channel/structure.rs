//! Values of a configuration that hold templates in any depth: a webhook's `payload`, PagerDuty's `details`.

use std::path::Path;

use quarterdeck_document::{
    findings::Findings,
    yaml::{self, Manner, Node, Value as Yaml},
};
use serde_json::{Map, Value};

/// How a text is read that came out of a template.
const EXPANDED: Manner = Manner { what: "a value", empty: "", deepest: 64, aliases: false };

/// A value with templates in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure(Value);

impl Structure {
    /// As it is written in a configuration.
    pub fn read(node: &Node) -> Self {
        Self(value(node))
    }

    /// A text.
    pub fn text(text: &str) -> Self {
        Self(Value::from(text))
    }

    /// With every text in it expanded. A text that then reads as a number, a list or the like becomes that, as in Alertmanager; what is in
    /// it is not expanded again.
    pub fn expanded<E>(&self, expand: &mut dyn FnMut(&str) -> Result<String, E>) -> Result<Value, E> {
        expanded(&self.0, expand)
    }
}

fn expanded<E>(value: &Value, expand: &mut dyn FnMut(&str) -> Result<String, E>) -> Result<Value, E> {
    Ok(match value {
        Value::String(text) => meant(expand(text)?),
        Value::Array(items) => Value::Array(items.iter().map(|item| expanded(item, expand)).collect::<Result<_, E>>()?),
        Value::Object(members) => {
            let mut object = Map::new();
            for (name, value) in members {
                object.insert(expand(name)?, expanded(value, expand)?);
            }
            Value::Object(object)
        }
        other => other.clone(),
    })
}

fn meant(text: String) -> Value {
    if text.trim().is_empty() {
        return Value::Null;
    }
    if let Ok(json) = serde_json::from_str(&text) {
        return json;
    }
    let mut findings = Findings::new(Path::new(""));
    match yaml::read(&text, EXPANDED, &mut findings).filter(|_| findings.count() == 0) {
        Some(node) if !matches!(node.value, Yaml::Text(_)) => value(&node),
        _ => Value::from(text),
    }
}

fn value(node: &Node) -> Value {
    match &node.value {
        Yaml::Text(text) => Value::from(text.as_str()),
        Yaml::Number(text) => number(text),
        Yaml::Truth(text) => Value::from(text.eq_ignore_ascii_case("true")),
        Yaml::Nothing => Value::Null,
        Yaml::Sequence(items) => Value::Array(items.iter().map(value).collect()),
        Yaml::Mapping(entries) => Value::Object(entries.iter().map(|entry| (entry.key.clone(), value(&entry.node))).collect()),
    }
}

fn number(text: &str) -> Value {
    let whole = text.parse::<i64>().ok().map(Value::from);
    let float = || text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number);
    whole.or_else(float).unwrap_or_else(|| Value::from(text))
}
