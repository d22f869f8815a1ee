//! The tree: what a report says, whatever it is set as.

use quarterdeck_model::{Digest, Instant, inspection::Tone};

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What it is and of what: `Readiness of reputation for release 3.4`.
    pub title: String,
    /// One line below: host, environment, checklist and version; empty for none.
    pub subtitle: String,
    /// The one sentence that a reader in a hurry takes along.
    pub verdict: Option<Note>,
    /// What else stands at the top.
    pub facts: Vec<Fact>,
    /// When what it says was true.
    pub as_of: Instant,
    /// In the order of reading.
    pub sections: Vec<Section>,
    /// What proves it.
    pub closing: Closing,
}

/// A name and what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// `Environment`
    pub label: String,
    /// `production`
    pub text: String,
}

/// A heading and what belongs to it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// One line.
    pub heading: String,
    /// Before the sections within.
    pub blocks: Vec<Block>,
    /// Sections within; beyond the third level they look like the third.
    pub sections: Vec<Section>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Prose. A line break stays one.
    Paragraph(String),
    /// Short lines with dots before them.
    List(Vec<String>),
    /// SQL, a command, what a program said: every space and line as it is.
    Code(String),
    /// A sentence with a state.
    Note(Note),
    /// Labels and texts.
    Facts(Vec<Fact>),
    /// Rows and columns.
    Table(Table),
    /// A chart.
    Figure(Figure),
    /// What was asked and what was found.
    Checks(Checks),
    /// Who said what, and who has yet to.
    Signatures(Vec<Signature>),
}

/// A sentence with a state. Without a tone it is neutral: nothing to judge, or not judged yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The hue and the shape.
    pub tone: Option<Tone>,
    /// The state in a word, never left to the hue: `No-go`, `Waived`.
    pub word: String,
    /// The sentence.
    pub text: String,
}

/// Rows and columns. The first column names its row.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it shows; a reader that cannot see hears it first.
    pub caption: String,
    /// From the left.
    pub columns: Vec<Column>,
    /// Each with as many cells as there are columns; missing ones are empty, more are left out.
    pub rows: Vec<Vec<Cell>>,
    /// Said in place of rows where there are none: `No alert fired.`
    pub none: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its head.
    pub head: String,
    /// Where its cells begin.
    pub align: Align,
    /// How much room it takes.
    pub width: Width,
}

/// Where a cell's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left: words.
    #[default]
    Start,
    /// At the right: numbers.
    End,
}

/// How much room a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// As much as its longest line; for short figures and dates.
    Fit,
    /// So many parts of what the fitted ones leave.
    Share(u16),
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// What it says; with a tone, the word for it.
    pub text: String,
    /// A mark before the text, and its hue.
    pub tone: Option<Tone>,
    /// Where a click leads: `https:`, `http:` or `mailto:`. Anything else is left out, and the text stays.
    pub link: Option<String>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// On a light ground. It is a picture: nothing in it runs and nothing is fetched for it.
    pub svg: Vec<u8>,
    /// On a dark ground, for screens; the light one where there is none.
    pub dark: Option<Vec<u8>>,
    /// Below it.
    pub caption: String,
    /// What it shows, in a sentence, for whoever cannot see it.
    pub alt: String,
}

/// What was asked and what was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Checks {
    /// What they are of.
    pub caption: String,
    /// In the order of reading; worst first is the caller's business.
    pub checks: Vec<Check>,
    /// Said where there are none.
    pub none: String,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The hue and the shape of its state.
    pub tone: Option<Tone>,
    /// Its state in a word: `holds`, `fails`, `stale`, `waived`.
    pub word: String,
    /// What was asked.
    pub title: String,
    /// What was found, or why nobody knows; with a waiver, by whom, why and until when.
    pub evidence: String,
    /// When it was found.
    pub as_of: Option<Instant>,
    /// Of the evidence.
    pub digest: Option<Digest>,
}

/// A role, and what was said for it. Unsigned it is set as a line to sign on.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// `QA lead`
    pub role: String,
    /// What was said; `None` while nobody has.
    pub signed: Option<Signed>,
}

/// What a person said for a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    /// Who.
    pub person: String,
    /// The hue and the shape of what was said, as it counts now.
    pub tone: Option<Tone>,
    /// It in a word: `Go`, `No-go`, `stale`, `revoked`.
    pub word: String,
    /// Their own words, or the statement they signed.
    pub statement: String,
    /// When.
    pub at: Instant,
    /// Of the evidence that was shown to them.
    pub digest: Option<Digest>,
}

/// What proves a report, at its end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Closing {
    /// Over all evidence in it; its beginning is at the foot of every page.
    pub evidence: Option<Digest>,
    /// The head of the audit trail when it was made.
    pub audit: Option<Digest>,
    /// Of the program that made it: `0.1.0`.
    pub version: String,
    /// How to see for oneself, in steps: a command each, or a sentence.
    pub verify: Vec<String>,
}

impl Document {
    /// A report without anything in it yet.
    pub fn new(title: impl Into<String>, as_of: Instant) -> Self {
        Self {
            title: title.into(),
            subtitle: String::new(),
            verdict: None,
            facts: Vec::new(),
            as_of,
            sections: Vec::new(),
            closing: Closing::default(),
        }
    }
}

impl Section {
    /// A heading and its blocks.
    pub fn new(heading: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { heading: heading.into(), blocks, sections: Vec::new() }
    }
}

impl Fact {
    /// A label and its text.
    pub fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into() }
    }
}

impl Note {
    /// A tone, its word and the sentence.
    pub fn new(tone: impl Into<Option<Tone>>, word: impl Into<String>, text: impl Into<String>) -> Self {
        Self { tone: tone.into(), word: word.into(), text: text.into() }
    }
}

impl Column {
    /// Words, in so many parts of the room.
    pub fn words(head: impl Into<String>, share: u16) -> Self {
        Self { head: head.into(), align: Align::Start, width: Width::Share(share) }
    }

    /// Short words or dates, in as much room as they need.
    pub fn short(head: impl Into<String>) -> Self {
        Self { head: head.into(), align: Align::Start, width: Width::Fit }
    }

    /// Numbers, at the right.
    pub fn number(head: impl Into<String>) -> Self {
        Self { head: head.into(), align: Align::End, width: Width::Fit }
    }
}

impl Cell {
    /// Only text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A state: its word with a mark before it.
    pub fn state(tone: impl Into<Option<Tone>>, word: impl Into<String>) -> Self {
        Self { text: word.into(), tone: tone.into(), link: None }
    }

    /// The same, leading somewhere.
    #[must_use]
    pub fn link(mut self, target: impl Into<String>) -> Self {
        self.link = Some(target.into());
        self
    }
}

impl Signature {
    /// A line to sign on.
    pub fn open(role: impl Into<String>) -> Self {
        Self { role: role.into(), signed: None }
    }
}
