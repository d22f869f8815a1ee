//! One rule of a file.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use quarterdeck_document::{
    fields::Fields,
    findings::{Findings, Place},
    yaml::{Node, Value},
};

use super::{
    file::{Reading, present},
    place,
    rule::{Alerting, Group, Kind, Rule, Words},
};
use crate::{labels::NAME, promql, template};

const KEYS: [&str; 7] = ["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"];

impl Reading<'_> {
    /// A rule; none after a finding that leaves nothing to evaluate.
    pub fn rule(&mut self, node: &Node, path: &str, group: &[(Arc<str>, Words)]) -> Option<Rule> {
        let fields = Fields::read(node, path, &KEYS, &mut self.findings)?;
        let name = |reading: &mut Self, key: &str| {
            let node = present(&fields, key)?;
            let name = reading.plain(node, &fields.path_of(key)).filter(|name| !name.is_empty())?;
            Some((name.to_owned(), node.at))
        };
        let (alert, record) = (name(self, "alert"), name(self, "record"));
        let alerts = alert.is_some();
        if let (Some(_), Some((_, at))) = (&alert, &record) {
            self.findings.add(*at, format!("{path} has both alert and record."), "Keep one of the two.");
        }
        if let (None, Some((record, at))) = (&alert, &record) {
            self.record(record, *at, &fields);
        }
        let named = alert.or(record);
        if named.is_none() {
            self.findings.add(
                node.at,
                format!("{path} has neither alert nor record."),
                "Say what it is: add alert: or record: with a name.",
            );
        }
        let kind = if alerts { Kind::Alerting(self.alerting(&fields)) } else { Kind::Recording };
        let mut labels: BTreeMap<Arc<str>, Words> = group.iter().cloned().collect();
        labels.extend(self.labels(&fields, alerts));
        if alerts {
            // Of the group, too, they are templates then.
            labels.values_mut().filter(|words| words.template.is_none()).for_each(|words| *words = Words::template(&words.text).0);
        }
        let (query, expr_at) = self.expression(&fields, node.at, path)?;
        let (name, _) = named?;
        Some(Rule { name, kind, expression: query.text.clone(), query, labels: labels.into_iter().collect(), at: node.at, expr_at })
    }

    fn alerting(&mut self, fields: &Fields<'_>) -> Alerting {
        Alerting {
            hold: self.duration(fields, "for").unwrap_or_default(),
            keep_firing_for: self.duration(fields, "keep_firing_for").unwrap_or_default(),
            annotations: self.texts(fields, "annotations", true),
        }
    }

    /// What a recording rule must not have.
    fn record(&mut self, name: &str, at: Place, fields: &Fields<'_>) {
        for key in ["for", "keep_firing_for"] {
            if self.duration(fields, key).is_some_and(|duration| !duration.is_zero()) {
                let at = fields.optional(key).map_or(at, |node| node.at);
                self.findings.add(at, format!("{} has no meaning in a recording rule.", fields.path_of(key)), "Remove it.");
            }
        }
        if let Some(node) = present(fields, "annotations").filter(|node| !matches!(&node.value, Value::Mapping(all) if all.is_empty())) {
            self.findings.add(node.at, format!("{} has no meaning in a recording rule.", fields.path_of("annotations")), "Remove it.");
        }
        if name.contains(['{', '}']) {
            let message = format!("The recorded series cannot have braces in its name: {name:?}.");
            self.findings.add(at, message, "Write the name only; matchers belong into expr, labels below labels.");
        } else if !classic(name, true) {
            let message = format!("The name {name:?} is not of the classic form.");
            self.remarks.add(at, message, "Use letters, digits, _ and : only; older tools refuse other names.");
        }
    }

    fn expression(&mut self, fields: &Fields<'_>, at: Place, path: &str) -> Option<(promql::Query, Option<Place>)> {
        let Some(node) = present(fields, "expr") else {
            self.findings.add(at, format!("{path} has no expr."), "Add a line such as: expr: up == 0");
            return None;
        };
        let written = self.plain(node, &fields.path_of("expr"))?;
        match promql::parse(written) {
            Ok(query) => Some((query, Some(place::inside(self.text, node, written, leading(written))))),
            Err(fault) => {
                let fact = |name: &str| fault.facts.get(name).and_then(serde_json::Value::as_u64).and_then(|at| usize::try_from(at).ok());
                let byte = fact("line").zip(fact("column")).map_or(0, |(line, column)| byte(written, line, column));
                let what = fault.message.split_once(": ").map_or(fault.message.as_str(), |(_, what)| what);
                let message = format!("{} cannot be read: {what}", fields.path_of("expr"));
                self.findings.add(place::inside(self.text, node, written, byte), message, "Correct the expression here.");
                None
            }
        }
    }

    /// The labels of a group or a rule; templates where it alerts.
    pub fn labels(&mut self, fields: &Fields<'_>, templates: bool) -> Vec<(Arc<str>, Words)> {
        self.texts(fields, "labels", templates)
    }

    fn texts(&mut self, fields: &Fields<'_>, key: &str, templates: bool) -> Vec<(Arc<str>, Words)> {
        let Some(node) = present(fields, key) else { return Vec::new() };
        let Some(inner) = Fields::open(node, &fields.path_of(key), &mut self.findings) else { return Vec::new() };
        let mut found = Vec::new();
        for entry in inner.entries() {
            let path = inner.path_of(&entry.key);
            let Some(text) = self.plain(&entry.node, &path) else { continue };
            if entry.key.is_empty() || (key == "labels" && entry.key == NAME) {
                self.findings.add(entry.at, format!("{path} is not a name that a label can have."), "Give it another name.");
            } else if !classic(&entry.key, false) {
                let message = format!("The name {:?} is not of the classic form.", entry.key);
                self.remarks.add(entry.at, message, "Use letters, digits and _ only; templates and older tools cannot name it otherwise.");
            }
            let (words, fault) = if templates { Words::template(text) } else { (Words::plain(text), None) };
            if let Some(fault) = fault {
                let within = template::place(&fault).map_or(0, |at| byte(text, at.line as usize, at.column as usize));
                let message = format!("{path} cannot be read: {}", fault.message);
                self.findings.add(place::inside(self.text, &entry.node, text, within), message, fault.hint);
            }
            found.push((entry.key.as_str().into(), words));
        }
        found
    }
}

/// Remarks rules of a file that are the same: of one name with the same labels.
pub(super) fn remark_duplicates(groups: &[Group], remarks: &mut Findings) {
    type Pairs<'g> = Vec<(&'g str, &'g str)>;
    let mut known: HashMap<(&str, Pairs<'_>, bool), Place> = HashMap::new();
    for rule in groups.iter().flat_map(|group| &group.rules) {
        let labels = rule.labels.iter().map(|(name, words)| (&**name, &*words.text)).collect();
        let first = *known.entry((&rule.name, labels, rule.alerting().is_some())).or_insert(rule.at);
        if first != rule.at {
            let message = format!("{:?} has the same name and labels as the rule on line {}.", rule.name, first.line);
            remarks.add(rule.at, message, "Give one of the two another name or a label of its own.");
        }
    }
}

/// A name of letters, digits and underscores, as all versions take it; a series may have colons.
fn classic(name: &str, colons: bool) -> bool {
    let begins = |letter: char| letter.is_ascii_alphabetic() || letter == '_' || (colons && letter == ':');
    name.starts_with(begins) && name.chars().all(|letter| begins(letter) || letter.is_ascii_digit())
}

fn leading(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The byte of a line and a column, both from 1; columns count characters.
fn byte(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = &text[before.min(text.len())..];
    before + rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at)
}
