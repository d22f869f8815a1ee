//! Which rules there are: those that ship, those of the home, those of each system. Looked at often, read only when something changed; a file
//! that is wrong leaves in use what it said before.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use quarterdeck_document::findings::{Findings, Place};
use quarterdeck_model::{
    Outcome, WirePath,
    system::{DefinitionFinding, Environment, Name},
};
use quarterdeck_monitor::rules::{self, Group};
use quarterdeck_store::systems;

use super::catalogue;
use crate::{Engine, definition, definition::AlertingDefinition};

/// The folder of rule files, beside `quarterdeck.yaml` and in the home.
pub(crate) const FOLDER: &str = "rules";

/// A larger file is no rule file; in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// What tells whether a file was written anew: size, time of change, number.
pub(super) type Stamp = (u64, i64, i64, u64);

/// Where rules are from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// They ship.
    Shipped,
    /// Of the home.
    Home,
    /// Of a system.
    System(Name),
}

/// A rule file in use.
#[derive(Clone)]
pub(super) struct RuleFile {
    /// Where it is from.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// Where it lies; none where it ships.
    pub path: Option<PathBuf>,
    /// What is in use of it: what it said when it was read last without a finding.
    pub groups: Arc<Vec<Group>>,
    /// What is wrong with it now.
    pub findings: Vec<DefinitionFinding>,
    stamp: Option<Stamp>,
}

/// What is known of a system.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KnownSystem {
    /// The folder with `quarterdeck.yaml`.
    pub folder: Option<PathBuf>,
    /// Which instance it is.
    pub environment: Environment,
    /// What its definition says.
    pub alerting: AlertingDefinition,
    stamp: Option<Stamp>,
}

/// All rules of a home.
#[derive(Default, Clone)]
pub(super) struct Loading {
    /// In the order in which they are evaluated and listed.
    pub files: Vec<RuleFile>,
    /// By name.
    pub systems: BTreeMap<Name, KnownSystem>,
    seen: bool,
}

impl Origin {
    /// What a key begins with.
    pub(super) fn word(&self) -> &str {
        match self {
            Self::Shipped => "quarterdeck",
            Self::Home => "home",
            Self::System(name) => name.as_str(),
        }
    }

    /// The system, of one.
    pub(super) fn system(&self) -> Option<&Name> {
        match self {
            Self::System(name) => Some(name),
            Self::Shipped | Self::Home => None,
        }
    }
}

impl RuleFile {
    /// What the keys of its groups begin with.
    pub(super) fn prefix(&self) -> String {
        format!("{}/{}/", self.origin.word(), self.name)
    }
}

impl Loading {
    /// Everything as it is now.
    pub(super) fn read(engine: &Engine) -> Outcome<Self> {
        let mut loading = Self::default();
        loading.look(engine)?;
        Ok(loading)
    }

    /// Looks; true where something is another than before.
    pub(super) fn look(&mut self, engine: &Engine) -> Outcome<bool> {
        let mut changed = !self.seen | self.look_at_systems(engine)?;
        let mut before = std::mem::take(&mut self.files);
        if self.seen {
            let shipped = before.iter().take_while(|file| file.origin == Origin::Shipped).count();
            self.files.extend(before.drain(..shipped));
        } else {
            self.files.extend(catalogue::RULES.iter().map(shipped));
        }
        changed |= self.folder(&Origin::Home, &engine.home().folder().join(FOLDER), &mut before);
        let folders: Vec<(Name, PathBuf)> =
            self.systems.iter().filter_map(|(name, system)| Some((name.clone(), system.folder.as_ref()?.join(FOLDER)))).collect();
        for (name, folder) in folders {
            changed |= self.folder(&Origin::System(name), &folder, &mut before);
        }
        self.seen = true;
        Ok(changed || !before.is_empty())
    }

    /// Looks at the systems only; true where something is another than before.
    pub(super) fn look_at_systems(&mut self, engine: &Engine) -> Outcome<bool> {
        let mut systems = BTreeMap::new();
        for system in engine.store().read(systems::list)? {
            let folder = system.folder.map(|folder| folder.0);
            let now = stamp(folder.as_ref().map(|folder| folder.join(definition::FILE_NAME)).as_deref());
            let before = self.systems.get(&system.name).filter(|before| before.folder == folder);
            let alerting = match (before, &folder) {
                (Some(before), _) if before.stamp == now => before.alerting.clone(),
                // A definition that cannot be used at the moment leaves what it said last.
                (before, Some(folder)) => match definition::load(folder) {
                    Ok(definition) => definition.alerting,
                    Err(_) => before.map(|before| before.alerting.clone()).unwrap_or_default(),
                },
                (_, None) => AlertingDefinition::default(),
            };
            systems.insert(system.name, KnownSystem { folder, environment: system.environment, alerting, stamp: now });
        }
        let changed = systems != self.systems;
        self.systems = systems;
        Ok(changed)
    }

    /// What is wrong with all files.
    pub(super) fn findings(&self) -> Vec<DefinitionFinding> {
        self.files.iter().flat_map(|file| file.findings.iter().cloned()).collect()
    }

    /// True where a system has switched a rule off that ships.
    pub(super) fn is_off(&self, rule: &str, system: &str) -> bool {
        let known = self.systems.iter().find(|(name, _)| name.as_str() == system);
        known.is_some_and(|(_, system)| system.alerting.off.iter().any(|off| off == rule))
    }

    /// The systems that have switched a rule off that ships.
    pub(super) fn off(&self, rule: &str) -> Vec<Name> {
        let off = self.systems.iter().filter(|(_, system)| system.alerting.off.iter().any(|off| off == rule));
        off.map(|(name, _)| name.clone()).collect()
    }

    /// Rule files of a folder; those of before are taken over where they are the same. True where something changed.
    fn folder(&mut self, origin: &Origin, folder: &Path, before: &mut Vec<RuleFile>) -> bool {
        let mut changed = false;
        for path in rule_files(folder) {
            let now = stamp(Some(&path));
            let known = before.iter().position(|file| file.origin == *origin && file.path.as_ref() == Some(&path));
            let known = known.map(|at| before.remove(at));
            match known {
                Some(known) if known.stamp == now => self.files.push(known),
                known => {
                    changed = true;
                    self.files.push(load(origin.clone(), path, now, known));
                }
            }
        }
        changed
    }
}

/// Files of a folder that hold rules, by name; none where there is no such folder.
pub(super) fn rule_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let holds =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml" || ending == "rules") && path.is_file();
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(holds).collect();
    files.sort();
    files
}

/// Reads a rule file: its groups, and what is wrong.
pub(super) fn read_file(path: &Path) -> rules::File {
    match text(path) {
        Ok(text) => rules::read(path, &text),
        Err(why) => {
            let mut findings = Findings::new(path);
            findings.add(Place::START, format!("The file cannot be read: {why}."), "Check the file and its permissions.");
            rules::File { findings: findings.in_order(), ..rules::File::default() }
        }
    }
}

fn text(path: &Path) -> Result<String, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST {
        return Err("it is larger than 4 MiB".to_owned());
    }
    fs::read_to_string(path)
        .map_err(|error| if error.kind() == io::ErrorKind::InvalidData { "it is not UTF-8".to_owned() } else { error.to_string() })
}

fn load(origin: Origin, path: PathBuf, stamp: Option<Stamp>, before: Option<RuleFile>) -> RuleFile {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read = read_file(&path);
    let groups = if read.findings.is_empty() { Arc::new(read.groups) } else { before.map(|before| before.groups).unwrap_or_default() };
    RuleFile { origin, name, path: Some(path), groups, findings: read.findings, stamp }
}

fn shipped(file: &catalogue::Shipped) -> RuleFile {
    let name = format!("{}.yml", file.name);
    let read = rules::read(Path::new(&name), file.text);
    RuleFile { origin: Origin::Shipped, name, path: None, groups: Arc::new(read.groups), findings: read.findings, stamp: None }
}

pub(super) fn stamp(path: Option<&Path>) -> Option<Stamp> {
    let metadata = fs::metadata(path?).ok()?;
    Some((metadata.len(), metadata.mtime(), metadata.mtime_nsec(), metadata.ino()))
}

/// A file on the wire.
pub(super) fn wire(path: Option<&PathBuf>) -> Option<WirePath> {
    path.map(|path| WirePath(path.clone()))
}
