//! A query as a tree.

use super::error::Span;
use crate::source::Matcher;

/// One part of a query.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it is written.
    pub span: Span,
}

/// What a part of a query is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// The newest sample of some series.
    Selector(Selector),
    /// All samples of some series within milliseconds.
    Range(Selector, i64),
    /// A query evaluated again and again within a range.
    Subquery(Box<Subquery>),
    /// A function and its arguments.
    Call(&'static str, Vec<Node>),
    /// Series folded into groups.
    Aggregate(Box<Aggregate>),
    /// Two sides.
    Binary(Box<Binary>),
    /// A minus in front.
    Negate(Box<Node>),
}

/// Which series.
#[derive(Debug, Clone)]
pub struct Selector {
    /// All must hold.
    pub matchers: Vec<Matcher>,
    /// When, relative to the step.
    pub timing: Timing,
}

/// When something is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timing {
    /// So many milliseconds earlier.
    pub offset: i64,
    /// At a moment of its own.
    pub at: Option<At>,
}

/// A moment of its own.
#[derive(Debug, Clone, Copy)]
pub enum At {
    /// The first step of the whole query.
    Start,
    /// The last one.
    End,
    /// Milliseconds since 1970.
    Moment(i64),
}

/// `of[range:step]`.
#[derive(Debug, Clone)]
pub struct Subquery {
    /// What is evaluated.
    pub of: Node,
    /// Milliseconds.
    pub range: i64,
    /// Milliseconds; where it is not said, the default.
    pub step: Option<i64>,
    /// When.
    pub timing: Timing,
}

/// An aggregation.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// Its name, e.g. `sum`.
    pub name: String,
    /// The parameter of those that have one.
    pub parameter: Option<Node>,
    /// What is folded.
    pub of: Node,
    /// By which labels.
    pub grouping: Grouping,
}

/// Which labels count.
#[derive(Debug, Clone)]
pub enum Grouping {
    /// These.
    By(Vec<String>),
    /// All but these.
    Without(Vec<String>),
}

/// Two sides and what is between them.
#[derive(Debug, Clone)]
pub struct Binary {
    /// What is between them.
    pub sign: Sign,
    /// Left side.
    pub left: Node,
    /// Right side.
    pub right: Node,
    /// How series find each other.
    pub matching: Matching,
}

/// How series of two sides find each other.
#[derive(Debug, Clone)]
pub struct Matching {
    /// Labels that must agree.
    pub labels: Grouping,
    /// Which side may have several.
    pub many: Many,
    /// Labels that the side with several takes from the other.
    pub include: Vec<String>,
    /// A comparison answers 0 or 1.
    pub boolean: bool,
    /// What stands for a series that the left side lacks.
    pub fill_left: Option<f64>,
    /// What stands for a series that the right side lacks.
    pub fill_right: Option<f64>,
}

/// Which side may have several series of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Many {
    /// Neither.
    Neither,
    /// The left one: `group_left`.
    Left,
    /// The right one: `group_right`.
    Right,
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "their names are what they are")]
pub enum Sign {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Atan2,
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
    And,
    Or,
    Unless,
}

impl Sign {
    /// As it is written.
    pub fn read(written: &str) -> Option<Self> {
        Some(match written {
            "+" => Self::Add,
            "-" => Self::Subtract,
            "*" => Self::Multiply,
            "/" => Self::Divide,
            "%" => Self::Remainder,
            "^" => Self::Power,
            "atan2" => Self::Atan2,
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            ">" => Self::Greater,
            "<" => Self::Less,
            ">=" => Self::AtLeast,
            "<=" => Self::AtMost,
            "and" => Self::And,
            "or" => Self::Or,
            "unless" => Self::Unless,
            _ => return None,
        })
    }

    /// True for `==` and its like.
    pub fn compares(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::Greater | Self::Less | Self::AtLeast | Self::AtMost)
    }

    /// True for `and`, `or`, `unless`.
    pub fn joins_sets(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Unless)
    }

    /// The value; for a comparison 1 or 0.
    pub fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Remainder => left % right,
            Self::Power => left.powf(right),
            Self::Atan2 => left.atan2(right),
            Self::Equal => f64::from(left == right),
            Self::NotEqual => f64::from(left != right),
            Self::Greater => f64::from(left > right),
            Self::Less => f64::from(left < right),
            Self::AtLeast => f64::from(left >= right),
            Self::AtMost => f64::from(left <= right),
            Self::And | Self::Or | Self::Unless => f64::NAN,
        }
    }
}
