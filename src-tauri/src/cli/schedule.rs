//! `quarterdeck schedule`: what a system does at set times.

use std::process::ExitCode;

use quarterdeck_engine::{
    operation::JobTicket,
    ops::{GetSchedules, RunSchedule, ScheduleList, ScheduleSource, SetSchedules},
};
use quarterdeck_model::{
    Fault, Outcome,
    schedule::{RunOutcome, Runs, Schedule, ScheduleRun},
    system::Name,
};

use super::{Door, args::ScheduleVerb, show, wait};

pub async fn run(door: &Door, system: Name, verb: Option<ScheduleVerb>) -> Outcome<ExitCode> {
    match verb {
        None | Some(ScheduleVerb::List) => {
            let list = get(door, &system).await?;
            door.answer(&list, words)
        }
        Some(ScheduleVerb::Set { name, at, zone, runs, disabled }) => {
            let runs = Runs::from_word(&runs).ok_or_else(|| {
                Fault::usage("unknown-runs", format!("There is nothing called {runs:?} to run."))
                    .hint("Name one of: backup, drill, maintain, smoke.")
            })?;
            let wanted = Schedule { name, runs, cron: at, zone, enabled: !disabled };
            change(door, &system, |set| {
                match set.iter_mut().find(|known| known.name == wanted.name) {
                    Some(known) => *known = wanted,
                    None => set.push(wanted),
                }
                Ok(())
            })
            .await
        }
        Some(ScheduleVerb::Remove { name }) => {
            change(door, &system, |set| {
                let before = set.len();
                set.retain(|known| known.name != name);
                if set.len() < before {
                    return Ok(());
                }
                Err(Fault::refused("schedule-missing", format!("No schedule {name} was set for {system}."))
                    .hint(format!("Run: quarterdeck schedule {system}")))
            })
            .await
        }
        Some(ScheduleVerb::Run { name }) => {
            let JobTicket { job } = door.call("run_schedule", RunSchedule { system, schedule: name.clone() }).await?;
            let (_, report) = wait::end_of::<serde_json::Value>(door, job).await?;
            door.answer(&report, |report| match report.get("sentence").and_then(serde_json::Value::as_str) {
                Some(sentence) => sentence.to_owned(),
                None => format!("{name} is done: job {job}."),
            })
        }
    }
}

async fn get(door: &Door, system: &Name) -> Outcome<ScheduleList> {
    door.call("get_schedules", GetSchedules { system: system.clone() }).await
}

/// Changes what was set, and shows what is there now.
async fn change(door: &Door, system: &Name, edit: impl FnOnce(&mut Vec<Schedule>) -> Outcome<()>) -> Outcome<ExitCode> {
    let list = get(door, system).await?;
    let mut schedules = match list.source {
        Some(ScheduleSource::Store) => list.schedules.into_iter().map(|view| view.schedule).collect(),
        _ => Vec::new(),
    };
    edit(&mut schedules)?;
    door.call::<()>("set_schedules", SetSchedules { system: system.clone(), schedules }).await?;
    door.answer(&get(door, system).await?, words)
}

fn words(list: &ScheduleList) -> String {
    let mut out = String::new();
    if list.schedules.is_empty() {
        out.push_str(&format!(
            "{0} does nothing at set times. Next: quarterdeck schedule {0} set nightly --at '0 2 * * *' --zone Europe/Berlin\n",
            list.system
        ));
    }
    for view in &list.schedules {
        let off = if view.schedule.enabled { "" } else { ", not enabled" };
        out.push_str(&format!("{}  {}: {}{off}\n", view.schedule.name, view.schedule.runs.word(), view.words));
        let next: Vec<String> = view.next.iter().map(|at| show::time(*at)).collect();
        if !next.is_empty() {
            out.push_str(&format!("  next  {}\n", next.join(", ")));
        }
        out.push_str(&format!("  last  {}\n", view.last.as_ref().map_or_else(|| "never ran".to_owned(), last)));
    }
    match &list.scheduler {
        Some(holder) => out.push_str(&format!(
            "{} runs them (process {} of {}, since {}).\n",
            holder.what,
            holder.pid,
            holder.who,
            show::time(holder.since)
        )),
        None if list.schedules.is_empty() => {}
        None => out.push_str("Nobody runs them now.\n"),
    }
    let from = match list.source {
        Some(ScheduleSource::Definition) => "They are in quarterdeck.yaml, which decides.\n",
        Some(ScheduleSource::Environment) => "They come from the environment (BACKUP_ENABLED).\n",
        Some(ScheduleSource::Store) | None => "",
    };
    out.push_str(from);
    for finding in &list.findings {
        out.push_str(&format!("  {:<9} {}\n", show::word(finding.tone), show::finding_line(finding)));
    }
    out
}

fn last(run: &ScheduleRun) -> String {
    let outcome = match run.outcome {
        RunOutcome::Waiting => "waits",
        RunOutcome::Running => "is under way",
        RunOutcome::Succeeded => "done",
        RunOutcome::Failed => "failed",
        RunOutcome::Cancelled => "cancelled",
        RunOutcome::Interrupted => "interrupted",
        RunOutcome::Skipped => "skipped",
    };
    let missed = if run.missed == 0 { String::new() } else { format!(", for {} that were missed as well", run.missed) };
    let job = run.job.map(|job| format!(", job {job}")).unwrap_or_default();
    let reason = run.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{} {outcome}{missed}{job}{reason}", show::time(run.due_at))
}
