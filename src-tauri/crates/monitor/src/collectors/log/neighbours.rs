//! The files that a log was rotated to: `service.log.1`, `service.log.2.gz`, `service.log-20261123`, `service-2026-11-23.log`.

use std::{
    fs::Metadata,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
    time::SystemTime,
};

use quarterdeck_model::Outcome;
use quarterdeck_store::files;

/// A file, by what it is and not by what it is called: a rename leaves it what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The device that holds it.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
}

impl Identity {
    /// Of a file that was looked at.
    pub fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub identity: Identity,
    /// When it was written last: a rename changes nothing about that.
    pub modified: SystemTime,
    /// True for gzip.
    pub packed: bool,
}

/// All of a log, the oldest first; the log itself is not among them.
pub fn of(log: &Path) -> Outcome<Vec<Neighbour>> {
    let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).map_err(|error| files::fault("list", folder, &error))?;
    let mut found: Vec<Neighbour> = entries.flatten().filter_map(|entry| neighbour(log, entry.path())).collect();
    found.sort_by(|one, other| (one.modified, &other.path).cmp(&(other.modified, &one.path)));
    Ok(found)
}

fn neighbour(log: &Path, path: PathBuf) -> Option<Neighbour> {
    let packed = kinship(log.file_name()?.as_bytes(), path.file_name()?.as_bytes())?;
    // Rotation makes no links: one that is called like a neighbour may lead anywhere.
    let metadata = std::fs::symlink_metadata(&path).ok().filter(Metadata::is_file)?;
    Some(Neighbour { identity: Identity::of(&metadata), modified: metadata.modified().ok()?, path, packed })
}

/// Whether one name is that of the other, rotated; true inside for one that is packed.
fn kinship(log: &[u8], name: &[u8]) -> Option<bool> {
    let (plain, packed) = name.strip_suffix(b".gz").map_or((name, false), |plain| (plain, true));
    let behind = plain.strip_prefix(log).is_some_and(|mark| packed && mark.is_empty() || is_mark(mark));
    let between = || {
        let dot = log.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0)?;
        let (stem, ending) = log.split_at(dot);
        plain.strip_prefix(stem)?.strip_suffix(ending).filter(|mark| is_mark(mark))
    };
    (behind || between().is_some()).then_some(packed)
}

/// A number or a date, behind a dot or a dash; or the word that some programs write.
fn is_mark(mark: &[u8]) -> bool {
    let Some((b'.' | b'-' | b'_', rest)) = mark.split_first() else { return false };
    rest == b"old"
        || rest.first().is_some_and(u8::is_ascii_digit) && rest.iter().all(|byte| byte.is_ascii_digit() || b".-_:TZ".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_names_are_known() {
        for (name, packed) in [
            ("service.log.1", Some(false)),
            ("service.log.12.gz", Some(true)),
            ("service.log.gz", Some(true)),
            ("service.log-20261123", Some(false)),
            ("service.log-20261123.gz", Some(true)),
            ("service-2026-11-23.log", Some(false)),
            ("service-2026-11-23.log.gz", Some(true)),
            ("service.2.log", Some(false)),
            ("service.log.old", Some(false)),
            ("service.log", None),
            ("service.log.swp", None),
            ("service.logs.1", None),
            ("service-worker.log", None),
            ("service-worker.log.1", None),
            ("other.log.1", None),
            ("service.log.1.xz", None),
        ] {
            assert_eq!(kinship(b"service.log", name.as_bytes()), packed, "{name}");
        }
        assert_eq!(kinship(b"messages", b"messages.1"), Some(false));
    }
}
