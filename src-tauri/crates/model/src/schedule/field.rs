//! The five fields of a cron expression, looked at one by one, so that a mistake has a place.

use crate::{Fault, Outcome};

/// One of the five.
pub(super) struct Field {
    /// What people call it.
    pub name: &'static str,
    /// What it may be, in words.
    pub range: &'static str,
    /// Signs beside figures that mean something in it.
    signs: &'static str,
    /// Names that stand for figures.
    names: &'static [&'static str],
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// In the order of an expression.
pub(super) const FIELDS: [Field; 5] = [
    Field { name: "minute", range: "0 to 59", signs: "*,-/", names: &[] },
    Field { name: "hour", range: "0 to 23", signs: "*,-/", names: &[] },
    Field { name: "day of the month", range: "1 to 31, or L for the last", signs: "*,-/?LW", names: &[] },
    Field { name: "month", range: "1 to 12, or JAN to DEC", signs: "*,-/", names: MONTHS },
    Field { name: "day of the week", range: "0 to 7 (both are Sunday), or SUN to SAT", signs: "*,-/?L#", names: DAYS },
];

/// A part of an expression and where it begins, counted from 1 in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'t> {
    pub text: &'t str,
    pub at: usize,
}

/// The parts of an expression between white space.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut at = 1;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end_matches(char::is_whitespace);
        if !word.is_empty() {
            parts.push(Part { text: word, at });
        }
        at += piece.chars().count();
    }
    parts
}

/// Refuses a sign or a name that means nothing in this field, at its own place.
pub(super) fn check(field: &Field, part: Part<'_>) -> Outcome<()> {
    let mut at = part.at;
    for run in runs(part.text) {
        let known = match run.chars().next() {
            Some(c) if c.is_ascii_digit() => true,
            Some(c) if c.is_alphabetic() => {
                let upper = run.to_uppercase();
                field.names.contains(&upper.as_str()) || upper.chars().all(|c| field.signs.contains(c))
            }
            Some(c) => field.signs.contains(c),
            None => true,
        };
        if !known {
            return Err(wrong(field, run, at));
        }
        at += run.chars().count();
    }
    Ok(())
}

/// The refusal of a piece of a field, naming its place.
pub(super) fn wrong(field: &Field, text: &str, at: usize) -> Fault {
    Fault::usage("bad-schedule", format!("{text:?} at character {at} of the cron expression is no {}.", field.name))
        .hint(format!("Write {}, * for each, a-b for a span, a,b for several, or */n for each n-th.", field.range))
        .fact("position", at)
        .fact("field", field.name)
}

/// Letters together, figures together, every sign alone.
fn runs(text: &str) -> Vec<&str> {
    let kind = |c: char| if c.is_ascii_digit() { 1 } else { 2 * u8::from(c.is_alphabetic()) };
    let mut runs = Vec::new();
    let mut begin = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| kind(before) != kind(c) || kind(c) == 0) {
            runs.push(&text[begin..at]);
            begin = at;
        }
        before = Some(c);
    }
    runs.push(&text[begin..]);
    runs
}
