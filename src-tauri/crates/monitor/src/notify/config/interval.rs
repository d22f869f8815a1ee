//! Time intervals with their names.

use quarterdeck_document::{
    fields::Fields,
    findings::{Findings, Wrong},
    yaml::Node,
};

use super::value::{self, Written};
use crate::notify::interval::{Intervals, Span, TimeInterval, Zone};

const KNOWN: &[&str] = &["times", "weekdays", "days_of_month", "months", "years", "location"];
const WEEKDAYS: &[&str] = &["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS: &[&str] =
    &["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// Reads both keys that hold them; a name that is there twice is a finding.
pub fn read(file: &Fields<'_>, findings: &mut Findings) -> Intervals {
    let mut intervals = Intervals::new();
    for key in ["mute_time_intervals", "time_intervals"] {
        for (i, node) in value::items(value::given(file, key), key, findings).iter().enumerate() {
            let path = format!("{key}[{i}]");
            let Some(fields) = Fields::read(node, &path, &["name", "time_intervals"], findings) else { continue };
            let name = fields.required("name", "name: out-of-hours", findings);
            let name = name.and_then(|node| value::word(node, &format!("{path}.name"), findings));
            let (list, of) = (value::given(&fields, "time_intervals"), format!("{path}.time_intervals"));
            let items = value::items(list, &of, findings).iter().enumerate();
            let all = items.filter_map(|(i, node)| interval(node, &format!("{of}[{i}]"), findings)).collect();
            match name {
                Some(Written { text, at }) if text.is_empty() => findings.add(at, format!("{path}.name is empty."), "Write a name."),
                Some(Written { text, at }) if intervals.contains_key(&text) => {
                    findings.add(at, format!("The time interval {text} is there twice."), "Give one of them another name.");
                }
                Some(Written { text, .. }) => drop(intervals.insert(text, all)),
                None => {}
            }
        }
    }
    intervals
}

/// Reads one time interval. None after a finding.
pub fn interval(node: &Node, path: &str, findings: &mut Findings) -> Option<TimeInterval> {
    let fields = Fields::read(node, path, KNOWN, findings)?;
    let mut spans = |key: &str, read: fn(&str) -> Result<Span, Wrong>| -> Option<Vec<Span>> {
        let (node, path) = (value::given(&fields, key)?, format!("{path}.{key}"));
        let written = value::words(Some(node), &path, findings);
        let spans = written.into_iter().filter_map(|Written { text, at }| {
            let within = |wrong: Wrong| Wrong::new(format!("{path}: {}", wrong.message), wrong.hint);
            findings.take(at, read(&text.to_lowercase()).map_err(within))
        });
        Some(spans.collect())
    };
    let weekdays = spans("weekdays", weekdays);
    let days_of_month = spans("days_of_month", days_of_month);
    let months = spans("months", months);
    let years = spans("years", years);
    let times = value::given(&fields, "times").map(|node| times(node, &format!("{path}.times"), findings));
    let zone = value::given(&fields, "location").and_then(|node| {
        let name = value::word(node, &format!("{path}.location"), findings)?;
        let zone = Zone::named(&name.text);
        if zone.is_none() {
            let message = format!("{path}.location names no time zone: {}.", name.text);
            findings.add(name.at, message, "Write an IANA name such as Europe/Berlin, UTC or Local.");
        }
        zone
    });
    Some(TimeInterval { times, weekdays, days_of_month, months, years, zone })
}

fn times(node: &Node, path: &str, findings: &mut Findings) -> Vec<Span> {
    let mut spans = Vec::new();
    for (i, node) in value::items(Some(node), path, findings).iter().enumerate() {
        let path = format!("{path}[{i}]");
        let Some(fields) = Fields::read(node, &path, &["start_time", "end_time"], findings) else { continue };
        let mut minute = |key: &str, example: &str| {
            let node = fields.required(key, example, findings)?;
            let written = value::word(node, &format!("{path}.{key}"), findings)?;
            let minute = minute_of_day(&written.text);
            if minute.is_none() {
                let message = format!("{path}.{key} is no time of day: {}.", written.text);
                findings.add(written.at, message, "Write hours and minutes with two figures each, as in '09:00'; a day ends at '24:00'.");
            }
            minute
        };
        let (from, until) = (minute("start_time", "start_time: '09:00'"), minute("end_time", "end_time: '17:00'"));
        let (Some(from), Some(until)) = (from, until) else { continue };
        if from >= until {
            let hint = "Write two items where it goes past midnight: one until '24:00', one from '00:00'.";
            findings.add(node.at, format!("{path} ends before it begins."), hint);
        }
        spans.push((from, until));
    }
    spans
}

/// `HH:MM` as minutes of the day; `24:00` is its end.
pub fn minute_of_day(text: &str) -> Option<i32> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<i32>().ok()).flatten();
    match (number(hours)?, number(minutes)?) {
        (24, 0) => Some(1_440),
        (hours @ 0..=23, minutes @ 0..=59) => Some(hours * 60 + minutes),
        _ => None,
    }
}

fn span(text: &str, hint: &str, one: impl Fn(&str) -> Option<i32>, no: &str) -> Result<Span, Wrong> {
    let one = |text: &str| one(text).ok_or_else(|| Wrong::new(format!("{text} is no {no}."), hint));
    match text.split(':').collect::<Vec<_>>().as_slice() {
        [both] => one(both).map(|both| (both, both)),
        [from, until] => Ok((one(from)?, one(until)?)),
        _ => Err(Wrong::new(format!("{text} has more than one colon."), hint)),
    }
}

fn in_order(span: Span, text: &str, hint: &str) -> Result<Span, Wrong> {
    if span.0 > span.1 { Err(Wrong::new(format!("{text} ends before it begins."), hint)) } else { Ok(span) }
}

/// A day of the week or from:until, in small letters.
pub fn weekdays(text: &str) -> Result<Span, Wrong> {
    const HINT: &str = "Write a day or from:until, as in monday:friday.";
    in_order(span(text, HINT, |text| number_of(text, WEEKDAYS), "day of the week")?, text, HINT)
}

fn months(text: &str) -> Result<Span, Wrong> {
    const HINT: &str = "Write a month or from:until, as in june:august or 6:8.";
    let month = |text: &str| number_of(text, MONTHS).map(|month| month + 1).or_else(|| number(text));
    in_order(span(text, HINT, month, "month")?, text, HINT)
}

fn years(text: &str) -> Result<Span, Wrong> {
    const HINT: &str = "Write a year or from:until, as in 2026:2028.";
    in_order(span(text, HINT, number, "year")?, text, HINT)
}

/// A day of the month or from:until.
pub fn days_of_month(text: &str) -> Result<Span, Wrong> {
    const HINT: &str = "Write a day or from:until, as in 1:7 or -3:-1.";
    let is_day = |day: &i32| (1..=31).contains(&day.abs());
    let (from, until) = span(text, HINT, |text| number(text).filter(is_day), "day of a month")?;
    if from < 0 && until > 0 {
        return Err(Wrong::new(format!("{text} begins from the month's end, and ends from its beginning."), HINT));
    }
    // The shortest month decides what can never hold.
    let least = |day: i32| if day < 0 { 28 + day } else { day };
    in_order((least(from), least(until)), text, HINT)?;
    Ok((from, until))
}

fn number_of(name: &str, names: &[&str]) -> Option<i32> {
    names.iter().position(|known| *known == name).and_then(|number| i32::try_from(number).ok())
}

fn number(text: &str) -> Option<i32> {
    text.parse().ok()
}
