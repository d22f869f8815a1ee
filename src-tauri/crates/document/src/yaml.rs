//! YAML 1.2 (<https://yaml.org/spec/1.2.2/>) as a tree whose every key and value knows its place.
//!
//! Built from the parser's events, because ready-made trees drop the first of two equal keys. What a definition has no use for and what
//! could make a small file large (aliases, tags, further documents, deep nesting) is a finding.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};

use crate::{
    findings::{Findings, Place, number},
    loose,
};

/// Nodes that aliases of one file may stand for together: a small file must not become a large tree.
const MOST_ALIASED: usize = 10_000;

/// How strictly a file is read.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// What the file is, for people: `a definition`.
    pub what: &'static str,
    /// What to do where it is empty.
    pub empty: &'static str,
    /// Nesting beyond this is refused.
    pub deepest: usize,
    /// Aliases (`*name`) stand for what was anchored, and `<<` puts in the keys of another mapping; else they are findings. It is somebody
    /// else's file, too: what the libraries of Go read is read.
    pub aliases: bool,
}

/// A file of ours.
pub const DEFINITION: Manner = Manner {
    what: "a definition",
    empty: "Write at least name, environment and components (docs/definition.md).",
    deepest: 16,
    aliases: false,
};

/// A value and where it begins.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it begins.
    pub at: Place,
    /// Where the first character of a text lies, where each further one lies in the next column; none else.
    pub text_at: Option<Place>,
    /// True for a text whose lines are those of the file, behind a `|`.
    pub block: bool,
    /// What it is.
    pub value: Value,
}

/// A value.
#[derive(Debug, Clone)]
pub enum Value {
    /// Keys with their values, in the order of the file; equal ones are all there.
    Mapping(Vec<Entry>),
    /// Items in their order.
    Sequence(Vec<Node>),
    /// Text, whatever it looks like where it is quoted.
    Text(String),
    /// A number, as it was written.
    Number(String),
    /// `true` or `false`, as it was written.
    Truth(String),
    /// Empty, `~` or `null`.
    Nothing,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key begins.
    pub at: Place,
    /// The value.
    pub node: Node,
}

impl Value {
    /// What it is, for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Mapping(_) => "a mapping",
            Self::Sequence(_) => "a list",
            Self::Text(_) => "text",
            Self::Number(_) => "a number",
            Self::Truth(_) => "true or false",
            Self::Nothing => "empty",
        }
    }
}

/// The tree of a file. `None` after a finding that leaves nothing to look at.
pub fn read(text: &str, manner: Manner, findings: &mut Findings) -> Option<Node> {
    let mut tree = Tree { manner, open: Vec::new(), root: None, anchored: Vec::new(), aliased: 0 };
    let mut documents = 0;
    let text = if manner.aliases { loose::indented(text) } else { Cow::Borrowed(text) };
    let mut parser = Parser::new_from_str(&text);
    while let Some(event) = parser.next_event() {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                add_syntax_error(&error, findings);
                return None;
            }
        };
        let at = place(&span.start);
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                findings.add(at, "A second document begins here.", "Keep one document: remove the line with --- and what follows it.");
                break;
            }
        }
        if !tree.take(event, &span, findings) {
            return None;
        }
    }
    let root = tree.root.filter(|root| !matches!(root.value, Value::Nothing));
    if root.is_none() {
        findings.add(Place::START, "The file is empty.", manner.empty);
    }
    root
}

fn add_syntax_error(error: &ScanError, findings: &mut Findings) {
    let hint = "Check the indentation (spaces, no tabs), colons and quotes here and on the lines beside it; what follows was not read.";
    findings.add(place(error.marker()), format!("This is not YAML: {}.", error.info().trim_end_matches('.')), hint);
}

fn place(marker: &Marker) -> Place {
    Place { line: number(marker.line().max(1)), column: number(marker.col() + 1) }
}

/// A tree that grows.
struct Tree {
    manner: Manner,
    open: Vec<Open>,
    root: Option<Node>,
    /// What an alias may stand for, by the parser's number.
    anchored: Vec<(usize, Node)>,
    /// Nodes that aliases stood for so far.
    aliased: usize,
}

/// A collection that has not ended.
struct Open {
    at: Place,
    /// The number of its anchor; zero where it has none.
    anchor: usize,
    content: Content,
}

enum Content {
    Mapping { entries: Vec<Entry>, key: Option<(String, Place)> },
    Sequence(Vec<Node>),
}

impl Tree {
    /// Takes one event; false where reading cannot go on.
    fn take(&mut self, event: Event<'_>, span: &Span, findings: &mut Findings) -> bool {
        let at = place(&span.start);
        let Manner { what, deepest, .. } = self.manner;
        if let Event::Scalar(_, _, _, Some(tag)) | Event::SequenceStart(_, Some(tag)) | Event::MappingStart(_, Some(tag)) = &event {
            findings.add(at, format!("The tag {tag} has no meaning in {what}."), "Remove the tag.");
        }
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let text_at = text_at(&text, style, span);
                let node = Node { at, text_at, block: style == ScalarStyle::Literal, value: scalar(text, style) };
                self.anchor(anchor, &node);
                self.place(node, findings);
            }
            Event::Alias(anchor) => return self.stand_in(anchor, at, findings),
            Event::MappingStart(anchor, _) => self.begin(at, anchor, Content::Mapping { entries: Vec::new(), key: None }),
            Event::SequenceStart(anchor, _) => self.begin(at, anchor, Content::Sequence(Vec::new())),
            Event::MappingEnd | Event::SequenceEnd => self.close(findings),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
        if self.open.len() > deepest {
            findings.add(at, format!("This is nested more than {deepest} levels deep."), "Flatten it.");
        }
        self.open.len() <= deepest
    }

    fn begin(&mut self, at: Place, anchor: usize, content: Content) {
        self.open.push(Open { at, anchor, content });
    }

    /// Remembers what an alias may stand for. The parser counts anchors from 1; zero is none.
    fn anchor(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 && self.manner.aliases {
            self.anchored.push((anchor, node.clone()));
        }
    }

    /// Puts in what was anchored; false where reading cannot go on.
    fn stand_in(&mut self, anchor: usize, at: Place, findings: &mut Findings) -> bool {
        if !self.manner.aliases {
            let message = format!("Aliases (*name) are not read in {}.", self.manner.what);
            findings.add(at, message, "Write the value out; what follows was not read.");
            return false;
        }
        let Some((_, node)) = self.anchored.iter().rev().find(|(known, _)| *known == anchor) else {
            findings.add(at, "This alias stands for something that contains it.", "Write the value out; what follows was not read.");
            return false;
        };
        let (node, size) = (Node { at, text_at: None, ..node.clone() }, size(node));
        self.aliased += size;
        if self.aliased > MOST_ALIASED {
            findings.add(
                at,
                format!("Aliases stand for more than {MOST_ALIASED} values."),
                "Write some of them out; what follows was not read.",
            );
            return false;
        }
        self.place(node, findings);
        true
    }

    fn close(&mut self, findings: &mut Findings) {
        let Some(Open { at, anchor, content }) = self.open.pop() else { return };
        let value = match content {
            Content::Mapping { entries, .. } if self.manner.aliases => Value::Mapping(merged(entries)),
            Content::Mapping { entries, .. } => Value::Mapping(entries),
            Content::Sequence(nodes) => Value::Sequence(nodes),
        };
        let node = Node { at, text_at: None, block: false, value };
        self.anchor(anchor, &node);
        self.place(node, findings);
    }

    /// Puts a whole node where it belongs: as root, item, key or value.
    fn place(&mut self, node: Node, findings: &mut Findings) {
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::Sequence(nodes)) => nodes.push(node),
            Some(Content::Mapping { entries, key }) => match key.take() {
                Some((key, at)) => entries.push(Entry { key, at, node }),
                None => *key = Some((key_text(&node, findings), node.at)),
            },
        }
    }
}

/// Keys that `<<` names, put in where they are not there already (<https://yaml.org/type/merge.html>).
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    if !entries.iter().any(|entry| entry.key == "<<") {
        return entries;
    }
    let (merges, mut all): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| entry.key == "<<");
    for entry in merges {
        let at = entry.at;
        let others = match entry.node.value {
            Value::Mapping(others) => others,
            Value::Sequence(nodes) if nodes.iter().all(|node| matches!(node.value, Value::Mapping(_))) => {
                let inner = nodes.into_iter().map(|node| if let Value::Mapping(others) = node.value { others } else { Vec::new() });
                inner.flatten().collect()
            }
            // Something else is a key like any other, and a finding where it is not known.
            value => {
                all.push(Entry { node: Node { value, ..entry.node }, ..entry });
                continue;
            }
        };
        for other in others {
            if !all.iter().any(|known| known.key == other.key) {
                all.push(Entry { at, ..other });
            }
        }
    }
    all
}

/// How many values a node holds, itself among them.
fn size(node: &Node) -> usize {
    let within = match &node.value {
        Value::Mapping(entries) => entries.iter().map(|entry| size(&entry.node)).sum(),
        Value::Sequence(nodes) => nodes.iter().map(size).sum(),
        _ => 0,
    };
    within + 1
}

fn key_text(node: &Node, findings: &mut Findings) -> String {
    match &node.value {
        Value::Text(text) | Value::Number(text) | Value::Truth(text) => text.clone(),
        Value::Mapping(_) | Value::Sequence(_) | Value::Nothing => {
            findings.add(node.at, format!("A key cannot be {}.", node.value.kind()), "Use plain text as the key.");
            String::new()
        }
    }
}

/// Escapes and folded lines leave no column to each character: then the text is shorter or longer than its place.
fn text_at(text: &str, style: ScalarStyle, span: &Span) -> Option<Place> {
    let quotes = match style {
        ScalarStyle::Plain => 0,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => 1,
        ScalarStyle::Literal | ScalarStyle::Folded => return None,
    };
    let begin = place(&span.start);
    let fits = span.start.line() == span.end.line() && span.end.col() - span.start.col() == text.chars().count() + 2 * quotes;
    fits.then(|| Place { column: begin.column + number(quotes), ..begin })
}

/// What a scalar means by the core schema (YAML 1.2.2 §10.3.2).
fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Value {
    let text = text.into_owned();
    if style != ScalarStyle::Plain {
        return Value::Text(text);
    }
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Nothing,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Value::Truth(text),
        _ if is_number(&text) => Value::Number(text),
        _ => Value::Text(text),
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['-', '+']);
    let based = |prefix, radix| unsigned.strip_prefix(prefix).is_some_and(|digits| u128::from_str_radix(digits, radix).is_ok());
    let decimal = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok();
    let special = matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN");
    decimal || special || based("0x", 16) || based("0o", 8)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const FOREIGN: Manner = Manner { what: "a file", empty: "Write something.", deepest: 64, aliases: true };

    fn found(text: &str, manner: Manner) -> (Option<Node>, Vec<String>) {
        let mut findings = Findings::new(Path::new("a.yml"));
        let node = read(text, manner, &mut findings);
        (node, findings.in_order().into_iter().map(|finding| finding.message).collect())
    }

    #[test]
    fn an_alias_stands_for_what_was_anchored() {
        let (node, findings) = found("a: &x {k: [1, 2]}\nb: *x\n", FOREIGN);
        assert_eq!(findings, [""; 0]);
        let Some(Node { value: Value::Mapping(entries), .. }) = node else { panic!("no mapping") };
        assert_eq!(format!("{:?}", entries[0].node.value), format!("{:?}", entries[1].node.value));
        assert_eq!(entries[1].node.at, Place { line: 2, column: 4 });
    }

    #[test]
    fn keys_of_another_mapping_are_put_in() {
        let (node, findings) = found("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: {<<: [{z: 1}, *a], x: 0}\n", FOREIGN);
        assert_eq!(findings, [""; 0]);
        let Some(Node { value: Value::Mapping(entries), .. }) = node else { panic!("no mapping") };
        let keys = |entry: &Entry| -> Vec<String> {
            let Value::Mapping(inner) = &entry.node.value else { panic!("no mapping") };
            inner.iter().map(|entry| format!("{}={:?}", entry.key, entry.node.value)).collect()
        };
        assert_eq!(keys(&entries[1]), ["y=Number(\"3\")", "x=Number(\"1\")"]);
        assert_eq!(keys(&entries[2]), ["x=Number(\"0\")", "z=Number(\"1\")", "y=Number(\"2\")"]);
        let (_, findings) = found("a: {x: 1}\nb: {<<: {x: 1}}\n", DEFINITION);
        assert_eq!(findings, [""; 0]);
    }

    #[test]
    fn aliases_do_not_make_a_small_file_large() {
        let mut text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
        for i in 1..9 {
            text += &format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(", "));
        }
        let (node, findings) = found(&text, FOREIGN);
        assert!(node.is_none());
        assert_eq!(findings, ["Aliases stand for more than 10000 values."]);
    }

    #[test]
    fn a_definition_has_no_aliases() {
        let (node, findings) = found("a: &x 1\nb: *x\n", DEFINITION);
        assert!(node.is_none());
        assert_eq!(findings, ["Aliases (*name) are not read in a definition."]);
    }
}
