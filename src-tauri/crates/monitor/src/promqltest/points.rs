//! Samples in short: `1 2 _ stale 1+2x5 3x4 _x3`.

use std::iter::repeat_n;

use crate::{
    labels::{Labels, NAME},
    promql::lexer::{Sort, tokens},
    sample::STALE,
};

/// A series of a script, and a value or nothing for each of its steps.
#[derive(Debug, Clone)]
pub struct Described {
    /// Whose.
    pub labels: Labels,
    /// One for each step; none where the script leaves one out.
    pub points: Vec<Option<f64>>,
    /// There are native histograms among them, which are not read.
    pub native: bool,
}

/// Reads `metric{a="b"} POINTS`. `None` where it is not one.
pub fn described(line: &str) -> Option<Described> {
    let (written, rest) = split(line.trim());
    let labels = labels(written)?;
    if rest.contains("{{") {
        return Some(Described { labels, points: Vec::new(), native: true });
    }
    let mut points = Vec::new();
    for item in rest.split_whitespace() {
        points.extend(item_points(item)?);
    }
    Some(Described { labels, points, native: false })
}

/// Where the labels end: at the closing brace outside texts, else at the first blank.
fn split(line: &str) -> (&str, &str) {
    let (mut quoted, mut open) = (false, false);
    let mut before = ' ';
    for (at, next) in line.char_indices() {
        match next {
            '"' if before != '\\' => quoted = !quoted,
            '{' if !quoted => open = true,
            '}' if !quoted => return line.split_at(at + 1),
            _ if next.is_whitespace() && !open && !quoted && !line[at..].trim_start().starts_with('{') => return line.split_at(at),
            _ if next.is_whitespace() && !open && line[at..].trim_start().starts_with("{{") => return line.split_at(at),
            _ => {}
        }
        before = next;
    }
    (line, "")
}

/// Reads `metric{a="b"}`, `{"metric", a="b"}`, or a part of these; `None` for anything else.
pub fn labels(written: &str) -> Option<Labels> {
    let words = tokens(written).ok()?;
    let mut words = words.iter().map(|word| (word.sort, word.of(written))).peekable();
    let mut pairs: Vec<(String, String)> = Vec::new();
    if let Some((_, name)) = words.next_if(|(sort, _)| *sort == Sort::Word) {
        pairs.push((NAME.to_owned(), name.to_owned()));
    }
    if words.peek().is_none() {
        return Some(Labels::new(pairs));
    }
    words.next_if(|(_, text)| *text == "{")?;
    while words.next_if(|(_, text)| *text == "}").is_none() {
        let (sort, text) = words.next()?;
        let name = match sort {
            Sort::Word => text.to_owned(),
            Sort::Text => unquoted(text),
            _ => return None,
        };
        if words.next_if(|(_, text)| *text == "=").is_some() {
            let (_, value) = words.next_if(|(sort, _)| *sort == Sort::Text)?;
            pairs.push((name, unquoted(value)));
        } else if sort == Sort::Text {
            pairs.push((NAME.to_owned(), name));
        } else {
            return None;
        }
        if words.next_if(|(_, text)| *text == ",").is_none() && !matches!(words.peek(), Some((_, "}"))) {
            return None;
        }
    }
    words.next().is_none().then(|| Labels::new(pairs))
}

/// A text without its quotes and escapes.
pub fn unquoted(written: &str) -> String {
    let inner = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
    if written.starts_with('`') {
        return inner.to_owned();
    }
    let mut text = String::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match (letter, if letter == '\\' { letters.next() } else { None }) {
            (_, Some('n')) => text.push('\n'),
            (_, Some('t')) => text.push('\t'),
            (_, Some(other)) => text.push(other),
            (letter, None) => text.push(letter),
        }
    }
    text
}

fn item_points(item: &str) -> Option<Vec<Option<f64>>> {
    let (what, times) = match item.rsplit_once('x') {
        Some((what, times)) => (what, Some(times.parse::<usize>().ok()?)),
        None => (item, None),
    };
    if what == "_" {
        return Some(vec![None; times.unwrap_or(1)]);
    }
    let count = times.map_or(1, |times| times + 1);
    if what == "stale" {
        return Some(repeat_n(Some(STALE), count).collect());
    }
    let bytes = what.as_bytes();
    let sign = (1..bytes.len()).find(|at| matches!(bytes[*at], b'+' | b'-') && !matches!(bytes[at - 1], b'e' | b'E'));
    let (first, by) = sign.map_or((what, None), |at| (&what[..at], Some(&what[at..])));
    if by.is_some() && times.is_none() {
        return None;
    }
    let mut value = number(first)?;
    let by = by.map_or(Some(0.0), number)?;
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        values.push(Some(value));
        if times.is_some() && by != 0.0 {
            value += by;
        }
    }
    Some(values)
}

/// A number as scripts write it.
pub fn number(written: &str) -> Option<f64> {
    written
        .strip_prefix("0x")
        .map_or_else(|| written.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok().map(|number| number as f64))
}
