//! Configurations, messages, and what is needed to send one.

use std::path::Path;

use quarterdeck_model::{Clock, alert::NoticeReason};
use quarterdeck_monitor::{
    alert::Alert,
    labels::Labels,
    notify::{
        Message,
        channel::{Channel, Delivery, Means},
        config,
    },
    template::message::Templates,
};
use quarterdeck_testkit::FixedClock;

pub fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::new(pairs.iter().map(|(name, value)| (*name, *value)))
}

/// The channels of the only receiver; `global` and `receiver` are written as in a configuration, indented by two.
#[track_caller]
pub fn channels(global: &str, receiver: &str) -> Vec<Channel> {
    let (config, findings) = read(global, receiver);
    assert!(findings.is_empty(), "{findings:?}");
    config.unwrap().receivers.remove(0).channels
}

pub fn read(global: &str, receiver: &str) -> (Option<config::Config>, Vec<String>) {
    let global = if global.is_empty() { String::new() } else { format!("global:\n{global}\n") };
    let text = format!("{global}route:\n  receiver: ops\nreceivers:\n- name: ops\n{receiver}\n");
    let (config, findings) = config::read(Path::new("/etc/deck/notify.yml"), &text);
    (config, findings.into_iter().map(|found| format!("{}:{}: {} {}", found.line, found.column, found.message, found.hint)).collect())
}

#[track_caller]
pub fn channel(receiver: &str) -> Channel {
    channels("", receiver).remove(0)
}

pub fn alert(instance: &str) -> Alert {
    Alert {
        id: format!("{:0>16}", instance.len()),
        labels: labels(&[("alertname", "Down"), ("severity", "critical"), ("instance", instance)]),
        annotations: labels(&[("summary", "It is down"), ("runbook", "down")]),
        starts: 1_704_096_930_000,
        ends: None,
        value: 0.0,
        expression: "up == 0".to_owned(),
    }
}

pub fn over(instance: &str) -> Alert {
    Alert { ends: Some(1_704_096_990_000), ..alert(instance) }
}

pub fn message(firing: Vec<Alert>, resolved: Vec<Alert>) -> Message {
    Message {
        receiver: "ops".to_owned(),
        channel: 0,
        group_key: "{}:{alertname=\"Down\"}".to_owned(),
        group_labels: labels(&[("alertname", "Down")]),
        reason: if firing.is_empty() { NoticeReason::Resolved } else { NoticeReason::First },
        firing,
        resolved,
        at: 1_704_096_930_000,
        dropped: 0,
    }
}

pub fn firing() -> Message {
    message(vec![alert("a")], Vec::new())
}

pub fn means() -> Means<'static> {
    let now = FixedClock::default().now().timestamp_millis();
    Means { external_url: "https://deck.example.org", now, chart: None, desktop: None }
}

pub async fn send(channel: &Channel, message: &Message) -> Delivery {
    channel.send(message, &Templates::new(Vec::new()).unwrap(), &means()).await
}

/// Why a message was not taken, and whether it may be later.
#[track_caller]
pub fn why(delivery: &Delivery) -> (bool, &str) {
    match delivery {
        Delivery::Again { why, .. } => (true, why),
        Delivery::Refused { why } => (false, why),
        Delivery::Sent { answer } => panic!("sent: {answer}"),
    }
}
