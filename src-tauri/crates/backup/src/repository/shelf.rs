//! The repository's files as they lie in the folder, read without the library: it gives up at the first file that it cannot read, and
//! whoever looks for damage has to see all the others.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use quarterdeck_model::{Outcome, plan::hex};
use quarterdeck_store::files;
use rustic_core::{
    Id,
    repofile::{IndexFile, IndexPack, MasterKey, SnapshotFile},
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::seal::Seal;

/// A folder, and the key to what lies in it.
pub(super) struct Shelf {
    pub(super) folder: PathBuf,
    pub(super) seal: Seal,
}

/// Files of one kind: what could be read, and the names of the others.
pub(super) struct Read<T> {
    pub(super) sound: Vec<(Id, T)>,
    pub(super) unreadable: Vec<Id>,
}

impl Shelf {
    pub(super) fn new(folder: &Path, key: &MasterKey) -> Self {
        Self { folder: folder.to_owned(), seal: Seal::new(key) }
    }

    /// The files of the index.
    pub(super) fn index(&self) -> Outcome<Read<IndexFile>> {
        self.sealed("index")
    }

    /// The snapshots' own entries.
    pub(super) fn snapshots(&self) -> Outcome<Read<SnapshotFile>> {
        self.sealed("snapshots")
    }

    /// The pack files that lie in the folder, with their sizes in bytes.
    pub(super) fn packs(&self) -> Outcome<BTreeMap<Id, u64>> {
        let mut packs = BTreeMap::new();
        for place in entries(&self.folder.join("data"))? {
            for path in entries(&place)? {
                // One that vanished meanwhile is not there, which is what the answer says.
                if let (Some(id), Ok(metadata)) = (id_of(&path), path.metadata()) {
                    packs.insert(id, metadata.len());
                }
            }
        }
        Ok(packs)
    }

    /// Where a pack lies.
    pub(super) fn pack(&self, id: &Id) -> PathBuf {
        let name = id.to_hex();
        self.folder.join("data").join(&name.as_str()[..2]).join(name.as_str())
    }

    fn sealed<T: DeserializeOwned>(&self, kind: &str) -> Outcome<Read<T>> {
        let mut read = Read { sound: Vec::new(), unreadable: Vec::new() };
        for id in names(&self.folder, kind)? {
            let path = self.folder.join(kind).join(id.to_hex().as_str());
            let bytes = match content(&path)? {
                Content::Read(bytes) => bytes,
                Content::Gone => continue, // taken away since the folder was listed
                Content::Unreadable => {
                    read.unreadable.push(id);
                    continue;
                }
            };
            let plain = (name_of(&bytes) == id).then(|| self.seal.open_file(&bytes)).flatten();
            match plain.and_then(|plain| serde_json::from_slice(&plain).ok()) {
                Some(value) => read.sound.push((id, value)),
                None => read.unreadable.push(id),
            }
        }
        Ok(read)
    }
}

/// What reading a file gave.
pub(super) enum Content {
    /// All of it.
    Read(Vec<u8>),
    /// There is no such file.
    Gone,
    /// The disk does not give it back.
    Unreadable,
}

/// Reads a whole file. What the disk cannot give back is damage, and damage is an answer; what this user may not read is a fault.
pub(super) fn content(path: &Path) -> Outcome<Content> {
    match fs::read(path) {
        Ok(bytes) => Ok(Content::Read(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Content::Gone),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(files::fault("read", path, &error)),
        Err(_) => Ok(Content::Unreadable),
    }
}

/// The packs of an index: those in use, and those that are only waiting to be removed.
pub(super) fn packs_of(index: &[(Id, IndexFile)]) -> impl Iterator<Item = &IndexPack> {
    index.iter().flat_map(|(_, file)| &file.packs)
}

/// The name that the format gives to these bytes: their SHA-256.
pub(super) fn name_of(bytes: &[u8]) -> Id {
    // 64 hexadecimal figures are always a name.
    hex(&Sha256::digest(bytes)).parse().unwrap_or_default()
}

/// The names of the files of one kind, in order. Whatever has another form of name is not the repository's.
pub(super) fn names(folder: &Path, kind: &str) -> Outcome<Vec<Id>> {
    let mut names: Vec<Id> = entries(&folder.join(kind))?.iter().filter_map(|path| id_of(path)).collect();
    names.sort();
    Ok(names)
}

/// What lies in a folder; nothing where there is no such folder.
pub(super) fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(files::fault("list", folder, &error)),
    }
}

fn id_of(path: &Path) -> Option<Id> {
    path.file_name()?.to_str()?.parse().ok()
}
