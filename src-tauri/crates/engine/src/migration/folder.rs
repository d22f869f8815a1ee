//! Small changes around migrations: a new one begins, and a database is told where its own lie.

use std::{fs, path::Path};

use quarterdeck_migrate::{
    collection::Collection,
    read::{self, ReadOptions},
    write,
};
use quarterdeck_model::{Fault, Outcome, WirePath, migration::MigrationList};
use quarterdeck_store::{files, migrations, migrations::SetFolder};

use super::{
    list,
    look::Look,
    place::{Place, registered, resolved},
};
use crate::{
    definition,
    operation::Scope,
    ops::{MigrationSource, NewFile, NewMigration, SetMigrations},
};

/// Makes the files of a new migration. Never overwrites one; what was made before one could not be is removed.
pub(crate) fn begin(scope: &Scope, request: &NewMigration) -> Outcome<NewFile> {
    let collection = collection(scope, &request.source)?;
    let begun = write::files(&collection, &request.name, scope.engine.clock().now())?;
    let mut made: Vec<WirePath> = Vec::new();
    for file in &begun {
        let path = collection.folder.join(&file.name);
        let created = make_parent(&collection.folder, &path).and_then(|()| files::create_shared(&path, file.text.as_bytes()));
        if let Err(fault) = created {
            made.iter().try_for_each(|path| files::remove(&path.0))?;
            return Err(fault);
        }
        made.push(path.into());
    }
    let first = begun.first().map_or("", |file| file.name.as_str());
    Ok(NewFile {
        version: version(first).to_owned(),
        layout: collection.layout,
        files: made,
        texts: begun.into_iter().map(|file| file.text).collect(),
    })
}

/// Remembers the folder of a database whose definition does not name one.
pub(crate) fn set(scope: &Scope, request: &SetMigrations) -> Outcome<MigrationList> {
    let registered = registered(scope, &request.target)?;
    if let Some(folder) = &registered.system.folder {
        let defined = definition::load(&folder.0)?.migrations;
        if defined.is_some_and(|defined| defined.component == registered.component.name) {
            return Err(Fault::refused("set-by-definition", format!("{folder}/quarterdeck.yaml says where these migrations lie."))
                .hint("Change `migrations` there."));
        }
    }
    let folder = resolved(&request.folder.0)?;
    read::read(&folder, &ReadOptions { layout: request.layout })?;
    let set = SetFolder { folder: folder.into(), layout: request.layout, who: scope.caller.who.clone(), at: scope.engine.clock().now() };
    scope.engine.store().write(|tx| migrations::set_folder(tx, &registered.component.id, &set))?;
    scope.audit("set_migrations", &registered.target.to_string(), "set", &set.folder.encode())?;
    list(scope, &MigrationSource::of(request.target.clone(), None))
}

/// The files among which the new one will lie. A folder suffices; a database besides tells which tool reads them.
fn collection(scope: &Scope, source: &MigrationSource) -> Outcome<Collection> {
    match source {
        MigrationSource { target: None, database: None, folder: Some(folder) } => {
            read::read(&resolved(&folder.0)?, &ReadOptions::default())
        }
        source => Ok(Look::at(scope, Place::find(scope, source)?)?.collection),
    }
}

/// Diesel keeps each migration in a folder of its own.
fn make_parent(folder: &Path, file: &Path) -> Outcome<()> {
    match file.parent().filter(|parent| *parent != folder) {
        Some(parent) => fs::create_dir_all(parent).map_err(|error| files::fault("make the folder", parent, &error)),
        None => Ok(()),
    }
}

/// `V7__name.sql` and `007_name.sql` → `7` and `007`.
fn version(file: &str) -> &str {
    file.trim_start_matches('V').split('_').next().unwrap_or_default()
}
