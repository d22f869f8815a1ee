//! Points: what is built in to be looked at, each by its name in a checklist. What a point finds is a figure with a sentence that names
//! the things; a checklist may expect something else of the figure than is usual.

mod content;
mod proof;
mod secrets;
mod security;
#[cfg(test)]
mod tests;
mod upkeep;
mod watch;

use quarterdeck_model::{
    Class, Fault, JobCtx, Outcome,
    readiness::{Cure, EvidenceVerdict},
};
use quarterdeck_readiness::expect::{Condition, Expectation, Found, Literal, Unit};

use super::gathering::{Brought, Field};
use crate::{
    lookup,
    operation::Scope,
    ops::{CheckPoint, Point, PointAnswer},
};

/// One point.
struct Built {
    /// As a checklist names it.
    name: &'static str,
    /// What it measures.
    title: &'static str,
    /// What is expected unless a checklist says otherwise.
    expects: Usual,
    /// How it is looked at.
    look: fn(&Field, &JobCtx) -> Outcome<Seen>,
    /// The page where it is seen, and what helps: a verb and an object.
    page: (&'static str, &'static str),
}

/// What is usually expected.
enum Usual {
    /// Nothing of that kind.
    None,
    /// At most so many days old.
    Days(u64),
    /// At least so much, in a unit.
    Least(f64, Unit),
    /// It is so.
    True,
}

/// What was seen.
enum Seen {
    /// A figure, and in words what it is about.
    Figure(Found, String),
    /// There is nothing of the kind that the point looks at, and that is all right.
    Nothing(String),
    /// It cannot be said, and why.
    Unknown(String),
}

/// All points, in the order of the documentation.
static POINTS: &[&[Built]] = &[proof::POINTS, content::POINTS, watch::POINTS, upkeep::POINTS, security::POINTS];

/// How many things a sentence names.
const NAMED: usize = 5;

/// How a checklist names each.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    all().map(|point| point.name)
}

/// What is expected of a point of which a checklist does not say it; none where there is no such point.
pub(crate) fn usual(name: &str) -> Option<Expectation> {
    all().find(|point| point.name == name).map(|point| point.expects.expectation())
}

/// Measures one point for a checklist.
pub(crate) fn measure(field: &Field, name: &str, expect: Option<&Expectation>, ctx: &JobCtx) -> Outcome<Brought> {
    match all().find(|point| point.name == name) {
        Some(point) => point.measure(field, expect, ctx),
        None => Ok(Brought::unknown(format!("there is no point {name:?}"))),
    }
}

/// Measures one point now, or lists all. Fault `no-such-point`.
pub(crate) fn check_point(scope: &Scope, asked: &CheckPoint) -> Outcome<PointAnswer> {
    let as_of = scope.engine.clock().now();
    if asked.point == "list" {
        return Ok(PointAnswer { points: all().map(Built::listed).collect(), as_of });
    }
    let point = all().find(|point| point.name == asked.point).ok_or_else(|| {
        Fault::usage("no-such-point", format!("There is no point {:?}.", asked.point))
            .hint(format!("Name one of: {}.", names().collect::<Vec<_>>().join(", ")))
    })?;
    let field = Field::new(scope, lookup::system(&scope.engine, &asked.system)?);
    let brought = point.measure(&field, None, &scope.ctx)?;
    let found = Point {
        verdict: Some(brought.verdict),
        value: brought.value,
        sentence: brought.sentence,
        address: brought.address,
        ..point.listed()
    };
    Ok(PointAnswer { points: vec![found], as_of })
}

fn all() -> impl Iterator<Item = &'static Built> {
    POINTS.iter().copied().flatten()
}

impl Built {
    fn listed(&self) -> Point {
        Point {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            expected: self.expects.expectation().words(),
            verdict: None,
            value: None,
            sentence: String::new(),
            address: None,
        }
    }

    fn measure(&self, field: &Field, expect: Option<&Expectation>, ctx: &JobCtx) -> Outcome<Brought> {
        let usual = self.expects.expectation();
        let plain = expect.is_none() && self.expects.goes_without_saying();
        let expect = expect.unwrap_or(&usual);
        let seen = match (self.look)(field, ctx) {
            Err(fault) if fault.class == Class::Cancelled => return Err(fault),
            Err(fault) => Seen::Unknown(fault.message),
            Ok(seen) => seen,
        };
        let mut brought = match seen {
            Seen::Unknown(why) => Brought::unknown(why),
            Seen::Nothing(what) => Brought::holds(what),
            Seen::Figure(found, words) => {
                let judged = Brought::judged(expect, &found, field.now());
                let sentence = match () {
                    () if words.is_empty() => judged.sentence.clone(),
                    () if plain => words,
                    () => format!("{words}; {} expected", expect.words()),
                };
                Brought { sentence, ..judged }
            }
        };
        let (page, label) = self.page;
        let address = page.replace("SYSTEM", field.system.name.as_str());
        if brought.verdict != EvidenceVerdict::Holds {
            brought.cure = Some(Cure { label: label.to_owned(), address: Some(address.clone()), operation: None, request: None });
        }
        Ok(brought.seen_at(address))
    }
}

impl Usual {
    /// True where the words of what was seen already say what is wrong with it.
    fn goes_without_saying(&self) -> bool {
        matches!(self, Self::None | Self::True)
    }

    fn expectation(&self) -> Expectation {
        let condition = match self {
            Self::None => Condition::Is(Literal::Number(0.0, Unit::Plain)),
            Self::Days(days) => Condition::NewerThan(quarterdeck_model::Millis(days * 86_400_000)),
            Self::Least(least, unit) => Condition::AtLeast(*least, *unit, false),
            Self::True => Condition::Is(Literal::Flag(true)),
        };
        Expectation { conditions: vec![condition] }
    }
}

/// How many of all things are not as they should be: `2 of 51 rules cannot fire: A, B`; where all are: `51 rules can fire`. Where there is none at all, nothing
/// is known: who asks expects some.
fn amiss(wrong: Vec<String>, all: usize, noun: &str, does: (&str, &str)) -> Seen {
    match wrong.len() {
        0 if all == 0 => Seen::Unknown(format!("there are no {noun}")),
        0 => counted(0, format!("{all} {noun} {}", does.0)),
        count => counted(count, format!("{count} of {all} {noun} {}: {}", does.1, listed(&wrong))),
    }
}

/// Things of which there should be none, among many that are not counted: `3 alerts fire: A, B, C`; where there is none: `no alerts fire`.
fn none_of(found: &[String], noun: &str, does: &str) -> Seen {
    let words = match found.len() {
        0 => format!("no {noun} {does}"),
        count => format!("{count} {noun} {does}: {}", listed(found)),
    };
    counted(found.len(), words)
}

/// A plain count, and what it is about.
#[allow(clippy::cast_precision_loss)] // a count
fn counted(count: usize, words: String) -> Seen {
    Seen::Figure(Found::Number(count as f64, Unit::Plain), words)
}

/// The first things by name, and how many more there are.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED { format!("{shown} and {} more", names.len() - NAMED) } else { shown }
}
