//! What a CREATE TABLE declares, part by part, as the text has it.

use std::ops::Range;

use crate::lexer::{Token, TokenKind, significant};

/// A CREATE TABLE.
pub(super) struct Parts<'a> {
    pub(super) whole: &'a str,
    pub(super) columns: Vec<Column<'a>>,
    constraints: Vec<&'a str>,
    /// What stands behind the brackets: WITHOUT ROWID, STRICT.
    pub(super) options: &'a str,
}

/// A column of it.
pub(super) struct Column<'a> {
    pub(super) name: String,
    pub(super) text: &'a str,
}

/// True where two texts are the same to SQLite, as far as words tell.
pub(super) fn same(one: &str, two: &str) -> bool {
    words(one).eq(words(two))
}

/// Words in small letters, names without their quotes, everything else as it is.
fn words(sql: &str) -> impl Iterator<Item = String> + '_ {
    significant(sql, 0..sql.len()).filter(|token| token.kind != TokenKind::Semicolon).map(|token| word(sql, &token))
}

fn word(sql: &str, token: &Token) -> String {
    let text = &sql[token.span.clone()];
    match token.kind {
        TokenKind::Word => text.to_lowercase(),
        TokenKind::Quoted(quote) => unquoted(text, quote).to_lowercase(),
        _ => text.to_owned(),
    }
}

fn unquoted(text: &str, quote: u8) -> String {
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    let quote = char::from(quote);
    if quote == '[' { inner.to_owned() } else { inner.replace(&format!("{quote}{quote}"), &quote.to_string()) }
}

impl<'a> Parts<'a> {
    /// `None` for CREATE TABLE … AS and everything that has no brackets.
    pub(super) fn of(sql: &'a str) -> Option<Self> {
        let (ranges, options) = split(sql)?;
        let mut parts = Self { whole: sql, columns: Vec::new(), constraints: Vec::new(), options: sql.get(options)?.trim() };
        for range in ranges {
            let text = sql.get(range)?.trim();
            let first = significant(text, 0..text.len()).next()?;
            let begins = word(text, &first);
            let is_constraint = ["constraint", "primary", "unique", "check", "foreign"].contains(&begins.as_str());
            if is_constraint && first.kind == TokenKind::Word {
                parts.constraints.push(text);
            } else {
                let name = text.get(first.span.clone()).unwrap_or_default();
                let name = match first.kind {
                    TokenKind::Quoted(quote) => unquoted(name, quote),
                    TokenKind::String => unquoted(name, b'\''),
                    _ => name.to_owned(),
                };
                parts.columns.push(Column { name, text });
            }
        }
        Some(parts)
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column<'a>> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn order(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.to_lowercase()).collect()
    }

    /// Constraints that the other one does not have.
    pub(super) fn constraints_without<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'a str> + 's {
        self.constraints.iter().copied().filter(|one| !other.constraints.iter().any(|two| same(one, two)))
    }
}

impl Column<'_> {
    /// True where ALTER TABLE can add it (<https://www.sqlite.org/lang_altertable.html#alter_table_add_column>).
    pub(super) fn can_be_added(&self) -> bool {
        let words: Vec<String> = words(self.text).collect();
        let at = |word: &str| words.iter().position(|found| found == word);
        let next = |place: usize| words.get(place + 1).map(String::as_str).unwrap_or_default();
        let default = at("default").map(next);
        let not_null = words.windows(2).any(|pair| pair == ["not", "null"]);
        let constant = !default.is_some_and(|default| default == "(" || default.starts_with("current_"));
        let filled = default.is_some_and(|default| default != "null");
        at("primary").is_none() && at("unique").is_none() && at("stored").is_none() && constant && (!not_null || filled)
    }
}

/// Where the parts between the outermost brackets stand, and what comes behind them.
fn split(sql: &str) -> Option<(Vec<Range<usize>>, Range<usize>)> {
    let mut depth = 0_usize;
    let mut start = None;
    let mut parts = Vec::new();
    for token in significant(sql, 0..sql.len()) {
        let text = &sql[token.span.clone()];
        match (token.kind, text, depth) {
            (TokenKind::Word, word, 0) if word.eq_ignore_ascii_case("as") => return None,
            (TokenKind::Punctuation, "(", _) => {
                depth += 1;
                if depth == 1 {
                    start = Some(token.span.end);
                }
            }
            (TokenKind::Punctuation, ",", 1) => parts.push(start.replace(token.span.end)?..token.span.start),
            (TokenKind::Punctuation, ")", 1) => {
                parts.push(start?..token.span.start);
                return Some((parts, token.span.end..sql.len()));
            }
            (TokenKind::Punctuation, ")", _) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}
