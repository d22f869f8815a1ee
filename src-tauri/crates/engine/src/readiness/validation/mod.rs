//! The watch after a deployment: begun, looked at, concluded (docs/validation.md).
//!
//! What a watch says is formed anew from series and records each time, until it is over: then whoever collects keeps its figures, because
//! single samples are not kept for ever.

mod concluding;
mod drawn;
mod measuring;
mod records;

use std::{fs, path::Path};

use chrono::TimeDelta;
use quarterdeck_document::findings::Findings;
use quarterdeck_model::{
    Count, Digest, Fault, Instant, JobCtx, Millis, Outcome,
    job::Unit,
    monitor::TimeSpan,
    readiness::{RowVerdict, Validation, ValidationFile, ValidationRow, ValidationState},
    system::{DefinitionFinding, Name, System},
};
use quarterdeck_monitor::promql;
use quarterdeck_readiness::validation::{Measured, Plan, judge, overall};
use quarterdeck_store::validations::{self, ValidationRecord};

pub(crate) use self::{
    concluding::Concluding,
    drawn::{Drawn, drawn},
};
use super::gathering::address::encoded;
use crate::{
    Engine, lookup,
    operation::Scope,
    ops::{GetValidation, ListValidations, StartValidation, StopValidation, ValidationList},
};

/// The file, in the folder of a definition.
const FILE: &str = "validation.yml";

/// A larger file is none; in bytes.
const LARGEST: u64 = 1024 * 1024;

/// So many are listed.
const LISTED: u32 = 50;

/// A watch may begin so long ago: single samples are kept for that time.
const BACK: TimeDelta = TimeDelta::days(15);

/// Lists watches, and what each file says.
pub(crate) fn validations(scope: &Scope, asked: &ListValidations) -> Outcome<ValidationList> {
    let engine = &scope.engine;
    let systems = match &asked.system {
        Some(name) => vec![lookup::system(engine, name)?],
        None => lookup::systems(engine)?,
    };
    let files = systems.iter().filter_map(file).collect();
    let records = engine.store().read(|c| validations::list(c, asked.system.as_ref(), LISTED))?;
    let formed = records.into_iter().map(|record| form(engine, record, &scope.ctx));
    Ok(ValidationList { files, validations: formed.collect::<Outcome<_>>()?, as_of: engine.clock().now() })
}

/// Shows one.
pub(crate) fn validation(scope: &Scope, asked: &GetValidation) -> Outcome<Validation> {
    form(&scope.engine, find(&scope.engine, &asked.id)?, &scope.ctx)
}

/// Begins one. Faults `no-validation`, `definition-invalid`, `validation-running`, `bad-time`.
pub(crate) fn start_validation(scope: &Scope, asked: &StartValidation) -> Outcome<Validation> {
    let engine = &scope.engine;
    let system = lookup::system(engine, &asked.system)?;
    let (text, plan) = usable(&system)?;
    let now = engine.clock().now();
    let from = asked.from.unwrap_or(now);
    if from > now || from < now - BACK {
        return Err(Fault::usage("bad-time", format!("A watch cannot begin at {from}."))
            .hint("Name a moment of the last 15 days, or leave it out to begin now."));
    }
    let until = from + span(asked.length.unwrap_or(plan.length))?;
    let record = ValidationRecord {
        id: crate::scope::random_id()?,
        system: system.name,
        release: asked.release.as_deref().map(str::trim).filter(|release| !release.is_empty()).map(str::to_owned),
        from,
        until,
        stopped: None,
        started_by: scope.caller.who.clone(),
        file: text,
        figures: None,
    };
    engine.store().write(|tx| {
        let running = validations::list(tx, Some(&record.system), LISTED)?;
        if let Some(running) = running.iter().find(|running| running.figures.is_none() && running.stopped.is_none() && running.until > now)
        {
            return Err(Fault::refused("validation-running", format!("{} is watched until {}.", record.system, running.until))
                .hint(format!("Stop that watch first: quarterdeck validation stop {}", running.id)));
        }
        validations::add(tx, &record)
    })?;
    form(engine, record, &scope.ctx)
}

/// Stops one before its end, and keeps what it came to. Faults `no-such-validation`, `validation-over`.
pub(crate) fn stop_validation(scope: &Scope, asked: &StopValidation) -> Outcome<Validation> {
    let engine = &scope.engine;
    let record = find(engine, &asked.id)?;
    let now = engine.clock().now();
    if !engine.store().write(|tx| validations::stop(tx, &record.id, now))? {
        return Err(Fault::refused("validation-over", format!("The watch {} is over.", record.id)).hint("Begin another one."));
    }
    let figures = form(engine, ValidationRecord { stopped: Some(now), ..record }, &scope.ctx)?;
    engine.store().write(|tx| validations::conclude(tx, &figures.id, &figures))?;
    Ok(figures)
}

/// What is wrong with the file of a folder that has a definition.
pub(crate) fn validation_findings(folder: &Path) -> Vec<DefinitionFinding> {
    text(folder).map(|text| read(folder, &text).1).unwrap_or_default()
}

fn find(engine: &Engine, id: &str) -> Outcome<ValidationRecord> {
    let mut found = if id.is_empty() { Vec::new() } else { engine.store().read(|c| validations::find(c, id))? };
    match (found.pop(), found.pop()) {
        (Some(record), None) => Ok(record),
        (None, _) => {
            Err(Fault::refused("no-such-validation", format!("There is no watch {id:?}.")).hint("Run: quarterdeck validation list"))
        }
        (Some(_), Some(_)) => {
            Err(Fault::usage("ambiguous", format!("Several watches begin with {id:?}.")).hint("Write more of its figures."))
        }
    }
}

fn span(length: Millis) -> Outcome<TimeDelta> {
    let longest = BACK.num_milliseconds().unsigned_abs();
    let millis = i64::try_from(length.0).ok().filter(|_| (60_000..=longest).contains(&length.0));
    millis
        .map(TimeDelta::milliseconds)
        .ok_or_else(|| Fault::usage("bad-time", "A watch lasts from one minute up to 15 days.").hint("Name a length such as: 48 h"))
}

/// The text of the file; none where there is none that can be read.
fn text(folder: &Path) -> Option<String> {
    let path = folder.join(FILE);
    let small = fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST);
    small.then(|| fs::read_to_string(&path).ok()).flatten()
}

fn read(folder: &Path, text: &str) -> (Option<Plan>, Vec<DefinitionFinding>) {
    let mut findings = Findings::new(&folder.join(FILE));
    let plan = Plan::read(text, &mut findings, &|query| promql::parse(query).map(drop));
    (plan, findings.in_order())
}

fn file(system: &System) -> Option<ValidationFile> {
    let folder = &system.folder.as_ref()?.0;
    let (plan, findings) = read(folder, &text(folder)?);
    let length = plan.as_ref().map_or(Millis(0), |plan| plan.length);
    let rows = plan.into_iter().flat_map(|plan| plan.rows).map(|row| row.name).collect();
    Some(ValidationFile { system: system.name.clone(), length, rows, findings })
}

fn usable(system: &System) -> Outcome<(String, Plan)> {
    let missing = || {
        Fault::refused("no-validation", format!("{} has no {FILE}.", system.name))
            .hint("Write one beside its quarterdeck.yaml (docs/validation.md).")
    };
    let folder = &system.folder.as_ref().ok_or_else(missing)?.0;
    let text = text(folder).ok_or_else(missing)?;
    match read(folder, &text) {
        (Some(plan), _) => Ok((text, plan)),
        (None, findings) => {
            let first = findings.first().map(|found| format!(":{}:{}: {}", found.line, found.column, found.message)).unwrap_or_default();
            Err(Fault::refused("definition-invalid", format!("{}{first}", folder.join(FILE).display()))
                .hint(format!("Run: quarterdeck check {}", folder.display())))
        }
    }
}

/// What a watch says now; what was kept of one that is over.
fn form(engine: &Engine, record: ValidationRecord, ctx: &JobCtx) -> Outcome<Validation> {
    if let Some(figures) = record.figures {
        return Ok(figures);
    }
    let now = engine.clock().now();
    // A clock that went back behind the beginning: nothing was watched yet.
    let end = record.stopped.unwrap_or(record.until).min(record.until).min(now).max(record.from);
    let plan = plan_of(&record);
    let rows = plan.as_ref().map(|plan| rows(engine, &record, plan, end, ctx)).transpose()?.unwrap_or_default();
    let state = match record.stopped {
        Some(_) => ValidationState::Stopped,
        None if record.until <= now => ValidationState::Ended,
        None => ValidationState::Watching,
    };
    let sentence = match &plan {
        Some(_) => sentence(&rows, record.from, end, record.until),
        None => "What was asked cannot be read by this version of Quarterdeck.".to_owned(),
    };
    let records = records::Records { engine, system: &record.system, from: record.from, until: end };
    let alerts = Count(records.alerts(false)?.unwrap_or(0));
    let version = Digest::of(record.file.as_bytes());
    let ValidationRecord { id, system, release, from, until, stopped, started_by, .. } = record;
    Ok(Validation {
        id,
        system,
        title: plan.map_or_else(|| "Validation".to_owned(), |plan| plan.title),
        release,
        from,
        until,
        stopped,
        started_by,
        state,
        verdict: overall(&rows),
        sentence,
        rows,
        alerts,
        version,
        as_of: now,
    })
}

/// What was asked when a watch began. It was read without findings then; another version of the product may read it otherwise.
fn plan_of(record: &ValidationRecord) -> Option<Plan> {
    read(Path::new(""), &record.file).0
}

fn rows(engine: &Engine, record: &ValidationRecord, plan: &Plan, end: Instant, ctx: &JobCtx) -> Outcome<Vec<ValidationRow>> {
    let window = measuring::Window::over(engine, &record.system, record.from, end, ctx)?;
    let all = plan.rows.len() as u64;
    let mut rows = Vec::with_capacity(plan.rows.len());
    for row in &plan.rows {
        ctx.checkpoint()?;
        ctx.progress(rows.len() as u64, Some(all), Unit::Checks);
        let address = Some(address(&record.system, &row.measure));
        rows.push(match window.measure(row) {
            Ok(measured) => judge(row, &measured, end, address),
            // A query that its series do not fit says nothing of its row, and nothing of the others.
            Err(fault) if fault.is("bad-query") || fault.is("query-failed") => {
                let gaps = if end > record.from { vec![TimeSpan { from: record.from, until: end }] } else { Vec::new() };
                let unmeasured = judge(row, &Measured { gaps, ..Measured::default() }, end, address);
                ValidationRow { sentence: fault.message, ..unmeasured }
            }
            Err(fault) => return Err(fault),
        });
    }
    ctx.progress(all, Some(all), Unit::Checks);
    Ok(rows)
}

/// Where in the window of the product a target is seen: what stands behind `#/`.
fn address(system: &Name, measure: &quarterdeck_readiness::validation::Measure) -> String {
    use quarterdeck_readiness::validation::{Measure, Record};
    match measure {
        Measure::Query(query, _) => format!("explore?query={}&system={system}", encoded(query)),
        Measure::Record(Record::Alerts | Record::CriticalAlerts) => "history".to_owned(),
        Measure::Record(Record::Backups) => format!("snapshots/{system}"),
        Measure::Record(Record::Drills) => format!("drills/{system}"),
        Measure::Record(Record::Smoke) => format!("smoke/{system}"),
    }
}

/// E.g. `31 of 48 h watched: 6 of 7 targets kept, 1 not known.`
fn sentence(rows: &[ValidationRow], from: Instant, end: Instant, until: Instant) -> String {
    let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let length = |time: TimeDelta| if time.num_minutes() < 120 { (time.num_minutes(), "min") } else { (time.num_hours(), "h") };
    let (watched, whole) = (length(end - from), length(until - from));
    let part = match (watched, whole) {
        _ if end >= until => format!("{} {} watched", whole.0, whole.1),
        ((part, unit), (whole, same)) if unit == same => format!("{part} of {whole} {unit} watched"),
        ((part, unit), (whole, other)) => format!("{part} {unit} of {whole} {other} watched"),
    };
    let mut said = format!("{part}: {} of {} targets kept", count(RowVerdict::Holds), rows.len());
    for (verdict, words) in [(RowVerdict::Fails, "missed"), (RowVerdict::Unknown, "not known")] {
        if count(verdict) > 0 {
            said.push_str(&format!(", {} {words}", count(verdict)));
        }
    }
    said + "."
}
