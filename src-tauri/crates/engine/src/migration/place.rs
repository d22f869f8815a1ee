//! From what is asked to a database, a folder and what was set for both.

use std::path::{Path, PathBuf};

use quarterdeck_migrate::{ledger::Ledger, queries::LARGE, settings::Declared};
use quarterdeck_model::{
    Fault, Outcome, WirePath,
    migration::{DeclaredQuery, Layout},
    system::{Component, ComponentKind, Environment, System, Target},
};
use quarterdeck_sqlite::identity;
use quarterdeck_store::{files, migrations};

use crate::{
    definition::{self, Definition, MigrationsDefinition},
    lookup,
    operation::Scope,
    ops::MigrationSource,
};

/// A database with its migrations.
#[derive(PartialEq)]
pub(super) struct Place {
    /// Absent for a file that is not registered.
    pub registered: Option<Registered>,
    /// The database file.
    pub database: PathBuf,
    /// The folder of migrations.
    pub folder: PathBuf,
    /// The layout, and who has set it.
    pub layout: Option<(Layout, &'static str)>,
    pub ledger: Ledger,
    pub declared: Declared,
    /// Tables with so many rows are large.
    pub large: u64,
    /// The oldest SQLite that the application meets.
    pub sqlite_at_least: Option<String>,
    pub queries: Vec<DeclaredQuery>,
}

/// A registered database.
#[derive(Clone, PartialEq)]
pub(super) struct Registered {
    pub system: System,
    pub component: Component,
    pub target: Target,
}

impl Place {
    /// Finds it. Faults: those of names, `no-migrations`, and `bad-source` where neither or both forms are given.
    pub(super) fn find(scope: &Scope, source: &MigrationSource) -> Outcome<Self> {
        let MigrationSource { target, database, folder } = source;
        let registered = match (target, database) {
            (Some(target), None) => Some(registered(scope, target)?),
            (None, Some(database)) => same_file(scope, &database.0)?,
            _ => return Err(bad_source()),
        };
        match (registered, database, folder) {
            (Some(registered), _, folder) => Self::of_registered(scope, registered, folder.as_ref()),
            (None, Some(database), Some(folder)) => Self::lone(&database.0, &folder.0),
            _ => Err(bad_source()),
        }
    }

    /// The same where only the database matters.
    pub(super) fn find_database(scope: &Scope, source: &MigrationSource) -> Outcome<PathBuf> {
        match (&source.target, &source.database) {
            (Some(target), None) => Ok(registered(scope, target)?.component.path.0),
            (None, Some(database)) => resolved(&database.0),
            _ => Err(bad_source()),
        }
    }

    /// The registered database; `not-registered` where there is none.
    pub(super) fn registered(&self) -> Outcome<&Registered> {
        self.registered.as_ref().ok_or_else(|| {
            Fault::refused("not-registered", format!("{} is not registered.", self.database.display()))
                .hint(format!("Run: quarterdeck add {}", self.database.display()))
        })
    }

    /// Which instance it is; a lone file is nobody's production until somebody says so.
    pub(super) fn environment(&self) -> Environment {
        self.registered.as_ref().map_or(Environment::Development, |registered| registered.system.environment)
    }

    /// Its file name, for messages.
    pub(super) fn file_name(&self) -> String {
        WirePath(self.database.clone()).file_name()
    }

    fn of_registered(scope: &Scope, registered: Registered, given: Option<&WirePath>) -> Outcome<Self> {
        let definition = registered.system.folder.as_ref().map(|folder| definition::load(&folder.0)).transpose()?;
        let component = &registered.component;
        let defined = definition.as_ref().and_then(|definition| definition.migrations.as_ref());
        let defined = defined.filter(|migrations| migrations.component == component.name);
        let set = scope.engine.store().read(|connection| migrations::folder(connection, &component.id))?;
        let (folder, layout) = match (given, defined, set) {
            (Some(given), _, _) => (resolved(&given.0)?, None),
            (None, Some(defined), _) => (defined.folder.clone(), defined.layout.map(|layout| (layout, "set in quarterdeck.yaml"))),
            (None, None, Some(set)) => (set.folder.0, set.layout.map(|layout| (layout, "set for this database"))),
            (None, None, None) => return Err(no_migrations(&registered)),
        };
        let usual = MigrationsDefinition::of(folder.clone(), component.name.clone());
        let defined = defined.unwrap_or(&usual);
        Ok(Self {
            database: component.path.0.clone(),
            folder,
            layout,
            ledger: Ledger::new(defined.ledger.as_deref().unwrap_or(Ledger::USUAL_NAME))?,
            declared: Declared {
                foreign_keys: defined.foreign_keys,
                recursive_triggers: defined.recursive_triggers,
                double_quoted_strings: defined.double_quoted_strings,
            },
            large: defined.large_table.unwrap_or(LARGE),
            sqlite_at_least: defined.sqlite_at_least.clone(),
            queries: definition.as_ref().map(|definition| queries(definition, component)).unwrap_or_default(),
            registered: Some(registered),
        })
    }

    fn lone(database: &Path, folder: &Path) -> Outcome<Self> {
        Ok(Self {
            registered: None,
            database: resolved(database)?,
            folder: resolved(folder)?,
            layout: None,
            ledger: Ledger::new(Ledger::USUAL_NAME)?,
            declared: Declared::default(),
            large: LARGE,
            sqlite_at_least: None,
            queries: Vec::new(),
        })
    }
}

/// The database that a target means: the named one, the only one, or the one whose migrations the definition speaks of.
pub(super) fn registered(scope: &Scope, target: &Target) -> Outcome<Registered> {
    let mut wanted = target.clone();
    if wanted.component.is_none() {
        let system = lookup::system(&scope.engine, &target.system)?;
        let mut databases = system.databases();
        wanted.component = match (databases.next(), databases.next()) {
            (Some(only), None) if system.components.len() > 1 => Some(only.name.clone()),
            (Some(_), Some(_)) => migrated(&system)?,
            _ => None,
        };
    }
    let (system, component) = lookup::component(&scope.engine, &wanted)?;
    if component.kind != ComponentKind::Sqlite {
        return Err(Fault::refused("not-a-database", format!("{wanted} is a directory; only databases have migrations."))
            .hint("Name a database of the system."));
    }
    let target = if wanted.component.is_some() && system.components.len() > 1 { wanted } else { target.clone() };
    Ok(Registered { system, component, target })
}

/// The component whose migrations the definition names.
fn migrated(system: &System) -> Outcome<Option<quarterdeck_model::system::Name>> {
    let Some(folder) = &system.folder else { return Ok(None) };
    Ok(definition::load(&folder.0)?.migrations.map(|migrations| migrations.component))
}

/// The registered database that is this very file, whatever name leads to it.
fn same_file(scope: &Scope, database: &Path) -> Outcome<Option<Registered>> {
    let wanted = identity::read(database)?;
    for system in lookup::systems(&scope.engine)? {
        let is_it = |component: &&Component| {
            identity::read(&component.path.0).is_ok_and(|other| (other.device, other.inode) == (wanted.device, wanted.inode))
        };
        let found = system.databases().find(is_it).cloned();
        if let Some(component) = found {
            let alone = system.components.len() == 1;
            let target = Target { system: system.name.clone(), component: (!alone).then(|| component.name.clone()) };
            return Ok(Some(Registered { system, component, target }));
        }
    }
    Ok(None)
}

/// Those that are asked of this component.
fn queries(definition: &Definition, component: &Component) -> Vec<DeclaredQuery> {
    let is_its = |query: &&DeclaredQuery| query.component.as_ref() == Some(&component.name);
    definition.queries.iter().filter(is_its).cloned().collect()
}

/// An existing path with its links resolved.
pub(super) fn resolved(path: &Path) -> Outcome<PathBuf> {
    path.canonicalize().map_err(|error| files::fault("find", path, &error))
}

fn no_migrations(registered: &Registered) -> Fault {
    let hint = match &registered.system.folder {
        Some(folder) => format!("Write migrations: FOLDER into {folder}/quarterdeck.yaml, or name the folder with --migrations."),
        None => "Name the folder with --migrations.".to_owned(),
    };
    Fault::refused("no-migrations", format!("Nobody has said where the migrations of {} lie.", registered.target)).hint(hint)
}

fn bad_source() -> Fault {
    Fault::usage("bad-source", "Either a system is named, or a database file and a folder of migrations.")
        .hint("Name one of the two: SYSTEM, or --database FILE with --migrations FOLDER.")
}
