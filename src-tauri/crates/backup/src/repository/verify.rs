//! Is a file of a snapshot really there? From the index and from what lies in the folder, without reading content.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use rustic_core::repofile::{Node, PackId};

use super::folder::Indexed;

/// Sizes of the pack files that lie in the folder, looked up when they are asked for.
pub(super) struct Packs {
    folder: PathBuf,
    sizes: HashMap<PackId, Option<u64>>,
}

impl Packs {
    pub(super) fn of(folder: &Path) -> Self {
        Self { folder: folder.join("data"), sizes: HashMap::new() }
    }

    /// `None` where there is no such file.
    fn size(&mut self, id: &PackId) -> Option<u64> {
        *self.sizes.entry(*id).or_insert_with(|| {
            let name = id.to_hex();
            let path = self.folder.join(name.get(..2)?).join(name.as_str());
            path.metadata().map(|metadata| metadata.len()).ok()
        })
    }
}

/// What is wrong with a file, e.g. `holds 3 bytes, not 4`; `None` where nothing is.
pub(super) fn shortcoming(repository: &Indexed, packs: &mut Packs, node: &Node, size: u64) -> Option<String> {
    if node.meta.size != size {
        return Some(format!("is recorded with {} bytes, not {size}", node.meta.size));
    }
    let Some(content) = &node.content else {
        return Some("has no content".to_owned());
    };
    let mut held = 0;
    for piece in content {
        let Ok(entry) = repository.get_index_entry(piece) else {
            return Some("has a part that is not in the index".to_owned());
        };
        let end = u64::from(entry.location.offset) + u64::from(entry.location.length);
        if packs.size(&entry.pack).is_none_or(|length| length < end) {
            return Some(format!("has a part in the file {}, which is missing or too short", entry.pack.to_hex().as_str()));
        }
        held += u64::from(entry.location.data_length());
    }
    (held != size).then(|| format!("holds {held} bytes, not {size}"))
}
