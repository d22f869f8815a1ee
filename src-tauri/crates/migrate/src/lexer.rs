//! SQL as tokens with byte spans, by the rules of SQLite's own tokenizer (tokenize.c of 3.51). One pass, nothing is copied.
//!
//! Why not let SQLite split: it has to have run one statement before it can read the next, its answer has no positions of tokens, and asking it for
//! the rest again and again is quadratic in the size of a file.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in `"`, `` ` `` or `[`; the byte that opens it.
    Quoted(u8),
    /// `'text'`.
    String,
    /// `x'00'`.
    Blob,
    /// A number.
    Number,
    /// `?`, `?1`, `:name`, `@name`, `$name`.
    Parameter,
    /// An operator, a bracket, a comma, a dot.
    Punctuation,
    /// `;`
    Semicolon,
    /// `-- …` or `/* … */`, without the line end.
    Comment,
    /// White space; also a byte order mark in the middle of a text, as SQLite has it.
    Space,
    /// What SQLite calls an unrecognized token: a quote that is not closed, a character that begins nothing.
    Bad,
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Bytes of the text.
    pub span: Range<usize>,
}

impl Token {
    /// True for what SQLite's parser never sees.
    pub fn is_blank(&self) -> bool {
        matches!(self.kind, TokenKind::Space | TokenKind::Comment)
    }
}

/// The tokens of a part of a text. Their spans follow each other without a gap and fill the range.
pub fn tokens(text: &str, range: Range<usize>) -> Tokens<'_> {
    let end = range.end.min(text.len());
    Tokens { bytes: text.as_bytes().get(..end).unwrap_or_default(), at: range.start.min(end) }
}

/// The tokens that SQLite's parser sees: all but white space and comments.
pub fn significant(text: &str, range: Range<usize>) -> impl Iterator<Item = Token> + '_ {
    tokens(text, range).filter(|token| !token.is_blank())
}

/// Made by [`tokens`].
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Tokens<'_> {
    /// Goes on at the start of the next line: what is left of this one is not SQL.
    pub fn skip_line(&mut self) {
        self.at = self.line_end(self.at);
    }

    /// Where the next token begins.
    pub fn offset(&self) -> usize {
        self.at
    }

    fn peek(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn while_from(&self, from: usize, wanted: impl Fn(u8) -> bool) -> usize {
        self.bytes.get(from..).and_then(|rest| rest.iter().position(|byte| !wanted(*byte))).map_or(self.bytes.len(), |more| from + more)
    }

    fn line_end(&self, from: usize) -> usize {
        self.while_from(from, |byte| byte != b'\n')
    }

    /// Kind and end of the token at `self.at`, whose first byte is `first`.
    fn token_at(&self, first: u8) -> (TokenKind, usize) {
        let at = self.at;
        match first {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c => (TokenKind::Space, self.while_from(at + 1, is_space)),
            b'-' if self.peek(at + 1) == Some(b'-') => (TokenKind::Comment, self.line_end(at + 2)),
            b'/' if self.peek(at + 1) == Some(b'*') && at + 2 < self.bytes.len() => (TokenKind::Comment, self.block_comment_end(at + 2)),
            b'\'' => self.quoted(b'\'', TokenKind::String),
            b'"' | b'`' => self.quoted(first, TokenKind::Quoted(first)),
            b'[' => match self.while_from(at + 1, |byte| byte != b']') {
                end if end < self.bytes.len() => (TokenKind::Quoted(b'['), end + 1),
                end => (TokenKind::Bad, end),
            },
            b'x' | b'X' if self.peek(at + 1) == Some(b'\'') => self.blob(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(at + 1).is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
            b'?' => (TokenKind::Parameter, self.while_from(at + 1, |byte| byte.is_ascii_digit())),
            b':' | b'@' | b'#' | b'$' => self.parameter(),
            b';' => (TokenKind::Semicolon, at + 1),
            0xef if self.bytes.get(at..at + 3) == Some(&[0xef, 0xbb, 0xbf]) => (TokenKind::Space, at + 3),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => (TokenKind::Word, self.while_from(at + 1, is_name)),
            _ => self.operator(first),
        }
    }

    /// To behind the `*/`; a comment that is not closed runs to the end, and SQLite takes it as one.
    fn block_comment_end(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        rest.windows(2).position(|pair| pair == b"*/").map_or(self.bytes.len(), |more| from + more + 2)
    }

    /// A quote that doubles itself inside.
    fn quoted(&self, quote: u8, kind: TokenKind) -> (TokenKind, usize) {
        let mut at = self.at + 1;
        loop {
            at = self.while_from(at, |byte| byte != quote);
            match (self.peek(at), self.peek(at + 1)) {
                (None, _) => return (TokenKind::Bad, at),
                (_, Some(next)) if next == quote => at += 2,
                _ => return (kind, at + 1),
            }
        }
    }

    fn blob(&self) -> (TokenKind, usize) {
        let digits = self.while_from(self.at + 2, |byte| byte.is_ascii_hexdigit());
        let closed = self.while_from(digits, |byte| byte != b'\'');
        let whole = closed == digits && closed < self.bytes.len() && (digits - self.at).is_multiple_of(2);
        (if whole { TokenKind::Blob } else { TokenKind::Bad }, (closed + 1).min(self.bytes.len()))
    }

    fn number(&self) -> (TokenKind, usize) {
        let figures = |from| self.while_from(from, |byte| byte.is_ascii_digit() || byte == b'_');
        let hexadecimal = self.peek(self.at) == Some(b'0')
            && matches!(self.peek(self.at + 1), Some(b'x' | b'X'))
            && self.peek(self.at + 2).is_some_and(|byte| byte.is_ascii_hexdigit());
        let mut end =
            if hexadecimal { self.while_from(self.at + 2, |byte| byte.is_ascii_hexdigit() || byte == b'_') } else { figures(self.at) };
        if !hexadecimal && self.peek(end) == Some(b'.') {
            end = figures(end + 1);
        }
        if !hexadecimal && matches!(self.peek(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.peek(end + 1), Some(b'+' | b'-')));
            if self.peek(end + 1 + sign).is_some_and(|byte| byte.is_ascii_digit()) {
                end = figures(end + 1 + sign);
            }
        }
        match self.while_from(end, is_name) {
            all if all == end => (TokenKind::Number, end),
            all => (TokenKind::Bad, all),
        }
    }

    /// `$name::of(tcl)` is one parameter, with everything between its brackets.
    fn parameter(&self) -> (TokenKind, usize) {
        let start = self.at + 1;
        let mut at = start;
        loop {
            let named = at > start;
            match self.peek(at) {
                Some(byte) if is_name(byte) => at += 1,
                Some(b':') if self.peek(at + 1) == Some(b':') => at += 2,
                Some(b'(') if named => {
                    let end = self.while_from(at + 1, |byte| byte != b')' && !is_space(byte));
                    let closed = self.peek(end) == Some(b')');
                    return if closed { (TokenKind::Parameter, end + 1) } else { (TokenKind::Bad, end) };
                }
                _ => return (if named { TokenKind::Parameter } else { TokenKind::Bad }, at),
            }
        }
    }

    fn operator(&self, first: u8) -> (TokenKind, usize) {
        let next = (self.peek(self.at + 1), self.peek(self.at + 2));
        let length = match (first, next) {
            (b'-', (Some(b'>'), Some(b'>'))) => 3,
            (b'|', (Some(b'|'), _)) | (b'<', (Some(b'=' | b'>' | b'<'), _)) | (b'>', (Some(b'=' | b'>'), _)) => 2,
            (b'=' | b'!', (Some(b'='), _)) | (b'-', (Some(b'>'), _)) => 2,
            _ => 1,
        };
        let known = length > 1 || b"()+-*/%=<>,.&|~".contains(&first);
        (if known { TokenKind::Punctuation } else { TokenKind::Bad }, self.at + length)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let (kind, end) = self.token_at(self.peek(start)?);
        self.at = end;
        Some(Token { kind, span: start..end })
    }
}

/// White space inside a run of it, where SQLite also takes a vertical tab.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..)
}

#[cfg(test)]
mod tests {
    use super::{TokenKind::*, *};

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        significant(text, 0..text.len()).map(|token| (token.kind, &text[token.span])).collect()
    }

    #[test]
    fn every_quote_of_sqlite_is_known() {
        let text = r#"'it''s' "a""b" `c``d` [e;f] x'00ff' X'1'"#;
        let found = kinds(text);
        assert_eq!(
            found,
            [
                (String, "'it''s'"),
                (Quoted(b'"'), r#""a""b""#),
                (Quoted(b'`'), "`c``d`"),
                (Quoted(b'['), "[e;f]"),
                (Blob, "x'00ff'"),
                (Bad, "X'1'"),
            ]
        );
    }

    #[test]
    fn comments_hide_everything_up_to_their_end() {
        assert_eq!(kinds("a -- b ; '\nc /* d ; ' */ e /* not closed ;"), [(Word, "a"), (Word, "c"), (Word, "e")]);
        assert_eq!(
            kinds("a - - b /*"),
            [(Word, "a"), (Punctuation, "-"), (Punctuation, "-"), (Word, "b"), (Punctuation, "/"), (Punctuation, "*")]
        );
    }

    #[test]
    fn numbers_parameters_and_operators_keep_together() {
        assert_eq!(
            kinds("1.5e-3 .5 0x1F 1_000 12ab"),
            [(Number, "1.5e-3"), (Number, ".5"), (Number, "0x1F"), (Number, "1_000"), (Bad, "12ab")]
        );
        assert_eq!(
            kinds("?1 :a @b $c::d(e;f) :"),
            [(Parameter, "?1"), (Parameter, ":a"), (Parameter, "@b"), (Parameter, "$c::d(e;f)"), (Bad, ":")]
        );
        assert_eq!(
            kinds("a->>b||c<>d!"),
            [
                (Word, "a"),
                (Punctuation, "->>"),
                (Word, "b"),
                (Punctuation, "||"),
                (Word, "c"),
                (Punctuation, "<>"),
                (Word, "d"),
                (Bad, "!")
            ]
        );
    }

    #[test]
    fn a_quote_that_is_not_closed_runs_to_the_end() {
        for text in ["'a;b", "\"a;b", "`a;b", "[a;b", "x'00;"] {
            assert_eq!(kinds(text), [(Bad, text)]);
        }
    }
}
