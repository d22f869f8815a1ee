//! Prometheus's rule files (<https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/>) and the `PrometheusRule` resource
//! that wraps them: read strictly, everything that is wrong in one reading.

use std::{path::Path, time::Duration};

use quarterdeck_document::{
    fields::Fields,
    findings::{Findings, Place},
    yaml::{self, Manner, Node, Value},
};
use quarterdeck_model::system::DefinitionFinding;

use super::{duration, entry, rule::Group};

/// How rule files and their tests are read: they are other people's, with aliases.
pub const MANNER: Manner =
    Manner { what: "a rule file", empty: "Write groups: with a list of groups below it.", deepest: 64, aliases: true };

/// A rule file.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// Those that could be read, without the rules that could not.
    pub groups: Vec<Group>,
    /// What is wrong: a file with any of these is not evaluated.
    pub findings: Vec<DefinitionFinding>,
    /// What is probably not meant, but has a meaning: two rules that are the same, names that other tools refuse.
    pub remarks: Vec<DefinitionFinding>,
}

/// What is said while a file is read.
pub(super) struct Reading<'t> {
    /// The whole file.
    pub text: &'t str,
    /// What is wrong.
    pub findings: Findings,
    /// What is probably not meant.
    pub remarks: Findings,
}

/// Reads a rule file. `path` is what findings name. A file of blanks and comments has no groups and nothing wrong.
pub fn read(path: &Path, text: &str) -> File {
    let blank = text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#') || line == "---");
    if blank {
        return File::default();
    }
    let mut reading = Reading { text, findings: Findings::new(path), remarks: Findings::new(path) };
    let root = yaml::read(text, MANNER, &mut reading.findings);
    let groups = root.and_then(|root| reading.groups(&root)).unwrap_or_default();
    entry::remark_duplicates(&groups, &mut reading.remarks);
    File { groups, findings: reading.findings.in_order(), remarks: reading.remarks.in_order() }
}

impl Reading<'_> {
    fn groups(&mut self, root: &Node) -> Option<Vec<Group>> {
        let wrapped = Fields::open(root, "", &mut Findings::new(Path::new("")))
            .is_some_and(|fields| ["apiVersion", "kind", "spec"].iter().any(|key| fields.optional(key).is_some()));
        let (fields, path) = if wrapped {
            (self.unwrapped(root)?, "spec.groups")
        } else {
            (Fields::read(root, "", &["groups"], &mut self.findings)?, "groups")
        };
        let Some(node) = present(&fields, "groups") else { return Some(Vec::new()) };
        let items = self.list(node, path)?;
        let mut groups: Vec<Group> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some(group) = self.group(item, &format!("{path}[{index}]"), wrapped) else { continue };
            if let Some(first) = groups.iter().find(|first| first.name == group.name) {
                let message = format!("The group {:?} is there twice, first on line {}.", group.name, first.at.line);
                self.findings.add(group.at, message, "Give one of the two another name.");
            }
            groups.push(group);
        }
        Some(groups)
    }

    /// The `spec` of a `PrometheusRule`.
    fn unwrapped<'n>(&mut self, root: &'n Node) -> Option<Fields<'n>> {
        let fields = Fields::read(root, "", &["apiVersion", "kind", "metadata", "spec", "status"], &mut self.findings)?;
        let kind = fields.required("kind", "kind: PrometheusRule", &mut self.findings)?;
        if self.plain(kind, "kind") != Some("PrometheusRule") {
            self.findings.add(kind.at, "kind must be PrometheusRule.", "Give a file of Prometheus rules, or a PrometheusRule.");
            return None;
        }
        let spec = fields.required("spec", "spec:", &mut self.findings)?;
        Fields::read(spec, "spec", &["groups"], &mut self.findings)
    }

    fn group(&mut self, node: &Node, path: &str, wrapped: bool) -> Option<Group> {
        let mut known = vec!["name", "interval", "query_offset", "limit", "labels", "rules"];
        if wrapped {
            // The resource knows it for Thanos; it changes nothing for one source.
            known.push("partial_response_strategy");
        }
        let fields = Fields::read(node, path, &known, &mut self.findings)?;
        let name = present(&fields, "name").and_then(|node| self.plain(node, &fields.path_of("name"))).unwrap_or_default();
        if name.is_empty() {
            self.findings.add(node.at, format!("{path} has no name."), "Add a line such as: name: checkout");
        }
        let interval = self.duration(&fields, "interval").filter(|interval| !interval.is_zero());
        let query_offset = self.duration(&fields, "query_offset");
        let limit = self.limit(&fields);
        let labels = self.labels(&fields, false);
        let items = present(&fields, "rules").and_then(|node| self.list(node, &fields.path_of("rules"))).unwrap_or_default();
        let path = fields.path_of("rules");
        let rules = items.iter().enumerate().filter_map(|(index, item)| self.rule(item, &format!("{path}[{index}]"), &labels)).collect();
        Some(Group { name: name.to_owned(), interval, query_offset, limit, labels, rules, at: node.at })
    }

    /// A duration; none where the key is not there, or after a finding.
    pub fn duration(&mut self, fields: &Fields<'_>, key: &str) -> Option<Duration> {
        let node = present(fields, key)?;
        let path = fields.path_of(key);
        let written = self.plain(node, &path)?;
        let millis = self.findings.take(node.at, duration::parse(written, &path))?;
        Some(Duration::from_millis(millis.unsigned_abs()))
    }

    fn limit(&mut self, fields: &Fields<'_>) -> usize {
        let Some(node) = present(fields, "limit") else { return 0 };
        let Value::Number(written) = &node.value else {
            self.wrong_limit(node.at);
            return 0;
        };
        match written.parse::<i64>() {
            // Below zero means any number, too.
            Ok(limit) => usize::try_from(limit).unwrap_or(0),
            Err(_) => {
                self.wrong_limit(node.at);
                0
            }
        }
    }

    fn wrong_limit(&mut self, at: Place) {
        self.findings.add(at, "limit must be a whole number.", "Write how many alerts or series a rule may have, or 0 for any number.");
    }

    /// A single value as it is written, numbers and truths too; nothing is empty. None after a finding.
    pub fn plain<'n>(&mut self, node: &'n Node, path: &str) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) | Value::Number(text) | Value::Truth(text) => Some(text),
            Value::Nothing => Some(""),
            Value::Mapping(_) | Value::Sequence(_) => {
                let message = format!("{path} must be text, not {}.", node.value.kind());
                self.findings.add(node.at, message, "Write one value behind the colon.");
                None
            }
        }
    }

    fn list<'n>(&mut self, node: &'n Node, path: &str) -> Option<&'n [Node]> {
        let Value::Sequence(items) = &node.value else {
            self.findings.add(node.at, format!("{path} must be a list, not {}.", node.value.kind()), "Begin each item with a dash.");
            return None;
        };
        Some(items)
    }
}

/// The value of a key that is there and not empty.
pub(super) fn present<'n>(fields: &Fields<'n>, key: &str) -> Option<&'n Node> {
    fields.optional(key).filter(|node| !matches!(node.value, Value::Nothing))
}
