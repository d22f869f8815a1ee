//! Evidence: what is measured for an item.

use quarterdeck_document::{
    fields::{Fields, nearest, text, truth},
    findings::Findings,
    yaml::{Node, Value},
};
use quarterdeck_model::{Digest, Millis, system::Name};
use regex::Regex;
use serde_json::{Map, Number};

use super::{EvidenceDefinition, Source};
use crate::{
    expect::{Expectation, Kind, Unit, pattern, unit_word},
    reading,
};

const COMMON: [&str; 3] = ["title", "lasts", "value"];

/// What measures, and what may stand beside it.
const SOURCES: [(&str, &[&str]); 7] = [
    ("point", &["expect"]),
    ("promql", &["expect", "over", "unit"]),
    ("sql", &["expect", "component", "unit"]),
    ("operation", &["expect", "with", "at"]),
    ("file", &["expect", "headings"]),
    ("command", &["expect", "limit", "take", "unit"]),
    ("smoke", &[]),
];

const UNITS: [(&str, Unit); 4] = [
    (unit_word(Unit::Plain), Unit::Plain),
    (unit_word(Unit::Seconds), Unit::Seconds),
    (unit_word(Unit::Bytes), Unit::Bytes),
    (unit_word(Unit::Ratio), Unit::Ratio),
];

/// How old evidence may be where the file does not say.
const LASTS: Millis = Millis(24 * 3_600_000);

/// How long a command may take: where the file does not say, at least, and at most.
const LIMIT: Millis = Millis(60_000);
const LIMITS: (Millis, Millis) = (Millis(1_000), Millis(600_000));

/// Reads a list of evidence, or a single piece.
pub(super) fn all(node: &Node, path: &str, findings: &mut Findings) -> Vec<EvidenceDefinition> {
    match &node.value {
        Value::Sequence(nodes) if nodes.is_empty() => {
            findings.add(node.at, format!("{path} is empty."), "Write what is measured, such as: {point: snapshot-age}");
            Vec::new()
        }
        Value::Sequence(nodes) => {
            nodes.iter().enumerate().filter_map(|(i, node)| evidence(node, &format!("{path}[{}]", i + 1), findings)).collect()
        }
        _ => evidence(node, path, findings).into_iter().collect(),
    }
}

fn evidence(node: &Node, path: &str, findings: &mut Findings) -> Option<EvidenceDefinition> {
    let before = findings.count();
    let kind = kind(node, path, findings)?;
    let beside = SOURCES.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, beside)| beside);
    let known: Vec<&str> = [kind].iter().chain(beside).chain(&COMMON).copied().collect();
    let fields = Fields::read(node, path, &known, findings)?;
    let at = |key: &str| fields.path_of(key);
    let title = fields.optional("title").and_then(|node| text(node, &at("title"), findings)).map(|text| text.trim().to_owned());
    let lasts = fields.optional("lasts").and_then(|node| reading::time(node, &at("lasts"), reading::LASTS, findings));
    let lasts = lasts.unwrap_or(LASTS);
    let binds_value = fields.optional("value").and_then(|node| truth(node, &at("value"), findings)).unwrap_or_default();
    let expect = fields.optional("expect").and_then(|node| Expectation::read(node, &at("expect"), findings));
    let source = source(kind, &fields, findings);
    if needs_expectation(kind, &fields) {
        let hint = "Add what has to be found, such as: expect: {max: 0}";
        findings.add(node.at, format!("{path} expects nothing of what is measured."), hint);
    }
    let source = source?;
    let expect = match expect {
        Some(expect) => Some(fitting(expect, &source, node, &at("expect"), findings)?),
        None => None,
    };
    let digest = Digest::over(&(&source, &expect, lasts, binds_value));
    let made = EvidenceDefinition { title, source, expect, lasts, binds_value, digest, line: node.at.line };
    (findings.count() == before).then_some(made)
}

/// Which of the sources a mapping names: exactly one.
fn kind(node: &Node, path: &str, findings: &mut Findings) -> Option<&'static str> {
    let fields = Fields::open(node, path, findings)?;
    let named: Vec<&'static str> = SOURCES.iter().map(|(name, _)| *name).filter(|name| fields.optional(name).is_some()).collect();
    let all = SOURCES.map(|(name, _)| name);
    match named[..] {
        [one] => Some(one),
        [] => {
            let near = fields.entries().iter().find_map(|entry| nearest(&entry.key, &all));
            let hint = near.map_or_else(|| format!("Add one of: {}.", all.join(", ")), |near| format!("Write {near} instead."));
            findings.add(node.at, format!("{path} does not say what is measured."), hint);
            None
        }
        [one, other, ..] => {
            let message = format!("{path} is measured in two ways, {one} and {other}.");
            findings.add(node.at, message, "Write two pieces of evidence, each with one of them.");
            None
        }
    }
}

/// Points and smoke tests know what they expect, a command has its exit code, a file its headings.
fn needs_expectation(kind: &str, fields: &Fields<'_>) -> bool {
    let itself = match kind {
        "file" => fields.optional("headings").is_some(),
        "command" => fields.optional("take").is_none(),
        "point" | "smoke" => true,
        _ => false,
    };
    !itself && fields.optional("expect").is_none()
}

/// An expectation that what is measured can meet, with its bounds in its unit.
pub(crate) fn fitting(expect: Expectation, source: &Source, node: &Node, path: &str, findings: &mut Findings) -> Option<Expectation> {
    let (unit, never): (Unit, &[Kind]) = match source {
        Source::Promql { unit, .. } => (*unit, &[Kind::Text, Kind::Flag, Kind::Rows]),
        Source::Sql { unit, .. } => (*unit, &[Kind::Flag]),
        Source::File { .. } => (Unit::Plain, &[Kind::Number, Kind::Flag, Kind::Rows]),
        Source::Command { value: None, .. } => (Unit::Plain, &[Kind::Number, Kind::Flag, Kind::Rows]),
        Source::Command { unit, .. } => (*unit, &[Kind::Flag, Kind::Rows]),
        Source::Operation { .. } | Source::Point { .. } | Source::Smoke { .. } => return Some(expect),
    };
    let at = reading::entries(node).iter().find(|entry| entry.key == "expect").map_or(node.at, |entry| entry.node.at);
    if let Some(kind) = expect.kind().filter(|kind| never.contains(kind)) {
        let message = format!("{path} expects {}, which is not what is measured here.", kind.words());
        findings.add(at, message, "Measure it in another way, or expect something else.");
        return None;
    }
    findings.take(at, expect.in_unit(unit, path))
}

/// Reads what measures; `kind` is the key that names it.
pub(crate) fn source(kind: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<Source> {
    let node = fields.optional(kind)?;
    let path = fields.path_of(kind);
    match kind {
        "point" => {
            let name = text(node, &path, findings)?;
            reading::id(name, node.at, "point", findings).then(|| Source::Point { name: name.to_owned() })
        }
        "promql" => {
            let over = fields.optional("over").and_then(|node| reading::time(node, &fields.path_of("over"), reading::LASTS, findings));
            Some(Source::Promql { query: text(node, &path, findings)?.trim().to_owned(), over, unit: unit(fields, findings) })
        }
        "sql" => sql(node, &path, fields, findings),
        "operation" => operation(node, &path, fields, findings),
        "file" => file(node, &path, fields, findings),
        "command" => command(node, &path, fields, findings),
        _ => smoke(node, &path, findings),
    }
}

fn unit(fields: &Fields<'_>, findings: &mut Findings) -> Unit {
    let word = fields.optional("unit").and_then(|node| reading::word(node, &fields.path_of("unit"), "unit", &UNITS, findings));
    word.unwrap_or(Unit::Plain)
}

fn sql(node: &Node, path: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<Source> {
    let component = match fields.optional("component") {
        Some(node) => {
            let named = text(node, &fields.path_of("component"), findings)?;
            if let Err(fault) = named.parse::<Name>() {
                findings.add(node.at, fault.message, "Write the name of a component of the system.");
            }
            Some(named.to_owned())
        }
        None => None,
    };
    let sql = text(node, path, findings)?.trim().to_owned();
    Some(Source::Sql { component, sql, unit: unit(fields, findings) })
}

fn operation(node: &Node, path: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<Source> {
    let name = text(node, path, findings)?;
    let request = match fields.optional("with") {
        Some(node) => request(node, &fields.path_of("with"), findings)?,
        None => Map::new(),
    };
    let at = match fields.optional("at") {
        Some(node) => pointer(node, &fields.path_of("at"), findings)?,
        None => String::new(),
    };
    Some(Source::Operation { name: name.to_owned(), request, at })
}

fn request(node: &Node, path: &str, findings: &mut Findings) -> Option<Map<String, serde_json::Value>> {
    let fields = Fields::open(node, path, findings)?;
    if let Some(entry) = fields.entries().iter().find(|entry| entry.key == "system") {
        findings.add(entry.at, format!("{path}.system is there."), "Remove it: the system is always the checklist's own.");
    }
    match json(node) {
        serde_json::Value::Object(request) => Some(request),
        _ => None,
    }
}

/// As JSON, its keys in their order, so that a digest over it depends on what it says alone.
fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Mapping(entries) => {
            let mut entries: Vec<_> = entries.iter().map(|entry| (entry.key.clone(), json(&entry.node))).collect();
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            serde_json::Value::Object(entries.into_iter().collect())
        }
        Value::Sequence(nodes) => nodes.iter().map(json).collect(),
        Value::Text(text) => text.clone().into(),
        Value::Number(number) => match (number.parse::<i64>(), number.parse::<f64>().ok().and_then(Number::from_f64)) {
            (Ok(whole), _) => whole.into(),
            (_, Some(number)) => number.into(),
            _ => number.clone().into(),
        },
        Value::Truth(word) => word.eq_ignore_ascii_case("true").into(),
        Value::Nothing => serde_json::Value::Null,
    }
}

/// A JSON pointer (RFC 6901).
pub(crate) fn pointer(node: &Node, path: &str, findings: &mut Findings) -> Option<String> {
    let written = text(node, path, findings)?;
    let escapes_well = written.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if written.starts_with('/') && escapes_well {
        return Some(written.to_owned());
    }
    findings.add(node.at, format!("{path} is no JSON pointer: {written:?}."), "Write the keys that lead there, such as: /verdict/word");
    None
}

fn file(node: &Node, path: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<Source> {
    let headings = fields.optional("headings").map(|node| {
        let path = fields.path_of("headings");
        let headings = reading::texts(node, &path, "[Rollback]", findings);
        if matches!(&node.value, Value::Sequence(nodes) if nodes.is_empty()) {
            findings.add(node.at, format!("{path} is empty."), "Name a heading, or remove the key.");
        }
        headings.into_iter().map(|(text, _)| text.trim().to_owned()).collect()
    });
    let written = text(node, path, findings)?;
    let inside = reading::inside(written, node.at, path, findings);
    inside.then(|| Source::File { path: written.to_owned(), headings: headings.unwrap_or_default() })
}

fn command(node: &Node, path: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<Source> {
    let before = findings.count();
    let arguments = reading::texts(node, path, "[./scripts/check, --now]", findings);
    let limit = fields.optional("limit").and_then(|node| reading::time(node, &fields.path_of("limit"), LIMITS, findings));
    let value = fields.optional("take").and_then(|node| {
        let path = fields.path_of("take");
        let taken = pattern(node, &path, findings)?;
        if Regex::new(&taken).is_ok_and(|regex| regex.captures_len() < 2) {
            findings.add(node.at, format!("{path} has no group."), "Put what is taken between parentheses, such as: 'coverage (\\d+)'");
        }
        Some(taken)
    });
    let unit = unit(fields, findings);
    if let (Some(node), None) = (fields.optional("unit"), fields.optional("take")) {
        findings.add(node.at, format!("{} is there, but no number is taken.", fields.path_of("unit")), "Add take, or remove unit.");
    }
    match arguments.first() {
        // A program without a slash is found on the path; one with a slash from the root says where it is.
        Some((program, at)) if program.contains('/') && !program.starts_with('/') => {
            reading::inside(program, *at, path, findings);
        }
        None if findings.count() == before => findings.add(node.at, format!("{path} is empty."), "Name a program and its arguments."),
        _ => {}
    }
    for (argument, at) in arguments.iter().filter(|(argument, _)| argument.contains('\0')) {
        findings.add(*at, format!("{path} has a zero byte in it: {argument:?}."), "Take it out.");
    }
    let arguments = arguments.into_iter().map(|(argument, _)| argument.to_owned()).collect();
    Some(Source::Command { arguments, limit: limit.unwrap_or(LIMIT), value, unit })
}

fn smoke(node: &Node, path: &str, findings: &mut Findings) -> Option<Source> {
    let fields = Fields::read(node, path, &["suite", "category", "case"], findings)?;
    let mut named = |key: &str| {
        let node = fields.optional(key)?;
        let word = text(node, &fields.path_of(key), findings)?;
        reading::id(word, node.at, if key == "case" { "smoke test" } else { key }, findings).then(|| word.to_owned())
    };
    Some(Source::Smoke { suite: named("suite"), category: named("category"), case: named("case") })
}
