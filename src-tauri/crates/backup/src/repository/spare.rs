//! Copies of the two kinds of small file without which nothing opens: `config` and the keys. They lie in the same folder, so they are no
//! backup of the backup; they are for the one rotten byte that would cost everything.

use std::path::{Path, PathBuf};

use quarterdeck_model::Outcome;
use quarterdeck_store::files;
use rustic_core::{
    Id,
    repofile::{KeyFile, KeyId, MasterKey},
};

use super::{
    lock::OWN_FOLDER,
    seal::Seal,
    shelf::{self, Content, Shelf},
};
use crate::secret::Password;

/// Where the copies lie.
pub(super) fn folder(repository: &Path) -> PathBuf {
    repository.join(OWN_FOLDER).join("spare")
}

/// Brings the copies up to date. A key that somebody took away gets no copy, or it would go on opening; only the one in use keeps its own.
/// The caller holds the write lock.
pub(super) fn keep(shelf: &Shelf, current: Option<KeyId>) -> Outcome<()> {
    let spare = folder(&shelf.folder);
    files::make_folder(&spare.join("keys"))?;
    let bytes = read(&shelf.folder.join("config"))?.filter(|bytes| shelf.seal.open_file(bytes).is_some());
    write_where_other(&spare.join("config"), bytes)?;
    let names = shelf::names(&shelf.folder, "keys")?;
    for id in &names {
        let bytes = read(&shelf.folder.join("keys").join(id.to_hex().as_str()))?.filter(|bytes| shelf::name_of(bytes) == *id);
        write_where_other(&spare.join("keys").join(id.to_hex().as_str()), bytes)?;
    }
    let kept = |id: &Id| names.contains(id) || current.is_some_and(|current| *current == *id);
    for id in shelf::names(&spare, "keys")?.iter().filter(|id| !kept(id)) {
        files::remove(&spare.join("keys").join(id.to_hex().as_str()))?;
    }
    Ok(())
}

/// The copy of `config`, where it opens with this key.
pub(super) fn config(shelf: &Shelf) -> Outcome<Option<Vec<u8>>> {
    Ok(read(&folder(&shelf.folder).join("config"))?.filter(|bytes| shelf.seal.open_file(bytes).is_some()))
}

/// The copy of a key file, where it is what its name says.
pub(super) fn key(repository: &Path, id: &Id) -> Outcome<Option<Vec<u8>>> {
    Ok(read(&folder(repository).join("keys").join(id.to_hex().as_str()))?.filter(|bytes| shelf::name_of(bytes) == *id))
}

/// True where both open with the same password: what else a key file says of itself opens nothing.
pub(super) fn opens_alike(one: &[u8], other: &[u8]) -> bool {
    let core = |bytes: &[u8]| {
        let key: KeyFile = serde_json::from_slice(bytes).ok()?;
        Some((key.n, key.r, key.p, key.data, key.salt))
    };
    core(one).is_some_and(|one| core(other) == Some(one))
}

/// The key that a password gives, from the key files or, where those are damaged, from their copies. Needs no `config`.
pub(super) fn unlock(repository: &Path, password: &Password) -> Outcome<Option<(KeyId, MasterKey)>> {
    for place in [repository.to_owned(), folder(repository)] {
        for id in shelf::names(&place, "keys")? {
            let Some(bytes) = read(&place.join("keys").join(id.to_hex().as_str()))? else { continue };
            if let Some(key) = master_key(&bytes, password) {
                return Ok(Some((KeyId::from(id), key)));
            }
        }
    }
    Ok(None)
}

fn master_key(file: &[u8], password: &Password) -> Option<MasterKey> {
    let file: KeyFile = serde_json::from_slice(file).ok()?;
    // The library takes the logarithm of one, and the memory that the other two ask for.
    if file.n == 0 || file.r == 0 || u64::from(file.n) * u64::from(file.r) > MOST_EFFORT {
        return None;
    }
    let (encrypt, k, r) = file.kdf_key(&password.expose()).ok()?.to_keys();
    serde_json::from_slice(&Seal::of_parts(&encrypt, &k, &r).open(&file.data)?).ok()
}

/// Eight times the memory that the library asks for; a damaged file may ask for anything.
const MOST_EFFORT: u64 = 1 << 23;

fn read(path: &Path) -> Outcome<Option<Vec<u8>>> {
    Ok(match shelf::content(path)? {
        Content::Read(bytes) => Some(bytes),
        Content::Gone | Content::Unreadable => None,
    })
}

fn write_where_other(path: &Path, bytes: Option<Vec<u8>>) -> Outcome<()> {
    match bytes {
        Some(bytes) if read(path)?.as_ref() != Some(&bytes) => files::write_private(path, &bytes),
        _ => Ok(()),
    }
}
