//! Collects what is wrong, and where.

use std::path::Path;

use quarterdeck_model::WirePath;

use quarterdeck_model::system::DefinitionFinding;

/// A place in the file; line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub line: u32,
    pub column: u32,
}

impl Place {
    /// The first character of the file.
    pub(super) const START: Self = Self { line: 1, column: 1 };

    /// The place right behind a text that begins the file.
    pub(super) fn behind(text: &str) -> Self {
        let last = text.rsplit('\n').next().unwrap_or_default();
        Self { line: number(text.matches('\n').count() + 1), column: number(last.chars().count() + 1) }
    }
}

/// What is wrong in one file.
pub(super) struct Findings {
    file: WirePath,
    found: Vec<DefinitionFinding>,
}

impl Findings {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.into(), found: Vec::new() }
    }

    /// Adds a sentence that names the key, and an imperative that says what to do.
    pub(super) fn add(&mut self, at: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(DefinitionFinding {
            file: self.file.clone(),
            line: at.line,
            column: at.column,
            message: message.into(),
            hint: hint.into(),
        });
    }

    /// Adds what a part of the reading refused, if it did.
    pub(super) fn take<T>(&mut self, at: Place, result: Result<T, Wrong>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Wrong { message, hint }) => {
                self.add(at, message, hint);
                None
            }
        }
    }

    /// How many there are so far.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// All of them, in the order of the file.
    pub(super) fn in_order(mut self) -> Vec<DefinitionFinding> {
        self.found.sort_by_key(|finding| (finding.line, finding.column));
        self.found
    }
}

/// A finding that does not know its place yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub message: String,
    pub hint: String,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// A count as the wire carries it.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
