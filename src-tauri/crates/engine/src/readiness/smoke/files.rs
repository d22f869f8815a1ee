//! `smoke/*.yml` beside a definition: read strictly, with what only the system knows.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use quarterdeck_document::findings::{Findings, Place};
use quarterdeck_model::{
    Outcome,
    system::{ComponentKind, DefinitionFinding, System},
};
use quarterdeck_readiness::{
    checklist::Source,
    smoke::{Asks, Case, FOLDER, Suite},
};

use crate::{
    definition,
    readiness::{files, gathering::operation},
};

/// One file of the folder.
pub(super) struct SuiteFile {
    /// The file's stem.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What it says; none where there is any finding.
    pub suite: Option<Suite>,
    /// What is wrong, in the order of the file.
    pub findings: Vec<DefinitionFinding>,
}

impl SuiteFile {
    /// Its cases; none where there is any finding.
    pub fn cases(&self) -> &[Case] {
        self.suite.as_ref().map_or(&[], |suite| &suite.cases)
    }
}

/// What is wrong with the smoke tests of a folder that has a definition.
pub(crate) fn smoke_findings(folder: &Path) -> Vec<DefinitionFinding> {
    match suites(folder) {
        Ok(files) => files.into_iter().flat_map(|file| file.findings).collect(),
        Err(fault) => {
            let mut findings = Findings::new(&folder.join(FOLDER));
            findings.add(Place::START, fault.message, fault.hint);
            findings.in_order()
        }
    }
}

/// All suites of a system, by name; none where it has no folder.
pub(super) fn of_system(system: &System) -> Outcome<Vec<SuiteFile>> {
    system.folder.as_ref().map_or_else(|| Ok(Vec::new()), |folder| suites(&folder.0))
}

fn suites(folder: &Path) -> Outcome<Vec<SuiteFile>> {
    let paths = files::paths(&folder.join(FOLDER))?;
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    // Where the definition itself cannot be used, that is a finding of its own.
    let databases: Option<Vec<String>> = definition::load(folder).ok().map(|definition| {
        let databases = definition.components.iter().filter(|component| component.kind == ComponentKind::Sqlite);
        databases.map(|component| component.name.to_string()).collect()
    });
    let mut names = BTreeMap::new();
    Ok(paths.into_iter().map(|path| file(path, databases.as_deref(), &mut names)).collect())
}

fn file(path: PathBuf, databases: Option<&[String]>, names: &mut BTreeMap<String, PathBuf>) -> SuiteFile {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut findings = Findings::new(&path);
    if let Some(first) = names.insert(name.clone(), path.clone()) {
        let first = first.file_name().unwrap_or_default().to_string_lossy().into_owned();
        findings.add(Place::START, format!("The suite {name} is there twice, first in {first}."), "Rename one of the two files.");
    }
    let bytes = files::bytes(&path, &mut findings).unwrap_or_default();
    let suite = files::text(&bytes, &mut findings).and_then(|text| Suite::read(text, &mut findings));
    for case in suite.iter().flat_map(|suite| &suite.cases) {
        if let Some((message, hint)) = wrong(case, databases) {
            findings.add(Place { line: case.line, column: 1 }, format!("cases.{}: {message}.", case.id), hint);
        }
    }
    let findings = findings.in_order();
    let suite = suite.filter(|_| findings.is_empty());
    SuiteFile { name, path, suite, findings }
}

/// What a case names that is not there, and what helps.
fn wrong(case: &Case, databases: Option<&[String]>) -> Option<(String, String)> {
    match &case.asks {
        Asks::Source(Source::Operation { name, .. }) => {
            let why = operation::query(name).err()?;
            Some((why.message.trim_end_matches('.').to_owned(), "Name a query of docs/operations.md.".to_owned()))
        }
        Asks::Source(Source::Sql { component: Some(component), .. }) | Asks::Copy { component: Some(component), .. } => {
            let databases = databases.filter(|databases| !databases.contains(component))?;
            Some((format!("there is no database {component}"), format!("Name one of: {}.", databases.join(", "))))
        }
        _ => None,
    }
}
