//! Evidence by a query of the list of operations, asked with the rights of whoever measures.

use quarterdeck_model::{Fault, JobCtx, Outcome, system::Target};
use quarterdeck_readiness::expect::{Expectation, Found};
use serde_json::{Map, Value};

use super::{Brought, Field, json, unmeasured};
use crate::{
    operation::{Entry, Kind, Scope},
    ops,
};

/// Pages that show what a query answers, with the system behind them.
const PAGES: [(&str, &str); 14] = [
    ("check_health", "health"),
    ("get_health", "health"),
    ("get_repository", "repository"),
    ("get_schedules", "schedules"),
    ("get_system", "system"),
    ("list_alerts", "alerts"),
    ("list_capacity", "capacity"),
    ("list_drills", "drills"),
    ("list_migrations", "migrations"),
    ("list_promises", "promises"),
    ("list_rules", "rules"),
    ("list_snapshots", "snapshots"),
    ("preview_retention", "retention"),
    ("verify_audit", "audit"),
];

/// Asks the query of that name and looks at one place of its answer.
pub(super) fn measure(
    field: &Field,
    (name, request, at): (&str, &Map<String, Value>, &str),
    expect: &Expectation,
    ctx: &JobCtx,
) -> Outcome<Brought> {
    let entry = query(name)?;
    if let Some(other) = stranger(field, request) {
        return Ok(Brought::unknown(format!("{name} may only be asked about {}, not about {other}", field.system.name)));
    }
    let answer = match ask(entry, &field.scope_for(ctx), field, request) {
        Ok(answer) => answer,
        Err(fault) if fault.class == quarterdeck_model::Class::Cancelled => return Err(fault),
        Err(fault) => return Ok(Brought::unknown(format!("{name} did not answer: {}", fault.message))),
    };
    let found = json::found(&answer, at);
    let mut brought = Brought::judged(expect, &found, field.now());
    if found == Found::Missing {
        brought.sentence = format!("{} (at {at} of what {name} answers)", brought.sentence);
    }
    let shown = serde_json::to_string_pretty(answer.pointer(at).unwrap_or(&answer)).ok();
    let page = PAGES.iter().find(|(of, _)| *of == name).map(|(_, page)| page_of(page, field));
    Ok(brought.seen_at(page).with(shown))
}

/// The query of that name: what changes something is no evidence.
pub(in crate::readiness) fn query(name: &str) -> Outcome<&'static Entry> {
    match ops::find(name) {
        None => Err(unmeasured(format!("there is no operation {name}"))),
        Some(entry) if entry.kind != Kind::Query => Err(unmeasured(format!("{name} changes something: only a query can be evidence"))),
        Some(entry) => Ok(entry),
    }
}

/// Asks about the field's system; an operation that is about no system is asked without it.
fn ask(entry: &Entry, scope: &Scope, field: &Field, request: &Map<String, Value>) -> Outcome<Value> {
    let mut with_system = request.clone();
    with_system.insert("system".to_owned(), Value::String(field.system.name.to_string()));
    match entry.call(scope, Value::Object(with_system)) {
        Err(fault) if is_misunderstood(&fault) => entry.call(scope, Value::Object(request.clone())),
        answer => answer,
    }
}

fn is_misunderstood(fault: &Fault) -> bool {
    fault.is("bad-request")
}

/// Another system that the request names: what is said of this one must not rest on that.
fn stranger(field: &Field, request: &Map<String, Value>) -> Option<String> {
    let own = |name: &str| name == field.system.name.as_str();
    request.iter().find_map(|(key, value)| match (key.as_str(), value) {
        ("system", Value::String(name)) if !own(name) => Some(name.clone()),
        ("target", Value::String(target)) => {
            let other = target.parse::<Target>().ok().is_none_or(|target| !own(target.system.as_str()));
            other.then(|| target.clone())
        }
        (_, Value::Object(inner)) => stranger(field, inner),
        _ => None,
    })
}

fn page_of(page: &str, field: &Field) -> String {
    match page {
        "alerts" => format!("alerts?system={}", field.system.name),
        "audit" | "rules" => page.to_owned(),
        _ => format!("{page}/{}", field.system.name),
    }
}
