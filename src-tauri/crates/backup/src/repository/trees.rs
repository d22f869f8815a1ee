//! Finding the files of snapshots. Every folder's entry is read once: that of the bases is large, and all files share the upper ones.

use std::{collections::HashMap, path::Path, rc::Rc};

use quarterdeck_model::{Outcome, snapshot::SnapshotId};
use rustic_core::{
    IndexedTree, Repository, TreeId,
    repofile::{Node, NodeType, SnapshotFile, Tree},
};

use super::failure;

/// The folders of a repository, as far as they were read.
pub(super) struct Trees<'a, S> {
    folder: &'a Path,
    repository: &'a Repository<S>,
    roots: HashMap<SnapshotId, TreeId>,
    read: HashMap<TreeId, Rc<Tree>>,
}

impl<'a, S: IndexedTree> Trees<'a, S> {
    pub(super) fn new(folder: &'a Path, repository: &'a Repository<S>) -> Self {
        Self { folder, repository, roots: HashMap::new(), read: HashMap::new() }
    }

    /// A file of a snapshot (`snapshot-missing`, `snapshot-damaged`, `snapshot-incomplete`).
    pub(super) fn file(&mut self, id: &SnapshotId, path: &str) -> Outcome<Node> {
        let mut tree = self.root(id)?;
        let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
        while let Some(part) = parts.next() {
            let entry = self.tree(tree).map_err(|why| failure::incomplete(self.folder, id, &format!("{path} is not in it ({why})")))?;
            let node = entry.nodes.iter().find(|node| node.name().to_str() == Some(part));
            match node {
                Some(node) if parts.peek().is_none() && node.node_type == NodeType::File => return Ok(node.clone()),
                Some(Node { subtree: Some(subtree), .. }) if parts.peek().is_some() => tree = *subtree,
                Some(_) => return Err(failure::incomplete(self.folder, id, &format!("{path} is not a file"))),
                None => return Err(failure::incomplete(self.folder, id, &format!("{path} is not in it"))),
            }
        }
        Err(failure::incomplete(self.folder, id, &format!("{path} is not a file")))
    }

    /// A folder of a snapshot, with the same faults.
    pub(super) fn folder(&mut self, id: &SnapshotId, path: &str) -> Outcome<Rc<Tree>> {
        let mut tree = self.root(id)?;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let entry = self.tree(tree).map_err(|why| failure::incomplete(self.folder, id, &format!("{path} is not in it ({why})")))?;
            match entry.nodes.iter().find(|node| node.name().to_str() == Some(part)) {
                Some(Node { subtree: Some(subtree), .. }) => tree = *subtree,
                _ => return Err(failure::incomplete(self.folder, id, &format!("it has no folder {path}"))),
            }
        }
        self.tree(tree).map_err(|why| failure::snapshot_damaged(self.folder, id, path, &why))
    }

    /// What is in a folder that was found at `path`. It is not kept: of a large directory there are many.
    pub(super) fn below(&mut self, id: &SnapshotId, node: &Node, path: &str) -> Outcome<Tree> {
        let tree = node.subtree.ok_or_else(|| failure::incomplete(self.folder, id, &format!("{path} has no entries")))?;
        self.repository.get_tree(&tree).map_err(|error| failure::snapshot_damaged(self.folder, id, path, &failure::cause(&error)))
    }

    fn root(&mut self, id: &SnapshotId) -> Outcome<TreeId> {
        if let Some(root) = self.roots.get(id) {
            return Ok(*root);
        }
        let root = snapshot(self.folder, self.repository, id)?.tree;
        self.roots.insert(id.clone(), root);
        Ok(root)
    }

    fn tree(&mut self, id: TreeId) -> Result<Rc<Tree>, String> {
        if let Some(tree) = self.read.get(&id) {
            return Ok(Rc::clone(tree));
        }
        let tree = Rc::new(self.repository.get_tree(&id).map_err(|error| failure::cause(&error))?);
        self.read.insert(id, Rc::clone(&tree));
        Ok(tree)
    }
}

/// A snapshot's own entry.
fn snapshot<S: IndexedTree>(folder: &Path, repository: &Repository<S>, id: &SnapshotId) -> Outcome<SnapshotFile> {
    let library_id = id.0.parse().map_err(|_| failure::snapshot_missing(folder, id))?;
    if !folder.join("snapshots").join(&id.0).exists() {
        return Err(failure::snapshot_missing(folder, id));
    }
    repository
        .get_file::<SnapshotFile>(&library_id)
        .map_err(|error| failure::snapshot_damaged(folder, id, "its own entry", &failure::cause(&error)))
}
