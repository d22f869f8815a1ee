//! How a copy stands: a pure function of its checklist, of what was said, of what was measured, and of the moment.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Instant,
    readiness::{Item, Score, Statement, Station, Verdict},
};

use crate::{checklist::Checklist, measurement::Measurement};

/// Everything that decides how a copy stands; there is no other input.
pub struct Said<'a> {
    /// The version of the checklist that the copy has.
    pub checklist: &'a Checklist,
    /// Everything that was said of it, in the order of their numbers.
    pub statements: &'a [Statement],
    /// The newest measurement by key of the evidence (`ITEM/NUMBER`).
    pub measured: &'a BTreeMap<String, Measurement>,
    /// When the copy was opened.
    pub opened: Instant,
    /// The moment.
    pub now: Instant,
}

/// How a copy stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// In the order of the file.
    pub items: Vec<Item>,
    /// In the order of asking; empty where there is no poll.
    pub stations: Vec<Station>,
    /// Of each gate, in the order of the file.
    pub gates: Vec<Verdict>,
    /// How ready.
    pub score: Score,
}
