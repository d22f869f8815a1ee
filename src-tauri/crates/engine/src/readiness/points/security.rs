//! Points about who may read and change what.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use quarterdeck_document::findings::Findings;
use quarterdeck_model::{Count, JobCtx, Outcome};
use quarterdeck_readiness::{
    checklist::Source,
    expect::{Found, Unit},
    smoke::{self, Asks, Suite},
};
use quarterdeck_store::{files, readiness::people};

use super::{Built, Helps, Seen, Usual, amiss, counted, listed, secrets};
use crate::{
    definition,
    definition::SecretReference,
    ops::verify_record,
    readiness::{
        files as own,
        gathering::{Field, unmeasured},
    },
    repository, status,
};

pub(super) const POINTS: &[Built] = &[
    Built {
        name: "files-private",
        title: "Databases and files of ours that others may read or change",
        expects: Usual::None,
        look: private,
        page: "system/SYSTEM",
        helps: Helps::Elsewhere,
    },
    Built {
        name: "files-owned",
        title: "Databases and files of ours that belong to somebody else",
        expects: Usual::None,
        look: owned,
        page: "system/SYSTEM",
        helps: Helps::Elsewhere,
    },
    Built {
        name: "nobody-else-writes",
        title: "Databases, files of the definition, what it has run, and folders of these that others may change",
        expects: Usual::None,
        look: nobody_writes,
        page: "system/SYSTEM",
        helps: Helps::Elsewhere,
    },
    Built {
        name: "repository-encrypted",
        title: "Snapshots lie encrypted",
        expects: Usual::True,
        look: encrypted,
        page: "repository/SYSTEM?show=keys",
        helps: Helps::There("See keys"),
    },
    Built {
        name: "recovery-kit",
        title: "A recovery kit was made",
        expects: Usual::True,
        look: kit,
        page: "repository/SYSTEM?show=keys",
        helps: Helps::There("Create recovery kit…"),
    },
    Built {
        name: "secrets-are-references",
        title: "Secrets that are written out in the definition",
        expects: Usual::None,
        look: secrets::references,
        page: "system/SYSTEM",
        helps: Helps::Elsewhere,
    },
    Built {
        name: "no-default-passwords",
        title: "Passwords that are short or well known",
        expects: Usual::None,
        look: secrets::defaults,
        page: "repository/SYSTEM?show=keys",
        helps: Helps::Elsewhere,
    },
    Built {
        name: "addresses-encrypted",
        title: "Addresses of other machines that are called without TLS",
        expects: Usual::None,
        look: secrets::addresses,
        page: "system/SYSTEM",
        helps: Helps::Elsewhere,
    },
    Built {
        name: "access-log",
        title: "Logs of the service that are followed",
        expects: Usual::Least(1.0, Unit::Plain),
        look: logs,
        page: "logs/SYSTEM",
        helps: Helps::There("See logs"),
    },
    Built {
        name: "audit-intact",
        title: "Lines of the audit trail, statements and heads in snapshots that do not fit",
        expects: Usual::None,
        look: audit_intact,
        page: "audit",
        helps: Helps::There("See audit trail"),
    },
    Built {
        name: "people-sign-apart",
        title: "People who can sign with a passphrase of their own",
        expects: Usual::Least(2.0, Unit::Plain),
        look: signers,
        page: "settings?show=people",
        helps: Helps::There("Add people…"),
    },
];

/// More files are not looked at.
const MOST_FILES: usize = 200_000;

/// What has to be closed by itself: databases with what SQLite keeps beside them, the folder of the product, what it keeps there, and files of secrets. Of a
/// repository its own folder, unless it lies in one that is closed already: whoever cannot enter that reads neither keys nor snapshots.
fn private(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let home = field.scope.engine.home();
    let mut paths = databases(field);
    paths.extend([home.folder().to_owned(), home.store(), home.alerts(), home.series()]);
    paths.extend(["-wal", "-shm"].map(|suffix| files::with_suffix(&home.store(), suffix)));
    walk(&home.folder().join("secrets"), &mut paths, ctx)?;
    if let Some(SecretReference::File(path)) = secret(field)? {
        paths.push(path);
    }
    let is_open = |path: &Path| fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0);
    let repository = &field.system.repository.0;
    if is_open(home.folder()) || !repository.starts_with(home.folder()) {
        paths.push(repository.clone());
    }
    paths.retain(|path| path.exists());
    let all = paths.len();
    let wrong = paths.iter().filter(|path| is_open(path)).map(|path| path.display().to_string()).collect();
    Ok(amiss(wrong, all, "files and folders", ("are for this user only", "can be read or changed by others")))
}

fn owned(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    Ok(of_user(&kept(field, ctx)?, rustix::process::geteuid().as_raw()))
}

/// Databases, everything that the product keeps, and the file of the repository's password.
pub(super) fn kept(field: &Field, ctx: &JobCtx) -> Outcome<Vec<PathBuf>> {
    let mut paths = databases(field);
    walk(field.scope.engine.home().folder(), &mut paths, ctx)?;
    if let Some(SecretReference::File(path)) = secret(field)? {
        paths.push(path);
    }
    Ok(paths)
}

pub(super) fn of_user(paths: &[PathBuf], own: u32) -> Seen {
    let wrong = paths.iter().filter(|path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.uid() != own));
    let wrong = wrong.map(|path| path.display().to_string()).collect();
    amiss(wrong, paths.len(), "files and folders", ("belong to this user", "belong to others"))
}

/// The files of databases, and what SQLite keeps beside them now.
fn databases(field: &Field) -> Vec<PathBuf> {
    let families = field.system.databases().flat_map(|database| {
        let path = &database.path.0;
        ["-wal", "-shm", "-journal"].map(|suffix| files::with_suffix(path, suffix)).into_iter().chain([path.clone()])
    });
    families.filter(|path| path.exists()).collect()
}

/// Everything below a folder, and itself. What has more files is not known: nobody may say of all of them what was seen of some.
fn walk(folder: &Path, into: &mut Vec<PathBuf>, ctx: &JobCtx) -> Outcome<()> {
    walk_at_most(folder, MOST_FILES, into, ctx)
}

pub(super) fn walk_at_most(folder: &Path, most: usize, into: &mut Vec<PathBuf>, ctx: &JobCtx) -> Outcome<()> {
    ctx.checkpoint()?;
    into.push(folder.to_owned());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if into.len() >= most {
            return Err(unmeasured(format!("There are more than {} files, and not all were looked at", Count(most as u64))));
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk_at_most(&entry.path(), most, into, ctx)?,
            Ok(kind) if kind.is_file() => into.push(entry.path()),
            _ => {}
        }
    }
    Ok(())
}

/// Folders count as the files in them: whoever may write there puts another file in its place, or a journal beside a database.
fn nobody_writes(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let mut paths = databases(field);
    paths.extend(field.system.databases().filter_map(|database| database.path.0.parent().map(Path::to_owned)));
    if let Some(folder) = &field.system.folder {
        paths.extend(definition_files(&folder.0, ctx)?);
        paths.extend(commands(&folder.0)?);
    }
    paths.sort();
    paths.dedup();
    let all = paths.len();
    let wrong = paths.into_iter().filter(|path| fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o022 != 0));
    Ok(amiss(
        wrong.map(|path| path.display().to_string()).collect(),
        all,
        "files and folders",
        ("are changed by their owner only", "can be changed by others"),
    ))
}

/// The files that make up a definition, and the folders that they lie in.
pub(super) fn definition_files(folder: &Path, ctx: &JobCtx) -> Outcome<Vec<PathBuf>> {
    let mut paths = vec![folder.to_owned()];
    for name in [definition::FILE_NAME, "notify.yml", "oncall.yml", "validation.yml"] {
        paths.extend(Some(folder.join(name)).filter(|path| path.is_file()));
    }
    for name in ["migrations", "rules", "runbooks", "dashboards", "checklists", "smoke", "templates"] {
        // What a link leads to elsewhere is not part of it.
        if fs::symlink_metadata(folder.join(name)).is_ok_and(|metadata| metadata.is_dir()) {
            walk(&folder.join(name), &mut paths, ctx)?;
        }
    }
    Ok(paths)
}

/// Files that checklists and smoke tests have run, or give to what they have run (`[sh, ./check]`), and the folders that they lie in.
fn commands(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut sources: Vec<Source> = Vec::new();
    for checklist in own::checklists(folder)?.iter().filter_map(|file| file.checklist.as_ref()) {
        sources.extend(checklist.all_evidence().map(|(_, _, evidence)| evidence.source.clone()));
    }
    for path in own::paths(&folder.join(smoke::FOLDER))? {
        let mut findings = Findings::new(&path);
        let bytes = own::bytes(&path, &mut findings).unwrap_or_default();
        let suite = own::text(&bytes, &mut findings).and_then(|text| Suite::read(text, &mut findings));
        sources.extend(suite.into_iter().flat_map(|suite| suite.cases).filter_map(|case| match case.asks {
            Asks::Source(source) => Some(source),
            _ => None,
        }));
    }
    let mut files = Vec::new();
    for source in sources {
        let Source::Command { arguments, .. } = source else { continue };
        let named = arguments.iter().enumerate().filter(|(at, argument)| *at > 0 || argument.contains('/'));
        files.extend(named.map(|(_, argument)| folder.join(argument)).filter(|path| path.is_file()));
    }
    let folders: Vec<PathBuf> = files.iter().filter_map(|file| file.parent().map(Path::to_owned)).collect();
    Ok(files.into_iter().chain(folders).collect())
}

pub(super) fn secret(field: &Field) -> Outcome<Option<SecretReference>> {
    let Some(folder) = &field.system.folder else { return Ok(None) };
    Ok(definition::load(&folder.0)?.password)
}

fn encrypted(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let folder = &field.system.repository.0;
    if !repository::exists(folder) {
        return Ok(Seen::unknown("there is no repository"));
    }
    // In this format everything but the folders' names is encrypted under a key that is itself wrapped by a password (restic's design document).
    let keys = fs::read_dir(folder.join("keys")).map_or(0, |keys| keys.flatten().count());
    let config = fs::read(folder.join("config")).unwrap_or_default();
    let opens = repository::open(&field.scope.engine, &field.system).is_ok();
    let good = keys > 0 && opens && !config.starts_with(b"{");
    Ok(Seen::figure(
        Found::Flag(good),
        format!("{keys} keys, each behind a password; {}", if opens { "ours opens it" } else { "ours does not open it" }),
    ))
}

fn kit(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let made = status::system(&field.scope.engine, &field.system.name)?.repository.kit_at;
    let words = made.map_or_else(|| "none was made".to_owned(), |at| format!("made {}", at.format("%Y-%m-%d %H:%M UTC")));
    Ok(Seen::figure(Found::Flag(made.is_some()), words))
}

fn logs(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let Some(folder) = &field.system.folder else { return Ok(Seen::unknown("it was added as a file")) };
    let definition = definition::load(&folder.0)?;
    let followed = definition.collect.logs.iter().filter(|log| log.path.exists()).count();
    let all = definition.collect.logs.len();
    Ok(counted(followed, format!("{followed} of {all} logs that the definition names are there")))
}

fn audit_intact(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let verdict = field.scope.engine.store().read(verify_record)?;
    let words = match verdict.findings.first() {
        None => format!("{} lines, every statement and the heads in snapshots fit each other", verdict.lines),
        Some(first) => format!("{} do not fit: {}", verdict.findings.len(), first.trim_end_matches('.')),
    };
    Ok(counted(verdict.findings.len(), words))
}

fn signers(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let people = field.scope.engine.store().read(people::list)?;
    let ready: Vec<String> = people.into_iter().filter(|person| person.passphrase.is_some()).map(|person| person.name).collect();
    let words = if ready.is_empty() { "nobody can sign".to_owned() } else { listed(&ready) };
    Ok(counted(ready.len(), words))
}
