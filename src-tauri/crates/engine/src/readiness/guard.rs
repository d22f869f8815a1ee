//! What would make a system less protected than it was: a definition that says another environment than the registration, and checklists
//! that protected once and do not any more. Both are told wherever somebody looks: `check`, the health page, plans.

use std::path::Path;

use quarterdeck_document::findings::{Findings, Place};
use quarterdeck_model::{
    Outcome,
    inspection::Tone,
    readiness::VerdictWord,
    system::{DefinitionFinding, System},
};
use quarterdeck_store::systems;

use super::gate::{self, Gates};
use crate::{Engine, definition, lookup};

/// That the environment in the file is not the registered one, as a sentence without its end; none where they are the same.
pub(super) fn stricter(engine: &Engine, system: &System) -> Outcome<Option<String>> {
    let Some(folder) = &system.folder else { return Ok(None) };
    let Ok(definition) = definition::load(&folder.0) else { return Ok(None) };
    let registered = engine.store().read(|c| systems::get(c, &system.name))?.environment;
    let (file, name) = (definition.environment, &system.name);
    let counts = registered.max(file);
    Ok((registered != file).then(|| format!("The definition of {name} says {file}, and it was added as {registered}: {counts} counts")))
}

/// Findings about a folder that are known only where it is registered.
pub(crate) fn registered_findings(engine: &Engine, folder: &Path) -> Outcome<Vec<DefinitionFinding>> {
    let given = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let is_it = |system: &System| system.folder.as_ref().is_some_and(|known| known.0.canonicalize().is_ok_and(|known| known == given));
    let mut findings = Findings::new(&given.join(definition::FILE_NAME));
    for system in lookup::systems(engine)?.into_iter().filter(is_it) {
        if let Some(stricter) = stricter(engine, &system)? {
            let hint = format!(
                "Write the environment that is meant, then: quarterdeck remove {0}, quarterdeck add {1}",
                system.name,
                given.display()
            );
            findings.add(Place::START, format!("{stricter}."), hint);
        }
        for (gate, why) in gate::all(engine, &system)?.lost {
            let hint =
                format!("Restore the checklist, or let an approver run: quarterdeck withdraw-gate {} {gate} --reason …", system.name);
            findings.add(Place::START, format!("The gate {gate} stays closed: {why}."), hint);
        }
    }
    Ok(findings.in_order())
}

/// How a system is guarded, for its health; none where nothing protects it and nothing ever did.
pub(crate) fn guarded(engine: &Engine, system: &System) -> Outcome<Option<(Tone, String)>> {
    let Gates { gates, lost } = gate::all(engine, system)?;
    if let Some((gate, why)) = lost.into_iter().next() {
        return Ok(Some((Tone::Critical, format!("The gate {gate} stays closed: {why}"))));
    }
    if let Some(stricter) = stricter(engine, system)? {
        return Ok(Some((Tone::Attention, stricter)));
    }
    let protecting: Vec<_> = gates.iter().filter(|gate| !gate.protects.is_empty()).collect();
    let open = protecting.iter().filter(|gate| gate.verdict.word != VerdictWord::NoGo).count();
    let sentence = format!("{open} of {} that protect it are open; a closed one is no fault", protecting.len());
    Ok((!protecting.is_empty()).then_some((Tone::Ok, sentence)))
}
