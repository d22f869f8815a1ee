//! The state of a repository: every entry, every list of files, every piece that they name, and what lies in the folder.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    rc::Rc,
};

use quarterdeck_model::{Bytes, Instant, JobCtx, Outcome, snapshot::SnapshotId};
use rustic_core::{
    Id,
    repofile::{BlobType, IndexBlob, IndexFile, KeyId},
};
use serde::Deserialize;

use super::{
    Affected, Reads, Survey, Trouble, packs,
    shelf::{self, Content, Read, Shelf},
    spare,
};

/// A repository in use changes while it is looked at; what looks wrong then is looked at again, this often at most.
const TRIES: usize = 3;

/// Surveys the folder. What a writer changes meanwhile is not taken for damage.
pub(super) fn survey(shelf: &Shelf, current: Option<KeyId>, reads: &Reads, ctx: &JobCtx) -> Outcome<Survey> {
    let mut tries = 0;
    loop {
        tries += 1;
        let before = fingerprint(shelf)?;
        let survey = Walk::new(shelf, reads, ctx)?.survey(current)?;
        if survey.troubles.is_empty() || tries == TRIES || fingerprint(shelf)? == before {
            return Ok(survey);
        }
    }
}

/// What every writer changes.
fn fingerprint(shelf: &Shelf) -> Outcome<(Vec<Id>, Vec<Id>)> {
    Ok((shelf::names(&shelf.folder, "index")?, shelf::names(&shelf.folder, "snapshots")?))
}

/// Where a piece lies.
struct Place {
    pack: Id,
    piece: IndexBlob,
}

/// What is known of a part of a snapshot.
#[derive(Clone)]
struct Verdict {
    /// Paths below it that cannot be read to their end; a folder ends with `/`.
    broken: Rc<Vec<String>>,
    /// The oldest reading of its packs; `None` where one of them was never read again.
    read_at: Option<Instant>,
}

/// A list of files, as far as it matters here. (The library's own form refuses a list for reasons that do not.)
#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    nodes: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    content: Option<Vec<Id>>,
    #[serde(default)]
    subtree: Option<Id>,
}

struct Walk<'a> {
    shelf: &'a Shelf,
    reads: &'a Reads,
    ctx: &'a JobCtx,
    entries: Read<rustic_core::repofile::SnapshotFile>,
    index: Read<IndexFile>,
    packs: BTreeMap<Id, u64>,
    places: HashMap<(bool, Id), Vec<Place>>,
    broken: HashSet<(Id, Id)>,
    lists: HashMap<Id, Verdict>,
    contents: HashMap<Vec<Id>, (bool, Option<Instant>)>,
    unknown: BTreeSet<Id>,
}

impl<'a> Walk<'a> {
    /// Entries first, packs last: what an entry names was there before it.
    fn new(shelf: &'a Shelf, reads: &'a Reads, ctx: &'a JobCtx) -> Outcome<Self> {
        let (entries, index, packs) = (shelf.snapshots()?, shelf.index()?, shelf.packs()?);
        let mut places: HashMap<(bool, Id), Vec<Place>> = HashMap::new();
        for pack in shelf::packs_of(&index.sound) {
            for piece in &pack.blobs {
                places.entry((piece.tpe == BlobType::Tree, *piece.id)).or_default().push(Place { pack: *pack.id, piece: *piece });
            }
        }
        let parsed = |(pack, read): (&String, &super::LastRead)| {
            let pack: Id = pack.parse().ok()?;
            Some(read.broken.iter().filter_map(move |piece| Some((pack, piece.parse().ok()?))).collect::<Vec<_>>())
        };
        let broken = reads.iter().filter_map(parsed).flatten().collect();
        let (lists, contents, unknown) = (HashMap::new(), HashMap::new(), BTreeSet::new());
        Ok(Self { shelf, reads, ctx, entries, index, packs, places, broken, lists, contents, unknown })
    }

    fn survey(mut self, current: Option<KeyId>) -> Outcome<Survey> {
        let mut survey = Survey { snapshots: self.entries.sound.len() + self.entries.unreadable.len(), ..Survey::default() };
        let whole = |id: &Id| Affected { id: SnapshotId(id.to_hex().to_string()), files: Vec::new() };
        survey.affected.extend(self.entries.unreadable.iter().map(whole));
        for (id, entry) in std::mem::take(&mut self.entries.sound) {
            self.ctx.checkpoint()?;
            let name = SnapshotId(id.to_hex().to_string());
            match self.list(*entry.tree)? {
                None => survey.affected.push(whole(&id)),
                Some(Verdict { broken, read_at }) if broken.is_empty() => {
                    survey.intact.push(name.clone());
                    survey.read.extend(read_at.map(|at| (name, at)));
                }
                Some(Verdict { broken, .. }) => survey.affected.push(Affected { id: name, files: broken.to_vec() }),
            }
        }
        survey.troubles = self.troubles(current)?;
        if survey.is_blocked() {
            survey.affected.extend(std::mem::take(&mut survey.intact).into_iter().map(|id| Affected { id, files: Vec::new() }));
            survey.affected.iter_mut().for_each(|affected| affected.files.clear());
            survey.read.clear();
        }
        Ok(survey)
    }

    /// Everything that is wrong, worst first.
    fn troubles(&self, current: Option<KeyId>) -> Outcome<Vec<Trouble>> {
        let name = |id: &Id| id.to_hex().to_string();
        let mut troubles = Vec::new();
        if !matches!(shelf::content(&self.shelf.folder.join("config"))?, Content::Read(bytes) if self.shelf.seal.open_file(&bytes).is_some())
        {
            troubles.push(Trouble::ConfigUnreadable { spare: spare::config(self.shelf)?.is_some() });
        }
        troubles.extend(keys(self.shelf, current)?);
        troubles.extend(self.index.unreadable.iter().map(|id| Trouble::IndexUnreadable { id: name(id) }));
        troubles.extend(self.entries.unreadable.iter().map(|id| Trouble::SnapshotUnreadable { id: name(id) }));
        let mut known = BTreeSet::new();
        for pack in shelf::packs_of(&self.index.sound).filter(|pack| known.insert(*pack.id)) {
            let (id, expected) = (name(&pack.id), u64::from(pack.pack_size()));
            match self.packs.get(&*pack.id) {
                None => troubles.push(Trouble::PackMissing { id }),
                Some(&size) if size != expected => {
                    troubles.push(Trouble::PackCut { id, size: Bytes(size), expected: Bytes(expected) });
                }
                Some(_) => {}
            }
        }
        let rotten = self.reads.iter().filter(|(_, read)| read.altered || !read.broken.is_empty());
        for (id, read) in rotten.filter(|(id, _)| id.parse().is_ok_and(|id| self.packs.contains_key(&id))) {
            let cut = troubles.iter().any(|trouble| matches!(trouble, Trouble::PackCut { id: cut, .. } if cut == id));
            if !cut {
                troubles.push(Trouble::PackRotten { id: id.clone(), broken: read.broken.len() });
            }
        }
        if !self.unknown.is_empty() {
            troubles.push(Trouble::PiecesMissing { pieces: self.unknown.len() });
        }
        let deleted = self.index.sound.iter().flat_map(|(_, file)| &file.packs_to_delete).map(|pack| *pack.id);
        let known: BTreeSet<Id> = known.into_iter().chain(deleted).collect();
        let strange: Vec<u64> = self.packs.iter().filter(|(id, _)| !known.contains(id)).map(|(_, size)| *size).collect();
        if !strange.is_empty() {
            troubles.push(Trouble::PacksUnknown { packs: strange.len(), size: Bytes(strange.iter().sum()) });
        }
        Ok(troubles)
    }

    /// A list of files with everything below it; `None` where the list itself cannot be read.
    fn list(&mut self, id: Id) -> Outcome<Option<Verdict>> {
        if let Some(known) = self.lists.get(&id) {
            return Ok(Some(known.clone()));
        }
        let Some((listed, mut read_at)) = self.open_list(id)? else { return Ok(None) };
        let mut broken = Vec::new();
        for entry in listed.nodes {
            let at = match (&*entry.kind, entry.subtree) {
                ("dir", Some(below)) => match self.list(below)? {
                    None => {
                        broken.push(format!("/{}/", entry.name));
                        None
                    }
                    Some(below) => {
                        broken.extend(below.broken.iter().map(|path| format!("/{}{path}", entry.name)));
                        below.read_at
                    }
                },
                ("dir", None) => None,
                ("file", _) => {
                    let (whole, at) = self.file(entry.content.as_deref(), entry.size);
                    if !whole {
                        broken.push(format!("/{}", entry.name));
                    }
                    at
                }
                _ => continue, // links, sockets: all there is to them is in the list
            };
            read_at = oldest(read_at, at);
        }
        let verdict = Verdict { broken: Rc::new(broken), read_at };
        self.lists.insert(id, verdict.clone());
        Ok(Some(verdict))
    }

    fn open_list(&mut self, id: Id) -> Outcome<Option<(Listed, Option<Instant>)>> {
        let (sound, read_at) = self.piece(true, id);
        if !sound {
            return Ok(None);
        }
        let Some(place) = self.places.get(&(true, id)).and_then(|places| places.first()) else { return Ok(None) };
        let content = read_piece(self.shelf, place)?;
        Ok(content.and_then(|content| serde_json::from_slice(&content).ok()).map(|listed| (listed, read_at)))
    }

    /// Whether a file can be read to its end, as far as is known, and the oldest reading of its packs.
    fn file(&mut self, content: Option<&[Id]>, size: u64) -> (bool, Option<Instant>) {
        let Some(content) = content else { return (false, None) };
        let held = content.iter().map(|id| self.places.get(&(false, *id)).and_then(|places| places.first()));
        let held: u64 = held.flatten().map(|place| u64::from(place.piece.location.data_length())).sum();
        let (whole, read_at) = match self.contents.get(content) {
            Some(known) => *known,
            None => {
                let mut verdict = (true, Some(Instant::MAX_UTC));
                for id in content {
                    let (sound, at) = self.piece(false, *id);
                    verdict = (verdict.0 && sound, oldest(verdict.1, at));
                }
                self.contents.insert(content.to_vec(), verdict);
                verdict
            }
        };
        (whole && held == size, read_at)
    }

    /// Whether a piece is there and sound as far as is known. Where it lies in several packs, the library takes any of them, so all have
    /// to be.
    fn piece(&mut self, list: bool, id: Id) -> (bool, Option<Instant>) {
        let Some(places) = self.places.get(&(list, id)) else {
            self.unknown.insert(id);
            return (false, None);
        };
        let mut verdict = (true, Some(Instant::MAX_UTC));
        for Place { pack, piece } in places {
            let end = u64::from(piece.location.offset) + u64::from(piece.location.length);
            let there = self.packs.get(pack).is_some_and(|&size| size >= end);
            let read_at = self.reads.get(pack.to_hex().as_str()).map(|read| read.at);
            verdict = (verdict.0 && there && !self.broken.contains(&(*pack, id)), oldest(verdict.1, read_at));
        }
        verdict
    }
}

/// The content of one piece, read from its pack alone.
fn read_piece(shelf: &Shelf, place: &Place) -> Outcome<Option<Vec<u8>>> {
    use std::os::unix::fs::FileExt;

    let mut sealed = vec![0; usize::try_from(place.piece.location.length).unwrap_or_default()];
    let read = std::fs::File::open(shelf.pack(&place.pack))
        .and_then(|file| file.read_exact_at(&mut sealed, u64::from(place.piece.location.offset)));
    if read.is_err() {
        return Ok(None);
    }
    let mut alone = place.piece;
    alone.location.offset = 0;
    Ok(packs::open(shelf, &sealed, &alone))
}

fn oldest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    Some(one?.min(other?))
}

/// Key files have to be what their names say; the one in use has to be there.
fn keys(shelf: &Shelf, current: Option<KeyId>) -> Outcome<Vec<Trouble>> {
    let mut troubles = Vec::new();
    let names = shelf::names(&shelf.folder, "keys")?;
    for id in &names {
        let bytes = match shelf::content(&shelf.folder.join("keys").join(id.to_hex().as_str()))? {
            Content::Read(bytes) if shelf::name_of(&bytes) == *id => continue,
            Content::Read(bytes) => bytes,
            Content::Gone | Content::Unreadable => Vec::new(),
        };
        let copy = spare::key(&shelf.folder, id)?;
        let opens = copy.as_ref().is_some_and(|copy| spare::opens_alike(&bytes, copy));
        let current = !opens && current.is_some_and(|current| *current == *id);
        troubles.push(Trouble::KeyAltered { id: id.to_hex().to_string(), current, spare: copy.is_some() });
    }
    if let Some(current) = current.filter(|current| !names.contains(current)) {
        let spare = spare::key(&shelf.folder, &current)?.is_some();
        troubles.push(Trouble::KeyMissing { id: current.to_hex().to_string(), spare });
    }
    Ok(troubles)
}
