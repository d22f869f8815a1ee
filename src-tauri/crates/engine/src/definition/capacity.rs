//! `capacity`: how large things were planned to become.

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveTime};
use quarterdeck_model::{Bytes, Instant};

use super::{
    fields::{Fields, text},
    findings::Findings,
    size,
    yaml::{Entry, Node, Value},
};

pub(super) const KEYS: [&str; 6] = ["what", "disk", "initial", "year", "three_years", "since"];

/// The word for the repository of snapshots.
const REPOSITORY: &str = "repository";

/// The plan for one thing that grows.
#[derive(Debug, Clone, PartialEq)]
pub struct CapacityDefinition {
    /// What.
    pub of: Planned,
    /// How large at the beginning.
    pub initial: Option<Bytes>,
    /// How large after a year.
    pub year: Option<Bytes>,
    /// How large after three years.
    pub three_years: Option<Bytes>,
    /// When it began; absent where it is counted from when the system was added.
    pub since: Option<Instant>,
}

/// What a plan is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// A component.
    Component(String),
    /// The disk that is mounted there, or holds that folder.
    Disk(PathBuf),
    /// The repository of snapshots.
    Repository,
}

/// Reads all plans. Those with findings are left out. `components` is the part of the file with that name.
pub(super) fn read(node: &Node, components: Option<&Node>, findings: &mut Findings) -> Vec<CapacityDefinition> {
    let Value::Sequence(items) = &node.value else {
        let message = format!("capacity must be a list, not {}.", node.value.kind());
        findings.add(node.at, message, "Write each as: - {what: main, initial: 2 GB, year: 10 GB, three_years: 30 GB}");
        return Vec::new();
    };
    let known = names(components);
    let mut plans: Vec<CapacityDefinition> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let path = format!("capacity[{}]", i + 1);
        let Some(plan) = plan(item, &path, &known, findings) else { continue };
        if plans.iter().any(|other| other.of == plan.of) {
            findings.add(item.at, format!("{path} plans what another one plans."), "Keep one of the two.");
        }
        plans.push(plan);
    }
    plans
}

fn plan(node: &Node, path: &str, known: &[&str], findings: &mut Findings) -> Option<CapacityDefinition> {
    let fields = Fields::read(node, path, &KEYS, findings)?;
    let of = subject(node, &fields, path, known, findings);
    let before = findings.count();
    let mut planned = |key: &str| {
        let node = fields.optional(key)?;
        let path = fields.path_of(key);
        let written = text(node, &path, findings)?;
        findings.take(node.at, size::parse(written, &path))
    };
    let (initial, year, three_years) = (planned("initial"), planned("year"), planned("three_years"));
    let since = fields.optional("since").and_then(|node| date(node, &fields.path_of("since"), findings));
    if initial.is_none() && year.is_none() && three_years.is_none() && findings.count() == before {
        findings.add(node.at, format!("{path} plans nothing."), "Add a line such as: year: 10 GB");
    }
    (findings.count() == before).then_some(CapacityDefinition { of: of?, initial, year, three_years, since })
}

fn subject(node: &Node, fields: &Fields<'_>, path: &str, known: &[&str], findings: &mut Findings) -> Option<Planned> {
    match (fields.optional("what"), fields.optional("disk")) {
        (Some(node), None) => {
            let path = fields.path_of("what");
            let word = text(node, &path, findings)?;
            if word == REPOSITORY {
                return Some(Planned::Repository);
            }
            if !known.contains(&word) {
                let hint = format!("Name one of: {}.", [known, &[REPOSITORY]].concat().join(", "));
                findings.add(node.at, format!("{path} is no component of this system: {word:?}."), hint);
                return None;
            }
            Some(Planned::Component(word.to_owned()))
        }
        (None, Some(node)) => {
            let path = fields.path_of("disk");
            let folder = PathBuf::from(text(node, &path, findings)?);
            if !folder.is_absolute() {
                findings.add(node.at, format!("{path} is not absolute: {}.", folder.display()), "Write the whole path, such as: /srv");
                return None;
            }
            Some(Planned::Disk(folder))
        }
        _ => {
            findings.add(node.at, format!("{path} must say one thing: what or disk."), "Add a line such as: what: main");
            None
        }
    }
}

/// The names of all components, also of those that are not there.
fn names(components: Option<&Node>) -> Vec<&str> {
    let Some(Value::Mapping(entries)) = components.map(|node| &node.value) else { return Vec::new() };
    entries.iter().map(|Entry { key, .. }| key.as_str()).collect()
}

fn date(node: &Node, path: &str, findings: &mut Findings) -> Option<Instant> {
    let written = text(node, path, findings)?;
    let date = NaiveDate::parse_from_str(written.trim(), "%Y-%m-%d").ok();
    if date.is_none() {
        findings.add(node.at, format!("{path} is not a day: {written:?}."), "Write year, month and day, such as: 2026-01-31");
    }
    date.map(|date| date.and_time(NaiveTime::MIN).and_utc())
}
