//! Registering a system, and taking it off the list.

use std::path::{Path, PathBuf};

use quarterdeck_model::{
    Fault, JobCtx, Outcome, WirePath,
    inspection::{Depth, Verdict},
    system::{Component, ComponentKind, Environment, Name, System, Target},
};
use quarterdeck_sqlite::{identity, inspect};
use quarterdeck_store::{files, systems};

use crate::{Engine, definition, directories, jobs::take_leases, lookup, readiness, schedule::policy::Policy, scope::random_id};

/// Registers a file or a folder. Nothing is written to either.
pub(crate) fn add(engine: &Engine, path: &Path, name: Option<Name>, environment: Option<Environment>) -> Outcome<System> {
    let path = path.canonicalize().map_err(|error| files::fault("add", path, &error))?;
    let mut system = if path.is_dir() { from_folder(engine, &path)? } else { from_file(engine, &path)? };
    if let Some(name) = name {
        if system.folder.is_none() {
            system.repository = default_repository(engine, &name)?.into();
        }
        system.name = name;
    }
    if let Some(environment) = environment {
        system.environment = environment;
    }
    refuse_strangers(engine, &system)?;
    engine.store().write(|tx| systems::insert(tx, &system))?;
    readiness::see(engine, &lookup::system(engine, &system.name)?)?;
    Ok(system)
}

/// Takes a system off the list while nobody works on it.
pub(crate) fn forget(engine: &Engine, name: &Name) -> Outcome<()> {
    let system = lookup::system(engine, name)?;
    let target = Target { system: system.name, component: None };
    let _leases = take_leases(engine, &target, engine.who(), format!("Taking {name} off the list"))?;
    engine.store().write(|tx| systems::remove(tx, name))
}

fn from_file(engine: &Engine, path: &Path) -> Outcome<System> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = Name::from_file_stem(&stem);
    Ok(System {
        environment: Environment::Development,
        owner: None,
        folder: None,
        components: vec![Component { id: random_id()?, name: name.clone(), path: path.into(), kind: ComponentKind::Sqlite }],
        objectives: Vec::new(),
        repository: default_repository(engine, &name)?.into(),
        password: None,
        added_at: engine.clock().now(),
        name,
    })
}

fn from_folder(engine: &Engine, folder: &Path) -> Outcome<System> {
    let definition = definition::load(folder)?;
    let mut components = Vec::new();
    for component in &definition.components {
        let path = component.path.canonicalize().map_err(|error| files::fault("add", &component.path, &error))?;
        components.push(Component { id: random_id()?, name: component.name.clone(), path: path.into(), kind: component.kind });
    }
    let repository = definition.repository.clone().map_or_else(|| default_repository(engine, &definition.name), Ok)?;
    Ok(System {
        name: definition.name,
        environment: definition.environment,
        owner: definition.owner,
        folder: Some(folder.into()),
        components,
        objectives: definition.objectives,
        repository: repository.into(),
        password: definition.password.as_ref().map(ToString::to_string),
        added_at: engine.clock().now(),
    })
}

/// Where the snapshots of a system lie whose definition does not say: below `BACKUP_DIR`, or in our own home.
fn default_repository(engine: &Engine, name: &Name) -> Outcome<PathBuf> {
    let folder = Policy::of_process()?.folder;
    Ok(folder.map_or_else(|| engine.home().repository(name), |folder| folder.join(name.as_str())))
}

/// Refuses what is no database, what is ours, and what is registered already under any name.
fn refuse_strangers(engine: &Engine, system: &System) -> Outcome<()> {
    let known = engine.store().read(systems::list)?;
    let mut own: Vec<(&Component, identity::Identity)> = Vec::new();
    for component in &system.components {
        let path = &component.path;
        if path.0.starts_with(engine.home().folder()) && path.0 == engine.home().store() {
            return Err(Fault::refused("own-store", format!("{path} is Quarterdeck's own store.")).hint("Add a database of yours."));
        }
        match component.kind {
            ComponentKind::Sqlite => ensure_database(engine, path)?,
            ComponentKind::Directory => ensure_directory(engine, system, component)?,
        }
        let identity = identity::read(&path.0)?;
        if let Some((twin, _)) = own.iter().find(|(_, twin)| (twin.device, twin.inode) == (identity.device, identity.inode)) {
            return Err(Fault::refused(
                "already-added",
                format!("{path} is what two components name, {} and {}.", twin.name, component.name),
            )
            .hint("Name each file and each folder once in the definition."));
        }
        for other in &known {
            for registered in &other.components {
                if same_file(&registered.path, &identity) {
                    return Err(Fault::refused(
                        "already-added",
                        format!("{path} is registered already, as {}/{}.", other.name, registered.name),
                    )
                    .hint(format!("Open the system {}.", other.name))
                    .fact("system", other.name.to_string()));
                }
            }
        }
        own.push((component, identity));
    }
    Ok(())
}

fn ensure_database(engine: &Engine, path: &WirePath) -> Outcome<()> {
    let inspection = inspect::inspect(&path.0, Depth::Glance, engine.clock(), &JobCtx::detached())?;
    if !matches!(inspection.verdict, Verdict::NotADatabase | Verdict::Encrypted | Verdict::Unreadable) {
        return Ok(());
    }
    let next = inspection.findings.first().map(|finding| finding.next.clone()).unwrap_or_default();
    let hint = if next.is_empty() { "Name an SQLite database.".to_owned() } else { next };
    Err(Fault::refused("not-a-database", inspection.sentence).hint(hint).fact("path", path.encode()))
}

fn ensure_directory(engine: &Engine, system: &System, component: &Component) -> Outcome<()> {
    if component.path.0.starts_with(engine.home().folder()) {
        return Err(
            Fault::refused("own-store", format!("{} is a folder of Quarterdeck's own.", component.path)).hint("Name a directory of yours.")
        );
    }
    let repository = system.repository.0.canonicalize().unwrap_or_else(|_| system.repository.0.clone());
    if component.path.0.starts_with(repository) {
        return Err(Fault::refused("own-repository", format!("{} is where the snapshots of {} go.", component.path, system.name))
            .hint("Name another directory, or another repository in the definition."));
    }
    directories::look(component).map(drop)
}

/// False where the registered file is not there: then it cannot be this one.
fn same_file(registered: &WirePath, identity: &identity::Identity) -> bool {
    identity::read(&registered.0).is_ok_and(|other| (other.device, other.inode) == (identity.device, identity.inode))
}
