//! Looking through a folder of a snapshot. Whoever wrote the repository chose the names in it: none gets out of here that could lead
//! out of the folder that it is restored to.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, vec};

use quarterdeck_model::{JobCtx, Outcome, snapshot::SnapshotId};
use rustic_core::{
    jiff::Timestamp,
    repofile::{Node, NodeType},
};

use super::{
    Moment, StoredEntry, StoredKind, Visitor, Wanted, failure,
    folder::{Indexed, ResticFolder},
    trees::Trees,
    verify::{self, Packs},
    watched::Watch,
};

/// Folders in folders that are followed; no file system that we know allows as many.
const DEEPEST: usize = 2048;

/// A walk through one snapshot.
pub(super) struct Walk<'a> {
    pub(super) folder: &'a ResticFolder,
    pub(super) repository: &'a Indexed,
    pub(super) id: &'a SnapshotId,
    pub(super) watch: &'a Watch,
    pub(super) ctx: &'a JobCtx,
}

/// A folder that was entered and not left.
struct Open {
    path: String,
    nodes: vec::IntoIter<Node>,
}

impl Walk<'_> {
    /// Everything below `path`.
    pub(super) fn below(&self, path: &str, visitor: &mut dyn Visitor) -> Outcome<()> {
        let place = self.folder.place();
        let (mut packs, mut trees) = (Packs::of(place), Trees::new(place, self.repository));
        let top = trees.folder(self.id, path)?;
        let mut open = vec![Open { path: path.to_owned(), nodes: top.nodes.clone().into_iter() }];
        while let Some(deepest) = open.last_mut() {
            self.ctx.checkpoint()?;
            let Some(node) = deepest.nodes.next() else {
                open.pop();
                if !open.is_empty() {
                    visitor.leave()?;
                }
                continue;
            };
            let path = format!("{}/{}", deepest.path, node.name().to_string_lossy());
            let wanted = visitor.enter(self.entry(&node, &path)?)?;
            match node.node_type {
                NodeType::File => {
                    self.file(&node, &path, wanted, &mut packs, visitor)?;
                    visitor.leave()?;
                }
                NodeType::Dir if open.len() >= DEEPEST => return Err(self.unsafe_entry(&path, "lies too deep")),
                NodeType::Dir => {
                    let nodes = trees.below(self.id, &node, &path)?.nodes.into_iter();
                    open.push(Open { path, nodes });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn entry(&self, node: &Node, path: &str) -> Outcome<StoredEntry> {
        let name = node.name().into_owned();
        if !is_plain(&name) {
            return Err(self.unsafe_entry(path, "has a name that leads elsewhere"));
        }
        let kind = match &node.node_type {
            NodeType::File => StoredKind::File(node.meta.size),
            NodeType::Dir => StoredKind::Folder,
            link @ NodeType::Symlink { .. } => StoredKind::Link(link.to_link().to_owned()),
            NodeType::Dev { .. } | NodeType::Chardev { .. } | NodeType::Fifo | NodeType::Socket => StoredKind::Other,
        };
        Ok(StoredEntry { name, kind, mode: node.meta.mode, modified: node.meta.mtime.as_ref().map(moment) })
    }

    fn file(&self, node: &Node, path: &str, wanted: Wanted, packs: &mut Packs, visitor: &mut dyn Visitor) -> Outcome<()> {
        match wanted {
            Wanted::Presence => match verify::shortcoming(self.repository, packs, node, node.meta.size) {
                Some(what) => Err(failure::incomplete(self.folder.place(), self.id, &format!("{path} {what}"))),
                None => Ok(()),
            },
            Wanted::Content => {
                let mut sink = |piece: &[u8]| visitor.content(piece);
                self.folder.dump(self.repository, self.id, path, node, &mut sink, self.watch).map(drop)
            }
        }
    }

    fn unsafe_entry(&self, path: &str, what: &str) -> quarterdeck_model::Fault {
        failure::unsafe_entry(self.folder.place(), self.id, path, what)
    }
}

/// True for a name that is one part of a path and nothing else.
fn is_plain(name: &OsStr) -> bool {
    let bytes = name.as_bytes();
    !bytes.is_empty() && bytes != b"." && bytes != b".." && !bytes.contains(&b'/') && !bytes.contains(&0)
}

fn moment(time: &Timestamp) -> Moment {
    // Before 1970 both parts are negative.
    let borrowed = i64::from(time.subsec_nanosecond() < 0);
    let nanoseconds = i64::from(time.subsec_nanosecond()) + borrowed * 1_000_000_000;
    (time.as_second() - borrowed, u32::try_from(nanoseconds).unwrap_or(0))
}
