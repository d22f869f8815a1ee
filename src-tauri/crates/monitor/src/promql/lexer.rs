//! The words of a query, with their places.

use quarterdeck_model::Outcome;

use super::error::{Span, unreadable};

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// An identifier or a keyword.
    Word,
    /// A number.
    Number,
    /// A stretch of time, e.g. `1h30m`.
    Duration,
    /// A text in any of the three quotes.
    Text,
    /// An operator, a bracket, a comma.
    Sign,
}

/// One word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub sort: Sort,
    /// Where it is.
    pub span: Span,
}

impl Token {
    /// As it is written.
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.span.start..self.span.end]
    }
}

/// Signs of two characters; all others have one.
const PAIRS: [&str; 6] = ["==", "!=", "=~", "!~", ">=", "<="];

/// Splits a query. Blanks and comments are left out; an open text and a character that means nothing are faults with their place.
pub fn tokens(text: &str) -> Outcome<Vec<Token>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut brackets = 0_usize;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (sort, length) = match first {
            _ if first.is_whitespace() => {
                at += first.len_utf8();
                continue;
            }
            '#' => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            '"' | '\'' | '`' => (Sort::Text, quoted(text, at, first)?),
            '0'..='9' => numeral(text, at)?,
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => numeral(text, at)?,
            _ if first.is_ascii_alphabetic() || first == '_' || (first == ':' && brackets == 0) => (Sort::Word, word(rest, brackets > 0)),
            _ => (Sort::Sign, sign(text, at, first)?),
        };
        match first {
            '[' => brackets += 1,
            ']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        found.push(Token { sort, span: Span { start: at, end: at + length } });
        at += length;
    }
    Ok(found)
}

fn word(rest: &str, in_brackets: bool) -> usize {
    rest.find(|next: char| !(next.is_ascii_alphanumeric() || next == '_' || (next == ':' && !in_brackets))).unwrap_or(rest.len())
}

fn sign(text: &str, at: usize, first: char) -> Outcome<usize> {
    if PAIRS.iter().any(|pair| text[at..].starts_with(pair)) {
        return Ok(2);
    }
    if "+-*/%^=<>()[]{},:@".contains(first) {
        return Ok(1);
    }
    Err(unreadable(text, Span { start: at, end: at + first.len_utf8() }, &format!("the character {first:?} means nothing here")))
}

fn quoted(text: &str, at: usize, quote: char) -> Outcome<usize> {
    let mut escaped = false;
    for (offset, next) in text[at..].char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            '\n' if quote != '`' => break,
            _ if next == quote => return Ok(offset + 1),
            _ => {}
        }
    }
    Err(unreadable(text, Span { start: at, end: at + 1 }, "the text that begins here has no end"))
}

fn numeral(text: &str, at: usize) -> Outcome<(Sort, usize)> {
    let rest = &text[at..];
    let hexadecimal = rest.starts_with("0x") || rest.starts_with("0X");
    let mut length = 0;
    let mut before = ' ';
    for next in rest.chars() {
        let exponent = !hexadecimal && matches!(before, 'e' | 'E') && matches!(next, '+' | '-');
        if !(next.is_ascii_alphanumeric() || next == '_' || next == '.' || exponent) {
            break;
        }
        length += next.len_utf8();
        before = next;
    }
    let written = &rest[..length];
    let digits = written.replace('_', "");
    let number = if hexadecimal { u64::from_str_radix(&digits[2..], 16).is_ok() } else { digits.parse::<f64>().is_ok() };
    match (number, millis(written)) {
        (true, _) => Ok((Sort::Number, length)),
        (false, Some(_)) => Ok((Sort::Duration, length)),
        _ => Err(unreadable(text, Span { start: at, end: at + length }, &format!("`{written}` is neither a number nor a duration"))),
    }
}

/// Milliseconds of a duration: whole numbers with the units `y w d h m s ms`, e.g. `1h30m`. `None` for anything else.
pub fn millis(written: &str) -> Option<i64> {
    let mut rest = written;
    let mut sum = 0_i64;
    while !rest.is_empty() {
        let digits = rest.find(|next: char| !next.is_ascii_digit())?;
        let count: i64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|next: char| next.is_ascii_digit()).unwrap_or(rest.len());
        sum = sum.checked_add(count.checked_mul(unit_millis(&rest[..unit])?)?)?;
        rest = &rest[unit..];
    }
    (!written.is_empty()).then_some(sum)
}

fn unit_millis(unit: &str) -> Option<i64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 7 * 86_400_000,
        "y" => 365 * 86_400_000,
        _ => return None,
    })
}
