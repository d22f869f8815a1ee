//! `smoke/NAME.yml`, read strictly.

use std::collections::BTreeMap;

use quarterdeck_document::{
    fields::{Fields, nearest, text},
    findings::Findings,
    yaml::{self, Node, Value},
};
use quarterdeck_model::{Digest, Millis};

use super::{Asks, Budget, Case, Expected, HttpRequest, Suite, Until};
use crate::{
    checklist::{Source, evidence},
    expect::{Condition, Expectation, Kind},
    reading,
    secret::{in_query, names_secret},
};

const KEYS: [&str; 2] = ["title", "cases"];
const COMMON: [&str; 5] = ["title", "category", "expect", "budget", "limit"];

/// What asks, what may stand beside it, and what can be expected beside the conditions.
const ASKS: [(&str, &[&str], &[&str]); 5] = [
    ("sql", &["component", "unit", "on"], &["fails"]),
    ("http", &[], &["status"]),
    ("command", &["take", "unit"], &[]),
    ("operation", &["with", "at"], &[]),
    ("load", &[], &["errors"]),
];

const HTTP_KEYS: [&str; 5] = ["url", "method", "headers", "body", "at"];
const LOAD_KEYS: [&str; 4] = ["case", "at_once", "for", "times"];
const BUDGET_KEYS: [&str; 3] = ["p99", "all", "of"];

const METHODS: [(&str, &str); 7] =
    [("GET", "GET"), ("HEAD", "HEAD"), ("POST", "POST"), ("PUT", "PUT"), ("PATCH", "PATCH"), ("DELETE", "DELETE"), ("OPTIONS", "OPTIONS")];

const WITHOUT_SECRET: &str = "Ask an address that needs none, or use a command.";

/// How long a case may take: where the file does not say, at least, and at most.
const LIMIT: Millis = Millis(10_000);
const LIMITS: (Millis, Millis) = (Millis(10), Millis(600_000));

/// How long a load may last, how many may ask at once, and how often.
const LASTS: (Millis, Millis) = (Millis(100), Millis(600_000));
const AT_ONCE: (u32, u32) = (1, 256);
const TIMES: (u32, u32) = (1, 1_000_000);

/// How often a case is asked for its budget.
const OF: (u32, u32) = (1, 10_000);

const MANNER: yaml::Manner =
    yaml::Manner { what: "a suite of smoke tests", empty: "Write title and cases (docs/smoke.md).", ..yaml::DEFINITION };

impl Suite {
    /// The suite of a file; `None` after findings.
    pub fn read(content: &str, findings: &mut Findings) -> Option<Self> {
        let before = findings.count();
        let tree = yaml::read(content, MANNER, findings)?;
        let fields = Fields::read(&tree, "", &KEYS, findings)?;
        let title = fields.required("title", "title: Core operations", findings);
        let title = title.and_then(|node| text(node, "title", findings)).map(|title| title.trim().to_owned());
        let node = fields.required("cases", "cases: {orders-are-there: {title: …, category: core, sql: …, expect: …}}", findings)?;
        let cases = cases(node, findings);
        (findings.count() == before).then_some(Self { title: title?, cases })
    }
}

fn cases(node: &Node, findings: &mut Findings) -> Vec<Case> {
    let Some(fields) = Fields::open(node, "cases", findings) else { return Vec::new() };
    if fields.entries().is_empty() {
        findings.add(node.at, "cases names no smoke test.", "Add one, such as: orders: {title: …, category: core, sql: …, expect: …}");
    }
    let mut cases: Vec<Case> = Vec::new();
    let mut places = BTreeMap::new();
    for entry in fields.entries() {
        reading::id(&entry.key, entry.at, "smoke test", findings);
        places.insert(entry.key.clone(), entry.at);
        cases.extend(case(&entry.key, entry.at.line, &entry.node, &fields.path_of(&entry.key), findings));
    }
    for one in &cases {
        let Asks::Load { case, .. } = &one.asks else { continue };
        let at = places[&one.id];
        let path = fields.path_of(&one.id);
        if !places.contains_key(case) {
            let near = nearest(case, &places.keys().map(String::as_str).collect::<Vec<_>>());
            let hint = near.map_or_else(|| "Name another case of this file.".to_owned(), |near| format!("Write {near} instead."));
            findings.add(at, format!("{path}.load.case is no case of this file: {case:?}."), hint);
        } else if cases.iter().any(|other| &other.id == case && matches!(other.asks, Asks::Load { .. })) {
            findings.add(at, format!("{path}.load.case is a load itself: {case}."), "Name a case that asks something.");
        }
    }
    hold_what_loads_ask(&mut cases);
    cases
}

/// A load names another case: where that one changes, the load is another one, too.
fn hold_what_loads_ask(cases: &mut [Case]) {
    let digests: BTreeMap<String, Digest> = cases.iter().map(|case| (case.id.clone(), case.digest.clone())).collect();
    for one in cases {
        if let Asks::Load { case, .. } = &one.asks
            && let Some(asked) = digests.get(case)
        {
            one.digest = Digest::over(&(&one.digest, asked));
        }
    }
}

fn case(id: &str, line: u32, node: &Node, path: &str, findings: &mut Findings) -> Option<Case> {
    let before = findings.count();
    let (kind, beside, more) = kind(node, path, findings)?;
    let known: Vec<&str> = [kind].iter().chain(beside).chain(&COMMON).copied().collect();
    let fields = Fields::read(node, path, &known, findings)?;
    let at = |key: &str| fields.path_of(key);
    let title = fields.required("title", "title: An appeal can be handed in", findings);
    let title = title.and_then(|node| text(node, &at("title"), findings)).map(|title| title.trim().to_owned());
    let category = fields.required("category", "category: core", findings).and_then(|node| {
        let word = text(node, &at("category"), findings)?;
        reading::id(word, node.at, "category", findings).then(|| word.to_owned())
    });
    let expect = expected(&fields, kind, more, node, findings);
    let budget = fields.optional("budget").and_then(|node| budget(node, &at("budget"), kind, findings));
    let limit = match fields.optional("limit") {
        Some(node) if kind != "command" => reading::time(node, &at("limit"), LIMITS, findings)?,
        _ => LIMIT,
    };
    let asks = asks(kind, &fields, findings)?;
    let limit = if let Asks::Source(Source::Command { limit, .. }) = &asks { *limit } else { limit };
    let expect = fitting(expect?, &asks, node, path, findings)?;
    let digest = Digest::over(&(&asks, &expect, budget, limit));
    let made = Case { id: id.to_owned(), title: title?, category: category?, asks, expect, budget, limit, digest, line };
    (findings.count() == before).then_some(made)
}

/// What asks: exactly one.
fn kind(node: &Node, path: &str, findings: &mut Findings) -> Option<(&'static str, &'static [&'static str], &'static [&'static str])> {
    let fields = Fields::open(node, path, findings)?;
    let named: Vec<_> = ASKS.into_iter().filter(|(name, ..)| fields.optional(name).is_some()).collect();
    let all = ASKS.map(|(name, ..)| name);
    match named[..] {
        [one] => Some(one),
        [] => {
            findings.add(node.at, format!("{path} does not say what is asked."), format!("Add one of: {}.", all.join(", ")));
            None
        }
        [(one, ..), (other, ..), ..] => {
            findings.add(node.at, format!("{path} asks in two ways, {one} and {other}."), "Write two cases, each with one of them.");
            None
        }
    }
}

fn expected(fields: &Fields<'_>, kind: &str, more: &[&str], node: &Node, findings: &mut Findings) -> Option<Expected> {
    let path = fields.path_of("expect");
    let Some(expect) = fields.optional("expect") else {
        if matches!(kind, "sql" | "operation") || (kind == "command" && fields.optional("take").is_some()) {
            findings.add(
                node.at,
                format!("{path} is missing: this case could not fail."),
                "Add what has to be found, such as: expect: {rows: none}",
            );
            return None;
        }
        return Some(Expected::default());
    };
    let found = Expectation::read_beside(expect, &path, more, findings)?;
    let inner = Fields::open(expect, &path, findings)?;
    let given = |key: &str| more.contains(&key).then(|| inner.optional(key)).flatten();
    let status = given("status").and_then(|node| reading::whole(node, &inner.path_of("status"), (100, 599), findings));
    let fails = given("fails").and_then(|node| text(node, &inner.path_of("fails"), findings)).map(str::to_owned);
    let errors = given("errors").and_then(|node| share(node, &inner.path_of("errors"), findings));
    if fails.is_some() && !found.conditions.is_empty() {
        findings.add(expect.at, format!("{path} expects a refusal and an answer of one case."), "Write two cases, each with one of them.");
    }
    if kind == "load" && !found.conditions.is_empty() {
        findings.add(
            expect.at,
            format!("{path} expects something of a load."),
            "Write it at the case that is asked; a load has errors only.",
        );
    }
    Some(Expected { found, status: status.and_then(|status| u16::try_from(status).ok()), fails, errors })
}

/// `1 %`, or a number from 0 to 1.
fn share(node: &Node, path: &str, findings: &mut Findings) -> Option<f64> {
    let number = match &node.value {
        Value::Number(number) => number.parse::<f64>().ok(),
        Value::Text(text) => text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok()).map(|percent| percent / 100.0),
        _ => None,
    };
    let share = number.filter(|share| (0.0..1.0).contains(share));
    if share.is_none() {
        findings.add(node.at, format!("{path} is no share below 100 %."), "Write it in percent, such as: 1 %");
    }
    share
}

/// An expectation that what is asked can meet, with its bounds in its unit.
fn fitting(expect: Expected, asks: &Asks, node: &Node, path: &str, findings: &mut Findings) -> Option<Expected> {
    let at = format!("{path}.expect");
    let found = expect.found.clone();
    let found = match asks {
        Asks::Source(source) if !found.conditions.is_empty() => evidence::fitting(found, source, node, &at, findings)?,
        Asks::Copy { unit, .. } => findings.take(node.at, found.in_unit(*unit, &at))?,
        Asks::Http(request) => {
            let dated = found.conditions.iter().any(|condition| matches!(condition, Condition::NewerThan(_)));
            if request.at.is_none() && (dated || found.kind().is_some_and(|kind| kind != Kind::Text)) {
                let message = format!("{at} expects something else than text of an answer that is read as text.");
                findings.add(node.at, message, "Add at under http, such as: at: /state");
            }
            found
        }
        _ => found,
    };
    Some(Expected { found, ..expect })
}

fn budget(node: &Node, path: &str, kind: &str, findings: &mut Findings) -> Option<Budget> {
    let fields = Fields::read(node, path, &BUDGET_KEYS, findings)?;
    let mut time =
        |key: &str| fields.optional(key).and_then(|node| reading::time(node, &fields.path_of(key), (Millis(1), LASTS.1), findings));
    let (p99, all) = (time("p99"), time("all"));
    if fields.optional("p99").is_none() && fields.optional("all").is_none() {
        findings.add(
            node.at,
            format!("{path} names no time."),
            "Add p99, how long 99 of 100 may take, or all, how long all may take together.",
        );
    }
    let of = match fields.optional("of") {
        Some(node) if kind == "load" => {
            findings.add(node.at, format!("{}: a load asks as often as it does.", fields.path_of("of")), "Remove it.");
            None
        }
        Some(node) => reading::whole(node, &fields.path_of("of"), OF, findings),
        None => Some(1),
    };
    Some(Budget { p99, all, of: of? })
}

fn asks(kind: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<Asks> {
    match kind {
        "http" => http(fields.optional("http")?, &fields.path_of("http"), findings).map(Asks::Http),
        "load" => load(fields.optional("load")?, &fields.path_of("load"), findings),
        _ => {
            let source = evidence::source(kind, fields, findings)?;
            let on = fields.optional("on").filter(|_| kind == "sql");
            let on_copy = match on {
                Some(node) => reading::word(node, &fields.path_of("on"), "place", &[("copy", true), ("live", false)], findings)?,
                None => false,
            };
            match source {
                Source::Sql { component, sql, unit } if on_copy => Some(Asks::Copy { component, sql, unit }),
                source => Some(Asks::Source(source)),
            }
        }
    }
}

fn http(node: &Node, path: &str, findings: &mut Findings) -> Option<HttpRequest> {
    let fields = Fields::read(node, path, &HTTP_KEYS, findings)?;
    let at = |key: &str| fields.path_of(key);
    let url = fields.required("url", "url: http://127.0.0.1:8080/health", findings);
    let url = url.and_then(|node| address(node, &at("url"), findings));
    let method = fields.optional("method").and_then(|node| reading::word(node, &at("method"), "method", &METHODS, findings));
    let mut headers = Vec::new();
    if let Some(inner) = fields.optional("headers").and_then(|node| Fields::open(node, &at("headers"), findings)) {
        for entry in inner.entries() {
            let path = inner.path_of(&entry.key);
            if names_secret(&entry.key) {
                findings.add(entry.at, format!("{path} may hold a secret, which a definition does not."), WITHOUT_SECRET);
            }
            headers.extend(text(&entry.node, &path, findings).map(|value| (entry.key.clone(), value.to_owned())));
        }
    }
    let body = fields.optional("body").and_then(|node| text(node, &at("body"), findings)).map(str::to_owned);
    let pointer = fields.optional("at").and_then(|node| evidence::pointer(node, &at("at"), findings));
    Some(HttpRequest { method: method.unwrap_or("GET").to_owned(), url: url?, headers, body, at: pointer })
}

fn address(node: &Node, path: &str, findings: &mut Findings) -> Option<String> {
    let written = text(node, path, findings)?;
    if let Some((name, _)) = in_query(written).next() {
        findings.add(node.at, format!("{path} may hold a secret ({name}), which a definition does not."), WITHOUT_SECRET);
        return None;
    }
    let rest = written.strip_prefix("http://").or_else(|| written.strip_prefix("https://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    match host {
        Some(host) if host.contains('@') => {
            findings.add(node.at, format!("{path} holds a user or a password."), "Take it out: definitions hold no secrets.");
            None
        }
        Some(host) if !host.is_empty() && !written.contains(char::is_whitespace) => Some(written.to_owned()),
        _ => {
            findings.add(node.at, format!("{path} is no address: {written:?}."), "Write one such as: http://127.0.0.1:8080/health");
            None
        }
    }
}

fn load(node: &Node, path: &str, findings: &mut Findings) -> Option<Asks> {
    let fields = Fields::read(node, path, &LOAD_KEYS, findings)?;
    let at = |key: &str| fields.path_of(key);
    let case = fields.required("case", "case: read-thread", findings).and_then(|node| text(node, &at("case"), findings));
    let at_once =
        fields.required("at_once", "at_once: 50", findings).and_then(|node| reading::whole(node, &at("at_once"), AT_ONCE, findings));
    let until = match (fields.optional("for"), fields.optional("times")) {
        (Some(node), None) => reading::time(node, &at("for"), LASTS, findings).map(Until::For),
        (None, Some(node)) => reading::whole(node, &at("times"), TIMES, findings).map(Until::Times),
        _ => {
            findings.add(
                node.at,
                format!("{path} does not say how long it lasts, or says it twice."),
                "Write one of: for: 10 s, times: 500",
            );
            None
        }
    };
    Some(Asks::Load { case: case?.to_owned(), at_once: at_once?, until: until? })
}
