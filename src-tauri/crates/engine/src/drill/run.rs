//! The drill itself, component by component.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant as Moment},
};

use quarterdeck_backup::{
    prove,
    repository::Repository,
    restore::{self as fetch, Demand, FetchedImage, Wanted},
};
use quarterdeck_model::{
    Fault, JobCtx, JobId, Millis, Outcome,
    drill::{DrillCheck, DrillOutcome, DrillQuestion, DrillReport, DrillTimes, DrilledComponent, PartOutcome},
    job::{Listener, Progress},
    snapshot::ManifestComponent,
    system::{Name, Target},
};
use quarterdeck_sqlite::question;
use quarterdeck_store::{audit, drills, failpoint, files, image_proofs, intents};

use super::{
    ASK, OPEN, RESTORE, Subject, VERIFY, begun, compare, judge,
    outcome::{self, Measured},
    place, reach, step,
};
use crate::{intent::Intent, operation::Scope, ops::DrillSystem, repository};

/// Drills. A drill that failed ends its job with `drill-failed`; its result stays in the history, as that of every other.
pub(crate) fn run(scope: &Scope, request: &DrillSystem, job: JobId) -> Outcome<DrillReport> {
    let (engine, began) = (&scope.engine, Moment::now());
    scope.ctx.phase(OPEN);
    let subject = Subject::look(engine, request)?;
    let folder = place::choose(engine)?;
    let drill = begun(scope, &subject, job);
    engine.store().write(|tx| {
        drills::record(tx, &drill)?;
        intents::note(tx, job, &Intent::Drill { scratch: folder.as_path().into() })
    })?;
    let (measured, removed) = in_scratch(scope, &subject, &folder, began);
    let drill = outcome::settle(drill, measured, &folder, engine.clock().now());
    failpoint::reach("drill.recording")?;
    record(scope, &drill, removed.is_ok())?;
    removed?;
    match (drill.outcome, &drill.fault) {
        (DrillOutcome::Unfinished, Some(fault)) => Err(fault.clone()),
        (DrillOutcome::Failed, _) => Err(Fault::failed("drill-failed", drill.sentence)
            .hint(format!("Look at its result, then back up {0} and drill it again: quarterdeck drills {0}", drill.system))
            .fact("snapshot", drill.snapshot.0)
            .fact("job", job.0)),
        _ => Ok(drill),
    }
}

/// One transaction: the result, the level where it was reached, the audit line with the evidence, and the end of the intent.
fn record(scope: &Scope, drill: &DrillReport, removed: bool) -> Outcome<()> {
    let target = Target { system: drill.system.clone(), component: drill.component.clone() }.to_string();
    let word = match drill.outcome {
        DrillOutcome::Running => "running",
        DrillOutcome::Passed => "passed",
        DrillOutcome::Partial => "partial",
        DrillOutcome::Failed => "failed",
        DrillOutcome::Unfinished => "unfinished",
    };
    let evidence = drill.evidence.as_ref().map(ToString::to_string).unwrap_or_default();
    let detail = format!("job {}: drill of snapshot {}, evidence {evidence}", drill.job, drill.snapshot.short());
    scope.engine.store().write(|tx| {
        drills::record(tx, drill)?;
        if drill.outcome == DrillOutcome::Passed {
            reach(tx, &drill.snapshot, scope.engine.clock().now())?;
        }
        if removed {
            intents::clear(tx, drill.job)?;
        }
        audit::append(tx, &scope.entry("drill_system", &target, word, &detail)).map(drop)
    })
}

/// What was measured, and whether the scratch folder is gone.
fn in_scratch(scope: &Scope, subject: &Subject, folder: &Path, began: Moment) -> (Outcome<Measured>, Outcome<()>) {
    let scratch = match place::Scratch::make(folder) {
        Ok(scratch) => scratch,
        Err(fault) => return (Err(fault), Ok(())),
    };
    let measured = components(scope, subject, folder).map(|components| Measured { components, total: began.elapsed().into() });
    (measured, scratch.remove())
}

fn components(scope: &Scope, subject: &Subject, folder: &Path) -> Outcome<Vec<DrilledComponent>> {
    let repository = repository::open(&scope.engine, &subject.system)?;
    prove::confirm_listed(&*repository, &subject.snapshot, &scope.ctx)?;
    let mut drilled = Vec::new();
    for image in &subject.snapshot.manifest.components {
        drilled.push(match &subject.component {
            Some(only) if *only != image.name => left_out(subject, &image.id, &image.name, &format!("only {only} was asked for")),
            _ => component(scope, subject, &*repository, image, folder)?,
        });
    }
    for directory in &subject.snapshot.manifest.directories {
        drilled.push(match &subject.component {
            Some(only) if *only != directory.name => {
                left_out(subject, &directory.id, &directory.name, &format!("only {only} was asked for"))
            }
            _ => super::folder::drill(scope, subject, &*repository, directory, folder)?,
        });
    }
    for added in &subject.system.components {
        if subject.component.is_none() && !drilled.iter().any(|drilled| drilled.name == added.name) {
            drilled.push(left_out(subject, &added.id, &added.name, "the snapshot does not hold it"));
        }
    }
    // A check must not be left out because what it asks is not registered, or not yet.
    for question in &subject.questions {
        if subject.component.is_none() && !drilled.iter().any(|drilled| drilled.name == question.component) {
            drilled.push(left_out(subject, "", &question.component, "the definition names it, and it is not registered"));
        }
    }
    Ok(drilled)
}

/// Restores, verifies and asks one component. `Err` only where that says nothing about the snapshot.
fn component(
    scope: &Scope,
    subject: &Subject,
    repository: &dyn Repository,
    image: &ManifestComponent,
    folder: &Path,
) -> Outcome<DrilledComponent> {
    let (engine, began) = (&scope.engine, Moment::now());
    let part = folder.join(format!("{}.db", image.name));
    let timed = Arc::new(Timed { ctx: scope.ctx.clone(), component: image.name.clone(), verifying: Mutex::default() });
    let ctx = JobCtx::new(Arc::clone(&timed) as Arc<dyn Listener>, scope.ctx.cancel_token().clone());
    // No proof is recalled: a drill always has the whole check made anew (docs/decisions/0009).
    let wanted = Wanted { snapshot: &subject.snapshot, component: Some(&image.name), demand: Demand::Sound, proof: None };
    let fetched = fetch::fetch_image(repository, &wanted, &part, engine.clock(), &ctx);
    let (fetch, verify) = timed.parts(began);
    let times = DrillTimes { fetch, verify, checks: Millis(0), total: began.elapsed().into() };
    let mut drilled = DrilledComponent {
        id: image.id.clone(),
        name: image.name.clone(),
        outcome: PartOutcome::Passed,
        why: None,
        verified: Vec::new(),
        checks: Vec::new(),
        times,
    };
    match fetched {
        Err(fault) if outcome::says_nothing(&fault, folder) => return Err(fault),
        Err(fault) => {
            (drilled.outcome, drilled.why) = (PartOutcome::Failed, Some(fault.message));
            drilled.checks = questions(subject, &image.name).map(|question| judge::not_asked(question, "nothing was restored")).collect();
        }
        Ok(fetched) => {
            remember(scope, &fetched)?;
            drilled.verified = compare::lines(&fetched);
            drilled.why =
                fetched.check.unchecked.first().map(|what| format!("a part of it cannot be checked here ({})", what.trim_end_matches('.')));
            failpoint::reach("drill.restored")?;
            ask(scope, subject, &fetched, &mut drilled)?;
            files::remove(&part)?;
        }
    }
    drilled.times.total = began.elapsed().into();
    Ok(drilled)
}

fn ask(scope: &Scope, subject: &Subject, fetched: &FetchedImage, drilled: &mut DrilledComponent) -> Outcome<()> {
    scope.ctx.phase(&step(ASK, &drilled.name));
    let began = Moment::now();
    for question in questions(subject, &drilled.name) {
        scope.ctx.checkpoint()?;
        let asked = Moment::now();
        let answer = question::ask(&fetched.path, &question.sql, Duration::from_millis(question.limit.0), &scope.ctx)?;
        drilled.checks.push(judge::judge(question, &answer, asked.elapsed().into()));
    }
    drilled.times.checks = began.elapsed().into();
    let failed: Vec<&DrillCheck> = drilled.checks.iter().filter(|check| check.outcome == PartOutcome::Failed).collect();
    if let Some(first) = failed.first() {
        let more = if failed.len() > 1 { format!(" ({} more)", failed.len() - 1) } else { String::new() };
        drilled.why = Some(format!("the check {:?} found {}{more}", first.name, first.result));
        drilled.outcome = PartOutcome::Failed;
    }
    Ok(())
}

/// The whole check that was made holds for these bytes wherever they lie.
fn remember(scope: &Scope, fetched: &FetchedImage) -> Outcome<()> {
    let proof = fetched.check.proof(&fetched.sha256, fetched.checked_at);
    scope.engine.store().write(|tx| proof.iter().try_for_each(|proof| image_proofs::remember(tx, proof)))
}

fn left_out(subject: &Subject, id: &str, name: &Name, why: &str) -> DrilledComponent {
    DrilledComponent {
        id: id.to_owned(),
        name: name.clone(),
        outcome: PartOutcome::NotDrilled,
        why: Some(why.to_owned()),
        verified: Vec::new(),
        checks: questions(subject, name).map(|question| judge::not_asked(question, why)).collect(),
        times: DrillTimes::default(),
    }
}

fn questions<'a>(subject: &'a Subject, component: &'a Name) -> impl Iterator<Item = &'a DrillQuestion> {
    subject.questions.iter().filter(move |question| question.component == *component)
}

/// Hears the phases of a fetch, and says when the second began.
struct Timed {
    ctx: JobCtx,
    component: Name,
    verifying: Mutex<Option<Moment>>,
}

impl Timed {
    /// How long the image took to write, and to verify, until now.
    fn parts(&self, began: Moment) -> (Millis, Millis) {
        match *self.verifying.lock().unwrap_or_else(PoisonError::into_inner) {
            None => (began.elapsed().into(), Millis(0)),
            Some(verifying) => (verifying.duration_since(began).into(), verifying.elapsed().into()),
        }
    }
}

impl Listener for Timed {
    fn phase(&self, name: &str) {
        if name == fetch::WRITE_IMAGE {
            self.ctx.phase(&step(RESTORE, &self.component));
        } else if name == fetch::VERIFY_IMAGE {
            *self.verifying.lock().unwrap_or_else(PoisonError::into_inner) = Some(Moment::now());
            self.ctx.phase(&step(VERIFY, &self.component));
        }
    }

    fn progress(&self, Progress { done, total, unit }: Progress) {
        self.ctx.progress(done.0, total.map(|total| total.0), unit);
    }
}
