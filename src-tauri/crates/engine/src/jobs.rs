//! Long work: begun, recorded, cancelled, ended. A job lives in the process that started it; its row in the store is the truth.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{
    CancelToken, Class, Event, Fault, Instant, Job, JobCtx, JobId, JobState, Millis, Outcome,
    job::{Listener, PhaseRun, Progress},
    restore::PhaseTime,
};
use quarterdeck_store::{audit, intents, jobs, leases::Lease, leases::Owner};
use serde_json::Value;

use crate::{
    Engine,
    intent::Intent,
    operation::{Announcement, JobTicket, Scope, Work},
};

/// Progress is written to the store this often at most.
const WRITE_EVERY: Duration = Duration::from_millis(200);

/// A job of this process.
pub(crate) struct Running {
    cancel: CancelToken,
}

/// Takes the leases, records the job and starts its thread. A fault here refuses the job: nothing was recorded but the refusal.
pub(crate) fn begin<T: Work>(scope: &Scope, work: T) -> Outcome<JobTicket> {
    let announced = work.announce(scope);
    let announcement = match announced {
        Ok(announcement) => announcement,
        Err(fault) => {
            scope.audit(T::NAME, "", &fault.code, "")?;
            return Err(fault);
        }
    };
    let request = serde_json::to_value(&work).map_err(|error| Fault::bug(format!("A request could not be recorded: {error}.")))?;
    let leases = take_leases(scope, &announcement);
    let leases = match leases {
        Ok(leases) => leases,
        Err(fault) => {
            scope.audit(T::NAME, &announcement.target.to_string(), &fault.code, "")?;
            return Err(fault);
        }
    };
    let job = record(scope, T::NAME, &announcement, &request)?;
    let cancel = CancelToken::default();
    let recorder = Arc::new(Recorder::new(&scope.engine, &job));
    running(&scope.engine).insert(job.id, Running { cancel: cancel.clone() });
    let scope = Scope { ctx: JobCtx::new(Arc::clone(&recorder) as Arc<dyn Listener>, cancel), ..scope.clone() };
    let id = job.id;
    let thread = std::thread::Builder::new().name(format!("job-{id}")).spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| work.run(&scope, id)));
        let result = result.unwrap_or_else(|_| Err(Fault::bug(format!("Job {id} ended in a panic of the engine."))));
        recorder.close();
        end(&scope, &job, result.and_then(|report| serde_json::to_value(report).map_err(|error| Fault::bug(error.to_string()))));
        drop(leases);
        running(&scope.engine).remove(&id);
        scope.engine.tell(Event::Job { id });
        scope.engine.tell(Event::Store);
    });
    thread.map_err(|error| {
        Fault::failed("no-thread", format!("No thread could be started for job {id}: {error}.")).hint("Close other programs.")
    })?;
    Ok(JobTicket { job: id })
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

fn take_leases(scope: &Scope, announcement: &Announcement) -> Outcome<Vec<Lease>> {
    let engine = &scope.engine;
    let owner =
        Owner { pid: std::process::id(), who: scope.caller.who.clone(), purpose: announcement.title.clone(), since: engine.clock().now() };
    // In one order everywhere, so that two jobs on several components cannot wait for each other.
    let mut keys: Vec<String> =
        crate::lookup::components(engine, &announcement.target)?.iter().map(|component| lease_key(&component.id)).collect();
    keys.sort();
    keys.iter().map(|key| Lease::take(&engine.home().leases(), key, &owner)).collect()
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

fn end(scope: &Scope, job: &Job, result: Outcome<Value>) {
    let (state, report, fault) = match result {
        Ok(report) => (JobState::Succeeded, Some(report), None),
        Err(fault) if fault.class == Class::Cancelled => (JobState::Cancelled, None, Some(fault)),
        Err(fault) => (JobState::Failed, None, Some(fault)),
    };
    let outcome = match (&fault, state) {
        (_, JobState::Cancelled) => "cancelled",
        (Some(fault), _) => &fault.code,
        (None, _) => "succeeded",
    };
    let target = job.target.as_ref().map(ToString::to_string).unwrap_or_default();
    let detail = format!("job {}: {}", job.id, job.title);
    let written = scope.engine.store().write(|tx| {
        let at = scope.engine.clock().now();
        jobs::finish(tx, job.id, &jobs::End { state, at, report: report.as_ref(), fault: fault.as_ref(), recovery: None })?;
        if fault.is_none() || !is_way_back_pending(tx, job.id)? {
            intents::clear(tx, job.id)?;
        }
        audit::append(tx, &scope.entry(&job.operation, &target, outcome, &detail)).map(drop)
    });
    // A store that cannot take the end of a job keeps it as running; once this process is gone, recovery reads its intent and says
    // what became of it. There is nobody here to tell.
    drop(written);
}

/// True where the job changed a live file and its way back is not yet in the repository: recovery finishes that.
fn is_way_back_pending(connection: &quarterdeck_store::Connection, id: JobId) -> Outcome<bool> {
    Ok(matches!(intents::of::<Intent>(connection, id)?, Some(Intent::Enter(_))))
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

    /// Progress that cannot be recorded now is recorded at the next step: it is a hurry-up note, not the result.
    fn write(&self, phases: &[PhaseRun], progress: Option<Progress>) {
        if self.engine.store().write(|tx| jobs::set_progress(tx, self.id, phases, progress)).is_ok() {
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
