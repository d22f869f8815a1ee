//! Directories of a system, which are not opened as databases.

use std::{os::unix::fs::MetadataExt, path::PathBuf};

use quarterdeck_backup::directory::{self, Cut, Directory};
use quarterdeck_model::{
    Count, Outcome, WirePath,
    system::{Component, System},
};
use quarterdeck_store::files;
use serde::Serialize;

use crate::{Engine, lookup, operation::Scope};

/// What must not change about a directory between a plan and its application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    path: WirePath,
    device: u64,
    inode: u64,
}

/// Looks at a directory, not at what is in it.
pub(crate) fn look(component: &Component) -> Outcome<Place> {
    let path = &component.path.0;
    directory::ensure_readable(path)?;
    let metadata = path.metadata().map_err(|error| files::fault("find", path, &error))?;
    Ok(Place { path: component.path.clone(), device: metadata.dev(), inode: metadata.ino() })
}

/// Cuts all directories of a system. Called right after its databases were: so near do they come to one moment.
pub(crate) fn cut(scope: &Scope, system: &System) -> Outcome<Vec<Cut>> {
    let strangers = strangers(&scope.engine)?;
    let one = |component: &Component| {
        let directory = Directory { id: component.id.clone(), name: component.name.clone(), path: component.path.0.clone() };
        directory::cut(&system.name, &directory, &strangers, scope.engine.clock(), &scope.ctx)
    };
    system.directories().map(one).collect()
}

/// A step of a plan; none without directories.
pub(crate) fn step(system: &System) -> Option<String> {
    let names: Vec<String> = system.directories().map(|component| component.name.to_string()).collect();
    let count = Count(names.len() as u64);
    (!names.is_empty()).then(|| {
        let which = if names.len() == 1 { "the directory".to_owned() } else { format!("{count} directories") };
        format!("Copy {which} {}: what changes meanwhile is said, nothing waits.", names.join(", "))
    })
}

/// What a directory leaves out wherever it lies: databases that are components, repositories, and what is ours.
fn strangers(engine: &Engine) -> Outcome<Vec<PathBuf>> {
    let mut strangers = vec![engine.home().folder().to_owned()];
    for system in lookup::systems(engine)? {
        strangers.push(system.repository.0.clone());
        strangers.extend(system.databases().map(|component| component.path.0.clone()));
    }
    Ok(strangers)
}
