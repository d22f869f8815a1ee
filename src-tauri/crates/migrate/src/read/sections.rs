//! Files with both ways in them, parted by markers in comments: goose and dbmate.

use std::{collections::BTreeMap, ops::Range};

use quarterdeck_model::migration::{Layout, Problem};

use super::{
    decode::Text,
    detect,
    draft::{Draft, Part, Sorted, two_files},
    names,
};
use crate::{
    collection::{MigrationKind, VersionKey},
    source::SourceFile,
    split,
};

/// How a tool marks the parts of a file.
pub(super) struct Markers {
    layout: Layout,
    /// What the comment begins with.
    up: &'static str,
    down: &'static str,
    /// The comment, or the option behind `up`, that asks for no transaction.
    no_transaction: &'static str,
    /// A comment that makes the tool replace names by values of its environment.
    substitutes: Option<&'static str>,
}

pub(super) const GOOSE: Markers = Markers {
    layout: Layout::Goose,
    up: "+goose up",
    down: "+goose down",
    no_transaction: "+goose no transaction",
    substitutes: Some("+goose envsub on"),
};

pub(super) const DBMATE: Markers =
    Markers { layout: Layout::Dbmate, up: "migrate:up", down: "migrate:down", no_transaction: "transaction:false", substitutes: None };

/// Migrations whose files have both ways in them.
pub(super) fn sort(markers: &Markers, texts: Vec<Text>) -> Sorted {
    let mut sorted = Sorted::default();
    let mut drafts: BTreeMap<VersionKey, Draft> = BTreeMap::new();
    for text in texts {
        let Some(named) = names::named(markers.layout, &text.file.name) else {
            sorted.unused.push(names::unused(markers.layout, &text.file.name));
            continue;
        };
        let parts = markers.parts(&text.file);
        sorted.problems.extend(parts.problems);
        let mut draft = Draft::new(named.version, named.name, MigrationKind::Versioned);
        draft.says_none = parts.says_none;
        let part = |range| Part { text: text.clone(), range };
        draft.up.extend(parts.up.map(part));
        draft.down.extend(parts.down.map(part));
        match drafts.get(&draft.version.key).and_then(|first| first.up.first()) {
            Some(first) => sorted.problems.push(two_files(&draft.version, &first.text.file.name, &text)),
            None => drop(drafts.insert(draft.version.key.clone(), draft)),
        }
    }
    sorted.drafts = drafts.into_values().collect();
    sorted
}

/// The parts of one file.
#[derive(Default)]
struct Parts {
    up: Option<Range<usize>>,
    down: Option<Range<usize>>,
    says_none: Option<String>,
    problems: Vec<Problem>,
}

impl Markers {
    /// True where a line of this text begins the way up.
    pub(super) fn has_up(&self, text: &str) -> bool {
        comments(text).any(|(_, comment)| after(comment, self.up).is_some())
    }

    fn parts(&self, file: &SourceFile) -> Parts {
        let mut parts = Parts::default();
        let end = file.text.len();
        let mut first = None;
        for (line, comment) in comments(&file.text) {
            first = first.or_else(|| self.is_marker(comment).then_some(line.start));
            if let Some(options) = after(comment, self.up) {
                if parts.up.is_some() || parts.down.is_some() {
                    parts.problems.push(self.out_of_order(file, line.start, comment));
                } else {
                    parts.up = Some(line.end..end);
                }
                parts.ask(self, comment, options);
            } else if after(comment, self.down).is_some() {
                match &mut parts.up {
                    Some(up) if parts.down.is_none() => up.end = line.start,
                    _ => parts.problems.push(self.out_of_order(file, line.start, comment)),
                }
                parts.down.get_or_insert(line.end..end);
            } else if self.substitutes.is_some_and(|mark| after(comment, mark).is_some()) {
                parts.problems.push(substitutes(file, line.start));
            } else if self.layout == Layout::Goose {
                parts.ask(self, comment, comment);
            }
        }
        match first {
            None => parts.problems.push(self.no_marker(file)),
            Some(first) => parts.problems.extend(self.sql_before(file, first)),
        }
        parts.up.get_or_insert(end..end);
        parts
    }

    fn is_marker(&self, comment: &str) -> bool {
        after(comment, self.up).is_some() || after(comment, self.down).is_some()
    }

    fn no_marker(&self, file: &SourceFile) -> Problem {
        let tool = detect::tool(self.layout);
        Problem {
            code: "no-up-marker".to_owned(),
            at: Some(file.position(0)),
            message: format!("{} has no line -- {}, and this folder is read as {tool}.", file.name, self.shown_up()),
            hint: format!("Put -- {} before its first statement, or take it out.", self.shown_up()),
        }
    }

    fn sql_before(&self, file: &SourceFile, marker: usize) -> Option<Problem> {
        let statement = split::split(file, 0..marker).statements.into_iter().next()?;
        Some(Problem {
            code: "sql-before-marker".to_owned(),
            at: Some(file.position(statement.span.start)),
            message: format!("A statement stands before -- {}, where nothing is run.", self.shown_up()),
            hint: "Move it below the marker.".to_owned(),
        })
    }

    fn out_of_order(&self, file: &SourceFile, at: usize, comment: &str) -> Problem {
        Problem {
            code: "markers-out-of-order".to_owned(),
            at: Some(file.position(at)),
            message: format!("-- {comment} stands where it has no meaning: a file has one way up, and one way down after it."),
            hint: "Keep one of each, in that order.".to_owned(),
        }
    }

    fn shown_up(&self) -> &'static str {
        if self.layout == Layout::Goose { "+goose Up" } else { self.up }
    }
}

impl Parts {
    fn ask(&mut self, markers: &Markers, comment: &str, options: &str) {
        let asks = match markers.layout {
            Layout::Goose => after(options, markers.no_transaction).is_some(),
            _ => options.split_whitespace().any(|option| option.eq_ignore_ascii_case(markers.no_transaction)),
        };
        if asks {
            self.says_none = Some(format!("-- {comment}"));
        }
    }
}

fn substitutes(file: &SourceFile, at: usize) -> Problem {
    Problem {
        code: "goose-envsub".to_owned(),
        at: Some(file.position(at)),
        message: "goose would put values of its environment into these statements; here they are run as they are written.".to_owned(),
        hint: "Write the values into the file.".to_owned(),
    }
}

/// Comments with which tools part a file in two ways.
const WAYS_DOWN: &[&str] = &["+goose down", "migrate:down", "+migrate down"];

/// A way down in the middle of a file that is read as one piece: it would be run right behind the way up.
pub(super) fn stray_marker(file: &SourceFile) -> Option<Problem> {
    let (line, comment) = comments(&file.text).find(|(_, comment)| WAYS_DOWN.iter().any(|marker| after(comment, marker).is_some()))?;
    Some(Problem {
        code: "way-down-inside".to_owned(),
        at: Some(file.position(line.start)),
        message: format!("-- {comment} begins a way down, and in this layout a file is run from its first line to its last."),
        hint: "Set the layout of the folder, or move the way down out of the file.".to_owned(),
    })
}

/// Lines that are comments of `--` alone: the bytes of the line with its end, and the comment's text.
fn comments(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        Some((start..at, line.trim_start().strip_prefix("--")?.trim()))
    })
}

/// What follows a marker, where a comment begins with it, whatever its case; `+goose UpGrade` does not.
fn after<'a>(comment: &'a str, marker: &str) -> Option<&'a str> {
    let mut rest = comment;
    for word in marker.split(' ') {
        rest = rest.trim_start();
        rest = rest.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).and_then(|_| rest.get(word.len()..))?;
        if !(rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            return None;
        }
    }
    Some(rest.trim())
}
