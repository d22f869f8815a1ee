//! Evidence by a command: its exit code, and what it prints.

use std::time::Duration;

use quarterdeck_model::{JobCtx, Millis, Outcome, readiness::EvidenceVerdict};
use quarterdeck_readiness::expect::{Condition, Expectation, Found, Unit};
use regex::Regex;

use super::{Brought, Field, unmeasured};
use crate::program::{self, End, Program, Ran};

/// What is run, and what of it is the value.
pub(super) struct Asked<'a> {
    pub arguments: &'a [String],
    pub limit: Millis,
    pub value: Option<&'a str>,
    pub unit: Unit,
}

/// Runs it in the definition's folder. Exit code 0 is always expected; where it crashes, or does not end, nothing is known.
pub(super) fn measure(field: &Field, asked: &Asked<'_>, expect: &Expectation, ctx: &JobCtx) -> Outcome<Brought> {
    let name = asked.arguments.first().map_or("", String::as_str);
    let program = Program {
        arguments: asked.arguments,
        folder: field.folder()?,
        system: &field.system.name,
        environment: field.system.environment,
        limit: Duration::from_millis(asked.limit.0),
    };
    let ran = program::run(&program, ctx)?;
    let detail = ran.transcript();
    let brought = match ran.end {
        End::Code(0) => judged(asked, &ran, expect, field)?,
        End::Code(_) => Brought::fails(format!("{name} {}{}", ran.end, last_words(&ran))),
        _ => Brought::unknown(format!("{name} {}", ran.end)),
    };
    Ok(brought.with(detail))
}

fn judged(asked: &Asked<'_>, ran: &Ran, expect: &Expectation, field: &Field) -> Outcome<Brought> {
    let found = match asked.value {
        None if expect.conditions.is_empty() => return Ok(Brought::holds("ended with exit code 0")),
        None => Found::Text(ran.out.text.clone()),
        Some(pattern) => taken(pattern, &ran.out.text, asked.unit)?,
    };
    let brought = Brought::judged(expect, &found, field.now());
    let looks_for_absence = |condition: &Condition| matches!(condition, Condition::Lacks(_) | Condition::Exists(false));
    if ran.out.is_cut() && brought.verdict == EvidenceVerdict::Holds && expect.conditions.iter().any(looks_for_absence) {
        return Ok(Brought::unknown("it printed too much to say what is not in it"));
    }
    if found == Found::Missing && ran.out.is_cut() {
        return Ok(Brought::unknown("its value is not in the beginning of what it printed"));
    }
    Ok(brought)
}

/// The first group of the first match.
fn taken(pattern: &str, text: &str, unit: Unit) -> Outcome<Found> {
    let regex = Regex::new(pattern).map_err(|_| unmeasured("The regular expression of its value cannot be read"))?;
    let Some(found) = regex.captures(text) else { return Ok(Found::Missing) };
    let value = found.get(1).or_else(|| found.get(0)).map_or("", |group| group.as_str().trim());
    Ok(value.parse::<f64>().map_or_else(|_| Found::Text(value.to_owned()), |number| Found::Number(number, unit)))
}

/// The last line that it printed as an error, else at all.
fn last_words(ran: &Ran) -> String {
    let last =
        [&ran.errors, &ran.out].into_iter().find_map(|printed| printed.text.lines().rev().map(str::trim).find(|line| !line.is_empty()));
    last.map_or_else(String::new, |line| format!(": {}", line.chars().filter(|c| !c.is_control()).take(200).collect::<String>()))
}
