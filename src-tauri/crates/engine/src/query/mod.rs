//! PromQL over what was measured: at a moment, over a stretch of time, as JSON or as a frame of numbers.

mod complete;
pub(crate) mod coverage;
mod frame;
pub(crate) mod gaps;
mod legend;
pub(crate) mod minutes;
mod steps;

use std::collections::BTreeMap;

use quarterdeck_model::{
    Count, Fault, Instant, Millis, Outcome,
    monitor::{AnswerKind, Float, Gap, InstantAnswer, InstantLine, QueryNote, RangeAnswer, SeriesLine, SeriesList, TimeSpan},
    system::Name,
};
use quarterdeck_monitor::{
    exposition::write,
    gathered::{Density, Nature, Reading},
    labels::Labels,
    promql::{self, Column, Form, Note, Options, Steps, Value, error},
    sample::{ABSENT, Moment, is_absent},
    series::{Snapshot, thin},
};

pub(crate) use complete::complete;
use steps::Course;

use crate::{
    operation::Scope,
    ops::{ExportMetrics, ListSeries, MetricsText, QueryInstant, QueryRange},
};

/// More series of an answer over a stretch of time are not handed over.
const MOST_LINES: usize = 200;

/// More series of an answer at a moment are not handed over.
const MOST_INSTANT_LINES: usize = 2_000;

/// More samples of an answer at a moment are not handed over.
const MOST_INSTANT_SAMPLES: usize = 200_000;

/// More series of a list are not handed over.
const MOST_LISTED: usize = 1_000;

/// Evaluates at one moment.
pub(crate) fn instant(scope: &Scope, asked: &QueryInstant) -> Outcome<InstantAnswer> {
    let as_of = scope.engine.clock().now();
    let at = asked.at.unwrap_or(as_of);
    let query = promql::parse(&asked.query)?;
    let snapshot = scope.engine.series().snapshot()?;
    let moment = at.timestamp_millis();
    let steps = Steps { from: moment, until: moment, step: 0 };
    let answer = promql::evaluate(&query, &snapshot, steps, &options(asked.system.as_ref()), &scope.ctx)?;
    let mut notes = notes(&asked.query, &answer.notes, &snapshot);
    let mut text = None;
    let (kind, mut lines) = match answer.value {
        Value::Scalar(values) => (AnswerKind::Scalar, vec![line(&Labels::default(), values.first().copied(), Vec::new())]),
        Value::Text(found) => {
            text = Some(found);
            (AnswerKind::Text, Vec::new())
        }
        Value::Vector(columns) => {
            (AnswerKind::Vector, columns.iter().map(|column| line(&column.labels, column.values.first().copied(), Vec::new())).collect())
        }
        Value::Matrix(found) => {
            let all = found.into_iter().map(|(labels, samples)| {
                let samples = samples.iter().map(|sample| (sample.at, Float(sample.value))).collect();
                line(&labels, None, samples)
            });
            (AnswerKind::Matrix, all.collect())
        }
    };
    if let Some(kept) = bounded(&lines) {
        notes.push(remark(format!("{} series were found; the first {kept} are shown.", lines.len())));
        lines.truncate(kept);
    }
    Ok(InstantAnswer { kind, lines, text, notes, at, as_of })
}

/// Evaluates over a stretch of time.
pub(crate) fn range(scope: &Scope, asked: &QueryRange) -> Outcome<RangeAnswer> {
    Ok(Drawn::of(scope, asked)?.into_answer())
}

/// The same as a frame.
pub(crate) fn range_frame(scope: &Scope, asked: &QueryRange) -> Outcome<Vec<u8>> {
    frame::of(Drawn::of(scope, asked)?)
}

/// Lists series.
pub(crate) fn series(scope: &Scope, asked: &ListSeries) -> Outcome<SeriesList> {
    let snapshot = scope.engine.series().snapshot()?;
    let found = match asked.selector.as_deref().map(str::trim).filter(|selector| !selector.is_empty()) {
        None => snapshot.series(&[]),
        Some(selector) => {
            let query = promql::parse(selector)?;
            let [matchers] = promql::selectors(&query)[..] else { return Err(no_selector(selector)) };
            if query.form() != Form::Selector {
                return Err(no_selector(selector));
            }
            snapshot.series(matchers)
        }
    };
    let count = Count(found.len() as u64);
    let series = found.iter().take(MOST_LISTED).map(pairs).collect();
    Ok(SeriesList { series, found: count, as_of: scope.engine.clock().now() })
}

/// The newest value of each series as text.
pub(crate) fn metrics(scope: &Scope, asked: &ExportMetrics) -> Outcome<MetricsText> {
    let as_of = scope.engine.clock().now();
    let snapshot = scope.engine.series().snapshot()?;
    let of = asked.system.as_ref().map_or_else(|| "__name__!=\"\"".to_owned(), |system| format!("system={:?}", system.as_str()));
    let query = promql::parse(&format!("{{{of}}}"))?;
    let at = as_of.timestamp_millis();
    let answer = promql::evaluate(&query, &snapshot, Steps { from: at, until: at, step: 0 }, &Options::default(), &scope.ctx)?;
    let Value::Vector(columns) = answer.value else { return Err(Fault::bug("A selector did not answer with series.")) };
    let natures = snapshot.natures();
    let reading = |column: Column| {
        let nature = natures.get(&column.labels).copied().unwrap_or(Nature::Unknown);
        Reading { value: column.values.first().copied().unwrap_or(ABSENT), labels: column.labels, nature, density: Density::Dense }
    };
    let readings: Vec<Reading> = columns.into_iter().map(reading).filter(|reading| !is_absent(reading.value)).collect();
    Ok(MetricsText { text: write::text(&readings, |_| None), series: Count(readings.len() as u64), as_of })
}

/// One answer, before it is written in one of its two forms.
struct Drawn {
    span: TimeSpan,
    step: i64,
    moments: Vec<Moment>,
    lines: Vec<(Labels, String, Vec<f64>)>,
    found: usize,
    thinned: bool,
    gaps: Vec<Gap>,
    notes: Vec<QueryNote>,
    as_of: Instant,
}

impl Drawn {
    fn of(scope: &Scope, asked: &QueryRange) -> Outcome<Self> {
        let as_of = scope.engine.clock().now();
        let (from, until) = (asked.from.timestamp_millis(), asked.until.timestamp_millis());
        if until < from {
            return Err(Fault::usage("bad-span", "The stretch of time ends before it begins.").hint("Let `from` be the earlier moment."));
        }
        let query = promql::parse(&asked.query)?;
        let snapshot = scope.engine.series().snapshot()?;
        let options = options(asked.system.as_ref());
        let course = steps::choose(&query, &snapshot, asked, &scope.ctx)?;
        let mut drawn = match course {
            Course::Outline(steps, step) => match promql::outline(&query, &snapshot, steps, &options, &scope.ctx)? {
                Some(outline) => {
                    let moments = begun_at(from, outline.moments);
                    Self { moments, step, thinned: true, ..Self::empty(asked, as_of) }.with(outline.columns, asked)
                }
                None => Self::evaluated(&query, &snapshot, Steps { step, ..steps }, None, asked, scope)?,
            },
            Course::Steps(steps) => Self::evaluated(&query, &snapshot, steps, None, asked, scope)?,
            Course::Thinned(steps, most) => Self::evaluated(&query, &snapshot, steps, Some(most), asked, scope)?,
        };
        drawn.gaps = gaps::of(&snapshot, from, until.min(as_of.timestamp_millis()), &scope.ctx)?;
        drawn.notes.extend(damaged(&snapshot));
        Ok(drawn)
    }

    fn empty(asked: &QueryRange, as_of: Instant) -> Self {
        let span = TimeSpan { from: asked.from, until: asked.until };
        let (moments, lines, gaps, notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { span, step: 0, moments, lines, found: 0, thinned: false, gaps, notes, as_of }
    }

    /// Evaluates at each step; with `most`, so many moments stay at most.
    fn evaluated(
        query: &promql::Query,
        snapshot: &Snapshot,
        steps: Steps,
        most: Option<usize>,
        asked: &QueryRange,
        scope: &Scope,
    ) -> Outcome<Self> {
        let mut options = options(asked.system.as_ref());
        if most.is_some() {
            options.most_steps = promql::MOST_STEPS_THINNED;
        }
        let answer = promql::evaluate(query, snapshot, steps, &options, &scope.ctx)?;
        let columns = match answer.value {
            Value::Vector(columns) => columns,
            Value::Scalar(values) => vec![Column { labels: Labels::default(), values }],
            // One step of a range gives its samples; over a stretch of time there is nothing to draw of them.
            Value::Matrix(_) => {
                return Err(error::unanswered("a range of samples cannot be drawn over time").hint("Put a function around it."));
            }
            Value::Text(_) => return Err(error::unanswered("a text cannot be drawn over time")),
        };
        let moments: Vec<Moment> = if steps.step > 0 {
            (0..).map(|step| steps.from + step * steps.step).take_while(|at| *at <= steps.until).collect()
        } else {
            vec![steps.from]
        };
        let width = most.map_or(1, |most| thin::bucket(moments.len(), most));
        let thinned = width > 1;
        let columns = columns.into_iter().map(|column| if thinned { thinner(column, width) } else { column }).collect();
        let mut drawn = Self::empty(asked, scope.engine.clock().now());
        drawn.notes = places(&asked.query, &answer.notes);
        drawn.notes.extend(too_short(query, steps.step));
        let moments = if thinned { thin::moments(&moments, width) } else { moments };
        Ok(Self { step: steps.step, moments, thinned, ..drawn }.with(columns, asked))
    }

    fn with(mut self, columns: Vec<Column>, asked: &QueryRange) -> Self {
        self.found = columns.len();
        let named = |column: Column| {
            let legend = legend::of(asked.legend.as_deref(), &column.labels, &asked.query);
            (column.labels, legend, column.values)
        };
        self.lines = columns.into_iter().take(MOST_LINES).map(named).collect();
        self
    }

    fn into_answer(self) -> RangeAnswer {
        let value = |value: f64| (!is_absent(value)).then_some(Float(value));
        let line = |(labels, legend, values): (Labels, String, Vec<f64>)| SeriesLine {
            labels: pairs(&labels),
            legend,
            values: values.into_iter().map(value).collect(),
        };
        RangeAnswer {
            span: self.span,
            step: Millis(self.step.unsigned_abs()),
            moments: self.moments,
            series: self.lines.into_iter().map(line).collect(),
            found: Count(self.found as u64),
            thinned: self.thinned,
            gaps: self.gaps,
            notes: self.notes,
            as_of: self.as_of,
        }
    }
}

/// The first step of an outline may begin before the stretch; its two values are drawn within it.
fn begun_at(from: Moment, mut moments: Vec<Moment>) -> Vec<Moment> {
    let end = moments.get(2).copied().unwrap_or(Moment::MAX);
    if let [first, second, ..] = &mut moments[..]
        && *first < from
    {
        *first = from.min(end - 2);
        *second = (*second).max(*first + 1);
    }
    moments
}

fn options(system: Option<&Name>) -> Options {
    Options { scope: system.map(ToString::to_string), ..Options::default() }
}

fn thinner(column: Column, width: usize) -> Column {
    Column { values: thin::pairs(&column.values, width), ..column }
}

fn line(labels: &Labels, value: Option<f64>, samples: Vec<(i64, Float)>) -> InstantLine {
    InstantLine { labels: pairs(labels), value: value.filter(|value| !is_absent(*value)).map(Float), samples }
}

fn pairs(labels: &Labels) -> BTreeMap<String, String> {
    labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// How many lines are handed over; none where all are.
fn bounded(lines: &[InstantLine]) -> Option<usize> {
    let mut samples = 0;
    let fitting = lines.iter().take(MOST_INSTANT_LINES).take_while(|line| {
        samples += line.samples.len();
        samples <= MOST_INSTANT_SAMPLES
    });
    let kept = fitting.count();
    (kept < lines.len()).then_some(kept)
}

fn notes(text: &str, said: &[Note], snapshot: &Snapshot) -> Vec<QueryNote> {
    places(text, said).into_iter().chain(damaged(snapshot)).collect()
}

/// Remarks of the evaluator, each at its line and column.
fn places(text: &str, said: &[Note]) -> Vec<QueryNote> {
    let place = |note: &Note| {
        let (line, column) = error::place(text, note.at.start);
        QueryNote { grave: note.grave, message: note.message.clone(), line: small(line), column: small(column) }
    };
    said.iter().map(place).collect()
}

fn damaged(snapshot: &Snapshot) -> Vec<QueryNote> {
    snapshot.damaged().into_iter().map(|message| QueryNote { grave: true, message, line: 1, column: 1 }).collect()
}

/// Where steps are farther apart than a range is long, samples in between are in no step.
fn too_short(query: &promql::Query, step: i64) -> Vec<QueryNote> {
    let short = query.ranges().into_iter().filter(|(range, _)| *range < step);
    let said = short.map(|(range, at)| {
        let (line, column) = error::place(&query.text, at.start);
        let message =
            format!("The range of {} is shorter than the step of {}: what was measured in between is not seen.", words(range), words(step));
        QueryNote { grave: false, message, line: small(line), column: small(column) }
    });
    said.collect()
}

fn remark(message: String) -> QueryNote {
    QueryNote { grave: false, message, line: 1, column: 1 }
}

/// `90 s`, `5 min`, `2 h`.
fn words(milliseconds: i64) -> String {
    match milliseconds {
        short if short % 60_000 != 0 => format!("{} s", short as f64 / 1_000.0),
        minutes if minutes % 3_600_000 != 0 => format!("{} min", minutes / 60_000),
        hours => format!("{} h", hours / 3_600_000),
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn no_selector(text: &str) -> Fault {
    Fault::usage("bad-selector", format!("`{text}` is no selector of series."))
        .hint("Write a name, matchers in braces, or both: up{system=\"shop\"}.")
}
