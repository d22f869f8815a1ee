//! From what a look showed to what people need: one sentence, what is left, what to do.

use quarterdeck_backup::repository::{Lock, Survey, Trouble};
use quarterdeck_model::{
    Bytes, Count, Fault, Instant, Millis, Outcome,
    inspection::{Finding, Tone},
    snapshot::{Affected, Reason, Snapshot, SnapshotId},
    system::System,
};
use quarterdeck_store::snapshots;

use super::marks::counted;
use crate::{
    jobs::between,
    operation::Scope,
    ops::{AffectedSnapshot, CareStep, RepositoryCheck, RepositoryLock, Restorable, SoundSnapshot},
    truth::moment,
};

/// What one look at a repository showed.
pub(super) struct Looked {
    pub(super) survey: Survey,
    pub(super) affected: Vec<(SnapshotId, Instant, Affected)>,
    pub(super) locks: Vec<Lock>,
    pub(super) read: Bytes,
    pub(super) size: Bytes,
    pub(super) yielded: bool,
    pub(super) as_of: Instant,
    pub(super) took: Millis,
}

/// The answer where the repository could be opened.
pub(super) fn answer(scope: &Scope, system: &System, looked: Looked) -> Outcome<RepositoryCheck> {
    let snapshots = listed(scope, system, &looked.survey)?;
    let restorable = restorable(system, &snapshots);
    let locks: Vec<RepositoryLock> = looked.locks.iter().map(|lock| lock_state(scope, lock)).collect();
    let mut findings: Vec<Finding> = looked.survey.troubles.iter().map(finding).collect();
    findings.extend(locks.iter().filter_map(lock_finding));
    findings.sort_by_key(|finding| finding.tone);
    let tone = findings.iter().map(|finding| finding.tone).filter(|tone| *tone != Tone::Working).min().unwrap_or(Tone::Ok);
    let affected: Vec<AffectedSnapshot> =
        looked.affected.into_iter().map(|(id, cut_at, affected)| AffectedSnapshot { id, cut_at, affected }).collect();
    Ok(RepositoryCheck {
        sentence: sentence(scope, &snapshots, &affected, &restorable, tone, looked.read, looked.size),
        steps: steps(system, &looked.survey.troubles, &locks),
        system: system.name.clone(),
        repository: system.repository.clone(),
        tone,
        findings,
        affected,
        restorable,
        locks,
        snapshots: Count(looked.survey.snapshots as u64),
        read: looked.read,
        size: looked.size,
        yielded: looked.yielded,
        as_of: looked.as_of,
        took: looked.took,
    })
}

/// The snapshots of the system, newest first, as far as they were ever read here: the repository itself may not tell any more.
fn listed(scope: &Scope, system: &System, survey: &Survey) -> Outcome<Vec<Snapshot>> {
    let listed = survey.affected.iter().map(|affected| &affected.id).chain(&survey.intact);
    let known = scope.engine.store().read(|connection| listed.map(|id| snapshots::find(connection, id)).collect::<Outcome<Vec<_>>>())?;
    let mut known: Vec<Snapshot> = known.into_iter().flatten().filter(|snapshot| snapshot.manifest.system == system.name).collect();
    known.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.manifest.cut_at));
    Ok(known)
}

/// The answer where it cannot even be opened: gone, not mounted, without its password, without its config.
pub(super) fn unavailable(system: &System, fault: Fault, as_of: Instant, took: Millis) -> RepositoryCheck {
    let never = fault.is("no-snapshots");
    let tone = if never { Tone::Unknown } else { Tone::Critical };
    let (operation, command) = match never {
        true => (Some("backup_system".to_owned()), Some(format!("quarterdeck backup {}", system.name))),
        false => (None, None),
    };
    RepositoryCheck {
        system: system.name.clone(),
        repository: system.repository.clone(),
        tone,
        sentence: match never {
            true => fault.message.clone(),
            false => format!("No snapshot of {} can be restored now: {}", system.name, fault.message),
        },
        steps: vec![CareStep { what: fault.hint.clone(), operation, command }],
        findings: vec![Finding { tone, what: fault.message, next: fault.hint }],
        affected: Vec::new(),
        restorable: Vec::new(),
        locks: Vec::new(),
        snapshots: Count(0),
        read: Bytes(0),
        size: Bytes(0),
        yielded: false,
        as_of,
        took,
    }
}

fn restorable(system: &System, snapshots: &[Snapshot]) -> Vec<Restorable> {
    let of = |name: &quarterdeck_model::system::Name| {
        let holding: Vec<&Snapshot> =
            snapshots.iter().filter(|snapshot| snapshot.manifest.reason != Reason::Safety && snapshot.manifest.holds(name)).collect();
        let sound: Vec<&&Snapshot> = holding.iter().filter(|snapshot| snapshot.is_sound_for(name)).collect();
        let newest = sound.first().map(|snapshot| SoundSnapshot { id: snapshot.id.clone(), cut_at: snapshot.manifest.cut_at });
        Restorable { component: name.clone(), newest, sound: Count(sound.len() as u64), of: Count(holding.len() as u64) }
    };
    system.components.iter().map(|component| of(&component.name)).collect()
}

fn sentence(
    scope: &Scope,
    snapshots: &[Snapshot],
    affected: &[AffectedSnapshot],
    restorable: &[Restorable],
    tone: Tone,
    read: Bytes,
    size: Bytes,
) -> String {
    let now = scope.engine.clock().now();
    let seen = match (read, size) {
        (Bytes(0), _) => "no content was read again".to_owned(),
        (read, size) if read >= size => "all of it was read again".to_owned(),
        (read, size) => format!("{read} of {size} were read again"),
    };
    let hurt = affected.iter().filter(|snapshot| !snapshot.affected.components.is_empty()).count();
    if hurt == 0 {
        let but = if tone < Tone::Working { ", but something wants attention" } else { "" };
        return format!("Everything that {} is there{but}; {seen}.", needed(snapshots.len()));
    }
    let left: Vec<String> = restorable
        .iter()
        .map(|part| match &part.newest {
            Some(sound) => format!("the newest sound one of {} is of {}", part.component, moment(sound.cut_at, now)),
            None => format!("none of {} is left that can", part.component),
        })
        .collect();
    format!("{} cannot be restored in full: {}; {seen}.", counted(hurt, snapshots.len()), left.join(", "))
}

fn needed(snapshots: usize) -> String {
    if snapshots == 1 { "the only snapshot needs".to_owned() } else { format!("{snapshots} snapshots need") }
}

fn finding(trouble: &Trouble) -> Finding {
    let (tone, next) = match trouble {
        Trouble::PacksUnknown { .. } => (Tone::Ok, ""),
        Trouble::PackRotten { broken: 0, .. } | Trouble::KeyAltered { current: false, .. } => (Tone::Attention, "Repair the repository"),
        Trouble::KeyAltered { spare: false, .. } | Trouble::KeyMissing { spare: false, .. } => {
            (Tone::Critical, "Make a recovery kit now, while this program still has the key open")
        }
        Trouble::PiecesMissing { .. } => (Tone::Critical, "Back up now; what is still damaged afterwards can only be forgotten"),
        Trouble::ConfigUnreadable { spare: false } => (Tone::Critical, "Put the file config back from a copy of the repository"),
        _ => (Tone::Critical, "Repair the repository"),
    };
    Finding { tone, what: trouble.to_string(), next: next.to_owned() }
}

/// A lock as pages show it.
pub(super) fn lock_state(scope: &Scope, lock: &Lock) -> RepositoryLock {
    let next = match (&lock.restic, lock.dead) {
        (Some(_), true) => "Repair the repository: its process has ended, and the lock is moved aside.".to_owned(),
        (Some(_), false) => format!("Wait until process {} on {} has ended; if it has, run: restic unlock", lock.pid, lock.host),
        (None, _) => "Wait until it has ended; its lock ends with it.".to_owned(),
    };
    RepositoryLock {
        restic: lock.restic.is_some(),
        who: lock.who.clone(),
        host: lock.host.clone(),
        pid: lock.pid,
        since: lock.since,
        age: between(lock.since, scope.engine.clock().now()),
        dead: lock.dead,
        next,
    }
}

fn lock_finding(lock: &RepositoryLock) -> Option<Finding> {
    let what = format!("{} (process {} on {}) holds a lock of restic on the repository for {}", lock.who, lock.pid, lock.host, lock.age);
    let (tone, what) = match (lock.restic, lock.dead) {
        (false, _) => (Tone::Working, format!("{} (process {}) writes to the repository for {}", lock.who, lock.pid, lock.age)),
        (true, true) => (Tone::Attention, format!("{what}; that process has ended")),
        (true, false) => (Tone::Working, what),
    };
    Some(Finding { tone, what, next: lock.next.clone() })
}

/// What to do, in order.
fn steps(system: &System, troubles: &[Trouble], locks: &[RepositoryLock]) -> Vec<CareStep> {
    let name = &system.name;
    let step = |what: &str, operation: Option<&str>, command: Option<String>| CareStep {
        what: what.to_owned(),
        operation: operation.map(str::to_owned),
        command,
    };
    let any = |wanted: fn(&Trouble) -> bool| troubles.iter().any(wanted);
    let mut steps = Vec::new();
    let key_is_lost = |trouble: &Trouble| {
        matches!(trouble, Trouble::KeyAltered { current: true, spare: false, .. } | Trouble::KeyMissing { spare: false, .. })
    };
    let config_is_lost = |trouble: &Trouble| matches!(trouble, Trouble::ConfigUnreadable { spare: false });
    if any(key_is_lost) {
        let what = "Make a recovery kit before this program is closed: its own key file opens nothing any more, and the kit's key will.";
        steps.push(step(what, Some("create_recovery_kit"), Some(format!("quarterdeck recovery-kit {name} FILE"))));
    }
    if any(config_is_lost) {
        steps.push(step("Put the file config of the repository back from any copy of it.", None, None));
    }
    let beyond_repair =
        |trouble: &Trouble| key_is_lost(trouble) || config_is_lost(trouble) || matches!(trouble, Trouble::PiecesMissing { .. });
    let repairable = troubles.iter().any(|trouble| !trouble.is_harmless() && !beyond_repair(trouble));
    if repairable || locks.iter().any(|lock| lock.restic && lock.dead) {
        let what = "Repair the repository: damaged files are moved aside, whatever is sound in them is kept, nothing is deleted.";
        steps.push(step(what, Some("repair_repository"), Some(format!("quarterdeck repair {name}"))));
    }
    if any(|trouble| {
        matches!(
            trouble,
            Trouble::PackMissing { .. } | Trouble::PackCut { .. } | Trouble::PiecesMissing { .. } | Trouble::PackRotten { .. }
        )
    }) {
        let what = "Back up now: what the database still holds of the missing pieces is stored anew, and that heals old snapshots too.";
        steps.push(step(what, Some("backup_system"), Some(format!("quarterdeck backup {name}"))));
        let what = "Read everything again, to know that nothing else is damaged.";
        steps.push(step(what, Some("check_repository"), Some(format!("quarterdeck check-repository {name} --read all"))));
        steps.push(step("Ask the disk for its own state (smartctl): one damaged file is seldom alone.", None, None));
    }
    steps
}
