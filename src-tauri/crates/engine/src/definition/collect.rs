//! `collect`: what is measured of a system, and how often.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Fault, Millis, Outcome, system::Name};
use quarterdeck_monitor::collectors::{
    log::Rules,
    process::Which,
    unit::{Bus, Unit},
};

use super::{
    collect_address::{self, ProbeDefinition, ScrapeDefinition},
    collect_database::{self, DatabaseDefinition},
    duration,
    fields::{Fields, text},
    findings::{Findings, Wrong},
    paths,
    yaml::{Node, Value},
};

pub(super) const KEYS: [&str; 9] = ["every", "labels", "databases", "processes", "units", "probes", "scrapes", "logs", "files"];
pub(super) const PROCESS_KEYS: [&str; 4] = ["name", "pid_file", "executable", "port"];
pub(super) const UNIT_KEYS: [&str; 2] = ["unit", "bus"];
pub(super) const LOG_KEYS: [&str; 3] = ["name", "path", "rules"];
pub(super) const RULE_KEYS: [&str; 2] = ["name", "match"];
pub(super) const FILE_KEYS: [&str; 3] = ["name", "path", "at_most"];

/// How often, unless a definition says otherwise.
const EVERY: Duration = Duration::from_secs(15);

/// Labels that are set for each target.
const OWN: [&str; 5] = ["system", "component", "environment", "job", "instance"];

/// What is measured of a system. Its databases are, without a word about them.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectDefinition {
    /// How often.
    pub every: Duration,
    /// Added to each series.
    pub labels: BTreeMap<String, String>,
    /// What is asked of databases beside what is measured of each.
    pub databases: Vec<DatabaseDefinition>,
    /// Processes.
    pub processes: Vec<ProcessDefinition>,
    /// Units of systemd.
    pub units: Vec<UnitDefinition>,
    /// Addresses that have to answer.
    pub probes: Vec<ProbeDefinition>,
    /// Addresses that serve metrics.
    pub scrapes: Vec<ScrapeDefinition>,
    /// Log files.
    pub logs: Vec<LogDefinition>,
    /// Files that have to be there, and fresh.
    pub files: Vec<FileDefinition>,
}

/// A process.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessDefinition {
    /// Its name.
    pub name: Name,
    /// How it is found.
    pub which: Which,
}

/// A unit of systemd.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitDefinition {
    /// As systemd names it.
    pub unit: String,
    /// Whose it is.
    pub bus: Bus,
}

/// A log file.
#[derive(Debug, Clone, PartialEq)]
pub struct LogDefinition {
    /// Its name.
    pub name: Name,
    /// The file, absolute; it need not exist yet.
    pub path: PathBuf,
    /// Names of what is looked for in lines, each with its expression.
    pub rules: Vec<(Name, String)>,
}

/// A file that has to be there.
#[derive(Debug, Clone, PartialEq)]
pub struct FileDefinition {
    /// Its name.
    pub name: Name,
    /// The file, absolute; it need not exist yet.
    pub path: PathBuf,
    /// How old it may become.
    pub at_most: Option<Millis>,
}

impl Default for CollectDefinition {
    fn default() -> Self {
        Self {
            every: EVERY,
            labels: BTreeMap::new(),
            databases: Vec::new(),
            processes: Vec::new(),
            units: Vec::new(),
            probes: Vec::new(),
            scrapes: Vec::new(),
            logs: Vec::new(),
            files: Vec::new(),
        }
    }
}

/// Reads what is collected, as far as it has no finding. `components` is the part of the file with that name.
pub(super) fn read(folder: &Path, node: &Node, components: Option<&Node>, findings: &mut Findings) -> CollectDefinition {
    let mut collect = CollectDefinition::default();
    let Some(fields) = Fields::read(node, "collect", &KEYS, findings) else { return collect };
    let bounds = (Duration::from_secs(5), Duration::from_secs(3_600));
    if let Some(every) = time(&fields, "every", bounds, findings) {
        collect.every = every;
    }
    if let Some(node) = fields.optional("labels") {
        collect.labels = labels(node, findings);
    }
    if let Some(node) = fields.optional("databases") {
        collect.databases = collect_database::read(node, components, findings);
    }
    let every = collect.every;
    collect.processes = list(&fields, "processes", findings, |node, path, findings| process(folder, node, path, findings));
    collect.units = list(&fields, "units", findings, unit);
    collect.probes = list(&fields, "probes", findings, |node, path, findings| collect_address::probe(folder, node, path, findings));
    collect.scrapes =
        list(&fields, "scrapes", findings, |node, path, findings| collect_address::scrape(folder, node, path, every, findings));
    collect.logs = list(&fields, "logs", findings, |node, path, findings| log(folder, node, path, findings));
    collect.files = list(&fields, "files", findings, |node, path, findings| file(folder, node, path, findings));
    collect
}

/// The items of a list; `read` is handed where each stands. Two of one name are a finding.
fn list<T: Called>(
    fields: &Fields<'_>,
    key: &str,
    findings: &mut Findings,
    read: impl Fn(&Node, &str, &mut Findings) -> Option<T>,
) -> Vec<T> {
    let Some(node) = fields.optional(key) else { return Vec::new() };
    let whole = fields.path_of(key);
    let Value::Sequence(items) = &node.value else {
        let message = format!("{whole} must be a list, not {}.", node.value.kind());
        findings.add(node.at, message, "Write each on a line of its own, such as: - {name: main, …}");
        return Vec::new();
    };
    let mut found: Vec<T> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let path = format!("{whole}[{}]", i + 1);
        let Some(read) = read(item, &path, findings) else { continue };
        if found.iter().any(|other| other.called() == read.called()) {
            findings.add(item.at, format!("{path} is there twice: {}.", read.called()), "Give each a name of its own.");
        }
        found.push(read);
    }
    found
}

/// What tells one item of a list from the others.
pub(super) trait Called {
    fn called(&self) -> &str;
}

macro_rules! called {
    ($($kind:ty),*) => { $(impl Called for $kind { fn called(&self) -> &str { self.name.as_str() } })* };
}
called!(ProcessDefinition, ProbeDefinition, ScrapeDefinition, LogDefinition, FileDefinition);

impl Called for UnitDefinition {
    fn called(&self) -> &str {
        &self.unit
    }
}

/// The key `name`, which has to be there.
pub(super) fn name(fields: &Fields<'_>, findings: &mut Findings) -> Option<Name> {
    let node = fields.required("name", "name: service", findings)?;
    let path = fields.path_of("name");
    let written = text(node, &path, findings)?;
    let name = written.parse::<Name>().map_err(|fault| Wrong::new(format!("{path} is not a name: {written:?}."), fault.hint));
    findings.take(node.at, name)
}

/// A duration between two others, if it is there.
pub(super) fn time(fields: &Fields<'_>, key: &str, (least, most): (Duration, Duration), findings: &mut Findings) -> Option<Duration> {
    let (node, path) = (fields.optional(key)?, fields.path_of(key));
    let parsed = duration::parse(text(node, &path, findings)?, &path);
    let time = Duration::from_millis(findings.take(node.at, parsed)?.0);
    if time < least || time > most {
        let (least, most) = (written(least), written(most));
        findings.add(node.at, format!("{path} is not between {least} and {most}."), format!("Write it as: {key}: {least}"));
        return None;
    }
    Some(time)
}

/// A duration as a definition has it.
fn written(time: Duration) -> String {
    let millis = time.as_millis();
    let units = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)];
    let whole = units.into_iter().find(|(_, unit)| millis >= *unit && millis.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{millis} ms"), |(word, unit)| format!("{} {word}", millis / unit))
}

/// What somebody else's reading refused, as a finding at a value.
pub(super) fn refused<T>(node: &Node, path: &str, result: Outcome<T>, findings: &mut Findings) -> Option<T> {
    findings.take(node.at, result.map_err(|Fault { message, hint, .. }| Wrong::new(format!("{path}: {message}"), hint)))
}

fn labels(node: &Node, findings: &mut Findings) -> BTreeMap<String, String> {
    let Some(fields) = Fields::open(node, "collect.labels", findings) else { return BTreeMap::new() };
    let mut labels = BTreeMap::new();
    for entry in fields.entries() {
        let path = fields.path_of(&entry.key);
        if !is_label(&entry.key) || OWN.contains(&entry.key.as_str()) {
            let hint = format!("Use letters, figures and underscores, no figure first, and none of: {}.", OWN.join(", "));
            findings.add(entry.at, format!("{path} is not a name for a label."), hint);
        } else if let Some(value) = text(&entry.node, &path, findings) {
            labels.insert(entry.key.clone(), value.to_owned());
        }
    }
    labels
}

fn is_label(name: &str) -> bool {
    let legal = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    legal && !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && !name.starts_with("__")
}

fn process(folder: &Path, node: &Node, path: &str, findings: &mut Findings) -> Option<ProcessDefinition> {
    let fields = Fields::read(node, path, &PROCESS_KEYS, findings)?;
    let name = name(&fields, findings);
    let given: Vec<&str> = PROCESS_KEYS[1..].iter().copied().filter(|key| fields.optional(key).is_some()).collect();
    let [key] = given[..] else {
        let message = format!("{path} must say one of pid_file, executable and port.");
        findings.add(node.at, message, "Write how it is found, such as: pid_file: run/service.pid");
        return None;
    };
    let (node, path) = (fields.optional(key)?, fields.path_of(key));
    let which = match (key, &node.value) {
        ("port", Value::Number(digits)) if digits.parse::<u16>().is_ok_and(|port| port > 0) => Which::Port(digits.parse().ok()?),
        ("port", _) => {
            findings.add(node.at, format!("{path} is not a port."), "Write a number from 1 to 65535.");
            return None;
        }
        ("executable", _) => Which::Executable(text(node, &path, findings)?.to_owned()),
        _ => {
            let file = paths::outer(folder, text(node, &path, findings)?, &path);
            Which::PidFile(findings.take(node.at, file)?)
        }
    };
    Some(ProcessDefinition { name: name?, which })
}

fn unit(node: &Node, path: &str, findings: &mut Findings) -> Option<UnitDefinition> {
    let fields = Fields::read(node, path, &UNIT_KEYS, findings)?;
    let bus = match fields.optional("bus") {
        None => Some(Bus::System),
        Some(node) => match text(node, &fields.path_of("bus"), findings)? {
            "system" => Some(Bus::System),
            "user" => Some(Bus::User),
            other => {
                findings.add(node.at, format!("{} is neither system nor user: {other:?}.", fields.path_of("bus")), "Write system or user.");
                None
            }
        },
    };
    let node = fields.required("unit", "unit: shop.service", findings)?;
    let path = fields.path_of("unit");
    let written = text(node, &path, findings)?;
    refused(node, &path, Unit::new(written, Bus::System), findings)?;
    Some(UnitDefinition { unit: written.to_owned(), bus: bus? })
}

fn log(folder: &Path, node: &Node, path: &str, findings: &mut Findings) -> Option<LogDefinition> {
    let fields = Fields::read(node, path, &LOG_KEYS, findings)?;
    let name = name(&fields, findings);
    let rules = list(&fields, "rules", findings, rule).into_iter().map(|rule| (rule.name, rule.expression)).collect();
    Some(LogDefinition { name: name?, path: outer(folder, &fields, "logs/service.log", findings)?, rules })
}

struct Rule {
    name: Name,
    expression: String,
}
called!(Rule);

fn rule(node: &Node, path: &str, findings: &mut Findings) -> Option<Rule> {
    let fields = Fields::read(node, path, &RULE_KEYS, findings)?;
    let name = name(&fields, findings);
    let node = fields.required("match", "match: '^ERROR'", findings)?;
    let path = fields.path_of("match");
    let expression = text(node, &path, findings)?;
    refused(node, &path, Rules::new([("rule", expression)]), findings)?;
    Some(Rule { name: name?, expression: expression.to_owned() })
}

fn file(folder: &Path, node: &Node, path: &str, findings: &mut Findings) -> Option<FileDefinition> {
    let fields = Fields::read(node, path, &FILE_KEYS, findings)?;
    let name = name(&fields, findings);
    let bounds = (Duration::from_secs(1), Duration::from_secs(10 * 366 * 86_400));
    let at_most = time(&fields, "at_most", bounds, findings).map(Millis::from);
    Some(FileDefinition { name: name?, path: outer(folder, &fields, "data/export.csv", findings)?, at_most })
}

fn outer(folder: &Path, fields: &Fields<'_>, example: &str, findings: &mut Findings) -> Option<PathBuf> {
    let node = fields.required("path", &format!("path: {example}"), findings)?;
    let path = fields.path_of("path");
    let found = paths::outer(folder, text(node, &path, findings)?, &path);
    findings.take(node.at, found)
}
