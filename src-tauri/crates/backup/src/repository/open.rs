//! Making a repository, and opening one.

use std::{fs, io, path::Path, sync::Arc};

use bytesize::ByteSize;
use quarterdeck_model::{Fault, Outcome};
use quarterdeck_store::files;
use rustic_core::{ConfigOptions, Credentials, KeyOptions, OpenStatus, RepositoryBackends, RepositoryOptions};

use super::{
    Care, Owner, Repository, failure,
    folder::ResticFolder,
    lock::{OWN_FOLDER, WriteLock},
    spare,
    watched::{Watch, WatchedFolder},
};
use crate::secret::Password;

/// The library's repository, before it is opened.
pub(super) type Closed = rustic_core::Repository<()>;
/// The library's repository, opened.
pub(super) type Opened = rustic_core::Repository<OpenStatus>;

/// Version of the format: the first with compression.
const FORMAT: u32 = 2;
/// Small pieces, because a database changes a page here and a page there.
const CHUNK: ByteSize = ByteSize::kib(64);
/// zstd's own default: stronger costs more time than it saves room.
const COMPRESSION: i32 = 3;

/// Makes a repository in a folder that does not exist yet or is empty.
///
/// Faults: `repository-exists`, `folder-not-empty`, `permission-denied`, `read-only`, `disk-full`, `repository-busy`.
pub fn create(folder: &Path, password: &Password, owner: &Owner) -> Outcome<Box<dyn Repository>> {
    create_with(folder, password, owner, Compression::Usual)
}

/// How a new repository compresses what it stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// With zstd, quick and good enough.
    Usual,
    /// Not at all.
    Off,
    /// With this level of zstd, 1 to 22.
    Level(i32),
}

/// [`create`], compressing in another way.
pub fn create_with(folder: &Path, password: &Password, owner: &Owner, compression: Compression) -> Outcome<Box<dyn Repository>> {
    failure::guarded("create", folder, || {
        files::make_folder(folder)?;
        let _lock = WriteLock::take(folder, owner)?;
        clear_half_made(folder)?;
        let watch = Watch::unseen();
        let opened = closed(folder, &watch)?
            .init(&Credentials::password(password.expose()), &key_options(owner, None), &config_options(compression)?)
            .map_err(|error| watch.verdict().err().unwrap_or_else(|| failure::fault("create", folder, &error)))?;
        Ok(Box::new(ResticFolder::new(folder, &opened)) as Box<dyn Repository>)
    })
}

/// Opens a repository.
///
/// Faults: `repository-missing` (removed, never made, or its disk is not mounted), `wrong-key`, `repository-format`,
/// `permission-denied`, `repository-damaged`.
pub fn open(folder: &Path, password: &Password) -> Outcome<Box<dyn Repository>> {
    failure::guarded("open", folder, || {
        let opened = opened(folder, &Credentials::password(password.expose()), &Watch::unseen())?;
        Ok(Box::new(ResticFolder::new(folder, &opened)) as Box<dyn Repository>)
    })
}

/// Opens what is left of a repository that [`open`] does not open any more, to look after it: neither its `config` nor its index has to be
/// readable, and of the key files one or its copy.
///
/// Faults: `repository-missing`, `wrong-key`, `permission-denied`.
pub fn open_for_care(folder: &Path, password: &Password) -> Outcome<Box<dyn Care>> {
    failure::guarded("open", folder, || match spare::unlock(folder, password)? {
        Some((id, key)) => Ok(Box::new(ResticFolder::with_key(folder, id, key)) as Box<dyn Care>),
        None if ["config", "snapshots", "keys"].iter().any(|name| folder.join(name).exists()) => Err(failure::wrong_key(folder)),
        None => Err(failure::missing(folder)),
    })
}

/// Opens the library's repository for one piece of work.
pub(super) fn opened(folder: &Path, credentials: &Credentials, watch: &Arc<Watch>) -> Outcome<Opened> {
    ensure_there(folder)?;
    let opened = closed(folder, watch)?.open(credentials).map_err(|error| failure::fault("open", folder, &error))?;
    let version = opened.config().version;
    if version != FORMAT {
        return Err(Fault::refused(
            "repository-format",
            format!("The repository in {} has version {version} of the format; version {FORMAT} is needed.", folder.display()),
        )
        .hint("Bring it up to date with: restic migrate upgrade_repo_v2")
        .fact("path", folder.display().to_string()));
    }
    Ok(opened)
}

/// How a key is described to those who list the keys.
pub(super) fn key_options(owner: &Owner, purpose: Option<&str>) -> KeyOptions {
    let mut options = KeyOptions::default();
    options.username = Some(purpose.map_or_else(|| owner.who.clone(), str::to_owned));
    options.with_created = true;
    options
}

fn closed(folder: &Path, watch: &Arc<Watch>) -> Outcome<Closed> {
    let folder_backend = WatchedFolder::new(folder.to_owned(), Arc::clone(watch))?;
    let backends = RepositoryBackends::new(Arc::new(folder_backend), None);
    let options = RepositoryOptions::default().no_cache(true);
    Closed::new(&options, &backends).map_err(|error| failure::fault("open", folder, &error))
}

fn config_options(compression: Compression) -> Outcome<ConfigOptions> {
    let mut options = ConfigOptions::default();
    options.set_version = Some(FORMAT);
    options.set_chunker =
        Some("fixed_size".parse().map_err(|_| Fault::bug("The repository library does not know chunks of a fixed size."))?);
    options.set_chunk_size = Some(CHUNK);
    options.set_compression = Some(match compression {
        Compression::Usual => COMPRESSION,
        Compression::Off => 0,
        Compression::Level(level) => level,
    });
    options.set_extra_verify = Some(true);
    Ok(options)
}

/// There is a repository, and this user may read it. (The library takes a folder that it may not list for an empty one, and then calls
/// the password wrong.)
pub(super) fn ensure_there(folder: &Path) -> Outcome<()> {
    for (name, is_folder) in [("config", false), ("keys", true), ("snapshots", true), ("index", true)] {
        let path = folder.join(name);
        let read = if is_folder { fs::read_dir(&path).map(drop) } else { fs::File::open(&path).map(drop) };
        match read {
            Ok(()) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(failure::missing(folder));
            }
            Err(error) => return Err(files::fault("read", &path, &error)),
        }
    }
    Ok(())
}

/// Makes sure that nothing is in the way. `config` is written last, so a folder without it that holds nothing but keys is a
/// repository whose making was interrupted; its keys open nothing and would shadow the new one.
fn clear_half_made(folder: &Path) -> Outcome<()> {
    if folder.join("config").exists() {
        return Err(Fault::refused("repository-exists", format!("There is a backup repository in {} already.", folder.display()))
            .hint("Open it, or name another folder.")
            .fact("path", folder.display().to_string()));
    }
    for name in names(folder)? {
        match name.as_str() {
            OWN_FOLDER | "keys" => {}
            "data" | "index" | "snapshots" | "locks" if holds_no_file(&folder.join(&name))? => {}
            _ => {
                return Err(Fault::refused(
                    "folder-not-empty",
                    format!("{} is not empty, and it is no backup repository: it holds {name}.", folder.display()),
                )
                .hint("Name an empty folder, or one that does not exist yet.")
                .fact("path", folder.display().to_string()));
            }
        }
    }
    let keys = folder.join("keys");
    for name in names(&keys)? {
        files::remove(&keys.join(name))?;
    }
    Ok(())
}

fn holds_no_file(folder: &Path) -> Outcome<bool> {
    for name in names(folder)? {
        let path = folder.join(name);
        if !path.is_dir() || !holds_no_file(&path)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What lies in a folder, in order; nothing where there is no such folder.
pub(super) fn names(folder: &Path) -> Outcome<Vec<String>> {
    match fs::read_dir(folder) {
        Ok(entries) => {
            let mut names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            Ok(names)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(files::fault("list", folder, &error)),
    }
}
