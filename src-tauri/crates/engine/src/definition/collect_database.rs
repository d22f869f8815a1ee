//! `collect.databases`: what is asked of a database beside what is measured of each.

use std::time::Duration;

use quarterdeck_model::system::Name;
use quarterdeck_monitor::collectors::sqlite::Gauge;

use super::{
    collect::time,
    component,
    fields::{Fields, text},
    findings::Findings,
    queries::one_select,
    yaml::{Node, Value},
};

pub(super) const KEYS: [&str; 2] = ["tables", "gauges"];
pub(super) const GAUGE_KEYS: [&str; 5] = ["name", "help", "sql", "every", "limit"];

/// How often the rows of tables are counted, unless a definition says otherwise.
pub(crate) const TABLES: Duration = Duration::from_secs(6 * 3_600);

const EVERY: Duration = Duration::from_secs(60);
const LIMIT: Duration = Duration::from_secs(2);

/// What is asked of one database.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseDefinition {
    /// Which.
    pub component: Name,
    /// How often the rows of its tables are counted; absent for never.
    pub tables: Option<Duration>,
    /// Numbers that are asked for, in the order of the file.
    pub gauges: Vec<Gauge>,
}

/// Reads all of them. Those with findings are left out. `components` is the part of the file with that name.
pub(super) fn read(node: &Node, components: Option<&Node>, findings: &mut Findings) -> Vec<DatabaseDefinition> {
    let known = component::databases(components);
    let Some(fields) = Fields::open(node, "collect.databases", findings) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in fields.entries() {
        let path = fields.path_of(&entry.key);
        let Some(component) = known.iter().find(|name| name.as_str() == entry.key) else {
            let names: Vec<&str> = known.iter().map(Name::as_str).collect();
            findings.add(entry.at, format!("{path} is no database of this system."), format!("Name one of: {}.", names.join(", ")));
            continue;
        };
        found.extend(database(component, &entry.node, &path, findings));
    }
    found
}

fn database(component: &Name, node: &Node, path: &str, findings: &mut Findings) -> Option<DatabaseDefinition> {
    let fields = Fields::read(node, path, &KEYS, findings)?;
    let never = |node: &Node| matches!(&node.value, Value::Text(word) if word == "never");
    let tables = match fields.optional("tables") {
        Some(node) if never(node) => None,
        Some(_) => time(&fields, "tables", (Duration::from_secs(600), Duration::from_secs(30 * 86_400)), findings),
        None => Some(TABLES),
    };
    Some(DatabaseDefinition { component: component.clone(), tables, gauges: gauges(&fields, findings) })
}

fn gauges(fields: &Fields<'_>, findings: &mut Findings) -> Vec<Gauge> {
    let Some(node) = fields.optional("gauges") else { return Vec::new() };
    let whole = fields.path_of("gauges");
    let Value::Sequence(items) = &node.value else {
        let message = format!("{whole} must be a list, not {}.", node.value.kind());
        findings.add(node.at, message, "Write each as: - {name: orders_open, sql: SELECT count(*) FROM orders WHERE open}");
        return Vec::new();
    };
    let mut gauges: Vec<Gauge> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let path = format!("{whole}[{}]", i + 1);
        let Some(gauge) = gauge(item, &path, findings) else { continue };
        if gauges.iter().any(|other| other.name == gauge.name) {
            findings.add(item.at, format!("{path}.name is there twice: {}.", gauge.name), "Give each number a name of its own.");
        }
        gauges.push(gauge);
    }
    gauges
}

fn gauge(node: &Node, path: &str, findings: &mut Findings) -> Option<Gauge> {
    let fields = Fields::read(node, path, &GAUGE_KEYS, findings)?;
    let name = fields.required("name", "name: orders_open", findings).and_then(|node| metric(node, &fields.path_of("name"), findings));
    let help = fields.optional("help").and_then(|node| text(node, &fields.path_of("help"), findings)).unwrap_or_default().to_owned();
    let sql = fields.required("sql", "sql: SELECT count(*) FROM orders WHERE open", findings);
    let sql = sql.and_then(|node| one_select(node, &fields.path_of("sql"), findings));
    let every = time(&fields, "every", (Duration::from_secs(5), Duration::from_secs(86_400)), findings).unwrap_or(EVERY);
    let limit = time(&fields, "limit", (Duration::from_millis(10), Duration::from_secs(4)), findings).unwrap_or(LIMIT);
    Some(Gauge { name: name?, help, sql: sql?, every, limit })
}

/// A name as Prometheus allows it (<https://prometheus.io/docs/concepts/data_model/>); those of our own measurements are taken.
fn metric(node: &Node, path: &str, findings: &mut Findings) -> Option<String> {
    let name = text(node, path, findings)?;
    let legal = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':') && !name.starts_with(|c: char| c.is_ascii_digit());
    let own = ["sqlite_", "quarterdeck_", "backup_", "migration_", "node_", "process_", "probe_"];
    if !legal || own.iter().any(|prefix| name.starts_with(prefix)) || name == "up" {
        let message = format!("{path} is not a name for a number of yours: {name:?}.");
        findings.add(node.at, message, "Use letters, figures and underscores, and begin it with what it counts, such as: orders_open");
        return None;
    }
    Some(name.to_owned())
}
