//! Evidence by a SELECT over a database beside those who use it.

use std::time::Duration;

use quarterdeck_model::{
    Bytes, Count, Instant, JobCtx, Outcome,
    system::{Component, System},
};
use quarterdeck_readiness::expect::{Condition, Expectation, Found, Kind, Unit};
use quarterdeck_sqlite::question::{Kept, Reply, Rows};

use super::{Brought, Field, unmeasured};

/// A statement that takes longer is stopped.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// Characters of a value that are shown.
const LONGEST: usize = 200;

/// Asks, behind the same fence as a drill's questions.
pub(super) fn measure(
    field: &Field,
    (component, sql): (Option<&str>, &str),
    unit: Unit,
    expect: &Expectation,
    limit: Duration,
    ctx: &JobCtx,
) -> Outcome<Brought> {
    let database = database(&field.system, component)?;
    let found = match field.ask(database, sql, limit, ctx)? {
        Reply::Rows(rows) => rows,
        Reply::Refused(why) | Reply::None(why) => return Ok(Brought::unknown(format!("{} did not answer: {why}", database.name))),
    };
    Ok(judge(&found, database.name.as_str(), unit, expect, field.now()))
}

/// Rows of a database, or of a copy, beside what is expected of them. What SQLite plans is text, as its shell shows it.
pub(in crate::readiness) fn judge(found: &Rows, whose: &str, unit: Unit, expect: &Expectation, now: Instant) -> Brought {
    let detail = detail(found);
    let (rows, plan) = (Found::Rows(found.count, first_row(found)), plan(found));
    let is_counted = |condition: &Condition| matches!(condition, Condition::Rows(_));
    if found.count > 1 && plan.is_none() && !expect.conditions.iter().all(is_counted) {
        let why = format!("{whose} answered several rows where one value is expected");
        return Brought::unknown(why).valued(rows.value()).with(detail);
    }
    if let (Some(why), false) = (cut(found, plan.is_some()), expect.conditions.iter().all(is_counted)) {
        return Brought::unknown(format!("{whose} answered {why}")).with(detail);
    }
    let value = plan.unwrap_or_else(|| first_value(found, unit));
    let shown = if expect.kind() == Some(Kind::Rows) { rows.value() } else { value.value() };
    let judged = Brought::judged_by_part(expect, &[&value, &rows], |condition| usize::from(is_counted(condition)), now);
    judged.valued(shown).with(detail)
}

/// The steps of a plan, a line each, where the rows are those of EXPLAIN QUERY PLAN (<https://www.sqlite.org/eqp.html>).
fn plan(rows: &Rows) -> Option<Found> {
    if rows.columns != ["id", "parent", "notused", "detail"] {
        return None;
    }
    let steps = rows.first.iter().filter_map(|row| row.last()).map(shown);
    Some(Found::Text(steps.collect::<Vec<_>>().join("\n")))
}

/// Why nothing can be said of what was found: only its beginning was kept.
fn cut(found: &Rows, is_plan: bool) -> Option<String> {
    let left_out = found.count.saturating_sub(found.first.len() as u64);
    match found.first.first().and_then(|row| row.first()) {
        _ if is_plan && left_out > 0 => Some(format!("a plan of {}, too long to be judged", Count(found.count).of("step"))),
        Some(Kept::LongText { bytes, .. }) if !is_plan => Some(format!("a text of {}, too long to be judged", Bytes(*bytes))),
        _ => None,
    }
}

/// The database of that name; the first one where none is named.
fn database<'s>(system: &'s System, named: Option<&str>) -> Outcome<&'s Component> {
    let mut databases = system.databases();
    match named {
        None => databases.next().ok_or_else(|| unmeasured(format!("{} has no database", system.name))),
        Some(name) => databases
            .find(|database| database.name.as_str() == name)
            .ok_or_else(|| unmeasured(format!("{} has no database {name}", system.name))),
    }
}

#[allow(clippy::cast_precision_loss)] // what is compared is a float
fn first_value(rows: &Rows, unit: Unit) -> Found {
    match rows.first.first().and_then(|row| row.first()) {
        None | Some(Kept::Null) => Found::Missing,
        Some(Kept::Integer(value)) => Found::Number(*value as f64, unit),
        Some(Kept::Real(value)) => Found::Number(*value, unit),
        Some(Kept::Text(text)) => Found::Text(text.clone()),
        Some(other) => Found::Text(shown(other)),
    }
}

/// `id 7, cents 30`.
fn first_row(rows: &Rows) -> Option<String> {
    let row = rows.first.first()?;
    let named: Vec<String> = rows.columns.iter().zip(row).map(|(column, value)| format!("{column} {}", shown(value))).collect();
    Some(named.join(", "))
}

fn detail(rows: &Rows) -> Option<String> {
    let mut lines = vec![rows.columns.join(" | ")];
    lines.extend(rows.first.iter().map(|row| row.iter().map(shown).collect::<Vec<_>>().join(" | ")));
    let left_out = rows.count.saturating_sub(rows.first.len() as u64);
    if left_out > 0 {
        lines.push(format!("… and {}", Count(left_out).of("row")));
    }
    (!rows.first.is_empty()).then(|| lines.join("\n"))
}

fn shown(value: &Kept) -> String {
    match value {
        Kept::Null => "NULL".to_owned(),
        Kept::Integer(value) => value.to_string(),
        Kept::Real(value) => value.to_string(),
        Kept::Text(text) | Kept::LongText { start: text, .. } => text.chars().take(LONGEST).collect(),
        Kept::Blob(bytes) => format!("{bytes} bytes"),
    }
}
