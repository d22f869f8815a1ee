//! Mending a repository. Nothing is deleted: what is damaged is moved aside, what is sound in it is stored again, and the index is made to
//! say what is really there. Content has its SHA-256 for a name, so whatever a later snapshot stores anew heals the old ones as well.

use std::path::{Path, PathBuf};

use quarterdeck_model::{Fault, JobCtx, Outcome, job::Unit};
use quarterdeck_store::{failpoint, files};
use rustic_core::{
    Id, RepairIndexOptions,
    repofile::{BlobType, IndexBlob},
};

use super::{
    Cure, Cured, Owner, failure,
    folder::ResticFolder,
    lock::{self, OWN_FOLDER, WriteLock},
    packs,
    shelf::{self, Content, Shelf},
    spare,
    watched::Watch,
};

/// Where damaged files go, in our own folder.
pub(super) const ASIDE: &str = "damaged";

/// Mends what the cure names and what is still damaged now that nobody else writes.
pub(super) fn repair(repository: &ResticFolder, cure: &Cure, owner: &Owner, ctx: &JobCtx) -> Outcome<Cured> {
    let mut work = Work { repository, shelf: repository.shelf()?, cured: Cured::default() };
    let _lock = WriteLock::take(&repository.folder, owner)?;
    lock::ensure_no_exclusive(&work.shelf, owner)?;
    work.put_back_config(cure.config)?;
    work.put_back_keys(&cure.keys)?;
    work.move_unreadable("index", &cure.index)?;
    work.move_unreadable("snapshots", &cure.snapshots)?;
    work.move_dead_locks(&cure.locks)?;
    failpoint::reach("repair.entries-moved")?;
    work.rebuild_index()?;
    work.mend_packs(&cure.packs, ctx)?;
    work.rebuild_index()?;
    Ok(work.cured)
}

struct Work<'a> {
    repository: &'a ResticFolder,
    shelf: Shelf,
    cured: Cured,
}

impl Work<'_> {
    /// Puts `config` back from its copy, where it does not open and the copy does.
    fn put_back_config(&mut self, wanted: bool) -> Outcome<()> {
        let path = self.shelf.folder.join("config");
        let opens = matches!(shelf::content(&path)?, Content::Read(bytes) if self.shelf.seal.open_file(&bytes).is_some());
        match spare::config(&self.shelf)? {
            Some(copy) if wanted && !opens => self.put_back("", &path, &copy),
            _ => Ok(()),
        }
    }

    /// Puts altered and missing key files back from their copies. One without a copy is moved aside, unless it is the one in use.
    fn put_back_keys(&mut self, names: &[String]) -> Outcome<()> {
        for id in names.iter().filter_map(|name| name.parse::<Id>().ok()) {
            let path = self.shelf.folder.join("keys").join(id.to_hex().as_str());
            let current = self.repository.key_id.is_some_and(|current| *current == id);
            match shelf::content(&path)? {
                Content::Read(bytes) if shelf::name_of(&bytes) == id => {}
                found => match spare::key(&self.shelf.folder, &id)? {
                    Some(copy) => self.put_back("keys", &path, &copy)?,
                    None if current || matches!(found, Content::Gone) => {}
                    None => self.move_aside("keys", &path)?,
                },
            }
        }
        Ok(())
    }

    fn put_back(&mut self, kind: &str, path: &Path, copy: &[u8]) -> Outcome<()> {
        if path.exists() {
            self.move_aside(kind, path)?;
        }
        files::write_private(path, copy)?;
        let shown = path.strip_prefix(&self.shelf.folder).unwrap_or(path);
        self.cured.put_back.push(shown.display().to_string());
        Ok(())
    }

    /// Moves those of the named files aside that are not what their names say, or do not open.
    fn move_unreadable(&mut self, kind: &str, names: &[String]) -> Outcome<()> {
        for id in names.iter().filter_map(|name| name.parse::<Id>().ok()) {
            let path = self.shelf.folder.join(kind).join(id.to_hex().as_str());
            let sound = match shelf::content(&path)? {
                Content::Gone => continue,
                Content::Unreadable => false,
                Content::Read(bytes) => shelf::name_of(&bytes) == id && self.shelf.seal.open_file(&bytes).is_some(),
            };
            if !sound {
                self.move_aside(kind, &path)?;
            }
        }
        Ok(())
    }

    /// A lock of restic goes once its process is known to have ended.
    fn move_dead_locks(&mut self, names: &[String]) -> Outcome<()> {
        for name in names.iter().filter(|name| name.parse::<Id>().is_ok()) {
            let path = self.shelf.folder.join("locks").join(name);
            if path.exists() {
                self.move_aside("locks", &path)?;
            }
        }
        Ok(())
    }

    fn mend_packs(&mut self, names: &[String], ctx: &JobCtx) -> Outcome<()> {
        let pieces = packs::pieces(&self.shelf)?;
        for (done, id) in names.iter().filter_map(|name| name.parse::<Id>().ok()).enumerate() {
            ctx.checkpoint()?;
            ctx.progress(done as u64, Some(names.len() as u64), Unit::Steps);
            let none = Vec::new();
            let known = pieces.get(&id).unwrap_or(&none);
            let Some(reading) = packs::read_one(&self.shelf, &id, known)? else { continue };
            if reading.unaltered && reading.broken.is_empty() {
                continue;
            }
            self.save(&reading.bytes, &reading.sound)?;
            failpoint::reach("repair.saved")?;
            self.move_aside("data", &self.shelf.pack(&id))?;
            failpoint::reach("repair.moved")?;
            self.cured.saved += reading.sound.len();
            self.cured.lost += reading.broken.len();
        }
        Ok(())
    }

    /// Stores the sound pieces of a damaged pack, sealed as they are, in a pack of their own.
    fn save(&self, pack: &[u8], sound: &[IndexBlob]) -> Outcome<()> {
        if sound.is_empty() {
            return Ok(());
        }
        let (mut bytes, mut header) = (Vec::with_capacity(pack.len()), Vec::new());
        for piece in sound {
            bytes.extend_from_slice(packs::sealed(pack, piece).unwrap_or_default());
            header.extend(header_entry(piece)?);
        }
        let header = self.shelf.seal.close(&header)?;
        let length = u32::try_from(header.len()).map_err(|_| Fault::bug("The header of a pack is too long."))?;
        bytes.extend(header);
        bytes.extend(length.to_le_bytes());
        let place = self.shelf.pack(&shelf::name_of(&bytes));
        let part = self.shelf.folder.join(OWN_FOLDER).join("saved");
        files::make_folder(place.parent().unwrap_or(Path::new(".")))?;
        files::write_private(&part, &bytes)?;
        files::rename(&part, &place)
    }

    /// Makes the index say what lies in the folder: packs that are gone leave it, packs that it does not know enter it.
    fn rebuild_index(&self) -> Outcome<()> {
        let watch = Watch::unseen();
        let mut options = RepairIndexOptions::default();
        options.read_all = false;
        let rebuilt = self.repository.opened(&watch)?.repair_index(&options, false);
        watch.verdict()?;
        rebuilt.map_err(|error| failure::fault("write to", &self.shelf.folder, &error))?;
        failpoint::reach("repair.indexed")
    }

    /// Moves a file of the repository into the folder of damaged ones, where nothing is ever replaced.
    fn move_aside(&mut self, kind: &str, path: &Path) -> Outcome<()> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let aside = self.shelf.folder.join(OWN_FOLDER).join(ASIDE).join(kind);
        files::make_folder(&aside)?;
        let place = free_name(&aside, name);
        files::rename_new(path, &place)?;
        files::sync_folder_of(path)?;
        let shown = place.strip_prefix(self.shelf.folder.join(OWN_FOLDER).join(ASIDE)).unwrap_or(&place);
        self.cured.moved.push(shown.display().to_string());
        Ok(())
    }
}

/// The name, or the name with the first number that is free: the same file can be damaged, stored anew and damaged again.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}.{number}")));
    names.map(|name| folder.join(name)).find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}

/// A piece in a pack's header: what it is, its length in the pack, its length before packing, its name
/// (<https://restic.readthedocs.io/en/stable/100_references.html#pack-format>).
fn header_entry(piece: &IndexBlob) -> Outcome<Vec<u8>> {
    let unpacked = piece.location.uncompressed_length;
    let kind = match (unpacked.is_some(), piece.tpe) {
        (false, BlobType::Data) => 0,
        (false, BlobType::Tree) => 1,
        (true, BlobType::Data) => 2,
        (true, BlobType::Tree) => 3,
    };
    let mut entry: Vec<u8> = vec![kind];
    entry.extend(piece.location.length.to_le_bytes());
    entry.extend(unpacked.map(|length| length.get().to_le_bytes()).into_iter().flatten());
    let name = piece.id.to_hex();
    for pair in name.as_str().as_bytes().chunks(2) {
        let figures = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        entry.push(figures.ok_or_else(|| Fault::bug("A piece has a name that is no name."))?);
    }
    Ok(entry)
}
