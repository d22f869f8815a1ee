//! Ways to tell somebody.

use quarterdeck_document::{findings::Findings, yaml::Node};

/// Keys of a receiver behind which channels are.
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

/// Stub.
#[derive(Debug, Clone)]
pub struct Channel {
    kind: &'static str,
    resolved: bool,
}

/// Stub.
#[derive(Debug, Clone, Default)]
pub struct Global;

impl Global {
    /// Stub.
    pub fn read(_node: Option<&Node>, _path: &str, _findings: &mut Findings) -> Self {
        Self
    }
}

impl Channel {
    /// Stub.
    pub fn read(key: &str, node: &Node, _path: &str, _global: &Global, _findings: &mut Findings) -> Option<Self> {
        let kind = KINDS.iter().find(|kind| **kind == key)?;
        let set = |truth: &str| {
            format!("{:?}", node.value).contains("key: \"send_resolved\"") && format!("{:?}", node.value).contains(truth)
        };
        let resolved = if *kind == "email_configs" { set("Truth(\"true\")") } else { !set("Truth(\"false\")") };
        Some(Self { kind: kind.strip_suffix("_configs")?, resolved })
    }

    /// Stub.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Stub.
    pub fn send_resolved(&self) -> bool {
        self.resolved
    }

    /// Stub.
    pub fn summary(&self) -> String {
        self.kind.to_owned()
    }
}
