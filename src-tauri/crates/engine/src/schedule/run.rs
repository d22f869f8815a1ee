//! Starting what is due, once, and following it to its end.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use quarterdeck_model::{
    Caller, Class, Fault, Instant, JobId, JobState, Outcome,
    schedule::{Rhythm, RunOutcome, Runs, Schedule},
    system::Name,
};
use quarterdeck_store::{
    leases::{Lease, Owner},
    schedules::{self, Due, StoredRun},
};
use serde_json::json;

use super::due::window;
use crate::{
    Engine, lookup,
    operation::{JobTicket, Scope},
    ops,
};

/// How often a job is looked at by whoever holds the lease of its schedule.
const LOOK: Duration = Duration::from_millis(200);

/// Runs a schedule now, whatever its rhythm says.
pub(crate) fn now(scope: &Scope, system: &Name, name: &Name) -> Outcome<JobTicket> {
    let engine = &scope.engine;
    let decided = super::source::decided(engine, &lookup::system(engine, system)?)?;
    let Some(schedule) = decided.schedules.iter().find(|schedule| &schedule.name == name) else {
        return Err(unknown(system, name, &decided.schedules));
    };
    let now = engine.clock().now();
    let lease = lease(engine, system, name)?;
    let claimed = engine.store().write(|tx| schedules::claim(tx, system, schedule, Due { at: now, missed: 0 }, now))?;
    let id =
        claimed.ok_or_else(|| Fault::refused("already-run", format!("{name} of {system} was just started.")).hint("Look at its job."))?;
    let started = start(engine, scope.caller.clone(), id, system, schedule.runs, lease);
    if let Err(fault) = &started {
        engine.store().write(|tx| schedules::stand(tx, id, RunOutcome::Failed, &fault.message, now))?;
    }
    let job = started?;
    job.map(|job| JobTicket { job }).ok_or_else(|| Fault::bug(format!("{} gave no job.", schedule.runs.operation())))
}

/// One attempt at a run that waits: it is started, waits on, or has failed. A sentence for the log.
pub(super) fn attempt(engine: &Arc<Engine>, waiting: &StoredRun) -> Outcome<Option<String>> {
    let StoredRun { id, system, schedule, runs, .. } = waiting;
    let stand = |outcome, fault: &Fault| {
        let now = engine.clock().now();
        engine.store().write(|tx| schedules::stand(tx, *id, outcome, &fault.message, now))
    };
    let lease = match lease(engine, system, schedule) {
        Ok(lease) => lease,
        Err(fault) if fault.retry => {
            stand(RunOutcome::Waiting, &fault)?;
            return Ok(None);
        }
        Err(fault) => return Err(fault),
    };
    // Under the lease: nobody else starts it between this look and the start.
    let still = engine.store().read(|connection| schedules::get(connection, *id))?;
    if still.is_none_or(|still| still.recorded != RunOutcome::Waiting) {
        return Ok(None);
    }
    let caller = engine.caller(quarterdeck_model::Face::Agent)?;
    match start(engine, caller, *id, system, *runs, lease) {
        Ok(job) => {
            let job = job.map_or_else(String::new, |job| format!(", job {job}"));
            Ok(Some(format!("{system}: {schedule} ({}) has begun{job}.", runs.word())))
        }
        Err(fault) if fault.retry => {
            stand(RunOutcome::Waiting, &fault)?;
            let first = waiting.attempted_at.is_none();
            Ok(first.then(|| format!("{system}: {schedule} ({}) waits: {}", runs.word(), fault.message)))
        }
        Err(fault) => {
            stand(RunOutcome::Failed, &fault)?;
            Ok(Some(format!("{system}: {schedule} ({}) could not start: {fault}", runs.word())))
        }
    }
}

/// Records how a run stands whose job has ended: done, or waiting for another attempt while its window is open.
pub(super) fn settle(engine: &Engine, id: i64, rhythm: Option<&Rhythm>) -> Outcome<Option<StoredRun>> {
    let now = engine.clock().now();
    engine.store().write(|tx| {
        let Some(run) = schedules::get(tx, id)? else { return Ok(None) };
        let Some(job) = run.run.job.filter(|_| run.recorded == RunOutcome::Running) else { return Ok(None) };
        let job = quarterdeck_store::jobs::get(tx, job)?;
        if !job.state.is_final() {
            return Ok(None);
        }
        let reason = job.fault.as_ref().map(|fault| fault.message.clone()).unwrap_or_default();
        let leaving = engine.leaving.load(std::sync::atomic::Ordering::Relaxed);
        let again = job.state == JobState::Interrupted
            || (job.state == JobState::Cancelled && leaving)
            || job.fault.as_ref().is_some_and(|fault| job.state == JobState::Failed && fault.retry && fault.class != Class::Bug);
        let open = rhythm.is_some_and(|rhythm| within(rhythm, &run, now));
        let outcome = if again && open { RunOutcome::Waiting } else { job.state.into() };
        schedules::stand(tx, id, outcome, &reason, now)?;
        schedules::get(tx, id)
    })
}

/// True while a run may be tried again.
pub(super) fn within(rhythm: &Rhythm, run: &StoredRun, now: Instant) -> bool {
    // A row from the future was written by a clock that has been put back since.
    run.claimed_at <= now && now < window(rhythm, run.run.due_at, run.claimed_at)
}

/// The right to run a schedule, in any process.
fn lease(engine: &Engine, system: &Name, schedule: &Name) -> Outcome<Lease> {
    let purpose = format!("The run of {schedule} of {system}");
    let owner = Owner { pid: std::process::id(), who: engine.who().to_owned(), purpose, since: engine.clock().now() };
    Lease::take(&engine.home().leases(), &format!("schedule~{system}~{schedule}"), &owner)
}

/// Calls the operation by its name: what this version lacks is a clear fault.
fn start(engine: &Arc<Engine>, caller: Caller, id: i64, system: &Name, runs: Runs, lease: Lease) -> Outcome<Option<JobId>> {
    let operation = runs.operation();
    if ops::find(operation).is_none() {
        return Err(Fault::refused(
            "operation-missing",
            format!("This version cannot run a {} by schedule: it has no {operation}.", runs.word()),
        )
        .hint("Remove the schedule, or install a version that has it.")
        .fact("operation", operation));
    }
    let request = match runs {
        Runs::Backup => json!({ "system": system, "reason": "scheduled" }),
        Runs::Drill | Runs::Maintain | Runs::Smoke => json!({ "system": system }),
    };
    let answer = engine.call_as(caller, operation, request, None)?;
    let job = serde_json::from_value::<JobTicket>(answer).ok().map(|ticket| ticket.job);
    let now = engine.clock().now();
    engine.store().write(|tx| schedules::started(tx, id, job, now))?;
    if let Some(job) = job {
        follow(engine, id, job, lease)?;
    }
    Ok(job)
}

/// Holds the lease until the job has ended.
fn follow(engine: &Arc<Engine>, id: i64, job: JobId, lease: Lease) -> Outcome<()> {
    let weak = Arc::downgrade(engine);
    let thread = std::thread::Builder::new().name(format!("schedule-{id}")).spawn(move || following(&weak, id, job, lease));
    thread
        .map(drop)
        .map_err(|error| Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs."))
}

fn following(engine: &Weak<Engine>, id: i64, job: JobId, lease: Lease) {
    loop {
        std::thread::sleep(LOOK);
        let Some(engine) = engine.upgrade() else { return };
        // Where the store cannot be read now it is read again: the job's thread ends with the process in any case.
        let Ok(job) = engine.store().read(|connection| quarterdeck_store::jobs::get(connection, job)) else { continue };
        if job.state.is_final() {
            let rhythm = rhythm_of(&engine, id);
            // What cannot be recorded now is recorded by whoever runs the schedules next.
            let _ = settle(&engine, id, rhythm.as_ref());
            drop(lease);
            return;
        }
    }
}

/// The rhythm of the schedule that a run belongs to, as it was seen last.
fn rhythm_of(engine: &Engine, id: i64) -> Option<Rhythm> {
    let run = engine.store().read(|connection| schedules::get(connection, id)).ok().flatten()?;
    let seen = engine.store().read(|connection| schedules::seen(connection, &run.system)).ok()?;
    seen.iter().find(|schedule| schedule.name == run.schedule)?.rhythm().ok()
}

fn unknown(system: &Name, name: &Name, schedules: &[Schedule]) -> Fault {
    let names: Vec<&str> = schedules.iter().map(|schedule| schedule.name.as_str()).collect();
    let hint = match names.is_empty() {
        true => format!("Set one with: quarterdeck schedule {system} set nightly --at '0 2 * * *' --zone UTC"),
        false => format!("Name one of: {}.", names.join(", ")),
    };
    Fault::refused("schedule-missing", format!("{system} has no schedule {name}.")).hint(hint)
}
