//! The smallest pieces of a page. What comes from a document passes through [`text`], [`text_line`] or [`attribute`], and nothing else does.

use quarterdeck_model::inspection::Tone;

use crate::{Fact, Note, plain, words};

/// Shapes of the tones, named once and used by every mark.
pub(super) const SHAPES: &str = include_str!("shapes.svg");

/// Several lines.
pub(super) fn text(raw: &str) -> String {
    escape(&plain::lines(raw))
}

/// One line.
pub(super) fn text_line(raw: &str) -> String {
    escape(&plain::line(raw))
}

/// Between the quotes of an attribute.
pub(super) fn attribute(raw: &str) -> String {
    text_line(raw)
}

/// For content and for attributes in quotes.
fn escape(shown: &str) -> String {
    let mut escaped = String::with_capacity(shown.len());
    for c in shown.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A shape and its word.
pub(super) fn state(tone: Option<Tone>, word: &str) -> String {
    format!("<span class=\"state {}\">{}<span>{}</span></span>", words::shape(tone), mark(tone), text(word))
}

fn mark(tone: Option<Tone>) -> String {
    format!("<svg class=\"mark\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#mark-{}\"/></svg>", words::shape(tone))
}

/// A sentence with its state before it.
pub(super) fn note(note: &Note, class: &str) -> String {
    format!("<p class=\"{class} {}\">{} <span>{}</span></p>\n", words::shape(note.tone), state(note.tone, &note.word), text(&note.text))
}

pub(super) fn facts(facts: &[Fact]) -> String {
    let facts: String = facts.iter().map(|said| fact(&said.label, &text(&said.text))).collect();
    format!("<dl>\n{facts}</dl>\n")
}

/// A label, which is text, and what it is, which is HTML.
pub(super) fn fact(label: &str, is: &str) -> String {
    format!("<div><dt>{}</dt><dd>{is}</dd></div>\n", text_line(label))
}
