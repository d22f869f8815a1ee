//! Going on with a migration that stopped half-way, outside a transaction.

use quarterdeck_model::{Digest, Fault, Outcome, plan::hex};
use sha2::{Digest as _, Sha256};

use crate::{
    collection::{Migration, Script},
    session::statements,
    timeline::Line,
};

/// A digest over the texts of the statements that are done, which the ledger keeps: only after the same statements may a second attempt go
/// on where the first stopped.
#[derive(Debug, Clone, Default)]
pub struct Prefix(Sha256);

impl Prefix {
    /// Of the first statements of these scripts.
    pub fn of(scripts: &[Script], done: usize) -> Self {
        let mut prefix = Self::default();
        statements(scripts).take(done).for_each(|(_, script, statement)| prefix.add(script.text(statement)));
        prefix
    }

    /// One statement more is done.
    pub fn add(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    /// The digest so far.
    pub fn digest(&self) -> Digest {
        Digest(hex(&self.0.clone().finalize()))
    }
}

/// How many statements of a failed migration need not run again.
pub(super) fn done(line: &Line, migration: &Migration) -> Outcome<usize> {
    let Some(row) = &line.entry else { return Err(failed_before(line, "another tool began it, and nobody knows how far it came")) };
    let done = usize::try_from(row.done.0).unwrap_or(usize::MAX);
    let same = row.statements_sha256.as_ref().is_none_or(|then| *then == Prefix::of(&migration.up, done).digest());
    if done > migration.statements() || (done > 0 && !same) {
        return Err(failed_before(line, "the statements that had run are others now"));
    }
    Ok(done)
}

/// A migration that stands half-way, and cannot be gone on with.
pub(super) fn failed_before(line: &Line, why: &str) -> Fault {
    Fault::refused("migration-failed-before", format!("{} stopped half-way earlier: {why}.", line.version))
        .hint("Undo the job in which it stopped, put its file back as it was, or rebless it with a reason once the schema is right.")
        .fact("version", line.version.text.as_str())
}
