//! `smoke/*.yml` beside a definition.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use quarterdeck_document::findings::{Findings, Place};
use quarterdeck_model::{
    Fault, Outcome,
    system::{DefinitionFinding, System},
};
use quarterdeck_readiness::smoke::{Case, FOLDER, Suite};

use super::no_such_case;

/// A larger file is no suite; in bytes.
const LARGEST: u64 = 1024 * 1024;

/// One file of the folder.
pub(super) struct SuiteFile {
    /// The file's stem.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What it says; none where there is any finding.
    pub suite: Option<Suite>,
    /// What is wrong.
    pub findings: Vec<DefinitionFinding>,
}

/// What is wrong with the suites of a folder that has a definition.
pub(crate) fn findings_of(folder: &Path) -> Vec<DefinitionFinding> {
    suites(folder).map(|files| files.into_iter().flat_map(|file| file.findings).collect()).unwrap_or_default()
}

/// All suites of a system, by name; none where it has no folder.
pub(super) fn of_system(system: &System) -> Outcome<Vec<SuiteFile>> {
    system.folder.as_ref().map_or_else(|| Ok(Vec::new()), |folder| suites(&folder.0))
}

/// The cases that are meant, each with its suite's name. Refuses with `definition-invalid` where a suite that is meant has findings, and with
/// `no-such-smoke-test` where there is none.
pub(super) fn chosen(system: &System, suite: Option<&str>, category: Option<&str>, case: Option<&str>) -> Outcome<Vec<(String, Case)>> {
    let mut chosen = Vec::new();
    for file in of_system(system)?.into_iter().filter(|file| suite.is_none_or(|suite| suite == file.name)) {
        let Some(read) = file.suite else {
            let first = file.findings.first().map(|found| format!(":{}:{}: {}", found.line, found.column, found.message));
            return Err(Fault::refused("definition-invalid", format!("{}{}", file.path.display(), first.unwrap_or_default()))
                .hint("Run: quarterdeck check FOLDER"));
        };
        let meant = |one: &Case| category.is_none_or(|category| category == one.category) && case.is_none_or(|case| case == one.id);
        chosen.extend(read.cases.into_iter().filter(meant).map(|one| (file.name.clone(), one)));
    }
    if chosen.is_empty() && (suite.is_some() || category.is_some() || case.is_some()) {
        let named: Vec<&str> = [suite, category, case].into_iter().flatten().collect();
        return Err(no_such_case(&named.join("/"), &system.name));
    }
    Ok(chosen)
}

fn suites(folder: &Path) -> Outcome<Vec<SuiteFile>> {
    let folder = folder.join(FOLDER);
    let unreadable = |error: io::Error| {
        Fault::failed("file-error", format!("{} cannot be read: {error}.", folder.display())).hint("Check the folder and its permissions.")
    };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let paths: Result<Vec<PathBuf>, io::Error> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(unreadable)?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml"));
    paths.sort();
    Ok(paths.into_iter().map(file).collect())
}

fn file(path: PathBuf) -> SuiteFile {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut findings = Findings::new(&path);
    let small = fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST);
    let suite = match small.then(|| fs::read_to_string(&path)) {
        Some(Ok(text)) => Suite::read(&text, &mut findings),
        Some(Err(error)) => {
            findings.add(Place::START, format!("It cannot be read: {error}."), "Save it as UTF-8, and let this user read it.");
            None
        }
        None => {
            findings.add(Place::START, "It is no file of at most 1 MiB.", "Keep only smoke tests in it.");
            None
        }
    };
    SuiteFile { name, path, suite, findings: findings.in_order() }
}
