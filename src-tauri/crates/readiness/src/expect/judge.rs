//! Found beside expected.

use chrono::DateTime;
use quarterdeck_model::{Instant, Millis, readiness::EvidenceVerdict};
use regex::Regex;

use super::{Condition, Expectation, Found, Judgement, Kind, Literal, RowCount, SKEW, Unit, words};

/// Numbers that differ by less than this share are equal: `is: 0.3` holds for 0.1 + 0.2.
const EQUAL: f64 = 1e-9;

impl Expectation {
    /// What it says of something found. Where the kinds do not fit each other, nothing is known: what cannot be compared neither holds nor
    /// fails. Total: no input panics.
    pub fn judge(&self, found: &Found, now: Instant) -> Judgement {
        let judged = self.conditions.iter().map(|condition| (condition, condition.judge(found, now)));
        let worst = judged.max_by_key(|(_, judged)| rank(judged));
        let Some((condition, judged)) = worst else {
            return Judgement { verdict: EvidenceVerdict::Unknown, sentence: format!("{}, nothing is expected of it", shown(found)) };
        };
        match judged {
            Judged::Holds => {
                Judgement { verdict: EvidenceVerdict::Holds, sentence: format!("{}, {} expected", said(found, "", now), self.words()) }
            }
            Judged::Fails => {
                let words = condition.words();
                Judgement { verdict: EvidenceVerdict::Fails, sentence: format!("{}, {words} expected", said(found, &words, now)) }
            }
            Judged::Unknown(why) => {
                Judgement { verdict: EvidenceVerdict::Unknown, sentence: format!("{why}; {} expected", condition.words()) }
            }
        }
    }

    /// Of several values of one thing, the one that is farthest from what is expected; none of none. What is no number is the farthest.
    pub fn worst(&self, values: impl IntoIterator<Item = f64>) -> Option<f64> {
        values
            .into_iter()
            .map(|value| (self.room(value), value))
            .min_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, value)| value)
    }

    /// What kind of thing has to be found; none where it fits everything. A query with a single value is counted as rows, or read as a
    /// number, by what is expected of it.
    pub fn kind(&self) -> Option<Kind> {
        self.conditions.iter().find_map(Condition::kind)
    }

    /// How far a value may still go; negative where it went too far.
    fn room(&self, value: f64) -> f64 {
        let room = self.conditions.iter().map(|condition| match condition {
            Condition::AtLeast(bound, ..) => value - bound,
            Condition::AtMost(bound, ..) => bound - value,
            Condition::Is(Literal::Number(expected, _)) => -(value - expected).abs(),
            Condition::Not(Literal::Number(refused, _)) => (value - refused).abs(),
            _ => f64::INFINITY,
        });
        room.map(|room| if room.is_nan() { f64::NEG_INFINITY } else { room }).fold(f64::INFINITY, f64::min)
    }
}

/// What one condition says.
enum Judged {
    Holds,
    Fails,
    /// Why it cannot be said.
    Unknown(String),
}

/// What fails outweighs what is not known, and that what holds.
fn rank(judged: &Judged) -> u8 {
    match judged {
        Judged::Holds => 0,
        Judged::Unknown(_) => 1,
        Judged::Fails => 2,
    }
}

impl Condition {
    fn judge(&self, found: &Found, now: Instant) -> Judged {
        match self {
            Self::Exists(expected) => truth((*found != Found::Missing) == *expected),
            Self::Is(literal) => equals(literal, found),
            Self::Not(literal) => match equals(literal, found) {
                Judged::Holds => Judged::Fails,
                Judged::Fails => Judged::Holds,
                unknown @ Judged::Unknown(_) => unknown,
            },
            Self::AtLeast(bound, unit, without) => {
                compared(found, *unit, |value| if *without { value > *bound } else { value >= *bound }, *bound)
            }
            Self::AtMost(bound, unit, without) => {
                compared(found, *unit, |value| if *without { value < *bound } else { value <= *bound }, *bound)
            }
            Self::Rows(expected) => counted(*expected, found),
            Self::Contains(text) => text_of(found, Judged::Fails, |found| truth(found.contains(text))),
            Self::Lacks(text) => text_of(found, none(), |found| truth(!found.contains(text))),
            Self::Matches(pattern) => text_of(found, Judged::Fails, |found| match Regex::new(pattern) {
                Ok(regex) => truth(regex.is_match(found)),
                Err(_) => Judged::Unknown("the regular expression cannot be read".to_owned()),
            }),
            Self::NewerThan(age) => newer(*age, found, now),
        }
    }
}

fn truth(holds: bool) -> Judged {
    if holds { Judged::Holds } else { Judged::Fails }
}

fn none() -> Judged {
    Judged::Unknown("nothing was found".to_owned())
}

fn misfit(found: &Found, expected: &str) -> Judged {
    if *found == Found::Missing { none() } else { Judged::Unknown(format!("{} is not {expected}", shown(found))) }
}

fn equals(literal: &Literal, found: &Found) -> Judged {
    match (literal, found) {
        (Literal::Text(expected), Found::Text(found)) => truth(expected.trim() == found.trim()),
        (Literal::Flag(expected), Found::Flag(found)) => truth(expected == found),
        (Literal::Number(expected, unit), Found::Number(..)) => compared(found, *unit, |value| equal(value, *expected), *expected),
        (Literal::Text(_), _) => misfit(found, "text"),
        (Literal::Flag(_), _) => misfit(found, "yes or no"),
        (Literal::Number(..), _) => misfit(found, "a number"),
    }
}

fn equal(one: f64, other: f64) -> bool {
    // Infinities are equal to themselves only: their difference is no number.
    one == other || (one - other).abs() <= EQUAL * one.abs().max(other.abs()) && one.is_finite() && other.is_finite()
}

/// A bound without a unit is in the unit of what was found; zero is zero in all of them.
fn compared(found: &Found, unit: Unit, holds: impl Fn(f64) -> bool, bound: f64) -> Judged {
    match found {
        Found::Number(value, _) if value.is_nan() => Judged::Unknown("no number was found".to_owned()),
        Found::Number(value, found) if unit == Unit::Plain || unit == *found || bound == 0.0 => truth(holds(*value)),
        Found::Number(..) => misfit(found, in_unit(unit)),
        _ => misfit(found, "a number"),
    }
}

fn in_unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Plain => "a plain number",
        Unit::Seconds => "a time",
        Unit::Bytes => "a size",
        Unit::Ratio => "a share in percent",
    }
}

fn counted(expected: RowCount, found: &Found) -> Judged {
    let Found::Rows(count, _) = found else { return misfit(found, "a number of rows") };
    truth(match expected {
        RowCount::None => *count == 0,
        RowCount::Some => *count > 0,
        RowCount::Exactly(expected) => *count == expected,
    })
}

fn text_of(found: &Found, missing: Judged, judge: impl Fn(&str) -> Judged) -> Judged {
    match found {
        Found::Text(text) => judge(text),
        Found::Missing => missing,
        _ => misfit(found, "text"),
    }
}

fn newer(age: Millis, found: &Found, now: Instant) -> Judged {
    let at = match found {
        Found::At(at) => *at,
        Found::Text(text) => match DateTime::parse_from_rfc3339(text.trim()) {
            Ok(at) => at.to_utc(),
            Err(_) => return misfit(found, "a moment"),
        },
        Found::Missing => return Judged::Fails,
        _ => return misfit(found, "a moment"),
    };
    let past = now.signed_duration_since(at).num_milliseconds();
    match u64::try_from(past) {
        Ok(past) => truth(past < age.0),
        Err(_) if past.unsigned_abs() <= SKEW.0 => Judged::Holds,
        Err(_) => Judged::Unknown(format!("{} is still to come: a clock is wrong", shown(found))),
    }
}

/// What was found; `absent` where there is nothing.
fn shown(found: &Found) -> String {
    found.value().unwrap_or_else(|| "absent".to_owned())
}

/// As [`shown`], so that it does not read like what it misses; of a moment, how long ago.
fn said(found: &Found, missed: &str, now: Instant) -> String {
    match found {
        Found::Number(value, unit) => words::beside(*value, *unit, missed),
        Found::At(at) => match u64::try_from(now.signed_duration_since(*at).num_milliseconds()) {
            Ok(past) => format!("{} old", Millis(past)),
            Err(_) => "new".to_owned(),
        },
        _ => shown(found),
    }
}
