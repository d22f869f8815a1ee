//! What a restore did, measured.

use quarterdeck_backup::restore::FetchedImage;
use quarterdeck_model::{
    Count, Digest, Instant, JobId, Millis, Outcome,
    inspection::Tone,
    restore::{Check, RestoreReport, UndoOffer},
    snapshot::{Level, LevelReached, SnapshotId},
};
use quarterdeck_sqlite::{enter::Entered, replace::Replaced};
use quarterdeck_store::{image_proofs, snapshots};

use super::{Subject, UNDO_DAYS, subject::Head};
use crate::{
    jobs::{between, phase_times},
    operation::Scope,
    truth,
};

/// Of a restore to a new file.
pub(super) fn new_file(scope: &Scope, subject: &Subject, fetched: &FetchedImage, job: JobId) -> Outcome<RestoreReport> {
    let path = subject.path().display();
    let sentence = format!("{} as of {} is in {path}.", subject.component.path.file_name(), moment(scope, subject));
    finish(scope, subject, fetched, job, sentence, Part::default())
}

/// Of an entry into the live file.
pub(super) fn entered(
    scope: &Scope,
    subject: &Subject,
    fetched: &FetchedImage,
    entered: &Entered,
    cut_at: Instant,
    undo: (SnapshotId, Instant),
    job: JobId,
) -> Outcome<RestoreReport> {
    let now = scope.engine.clock().now();
    let compared = match entered.compared_whole {
        true => "the whole live database equals the image".to_owned(),
        false => "what was written equals the image; others have committed since".to_owned(),
    };
    let caught = match entered.caught_up {
        Count(0) => "nobody committed meanwhile".to_owned(),
        pages => format!("brought up to date by {}", pages.of("page")),
    };
    let part = Part {
        checks: vec![
            check(
                "Live file",
                format!("{} of {} written, writers waited {}", entered.pages_written, entered.pages.of("page"), entered.lock_held),
                cut_at,
            ),
            check("Live again", compared, now),
            check("Way back", format!("snapshot {}, {caught}", undo.0.short()), now),
        ],
        pages_written: Some(entered.pages_written),
        lock_held: Some(entered.lock_held),
        entered_at: Some(cut_at),
        undo: Some(UndoOffer { job, state_of: cut_at, snapshot: Some(undo.0), until: undo.1, used: false }),
    };
    finish(scope, subject, fetched, job, back(scope, subject), part)
}

/// Of a file that was moved aside.
pub(super) fn replaced(
    scope: &Scope,
    subject: &Subject,
    fetched: &FetchedImage,
    replaced: &Replaced,
    at: Instant,
    job: JobId,
) -> Outcome<RestoreReport> {
    let aside: Vec<String> = replaced.aside.iter().map(|path| path.display().to_string()).collect();
    let kept = if aside.is_empty() {
        "there was none; the new one is for its owner only (mode 0600)".to_owned()
    } else {
        format!("kept as {}", aside.join(", "))
    };
    let until = at + chrono::TimeDelta::days(UNDO_DAYS);
    let part = Part {
        checks: vec![check("Old file", kept, at)],
        pages_written: None,
        lock_held: None,
        entered_at: Some(at),
        undo: (!aside.is_empty()).then_some(UndoOffer { job, state_of: at, snapshot: None, until, used: false }),
    };
    finish(scope, subject, fetched, job, back(scope, subject), part)
}

/// What differs between the ways.
#[derive(Default)]
struct Part {
    checks: Vec<Check>,
    pages_written: Option<Count>,
    lock_held: Option<Millis>,
    entered_at: Option<Instant>,
    undo: Option<UndoOffer>,
}

fn finish(scope: &Scope, subject: &Subject, fetched: &FetchedImage, job: JobId, sentence: String, part: Part) -> Outcome<RestoreReport> {
    record_levels(scope, subject, fetched)?;
    let phases = phase_times(&scope.engine, job)?;
    let mut checks = image_checks(subject, fetched);
    checks.extend(part.checks);
    let Head { target, environment, snapshot, cut_at, destination, path, rto, rpo } = subject.head();
    let mut report = RestoreReport {
        sentence,
        target,
        environment,
        snapshot,
        cut_at,
        destination,
        path,
        checks,
        took: Millis(phases.iter().map(|phase| phase.took.0).sum()),
        phases,
        pages_written: part.pages_written,
        pages: subject.image.page_count,
        lock_held: part.lock_held,
        size: fetched.size,
        loss: part.entered_at.map(|at| between(subject.image.cut_at, at)),
        rto,
        rpo,
        undo: part.undo,
        evidence: Digest(String::new()),
    };
    report.evidence = Digest::over(&report);
    Ok(report)
}

/// What the image was found to be before anything else was touched.
fn image_checks(subject: &Subject, fetched: &FetchedImage) -> Vec<Check> {
    let (found, at) = (&fetched.check, fetched.checked_at);
    let how = if fetched.recalled() { ", on these very bytes" } else { "" };
    let rows: u64 = found.rows.values().map(|rows| rows.0).sum();
    let counted = format!("{}, {}", Count(found.rows.len() as u64).of("table"), Count(rows).of("row"));
    let read = if fetched.recalled() { "read back from the disk, " } else { "" };
    let equal = match &subject.image.rows {
        Some(rows) if *rows == found.rows => format!("{counted}; {read}SHA-256 and rows equal the manifest"),
        _ => format!("{counted}; {read}SHA-256 equals the manifest"),
    };
    let integrity = match found.integrity.as_slice() {
        [] => check("Integrity", format!("integrity_check ok{how}"), at),
        [first, ..] => Check { tone: Tone::Attention, ..check("Integrity", format!("as it was when it was taken: {first}"), at) },
    };
    let orphans: u64 = found.foreign_keys.iter().map(|violation| violation.rows.0).sum();
    let keys = match orphans {
        0 => check("Foreign keys", format!("none points nowhere{how}"), at),
        rows => Check {
            tone: Tone::Attention,
            ..check("Foreign keys", format!("{} without a parent, as when it was taken", Count(rows).of("row")), at)
        },
    };
    let mut checks = vec![check("Image", equal, fetched.read_at), integrity, keys];
    checks.extend(found.unchecked.iter().map(|what| Check { tone: Tone::Unknown, ..check("Not checked", what.clone(), at) }));
    checks
}

/// A restore that came this far has shown the snapshot to be good.
fn record_levels(scope: &Scope, subject: &Subject, fetched: &FetchedImage) -> Outcome<()> {
    let (read_at, checked_at) = (fetched.read_at, fetched.checked_at);
    let sound = fetched.check.integrity.is_empty();
    let matches = sound && fetched.check.schema_fingerprint == subject.image.schema_fingerprint;
    let mut levels = vec![(Level::Present, read_at), (Level::Read, read_at), (Level::Opens, read_at)];
    levels.extend(sound.then_some((Level::IntegrityOk, checked_at)));
    levels.extend(matches.then_some((Level::DataMatches, checked_at)));
    let proof = fetched.check.proof(&fetched.sha256, checked_at);
    // A level is the snapshot's: it is reached when all of its components reach it.
    let whole = subject.snapshot.manifest.components.len() == 1 && subject.snapshot.manifest.directories.is_empty();
    let levels: Vec<LevelReached> = levels.into_iter().map(|(level, at)| LevelReached { level, at }).collect();
    scope.engine.store().write(|tx| {
        proof.iter().try_for_each(|proof| image_proofs::remember(tx, proof))?;
        if !whole {
            return Ok(());
        }
        snapshots::reach(tx, &subject.snapshot.id, &levels)?;
        snapshots::count_rows(tx, &subject.snapshot.id, &subject.component.name, &fetched.check.rows, checked_at)
    })
}

fn back(scope: &Scope, subject: &Subject) -> String {
    format!("{} is back at {}.", subject.component.path.file_name(), moment(scope, subject))
}

fn moment(scope: &Scope, subject: &Subject) -> String {
    truth::moment(subject.image.cut_at, scope.engine.clock().now())
}

fn check(what: &str, result: String, at: Instant) -> Check {
    Check { what: what.to_owned(), result, tone: Tone::Ok, at }
}
