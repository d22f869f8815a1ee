//! The whole file.

use std::path::Path;

use quarterdeck_model::system::{Environment, Name};

use super::{
    Definition, alerting, capacity, collect, component, drill,
    fields::{Fields, nearest, text},
    findings::Findings,
    keep, migrations, objective, promise, queries, repository, schedule,
    yaml::{Node, Value},
};

pub(super) const KEYS: [&str; 15] = [
    "name",
    "environment",
    "owner",
    "components",
    "objectives",
    "repository",
    "keep",
    "schedules",
    "migrations",
    "drills",
    "queries",
    "collect",
    "promises",
    "capacity",
    "alerting",
];
const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];

/// The system's name, where it can be read whatever else is wrong.
pub(super) fn name(tree: &Node) -> Option<Name> {
    let Value::Mapping(entries) = &tree.value else { return None };
    entries.iter().filter(|entry| entry.key == "name").find_map(|entry| match &entry.node.value {
        Value::Text(text) => text.parse::<Name>().ok(),
        _ => None,
    })
}

/// Reads the file's tree. `None` where something that has to be there is missing or wrong; then there are findings.
pub(super) fn read(folder: &Path, tree: &Node, findings: &mut Findings) -> Option<Definition> {
    let fields = Fields::read(tree, "", &KEYS, findings)?;
    let name = fields.required("name", "name: shop", findings).and_then(|node| read_name(node, findings));
    let environment = fields.required("environment", "environment: production", findings).and_then(|node| read_environment(node, findings));
    let owner = fields.optional("owner").and_then(|node| text(node, "owner", findings)).map(str::to_owned);
    let components = fields.required("components", "components: {main: {kind: sqlite, path: data/app.db}}", findings);
    let components = components.map(|node| component::read(folder, node, findings));
    let objectives = fields.optional("objectives").map(|node| objective::read(node, findings)).unwrap_or_default();
    let (repository, password) = fields.optional("repository").map_or((None, None), |node| repository::read(folder, node, findings));
    let keep = fields.optional("keep").and_then(|node| keep::read(node, findings));
    let schedules = fields.optional("schedules").map(|node| schedule::read(node, findings));
    let named = fields.optional("components");
    let migrations = fields.optional("migrations").and_then(|node| migrations::read(folder, node, named, findings));
    let drills = fields.optional("drills").map(|node| drill::read(node, named, findings));
    let queries = fields.optional("queries").map(|node| queries::read(node, named, findings));
    let collect = fields.optional("collect").map(|node| collect::read(folder, node, named, findings));
    let promises = fields.optional("promises").map(|node| promise::read(node, findings)).unwrap_or_default();
    let capacity = fields.optional("capacity").map(|node| capacity::read(node, named, findings)).unwrap_or_default();
    let alerting = fields.optional("alerting").and_then(|node| alerting::read(node, findings)).unwrap_or_default();
    let folder = folder.to_owned();
    Some(Definition {
        folder,
        name: name?,
        environment: environment?,
        owner,
        components: components?,
        objectives,
        repository,
        password,
        keep,
        schedules,
        migrations,
        drills: drills.unwrap_or_default(),
        queries: queries.unwrap_or_default(),
        collect: collect.unwrap_or_default(),
        promises,
        capacity,
        alerting,
    })
}

fn read_name(node: &Node, findings: &mut Findings) -> Option<Name> {
    let name = text(node, "name", findings)?;
    match name.parse::<Name>() {
        Ok(name) => Some(name),
        Err(fault) => {
            findings.add(node.at, format!("name is not a name for a system: {name:?}."), fault.hint);
            None
        }
    }
}

fn read_environment(node: &Node, findings: &mut Findings) -> Option<Environment> {
    let word = text(node, "environment", findings)?;
    match word.parse::<Environment>() {
        Ok(environment) => Some(environment),
        Err(fault) => {
            let hint = nearest(word, &ENVIRONMENTS).map_or(fault.hint, |near| format!("Write {near} instead."));
            findings.add(node.at, format!("environment is not one that is known: {word:?}."), hint);
            None
        }
    }
}
