//! `-- quarterdeck:allow QD-L10 reason in words`, on a line of its own: that code is accepted in the whole file.

use std::{cell::Cell, ops::Range};

use crate::source::SourceFile;

const MARK: &str = "quarterdeck:allow";

/// One waiver.
pub(super) struct Waiver {
    /// As written.
    pub(super) code: String,
    /// Empty where none was given.
    pub(super) reason: String,
    /// The line.
    pub(super) span: Range<usize>,
    /// Whether a mark was waived by it.
    pub(super) used: Cell<bool>,
}

/// The waivers of a file.
pub(super) fn waivers(file: &SourceFile) -> Vec<Waiver> {
    let mut found = Vec::new();
    // Almost no file has any, and looking for the word costs less than going through the lines.
    if !file.text.contains(MARK) {
        return found;
    }
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        let span = start..start + line.trim_end().len();
        start += line.len();
        let Some(said) = line.trim().strip_prefix("--").and_then(|comment| comment.trim_start().strip_prefix(MARK)) else { continue };
        let (code, reason) = said.trim().split_once(char::is_whitespace).unwrap_or((said.trim(), ""));
        found.push(Waiver { code: code.to_owned(), reason: reason.trim().to_owned(), span, used: Cell::new(false) });
    }
    found
}

impl Waiver {
    /// True where it waives marks of this code.
    pub(super) fn covers(&self, code: &str) -> bool {
        !self.reason.is_empty() && self.code.eq_ignore_ascii_case(code)
    }
}
