//! Names with the channels behind them.

use quarterdeck_document::{fields::Fields, findings::Findings, yaml::Node};

use super::{Receiver, value};
use crate::notify::channel::{Channel, Global, KINDS};

/// Reads the list; a name that is there twice is a finding.
pub fn read(node: Option<&Node>, global: &Global, findings: &mut Findings) -> Vec<Receiver> {
    let mut receivers: Vec<Receiver> = Vec::new();
    for (i, node) in value::items(node, "receivers", findings).iter().enumerate() {
        let Some(receiver) = receiver(node, &format!("receivers[{i}]"), global, findings) else { continue };
        if let Some(first) = receivers.iter().find(|first| first.name == receiver.name) {
            let message = format!("The receiver {} is there twice, first on line {}.", receiver.name, first.at.line);
            findings.add(receiver.at, message, "Give one of them another name.");
        }
        receivers.push(receiver);
    }
    receivers
}

fn receiver(node: &Node, path: &str, global: &Global, findings: &mut Findings) -> Option<Receiver> {
    let known: Vec<&str> = ["name", "labels"].into_iter().chain(KINDS.iter().copied()).collect();
    let fields = Fields::read(node, path, &known, findings)?;
    let name =
        fields.required("name", "name: people-on-call", findings).and_then(|node| value::word(node, &format!("{path}.name"), findings));
    if let Some(name) = name.as_ref().filter(|name| name.text.is_empty()) {
        findings.add(name.at, format!("{path}.name is empty."), "Write a name that routes can use.");
    }
    let labels = value::pairs(value::given(&fields, "labels"), &format!("{path}.labels"), findings);
    if let Some((at, _)) =
        labels.iter().find(|(key, value)| key.text == "name" && name.as_ref().is_some_and(|name| name.text != value.text))
    {
        findings.add(at.at, format!("{path}.labels.name is not the receiver's name."), "Remove it: the name is put there anyway.");
    }
    let mut channels = Vec::new();
    for key in fields.entries().iter().map(|entry| entry.key.as_str()).filter(|key| KINDS.contains(key)) {
        let path = format!("{path}.{key}");
        let items = value::items(value::given(&fields, key), &path, findings).iter().enumerate();
        channels.extend(items.filter_map(|(i, node)| Channel::read(key, node, &format!("{path}[{i}]"), global, findings)));
    }
    Some(Receiver { name: name?.text, channels, at: node.at })
}
