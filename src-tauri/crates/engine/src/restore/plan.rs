//! A restore in sentences and figures.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Bytes, Count, Digest, Outcome,
    inspection::{Header, Tone},
    restore::{Comparison, RestorePlan, TableChange},
};
use quarterdeck_sqlite::rows;

use super::{Route, Subject, phases, subject::Head};
use crate::{jobs::between, operation::Scope, truth};

/// How long a way back is kept.
pub(crate) const UNDO_DAYS: i64 = 30;

/// Up to here the rows of a database without WAL are counted for a plan: its writers wait meanwhile, and nobody was asked.
const COUNTED: Bytes = Bytes(64 << 20);

/// What a restore of this subject will do. Counts the rows of the live database, with progress.
pub(crate) fn plan_of(scope: &Scope, subject: &Subject) -> Outcome<RestorePlan> {
    let now = scope.engine.clock().now();
    let in_place = !matches!(subject.route, Route::NewFile { .. });
    let mut comparison = comparison(scope, subject);
    let changes = match subject.route {
        Route::Enter => changes(scope, subject)?.unwrap_or_else(|why| {
            comparison.push(row("Rows", counted(subject), "not counted".to_owned(), why, Tone::Unknown));
            Vec::new()
        }),
        Route::Replace => {
            let why = if subject.live.is_some() { "SQLite cannot open it" } else { "the file is missing" };
            comparison.push(row("Rows", counted(subject), "not counted".to_owned(), why, Tone::Unknown));
            Vec::new()
        }
        Route::NewFile { .. } => Vec::new(),
    };
    let Head { target, environment, snapshot, cut_at, destination, path, rto, rpo } = subject.head();
    Ok(RestorePlan {
        gate: None,
        digest: subject.digest(),
        target,
        environment,
        snapshot,
        cut_at,
        destination,
        path,
        missing: in_place && subject.live.is_none(),
        steps: steps(scope, subject),
        phases: phases(&subject.route),
        comparison,
        changes,
        holders: if in_place { subject.holders.clone() } else { Vec::new() },
        loss: in_place.then(|| between(subject.image.cut_at, now)),
        obstacles: subject.obstacles.clone(),
        confirm: subject.confirmation().cloned(),
        rto,
        rpo,
        as_of: now,
    })
}

fn steps(scope: &Scope, subject: &Subject) -> Vec<String> {
    let now = scope.engine.clock().now();
    let (moment, size) = (truth::moment(subject.image.cut_at, now), subject.image.size);
    let name = subject.component.path.file_name();
    let tables = subject.image.rows.as_ref().map_or_else(|| "its tables".to_owned(), |rows| Count(rows.len() as u64).of("table"));
    let write =
        format!("Write the image of {moment} ({size}) to a temporary file beside the target, and compare its SHA-256 with the manifest.");
    let verify = match &subject.proof {
        Some(proof) => format!(
            "Read it back from the disk: it must be the very bytes in which SQLite found nothing wrong on {}.",
            truth::moment(proof.checked_at, now)
        ),
        None => format!("Verify it there: integrity, schema, rows of {tables}."),
    };
    match &subject.route {
        Route::NewFile { path } => {
            vec![write, verify, format!("Give it the name {path}. Nothing is replaced, and the live database is not touched.")]
        }
        Route::Enter => {
            let until = truth::moment(now + chrono::TimeDelta::days(UNDO_DAYS), now);
            let old = subject.live.as_ref().map_or_else(String::new, |live| format!(" ({})", live.inspection.size));
            vec![
                format!("Check that the target is still {name}, and hold its lease."),
                write,
                verify,
                format!("Copy the safety image{old}. It is the way back, kept until {until}."),
                "Take the write lock, bring the safety image up to date, write the pages that differ in one transaction; no commit can fall between.".to_owned(),
                "Compare the whole live database with the image, and keep the safety image as a pinned snapshot.".to_owned(),
            ]
        }
        Route::Replace if subject.live.is_none() => vec![
            format!("Check that there is still no {name}, and hold its lease."),
            write,
            verify,
            format!("Give the image the name {name}. Nothing is there that would be replaced."),
        ],
        Route::Replace => vec![
            format!("Check that the target is still {name}, that nobody has it open, and hold its lease."),
            write,
            verify,
            format!("Move {name} and its sidecars aside together: SQLite cannot open it. Undo puts them back."),
            format!("Give the image the name {name}."),
        ],
    }
}

fn comparison(scope: &Scope, subject: &Subject) -> Vec<Comparison> {
    let now = scope.engine.clock().now();
    let image = &subject.image;
    let Some(live) = &subject.live else {
        return vec![row("File", image.file.clone(), "gone".to_owned(), "comes back", Tone::Attention)];
    };
    let mut rows = vec![same_or("File", image.file.clone(), subject.component.path.file_name(), "another name", Tone::Attention)];
    if image.id != subject.component.id {
        rows.push(row("Component", image.id.clone(), subject.component.id.clone(), "registered anew since", Tone::Attention));
    }
    if let Some(header) = &live.inspection.header {
        rows.extend(headers(subject, header));
    }
    if let Some(schema) = &live.inspection.schema_fingerprint {
        rows.push(same_or(
            "Schema",
            schema_text(image.user_version, &image.schema_fingerprint),
            schema_text(version(live), schema),
            "differs",
            Tone::Attention,
        ));
    }
    if let Some(mode) = &live.inspection.journal_mode {
        rows.push(same_or("Journal mode", image.journal_mode.clone(), mode.clone(), "the live one is kept", Tone::Ok));
    }
    rows.push(row(
        "Size",
        image.size.to_string(),
        live.inspection.size.to_string(),
        &difference(image.size, live.inspection.size),
        Tone::Ok,
    ));
    let apart = format!("{} apart", between(image.cut_at, now));
    rows.push(row("As of", truth::moment(image.cut_at, now), truth::moment(now, now), &apart, Tone::Ok));
    rows
}

fn headers(subject: &Subject, header: &Header) -> [Comparison; 2] {
    let image = &subject.image;
    let id = |id: i32| format!("{id:#010x}");
    let pages = if subject.holders.is_empty() { Tone::Attention } else { Tone::Critical };
    [
        same_or("application_id", id(image.application_id), id(header.application_id), "another application", Tone::Critical),
        same_or("Page size", image.page_size.to_string(), header.page_size.to_string(), "the whole file is written", pages),
    ]
}

fn version(live: &super::subject::Live) -> i32 {
    live.inspection.header.as_ref().map_or(0, |header| header.user_version)
}

fn schema_text(version: i32, schema: &Digest) -> String {
    format!("version {version}, {}", schema.short())
}

fn difference(image: Bytes, live: Bytes) -> String {
    match image.0.cmp(&live.0) {
        std::cmp::Ordering::Equal => "same".to_owned(),
        std::cmp::Ordering::Less => format!("{} smaller", Bytes(live.0 - image.0)),
        std::cmp::Ordering::Greater => format!("{} larger", Bytes(image.0 - live.0)),
    }
}

fn same_or(what: &str, snapshot: String, target: String, otherwise: &str, tone: Tone) -> Comparison {
    let same = snapshot == target;
    row(what, snapshot, target, if same { "same" } else { otherwise }, if same { Tone::Ok } else { tone })
}

fn row(what: &str, snapshot: String, target: String, result: &str, tone: Tone) -> Comparison {
    Comparison { what: what.to_owned(), snapshot, target, result: result.to_owned(), tone }
}

fn counted(subject: &Subject) -> String {
    let rows = subject.image.rows.as_ref().map(|tables| Count(tables.values().map(|rows| rows.0).sum()));
    rows.map_or_else(|| "not counted".to_owned(), |rows| rows.of("row"))
}

/// Tables whose row counts differ, or why that is not known. Equal counts say nothing about changed rows; the page says so.
fn changes(scope: &Scope, subject: &Subject) -> Outcome<Result<Vec<TableChange>, &'static str>> {
    let Some(then) = &subject.image.rows else { return Ok(Err("not known")) };
    let waits = |live: &super::subject::Live| live.inspection.journal_mode.as_deref() != Some("wal") && live.inspection.size > COUNTED;
    if subject.live.as_ref().is_some_and(waits) {
        return Ok(Err("writers would wait"));
    }
    let counted = rows::count(subject.path(), &scope.ctx);
    let now: BTreeMap<String, Count> = match counted {
        Ok(rows) => rows,
        // The plan stands without these figures, and its obstacles say what is wrong with the file.
        Err(fault) if ["damaged", "locked"].contains(&&*fault.code) => return Ok(Err("cannot be read")),
        Err(fault) => return Err(fault),
    };
    let names: std::collections::BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let change = |name: &&String| TableChange { table: (*name).clone(), live: now.get(*name).copied(), snapshot: then.get(*name).copied() };
    Ok(Ok(names.iter().map(change).filter(|change| change.live != change.snapshot).collect()))
}
