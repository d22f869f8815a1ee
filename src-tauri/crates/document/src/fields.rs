//! Reads a mapping whose keys are known, and values of one type.

use crate::{
    findings::{Findings, Place},
    yaml::{Entry, Node, Value},
};

/// A mapping of which every key is known; those that are not have been reported.
pub struct Fields<'n> {
    /// Where it stands, as in `components.main`; empty for the whole file.
    path: String,
    at: Place,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// The fields of a mapping. `None` after the finding that it is no mapping.
    pub fn read(node: &'n Node, path: &str, known: &[&str], findings: &mut Findings) -> Option<Self> {
        let fields = Self::open(node, path, findings)?;
        for entry in fields.entries {
            if !known.contains(&entry.key.as_str()) {
                let hint = match nearest(&entry.key, known) {
                    Some(near) => format!("Write {near} instead."),
                    None => format!("Remove it; known here: {}.", known.join(", ")),
                };
                findings.add(entry.at, format!("{} is not a known key.", fields.path_of(&entry.key)), hint);
            }
        }
        Some(fields)
    }

    /// The fields of a mapping whose keys are free, each at most once.
    pub fn open(node: &'n Node, path: &str, findings: &mut Findings) -> Option<Self> {
        let Value::Mapping(entries) = &node.value else {
            let name = if path.is_empty() { "The file" } else { path };
            findings.add(
                node.at,
                format!("{name} must be a mapping, not {}.", node.value.kind()),
                "Write it as lines of the form key: value.",
            );
            return None;
        };
        let fields = Self { path: path.to_owned(), at: node.at, entries };
        for (i, entry) in entries.iter().enumerate() {
            if let Some(first) = entries[..i].iter().find(|first| first.key == entry.key) {
                let message = format!("{} is there twice, first on line {}.", fields.path_of(&entry.key), first.at.line);
                findings.add(entry.at, message, "Keep one of the two.");
            }
        }
        Some(fields)
    }

    /// All keys with their values, in the order of the file.
    pub fn entries(&self) -> &'n [Entry] {
        self.entries
    }

    /// The value of a key, if it is there.
    pub fn optional(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The value of a key that has to be there; `example` is a line that would do.
    pub fn required(&self, key: &str, example: &str, findings: &mut Findings) -> Option<&'n Node> {
        let found = self.optional(key);
        if found.is_none() {
            findings.add(self.at, format!("{} is missing.", self.path_of(key)), format!("Add a line such as: {example}"));
        }
        found
    }

    /// A key with the keys that lead to it, as people write it.
    pub fn path_of(&self, key: &str) -> String {
        let shown: String = key.chars().take(60).flat_map(char::escape_debug).collect();
        match (self.path.is_empty(), shown.is_empty()) {
            (_, true) => format!("{}\"\"", self.path),
            (true, _) => shown,
            (false, _) => format!("{}.{shown}", self.path),
        }
    }
}

/// A value that has to be true or false. `None` after a finding.
pub fn truth(node: &Node, path: &str, findings: &mut Findings) -> Option<bool> {
    match &node.value {
        Value::Truth(word) => Some(word.eq_ignore_ascii_case("true")),
        other => {
            findings.add(node.at, format!("{path} must be true or false, not {}.", other.kind()), "Write true or false.");
            None
        }
    }
}

/// A value that has to be text and not blank. `None` after a finding.
pub fn text<'n>(node: &'n Node, path: &str, findings: &mut Findings) -> Option<&'n str> {
    match &node.value {
        Value::Text(text) if text.trim().is_empty() => {
            findings.add(node.at, format!("{path} is empty."), "Write a value, or remove the key.");
            None
        }
        Value::Text(text) => Some(text),
        Value::Nothing => {
            findings.add(node.at, format!("{path} has no value."), "Write a value behind the colon, or remove the key.");
            None
        }
        Value::Number(_) | Value::Truth(_) => {
            findings.add(node.at, format!("{path} must be text, not {}.", node.value.kind()), "Put it between quotes.");
            None
        }
        Value::Mapping(_) | Value::Sequence(_) => {
            findings.add(node.at, format!("{path} must be text, not {}.", node.value.kind()), "Write one value behind the colon.");
            None
        }
    }
}

/// The known word that was probably meant.
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let far = |candidate: &str| distance(&word.to_lowercase(), candidate);
    let near = known.iter().copied().min_by_key(|candidate| far(candidate))?;
    (far(near) <= near.len().div_ceil(3)).then_some(near)
}

/// How many letters have to be put in, left out or changed (Levenshtein 1965).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &b) in to.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
