//! `smoke/*.yml`, read strictly.

use quarterdeck_document::{
    fields::{Fields, text},
    findings::Findings,
    yaml::{self, Entry, Node},
};
use quarterdeck_model::{Digest, Millis};

use super::{Ask, Budget, Case, Length, Suite};
use crate::{
    checklist::{Source, evidence},
    expect::Expectation,
    reading,
};

const KEYS: [&str; 2] = ["title", "cases"];

/// What every case may have.
const COMMON: [&str; 5] = ["title", "category", "expect", "limit", "budget"];

/// What is asked, and what may stand beside it.
const KINDS: [(&str, &[&str]); 5] = [
    ("sql", &["component", "unit", "on", "fails"]),
    ("http", &[]),
    ("command", &["take", "unit"]),
    ("operation", &["with", "at"]),
    ("load", &[]),
];

const METHODS: [(&str, &str); 5] = [("GET", "GET"), ("POST", "POST"), ("PUT", "PUT"), ("DELETE", "DELETE"), ("HEAD", "HEAD")];

/// How long one asking may take: where the file does not say, at least, and at most.
const LIMIT: Millis = Millis(10_000);
const LIMITS: (Millis, Millis) = (Millis(100), Millis(600_000));

/// How fast something can be asked to be.
const BUDGETS: (Millis, Millis) = (Millis(1), Millis(600_000));

/// How often something is asked for its latency, where the file does not say, and at most.
const OF: u32 = 50;
const MOST_OF: u32 = 10_000;

/// How many at once, how often and how long, at most.
const MOST_AT_ONCE: u32 = 200;
const MOST_TIMES: u32 = 1_000_000;
const LENGTHS: (Millis, Millis) = (Millis(100), Millis(3_600_000));

const MANNER: yaml::Manner =
    yaml::Manner { what: "a suite of smoke tests", empty: "Write a title and cases (docs/smoke.md).", ..yaml::DEFINITION };

impl Suite {
    /// The suite of a file; `None` after findings.
    pub fn read(written: &str, findings: &mut Findings) -> Option<Self> {
        let before = findings.count();
        let tree = yaml::read(written, MANNER, findings)?;
        let fields = Fields::read(&tree, "", &KEYS, findings)?;
        let title = fields.required("title", "title: The service works", findings);
        let title = title.and_then(|node| text(node, "title", findings)).map(|title| title.trim().to_owned());
        let cases = fields.required("cases", "cases: {answers: {title: …, category: core, http: {url: …}}}", findings)?;
        let entries = Fields::open(cases, "cases", findings)?.entries();
        if entries.is_empty() {
            findings.add(cases.at, "cases is empty: nothing is tested.", "Add a case.");
        }
        let read: Vec<Case> = entries.iter().filter_map(|entry| case(entry, findings)).collect();
        for (case, entry) in read.iter().filter_map(|case| Some((case, entries.iter().find(|entry| entry.key == case.id)?))) {
            loads_another(case, &read, entry, findings);
        }
        (findings.count() == before).then_some(())?;
        Some(Self { title: title?, cases: read })
    }
}

/// What a load asks has to be there, and no load itself.
fn loads_another(case: &Case, all: &[Case], entry: &Entry, findings: &mut Findings) {
    let Ask::Load { case: of, .. } = &case.ask else { return };
    match all.iter().find(|other| other.id == *of) {
        Some(Case { ask: Ask::Load { .. }, .. }) => {
            findings.add(entry.at, format!("cases.{}.load asks {of}, which is a load itself.", case.id), "Name a case of another kind.");
        }
        Some(_) => {}
        None => {
            findings.add(entry.at, format!("cases.{}.load asks {of}, which is no case here.", case.id), "Name a case of this file.");
        }
    }
}

fn case(entry: &Entry, findings: &mut Findings) -> Option<Case> {
    let before = findings.count();
    reading::id(&entry.key, entry.at, "smoke test", findings);
    let (node, path) = (&entry.node, format!("cases.{}", entry.key));
    let kind = kind(node, &path, findings)?;
    let beside = KINDS.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, beside)| beside);
    let known: Vec<&str> = [kind].iter().chain(beside).chain(&COMMON).copied().collect();
    let fields = Fields::read(node, &path, &known, findings)?;
    let title = fields.required("title", "title: The service answers", findings);
    let title = title.and_then(|node| text(node, &fields.path_of("title"), findings)).map(|title| title.trim().to_owned());
    let category = fields.required("category", "category: core", findings).and_then(|node| {
        let category = text(node, &fields.path_of("category"), findings)?;
        reading::id(category, node.at, "category", findings).then(|| category.to_owned())
    });
    let limit = fields.optional("limit").and_then(|node| reading::time(node, &fields.path_of("limit"), LIMITS, findings));
    let limit = limit.unwrap_or(LIMIT);
    let budget = fields.optional("budget").and_then(|node| budget(node, &fields.path_of("budget"), findings));
    let expect = fields.optional("expect").and_then(|node| Expectation::read(node, &fields.path_of("expect"), findings));
    let ask = ask(kind, &fields, limit, findings);
    if let (Some(asked), None) = (&ask, fields.optional("expect"))
        && says_nothing(asked)
    {
        findings.add(node.at, format!("{path} expects nothing of the answer."), "Add what has to be found, such as: expect: {rows: some}");
    }
    let expect = match (expect, &ask) {
        (Some(expect), Some(Ask::Measured(source))) => Some(evidence::fitting(expect, source, node, &fields.path_of("expect"), findings)?),
        (expect, _) => expect,
    };
    let ask = ask?;
    let digest = Digest::over(&(&ask, &expect, limit, budget));
    let case = Case { id: entry.key.clone(), title: title?, category: category?, ask, expect, limit, budget, digest };
    (findings.count() == before).then_some(case)
}

/// Rows and values have to be expected in some way; a status, an exit code, a refusal and a load say by themselves what is.
fn says_nothing(ask: &Ask) -> bool {
    match ask {
        Ask::Measured(Source::Command { value, .. }) => value.is_some(),
        Ask::Measured(_) => true,
        Ask::OnCopy { fails, .. } => fails.is_none(),
        Ask::Http { .. } | Ask::Load { .. } => false,
    }
}

fn kind(node: &Node, path: &str, findings: &mut Findings) -> Option<&'static str> {
    let fields = Fields::open(node, path, findings)?;
    let named: Vec<&'static str> = KINDS.iter().map(|(name, _)| *name).filter(|name| fields.optional(name).is_some()).collect();
    match named[..] {
        [one] => Some(one),
        [] => {
            let all = KINDS.map(|(name, _)| name).join(", ");
            findings.add(node.at, format!("{path} does not say what is asked."), format!("Add one of: {all}."));
            None
        }
        [one, other, ..] => {
            findings.add(node.at, format!("{path} asks in two ways, {one} and {other}."), "Write two cases.");
            None
        }
    }
}

fn ask(kind: &str, fields: &Fields<'_>, limit: Millis, findings: &mut Findings) -> Option<Ask> {
    let node = fields.optional(kind)?;
    let path = fields.path_of(kind);
    match kind {
        "http" => http(node, &path, findings),
        "load" => load(node, &path, findings),
        "sql" => {
            let on = fields.optional("on").and_then(|node| reading::word(node, &fields.path_of("on"), "place", &[("copy", ())], findings));
            let fails = fields.optional("fails").and_then(|node| text(node, &fields.path_of("fails"), findings)).map(str::to_owned);
            if let (Some(node), None) = (fields.optional("fails"), fields.optional("on")) {
                let message = format!("{} is for statements on a copy.", fields.path_of("fails"));
                findings.add(node.at, message, "Add on: copy, or remove it.");
            }
            let Source::Sql { component, sql, unit } = evidence::source(kind, fields, findings)? else { return None };
            Some(if on.is_some() { Ask::OnCopy { component, sql, fails } } else { Ask::Measured(Source::Sql { component, sql, unit }) })
        }
        _ => Some(Ask::Measured(match evidence::source(kind, fields, findings)? {
            Source::Command { arguments, value, unit, .. } => Source::Command { arguments, limit, value, unit },
            source => source,
        })),
    }
}

fn http(node: &Node, path: &str, findings: &mut Findings) -> Option<Ask> {
    let fields = Fields::read(node, path, &["url", "method", "headers", "body", "status"], findings)?;
    let url = fields.required("url", "url: http://127.0.0.1:8080/health", findings).and_then(|node| {
        let url = text(node, &fields.path_of("url"), findings)?.trim();
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if !matches!(scheme, "http" | "https") || host.is_empty() || host.contains('@') {
            let message = format!("{} is no address that can be asked.", fields.path_of("url"));
            findings.add(node.at, message, "Write http:// or https://, a host, and no user or password in front of it.");
            return None;
        }
        Some(url.to_owned())
    });
    let method =
        fields.optional("method").map_or(Some("GET"), |node| reading::word(node, &fields.path_of("method"), "method", &METHODS, findings));
    let headers = fields.optional("headers").map_or(Some(Vec::new()), |node| {
        let path = fields.path_of("headers");
        let entries = Fields::open(node, &path, findings)?.entries();
        let pair = |entry: &Entry| Some((entry.key.clone(), text(&entry.node, &format!("{path}.{}", entry.key), findings)?.to_owned()));
        Some(entries.iter().filter_map(pair).collect())
    });
    let body = fields.optional("body").and_then(|node| text(node, &fields.path_of("body"), findings)).map(str::to_owned);
    let status = fields.optional("status").and_then(|node| reading::whole(node, &fields.path_of("status"), (100, 599), findings));
    let status = status.and_then(|status| u16::try_from(status).ok());
    Some(Ask::Http { method: method?.to_owned(), url: url?, headers: headers?, body, status })
}

fn load(node: &Node, path: &str, findings: &mut Findings) -> Option<Ask> {
    let fields = Fields::read(node, path, &["case", "at_once", "for", "times"], findings)?;
    let case = fields.required("case", "case: answers", findings).and_then(|node| text(node, &fields.path_of("case"), findings));
    let at_once = fields.required("at_once", "at_once: 50", findings);
    let at_once = at_once.and_then(|node| reading::whole(node, &fields.path_of("at_once"), (1, MOST_AT_ONCE), findings));
    let length = match (fields.optional("for"), fields.optional("times")) {
        (Some(node), None) => reading::time(node, &fields.path_of("for"), LENGTHS, findings).map(Length::For),
        (None, Some(node)) => reading::whole(node, &fields.path_of("times"), (1, MOST_TIMES), findings).map(Length::Times),
        _ => {
            findings.add(
                node.at,
                format!("{path} needs one of for and times."),
                "Write how long, as in for: 10 s, or how often, as in times: 500.",
            );
            None
        }
    };
    Some(Ask::Load { case: case?.to_owned(), at_once: at_once?, length: length? })
}

fn budget(node: &Node, path: &str, findings: &mut Findings) -> Option<Budget> {
    let fields = Fields::read(node, path, &["p99", "of"], findings)?;
    let p99 =
        fields.required("p99", "p99: 10 ms", findings).and_then(|node| reading::time(node, &fields.path_of("p99"), BUDGETS, findings));
    let of = fields.optional("of").map_or(Some(OF), |node| reading::whole(node, &fields.path_of("of"), (1, MOST_OF), findings));
    Some(Budget { p99: p99?, of: of? })
}
