//! The phases of an apply, by name.

use quarterdeck_model::job::Phase;

pub(super) const CHECK: &str = "Check the files and the database";
pub(super) const OPEN: &str = "Open the repository";
pub(super) const COPY_SAFETY: &str = "Take the write lock and copy the safety image";
pub(super) const RUN: &str = "Run the migrations";
pub(super) const COMMIT: &str = "Commit";
pub(super) const KEEP: &str = "Keep the way back";
pub(super) const VERIFY: &str = "Check afterwards";

/// In order. Until the first commit an apply can be cancelled, and then it was never begun.
pub(super) fn phases() -> Vec<Phase> {
    vec![
        Phase::new(CHECK, "Are they still what the plan speaks of?"),
        Phase::new(OPEN, "The way back needs a place before anybody waits."),
        Phase::new(COPY_SAFETY, "The way back; nothing is written yet, and writers wait."),
        Phase::new(RUN, "Statement by statement; a failure or a cancellation leaves what was before."),
        Phase::new(COMMIT, "Migrations and their rows in the ledger, together.").past_return(),
        Phase::new(KEEP, "The safety image goes into the repository, pinned.").past_return(),
        Phase::new(VERIFY, "The schema, and references between tables.").past_return(),
    ]
}
