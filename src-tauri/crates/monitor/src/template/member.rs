//! Fields and methods of values: `.Labels.job`, `.Alerts.Firing`, `.StartsAt.Format "15:04"`.

use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeDelta, Timelike};
use chrono_tz::Tz;

use super::{
    Said, Wrong, format, layout,
    value::{Of, Record, Value},
};
use crate::labels::Labels;

/// What a name means on a value, with what it is given.
pub fn of(value: &Value, name: &str, arguments: &[Value]) -> Said<Value> {
    let found = match value {
        Value::Labels(labels) => labels_method(labels, name, arguments),
        Value::List(list) => list_method(list.of, &list.items, name, arguments),
        Value::Time(time) => time_method(time, name, arguments),
        Value::Span(span) => span_method(*span, name),
        _ => None,
    };
    if let Some(said) = found {
        return said;
    }
    let field = field(value, name)?;
    if arguments.is_empty() { Ok(field) } else { Err(Wrong::new(format!("{name} takes no arguments"))) }
}

fn field(value: &Value, name: &str) -> Said<Value> {
    match value {
        Value::Labels(labels) => Ok(Value::text(labels.get(name))),
        Value::Map(map) => Ok(map.entries.get(name).cloned().unwrap_or(Value::Nothing)),
        Value::Record(record) => {
            let field = record.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
            field.ok_or_else(|| {
                let known: Vec<&str> = record.fields.iter().map(|(name, _)| *name).collect();
                Wrong::new(format!("{} has no {name}; it has {}", record.what, known.join(", ")))
            })
        }
        Value::Nothing => Err(Wrong::new(format!("there is nothing that could have a {name}"))),
        other => Err(Wrong::new(format!("{} has no {name}", other.kind()))),
    }
}

fn labels_method(labels: &Labels, name: &str, arguments: &[Value]) -> Option<Said<Value>> {
    Some(match name {
        "SortedPairs" => Ok(sorted_pairs(labels)),
        "Names" => Ok(Value::texts(pairs(labels).map(|(name, _)| name))),
        "Values" => Ok(Value::texts(pairs(labels).map(|(_, value)| value))),
        "String" => format::plain(&Value::Labels(labels.clone())).map(Value::text),
        "Remove" => match arguments {
            [names] => names.as_texts().map(|names| Value::Labels(labels.only(|name| !names.iter().any(|gone| **gone == *name)))),
            _ => Err(Wrong::new("Remove takes one list of names")),
        },
        _ => return None,
    })
}

/// All of them by name, the name of the alert first.
pub fn pairs(labels: &Labels) -> impl Iterator<Item = (&str, &str)> {
    let is_name = |(name, _): &(&str, &str)| *name == "alertname";
    labels.iter().filter(is_name).chain(labels.iter().filter(move |pair| !is_name(pair)))
}

fn sorted_pairs(labels: &Labels) -> Value {
    let record = |(name, value)| Record { what: "Pair", fields: vec![("Name", Value::text(name)), ("Value", Value::text(value))] };
    Value::records(Of::Pairs, pairs(labels).map(record))
}

fn list_method(of: Of, items: &[Value], name: &str, arguments: &[Value]) -> Option<Said<Value>> {
    let column = |name: &str| {
        let texts: Said<Vec<Value>> = items.iter().map(|item| field(item, name)).collect();
        texts.and_then(|texts| Value::list(Of::Texts, texts))
    };
    let having = |status: &str| {
        let has = |item: &&Value| matches!(field(item, "Status"), Ok(Value::Text(text)) if *text == *status);
        Value::list(Of::Alerts, items.iter().filter(has).cloned().collect())
    };
    match (of, name) {
        (Of::Alerts, "Firing") => Some(having("firing")),
        (Of::Alerts, "Resolved") => Some(having("resolved")),
        (Of::Pairs, "Names") => Some(column("Name")),
        (Of::Pairs, "Values") => Some(column("Value")),
        (Of::Pairs, "String") => Some(print(of, items)),
        (Of::Texts, "Join") => Some(join(items, arguments)),
        _ => None,
    }
}

fn print(of: Of, items: &[Value]) -> Said<Value> {
    format::plain(&Value::list(of, items.to_vec())?).map(Value::text)
}

fn join(items: &[Value], arguments: &[Value]) -> Said<Value> {
    let [between] = arguments else { return Err(Wrong::new("Join takes what stands between")) };
    let texts: Said<Vec<&str>> = items.iter().map(Value::as_text).collect();
    Ok(Value::text(texts?.join(between.as_text()?)))
}

fn time_method(time: &DateTime<Tz>, name: &str, arguments: &[Value]) -> Option<Said<Value>> {
    let whole = |number: i64| Some(Ok(Value::Whole(number)));
    match (name, arguments) {
        ("Format", [layout]) => Some(layout.as_text().map(|layout| Value::text(layout::format(time, layout)))),
        ("String", []) => Some(Ok(Value::text(layout::format(time, layout::PLAIN)))),
        ("UTC" | "Local", []) => Some(Ok(Value::Time(time.with_timezone(&Tz::UTC)))),
        ("IsZero", []) => Some(Ok(Value::Truth(time.naive_utc() == super::functions::zero_time().naive_utc()))),
        ("Unix", []) => whole(time.timestamp()),
        ("UnixMilli", []) => whole(time.timestamp_millis()),
        ("UnixMicro", []) => whole(time.timestamp_micros()),
        ("UnixNano", []) => whole(time.timestamp_nanos_opt().unwrap_or(0)),
        ("Year", []) => whole(i64::from(time.year())),
        ("YearDay", []) => whole(i64::from(time.ordinal())),
        ("Month", []) => Some(Ok(Value::text(layout::format(time, "January")))),
        ("Weekday", []) => Some(Ok(Value::text(layout::format(time, "Monday")))),
        ("Day", []) => whole(i64::from(time.day())),
        ("Hour", []) => whole(i64::from(time.hour())),
        ("Minute", []) => whole(i64::from(time.minute())),
        ("Second", []) => whole(i64::from(time.second())),
        ("Nanosecond", []) => whole(i64::from(time.nanosecond())),
        ("Add", [Value::Span(span)]) => {
            let moved = time.checked_add_signed(TimeDelta::nanoseconds(*span));
            Some(moved.map(Value::Time).ok_or_else(|| Wrong::new("the time lies too far away")))
        }
        ("AddDate", [Value::Whole(years), Value::Whole(months), Value::Whole(days)]) => Some(add_date(time, *years, *months, *days)),
        ("Sub", [Value::Time(other)]) => Some(Ok(between(time, other))),
        ("Before", [Value::Time(other)]) => Some(Ok(Value::Truth(time < other))),
        ("After", [Value::Time(other)]) => Some(Ok(Value::Truth(time > other))),
        ("Equal", [Value::Time(other)]) => Some(Ok(Value::Truth(time == other))),
        ("Add" | "AddDate" | "Sub" | "Before" | "After" | "Equal" | "Format", _) => {
            Some(Err(Wrong::new(format!("{name} does not take what it is given"))))
        }
        _ => None,
    }
}

fn add_date(time: &DateTime<Tz>, years: i64, months: i64, days: i64) -> Said<Value> {
    let far = || Wrong::new("the time lies too far away");
    let months = years.checked_mul(12).and_then(|years| years.checked_add(months)).ok_or_else(far)?;
    let count = chrono::Months::new(u32::try_from(months.unsigned_abs()).map_err(|_| far())?);
    let moved = if months < 0 { time.checked_sub_months(count) } else { time.checked_add_months(count) };
    let moved = moved.and_then(|moved| moved.checked_add_signed(TimeDelta::try_days(days)?));
    moved.map(Value::Time).ok_or_else(far)
}

/// The span from one time to another; the longest there is where it does not fit.
pub fn between(later: &DateTime<Tz>, earlier: &DateTime<Tz>) -> Value {
    let span = later.signed_duration_since(*earlier);
    Value::Span(span.num_nanoseconds().unwrap_or(if span < TimeDelta::zero() { i64::MIN } else { i64::MAX }))
}

fn span_method(span: i64, name: &str) -> Option<Said<Value>> {
    let number = |unit: f64| Some(Ok(Value::Number(span as f64 / unit)));
    match name {
        "String" => Some(Ok(Value::text(layout::span(span)))),
        "Hours" => number(3.6e12),
        "Minutes" => number(6e10),
        "Seconds" => number(1e9),
        "Milliseconds" => Some(Ok(Value::Whole(span / 1_000_000))),
        "Microseconds" => Some(Ok(Value::Whole(span / 1_000))),
        "Nanoseconds" => Some(Ok(Value::Whole(span))),
        "Abs" => Some(Ok(Value::Span(span.saturating_abs()))),
        _ => None,
    }
}

/// A member of a list or map, as `index` finds it.
pub fn index(value: &Value, key: &Value) -> Said<Value> {
    match value {
        Value::Labels(labels) => Ok(Value::text(labels.get(key.as_text()?))),
        Value::Map(map) => Ok(map.entries.get(key.as_text()?).cloned().unwrap_or(Value::Nothing)),
        Value::List(list) => {
            let at = key.as_whole()?;
            let item = usize::try_from(at).ok().and_then(|at| list.items.get(at));
            item.cloned().ok_or_else(|| Wrong::new(format!("{at} is beyond the list, which has {}", list.items.len())))
        }
        Value::Text(text) => {
            let at = key.as_whole()?;
            let byte = usize::try_from(at).ok().and_then(|at| text.as_bytes().get(at));
            byte.map(|byte| Value::Whole(i64::from(*byte))).ok_or_else(|| Wrong::new(format!("{at} is beyond the text")))
        }
        Value::Nothing => Err(Wrong::new("there is nothing in nothing")),
        other => Err(Wrong::new(format!("{} has no members", other.kind()))),
    }
}

/// A part of a text or list.
pub fn slice(value: &Value, bounds: &[Value]) -> Said<Value> {
    let length = match value {
        Value::Text(text) => text.len(),
        Value::List(list) => list.items.len(),
        other => return Err(Wrong::new(format!("{} has no parts", other.kind()))),
    };
    let bound = |at: usize, otherwise: usize| match bounds.get(at) {
        None => Ok(otherwise),
        Some(bound) => usize::try_from(bound.as_whole()?).map_err(|_| Wrong::new("a bound is below zero")),
    };
    let (from, to) = (bound(0, 0)?, bound(1, length)?);
    if from > to || to > length {
        return Err(Wrong::new(format!("the bounds {from} and {to} do not lie in 0 to {length}")));
    }
    match value {
        Value::Text(text) => Ok(Value::text(Arc::from(&*String::from_utf8_lossy(&text.as_bytes()[from..to])))),
        Value::List(list) => Value::list(list.of, list.items[from..to].to_vec()),
        _ => Ok(Value::Nothing),
    }
}
