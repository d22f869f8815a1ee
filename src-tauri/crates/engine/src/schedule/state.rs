//! What is said of schedules: what comes next, what is late, what never happened, and that nobody runs them.

use chrono::TimeDelta;
use quarterdeck_model::{
    Count, Instant, Outcome,
    inspection::{Finding, Tone},
    schedule::{Overdue, Rhythm, RunOutcome, Runs, Schedule, ScheduleRun},
    system::{Name, System},
};
use quarterdeck_store::{leases::Lease, schedules, smoke};

use super::{due, source, station::SCHEDULER};
use crate::{
    Engine,
    jobs::between,
    lookup,
    ops::{LeaseHolder, ScheduleList, ScheduleSource, ScheduleView, Unattended},
    truth,
};

/// Coming moments that are shown.
const COMING: usize = 5;

/// Runs that are shown.
const RECENT: u32 = 10;

/// The schedules of a system.
pub(crate) fn list(engine: &Engine, name: &Name) -> Outcome<ScheduleList> {
    let system = lookup::system(engine, name)?;
    let now = engine.clock().now();
    let decided = source::decided(engine, &system)?;
    let newest = newest_snapshot(engine, &system);
    let views = decided.schedules.iter().map(|schedule| view(engine, &system, schedule, newest, now));
    Ok(ScheduleList {
        system: system.name.clone(),
        source: decided.source,
        schedules: views.collect::<Outcome<_>>()?,
        scheduler: holder(engine)?,
        findings: findings(engine, &system, newest),
        as_of: now,
    })
}

/// Those of the systems that have schedules which are on, where nothing runs schedules. What cannot be read is a finding elsewhere.
pub(crate) fn unattended(engine: &Engine, systems: &[System]) -> Outcome<Vec<Unattended>> {
    if holder(engine)?.is_some() {
        return Ok(Vec::new());
    }
    let mut unattended = Vec::new();
    for system in systems {
        let decided = source::decided(engine, system)?;
        let on = decided.schedules.iter().filter(|schedule| schedule.enabled).count() as u64;
        unattended.extend((on > 0).then(|| Unattended { system: system.name.clone(), schedules: Count(on) }));
    }
    Ok(unattended)
}

/// What is wrong with the schedules of a system, for every page that shows it. Trouble in finding out is a finding itself.
pub(crate) fn findings(engine: &Engine, system: &System, newest_snapshot: Option<Instant>) -> Vec<Finding> {
    let trouble = |fault: quarterdeck_model::Fault| vec![Finding { tone: Tone::Attention, what: fault.message, next: fault.hint }];
    let decided = match source::decided(engine, system) {
        Ok(decided) => decided,
        Err(fault) => return trouble(fault),
    };
    let mut findings = Vec::new();
    if let Some(fault) = decided.fault {
        let what = match decided.source {
            Some(ScheduleSource::Definition) => {
                format!("The definition cannot be used, so its schedules run as they were: {}", fault.message)
            }
            _ => fault.message,
        };
        findings.push(Finding { tone: Tone::Attention, what, next: fault.hint });
    }
    let enabled: Vec<&Schedule> = decided.schedules.iter().filter(|schedule| schedule.enabled).collect();
    if !enabled.is_empty() {
        match holder(engine) {
            Ok(Some(_)) => {}
            Ok(None) => findings.push(Finding {
                tone: Tone::Attention,
                what: "Nothing runs the schedules: no agent lives, and no window is open".to_owned(),
                next: "Start the agent: quarterdeck agent --install".to_owned(),
            }),
            Err(fault) => findings.extend(trouble(fault)),
        }
    }
    let now = engine.clock().now();
    for schedule in enabled {
        match view(engine, system, schedule, newest_snapshot, now) {
            Ok(view) => match about(&view, now) {
                Some(finding) => findings.push(finding),
                None => findings.extend(found_by_smoke(engine, &view, now).unwrap_or_else(|fault| trouble(fault).pop())),
            },
            Err(fault) => findings.extend(trouble(fault)),
        }
    }
    findings
}

fn about(view: &ScheduleView, now: Instant) -> Option<Finding> {
    let name = &view.schedule.name;
    let run = format!("Run it now: quarterdeck schedule {} run {name}", view.system);
    if let Some(overdue) = &view.overdue {
        let what = match &view.last {
            None => format!("{name} never ran; it was promised for {} ({})", truth::moment(overdue.since, now), view.words),
            Some(_) => format!("{name} is {} overdue; promised: {}", overdue.late, view.words),
        };
        let why = view.last.as_ref().and_then(|last| last.reason.as_ref()).map(|reason| format!(". {reason}")).unwrap_or_default();
        return Some(Finding { tone: Tone::Attention, what: format!("{what}{why}").trim_end_matches('.').to_owned(), next: run });
    }
    let last = view.last.as_ref()?;
    let word = match last.outcome {
        RunOutcome::Failed => "failed",
        RunOutcome::Skipped => "was skipped",
        RunOutcome::Interrupted => "was interrupted",
        RunOutcome::Waiting => "waits",
        RunOutcome::Running | RunOutcome::Succeeded | RunOutcome::Cancelled => return None,
    };
    let why = last.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let what = format!("The run of {name} of {} {word}{why}", truth::moment(last.due_at, now)).trim_end_matches('.').to_owned();
    Some(Finding { tone: Tone::Attention, what, next: run })
}

/// What the smoke tests found that ran last, where a schedule ran them: their job has succeeded whatever they found.
fn found_by_smoke(engine: &Engine, view: &ScheduleView, now: Instant) -> Outcome<Option<Finding>> {
    let Some(last) = view.last.as_ref().filter(|last| last.job.is_some() && view.schedule.runs == Runs::Smoke) else { return Ok(None) };
    let newest = engine.store().read(|connection| smoke::runs(connection, Some(&view.system), 1))?;
    let found = newest.into_iter().find(|run| run.job == last.job && (run.failed.0 > 0 || run.skipped.0 > 0 || run.unreadable.0 > 0));
    Ok(found.map(|run| Finding {
        tone: Tone::Attention,
        what: format!("The smoke tests of {}: {}", truth::moment(last.due_at, now), run.sentence.trim_end_matches('.')),
        next: format!("See what they found: quarterdeck smoke list {}", view.system),
    }))
}

fn view(engine: &Engine, system: &System, schedule: &Schedule, newest_snapshot: Option<Instant>, now: Instant) -> Outcome<ScheduleView> {
    let rhythm = schedule.rhythm()?;
    let (seen, recent, success) = engine.store().read(|connection| {
        Ok((
            schedules::seen_since(connection, &system.name, schedule)?,
            schedules::runs(connection, &system.name, &schedule.name, RECENT)?,
            schedules::last_success(connection, &system.name, &schedule.name)?,
        ))
    })?;
    let recent: Vec<ScheduleRun> = recent.into_iter().map(|stored| stored.run).collect();
    // A snapshot that somebody took by hand keeps the promise as well.
    let success = if schedule.runs == Runs::Backup { success.max(newest_snapshot) } else { success };
    let overdue = overdue(&rhythm, seen.unwrap_or(system.added_at), success, now).filter(|_| schedule.enabled);
    Ok(ScheduleView {
        system: system.name.clone(),
        words: rhythm.words(),
        next: if schedule.enabled { rhythm.next(now, COMING) } else { Vec::new() },
        last: recent.first().cloned(),
        recent,
        overdue,
        schedule: schedule.clone(),
    })
}

/// The first moment since the last success (or since the schedule is as it is) that passed with no success, once the time in which it may
/// still be tried is over too.
fn overdue(rhythm: &Rhythm, seen: Instant, success: Option<Instant>, now: Instant) -> Option<Overdue> {
    let since = rhythm.next_after(success.map_or(seen, |success| success.max(seen - TimeDelta::seconds(1))))?;
    (now >= due::window(rhythm, since, since)).then(|| Overdue { since, late: between(since, now) })
}

fn holder(engine: &Engine) -> Outcome<Option<LeaseHolder>> {
    Ok(Lease::holder(&engine.home().leases(), SCHEDULER)?.map(LeaseHolder::from))
}

/// A repository that cannot be read is said on the same pages by whoever lists its snapshots.
fn newest_snapshot(engine: &Engine, system: &System) -> Option<Instant> {
    let snapshots = crate::repository::snapshots(engine, system).ok()?;
    let backups = snapshots.iter().filter(|snapshot| snapshot.manifest.reason != quarterdeck_model::snapshot::Reason::Safety);
    backups.map(|snapshot| snapshot.manifest.cut_at).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        chrono::DateTime::parse_from_rfc3339(&format!("2026-11-{text}:00Z")).unwrap().into()
    }

    #[test]
    fn late_is_counted_from_the_first_promise_that_was_not_kept() {
        let daily = Rhythm::parse("0 2 * * *", "UTC").unwrap();
        let late = |success: Option<&str>, now: &str| {
            overdue(&daily, at("01T12:00"), success.map(at), at(now)).map(|overdue| (overdue.since, overdue.late.0 / 3_600_000))
        };
        assert_eq!(late(None, "02T02:30"), None, "it may still be tried");
        assert_eq!(late(None, "02T03:00"), Some((at("02T02:00"), 1)));
        assert_eq!(late(Some("02T02:01"), "03T02:59"), None);
        assert_eq!(late(Some("02T02:01"), "05T09:00"), Some((at("03T02:00"), 55)));
        assert_eq!(late(Some("05T09:01"), "05T10:00"), None);
    }
}
