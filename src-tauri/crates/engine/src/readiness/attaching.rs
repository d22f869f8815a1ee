//! Which files may lie beside a statement: none that is open as a database here. Plain opening and closing of such a file would drop every
//! lock that this process holds on it.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use quarterdeck_model::{Fault, Outcome, system::ComponentKind};
use quarterdeck_sqlite::gate::RawPass;
use quarterdeck_store::{
    files::{self, with_suffix},
    systems,
};

use crate::Engine;

/// A database and what lies beside it while it is used.
const FAMILY: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Leave to read a file that is attached. Refuses with `live-database` what this process has open, and a registered database or one of its
/// sidecars under any name; with `own-file` what is Quarterdeck's.
pub(super) fn leave_to_read(engine: &Engine, source: &Path) -> Outcome<RawPass> {
    let home = engine.home().folder();
    if source.starts_with(home) || home.canonicalize().is_ok_and(|home| source.starts_with(home)) {
        return Err(Fault::refused("own-file", format!("{} is Quarterdeck's own.", source.display()))
            .hint("Copy what you mean to a file elsewhere, and attach that."));
    }
    let live = |which: String| {
        Fault::refused("live-database", format!("{} is {which}.", source.display()))
            .hint("Attach a copy of it, or name a snapshot in words.")
    };
    let identity = |path: &Path| fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino()));
    let given = identity(source).map_err(|error| files::fault("read", source, &error))?;
    for system in engine.store().read(systems::list)? {
        let databases = system.components.iter().filter(|component| component.kind == ComponentKind::Sqlite);
        for component in databases {
            if FAMILY.iter().any(|suffix| identity(&with_suffix(&component.path.0, suffix)).is_ok_and(|own| own == given)) {
                return Err(live(format!("of the live database {}/{}", system.name, component.name)));
            }
        }
    }
    RawPass::of(given.0, given.1).ok_or_else(|| live("in use here as a database".to_owned()))
}
