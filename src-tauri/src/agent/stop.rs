//! A clean stop: jobs may end by themselves for a while, then they are cancelled, and what was interrupted is said.

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use quarterdeck_engine::Engine;
use quarterdeck_model::{Face, Job, JobId, JobState, Outcome};
use serde_json::json;

use super::{Signals, journal, notify::Notify};

/// How often jobs are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// A cancelled job takes back what it did; one that is past its point of return finishes.
const CANCEL: Duration = Duration::from_secs(30);

/// Some jobs were cancelled: the exit code of everything that was cancelled.
const CANCELLED: u8 = 4;

/// Some jobs did not end: the next start recovers them.
const LEFT: u8 = 1;

/// Waits for the jobs, then cancels them. A second signal cancels at once.
pub async fn drain(engine: &Arc<Engine>, notify: &Notify, signals: &mut Signals, patience: Duration) -> Outcome<ExitCode> {
    let jobs = engine.running();
    for job in &jobs {
        journal::line(&format!("{} may go on for {} s.", title(engine, *job), patience.as_secs()));
    }
    notify.tell(&[&format!("STATUS=Stops; waits for {} to end", plural(jobs.len()))]);
    wait(engine, notify, Some(signals), patience).await;
    let late = engine.running();
    engine.leave();
    for job in &late {
        // One that can no longer stop says so, and is waited for.
        match engine.call(Face::Agent, "cancel_job", json!({ "job": job }), None) {
            Ok(_) => journal::line(&format!("{} is cancelled.", title(engine, *job))),
            Err(fault) => journal::line(&fault.to_string()),
        }
    }
    wait(engine, notify, None, CANCEL).await;
    engine.settle_schedules()?;
    Ok(ExitCode::from(report(engine, &jobs, &late)))
}

async fn wait(engine: &Engine, notify: &Notify, mut signals: Option<&mut Signals>, patience: Duration) {
    let begun = Instant::now();
    while !engine.running().is_empty() && begun.elapsed() < patience {
        notify.alive();
        match signals.as_mut() {
            Some(signals) => tokio::select! {
                name = signals.next() => {
                    journal::line(&format!("{name} again: jobs are cancelled now."));
                    return;
                }
                () = tokio::time::sleep(LOOK) => {}
            },
            None => tokio::time::sleep(LOOK).await,
        }
    }
}

/// Says how each job ended, and with which exit code that is.
fn report(engine: &Arc<Engine>, jobs: &[JobId], late: &[JobId]) -> u8 {
    let left = engine.running();
    let mut code = 0;
    for id in jobs {
        let title = title(engine, *id);
        if left.contains(id) {
            journal::line(&format!("{title} did not end in time and is interrupted; the next start finishes or takes back its step."));
            code = LEFT;
            continue;
        }
        match job(engine, *id).map(|job| job.state) {
            Some(JobState::Cancelled) if late.contains(id) => {
                journal::line(&format!(
                    "{title} was interrupted: it had not ended in time. What was scheduled is tried again by whoever runs the schedules next."
                ));
                code = code.max(CANCELLED);
            }
            Some(state) => journal::line(&format!("{title} {}.", words(state))),
            None => journal::line(&format!("{title} has ended; the store does not say how.")),
        }
    }
    if left.is_empty() {
        journal::line("Stopped.");
        code
    } else {
        LEFT
    }
}

fn words(state: JobState) -> &'static str {
    match state {
        JobState::Succeeded => "is done",
        JobState::Failed => "failed",
        JobState::Cancelled => "was cancelled",
        JobState::Interrupted => "was interrupted",
        JobState::Queued | JobState::Running | JobState::Cancelling => "has ended",
    }
}

fn title(engine: &Arc<Engine>, id: JobId) -> String {
    job(engine, id).map_or_else(|| format!("Job {id}"), |job| format!("Job {id} ({})", job.title))
}

fn job(engine: &Arc<Engine>, id: JobId) -> Option<Job> {
    let answer = engine.call(Face::Agent, "get_job", json!({ "job": id }), None).ok()?;
    serde_json::from_value(answer).ok()
}

fn plural(jobs: usize) -> String {
    if jobs == 1 { "one job".to_owned() } else { format!("{jobs} jobs") }
}
