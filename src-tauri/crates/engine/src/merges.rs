//! Chains of deltas are made shorter beside everything else.

use std::sync::Arc;

use quarterdeck_backup::{
    chain::Merge,
    merge::{self, Task},
    repository::Repository,
};
use quarterdeck_model::{
    Bytes, Count, JobCtx, Outcome,
    inspection::{Finding, Tone},
    job::{Listener, Phase, Progress},
    snapshot::Snapshot,
    system::{Name, System, Target},
};

use crate::{
    jobs::between,
    lookup,
    operation::{Announcement, Scope},
    ops::{MergeDeltas, MergeReport},
    repository,
};

const MERGE: &str = "Merge";

/// A backup merges so much itself; more is left to maintenance.
const AT_ONCE: Bytes = Bytes(64 << 20);

/// Merges a little right after a backup. That it did not succeed hurts nothing but the length of the chain.
pub(crate) fn after_backup(scope: &Scope, repository: &dyn Repository, snapshot: &Snapshot) -> Option<Finding> {
    let small = |(component, wanted): &(Name, Merge)| merge::weight(snapshot, component, wanted) <= AT_ONCE;
    let (component, wanted) = merge::due(snapshot).into_iter().find(small)?;
    match merge(scope, repository, snapshot, &component, &wanted) {
        Err(fault) if !fault.is("cancelled") && !fault.is("repository-busy") => Some(Finding {
            tone: Tone::Attention,
            what: format!("The parts of {component} could not be merged: {}", fault.message),
            next: fault.hint,
        }),
        _ => None,
    }
}

/// What merging will do.
pub(crate) fn announce(scope: &Scope, request: &MergeDeltas) -> Outcome<Announcement> {
    let system = lookup::system(&scope.engine, &request.system)?;
    let phases = vec![Phase::new(MERGE, "Deltas are read from the repository and stored as one; cancelling loses nothing.")];
    let target = Target { system: system.name.clone(), component: None };
    Ok(Announcement { title: format!("Merging the deltas of {}", system.name), target, environment: system.environment, phases })
}

/// Merges until there is nothing more to merge.
pub(crate) fn run(scope: &Scope, request: &MergeDeltas) -> Outcome<MergeReport> {
    let engine = &scope.engine;
    let begun = engine.clock().now();
    scope.ctx.phase(MERGE);
    let system = lookup::system(engine, &request.system)?;
    let mut merged = Count(0);
    while step(scope, &system)? {
        merged.0 += 1;
    }
    let sentence = match merged.0 {
        0 => format!("Nothing of {} has to be merged.", system.name),
        _ => format!("Deltas of {} of {} were merged; the next snapshot takes over what came out.", merged.of("component"), system.name),
    };
    Ok(MergeReport { sentence, merged, took: between(begun, engine.clock().now()) })
}

/// One step of maintenance: forgets merged parts that nobody will take over, then merges what the newest snapshot wants merged, one
/// component at a time. `true` where there was something to do, so that it is worth asking again. Cancelling it loses no work.
fn step(scope: &Scope, system: &System) -> Outcome<bool> {
    let engine = &scope.engine;
    let Some(newest) = repository::newest_backup(engine, system)? else { return Ok(false) };
    let repository = repository::open(engine, system)?;
    merge::sweep(&*repository, &newest, &repository::owner(engine, &scope.caller.who))?;
    let waiting = repository::merged_parts(engine, system)?;
    let next = merge::due(&newest).into_iter().find(|(component, _)| waiting.iter().all(|merged| merged.name != *component));
    let Some((component, wanted)) = next else { return Ok(false) };
    merge(scope, &*repository, &newest, &component, &wanted)?;
    Ok(true)
}

fn merge(scope: &Scope, repository: &dyn Repository, snapshot: &Snapshot, component: &Name, wanted: &Merge) -> Outcome<()> {
    let engine = &scope.engine;
    let tool = crate::backup::tool();
    let task = Task { snapshot, component, merge: wanted, host: engine.host(), tool: &tool, who: &scope.caller.who };
    let quiet = JobCtx::new(Arc::new(Quiet), scope.ctx.cancel_token().clone());
    merge::run(repository, &task, engine.clock(), &quiet).map(drop)
}

struct Quiet;

impl Listener for Quiet {
    fn phase(&self, _: &str) {}
    fn progress(&self, _: Progress) {}
}
