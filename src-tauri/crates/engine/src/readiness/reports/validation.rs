//! The report over a watch: targets beside what was measured.

use std::cmp::Reverse;

use chrono::TimeDelta;
use quarterdeck_model::{Count, Digest, Fault, Millis, Outcome, monitor::TimeSpan, readiness::ValidationRow, system::System};
use quarterdeck_readiness::validation::covered;
use quarterdeck_report::{Block, Cell, Column, Document, Fact, Note, Section, Table};

use super::words;
use crate::{
    operation::Scope,
    ops::{GetValidation, ListValidations},
    readiness,
};

/// So many gaps of a target are listed.
const GAPS: usize = 20;

/// The document over the watch that is named, else over the newest one, and what it is about.
pub(super) fn document(scope: &Scope, system: &System, subject: Option<&str>) -> Outcome<(Document, String)> {
    let id = match subject {
        Some(id) => id.to_owned(),
        None => {
            let list = readiness::validations(scope, &ListValidations { system: Some(system.name.clone()) })?;
            list.validations.into_iter().next().map(|watch| watch.id).ok_or_else(|| {
                Fault::refused("no-such-validation", format!("{} was never watched.", system.name))
                    .hint(format!("Run: quarterdeck validation start {}", system.name))
            })?
        }
    };
    let watch = readiness::validation(scope, &GetValidation { id })?;
    let mut document = Document::new(watch.title.clone(), watch.as_of);
    let release = watch.release.clone().map_or_else(String::new, |release| format!(", release {release}"));
    document.subtitle = format!("Validation of {} ({}){release}", watch.system, system.environment);
    let (tone, word) = words::row(watch.verdict);
    document.verdict = Some(Note::new(tone, word, watch.sentence.clone()));
    document.facts = vec![
        Fact::new("From", watch.from.format("%-d %b %Y, %H:%M UTC").to_string()),
        Fact::new("Until", watch.stopped.unwrap_or(watch.until).format("%-d %b %Y, %H:%M UTC").to_string()),
        Fact::new("State", words::word(&watch.state)),
        Fact::new("Started by", watch.started_by.clone()),
        Fact::new("Alerts that began to fire", watch.alerts.to_string()),
        Fact::new("Version of validation.yml", watch.version.short()),
    ];
    document.sections = vec![
        Section::new("Targets", vec![Block::Table(targets(&watch.rows))]),
        Section::new("How it was measured", vec![Block::Table(how(&watch.rows))]),
        Section::new("Gaps", vec![Block::Table(gaps(&watch.rows))]),
    ];
    document.closing.evidence = Some(Digest::over(&watch.rows));
    Ok((document, watch.release.unwrap_or_else(|| watch.id.chars().take(8).collect())))
}

/// What was wanted beside what was measured.
fn targets(rows: &[ValidationRow]) -> Table {
    let lines = rows.iter().map(|row| {
        let (tone, word) = words::row(row.verdict);
        vec![
            Cell::new(row.name.clone()),
            Cell::new(row.target.clone()),
            Cell::new(row.shown.clone()),
            Cell::state(tone, word),
            Cell::new(covered(row.measured.0)),
        ]
    });
    Table {
        caption: "Targets beside what was measured".to_owned(),
        columns: vec![
            Column::words("Target", 3),
            Column::words("Wanted", 2),
            Column::words("Measured", 2),
            Column::short("Verdict"),
            Column::number("Covered"),
        ],
        rows: lines.collect(),
        none: "Nothing is watched.".to_owned(),
    }
}

/// How, and when it was worst.
fn how(rows: &[ValidationRow]) -> Table {
    let lines = rows.iter().map(|row| {
        let worst = row.worst.map_or_else(String::new, |at| at.format("%-d %b, %H:%M UTC").to_string());
        vec![Cell::new(row.name.clone()), Cell::new(row.how.clone()), Cell::new(row.query.clone().unwrap_or_default()), Cell::new(worst)]
    });
    Table {
        caption: "How each was measured, and when it was worst".to_owned(),
        columns: vec![Column::words("Target", 2), Column::words("How", 2), Column::words("Query", 4), Column::short("Worst")],
        rows: lines.collect(),
        none: "Nothing is watched.".to_owned(),
    }
}

/// Where nothing was measured: of each target the longest gaps, and how much the others are together.
fn gaps(rows: &[ValidationRow]) -> Table {
    Table {
        caption: "Where nothing was measured".to_owned(),
        columns: vec![Column::words("Target", 2), Column::words("From", 2), Column::words("Until", 2)],
        rows: rows.iter().flat_map(gaps_of).collect(),
        none: "Everything was measured throughout.".to_owned(),
    }
}

fn gaps_of(row: &ValidationRow) -> Vec<Vec<Cell>> {
    let mut gaps: Vec<&TimeSpan> = row.gaps.iter().collect();
    gaps.sort_by_key(|gap| Reverse(gap.until - gap.from));
    let shorter = gaps.split_off(gaps.len().min(GAPS));
    gaps.sort_by_key(|gap| gap.from);
    let line = |from: String, until: String| vec![Cell::new(row.name.clone()), Cell::new(from), Cell::new(until)];
    let mut lines: Vec<_> = gaps.iter().map(|gap| line(gap.from.to_rfc3339(), gap.until.to_rfc3339())).collect();
    if !shorter.is_empty() {
        let together: TimeDelta = shorter.iter().map(|gap| gap.until - gap.from).sum();
        let together = Millis(together.num_milliseconds().unsigned_abs());
        lines.push(line(format!("and {}", Count(shorter.len() as u64).of("shorter gap")), format!("{together} together")));
    }
    lines
}
