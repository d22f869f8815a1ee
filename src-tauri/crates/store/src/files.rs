//! The only place that renames or overwrites files. A file is written whole or not at all, and a rename survives a power cut.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use quarterdeck_model::{Fault, Outcome};

/// Makes a folder and its parents, closed to other users (0700).
pub fn make_folder(path: &Path) -> Outcome<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| fault("make the folder", path, &error))
}

/// Makes a folder that must not exist yet, closed to other users (0700). Its parent is there.
pub fn make_new_folder(path: &Path) -> Outcome<()> {
    fs::DirBuilder::new().mode(0o700).create(path).map_err(|error| fault("make the folder", path, &error))
}

/// Writes a file for this user only (0600): whole or not at all.
pub fn write_private(path: &Path, content: &[u8]) -> Outcome<()> {
    let part = with_suffix(path, ".part");
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().map_err(|error| fault("write", &part, &error))?;
    rename(&part, path)
}

/// Writes a file that other programs read, as well (0644): whole or not at all.
pub fn write_shared(path: &Path, content: &[u8]) -> Outcome<()> {
    let part = with_suffix(path, ".part");
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(&part)?;
        file.write_all(content)?;
        // The mode above is for a new file only, and less what the umask takes.
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
        file.sync_all()
    };
    write().map_err(|error| fault("write", &part, &error))?;
    rename(&part, path)
}

/// Creates a file for this user only that must not exist yet.
pub fn create_new(path: &Path) -> Outcome<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path).map_err(|error| fault("create", path, &error))
}

/// Creates a file that must not exist yet and writes it: for people and programs beside us, with the mode that the user's umask gives. What
/// was begun and not finished is removed.
pub fn create_shared(path: &Path, content: &[u8]) -> Outcome<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| fault("create", path, &error))?;
    let written = file.write_all(content).and_then(|()| file.sync_all()).map_err(|error| fault("write", path, &error));
    drop(file);
    if written.is_err() {
        remove(path)?;
    }
    written.and_then(|()| sync_folder_of(path))
}

/// Renames, replacing what is there, and makes the rename survive a power cut.
pub fn rename(from: &Path, to: &Path) -> Outcome<()> {
    fs::rename(from, to).map_err(|error| fault("rename to", to, &error))?;
    sync_folder_of(to)
}

/// Renames where nothing may be replaced: refuses, at the moment of the rename, if `to` exists.
pub fn rename_new(from: &Path, to: &Path) -> Outcome<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => sync_folder_of(to),
        // A file system without this flag (some network file systems): a hard link refuses just as well.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            fs::hard_link(from, to).map_err(|error| fault("create", to, &error))?;
            fs::remove_file(from).map_err(|error| fault("remove", from, &error))?;
            sync_folder_of(to)
        }
        Err(error) => Err(fault("create", to, &error.into())),
    }
}

/// Gives a file of ours the owner and the mode of another, so that whoever used that one can use this.
pub fn take_after(path: &Path, model: &Path) -> Outcome<()> {
    let read = |path: &Path| fs::metadata(path).map_err(|error| fault("look at", path, &error));
    let (have, want) = (read(path)?, read(model)?);
    if (have.uid(), have.gid()) != (want.uid(), want.gid()) {
        std::os::unix::fs::chown(path, Some(want.uid()), Some(want.gid()))
            .map_err(|error| fault("give the owner of the old file to", path, &error))?;
    }
    fs::set_permissions(path, want.permissions()).map_err(|error| fault("set the permissions of", path, &error))
}

/// Removes a file; one that is not there is removed already.
pub fn remove(path: &Path) -> Outcome<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(fault("remove", path, &error)),
        _ => Ok(()),
    }
}

/// Removes a folder of ours with everything in it; one that is not there is removed already. Folders in it that came back with their
/// permissions, and that nobody may write to, go too.
pub fn remove_folder(path: &Path) -> Outcome<()> {
    let removed = match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => open_up(path).and_then(|()| fs::remove_dir_all(path)),
        removed => removed,
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(fault("remove the folder", path, &error)),
        _ => Ok(()),
    }
}

/// Lets its owner change every folder below a folder, itself included. Follows no link.
fn open_up(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(&entry.path())?;
        }
    }
    Ok(())
}

/// Syncs a file that was written, and lets go of what memory holds of it: who reads it next reads the disk.
pub fn sync_and_let_go(file: &File, path: &Path) -> Outcome<()> {
    file.sync_all().map_err(|error| fault("write", path, &error))?;
    // A file system that keeps its own memory may refuse; the bytes are on the disk all the same.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    Ok(())
}

/// Makes the entries of the folder that holds `path` survive a power cut.
pub fn sync_folder_of(path: &Path) -> Outcome<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| fault("sync the folder", folder, &error))
}

/// Bytes that this user may still write to the file system that holds `path` (or its nearest existing parent).
pub fn free_space(path: &Path) -> Outcome<u64> {
    Ok(room(path)?.0)
}

/// The same, and the size of that file system.
pub fn room(path: &Path) -> Outcome<(u64, u64)> {
    let mut place = path;
    loop {
        match rustix::fs::statvfs(place) {
            Ok(stat) => return Ok((stat.f_bavail.saturating_mul(stat.f_frsize), stat.f_blocks.saturating_mul(stat.f_frsize))),
            Err(rustix::io::Errno::NOENT) => match place.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => place = parent,
                _ => place = Path::new("."),
            },
            Err(error) => return Err(fault("measure the free space of", place, &error.into())),
        }
    }
}

/// True where both places (or their nearest existing parents) are on one file system, and share its free space.
pub fn same_disk(one: &Path, other: &Path) -> Outcome<bool> {
    let disk = |path: &Path| {
        let place = path.ancestors().find(|place| place.exists()).unwrap_or(Path::new("."));
        fs::metadata(place).map(|metadata| metadata.dev()).map_err(|error| fault("look at", place, &error))
    };
    Ok(disk(one)? == disk(other)?)
}

/// `path` with `suffix` behind its last part, as in `app.db` → `app.db-wal`.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// What an input or output error means, naming the file and what was tried.
pub fn fault(tried: &str, path: &Path, error: &io::Error) -> Fault {
    let name = path.display();
    let fault = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Fault::failed("disk-full", format!("There is no room to {tried} {name}."))
                .hint("Free some space on that disk, then try again.")
                .may_retry()
        }
        io::ErrorKind::PermissionDenied => Fault::refused("permission-denied", format!("This user may not {tried} {name}."))
            .hint("Give this user permission on the file and its folder."),
        io::ErrorKind::ReadOnlyFilesystem => Fault::refused("read-only", format!("Cannot {tried} {name}: its file system is read-only."))
            .hint("Name a place that can be written."),
        io::ErrorKind::NotFound => {
            Fault::refused("file-missing", format!("Cannot {tried} {name}: it, or its folder, does not exist.")).hint("Check the path.")
        }
        io::ErrorKind::AlreadyExists => Fault::refused("file-exists", format!("{name} exists already; it was left as it was."))
            .hint("Name a file that does not exist yet."),
        _ => Fault::failed("file-error", format!("Cannot {tried} {name}: {error}.")).hint("Check the disk and the system's log."),
    };
    fault.fact("path", name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_nobody_may_write_to_is_opened_up_without_following_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (shut, outside) = (folder.path().join("shut/inner"), folder.path().join("outside"));
        fs::create_dir_all(&shut).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(shut.join("file"), b"x").unwrap();
        std::os::unix::fs::symlink(&outside, shut.join("link")).unwrap();
        for path in [&shut, &outside, &folder.path().join("shut")] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o500)).unwrap();
        }
        open_up(&folder.path().join("shut")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&shut), mode(&outside)), (0o700, 0o500));
        remove_folder(&folder.path().join("shut")).unwrap();
        assert!(!shut.exists() && outside.exists());
    }

    #[test]
    fn shared_files_can_be_read_and_are_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.prom");
        fs::write(folder.path().join("a.prom.part"), b"half").unwrap();
        write_shared(&path, b"one").unwrap();
        write_shared(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn private_files_are_private_and_new_files_replace_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        write_private(&secret, b"one").unwrap();
        write_private(&secret, b"two").unwrap();
        assert_eq!(fs::read(&secret).unwrap(), b"two");
        assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
        let other = folder.path().join("other");
        fs::write(&other, b"kept").unwrap();
        assert!(rename_new(&secret, &other).unwrap_err().is("file-exists"));
        assert_eq!(fs::read(&other).unwrap(), b"kept");
        assert!(create_new(&other).unwrap_err().is("file-exists"));
    }
}
