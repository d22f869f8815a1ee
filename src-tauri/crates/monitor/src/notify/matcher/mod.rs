//! What labels must be, in Alertmanager's two ways of writing it.
//!
//! A text is read as Alertmanager from 0.27 on reads it where nothing else was asked for: what the classic reader understands has the
//! classic meaning, and what only the UTF-8 reader understands (quoted names) has that one's.

mod classic;
mod expression;
mod utf8;

use std::{cmp::Ordering, fmt};

use regex::Regex;

use crate::{labels::Labels, template::escape::quoted};

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `=`
    Is,
    /// `!=`
    IsNot,
    /// `=~`
    Like,
    /// `!~`
    NotLike,
}

impl Comparison {
    /// The sign people write.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::IsNot => "!=",
            Self::Like => "=~",
            Self::NotLike => "!~",
        }
    }
}

/// What one label must be; a label that is not there is empty.
#[derive(Debug, Clone)]
pub struct Matcher {
    /// Which label.
    pub label: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what, as it was written.
    pub value: String,
    expression: Option<Regex>,
}

/// Why a text is no matcher, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// One sentence without a full stop.
    pub message: String,
    /// So many characters stand before it.
    pub at: usize,
}

impl Unreadable {
    fn new(message: impl Into<String>, at: usize) -> Self {
        Self { message: message.into(), at }
    }
}

impl Matcher {
    /// From its parts; refuses an expression that cannot be read.
    pub fn new(label: impl Into<String>, comparison: Comparison, value: impl Into<String>) -> Result<Self, Unreadable> {
        let (label, value) = (label.into(), value.into());
        let expression = match comparison {
            Comparison::Is | Comparison::IsNot => None,
            Comparison::Like | Comparison::NotLike => Some(expression::anchored(&value)?),
        };
        Ok(Self { label, comparison, value, expression })
    }

    /// True where the label is what it asks for.
    pub fn holds(&self, labels: &Labels) -> bool {
        self.takes(labels.get(&self.label))
    }

    /// True where a value is what it asks for.
    pub fn takes(&self, value: &str) -> bool {
        let alike = || self.expression.as_ref().is_some_and(|expression| expression.is_match(value));
        match self.comparison {
            Comparison::Is => value == self.value,
            Comparison::IsNot => value != self.value,
            Comparison::Like => alike(),
            Comparison::NotLike => !alike(),
        }
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Matcher {}

impl PartialOrd for Matcher {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Alertmanager's order, which its group keys depend on: by label, value, comparison.
impl Ord for Matcher {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.label, &self.value, self.comparison).cmp(&(&other.label, &other.value, other.comparison))
    }
}

/// As Alertmanager writes it in a group's key.
impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = self.comparison.sign();
        if self.label.chars().any(utf8::is_reserved) {
            return write!(f, "{}{sign}{}", quoted(&self.label), quoted(&self.value));
        }
        let value = self.value.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
        write!(f, "{}{sign}\"{value}\"", self.label)
    }
}

/// Matchers that must all hold, in Alertmanager's order; none hold always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matchers(Vec<Matcher>);

impl Matchers {
    /// From matchers in any order.
    pub fn new(mut matchers: Vec<Matcher>) -> Self {
        matchers.sort();
        Self(matchers)
    }

    /// True where all hold.
    pub fn hold(&self, labels: &Labels) -> bool {
        self.0.iter().all(|matcher| matcher.holds(labels))
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &Matcher> {
        self.0.iter()
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// As Alertmanager writes them in a group's key.
impl fmt::Display for Matchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(Matcher::to_string).collect();
        write!(f, "{{{}}}", all.join(","))
    }
}

/// Reads one text with any number of matchers in it, as in `{severity="page", team=~"a|b"}`.
pub fn read(text: &str) -> Result<Vec<Matcher>, Unreadable> {
    classic::matchers(text).or_else(|error| utf8::matchers(text).map_err(|newer| if text.contains('"') { newer } else { error }))
}

/// Reads the one label of a command line, as in `severity=page`.
pub fn pair(text: &str) -> Result<(String, String), Unreadable> {
    if text.starts_with('{') || text.ends_with('}') {
        return Err(Unreadable::new("braces have no place around a label", 0));
    }
    let one = |text: &str| match utf8::matchers(text)?.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(Unreadable::new("one label is wanted, as in severity=page", 0)),
    };
    let matcher = classic::matcher(text).or_else(|error| one(text).map_err(|_| error))?;
    match matcher.comparison {
        Comparison::Is => Ok((matcher.label, matcher.value)),
        _ => Err(Unreadable::new("a label is written name=value", 0)),
    }
}

/// A label's name as Alertmanager's `match` and `match_re` want it.
pub fn is_classic_name(name: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(begins) && name.chars().all(|c| begins(c) || c.is_ascii_digit())
}

#[cfg(test)]
mod tests;
