//! `queries`: what the application asks of its databases most. Validation looks at how SQLite would answer each.

use quarterdeck_model::{migration::DeclaredQuery, system::Name};
use quarterdeck_sqlite::question;

use super::{
    component,
    fields::{Fields, text},
    findings::Findings,
    yaml::{Node, Value},
};

pub(super) const KEYS: [&str; 3] = ["name", "component", "sql"];

/// Reads all queries. Those with findings are left out. `components` is the part of the file with that name.
pub(super) fn read(node: &Node, components: Option<&Node>, findings: &mut Findings) -> Vec<DeclaredQuery> {
    let databases = component::databases(components);
    let Value::Sequence(items) = &node.value else {
        let message = format!("queries must be a list, not {}.", node.value.kind());
        findings.add(node.at, message, "Write each as: - {name: open-orders, sql: SELECT id FROM orders WHERE open}");
        return Vec::new();
    };
    let mut queries: Vec<DeclaredQuery> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let path = format!("queries[{}]", i + 1);
        let Some(query) = query(item, &path, &databases, findings) else { continue };
        if queries.iter().any(|other| other.name == query.name) {
            findings.add(item.at, format!("{path}.name is there twice: {}.", query.name), "Give each query a name of its own.");
        }
        queries.push(query);
    }
    queries
}

fn query(node: &Node, path: &str, databases: &[Name], findings: &mut Findings) -> Option<DeclaredQuery> {
    let fields = Fields::read(node, path, &KEYS, findings)?;
    let name = fields.required("name", "name: open-orders", findings).and_then(|node| name(node, &fields.path_of("name"), findings));
    let component = component::named(node, &fields, databases, findings);
    let sql = fields.required("sql", "sql: SELECT id FROM orders WHERE open", findings);
    let sql = sql.and_then(|node| one_select(node, &fields.path_of("sql"), findings));
    Some(DeclaredQuery { name: name?, component: Some(component?), sql: sql? })
}

fn name(node: &Node, path: &str, findings: &mut Findings) -> Option<Name> {
    let written = text(node, path, findings)?;
    match written.parse::<Name>() {
        Ok(name) => Some(name),
        Err(fault) => {
            findings.add(node.at, format!("{path} is not a name for a query: {written:?}."), fault.hint);
            None
        }
    }
}

/// A statement that reads; nothing in a definition may change a database.
pub(super) fn one_select(node: &Node, path: &str, findings: &mut Findings) -> Option<String> {
    let sql = text(node, path, findings)?;
    if !question::looks_like_one_select(sql) {
        findings.add(node.at, format!("{path} is no SELECT."), "Write one SELECT; nothing in a definition may change a database.");
        return None;
    }
    Some(sql.trim().to_owned())
}
