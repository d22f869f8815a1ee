//! Values as Go's YAML library takes them.

use std::time::Duration;

use quarterdeck_document::{
    fields::Fields,
    findings::{Findings, Place},
    yaml::{Entry, Node, Value},
};

/// A text and where it stands.
#[derive(Debug, Clone)]
pub struct Written {
    /// What was written.
    pub text: String,
    /// Where it begins.
    pub at: Place,
}

/// The value of a key; none where the key is not there or has nothing behind it.
pub fn given<'n>(fields: &Fields<'n>, key: &str) -> Option<&'n Node> {
    fields.optional(key).filter(|node| !matches!(node.value, Value::Nothing))
}

/// The items of a list; none after a finding, or where there is nothing.
pub fn items<'n>(node: Option<&'n Node>, path: &str, findings: &mut Findings) -> &'n [Node] {
    match node.map(|node| (&node.value, node.at)) {
        None | Some((Value::Nothing, _)) => &[],
        Some((Value::Sequence(items), _)) => items,
        Some((other, at)) => {
            findings.add(at, format!("{path} must be a list, not {}.", other.kind()), "Write each item on a line behind a dash.");
            &[]
        }
    }
}

/// A text; a number or a truth stands for its own letters, nothing for an empty text. None after a finding.
pub fn word(node: &Node, path: &str, findings: &mut Findings) -> Option<Written> {
    match &node.value {
        Value::Text(text) | Value::Number(text) | Value::Truth(text) => Some(Written { text: text.clone(), at: node.at }),
        Value::Nothing => Some(Written { text: String::new(), at: node.at }),
        other => {
            findings.add(node.at, format!("{path} must be text, not {}.", other.kind()), "Write one value.");
            None
        }
    }
}

/// A list of texts.
pub fn words(node: Option<&Node>, path: &str, findings: &mut Findings) -> Vec<Written> {
    let items = items(node, path, findings).iter().enumerate();
    items.filter_map(|(i, item)| word(item, &format!("{path}[{i}]"), findings)).collect()
}

/// A mapping from names to texts, with the places of both.
pub fn pairs(node: Option<&Node>, path: &str, findings: &mut Findings) -> Vec<(Written, Written)> {
    let Some(fields) = node.and_then(|node| Fields::open(node, path, findings)) else { return Vec::new() };
    let mut pairs = Vec::new();
    for entry in fields.entries() {
        let name = Written { text: entry.key.clone(), at: entry.at };
        pairs.extend(word(&entry.node, &fields.path_of(&entry.key), findings).map(|value| (name, value)));
    }
    pairs
}

/// True or false, as YAML 1.1 has it. None after a finding.
pub fn truth(node: &Node, path: &str, findings: &mut Findings) -> Option<bool> {
    let word = match &node.value {
        Value::Truth(word) | Value::Text(word) if node.text_at.is_none_or(|at| at == node.at) => word.to_lowercase(),
        _ => String::new(),
    };
    match word.as_str() {
        "true" | "yes" | "y" | "on" => Some(true),
        "false" | "no" | "n" | "off" => Some(false),
        _ => {
            findings.add(node.at, format!("{path} must be true or false, not {}.", node.value.kind()), "Write true or false.");
            None
        }
    }
}

/// A duration. None after a finding.
pub fn duration(node: &Node, path: &str, findings: &mut Findings) -> Option<Duration> {
    let written = word(node, path, findings)?;
    let read = parse_duration(&written.text);
    if read.is_none() {
        let message = format!("{path} is no duration: {:?}.", written.text);
        findings.add(node.at, message, "Write numbers with units, the largest first, as in 30s, 5m, 1h30m or 1d.");
    }
    read
}

/// Prometheus's durations: `1y2w3d4h5m6s7ms`, each part at most once, in this order; `0` needs no unit.
pub fn parse_duration(text: &str) -> Option<Duration> {
    const UNITS: [(&str, u64); 7] =
        [("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let (mut rest, mut total, mut from) = (text, 0_u64, 0);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: u64 = rest[..digits].parse().ok()?;
        let unit_ends = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |length| digits + length);
        let unit = UNITS[from..].iter().position(|(unit, _)| *unit == &rest[digits..unit_ends])? + from;
        total = total.checked_add(count.checked_mul(UNITS[unit].1)?)?;
        (rest, from) = (&rest[unit_ends..], unit + 1);
    }
    // Go counts nanoseconds in 63 bits.
    let fits = !text.is_empty() && total.checked_mul(1_000_000).is_some_and(|nanoseconds| i64::try_from(nanoseconds).is_ok());
    fits.then(|| Duration::from_millis(total))
}

/// With `<<: *name` replaced by what it stands for; keys that are written beside it win.
pub fn merged(node: Node) -> Node {
    let value = match node.value {
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(merged).collect()),
        Value::Mapping(entries) => Value::Mapping(merged_entries(entries)),
        other => other,
    };
    Node { value, ..node }
}

fn merged_entries(entries: Vec<Entry>) -> Vec<Entry> {
    let entries = entries.into_iter().map(|entry| Entry { node: merged(entry.node), ..entry });
    let (merge, mut own): (Vec<Entry>, Vec<Entry>) = entries.partition(|entry| entry.key == "<<");
    for Entry { key, at, node } in merge {
        let sources = match node.value {
            Value::Sequence(items) => items,
            value => vec![Node { value, ..node }],
        };
        for source in sources {
            match source.value {
                Value::Mapping(more) => {
                    let more: Vec<Entry> = more.into_iter().filter(|new| own.iter().all(|known| known.key != new.key)).collect();
                    own.extend(more);
                }
                // No mapping: it stays, and is reported as a key that is not known.
                value => own.push(Entry { key: key.clone(), at, node: Node { value, ..source } }),
            }
        }
    }
    own
}
