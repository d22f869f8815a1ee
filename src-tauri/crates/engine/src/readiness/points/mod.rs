//! Points: what is built in to be looked at, each by its name in a checklist. What a point finds is a figure with a sentence that names
//! the things; a checklist may expect something else of the figure than is usual.

mod content;
mod cures;
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
    /// The page where it is seen; `SYSTEM` stands for the system's name.
    page: &'static str,
    /// What helps where it does not hold.
    helps: Helps,
}

/// What helps, decided for each point. Buttons are a verb and an object, with an ellipsis where questions follow.
enum Helps {
    /// People, on the page where it is seen.
    There(&'static str),
    /// A wizard on another page where it fails; where it is not known, the page where it is seen.
    Wizard { label: &'static str, page: &'static str, unknown: &'static str },
    /// What fits as it is now, mostly a job that one press starts; people, on a page, where nothing can be started at once.
    Depends(Choose, &'static str, &'static str),
    /// Nothing in the window: whoever mends it elsewhere has it measured again.
    Elsewhere,
}

/// What fits a point that does not meet what is expected of it; none where people have to look first.
type Choose = fn(&Field, &Expectation) -> Outcome<Option<Cure>>;

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

/// What was seen, and where.
struct Seen {
    what: What,
    /// The part of the page that is about the first thing that is wrong: `?rule=KEY`, `/ALERT`.
    row: Option<String>,
}

/// What was seen.
enum What {
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
            Err(fault) => Seen::unknown(fault.message),
            Ok(seen) => seen,
        };
        let mut brought = match seen.what {
            What::Unknown(why) => Brought::unknown(why),
            What::Nothing(what) => Brought::holds(what),
            What::Figure(found, words) => {
                let judged = Brought::judged(expect, &found, field.now());
                let sentence = match () {
                    () if words.is_empty() => judged.sentence.clone(),
                    () if plain => words,
                    () => format!("{words}; {} expected", expect.words()),
                };
                Brought { sentence, ..judged }
            }
        };
        let row = seen.row.as_deref().unwrap_or_default();
        if brought.verdict != EvidenceVerdict::Holds {
            brought.cure = self.helps.cure(field, expect, brought.verdict, (self.page, row))?;
        }
        Ok(brought.seen_at(of_system(field, self.page) + row))
    }
}

impl Helps {
    /// What helps a point that is seen at a row of a page.
    fn cure(&self, field: &Field, expect: &Expectation, verdict: EvidenceVerdict, (seen, row): (&str, &str)) -> Outcome<Option<Cure>> {
        let page = |label: &str, page: &str, row: &str| {
            Some(Cure { label: label.to_owned(), address: Some(of_system(field, page) + row), job: None })
        };
        Ok(match self {
            Self::There(label) => page(label, seen, row),
            Self::Wizard { unknown, .. } if verdict == EvidenceVerdict::Unknown => page(unknown, seen, row),
            Self::Wizard { label, page: wizard, .. } => page(label, wizard, row),
            Self::Depends(choose, label, asks) => match choose(field, expect) {
                Err(fault) if fault.class == Class::Cancelled => return Err(fault),
                Ok(Some(cure)) => Some(cure),
                Ok(None) | Err(_) => page(&format!("{label}…"), asks, ""),
            },
            Self::Elsewhere => None,
        })
    }
}

/// The address of a page of a system.
fn of_system(field: &Field, page: &str) -> String {
    page.replace("SYSTEM", field.system.name.as_str())
}

impl Seen {
    fn figure(found: Found, words: impl Into<String>) -> Self {
        What::Figure(found, words.into()).into()
    }

    fn nothing(what: impl Into<String>) -> Self {
        What::Nothing(what.into()).into()
    }

    fn unknown(why: impl Into<String>) -> Self {
        What::Unknown(why.into()).into()
    }

    /// Itself, at a row of the page.
    fn at(self, row: impl Into<Option<String>>) -> Self {
        Self { row: row.into(), ..self }
    }
}

impl From<What> for Seen {
    fn from(what: What) -> Self {
        Self { what, row: None }
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
        0 if all == 0 => Seen::unknown(format!("there are no {noun}")),
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
    Seen::figure(Found::Number(count as f64, Unit::Plain), words)
}

/// The first things by name, and how many more there are.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED { format!("{shown} and {} more", names.len() - NAMED) } else { shown }
}
