//! Which systems there are, and what their definitions say about measuring: looked at often, read only when something changed.

use std::{collections::BTreeMap, fs, io, os::unix::fs::MetadataExt, path::PathBuf, sync::Arc};

use quarterdeck_model::{Fault, Outcome, system::Name, system::System};
use quarterdeck_store::systems;

use super::{own, plan, plan::Of, plan::Wanted};
use crate::{
    Engine,
    definition::{self, CollectDefinition},
};

/// What tells whether a definition was written anew: size, time of change, and number of its file.
type Stamp = Option<(u64, i64, i64, u64)>;

/// The systems of a home, as they were seen last.
#[derive(Default)]
pub(super) struct Systems {
    known: BTreeMap<Name, Known>,
    seen: bool,
}

struct Known {
    system: System,
    stamp: Stamp,
    collect: CollectDefinition,
}

/// What changed since the last look.
pub(super) struct Change {
    /// What is wanted from now on, all of it.
    pub(super) wanted: Vec<Wanted>,
    /// Definitions that cannot be used; what they said last still holds.
    pub(super) faults: Vec<(Name, Fault)>,
}

impl Systems {
    /// Looks; none where nothing changed.
    pub(super) fn look(&mut self, engine: &Arc<Engine>) -> Outcome<Option<Change>> {
        let systems = engine.store().read(systems::list)?;
        let mut faults = Vec::new();
        let mut changed = !self.seen || systems.len() != self.known.len();
        let mut now = BTreeMap::new();
        for system in systems {
            let stamp = stamp(&system);
            let before = self.known.remove(&system.name);
            let same = before.as_ref().is_some_and(|before| before.stamp == stamp && before.system == system);
            changed |= !same;
            let collect = match before {
                Some(before) if same => before.collect,
                before => collect_of(&system, before, &mut faults),
            };
            now.insert(system.name.clone(), Known { system, stamp, collect });
        }
        (self.known, self.seen) = (now, true);
        Ok(changed.then(|| Change { wanted: self.wanted(engine), faults }))
    }

    /// The files of all databases.
    pub(super) fn databases(&self) -> Vec<PathBuf> {
        let components = self.known.values().flat_map(|known| &known.system.components);
        components
            .filter(|component| component.kind == quarterdeck_model::system::ComponentKind::Sqlite)
            .map(|c| c.path.0.clone())
            .collect()
    }

    /// Leaves one system, and the machine.
    pub(super) fn only(&mut self, name: &Name) {
        self.known.retain(|known, _| known == name);
    }

    /// What is wanted of all of them.
    pub(super) fn wanted(&self, engine: &Arc<Engine>) -> Vec<Wanted> {
        let leases = engine.home().leases();
        let mut wanted = plan::of_machine();
        wanted.extend(own::of_home(engine));
        for Known { system, collect, .. } in self.known.values() {
            wanted.extend(plan::of_system(system, collect, &leases));
            wanted.extend(own::of_system(engine, &Of { system, collect }));
        }
        wanted
    }
}

/// A definition that cannot be used at the moment must not end measuring: what it said last still holds.
fn collect_of(system: &System, before: Option<Known>, faults: &mut Vec<(Name, Fault)>) -> CollectDefinition {
    let Some(folder) = &system.folder else { return CollectDefinition::default() };
    match definition::load(&folder.0) {
        Ok(definition) => definition.collect,
        Err(fault) => {
            faults.push((system.name.clone(), fault));
            before.map(|before| before.collect).unwrap_or_default()
        }
    }
}

/// None where the definition is not there.
fn stamp(system: &System) -> Stamp {
    let read = |path: PathBuf| -> io::Result<_> {
        let metadata = fs::metadata(path)?;
        Ok((metadata.len(), metadata.mtime(), metadata.mtime_nsec(), metadata.ino()))
    };
    read(system.folder.as_ref()?.0.join(definition::FILE_NAME)).ok()
}
