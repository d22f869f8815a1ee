//! What is true now: each database in one line, each system on one page.

use quarterdeck_backup::directory;
use quarterdeck_model::{
    Bytes, Count, Fault, Instant, JobCtx, Outcome, WirePath,
    drill::DrillReport,
    inspection::{Depth, Finding, Inspection, Tone, Verdict},
    job::JobState,
    restore::RestoreReport,
    snapshot::{Level, Reason, Snapshot},
    system::{Component, ComponentKind, DefinitionFinding, Name, System},
};
use quarterdeck_sqlite::inspect;
use quarterdeck_store::{drills, files, jobs, snapshots};

use crate::{
    Engine, care, definition, directories, drill,
    jobs::lease_holder,
    lookup,
    ops::{DatabaseStatus, Overview, Proof, RepositoryFacts, SnapshotBrief, SystemDetail},
    repository, truth,
};

/// Jobs that are looked through for the newest proof of a system.
const PROOFS_AMONG: u32 = 500;

/// Drills that are looked through for the newest proof of a system, and for what has failed since.
const DRILLS_AMONG: u32 = 100;

/// Every database, worst first; then by system and component.
pub(crate) fn overview(engine: &Engine) -> Outcome<Overview> {
    let mut databases = Vec::new();
    let systems = lookup::systems(engine)?;
    for system in &systems {
        databases.extend(databases_of(engine, system)?);
    }
    databases.sort_by(|a, b| (a.tone, &a.system, &a.component).cmp(&(b.tone, &b.system, &b.component)));
    Ok(Overview { databases, unattended: crate::schedule::unattended(engine, &systems)?, as_of: engine.clock().now() })
}

/// One system.
pub(crate) fn system(engine: &Engine, name: &Name) -> Outcome<SystemDetail> {
    let system = lookup::system(engine, name)?;
    let databases = databases_of(engine, &system)?;
    let definition = system.folder.as_ref().map(|folder| definition_findings(&system, folder)).unwrap_or_default();
    let repository = RepositoryFacts {
        exists: repository::exists(&system.repository.0),
        free: files::free_space(&system.repository.0).ok().map(Bytes),
        password_file: engine.home().password(name).into(),
        kit_at: engine.store().read(|connection| snapshots::kit_at(connection, name))?,
        path: system.repository.clone(),
    };
    Ok(SystemDetail { databases, definition, repository, as_of: engine.clock().now(), system })
}

/// What is wrong in the definition, and where it says something else than what was registered from it.
fn definition_findings(system: &System, folder: &WirePath) -> Vec<DefinitionFinding> {
    let at_its_head =
        |message: String, hint: &str| DefinitionFinding { file: folder.clone(), line: 1, column: 1, message, hint: hint.to_owned() };
    let reading = match definition::read(&folder.0) {
        Ok(reading) => reading,
        Err(fault) => return vec![at_its_head(fault.message, &fault.hint)],
    };
    let mut findings = reading.report.findings;
    let Some(definition) = reading.definition else { return findings };
    let registered = |defined: &definition::ComponentDefinition, path: &std::path::Path| {
        system.components.iter().any(|known| known.name == defined.name && known.kind == defined.kind && known.path.0 == path)
    };
    for component in &definition.components {
        let path = component.path.canonicalize().unwrap_or_else(|_| component.path.clone());
        if !registered(component, &path) {
            let message = format!("The component {} is not what was registered: the definition was changed since.", component.name);
            findings.push(at_its_head(message, "Forget the system and add its folder again; snapshots stay where they are."));
        }
    }
    findings
}

/// Each component of a system, as the pages show it.
pub(crate) fn databases_of(engine: &Engine, system: &System) -> Outcome<Vec<DatabaseStatus>> {
    gathered(engine, system, &|component, newest| glance(engine, component, newest))
}

/// The same from what is kept of them, for whoever asks each minute: none is opened, so nothing is said of the files themselves.
pub(crate) fn kept_of(engine: &Engine, system: &System) -> Outcome<Vec<DatabaseStatus>> {
    gathered(engine, system, &|_, _| Glance { verdict: Verdict::Healthy, ..Glance::nothing() })
}

/// How a component is looked at, its newest snapshot beside it.
type Looking<'l> = &'l dyn Fn(&Component, Option<&Snapshot>) -> Glance;

fn gathered(engine: &Engine, system: &System, looking: Looking<'_>) -> Outcome<Vec<DatabaseStatus>> {
    let now = engine.clock().now();
    let held = repository::holdings(engine, system);
    let unreadable = held.is_err();
    let (snapshots, repository) = match held {
        Ok(held) => (held.snapshots, held.unreadable.into_iter().map(|(_, fault)| unreadable_snapshot(fault)).collect()),
        // The page still has to say everything else; the fault becomes a finding on each of its lines.
        Err(fault) => (Vec::new(), vec![Finding { tone: Tone::Critical, what: fault.message, next: fault.hint }]),
    };
    let jobs = engine.store().read(|connection| jobs::list(connection, Some(&system.name), false, PROOFS_AMONG))?;
    let drills = engine.store().read(|connection| drills::list(connection, &system.name, DRILLS_AMONG))?;
    let running = jobs.iter().find(|job| !job.state.is_final()).map(|job| job.id);
    let newest =
        snapshots.iter().filter(|snapshot| snapshot.manifest.reason != Reason::Safety).map(|snapshot| snapshot.manifest.cut_at).max();
    let schedules = crate::schedule::findings(engine, system, newest);
    let mut databases = Vec::new();
    for component in &system.components {
        let mut status = status(system, component, &snapshots, (&jobs, &drills), looking, now);
        if unreadable {
            status.truth = "Not known: its snapshots cannot be read.".to_owned();
        }
        status.job = running;
        status.lease = lease_holder(engine, &component.id)?;
        status.findings.extend(repository.iter().cloned());
        status.findings.extend(care::findings(engine, component, &snapshots));
        status.findings.extend(schedules.iter().cloned());
        status.findings.sort_by_key(|finding| finding.tone);
        status.tone = tone(&status);
        databases.push(status);
    }
    Ok(databases)
}

fn unreadable_snapshot(fault: Fault) -> Finding {
    Finding { tone: Tone::Attention, what: fault.message, next: fault.hint }
}

fn status(
    system: &System,
    component: &Component,
    all: &[Snapshot],
    (jobs, drills): (&[quarterdeck_model::Job], &[DrillReport]),
    looking: Looking<'_>,
    now: Instant,
) -> DatabaseStatus {
    let holding: Vec<&Snapshot> = all.iter().filter(|snapshot| is_backup_of(snapshot, component)).collect();
    let cuts: Vec<Instant> = holding.iter().map(|snapshot| snapshot.manifest.cut_at).collect();
    let last_snapshot = holding.iter().max_by_key(|snapshot| snapshot.manifest.cut_at).map(|snapshot| SnapshotBrief {
        id: snapshot.id.clone(),
        cut_at: snapshot.manifest.cut_at,
        level: snapshot.level().map_or(Level::Present, |reached| reached.level),
    });
    let (drilled, drill_finding) = drill::standing(system, component, drills, now);
    let restored = newest_proof(system, component, jobs);
    let last_proof = [restored, drilled].into_iter().flatten().max_by_key(|proof| proof.at);
    let loss = truth::loss(&cuts, now);
    let mut findings = truth::broken_promises(loss.as_ref(), last_proof.as_ref(), &system.objectives);
    findings.extend(stranger(holding.first().copied(), component));
    let glance = looking(component, holding.iter().copied().max_by_key(|snapshot| snapshot.manifest.cut_at));
    findings.extend(glance.findings);
    findings.extend(drill_finding);
    DatabaseStatus {
        system: system.name.clone(),
        component: component.name.clone(),
        environment: system.environment,
        kind: component.kind,
        path: component.path.clone(),
        tone: Tone::Unknown,
        truth: truth::sentence(last_snapshot.as_ref(), last_proof.as_ref(), loss.as_ref(), now),
        findings,
        verdict: glance.verdict,
        size: glance.size,
        files: glance.files,
        journal_mode: glance.journal_mode,
        tables: glance.tables,
        last_snapshot,
        last_proof,
        loss,
        job: None,
        lease: None,
    }
}

/// What a moment can say of a component without reading it whole.
#[derive(Clone)]
struct Glance {
    verdict: Verdict,
    size: Option<Bytes>,
    files: Option<Count>,
    journal_mode: Option<String>,
    tables: Option<Count>,
    findings: Vec<Finding>,
}

impl Glance {
    fn nothing() -> Self {
        Self { verdict: Verdict::Unreadable, size: None, files: None, journal_mode: None, tables: None, findings: Vec::new() }
    }
}

fn glance(engine: &Engine, component: &Component, newest: Option<&Snapshot>) -> Glance {
    let nothing = Glance::nothing();
    let looked = match component.kind {
        ComponentKind::Sqlite => {
            inspect::inspect(&component.path.0, Depth::Glance, engine.clock(), &JobCtx::detached()).map(|inspection| Glance {
                verdict: inspection.verdict,
                size: Some(inspection.size),
                files: None,
                tables: Some(tables(&inspection)),
                journal_mode: inspection.journal_mode,
                findings: inspection.findings.into_iter().filter(|finding| finding.tone < Tone::Working).collect(),
            })
        }
        // Counting its files could take seconds, each minute.
        ComponentKind::Directory => directories::look(component).map(|_| {
            let known = newest.and_then(|snapshot| snapshot.manifest.directory(&component.name));
            Glance {
                verdict: Verdict::Healthy,
                size: known.map(|known| known.size),
                files: known.map(|known| known.files),
                findings: known.and_then(directory::inconsistent).into_iter().collect(),
                ..nothing.clone()
            }
        }),
    };
    looked.unwrap_or_else(|fault| {
        let finding = match fault.is("file-missing") {
            true => vanished(component),
            false => Finding { tone: Tone::Critical, what: fault.message, next: fault.hint },
        };
        Glance { findings: vec![finding], ..nothing }
    })
}

/// The state that a restore has replaced is kept as a way back; it is no backup. Nor is what cannot be restored.
fn is_backup_of(snapshot: &Snapshot, component: &Component) -> bool {
    snapshot.manifest.reason != Reason::Safety && id_in(snapshot, component).is_some() && snapshot.is_sound_for(&component.name)
}

/// The id under which a snapshot holds the component of that name and kind.
fn id_in<'a>(snapshot: &'a Snapshot, component: &Component) -> Option<&'a String> {
    match component.kind {
        ComponentKind::Sqlite => snapshot.manifest.component(Some(&component.name)).map(|image| &image.id),
        ComponentKind::Directory => snapshot.manifest.directory(&component.name).map(|directory| &directory.id),
    }
}

fn vanished(component: &Component) -> Finding {
    Finding {
        tone: Tone::Critical,
        what: format!("The source has vanished: {} is not there any more, so nothing more can be backed up", component.path),
        next: "Bring the file or its disk back, or restore the newest snapshot".to_owned(),
    }
}

/// Names can be given to another file; a snapshot under the same name may then be that of another database.
fn stranger(newest: Option<&Snapshot>, component: &Component) -> Option<Finding> {
    let id = id_in(newest?, component)?;
    (*id != component.id).then(|| Finding {
        tone: Tone::Attention,
        what: format!("Its newest snapshot was taken of {} as registered before, perhaps another file", component.name),
        next: "Back up now".to_owned(),
    })
}

fn tables(inspection: &Inspection) -> Count {
    Count(inspection.tables.iter().filter(|table| table.kind != "view").count() as u64)
}

/// The worst of the file, the findings, and what was never done. Not knowing is a state of its own.
fn tone(status: &DatabaseStatus) -> Tone {
    let file = match status.verdict {
        Verdict::Healthy | Verdict::Empty => Tone::Ok,
        Verdict::Locked => Tone::Unknown,
        Verdict::Damaged | Verdict::NotADatabase | Verdict::Encrypted | Verdict::Unreadable => Tone::Critical,
    };
    let proved = if status.last_proof.is_some() { Tone::Ok } else { Tone::Unknown };
    let findings = status.findings.iter().map(|finding| finding.tone).min().unwrap_or(Tone::Ok);
    let still = file.min(proved).min(findings);
    if status.job.is_some() && still > Tone::Critical { Tone::Working.min(still) } else { still }
}

/// The newest restore of this component, since it was registered, that ended with image hash and integrity ok: a report exists only where
/// both were. An undo proves nothing: it brings back what was there, damage included.
fn newest_proof(system: &System, component: &Component, jobs: &[quarterdeck_model::Job]) -> Option<Proof> {
    let proofs = jobs
        .iter()
        .filter(|job| job.state == JobState::Succeeded && job.operation == "restore_component" && job.created_at >= system.added_at);
    proofs
        .filter_map(|job| {
            let report: RestoreReport = serde_json::from_value(job.report.clone()?).ok()?;
            let named = report.target.component.as_ref().unwrap_or(&component.name);
            let same = report.target.system == system.name && named == &component.name;
            same.then(|| Proof {
                at: job.finished_at.unwrap_or(job.created_at),
                took: report.took,
                level: match component.kind {
                    ComponentKind::Sqlite => Level::DataMatches,
                    ComponentKind::Directory => Level::Read,
                },
                snapshot: report.snapshot,
                job: job.id,
            })
        })
        .next()
}
