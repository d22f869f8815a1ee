//! A rehearsal: the migrations and their ways down run on a copy in scratch. The live database is only read.

use quarterdeck_migrate::{
    rehearse::{self, Figures, Trial},
    steps::{self, Batch, Manner},
};
use quarterdeck_model::{
    Bytes, Count, Digest, Fault, JobId, Outcome,
    inspection::Tone,
    job::Phase,
    migration::{Rehearsal, RehearsedStep, WayDown},
};
use quarterdeck_store::{failpoint, intents, migrations};

use super::{
    copy::{Copied, Origin},
    look::Look,
    place::{Place, Registered},
    rehearsals::Ground,
};
use crate::{
    backup::no_room,
    drill::{Scratch, choose},
    intent::Intent,
    operation::{Announcement, Scope},
    ops::{MigrationSource, RehearseMigrations},
};

pub(super) const COPY: &str = "Copy the database to scratch";
const READ: &str = "Read the files and the copy";
const TRY: &str = "Run the migrations and their ways down on the copy";

/// Checks what a moment can check before the job exists.
pub(crate) fn announce_rehearsal(scope: &Scope, request: &RehearseMigrations) -> Outcome<Announcement> {
    let place = place(scope, request)?;
    let registered = place.registered()?.clone();
    let origin = Origin::find(scope, &registered, request.snapshot.as_deref())?;
    origin.ensure_stall_accepted(request.accept_stall)?;
    if matches!(origin, Origin::Live { .. }) {
        batches(&Look::at(scope, place)?, request)?;
    }
    let home = scope.engine.home();
    // The copy, and once more what the migrations write to it.
    let Bytes(size) = origin.size(&registered)?;
    quarterdeck_store::files::make_folder(&home.scratch())?;
    if let Some(obstacle) = no_room(&home.scratch(), size.saturating_mul(2))? {
        return Err(Fault::refused("rehearsal-not-possible", obstacle)
            .hint("Free some space on the disk of Quarterdeck's own folder.")
            .may_retry());
    }
    Ok(Announcement {
        title: format!("Rehearsal of the migrations of {}", registered.target),
        environment: registered.system.environment,
        target: registered.target,
        phases: vec![
            Phase::new(COPY, origin.note()),
            Phase::new(READ, "What would run on it, and what it rests on."),
            Phase::new(TRY, "Each is timed, and each way down is compared with what was before."),
        ],
    })
}

/// Rehearses. A migration that fails is a finding, and no fault: the rehearsal has done what it is for.
pub(crate) fn rehearse(scope: &Scope, request: &RehearseMigrations, job: JobId) -> Outcome<Rehearsal> {
    let engine = &scope.engine;
    let folder = choose(engine)?;
    engine.store().write(|tx| intents::note(tx, job, &Intent::Rehearse { scratch: folder.as_path().into() }))?;
    let scratch = Scratch::make(&folder)?;
    let rehearsed = in_scratch(scope, request, &folder, job);
    let removed = scratch.remove();
    if removed.is_ok() {
        // However it ended, there is nothing left to recover.
        engine.store().write(|tx| intents::clear(tx, job))?;
    }
    let (rehearsal, ground, component) = rehearsed?;
    removed?;
    engine.store().write(|tx| migrations::remember(tx, &component, &rehearsal, &ground))?;
    Ok(rehearsal)
}

fn in_scratch(scope: &Scope, request: &RehearseMigrations, folder: &std::path::Path, job: JobId) -> Outcome<(Rehearsal, Ground, String)> {
    let place = place(scope, request)?;
    let registered = place.registered()?.clone();
    scope.ctx.phase(COPY);
    let origin = Origin::find(scope, &registered, request.snapshot.as_deref())?;
    let copied = origin.copy(scope, &registered, &folder.join("rehearsal.db"))?;
    failpoint::reach("rehearse.copied")?;
    scope.ctx.phase(READ);
    // What runs is decided by what the copy remembers, not by what the live database has come to meanwhile.
    let look = Look::at(scope, Place { database: copied.path.clone(), ..place })?;
    let batches = batches(&look, request)?;
    let ground = Ground::of(&look, &batches);
    scope.ctx.phase(TRY);
    let trial = Trial {
        copy: &copied.path,
        wal: copied.journal_mode == "wal",
        ledger: &look.place.ledger,
        collection: &look.collection,
        batches: &batches,
        settings: &look.settings,
    };
    let figures = rehearse::rehearse(&trial, scope.engine.clock(), &scope.ctx)?;
    failpoint::reach("rehearse.done")?;
    let rehearsal = told(scope, &registered, copied, figures, ground.digest(), job);
    Ok((rehearsal, ground, registered.component.id))
}

fn place(scope: &Scope, request: &RehearseMigrations) -> Outcome<Place> {
    Place::find(scope, &MigrationSource::of(request.target.clone(), request.folder.clone()))
}

/// What runs; a rehearsal of nothing is refused.
fn batches(look: &Look, request: &RehearseMigrations) -> Outcome<Vec<Batch>> {
    let manner = Manner { each: request.each, out_of_order: request.out_of_order };
    let batches = steps::batches(&look.collection, &look.timeline, &request.wish, manner)?;
    if batches.is_empty() {
        return Err(Fault::refused("nothing-pending", "Nothing is pending: there is nothing to rehearse.")
            .hint("Look at the list of migrations; name an older snapshot to rehearse those that are applied by now."));
    }
    Ok(batches)
}

fn told(scope: &Scope, registered: &Registered, copied: Copied, figures: Figures, basis: Digest, job: JobId) -> Rehearsal {
    let (sentence, tone) = sentence(&figures, &copied);
    Rehearsal {
        job,
        target: registered.target.clone(),
        at: scope.engine.clock().now(),
        snapshot: copied.snapshot,
        cut_at: copied.cut_at,
        sentence,
        tone,
        steps: figures.steps,
        failure: figures.failure,
        writers_wait: figures.writers_wait,
        pages_written: figures.pages_written,
        disk: figures.disk,
        integrity: figures.integrity,
        foreign_keys: figures.foreign_keys,
        rows: figures.rows,
        tables_equal: figures.tables_equal,
        schema: figures.schema,
        basis,
    }
}

/// What is worst comes first: nobody reads on after a migration that fails.
fn sentence(figures: &Figures, copied: &Copied) -> (String, Tone) {
    let on = match &copied.snapshot {
        Some(id) => format!("a copy of snapshot {}", id.short()),
        None => "a copy of the live database".to_owned(),
    };
    if let Some(failure) = &figures.failure {
        let at = format!("{}:{}:{}", failure.at.file, failure.at.line, failure.at.column);
        return (format!("{} fails on {on}, at {at}: {}.", failure.version, failure.message.trim_end_matches('.')), Tone::Critical);
    }
    if let Some(first) = figures.integrity.first() {
        return (format!("The migrations ran on {on}, and leave a damaged database: {first}."), Tone::Critical);
    }
    if let Some(first) = figures.foreign_keys.first() {
        let rows = first.rows.of("row");
        let what = format!("The migrations ran on {on}, and leave {rows} of {} that point to nothing in {}.", first.table, first.parent);
        return (what, Tone::Critical);
    }
    let ran = Count(figures.steps.len() as u64).of("migration");
    let ran = format!("{ran} ran on {on}; writers would wait {} for them.", figures.writers_wait);
    let is_wanting = |down: &WayDown| matches!(down, WayDown::NotBack { .. } | WayDown::Failed { .. });
    let wanting: Vec<&str> = figures.steps.iter().filter(|step| is_wanting(&step.down)).map(|step| step.version.as_str()).collect();
    let leads_back = |step: &RehearsedStep| matches!(step.down, WayDown::Back { .. });
    match wanting.as_slice() {
        [] if figures.steps.iter().all(leads_back) => (format!("{ran} Every way down goes back."), Tone::Ok),
        [] => (ran, Tone::Ok),
        [one] => (format!("{ran} The way down of {one} does not go back."), Tone::Attention),
        several => (format!("{ran} The ways down of {} do not go back.", several.join(", ")), Tone::Attention),
    }
}
