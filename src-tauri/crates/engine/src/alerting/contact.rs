//! A contact that is reached by e-mail, without a receiver of its own.

use std::path::Path;

use quarterdeck_document::{findings::Findings, yaml};
use quarterdeck_monitor::{
    notify::{channel::Channel, config::Config},
    rules::file::MANNER,
};

/// A letter to an address, over the mail server of the configuration; none where it has no mail server.
pub(super) fn channel(config: &Config, address: &str) -> Option<Channel> {
    let mut findings = Findings::new(Path::new("oncall.yml"));
    // Quoted: an address is text and nothing else.
    let text = format!("to: {}\nsend_resolved: true\n", serde_json::Value::from(address));
    let node = yaml::read(&text, MANNER, &mut findings)?;
    let channel = Channel::read("email_configs", &node, "contact", &config.global, &mut findings);
    channel.filter(|_| findings.count() == 0)
}
