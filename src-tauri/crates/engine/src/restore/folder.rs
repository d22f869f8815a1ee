//! A directory, which goes to a new folder and never into a live one: files cannot be exchanged in one transaction.

use quarterdeck_backup::{
    directory::{self, FetchedDirectory},
    restore::{ensure_new, part_of},
};
use quarterdeck_model::{
    Count, Digest, Fault, JobId, Millis, Outcome, WirePath,
    inspection::Tone,
    job::Phase,
    restore::{Check, Comparison, Destination, RestorePlan, RestoreReport},
    snapshot::{Level, LevelReached, ManifestDirectory, Snapshot},
    system::{Component, System, Target},
};
use quarterdeck_store::{intents, snapshots};
use serde::Serialize;

use super::{
    CHECK, NAME_FILE,
    subject::{Head, absolute, unusable_folder},
};
use crate::{
    backup::{no_room, stale},
    intent::Intent,
    jobs::phase_times,
    operation::{Announcement, Scope},
    ops::RestoreComponent,
    repository, truth,
};

/// What a restore of a directory is about, looked at now.
pub(super) struct Folder {
    pub system: System,
    component: Component,
    target: Target,
    snapshot: Snapshot,
    directory: ManifestDirectory,
    path: WirePath,
    obstacles: Vec<String>,
}

/// What must not change between a plan and its application.
#[derive(Serialize)]
struct Facts<'a> {
    target: &'a Target,
    snapshot: &'a str,
    directory: &'a ManifestDirectory,
    component: &'a str,
    path: &'a WirePath,
    room: bool,
}

impl Folder {
    pub(super) fn look(
        system: System,
        component: Component,
        target: Target,
        snapshot: Snapshot,
        destination: &Destination,
    ) -> Outcome<Self> {
        let Some(directory) = snapshot.manifest.directory(&component.name).cloned() else {
            return Err(Fault::refused("component-missing", format!("Snapshot {} does not hold {}.", snapshot.id.short(), component.name))
                .hint(format!("Run: quarterdeck snapshots {}", system.name)));
        };
        let Destination::NewFile { path } = destination else {
            return Err(Fault::refused(
                "directory-in-place",
                format!("{} is a directory; the files in {} cannot be exchanged in one step.", component.name, component.path),
            )
            .hint("Restore it to a new folder, stop its application, and exchange the folders."));
        };
        let path = absolute(path)?;
        let mut obstacles: Vec<String> = ensure_new(&path.0).err().map(|fault| fault.message).into_iter().collect();
        obstacles.extend(unusable_folder(&path.0));
        obstacles.extend(no_room(&path.0, directory.size.0)?);
        Ok(Self { system, component, target, snapshot, directory, path, obstacles })
    }

    fn digest(&self) -> Digest {
        Digest::over(&Facts {
            target: &self.target,
            snapshot: &self.snapshot.id.0,
            directory: &self.directory,
            component: &self.component.id,
            path: &self.path,
            room: !self.obstacles.iter().any(|obstacle| obstacle.contains(" free; ")),
        })
    }

    fn what(&self) -> String {
        format!("{}, {}", self.directory.files.of("file"), self.directory.size)
    }

    fn head(&self) -> Head {
        let destination = Destination::NewFile { path: self.path.clone() };
        Head::new(&self.system, &self.target, &self.snapshot, self.directory.cut_at, destination, &self.path.0)
    }

    pub(super) fn plan(&self, scope: &Scope) -> RestorePlan {
        let now = scope.engine.clock().now();
        let moment = truth::moment(self.directory.cut_at, now);
        let Head { target, environment, snapshot, cut_at, destination, path, rto, rpo } = self.head();
        RestorePlan {
            gate: None,
            digest: self.digest(),
            target,
            environment,
            snapshot,
            cut_at,
            destination,
            path,
            missing: false,
            steps: vec![
                format!("Write the files of {moment} ({}) to a temporary folder beside the target, each piece authentic.", self.what()),
                "Compare their number and size with the manifest, and wait until all of it is on the disk.".to_owned(),
                format!("Give it the name {}, for this user only. Nothing is replaced, and the live directory is not touched.", self.path),
            ],
            phases: phases(),
            comparison: self.comparison(moment),
            changes: Vec::new(),
            holders: Vec::new(),
            loss: None,
            obstacles: self.obstacles.clone(),
            confirm: None,
            rto,
            rpo,
            as_of: now,
        }
    }

    fn comparison(&self, moment: String) -> Vec<Comparison> {
        let row = |what: &str, snapshot: String, target: String, result: &str, tone| Comparison {
            what: what.to_owned(),
            snapshot,
            target,
            result: result.to_owned(),
            tone,
        };
        let (then, now) = (WirePath::decode(&self.directory.path).map(|path| path.to_string()), self.component.path.to_string());
        let then = then.unwrap_or_else(|| self.directory.path.clone());
        let place = if then == now { ("same", Tone::Ok) } else { ("another place", Tone::Attention) };
        let mut rows = vec![
            row("Folder", then, now, place.0, place.1),
            row("Files", self.what(), "not counted".to_owned(), "the live ones stay", Tone::Ok),
            row("As of", moment, "now".to_owned(), self.consistency().0, self.consistency().1),
        ];
        if !self.directory.left_out.is_empty() {
            let left_out = self.directory.left_out.join(", ");
            rows.push(row("Left out", left_out, String::new(), "in no snapshot of this directory", Tone::Attention));
        }
        rows
    }

    fn consistency(&self) -> (&'static str, Tone) {
        match self.directory.consistent {
            true => ("one moment", Tone::Ok),
            false => ("changed while it was copied", Tone::Attention),
        }
    }

    pub(super) fn announce(&self, request: &RestoreComponent) -> Outcome<Announcement> {
        self.ensure_shown(&request.plan)?;
        if let Some(obstacle) = self.obstacles.first() {
            return Err(Fault::refused("restore-not-possible", obstacle.clone())
                .hint("Name a folder that does not exist yet, where there is room for it."));
        }
        let title = format!("Restore of {} to {}", self.target, self.path);
        Ok(Announcement { title, target: self.target.clone(), environment: self.system.environment, phases: phases() })
    }

    fn ensure_shown(&self, shown: &Digest) -> Outcome<()> {
        let digest = self.digest();
        if *shown == digest { Ok(()) } else { Err(stale(shown, &digest)) }
    }

    /// The lease is held: what the digest covers is looked at once more.
    pub(super) fn run(&self, scope: &Scope, shown: &Digest, job: JobId) -> Outcome<RestoreReport> {
        let engine = &scope.engine;
        scope.ctx.phase(CHECK);
        self.ensure_shown(shown)?;
        let repository = repository::open(engine, &self.system)?;
        let intent = Intent::FetchDirectory { part: part_of(&self.path.0).into() };
        engine.store().write(|tx| intents::note(tx, job, &intent))?;
        let name = &self.component.name;
        let fetched = directory::restore_directory(&*repository, &self.snapshot, name, &self.path.0, engine.clock(), &scope.ctx)?;
        engine.store().write(|tx| intents::clear(tx, job))?;
        scope.ctx.phase(NAME_FILE);
        self.report(scope, &fetched, job)
    }

    fn report(&self, scope: &Scope, fetched: &FetchedDirectory, job: JobId) -> Outcome<RestoreReport> {
        self.record_levels(scope, fetched)?;
        let (result, tone) = self.consistency();
        let check = |what: &str, result: String, tone| Check { what: what.to_owned(), result, tone, at: fetched.written_at };
        let moved = if self.directory.moved.is_empty() { String::new() } else { format!(": {}", self.directory.moved.join(", ")) };
        let checks = vec![
            check(
                "Files",
                format!("{}, {}; number and size equal the manifest, every piece authentic", fetched.files.of("file"), fetched.size),
                Tone::Ok,
            ),
            check("Moment", format!("{result}{moved}"), tone),
        ];
        let phases = phase_times(&scope.engine, job)?;
        let moment = truth::moment(self.directory.cut_at, scope.engine.clock().now());
        let Head { target, environment, snapshot, cut_at, destination, path, rto, rpo } = self.head();
        let mut report = RestoreReport {
            sentence: format!("{} as of {moment} is in {}.", self.component.name, self.path),
            target,
            environment,
            snapshot,
            cut_at,
            destination,
            path,
            checks,
            took: Millis(phases.iter().map(|phase| phase.took.0).sum()),
            phases,
            pages_written: None,
            pages: Count(0),
            lock_held: None,
            size: fetched.size,
            loss: None,
            rto,
            rpo,
            undo: None,
            evidence: Digest(String::new()),
        };
        report.evidence = Digest::over(&report);
        Ok(report)
    }

    /// Of a snapshot that holds nothing else, all was read.
    fn record_levels(&self, scope: &Scope, fetched: &FetchedDirectory) -> Outcome<()> {
        let manifest = &self.snapshot.manifest;
        if !manifest.components.is_empty() || manifest.directories.len() != 1 {
            return Ok(());
        }
        let levels = [Level::Present, Level::Read].map(|level| LevelReached { level, at: fetched.written_at });
        scope.engine.store().write(|tx| snapshots::reach(tx, &self.snapshot.id, &levels))
    }
}

fn phases() -> Vec<Phase> {
    let mut phases = vec![Phase::new(CHECK, "Is the name still free?")];
    phases.extend(directory::phases());
    phases.push(Phase::new(NAME_FILE, "Nothing is replaced by that."));
    phases
}
