//! Reading a pack again: is it still what its name says, and is each piece in it?

use std::collections::BTreeMap;

use quarterdeck_model::{Bytes, JobCtx, Outcome, job::Unit};
use rustic_core::{
    Id,
    repofile::{IndexBlob, IndexPack},
};

use super::{
    Flow, PackRead,
    shelf::{self, Content, Shelf},
};

/// One pack, read whole.
pub(super) struct Reading {
    pub(super) bytes: Vec<u8>,
    /// False where its SHA-256 is not its name.
    pub(super) unaltered: bool,
    /// The pieces that can be opened and are what their names say.
    pub(super) sound: Vec<IndexBlob>,
    /// The others.
    pub(super) broken: Vec<IndexBlob>,
}

/// Reads packs one after the other. No lock is held; one that was taken away meanwhile is passed over.
pub(super) fn read(shelf: &Shelf, packs: &[String], each: &mut dyn FnMut(PackRead) -> Outcome<Flow>, ctx: &JobCtx) -> Outcome<()> {
    let pieces = pieces(shelf)?;
    let sizes = shelf.packs()?;
    let wanted: Vec<Id> = packs.iter().filter_map(|name| name.parse().ok()).collect();
    let total = wanted.iter().filter_map(|id| sizes.get(id)).sum();
    let mut done = 0;
    for id in wanted {
        ctx.checkpoint()?;
        let none = Vec::new();
        let pieces = pieces.get(&id).unwrap_or(&none);
        let Some(reading) = read_one(shelf, &id, pieces)? else { continue };
        done += reading.bytes.len() as u64;
        ctx.progress(done, Some(total), Unit::Bytes);
        let read = PackRead {
            pack: id.to_hex().to_string(),
            size: Bytes(reading.bytes.len() as u64),
            altered: !reading.unaltered,
            pieces: pieces.len(),
            broken: reading.broken.iter().map(|piece| piece.id.to_hex().to_string()).collect(),
        };
        if each(read)? == Flow::Stop {
            break;
        }
    }
    Ok(())
}

/// The pieces of every pack that the readable part of the index knows.
pub(super) fn pieces(shelf: &Shelf) -> Outcome<BTreeMap<Id, Vec<IndexBlob>>> {
    let mut pieces: BTreeMap<Id, Vec<IndexBlob>> = BTreeMap::new();
    for IndexPack { id, blobs, .. } in shelf::packs_of(&shelf.index()?.sound) {
        pieces.entry(**id).or_default().extend(blobs);
    }
    for blobs in pieces.values_mut() {
        blobs.sort_by_key(|piece| (piece.location.offset, piece.id));
        blobs.dedup();
    }
    Ok(pieces)
}

/// Reads one pack and opens every piece of it; `None` where it is gone.
pub(super) fn read_one(shelf: &Shelf, id: &Id, pieces: &[IndexBlob]) -> Outcome<Option<Reading>> {
    let bytes = match shelf::content(&shelf.pack(id))? {
        Content::Gone => return Ok(None),
        Content::Unreadable => Vec::new(),
        Content::Read(bytes) => bytes,
    };
    let (sound, broken) = pieces.iter().partition(|piece| open(shelf, &bytes, piece).is_some());
    Ok(Some(Reading { unaltered: shelf::name_of(&bytes) == *id, sound, broken, bytes }))
}

/// The content of a piece, where it is what its name says.
pub(super) fn open(shelf: &Shelf, pack: &[u8], piece: &IndexBlob) -> Option<Vec<u8>> {
    let content = shelf.seal.open_piece(sealed(pack, piece)?, piece.location.uncompressed_length)?;
    (shelf::name_of(&content) == *piece.id).then_some(content)
}

/// The piece as it lies in its pack.
pub(super) fn sealed<'a>(pack: &'a [u8], piece: &IndexBlob) -> Option<&'a [u8]> {
    let start = usize::try_from(piece.location.offset).ok()?;
    pack.get(start..start.checked_add(usize::try_from(piece.location.length).ok()?)?)
}
