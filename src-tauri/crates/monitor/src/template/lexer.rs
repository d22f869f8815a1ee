//! A template as words, each with its place.

use quarterdeck_document::findings::Place;
use quarterdeck_model::Outcome;

use super::{
    fault,
    numbers::{self, Literal},
};

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// What stands between actions.
    Text(String),
    /// `{{`
    Open,
    /// `}}`
    Close,
    /// A keyword, or the name of a function.
    Word(String),
    /// `.a.b`
    Fields(Vec<String>),
    /// `.`
    Dot,
    /// `$a`
    Variable(String),
    /// `"a"`, or the same in backquotes.
    Quoted(String),
    /// `1`, `1.5`, `'a'`
    Number(Literal),
    /// `|`, `(`, `)`, `,`, `:=`, `=`
    Sign(&'static str),
}

/// A word in its place.
#[derive(Debug)]
pub struct Lexed {
    /// Where it begins.
    pub at: Place,
    /// True where nothing, not even a blank, lies before it.
    pub glued: bool,
    /// What it is.
    pub token: Token,
}

const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// All words of a template. Fault `template-wrong`.
pub fn words(name: &str, text: &str) -> Outcome<Vec<Lexed>> {
    let mut lexer = Lexer { name, rest: text, at: Place::START, words: Vec::new() };
    while !lexer.rest.is_empty() {
        lexer.text()?;
    }
    Ok(lexer.words)
}

struct Lexer<'t> {
    name: &'t str,
    rest: &'t str,
    at: Place,
    words: Vec<Lexed>,
}

impl<'t> Lexer<'t> {
    /// Up to the next action, and that action.
    fn text(&mut self) -> Outcome<()> {
        let Some(open) = self.rest.find("{{") else {
            let rest = self.rest;
            self.written(rest);
            self.skip(rest.len());
            return Ok(());
        };
        let text = &self.rest[..open];
        let trims = trims(&self.rest[open + 2..]);
        self.written(if trims { text.trim_end_matches(BLANK) } else { text });
        self.skip(open);
        let begin = self.at;
        let inside = open_length(trims);
        if self.rest[inside..].starts_with("/*") {
            return self.comment(inside);
        }
        self.push(begin, false, Token::Open);
        self.skip(inside);
        self.action(begin)
    }

    fn written(&mut self, text: &str) {
        if !text.is_empty() {
            let at = self.at;
            self.push(at, false, Token::Text(text.to_owned()));
        }
    }

    fn comment(&mut self, inside: usize) -> Outcome<()> {
        let text = inside + "/*".len();
        let Some(length) = self.rest[text..].find("*/") else { return Err(self.wrong("a comment has no end")) };
        self.skip(text + length + "*/".len());
        let after = self.rest.trim_start_matches(BLANK);
        if after.starts_with("-}}") && after.len() < self.rest.len() {
            self.skip(self.rest.len() - after.len() + 3);
            self.trim();
        } else if self.rest.starts_with("}}") {
            self.skip(2);
        } else {
            return Err(self.wrong("a comment does not end at the end of its action"));
        }
        Ok(())
    }

    /// The words of an action, up to its end.
    fn action(&mut self, begin: Place) -> Outcome<()> {
        let mut glued = false;
        loop {
            let after = self.rest.trim_start_matches(BLANK);
            if after.len() < self.rest.len() {
                self.skip(self.rest.len() - after.len());
                glued = false;
                if after.starts_with("-}}") {
                    self.push(self.at, false, Token::Close);
                    self.skip(3);
                    self.trim();
                    return Ok(());
                }
            }
            if self.rest.is_empty() {
                return Err(fault("template-wrong", self.name, begin, "the action has no end"));
            }
            if self.rest.starts_with("}}") {
                self.push(self.at, glued, Token::Close);
                self.skip(2);
                return Ok(());
            }
            let (token, length) = self.word()?;
            self.push(self.at, glued, token);
            self.skip(length);
            glued = true;
        }
    }

    /// The next word and how long it is.
    fn word(&self) -> Outcome<(Token, usize)> {
        for sign in [":=", "|", "(", ")", ",", "="] {
            if self.rest.starts_with(sign) {
                return Ok((Token::Sign(sign), sign.len()));
            }
        }
        let first = self.rest.chars().next().unwrap_or_default();
        let second = self.rest.chars().nth(1).unwrap_or_default();
        match first {
            '"' => self.quoted(),
            '\'' => self.character(),
            '`' => match self.rest[1..].find('`') {
                Some(end) => Ok((Token::Quoted(self.rest[1..=end].replace('\r', "")), end + 2)),
                None => Err(self.wrong("a raw string has no end")),
            },
            '$' => {
                let name = name(&self.rest[1..]);
                Ok((Token::Variable(name.to_owned()), name.len() + 1))
            }
            '0'..='9' | '+' | '-' => self.number(),
            '.' if second.is_ascii_digit() => self.number(),
            '.' => Ok(self.fields()),
            _ if is_letter(first) => {
                let name = name(self.rest);
                Ok((Token::Word(name.to_owned()), name.len()))
            }
            other => Err(self.wrong(&format!("{other:?} (U+{:04X}) has no meaning here", u32::from(other)))),
        }
    }

    /// `.`, or `.a.b`.
    fn fields(&self) -> (Token, usize) {
        let (mut fields, mut length) = (Vec::new(), 0);
        while let Some(after) = self.rest[length..].strip_prefix('.') {
            let name = name(after);
            if name.is_empty() {
                break;
            }
            fields.push(name.to_owned());
            length += 1 + name.len();
        }
        if fields.is_empty() { (Token::Dot, 1) } else { (Token::Fields(fields), length) }
    }

    fn number(&self) -> Outcome<(Token, usize)> {
        let mut length = 0;
        for (at, c) in self.rest.char_indices() {
            let exponent = self.rest[..at].ends_with(['e', 'E', 'p', 'P']);
            if !(c.is_ascii_alphanumeric() || "._".contains(c) || ("+-".contains(c) && (at == 0 || exponent))) {
                break;
            }
            length = at + c.len_utf8();
        }
        match numbers::literal(&self.rest[..length]) {
            Some(literal) => Ok((Token::Number(literal), length)),
            None => Err(self.wrong(&format!("{} is no number", &self.rest[..length]))),
        }
    }

    fn quoted(&self) -> Outcome<(Token, usize)> {
        let end = self.end_of_quote('"').ok_or_else(|| self.wrong("a string has no end"))?;
        match super::escape::unquoted(&self.rest[1..end]) {
            Some(text) => Ok((Token::Quoted(text), end + 1)),
            None => Err(self.wrong("a string holds a backslash that means nothing")),
        }
    }

    fn character(&self) -> Outcome<(Token, usize)> {
        let wrong = || self.wrong("a character between single quotes must be exactly one");
        let end = self.end_of_quote('\'').ok_or_else(wrong)?;
        let text = super::escape::unquoted(&self.rest[1..end]).ok_or_else(wrong)?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(one), None) => Ok((Token::Number(Literal::Whole(i64::from(u32::from(one)))), end + 1)),
            _ => Err(wrong()),
        }
    }

    /// Where a quote of this line ends.
    fn end_of_quote(&self, quote: char) -> Option<usize> {
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                '\n' => return None,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if c == quote => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// What `-}}` takes away behind itself.
    fn trim(&mut self) {
        let after = self.rest.trim_start_matches(BLANK);
        self.skip(self.rest.len() - after.len());
    }

    fn skip(&mut self, length: usize) {
        for c in self.rest[..length].chars() {
            if c == '\n' {
                self.at = Place { line: self.at.line + 1, column: 1 };
            } else {
                self.at.column += 1;
            }
        }
        self.rest = &self.rest[length..];
    }

    fn push(&mut self, at: Place, glued: bool, token: Token) {
        self.words.push(Lexed { at, glued, token });
    }

    fn wrong(&self, why: &str) -> quarterdeck_model::Fault {
        fault("template-wrong", self.name, self.at, why)
    }
}

/// True for what follows `{{` where it takes the blanks before it away.
fn trims(inside: &str) -> bool {
    let mut characters = inside.chars();
    characters.next() == Some('-') && characters.next().is_some_and(|c| BLANK.contains(&c))
}

fn open_length(trims: bool) -> usize {
    if trims { 4 } else { 2 }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn name(text: &str) -> &str {
    let end = text.find(|c: char| !(is_letter(c) || c.is_numeric())).unwrap_or(text.len());
    &text[..end]
}
