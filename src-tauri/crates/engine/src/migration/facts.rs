//! What a plan speaks of: it must not change before the plan is carried out, and where it has, people are told what did.

use std::collections::BTreeMap;

use quarterdeck_migrate::{apply::Basis, read, steps::Batch};
use quarterdeck_model::{
    Count, Digest, Outcome,
    migration::{ConnectionSettings, Direction, MigrationBatch},
};
use quarterdeck_sqlite::identity::{self, Identity};
use serde::Serialize;

use super::look::Look;

/// So many files are named; of more, the number is said.
const NAMED: usize = 3;

/// What must not change between a plan and its application. Rows, sizes, holders and the registration are left out: a living database
/// would always be stale, and a lone file is registered between the two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Facts {
    pub identity: Identity,
    pub basis: Basis,
    current: Option<String>,
    files: Digest,
    settings: ConnectionSettings,
    ledger: String,
    direction: Direction,
    batches: Vec<MigrationBatch>,
    pub journal_mode: String,
    room: bool,
    /// The bytes of each file, to say which one has changed; the digest has them in `files`.
    #[serde(skip)]
    bytes: BTreeMap<String, Digest>,
}

impl Facts {
    /// Of what was seen, and what would run.
    pub(super) fn of(look: &Look, batches: &[Batch], direction: Direction, room: bool) -> Outcome<Self> {
        Ok(Self {
            identity: identity::read(&look.place.database)?,
            basis: look.basis.clone(),
            current: look.timeline.current.as_ref().map(|version| version.text.clone()),
            files: read::digest(&look.collection),
            settings: look.settings.clone(),
            ledger: look.place.ledger.name().to_owned(),
            direction,
            batches: batches.iter().map(Batch::wire).collect(),
            journal_mode: look.journal_mode.clone(),
            room,
            bytes: bytes(look),
        })
    }

    /// Over all of it.
    pub(super) fn digest(&self) -> Digest {
        Digest::over(self)
    }

    /// What is not as it was, each as a sentence without its full stop; empty where nothing is.
    pub(super) fn moved(&self, now: &Self) -> Vec<String> {
        let mut moved = Vec::new();
        if !self.identity.same_file(&now.identity) {
            moved.push("another file lies where the database was".to_owned());
        }
        moved.extend(self.files(now));
        if self.basis.schema != now.basis.schema {
            moved.push("the schema has changed".to_owned());
        }
        if self.ledger != now.ledger || self.basis.ledger != now.basis.ledger {
            moved.push(self.progress(now));
        }
        if self.basis.histories != now.basis.histories {
            moved.push("the history of another tool has changed".to_owned());
        }
        if self.settings != now.settings {
            moved.push("the connection would be set otherwise".to_owned());
        }
        if self.journal_mode != now.journal_mode {
            moved.push(format!("the journal mode is {}, and was {}", now.journal_mode, self.journal_mode));
        }
        if self.room != now.room {
            let room = if now.room { "there is room on the disk now" } else { "there is no room on the disk any more" };
            moved.push(room.to_owned());
        }
        if moved.is_empty() && (self.direction, &self.batches) != (now.direction, &now.batches) {
            moved.push("other migrations would run, or otherwise".to_owned());
        }
        moved
    }

    fn progress(&self, now: &Self) -> String {
        match (&self.current, &now.current) {
            _ if self.ledger != now.ledger => format!("the ledger is {}, and was {}", now.ledger, self.ledger),
            (then, Some(now)) if then.as_ref() != Some(now) => format!("the ledger has changed: the database is at {now}"),
            (Some(_), None) => "the ledger has changed: nothing is applied".to_owned(),
            _ => "the ledger has changed".to_owned(),
        }
    }

    fn files(&self, now: &Self) -> Vec<String> {
        let of = |name: &&String, other: &Self, what: &str| (!other.bytes.contains_key(*name)).then(|| format!("{name} {what}"));
        let changed = self.bytes.iter().filter(|(name, bytes)| now.bytes.get(*name).is_some_and(|now| now != *bytes));
        let mut words: Vec<String> = changed.map(|(name, _)| format!("{name} has changed")).collect();
        words.extend(self.bytes.keys().filter_map(|name| of(&name, now, "is gone")));
        words.extend(now.bytes.keys().filter_map(|name| of(&name, self, "is new")));
        if words.is_empty() && self.files != now.files {
            words.push("the files are read otherwise".to_owned());
        }
        let more = words.len().saturating_sub(NAMED);
        words.truncate(NAMED);
        if more > 0 {
            words.push(format!("{} more changed, too", Count(more as u64).of("file")));
        }
        words
    }
}

fn bytes(look: &Look) -> BTreeMap<String, Digest> {
    let scripts = look.collection.migrations.iter().flat_map(|migration| migration.up.iter().chain(&migration.down));
    scripts.map(|script| (script.file.name.clone(), script.file.bytes_sha256.clone())).collect()
}
