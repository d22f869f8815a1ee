//! A file of tests, read strictly.

use std::{collections::BTreeMap, path::Path};

use chrono::DateTime;
use quarterdeck_document::{
    fields::{Fields, truth},
    findings::Findings,
    yaml::{self, Manner, Node, Value},
};
use quarterdeck_model::system::DefinitionFinding;

use crate::{
    rules::{duration, file::MANNER},
    sample::Moment,
};

/// A file of tests.
#[derive(Debug, Default)]
pub struct TestFile {
    /// Patterns of rule files, beside the test or absolute.
    pub rules: Vec<String>,
    /// Milliseconds between evaluations.
    pub step: i64,
    /// The order of groups; those that are not named come with the first.
    pub order: Vec<String>,
    /// Numbers beside each other are equal.
    pub fuzzy: bool,
    /// The tests.
    pub tests: Vec<Test>,
}

/// Series, and what is expected over them.
#[derive(Debug, Default)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// Line, from 1.
    pub line: u32,
    /// Milliseconds between samples.
    pub interval: i64,
    /// When it begins.
    pub start: Moment,
    /// Series with their values, each with its line.
    pub series: Vec<(String, String, u32)>,
    /// Alerts that are expected.
    pub alerts: Vec<AlertCase>,
    /// Queries and what they answer.
    pub queries: Vec<QueryCase>,
    /// `$externalLabels`.
    pub external: BTreeMap<String, String>,
    /// `$externalURL`.
    pub external_url: String,
}

/// Alerts of one name that are expected at a moment: these and no others.
#[derive(Debug)]
pub struct AlertCase {
    /// Line, from 1.
    pub line: u32,
    /// Milliseconds after the beginning.
    pub at: i64,
    /// The alert.
    pub name: String,
    /// Labels and annotations of each.
    pub expected: Vec<(BTreeMap<String, String>, BTreeMap<String, String>)>,
}

/// A query and what it is to answer.
#[derive(Debug)]
pub struct QueryCase {
    /// Line, from 1.
    pub line: u32,
    /// Milliseconds after the beginning.
    pub at: i64,
    /// The query.
    pub query: String,
    /// Labels and value of each series.
    pub expected: Vec<Expected>,
}

/// A series that is expected.
#[derive(Debug)]
pub struct Expected {
    /// As they are written.
    pub labels: String,
    /// The value.
    pub value: f64,
    /// A native histogram is expected instead.
    pub native: bool,
}

/// Reads a file of tests; what is wrong with it.
pub fn read(path: &Path, text: &str) -> Result<TestFile, Vec<DefinitionFinding>> {
    let mut reader = Reader(Findings::new(path));
    let manner = Manner { what: "a test of rules", empty: "Write rule_files: and tests:.", ..MANNER };
    let file = yaml::read(text, manner, &mut reader.0).and_then(|root| reader.file(&root));
    match file {
        Some(file) if reader.0.count() == 0 => Ok(file),
        _ => Err(reader.0.in_order()),
    }
}

struct Reader(Findings);

impl Reader {
    fn file(&mut self, root: &Node) -> Option<TestFile> {
        let known = ["rule_files", "evaluation_interval", "group_eval_order", "tests", "fuzzy_compare"];
        let fields = Fields::read(root, "", &known, &mut self.0)?;
        let step = self.duration(&fields, "evaluation_interval").filter(|step| *step > 0).unwrap_or(60_000);
        let order = self.texts(&fields, "group_eval_order");
        for (index, name) in order.iter().enumerate() {
            if let Some(node) = fields.optional("group_eval_order").filter(|_| order[..index].contains(name)) {
                self.0.add(node.at, format!("group_eval_order names {name:?} twice."), "Keep one of the two.");
            }
        }
        let fuzzy = fields.optional("fuzzy_compare").and_then(|node| truth(node, "fuzzy_compare", &mut self.0)).unwrap_or(false);
        let rules = self.texts(&fields, "rule_files");
        let tests = self.items(&fields, "tests").iter().enumerate();
        let tests = tests.filter_map(|(index, node)| self.test(node, &format!("tests[{index}]"), step)).collect();
        Some(TestFile { rules, step, order, fuzzy, tests })
    }

    fn test(&mut self, node: &Node, path: &str, step: i64) -> Option<Test> {
        let known = [
            "interval",
            "input_series",
            "alert_rule_test",
            "promql_expr_test",
            "external_labels",
            "external_url",
            "name",
            "start_timestamp",
        ];
        let fields = Fields::read(node, path, &known, &mut self.0)?;
        let interval = self.duration(&fields, "interval").filter(|interval| *interval > 0).unwrap_or(step);
        let start = fields.optional("start_timestamp").and_then(|node| self.moment(node)).unwrap_or(0);
        let series = self.items(&fields, "input_series");
        let series = series.iter().filter_map(|node| self.series(node, &fields.path_of("input_series"))).collect();
        let alerts = self.items(&fields, "alert_rule_test");
        let alerts = alerts.iter().filter_map(|node| self.alert(node, &fields.path_of("alert_rule_test"))).collect();
        let queries = self.items(&fields, "promql_expr_test");
        let queries = queries.iter().filter_map(|node| self.query(node, &fields.path_of("promql_expr_test"))).collect();
        let (external, external_url) = (self.map(&fields, "external_labels"), self.text(&fields, "external_url"));
        let name = self.text(&fields, "name");
        Some(Test { name, line: node.at.line, interval, start, series, alerts, queries, external, external_url })
    }

    fn series(&mut self, node: &Node, path: &str) -> Option<(String, String, u32)> {
        let fields = Fields::read(node, path, &["series", "values"], &mut self.0)?;
        Some((self.text(&fields, "series"), self.text(&fields, "values"), node.at.line))
    }

    fn alert(&mut self, node: &Node, path: &str) -> Option<AlertCase> {
        let fields = Fields::read(node, path, &["eval_time", "alertname", "exp_alerts"], &mut self.0)?;
        let at = self.duration(&fields, "eval_time").unwrap_or(0);
        let name = self.text(&fields, "alertname");
        let path = fields.path_of("exp_alerts");
        let mut expected = Vec::new();
        for item in self.items(&fields, "exp_alerts") {
            if matches!(item.value, Value::Nothing) {
                expected.push(Default::default());
            } else if let Some(fields) = Fields::read(item, &path, &["exp_labels", "exp_annotations"], &mut self.0) {
                expected.push((self.map(&fields, "exp_labels"), self.map(&fields, "exp_annotations")));
            }
        }
        Some(AlertCase { line: node.at.line, at, name, expected })
    }

    fn query(&mut self, node: &Node, path: &str) -> Option<QueryCase> {
        let fields = Fields::read(node, path, &["expr", "eval_time", "exp_samples"], &mut self.0)?;
        let at = self.duration(&fields, "eval_time").unwrap_or(0);
        let query = self.text(&fields, "expr");
        let path = fields.path_of("exp_samples");
        let mut expected = Vec::new();
        for item in self.items(&fields, "exp_samples") {
            let Some(fields) = Fields::read(item, &path, &["labels", "value", "histogram"], &mut self.0) else { continue };
            let value = fields.optional("value").and_then(|node| self.number(node, &fields.path_of("value"))).unwrap_or(0.0);
            let native = !self.text(&fields, "histogram").is_empty();
            expected.push(Expected { labels: self.text(&fields, "labels"), value, native });
        }
        Some(QueryCase { line: node.at.line, at, query, expected })
    }

    fn duration(&mut self, fields: &Fields<'_>, key: &str) -> Option<i64> {
        let node = fields.optional(key).filter(|node| !matches!(node.value, Value::Nothing))?;
        let path = fields.path_of(key);
        let written = self.plain(node, &path)?;
        self.0.take(node.at, duration::parse(&written, &path))
    }

    /// Seconds since 1970, or a date and time of RFC 3339.
    fn moment(&mut self, node: &Node) -> Option<Moment> {
        let written = self.plain(node, "start_timestamp")?;
        let seconds = written.parse::<f64>().ok().map(|seconds| (seconds * 1_000.0).round() as i64);
        let found = seconds.or_else(|| DateTime::parse_from_rfc3339(&written).ok().map(|time| time.timestamp_millis()));
        if found.is_none() {
            let hint = "Write it like 2026-01-31T12:00:00Z, or as seconds since 1970.";
            self.0.add(node.at, format!("start_timestamp is not a moment: {written:?}."), hint);
        }
        found
    }

    fn number(&mut self, node: &Node, path: &str) -> Option<f64> {
        let found = match &node.value {
            Value::Nothing => Some(0.0),
            Value::Number(written) => match written.trim_start_matches(['+', '-']) {
                ".inf" | ".Inf" | ".INF" => Some(if written.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
                ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
                digits if digits.starts_with("0x") => i64::from_str_radix(&digits[2..], 16).ok().map(|number| number as f64),
                _ => written.parse().ok(),
            },
            _ => None,
        };
        if found.is_none() {
            self.0.add(node.at, format!("{path} must be a number, not {}.", node.value.kind()), "Write a number without quotes.");
        }
        found
    }

    fn items<'n>(&mut self, fields: &Fields<'n>, key: &str) -> &'n [Node] {
        match fields.optional(key).map(|node| (&node.value, node.at)) {
            None | Some((Value::Nothing, _)) => &[],
            Some((Value::Sequence(items), _)) => items,
            Some((other, at)) => {
                self.0.add(at, format!("{} must be a list, not {}.", fields.path_of(key), other.kind()), "Begin each item with a dash.");
                &[]
            }
        }
    }

    fn texts(&mut self, fields: &Fields<'_>, key: &str) -> Vec<String> {
        let path = fields.path_of(key);
        self.items(fields, key).iter().filter_map(|node| self.plain(node, &path)).collect()
    }

    fn map(&mut self, fields: &Fields<'_>, key: &str) -> BTreeMap<String, String> {
        let Some(node) = fields.optional(key).filter(|node| !matches!(node.value, Value::Nothing)) else { return BTreeMap::new() };
        let Some(inner) = Fields::open(node, &fields.path_of(key), &mut self.0) else { return BTreeMap::new() };
        let entries = inner.entries().iter();
        entries.filter_map(|entry| Some((entry.key.clone(), self.plain(&entry.node, &inner.path_of(&entry.key))?))).collect()
    }

    fn text(&mut self, fields: &Fields<'_>, key: &str) -> String {
        let node = fields.optional(key);
        node.and_then(|node| self.plain(node, &fields.path_of(key))).unwrap_or_default()
    }

    fn plain(&mut self, node: &Node, path: &str) -> Option<String> {
        match &node.value {
            Value::Text(text) | Value::Number(text) | Value::Truth(text) => Some(text.clone()),
            Value::Nothing => Some(String::new()),
            Value::Mapping(_) | Value::Sequence(_) => {
                self.0.add(node.at, format!("{path} must be text, not {}.", node.value.kind()), "Write one value behind the colon.");
                None
            }
        }
    }
}
