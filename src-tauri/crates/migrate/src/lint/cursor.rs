//! A walk over the tokens of one statement.

use std::ops::Range;

use crate::lexer::{self, Token, TokenKind};

/// Tokens of a statement without white space and comments, and where the walk is.
pub(super) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, span: Range<usize>) -> Self {
        Self { text, tokens: lexer::significant(text, span).collect(), at: 0 }
    }

    /// The text of a token; empty behind the last one.
    pub(super) fn slice(&self, ahead: usize) -> &'a str {
        self.token(ahead).and_then(|token| self.text.get(token.span.clone())).unwrap_or_default()
    }

    pub(super) fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn is_over(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    /// Takes these words, or nothing.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(ahead, word)| self.slice(ahead).eq_ignore_ascii_case(word));
        if found {
            self.at += words.len();
        }
        found
    }

    /// Takes a name, without its schema and without its quotes.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = self.one_name()?;
        if self.eat(&["."]) {
            name = self.one_name()?;
        }
        Some(name)
    }

    fn one_name(&mut self) -> Option<String> {
        let token = self.token(0)?;
        if !matches!(token.kind, TokenKind::Word | TokenKind::Quoted(_) | TokenKind::String) {
            return None;
        }
        let name = unquoted(self.slice(0));
        self.skip();
        Some(name)
    }

    /// Takes a group in brackets whole, where one begins here; answers with the numbers of its tokens, brackets left out.
    pub(super) fn group(&mut self) -> Option<Range<usize>> {
        if self.slice(0) != "(" {
            return None;
        }
        let start = self.at + 1;
        let mut depth = 0_usize;
        while !self.is_over() {
            match self.slice(0) {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            self.skip();
            if depth == 0 {
                return Some(start..self.at - 1);
            }
        }
        Some(start..self.at)
    }

    /// A walk over some of the tokens.
    pub(super) fn part(&self, numbers: Range<usize>) -> Self {
        Self { text: self.text, tokens: self.tokens.get(numbers).unwrap_or_default().to_vec(), at: 0 }
    }

    /// Parts a list at its commas outside brackets.
    pub(super) fn list(&self, numbers: Range<usize>) -> Vec<Self> {
        let mut parts = Vec::new();
        let (mut depth, mut start) = (0_usize, numbers.start);
        for number in numbers.clone() {
            match self.tokens.get(number).and_then(|token| self.text.get(token.span.clone())) {
                Some("(") => depth += 1,
                Some(")") => depth = depth.saturating_sub(1),
                Some(",") if depth == 0 => {
                    parts.push(self.part(start..number));
                    start = number + 1;
                }
                _ => {}
            }
        }
        parts.push(self.part(start..numbers.end));
        parts
    }

    /// What is left, as names in lower case: words and quoted names.
    pub(super) fn words_left(&self) -> impl Iterator<Item = String> + '_ {
        let rest = self.tokens.get(self.at..).unwrap_or_default().iter();
        rest.filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted(_)))
            .map(|token| unquoted(self.text.get(token.span.clone()).unwrap_or_default()).to_ascii_lowercase())
    }

    /// How often a word stands in what is left.
    pub(super) fn count(&self, word: &str) -> usize {
        self.words_left().filter(|found| found == word).count()
    }

    /// Goes on to the first of these words outside brackets, and stays before it; false where none comes.
    pub(super) fn seek(&mut self, words: &[&str]) -> bool {
        while !self.is_over() {
            if words.iter().any(|word| self.slice(0).eq_ignore_ascii_case(word)) {
                return true;
            }
            if self.group().is_none() {
                self.skip();
            }
        }
        false
    }
}

/// A name as SQLite takes it, without its quotes.
pub(super) fn unquoted(token: &str) -> String {
    let inside = |token: &str| token.get(1..token.len().saturating_sub(1)).unwrap_or_default().to_owned();
    match token.as_bytes().first() {
        Some(b'[') => inside(token),
        Some(quote @ (b'"' | b'`' | b'\'')) => {
            let quote = char::from(*quote);
            inside(token).replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => token.to_owned(),
    }
}
