//! Collects what is wrong, and where.

use std::path::Path;

use quarterdeck_model::WirePath;

use quarterdeck_model::system::DefinitionFinding;

/// A place in the file; line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
}

impl Place {
    /// The first character of the file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place right behind a text that begins the file.
    pub fn behind(text: &str) -> Self {
        let last = text.rsplit('\n').next().unwrap_or_default();
        Self { line: number(text.matches('\n').count() + 1), column: number(last.chars().count() + 1) }
    }
}

/// What is wrong in one file.
pub struct Findings {
    file: WirePath,
    found: Vec<DefinitionFinding>,
}

impl Findings {
    /// None yet in that file.
    pub fn new(file: &Path) -> Self {
        Self { file: file.into(), found: Vec::new() }
    }

    /// The file they are about.
    pub fn file(&self) -> &WirePath {
        &self.file
    }

    /// Adds a sentence that names the key, and an imperative that says what to do.
    pub fn add(&mut self, at: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(DefinitionFinding {
            file: self.file.clone(),
            line: at.line,
            column: at.column,
            message: message.into(),
            hint: hint.into(),
        });
    }

    /// Adds what a part of the reading refused, if it did.
    pub fn take<T>(&mut self, at: Place, result: Result<T, Wrong>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Wrong { message, hint }) => {
                self.add(at, message, hint);
                None
            }
        }
    }

    /// How many there are so far.
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// All of them, in the order of the file.
    pub fn in_order(mut self) -> Vec<DefinitionFinding> {
        self.found.sort_by_key(|finding| (finding.line, finding.column));
        self.found
    }
}

/// A finding that does not know its place yet.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What, naming the key.
    pub message: String,
    /// What to do, in the imperative.
    pub hint: String,
}

impl Wrong {
    /// Both sentences.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// A count as the wire carries it.
pub fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
