//! One line of the text format.

use std::borrow::Cow;

use super::limits::Limits;
use crate::{labels::NAME, sample::Moment};

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub enum Line<'t> {
    /// Nothing: empty, a comment, a help text, a unit.
    Nothing,
    /// `# TYPE name kind`.
    Kind(&'t str, &'t str),
    /// `# EOF`: what follows is not read.
    End,
    /// A sample.
    Sample(Measured<'t>),
}

/// A sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured<'t> {
    /// Its labels with its name among them, in the order in which they came.
    pub labels: Vec<(&'t str, Cow<'t, str>)>,
    /// Its value.
    pub value: f64,
    /// The number behind it as it stands there: milliseconds, in OpenMetrics seconds.
    pub time: Option<&'t str>,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The byte at which it stops to make sense, from 1.
    pub column: usize,
    /// What was expected, or which limit it is over.
    pub reason: String,
}

/// Reads a line, without its end.
pub fn read<'t>(text: &'t str, limits: &Limits) -> Result<Line<'t>, Wrong> {
    let mut cursor = Cursor { text, at: 0, limits };
    cursor.blanks();
    match cursor.peek() {
        None => Ok(Line::Nothing),
        Some(b'#') => Ok(comment(text[cursor.at..].trim_end())),
        Some(_) => cursor.sample().map(Line::Sample),
    }
}

/// Milliseconds of a time: whole ones in the plain format, seconds with a fraction in OpenMetrics.
#[allow(clippy::cast_possible_truncation)] // a float beyond the range becomes its end
pub fn moment(time: &str, seconds: bool) -> Option<Moment> {
    if seconds {
        time.parse::<f64>().ok().filter(|time| time.is_finite()).map(|time| (time * 1_000.0).round() as Moment)
    } else {
        time.parse().ok()
    }
}

fn comment(text: &str) -> Line<'_> {
    if text == "# EOF" {
        return Line::End;
    }
    let mut words = text[1..].split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("TYPE"), Some(name), Some(kind)) => Line::Kind(name.trim_matches('"'), kind),
        _ => Line::Nothing,
    }
}

struct Cursor<'t, 'l> {
    text: &'t str,
    at: usize,
    limits: &'l Limits,
}

impl<'t> Cursor<'t, '_> {
    fn sample(&mut self) -> Result<Measured<'t>, Wrong> {
        let mut labels = Vec::new();
        if self.peek() != Some(b'{') {
            labels.push((NAME, Cow::Borrowed(self.name(true)?)));
            self.blanks();
        }
        if self.peek() == Some(b'{') {
            self.at += 1;
            self.labels(&mut labels)?;
        }
        if !labels.iter().any(|(name, _)| *name == NAME) {
            return Err(self.wrong("a metric's name was expected"));
        }
        self.blanks();
        let begin = self.at;
        let value = self.word();
        let value = number(value).ok_or_else(|| wrong(begin, "a value was expected"))?;
        self.blanks();
        let time = Some(self.word()).filter(|word| !word.is_empty() && !word.starts_with('#'));
        if let Some(time) = time {
            time.parse::<f64>().map_err(|_| wrong(self.at - time.len(), "a time was expected"))?;
            self.blanks();
        }
        // Behind `#` stands an exemplar.
        match self.peek() {
            None | Some(b'#') => Ok(Measured { labels, value, time }),
            Some(_) => Err(self.wrong("the end of the line was expected")),
        }
    }

    fn labels(&mut self, labels: &mut Vec<(&'t str, Cow<'t, str>)>) -> Result<(), Wrong> {
        loop {
            self.blanks();
            if self.eat(b'}') {
                return Ok(());
            }
            let quoted = self.peek() == Some(b'"');
            let begin = self.at;
            let name = if quoted { self.plain_text()? } else { self.name(false)? };
            self.blanks();
            if quoted && labels.is_empty() && matches!(self.peek(), Some(b',' | b'}')) {
                labels.push((NAME, Cow::Borrowed(name)));
            } else {
                if !self.eat(b'=') {
                    return Err(self.wrong("`=` was expected"));
                }
                self.blanks();
                let value = self.text(self.limits.value, "a label's value")?;
                if labels.iter().any(|(known, _)| *known == name) {
                    return Err(wrong(begin, &format!("the label {name} was there already")));
                }
                labels.push((name, value));
            }
            if labels.len() > self.limits.labels {
                return Err(wrong(begin, &format!("more than {} labels", self.limits.labels)));
            }
            self.blanks();
            if !self.eat(b',') && self.peek() != Some(b'}') {
                return Err(self.wrong("`,` or `}` was expected"));
            }
        }
    }

    fn name(&mut self, colons: bool) -> Result<&'t str, Wrong> {
        let fits = |at: usize, byte: u8| {
            byte.is_ascii_alphabetic() || byte == b'_' || (colons && byte == b':') || (at > 0 && byte.is_ascii_digit())
        };
        let length = self.rest().bytes().enumerate().take_while(|(at, byte)| fits(*at, *byte)).count();
        if length == 0 {
            return Err(self.wrong("a name was expected"));
        }
        self.limited(length, self.limits.name, "a name")?;
        let name = &self.rest()[..length];
        self.at += length;
        Ok(name)
    }

    /// A name in quotes.
    fn plain_text(&mut self) -> Result<&'t str, Wrong> {
        let begin = self.at;
        match self.text(self.limits.name, "a name")? {
            Cow::Borrowed(name) if !name.is_empty() => Ok(name),
            _ => Err(wrong(begin, "a name without escapes was expected")),
        }
    }

    /// What stands in quotes; `\\`, `\"` and `\n` are escapes, any other backslash stands for itself.
    fn text(&mut self, most: usize, what: &str) -> Result<Cow<'t, str>, Wrong> {
        if !self.eat(b'"') {
            return Err(self.wrong("`\"` was expected"));
        }
        let rest = self.rest();
        let mut escaped = false;
        let Some(length) = rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        }) else {
            return Err(wrong(self.text.len(), "the closing `\"` was expected"));
        };
        self.limited(length, most, what)?;
        self.at += length + 1;
        let raw = &rest[..length];
        Ok(if raw.contains('\\') { Cow::Owned(unescaped(raw)) } else { Cow::Borrowed(raw) })
    }

    fn limited(&self, length: usize, most: usize, what: &str) -> Result<(), Wrong> {
        if length > most { Err(self.wrong(&format!("{what} is longer than {most} bytes"))) } else { Ok(()) }
    }

    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let word = &rest[..rest.find([' ', '\t']).unwrap_or(rest.len())];
        if !word.starts_with('#') {
            self.at += word.len();
        }
        word
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, wanted: u8) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn wrong(&self, reason: &str) -> Wrong {
        wrong(self.at, reason)
    }
}

fn wrong(at: usize, reason: &str) -> Wrong {
    Wrong { column: at + 1, reason: reason.to_owned() }
}

/// As Go's strconv reads them, without its hexadecimal forms.
pub fn number(word: &str) -> Option<f64> {
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word).to_ascii_lowercase();
    let known = ["nan", "inf", "infinity"].contains(&digits.as_str()) || digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if known { word.parse().ok() } else { None }
}

fn unescaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some(next @ ('\\' | '"'))) => out.push(next),
            _ => {
                out.push(c);
                continue;
            }
        }
        chars.next();
    }
    out
}
