//! Ways to tell somebody. Each is read from the keys that Alertmanager's configuration has for it, and sends what Alertmanager would send.

mod chat;
pub mod desktop;
mod email;
mod given;
pub mod global;
pub mod heartbeat;
mod http;
mod opsgenie;
mod pagerduty;
mod plain;
pub mod rate;
pub mod retry;
mod secret;
mod slack;
mod smtp;
mod structure;
mod telling;
mod tls;
mod webhook;

use std::time::Duration;

use quarterdeck_document::{findings::Findings, yaml::Node};
use quarterdeck_model::Fault;

pub use global::Global;

use self::{
    chat::Chat, email::Email, given::Given, opsgenie::OpsGenie, pagerduty::PagerDuty, secret::Secret, slack::Slack, telling::Telling,
    webhook::Webhook,
};
use super::Message;
use crate::{sample::Moment, template::message::Templates};

/// Keys of a receiver behind which channels are: all that Alertmanager knows.
pub const KINDS: &[&str] = &[
    "discord_configs",
    "email_configs",
    "incidentio_configs",
    "pagerduty_configs",
    "slack_configs",
    "webhook_configs",
    "opsgenie_configs",
    "wechat_configs",
    "pushover_configs",
    "victorops_configs",
    "sns_configs",
    "telegram_configs",
    "webex_configs",
    "msteams_configs",
    "msteamsv2_configs",
    "jira_configs",
    "rocketchat_configs",
    "mattermost_configs",
];

/// How long a message may take, unless the configuration says otherwise.
const LIMIT: Duration = Duration::from_secs(10);

/// However long a configuration says.
const LONGEST: Duration = Duration::from_secs(60);

/// One way to tell somebody.
#[derive(Debug, Clone)]
pub struct Channel {
    kind: &'static str,
    common: Common,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Email(Box<Email>),
    Slack(Box<Slack>),
    PagerDuty(Box<PagerDuty>),
    OpsGenie(Box<OpsGenie>),
    Webhook(Box<Webhook>),
    Chat(Box<Chat>),
    Desktop,
    /// One that is not spoken here.
    Other,
}

/// What all channels have.
#[derive(Debug, Clone)]
struct Common {
    send_resolved: bool,
    limit: Duration,
    remarks: Vec<&'static str>,
}

impl Common {
    fn read(given: &Given<'_>, send_resolved: bool, findings: &mut Findings) -> Self {
        let send_resolved = given.truth("send_resolved", findings).unwrap_or(send_resolved);
        Self { send_resolved, limit: LIMIT, remarks: Vec::new() }
    }

    /// Takes a time-out over; nothing and zero leave ours.
    fn limit(&mut self, limit: Option<Duration>) {
        if let Some(limit) = limit.filter(|limit| !limit.is_zero()) {
            self.limit = limit.min(LONGEST);
        }
    }
}

impl Channel {
    /// Reads an item behind one of [`KINDS`]. `None` after a finding.
    pub fn read(key: &str, node: &Node, path: &str, global: &Global, findings: &mut Findings) -> Option<Self> {
        let kind = KINDS.iter().find(|kind| **kind == key)?.strip_suffix("_configs")?;
        let (common, way) = match kind {
            "webhook" => Webhook::read(node, path, global, findings).map(|(common, way)| (common, Way::Webhook(Box::new(way))))?,
            "email" => Email::read(node, path, global, findings).map(|(common, way)| (common, Way::Email(Box::new(way))))?,
            "slack" => Slack::read(node, path, global, findings).map(|(common, way)| (common, Way::Slack(Box::new(way))))?,
            "pagerduty" => PagerDuty::read(node, path, global, findings).map(|(common, way)| (common, Way::PagerDuty(Box::new(way))))?,
            "opsgenie" => OpsGenie::read(node, path, global, findings).map(|(common, way)| (common, Way::OpsGenie(Box::new(way))))?,
            "discord" | "msteams" | "msteamsv2" | "telegram" => {
                Chat::read(kind, node, path, global, findings).map(|(common, way)| (common, Way::Chat(Box::new(way))))?
            }
            _ => (other(kind, node, path, findings)?, Way::Other),
        };
        Some(Self { kind, common, way })
    }

    /// The desktop of whoever runs Quarterdeck; no configuration of Alertmanager has it.
    pub fn desktop() -> Self {
        let common = Common { send_resolved: true, limit: LIMIT, remarks: Vec::new() };
        Self { kind: "desktop", common, way: Way::Desktop }
    }

    /// What it is: `slack`, `email`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Whether it tells what is over.
    pub fn send_resolved(&self) -> bool {
        self.common.send_resolved
    }

    /// Where it leads, without secrets: `slack #alerts`, `webhook example.org`.
    pub fn summary(&self) -> String {
        let where_to = match &self.way {
            Way::Webhook(webhook) => webhook.summary(),
            Way::Email(email) => email.summary(),
            Way::Slack(slack) => slack.summary(),
            Way::Chat(chat) => chat.summary(),
            Way::PagerDuty(_) | Way::OpsGenie(_) | Way::Desktop | Way::Other => String::new(),
        };
        format!("{} {where_to}", self.kind).trim_end().to_owned()
    }

    /// What a reader of the configuration should know of it: sentences without their end.
    pub fn remarks(&self) -> &[&'static str] {
        &self.common.remarks
    }

    /// How long a message may take.
    pub fn limit(&self) -> Duration {
        self.common.limit
    }

    /// The same with another limit: for somebody who waits in front of a window.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.common.limit = limit;
        self
    }

    /// Makes everything of a message that is made of templates, and sends nothing: why it would be refused, if it would.
    pub fn rehearse(&self, message: &Message, templates: &Templates, means: &Means<'_>) -> Option<String> {
        let telling = Telling::new(message, templates, means, self.common.limit);
        let made = match &self.way {
            Way::Email(email) => email.rehearse(&telling),
            Way::Slack(slack) => slack.body(&telling).map(drop),
            Way::PagerDuty(pagerduty) => pagerduty.body(&telling).map(drop),
            Way::OpsGenie(opsgenie) => opsgenie.requests(&telling).map(drop),
            Way::Webhook(webhook) => webhook.body(&telling).map(drop),
            Way::Chat(chat) => chat.rehearse(&telling),
            Way::Desktop | Way::Other => Ok(()),
        };
        match made {
            Ok(()) | Err(Delivery::Sent { .. }) => None,
            Err(Delivery::Again { why, .. } | Delivery::Refused { why }) => Some(why),
        }
    }

    /// Sends a message. It ends within the channel's limit.
    pub async fn send(&self, message: &Message, templates: &Templates, means: &Means<'_>) -> Delivery {
        let telling = Telling::new(message, templates, means, self.common.limit);
        let told = async {
            match &self.way {
                Way::Webhook(webhook) => webhook.tell(&telling).await,
                Way::Email(email) => email.tell(&telling).await,
                Way::Slack(slack) => slack.tell(&telling).await,
                Way::PagerDuty(pagerduty) => pagerduty.tell(&telling).await,
                Way::OpsGenie(opsgenie) => opsgenie.tell(&telling).await,
                Way::Chat(chat) => chat.tell(&telling).await,
                Way::Desktop => desktop::tell(&telling).await,
                Way::Other => Err(Delivery::refused(format!("{} is not sent from here", self.kind))),
            }
        };
        // Each way minds the limit itself and says what it waited for; this is for what none of them thought of.
        match tokio::time::timeout(self.common.limit + Duration::from_secs(1), told).await {
            Ok(Ok(delivery) | Err(delivery)) => delivery,
            Err(_) => Delivery::again(format!("{} did not end in time", self.kind)),
        }
    }
}

/// Keys of a channel that is not spoken are not looked at: its service knows them.
fn other(kind: &str, node: &Node, path: &str, findings: &mut Findings) -> Option<Common> {
    let fields = quarterdeck_document::fields::Fields::open(node, path, findings)?;
    let resolved = fields.optional("send_resolved").and_then(|node| quarterdeck_document::fields::truth(node, path, findings));
    let otherwise = !["wechat"].contains(&kind);
    let remarks = vec!["it loads, but is not sent from here: give the receiver another channel"];
    Some(Common { send_resolved: resolved.unwrap_or(otherwise), limit: LIMIT, remarks })
}

/// What a channel needs beside its message.
pub struct Means<'a> {
    /// Where alerts can be looked at; may be empty.
    pub external_url: &'a str,
    /// Now.
    pub now: Moment,
    /// A picture (PNG) of what the alerts are about, for channels that can show one.
    pub chart: Option<&'a [u8]>,
    /// The desktop, where there is one.
    pub desktop: Option<&'a desktop::Desktop>,
}

/// How a message fared.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// It was taken.
    Sent {
        /// What was said to it, in short.
        answer: String,
    },
    /// It may be taken later.
    Again {
        /// Why not now.
        why: String,
        /// Not before; nothing where nobody said.
        after: Option<Duration>,
    },
    /// It will not be taken as it is.
    Refused {
        /// Why.
        why: String,
    },
}

impl Delivery {
    fn again(why: impl Into<String>) -> Self {
        Self::Again { why: why.into(), after: None }
    }

    fn refused(why: impl Into<String>) -> Self {
        Self::Refused { why: why.into() }
    }

    /// Templates and settings that are wrong stay wrong; what failed may come back.
    fn from_fault(fault: &Fault) -> Self {
        let why = fault.message.trim_end_matches('.').to_owned();
        if fault.class == quarterdeck_model::Class::Failed { Self::again(why) } else { Self::refused(why) }
    }
}

/// The host of an address that may be secret.
fn host_of(address: &Secret) -> String {
    let written = address.written().and_then(|text| reqwest::Url::parse(text).ok());
    written.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| address.to_string())
}
