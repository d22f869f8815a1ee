//! `checklists/*.yml` beside a definition: read strictly, with what only the system knows.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use quarterdeck_document::findings::{Findings, Place};
use quarterdeck_model::{
    Count, Digest, Fault, Outcome, WirePath,
    readiness::Checklist as ChecklistRow,
    system::{ComponentKind, DefinitionFinding, Name, System},
};
use quarterdeck_monitor::promql;
use quarterdeck_readiness::checklist::{Checklist, FOLDER, Source};

use super::points;
use crate::{definition, operation::Kind, ops};

/// A larger file is no checklist; in bytes.
const LARGEST: u64 = 1024 * 1024;

/// One file of the folder.
pub(crate) struct ChecklistFile {
    /// The file's stem.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What is in it; empty where it cannot be read.
    pub bytes: Vec<u8>,
    /// What it says; none where there is any finding.
    pub checklist: Option<Checklist>,
    /// What is wrong, in the order of the file.
    pub findings: Vec<DefinitionFinding>,
}

impl ChecklistFile {
    /// As it is listed.
    pub fn row(&self, system: &Name) -> ChecklistRow {
        ChecklistRow {
            system: system.clone(),
            name: self.name.clone(),
            title: self.checklist.as_ref().map_or_else(|| self.name.clone(), |checklist| checklist.title.clone()),
            file: WirePath(self.path.clone()),
            version: self.checklist.is_some().then(|| Digest::of(&self.bytes)),
            items: self.checklist.as_ref().map_or(Count(0), |checklist| count(checklist.items().count())),
            findings: self.findings.clone(),
        }
    }
}

/// So many.
pub(super) fn count(of: usize) -> Count {
    Count(u64::try_from(of).unwrap_or(u64::MAX))
}

/// What is wrong with the checklists of a folder that has a definition.
pub(crate) fn findings_of(folder: &Path) -> Vec<DefinitionFinding> {
    match checklists(folder) {
        Ok(files) => files.into_iter().flat_map(|file| file.findings).collect(),
        Err(fault) => {
            let mut findings = Findings::new(&folder.join(FOLDER));
            findings.add(Place::START, fault.message, fault.hint);
            findings.in_order()
        }
    }
}

/// All checklists of a system, by name; none where it has no folder.
pub(crate) fn of_system(system: &System) -> Outcome<Vec<ChecklistFile>> {
    system.folder.as_ref().map_or_else(|| Ok(Vec::new()), |folder| checklists(&folder.0))
}

/// All checklists of a definition's folder, by name; none where there is no folder of them.
pub(crate) fn checklists(folder: &Path) -> Outcome<Vec<ChecklistFile>> {
    let paths = paths(&folder.join(FOLDER))?;
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let known = Known::of(folder);
    let mut gates = BTreeMap::new();
    let mut names = BTreeMap::new();
    Ok(paths.into_iter().map(|path| file(path, &known, &mut names, &mut gates)).collect())
}

pub(super) fn paths(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let unreadable = |error: &io::Error| {
        Fault::failed("file-error", format!("{} cannot be read: {error}.", folder.display())).hint("Check the folder and its permissions.")
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(&error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(&error))?.path();
        if path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// What evidence may name; none of it where the definition itself cannot be used: that is a finding of its own.
struct Known {
    folder: PathBuf,
    databases: Option<Vec<String>>,
}

impl Known {
    fn of(folder: &Path) -> Self {
        let databases = definition::load(folder).ok().map(|definition| {
            let databases = definition.components.iter().filter(|component| component.kind == ComponentKind::Sqlite);
            databases.map(|component| component.name.to_string()).collect()
        });
        Self { folder: folder.to_owned(), databases }
    }
}

fn file(
    path: PathBuf,
    known: &Known,
    names: &mut BTreeMap<String, PathBuf>,
    gates: &mut BTreeMap<String, (String, usize)>,
) -> ChecklistFile {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut findings = Findings::new(&path);
    if let Some(first) = names.insert(name.clone(), path.clone()) {
        let first = first.file_name().unwrap_or_default().to_string_lossy().into_owned();
        findings.add(Place::START, format!("The checklist {name} is there twice, first in {first}."), "Rename one of the two files.");
    }
    let bytes = bytes(&path, &mut findings).unwrap_or_default();
    let mut checklist = text(&bytes, &mut findings).and_then(|text| Checklist::read(text, &mut findings));
    if let Some(checklist) = &checklist {
        of_evidence(checklist, known, &mut findings);
        of_gates(checklist, &name, &bytes, gates, &mut findings);
    }
    let findings = findings.in_order();
    checklist = checklist.filter(|_| findings.is_empty());
    ChecklistFile { name, path, bytes, checklist, findings }
}

pub(super) fn bytes(path: &Path, findings: &mut Findings) -> Option<Vec<u8>> {
    let read = || {
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() || metadata.len() > LARGEST {
            return Ok(None);
        }
        fs::read(path).map(Some)
    };
    let wrong = match read() {
        Ok(Some(bytes)) => return Some(bytes),
        Ok(None) => "is not a file of at most 1 MiB".to_owned(),
        Err(error) => format!("cannot be read: {error}"),
    };
    let shown = path.file_name().unwrap_or_default().to_string_lossy();
    findings.add(Place::START, format!("{shown} {wrong}."), "Put a text file in its place.");
    None
}

pub(super) fn text<'b>(bytes: &'b [u8], findings: &mut Findings) -> Option<&'b str> {
    if bytes.is_empty() && findings.count() > 0 {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
            findings.add(Place::behind(&valid), "The file is not UTF-8 text from here on.", "Save it as UTF-8.");
            None
        }
    }
}

fn of_evidence(checklist: &Checklist, known: &Known, findings: &mut Findings) {
    for (key, _, evidence) in checklist.all_evidence() {
        if let Some((message, hint)) = wrong(&evidence.source, known) {
            findings.add(Place { line: evidence.line, column: 1 }, format!("{key}: {message}."), hint);
        }
    }
}

/// What evidence names that is not there, and what helps.
fn wrong(source: &Source, known: &Known) -> Option<(String, String)> {
    match source {
        Source::Operation { name, .. } => match ops::find(name) {
            Some(entry) if entry.kind == Kind::Query => None,
            Some(_) => Some((format!("{name} changes something, and is no evidence"), "Name a query of docs/operations.md.".to_owned())),
            None => Some((format!("there is no operation {name}"), "Name a query of docs/operations.md.".to_owned())),
        },
        Source::Point { name } if !points::names().any(|known| known == name.as_str()) => {
            Some((format!("there is no point {name}"), "Name a point of docs/readiness.md.".to_owned()))
        }
        Source::Promql { query, .. } => {
            let fault = promql::parse(query).err()?;
            Some((fault.message.trim_end_matches('.').to_owned(), "Mend the query.".to_owned()))
        }
        Source::Sql { component: Some(component), .. } => {
            let databases = known.databases.as_ref().filter(|databases| !databases.contains(component))?;
            Some((format!("there is no database {component}"), format!("Name one of: {}.", databases.join(", "))))
        }
        Source::Smoke { suite: Some(suite), .. } => {
            let is_there = ["yml", "yaml"].iter().any(|ending| known.folder.join("smoke").join(format!("{suite}.{ending}")).is_file());
            (!is_there).then(|| (format!("there is no suite of smoke tests {suite}"), format!("Write smoke/{suite}.yml.")))
        }
        _ => None,
    }
}

/// Gates are named without their checklist: no two of a system have one name.
fn of_gates(checklist: &Checklist, name: &str, bytes: &[u8], gates: &mut BTreeMap<String, (String, usize)>, findings: &mut Findings) {
    for gate in &checklist.gates {
        let line = line_of(bytes, &gate.name);
        match gates.get(&gate.name) {
            Some((other, at)) => {
                let message = format!("There are two gates {}, the first in the checklist {other} on line {at}.", gate.name);
                let place = Place { line: u32::try_from(line).unwrap_or(1), column: 1 };
                findings.add(place, message, "Give each gate of a system a name of its own.");
            }
            None => {
                gates.insert(gate.name.clone(), (name.to_owned(), line));
            }
        }
    }
}

/// The line of a gate's name, below `gates:`; the first line where it is written in a way that is not found.
fn line_of(bytes: &[u8], gate: &str) -> usize {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("gates:"));
    let named = |line: &str| {
        line.trim_start()
            .trim_start_matches(['"', '\''])
            .strip_prefix(gate)
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
    };
    lines.filter(|(_, line)| named(line)).map(|(at, _)| at + 1).next().unwrap_or(1)
}
