//! Ladders: who is told when nobody takes an alert.

use quarterdeck_model::{
    Count, Instant, Outcome,
    alert::{AlertEventKind, AlertName, AlertNotice, NoticeReason, NoticeState, Rung},
};
use quarterdeck_monitor::{
    alert::Alert,
    labels::Labels,
    notify::{
        Message,
        oncall::{
            Oncall, Reached,
            ladder::{self, Climb, Step},
        },
    },
};
use quarterdeck_store::{
    Transaction,
    alerts::{events, notices, rungs},
};

use super::{
    contact,
    overlay::Overlays,
    parcel::{self, Parcel},
    routing::RouterFile,
    words,
};

/// The step that an alert's ladder is due to take now.
pub(super) fn due<'l>(
    oncall: &'l Oncall,
    alert: &Alert,
    climbed: &[rungs::RungRow],
    still: bool,
    overlays: &Overlays,
    now: Instant,
) -> Option<Step<'l>> {
    next(oncall, alert, climbed, still, overlays).filter(|step| step.at <= now.timestamp_millis())
}

/// The next step of an alert's ladder.
pub(super) fn next<'l>(
    oncall: &'l Oncall,
    alert: &Alert,
    climbed: &[rungs::RungRow],
    still: bool,
    overlays: &Overlays,
) -> Option<Step<'l>> {
    let told: Vec<(usize, i64)> =
        climbed.iter().filter(|rung| rung.since == alert.starts).map(|rung| (rung.level as usize - 1, rung.at)).collect();
    // While somebody had it, the clock of the ladder stood still.
    let ran_out = overlays.acknowledged.get(&alert.id).and_then(|given| Some((given.at, given.until?)));
    let held = ran_out.map_or(0, |(from, until)| (until - from).num_milliseconds());
    ladder::next(oncall.ladder(&alert.labels)?, Climb { since: alert.starts, held, stands_still: still, told: &told })
}

/// Puts the messages of a step into the outbox, and keeps that it was taken.
pub(super) fn tell(
    tx: &Transaction<'_>,
    router: &RouterFile,
    oncall: &Oncall,
    alert: &Alert,
    step: &Step<'_>,
    now: Instant,
) -> Outcome<rungs::RungRow> {
    let mut first = None;
    let mut names = Vec::new();
    for whom in oncall.reached(step.tell, now.timestamp_millis()) {
        names.push(name(&whom));
        for (mut notice, parcel) in messages(router, &whom, alert, NoticeReason::Escalation, now) {
            let message = parcel.message();
            let waits = notice.state == NoticeState::Queued;
            notices::add(tx, &mut notice, parcel::system(&message).as_ref(), if waits { Some(parcel.text()?) } else { None }.as_deref())?;
            first = first.or(Some(notice.id));
        }
    }
    let level = u32::try_from(step.level + 1).unwrap_or(u32::MAX);
    let rung = rungs::RungRow { level, since: alert.starts, at: now.timestamp_millis(), notice: first };
    rungs::add(tx, &alert.id, &rung)?;
    let again = if step.again { " again" } else { "" };
    let sentence = format!("nobody took it: level {level}, {}, is told{again}", names.join(", "));
    events::add(tx, &words::event(alert, AlertEventKind::Escalated, sentence, now))?;
    Ok(rung)
}

/// The messages that reach somebody about one alert: by each channel of a receiver, or by e-mail.
pub(super) fn messages(
    router: &RouterFile,
    whom: &Reached<'_>,
    alert: &Alert,
    reason: NoticeReason,
    now: Instant,
) -> Vec<(AlertNotice, Parcel)> {
    let Some(config) = &router.config else { return Vec::new() };
    let message = |receiver: &str, channel: usize| Message {
        receiver: receiver.to_owned(),
        channel,
        group_key: format!("{{}}/ladder:{}", alert.id),
        group_labels: Labels::new([("alertname", alert.labels.get("alertname"))]),
        firing: if alert.ends.is_none() { vec![alert.clone()] } else { Vec::new() },
        resolved: if alert.ends.is_some() { vec![alert.clone()] } else { Vec::new() },
        reason,
        at: now.timestamp_millis(),
        dropped: 0,
    };
    let receiver = match whom {
        Reached::Receiver(name) => Some(*name),
        Reached::Contact(contact, _) => contact.receiver.as_deref(),
    };
    if let Some(receiver) = receiver.and_then(|name| config.receiver(name)) {
        let all = receiver.channels.iter().enumerate();
        return all
            .map(|(at, channel)| (message(&receiver.name, at), channel))
            .map(|(message, channel)| (parcel::notice(&router.key, &message, channel), Parcel::of(&message)))
            .collect();
    }
    let Reached::Contact(contact, _) = whom else { return Vec::new() };
    let Some(address) = &contact.email else { return Vec::new() };
    let message = message(&contact.name, 0);
    match contact::channel(config, address) {
        Some(channel) => vec![(parcel::notice(&router.key, &message, &channel), Parcel::of(&message).to(address))],
        None => vec![(unreachable(router, &message, address, now), Parcel::of(&message))],
    }
}

/// Whom a step reaches, in words.
pub(super) fn name(whom: &Reached<'_>) -> String {
    match whom {
        Reached::Receiver(name) => (*name).to_owned(),
        Reached::Contact(contact, Some(rota)) => format!("{} (on call: {rota})", contact.name),
        Reached::Contact(contact, None) => contact.name.clone(),
    }
}

/// The whole ladder of an alert: what was told, and what comes.
pub(super) fn rungs(
    oncall: &Oncall,
    alert: &Alert,
    climbed: &[(rungs::RungRow, Option<AlertNotice>)],
    still: bool,
    overlays: &Overlays,
) -> Vec<Rung> {
    let Some(found) = oncall.ladder(&alert.labels) else { return Vec::new() };
    let rows: Vec<rungs::RungRow> = climbed.iter().map(|(rung, _)| *rung).filter(|rung| rung.since == alert.starts).collect();
    let held = overlays.acknowledged.get(&alert.id).and_then(|given| Some((given.until? - given.at).num_milliseconds())).unwrap_or(0);
    let mut all = Vec::new();
    for (at, level) in found.levels.iter().enumerate() {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let due = alert.starts + held + i64::try_from(level.after.as_millis()).unwrap_or(i64::MAX / 4);
        let told = climbed.iter().rev().find(|(rung, _)| rung.level == number && rung.since == alert.starts);
        let when = told.map_or(due, |(rung, _)| rung.at);
        let who: Vec<String> = oncall.reached(&level.tell, when).iter().map(name).collect();
        let outcome = match told {
            Some((_, Some(notice))) => Some(outcome(notice)),
            Some((_, None)) => Some("nobody could be reached".to_owned()),
            None if still => Some("stopped".to_owned()),
            None => None,
        };
        all.push(Rung {
            level: number,
            who: who.join(", "),
            at: words::instant(when),
            told: told.map(|(rung, _)| words::instant(rung.at)),
            outcome,
        });
    }
    if let Some(step) = next(oncall, alert, &rows, still, overlays).filter(|step| step.again) {
        let who: Vec<String> = oncall.reached(step.tell, step.at).iter().map(name).collect();
        let level = u32::try_from(step.level + 1).unwrap_or(u32::MAX);
        all.push(Rung { level, who: who.join(", "), at: words::instant(step.at), told: None, outcome: None });
    }
    all
}

fn outcome(notice: &AlertNotice) -> String {
    match notice.state {
        NoticeState::Sent => "sent".to_owned(),
        NoticeState::Queued => "waits".to_owned(),
        NoticeState::Again => notice.answer.clone(),
        NoticeState::Failed => format!("failed: {}", notice.answer),
        NoticeState::Dropped => "it was over before".to_owned(),
    }
}

/// Somebody who has an address, where the configuration has no mail server.
fn unreachable(router: &RouterFile, message: &Message, address: &str, now: Instant) -> AlertNotice {
    let alert = message.firing.first().or(message.resolved.first());
    AlertNotice {
        id: 0,
        at: now,
        router: router.key.clone(),
        receiver: message.receiver.clone(),
        channel: "email".to_owned(),
        to: address.to_owned(),
        reason: message.reason,
        state: NoticeState::Failed,
        attempts: Count(0),
        answer: "notify.yml names no mail server: add smtp_smarthost and smtp_from to global".to_owned(),
        ended: Some(now),
        again: None,
        title: String::new(),
        alerts: alert.map(|alert| AlertName { id: alert.id.clone(), name: alert.labels.get("alertname").to_owned() }).into_iter().collect(),
        count: Count(1),
    }
}
