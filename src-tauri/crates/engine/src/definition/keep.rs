//! `keep`: which snapshots stay.

use quarterdeck_model::{Millis, retention::KeepRules};

use super::{
    duration,
    fields::{Fields, text},
    findings::{Findings, Wrong},
    yaml::{Node, Value},
};

pub(super) const KEYS: [&str; 10] =
    ["last", "hourly", "daily", "weekly", "monthly", "yearly", "within", "before-change", "at-most", "no-older-than"];

/// Reads the rules. `None` after a finding: half of the rules would forget what the other half keeps.
pub(super) fn read(node: &Node, findings: &mut Findings) -> Option<KeepRules> {
    let before = findings.count();
    let fields = Fields::read(node, "keep", &KEYS, findings)?;
    if fields.entries().is_empty() {
        findings.add(node.at, "keep has no rule.", "Write one such as: daily: 7, or remove the key to keep every snapshot.");
    }
    let rules = KeepRules {
        last: count(&fields, "last", findings),
        hourly: count(&fields, "hourly", findings),
        daily: count(&fields, "daily", findings),
        weekly: count(&fields, "weekly", findings),
        monthly: count(&fields, "monthly", findings),
        yearly: count(&fields, "yearly", findings),
        within: time(&fields, "within", findings),
        before_change: count(&fields, "before-change", findings),
        at_most: count(&fields, "at-most", findings),
        no_older_than: time(&fields, "no-older-than", findings),
    };
    (findings.count() == before).then_some(rules)
}

fn count(fields: &Fields<'_>, key: &str, findings: &mut Findings) -> Option<u32> {
    let (node, path) = (fields.optional(key)?, fields.path_of(key));
    let number = match &node.value {
        Value::Number(digits) => digits.parse::<u32>().ok().filter(|number| *number > 0),
        _ => None,
    };
    if number.is_none() {
        findings.add(node.at, format!("{path} is not a number of 1 or more."), format!("Write it as: {key}: 7"));
    }
    number
}

fn time(fields: &Fields<'_>, key: &str, findings: &mut Findings) -> Option<Millis> {
    let (node, path) = (fields.optional(key)?, fields.path_of(key));
    let text = match &node.value {
        Value::Number(digits) => digits,
        _ => text(node, &path, findings)?,
    };
    let zero = || Wrong::new(format!("{path} is zero, which would keep nothing."), format!("Write it as: {key}: 30 d"));
    let time = duration::parse(text, &path).and_then(|time| if time.0 > 0 { Ok(time) } else { Err(zero()) });
    findings.take(node.at, time)
}
