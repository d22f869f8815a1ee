//! Alertmanager's configuration as it is (<https://prometheus.io/docs/alerting/latest/configuration/>), read strictly.
//!
//! What Alertmanager refuses is a finding with its place; where it stops at the first, all are told. Values are as lenient as its own
//! reader makes them: a number or a truth stands for its text, `yes` and `on` are true, `<<` puts in what an alias stands for.

mod inhibit;
mod interval;
mod receiver;
mod refer;
mod route;
pub(crate) mod value;

use std::path::{Path, PathBuf};

use quarterdeck_document::{
    fields::Fields,
    findings::{Findings, Place},
    yaml::{self, Manner, Node},
};
use quarterdeck_model::system::DefinitionFinding;

pub(super) use self::interval::{days_of_month, minute_of_day, weekdays};
use super::{
    channel::{Channel, Global},
    inhibit::InhibitRule,
    interval::Intervals,
    route::Route,
};

/// How a configuration is read.
const MANNER: Manner = Manner {
    what: "an Alertmanager configuration",
    empty: "Write at least a route with a receiver, and that receiver.",
    deepest: 64,
    aliases: true,
};

/// What the file may hold.
const KNOWN: &[&str] = &[
    "global",
    "route",
    "inhibit_rules",
    "receivers",
    "templates",
    "mute_time_intervals",
    "time_intervals",
    // These two speak of Alertmanager's own process; they are read over.
    "tracing",
    "event_recorder",
];

/// Who is told what, when, and how.
#[derive(Debug, Clone)]
pub struct Config {
    /// The tree of routes.
    pub route: Route,
    /// What keeps what quiet.
    pub inhibit_rules: Vec<InhibitRule>,
    /// Time intervals by name, from both keys that hold them.
    pub intervals: Intervals,
    /// In the order of the file; names are unique.
    pub receivers: Vec<Receiver>,
    /// Files with templates; may hold `*`. Relative ones are below the configuration's folder.
    pub templates: Vec<PathBuf>,
    /// What channels fall back to.
    pub global: Global,
}

/// A name behind which channels are.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// As routes name it.
    pub name: String,
    /// In the order of the file.
    pub channels: Vec<Channel>,
    /// Where it stands in the file.
    pub at: Place,
}

impl Config {
    /// The receiver of a name.
    pub fn receiver(&self, name: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|receiver| receiver.name == name)
    }
}

/// Reads a configuration. None where something is wrong; then there is at least one finding, in the order of the file.
pub fn read(path: &Path, text: &str) -> (Option<Config>, Vec<DefinitionFinding>) {
    let mut findings = Findings::new(path);
    let config = yaml::read(text, MANNER, &mut findings).and_then(|root| whole(path, &value::merged(root), &mut findings));
    let clean = findings.count() == 0;
    (config.filter(|_| clean), findings.in_order())
}

fn whole(path: &Path, root: &Node, findings: &mut Findings) -> Option<Config> {
    let fields = Fields::read(root, "", KNOWN, findings)?;
    let global = Global::read(value::given(&fields, "global"), "global", findings);
    let receivers = receiver::read(value::given(&fields, "receivers"), &global, findings);
    let intervals = interval::read(&fields, findings);
    let inhibit_rules = inhibit::read(value::given(&fields, "inhibit_rules"), findings);
    let folder = path.parent().unwrap_or(Path::new(""));
    let templates = value::words(value::given(&fields, "templates"), "templates", findings);
    let route = match value::given(&fields, "route") {
        Some(node) => route::read(node, findings),
        None => {
            findings.add(root.at, "route is missing.", "Add a route with the receiver that gets what no other route takes.");
            None
        }
    };
    let route = route?;
    refer::check(&route, &receivers, &intervals, findings);
    let templates = templates.into_iter().map(|template| folder.join(template.text)).collect();
    Some(Config { route: route.route, inhibit_rules, intervals, receivers, templates, global })
}

#[cfg(test)]
mod tests;
