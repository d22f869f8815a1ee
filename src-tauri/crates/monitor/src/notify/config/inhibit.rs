//! Rules by which alerts keep others quiet.

use quarterdeck_document::{fields::Fields, findings::Findings, yaml::Node};

use super::{route::matchers, value};
use crate::notify::inhibit::InhibitRule;

const KNOWN: &[&str] =
    &["name", "source_match", "source_match_re", "source_matchers", "target_match", "target_match_re", "target_matchers", "equal"];

/// Reads the list.
pub fn read(node: Option<&Node>, findings: &mut Findings) -> Vec<InhibitRule> {
    let items = value::items(node, "inhibit_rules", findings).iter().enumerate();
    items.filter_map(|(i, node)| rule(node, &format!("inhibit_rules[{i}]"), findings)).collect()
}

fn rule(node: &Node, path: &str, findings: &mut Findings) -> Option<InhibitRule> {
    let fields = Fields::read(node, path, KNOWN, findings)?;
    let name = value::given(&fields, "name").and_then(|node| value::word(node, &format!("{path}.name"), findings));
    let equal = value::words(value::given(&fields, "equal"), &format!("{path}.equal"), findings);
    for label in equal.iter().filter(|label| label.text.is_empty()) {
        findings.add(label.at, format!("{path}.equal has a label without a name."), "Write a label's name, or remove the item.");
    }
    Some(InhibitRule {
        name: name.map(|name| name.text).unwrap_or_default(),
        source: matchers(&fields, path, ["source_match", "source_match_re", "source_matchers"], findings),
        target: matchers(&fields, path, ["target_match", "target_match_re", "target_matchers"], findings),
        equal: equal.into_iter().map(|label| label.text).collect(),
        at: node.at,
    })
}
