//! Where in a query something is, and how a person is told.

use quarterdeck_model::Fault;

/// A stretch of a query's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// The byte behind its last one.
    pub end: usize,
}

/// A query that cannot be read: the sentence, the place in words, the line with carets below.
pub fn unreadable(text: &str, span: Span, what: &str) -> Fault {
    let (line, column) = place(text, span.start);
    let written = text.lines().nth(line - 1).unwrap_or_default();
    let room = written.chars().count().saturating_sub(column - 1).max(1);
    let length = text.get(span.start..span.end).map_or(1, |part| part.chars().count()).clamp(1, room);
    let carets = format!("{}{}", " ".repeat(column - 1), "^".repeat(length));
    Fault::usage("bad-query", format!("The query cannot be read at line {line}, column {column}: {what}."))
        .hint("Correct it at the place marked.")
        .fact("line", line)
        .fact("column", column)
        .fact("length", length)
        .fact("snippet", format!("{written}\n{carets}"))
}

/// A query that was read and still has no answer; Prometheus's words are kept.
pub fn unanswered(what: impl std::fmt::Display) -> Fault {
    Fault::refused("query-failed", format!("The query cannot be evaluated: {what}")).hint("Change the query.")
}

/// Line and column of a byte, both from 1; columns count characters.
pub fn place(text: &str, byte: usize) -> (usize, usize) {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let from = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[from..].chars().count() + 1)
}
