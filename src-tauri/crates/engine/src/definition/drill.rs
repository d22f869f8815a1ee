//! `drills`: what is asked of each restored database, and the answer that is right.

use quarterdeck_model::{
    Millis,
    drill::{DrillQuestion, Expectation},
    system::Name,
};

use super::{
    component, duration,
    fields::{Fields, text},
    findings::Findings,
    queries::one_select,
    yaml::{Node, Value},
};

pub(super) const KEYS: [&str; 5] = ["name", "component", "sql", "expect", "limit"];
pub(super) const EXPECT_KEYS: [&str; 4] = ["value", "min", "max", "rows"];

/// A check that needs longer than this has failed, unless it says otherwise.
const LIMIT: Millis = Millis(60_000);

/// Reads all checks. Those with findings are left out. `components` is the part of the file with that name: a component whose file is
/// not there is still one that a check may name.
pub(super) fn read(node: &Node, components: Option<&Node>, findings: &mut Findings) -> Vec<DrillQuestion> {
    let databases = component::databases(components);
    let Value::Sequence(items) = &node.value else {
        let message = format!("drills must be a list, not {}.", node.value.kind());
        findings.add(node.at, message, "Write each as: - {name: orders, sql: SELECT count(*) FROM orders, expect: {min: 1}}");
        return Vec::new();
    };
    let mut questions: Vec<DrillQuestion> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let path = format!("drills[{}]", i + 1);
        let Some(question) = question(item, &path, &databases, findings) else { continue };
        if questions.iter().any(|other| other.name == question.name) {
            findings.add(item.at, format!("{path}.name is there twice: {:?}.", question.name), "Give each check a name of its own.");
        }
        questions.push(question);
    }
    questions
}

fn question(node: &Node, path: &str, databases: &[Name], findings: &mut Findings) -> Option<DrillQuestion> {
    let fields = Fields::read(node, path, &KEYS, findings)?;
    let name = fields.required("name", "name: orders are there", findings);
    let name = name.and_then(|node| text(node, &fields.path_of("name"), findings)).map(|text| text.trim().to_owned());
    let component = component::named(node, &fields, databases, findings);
    let sql = fields.required("sql", "sql: SELECT count(*) FROM orders", findings);
    let sql = sql.and_then(|node| one_select(node, &fields.path_of("sql"), findings));
    let expect = fields.required("expect", "expect: {min: 1}", findings);
    let expect = expect.and_then(|node| expectation(node, &fields.path_of("expect"), findings));
    let limit = match fields.optional("limit") {
        None => Some(LIMIT),
        Some(node) => limit(node, &fields.path_of("limit"), findings),
    };
    Some(DrillQuestion { name: name?, component: component?, sql: sql?, expect: expect?, limit: limit? })
}

fn limit(node: &Node, path: &str, findings: &mut Findings) -> Option<Millis> {
    let text = text(node, path, findings)?;
    let limit = findings.take(node.at, duration::parse(text, path))?;
    if limit.0 == 0 {
        findings.add(node.at, format!("{path} leaves no time."), "Write how long the check may take, such as: 60 s");
        return None;
    }
    Some(limit)
}

fn expectation(node: &Node, path: &str, findings: &mut Findings) -> Option<Expectation> {
    let fields = Fields::read(node, path, &EXPECT_KEYS, findings)?;
    let given = |key: &str| fields.optional(key);
    match (given("value"), given("min"), given("max"), given("rows")) {
        (Some(node), None, None, None) => {
            scalar(node, &fields.path_of("value"), findings).map(|value| Expectation::Value { value: value.to_owned() })
        }
        (None, None, None, Some(node)) => rows(node, &fields.path_of("rows"), findings),
        (None, min, max, None) if min.is_some() || max.is_some() => {
            let min = min.map(|node| number(node, &fields.path_of("min"), findings));
            let max = max.map(|node| number(node, &fields.path_of("max"), findings));
            let (min, max) = (min.map_or(Some(None), |min| min.map(Some))?, max.map_or(Some(None), |max| max.map(Some))?);
            Some(Expectation::Range { min, max })
        }
        _ => {
            let message = format!("{path} must say one thing: value, min and max, or rows.");
            findings.add(node.at, message, "Write one of: {value: 0}, {min: 1}, {max: 10}, {rows: none}, {rows: some}");
            None
        }
    }
}

fn rows(node: &Node, path: &str, findings: &mut Findings) -> Option<Expectation> {
    match text(node, path, findings)? {
        "some" => Some(Expectation::Rows { some: true }),
        "none" => Some(Expectation::Rows { some: false }),
        other => {
            findings.add(node.at, format!("{path} is neither none nor some: {other:?}."), "Write none or some.");
            None
        }
    }
}

/// Text or a number; anything else would have to be guessed at.
fn scalar<'n>(node: &'n Node, path: &str, findings: &mut Findings) -> Option<&'n str> {
    match &node.value {
        Value::Number(digits) => Some(digits),
        _ => text(node, path, findings),
    }
}

fn number(node: &Node, path: &str, findings: &mut Findings) -> Option<String> {
    match &node.value {
        Value::Number(digits) if digits.parse::<f64>().is_ok_and(f64::is_finite) => Some(digits.clone()),
        value => {
            findings.add(node.at, format!("{path} must be a number, not {}.", value.kind()), "Write a number in figures, such as: 1");
            None
        }
    }
}
