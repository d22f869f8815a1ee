//! Somebody else hears that the alerting lives: where no call comes, they alert.

use quarterdeck_model::{Instant, Outcome};

use super::board::Board;
use crate::Engine;

/// Addresses and when each was called last.
#[derive(Default)]
pub(super) struct Heartbeats {}

impl Heartbeats {
    /// Calls those that are due.
    pub(super) fn beat(&mut self, _engine: &std::sync::Arc<Engine>, _board: &Board, _now: Instant) -> Outcome<()> {
        Ok(())
    }
}
