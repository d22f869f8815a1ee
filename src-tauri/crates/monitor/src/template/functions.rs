//! The functions of text/template itself, and those that both kinds of templates have.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use regex::{Regex, RegexBuilder};

use super::{
    LONGEST, Said, Wrong, compare, escape, format, member, numbers,
    value::{For, Of, Value},
};

/// Functions that every template has. `and` and `or` are not called: they stop at what decides.
pub const BUILT_IN: &[&str] = &[
    "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery",
];

/// Calls one of [`BUILT_IN`].
pub fn call(name: &str, values: &[Value]) -> Said<Value> {
    match name {
        "not" => one(name, values).map(|value| Value::Truth(!value.holds())),
        "eq" => compare::equal(values).map(Value::Truth),
        "ne" => match values {
            [_, _] => compare::equal(values).map(|equal| Value::Truth(!equal)),
            _ => Err(Wrong::new("ne needs two values")),
        },
        "lt" | "le" | "gt" | "ge" => compare::ordered(name, values).map(Value::Truth),
        "len" => length(one(name, values)?),
        "index" => {
            let (value, keys) = values.split_first().ok_or_else(|| Wrong::new("index needs a list or map"))?;
            keys.iter().try_fold(value.clone(), |value, key| member::index(&value, key))
        }
        "slice" => {
            let (value, bounds) = values.split_first().ok_or_else(|| Wrong::new("slice needs a text or list"))?;
            member::slice(value, bounds)
        }
        "print" => format::print(values).map(Value::text),
        "println" => format::print_line(values).map(Value::text),
        "printf" => match values.split_first() {
            Some((format, values)) => format::printf(format.as_text()?, values).map(Value::text),
            None => Err(Wrong::new("printf needs a format")),
        },
        // What they made is not escaped a second time where it lands in a page.
        "html" => format::print(values).map(|text| Value::Vouched(For::Html, escape::html(&text).into())),
        "js" => format::print(values).map(|text| Value::text(escape::js(&text))),
        _ => format::print(values).map(|text| Value::Vouched(For::Address, escape::query(&text).into())),
    }
}

/// The one value a function takes.
pub fn one<'v>(name: &str, values: &'v [Value]) -> Said<&'v Value> {
    match values {
        [value] => Ok(value),
        _ => Err(Wrong::new(format!("{name} takes one value, not {}", values.len()))),
    }
}

/// So many texts.
pub fn texts<'v, const N: usize>(name: &str, values: &'v [Value]) -> Said<[&'v str; N]> {
    let texts: Vec<&str> = values.iter().map(Value::as_text).collect::<Said<_>>()?;
    texts.try_into().map_err(|_| Wrong::new(format!("{name} takes {N} values, not {}", values.len())))
}

fn length(value: &Value) -> Said<Value> {
    let length = match value {
        Value::Text(text) | Value::Vouched(_, text) => text.len(),
        Value::Labels(labels) => labels.iter().count(),
        Value::List(list) => list.items.len(),
        Value::Map(map) => map.entries.len(),
        other => return Err(Wrong::new(format!("{} has no length", other.kind()))),
    };
    Ok(Value::Whole(i64::try_from(length).unwrap_or(i64::MAX)))
}

/// Functions that rules and messages share.
pub const SHARED: &[&str] = &["toUpper", "toLower", "match", "reReplaceAll", "safeHtml", "humanizeDuration"];

/// Calls one of [`SHARED`].
pub fn shared(name: &str, values: &[Value]) -> Said<Value> {
    match name {
        "toUpper" => texts(name, values).map(|[text]| Value::text(text.to_uppercase())),
        "toLower" => texts(name, values).map(|[text]| Value::text(text.to_lowercase())),
        "match" => {
            let [pattern, text] = texts(name, values)?;
            Ok(Value::Truth(regex(pattern)?.is_match(text)))
        }
        "reReplaceAll" => {
            let [pattern, with, text] = texts(name, values)?;
            replaced(&regex(pattern)?, with, text).map(Value::text)
        }
        "safeHtml" => texts(name, values).map(|[text]| Value::Vouched(For::Html, text.into())),
        _ => Ok(Value::text(numbers::humanize_duration(numbers::float(one(name, values)?)?))),
    }
}

/// `dict` of names and values in turns.
pub fn dictionary(values: &[Value]) -> Said<Value> {
    let mut entries = BTreeMap::new();
    for pair in values.chunks(2) {
        let [name, value] = pair else { return Err(Wrong::new("dict takes an even number of values")) };
        entries.insert(Arc::from(name.as_text()?), value.clone());
    }
    Value::map(entries)
}

/// `args`: `arg0`, `arg1` and so on.
pub fn arguments(values: &[Value]) -> Said<Value> {
    Value::map(values.iter().enumerate().map(|(at, value)| (Arc::from(format!("arg{at}")), value.clone())).collect())
}

/// `append`: a list with more at its end.
pub fn appended(values: &[Value]) -> Said<Value> {
    match values {
        [Value::List(list), more @ ..] => Value::list(Of::Values, list.items.iter().chain(more).cloned().collect()),
        _ => Err(Wrong::new("append takes a list and what goes to its end")),
    }
}

fn regex(pattern: &str) -> Said<Regex> {
    let built = RegexBuilder::new(pattern).size_limit(1 << 20).dfa_size_limit(1 << 20).build();
    built.map_err(|_| Wrong::new(format!("{:?} is no regular expression", numbers::shortened(pattern))))
}

fn replaced(regex: &Regex, with: &str, text: &str) -> Said<String> {
    let (mut out, mut from) = (String::new(), 0);
    for found in regex.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(&text[from..whole.start()]);
        found.expand(with, &mut out);
        from = whole.end();
        if out.len() > LONGEST {
            return Err(Wrong::too_long());
        }
    }
    out.push_str(&text[from..]);
    Ok(out)
}

/// A time where there is none: the first of January of the year 1, as in Go.
pub fn zero_time() -> DateTime<Tz> {
    let date = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default();
    Tz::UTC.from_utc_datetime(&NaiveDateTime::new(date, NaiveTime::MIN))
}
