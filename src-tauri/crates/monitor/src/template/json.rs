//! Values as JSON, the way Go's encoding/json writes them.

use super::{LONGEST, Said, Wrong, layout, value::Value};

/// A value as JSON, as a template may write it.
pub fn write(value: &Value) -> Said<String> {
    within(value, LONGEST)
}

/// A value as JSON, however long. Refused only where it holds what JSON has no word for.
pub fn whole(value: &Value) -> Said<String> {
    within(value, usize::MAX)
}

fn within(value: &Value, most: usize) -> Said<String> {
    let mut out = Out { text: String::new(), most };
    put(value, &mut out)?;
    Ok(out.text)
}

struct Out {
    text: String,
    most: usize,
}

impl Out {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

fn put(value: &Value, out: &mut Out) -> Said<()> {
    if out.text.len() > out.most {
        return Err(Wrong::too_long());
    }
    match value {
        Value::Nothing => out.push("null"),
        Value::Truth(truth) => out.push(if *truth { "true" } else { "false" }),
        Value::Whole(number) | Value::Span(number) => out.push(&number.to_string()),
        Value::Number(number) => out.push(&float(*number)?),
        Value::Text(text) | Value::Vouched(_, text) => quote(text, out),
        Value::Time(time) => quote(&layout::format(time, layout::RFC3339), out),
        Value::Labels(labels) => members(labels.iter().map(|(name, value)| (name.to_owned(), Value::text(value))), out)?,
        Value::Map(map) => members(map.entries.iter().map(|(name, value)| (name.to_string(), value.clone())), out)?,
        Value::Record(record) => {
            members(record.theirs().map(|(name, value)| (key(record.what, name), value.clone())), out)?;
        }
        Value::List(list) => {
            out.push("[");
            for (at, item) in list.items.iter().enumerate() {
                out.push(if at > 0 { "," } else { "" });
                put(item, out)?;
            }
            out.push("]");
        }
    }
    Ok(())
}

fn members(members: impl Iterator<Item = (String, Value)>, out: &mut Out) -> Said<()> {
    out.push("{");
    for (at, (name, value)) in members.enumerate() {
        out.push(if at > 0 { "," } else { "" });
        quote(&name, out);
        out.push(":");
        put(&value, out)?;
    }
    out.push("}");
    Ok(())
}

/// What Alertmanager calls a field in its JSON.
fn key(what: &str, name: &str) -> String {
    match (what, name) {
        ("Pair" | "sample", _) => name.to_owned(),
        (_, "NotificationReason") => "notification_reason".to_owned(),
        _ => {
            let mut characters = name.chars();
            let first = characters.next().map(|c| c.to_ascii_lowercase());
            first.into_iter().chain(characters).collect()
        }
    }
}

fn float(number: f64) -> Said<String> {
    if !number.is_finite() {
        return Err(Wrong::new(format!("{} has no place in JSON", super::numbers::general(number, None))));
    }
    let text = serde_json::Number::from_f64(number).map_or_else(String::new, |number| number.to_string());
    Ok(text.strip_suffix(".0").map_or(text.clone(), str::to_owned))
}

/// A string. What could end a script in a page is written in figures.
fn quote(text: &str, out: &mut Out) {
    let json = serde_json::Value::from(text).to_string();
    for c in json.chars() {
        match c {
            '<' => out.push("\\u003c"),
            '>' => out.push("\\u003e"),
            '&' => out.push("\\u0026"),
            '\u{2028}' => out.push("\\u2028"),
            '\u{2029}' => out.push("\\u2029"),
            c => out.text.push(c),
        }
    }
}
