//! Waiting for a job: its phases and progress on standard error, Ctrl-C cancels it, its report is the answer.

use std::{io::IsTerminal, io::Write, time::Duration};

use quarterdeck_engine::{
    operation::JobTicket,
    ops::{CancelJob, GetJob},
};
use quarterdeck_link::Link;
use quarterdeck_model::{Bytes, Class, Event, Fault, Job, JobId, JobState, Outcome, job::PhaseRun, job::Progress, job::Unit};
use serde::{Serialize, de::DeserializeOwned};

use super::{Door, from_value, note};

/// Notes can be lost; the row in the store cannot.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(1);

/// Starts a job and waits for its report.
pub async fn run<T: DeserializeOwned>(door: &Door, operation: &str, request: impl Serialize) -> Outcome<(JobId, T)> {
    let JobTicket { job } = door.call(operation, request).await?;
    end_of(door, job).await
}

/// Waits for the report of a job that has begun.
pub async fn end_of<T: DeserializeOwned>(door: &Door, id: JobId) -> Outcome<(JobId, T)> {
    let mut events = door.link.events();
    let mut screen = Screen::default();
    let mut asked = false;
    loop {
        let job: Job = match door.call("get_job", GetJob { job: id }).await {
            // To leave now would end the job with this process.
            Err(fault) if fault.retry => {
                tokio::time::sleep(LOOK_AT_LEAST_EVERY).await;
                continue;
            }
            job => job?,
        };
        screen.show(&job);
        if job.state.is_final() {
            screen.clear();
            return Ok((id, result(job)?));
        }
        tokio::select! {
            () = changed(&mut events, id) => {}
            () = tokio::time::sleep(LOOK_AT_LEAST_EVERY) => {}
            _ = tokio::signal::ctrl_c(), if !asked => {
                asked = true;
                screen.clear();
                match door.call::<()>("cancel_job", CancelJob { job: id }).await {
                    Ok(()) => note("Cancelling…"),
                    Err(fault) => note(&fault.to_string()),
                }
            }
        }
    }
}

async fn changed(events: &mut tokio::sync::broadcast::Receiver<Event>, id: JobId) {
    loop {
        match events.recv().await {
            Ok(Event::Job { id: other }) if other != id => {}
            Ok(_) | Err(_) => return,
        }
    }
}

fn result<T: DeserializeOwned>(job: Job) -> Outcome<T> {
    match (job.state, job.report, job.fault) {
        (JobState::Succeeded, Some(report), _) => from_value(report),
        (_, _, Some(fault)) => Err(fault),
        (state, ..) => Err(Fault { class: Class::Failed, ..Fault::bug(format!("Job {} ended as {state:?} and says no more.", job.id)) }),
    }
}

/// What a person sees while waiting: a line for each phase, and on a terminal one that moves.
#[derive(Default)]
struct Screen {
    announced: Vec<String>,
    drawn: bool,
}

impl Screen {
    fn show(&mut self, job: &Job) {
        let begun: Vec<&PhaseRun> = job.phases.iter().filter(|run| run.started_at.is_some()).collect();
        for run in &begun {
            if !self.announced.contains(&run.phase.name) {
                self.clear();
                note(&format!("  {} …", run.phase.name));
                self.announced.push(run.phase.name.clone());
            }
        }
        if let Some(progress) = job.progress.filter(|_| std::io::stderr().is_terminal()) {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K    {}", words(progress));
            self.drawn = true;
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }
}

fn words(progress: Progress) -> String {
    let amount = |count: quarterdeck_model::Count| match progress.unit {
        Unit::Bytes => Bytes(count.0).to_string(),
        Unit::Pages => format!("{count} pages"),
        Unit::Tables => format!("{count} tables"),
        Unit::Steps => format!("{count} steps"),
        Unit::Statements => format!("{count} statements"),
        Unit::Checks => format!("{count} checks"),
    };
    match progress.total {
        Some(total) if total.0 > 0 => {
            format!("{} of {}, {} %", amount(progress.done), amount(total), progress.done.0.saturating_mul(100) / total.0)
        }
        _ => amount(progress.done),
    }
}
