//! The way back from a restore that had to move the old file aside, because SQLite could not open it.

use std::path::Path;

use quarterdeck_model::{
    Digest, Fault, Instant, Job, JobId, Millis, Outcome,
    inspection::Tone,
    job::Phase,
    restore::{Check, Destination, Holder, RestorePlan, RestoreReport, UndoOffer},
    system::{Component, System, Target},
};
use quarterdeck_sqlite::{
    holders,
    identity::{self, Identity},
    replace,
};
use quarterdeck_store::intents;
use serde::Serialize;

use crate::{
    backup::stale,
    intent::Intent,
    jobs::{between, phase_times},
    operation::Scope,
    restore::{UNDO_DAYS, aside_tag, settle_move},
    truth,
};

const MOVE_BACK: &str = "Put the old file back";

/// An old family that lies aside, and what lies in its place now.
pub(super) struct PutBack {
    job: JobId,
    system: System,
    component: Component,
    target: Target,
    report: RestoreReport,
    state_of: Instant,
    live: Option<Identity>,
    old: Identity,
    holders: Vec<Holder>,
}

/// What must not change between a plan and its application.
#[derive(Serialize)]
struct Facts<'a> {
    job: JobId,
    target: &'a Target,
    live: Option<&'a Identity>,
    old: &'a Identity,
}

impl PutBack {
    /// `None` where the job moved nothing aside, or what it moved is gone.
    pub(super) fn find(job: &Job, system: &System, component: &Component, target: &Target) -> Outcome<Option<Self>> {
        let Some(report) = job.report.clone().and_then(|report| serde_json::from_value::<RestoreReport>(report).ok()) else {
            return Ok(None);
        };
        let Some(UndoOffer { state_of, snapshot: None, .. }) = report.undo.clone() else { return Ok(None) };
        let live = &component.path.0;
        let old = replace::aside(live, &aside_tag(job.id));
        if !old.exists() {
            return Ok(None);
        }
        Ok(Some(Self {
            job: job.id,
            system: system.clone(),
            component: component.clone(),
            target: target.clone(),
            state_of,
            report,
            live: live.exists().then(|| identity::read(live)).transpose()?,
            old: identity::read(&old)?,
            holders: if live.exists() { holders::holders(live)? } else { Vec::new() },
        }))
    }

    pub(super) fn digest(&self) -> Digest {
        Digest::over(&Facts { job: self.job, target: &self.target, live: self.live.as_ref(), old: &self.old })
    }

    pub(super) fn phases() -> Vec<Phase> {
        vec![Phase::new(MOVE_BACK, "The present file is moved aside with its sidecars, and the old one back.").past_return()]
    }

    pub(super) fn obstacle(&self) -> Option<String> {
        let holder = self.holders.first()?;
        Some(format!("{} (process {}) has {} open; it must let go first.", holder.command, holder.pid, self.component.path))
    }

    pub(super) fn plan(&self, now: Instant, since: Instant) -> RestorePlan {
        let name = self.component.path.file_name();
        let steps = vec![
            format!("Move the present {name} and its sidecars aside together; this undo's own way back puts them back."),
            format!(
                "Put back what lay there before job {}, on {}: a file that SQLite could not open.",
                self.job,
                truth::moment(self.state_of, now)
            ),
        ];
        RestorePlan {
            gate: None,
            digest: self.digest(),
            target: self.target.clone(),
            environment: self.system.environment,
            snapshot: self.report.snapshot.clone(),
            cut_at: self.state_of,
            destination: Destination::InPlace,
            path: self.component.path.clone(),
            missing: self.component.path.0.symlink_metadata().is_err(),
            steps,
            phases: Self::phases(),
            comparison: Vec::new(),
            changes: Vec::new(),
            holders: self.holders.clone(),
            loss: Some(between(since, now)),
            obstacles: self.obstacle().into_iter().collect(),
            confirm: Some(self.target.confirmation().clone()),
            rto: None,
            rpo: None,
            as_of: now,
        }
    }

    pub(super) fn run(&self, scope: &Scope, shown: &Digest, job: JobId) -> Outcome<RestoreReport> {
        let engine = &scope.engine;
        let digest = self.digest();
        if *shown != digest {
            return Err(stale(shown, &digest));
        }
        scope.ctx.checkpoint()?;
        scope.ctx.phase(MOVE_BACK);
        let live: &Path = &self.component.path.0;
        let (old, tag) = (aside_tag(self.job), aside_tag(job));
        let image = replace::aside(live, &old);
        let intent = Intent::Replace { live: live.into(), image: image.as_path().into(), image_is_copy: false, tag: tag.clone() };
        engine.store().write(|tx| intents::note(tx, job, &intent))?;
        let at = engine.clock().now();
        let replaced = settle_move(scope, job, replace::put_back(live, &old, &tag, &mut |_| Ok(())))?;
        let aside: Vec<String> = replaced.aside.iter().map(|path| path.display().to_string()).collect();
        let undo = UndoOffer { job, state_of: at, snapshot: None, until: at + chrono::TimeDelta::days(UNDO_DAYS), used: false };
        let phases = phase_times(engine, job)?;
        let mut report = RestoreReport {
            sentence: format!("{} is what it was before job {}.", self.component.path.file_name(), self.job),
            cut_at: self.state_of,
            checks: vec![Check {
                what: "Files".to_owned(),
                result: format!("put back; the others are kept as {}", aside.join(", ")),
                tone: Tone::Ok,
                at,
            }],
            took: Millis(phases.iter().map(|phase| phase.took.0).sum()),
            phases,
            pages_written: None,
            lock_held: None,
            loss: None,
            undo: (!aside.is_empty()).then_some(undo),
            evidence: Digest(String::new()),
            ..self.report.clone()
        };
        report.evidence = Digest::over(&report);
        Ok(report)
    }
}

/// The refusal of an undo for which nothing is kept, or only what recovery names.
pub(super) fn nothing_to_undo(job: &Job) -> Fault {
    let (why, hint) = match &job.recovery {
        Some(recovery) => ("its process ended before it could report", recovery.clone()),
        None if job.state.is_final() => ("it changed no live file, or its way back is gone", "Run: quarterdeck jobs".to_owned()),
        None => ("it has not ended", "Run: quarterdeck jobs".to_owned()),
    };
    Fault::refused("nothing-to-undo", format!("Job {} ({}) cannot be undone: {why}.", job.id, job.title)).hint(hint)
}
