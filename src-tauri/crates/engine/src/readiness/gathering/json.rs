//! A value out of JSON, as what can be judged.

use quarterdeck_model::Instant;
use quarterdeck_readiness::expect::{Found, Unit};
use serde_json::Value;

/// What a JSON pointer (RFC 6901) leads to: a list is rows, `null` and what is not there are missing, an object is its text.
pub(in crate::readiness) fn found(answer: &Value, pointer: &str) -> Found {
    match answer.pointer(pointer) {
        None | Some(Value::Null) => Found::Missing,
        Some(Value::Bool(flag)) => Found::Flag(*flag),
        Some(Value::Number(number)) => number.as_f64().map_or(Found::Missing, |number| Found::Number(number, Unit::Plain)),
        Some(Value::String(text)) => moment(text).map_or_else(|| Found::Text(text.clone()), Found::At),
        Some(Value::Array(rows)) => Found::Rows(rows.len() as u64, rows.first().map(first)),
        Some(object @ Value::Object(_)) => Found::Text(object.to_string()),
    }
}

/// Moments travel as RFC 3339; a date alone stays text.
fn moment(text: &str) -> Option<Instant> {
    text.contains('T').then(|| chrono::DateTime::parse_from_rfc3339(text).ok()).flatten().map(|at| at.to_utc())
}

/// The first of several: by what names it, where something does.
fn first(row: &Value) -> String {
    let named = ["name", "title", "id", "sentence", "what"].iter().find_map(|key| row.get(key)?.as_str());
    match (named, row) {
        (Some(name), _) => name.to_owned(),
        (None, Value::String(text)) => text.clone(),
        (None, row) => row.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_value_is_something_to_judge() {
        let answer = serde_json::json!({"a/b": [1, {"name": "main"}], "at": "2026-11-23T10:00:00Z", "none": null, "deep": {"flag": true, "text": "ok", "n": 0.5}});
        assert_eq!(found(&answer, "/deep/flag"), Found::Flag(true));
        assert_eq!(found(&answer, "/deep/n"), Found::Number(0.5, Unit::Plain));
        assert_eq!(found(&answer, "/deep/text"), Found::Text("ok".to_owned()));
        assert_eq!(found(&answer, "/a~1b"), Found::Rows(2, Some("1".to_owned())));
        assert_eq!(found(&answer, "/a~1b/1/name"), Found::Text("main".to_owned()));
        assert!(matches!(found(&answer, "/at"), Found::At(_)));
        assert_eq!((found(&answer, "/none"), found(&answer, "/nowhere")), (Found::Missing, Found::Missing));
    }
}
