//! Is a file of a snapshot really there? From the index and from what lies in the folder, without reading content.

use std::{collections::HashMap, path::Path};

use quarterdeck_model::Outcome;
use rustic_core::repofile::{Node, PackId};

use super::{failure, folder::Indexed};

/// Sizes of the pack files that lie in the folder.
pub(super) type Packs = HashMap<PackId, u64>;

/// Lists the pack files.
pub(super) fn packs(folder: &Path, repository: &Indexed) -> Outcome<Packs> {
    let ids = repository.list::<PackId>().map_err(|error| failure::fault("list", folder, &error))?;
    Ok(ids.filter_map(|id| pack_size(folder, &id).map(|size| (id, size))).collect())
}

fn pack_size(folder: &Path, id: &PackId) -> Option<u64> {
    let name = id.to_hex();
    let path = folder.join("data").join(name.get(..2)?).join(name.as_str());
    // A pack that vanished meanwhile is missing from the answer, which is what it says.
    path.metadata().map(|metadata| metadata.len()).ok()
}

/// What is wrong with a file, e.g. `holds 3 bytes, not 4`; `None` where nothing is.
pub(super) fn shortcoming(repository: &Indexed, packs: &Packs, node: &Node, size: u64) -> Option<String> {
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
        if packs.get(&entry.pack).is_none_or(|&length| length < end) {
            return Some(format!("has a part in the file {}, which is missing or too short", entry.pack.to_hex().as_str()));
        }
        held += u64::from(entry.location.data_length());
    }
    (held != size).then(|| format!("holds {held} bytes, not {size}"))
}
