//! Maintenance: the parts in their order, each of which may fail without the next one being left out.

use quarterdeck_model::{
    Class, Count, Fault, JobId, Outcome,
    inspection::{Finding, Tone},
    retention::ForgetReport,
    system::{Name, Target},
};

use crate::{
    care,
    jobs::{between, take_leases},
    lookup, merges,
    operation::{Announcement, Scope},
    ops::{
        ForgetSnapshots, MaintainSystem, MaintenanceReport, MergeDeltas, ProveSnapshot, PruneRepository, RepositoryCheck, RereadRepository,
    },
    proving, repository, retention,
};

/// What maintenance will do: the phases of its parts.
pub(crate) fn announce(scope: &Scope, request: &MaintainSystem) -> Outcome<Announcement> {
    let system = lookup::system(&scope.engine, &request.system)?;
    if !repository::exists(&system.repository.0) {
        return Err(Fault::refused("repository-missing", format!("There is no backup repository in {}.", system.repository))
            .hint("Check that its disk is mounted, or take a first backup."));
    }
    let phases = [
        proving::announce(scope, &prove(&system.name))?.phases,
        merges::announce(scope, &merge(&system.name))?.phases,
        care::announce(scope, &reread(&system.name))?.phases,
        retention::phases(),
        retention::announce_prune(scope, &prune(&system.name))?.phases,
    ];
    Ok(Announcement {
        title: format!("Maintenance of the backups of {}", system.name),
        target: Target { system: system.name, component: None },
        environment: system.environment,
        phases: phases.concat(),
    })
}

/// Maintains. Being cancelled ends it; any other fault of a part is a finding, and the next part follows.
pub(crate) fn run(scope: &Scope, request: &MaintainSystem, job: JobId) -> Outcome<MaintenanceReport> {
    let begun = scope.engine.clock().now();
    let name = &request.system;
    let (mut done, mut findings) = (Vec::new(), Vec::new());
    let mut part = |what: &str, outcome: Outcome<(String, Vec<Finding>)>| match outcome {
        Ok((sentence, found)) => {
            done.push(sentence);
            findings.extend(found);
            // A part that honours a stop by ending early must not let the next one begin.
            scope.ctx.checkpoint()
        }
        Err(fault) if fault.class == Class::Cancelled => Err(fault),
        Err(fault) => {
            findings.push(Finding { tone: Tone::Attention, what: format!("{what} did not succeed: {}", fault.message), next: fault.hint });
            Ok(())
        }
    };
    // The proof first: forgetting relies on it.
    part("The proof", proving::run(scope, &prove(name), job).map(|report| (report.sentence, report.findings)))?;
    part("Merging", merges::run(scope, &merge(name)).map(|report| (report.sentence, Vec::new())))?;
    part("Reading again", care::reread(scope, &reread(name), job).map(read_again))?;
    part("Forgetting", forgotten(scope, name).map(|report| (report.sentence, Vec::new())))?;
    part("Freeing room", retention::prune(scope, &prune(name)).map(|report| (report.sentence, Vec::new())))?;
    let sentence = match findings.len() as u64 {
        0 => format!("The backups of {name} are in order."),
        found => format!("The backups of {name} were maintained; {} to look at.", Count(found).of("finding")),
    };
    Ok(MaintenanceReport { sentence, done, findings, took: between(begun, scope.engine.clock().now()) })
}

/// Damage that reading again has found is not said in passing: the backups are not in order then.
fn read_again(check: RepositoryCheck) -> (String, Vec<Finding>) {
    let next = "Look at the repository: what is affected, and what to do in which order.".to_owned();
    let found = (check.tone < Tone::Working).then(|| Finding { tone: check.tone, what: check.sentence.clone(), next });
    (check.sentence, found.into_iter().collect())
}

/// Forgetting alone needs the leases of the system: nothing is taken off the list while a restore reads it.
fn forgotten(scope: &Scope, system: &Name) -> Outcome<ForgetReport> {
    let target = Target { system: system.clone(), component: None };
    let _leases = take_leases(&scope.engine, &target, &scope.caller.who, format!("Forgetting snapshots of {system}"))?;
    retention::run(scope, &forget(system))
}

fn prove(system: &Name) -> ProveSnapshot {
    ProveSnapshot { system: system.clone(), snapshot: None }
}

fn merge(system: &Name) -> MergeDeltas {
    MergeDeltas { system: system.clone() }
}

fn reread(system: &Name) -> RereadRepository {
    RereadRepository { system: system.clone(), share: None }
}

fn forget(system: &Name) -> ForgetSnapshots {
    ForgetSnapshots { system: system.clone(), snapshots: Vec::new(), plan: None, confirm: None }
}

fn prune(system: &Name) -> PruneRepository {
    PruneRepository { system: system.clone(), seconds: None }
}
