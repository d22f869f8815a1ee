//! PromQL with the meaning it has from Prometheus 3.0 on: a text is read into a tree, and the tree is evaluated series by series over all steps.

pub mod complete;
pub mod error;
mod eval;
mod grounds;
pub(crate) mod hold;
pub mod lexer;
pub mod limit;
pub mod node;
mod parse;
mod refuse;
pub(crate) mod scope;
mod words;

use std::time::Duration;

use quarterdeck_model::{JobCtx, Outcome};

pub use error::Span;
pub use grounds::{Grounds, grounds, reach};
use node::{Grouping, Kind, Node};

use crate::{
    labels::Labels,
    sample::{Moment, Sample},
    source::{LOOK_BACK, Matcher, Source},
};

/// Steps of a query that is answered as it is; Prometheus's own limit.
pub const MOST_STEPS: u64 = 11_000;

/// Steps of a query whose answer is thinned out before anybody sees it.
pub const MOST_STEPS_THINNED: u64 = 200_000;

/// A query that was read and can be evaluated.
#[derive(Debug, Clone)]
pub struct Query {
    /// As it was written.
    pub text: String,
    pub(crate) root: Node,
}

/// What is evaluated. An instant: `from == until`, step 0.
#[derive(Debug, Clone, Copy)]
pub struct Steps {
    /// The first step.
    pub from: Moment,
    /// No step is later.
    pub until: Moment,
    /// Milliseconds between steps.
    pub step: i64,
}

/// How it is evaluated.
#[derive(Debug, Clone)]
pub struct Options {
    /// How far an instant looks back at most, in milliseconds.
    pub look_back: i64,
    /// Names go at the end, not where a function drops them.
    pub delayed_names: bool,
    /// More samples than this are not read, and no more values than this come out.
    pub most_samples: u64,
    /// More steps than this are not evaluated.
    pub most_steps: u64,
    /// Nobody waits longer than this for an answer.
    pub limit: Duration,
    /// Only series of this system, and those of none.
    pub scope: Option<String>,
    /// Step of a subquery that names none, in milliseconds.
    pub default_step: i64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            look_back: LOOK_BACK,
            delayed_names: false,
            most_samples: 50_000_000,
            most_steps: MOST_STEPS,
            limit: Duration::from_secs(30),
            scope: None,
            default_step: 60_000,
        }
    }
}

/// What came out.
#[derive(Debug, Clone)]
pub enum Value {
    /// A number for each step.
    Scalar(Vec<f64>),
    /// A text.
    Text(String),
    /// Series with a value for each step.
    Vector(Vec<Column>),
    /// Series with their samples: an instant query for a range.
    Matrix(Vec<(Labels, Vec<Sample>)>),
}

/// One series of a result: a value for each step, [`crate::sample::ABSENT`] where it has none.
#[derive(Debug, Clone)]
pub struct Column {
    /// Whose.
    pub labels: Labels,
    /// One for each step.
    pub values: Vec<f64>,
}

/// A warning or a remark, with its place in the text: PromQL's annotations.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// A warning; else a remark.
    pub grave: bool,
    /// A sentence, as Prometheus says it.
    pub message: String,
    /// What it is about.
    pub at: Span,
}

/// The answer to a query.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What came out.
    pub value: Value,
    /// What a person should know about it.
    pub notes: Vec<Note>,
    /// The order of the series means something.
    pub ordered: bool,
    /// How many samples were read.
    pub samples: u64,
}

/// What a query looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// It is a selector and nothing else.
    Selector,
    /// It looks at single moments.
    Moments,
    /// It looks at ranges, or at a moment of its own.
    Ranges,
}

/// The course of series, for a picture.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// Two for each step.
    pub moments: Vec<Moment>,
    /// The series, a value for each moment.
    pub columns: Vec<Column>,
    /// How many samples were read.
    pub samples: u64,
}

/// Reads a query. Fault `bad-query`: facts line, column, length (characters), snippet (the line and a line with carets).
pub fn parse(text: &str) -> Outcome<Query> {
    Ok(Query { text: text.to_owned(), root: parse::tree(text)? })
}

/// Evaluates a query. Fault `query-failed` where its meaning does not allow an answer, e.g. when series match several times.
pub fn evaluate(query: &Query, source: &dyn Source, steps: Steps, options: &Options, ctx: &JobCtx) -> Outcome<Answer> {
    eval::answer(query, source, steps, options, ctx)
}

/// The course of each series of a plain selector: of each step its least and its most value, in the order in which they came, however many
/// samples there are. `None` where the query is more than a selector.
pub fn outline(query: &Query, source: &dyn Source, steps: Steps, options: &Options, ctx: &JobCtx) -> Outcome<Option<Outline>> {
    eval::outlined(query, source, steps, options, ctx)
}

/// The matchers of each selector in a query.
pub fn selectors(query: &Query) -> Vec<&[Matcher]> {
    let mut found = Vec::new();
    walk(&query.root, &mut |node| {
        if let Kind::Selector(selector) | Kind::Range(selector, _) = &node.kind {
            found.push(selector.matchers.as_slice());
        }
    });
    found
}

/// Names of the labels that the series of a query can have; `None` where that is up to what was measured.
pub fn labels(query: &Query) -> Option<Vec<String>> {
    kept(&query.root)
}

fn kept(node: &Node) -> Option<Vec<String>> {
    match &node.kind {
        Kind::Number(_) | Kind::Text(_) => Some(Vec::new()),
        Kind::Selector(_) | Kind::Range(..) | Kind::Binary(_) => None,
        Kind::Subquery(inner) => kept(&inner.of),
        Kind::Negate(inner) => kept(inner),
        Kind::Aggregate(inner) => match (&inner.grouping, inner.name.as_str()) {
            (_, "topk" | "bottomk" | "limitk" | "limit_ratio") => kept(&inner.of),
            (Grouping::By(labels), name) if name != "count_values" => Some(labels.clone()),
            _ => None,
        },
        Kind::Call("label_replace" | "label_join" | "absent" | "absent_over_time" | "histogram_quantiles", _) => None,
        Kind::Call(name, arguments) => {
            // Of several arguments one has series; the others are numbers and texts.
            let labels =
                arguments.iter().find(|part| !matches!(part.kind, Kind::Number(_) | Kind::Text(_))).map_or(Some(Vec::new()), kept)?;
            let without = |label: &String| !(name.starts_with("histogram_") && label == "le");
            Some(labels.into_iter().filter(without).collect())
        }
    }
}

impl Query {
    /// What it looks at.
    pub fn form(&self) -> Form {
        let mut form = Form::Moments;
        walk(&self.root, &mut |node| match &node.kind {
            Kind::Range(..) | Kind::Subquery(_) => form = Form::Ranges,
            Kind::Selector(selector) if selector.timing.at.is_some() => form = Form::Ranges,
            _ => {}
        });
        if form == Form::Moments && matches!(self.root.kind, Kind::Selector(_)) { Form::Selector } else { form }
    }

    /// The ranges in it, in milliseconds, each with its place.
    pub fn ranges(&self) -> Vec<(i64, Span)> {
        let mut found = Vec::new();
        walk(&self.root, &mut |node| {
            if let Kind::Range(_, range) = node.kind {
                found.push((range, node.span));
            }
        });
        found
    }

    /// As it is written itself, where it is a part of another one.
    pub fn written(&self) -> &str {
        self.text.get(self.root.span.start..self.root.span.end).unwrap_or(&self.text)
    }
}

/// Each part of a query, from the whole to the parts.
fn walk<'q>(node: &'q Node, each: &mut impl FnMut(&'q Node)) {
    each(node);
    parts(node).into_iter().for_each(|part| walk(part, each));
}

/// What a part of a query is made of.
fn parts(node: &Node) -> Vec<&Node> {
    match &node.kind {
        Kind::Subquery(inner) => vec![&inner.of],
        Kind::Negate(inner) => vec![inner],
        Kind::Call(_, arguments) => arguments.iter().collect(),
        Kind::Aggregate(inner) => inner.parameter.iter().chain([&inner.of]).collect(),
        Kind::Binary(inner) => vec![&inner.left, &inner.right],
        Kind::Selector(_) | Kind::Range(..) | Kind::Number(_) | Kind::Text(_) => Vec::new(),
    }
}
