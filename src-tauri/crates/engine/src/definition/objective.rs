//! `objectives`: how soon to be back, and how much may be lost, for each scenario.

use quarterdeck_model::{Millis, system::Objective};

use super::{
    duration,
    fields::{Fields, text},
    findings::Findings,
    yaml::{Node, Value},
};

pub(super) const KEYS: [&str; 3] = ["scenario", "rto", "rpo"];

/// Reads all objectives. Those with findings are left out.
pub(super) fn read(node: &Node, findings: &mut Findings) -> Vec<Objective> {
    let Value::Sequence(items) = &node.value else {
        let message = format!("objectives must be a list, not {}.", node.value.kind());
        findings.add(node.at, message, "Write each as: - {scenario: data loss, rto: 1 h, rpo: 1 h}");
        return Vec::new();
    };
    let mut objectives: Vec<Objective> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let path = format!("objectives[{}]", i + 1);
        let Some(objective) = objective(item, &path, findings) else { continue };
        if objectives.iter().any(|other| other.scenario == objective.scenario) {
            findings.add(item.at, format!("{path}.scenario is there twice: {:?}.", objective.scenario), "Keep one of the two.");
        }
        objectives.push(objective);
    }
    objectives
}

fn objective(node: &Node, path: &str, findings: &mut Findings) -> Option<Objective> {
    let fields = Fields::read(node, path, &KEYS, findings)?;
    let scenario = fields.required("scenario", "scenario: data loss", findings);
    let scenario = scenario.and_then(|node| text(node, &fields.path_of("scenario"), findings)).map(|text| text.trim().to_owned());
    let rto = promise(&fields, "rto", findings);
    let rpo = promise(&fields, "rpo", findings);
    Some(Objective { scenario: scenario?, rto: rto?, rpo: rpo? })
}

fn promise(fields: &Fields<'_>, key: &str, findings: &mut Findings) -> Option<Millis> {
    let node = fields.required(key, &format!("{key}: 30 min"), findings)?;
    let path = fields.path_of(key);
    let text = match &node.value {
        Value::Number(digits) => digits,
        _ => text(node, &path, findings)?,
    };
    findings.take(node.at, duration::parse(text, &path))
}
