//! YAML 1.2 (<https://yaml.org/spec/1.2.2/>) as a tree whose every key and value knows its place.
//!
//! Built from the parser's events, because ready-made trees drop the first of two equal keys. What a definition has no use for and what
//! could make a small file large (aliases, tags, further documents, deep nesting) is a finding.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};

use super::findings::{Findings, Place, number};

/// Nesting beyond this is no definition.
const DEEPEST: usize = 16;

/// A value and where it begins.
#[derive(Debug)]
pub(super) struct Node {
    pub at: Place,
    /// Where the first character of a text lies, where each further one lies in the next column; none else.
    pub text_at: Option<Place>,
    /// True for a text whose lines are those of the file, behind a `|`.
    pub block: bool,
    pub value: Value,
}

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    Mapping(Vec<Entry>),
    Sequence(Vec<Node>),
    Text(String),
    Number(String),
    Truth(String),
    Nothing,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: String,
    pub at: Place,
    pub node: Node,
}

impl Value {
    /// What it is, for people.
    pub(super) fn kind(&self) -> &'static str {
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
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Node> {
    let mut tree = Tree::default();
    let mut documents = 0;
    let mut parser = Parser::new_from_str(text);
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
        findings.add(Place::START, "The file is empty.", "Write at least name, environment and components (docs/definition.md).");
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
#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    root: Option<Node>,
}

/// A collection that has not ended.
struct Open {
    at: Place,
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
        if let Event::Scalar(_, _, _, Some(tag)) | Event::SequenceStart(_, Some(tag)) | Event::MappingStart(_, Some(tag)) = &event {
            findings.add(at, format!("The tag {tag} has no meaning in a definition."), "Remove the tag.");
        }
        match event {
            Event::Scalar(text, style, ..) => {
                let text_at = text_at(&text, style, span);
                self.place(Node { at, text_at, block: style == ScalarStyle::Literal, value: scalar(text, style) }, findings);
            }
            Event::Alias(_) => {
                findings.add(at, "Aliases (*name) are not read in a definition.", "Write the value out; what follows was not read.");
                return false;
            }
            Event::MappingStart(..) => self.open.push(Open { at, content: Content::Mapping { entries: Vec::new(), key: None } }),
            Event::SequenceStart(..) => self.open.push(Open { at, content: Content::Sequence(Vec::new()) }),
            Event::MappingEnd | Event::SequenceEnd => self.close(findings),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
        if self.open.len() > DEEPEST {
            findings.add(at, format!("This is nested more than {DEEPEST} levels deep."), "Flatten it.");
        }
        self.open.len() <= DEEPEST
    }

    fn close(&mut self, findings: &mut Findings) {
        let Some(Open { at, content }) = self.open.pop() else { return };
        let value = match content {
            Content::Mapping { entries, .. } => Value::Mapping(entries),
            Content::Sequence(nodes) => Value::Sequence(nodes),
        };
        self.place(Node { at, text_at: None, block: false, value }, findings);
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
