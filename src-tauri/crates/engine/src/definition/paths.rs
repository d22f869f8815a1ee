//! Looks at the files and folders that a definition names. Nothing is opened: a database may be in use.

use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::PermissionsExt,
    path::{Component, Path, PathBuf},
};

use super::findings::Wrong;

/// A database: an existing file, absolute or relative to the folder, with symbolic links resolved.
pub(super) fn database(folder: &Path, text: &str, path: &str) -> Result<PathBuf, Wrong> {
    let file = folder.join(text);
    let metadata = look(&file, text, path, "Create the database with its application first, or correct the path.")?;
    if metadata.is_dir() {
        return Err(Wrong::new(
            format!("{path} names a folder: {}.", file.display()),
            "Name the database file in it, or write kind: directory.",
        ));
    }
    if !metadata.is_file() {
        return Err(Wrong::new(format!("{path} is not a regular file: {}.", file.display()), "Name a database file."));
    }
    file.canonicalize().map_err(|error| unreadable(&file, path, &error))
}

/// A directory to back up: an existing folder, absolute or relative to the definition's, with symbolic links resolved.
pub(super) fn directory(folder: &Path, text: &str, path: &str) -> Result<PathBuf, Wrong> {
    let directory = folder.join(text);
    if !look(&directory, text, path, "Create the folder with its application first, or correct the path.")?.is_dir() {
        return Err(Wrong::new(format!("{path} is not a folder: {}.", directory.display()), "Name a folder, or write kind: sqlite."));
    }
    let resolved = directory.canonicalize().map_err(|error| unreadable(&directory, path, &error))?;
    match resolved.parent() {
        Some(_) => Ok(resolved),
        None => Err(Wrong::new(format!("{path} is the root of everything."), "Name the folder that belongs to the system.")),
    }
}

/// A folder that has to exist inside the definition's own, links followed.
pub(super) fn inner_folder(folder: &Path, text: &str, path: &str) -> Result<PathBuf, Wrong> {
    let leaves =
        || Wrong::new(format!("{path} leaves the definition's folder: {text}."), "Name a folder beside or below quarterdeck.yaml.");
    let mut depth = 0_usize;
    for part in Path::new(text).components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Err(leaves()),
        }
    }
    let inner = folder.join(text);
    if !look(&inner, text, path, "Create it, or correct the path.")?.is_dir() {
        return Err(Wrong::new(format!("{path} is not a folder: {}.", inner.display()), "Name a folder."));
    }
    let resolved = inner.canonicalize().map_err(|error| unreadable(&inner, path, &error))?;
    if resolved.starts_with(folder) { Ok(resolved) } else { Err(leaves()) }
}

/// A file that an application makes: inside the definition's folder, or absolute. It need not exist yet.
pub(super) fn outer(folder: &Path, text: &str, path: &str) -> Result<PathBuf, Wrong> {
    if let Some(hint) = unexpanded(text) {
        return Err(Wrong::new(format!("{path} is not a path: {text}."), hint));
    }
    if Path::new(text).is_relative() && Path::new(text).components().any(|part| part == Component::ParentDir) {
        return Err(Wrong::new(format!("{path} leaves the definition's folder: {text}."), "Write the whole path of what lies elsewhere."));
    }
    Ok(folder.join(text))
}

/// The folder of a repository, absolute or relative to the definition's; it need not exist yet.
pub(super) fn repository_folder(folder: &Path, text: &str, path: &str) -> Result<PathBuf, Wrong> {
    let repository = folder.join(text);
    match fs::metadata(&repository) {
        Ok(metadata) if metadata.is_dir() => Ok(repository),
        Ok(_) => Err(Wrong::new(format!("{path} is a file, not a folder: {}.", repository.display()), "Name a folder.")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match unexpanded(text) {
            Some(hint) => Err(Wrong::new(format!("{path} does not exist: {}.", repository.display()), hint)),
            None => Ok(repository),
        },
        Err(error) => Err(unreadable(&repository, path, &error)),
    }
}

/// A file with a secret: existing, and closed to other users.
pub(super) fn secret_file(folder: &Path, text: &str, path: &str) -> Result<PathBuf, Wrong> {
    let file = folder.join(text);
    let metadata = look(&file, text, path, "Write the password into it, readable by its owner only (mode 0600).")?;
    if !metadata.is_file() {
        return Err(Wrong::new(format!("{path} is not a regular file: {}.", file.display()), "Name a file that holds the password."));
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        let shown = file.display();
        return Err(Wrong::new(format!("{path} can be read by other users: {shown}."), format!("Run: chmod 600 {shown}")));
    }
    Ok(file)
}

fn look(file: &Path, text: &str, path: &str, missing: &str) -> Result<Metadata, Wrong> {
    fs::metadata(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            Wrong::new(format!("{path} does not exist: {}.", file.display()), unexpanded(text).unwrap_or_else(|| missing.to_owned()))
        }
        _ => unreadable(file, path, &error),
    })
}

/// What to do about a path that a shell would have changed.
fn unexpanded(text: &str) -> Option<String> {
    let mark = if text.starts_with('~') { "~" } else { text.contains('$').then_some("$")? };
    Some(format!("Write the path out; {mark} is not expanded in a definition."))
}

fn unreadable(file: &Path, path: &str, error: &io::Error) -> Wrong {
    Wrong::new(format!("{path} cannot be looked at: {}: {error}.", file.display()), "Check the path and its permissions.")
}
