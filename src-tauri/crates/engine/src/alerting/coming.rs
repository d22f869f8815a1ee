//! Who was told of an alert, and what comes next.

use quarterdeck_model::{
    Instant,
    alert::{AlertNotice, AlertState, NoticeState, RuleRow},
};
use quarterdeck_monitor::{
    alert::{Alert, machine::State},
    labels::Labels,
    notify::{interval, route, why},
};

use super::{
    ladder,
    view::{Known, View},
    words,
};
use crate::health::words::when;

/// Who was told, with what result: `slack #incidents, 14:02`, `team by email: failed 14:02`.
pub(super) fn told(notice: &AlertNotice, now: Instant) -> String {
    let at = when(notice.ended.unwrap_or(notice.at), now);
    let to = if notice.to.is_empty() { notice.receiver.clone() } else { notice.to.clone() };
    match notice.state {
        NoticeState::Sent => format!("{} {to}, {at}", notice.channel),
        NoticeState::Queued => format!("{} {to}: waits", notice.channel),
        NoticeState::Again => format!("{} {to}: {}", notice.channel, notice.answer),
        NoticeState::Failed => format!("{} {to}: failed {at}", notice.channel),
        NoticeState::Dropped => format!("{} {to}: it was over before", notice.channel),
    }
}

/// What comes next, in words, and when.
pub(super) fn next(view: &View, known: &Known, rule: &RuleRow, state: AlertState, alert: &Alert) -> Option<(String, Instant)> {
    let now = view.now;
    match state {
        AlertState::Pending if known.saved.course.state == State::Pending => {
            let left = i64::try_from(rule.hold.0).ok()? - known.saved.course.held_for(known.looked);
            let at = words::instant(known.looked.at + left.max(0));
            Some((format!("fires at {}", when(at, now)), at))
        }
        AlertState::Acknowledged => {
            let until = view.acknowledgement(&known.saved.id)?.until?;
            Some((format!("told again at {}", when(until, now)), until))
        }
        AlertState::Firing => {
            let climbing = climb(view, alert);
            let telling = tell(view, known, alert);
            [climbing, telling].into_iter().flatten().min_by_key(|(_, at)| *at)
        }
        _ => None,
    }
}

/// In which interval all routes of an alert are mute; none where one of them is not.
pub(super) fn muted(view: &View, labels: &Labels) -> Option<String> {
    let config = view.router(labels)?.config.as_ref()?;
    let at = view.now.timestamp_millis();
    let mut quiet = None;
    for path in route::matching(&config.route, labels) {
        quiet = Some(why::quiet_text(&interval::quiet(path.route, &config.intervals, at)?));
    }
    quiet
}

/// The next level of its ladder.
fn climb(view: &View, alert: &Alert) -> Option<(String, Instant)> {
    let oncall = view.routers.oncall_of(&view.router(&alert.labels)?.key)?;
    let climbed = view.climbed.get(&alert.id).map(Vec::as_slice).unwrap_or_default();
    let step = ladder::next(&oncall.oncall, alert, climbed, false, &view.overlays)?;
    let who: Vec<String> = oncall.oncall.reached(step.tell, step.at).iter().map(ladder::name).collect();
    let at = words::instant(step.at);
    Some((format!("{} at {}", who.join(", "), when(at, view.now)), at))
}

/// When its group is told first, or again.
fn tell(view: &View, known: &Known, alert: &Alert) -> Option<(String, Instant)> {
    let config = view.router(&alert.labels)?.config.as_ref()?;
    let routes = route::matching(&config.route, &alert.labels);
    let newest = known.told.and_then(|n| view.told.get(&n)).filter(|notice| notice.at.timestamp_millis() >= alert.starts);
    match newest {
        Some(notice) if notice.state == NoticeState::Again => notice.again.map(|at| (format!("tried again at {}", when(at, view.now)), at)),
        Some(notice) if notice.state == NoticeState::Sent => {
            let path = routes.iter().find(|path| path.route.receiver == notice.receiver)?;
            let at = words::instant(notice.at.timestamp_millis() + millis(path.route.repeat_interval));
            Some((format!("again at {}", when(at, view.now)), at))
        }
        Some(_) => None,
        None => {
            let path = routes.iter().min_by_key(|path| path.route.group_wait)?;
            let at = words::instant(alert.starts + millis(path.route.group_wait));
            (at > view.now).then(|| (format!("{} at {}", path.route.receiver, at.format("%H:%M:%S")), at))
        }
    }
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
