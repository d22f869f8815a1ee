//! Agreed quiet.

use super::matcher::Matchers;
use crate::{labels::Labels, sample::Moment};

/// "Tell nobody", until a moment; there is none without end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Stable.
    pub id: String,
    /// All must hold.
    pub matchers: Matchers,
    /// From when.
    pub from: Moment,
    /// Until when; at this moment it holds no longer.
    pub until: Moment,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Silence {
    /// True where it holds an alert with such labels at a moment.
    pub fn holds(&self, labels: &Labels, at: Moment) -> bool {
        (self.from..self.until).contains(&at) && self.matchers.hold(labels)
    }
}
