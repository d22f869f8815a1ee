//! A whole file: everything that is wrong is found in one reading.

use std::collections::BTreeMap;

use quarterdeck_document::{
    fields::{Fields, text},
    findings::{Findings, Place},
    yaml::{self, Manner, Node},
};
use quarterdeck_model::{readiness::RoleTitle, system::Environment};

use super::{Checklist, PhaseDefinition, cycle, gates, item};
use crate::reading;

/// The folder beside `quarterdeck.yaml`.
pub const FOLDER: &str = "checklists";

const KEYS: [&str; 6] = ["title", "environments", "roles", "phases", "gates", "poll"];
const PHASE_KEYS: [&str; 2] = ["title", "items"];

const MANNER: Manner =
    Manner { what: "a checklist", empty: "Write at least title and phases (docs/readiness.md).", deepest: 24, aliases: false };

const ENVIRONMENTS: [(&str, Environment); 3] =
    [("development", Environment::Development), ("staging", Environment::Staging), ("production", Environment::Production)];

/// What the file declares; the rest of it may name that only.
#[derive(Default)]
pub(super) struct Declared {
    pub roles: Vec<String>,
    pub phases: Vec<String>,
    pub items: Vec<String>,
}

impl Checklist {
    /// Reads a file. `None` after a finding: a checklist with any is not used.
    ///
    /// What only the system knows (components, points, operations, smoke suites, whether a query of series can be read, gates of other
    /// files) is not looked at here.
    pub fn read(text: &str, findings: &mut Findings) -> Option<Self> {
        let before = findings.count();
        let root = yaml::read(text, MANNER, findings)?;
        let fields = Fields::read(&root, "", &KEYS, findings)?;
        let checklist = whole(&fields, findings);
        checklist.filter(|_| findings.count() == before)
    }
}

fn whole(fields: &Fields<'_>, findings: &mut Findings) -> Option<Checklist> {
    let title = fields.required("title", "title: Release", findings).and_then(|node| text(node, "title", findings));
    let environments =
        fields.optional("environments").map(|node| reading::words(node, "environments", "environment", &ENVIRONMENTS, findings));
    let roles = fields.optional("roles").map(|node| roles(node, findings)).unwrap_or_default();
    let phases = fields.required("phases", "phases: {before: {title: Before, items: {…}}}", findings);
    let mut declared = Declared { roles: roles.iter().map(|role| role.id.clone()).collect(), ..Declared::default() };
    if let Some(node) = phases {
        declare(node, &mut declared, findings);
    }
    let phases = phases.map(|node| self::phases(node, &declared, findings)).unwrap_or_default();
    let gates = fields.optional("gates").map(|node| gates::read(node, &declared, fields.optional("poll").is_some(), findings));
    let gates = gates.unwrap_or_default();
    let poll = fields.optional("poll").and_then(|node| gates::poll(node, &declared, &gates, findings));
    Some(Checklist { title: title?.trim().to_owned(), environments: environments.unwrap_or_default(), roles, phases, gates, poll })
}

fn roles(node: &Node, findings: &mut Findings) -> Vec<RoleTitle> {
    let Some(fields) = Fields::open(node, "roles", findings) else { return Vec::new() };
    let mut roles = Vec::new();
    for entry in fields.entries() {
        reading::id(&entry.key, entry.at, "role", findings);
        let title = text(&entry.node, &fields.path_of(&entry.key), findings).unwrap_or(&entry.key);
        roles.push(RoleTitle { id: entry.key.clone(), title: title.trim().to_owned() });
    }
    roles
}

/// Ids first: an item may stand after one that is further down.
fn declare(node: &Node, declared: &mut Declared, findings: &mut Findings) {
    let mut first: BTreeMap<&str, (usize, Place)> = BTreeMap::new();
    for (number, phase) in reading::entries(node).iter().enumerate() {
        declared.phases.push(phase.key.clone());
        let Some(items) = reading::entries(&phase.node).iter().find(|entry| entry.key == "items") else { continue };
        for item in reading::entries(&items.node) {
            let (other, at) = *first.entry(&item.key).or_insert((number, item.at));
            // Twice in one phase is a key that is there twice, and found as such.
            if other != number {
                let message = format!("There are two items {}, the first on line {}.", item.key, at.line);
                findings.add(item.at, message, "Give each item of a checklist an id of its own.");
            }
            declared.items.push(item.key.clone());
        }
    }
}

fn phases(node: &Node, declared: &Declared, findings: &mut Findings) -> Vec<PhaseDefinition> {
    let Some(fields) = Fields::open(node, "phases", findings) else { return Vec::new() };
    if fields.entries().is_empty() {
        findings.add(node.at, "phases has no phase.", "Write at least one, such as: before: {title: Before, items: {…}}");
    }
    let mut after = Vec::new();
    let mut phases = Vec::new();
    for entry in fields.entries() {
        reading::id(&entry.key, entry.at, "phase", findings);
        let path = fields.path_of(&entry.key);
        let Some(fields) = Fields::read(&entry.node, &path, &PHASE_KEYS, findings) else { continue };
        let title = fields.required("title", "title: Before", findings);
        let title = title.and_then(|node| text(node, &fields.path_of("title"), findings)).unwrap_or(&entry.key);
        let items =
            fields.required("items", "items: {snapshot: {title: Snapshot before the release, evidence: {point: snapshot-age}}}", findings);
        let items = items.map(|node| item::all(node, &path, declared, &mut after, findings)).unwrap_or_default();
        phases.push(PhaseDefinition { id: entry.key.clone(), title: title.trim().to_owned(), items });
    }
    cycle::find(&phases, &after, findings);
    phases
}
