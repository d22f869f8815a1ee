//! Alerts that go to and fro: one message, not four hundred.

use serde::{Deserialize, Serialize};

/// So many changes between firing and not make an alert flap…
pub const CHANGES: usize = 5;

/// …where they happen within this time, in milliseconds.
pub const WITHIN: i64 = 30 * 60 * 1_000;

/// It is steady again when nothing changed for so long, in milliseconds.
pub const STEADY: i64 = 10 * 60 * 1_000;

/// How often an alert changed between firing and not. All times are by the alert's watch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flapping {
    /// Changes within the last half an hour, oldest first; no more than are needed.
    changes: Vec<i64>,
    /// Changes since it began to flap, those that made it so among them; zero while it does not.
    times: u32,
}

impl Flapping {
    /// How often it changed since it began to flap; none where it does not.
    pub fn times(&self) -> Option<u32> {
        (self.times > 0).then_some(self.times)
    }

    /// True where nothing changed lately.
    pub fn is_calm(&self) -> bool {
        self.changes.is_empty() && self.times == 0
    }

    /// It changed between firing and not.
    pub fn changed(&mut self, passed: i64) {
        self.changes.retain(|change| passed - change < WITHIN);
        self.changes.push(passed);
        if self.times > 0 {
            self.times = self.times.saturating_add(1);
        } else if self.changes.len() >= CHANGES {
            self.times = u32::try_from(self.changes.len()).unwrap_or(u32::MAX);
        }
        if self.changes.len() > CHANGES {
            self.changes.remove(0);
        }
    }

    /// Time went by.
    pub fn look(&mut self, passed: i64) {
        if self.times > 0 && self.changes.last().is_none_or(|last| passed - last >= STEADY) {
            // What made it flap is over: it takes as much to begin again.
            *self = Self::default();
        }
        self.changes.retain(|change| passed - change < WITHIN);
    }
}
