//! `expect: {below: 1 %}`, as a file says it.

use quarterdeck_document::{
    duration,
    fields::{Fields, text, truth},
    findings::{Findings, Wrong},
    size,
    yaml::{Node, Value},
};
use regex::Regex;

use super::{Condition, Expectation, Kind, Literal, RowCount, Unit, words};

/// What can be expected.
pub const KEYS: [&str; 13] =
    ["is", "not", "min", "max", "below", "above", "between", "rows", "contains", "lacks", "matches", "exists", "newer_than"];

impl Expectation {
    /// Reads a mapping of conditions; `path` names its key. `None` after a finding.
    pub fn read(node: &Node, path: &str, findings: &mut Findings) -> Option<Self> {
        Self::read_beside(node, path, &[], findings)
    }

    /// As [`Expectation::read`], beside keys that somebody else reads; without any condition only where one of those is there.
    pub fn read_beside(node: &Node, path: &str, others: &[&str], findings: &mut Findings) -> Option<Self> {
        let before = findings.count();
        let known: Vec<&str> = KEYS.iter().chain(others).copied().collect();
        let fields = Fields::read(node, path, &known, findings)?;
        let mut conditions = Vec::new();
        for entry in fields.entries().iter().filter(|entry| KEYS.contains(&entry.key.as_str())) {
            conditions.extend(read(&entry.key, &entry.node, &fields.path_of(&entry.key), findings));
        }
        if conditions.is_empty() && findings.count() == before && !fields.entries().iter().any(|entry| others.contains(&entry.key.as_str()))
        {
            findings.add(node.at, format!("{path} expects nothing."), "Write what has to be found, such as: {max: 0}");
        }
        let expectation = Self { conditions };
        if findings.count() == before {
            findings.take(node.at, expectation.possible(path));
        }
        (findings.count() == before).then_some(expectation)
    }

    /// Gives bounds without a unit the unit of what is measured, and refuses those in another one.
    pub fn in_unit(mut self, measured: Unit, path: &str) -> Result<Self, Wrong> {
        for condition in &mut self.conditions {
            let (value, unit) = match condition {
                Condition::AtLeast(value, unit, _)
                | Condition::AtMost(value, unit, _)
                | Condition::Is(Literal::Number(value, unit))
                | Condition::Not(Literal::Number(value, unit)) => (value, unit),
                _ => continue,
            };
            if *unit == Unit::Plain || *value == 0.0 {
                *unit = measured;
            }
            if *unit != measured {
                let message = format!("{path} is {}, but what is measured is {}.", named(*unit), named(measured));
                return Err(Wrong::new(message, format!("Write unit: {}, or another number.", word(*unit))));
            }
        }
        Ok(self)
    }

    /// Refuses what no value can fulfil, and conditions over different kinds of things.
    fn possible(&self, path: &str) -> Result<(), Wrong> {
        let mut kinds = self.conditions.iter().filter_map(Condition::kind);
        if let Some(one) = kinds.next()
            && let Some(other) = kinds.find(|other| *other != one)
        {
            let message = format!("{path} expects {} and {} of one thing.", one.words(), other.words());
            return Err(Wrong::new(message, "Write two pieces of evidence, each with one of them."));
        }
        let (mut least, mut most) = (f64::NEG_INFINITY, f64::INFINITY);
        let mut without = false;
        for condition in &self.conditions {
            match condition {
                Condition::AtLeast(bound, _, open) if *bound >= least => (least, without) = (*bound, without || *open),
                Condition::AtMost(bound, _, open) if *bound <= most => (most, without) = (*bound, without || *open),
                _ => {}
            }
        }
        if least > most || least == most && without {
            return Err(Wrong::new(format!("{path} cannot hold: {}.", self.words()), "Let the upper bound be the larger one."));
        }
        Ok(())
    }
}

impl Condition {
    /// What has to be found for it; none where it fits everything.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Self::Is(Literal::Number(..)) | Self::Not(Literal::Number(..)) | Self::AtLeast(..) | Self::AtMost(..) => Some(Kind::Number),
            Self::Is(Literal::Text(_)) | Self::Not(Literal::Text(_)) => Some(Kind::Text),
            Self::Contains(_) | Self::Lacks(_) | Self::Matches(_) => Some(Kind::Text),
            Self::Is(Literal::Flag(_)) | Self::Not(Literal::Flag(_)) => Some(Kind::Flag),
            Self::Rows(_) => Some(Kind::Rows),
            Self::Exists(_) | Self::NewerThan(_) => None,
        }
    }
}

impl Kind {
    /// In words: `a number`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "text",
            Self::Flag => "yes or no",
            Self::Rows => "rows",
        }
    }
}

fn read(key: &str, node: &Node, path: &str, findings: &mut Findings) -> Vec<Condition> {
    let one = match key {
        "is" => literal(node, path, findings).map(Condition::Is),
        "not" => literal(node, path, findings).map(Condition::Not),
        "min" => bound(node, path, findings).map(|(bound, unit)| Condition::AtLeast(bound, unit, false)),
        "above" => bound(node, path, findings).map(|(bound, unit)| Condition::AtLeast(bound, unit, true)),
        "max" => bound(node, path, findings).map(|(bound, unit)| Condition::AtMost(bound, unit, false)),
        "below" => bound(node, path, findings).map(|(bound, unit)| Condition::AtMost(bound, unit, true)),
        "between" => return between(node, path, findings),
        "rows" => rows(node, path, findings).map(Condition::Rows),
        "contains" => text(node, path, findings).map(|text| Condition::Contains(text.to_owned())),
        "lacks" => text(node, path, findings).map(|text| Condition::Lacks(text.to_owned())),
        "matches" => pattern(node, path, findings).map(Condition::Matches),
        "exists" => truth(node, path, findings).map(Condition::Exists),
        _ => age(node, path, findings),
    };
    one.into_iter().collect()
}

fn age(node: &Node, path: &str, findings: &mut Findings) -> Option<Condition> {
    let written = text(node, path, findings)?;
    let age = findings.take(node.at, duration::parse(written, path))?;
    if age.0 == 0 {
        findings.add(node.at, format!("{path} is no time at all."), "Write how old it may be, such as: 31 d");
        return None;
    }
    Some(Condition::NewerThan(age))
}

fn between(node: &Node, path: &str, findings: &mut Findings) -> Vec<Condition> {
    let Value::Sequence(bounds) = &node.value else {
        findings.add(node.at, format!("{path} must be a list, not {}.", node.value.kind()), "Write both bounds, such as: [1, 5]");
        return Vec::new();
    };
    let [least, most] = &bounds[..] else {
        findings.add(node.at, format!("{path} has {} bounds.", bounds.len()), "Write both bounds, such as: [1, 5]");
        return Vec::new();
    };
    let least = bound(least, &format!("{path}[1]"), findings);
    let most = bound(most, &format!("{path}[2]"), findings);
    let (Some((least, of_least)), Some((most, of_most))) = (least, most) else { return Vec::new() };
    vec![Condition::AtLeast(least, of_least, false), Condition::AtMost(most, of_most, false)]
}

fn rows(node: &Node, path: &str, findings: &mut Findings) -> Option<RowCount> {
    match &node.value {
        Value::Text(word) if word == "none" => return Some(RowCount::None),
        Value::Text(word) if word == "some" => return Some(RowCount::Some),
        Value::Number(number) => {
            if let Ok(count) = number.parse() {
                return Some(RowCount::Exactly(count));
            }
        }
        _ => {}
    }
    findings.add(node.at, format!("{path} is no number of rows."), "Write none, some or a whole number.");
    None
}

/// A regular expression that can be compiled (`regex` crate: no backtracking).
pub(crate) fn pattern(node: &Node, path: &str, findings: &mut Findings) -> Option<String> {
    let written = text(node, path, findings)?;
    match Regex::new(written) {
        Ok(_) => Some(written.to_owned()),
        Err(error) => {
            let why = error.to_string();
            let why = why.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().trim_start_matches("error: ");
            let message = format!("{path} is no regular expression: {}.", why.trim_end_matches('.'));
            findings.add(node.at, message, "Put a backslash before signs that are meant as they are, and leave out look-around.");
            None
        }
    }
}

fn literal(node: &Node, path: &str, findings: &mut Findings) -> Option<Literal> {
    match &node.value {
        Value::Truth(_) => truth(node, path, findings).map(Literal::Flag),
        Value::Number(_) => bound(node, path, findings).map(|(value, unit)| Literal::Number(value, unit)),
        Value::Text(text) if text.starts_with(|c: char| c.is_ascii_digit()) => match quantity(text, path) {
            Ok((value, unit)) => Some(Literal::Number(value, unit)),
            Err(_) => Some(Literal::Text(text.clone())),
        },
        _ => text(node, path, findings).map(|text| Literal::Text(text.to_owned())),
    }
}

/// A finite number, with or without a unit.
pub(crate) fn bound(node: &Node, path: &str, findings: &mut Findings) -> Option<(f64, Unit)> {
    match &node.value {
        Value::Number(number) => match number.parse::<f64>().ok().filter(|number| number.is_finite()) {
            Some(number) => Some((number, Unit::Plain)),
            None => {
                findings.add(node.at, format!("{path} is no finite number: {number}."), "Write a number in figures, such as: 1");
                None
            }
        },
        _ => {
            let written = text(node, path, findings)?;
            findings.take(node.at, quantity(written, path))
        }
    }
}

/// `1 %`, `10 ms`, `31 d`, `100 MB`.
#[allow(clippy::cast_precision_loss)] // compared with measurements, which are doubles themselves
pub(super) fn quantity(written: &str, path: &str) -> Result<(f64, Unit), Wrong> {
    let wrong = || {
        let message = format!("{path} is no number: {:?}.", words::shortened(written));
        Wrong::new(message, "Write a number, perhaps with a unit, such as: 10 ms, 31 d, 1 % or 100 MB")
    };
    let trimmed = written.trim();
    if let Some(percent) = trimmed.strip_suffix('%') {
        let percent: f64 = percent.trim().parse().map_err(|_| wrong())?;
        return if percent.is_finite() { Ok((percent / 100.0, Unit::Ratio)) } else { Err(wrong()) };
    }
    if !trimmed.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(wrong());
    }
    match trimmed.chars().next_back() {
        Some('B' | 'b') => size::parse(trimmed, path).map(|size| (size.0 as f64, Unit::Bytes)),
        _ => duration::parse(trimmed, path).map(|time| (time.0 as f64 / 1000.0, Unit::Seconds)),
    }
}

fn named(unit: Unit) -> &'static str {
    match unit {
        Unit::Plain => "a plain number",
        Unit::Seconds => "a time",
        Unit::Bytes => "a size",
        Unit::Ratio => "a share",
    }
}

/// How a file names a unit.
pub(crate) const fn word(unit: Unit) -> &'static str {
    match unit {
        Unit::Plain => "number",
        Unit::Seconds => "s",
        Unit::Bytes => "bytes",
        Unit::Ratio => "ratio",
    }
}
