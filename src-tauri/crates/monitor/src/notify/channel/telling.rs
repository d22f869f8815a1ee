//! One message on its way through one channel: its content, and texts made of templates.

use std::time::Duration;

use quarterdeck_model::{Outcome, alert::NoticeReason};

use super::{Delivery, Means, plain};
use crate::{
    notify::Message,
    template::message::{Content, Parts, Templates},
};

/// Where a text becomes too long, it is made again with so many alerts.
const FEWER: [usize; 3] = [500, 50, 5];

/// The longest value of a label or annotation that is sent, in characters.
const VALUE: usize = 16 * 1024;

/// A message on its way.
pub struct Telling<'a> {
    /// The message.
    pub message: &'a Message,
    /// What templates see of it.
    pub content: Content,
    /// What is needed beside it.
    pub means: &'a Means<'a>,
    /// How long it may take.
    pub limit: Duration,
    templates: &'a Templates,
}

impl<'a> Telling<'a> {
    /// Puts it together.
    pub fn new(message: &'a Message, templates: &'a Templates, means: &'a Means<'a>, limit: Duration) -> Self {
        let content = Content::new(&Parts {
            receiver: &message.receiver,
            reason: reason(message),
            group: &message.group_labels,
            firing: &message.firing,
            resolved: &message.resolved,
            dropped: message.dropped,
            external_url: means.external_url,
            at: means.now,
        });
        let content = if has_long_values(message) { content.rewritten(&|value| plain::lines(value, VALUE)) } else { content };
        Self { message, content, means, limit, templates }
    }

    /// The same with every label's and annotation's value written anew.
    pub fn rewritten(&self, rewrite: &dyn Fn(&str) -> String) -> Self {
        Self { content: self.content.rewritten(rewrite), ..*self }
    }

    /// True where nothing of it fires any longer.
    pub fn is_over(&self) -> bool {
        self.message.firing.is_empty()
    }

    /// Lines of text.
    pub fn text(&self, template: &str) -> Result<String, Delivery> {
        let text = self.expanded(|content| self.templates.expand(template, content))?;
        Ok(plain::lines(&text, plain::BODY))
    }

    /// One line of text.
    pub fn line(&self, template: &str, most: usize) -> Result<String, Delivery> {
        Ok(plain::line(&self.text(template)?, most))
    }

    /// A page; values in it are escaped.
    pub fn page(&self, template: &str) -> Result<String, Delivery> {
        self.expanded(|content| self.templates.expand_html(template, content))
    }

    /// A secret that may be a template.
    pub fn secret_text(&self, template: &str) -> Result<String, Delivery> {
        // Its faults might show a part of it.
        let hidden = |_| Delivery::refused("a secret that is a template cannot be expanded");
        Ok(self.templates.expand(template, &self.content).map_err(hidden)?.trim().to_owned())
    }

    fn expanded(&self, expand: impl Fn(&Content) -> Outcome<String>) -> Result<String, Delivery> {
        let mut expanded = expand(&self.content);
        for most in FEWER {
            match &expanded {
                Err(fault) if fault.is("template-endless") && self.content.alerts().len() > most => {
                    expanded = expand(&self.content.shortened(most));
                }
                _ => break,
            }
        }
        expanded.map_err(|fault| Delivery::from_fault(&fault))
    }

    /// What groups of this name have in common with it at PagerDuty and OpsGenie: SHA-256 of the group's name, as Alertmanager has it.
    pub fn key(&self) -> String {
        use sha2::{Digest, Sha256};
        Sha256::digest(self.message.group_key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn has_long_values(message: &Message) -> bool {
    let alerts = message.firing.iter().chain(&message.resolved);
    alerts.flat_map(|alert| alert.labels.iter().chain(alert.annotations.iter())).any(|(_, value)| value.len() > VALUE)
}

/// In Alertmanager's words, where it has them.
fn reason(message: &Message) -> &'static str {
    match message.reason {
        NoticeReason::First => "first notification",
        NoticeReason::Changed if message.resolved.is_empty() => "new alerts added",
        NoticeReason::Changed => "some alerts resolved",
        NoticeReason::Repeat => "repeat interval elapsed",
        NoticeReason::Resolved => "all alerts resolved",
        NoticeReason::Escalation => "nobody answered",
        NoticeReason::Test => "test",
        NoticeReason::Drill => "drill",
    }
}
