//! `components`: what a system is made of.

use std::path::{Path, PathBuf};

use quarterdeck_model::system::Name;

use super::{
    fields::{Fields, nearest, text},
    findings::Findings,
    paths,
    yaml::{Entry, Node},
};

pub(super) const KEYS: [&str; 2] = ["kind", "path"];
const KINDS: [&str; 4] = ["sqlite", "directory", "http", "command"];

/// One database of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentDefinition {
    /// Its name, unique in the system.
    pub name: Name,
    /// The database file: absolute, symbolic links resolved, seen to exist.
    pub path: PathBuf,
}

/// Reads all components. Those with findings are left out.
pub(super) fn read(folder: &Path, node: &Node, findings: &mut Findings) -> Vec<ComponentDefinition> {
    let Some(fields) = Fields::open(node, "components", findings) else { return Vec::new() };
    if fields.entries().is_empty() {
        findings.add(node.at, "components names no database.", "Add a line such as: main: {kind: sqlite, path: data/app.db}");
    }
    let mut components: Vec<ComponentDefinition> = Vec::new();
    for entry in fields.entries() {
        let path = fields.path_of(&entry.key);
        let name = Name::try_from(entry.key.clone());
        if let Err(fault) = &name {
            findings.add(entry.at, format!("{path} is not a name for a component."), fault.hint.clone());
        }
        let Some(file) = database(folder, entry, &path, findings) else { continue };
        let Ok(name) = name else { continue };
        if let Some(other) = components.iter().find(|other| other.path == file && other.name != name) {
            let message = format!("{path}.path is the same file as that of components.{}.", other.name);
            findings.add(entry.at, message, "Name each database once.");
        }
        components.push(ComponentDefinition { name, path: file });
    }
    components
}

fn database(folder: &Path, entry: &Entry, path: &str, findings: &mut Findings) -> Option<PathBuf> {
    let kind = Fields::open(&entry.node, path, &mut Findings::new(folder)).and_then(|fields| fields.optional("kind"));
    if let Some(kind) = kind
        && !is_sqlite(kind, path, findings)
    {
        return None;
    }
    let fields = Fields::read(&entry.node, path, &KEYS, findings)?;
    let found = fields.required("kind", "kind: sqlite", findings).is_some();
    let node = fields.required("path", "path: data/app.db", findings)?;
    let path = fields.path_of("path");
    let file = text(node, &path, findings)?;
    findings.take(node.at, paths::database(folder, file, &path)).filter(|_| found)
}

/// False after a finding: what other kinds have beside `kind` is not known here.
fn is_sqlite(node: &Node, path: &str, findings: &mut Findings) -> bool {
    let path = format!("{path}.kind");
    let Some(kind) = text(node, &path, findings) else { return false };
    match kind {
        "sqlite" => return true,
        _ if KINDS.contains(&kind) => {
            let hint = "Remove the component until a version supports it; this one supports sqlite.";
            findings.add(node.at, format!("{path} is {kind}, which is not supported by this version."), hint);
        }
        _ => {
            let hint = format!("Write {} instead.", nearest(kind, &KINDS).unwrap_or("sqlite"));
            findings.add(node.at, format!("{path} is not a kind of component: {kind:?}."), hint);
        }
    }
    false
}
