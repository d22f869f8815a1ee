//! The report over a watch: targets beside what was measured.

use std::cmp::Reverse;

use chrono::TimeDelta;
use quarterdeck_model::{
    Count, Digest, Fault, Millis, Outcome,
    monitor::TimeSpan,
    readiness::{Validation, ValidationRow},
    system::System,
};
use quarterdeck_readiness::validation::covered;
use quarterdeck_report::{Block, Cell, Column, Document, Fact, Figure, Note, Section, Table};

use super::{
    pictures::{self, Lines},
    words,
};
use crate::{
    operation::Scope,
    ops::{GetValidation, ListValidations},
    readiness::{self, Drawn},
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
        Fact::new("From", words::when(watch.from)),
        Fact::new("Until", words::when(watch.stopped.unwrap_or(watch.until))),
        Fact::new("State", words::word(&watch.state)),
        Fact::new("Started by", watch.started_by.clone()),
        Fact::new("Alerts that began to fire", watch.alerts.to_string()),
        Fact::new("Version of validation.yml", watch.version.short()),
    ];
    document.sections = vec![
        Section::new("Targets", vec![Block::Table(targets(&watch.rows))]),
        over_time(scope, &watch)?,
        Section::new("How it was measured", vec![Block::Table(how(&watch.rows))]),
        Section::new("Gaps", vec![Block::Table(gaps(&watch.rows))]),
    ];
    document.closing.evidence = Some(Digest::over(&watch.rows));
    Ok((document, watch.release.unwrap_or_else(|| watch.id.chars().take(8).collect())))
}

/// Each target that is measured minute by minute, as a line.
fn over_time(scope: &Scope, watch: &Validation) -> Outcome<Section> {
    let drawn = readiness::drawn(scope, watch)?;
    let mut blocks = Vec::new();
    let mut rest = Vec::new();
    for row in &watch.rows {
        match drawn.iter().find(|drawn| drawn.name == row.name) {
            Some(drawn) => blocks.push(Block::Figure(line(row, drawn)?)),
            None => rest.push(row.name.as_str()),
        }
    }
    if !rest.is_empty() {
        let why = "one figure stands for the whole of it so far";
        blocks.push(Block::Paragraph(format!("Not drawn, because {why}: {}.", rest.join(", "))));
    }
    Ok(Section::new("Over time", blocks))
}

fn line(row: &ValidationRow, drawn: &Drawn) -> Outcome<Figure> {
    let covered = match row.gaps.len() as u64 {
        0 => "It was measured throughout".to_owned(),
        gaps => format!("With {}, drawn on a grey ground, {} of the window is covered", words::many(gaps, "gap"), share(row.measured.0)),
    };
    let step = drawn.answer.step;
    let thinned =
        if drawn.answer.thinned { format!(" Of each {step} the smallest and the largest minute are drawn.") } else { String::new() };
    let remark = drawn.remark.as_ref().map(|remark| format!(" {remark}")).unwrap_or_default();
    let said = format!("{}: {} is wanted, {} was measured ({})", row.name, row.target, row.shown, row.how);
    let alt = format!("{said}, {}. {covered}.", verdict(row));
    let lines = Lines { title: &drawn.name, unit: drawn.unit, wanted: drawn.wanted.clone(), answer: &drawn.answer };
    pictures::lines(lines, format!("{said}. {covered}.{thinned}{remark}"), alt)
}

fn verdict(row: &ValidationRow) -> String {
    words::row(row.verdict).1.to_lowercase()
}

/// Never rounded up to all.
fn share(share: f64) -> String {
    format!("{:.1} %", (share * 1_000.0).floor() / 10.0)
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
    let mut lines: Vec<_> = gaps.iter().map(|gap| line(words::when(gap.from), words::when(gap.until))).collect();
    if !shorter.is_empty() {
        let together: TimeDelta = shorter.iter().map(|gap| gap.until - gap.from).sum();
        let together = Millis(together.num_milliseconds().unsigned_abs());
        lines.push(line(format!("and {}", Count(shorter.len() as u64).of("shorter gap")), format!("{together} together")));
    }
    lines
}
