//! Drill: a restore to scratch that is timed, tested and recorded. It writes to its own scratch folder and to the store, nowhere else.

mod compare;
mod folder;
mod judge;
mod outcome;
mod place;
mod run;
mod standing;

use quarterdeck_model::{
    Fault, Instant, JobId, Millis, Outcome,
    drill::{DrillOutcome, DrillQuestion, DrillReport},
    job::Phase,
    snapshot::{ManifestComponent, ManifestDirectory, Reason, Snapshot, SnapshotId},
    system::{Name, System, Target},
};
use quarterdeck_store::{drills, leases::Lease, leases::Owner, snapshots};

pub(crate) use self::{
    place::{Scratch, choose, clear_away},
    run::run,
    standing::standing,
};
use crate::{
    Engine,
    backup::no_room,
    definition,
    jobs::between,
    lookup,
    operation::{Announcement, Scope},
    ops::{DrillList, DrillSystem},
    repository, truth,
};

/// Drills that a list holds at most: monthly for eighty years, daily for nearly three.
const LISTED: u32 = 1000;

const OPEN: &str = "Open the repository";
const RESTORE: &str = "Restore to scratch";
const VERIFY: &str = "Verify";
const ASK: &str = "Run the checks";

/// What a drill is about, looked at now.
pub(crate) struct Subject {
    system: System,
    snapshot: Snapshot,
    /// The only component that is asked for.
    component: Option<Name>,
    questions: Vec<DrillQuestion>,
    /// The largest gap between the system's snapshots.
    gap: Option<Millis>,
}

impl Subject {
    fn look(engine: &Engine, request: &DrillSystem) -> Outcome<Self> {
        let system = lookup::system(engine, &request.system)?;
        let snapshot = repository::find(engine, &system, request.snapshot.as_deref().unwrap_or("latest"))?;
        // Without its checks a drill would prove less than it says.
        let questions = match &system.folder {
            Some(folder) => definition::load(&folder.0)?.drills,
            None => Vec::new(),
        };
        let held = |name: &Name| snapshot.manifest.component(Some(name)).is_some() || snapshot.manifest.directory(name).is_some();
        if let Some(name) = request.component.as_ref().filter(|name| !held(name)) {
            return Err(Fault::refused("component-missing", format!("Snapshot {} does not hold {name}.", snapshot.id.short()))
                .hint(format!("Run: quarterdeck snapshots {}", system.name)));
        }
        let backups = repository::snapshots(engine, &system)?.into_iter().filter(|snapshot| snapshot.manifest.reason != Reason::Safety);
        let cuts: Vec<Instant> = backups.map(|snapshot| snapshot.manifest.cut_at).collect();
        let gap = truth::loss(&cuts, engine.clock().now()).map(|loss| loss.largest);
        Ok(Self { system, snapshot, component: request.component.clone(), questions, gap })
    }

    /// The databases that are restored, in the order of the manifest.
    fn wanted(&self) -> impl Iterator<Item = &ManifestComponent> {
        self.snapshot.manifest.components.iter().filter(|image| self.wants(&image.name))
    }

    /// The directories that are restored, in the order of the manifest.
    fn wanted_directories(&self) -> impl Iterator<Item = &ManifestDirectory> {
        self.snapshot.manifest.directories.iter().filter(|directory| self.wants(&directory.name))
    }

    fn wants(&self, name: &Name) -> bool {
        self.component.as_ref().is_none_or(|only| only == name)
    }

    /// Components come one after the other, so the largest has to fit.
    fn room(&self) -> u64 {
        let directories = self.wanted_directories().map(|directory| directory.size.0);
        self.wanted().map(|image| image.size.0).chain(directories).max().unwrap_or(0)
    }
}

/// Checks what a moment can check before the job exists.
pub(crate) fn announce(scope: &Scope, request: &DrillSystem) -> Outcome<Announcement> {
    let engine = &scope.engine;
    let subject = Subject::look(engine, request)?;
    place::choose(engine)?;
    if let Some(obstacle) = no_room(&engine.home().scratch(), subject.room())? {
        return Err(Fault::refused("drill-not-possible", obstacle)
            .hint("Free some space on the disk of Quarterdeck's own folder.")
            .may_retry());
    }
    let target = Target { system: request.system.clone(), component: request.component.clone() };
    Ok(Announcement {
        title: format!("Drill of {target} with snapshot {}", subject.snapshot.id.short()),
        environment: subject.system.environment,
        phases: phases(&subject),
        target,
    })
}

/// The one lease of a drill: it touches no live file, so backups and restores of its target go on; a second drill of the system waits.
pub(crate) fn lease(scope: &Scope, announcement: &Announcement) -> Outcome<Vec<Lease>> {
    let engine = &scope.engine;
    let (purpose, since) = (announcement.title.clone(), engine.clock().now());
    let owner = Owner { pid: std::process::id(), who: scope.caller.who.clone(), purpose, since };
    Ok(vec![Lease::take(&engine.home().leases(), &format!("drill-{}", announcement.target.system), &owner)?])
}

/// The drills of a system, newest first.
pub(crate) fn list(engine: &Engine, name: &Name) -> Outcome<DrillList> {
    let system = lookup::system(engine, name)?;
    let drills = engine.store().read(|connection| drills::list(connection, name, LISTED))?;
    Ok(DrillList { rto: system.rto(), rpo: system.rpo(), system: system.name, drills, as_of: engine.clock().now() })
}

/// Ends the record of a drill whose process is gone.
pub(crate) fn interrupted(engine: &Engine, job: JobId) -> Outcome<()> {
    engine.store().write(|tx| match drills::of(tx, job)? {
        Some(drill) if drill.outcome == DrillOutcome::Running => drills::record(tx, &outcome::interrupted(drill)),
        _ => Ok(()),
    })
}

/// What is recorded when a drill begins.
fn begun(scope: &Scope, subject: &Subject, job: JobId) -> DrillReport {
    let (started_at, cut_at) = (scope.engine.clock().now(), subject.snapshot.manifest.cut_at);
    DrillReport {
        job,
        sentence: format!("The drill of {} runs.", subject.system.name),
        system: subject.system.name.clone(),
        environment: subject.system.environment,
        component: subject.component.clone(),
        snapshot: subject.snapshot.id.clone(),
        cut_at,
        started_at,
        outcome: DrillOutcome::Running,
        components: Vec::new(),
        times: None,
        measured_rto: None,
        measured_rpo: subject.gap,
        age: between(cut_at, started_at),
        rto: subject.system.rto(),
        rpo: subject.system.rpo(),
        fault: None,
        evidence: None,
    }
}

fn phases(subject: &Subject) -> Vec<Phase> {
    let mut phases = vec![Phase::new(OPEN, "Its list of the snapshot is compared with what is remembered of it.")];
    for image in subject.wanted() {
        phases.push(Phase::new(&step(RESTORE, &image.name), "Into a new folder with a random name, and compared with its SHA-256."));
        phases.push(Phase::new(&step(VERIFY, &image.name), "SQLite checks all of it, whatever it has checked before."));
        phases.push(Phase::new(&step(ASK, &image.name), "The definition's own, on the restored copy only."));
    }
    for directory in subject.wanted_directories() {
        phases.push(Phase::new(&step(RESTORE, &directory.name), "Its files, into the same new folder; number and size are compared."));
    }
    phases
}

/// The name of a phase of one component.
fn step(phase: &str, component: &Name) -> String {
    format!("{phase}: {component}")
}

/// The snapshot has reached every level up to *drilled*; called within the transaction that records the drill.
fn reach(connection: &quarterdeck_store::Connection, snapshot: &SnapshotId, at: Instant) -> Outcome<()> {
    use quarterdeck_model::snapshot::{Level, LevelReached};

    let levels = [Level::Present, Level::Read, Level::Opens, Level::IntegrityOk, Level::DataMatches, Level::Drilled];
    snapshots::reach(connection, snapshot, &levels.map(|level| LevelReached { level, at }))
}
