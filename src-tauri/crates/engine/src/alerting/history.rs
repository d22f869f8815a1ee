//! What happened, and who was told: a page at a time.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use quarterdeck_model::{
    Instant, Outcome,
    alert::{AlertEventKind, AlertSeverity},
    monitor::{Happening, HappeningKind},
    system::Name,
};
use quarterdeck_monitor::alert::machine::State;
use quarterdeck_store::{
    acknowledgements,
    alerts::{events as event_rows, notices as notice_rows, states},
};

use super::{keeping, words};
use crate::{
    Engine,
    operation::Scope,
    ops::{AlertEventList, ListAlertEvents, ListNotices, NoticeList},
};

/// So many are handed over at once.
const PAGE: u32 = 500;

/// So far back it is looked where nobody says.
const WEEK: TimeDelta = TimeDelta::days(7);

/// What happened to alerts.
pub(crate) fn events(scope: &Scope, asked: &ListAlertEvents) -> Outcome<AlertEventList> {
    let engine = &scope.engine;
    let as_of = engine.clock().now();
    let Some(file) = engine.alerting().known(engine)? else { return Ok(AlertEventList { events: Vec::new(), next: None, as_of }) };
    let wanted = event_rows::Wanted {
        alert: None,
        system: asked.system.as_ref().map(|system| system.as_str()),
        from: Some(asked.from.unwrap_or(as_of - WEEK)),
        until: asked.until,
        text: asked.text.as_deref().map(str::trim).filter(|text| !text.is_empty()),
        before: asked.before,
        most: PAGE,
    };
    let found = file.read(|c| event_rows::list(c, &wanted))?;
    let next = (found.len() == PAGE as usize).then(|| found.last().map(|(n, _)| *n)).flatten();
    Ok(AlertEventList { events: found.into_iter().map(|(_, event)| event).collect(), next, as_of })
}

/// Who was told what.
pub(crate) fn notices(scope: &Scope, asked: &ListNotices) -> Outcome<NoticeList> {
    let engine = &scope.engine;
    let as_of = engine.clock().now();
    let Some(file) = engine.alerting().known(engine)? else { return Ok(NoticeList { notices: Vec::new(), next: None, as_of }) };
    let wanted = notice_rows::Wanted {
        system: asked.system.as_ref().map(|system| system.as_str()),
        receiver: asked.receiver.as_deref(),
        failed: asked.failed,
        before: asked.before,
        most: PAGE,
        ..notice_rows::Wanted::default()
    };
    let notices = file.read(|c| notice_rows::list(c, &wanted))?;
    let next = (notices.len() == PAGE as usize).then(|| notices.last().map(|notice| notice.id)).flatten();
    Ok(NoticeList { notices, next, as_of })
}

/// Alerts that fired in a stretch of time, for the ticks above a chart; the newest where there are many.
pub(crate) fn happenings(engine: &Engine, from: Instant, until: Instant, system: Option<&Name>) -> Outcome<Vec<Happening>> {
    const MOST: u32 = 1_000;
    let Some(file) = engine.alerting().known(engine)? else { return Ok(Vec::new()) };
    let wanted = event_rows::Wanted {
        system: system.map(Name::as_str),
        from: Some(from),
        until: Some(until),
        most: MOST,
        ..event_rows::Wanted::default()
    };
    let events = file.read(|c| event_rows::list(c, &wanted))?;
    let mut found: Vec<Happening> = Vec::new();
    let mut open: HashMap<String, usize> = HashMap::new();
    for (_, event) in events.into_iter().rev() {
        match event.kind {
            AlertEventKind::Firing => {
                open.insert(event.alert.id.clone(), found.len());
                let what = format!("{} {}", words::line(&event.alert.name), event.sentence);
                found.push(Happening { at: event.at, until: None, kind: HappeningKind::Alert, what, job: None, system: event.system });
            }
            AlertEventKind::Resolved => {
                if let Some(begun) = open.remove(&event.alert.id).and_then(|at| found.get_mut(at)) {
                    begun.until = Some(event.at);
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// The names of critical alerts that fire and that nobody has, of a system or, for none, of the machine; each once.
pub(crate) fn critical(engine: &Engine, system: Option<&Name>) -> Outcome<Vec<String>> {
    let Some(file) = engine.alerting().known(engine)? else { return Ok(Vec::new()) };
    let (rows, taken) = (file.read(states::all)?, engine.store().read(acknowledgements::all)?);
    let firing = rows.iter().filter(|row| !taken.contains_key(&row.id)).filter_map(keeping::saved_alert).filter(|saved| {
        let label = |name: &str| saved.labels.get(name).map(String::as_str).unwrap_or_default();
        saved.course.state == State::Firing
            && words::severity(label("severity")) == AlertSeverity::Critical
            && label("system") == system.map(Name::as_str).unwrap_or_default()
    });
    let names: BTreeSet<String> = firing.filter_map(|saved| saved.labels.get("alertname").map(|name| words::line(name))).collect();
    Ok(names.into_iter().collect())
}
