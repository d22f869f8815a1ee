//! What runs, in which order, and what commits together.

use quarterdeck_model::{
    Fault, Outcome,
    migration::{Direction, MigrationBatch, MigrationWish},
};

use crate::{
    collection::{Collection, Migration, Script, Transaction},
    timeline::Timeline,
};

/// Migrations that commit together.
#[derive(Debug, Clone)]
pub struct Batch {
    /// In running order; never empty.
    pub items: Vec<Item>,
    /// False for a batch of one that runs without a transaction.
    pub atomic: bool,
    /// `PRAGMA foreign_keys` for this batch, where its migrations ask for something else than the settings say.
    pub foreign_keys: Option<bool>,
}

/// One migration of a batch.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its place among the collection's migrations; absent where its file is gone and the ledger knows the way down.
    pub migration: Option<usize>,
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// Up or down.
    pub direction: Direction,
    /// How its scripts run.
    pub transaction: Transaction,
    /// Statements that an earlier attempt has done, which are not run again.
    pub done: usize,
    /// The way down as the ledger has it, where that is used instead of the file's.
    pub from_ledger: Vec<Script>,
}

/// Whether migrations may run out of their order, and how they commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// Every migration commits by itself.
    pub each: bool,
    /// Migrations that are earlier than an applied one run, too.
    pub out_of_order: bool,
}

/// The batches that fulfil a wish; none where nothing is to be done.
///
/// Faults: `history-modified`, `history-missing`, `out-of-order`, `unknown-history`, `version-missing`, `no-way-down`,
/// `migration-failed-before`, and `folder-has-problems` where a problem of the folder stands in the way.
pub fn batches(_collection: &Collection, _timeline: &Timeline, _wish: &MigrationWish, _manner: Manner) -> Outcome<Vec<Batch>> {
    Err(Fault::bug("Steps cannot be made yet."))
}

impl Batch {
    /// The same on the wire, with what a kill or a failure inside it leaves.
    pub fn wire(&self) -> MigrationBatch {
        MigrationBatch {
            versions: self.items.iter().map(|item| item.version.clone()).collect(),
            atomic: self.atomic,
            sentence: String::new(),
        }
    }
}

impl Item {
    /// What runs.
    pub fn scripts<'a>(&'a self, collection: &'a Collection) -> &'a [Script] {
        match (self.direction, self.migration(collection)) {
            (Direction::Down, Some(migration)) if self.from_ledger.is_empty() => &migration.down,
            (Direction::Up, Some(migration)) => &migration.up,
            _ => &self.from_ledger,
        }
    }

    /// Its migration; absent where its file is gone.
    pub fn migration<'a>(&self, collection: &'a Collection) -> Option<&'a Migration> {
        collection.migrations.get(self.migration?)
    }

    /// `009_appeal_classification`, for messages.
    pub fn title(&self) -> String {
        format!("{}_{}", self.version, self.name)
    }
}
