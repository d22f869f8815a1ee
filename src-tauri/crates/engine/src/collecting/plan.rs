//! From definitions to collectors: what is wanted of each system, and of the machine.

use std::{path::PathBuf, time::Duration};

use quarterdeck_model::{
    Outcome,
    system::{Component, ComponentKind, System},
};
use quarterdeck_monitor::{
    collectors::{
        Collector, Plan,
        file_age::FileAge,
        host::Host,
        http::{Expected, Probe, Target},
        log::{Log, Rules},
        process::Process,
        scrape::Scrape,
        sqlite::{Database, Sqlite},
        unit::Unit,
    },
    exposition::Limits,
    series::Writer,
};

use super::{access::access, places::Places};
use crate::{
    definition::{AddressDefinition, CollectDefinition, TABLES},
    jobs::lease_key,
};

/// How often the machine, and what a home has once, is measured.
const HOME_EVERY: Duration = Duration::from_secs(15);

/// A visit of files and databases may take so long.
const LIMIT: Duration = Duration::from_secs(5);

/// What a collector may need when it is made.
pub(super) struct Means<'m> {
    /// How far logs were read.
    pub(super) places: &'m mut Places,
    /// Where that is kept; none for a look that writes nothing.
    pub(super) writer: Option<&'m mut Writer>,
}

type Make = Box<dyn FnOnce(Means<'_>) -> Outcome<Collector> + Send>;

/// A collector that is wanted: all about it, and how it is made.
pub(super) struct Wanted {
    /// Unique in a home and stable over restarts.
    pub(super) key: String,
    /// Everything that it is made from: one whose text stays the same goes on as it is.
    pub(super) text: String,
    kind: &'static str,
    about: String,
    labels: Vec<(String, String)>,
    every: Duration,
    limit: Duration,
    make: Make,
}

impl Wanted {
    /// One of this home as a whole: `key` up to a stroke is its kind, too, and the label `job`.
    pub(super) fn of_home(key: &'static str, about: &str, make: impl FnOnce(Means<'_>) -> Outcome<Collector> + Send + 'static) -> Self {
        let kind = key.split('/').next().unwrap_or(key);
        let labels = vec![("job".to_owned(), kind.to_owned()), ("instance".to_owned(), Host::name())];
        let (every, limit) = (HOME_EVERY, LIMIT);
        Self { key: key.to_owned(), text: String::new(), kind, about: about.to_owned(), labels, every, limit, make: Box::new(make) }
    }

    /// Visited so often, and for at most so long.
    pub(super) fn timed(self, every: Duration, limit: Duration) -> Self {
        let text = format!("{} {every:?} {limit:?}", self.text);
        Self { text, every, limit, ..self }
    }

    /// With a label set.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        set(&mut self.labels, name, value);
        self
    }

    /// The plan; a fault where the collector cannot be made.
    pub(super) fn plan(self, means: Means<'_>) -> Outcome<Plan> {
        let Self { key, kind, about, labels, every, limit, make, .. } = self;
        Ok(Plan { key, kind, about, labels, every, limit, collector: make(means)? })
    }
}

/// What is wanted of the machine itself.
pub(super) fn of_machine() -> Vec<Wanted> {
    let host = Wanted::of_home("host", "this machine", |_| Ok(Collector::Blocking(Box::new(Host::default()))));
    // As those who measure machines with Prometheus label them.
    vec![host.with("job", "node")]
}

/// What is wanted of a system. `leases` is where those who work on its databases say so.
pub(super) fn of_system(system: &System, collect: &CollectDefinition, leases: &std::path::Path) -> Vec<Wanted> {
    let of = Of { system, collect };
    let databases = system.components.iter().filter(|component| component.kind == ComponentKind::Sqlite);
    let mut wanted: Vec<Wanted> = databases.map(|component| of.database(component, leases.to_owned())).collect();
    wanted.extend(of.processes_and_units());
    wanted.extend(of.addresses());
    wanted.extend(of.files());
    wanted
}

/// A system, and what its definition says about measuring.
pub(super) struct Of<'s> {
    pub(super) system: &'s System,
    pub(super) collect: &'s CollectDefinition,
}

impl Of<'_> {
    fn database(&self, component: &Component, leases: PathBuf) -> Wanted {
        let asked = self.collect.databases.iter().find(|database| database.component == component.name);
        let database = Database {
            path: component.path.0.clone(),
            lease: Some((leases, lease_key(&component.id))),
            gauges: asked.map(|asked| asked.gauges.clone()).unwrap_or_default(),
            tables: asked.map_or(Some(TABLES), |asked| asked.tables),
        };
        let (text, about) = (format!("{database:?}"), component.path.to_string());
        let mut wanted =
            self.wanted("sqlite", component.name.as_str(), about, text, move |_| Ok(Collector::Blocking(Box::new(Sqlite::new(database)))));
        set(&mut wanted.labels, "component", component.name.as_str());
        set(&mut wanted.labels, "instance", &format!("{}/{}", self.system.name, component.name));
        wanted
    }

    fn processes_and_units(&self) -> Vec<Wanted> {
        let process = |process: &crate::definition::ProcessDefinition| {
            let which = process.which.clone();
            let (about, text) = (format!("process {}", process.name), format!("{which:?}"));
            self.wanted("process", process.name.as_str(), about, text, move |_| Ok(Collector::Blocking(Box::new(Process::new(which)))))
        };
        let unit = |unit: &crate::definition::UnitDefinition| {
            let (name, bus) = (unit.unit.clone(), unit.bus);
            self.wanted("unit", &unit.unit, unit.unit.clone(), format!("{bus:?}"), move |_| {
                Ok(Collector::Online(Box::new(Unit::new(&name, bus)?)))
            })
        };
        let processes = self.collect.processes.iter().map(process);
        processes.chain(self.collect.units.iter().map(unit)).collect()
    }

    fn addresses(&self) -> Vec<Wanted> {
        let probe = |probe: &crate::definition::ProbeDefinition| {
            let (address, expected) = (&probe.address, Expected { status: probe.status.clone(), body: probe.body.clone() });
            let (text, goal) = (format!("{probe:?}"), target(address));
            let wanted = self.wanted("probe", probe.name.as_str(), address.url.clone(), text, move |_| {
                Ok(Collector::Online(Box::new(Probe::new(goal, expected)?)))
            });
            wanted.with("instance", &address.url).timed(address.every, address.limit)
        };
        let scrape = |scrape: &crate::definition::ScrapeDefinition| {
            let (address, limits) = (&scrape.address, Limits { samples: scrape.series, bytes: scrape.bytes, ..Limits::default() });
            let (text, goal) = (format!("{scrape:?}"), target(address));
            let wanted = self.wanted("scrape", scrape.name.as_str(), address.url.clone(), text, move |_| {
                Ok(Collector::Online(Box::new(Scrape::new(goal, limits)?)))
            });
            // As Prometheus would label it.
            let wanted = wanted.with("job", scrape.name.as_str()).with("instance", host_of(&address.url));
            wanted.timed(address.every, address.limit)
        };
        let probes = self.collect.probes.iter().map(probe);
        probes.chain(self.collect.scrapes.iter().map(scrape)).collect()
    }

    fn files(&self) -> Vec<Wanted> {
        let log = |log: &crate::definition::LogDefinition| {
            let (path, rules) = (log.path.clone(), log.rules.clone());
            let key = self.key("log", log.name.as_str());
            self.wanted("log", log.name.as_str(), log.path.display().to_string(), format!("{log:?}"), move |means| {
                let rules = Rules::new(rules.iter().map(|(name, expression)| (name.as_str(), expression.as_str())))?;
                Ok(Collector::Blocking(Box::new(Log::new(path, rules, means.places.of(&key, means.writer)?))))
            })
        };
        let file = |file: &crate::definition::FileDefinition| {
            let path = file.path.clone();
            self.wanted("file", file.name.as_str(), file.path.display().to_string(), format!("{path:?}"), move |_| {
                Ok(Collector::Blocking(Box::new(FileAge::new(path))))
            })
        };
        let logs = self.collect.logs.iter().map(log);
        logs.chain(self.collect.files.iter().map(file)).collect()
    }

    /// One whose job is its kind and whose instance is its name. `text` is everything else that it is made from.
    pub(super) fn wanted(
        &self,
        kind: &'static str,
        name: &str,
        about: String,
        text: String,
        make: impl FnOnce(Means<'_>) -> Outcome<Collector> + Send + 'static,
    ) -> Wanted {
        let mut labels: Vec<(String, String)> = self.collect.labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        set(&mut labels, "system", self.system.name.as_str());
        set(&mut labels, "environment", &self.system.environment.to_string());
        set(&mut labels, "job", kind);
        set(&mut labels, "instance", name);
        let every = self.collect.every;
        let limit = LIMIT.min(every.mul_f64(0.8));
        let text = format!("{text} {labels:?} {every:?}");
        Wanted { key: self.key(kind, name), text, kind, about, labels, every, limit, make: Box::new(make) }
    }

    fn key(&self, kind: &str, name: &str) -> String {
        format!("{}/{kind}/{name}", self.system.name)
    }
}

fn target(address: &AddressDefinition) -> Target {
    Target { address: address.url.clone(), authority: address.ca.clone(), access: address.access.as_ref().map(access) }
}

/// Host and port of an address.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

fn set(labels: &mut Vec<(String, String)>, name: &str, value: &str) {
    labels.retain(|(known, _)| known != name);
    labels.push((name.to_owned(), value.to_owned()));
}
