//! A tree and a source give columns: each series is evaluated over all steps at once.

mod aggregate;
mod binary;
mod buckets;
mod coarse;
mod column;
mod dates;
mod extrapolate;
mod functions;
mod hash;
mod histogram;
mod invariant;
mod labelling;
mod matching;
mod outline;
mod over_time;
mod selector;
mod window;

use std::{
    cell::{Cell, RefCell},
    time::Instant,
};

use quarterdeck_model::{JobCtx, Outcome};

use super::{
    Answer, Column, Note, Options, Outline, Query, Span, Steps, Value,
    error::unanswered,
    node::{Kind, Node, Sign},
};
use crate::{
    sample::{Moment, is_absent},
    source::Source,
};
use column::{Grid, Series, settle};

/// What a part of a query gives.
#[derive(Debug, Clone)]
pub(super) enum Evaluated {
    /// A number for each step.
    Scalar(Vec<f64>),
    /// A text.
    Text(String),
    /// Series.
    Vector(Vec<Series>),
}

/// One evaluation.
pub(super) struct Evaluator<'q> {
    source: &'q dyn Source,
    options: &'q Options,
    ctx: &'q JobCtx,
    first: Moment,
    last: Moment,
    notes: RefCell<Vec<Note>>,
    samples: Cell<u64>,
    values: Cell<u64>,
    began: Instant,
}

/// Evaluates a whole query.
pub(super) fn answer(query: &Query, source: &dyn Source, steps: Steps, options: &Options, ctx: &JobCtx) -> Outcome<Answer> {
    let grid = asked(steps, options)?;
    let evaluator = Evaluator::new(source, steps, options, ctx);
    let value = match &query.root.kind {
        Kind::Range(..) | Kind::Subquery(_) if grid.count == 1 => Value::Matrix(evaluator.matrix(&query.root, &grid)?),
        Kind::Range(..) | Kind::Subquery(_) => {
            return Err(unanswered("invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"));
        }
        _ => match evaluator.value(&query.root, &grid)? {
            Evaluated::Scalar(values) => Value::Scalar(values),
            Evaluated::Text(text) => Value::Text(text),
            Evaluated::Vector(series) => Value::Vector(columns(series)?),
        },
    };
    let ordered = grid.count == 1 && orders(&query.root);
    let value = match value {
        Value::Vector(mut columns) if !ordered => {
            columns.sort_by(|one, other| one.labels.cmp(&other.labels));
            Value::Vector(columns)
        }
        value => value,
    };
    let mut notes = evaluator.notes.into_inner();
    notes.dedup();
    Ok(Answer { value, notes, ordered, samples: evaluator.samples.get() })
}

/// The course of the series of a plain selector.
pub(super) fn outlined(query: &Query, source: &dyn Source, steps: Steps, options: &Options, ctx: &JobCtx) -> Outcome<Option<Outline>> {
    let Kind::Selector(selector) = &query.root.kind else { return Ok(None) };
    if selector.timing.at.is_some() || steps.step <= 1 {
        return Ok(None);
    }
    asked(steps, options)?;
    Evaluator::new(source, steps, options, ctx).outline(selector, steps).map(Some)
}

/// The steps, if there are not too many of them.
fn asked(steps: Steps, options: &Options) -> Outcome<Grid> {
    if steps.until < steps.from || steps.step < 0 {
        return Err(unanswered("it ends before it begins").hint("Let the first step be the earlier one."));
    }
    let grid = Grid::of(steps);
    if grid.count as u64 > options.most_steps {
        let message = format!("{} steps are asked for, at most {} are evaluated", grid.count, options.most_steps);
        return Err(unanswered(message).hint("Ask for a shorter time, or for longer steps."));
    }
    Ok(grid)
}

/// Names that were dropped late go now; series without any value are none.
fn columns(series: Vec<Series>) -> Outcome<Vec<Column>> {
    let series = settle(series.into_iter().map(Series::named).collect())?;
    let living = series.into_iter().filter(|series| series.values.iter().any(|value| !is_absent(*value)));
    Ok(living.map(|series| Column { labels: series.labels, values: series.values }).collect())
}

fn orders(node: &Node) -> bool {
    match &node.kind {
        Kind::Call(name, _) => name.starts_with("sort"),
        Kind::Aggregate(inner) => inner.name == "topk" || inner.name == "bottomk",
        _ => false,
    }
}

impl<'q> Evaluator<'q> {
    fn new(source: &'q dyn Source, steps: Steps, options: &'q Options, ctx: &'q JobCtx) -> Self {
        let (notes, samples, values) = (RefCell::default(), Cell::new(0), Cell::new(0));
        Self { source, options, ctx, first: steps.from, last: steps.until, notes, samples, values, began: Instant::now() }
    }
}

impl Evaluator<'_> {
    /// The value of any part but a range. What is the same at each step is evaluated once.
    fn value(&self, node: &Node, grid: &Grid) -> Outcome<Evaluated> {
        if grid.count > 1 && invariant::steady(node) {
            return Ok(invariant::spread(self.anew(node, &Grid { count: 1, ..*grid })?, grid));
        }
        self.anew(node, grid)
    }

    fn anew(&self, node: &Node, grid: &Grid) -> Outcome<Evaluated> {
        self.in_time()?;
        match &node.kind {
            Kind::Number(number) => Ok(Evaluated::Scalar(vec![*number; grid.count])),
            Kind::Text(text) => Ok(Evaluated::Text(text.clone())),
            Kind::Selector(selector) => Ok(Evaluated::Vector(self.instant(selector, grid, |sample| sample.value)?)),
            Kind::Range(..) | Kind::Subquery(_) => Err(unanswered("a range of samples stands where one value is needed")),
            Kind::Call(name, arguments) => self.call(name, arguments, node, grid),
            Kind::Aggregate(inner) => Ok(Evaluated::Vector(self.aggregate(inner, grid)?)),
            Kind::Binary(inner) => self.binary(inner, grid),
            Kind::Negate(inner) => match self.value(inner, grid)? {
                Evaluated::Vector(series) => self.mapped(series, |value| Sign::Multiply.apply(-1.0, value)),
                Evaluated::Scalar(values) => Ok(Evaluated::Scalar(values.into_iter().map(|value| -value).collect())),
                text => Ok(text),
            },
        }
    }

    fn scalar(&self, node: &Node, grid: &Grid) -> Outcome<Vec<f64>> {
        match self.value(node, grid)? {
            Evaluated::Scalar(values) => Ok(values),
            _ => Err(unanswered("a number is needed here")),
        }
    }

    fn text(&self, node: &Node, grid: &Grid) -> Outcome<String> {
        match self.value(node, grid)? {
            Evaluated::Text(text) => Ok(text),
            _ => Err(unanswered("a text is needed here")),
        }
    }

    fn vector(&self, node: &Node, grid: &Grid) -> Outcome<Vec<Series>> {
        match self.value(node, grid)? {
            Evaluated::Vector(series) => Ok(series),
            _ => Err(unanswered("an instant vector is needed here")),
        }
    }

    /// Each value through a function; the name goes.
    fn mapped(&self, series: Vec<Series>, map: impl Fn(f64) -> f64) -> Outcome<Evaluated> {
        let mapped = series.into_iter().map(|mut series| {
            series.values.iter_mut().filter(|value| !is_absent(**value)).for_each(|value| *value = map(*value));
            series
        });
        self.nameless(mapped.collect()).map(Evaluated::Vector)
    }

    /// Takes the names away, now or at the end.
    fn nameless(&self, mut series: Vec<Series>) -> Outcome<Vec<Series>> {
        series.iter_mut().for_each(|series| series.nameless = true);
        if self.options.delayed_names {
            return Ok(series);
        }
        settle(series.into_iter().map(Series::named).collect())
    }

    fn warn(&self, message: impl Into<String>, at: Span) {
        self.note(true, message.into(), at);
    }

    fn remark(&self, message: impl Into<String>, at: Span) {
        self.note(false, message.into(), at);
    }

    fn note(&self, grave: bool, message: String, at: Span) {
        let note = Note { grave, message, at };
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    /// Samples were read.
    fn count(&self, samples: usize) -> Outcome<()> {
        self.in_time()?;
        self.samples.set(self.samples.get() + samples as u64);
        self.bounded_by(self.samples.get())
    }

    /// Room for values is wanted.
    fn hold(&self, values: usize) -> Outcome<()> {
        self.values.set(self.values.get() + values as u64);
        self.bounded_by(self.values.get())
    }

    fn bounded_by(&self, many: u64) -> Outcome<()> {
        if many <= self.options.most_samples {
            return Ok(());
        }
        let words = "query processing would load too many samples into memory in query execution";
        Err(unanswered(words).hint("Ask for fewer series, a shorter time, or longer steps."))
    }

    /// Nobody cancelled it, and it has not taken too long.
    fn in_time(&self) -> Outcome<()> {
        self.ctx.checkpoint()?;
        if self.began.elapsed() < self.options.limit {
            return Ok(());
        }
        let message = format!("query timed out in expression evaluation after {} s", self.options.limit.as_secs());
        Err(unanswered(message).hint("Ask for fewer series, a shorter time, or longer steps."))
    }
}
