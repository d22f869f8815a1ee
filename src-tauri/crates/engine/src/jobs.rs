//! Long work: begun, recorded, cancelled, ended. A job lives in the process that started it; its row in the store is the truth.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{
    Caller, CancelToken, Class, Event, Fault, Instant, Job, JobCtx, JobId, JobState, Millis, Outcome,
    job::{Listener, PhaseRun, Progress},
    restore::PhaseTime,
    system::Target,
};
use quarterdeck_store::{audit, intents, jobs, leases::Lease, leases::Owner};
use serde_json::Value;

use crate::{
    Engine,
    intent::Intent,
    operation::{Announcement, JobTicket, Scope, Work},
    ops::LeaseHolder,
};

/// Progress is written to the store this often at most.
const WRITE_EVERY: Duration = Duration::from_millis(200);

/// How often a store that could not take the end of a job is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// A job of this process.
pub(crate) struct Running {
    cancel: CancelToken,
}

/// Takes the leases, records the job and starts its thread. A fault here refuses the job: nothing was recorded but the refusal.
pub(crate) fn begin<T: Work>(scope: &Scope, work: T) -> Outcome<JobTicket> {
    // A process that died since this one began may have left half a step, and its temporary files, on this very target.
    scope.engine.recover()?;
    let announced = work.announce(scope);
    let announcement = match announced {
        // A title may quote what a file says, and stands wherever jobs are listed.
        Ok(announcement) => Announcement { title: crate::alerting::line(&announcement.title), ..announcement },
        Err(fault) => {
            scope.audit(T::NAME, "", &fault.code, "")?;
            return Err(fault);
        }
    };
    let request = serde_json::to_value(&work).map_err(|error| Fault::bug(format!("A request could not be recorded: {error}.")))?;
    let leases = match T::leases(scope, &announcement) {
        Ok(leases) => leases,
        Err(fault) => {
            scope.audit(T::NAME, &announcement.target.to_string(), &fault.code, "")?;
            return Err(fault);
        }
    };
    let job = record(scope, T::NAME, &announcement, &request)?;
    start(scope, work, &job, leases)?;
    Ok(JobTicket { job: job.id })
}

fn start<T: Work>(scope: &Scope, work: T, job: &Job, leases: Vec<Lease>) -> Outcome<()> {
    let (id, caller) = (job.id, scope.caller.clone());
    let cancel = CancelToken::default();
    let recorder = Arc::new(Recorder::new(&scope.engine, job));
    running(&scope.engine).insert(id, Running { cancel: cancel.clone() });
    let own = Scope { ctx: JobCtx::new(Arc::clone(&recorder) as Arc<dyn Listener>, cancel), ..scope.clone() };
    let ending = job.clone();
    let thread = std::thread::Builder::new().name(format!("job-{id}")).spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| work.run(&own, id)));
        let result = result.unwrap_or_else(|_| Err(Fault::bug(format!("Job {id} ended in a panic of the engine."))));
        recorder.close();
        // Before the end is told: whoever hears of it finds what it cured.
        if let Some(target) = &ending.target {
            crate::readiness::measure_asking(&own, T::NAME, &target.system);
        }
        let report = result.and_then(|report| serde_json::to_value(report).map_err(|error| Fault::bug(error.to_string())));
        let engine = Arc::clone(&own.engine);
        drop((own, recorder));
        Ended::of(&engine, caller, ending, report).settle(engine, leases);
    });
    let Err(error) = thread else { return Ok(()) };
    let fault = Fault::failed("no-thread", format!("No thread could be started for job {id}: {error}.")).hint("Close other programs.");
    running(&scope.engine).remove(&id);
    Ended::of(&scope.engine, scope.caller.clone(), job.clone(), Err(fault.clone())).record(&scope.engine)?;
    Err(fault)
}

/// One job. Where it has ended and the store could not take that, a fault says how it ended: the row still calls it running.
pub(crate) fn get(engine: &Engine, id: JobId) -> Outcome<Job> {
    if let Some(fault) = engine.unrecorded.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Err(fault.clone());
    }
    engine.store().read(|connection| jobs::get(connection, id))
}

/// Asks a job to stop, whichever process runs it.
pub(crate) fn cancel(engine: &Engine, id: JobId) -> Outcome<()> {
    let job = engine.store().read(|connection| jobs::get(connection, id))?;
    if job.state.is_final() {
        return Err(Fault::refused("job-ended", format!("Job {id} has ended already.")).hint("Look at its report."));
    }
    if let Some(phase) = current(&job.phases).filter(|run| !run.phase.cancellable) {
        return Err(Fault::refused(
            "past-return",
            format!("Job {id} can no longer stop: it is at {:?}, and finishes from there.", phase.phase.name),
        )
        .hint("Wait for it to end, then undo it."));
    }
    engine.store().write(|tx| jobs::request_cancel(tx, id))?;
    if let Some(running) = running(engine).get(&id) {
        running.cancel.cancel();
    }
    engine.tell(Event::Job { id });
    Ok(())
}

/// Cancels jobs of this process for which another process asked. A store that cannot be read now is asked again at its next change.
pub(crate) fn heed_cancel_requests(engine: &Engine) {
    for (id, running) in running(engine).iter() {
        if let Ok(true) = engine.store().read(|connection| jobs::cancel_requested(connection, *id)) {
            running.cancel.cancel();
        }
    }
}

/// The name of the lease on a component.
pub(crate) fn lease_key(component: &str) -> String {
    format!("component-{component}")
}

/// The leases on everything that a target means, or who holds one of them.
pub(crate) fn take_leases(engine: &Engine, target: &Target, who: &str, purpose: String) -> Outcome<Vec<Lease>> {
    let owner = Owner { pid: std::process::id(), who: who.to_owned(), purpose, since: engine.clock().now() };
    // In one order everywhere, so that two jobs on several components cannot wait for each other.
    let mut keys: Vec<String> = crate::lookup::components(engine, target)?.iter().map(|component| lease_key(&component.id)).collect();
    keys.sort();
    keys.iter().map(|key| Lease::take(&engine.home().leases(), key, &owner)).collect()
}

/// Who holds the lease on a component now, and what for.
pub(crate) fn lease_holder(engine: &Engine, component: &str) -> Outcome<Option<LeaseHolder>> {
    let owner = Lease::holder(&engine.home().leases(), &lease_key(component))?;
    Ok(owner.map(LeaseHolder::from))
}

impl From<Owner> for LeaseHolder {
    fn from(owner: Owner) -> Self {
        Self { what: owner.purpose, who: owner.who, pid: owner.pid, since: owner.since }
    }
}

fn record(scope: &Scope, operation: &str, announcement: &Announcement, request: &Value) -> Outcome<Job> {
    let mut job = Job {
        id: JobId(0),
        operation: operation.to_owned(),
        title: announcement.title.clone(),
        target: Some(announcement.target.clone()),
        environment: Some(announcement.environment),
        state: JobState::Running,
        phases: announcement.phases.iter().map(|phase| PhaseRun { phase: phase.clone(), started_at: None, finished_at: None }).collect(),
        progress: None,
        who: scope.caller.who.clone(),
        face: scope.caller.face,
        created_at: scope.engine.clock().now(),
        finished_at: None,
        report: None,
        fault: None,
        recovery: None,
    };
    job.id = scope.engine.store().write(|tx| {
        let id = jobs::insert(tx, &job, request, scope.engine.process())?;
        let detail = format!("job {id}: {}", announcement.title);
        audit::append(tx, &scope.entry(operation, &announcement.target.to_string(), "started", &detail))?;
        Ok(id)
    })?;
    scope.engine.tell(Event::Job { id: job.id });
    Ok(job)
}

/// A job that is over, to be written down.
struct Ended {
    job: Job,
    caller: Caller,
    at: Instant,
    state: JobState,
    report: Option<Value>,
    fault: Option<Fault>,
}

impl Ended {
    fn of(engine: &Engine, caller: Caller, job: Job, result: Outcome<Value>) -> Self {
        let (state, report, fault) = match result {
            Ok(report) => (JobState::Succeeded, Some(report), None),
            Err(fault) if fault.class == Class::Cancelled => (JobState::Cancelled, None, Some(fault)),
            Err(fault) => (JobState::Failed, None, Some(fault)),
        };
        Self { job, caller, at: engine.clock().now(), state, report, fault }
    }

    /// Writes it down and gives the leases back. A store that cannot take it now (a full disk) is asked until it can, or until the process
    /// ends; whoever waits for the job hears of it at once.
    fn settle(self, engine: Arc<Engine>, leases: Vec<Lease>) {
        let recorded = self.record(&engine);
        let id = self.job.id;
        drop(leases);
        if let Err(fault) = &recorded {
            engine.unrecorded.lock().unwrap_or_else(PoisonError::into_inner).insert(id, self.unrecorded(fault));
        }
        running(&engine).remove(&id);
        tell_end(&engine, id);
        let engine_by_then = Arc::downgrade(&engine);
        drop(engine);
        let mut is_recorded = recorded.is_ok();
        while !is_recorded {
            std::thread::sleep(RETRY);
            let Some(engine) = engine_by_then.upgrade() else { return };
            is_recorded = self.record(&engine).is_ok();
            if is_recorded {
                engine.unrecorded.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
                tell_end(&engine, id);
            }
        }
    }

    fn record(&self, engine: &Arc<Engine>) -> Outcome<()> {
        let scope = Scope { engine: Arc::clone(engine), caller: self.caller.clone(), ctx: JobCtx::detached() };
        let target = self.job.target.as_ref().map(ToString::to_string).unwrap_or_default();
        let detail = format!("job {}: {}", self.job.id, self.job.title);
        engine.store().write(|tx| {
            let (report, fault) = (self.report.as_ref(), self.fault.as_ref());
            jobs::finish(tx, self.job.id, &jobs::End { state: self.state, at: self.at, report, fault, recovery: None })?;
            if fault.is_none() || !is_left_to_recovery(tx, self.job.id)? {
                intents::clear(tx, self.job.id)?;
            }
            audit::append(tx, &scope.entry(&self.job.operation, &target, self.outcome(), &detail)).map(drop)
        })
    }

    fn outcome(&self) -> &str {
        match (&self.fault, self.state) {
            (_, JobState::Cancelled) => "cancelled",
            (Some(fault), _) => &fault.code,
            (None, _) => "succeeded",
        }
    }

    fn unrecorded(&self, fault: &Fault) -> Fault {
        let how = match &self.fault {
            None => "succeeded".to_owned(),
            Some(own) => format!("ended with: {}", own.message.trim_end_matches('.')),
        };
        Fault::failed("job-unrecorded", format!("Job {} {how}; but the store could not record that: {}", self.job.id, fault.message))
            .hint(fault.hint.clone())
            .fact("outcome", self.outcome().to_owned())
    }
}

fn tell_end(engine: &Engine, id: JobId) {
    engine.tell(Event::Job { id });
    engine.tell(Event::Store);
}

/// True where the job has a step behind it that only recovery can finish: an entry or migrations whose way back is not yet in the repository, or a
/// replacement that could be neither finished nor taken back, or a scratch folder that could not be removed.
fn is_left_to_recovery(connection: &quarterdeck_store::Connection, id: JobId) -> Outcome<bool> {
    use Intent::{Drill, Enter, Migrate, Rehearse, Replace, Smoke};
    let left = intents::of::<Intent>(connection, id)?;
    Ok(matches!(left, Some(Enter(_) | Migrate(_) | Replace { .. } | Drill { .. } | Rehearse { .. } | Smoke { .. })))
}

fn running(engine: &Engine) -> std::sync::MutexGuard<'_, std::collections::HashMap<JobId, Running>> {
    engine.running.lock().unwrap_or_else(PoisonError::into_inner)
}

fn current(phases: &[PhaseRun]) -> Option<&PhaseRun> {
    phases.iter().find(|run| run.started_at.is_some() && run.finished_at.is_none())
}

/// How long each phase of a running job has taken, the present one until now.
pub(crate) fn phase_times(engine: &Engine, id: JobId) -> Outcome<Vec<PhaseTime>> {
    let now = engine.clock().now();
    let job = engine.store().read(|connection| jobs::get(connection, id))?;
    let begun = job.phases.iter().filter_map(|run| Some((run, run.started_at?)));
    Ok(begun.map(|(run, start)| PhaseTime { name: run.phase.name.clone(), took: between(start, run.finished_at.unwrap_or(now)) }).collect())
}

/// Time from one instant to a later one; zero where the clock went back.
pub(crate) fn between(from: Instant, to: Instant) -> Millis {
    Millis(u64::try_from((to - from).num_milliseconds()).unwrap_or(0))
}

/// Writes a job's phases and progress to the store, thinned out.
struct Recorder {
    engine: Arc<Engine>,
    id: JobId,
    state: Mutex<Recorded>,
}

struct Recorded {
    phases: Vec<PhaseRun>,
    written: Moment,
}

impl Recorder {
    fn new(engine: &Arc<Engine>, job: &Job) -> Self {
        let state = Recorded { phases: job.phases.clone(), written: Moment::now() };
        Self { engine: Arc::clone(engine), id: job.id, state: Mutex::new(state) }
    }

    /// Ends the present phase.
    fn close(&self) {
        self.advance(None);
    }

    fn advance(&self, to: Option<&str>) {
        let now = self.engine.clock().now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for run in &mut state.phases {
            if run.started_at.is_some() && run.finished_at.is_none() {
                run.finished_at = Some(now);
            }
            if to == Some(run.phase.name.as_str()) {
                run.started_at = Some(now);
                run.finished_at = None;
            }
        }
        state.written = Moment::now();
        self.write(&state.phases, None);
    }

    /// Nobody waits for the disk because of it, least of all writers while a lock is held: with the power, the phase that was shown last may
    /// go. What cannot be recorded now is recorded at the next step: it is a hurry-up note, not the result.
    fn write(&self, phases: &[PhaseRun], progress: Option<Progress>) {
        if self.engine.store().jot(|tx| jobs::set_progress(tx, self.id, phases, progress)).is_ok() {
            self.engine.tell(Event::Job { id: self.id });
        }
    }
}

impl Listener for Recorder {
    fn phase(&self, name: &str) {
        self.advance(Some(name));
    }

    fn progress(&self, progress: Progress) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.written.elapsed() >= WRITE_EVERY {
            state.written = Moment::now();
            self.write(&state.phases, Some(progress));
        }
    }
}
