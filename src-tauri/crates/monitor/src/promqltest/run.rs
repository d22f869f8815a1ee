//! Runs a script against the evaluator.

use std::collections::BTreeSet;

use quarterdeck_model::{Fault, JobCtx, Outcome};

use super::{
    points::Described,
    report::{Outcomes, Verdict},
    script::{Case, Command, Expected, commands},
};
use crate::{
    labels::Labels,
    promql::{Answer, Column, Options, Query, Steps, Value, error::place, evaluate, hold::held, parse, selectors},
    sample::{Sample, is_absent, is_stale},
    source::{Matcher, Memory},
};

/// Runs a whole script.
pub fn run(script: &str) -> Outcomes {
    let mut outcomes = Outcomes::default();
    let mut world = World::default();
    for command in commands(script) {
        match command {
            Command::Clear => world = World::default(),
            Command::Load(step, series) => world.load(step, series),
            Command::LoadBoth(step, series) => {
                let of = |labels: &Labels| Some(labels.with(crate::labels::NAME, labels.name().strip_suffix("_bucket")?).with("le", ""));
                world.native.extend(series.iter().filter_map(|series| of(&series.labels)));
                world.load(step, series);
            }
            Command::Unread(line, why) => outcomes.add(line, Verdict::Skipped(why)),
            Command::Ask(case) => {
                let verdict = world.ask(&case);
                outcomes.add(case.line, verdict);
            }
        }
    }
    outcomes
}

#[derive(Default)]
struct World {
    memory: Memory,
    native: BTreeSet<Labels>,
}

impl World {
    fn load(&mut self, step: i64, series: Vec<Described>) {
        for series in series {
            if series.native {
                self.native.insert(series.labels);
                continue;
            }
            let at = |index: usize| step * i64::try_from(index).unwrap_or(0);
            let samples = series.points.iter().enumerate().filter_map(|(index, value)| value.map(|value| Sample { at: at(index), value }));
            self.memory.extend(series.labels, samples.collect::<Vec<_>>());
        }
    }

    fn ask(&self, case: &Case) -> Verdict {
        if case.series.iter().any(|series| series.native) || case.query.contains("{{") {
            return Verdict::Skipped("native histograms".to_owned());
        }
        let Some(steps) = case.steps else { return Verdict::Skipped("case that is not read".to_owned()) };
        let query = match parse(&case.query) {
            Ok(query) => query,
            Err(fault) => return unread(case, &fault),
        };
        if self.touches_native(&query) {
            return Verdict::Skipped("native histograms".to_owned());
        }
        match (self.evaluate(&query, steps), case.expected.iter().find(|expected| expected.what == "fail")) {
            (Err(fault), Some(expected)) => failed_as(expected, &fault),
            (Err(fault), None) if fault.message.contains("not supported") => Verdict::Skipped(fault.message),
            (Err(fault), None) => Verdict::Failed(fault.message),
            (Ok(_), Some(_)) => Verdict::Failed("it was to fail".to_owned()),
            (Ok(answer), None) => match compared(case, steps, &answer)
                .and_then(|()| said(case, &answer))
                .and_then(|()| self.in_a_range(case, &query, steps, &answer))
                .and_then(|()| self.at_other_times(case, &query, steps, &answer))
            {
                Ok(()) => Verdict::Passed,
                Err(why) => Verdict::Failed(why.message),
            },
        }
    }

    fn evaluate(&self, query: &Query, steps: Steps) -> Outcome<Answer> {
        evaluate(query, &self.memory, steps, &Options { delayed_names: true, ..Options::default() }, &JobCtx::detached())
    }

    fn touches_native(&self, query: &Query) -> bool {
        let touched = |matchers: &&[Matcher]| self.native.iter().any(|labels| matchers.iter().all(|matcher| matcher.holds(labels)));
        selectors(query).iter().any(touched)
    }

    /// An instant is the same as a step in the middle of a range.
    fn in_a_range(&self, case: &Case, query: &Query, steps: Steps, instant: &Answer) -> Outcome<()> {
        let Value::Vector(wanted) = &instant.value else { return Ok(()) };
        let own = ["start()", "end()", "step()", "range()", "sort"].iter().any(|word| case.query.contains(word));
        if !case.instant || own || case.expected.iter().any(|expected| expected.what == "ordered") {
            return Ok(());
        }
        let around = Steps { from: steps.from - 60_000, until: steps.from + 60_000, step: 60_000 };
        let Ok(Answer { value: Value::Vector(found), .. }) = self.evaluate(query, around) else { return Ok(()) };
        if same(wanted, &found, 1) { Ok(()) } else { Err(differs("as a step of a range it answers something else".to_owned())) }
    }

    /// With all selectors held at the moment of the case, it answers the same whenever it is asked.
    fn at_other_times(&self, case: &Case, query: &Query, steps: Steps, instant: &Answer) -> Outcome<()> {
        let Value::Vector(wanted) = &instant.value else { return Ok(()) };
        let Some(held) = held(query, steps.from).filter(|_| case.instant && !case.query.contains("sort")) else { return Ok(()) };
        let at = steps.from;
        for moment in if at == 0 { vec![-1_000, 1_000] } else { vec![-10 * at, 0, at / 5, 10 * at] } {
            let range = Steps { from: moment, until: moment + 120_000, step: 60_000 };
            for steps in [Steps { from: moment, until: moment, step: 0 }, range] {
                let Value::Vector(found) = self.evaluate(&held, steps)?.value else { continue };
                if !same(wanted, &found, 0) || (steps.step > 0 && !same(wanted, &found, 2)) {
                    return Err(differs(format!("asked at {moment} ms with `@ {at} ms` it answers something else")));
                }
            }
        }
        Ok(())
    }
}

/// True where a step of some columns is what an instant answered.
fn same(instant: &[Column], found: &[Column], step: usize) -> bool {
    let found: Vec<&Column> = found.iter().filter(|column| !is_absent(column.values[step])).collect();
    let there = |wanted: &Column| found.iter().any(|found| found.labels == wanted.labels && close(found.values[step], wanted.values[0]));
    found.len() == instant.len() && instant.iter().all(there)
}

fn differs(how: String) -> Fault {
    Fault::failed("answer-differs", how)
}

fn unread(case: &Case, fault: &Fault) -> Verdict {
    if fault.message.contains("not supported") {
        return Verdict::Skipped(fault.message.clone());
    }
    match case.expected.iter().find(|expected| expected.what == "fail") {
        Some(expected) if expected.words.is_some() || expected.pattern.is_some() => failed_as(expected, fault),
        // Where the script names no words, that it cannot be read is what counts.
        Some(_) => Verdict::Passed,
        None => Verdict::Failed(fault.message.clone()),
    }
}

fn failed_as(expected: &Expected, fault: &Fault) -> Verdict {
    let words = fault.message.trim_start_matches("The query cannot be evaluated: ");
    if matches(expected, words) { Verdict::Passed } else { Verdict::Failed(format!("it says: {words}")) }
}

fn matches(expected: &Expected, said: &str) -> bool {
    let worded = expected.words.as_ref().is_none_or(|words| said.contains(words.as_str()));
    let like = |pattern: &String| regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(said));
    worded && expected.pattern.as_ref().is_none_or(like)
}

fn said(case: &Case, answer: &Answer) -> Outcome<()> {
    for expected in &case.expected {
        let (grave, wanted) = match expected.what.as_str() {
            "warn" => (true, true),
            "info" => (false, true),
            "no_warn" => (true, false),
            "no_info" => (false, false),
            _ => continue,
        };
        let notes = answer.notes.iter().filter(|note| note.grave == grave).map(|note| {
            let (line, column) = place(&case.query, note.at.start);
            format!("{} ({line}:{column})", note.message)
        });
        let notes: Vec<String> = notes.collect();
        if !wanted && !notes.is_empty() || wanted && !notes.iter().any(|note| matches(expected, note)) {
            return Err(differs(format!("notes for `{}`: {notes:?}", expected.what)));
        }
    }
    Ok(())
}

fn compared(case: &Case, steps: Steps, answer: &Answer) -> Outcome<()> {
    match &answer.value {
        Value::Scalar(values) => match case.number {
            Some(wanted) if !case.instant || !close(values[0], wanted) => Err(differs(format!("{} instead of {wanted}", values[0]))),
            None if case.instant => Err(differs(format!("{} was not expected", values[0]))),
            None => columns(case, &[Column { labels: Labels::default(), values: values.clone() }]),
            _ => Ok(()),
        },
        Value::Text(text) => {
            if case.text.as_ref() == Some(text) {
                Ok(())
            } else {
                Err(differs(format!("the text is {text:?}")))
            }
        }
        Value::Vector(found) => columns(case, found),
        Value::Matrix(found) => ranges(case, steps, found),
    }
}

fn columns(case: &Case, found: &[Column]) -> Outcome<()> {
    if found.len() != case.series.len() {
        let names: Vec<String> = found.iter().map(|column| column.labels.to_string()).collect();
        return Err(differs(format!("{} series instead of {}: {names:?}", found.len(), case.series.len())));
    }
    let ordered = case.instant && case.expected.iter().any(|expected| expected.what == "ordered");
    for (index, wanted) in case.series.iter().enumerate() {
        let column = if ordered {
            found.get(index).filter(|column| column.labels == wanted.labels)
        } else {
            found.iter().find(|column| column.labels == wanted.labels)
        };
        let column = column.ok_or_else(|| differs(format!("{} is not there", wanted.labels)))?;
        for (step, value) in column.values.iter().enumerate() {
            let same = wanted
                .points
                .get(step)
                .copied()
                .flatten()
                .map_or_else(|| is_absent(*value), |wanted| !is_absent(*value) && close(*value, wanted));
            if !same {
                return Err(differs(format!("{} at step {step}: {value} instead of {:?}", wanted.labels, wanted.points.get(step))));
            }
        }
    }
    Ok(())
}

fn ranges(case: &Case, steps: Steps, found: &[(Labels, Vec<Sample>)]) -> Outcome<()> {
    let (from, step) = case.range.unwrap_or((steps.from, 0));
    if found.len() != case.series.len() {
        return Err(differs(format!("{} series instead of {}", found.len(), case.series.len())));
    }
    for wanted in &case.series {
        let (_, samples) =
            found.iter().find(|(labels, _)| *labels == wanted.labels).ok_or_else(|| differs(format!("{} is not there", wanted.labels)))?;
        let at = |index: usize| from + step * i64::try_from(index).unwrap_or(0);
        let points: Vec<(i64, f64)> =
            wanted.points.iter().enumerate().filter_map(|(index, value)| value.map(|value| (at(index), value))).collect();
        if points.len() != samples.len()
            || !samples.iter().zip(&points).all(|(sample, (at, value))| sample.at == *at && close(sample.value, *value))
        {
            return Err(differs(format!("{}: {samples:?} instead of {points:?}", wanted.labels)));
        }
    }
    Ok(())
}

/// Equal but for rounding: a millionth of their sizes.
fn close(one: f64, other: f64) -> bool {
    if is_stale(one) || is_stale(other) {
        return is_stale(one) && is_stale(other);
    }
    if one == other || (one.is_nan() && other.is_nan()) {
        return true;
    }
    let (apart, sizes) = ((one - other).abs(), one.abs() + other.abs());
    if one == 0.0 || other == 0.0 || sizes < f64::MIN_POSITIVE {
        return apart < 1e-6 * f64::MIN_POSITIVE;
    }
    apart / sizes.min(f64::MAX) < 1e-6
}
