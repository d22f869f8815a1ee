//! How a copy stands: a pure function of its checklist, of what was said, of what was measured, and of the moment.
//!
//! Nothing here trusts the order or the sense of statements: whatever they are, an answer comes out, and what makes no sense counts for
//! nothing. What says Yes has to be complete (who, in which role, over what was shown); what says No counts as it is.

mod ground;
mod item;
mod seen;
mod sentence;
mod station;
#[cfg(test)]
mod tests;
mod told;

use std::collections::BTreeMap;

use quarterdeck_model::{
    Digest, Instant,
    readiness::{Item, Score, Statement, Station, Verdict, VerdictWord},
    system::Environment,
};

pub(crate) use self::{
    ground::Ground,
    item::{held_until, is_held},
    sentence::{page, speaker},
    station::turn,
};
use crate::{checklist::Checklist, measurement::Measurement, score, verdict};

/// Everything that decides how a copy stands; there is no other input.
pub struct Said<'a> {
    /// The copy's id: cures name it.
    pub copy: &'a str,
    /// The version of the checklist that the copy has.
    pub checklist: &'a Checklist,
    /// Everything that was said of it, in the order of their numbers.
    pub statements: &'a [Statement],
    /// The newest measurement by key of the evidence (`ITEM/NUMBER`).
    pub measured: &'a BTreeMap<String, Measurement>,
    /// Where the copy is used: some of what a file leaves open depends on it.
    pub environment: Environment,
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
    /// What the first gate says, or over all items where there is none.
    pub verdict: Verdict,
    /// How ready.
    pub score: Score,
    /// Everything that was said, in its order, with what is stale and what was revoked.
    pub statements: Vec<Statement>,
    /// How the poll stands, where there is one.
    pub polled: Option<Polled>,
}

/// How the poll of a copy stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Polled {
    /// What its gate says without the director.
    pub verdict: Verdict,
    /// Why it waits, and where.
    pub held: Option<String>,
    /// What was decided, where that still stands.
    pub decided: Option<VerdictWord>,
    /// The newest decision that was not revoked.
    pub decision: Option<Statement>,
    /// Why the newest decision no longer counts, where it was a Go.
    pub gone: Option<String>,
    /// Over everything that the director is shown; a decision names it.
    pub shown: Digest,
}

/// How a copy stands. Total, and linear in what was said and measured.
pub fn stand(said: &Said<'_>) -> Standing {
    let ground = Ground::of(said);
    let items = item::all(&ground);
    let stations = station::all(&ground);
    let score = score::of(&items);
    let polled = station::polled(&ground, &items, &stations, &score);
    let sight = verdict::Sight { ground: &ground, items: &items, stations: &stations, score: &score, polled: polled.as_ref() };
    let gates: Vec<Verdict> = said.checklist.gates.iter().map(|gate| verdict::of_gate(&sight, gate)).collect();
    let verdict = gates.first().cloned().unwrap_or_else(|| verdict::of_all(&sight));
    let statements = ground.statements();
    Standing { items, stations, gates, verdict, score, statements, polled }
}
