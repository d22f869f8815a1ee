//! Names that routes use and the file does not define.

use quarterdeck_document::{fields::nearest, findings::Findings};

use super::{Receiver, route::Read};
use crate::notify::interval::Intervals;

/// Adds a finding for each name that leads nowhere.
pub fn check(read: &Read, receivers: &[Receiver], intervals: &Intervals, findings: &mut Findings) {
    let receivers: Vec<&str> = receivers.iter().map(|receiver| receiver.name.as_str()).collect();
    for name in read.receivers.iter().filter(|name| !receivers.contains(&name.text.as_str())) {
        findings.add(name.at, format!("No receiver is named {}.", name.text), hint(&name.text, &receivers, "receivers"));
    }
    let intervals: Vec<&str> = intervals.keys().map(String::as_str).collect();
    for name in read.intervals.iter().filter(|name| !intervals.contains(&name.text.as_str())) {
        findings.add(name.at, format!("No time interval is named {}.", name.text), hint(&name.text, &intervals, "time_intervals"));
    }
}

fn hint(name: &str, known: &[&str], key: &str) -> String {
    match nearest(name, known) {
        Some(near) => format!("Write {near} instead, or add {name} to {key}."),
        None => format!("Add {name} to {key}."),
    }
}
