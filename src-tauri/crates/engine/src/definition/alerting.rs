//! `alerting`: which of the rules that ship do not hold for the system, and who hears that the alerting itself lives.

use std::time::Duration;

use quarterdeck_monitor::collectors::http::Target;
use quarterdeck_monitor::{collectors::scrape::Scrape, exposition::Limits};

use super::{
    collect::{refused, time},
    fields::{Fields, text},
    findings::Findings,
    yaml::{Node, Value},
};
use crate::alerting::shipped_names;

pub(super) const KEYS: [&str; 2] = ["off", "heartbeat"];
pub(super) const HEARTBEAT_KEYS: [&str; 2] = ["address", "every"];

/// How often somebody is told that the alerting lives, unless a definition says otherwise.
const EVERY: Duration = Duration::from_secs(60);

/// What a definition says about alerting.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertingDefinition {
    /// Names of rules that ship and do not hold for this system.
    pub off: Vec<String>,
    /// Who hears that the alerting lives.
    pub heartbeat: Option<HeartbeatDefinition>,
}

/// An address that is called while rules are evaluated: where no call comes, somebody else alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct HeartbeatDefinition {
    /// `https://…`, which may hold what is secret, or where it is: `env:NAME`, `file:PATH`. Shown without its path.
    pub address: String,
    /// How often.
    pub every: Duration,
}

pub(super) fn read(node: &Node, findings: &mut Findings) -> Option<AlertingDefinition> {
    let fields = Fields::read(node, "alerting", &KEYS, findings)?;
    let off = fields.optional("off").map(|node| off(node, &fields.path_of("off"), findings)).unwrap_or_default();
    let heartbeat = fields.optional("heartbeat").and_then(|node| heartbeat(node, &fields.path_of("heartbeat"), findings));
    Some(AlertingDefinition { off, heartbeat })
}

fn off(node: &Node, path: &str, findings: &mut Findings) -> Vec<String> {
    let Value::Sequence(items) = &node.value else {
        findings.add(node.at, format!("{path} must be a list, not {}.", node.value.kind()), "Write it as: off: [DiskFull]");
        return Vec::new();
    };
    let known = shipped_names();
    let mut read = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let path = format!("{path}[{}]", at + 1);
        let Some(name) = text(item, &path, findings) else { continue };
        if known.contains(&name) {
            read.push(name.to_owned());
        } else {
            let hint = super::fields::nearest(name, &known)
                .map_or_else(|| "List them with: quarterdeck rules".to_owned(), |near| format!("Write {near} instead."));
            findings.add(item.at, format!("{path} is no rule that ships: {name:?}."), hint);
        }
    }
    read
}

fn heartbeat(node: &Node, path: &str, findings: &mut Findings) -> Option<HeartbeatDefinition> {
    let fields = Fields::read(node, path, &HEARTBEAT_KEYS, findings)?;
    let every = time(&fields, "every", (Duration::from_secs(10), Duration::from_secs(24 * 3_600)), findings).unwrap_or(EVERY);
    let node = fields.required("address", "address: https://hc.example.com/ping/…", findings)?;
    let path = fields.path_of("address");
    let address = text(node, &path, findings)?.to_owned();
    // Secrets are references, as everywhere.
    if !["env:", "file:"].iter().any(|reference| address.starts_with(reference)) {
        let target = Target { address: address.clone(), authority: None, access: None };
        refused(node, &path, Scrape::new(target, Limits::default()), findings)?;
    }
    Some(HeartbeatDefinition { address, every })
}
