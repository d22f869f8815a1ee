//! What goes wrong inside the library, in our words. Only the first line of its text is ever shown: the rest may hold a backtrace.

use std::{
    error::Error,
    io::{self, ErrorKind},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use quarterdeck_model::{Fault, Outcome, snapshot::SnapshotId};
use quarterdeck_store::files;
use rustic_core::RusticError;

const LONGEST_CAUSE: usize = 300;

/// Runs work that calls the library, which panics where it should return an error.
pub(super) fn guarded<T>(tried: &str, folder: &Path, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(broken_off(tried, folder)))
}

/// What an error of the library means.
pub(super) fn fault(tried: &str, folder: &Path, error: &RusticError) -> Fault {
    if error.is_incorrect_password() {
        return wrong_key(folder);
    }
    match io_cause(error) {
        Some(io) if matches!(io.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => damaged(tried, folder, &cause(error)),
        Some(io) => files::fault(&format!("{tried} the repository in"), folder, io),
        // C001: a piece does not carry the key's signature. C003: its content is not what its name says.
        None if error.is_code("C001") || error.is_code("C003") => damaged(tried, folder, &cause(error)),
        None => Fault::failed("repository-error", format!("Cannot {tried} the repository in {}: {}.", folder.display(), cause(error)))
            .hint("Check the repository with: restic check --read-data")
            .fact("path", folder.display().to_string()),
    }
}

/// The first line of the library's own text, without its decoration.
pub(super) fn cause(error: &RusticError) -> String {
    first_line(&error.display_log())
}

/// The first line of a text, without the decoration that the library puts around it.
pub(super) fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let line = line.strip_prefix("Error: ").unwrap_or(line);
    let line = line.split(" (kind: related to").next().unwrap_or(line);
    line.trim_end_matches(['.', ' ']).chars().take(LONGEST_CAUSE).collect()
}

/// The operating system's error behind an error of the library.
fn io_cause(error: &RusticError) -> Option<&io::Error> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(io);
        }
        next = error.source();
    }
    None
}

/// No key file opens with this password.
pub(super) fn wrong_key(folder: &Path) -> Fault {
    Fault::refused("wrong-key", format!("This password does not open the repository in {}.", folder.display()))
        .hint("Use the password that belongs to this repository, or the passphrase of its recovery kit.")
        .fact("path", folder.display().to_string())
}

/// There is no repository where one is expected.
pub(super) fn missing(folder: &Path) -> Fault {
    Fault::refused("repository-missing", format!("There is no backup repository in {}.", folder.display()))
        .hint("Check that its disk is mounted; a new repository would not hold the old snapshots.")
        .fact("path", folder.display().to_string())
}

fn damaged(tried: &str, folder: &Path, cause: &str) -> Fault {
    Fault::failed(
        "repository-damaged",
        format!("Cannot {tried} the repository in {}: a part of it is damaged or missing.", folder.display()),
    )
    .hint("Check the repository; it says which snapshots are affected.")
    .fact("path", folder.display().to_string())
    .fact("cause", cause)
}

fn broken_off(tried: &str, folder: &Path) -> Fault {
    Fault::failed(
        "repository-error",
        format!("The repository library broke off when it was to {tried} the repository in {}.", folder.display()),
    )
    .hint("Check the repository with: restic check --read-data")
    .fact("path", folder.display().to_string())
}

/// No snapshot of this name.
pub(super) fn snapshot_missing(folder: &Path, id: &SnapshotId) -> Fault {
    Fault::refused("snapshot-missing", format!("There is no snapshot {} in the repository in {}.", id.short(), folder.display()))
        .hint("List the snapshots and name one of them.")
        .fact("snapshot", id.0.clone())
}

/// A snapshot without a file that it should have, or with another size.
pub(super) fn incomplete(folder: &Path, id: &SnapshotId, what: &str) -> Fault {
    Fault::failed("snapshot-incomplete", format!("Snapshot {} in {} is not whole: {what}.", id.short(), folder.display()))
        .hint("Use another snapshot.")
        .fact("snapshot", id.0.clone())
}

/// An entry of a snapshot that must not be restored under its name.
pub(super) fn unsafe_entry(folder: &Path, id: &SnapshotId, path: &str, what: &str) -> Fault {
    Fault::refused(
        "unsafe-entry",
        format!("Snapshot {} in {} was not written by an honest program: {path:?} {what}.", id.short(), folder.display()),
    )
    .hint("Find out who changed the repository, and use another snapshot.")
    .fact("snapshot", id.0.clone())
}

/// A snapshot whose content cannot be read.
pub(super) fn snapshot_damaged(folder: &Path, id: &SnapshotId, path: &str, cause: &str) -> Fault {
    Fault::failed(
        "snapshot-damaged",
        format!("Snapshot {} in {} is damaged: a part of {path} cannot be read.", id.short(), folder.display()),
    )
    .hint("Use another snapshot, and check the repository: other snapshots may share the damaged part.")
    .fact("snapshot", id.0.clone())
    .fact("file", path)
    .fact("cause", cause)
}

/// A file that was to be taken over from another snapshot, and cannot be any more.
pub(super) fn reference_lost(path: &str, id: &SnapshotId, why: &str) -> Fault {
    Fault::failed("reference-lost", format!("{path} cannot be taken over from snapshot {}: {why}.", id.short()))
        .hint("Take the snapshot again; it stores the whole image anew.")
        .fact("snapshot", id.0.clone())
        .fact("file", path)
        .may_retry()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustic_core::ErrorKind as Kind;

    #[test]
    fn one_line_of_the_library_is_enough() {
        let inner = RusticError::new(Kind::Backend, "inner");
        let error =
            RusticError::with_source(Kind::InputOutput, "Failed to read `{path}`. Please check.", inner).attach_context("path", "/x");
        let fault = fault("read", Path::new("/srv/repo"), &error);
        assert!(fault.is("repository-error"));
        assert_eq!(fault.message, "Cannot read the repository in /srv/repo: Failed to read `/x`. Please check.");
    }

    #[test]
    fn a_full_disk_is_called_a_full_disk_however_deep_it_lies() {
        let deep = RusticError::with_source(Kind::Backend, "deep", io::Error::from(ErrorKind::StorageFull));
        let error = RusticError::with_source(Kind::Internal, "outer", deep);
        assert!(fault("write to", Path::new("/srv/repo"), &error).is("disk-full"));
    }

    #[test]
    fn a_panic_of_the_library_is_a_fault() {
        let fault = guarded::<()>("read", Path::new("/srv/repo"), || panic!("no")).unwrap_err();
        assert!(fault.is("repository-error"), "{fault}");
    }
}
