//! Items: what has to hold, whose it is, who signs it.

use chrono::NaiveDate;
use quarterdeck_document::{
    duration,
    fields::{Fields, text, truth},
    findings::{Findings, Place},
    yaml::{Entry, Node, Value},
};
use quarterdeck_model::readiness::ReadinessCategory;

use super::{Due, ItemDefinition, ManualDefinition, evidence, read::Declared};
use crate::reading;

const KEYS: [&str; 10] = ["title", "why", "owner", "category", "weight", "critical", "due", "after", "manual", "evidence"];
const MANUAL_KEYS: [&str; 4] = ["statement", "signatures", "role", "lasts"];

/// How a file names each category.
pub(super) const CATEGORIES: [(&str, ReadinessCategory); 6] = [
    ("data", ReadinessCategory::Data),
    ("monitoring", ReadinessCategory::Monitoring),
    ("security", ReadinessCategory::Security),
    ("operations", ReadinessCategory::Operations),
    ("performance", ReadinessCategory::Performance),
    ("documentation", ReadinessCategory::Documentation),
];

/// An item counts for at most so much.
const HEAVIEST: u32 = 100;

/// So many different persons sign one item at most.
const MOST_SIGNATURES: u32 = 5;

/// Reads the items of a phase; `after` collects where each names what it waits for.
pub(super) fn all(
    node: &Node,
    path: &str,
    declared: &Declared,
    after: &mut Vec<(String, Place)>,
    findings: &mut Findings,
) -> Vec<ItemDefinition> {
    let path = format!("{path}.items");
    let Some(fields) = Fields::open(node, &path, findings) else { return Vec::new() };
    if fields.entries().is_empty() {
        findings.add(node.at, format!("{path} has no item."), "Write at least one, or remove the phase.");
    }
    let mut items = Vec::new();
    for entry in fields.entries() {
        reading::id(&entry.key, entry.at, "item", findings);
        if let Some(waits) = reading::entries(&entry.node).iter().find(|field| field.key == "after") {
            after.push((entry.key.clone(), waits.at));
        }
        items.extend(item(entry, &fields.path_of(&entry.key), declared, findings));
    }
    items
}

fn item(entry: &Entry, path: &str, declared: &Declared, findings: &mut Findings) -> Option<ItemDefinition> {
    let fields = Fields::read(&entry.node, path, &KEYS, findings)?;
    let at = |key: &str| fields.path_of(key);
    let title = fields.required("title", "title: Snapshot before the release", findings);
    let title = title.and_then(|node| text(node, &at("title"), findings)).unwrap_or(&entry.key);
    let why = fields.optional("why").and_then(|node| text(node, &at("why"), findings)).map(str::to_owned);
    let owner = fields.optional("owner").and_then(|node| reading::reference(node, &at("owner"), "role", &declared.roles, findings));
    let category = fields.optional("category").and_then(|node| reading::word(node, &at("category"), "category", &CATEGORIES, findings));
    let weight = fields.optional("weight").and_then(|node| reading::whole(node, &at("weight"), (0, HEAVIEST), findings));
    let critical = fields.optional("critical").and_then(|node| truth(node, &at("critical"), findings));
    let due = fields.optional("due").and_then(|node| due(node, &at("due"), findings));
    let after = fields.optional("after").map(|node| reading::references(node, &at("after"), "item", &declared.items, findings));
    let manual = fields.optional("manual").and_then(|node| manual(node, &at("manual"), declared, findings));
    let evidence = fields.optional("evidence").map(|node| evidence::all(node, &at("evidence"), findings)).unwrap_or_default();
    if fields.optional("manual").is_none() && fields.optional("evidence").is_none() {
        let hint = "Add evidence, such as: evidence: {point: snapshot-age}, or what a person signs: manual: The team is reachable.";
        findings.add(entry.at, format!("{path} asks for nothing."), hint);
    }
    if let (Some(signed), Some(node)) = (&manual, fields.optional("manual"))
        && signed.role.is_none()
        && fields.optional("owner").is_none()
        && !reading::entries(node).iter().any(|field| field.key == "role")
    {
        findings.add(node.at, format!("{} does not say who signs.", at("manual")), "Add an owner to the item, or a role to manual.");
    }
    let manual = manual.map(|manual| ManualDefinition { role: manual.role.or_else(|| owner.clone()), ..manual });
    Some(ItemDefinition {
        id: entry.key.clone(),
        title: title.trim().to_owned(),
        why,
        owner,
        category,
        weight: weight.unwrap_or(1),
        critical: critical.unwrap_or_default(),
        due,
        after: after.unwrap_or_default(),
        manual,
        evidence,
    })
}

fn due(node: &Node, path: &str, findings: &mut Findings) -> Option<Due> {
    let written = text(node, path, findings)?.trim();
    if let Some(time) = written.strip_suffix("after opening") {
        return findings.take(node.at, duration::parse(time, path)).map(Due::AfterOpening);
    }
    let day = NaiveDate::parse_from_str(written, "%Y-%m-%d").ok().filter(|_| written.len() == 10);
    if day.is_none() {
        findings.add(
            node.at,
            format!("{path} is no day: {written:?}."),
            "Write a day or a time, such as: 2026-11-30, or: 3 d after opening",
        );
    }
    day.map(Due::Day)
}

fn manual(node: &Node, path: &str, declared: &Declared, findings: &mut Findings) -> Option<ManualDefinition> {
    let Value::Mapping(_) = &node.value else {
        let statement = text(node, path, findings)?.trim().to_owned();
        return Some(ManualDefinition { statement, signatures: 1, role: None, lasts: None });
    };
    let fields = Fields::read(node, path, &MANUAL_KEYS, findings)?;
    let at = |key: &str| fields.path_of(key);
    let statement = fields.required("statement", "statement: The on-call team is named and reachable.", findings);
    let statement = statement.and_then(|node| text(node, &at("statement"), findings));
    let signatures = fields.optional("signatures").and_then(|node| reading::whole(node, &at("signatures"), (1, MOST_SIGNATURES), findings));
    let role = fields.optional("role").and_then(|node| reading::reference(node, &at("role"), "role", &declared.roles, findings));
    let lasts = fields.optional("lasts").and_then(|node| reading::time(node, &at("lasts"), reading::LASTS, findings));
    Some(ManualDefinition { statement: statement?.trim().to_owned(), signatures: signatures.unwrap_or(1), role, lasts })
}
