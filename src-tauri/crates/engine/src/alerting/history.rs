//! What happened, and who was told: a page at a time.

use chrono::TimeDelta;
use quarterdeck_model::Outcome;
use quarterdeck_store::alerts::{events as event_rows, notices as notice_rows};

use crate::{
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
