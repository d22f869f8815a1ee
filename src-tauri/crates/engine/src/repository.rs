//! The repository of a system: opened once, its password found, its snapshots listed with what the store knows of them.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
    time::{Duration, SystemTime},
};

use quarterdeck_backup::{
    kit::{self, Kit},
    layout, manifest,
    merge::{self, MergedPart},
    repository::{self, Care, Listing, Owner, Repository, StoredSnapshot},
    secret::Password,
};
use quarterdeck_model::{
    Bytes, Fault, JobCtx, Outcome,
    snapshot::{Affected, Reason, Snapshot, SnapshotId},
    system::{Name, System},
};
use quarterdeck_store::{files, snapshots};

use crate::{Engine, operation::Scope, ops::RecoveryKit, schedule::policy::Policy};

/// File systems tell times of change apart only so far: a folder that was changed just now may change again and look the same.
const TICK: Duration = Duration::from_secs(2);

/// So many snapshots are looked through from the newest on for one that is nearly always among the first.
const LOOK_BACK: usize = 32;

/// What a single snapshot can suffer from.
const UNREADABLE: [&str; 4] = ["snapshot-missing", "snapshot-incomplete", "snapshot-damaged", "manifest-unreadable"];

/// True where a repository lies in the folder. A look at the folder, not at its key.
pub(crate) fn exists(folder: &Path) -> bool {
    folder.join("config").is_file()
}

/// A repository that this process has opened.
pub(crate) struct Opened {
    repository: Arc<dyn Repository>,
    /// What it listed, and when its folder of snapshots was last changed before; absent where that may be too short ago to tell.
    listed: Option<(Option<SystemTime>, Arc<Listing>)>,
}

/// Opens the repository of a system, or the one that this process opened before.
pub(crate) fn open(engine: &Engine, system: &System) -> Outcome<Arc<dyn Repository>> {
    let folder = &system.repository.0;
    let mut opened = engine.repositories.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = opened.get(folder)
        && exists(folder)
    {
        return Ok(Arc::clone(&known.repository));
    }
    opened.remove(folder);
    let repository: Arc<dyn Repository> = repository::open(folder, &password(engine, system)?)?.into();
    opened.insert(folder.clone(), Opened { repository: Arc::clone(&repository), listed: None });
    Ok(repository)
}

/// Opens the repository of a system, or what is left of it where nobody can open it any more.
pub(crate) fn open_for_care(engine: &Engine, system: &System) -> Outcome<Arc<dyn Care>> {
    open(engine, system).map(|opened| opened as Arc<dyn Care>).or_else(|fault| {
        let left = password(engine, system).and_then(|password| repository::open_for_care(&system.repository.0, &password));
        left.map(Arc::from).map_err(|_| fault)
    })
}

/// What a repository lists, read again only when its folder of snapshots has changed: every page asks for it.
fn listing(engine: &Engine, system: &System) -> Outcome<Arc<Listing>> {
    let repository = open(engine, system)?;
    let folder = &system.repository.0;
    // Read before the listing: what changes meanwhile is seen the next time.
    let changed = folder.join("snapshots").metadata().and_then(|metadata| metadata.modified()).ok();
    let cache = || engine.repositories.lock().unwrap_or_else(PoisonError::into_inner);
    let before = cache().get(folder).and_then(|opened| opened.listed.clone());
    if let Some((Some(then), listing)) = &before
        && Some(*then) == changed
    {
        return Ok(Arc::clone(listing));
    }
    let before = before.map(|(_, listing)| listing).unwrap_or_default();
    let listing = Arc::new(repository.snapshots_since(&before)?);
    let settled = |changed: &SystemTime| SystemTime::from(engine.clock().now()).duration_since(*changed).is_ok_and(|age| age > TICK);
    if let Some(opened) = cache().get_mut(folder) {
        opened.listed = Some((changed.filter(settled), Arc::clone(&listing)));
    }
    Ok(listing)
}

/// Opens the repository of a system; the first time, makes it, and its password where none was chosen.
pub(crate) fn open_or_create(engine: &Engine, system: &System, who: &str) -> Outcome<Arc<dyn Repository>> {
    let folder = &system.repository.0;
    if exists(folder) || engine.store().read(|connection| snapshots::any_of(connection, &system.name))? {
        return open(engine, system); // a repository that was removed is a fault, never silently a new one
    }
    let file = engine.home().password(&system.name);
    if system.password.is_none() && !file.exists() {
        if let Some(folder) = file.parent() {
            files::make_folder(folder)?;
        }
        Password::generate()?.write(&file)?;
    }
    let compression = Policy::of_process()?.compression;
    repository::create_with(folder, &password(engine, system)?, &owner(engine, who), compression)?;
    open(engine, system)
}

/// What a repository holds of a system.
#[derive(Default)]
pub(crate) struct Holdings {
    /// Newest first.
    pub snapshots: Vec<Snapshot>,
    /// Snapshots that cannot be read, each with what is wrong with it. They hide no other.
    pub unreadable: Vec<(SnapshotId, Fault)>,
}

/// The snapshots of a system, newest first. A system that was never backed up has none; a repository that is gone is a fault.
pub(crate) fn snapshots(engine: &Engine, system: &System) -> Outcome<Vec<Snapshot>> {
    Ok(holdings(engine, system)?.snapshots)
}

/// The same, with those that cannot be read.
pub(crate) fn holdings(engine: &Engine, system: &System) -> Outcome<Holdings> {
    let mut held = Holdings::default();
    if !exists(&system.repository.0) && !engine.store().read(|connection| snapshots::any_of(connection, &system.name))? {
        return Ok(held);
    }
    let repository = open(engine, system)?;
    let tag = layout::tag(&system.name);
    let listing = listing(engine, system)?;
    for stored in listing.snapshots.iter().filter(|stored| stored.tags.contains(&tag)) {
        match known(engine, &*repository, system, stored) {
            Ok(snapshot) => held.snapshots.push(snapshot),
            Err(fault) if UNREADABLE.contains(&&*fault.code) => held.unreadable.push((stored.id.clone(), fault)),
            Err(fault) => return Err(fault),
        }
    }
    for id in &listing.unreadable {
        // Not in the list any more, but known here: it does not vanish in silence.
        let known = engine.store().read(|connection| snapshots::find(connection, id))?;
        held.snapshots
            .extend(known.filter(|snapshot| snapshot.manifest.system == system.name).map(|snapshot| entry_unreadable(engine, snapshot)));
    }
    held.snapshots.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.manifest.cut_at));
    Ok(held)
}

/// Shows the newest snapshots of a system that can be read, newest first, until one is the right one or there were enough. A repository
/// that was never made holds none.
pub(crate) fn newest(engine: &Engine, system: &System, is_right: &mut dyn FnMut(&Snapshot) -> bool) -> Outcome<Option<Snapshot>> {
    if !exists(&system.repository.0) {
        return Ok(None);
    }
    let (repository, tag) = (open(engine, system)?, layout::tag(&system.name));
    let listing = listing(engine, system)?;
    for stored in listing.snapshots.iter().rev().filter(|stored| stored.tags.contains(&tag)).take(LOOK_BACK) {
        match known(engine, &*repository, system, stored) {
            Ok(snapshot) if is_right(&snapshot) => return Ok(Some(snapshot)),
            Ok(_) => {}
            Err(fault) if UNREADABLE.contains(&&*fault.code) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(None)
}

/// The newest snapshot that was taken as a backup, not as the way back from a restore.
pub(crate) fn newest_backup(engine: &Engine, system: &System) -> Outcome<Option<Snapshot>> {
    newest(engine, system, &mut |snapshot| snapshot.manifest.reason != Reason::Safety)
}

/// The merged parts that wait to be taken over by the next snapshot of a system.
pub(crate) fn merged_parts(engine: &Engine, system: &System) -> Outcome<Vec<MergedPart>> {
    merge::waiting(&*open(engine, system)?, &*listing(engine, system)?, &system.name)
}

/// A snapshot whose own entry cannot be read, as the store remembers it.
fn entry_unreadable(engine: &Engine, mut snapshot: Snapshot) -> Snapshot {
    let components = snapshot.manifest.names().cloned().collect();
    let (reason, found_at) = ("Its own entry in the repository cannot be read.".to_owned(), engine.clock().now());
    snapshot.affected.get_or_insert(Affected { reason, components, files: Vec::new(), lost: true, found_at });
    snapshot
}

/// The snapshot that people mean by its identifier, its first figures, or `latest`: the newest that was taken as a backup. The state that a
/// restore has replaced is newer, and the last thing that anybody wants back by that word.
pub(crate) fn find(engine: &Engine, system: &System, text: &str) -> Outcome<Snapshot> {
    let Holdings { snapshots: all, unreadable } = holdings(engine, system)?;
    if let Some((_, fault)) = unreadable.into_iter().find(|(id, _)| text.len() >= 4 && id.0.starts_with(text)) {
        return Err(fault);
    }
    if all.is_empty() {
        return Err(Fault::refused("no-snapshots", format!("{} has no snapshot yet.", system.name))
            .hint(format!("Run: quarterdeck backup {}", system.name)));
    }
    let newest = all.iter().position(|snapshot| snapshot.manifest.reason != Reason::Safety);
    if let (Some(newest), "latest") = (newest, text) {
        return latest(system, all, newest);
    }
    let mut matching: Vec<Snapshot> = all.into_iter().filter(|snapshot| text.len() >= 4 && snapshot.id.0.starts_with(text)).collect();
    match matching.len() {
        1 => Ok(matching.swap_remove(0)),
        0 => Err(Fault::refused("snapshot-missing", format!("{} has no snapshot {text:?}.", system.name))
            .hint(format!("Run: quarterdeck snapshots {}", system.name))),
        several => Err(Fault::usage("snapshot-ambiguous", format!("{several} snapshots of {} begin with {text:?}.", system.name))
            .hint("Name more of its figures.")),
    }
}

/// The newest, unless it is known to be damaged. An older one is an older state: it has to be named.
fn latest(system: &System, mut all: Vec<Snapshot>, newest: usize) -> Outcome<Snapshot> {
    let is_damaged = |snapshot: &Snapshot| snapshot.affected.as_ref().is_some_and(|affected| !affected.components.is_empty());
    let found = all.swap_remove(newest);
    let Some(affected) = found.affected.as_ref().filter(|_| is_damaged(&found)) else { return Ok(found) };
    all.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.manifest.cut_at));
    let sound = all.iter().find(|snapshot| snapshot.manifest.reason != Reason::Safety && !is_damaged(snapshot));
    let hint = match sound {
        Some(sound) => format!("Name the newest sound one, {}, or repair the repository.", sound.id.short()),
        None => format!("Repair the repository: quarterdeck repair {}", system.name),
    };
    Err(Fault::refused(
        "snapshot-damaged",
        format!("The newest snapshot of {}, {}, is damaged. {}", system.name, found.id.short(), affected.reason),
    )
    .hint(hint)
    .fact("snapshot", found.id.0.clone()))
}

/// Adds a second key and writes it, with instructions, to a new file.
pub(crate) fn create_kit(scope: &Scope, name: &Name, file: &Path) -> Outcome<RecoveryKit> {
    use std::io::Write as _;

    let engine = &scope.engine;
    let system = crate::lookup::system(engine, name)?;
    let repository = open_or_create(engine, &system, &scope.caller.who)?;
    let mut page = files::create_new(file)?;
    let mut write = || {
        let passphrase = kit::passphrase()?;
        let key = repository.add_key(&Password::from_text(&passphrase)?, &owner(engine, &scope.caller.who))?;
        let made_at = engine.clock().now();
        let text =
            Kit { system: name, host: engine.host(), folder: repository.folder(), passphrase: &passphrase, key: &key, made_at }.page();
        page.write_all(text.as_bytes()).and_then(|()| page.sync_all()).map_err(|error| files::fault("write", file, &error))?;
        engine.store().write(|tx| snapshots::kit_made(tx, name, made_at))?;
        Ok(RecoveryKit { file: file.into(), made_at })
    };
    let kit: Outcome<RecoveryKit> = write();
    if kit.is_err() {
        files::remove(file)?;
    }
    kit
}

/// Who writes to a repository, for those who have to wait.
pub(crate) fn owner(engine: &Engine, who: &str) -> Owner {
    Owner { who: who.to_owned(), since: engine.clock().now() }
}

/// A snapshot with its manifest, which is read from the repository once and remembered.
fn known(engine: &Engine, repository: &dyn Repository, system: &System, stored: &StoredSnapshot) -> Outcome<Snapshot> {
    let remembered = |id: &SnapshotId| engine.store().read(|connection| snapshots::find(connection, id));
    if let Some(snapshot) = remembered(&stored.id)? {
        return Ok(snapshot);
    }
    let manifest = manifest::read(repository, &stored.id, &system.name, &JobCtx::detached())?;
    let added = stored.added.unwrap_or(Bytes(0));
    engine.store().write(|tx| snapshots::remember(tx, &stored.id, &manifest, added))?;
    remembered(&stored.id)?.ok_or_else(|| Fault::bug(format!("Snapshot {} was not remembered.", stored.id.short())))
}

fn password(engine: &Engine, system: &System) -> Outcome<Password> {
    let read = |path: PathBuf| {
        Password::read(&path).map_err(|fault| match fault.is("file-missing") {
            false => fault,
            true => Fault::refused(
                "password-missing",
                format!("The password of the repository of {} is not in {}.", system.name, path.display()),
            )
            .hint("Put the file back, or write the passphrase of the recovery kit into it (mode 0600)."),
        })
    };
    match system.password.as_deref().map(|reference| reference.split_once(':')) {
        None => read(engine.home().password(&system.name)),
        Some(Some(("file", path))) => read(PathBuf::from(path)),
        Some(Some(("env", variable))) => match std::env::var(variable) {
            Ok(value) => Password::from_text(&value),
            Err(_) => Err(Fault::refused(
                "password-missing",
                format!("The environment does not hold {variable}, the password of the repository of {}.", system.name),
            )
            .hint(format!("Set {variable} before starting Quarterdeck."))),
        },
        Some(Some(("credential", name))) => credential(system, name),
        Some(_) => Err(Fault::bug(format!("The password reference of {} cannot be read.", system.name))),
    }
}

/// What systemd put where this process, and nobody else, reads it (systemd.exec(5), LoadCredential).
fn credential(system: &System, name: &str) -> Outcome<Password> {
    let missing = |why: &str| {
        Fault::refused("password-missing", format!("The credential {name}, the password of the repository of {}, {why}.", system.name))
            .hint(format!("Add to the unit of the agent: LoadCredential={name}:/path/to/the/password"))
    };
    let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY") else {
        return Err(missing("is only there for a unit of systemd that loads it"));
    };
    let file = PathBuf::from(folder).join(name);
    Password::read_credential(&file).map_err(|fault| if fault.is("file-missing") { missing("was not loaded") } else { fault })
}
