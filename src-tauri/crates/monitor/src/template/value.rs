//! What a template computes with.

use std::{collections::BTreeMap, sync::Arc};

use chrono::DateTime;
use chrono_tz::Tz;

use super::{Said, Wrong};
use crate::labels::Labels;

/// Lists that may lie in each other.
const DEEPEST: usize = 32;

/// What a record is that holds an alert of a notification.
pub const ALERT: &str = "the alert";

/// What a record is that is a notification.
pub const NOTIFICATION: &str = "the notification";

/// Fields of such records that Alertmanager does not have.
const OURS: [(&str, &str); 3] = [(ALERT, "Value"), (ALERT, "Expression"), (NOTIFICATION, "Omitted")];

/// A value. Cheap to copy.
#[derive(Debug, Clone)]
pub enum Value {
    /// `nil`, or what a map does not hold.
    Nothing,
    /// `true` or `false`.
    Truth(bool),
    /// A whole number.
    Whole(i64),
    /// Any float.
    Number(f64),
    /// Text.
    Text(Arc<str>),
    /// Text whose author vouches for it.
    Vouched(For, Arc<str>),
    /// Labels or annotations: a name that is not there has an empty value.
    Labels(Labels),
    /// Values in their order.
    List(Arc<List>),
    /// Values by name.
    Map(Arc<Map>),
    /// Values by names that are fixed.
    Record(Arc<Record>),
    /// A moment in a zone.
    Time(DateTime<Tz>),
    /// A span of time in nanoseconds.
    Span(i64),
}

/// What a text may be written as without being escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// HTML.
    Html,
    /// An address.
    Address,
}

/// What is special about a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Anything.
    Values,
    /// Texts, which can be joined.
    Texts,
    /// Names with values.
    Pairs,
    /// Alerts, which fire or not.
    Alerts,
    /// What a query found.
    Samples,
}

/// Values in their order.
#[derive(Debug)]
pub struct List {
    /// What is special about them.
    pub of: Of,
    /// They.
    pub items: Vec<Value>,
    depth: usize,
}

/// Values by name.
#[derive(Debug)]
pub struct Map {
    /// They.
    pub entries: BTreeMap<Arc<str>, Value>,
    depth: usize,
}

/// Values by names that are fixed.
#[derive(Debug)]
pub struct Record {
    /// What it is, for people.
    pub what: &'static str,
    /// Names, as templates write them, with values.
    pub fields: Vec<(&'static str, Value)>,
}

impl Record {
    /// Fields that Alertmanager's own have, too: where a record is written as a whole, ours would be news to whoever reads it.
    pub fn theirs(&self) -> impl Iterator<Item = &(&'static str, Value)> {
        self.fields.iter().filter(|(name, _)| !OURS.contains(&(self.what, name)))
    }
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A list. Refused where lists lie in each other too deeply.
    pub fn list(of: Of, items: Vec<Self>) -> Said<Self> {
        let depth = deeper(items.iter())?;
        Ok(Self::List(Arc::new(List { of, items, depth })))
    }

    /// A list of texts.
    pub fn texts<T: Into<Arc<str>>>(texts: impl IntoIterator<Item = T>) -> Self {
        let items = texts.into_iter().map(Self::text).collect();
        Self::List(Arc::new(List { of: Of::Texts, items, depth: 1 }))
    }

    /// A list of records, which hold no lists.
    pub fn records(of: Of, records: impl IntoIterator<Item = Record>) -> Self {
        let items = records.into_iter().map(|record| Self::Record(Arc::new(record))).collect();
        Self::List(Arc::new(List { of, items, depth: 1 }))
    }

    /// A map. Refused where maps lie in each other too deeply.
    pub fn map(entries: BTreeMap<Arc<str>, Self>) -> Said<Self> {
        let depth = deeper(entries.values())?;
        Ok(Self::Map(Arc::new(Map { entries, depth })))
    }

    fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth,
            Self::Map(map) => map.depth,
            Self::Record(_) => 2,
            _ => 0,
        }
    }

    /// How many steps it is to go through it once.
    pub fn weight(&self) -> usize {
        match self {
            Self::Text(text) | Self::Vouched(_, text) => text.len() / 32,
            Self::List(list) => list.items.len(),
            Self::Map(map) => map.entries.len(),
            _ => 0,
        }
    }

    /// What `if` makes of it: empty is false.
    pub fn holds(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Truth(truth) => *truth,
            Self::Whole(number) => *number != 0,
            Self::Number(number) => *number != 0.0,
            Self::Span(span) => *span != 0,
            Self::Text(text) | Self::Vouched(_, text) => !text.is_empty(),
            Self::Labels(labels) => labels.iter().next().is_some(),
            Self::List(list) => !list.items.is_empty(),
            Self::Map(map) => !map.entries.is_empty(),
            Self::Record(_) | Self::Time(_) => true,
        }
    }

    /// What kind of value it is, in Go's words, which the reference uses.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "nil",
            Self::Truth(_) => "bool",
            Self::Whole(_) => "int",
            Self::Number(_) => "float64",
            Self::Text(_) | Self::Vouched(..) => "string",
            Self::Labels(_) => "map[string]string",
            Self::List(_) => "a list",
            Self::Map(_) => "map[string]interface {}",
            Self::Record(record) => record.what,
            Self::Time(_) => "time.Time",
            Self::Span(_) => "time.Duration",
        }
    }

    /// The text of a text.
    pub fn as_text(&self) -> Said<&str> {
        match self {
            Self::Text(text) | Self::Vouched(_, text) => Ok(text),
            other => Err(Wrong::new(format!("a string is expected, not {}", other.kind()))),
        }
    }

    /// A whole number.
    pub fn as_whole(&self) -> Said<i64> {
        match self {
            Self::Whole(number) => Ok(*number),
            other => Err(Wrong::new(format!("a whole number is expected, not {}", other.kind()))),
        }
    }

    /// The items of a list of texts.
    pub fn as_texts(&self) -> Said<Vec<Arc<str>>> {
        match self {
            Self::List(list) => list.items.iter().map(|item| item.as_text().map(Arc::from)).collect(),
            other => Err(Wrong::new(format!("a list of strings is expected, not {}", other.kind()))),
        }
    }
}

fn deeper<'v>(values: impl Iterator<Item = &'v Value>) -> Said<usize> {
    let depth = values.map(Value::depth).max().unwrap_or(0) + 1;
    if depth > DEEPEST { Err(Wrong::new("lists lie in each other too deeply")) } else { Ok(depth) }
}
