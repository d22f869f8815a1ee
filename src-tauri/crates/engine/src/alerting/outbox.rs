//! The outbox: what waits is sent when it is due, tried again where that helps, and given up where it does not.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
};

use quarterdeck_model::{
    Count, Instant, Outcome,
    alert::{AlertNotice, NoticeState},
};
use quarterdeck_monitor::{
    notify::{
        Message,
        channel::{
            Channel, Delivery, Means,
            rate::{self, Rate},
            retry::Tries,
        },
    },
    template::message::Templates,
};
use quarterdeck_store::alerts::{File, notices, notices::Waiting};

use super::{contact, desktop, parcel::Parcel, picture, routing::Routers, telling};
use crate::Engine;

/// So many messages are under way at once.
const AT_ONCE: usize = 16;

/// What became of a message.
pub(super) struct Landed {
    pub notice: AlertNotice,
    pub parcel: Parcel,
}

/// Messages that wait or are under way.
pub(super) struct Outbox {
    file: Arc<File>,
    under_way: HashMap<i64, String>,
    sent: HashMap<String, Rate>,
    landed: (Sender<Landed>, Receiver<Landed>),
}

impl Outbox {
    pub(super) fn new(_engine: &Arc<Engine>, file: &Arc<File>) -> Outcome<Self> {
        Ok(Self { file: Arc::clone(file), under_way: HashMap::new(), sent: HashMap::new(), landed: channel() })
    }

    /// True while something is under way.
    #[cfg(test)]
    pub(super) fn is_busy(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Messages of a router that wait since before this process.
    pub(super) fn waiting(&self, router: &str) -> Outcome<Vec<Message>> {
        let end = Instant::from_timestamp_millis(i64::MAX / 1_000_000).unwrap_or(Instant::MAX_UTC);
        let all = self.file.read(|c| notices::due(c, end, u32::MAX))?;
        Ok(all
            .iter()
            .filter(|waiting| waiting.notice.router == router)
            .filter_map(|waiting| telling::message_of(&waiting.message))
            .collect())
    }

    /// Sends what is due: one message after the other by each channel.
    pub(super) fn send(&mut self, engine: &Arc<Engine>, routers: &Routers, now: Instant) -> Outcome<()> {
        if self.under_way.len() >= AT_ONCE {
            return Ok(());
        }
        let due = self.file.read(|c| notices::due(c, now, 200))?;
        let mut busy: HashSet<String> = self.under_way.values().cloned().collect();
        for Waiting { mut notice, message } in due {
            if self.under_way.contains_key(&notice.id) || self.under_way.len() >= AT_ONCE {
                continue;
            }
            let key = format!("{}\n{}\n{}\n{}", notice.router, notice.receiver, notice.channel, notice.to);
            if !busy.insert(key.clone()) {
                continue;
            }
            if let Err(free) = self.sent.entry(key.clone()).or_default().take(now.timestamp_millis()) {
                notice.again = Instant::from_timestamp_millis(free);
                notice.answer = format!("waits: {} messages a minute at most", rate::MOST);
                self.file.write(|tx| notices::stand(tx, &notice))?;
                continue;
            }
            let found = Parcel::read(&message).and_then(|parcel| Some((found(routers, &notice, &parcel)?, parcel)));
            let Some(((channel, templates), parcel)) = found else {
                let lost = AlertNotice {
                    state: NoticeState::Failed,
                    answer: "there is no such channel any more".to_owned(),
                    ended: Some(now),
                    ..notice
                };
                self.file.write(|tx| notices::stand(tx, &lost))?;
                continue;
            };
            self.under_way.insert(notice.id, key);
            self.launch(engine, notice, parcel, channel, templates)?;
        }
        Ok(())
    }

    /// What landed since the last call.
    pub(super) fn landed(&mut self) -> Vec<Landed> {
        let landed: Vec<Landed> = self.landed.1.try_iter().collect();
        landed.iter().for_each(|landed| drop(self.under_way.remove(&landed.notice.id)));
        landed
    }

    fn launch(
        &self,
        engine: &Arc<Engine>,
        notice: AlertNotice,
        parcel: Parcel,
        channel: Channel,
        templates: Arc<Templates>,
    ) -> Outcome<()> {
        let (weak, back) = (Arc::downgrade(engine), self.landed.0.clone());
        engine.network()?.spawn(async move {
            let Some(engine) = weak.upgrade() else { return };
            let (clock, alerting) = (engine.shared_clock(), Arc::clone(engine.shared_alerting()));
            let message = parcel.message();
            let chart = picture::of(&engine, &message, channel.kind()).await;
            // Nobody keeps the engine alive for a channel that hangs.
            drop(engine);
            let delivery = deliver(&channel, &message, &templates, chart.as_deref(), clock.now()).await;
            let landed = Landed { notice: after(notice, delivery, clock.now()), parcel };
            // Where nobody listens any more, the row still waits, and the next process sends it.
            if back.send(landed).is_ok() {
                alerting.wake();
            }
        });
        Ok(())
    }
}

/// Sends one message.
pub(super) async fn deliver(channel: &Channel, message: &Message, templates: &Templates, chart: Option<&[u8]>, now: Instant) -> Delivery {
    let means = Means { external_url: "", now: now.timestamp_millis(), chart, desktop: Some(desktop::here()) };
    channel.send(message, templates, &means).await
}

/// How a notice stands after a try.
pub(super) fn after(notice: AlertNotice, delivery: Delivery, now: Instant) -> AlertNotice {
    let attempts = Count(notice.attempts.0 + 1);
    let over = |state, answer| AlertNotice { state, answer, attempts, ended: Some(now), again: None, ..notice.clone() };
    match delivery {
        Delivery::Sent { answer } => over(NoticeState::Sent, answer),
        Delivery::Refused { why } => over(NoticeState::Failed, why),
        Delivery::Again { why, after } => {
            // What waited for its turn was not tried yet.
            let first = if notice.attempts.0 == 0 { now } else { notice.at };
            let count = u32::try_from(notice.attempts.0).unwrap_or(u32::MAX);
            let next = Tries { first: first.timestamp_millis(), count }.again(now.timestamp_millis(), after);
            let Some(again) = next.and_then(Instant::from_timestamp_millis) else {
                return over(NoticeState::Failed, format!("{why}; given up after {attempts} tries"));
            };
            let answer = format!("{why}; again {}", again.format("%H:%M:%S"));
            AlertNotice { state: NoticeState::Again, answer, attempts, again: Some(again), ..notice }
        }
    }
}

/// The channel of a message as its configuration is now.
fn found(routers: &Routers, notice: &AlertNotice, parcel: &Parcel) -> Option<(Channel, Arc<Templates>)> {
    let router = routers.get(&notice.router)?;
    let config = router.config.as_ref()?;
    if let Some(address) = &parcel.address {
        return Some((contact::channel(config, address)?, Arc::clone(&router.templates)));
    }
    let receiver = config.receiver(&notice.receiver)?;
    let channel = receiver.channels.get(parcel.message().channel).filter(|channel| channel.kind() == notice.channel)?;
    Some((channel.clone(), Arc::clone(&router.templates)))
}

/// Waits for a delivery where nobody else does: tests of receivers, drills.
pub(super) fn at_once(engine: &Engine, channel: &Channel, message: &Message, templates: &Templates) -> Outcome<Delivery> {
    let network = engine.network()?;
    let clock = engine.shared_clock();
    Ok(network.block_on(deliver(channel, message, templates, None, clock.now())))
}
