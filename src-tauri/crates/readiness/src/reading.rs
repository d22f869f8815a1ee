//! Parts that several of our files have: ids, lists of known words, bounded times and numbers.

use std::path::{Component, Path};

use quarterdeck_document::{
    duration,
    fields::{nearest, text},
    findings::{Findings, Place},
    yaml::{Entry, Node, Value},
};
use quarterdeck_model::Millis;

/// How old evidence may be at least and at most.
pub(crate) const LASTS: (Millis, Millis) = (Millis(60_000), Millis(90 * 86_400_000));

/// Adds a finding unless a key can be an id: 1 to 63 lowercase letters, figures and dashes, no dash in front.
pub(crate) fn id(key: &str, at: Place, what: &str, findings: &mut Findings) -> bool {
    let first = key.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let rest = key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let good = first && rest && key.len() <= 63;
    if !good {
        let message = format!("{:?} cannot be the id of a {what}.", key.chars().take(80).collect::<String>());
        findings.add(at, message, "Use 1 to 63 lowercase letters, figures and dashes, beginning with a letter or figure.");
    }
    good
}

/// The keys of a mapping with their values; none of anything else.
pub(crate) fn entries(node: &Node) -> &[Entry] {
    if let Value::Mapping(entries) = &node.value { entries } else { &[] }
}

/// The items of a list; none after the finding that it is none.
pub(crate) fn list<'n>(node: &'n Node, path: &str, example: &str, findings: &mut Findings) -> &'n [Node] {
    if let Value::Sequence(items) = &node.value {
        return items;
    }
    findings.add(node.at, format!("{path} must be a list, not {}.", node.value.kind()), format!("Write a list, such as: {example}"));
    &[]
}

/// A list of texts, none of them blank.
pub(crate) fn texts<'n>(node: &'n Node, path: &str, example: &str, findings: &mut Findings) -> Vec<(&'n str, Place)> {
    let items = list(node, path, example, findings).iter().enumerate();
    items.filter_map(|(i, node)| Some((text(node, &format!("{path}[{}]", i + 1), findings)?, node.at))).collect()
}

/// One word of those that are known.
pub(crate) fn word<T: Copy>(node: &Node, path: &str, what: &str, known: &[(&str, T)], findings: &mut Findings) -> Option<T> {
    let written = text(node, path, findings)?;
    let found = known.iter().find(|(word, _)| *word == written).map(|(_, meant)| *meant);
    if found.is_none() {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        unknown(written, node.at, path, what, &words, findings);
    }
    found
}

/// A list of words that are known, each once.
pub(crate) fn words<T: Copy>(node: &Node, path: &str, what: &str, known: &[(&str, T)], findings: &mut Findings) -> Vec<T> {
    let example = format!("[{}]", known.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "));
    let items = list(node, path, &example, findings);
    once(items, path, findings);
    items.iter().enumerate().filter_map(|(i, node)| word(node, &format!("{path}[{}]", i + 1), what, known, findings)).collect()
}

/// A list of ids that the file declares, each once.
pub(crate) fn references(node: &Node, path: &str, what: &str, known: &[String], findings: &mut Findings) -> Vec<String> {
    let items = list(node, path, &format!("[{}]", known.first().map_or("…", String::as_str)), findings);
    once(items, path, findings);
    items.iter().enumerate().filter_map(|(i, node)| reference(node, &format!("{path}[{}]", i + 1), what, known, findings)).collect()
}

/// An id that the file declares.
pub(crate) fn reference(node: &Node, path: &str, what: &str, known: &[String], findings: &mut Findings) -> Option<String> {
    let written = text(node, path, findings)?;
    if known.iter().any(|known| known == written) {
        return Some(written.to_owned());
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    unknown(written, node.at, path, what, &known, findings);
    None
}

fn once(items: &[Node], path: &str, findings: &mut Findings) {
    for (i, node) in items.iter().enumerate() {
        if let Value::Text(text) = &node.value
            && items[..i].iter().any(|other| matches!(&other.value, Value::Text(other) if other == text))
        {
            findings.add(node.at, format!("{path} names {text} twice."), "Keep one of the two.");
        }
    }
}

fn unknown(written: &str, at: Place, path: &str, what: &str, known: &[&str], findings: &mut Findings) {
    let hint = match nearest(written, known) {
        Some(near) => format!("Write {near} instead."),
        None if known.is_empty() => format!("Add the {what} to the file first."),
        None => format!("Write one of: {}.", known.iter().take(12).copied().collect::<Vec<_>>().join(", ")),
    };
    findings.add(at, format!("{path} names no {what} that is known: {:?}.", written.chars().take(80).collect::<String>()), hint);
}

/// A time between two others, both included.
pub(crate) fn time(node: &Node, path: &str, (least, most): (Millis, Millis), findings: &mut Findings) -> Option<Millis> {
    let written = text(node, path, findings)?;
    let time = findings.take(node.at, duration::parse(written, path))?;
    if time < least || time > most {
        findings.add(node.at, format!("{path} is {time}."), format!("Write a time from {least} to {most}."));
        return None;
    }
    Some(time)
}

/// A whole number between two others, both included.
pub(crate) fn whole(node: &Node, path: &str, (least, most): (u32, u32), findings: &mut Findings) -> Option<u32> {
    let number = if let Value::Number(number) = &node.value { number.parse::<u32>().ok() } else { None };
    let fitting = number.filter(|number| (least..=most).contains(number));
    if fitting.is_none() {
        findings.add(node.at, format!("{path} is no whole number from {least} to {most}."), "Write it in figures.");
    }
    fitting
}

/// Adds a finding where a path leads out of the definition's folder. Links are the engine's to follow.
pub(crate) fn inside(written: &str, at: Place, path: &str, findings: &mut Findings) -> bool {
    let mut depth = 0_usize;
    for part in Path::new(written).components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                findings.add(
                    at,
                    format!("{path} leaves the definition's folder: {written}."),
                    "Name a file beside or below quarterdeck.yaml.",
                );
                return false;
            }
        }
    }
    if written.contains('\0') {
        findings.add(at, format!("{path} has a zero byte in it."), "Take it out.");
    }
    !written.contains('\0')
}
