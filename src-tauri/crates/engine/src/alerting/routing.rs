//! Who is told: the configuration of each system, of the home, and the built-in one. A file that is wrong leaves in use what it said before;
//! where nothing was before, its alerts go where they would without it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use quarterdeck_document::findings::{Findings, Place};
use quarterdeck_model::{
    Instant, Outcome,
    system::{DefinitionFinding, Name},
};
use quarterdeck_monitor::{
    labels::Labels,
    notify::{channel::Channel, config, config::Config, oncall, oncall::Oncall},
    template::message::Templates,
};

use super::loading::{self, KnownSystem, Stamp};
use crate::Engine;

/// Beside `quarterdeck.yaml`, and in the home.
pub(crate) const FILE: &str = "notify.yml";
/// Beside it.
pub(crate) const ONCALL: &str = "oncall.yml";

/// The key of the configuration of the home.
pub(super) const HOME: &str = "home";
/// The key of the one that is there in any case.
pub(super) const BUILT_IN: &str = "built-in";

/// The receiver that needs no channel: the desktop of whoever runs Quarterdeck.
const DESKTOP: &str = "desktop";

const BUILT: &str = "route: {receiver: desktop, group_by: [system, severity], group_wait: 10s}\nreceivers: [{name: desktop}]\n";

/// A configuration.
#[derive(Clone)]
pub(super) struct RouterFile {
    /// A system's name, `home` or `built-in`.
    pub key: String,
    /// Of which system.
    pub system: Option<Name>,
    /// Its file; none for the built-in one.
    pub file: Option<PathBuf>,
    /// What is in use; none where nothing is.
    pub config: Option<Arc<Config>>,
    /// Its templates.
    pub templates: Arc<Templates>,
    /// What is wrong with it now.
    pub findings: Vec<DefinitionFinding>,
    /// Since when it is used as it is.
    pub since: Instant,
    stamp: Option<Stamp>,
}

/// An on-call file.
#[derive(Clone)]
pub(super) struct OncallFile {
    /// A system's name or `home`.
    pub key: String,
    /// Of which system.
    pub system: Option<Name>,
    /// Its file.
    pub file: PathBuf,
    /// What is in use.
    pub oncall: Arc<Oncall>,
    /// What is wrong with it now.
    pub findings: Vec<DefinitionFinding>,
    stamp: Option<Stamp>,
}

/// All configurations of a home.
#[derive(Default, Clone)]
pub(super) struct Routers {
    /// Those of systems, then the one of the home, then the built-in one.
    pub all: Vec<RouterFile>,
    /// Those of systems, then the one of the home.
    pub oncall: Vec<OncallFile>,
}

impl Routers {
    /// As they are now.
    pub(super) fn read(engine: &Engine, systems: &BTreeMap<Name, KnownSystem>) -> Outcome<Self> {
        let mut routers = Self::default();
        routers.look(engine, systems)?;
        Ok(routers)
    }

    /// Looks; keys of configurations that are others than before.
    pub(super) fn look(&mut self, engine: &Engine, systems: &BTreeMap<Name, KnownSystem>) -> Outcome<Vec<String>> {
        let now = engine.clock().now();
        let mut places: Vec<(String, Option<Name>, PathBuf)> =
            systems.iter().filter_map(|(name, system)| Some((name.to_string(), Some(name.clone()), system.folder.clone()?))).collect();
        places.push((HOME.to_owned(), None, engine.home().folder().to_owned()));
        let mut before: BTreeMap<String, RouterFile> =
            std::mem::take(&mut self.all).into_iter().map(|file| (file.key.clone(), file)).collect();
        let mut oncall: BTreeMap<String, OncallFile> =
            std::mem::take(&mut self.oncall).into_iter().map(|file| (file.key.clone(), file)).collect();
        let mut changed = Vec::new();
        for (key, system, folder) in places {
            let (path, known) = (folder.join(FILE), before.remove(&key));
            if path.exists() {
                let stamp = stamps(&folder, known.as_ref().and_then(|known| known.config.as_deref()));
                match known {
                    Some(known) if known.stamp == stamp => self.all.push(known),
                    known => {
                        changed.push(key.clone());
                        self.all.push(load(key.clone(), system.clone(), path, known, now)?);
                    }
                }
            } else if known.is_some() {
                changed.push(key.clone());
            }
            self.look_oncall(key, system, &folder, &mut oncall);
        }
        match before.remove(BUILT_IN) {
            Some(known) => self.all.push(known),
            None => {
                changed.push(BUILT_IN.to_owned());
                self.all.push(built_in(now)?);
            }
        }
        Ok(changed)
    }

    /// The configuration that an alert with such labels goes to.
    pub(super) fn of(&self, labels: &Labels) -> Option<&RouterFile> {
        let usable = |key: &str| self.all.iter().find(|file| file.key == key && file.config.is_some());
        let system = labels.get("system");
        usable(system).filter(|file| file.system.is_some()).or_else(|| usable(HOME)).or_else(|| usable(BUILT_IN))
    }

    /// The configuration of a key.
    pub(super) fn get(&self, key: &str) -> Option<&RouterFile> {
        self.all.iter().find(|file| file.key == key)
    }

    /// The on-call file beside a configuration.
    pub(super) fn oncall_of(&self, key: &str) -> Option<&OncallFile> {
        self.oncall.iter().find(|file| file.key == key)
    }

    fn look_oncall(&mut self, key: String, system: Option<Name>, folder: &Path, before: &mut BTreeMap<String, OncallFile>) {
        let (path, known) = (folder.join(ONCALL), before.remove(&key));
        let Some(stamp) = loading::stamp(Some(&path)) else { return };
        if let Some(known) = known.as_ref().filter(|known| known.stamp == Some(stamp)) {
            self.oncall.push(known.clone());
            return;
        }
        let receivers = self.get(&key).and_then(|file| file.config.clone());
        let names: Option<Vec<&str>> =
            receivers.as_ref().map(|config| config.receivers.iter().map(|receiver| receiver.name.as_str()).collect());
        let (read, findings) = read_oncall(&path, names.as_deref());
        let used = read.map(Arc::new).or(known.map(|known| known.oncall)).unwrap_or_default();
        self.oncall.push(OncallFile { key, system, file: path, oncall: used, findings, stamp: Some(stamp) });
    }
}

/// Everything that is wrong with the configurations in a folder.
pub(super) fn findings_of(folder: &Path) -> Vec<DefinitionFinding> {
    let (path, mut findings) = (folder.join(FILE), Vec::new());
    let mut receivers: Option<Vec<String>> = None;
    if path.exists() {
        let (config, _, found) = read(&path);
        findings.extend(found);
        receivers = config.map(|config| config.receivers.iter().map(|receiver| receiver.name.clone()).collect());
    }
    let path = folder.join(ONCALL);
    if path.exists() {
        let names: Option<Vec<&str>> = receivers.as_ref().map(|names| names.iter().map(String::as_str).collect());
        findings.extend(read_oncall(&path, names.as_deref()).1);
    }
    findings
}

/// Everything that is wrong with a file of routes or on-call duties; none where it is neither.
pub(super) fn findings_in(path: &Path) -> Option<Vec<DefinitionFinding>> {
    let text = fs::read_to_string(path).ok()?;
    let begins = |key: &str| text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':')));
    match () {
        () if begins("groups") || begins("rule_files") => None,
        () if begins("route") || begins("receivers") => Some(read(path).2),
        () if begins("contacts") || begins("rotas") || begins("ladders") => Some(read_oncall(path, None).1),
        () => None,
    }
}

/// Reads a configuration with its templates, and what is wrong with either.
pub(super) fn read(path: &Path) -> (Option<Config>, Option<Templates>, Vec<DefinitionFinding>) {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return (None, None, vec![unreadable(path, &error.to_string())]),
    };
    let (config, mut findings) = config::read(path, &text);
    let Some(mut config) = config else { return (None, None, findings) };
    for receiver in &mut config.receivers {
        if receiver.name == DESKTOP && receiver.channels.is_empty() {
            receiver.channels.push(Channel::desktop());
        }
    }
    match templates(&config) {
        Ok(templates) => (Some(config), Some(templates), findings),
        Err((file, why)) => {
            findings.push(unreadable(&file, &why));
            (None, None, findings)
        }
    }
}

fn load(key: String, system: Option<Name>, path: PathBuf, before: Option<RouterFile>, now: Instant) -> Outcome<RouterFile> {
    let (config, templates, findings) = read(&path);
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let (config, templates, since) = match (config, templates, before) {
        (Some(config), Some(templates), _) => (Some(Arc::new(config)), Arc::new(templates), now),
        (_, _, Some(before)) => (before.config, before.templates, before.since),
        _ => (None, none()?, now),
    };
    let stamp = stamps(&folder, config.as_deref());
    Ok(RouterFile { key, system, file: Some(path), config, templates, findings, since, stamp })
}

fn built_in(now: Instant) -> Outcome<RouterFile> {
    let (config, findings) = config::read(Path::new("built-in"), BUILT);
    let config = config.map(|mut config| {
        config.receivers.iter_mut().for_each(|receiver| receiver.channels.push(Channel::desktop()));
        Arc::new(config)
    });
    Ok(RouterFile { key: BUILT_IN.to_owned(), system: None, file: None, config, templates: none()?, findings, since: now, stamp: None })
}

fn none() -> Outcome<Arc<Templates>> {
    Templates::new(Vec::new()).map(Arc::new)
}

/// Files of templates; `*` in the last part stands for anything.
fn templates(config: &Config) -> Result<Templates, (PathBuf, String)> {
    let mut files = Vec::new();
    for pattern in &config.templates {
        for path in matching(pattern) {
            let text = fs::read_to_string(&path).map_err(|error| (path.clone(), error.to_string()))?;
            files.push((path.display().to_string(), text));
        }
    }
    Templates::new(files).map_err(|fault| (config.templates.first().cloned().unwrap_or_default(), fault.message))
}

fn matching(pattern: &Path) -> Vec<PathBuf> {
    let name = pattern.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !name.contains('*') {
        return vec![pattern.to_owned()];
    }
    let parts: Vec<&str> = name.split('*').collect();
    let fits = |name: &str| {
        let mut rest = name;
        let (first, last) = (parts.first().copied().unwrap_or_default(), parts.last().copied().unwrap_or_default());
        parts.iter().all(|part| rest.find(part).inspect(|at| rest = &rest[at + part.len()..]).is_some())
            && name.starts_with(first)
            && name.ends_with(last)
    };
    let Ok(entries) = fs::read_dir(pattern.parent().unwrap_or(Path::new("."))) else { return Vec::new() };
    let mut found: Vec<PathBuf> =
        entries.filter_map(Result::ok).filter(|entry| fits(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// The stamps of a configuration and of its templates, as one.
fn stamps(folder: &Path, config: Option<&Config>) -> Option<Stamp> {
    let mut all = loading::stamp(Some(&folder.join(FILE)))?;
    for path in config.into_iter().flat_map(|config| &config.templates).flat_map(|pattern| matching(pattern)) {
        let (size, seconds, nanos, number) = loading::stamp(Some(&path)).unwrap_or_default();
        all = (
            all.0.wrapping_mul(31).wrapping_add(size),
            all.1.wrapping_mul(31).wrapping_add(seconds),
            all.2.wrapping_mul(31).wrapping_add(nanos),
            all.3.wrapping_mul(31).wrapping_add(number),
        );
    }
    Some(all)
}

fn read_oncall(path: &Path, receivers: Option<&[&str]>) -> (Option<Oncall>, Vec<DefinitionFinding>) {
    match fs::read_to_string(path) {
        Ok(text) => oncall::read(path, &text, receivers),
        Err(error) => (None, vec![unreadable(path, &error.to_string())]),
    }
}

fn unreadable(path: &Path, why: &str) -> DefinitionFinding {
    let mut findings = Findings::new(path);
    findings.add(Place::START, format!("The file cannot be used: {}.", why.trim_end_matches('.')), "Check the file and its permissions.");
    findings.in_order().remove(0)
}
