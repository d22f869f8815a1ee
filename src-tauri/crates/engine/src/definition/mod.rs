//! A system's definition: the folder with `quarterdeck.yaml`, read strictly.
//!
//! A definition is data from a repository, not trusted code. Nothing in it is run, expanded or fetched, and the databases that it names
//! are looked at by `stat` only. Everything that is wrong is found in one reading, each with its line and column (docs/definition.md).

mod alerting;
mod capacity;
mod collect;
mod collect_address;
mod collect_database;
mod component;
mod dashboard;
mod drill;
mod keep;
mod migrations;
mod objective;
mod paths;
mod promise;
mod queries;
mod query;
mod repository;
mod schedule;
mod system;
#[cfg(test)]
mod tests;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use quarterdeck_document::{duration, fields, findings, size, yaml};
use quarterdeck_model::{
    Fault, Millis, Outcome, WirePath,
    drill::DrillQuestion,
    migration::DeclaredQuery,
    retention::KeepRules,
    schedule::Schedule,
    system::{Environment, Name, Objective},
};

pub(crate) use self::collect_database::TABLES;
pub use self::{
    alerting::{AlertingDefinition, HeartbeatDefinition},
    capacity::{CapacityDefinition, Planned},
    collect::{CollectDefinition, FileDefinition, LogDefinition, ProcessDefinition, UnitDefinition},
    collect_address::{AccessDefinition, AddressDefinition, ProbeDefinition, ScrapeDefinition},
    collect_database::DatabaseDefinition,
    component::ComponentDefinition,
    dashboard::{DashboardFile, dashboards},
    migrations::MigrationsDefinition,
    promise::{Bound, PromiseDefinition, Side},
    repository::SecretReference,
};
use self::{
    findings::{Findings, Place},
    yaml::Node,
};
use crate::ops::DefinitionReport;

/// The file that makes a folder a system.
pub const FILE_NAME: &str = "quarterdeck.yaml";

/// A larger file is no definition; in bytes.
const LARGEST: u64 = 1024 * 1024;

/// A definition without findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// The folder that holds it: absolute, symbolic links resolved. Relative paths in it start here.
    pub folder: PathBuf,
    /// The system's name.
    pub name: Name,
    /// Which instance it is.
    pub environment: Environment,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its databases, at least one, in the order of the file.
    pub components: Vec<ComponentDefinition>,
    /// What was promised, in the order of the file.
    pub objectives: Vec<Objective>,
    /// The folder with its snapshots (absolute; need not exist yet); absent for the engine's own place.
    pub repository: Option<PathBuf>,
    /// Where the repository's password is found; absent for one that the engine makes.
    pub password: Option<SecretReference>,
    /// Which of its snapshots stay; absent where it leaves that to the store.
    pub keep: Option<KeepRules>,
    /// What is done at set times, in the order of the file; absent where the definition does not say.
    pub schedules: Option<Vec<Schedule>>,
    /// Where the migrations of one of its databases lie.
    pub migrations: Option<MigrationsDefinition>,
    /// What is asked of each restored database, in the order of the file.
    pub drills: Vec<DrillQuestion>,
    /// What the application asks most, in the order of the file.
    pub queries: Vec<DeclaredQuery>,
    /// What is measured of it, and how often.
    pub collect: CollectDefinition,
    /// What users were promised, in the order of the file.
    pub promises: Vec<PromiseDefinition>,
    /// How large things were planned to become, in the order of the file.
    pub capacity: Vec<CapacityDefinition>,
    /// Which rules that ship do not hold for it, and who hears that the alerting lives.
    pub alerting: AlertingDefinition,
}

/// What one reading of a definition brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The definition; absent where there is any finding.
    pub definition: Option<Definition>,
    /// Everything that is wrong, in the order of the file.
    pub report: DefinitionReport,
}

/// The definition of a folder.
///
/// Refuses with `definition-invalid`, naming the first finding and how many there are, and as [`read`] does.
pub fn load(folder: &Path) -> Outcome<Definition> {
    let Reading { definition, report } = read(folder)?;
    if let Some(definition) = definition {
        return Ok(definition);
    }
    let count = report.findings.len();
    let message = match report.findings.first() {
        Some(first) if count == 1 => format!("{}:{}:{}: {}", report.file, first.line, first.column, first.message),
        Some(first) => format!("{}:{}:{}: {} ({} more)", report.file, first.line, first.column, first.message, count - 1),
        None => return Err(Fault::bug(format!("{} was refused without a finding.", report.file))),
    };
    Err(Fault::refused("definition-invalid", message)
        .hint(format!("Run: quarterdeck check {}", folder.display()))
        .fact("file", report.file.encode())
        .fact("findings", count))
}

/// A duration as people write it: whole numbers with `ms`, `s`, `min`, `h` or `d`, as in `1 h 30 min` (`bad-duration`).
pub fn parse_duration(text: &str) -> Outcome<Millis> {
    duration::parse(text, "The time").map_err(|wrong| Fault::usage("bad-duration", wrong.message).hint(wrong.hint))
}

/// Everything that is wrong with the definition of a folder, with its dashboards, rules, routes and runbooks; no findings means that all of it can be used as it is.
pub fn check(folder: &Path) -> Outcome<DefinitionReport> {
    let mut report = read(folder)?.report;
    // A dashboard with a mistake in it keeps nobody from a backup: only here it counts as part of the definition.
    let folder = resolve(folder)?;
    report.findings.extend(dashboards(&folder)?.into_iter().flat_map(|dashboard| dashboard.findings));
    let alerting = crate::alerting::check_definition(&folder);
    report.findings.extend(alerting.findings);
    report.remarks.extend(alerting.remarks);
    report.findings.extend(crate::readiness::findings_of(&folder));
    report.findings.extend(crate::readiness::smoke_findings(&folder));
    report.findings.extend(crate::readiness::validation_findings(&folder));
    Ok(report)
}

/// Reads `quarterdeck.yaml` and looks at what it names.
///
/// A missing `quarterdeck.yaml` is a finding. Refuses with `folder-missing`, `not-a-folder` or `permission-denied` where the folder itself
/// cannot be used.
pub fn read(folder: &Path) -> Outcome<Reading> {
    let folder = resolve(folder)?;
    let file = folder.join(FILE_NAME);
    let mut findings = Findings::new(&file);
    let mut name = None;
    let tree = text(&folder, &file, &mut findings)?.and_then(|text| yaml::read(&text, yaml::DEFINITION, &mut findings));
    let definition = tree.and_then(|tree: Node| {
        name = system::name(&tree);
        system::read(&folder, &tree, &mut findings)
    });
    let findings = findings.in_order();
    let definition = definition.filter(|_| findings.is_empty());
    Ok(Reading { definition, report: DefinitionReport { file: WirePath(file), name, findings, remarks: Vec::new() } })
}

fn resolve(folder: &Path) -> Outcome<PathBuf> {
    let shown = folder.display();
    let resolved = folder.canonicalize().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            Fault::refused("folder-missing", format!("There is no folder {shown}.")).hint("Name the folder that holds quarterdeck.yaml.")
        }
        _ => unreadable(folder, &error),
    })?;
    if resolved.is_dir() {
        return Ok(resolved);
    }
    let parent = resolved.parent().filter(|_| resolved.file_name().is_some_and(|name| name == FILE_NAME));
    Err(Fault::refused("not-a-folder", format!("{shown} is a file, not a folder.")).hint(match parent {
        Some(parent) => format!("Name its folder: {}", parent.display()),
        None => "Name the folder that holds quarterdeck.yaml.".to_owned(),
    }))
}

/// The file as text. `None` after a finding.
fn text(folder: &Path, file: &Path, findings: &mut Findings) -> Outcome<Option<String>> {
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            findings.add(Place::START, format!("There is no {FILE_NAME} in {}.", folder.display()), missing_hint(folder));
            return Ok(None);
        }
        Err(error) => return Err(unreadable(file, &error)),
    };
    whole(&metadata, file, FILE_NAME, findings)
}

/// Any file of a definition as text; `name` is what it is called. `None` after a finding.
fn content(file: &Path, name: &str, findings: &mut Findings) -> Outcome<Option<String>> {
    let metadata = fs::metadata(file).map_err(|error| unreadable(file, &error))?;
    whole(&metadata, file, name, findings)
}

fn whole(metadata: &fs::Metadata, file: &Path, name: &str, findings: &mut Findings) -> Outcome<Option<String>> {
    if !metadata.is_file() {
        findings.add(Place::START, format!("{name} is not a regular file."), "Put a text file in its place.");
        return Ok(None);
    }
    if metadata.len() > LARGEST {
        findings.add(Place::START, format!("{name} is larger than 1 MiB."), "Keep only the definition in it.");
        return Ok(None);
    }
    let bytes = fs::read(file).map_err(|error| unreadable(file, &error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))),
        Err(error) => {
            let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
            findings.add(Place::behind(&valid), format!("{name} is not UTF-8 text from here on."), "Save it as UTF-8.");
            Ok(None)
        }
    }
}

fn missing_hint(folder: &Path) -> String {
    if folder.join("quarterdeck.yml").exists() {
        return format!("Rename quarterdeck.yml to {FILE_NAME}.");
    }
    "Write one (docs/definition.md), or add the database file itself: quarterdeck add FILE.db".to_owned()
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::PermissionDenied => Fault::refused("permission-denied", format!("This user may not read {shown}."))
            .hint("Give this user permission to read the folder and its quarterdeck.yaml."),
        _ => Fault::failed("file-error", format!("{shown} cannot be read: {error}.")).hint("Check the disk and the path."),
    }
}
