//! Gates and the poll: what has to stand before it goes on, and who is asked.

use quarterdeck_document::{
    fields::{Fields, text, truth},
    findings::Findings,
    yaml::{Entry, Node},
};
use quarterdeck_model::readiness::GateAction;

use super::{Apart, GateDefinition, PollDefinition, StationDefinition, item::CATEGORIES, read::Declared};
use crate::reading;

const KEYS: [&str; 3] = ["title", "protects", "needs"];
const NEEDS_KEYS: [&str; 5] = ["phases", "categories", "items", "score", "poll"];
const POLL_KEYS: [&str; 4] = ["director", "gate", "apart", "stations"];
const STATION_KEYS: [&str; 3] = ["title", "role", "shows"];

const APART: [(&str, Apart); 3] = [("everyone", Apart::Everyone), ("stations", Apart::Stations), ("nobody", Apart::Nobody)];

const ACTIONS: [(&str, GateAction); 2] = [("migrate", GateAction::Migrate), ("restore", GateAction::Restore)];

/// Reads all gates; `polled` says that the file has a poll.
pub(super) fn read(node: &Node, declared: &Declared, polled: bool, findings: &mut Findings) -> Vec<GateDefinition> {
    let Some(fields) = Fields::open(node, "gates", findings) else { return Vec::new() };
    let gates = fields.entries().iter().map(|entry| gate(entry, &fields.path_of(&entry.key), declared, polled, findings));
    gates.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn gate(entry: &Entry, path: &str, declared: &Declared, polled: bool, findings: &mut Findings) -> Option<GateDefinition> {
    reading::id(&entry.key, entry.at, "gate", findings);
    let fields = Fields::read(&entry.node, path, &KEYS, findings)?;
    let title = fields.required("title", "title: Deploy to production", findings);
    let title = title.and_then(|node| text(node, &fields.path_of("title"), findings)).unwrap_or(&entry.key);
    let protects =
        fields.optional("protects").map(|node| reading::words(node, &fields.path_of("protects"), "protected act", &ACTIONS, findings));
    let mut gate = GateDefinition {
        name: entry.key.clone(),
        title: title.trim().to_owned(),
        protects: protects.unwrap_or_default(),
        phases: Vec::new(),
        categories: Vec::new(),
        items: Vec::new(),
        score: None,
        poll: false,
    };
    if let Some(node) = fields.optional("needs") {
        needs(&mut gate, node, &fields.path_of("needs"), declared, polled, findings);
    }
    Some(gate)
}

fn needs(gate: &mut GateDefinition, node: &Node, path: &str, declared: &Declared, polled: bool, findings: &mut Findings) {
    let Some(fields) = Fields::read(node, path, &NEEDS_KEYS, findings) else { return };
    let at = |key: &str| fields.path_of(key);
    if let Some(node) = fields.optional("phases") {
        gate.phases = reading::references(node, &at("phases"), "phase", &declared.phases, findings);
    }
    if let Some(node) = fields.optional("categories") {
        gate.categories = reading::words(node, &at("categories"), "category", &CATEGORIES, findings);
    }
    if let Some(node) = fields.optional("items") {
        gate.items = reading::references(node, &at("items"), "item", &declared.items, findings);
    }
    gate.score = fields.optional("score").and_then(|node| reading::whole(node, &at("score"), (0, 100), findings));
    if let Some(node) = fields.optional("poll") {
        gate.poll = truth(node, &at("poll"), findings).unwrap_or_default();
        if gate.poll && !polled {
            findings.add(node.at, format!("{} is true, but the file has no poll.", at("poll")), "Add a poll, or remove the key.");
        }
    }
}

/// Reads the poll.
pub(super) fn poll(node: &Node, declared: &Declared, gates: &[GateDefinition], findings: &mut Findings) -> Option<PollDefinition> {
    let fields = Fields::read(node, "poll", &POLL_KEYS, findings)?;
    let director = fields.required("director", "director: stakeholder", findings);
    let director = director.and_then(|node| reading::reference(node, "poll.director", "role", &declared.roles, findings));
    let names: Vec<String> = gates.iter().map(|gate| gate.name.clone()).collect();
    let named = fields.required("gate", "gate: go-live", findings);
    let gate = named.and_then(|node| reading::reference(node, "poll.gate", "gate", &names, findings));
    if let (Some(node), Some(gate)) = (named, gates.iter().find(|known| gate.as_ref() == Some(&known.name)))
        && !gate.poll
    {
        let message = format!("poll.gate names {}, which opens without the poll.", gate.name);
        findings.add(node.at, message, format!("Add poll: true to gates.{}.needs.", gate.name));
    }
    let apart = fields.optional("apart").and_then(|node| reading::word(node, "poll.apart", "way to part people", &APART, findings));
    let example = "stations: {tech-lead: {title: Tech lead, role: tech-lead, shows: [snapshot]}}";
    let stations = fields.required("stations", example, findings).map(|node| stations(node, declared, findings)).unwrap_or_default();
    Some(PollDefinition { stations, director: director?, gate: gate?, apart })
}

fn stations(node: &Node, declared: &Declared, findings: &mut Findings) -> Vec<StationDefinition> {
    let Some(fields) = Fields::open(node, "poll.stations", findings) else { return Vec::new() };
    if fields.entries().is_empty() {
        findings.add(node.at, "poll.stations has no station.", "Write at least one, or remove the poll.");
    }
    let mut stations = Vec::new();
    for entry in fields.entries() {
        reading::id(&entry.key, entry.at, "station", findings);
        stations.extend(station(entry, &fields.path_of(&entry.key), declared, findings));
    }
    stations
}

fn station(entry: &Entry, path: &str, declared: &Declared, findings: &mut Findings) -> Option<StationDefinition> {
    let fields = Fields::read(&entry.node, path, &STATION_KEYS, findings)?;
    let title = fields.required("title", "title: Tech lead", findings);
    let title = title.and_then(|node| text(node, &fields.path_of("title"), findings));
    let role = fields.required("role", "role: tech-lead", findings);
    let role = role.and_then(|node| reading::reference(node, &fields.path_of("role"), "role", &declared.roles, findings));
    let node = fields.required("shows", "shows: [snapshot, error-rate]", findings)?;
    let path = fields.path_of("shows");
    let before = findings.count();
    let shows = reading::references(node, &path, "item", &declared.items, findings);
    if shows.is_empty() && findings.count() == before {
        findings.add(node.at, format!("{path} is empty."), "Name at least one item: nobody says Go to nothing.");
    }
    Some(StationDefinition { id: entry.key.clone(), title: title?.trim().to_owned(), role: role?, shows })
}
