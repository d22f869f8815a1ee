//! What the files of checklists protected when they were last looked at. A folder that was moved away, or is not mounted, names no gate,
//! and one whose checklist was never opened is remembered by no copy: what was seen counts while the folder cannot be read.

use quarterdeck_model::{
    Outcome,
    readiness::GateAction,
    system::{Environment, System},
};
use quarterdeck_readiness::checklist::FOLDER;
use quarterdeck_store::readiness::seen::{self as rows, SeenGate};

use super::files::{self, ChecklistFile};
use crate::{Engine, definition};

/// The checklists of a system, as far as they can be read now.
pub(super) struct Found {
    /// By name.
    pub files: Vec<ChecklistFile>,
    /// Why there may be others, as part of a sentence; none where the folder of checklists could be read.
    pub away: Option<Away>,
}

/// A folder of checklists that is not there, or cannot be read.
pub(super) enum Away {
    /// It is not there: perhaps it never was.
    Gone(String),
    /// Something is there.
    Unreadable(String),
}

impl Away {
    /// Why, as part of a sentence.
    pub fn why(&self) -> &str {
        let (Self::Gone(why) | Self::Unreadable(why)) = self;
        why
    }
}

/// Looks into the folder of a system.
pub(super) fn look(system: &System) -> Outcome<Found> {
    let Some(folder) = &system.folder else { return Ok(Found { files: Vec::new(), away: None }) };
    let files = match files::checklists(&folder.0) {
        Ok(files) => files,
        Err(fault) if fault.is("file-error") => {
            let why = fault.message.trim_end_matches('.').to_owned();
            return Ok(Found { files: Vec::new(), away: Some(Away::Unreadable(why)) });
        }
        Err(fault) => return Err(fault),
    };
    let (definition, checklists) = (folder.0.join(definition::FILE_NAME), folder.0.join(FOLDER));
    let away = match (checklists.is_dir(), definition.is_file()) {
        (true, _) => None,
        (false, true) => Some(Away::Gone(format!("{} is not there", checklists.display()))),
        (false, false) => Some(Away::Gone(format!("{} is not there: its folder was moved, or is not mounted", definition.display()))),
    };
    Ok(Found { files, away })
}

/// Remembers what the files of a system protect now; nothing in development. What cannot be read now stays as it was seen.
pub(crate) fn see(engine: &Engine, system: &System) -> Outcome<()> {
    let Some(folder) = &system.folder else { return Ok(()) };
    let found = look(system)?;
    if found.away.is_some() || definition::load(&folder.0).is_err() {
        return Ok(());
    }
    let before = engine.store().read(|connection| rows::of_system(connection, &system.name))?;
    let mut gates = Vec::new();
    for file in found.files.iter().filter(|_| system.environment != Environment::Development) {
        match &file.checklist {
            Some(checklist) if checklist.is_for(system.environment) => {
                let protecting = checklist.gates.iter().filter(|gate| !gate.protects.is_empty());
                gates.extend(protecting.map(|gate| SeenGate {
                    checklist: file.name.clone(),
                    name: gate.name.clone(),
                    title: gate.title.clone(),
                    protects: gate.protects.clone(),
                }));
            }
            Some(_) => {}
            None => gates.extend(before.iter().filter(|gate| gate.checklist == file.name).cloned()),
        }
    }
    gates.sort();
    if gates == before { Ok(()) } else { engine.store().write(|tx| rows::see(tx, &system.name, &gates)) }
}

/// Of these actions those that a gate does not protect yet.
pub(super) fn beside(seen: &[GateAction], protects: &[GateAction]) -> Vec<GateAction> {
    seen.iter().filter(|action| !protects.contains(action)).copied().collect()
}
