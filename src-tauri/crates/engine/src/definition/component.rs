//! `components`: what a system is made of.

use std::path::{Path, PathBuf};

use quarterdeck_model::system::{ComponentKind, Name};

use super::{
    fields::{Fields, nearest, text},
    findings::Findings,
    paths,
    yaml::{Entry, Node, Value},
};

pub(super) const KEYS: [&str; 2] = ["kind", "path"];
const KINDS: [&str; 4] = ["sqlite", "directory", "http", "command"];

/// What this version can back up.
const SUPPORTED: [(&str, ComponentKind); 2] = [("sqlite", ComponentKind::Sqlite), ("directory", ComponentKind::Directory)];

/// One database or directory of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentDefinition {
    /// Its name, unique in the system.
    pub name: Name,
    /// The database file or the folder: absolute, symbolic links resolved, seen to exist.
    pub path: PathBuf,
    /// Which of them.
    pub kind: ComponentKind,
}

/// The names of the databases: `node` is `components`. A component whose file is not there is still one that can be named.
pub(super) fn databases(node: Option<&Node>) -> Vec<Name> {
    let Some(Value::Mapping(entries)) = node.map(|node| &node.value) else { return Vec::new() };
    entries.iter().filter(|entry| !is_directory(&entry.node)).filter_map(|entry| entry.key.parse().ok()).collect()
}

/// The database that `component` names in these fields, or the only one. `None` after a finding; `node` is where that is said.
pub(super) fn named(node: &Node, fields: &Fields<'_>, databases: &[Name], findings: &mut Findings) -> Option<Name> {
    let path = fields.path_of("component");
    let names: Vec<&str> = databases.iter().map(Name::as_str).collect();
    let hint = format!("Name one of: {}.", names.join(", "));
    match (fields.optional("component"), databases) {
        (None, [only]) => Some(only.clone()),
        // Why there is none is a finding already.
        (_, []) => None,
        (None, _) => {
            findings.add(node.at, format!("{path} is missing, and there are several databases."), hint);
            None
        }
        (Some(node), databases) => {
            let named = text(node, &path, findings)?;
            let found = databases.iter().find(|database| database.as_str() == named);
            if found.is_none() {
                findings.add(node.at, format!("{path} is no database of this system: {named:?}."), hint);
            }
            found.cloned()
        }
    }
}

/// Files are no database: nothing can be asked of them.
fn is_directory(node: &Node) -> bool {
    let Value::Mapping(entries) = &node.value else { return false };
    entries.iter().any(|entry| entry.key == "kind" && matches!(&entry.node.value, Value::Text(kind) if kind == "directory"))
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
        let Some((file, kind)) = source(folder, entry, &path, findings) else { continue };
        let Ok(name) = name else { continue };
        if let Some(other) = components.iter().find(|other| other.path == file && other.name != name) {
            let message = format!("{path}.path is the same {} as that of components.{}.", word(kind), other.name);
            findings.add(entry.at, message, "Name each database and each folder once.");
        }
        components.push(ComponentDefinition { name, path: file, kind });
    }
    components
}

fn source(folder: &Path, entry: &Entry, path: &str, findings: &mut Findings) -> Option<(PathBuf, ComponentKind)> {
    let node = Fields::open(&entry.node, path, &mut Findings::new(folder)).and_then(|fields| fields.optional("kind"));
    // What kinds that are not supported have beside `kind` is not known here.
    let kind = match node {
        Some(node) => Some(supported(node, path, findings)?),
        None => None,
    };
    let fields = Fields::read(&entry.node, path, &KEYS, findings)?;
    fields.required("kind", "kind: sqlite", findings);
    let node = fields.required("path", "path: data/app.db", findings)?;
    let path = fields.path_of("path");
    let text = text(node, &path, findings)?;
    let found = match kind {
        Some(ComponentKind::Directory) => paths::directory(folder, text, &path),
        Some(ComponentKind::Sqlite) | None => paths::database(folder, text, &path),
    };
    findings.take(node.at, found).zip(kind)
}

/// The kind; `None` after a finding.
fn supported(node: &Node, path: &str, findings: &mut Findings) -> Option<ComponentKind> {
    let path = format!("{path}.kind");
    let word = text(node, &path, findings)?;
    if let Some((_, kind)) = SUPPORTED.iter().find(|(known, _)| *known == word) {
        return Some(*kind);
    }
    if KINDS.contains(&word) {
        let hint = "Remove the component until a version supports it; this one supports sqlite and directory.";
        findings.add(node.at, format!("{path} is {word}, which is not supported by this version."), hint);
    } else {
        let hint = format!("Write {} instead.", nearest(word, &KINDS).unwrap_or("sqlite"));
        findings.add(node.at, format!("{path} is not a kind of component: {word:?}."), hint);
    }
    None
}

fn word(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Sqlite => "file",
        ComponentKind::Directory => "folder",
    }
}
