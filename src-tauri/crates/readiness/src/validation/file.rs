//! `validation.yml`, read strictly.

use std::collections::BTreeSet;

use quarterdeck_document::{
    duration,
    fields::{Fields, text},
    findings::Findings,
    yaml::{self, Node, Value},
};
use quarterdeck_model::{Millis, Outcome, monitor::PanelUnit};

use super::{Measure, Over, Plan, Record, Row, unit_of};
use crate::{expect::Expectation, reading::word};

const KEYS: [&str; 3] = ["title", "for", "rows"];
const ROW_KEYS: [&str; 6] = ["name", "promql", "over", "record", "unit", "expect"];

/// How long is watched, unless the file says otherwise.
const LENGTH: Millis = Millis(48 * 3_600_000);

/// Shorter, and a minute is too coarse; longer, and single samples are no longer kept.
const LENGTHS: (Millis, Millis) = (Millis(10 * 60_000), Millis(15 * 86_400_000));

const MANNER: yaml::Manner = yaml::Manner {
    what: "validation.yml",
    empty: "Write what is watched: rows, each with a name, a query and what is expected.",
    ..yaml::DEFINITION
};

/// Units that a target can have.
const UNITS: [(&str, PanelUnit); 4] =
    [("number", PanelUnit::Number), ("s", PanelUnit::Seconds), ("bytes", PanelUnit::Bytes), ("ratio", PanelUnit::Ratio)];

impl Plan {
    /// The plan of a file; `None` after findings. `understood` refuses a query that cannot be read, with the reason.
    pub fn read(text: &str, findings: &mut Findings, understood: &dyn Fn(&str) -> Outcome<()>) -> Option<Self> {
        let before = findings.count();
        let tree = yaml::read(text, MANNER, findings)?;
        let fields = Fields::read(&tree, "", &KEYS, findings)?;
        let title = match fields.optional("title") {
            None => Some("Validation".to_owned()),
            Some(node) => self::text(node, "title", findings).map(str::to_owned),
        };
        let length = match fields.optional("for") {
            None => Some(LENGTH),
            Some(node) => length(node, findings),
        };
        let rows = fields.required("rows", "rows: [{name: Error rate, promql: …, over: average, expect: {below: 1 %}}]", findings);
        let rows = rows.and_then(|node| rows_of(node, findings, understood));
        (findings.count() == before).then_some(())?;
        Some(Self { title: title?, length: length?, rows: rows? })
    }
}

fn length(node: &Node, findings: &mut Findings) -> Option<Millis> {
    let written = text(node, "for", findings)?;
    let length = findings.take(node.at, duration::parse(written, "for"))?;
    if length < LENGTHS.0 || length > LENGTHS.1 {
        findings.add(node.at, format!("for is not between 10 minutes and 15 days: {written:?}."), "Write a length such as: 48 h");
        return None;
    }
    Some(length)
}

fn rows_of(node: &Node, findings: &mut Findings, understood: &dyn Fn(&str) -> Outcome<()>) -> Option<Vec<Row>> {
    let Value::Sequence(items) = &node.value else {
        findings.add(node.at, format!("rows must be a list, not {}.", node.value.kind()), "Begin each row with a dash.");
        return None;
    };
    if items.is_empty() {
        findings.add(node.at, "rows is empty: nothing is watched.", "Add a row with a name, a query and what is expected.");
    }
    let mut names = BTreeSet::new();
    let mut rows = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let path = format!("rows[{}]", at + 1);
        let Some(row) = row(item, &path, findings, understood) else { continue };
        if !names.insert(row.name.clone()) {
            findings.add(item.at, format!("{path}.name is there twice: {:?}.", row.name), "Give each row a name of its own.");
        }
        rows.push(row);
    }
    Some(rows)
}

fn row(node: &Node, path: &str, findings: &mut Findings, understood: &dyn Fn(&str) -> Outcome<()>) -> Option<Row> {
    let fields = Fields::read(node, path, &ROW_KEYS, findings)?;
    let name = fields.required("name", "name: Error rate", findings);
    let name = name.and_then(|node| text(node, &fields.path_of("name"), findings)).map(|name| name.trim().to_owned());
    let measure = measure(node, &fields, findings, understood);
    let unit = match (fields.optional("unit"), &measure) {
        (Some(node), _) => word(node, &fields.path_of("unit"), "unit", &UNITS, findings),
        (None, Some(Measure::Record(Record::Backups | Record::Drills | Record::Smoke) | Measure::Query(_, Over::Growth))) => {
            Some(PanelUnit::Ratio)
        }
        (None, _) => Some(PanelUnit::Number),
    };
    let expect = fields.required("expect", "expect: {below: 1 %}", findings);
    let expect = expect.and_then(|node| {
        let path = fields.path_of("expect");
        let expect = Expectation::read(node, &path, findings)?;
        findings.take(node.at, expect.in_unit(unit_of(unit?), &path))
    });
    Some(Row { name: name?, measure: measure?, unit: unit?, expect: expect? })
}

fn measure(node: &Node, fields: &Fields<'_>, findings: &mut Findings, understood: &dyn Fn(&str) -> Outcome<()>) -> Option<Measure> {
    match (fields.optional("promql"), fields.optional("record")) {
        (Some(query), None) => {
            let over = fields.required("over", "over: average", findings);
            let words = Over::WORDS.map(|(word, over, _)| (word, over));
            let over = over.and_then(|node| word(node, &fields.path_of("over"), "way to look at it", &words, findings));
            let path = fields.path_of("promql");
            let written = text(query, &path, findings)?.trim();
            // What stands for the length is read as some length.
            if let Err(fault) = understood(&written.replace("$window", "1h")) {
                findings.add(query.at, format!("{path} cannot be read: {}", fault.message), "Correct the query here.");
                return None;
            }
            let over = over?;
            if over != Over::Window && written.contains("$window") {
                findings.add(query.at, format!("{path} has $window, but is not evaluated over the window."), "Write: over: window");
                return None;
            }
            Some(Measure::Query(written.to_owned(), over))
        }
        (None, Some(record)) => {
            if let Some(over) = fields.optional("over") {
                findings.add(over.at, format!("{} is for queries only.", fields.path_of("over")), "Remove it.");
            }
            let words = Record::WORDS.map(|(word, record, _)| (word, record));
            word(record, &fields.path_of("record"), "record", &words, findings).map(Measure::Record)
        }
        (both, _) => {
            let message = if both.is_some() { "has both promql and record." } else { "has neither promql nor record." };
            let path = fields.path_of("promql");
            let row = path.rsplit_once('.').map_or(path.as_str(), |(row, _)| row);
            findings.add(node.at, format!("{row} {message}"), "Write one of them: promql with over, or record.");
            None
        }
    }
}
