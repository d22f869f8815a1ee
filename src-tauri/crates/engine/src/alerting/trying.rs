//! Channels are tried and routes are drilled: marked messages, sent at once, each with what was answered.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Fault, Instant, Outcome,
    alert::{AlertNotice, NoticeReason, NoticeState},
};
use quarterdeck_monitor::{
    alert::Alert,
    labels::Labels,
    notify::{Message, channel::Channel, route},
};
use quarterdeck_store::alerts::notices;

use super::{
    contact, ladder, outbox, parcel,
    routes::{chosen, usable},
    routing::RouterFile,
};
use crate::{
    Engine,
    operation::Scope,
    ops::{NoticeAnswers, RunFireDrill, TestReceiver},
};

/// Sends a test message by each channel. Faults: `router-missing`, `receiver-missing`.
pub(crate) fn receiver(scope: &Scope, asked: &TestReceiver) -> Outcome<NoticeAnswers> {
    let engine = &scope.engine;
    let now = engine.clock().now();
    let routers = engine.alerting().routers(engine)?;
    let file = chosen(&routers, Some(&asked.router), &Labels::default())?;
    let receiver = usable(file)?.receiver(&asked.receiver).ok_or_else(|| {
        Fault::refused("receiver-missing", format!("{} has no receiver {:?}.", asked.router, asked.receiver))
            .hint("List them with: quarterdeck routes")
    })?;
    let labels = BTreeMap::from([("alertname".to_owned(), "TestMessage".to_owned()), ("severity".to_owned(), "info".to_owned())]);
    let said = format!("Test of the receiver {}: nothing is wrong.", receiver.name);
    let alert = made_up(&labels, &said, &format!("{} tries whether this reaches anybody.", scope.caller.who), now)?;
    let mut told = Vec::new();
    for (at, channel) in receiver.channels.iter().enumerate() {
        let message = message(&receiver.name, at, &alert, NoticeReason::Test, now);
        told.push(send(engine, file, channel, &message)?);
    }
    if told.is_empty() {
        return Err(Fault::refused("no-channel", format!("The receiver {:?} has no channel.", receiver.name)).hint("Add one to it."));
    }
    Ok(NoticeAnswers { notices: told, as_of: engine.clock().now() })
}

/// Sends a made-up alert all the way: who would be told is told, also that it is over, and so is each level of its ladder.
pub(crate) fn drill(scope: &Scope, asked: &RunFireDrill) -> Outcome<NoticeAnswers> {
    let engine = &scope.engine;
    let now = engine.clock().now();
    let mut labels = asked.labels.clone();
    labels.entry("alertname".to_owned()).or_insert_with(|| "FireDrill".to_owned());
    let alert = made_up(&labels, "Drill: nothing is wrong.", &format!("{} drills who is told of such an alert.", scope.caller.who), now)?;
    let routers = engine.alerting().routers(engine)?;
    let file = chosen(&routers, asked.router.as_deref(), &alert.labels)?;
    let config = usable(file)?;
    let over = Alert { ends: Some(now.timestamp_millis()), ..alert.clone() };
    let mut told = Vec::new();
    for path in route::matching(&config.route, &alert.labels) {
        let Some(receiver) = config.receiver(&path.route.receiver) else { continue };
        for (at, channel) in receiver.channels.iter().enumerate() {
            told.push(send(engine, file, channel, &message(&receiver.name, at, &alert, NoticeReason::Drill, now))?);
            if channel.send_resolved() {
                told.push(send(engine, file, channel, &message(&receiver.name, at, &over, NoticeReason::Drill, now))?);
            }
        }
    }
    let oncall = routers.oncall_of(&file.key).and_then(|oncall| Some((&oncall.oncall, oncall.oncall.ladder(&alert.labels)?)));
    for (oncall, level) in oncall.into_iter().flat_map(|(oncall, ladder)| ladder.levels.iter().map(move |level| (oncall, level))) {
        for whom in oncall.reached(&level.tell, now.timestamp_millis()) {
            for (notice, parcel) in ladder::messages(file, &whom, &alert, NoticeReason::Drill, now) {
                let message = parcel.message();
                let receiver = config.receiver(&message.receiver).and_then(|receiver| receiver.channels.get(message.channel));
                let channel = match &parcel.address {
                    Some(address) => contact::channel(config, address),
                    None => receiver.cloned(),
                };
                match channel {
                    Some(channel) if notice.state == NoticeState::Queued => told.push(send(engine, file, &channel, &message)?),
                    _ => told.push(keep(engine, notice, &message)?),
                }
            }
        }
    }
    Ok(NoticeAnswers { notices: told, as_of: engine.clock().now() })
}

/// A row first, then the message, then what was answered. It is tried once: somebody waits for the answer.
fn send(engine: &Engine, router: &RouterFile, channel: &Channel, message: &Message) -> Outcome<AlertNotice> {
    let notice = keep(engine, parcel::notice(&router.key, message, channel), message)?;
    let delivery = outbox::at_once(engine, channel, message, &router.templates)?;
    let mut notice = outbox::after(notice, delivery, engine.clock().now());
    if notice.state == NoticeState::Again {
        (notice.state, notice.again, notice.ended) = (NoticeState::Failed, None, Some(engine.clock().now()));
        notice.answer = notice.answer.split("; again ").next().unwrap_or_default().to_owned();
    }
    engine.alerting().file(engine)?.write(|tx| notices::stand(tx, &notice))?;
    engine.tell(quarterdeck_model::Event::Alert);
    Ok(notice)
}

/// A row that no outbox sends.
fn keep(engine: &Engine, mut notice: AlertNotice, message: &Message) -> Outcome<AlertNotice> {
    let file = engine.alerting().file(engine)?;
    file.write(|tx| notices::add(tx, &mut notice, parcel::system(message).as_ref(), None))?;
    Ok(notice)
}

fn message(receiver: &str, channel: usize, alert: &Alert, reason: NoticeReason, now: Instant) -> Message {
    let is_over = alert.ends.is_some();
    Message {
        receiver: receiver.to_owned(),
        channel,
        group_key: format!("{{}}/made-up:{}", alert.id),
        group_labels: Labels::new([("alertname", alert.labels.get("alertname"))]),
        firing: if is_over { Vec::new() } else { vec![alert.clone()] },
        resolved: if is_over { vec![alert.clone()] } else { Vec::new() },
        reason,
        at: now.timestamp_millis(),
        dropped: 0,
    }
}

/// An alert that nobody measured, and that says so.
fn made_up(labels: &BTreeMap<String, String>, summary: &str, description: &str, now: Instant) -> Outcome<Alert> {
    Ok(Alert {
        id: crate::scope::random_id()?,
        labels: Labels::new(labels.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
        annotations: Labels::new([("summary", summary), ("description", description)]),
        starts: now.timestamp_millis(),
        ends: None,
        value: 1.0,
        expression: "vector(1)".to_owned(),
    })
}
