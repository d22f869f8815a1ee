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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use quarterdeck_model::{Bytes, Clock, Millis, snapshot::Snapshot};
    use quarterdeck_testkit::{FixedClock, Scratch};
    use rustic_core::{
        BackupOptions, Credentials, ReadSource, ReadSourceEntry, RusticResult, SnapshotOptions,
        repofile::{Metadata, Node},
    };

    use super::*;
    use crate::{
        directory,
        repository::{self, Owner, Repository, open},
        secret::Password,
    };

    /// A repository as a dishonest program would write it: entries of any name, below the folder of a directory.
    struct Forged(Vec<(&'static str, NodeType)>);

    impl ReadSource for Forged {
        type Open = std::io::Empty;
        type Iter = vec::IntoIter<RusticResult<ReadSourceEntry<std::io::Empty>>>;

        fn size(&self) -> RusticResult<Option<u64>> {
            Ok(None)
        }

        fn entries(&self) -> Self::Iter {
            let entry = |(name, kind): &(&str, NodeType)| {
                let node = Node::new_node(OsStr::new(name), kind.clone(), Metadata::default());
                Ok(ReadSourceEntry { path: PathBuf::from("/backup/shop/dir/files/x"), node, open: Some(std::io::empty()) })
            };
            self.0.iter().map(entry).collect::<Vec<_>>().into_iter()
        }
    }

    struct Bench {
        scratch: Scratch,
        password: Password,
        repository: Box<dyn Repository>,
    }

    impl Bench {
        fn new() -> Self {
            let (scratch, password) = (Scratch::new(), Password::generate().unwrap());
            let owner = Owner { who: "mallory".into(), since: FixedClock::default().now() };
            repository::create(&scratch.file("repository"), &password, &owner).unwrap();
            let repository = repository::open(&scratch.file("repository"), &password).unwrap();
            std::fs::create_dir(scratch.file("to")).unwrap();
            Self { scratch, password, repository }
        }

        fn restore(&self, entries: Vec<(&'static str, NodeType)>) -> Outcome<directory::FetchedDirectory> {
            let clock = FixedClock::default();
            let files = entries.iter().filter(|(_, kind)| *kind == NodeType::File).count() as u64;
            let (watch, key) = (Watch::new(&JobCtx::detached(), 0), Credentials::password(self.password.expose()));
            let opened = open::opened(self.repository.folder(), &key, &watch).unwrap().to_indexed_ids().unwrap();
            let snapshot = SnapshotOptions::default().to_snapshot().unwrap();
            let stored = opened.archive(&BackupOptions::default(), &Forged(entries), snapshot, &[PathBuf::from("/backup")]).unwrap();
            let manifest = serde_json::json!({
                "format": 2, "tool": "", "system": "shop", "host": "", "who": "", "reason": "manual", "label": null, "audit_head": null,
                "cut_at": clock.now(), "skew": Millis(0), "components": [],
                "directories": [{ "id": "d1", "name": "files", "path": "/srv/files", "cut_at": clock.now(), "files": files,
                                  "size": Bytes(0), "consistent": true, "moved": [], "left_out": [] }],
            });
            let snapshot = Snapshot {
                id: SnapshotId(stored.id.to_hex().to_string()),
                manifest: serde_json::from_value(manifest).unwrap(),
                levels: vec![],
                added: Bytes(0),
                pinned_until: None,
                affected: None,
                pin: None,
            };
            let to = self.scratch.file("to/restored");
            directory::restore_directory(&*self.repository, &snapshot, &"files".parse().unwrap(), &to, &clock, &JobCtx::detached())
        }

        fn is_untouched(&self) -> bool {
            self.scratch.names() == ["repository", "to"] && std::fs::read_dir(self.scratch.file("to")).unwrap().count() == 0
        }
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let bench = Bench::new();
        for name in ["..", ".", "", "../evil", "/tmp/evil", "a/b", "nul\0"] {
            let fault = bench.restore(vec![("fine", NodeType::File), (name, NodeType::File)]).unwrap_err();
            assert!(fault.is("unsafe-entry"), "{name:?}: {fault}");
            assert!(bench.is_untouched(), "{name:?}");
        }
        let link = NodeType::from_link(&bench.scratch.file("evil"));
        let fault = bench.restore(vec![("twice", link), ("twice", NodeType::File)]).unwrap_err();
        assert!(fault.is("file-exists") && bench.is_untouched(), "nothing is written through a link: {fault}");
    }

    #[test]
    fn devices_and_pipes_are_not_made() {
        let bench = Bench::new();
        let entries = vec![("null", NodeType::Chardev { device: 259 }), ("pipe", NodeType::Fifo), ("plain", NodeType::File)];
        bench.restore(entries).unwrap();
        let made: Vec<_> = std::fs::read_dir(bench.scratch.file("to/restored")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(made, ["plain"]);
    }
}
