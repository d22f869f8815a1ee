//! Forgetting: snapshots go off the list of their repository, then what is known of them out of the store.

use quarterdeck_model::{
    Count, Fault, Outcome,
    job::Phase,
    retention::{ForgetReport, SnapshotVerdict},
    snapshot::SnapshotId,
    system::Target,
};
use quarterdeck_store::snapshots;

use super::subject::Subject;
use crate::{
    backup::stale,
    jobs::between,
    operation::{Announcement, Scope},
    ops::ForgetSnapshots,
    repository,
};

const DECIDE: &str = "Decide what stays";
const FORGET: &str = "Take snapshots off the list";

/// So many go at once; between two lots a stop is honoured.
const LOT: usize = 50;

/// Up to so many may go without anybody having looked.
const UNSEEN: usize = 20;

/// Checks what a moment can check before the job exists.
pub(crate) fn announce(scope: &Scope, request: &ForgetSnapshots) -> Outcome<Announcement> {
    let subject = Subject::look(scope, &request.system, &request.snapshots, None)?;
    ensure_allowed(&subject, request)?;
    let gone = Count(subject.forgotten().len() as u64);
    Ok(Announcement {
        title: format!("Forget {} of {}", gone.of("snapshot"), request.system),
        target: Target { system: request.system.clone(), component: None },
        environment: subject.system.environment,
        phases: phases(),
    })
}

/// The phases of [`run`].
pub(crate) fn phases() -> Vec<Phase> {
    vec![
        Phase::new(DECIDE, "Rules, pins, proofs: what stays, and why."),
        Phase::new(FORGET, "Their room is freed by pruning, a day later at the earliest."),
    ]
}

/// Forgets. A stop between two lots leaves the rest on the list.
pub(crate) fn run(scope: &Scope, request: &ForgetSnapshots) -> Outcome<ForgetReport> {
    let engine = &scope.engine;
    let begun = engine.clock().now();
    scope.ctx.phase(DECIDE);
    let subject = Subject::look(scope, &request.system, &request.snapshots, None)?;
    ensure_allowed(&subject, request)?;
    let (going, listed) = (subject.forgotten(), subject.listed());
    scope.ctx.phase(FORGET);
    for lot in going.chunks(LOT) {
        scope.ctx.checkpoint()?;
        forget(scope, &subject, lot)?;
    }
    let kept = Count((listed - going.len()) as u64);
    let name = &request.system;
    let sentence = match going.len() as u64 {
        0 => format!("Nothing was forgotten: {} of {name} stay{}.", kept.of("snapshot"), if kept.0 == 1 { "s" } else { "" }),
        gone => {
            let (are, stay) = (if gone == 1 { "is" } else { "are" }, if kept.0 == 1 { "stays" } else { "stay" });
            format!("{} of {name} {are} forgotten; {kept} {stay}.", Count(gone).of("snapshot"))
        }
    };
    let forgotten: Vec<SnapshotVerdict> = subject.verdicts.into_iter().filter(|verdict| !verdict.keep).collect();
    Ok(ForgetReport { sentence, forgotten, kept, took: between(begun, engine.clock().now()) })
}

/// The audit trail says which before any is gone: a kill on the way leaves no snapshot that went unsaid.
fn forget(scope: &Scope, subject: &Subject, lot: &[SnapshotId]) -> Outcome<()> {
    let engine = &scope.engine;
    let which = lot.iter().map(SnapshotId::short).collect::<Vec<_>>().join(" ");
    scope.audit("forget_snapshots", subject.system.name.as_str(), "forgetting", &which)?;
    let owner = repository::owner(engine, &scope.caller.who);
    repository::open(engine, &subject.system)?.forget_all(lot, &owner, &scope.ctx)?;
    engine.store().write(|tx| lot.iter().try_for_each(|id| snapshots::drop_all_of(tx, id)))
}

fn ensure_allowed(subject: &Subject, request: &ForgetSnapshots) -> Outcome<()> {
    let name = &subject.system.name;
    if let Some(obstacle) = subject.obstacles.first() {
        return Err(Fault::refused("snapshot-protected", obstacle.clone())
            .hint(format!("Run: quarterdeck forget {name} --dry-run, which says why each one stays.")));
    }
    let digest = subject.digest();
    let going = subject.forgotten().len();
    match &request.plan {
        Some(shown) if *shown != digest => return Err(stale(shown, &digest)),
        None if request.snapshots.is_empty() && going > UNSEEN && going * 2 > subject.listed() => {
            return Err(Fault::refused(
                "forget-unexpected",
                format!("The rules would forget {going} of {} snapshots of {name}, and nobody has looked at that.", subject.listed()),
            )
            .hint(format!("Look with: quarterdeck forget {name} --dry-run; then forget once by hand.")));
        }
        _ => {}
    }
    match subject.confirmation() {
        Some(word) if request.confirm.as_deref() != Some(word.as_str()) => Err(Fault::refused(
            "not-confirmed",
            format!("This forgets {} of {name} ({}).", Count(going as u64).of("snapshot"), subject.system.environment),
        )
        .hint(format!("Type {word} to confirm."))),
        _ => Ok(()),
    }
}
